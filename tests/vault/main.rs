//! The vault as its callers, and those who would change its file, see it.

mod damage;
mod fixture;
mod opening;

//! A refusal in two sentences: what was found, and what to do next. Each sentence stands once, in
//! the file of its language.

mod audience;
mod en;
mod said;
mod tell;

pub use audience::{Asker, Audience, Reader};
pub use said::Said;
pub use tell::said;

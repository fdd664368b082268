//! Tier 2: signing and verifying; the only maker of `Verified<T>`. No storage of keys.

pub mod record;

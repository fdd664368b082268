//! The signer.
fn main() {}

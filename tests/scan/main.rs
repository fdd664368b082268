//! Pictures to the texts of their QR codes: what is read of distorted photographs, what of broken
//! and hostile pictures, and what the processes cannot do that read them.
#![cfg(feature = "full")]

#[cfg(feature = "test-build")]
mod confinement;
mod generator;
mod hostile;
mod photographs;

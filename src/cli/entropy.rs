//! Where clock and randomness enter. Below the command line only sealing and the naming of files
//! ask the system for either.

use super::console::CliError;
use crate::licence::{LicenceKey, Moment, Origin, Ulid, id::Hex};
use crate::ops::OpsError;
use std::time::SystemTime;

/// Random bytes of the operating system.
///
/// # Errors
/// [`OpsError::NoRandomness`] where the system has none.
pub fn random<const N: usize>() -> Result<[u8; N], OpsError> {
    let mut bytes = [0; N];
    fill(&mut bytes).map_err(OpsError::NoRandomness)?;
    Ok(bytes)
}

/// Whether the system gives random bytes. Where it does not, what needs some without saying so,
/// such as a hash table, would end the process.
///
/// # Errors
/// [`OpsError::NoRandomness`].
pub(super) fn check() -> Result<(), OpsError> {
    getrandom::fill(&mut [0]).map_err(OpsError::NoRandomness)
}

#[cfg(not(feature = "test-build"))]
fn fill(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::fill(bytes)
}

/// With `KEYSPOOL_TEST_SEED`, ids and licence keys are the same in every run, so that the answers
/// of two runs can be compared byte by byte. What seals the vault and the ledger is drawn
/// elsewhere, and never from a seed. The released program has no such thing.
#[cfg(feature = "test-build")]
fn fill(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    use std::sync::atomic::{AtomicU64, Ordering};
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let Ok(seed) = std::env::var("KEYSPOOL_TEST_SEED") else {
        return getrandom::fill(bytes);
    };
    let drawn = DRAWN.fetch_add(1, Ordering::SeqCst);
    for (number, chunk) in bytes.chunks_mut(32).enumerate() {
        let block = crate::wire::sha256(&[
            seed.as_bytes(),
            b" ",
            format!("{drawn} {number}").as_bytes(),
        ]);
        chunk.copy_from_slice(&block.0[..chunk.len()]);
    }
    Ok(())
}

/// A new history's name.
///
/// # Errors
/// As [`random`].
pub fn origin() -> Result<Origin, OpsError> {
    random().map(Hex)
}

/// A licence key of 15 random bytes.
///
/// # Errors
/// As [`random`].
pub fn licence_key() -> Result<LicenceKey, OpsError> {
    random().map(LicenceKey::from_bytes)
}

/// A ULID of now.
///
/// # Errors
/// As [`random`].
pub fn ulid() -> Result<Ulid, OpsError> {
    let milliseconds = now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let milliseconds = u64::try_from(milliseconds).unwrap_or(0);
    Ok(Ulid::new(milliseconds, random()?))
}

/// The signer's clock.
///
/// # Errors
/// [`CliError::Usage`] where it is outside 2020 to 2199.
pub fn clock() -> Result<Moment, CliError> {
    let seconds = now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    Moment::from_unix(i64::try_from(seconds).unwrap_or(0)).map_err(|error| {
        CliError::usage(
            format!("the clock of this machine stands {error}"),
            "set the clock right",
        )
    })
}

/// The machine's clock.
#[cfg(not(feature = "test-build"))]
#[must_use]
pub fn now() -> SystemTime {
    SystemTime::now()
}

/// The machine's clock, or the fixed one of a test. The released program has no such thing.
#[cfg(feature = "test-build")]
#[must_use]
pub fn now() -> SystemTime {
    let fixed = std::env::var("KEYSPOOL_TEST_CLOCK")
        .ok()
        .and_then(|text| Moment::read(&text).ok());
    fixed.map_or_else(SystemTime::now, |moment| {
        SystemTime::UNIX_EPOCH
            + std::time::Duration::from_secs(u64::try_from(moment.unix()).unwrap_or(0))
    })
}

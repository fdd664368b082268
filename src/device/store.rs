//! Where a device keeps its state.

use alloc::vec::Vec;

/// One place for one blob of state: some KiB, and 2 KiB more for each deactivation that is kept. It
/// holds at most 19 documents of at most 66 KiB. The blob holds the device's secret: keep it where
/// the device keeps secrets.
pub trait Store {
    /// What can go wrong; it is passed through.
    type Error: core::fmt::Debug + core::fmt::Display;

    /// The blob that was saved last, `None` where none ever was.
    ///
    /// # Errors
    /// The store's own.
    fn load(&mut self) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Replaces the blob, durably and as a whole: after a loss of power at any moment,
    /// [`Store::load`] gives the old blob or the new one. Once this returns, it gives the new one.
    ///
    /// # Errors
    /// The store's own; the device then goes on as before the call.
    fn save(&mut self, blob: &[u8]) -> Result<(), Self::Error>;
}

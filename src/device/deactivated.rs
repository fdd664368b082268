//! A finished deactivation (PROTOCOL sections 4.2 and 6.3).

use crate::licence::code::{LINE_BYTES, write_line};
use crate::licence::{ComputerId, LineKind};
use crate::wire::envelope::Envelope;
use crate::wire::request::{Request, RequestBody};
use alloc::string::String;

/// A finished deactivation: irrevocable, and written again byte for byte as often as needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deactivated {
    /// The request for the signer.
    pub envelope: Envelope,
    /// The Computer ID that is retired for good.
    pub computer_id: ComputerId,
    /// The 15 bytes of the Deactivation Verification Code, for a device that can only be read from.
    pub verification_code: [u8; LINE_BYTES],
}

impl Deactivated {
    /// The Deactivation Verification Code as people read it: 29 characters.
    #[must_use]
    pub fn verification_line(&self) -> String {
        write_line(&self.verification_code, LineKind::VerificationCode)
    }

    /// The deactivation that an envelope of the device's own store holds.
    pub(super) fn of_envelope(envelope: Envelope) -> Option<Self> {
        let request = Request::read(envelope.kind().ok()?, &envelope.payload).ok()?;
        let RequestBody::Deactivation(body) = request.body else {
            return None;
        };
        Some(Self {
            envelope,
            computer_id: request.computer_id,
            verification_code: body.verification_code,
        })
    }
}

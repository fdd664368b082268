//! The error correction level.

use qrcode::EcLevel;

/// The error correction level of every code that we draw.
pub(super) const LEVEL: EcLevel = EcLevel::M;

//! Remedies that help after several refusals.

pub(super) const NOTHING_LEFT: &str = "Nothing is left to do.";
pub(super) const ASK_FOR_ACTIVATION: &str = "Let the device ask for an activation instead.";

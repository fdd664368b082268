//! What the device's tool, `keyspool-device`, says.

pub mod en;

//! Why the tool did not do what it was asked.

use crate::words::escape::bytes_for_terminal;
use std::fmt::Display;

pub(crate) const NO_COMPONENTS: &str = "nothing was found that tells this machine from others";
pub(crate) const NO_NEED: &str = "it is not known how many licences this device needs";
pub(crate) const UNRECOGNISED: &str =
    "this is no bundle, no document, no QR text and no Computer Key";
pub(crate) const BUNDLE_EMPTY: &str = "the bundle holds no activation.json";
pub(crate) const LICENCE_TYPES: &str =
    "a Computer Key numbers its licence types, and their names are not known here";
pub(crate) const NOBODY_TO_ASK: &str =
    "giving up an activation is irrevocable, and there is no terminal to ask at";
pub(crate) const DECLINED: &str = "not given up, nothing was changed";
pub(crate) const NO_REASON: &str = "a deactivation states its reason";
pub(crate) const NOTHING_TO_REPEAT: &str =
    "this device has finished no deactivation that could be written again";

pub(crate) fn no_state(folder: &str) -> String {
    format!("there is no device in {folder}")
}

pub(crate) fn busy(folder: &str) -> String {
    format!("another keyspool-device has been using {folder} for ten seconds")
}

pub(crate) fn open_folder(folder: &str) -> String {
    format!("others may enter the folder {folder}, where the device's secret would stand")
}

pub(crate) fn state_size(folder: &str, allowed: u64) -> String {
    format!("the state in {folder} has more than {allowed} bytes, which no device writes")
}

pub(crate) fn randomness(fault: &dyn Display) -> String {
    format!("the operating system gives no randomness: {fault}")
}

pub(crate) fn licence_key(number: usize, fault: &dyn Display) -> String {
    format!("licence key number {number}: {fault}")
}

pub(crate) fn licence_keys(found: usize, allowed: usize) -> String {
    format!("{found} licence keys, one request carries at most {allowed}")
}

pub(crate) fn out_form(file: &str) -> String {
    format!("{file} names no form that requests are written in")
}

pub(crate) fn input_size(allowed: usize) -> String {
    format!("more than {allowed} bytes, which is more than anything that can be installed")
}

pub(crate) fn picture(why: &str) -> String {
    format!("nothing could be taken from the picture: {why}")
}

pub(crate) fn bundle_form(fault: &dyn Display) -> String {
    format!("the bundle cannot be read as a zip: {fault}")
}

pub(crate) fn bundle_name(entry: &[u8]) -> String {
    let entry = bytes_for_terminal(entry);
    format!("the bundle holds {entry}, which does not belong there")
}

pub(crate) fn bundle_stored(entry: &str) -> String {
    format!("{entry} is compressed or encrypted, entries of a bundle are stored")
}

pub(crate) fn bundle_size(entry: &str, allowed: usize) -> String {
    format!("{entry} in the bundle has more than {allowed} bytes")
}

pub(crate) fn not_written(fault: &dyn Display) -> String {
    format!("the activation is given up, but its deactivation could not be written: {fault}")
}

/// Why nothing could be taken from a picture.
pub(crate) mod picture_faults {
    pub(crate) const MANY_PIXELS: &str = "it has more pixels than can be read";
    pub(crate) const DAMAGED: &str = "it is damaged, not whole, or of an unusual kind";
    pub(crate) const TOO_MUCH: &str = "it took more time or memory than a picture may";
    pub(crate) const CRASHED: &str = "what reads pictures broke at it";
    pub(crate) const NO_CODE: &str = "no QR code could be read from it";
    pub(crate) const FOREIGN_CODE: &str = "its QR code is none of keyspool";
}

//! Requests as files: sections 2, 3 and 4.

use super::document::Vector;
use super::envelopes::{envelopes, sizes_and_types};
use super::members::{codes, identifiers, members, texts, times, ulids};
use super::payloads::{device_keys, json, two_faults};
use super::values::values;

pub(crate) use super::within::accepted;

pub(crate) fn refused() -> Vec<Vector> {
    [
        envelopes(),
        sizes_and_types(),
        json(),
        two_faults(),
        device_keys(),
        identifiers(),
        texts(),
        codes(),
        times(),
        ulids(),
        members(),
        values(),
    ]
    .concat()
}

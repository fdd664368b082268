//! The checksum of a stream.

/// What the checksum's sums are taken modulo: the largest prime below 2^16.
const MODULUS: u64 = 65_521;

/// The checksum of what the stream inflates to (RFC 1950, 8.2).
pub(super) struct Adler32 {
    pub(super) first: u64,
    pub(super) second: u64,
}

impl Adler32 {
    /// A line of `bytes` bytes, so many times: how many of its bytes are 0xFF, and the sum of the
    /// places of those, from 0.
    pub(super) fn add(&mut self, bytes: u64, light: u64, places: u64, times: u64) {
        let (sum, before) = (0xFF * light, times * (times - 1) / 2);
        self.second +=
            times * (bytes * self.first + bytes * sum - 0xFF * places) + before * bytes * sum;
        self.second %= MODULUS;
        self.first = (self.first + times * sum) % MODULUS;
    }
}

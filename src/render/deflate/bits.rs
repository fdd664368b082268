//! Bits, and how they become bytes.

/// Most bits that are written at once: with what is left of a byte they fit into 64.
pub(super) const MAX_BITS: usize = 56;

/// At most [`MAX_BITS`] bits, the first in the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits {
    pub(super) value: u64,
    pub(super) count: usize,
}

impl Bits {
    pub(super) const NONE: Self = Self::of(0, 0);

    pub(super) const fn of(value: usize, count: usize) -> Self {
        Self {
            value: value as u64,
            count,
        }
    }

    /// These and then `next`.
    pub(super) const fn then(self, next: Self) -> Self {
        Self {
            value: self.value | (next.value << self.count),
            count: self.count + next.count,
        }
    }
}

/// Bits to bytes.
pub(super) struct BitWriter {
    pub(super) bytes: Vec<u8>,
    pub(super) held: Bits,
}

impl BitWriter {
    pub(super) fn push(&mut self, bits: Bits) {
        let held = self.held.then(bits);
        // All eight bytes are appended and the unfilled ones cut off: this is quicker than counting
        // first.
        let whole = held.count / 8;
        let length = self.bytes.len() + whole;
        self.bytes.extend_from_slice(&held.value.to_le_bytes());
        self.bytes.truncate(length);
        self.held = Bits {
            value: held.value >> (8 * whole),
            count: held.count % 8,
        };
    }

    /// So many light modules: a bit 0 each.
    pub(super) fn push_light(&mut self, modules: usize) {
        for first in (0..modules).step_by(MAX_BITS) {
            self.push(Bits::of(0, (modules - first).min(MAX_BITS)));
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.held.count > 0 {
            self.bytes.push(self.held.value.to_le_bytes()[0]);
        }
        self.bytes
    }
}

//! Associated data: what a sealed value is bound to, in one unambiguous encoding.

/// A label and fields, each after its length as four big-endian bytes, so that no two lists of
/// fields share an encoding.
pub(super) struct Associated(Vec<u8>);

impl Associated {
    /// Begins with a label, which keeps the kinds of sealed value apart.
    pub(super) fn new(label: &str) -> Self {
        Self(Vec::with_capacity(128)).field(label.as_bytes())
    }

    /// Appends a field of less than 4 GiB.
    #[must_use]
    pub(super) fn field(mut self, bytes: &[u8]) -> Self {
        // Invariant: fields are names, ids and row keys, all far below 4 GiB; a longer one could
        // not be sealed either.
        let length = u32::try_from(bytes.len()).expect("a field of less than 4 GiB");
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    /// The encoding.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_cannot_run_into_each_other() {
        let encoding = |fields: &[&str]| {
            let begun = Associated::new("label");
            fields
                .iter()
                .fold(begun, |associated, field| {
                    associated.field(field.as_bytes())
                })
                .0
        };
        assert_ne!(encoding(&["ab", "c"]), encoding(&["a", "bc"]));
        assert_ne!(encoding(&["ab"]), encoding(&["ab", ""]));
        assert_eq!(
            encoding(&["a"]),
            [&[0, 0, 0, 5][..], b"label", &[0, 0, 0, 1], b"a"].concat()
        );
    }
}

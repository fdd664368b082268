//! Tables of the ledger: their names, their shapes, their row keys.

use crate::seal::record::RecordSealer;
use zeroize::Zeroizing;

/// The plain value of a row, wiped on drop.
pub type Value = Zeroizing<Vec<u8>>;

/// How a table's rows are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// By a key that would tell something: the row key is its blind, 16 bytes.
    Keyed,
    /// By a number, in the clear: 8 bytes, big-endian, in order. Rows with rising numbers are
    /// appended, which is cheap.
    Numbered,
    /// By a list and a number in it: the blind of the list's name, 16 bytes, and the number, 8
    /// bytes, big-endian; in order per list.
    Listed,
}

/// A table, as its user declares it. The names `meta` and `history` are the ledger's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSpec {
    /// Its name: it stands in the file in the clear, and as associated data in every row.
    pub name: &'static str,
    /// How its rows are named.
    pub shape: Shape,
}

impl TableSpec {
    /// Declares a table.
    #[must_use]
    pub const fn new(name: &'static str, shape: Shape) -> Self {
        Self { name, shape }
    }

    /// The row of a key; none where the key of a numbered table is not 8 bytes long.
    pub(super) fn row_key(self, sealer: &dyn RecordSealer, key: &[u8]) -> Option<RowKey> {
        match self.shape {
            Shape::Numbered => RowKey::from_bytes(Shape::Numbered, key),
            Shape::Keyed | Shape::Listed => Some(RowKey::keyed(sealer, self, key)),
        }
    }
}

/// The name of a row, as it stands in the file. A blind does not give its key back: a value holds
/// its own clear key where one is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// The blind of a key.
    Keyed([u8; 16]),
    /// A number.
    Numbered(u64),
    /// A number in a list.
    Listed {
        /// The blind of the list's name.
        list: [u8; 16],
        /// The number in the list.
        sequence: u64,
    },
}

/// The bytes of a row key: 8, 16 or 24.
pub(super) struct KeyBytes {
    bytes: [u8; 24],
    length: usize,
}

impl std::ops::Deref for KeyBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl RowKey {
    /// The row of a key that would tell something.
    pub(super) fn keyed(sealer: &dyn RecordSealer, table: TableSpec, key: &[u8]) -> Self {
        Self::Keyed(sealer.blind(table.name, key))
    }

    /// The row of a number in a list.
    pub(super) fn listed(
        sealer: &dyn RecordSealer,
        table: TableSpec,
        list: &[u8],
        sequence: u64,
    ) -> Self {
        Self::Listed {
            list: sealer.blind(table.name, list),
            sequence,
        }
    }

    /// The lowest row key of a shape.
    pub(super) fn lowest(shape: Shape) -> Self {
        match shape {
            Shape::Keyed => Self::Keyed([0; 16]),
            Shape::Numbered => Self::Numbered(0),
            Shape::Listed => Self::Listed {
                list: [0; 16],
                sequence: 0,
            },
        }
    }

    /// The shape of tables with such rows.
    #[must_use]
    pub fn shape(&self) -> Shape {
        match self {
            Self::Keyed(_) => Shape::Keyed,
            Self::Numbered(_) => Shape::Numbered,
            Self::Listed { .. } => Shape::Listed,
        }
    }

    /// Its bytes in the file; their order is the order of the rows.
    pub(super) fn to_bytes(self) -> KeyBytes {
        let mut bytes = [0; 24];
        let length = match self {
            Self::Keyed(blind) => {
                bytes[..16].copy_from_slice(&blind);
                16
            }
            Self::Numbered(number) => {
                bytes[..8].copy_from_slice(&number.to_be_bytes());
                8
            }
            Self::Listed { list, sequence } => {
                bytes[..16].copy_from_slice(&list);
                bytes[16..].copy_from_slice(&sequence.to_be_bytes());
                24
            }
        };
        KeyBytes { bytes, length }
    }

    /// Reads the bytes of a row key; none where their length is not the shape's.
    pub(super) fn from_bytes(shape: Shape, bytes: &[u8]) -> Option<Self> {
        match shape {
            Shape::Keyed => bytes.try_into().ok().map(Self::Keyed),
            Shape::Numbered => bytes
                .try_into()
                .ok()
                .map(|number| Self::Numbered(u64::from_be_bytes(number))),
            Shape::Listed => {
                let (list, sequence) = bytes.split_first_chunk::<16>()?;
                let sequence = u64::from_be_bytes(sequence.try_into().ok()?);
                Some(Self::Listed {
                    list: *list,
                    sequence,
                })
            }
        }
    }
}

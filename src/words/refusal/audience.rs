//! Whom a refusal is told to: who reads it, and who asked for what is refused.

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// At the signer's terminal, with its commands and its catalogue.
    Operator,
    /// Beside the device, with a stick: the commands of the signer are out of reach.
    Technician,
}

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// A device, with a file that can be brought again.
    Device,
    /// An operator, with an order that can be given again.
    Operator,
}

/// Whom a refusal is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// Who reads.
    pub reader: Reader,
    /// Who asked.
    pub asker: Asker,
}

impl Audience {
    /// Whoever brought a device's file, and finds the refusal beside it.
    pub const TECHNICIAN: Self = Self {
        reader: Reader::Technician,
        asker: Asker::Device,
    };

    /// The operator who looks at a device's file.
    pub const OPERATOR: Self = Self {
        reader: Reader::Operator,
        asker: Asker::Device,
    };

    /// The operator who gave the order that is refused.
    pub const ORDERING: Self = Self {
        reader: Reader::Operator,
        asker: Asker::Operator,
    };

    /// Whether the operator reads.
    pub(super) fn is_operator(self) -> bool {
        self.reader == Reader::Operator
    }

    /// Whether an operator's order is refused.
    pub(super) fn has_ordered(self) -> bool {
        self.asker == Asker::Operator
    }
}

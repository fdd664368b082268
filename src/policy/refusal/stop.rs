//! A refusal of any kind, and how it stops a decision.

use super::elsewhere::ElsewhereRefusal;
use super::file::FileRefusal;
use super::given_up::GivenUpRefusal;
use super::hardware::HardwareRefusal;
use super::key::KeyRefusal;
use super::licences::LicencesRefusal;
use super::serial::SerialRefusal;
use super::subject::SubjectRefusal;
use super::system::SystemRefusal;
use super::term::TermRefusal;
use super::trial::TrialRefusal;
use crate::licence::counts::CountsOverflow;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::state::StateBroken;
use alloc::string::String;

macro_rules! subjects {
    ($($(#[$doc:meta])* $variant:ident($facts:ident);)*) => {
        /// Why a request or an order is refused, by what the refusal is about.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $variant($facts),)*
        }

        impl Refusal {
            /// The names of all variants of all subjects.
            pub const KINDS: &[&[&str]] = &[$($facts::KINDS,)*];

            /// The name of the variant.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(facts) => facts.kind(),)*
                }
            }

            /// The code that documents, history and command line use.
            #[must_use]
            pub fn code(&self) -> RefusalCode {
                match self {
                    $(Self::$variant(facts) => facts.code(),)*
                }
            }
        }

        $(
            impl From<$facts> for Refusal {
                fn from(facts: $facts) -> Self {
                    Self::$variant(facts)
                }
            }

            impl From<$facts> for Refused {
                fn from(facts: $facts) -> Self {
                    Refusal::from(facts).into()
                }
            }

            impl From<$facts> for Stop {
                fn from(facts: $facts) -> Self {
                    Refusal::from(facts).into()
                }
            }
        )*
    };
}

subjects! {
    /// The file: nothing that can be answered is in it.
    File(FileRefusal);
    /// The organization, the product and its licence types.
    Subject(SubjectRefusal);
    /// Another organization or product than the one stated.
    Elsewhere(ElsewhereRefusal);
    /// The system: its Computer ID, its requests, its emergencies.
    System(SystemRefusal);
    /// What was given up or denied.
    GivenUp(GivenUpRefusal);
    /// The hardware, and the organization that it belongs to.
    Hardware(HardwareRefusal);
    /// A serial number, and what is recorded of it.
    Serial(SerialRefusal);
    /// A licence key.
    Key(KeyRefusal);
    /// How many licences there are.
    Licences(LicencesRefusal);
    /// The time of a subscription, a period, a seat.
    Term(TermRefusal);
    /// A trial, or what one cannot have.
    Trial(TrialRefusal);
}

/// A refusal, and the contact to ask about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The reason.
    pub refusal: Refusal,
    /// Where to buy or ask, where the organization's catalogue entry says so.
    pub contact: Option<String>,
}

impl Refused {
    /// The code that documents, history and command line use.
    #[must_use]
    pub fn code(&self) -> RefusalCode {
        self.refusal.code()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            contact: None,
        }
    }
}

/// Why a decision is not a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// A rule says no: nothing changes but the history.
    Refused(Refused),
    /// The state cannot be read: nothing may be decided.
    Broken(StateBroken),
}

impl Stop {
    /// The same, with the contact to ask.
    #[must_use]
    pub fn with_contact(self, contact: Option<&str>) -> Self {
        match self {
            Self::Refused(refused) => Self::Refused(Refused {
                contact: contact.map(String::from),
                ..refused
            }),
            broken @ Self::Broken(_) => broken,
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<StateBroken> for Stop {
    fn from(broken: StateBroken) -> Self {
        Self::Broken(broken)
    }
}

impl From<CountsOverflow> for Stop {
    fn from(error: CountsOverflow) -> Self {
        Self::Broken(error.into())
    }
}

//! Why a request or an order is refused: one code a check, the same in rule, message, history and
//! test (LICENSING section 14).

use crate::policy::record::code::RefusalCode;
use crate::policy::record::state::StateBroken;
use alloc::string::String;
use core::fmt;

/// How a remedy ends after which the same request is to be judged anew.
const FILE_AGAIN: &str = "then bring this file again.";

/// How it ends for an operator.
const ORDER_AGAIN: &str = "then give this order again.";

/// A refusal in words: what was found, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which check failed.
    pub code: RefusalCode,
    /// One sentence that a technician understands.
    pub message: String,
    /// One sentence: what to do next.
    pub remedy: String,
}

impl Refusal {
    /// A refusal with its two sentences.
    #[must_use]
    pub fn new(code: RefusalCode, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// For an operator's order there is no file that could be brought again: the order is given
    /// again.
    #[must_use]
    pub fn of_order(mut self) -> Self {
        if let Some(begin) = self.remedy.strip_suffix(FILE_AGAIN) {
            self.remedy = alloc::format!("{begin}{ORDER_AGAIN}");
        }
        self
    }

    /// Adds where to buy or ask, where the organization's catalogue entry says so.
    #[must_use]
    pub fn with_contact(mut self, contact: Option<&str>) -> Self {
        if let Some(contact) = contact {
            self.remedy = alloc::format!("{} Contact: {contact}", self.remedy);
        }
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// Why a decision was not a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// A rule says no: nothing changes but the history.
    Refused(Refusal),
    /// The state cannot be read: nothing may be decided.
    Broken(StateBroken),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StateBroken> for Stop {
    fn from(broken: StateBroken) -> Self {
        Self::Broken(broken)
    }
}

impl From<crate::licence::counts::CountsOverflow> for Stop {
    fn from(error: crate::licence::counts::CountsOverflow) -> Self {
        Self::Broken(error.into())
    }
}

//! The two sentences of a refusal.

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// One sentence: what was found, against what is allowed.
    pub message: String,
    /// One sentence: what to do next.
    pub remedy: String,
}

impl Said {
    pub(super) fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

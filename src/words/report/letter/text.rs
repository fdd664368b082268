//! A text that can be sent to a customer.

use crate::licence::Identifier;
use serde::Serialize;

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Licences are missing.
    Missing,
    /// 80 % of the growth allowance and more is used.
    Growth,
    /// Licences end within 90 days.
    Expiring,
    /// Activations were issued and never confirmed.
    Unconfirmed,
}

/// A text that can be sent to a customer. Names in it are escaped for terminals, not for HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// To whom.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// What it is about.
    pub about: About,
    /// `en`, `de`, `zh` or `es`.
    pub language: String,
    /// One line.
    pub subject: String,
    /// Paragraphs with an empty line between them; lines of a list begin with `- `.
    pub text: String,
}

//! JSON text of objects, compact, members in the sequence in which they are added.

use super::json::{write_display, write_display_text, write_text};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;
use data_encoding::BASE64;

/// An object being written.
pub(super) struct ObjectText(String);

impl ObjectText {
    pub(super) fn new() -> Self {
        Self(String::from("{"))
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_text(name, &mut self.0);
        self.0.push(':');
    }

    /// A string member: what `value` displays.
    pub(super) fn text(&mut self, name: &str, value: &impl Display) -> &mut Self {
        self.name(name);
        write_display_text(value, &mut self.0);
        self
    }

    /// A string member, where there is a value.
    pub(super) fn text_if(&mut self, name: &str, value: Option<&impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// A string member, or null.
    pub(super) fn text_or_null(&mut self, name: &str, value: Option<&impl Display>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.json(name, "null"),
        }
    }

    /// A number.
    pub(super) fn number(&mut self, name: &str, value: u64) -> &mut Self {
        self.name(name);
        write_display(&value, &mut self.0);
        self
    }

    /// Bytes in base64.
    pub(super) fn base64(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        self.name(name);
        // No character of base64 is escaped.
        self.0.push('"');
        BASE64.encode_append(bytes, &mut self.0);
        self.0.push('"');
        self
    }

    /// A member that is JSON text already.
    pub(super) fn json(&mut self, name: &str, json: &str) -> &mut Self {
        self.name(name);
        self.0.push_str(json);
        self
    }

    /// An object of strings or numbers.
    pub(super) fn object(&mut self, name: &str, write: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::new();
        write(&mut inner);
        self.json(name, &inner.finish())
    }

    /// The text.
    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    /// The text's bytes.
    pub(super) fn into_payload(self) -> Vec<u8> {
        self.finish().into_bytes()
    }
}

/// An array of JSON texts.
pub(super) fn array(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.collect();
    alloc::format!("[{}]", values.join(","))
}

/// An array of strings.
pub(super) fn array_of_text<'a>(values: impl Iterator<Item = &'a str>) -> String {
    array(values.map(|value| {
        let mut out = String::new();
        write_text(value, &mut out);
        out
    }))
}

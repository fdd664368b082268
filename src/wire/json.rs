//! Strict JSON (PROTOCOL section 2): one visitor checks a whole document and gives a small tree.
//! The readers of documents read that tree.
//!
//! RFC 8259 only, UTF-8 without byte order mark, no repeated names after unescaping, 16 levels at
//! most, numbers `0` or `[1-9][0-9]*` up to 2^53 - 1. `null` is left to the readers, which know
//! where it is allowed.

use super::error::{Excerpt, WireError};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

/// Deepest nesting; the outermost object is level 1.
pub const MAX_DEPTH: usize = 16;
/// Largest number: 2^53 - 1, which every JSON reader holds exactly.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A JSON value that keeps the rules above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A string, unescaped.
    Text(String),
    /// 0 to 2^53 - 1.
    Number(u64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// A JSON object: members in the sequence of the text, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Value)>);

/// Checks a whole document against the JSON rules; its outermost value must be an object.
///
/// # Errors
/// [`WireError`] with the first broken rule.
pub fn check(bytes: &[u8]) -> Result<(), WireError> {
    read_object(bytes).map(drop)
}

/// Reads a whole document whose outermost value is an object.
///
/// # Errors
/// [`WireError`] with the first broken rule.
pub fn read_object(bytes: &[u8]) -> Result<Object, WireError> {
    match read_value(bytes)? {
        Value::Object(object) => Ok(object),
        other => Err(WireError::NotAnObject {
            found: other.type_name(),
        }),
    }
}

fn read_value(bytes: &[u8]) -> Result<Value, WireError> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(WireError::ByteOrderMark);
    }
    let text = core::str::from_utf8(bytes).map_err(|fault| match fault.error_len() {
        None => WireError::EndsEarly { found: bytes.len() },
        Some(_) => WireError::NotUtf8 {
            at: fault.valid_up_to(),
        },
    })?;
    let fault = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Reader {
        depth: 0,
        fault: &fault,
    }
    .deserialize(&mut reader);
    value
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| match (fault.take(), error.classify()) {
            (Some(fault), _) => fault,
            (None, Category::Eof) => WireError::EndsEarly { found: bytes.len() },
            (None, _) => WireError::Syntax {
                line: error.line(),
                column: error.column(),
            },
        })
}

impl Value {
    /// What it is, with its article, for messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Number(_) => "a number",
            Self::Bool(_) => "a boolean",
            Self::Null => "null",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// Whether it is `null` or holds one at any depth.
    #[must_use]
    pub fn holds_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Array(values) => values.iter().any(Self::holds_null),
            Self::Object(object) => object.holds_null(),
            Self::Text(_) | Self::Number(_) | Self::Bool(_) => false,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Text(text) => write_text(text, out),
            Self::Number(number) => write_display(number, out),
            Self::Bool(value) => write_display(value, out),
            Self::Null => out.push_str("null"),
            Self::Array(values) => {
                out.push('[');
                for (i, value) in values.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(object) => object.write(out),
        }
    }
}

impl Object {
    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value)
    }

    /// Members in the sequence of the text.
    #[must_use]
    pub fn into_members(self) -> Vec<(String, Value)> {
        self.0
    }

    /// Number of members.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds `null` at any depth.
    #[must_use]
    pub fn holds_null(&self) -> bool {
        self.0.iter().any(|(_, value)| value.holds_null())
    }

    /// The object as compact JSON text, members in their sequence.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        for (i, (name, value)) in self.0.iter().enumerate() {
            out.push_str(if i == 0 { "" } else { "," });
            write_text(name, out);
            out.push(':');
            value.write(out);
        }
        out.push('}');
    }
}

/// Appends `text` as a JSON string: only what RFC 8259 section 7 requires is escaped.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    write_escaped(text, out);
    out.push('"');
}

/// Appends what `value` displays as a JSON string.
pub(crate) fn write_display_text(value: &impl fmt::Display, out: &mut String) {
    struct Escaped<'a>(&'a mut String);
    impl fmt::Write for Escaped<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            write_escaped(text, self.0);
            Ok(())
        }
    }
    out.push('"');
    // Writing to a string cannot fail.
    let _ = fmt::Write::write_fmt(&mut Escaped(out), format_args!("{value}"));
    out.push('"');
}

fn write_escaped(text: &str, out: &mut String) {
    let mut rest = text;
    // Such characters are ASCII, so that no other is cut.
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
    {
        let (plain, escaped) = rest.split_at(at);
        out.push_str(plain);
        match escaped.as_bytes()[0] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte => write_display(&format_args!("\\u{byte:04x}"), out),
        }
        rest = &escaped[1..];
    }
    out.push_str(rest);
}

/// Appends what `value` displays.
pub(crate) fn write_display(value: &impl fmt::Display, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = fmt::Write::write_fmt(out, format_args!("{value}"));
}

/// Reads one value and keeps the first fault: serde's own errors hold only text.
struct Reader<'f> {
    /// Objects and arrays around the value.
    depth: usize,
    fault: &'f Cell<Option<WireError>>,
}

impl Reader<'_> {
    fn fail<E: serde::de::Error>(&self, fault: WireError) -> E {
        let error = E::custom(&fault);
        self.fault.set(Some(fault));
        error
    }

    fn inner<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fail(WireError::TooDeep { allowed: MAX_DEPTH }));
        }
        Ok(Reader {
            depth: self.depth + 1,
            fault: self.fault,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_NUMBER {
            return Err(self.fail(WireError::NumberRange { found: value }));
        }
        Ok(Value::Number(value))
    }

    /// Negative integers only: serde_json gives the others to `visit_u64`.
    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Value, E> {
        Err(self.fail(WireError::NumberForm))
    }

    /// Fractions, exponents, `-0`, and integers over 2^64 - 1.
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(self.fail(WireError::NumberForm))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(value) = values.next_element_seed(self.inner()?)? {
            array.push(value);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = |reader: &Self| reader.inner::<A::Error>();
        inner(&self)?;
        let mut object = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            object.push((name, members.next_value_seed(inner(&self)?)?));
        }
        match repeated_name(&object) {
            Some(name) => Err(self.fail(WireError::RepeatedMember {
                name: Excerpt::new(name),
            })),
            None => Ok(Value::Object(Object(object))),
        }
    }
}

/// Up to this many members are compared each with each. Documents of ours have fewer.
const FEW_MEMBERS: usize = 24;

/// A name that stands twice. Many names are sorted first, so that thousands of hostile members do
/// not cost their square.
fn repeated_name(members: &[(String, Value)]) -> Option<&str> {
    if members.len() <= FEW_MEMBERS {
        let mut named = members.iter().map(|(name, _)| name.as_str()).enumerate();
        return named
            .find(|(i, name)| members[..*i].iter().any(|(other, _)| other == name))
            .map(|(_, name)| name);
    }
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
        .windows(2)
        .find(|pair| pair.first() == pair.last())
        .and_then(|pair| pair.first().copied())
}

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fault = Cell::new(None);
        match (Reader {
            depth: 0,
            fault: &fault,
        })
        .deserialize(deserializer)?
        {
            Value::Object(object) => Ok(object),
            other => Err(D::Error::custom(WireError::NotAnObject {
                found: other.type_name(),
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn seventeen_levels_are_refused() {
        let nested = |levels: usize| {
            format!(
                "{{\"a\":{}{}}}",
                "[".repeat(levels - 1),
                "]".repeat(levels - 1)
            )
        };
        assert_eq!(check(nested(16).as_bytes()), Ok(()));
        assert_eq!(
            check(nested(17).as_bytes()),
            Err(WireError::TooDeep { allowed: 16 })
        );
        let objects = |levels: usize| {
            format!(
                "{}{{}}{}",
                "{\"a\":".repeat(levels - 1),
                "}".repeat(levels - 1)
            )
        };
        assert_eq!(check(objects(16).as_bytes()), Ok(()));
        assert_eq!(
            check(objects(17).as_bytes()),
            Err(WireError::TooDeep { allowed: 16 })
        );
        assert_eq!(
            check("[".repeat(60_000).as_bytes()),
            Err(WireError::TooDeep { allowed: 16 })
        );
    }

    #[test]
    fn repeated_names_are_found_among_many() {
        for count in [2, FEW_MEMBERS, FEW_MEMBERS + 1, 2_000] {
            let names: Vec<String> = (0..count)
                .map(|number| format!("\"n{number}\":0"))
                .collect();
            assert_eq!(
                check(format!("{{{}}}", names.join(",")).as_bytes()),
                Ok(()),
                "{count}"
            );
            let again = format!("{{{},\"n1\":0}}", names.join(","));
            assert_eq!(
                check(again.as_bytes()),
                Err(WireError::RepeatedMember {
                    name: Excerpt::new("n1")
                }),
                "{count}"
            );
        }
    }

    #[test]
    fn numbers_have_one_spelling() {
        let read = |number: &str| check(format!("{{\"n\":{number}}}").as_bytes());
        for good in ["0", "1", "10", "9007199254740991"] {
            assert_eq!(read(good), Ok(()), "{good}");
        }
        for form in [
            "-0",
            "-1",
            "1.0",
            "0.0",
            "1e0",
            "1E2",
            "0e1",
            "1e-1",
            "18446744073709551616",
            "-9007199254740991",
        ] {
            assert_eq!(read(form), Err(WireError::NumberForm), "{form}");
        }
        for range in [9_007_199_254_740_992, u64::MAX] {
            assert_eq!(
                read(&format!("{range}")),
                Err(WireError::NumberRange { found: range })
            );
        }
        for syntax in [
            "01", "00", "+1", ".5", "1.", "1e", "0x1", "-", "NaN", "Infinity", "1E400", "1_0",
        ] {
            assert!(
                matches!(read(syntax), Err(WireError::Syntax { .. })),
                "{syntax}: {:?}",
                read(syntax)
            );
        }
    }

    #[test]
    fn names_are_compared_after_unescaping() {
        let repeated = Err(WireError::RepeatedMember {
            name: Excerpt::new("a"),
        });
        assert_eq!(check(br#"{"a":1,"\u0061":2}"#), repeated);
        assert_eq!(check(br#"{"b":[{"c":{"a":1,"b":2,"a":1}}]}"#), repeated);
        assert_eq!(check(br#"{"a":{"a":1},"b":{"a":1}}"#), Ok(()));
        assert_eq!(check(br#"{"a":1,"A":2}"#), Ok(()));
    }

    #[test]
    fn only_strict_json_is_read() {
        let syntax = [
            "{'a':1}",
            "{a:1}",
            "{\"a\":1,}",
            "{\"a\":[1,]}",
            "{\"a\":1}x",
            "{\"a\":1}{}",
            "{\"a\":1}\u{0}",
            "{\"a\" 1}",
            "{\"a\":tru}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x41\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\udc00\"}",
            "{\"a\":\"\\udc00\\ud800\"}",
            "{\"a\":\"\\ud800\\u0041\"}",
            "\u{a0}{}",
            "{}\u{2028}",
            "\u{b}{}",
            "{}//",
            "/**/{}",
            "{\"\\ud800\":1}",
        ];
        for text in syntax {
            assert!(
                matches!(check(text.as_bytes()), Err(WireError::Syntax { .. })),
                "{text}: {:?}",
                check(text.as_bytes())
            );
        }
        assert_eq!(check(b"\xEF\xBB\xBF{}"), Err(WireError::ByteOrderMark));
        assert_eq!(
            check(b"{\"a\":\"\xFF\"}"),
            Err(WireError::NotUtf8 { at: 6 })
        );
        assert_eq!(
            check(b"{\"a\":\"\xED\xA0\x80\"}"),
            Err(WireError::NotUtf8 { at: 6 })
        );
        assert_eq!(check(b" \t\r\n{ } \n"), Ok(()));
        assert_eq!(check(br#"{"a":"\ud83d\ude00"}"#), Ok(()));
    }

    #[test]
    fn every_prefix_of_a_good_document_ends_early() {
        let good = "{\"a\":[1,true,null,\"x\\n\\ud83d\\ude00東\"],\"b\":{\"c\":false}}".as_bytes();
        assert_eq!(check(good), Ok(()));
        for end in 0..good.len() {
            assert_eq!(
                check(&good[..end]),
                Err(WireError::EndsEarly { found: end })
            );
        }
    }

    #[test]
    fn the_outermost_value_is_an_object() {
        for (text, found) in [
            ("[]", "an array"),
            ("1", "a number"),
            ("\"\"", "a string"),
            ("null", "null"),
            ("true", "a boolean"),
        ] {
            assert_eq!(
                check(text.as_bytes()),
                Err(WireError::NotAnObject { found })
            );
        }
    }

    #[test]
    fn objects_write_back_as_they_were_read() {
        let text = r#"{"b":"\"\\\n\r\t\u0001é東","a":[1,true,null,{}],"":{"x":[]}}"#;
        let object = read_object(text.as_bytes()).expect("an object of the test");
        assert_eq!(object.to_json(), text);
        assert!(object.holds_null());
    }
}

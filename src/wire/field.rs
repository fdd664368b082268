//! One value of a document, read as what the protocol says that it is.

use super::error::{Excerpt, WireError};
use super::json::{Object, Value};
use crate::licence::code::{self, LINE_BYTES};
use crate::licence::id::Hex;
use crate::licence::identifier::check_text;
use crate::licence::{ComputerId, Counts, Day, Identifier, LineKind, Moment, Ulid};
use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use data_encoding::BASE64;

/// The path by which messages name a member. For most it is a name of the protocol.
pub(super) type Path = Cow<'static, str>;

/// One value and the path by which messages name it.
pub(super) struct Field {
    pub(super) path: Path,
    pub(super) value: Value,
}

impl Field {
    /// A member of `object`, without taking it.
    pub(super) fn of(object: &Object, name: &str) -> Result<Self, WireError> {
        let value = object
            .get(name)
            .cloned()
            .ok_or_else(|| WireError::MissingMember {
                member: Excerpt::new(name),
            })?;
        Ok(Self {
            path: name.to_owned().into(),
            value,
        })
    }

    /// The member's path, as messages show it.
    pub(super) fn member(&self) -> Excerpt {
        Excerpt::new(&self.path)
    }

    fn wrong_type(&self, allowed: &'static str) -> WireError {
        WireError::WrongType {
            member: self.member(),
            found: self.value.type_name(),
            allowed,
        }
    }

    /// Any string.
    pub(super) fn string(self) -> Result<String, WireError> {
        match self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.wrong_type("a string")),
        }
    }

    /// Whether it is an array of exactly this string.
    pub(super) fn is_list_of_one(&self, text: &str) -> bool {
        match &self.value {
            Value::Array(values) => *values == [Value::Text(text.to_owned())],
            _ => false,
        }
    }

    /// A string that `read` turns into a value; `fault` wraps the error of `read`.
    fn parsed<T, E>(
        &self,
        read: impl FnOnce(&str) -> Result<T, E>,
        fault: impl FnOnce(Excerpt, E) -> WireError,
    ) -> Result<T, WireError> {
        match &self.value {
            Value::Text(text) => read(text).map_err(|error| fault(self.member(), error)),
            _ => Err(self.wrong_type("a string")),
        }
    }

    /// Text of 1 to `max` characters (section 3).
    pub(super) fn text(self, max: usize) -> Result<String, WireError> {
        self.parsed(
            |text| check_text(text, max),
            |member, fault| WireError::Text { member, fault },
        )?;
        self.string()
    }

    /// An identifier.
    pub(super) fn identifier(self) -> Result<Identifier, WireError> {
        self.parsed(Identifier::new, |member, fault| WireError::Identifier {
            member,
            fault,
        })
    }

    /// 2N lower-case hex digits.
    pub(super) fn hex<const N: usize>(self) -> Result<Hex<N>, WireError> {
        self.parsed(Hex::read, |member, fault| WireError::Id { member, fault })
    }

    /// A ULID.
    pub(super) fn ulid(self) -> Result<Ulid, WireError> {
        self.parsed(Ulid::read, |member, fault| WireError::Id { member, fault })
    }

    /// A date.
    pub(super) fn day(self) -> Result<Day, WireError> {
        self.parsed(Day::read, |member, fault| WireError::Day { member, fault })
    }

    /// A date or null.
    pub(super) fn day_or_null(self) -> Result<Option<Day>, WireError> {
        if self.value == Value::Null {
            Ok(None)
        } else {
            self.day().map(Some)
        }
    }

    /// A time.
    pub(super) fn moment(self) -> Result<Moment, WireError> {
        self.parsed(Moment::read, |member, fault| WireError::Day {
            member,
            fault,
        })
    }

    /// A Computer ID in its canonical form.
    pub(super) fn computer_id(self) -> Result<ComputerId, WireError> {
        self.line(LineKind::ComputerId).map(ComputerId)
    }

    /// The 15 bytes of a code in its canonical form.
    pub(super) fn line(self, kind: LineKind) -> Result<[u8; LINE_BYTES], WireError> {
        let bytes = self.parsed(
            |text| code::read_line(text, kind),
            |member, fault| WireError::Code { member, fault },
        )?;
        let is_canonical = self.value == Value::Text(code::write_line(&bytes, kind));
        if is_canonical {
            Ok(bytes)
        } else {
            Err(WireError::CodeForm {
                member: self.member(),
            })
        }
    }

    /// Canonical base64 of any length.
    pub(super) fn base64(self) -> Result<Vec<u8>, WireError> {
        self.bytes()
    }

    fn bytes(&self) -> Result<Vec<u8>, WireError> {
        let not_canonical = |member, ()| WireError::Base64 { member };
        self.parsed(
            |text| {
                let bytes = BASE64.decode(text.as_bytes()).map_err(drop)?;
                // The decoder takes padded texts that are joined ("Zg==Zg=="): only one spelling is
                // canonical.
                if BASE64.encode(&bytes) == text {
                    Ok(bytes)
                } else {
                    Err(())
                }
            },
            not_canonical,
        )
    }

    /// Canonical base64 of N bytes.
    pub(super) fn base64_of<const N: usize>(self) -> Result<[u8; N], WireError> {
        let bytes = self.bytes()?;
        let found = bytes.len();
        bytes.try_into().map_err(|_| WireError::Length {
            member: self.member(),
            found,
            allowed: N,
        })
    }

    /// A number.
    pub(super) fn number(self) -> Result<u64, WireError> {
        match self.value {
            Value::Number(number) => Ok(number),
            _ => Err(self.wrong_type("a number")),
        }
    }

    /// A number of a range.
    pub(super) fn number_within<T: TryFrom<u64>>(self, from: u64, to: u64) -> Result<T, WireError> {
        let Value::Number(found) = self.value else {
            return Err(self.wrong_type("a number"));
        };
        let fits = if (from..=to).contains(&found) {
            T::try_from(found).ok()
        } else {
            None
        };
        fits.ok_or_else(|| WireError::Range {
            member: self.member(),
            found,
            from,
            to,
        })
    }

    /// An activation's sequence: 1 to 65,535.
    pub(super) fn sequence(self) -> Result<u16, WireError> {
        self.number_within(1, u64::from(u16::MAX))
    }

    /// One of `all`, by the word that `word` gives it.
    pub(super) fn word<T: Copy>(
        self,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Result<T, WireError> {
        let Value::Text(found) = &self.value else {
            return Err(self.wrong_type("a string"));
        };
        all.iter()
            .copied()
            .find(|value| word(*value) == found)
            .ok_or_else(|| {
                let words: Vec<&str> = all.iter().map(|value| word(*value)).collect();
                WireError::Word {
                    member: self.member(),
                    found: Excerpt::new(found),
                    allowed: words.join(", "),
                }
            })
    }

    /// An object.
    pub(super) fn object(self) -> Result<Object, WireError> {
        match self.value {
            Value::Object(object) => Ok(object),
            _ => Err(self.wrong_type("an object")),
        }
    }

    /// An object of `from` to `to` members, from identifiers to what `read` makes of the values.
    pub(super) fn map<T, C: FromIterator<(Identifier, T)>>(
        self,
        from: usize,
        to: usize,
        read: impl Fn(Self) -> Result<T, WireError>,
    ) -> Result<C, WireError> {
        let path = self.path.clone();
        let object = self.object()?;
        check_count(&path, object.count(), from, to)?;
        let pairs = object.into_members().into_iter().map(|(name, value)| {
            let field = Self {
                path: alloc::format!("{path}.{name}").into(),
                value,
            };
            let name = Identifier::new(&name).map_err(|fault| WireError::Identifier {
                member: field.member(),
                fault,
            })?;
            Ok((name, read(field)?))
        });
        pairs.collect()
    }

    /// Licence types to counts: `from` to `to` types, each count at least `least` and at most
    /// `most`.
    pub(super) fn counts(
        self,
        types: (usize, usize),
        counts: (u64, u64),
    ) -> Result<Counts, WireError> {
        self.map(types.0, types.1, |field| {
            field.number_within(counts.0, counts.1)
        })
    }

    /// An array of `from` to `to` values.
    pub(super) fn list<T>(
        self,
        from: usize,
        to: usize,
        read: impl Fn(Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        let Value::Array(values) = self.value else {
            return Err(self.wrong_type("an array"));
        };
        check_count(&self.path, values.len(), from, to)?;
        let fields = values.into_iter().enumerate();
        fields
            .map(|(i, value)| {
                read(Self {
                    path: alloc::format!("{}[{i}]", self.path).into(),
                    value,
                })
            })
            .collect()
    }
}

fn check_count(path: &str, found: usize, from: usize, to: usize) -> Result<(), WireError> {
    if (from..=to).contains(&found) {
        return Ok(());
    }
    Err(WireError::Count {
        member: Excerpt::new(path),
        found,
        from,
        to,
    })
}

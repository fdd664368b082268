//! The members of an object: each is taken once, by name, and what is left over is judged at the
//! end.

use super::error::{Excerpt, WireError};
use super::field::{Field, Path};
use super::json::{Object, Value};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// The members of one object that were not taken yet.
pub(super) struct Members {
    /// Path of the object, empty for the outermost.
    path: Path,
    left: Vec<(String, Value)>,
    /// Names that this program knows, taken or absent.
    known: Vec<&'static str>,
}

impl Members {
    /// The members of an outermost object.
    pub(super) fn of(object: Object) -> Self {
        Self {
            path: Path::default(),
            left: object.into_members(),
            known: Vec::new(),
        }
    }

    /// The members of an object inside another.
    pub(super) fn within(field: Field) -> Result<Self, WireError> {
        Ok(Self {
            path: field.path.clone(),
            left: field.object()?.into_members(),
            known: Vec::new(),
        })
    }

    fn path_of<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if self.path.is_empty() {
            name.into()
        } else {
            alloc::format!("{}.{name}", self.path).into()
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Field> {
        self.known.push(name);
        let place = self.left.iter().position(|(found, _)| found == name)?;
        let (_, value) = self.left.swap_remove(place);
        Some(Field {
            path: self.path_of(name),
            value,
        })
    }

    /// A member that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Field) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        match self.take(name) {
            Some(field) => read(field),
            None => Err(WireError::MissingMember {
                member: Excerpt::new(&self.path_of(name)),
            }),
        }
    }

    /// A member that may be absent, but never null.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Field) -> Result<T, WireError>,
    ) -> Result<Option<T>, WireError> {
        self.take(name).map(read).transpose()
    }

    /// In an envelope or a request: a member that was not taken is refused.
    pub(super) fn refuse_the_rest(self) -> Result<(), WireError> {
        match self.left.first() {
            Some((name, _)) => Err(WireError::UnknownMember {
                member: Excerpt::new(&self.path_of(name)),
            }),
            None => Ok(()),
        }
    }

    /// In a document from the signer: what is left is ignored, unless `critical` names what is not
    /// known.
    pub(super) fn ignore_the_rest(mut self) -> Result<(), WireError> {
        let names = self.optional("critical", |field| field.list(0, usize::MAX, Field::string))?;
        match names
            .unwrap_or_default()
            .iter()
            .find(|name| !self.known.contains(&name.as_str()))
        {
            Some(name) => Err(WireError::UnknownCritical {
                member: Excerpt::new(name),
            }),
            None => Ok(()),
        }
    }
}

//! From what was typed to what the verbs take, with errors that say what is allowed.

use super::console::CliError;
use crate::licence::code::{LINE_BYTES, read_line};
use crate::licence::identifier::{MAX_NAME_CHARACTERS, check_text};
use crate::licence::{
    ComputerId, Counts, Day, Identifier, LicenceKey, LicenceKeyId, LineError, LineKind,
};
use crate::policy::order::assign::Which;
use crate::policy::order::key::MAX_KEY_COUNT;
use crate::seal::redeem::licence_key_id;
use std::io::Read;

/// An identifier.
///
/// # Errors
/// [`CliError::Usage`].
pub(super) fn identifier(what: &str, text: &str) -> Result<Identifier, CliError> {
    Identifier::new(text).map_err(|error| {
        CliError::usage(
            format!("the {what} `{text}`: {error}"),
            "check how it is spelled in the catalogue",
        )
    })
}

/// A Computer ID.
///
/// # Errors
/// [`CliError::Usage`].
pub(super) fn computer_id(text: &str) -> Result<ComputerId, CliError> {
    ComputerId::read(text).map_err(|error| {
        CliError::usage(
            format!("the Computer ID: {error}"),
            "type the 25 characters that the device shows",
        )
    })
}

/// Why something is done, for the auditor.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn reason(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("it is empty; say why, for the history".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// A calendar day.
///
/// # Errors
/// [`CliError::Usage`].
pub(super) fn day(text: &str) -> Result<Day, CliError> {
    Day::read(text).map_err(|error| {
        CliError::usage(
            format!("the day `{text}`: {error}"),
            "write it as 2026-11-22",
        )
    })
}

/// A computer's name.
///
/// # Errors
/// [`CliError::Usage`].
pub(super) fn computer_name(text: &str) -> Result<String, CliError> {
    check_text(text, MAX_NAME_CHARACTERS).map_err(|error| {
        CliError::usage(
            format!("the name: {error}"),
            "name it as people call it, in 1 to 128 characters",
        )
    })?;
    Ok(text.to_owned())
}

/// A Deactivation Verification Code; `-` reads it from standard input. A mistyped
/// one does not count as wrong.
///
/// # Errors
/// [`CliError::Usage`], which never shows what was typed.
pub(super) fn verification_code(text: &str) -> Result<[u8; LINE_BYTES], CliError> {
    let typed = if text == "-" {
        standard_input()?
    } else {
        zeroize::Zeroizing::new(text.to_owned())
    };
    read_line(typed.trim(), LineKind::VerificationCode).map_err(|error| {
        CliError::usage(
            format!("the Deactivation Verification Code: {error}"),
            "type the 25 characters that the device shows after it was deactivated",
        )
    })
}

/// `core=16`, `universal=4`.
///
/// # Errors
/// [`CliError::Usage`].
pub(super) fn licences(pairs: &[String]) -> Result<Counts, CliError> {
    let mut counts = Counts::new();
    for pair in pairs {
        let hint = "write TYPE=N, for example core=16,universal=4";
        let (id, count) = pair
            .split_once('=')
            .ok_or_else(|| CliError::usage(format!("`{pair}` has no `=`"), hint))?;
        let id = identifier("licence type", id.trim())?;
        let count = count
            .trim()
            .parse::<u64>()
            .ok()
            .filter(|count| (1..=MAX_KEY_COUNT).contains(count));
        let count = count.ok_or_else(|| {
            CliError::usage(format!("`{pair}`: 1 to {MAX_KEY_COUNT} are allowed"), hint)
        })?;
        if counts.of(&id) > 0 {
            return Err(CliError::usage(
                format!("the licence type `{id}` stands there twice"),
                hint,
            ));
        }
        counts.set(id, count);
    }
    Ok(counts)
}

/// `current`, `next`, or a period's number from 0.
///
/// # Errors
/// [`CliError::Usage`].
pub(super) fn period(text: &str) -> Result<Which, CliError> {
    match text {
        "current" => Ok(Which::Current),
        "next" => Ok(Which::Next),
        number => number.parse().map(Which::Number).map_err(|_| {
            let what =
                format!("the period `{number}`; current, next or a number from 0 are allowed");
            CliError::usage(what, "see the periods with `keyspool subscription show`")
        }),
    }
}

/// A licence key, or its id; `-` reads it from standard input. The key is never kept.
///
/// # Errors
/// [`CliError::Usage`], which never shows what was typed.
pub(super) fn key_id(text: &str) -> Result<LicenceKeyId, CliError> {
    let typed = if text == "-" {
        standard_input()?
    } else {
        zeroize::Zeroizing::new(text.to_owned())
    };
    key_id_of(typed.trim()).map_err(mistyped_key)
}

/// What is wrong with a licence key that stands alone.
pub(super) fn mistyped_key(error: LineError) -> CliError {
    CliError::usage(format!("the licence key: {error}"), MISTYPED_KEY)
}

/// What to do about a licence key that was not read.
pub(super) const MISTYPED_KEY: &str = "type its 25 characters, or its id of 16 hex digits";

fn key_id_of(text: &str) -> Result<LicenceKeyId, LineError> {
    LicenceKeyId::read(text).or_else(|_| LicenceKey::read(text).map(|key| licence_key_id(&key)))
}

/// Licence keys as they were typed, one after another; `-` reads them from standard input, one a
/// line.
///
/// # Errors
/// [`CliError::Input`] where standard input cannot be read.
pub(super) fn key_ids(texts: &[String]) -> Result<Vec<Result<LicenceKeyId, LineError>>, CliError> {
    let mut ids = Vec::new();
    for text in texts {
        if text == "-" {
            let typed = standard_input()?;
            ids.extend(
                typed
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(key_id_of),
            );
        } else {
            ids.push(key_id_of(text));
        }
    }
    Ok(ids)
}

/// Most that is read from standard input, in bytes.
const MAX_INPUT_BYTES: u64 = 4 * 1024 * 1024;

fn standard_input() -> Result<zeroize::Zeroizing<String>, CliError> {
    let mut text = zeroize::Zeroizing::new(String::new());
    std::io::stdin()
        .take(MAX_INPUT_BYTES)
        .read_to_string(&mut text)
        .map_err(CliError::input)?;
    Ok(text)
}

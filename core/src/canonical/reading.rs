//! Strict reading of JSON documents, with errors that name the field.

use super::figure::{MALFORMED, NUMBER_REFUSED};
use super::{missing, place};
use crate::codes::Reject;
use crate::outcome::Rejection;
use crate::outcome::Step;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// Reads `text` as `T`; `root` is put before every pointer.
pub(crate) fn parse_document<'a, T: Deserialize<'a>>(text: &'a str, root: &str) -> Step<T> {
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            explain(place::pointer(root, text, &error), &error)
        } else {
            invalid_json(root, &error)
        }
    })
}

fn invalid_json(root: &str, error: &serde_json::Error) -> Rejection {
    Rejection::new(
        Reject::InvalidJson,
        root,
        format!("the text is not JSON: {error}"),
        advice(
            root.starts_with(SETTINGS),
            "nothing is wrong with the document in Magento: the text was cut or changed on its way; send it again, and ask your developer if it happens twice",
            "the settings are no JSON document: save them again on the settings page",
        ),
    )
}

/// Turns the parser's error into a code, a pointer and words.
///
/// The parser reports a missing field at its parent, so the name joins the pointer.
fn explain(mut pointer: String, error: &serde_json::Error) -> Rejection {
    let of_settings = pointer.starts_with(SETTINGS);
    let full = error.to_string();
    // The parser appends " at line … column …"; the pointer says where better than that.
    let message = full
        .rsplit_once(" at line ")
        .map_or(full.as_str(), |(text, _)| text);
    if let Some(name) = quoted_after(message, "missing field ") {
        place::push_token(&mut pointer, name);
        return missing::field(pointer);
    }
    if let Some(name) = quoted_after(message, "unknown field ") {
        if pointer.rsplit('/').next() != Some(place::escaped(name).as_str()) {
            place::push_token(&mut pointer, name);
        }
        return Rejection::new(
            Reject::UnknownField,
            pointer,
            format!("field {name} is not part of the contract"),
            advice(
                of_settings,
                "nothing is wrong with the document: the Magento module is of another release; update both and send it again",
                "the settings file is of another release, or its spelling is wrong: correct it on the settings page",
            ),
        );
    }
    if let Some((_, figure)) = message.split_once(NUMBER_REFUSED) {
        return Rejection::new(
            Reject::MoneyNotAString,
            pointer,
            format!("money came as a JSON number{figure}"),
            advice(
                of_settings,
                "nothing is wrong with the document: a program between Magento and here changed the amount into a number that may be rounded; ask your developer to send it as text",
                "write the figure in quotation marks",
            ),
        );
    }
    if let Some((_, figure)) = message.split_once(MALFORMED) {
        return Rejection::new(
            Reject::InvalidDecimal,
            pointer,
            format!("not a plain decimal of at most 13 digits and 12 decimals{figure}"),
            advice(
                of_settings,
                "correct the amount in Magento: digits, at most one point, and a minus in front if it is negative",
                "write digits, at most one point, and a minus in front if it is negative",
            ),
        );
    }
    if message.contains("invalid type: null") {
        return missing::field(pointer);
    }
    Rejection::new(
        Reject::WrongType,
        pointer,
        message.replace("expected u64", "expected a whole number"),
        advice(
            of_settings,
            "the value is of another kind than Magento stores there: ask your developer which extension or import changed it",
            "choose the value again on the settings page",
        ),
    )
}

/// Where pointers into the settings begin.
const SETTINGS: &str = "/settings";

/// What to do, for a document of Magento's or for the settings.
fn advice(of_settings: bool, document: &'static str, settings: &'static str) -> &'static str {
    if of_settings { settings } else { document }
}

fn quoted_after<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    message.strip_prefix(prefix)?.split('`').nth(1)
}

/// A calendar date, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date(time::Date);

impl std::fmt::Display for Date {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Of a calendar date the library prints year, month and day as ISO 8601 does.
        self.0.fmt(formatter)
    }
}

impl Date {
    /// The day after; none after the last day of the calendar.
    pub(crate) fn next_day(self) -> Option<Self> {
        self.0.next_day().map(Self)
    }

    /// The day `days` later; none beyond the calendar.
    pub(crate) fn days_later(self, days: u16) -> Option<Self> {
        let later = self.0.checked_add(time::Duration::days(i64::from(days)))?;
        Some(Self(later))
    }

    /// Reads a date; `pointer` is where it stands.
    pub(crate) fn parse(text: &str, pointer: &str) -> Step<Self> {
        Self::parse_at(text, || pointer.to_owned())
    }

    /// [`Self::parse`] for pointers that cost something to write.
    pub(crate) fn parse_at(text: &str, pointer: impl FnOnce() -> String) -> Step<Self> {
        if let Some(date) = plain_date(text) {
            return Ok(Self(date));
        }
        time::Date::parse(text, format_description!("[year]-[month]-[day]"))
            .map(Self)
            .map_err(|_| invalid_date(text, &pointer(), "a date as YYYY-MM-DD"))
    }
}

/// The usual spelling, read without the general parser: settings have a dozen dates, and every
/// line looks at some of them.
fn plain_date(text: &str) -> Option<time::Date> {
    let [a, b, c, d, b'-', e, f, b'-', g, h] = <[u8; 10]>::try_from(text.as_bytes()).ok()? else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u16, |number, byte| {
            let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
            Some(number * 10 + u16::from(digit))
        })
    };
    let month = time::Month::try_from(u8::try_from(number(&[e, f])?).ok()?).ok()?;
    let day = u8::try_from(number(&[g, h])?).ok()?;
    time::Date::from_calendar_date(i32::from(number(&[a, b, c, d])?), month, day).ok()
}

/// Magento's timestamps: `YYYY-MM-DD HH:MM:SS`, always UTC.
pub(crate) fn parse_utc(text: &str, pointer: &str) -> Step<OffsetDateTime> {
    PrimitiveDateTime::parse(
        text,
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second]"),
    )
    .map(PrimitiveDateTime::assume_utc)
    .map_err(|_| invalid_date(text, pointer, "Magento's UTC timestamp YYYY-MM-DD HH:MM:SS"))
}

/// An RFC 3339 instant.
pub(crate) fn parse_instant(text: &str, pointer: &str) -> Step<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
        invalid_date(
            text,
            pointer,
            "an RFC 3339 instant such as 2026-04-01T00:00:00Z",
        )
    })
}

fn invalid_date(text: &str, pointer: &str, expected: &str) -> Rejection {
    Rejection::new(
        Reject::InvalidDate,
        pointer,
        format!("{:?} is no date", crate::text::cut(text, 40).0),
        if pointer.starts_with(SETTINGS) {
            format!("write {expected}")
        } else {
            format!("correct the date in Magento: {expected}")
        },
    )
}

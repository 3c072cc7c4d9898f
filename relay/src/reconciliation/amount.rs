//! Amounts and days as the shop writes them.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::Date;
use time::macros::{date, format_description};

/// An amount of money or a percentage: decimal text, never a JSON number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Decimal);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
        let read = text.parse().ok().filter(|_| is_plain && text.len() <= 30);
        read.map(Self)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is no amount such as 12.50")))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A day, counted from 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// A day as in `2026-10-31`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
        let days = date.to_julian_day() - date!(1970 - 01 - 01).to_julian_day();
        Some(Self(i64::from(days)))
    }

    fn date(self) -> Option<Date> {
        let first = date!(1970 - 01 - 01).to_julian_day();
        let days = i32::try_from(self.0).ok()?.checked_add(first)?;
        Date::from_julian_day(days).ok()
    }

    /// The first and the last day of its month.
    #[must_use]
    pub fn month(self) -> (Self, Self) {
        let Some(date) = self.date() else {
            return (self, self);
        };
        let first = self.0 - i64::from(date.day()) + 1;
        let length = i64::from(date.month().length(date.year()));
        (Self(first), Self(first + length - 1))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date().unwrap_or(Date::MIN);
        write!(
            formatter,
            "{:04}-{:02}-{:02}",
            date.year(),
            u8::from(date.month()),
            date.day()
        )
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is no date such as 2026-03-31")))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_plain_decimal_text() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).ok();
        assert_eq!(read("\"-12.50\"").unwrap().0.to_string(), "-12.50");
        assert_eq!(
            serde_json::to_string(&read("\"0.10\"").unwrap()).unwrap(),
            "\"0.10\""
        );
        for wrong in ["12.5", "\"1e2\"", "\"\"", "\"1,00\"", "\"+1\"", "\"a\""] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn days_are_counted_and_months_have_ends() {
        let day = Day::parse("2028-02-17").unwrap();
        assert_eq!(Day::parse("1970-01-02"), Some(Day(1)));
        let (first, last) = day.month();
        assert_eq!(
            (first.to_string(), last.to_string()),
            ("2028-02-01".to_owned(), "2028-02-29".to_owned())
        );
        assert_eq!(Day::parse("2026-02-30"), None);
        assert_eq!(Day::parse(&day.to_string()), Some(day));
    }
}

//! A day (年月日).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{self, Weekday};
use jiff::{SignedDuration, Span};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day from 1868-01-01 to 9999-12-31, written `2026-04-01`. Sums that would leave these years stop at their ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// The first day of the first year with a modern era (明治元年).
    pub const MIN: Date = Date(civil::date(1868, 1, 1));
    /// The last day with a year of four digits.
    pub const MAX: Date = Date(civil::date(9999, 12, 31));

    /// The day, if the calendar has it and it lies within our years.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        let civil = civil::Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?);
        Date::from_civil(civil.ok()?)
    }

    pub(crate) fn from_civil(date: civil::Date) -> Option<Date> {
        let date = Date(date);
        (Date::MIN..=Date::MAX).contains(&date).then_some(date)
    }

    /// The year of the common era.
    pub fn year(self) -> i32 {
        self.0.year().into()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.0.month().unsigned_abs().into()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.0.day().unsigned_abs().into()
    }

    /// The day of the week (曜日) as one character.
    pub fn weekday_ja(self) -> char {
        match self.0.weekday() {
            Weekday::Monday => '月',
            Weekday::Tuesday => '火',
            Weekday::Wednesday => '水',
            Weekday::Thursday => '木',
            Weekday::Friday => '金',
            Weekday::Saturday => '土',
            Weekday::Sunday => '日',
        }
    }

    /// The day so many days later, or earlier if negative.
    pub fn plus_days(self, days: i64) -> Date {
        let duration = SignedDuration::from_secs(days.saturating_mul(86_400));
        Date(self.0.saturating_add(duration)).clamp(Date::MIN, Date::MAX)
    }

    /// The same day so many months later, or the last of that month where it has no such day.
    pub fn plus_months(self, months: i32) -> Date {
        // More months than all our years have lead to either end anyway; a span holds no more.
        let span = Span::new().months(months.clamp(-120_000, 120_000));
        Date(self.0.saturating_add(span)).clamp(Date::MIN, Date::MAX)
    }

    /// How many days from this day to the other: 1 if it is the next, negative if it is past.
    pub fn days_until(self, other: Date) -> i64 {
        self.0.duration_until(other.0).as_hours() / 24
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a day in the form `2026-04-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADate;

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a day like 2026-04-01")
    }
}

impl std::error::Error for NotADate {}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Date, NotADate> {
        fn number<T: FromStr>(digits: &str, width: usize) -> Option<T> {
            let plain = digits.len() == width && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten()
        }
        let read = || {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            Date::new(number(year, 4)?, number(month, 2)?, number(day, 2)?)
        };
        read().ok_or(NotADate)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_has_its_parts_and_its_weekday() {
        let date = Date::new(2026, 4, 1).unwrap();
        assert_eq!((date.year(), date.month(), date.day(), date.weekday_ja()), (2026, 4, 1, '水'));
        let week: String = (0..7).map(|days| date.plus_days(days).weekday_ja()).collect();
        assert_eq!(week, "水木金土日月火");
    }

    #[test]
    fn days_that_no_calendar_has_or_that_lie_too_far_away_are_none() {
        for (year, month, day) in [(2026, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0)] {
            assert_eq!(Date::new(year, month, day), None);
        }
        assert_eq!([Date::new(1867, 12, 31), Date::new(10_000, 1, 1), Date::new(i32::MAX, 1, 300)], [None; 3]);
        assert!(Date::new(2028, 2, 29).is_some());
    }

    #[test]
    fn only_the_iso_form_is_read() {
        assert_eq!(day("2026-04-01"), Date::new(2026, 4, 1).unwrap());
        let others =
            ["2026-4-1", "20260401", "2026/04/01", "2026-04-01T00:00", " 2026-04-01", "2026-02-30", "+026-04-01"];
        for other in others.into_iter().chain(["2026-04", "２０２６-04-01", "2026-04-+1", "1867-12-31", ""]) {
            assert_eq!(other.parse::<Date>(), Err(NotADate), "{other}");
        }
    }

    #[test]
    fn months_end_on_their_last_day() {
        assert_eq!(day("2026-01-31").plus_months(1), day("2026-02-28"));
        assert_eq!(day("2028-01-31").plus_months(1), day("2028-02-29"));
        assert_eq!(day("2026-03-31").plus_months(-4), day("2025-11-30"));
        assert_eq!(day("2028-02-29").plus_months(12), day("2029-02-28"));
    }

    #[test]
    fn sums_stop_at_the_ends_of_our_years() {
        let date = day("2026-04-01");
        assert_eq!((date.plus_days(i64::MAX), date.plus_days(i64::MIN)), (Date::MAX, Date::MIN));
        assert_eq!((date.plus_months(i32::MAX), date.plus_months(i32::MIN)), (Date::MAX, Date::MIN));
        assert_eq!(date.plus_days(-90_000), Date::MIN);
    }

    #[test]
    fn a_day_is_a_string_in_json_and_its_schema_says_so() {
        let json = serde_json::to_string(&day("2026-04-01")).unwrap();
        assert_eq!(json, r#""2026-04-01""#);
        assert_eq!(serde_json::from_str::<Date>(&json).unwrap(), day("2026-04-01"));
        assert!(serde_json::from_str::<Date>(r#""2026/04/01""#).is_err());
        let schema = schemars::schema_for!(Date);
        assert_eq!((schema.get("type"), schema.get("format")), (Some(&"string".into()), Some(&"date".into())));
    }

    proptest! {
        #[test]
        fn days_come_back_from_text_and_sort_like_it(one in 0..2_970_000_i64, other in 0..2_970_000_i64) {
            let (one, other) = (Date::MIN.plus_days(one), Date::MIN.plus_days(other));
            prop_assert_eq!(day(&one.to_string()), one);
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
            prop_assert_eq!(one.plus_days(one.days_until(other)), other);
        }
    }
}

//! What time it is (時刻): moments in UTC, days in Japan.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::Offset;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::date::Date;

/// Japan keeps UTC+9 the whole year, so no time zone database is needed.
const JAPAN: Offset = Offset::constant(9);

/// The source of the present: the system's, or one that a test sets.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that stands still until it is set; its clones stand with it.
    pub fn fixed(at: Timestamp) -> Clock {
        Clock(Source::Fixed(Arc::new(AtomicI64::new(at.millis()))))
    }

    /// Sets a fixed clock and all its clones.
    ///
    /// # Panics
    /// On the system's clock, which isn't ours to set.
    pub fn set(&self, at: Timestamp) {
        match &self.0 {
            Source::System => panic!("only a fixed clock can be set"),
            Source::Fixed(millis) => millis.store(at.millis(), Ordering::SeqCst),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => system_now(),
            Source::Fixed(millis) => Timestamp(millis.load(Ordering::SeqCst)),
        }
    }

    /// The present day in Japan.
    pub fn today(&self) -> Date {
        self.now().date()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// A moment (日時), to the millisecond; text is always like `2026-11-24T07:40:27.123Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first moment of 1868 in Japan, as for [`Date::MIN`].
    pub const MIN: Timestamp = Timestamp(-3_218_864_400_000);
    /// The last moment that can be written in every time zone, in the last hours of 9999.
    pub const MAX: Timestamp = Timestamp(253_402_207_200_000);

    /// The moment so many milliseconds after 1970-01-01T00:00:00Z; the nearest that we keep where that lies outside
    /// [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    pub fn from_millis(millis: i64) -> Timestamp {
        Timestamp(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The moment so many seconds later, or earlier if negative.
    pub fn plus_seconds(self, seconds: i64) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// The day in Japan.
    pub fn date(self) -> Date {
        self.in_japan().0
    }

    /// Day, hour and minute in Japan, as people read them.
    pub fn in_japan(self) -> (Date, u8, u8) {
        let local = JAPAN.to_datetime(self.instant());
        let date = Date::from_civil(local.date()).expect("MIN and MAX lie within Date's years");
        (date, local.hour().unsigned_abs(), local.minute().unsigned_abs())
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).expect("MIN and MAX lie within jiff's range")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.instant())
    }
}

/// The text is not a moment in the one form that we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATimestamp;

impl fmt::Display for NotATimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a moment like 2026-11-24T07:40:27.123Z")
    }
}

impl std::error::Error for NotATimestamp {}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    fn from_str(text: &str) -> Result<Timestamp, NotATimestamp> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| NotATimestamp)?;
        let timestamp = Timestamp::from_millis(instant.as_millisecond());
        // What we write is the only form, so that equal moments are equal text.
        if timestamp.to_string() == text { Ok(timestamp) } else { Err(NotATimestamp) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_fixed_clock_stands_until_set_and_its_clones_with_it() {
        let clock = Clock::fixed(at("2026-03-31T14:59:59.999Z"));
        let clone = clock.clone();
        assert_eq!(clone.today().to_string(), "2026-03-31");
        clock.set(at("2026-03-31T15:00:00.000Z"));
        assert_eq!(clone.now(), at("2026-03-31T15:00:00.000Z"));
        assert_eq!(clone.today().to_string(), "2026-04-01");
    }

    #[test]
    fn the_systems_clock_has_passed_the_day_this_was_written() {
        assert!(Clock::system().now() > at("2025-01-01T00:00:00.000Z"));
    }

    #[test]
    fn a_moment_is_shown_in_japans_time() {
        let (date, hour, minute) = at("2026-11-24T23:40:27.123Z").in_japan();
        assert_eq!((date.to_string().as_str(), hour, minute), ("2026-11-25", 8, 40));
    }

    #[test]
    fn the_first_and_last_moments_have_a_day_and_a_text() {
        assert_eq!(Timestamp::MIN.date(), Date::MIN);
        assert_eq!(Timestamp::MAX.date(), Date::MAX);
        assert_eq!(Timestamp::from_millis(i64::MIN).to_string(), "1867-12-31T15:00:00.000Z");
        assert_eq!(Timestamp::MIN.plus_seconds(i64::MAX).to_string(), "9999-12-30T22:00:00.000Z");
    }

    #[test]
    fn only_the_one_form_is_read() {
        let others = [
            "2026-11-24T07:40:27Z",
            "2026-11-24T07:40:27.1234Z",
            "2026-11-24T07:40:27.123+00:00",
            "2026-11-24 07:40:27.123Z",
            "2026-11-24t07:40:27.123z",
            " 2026-11-24T07:40:27.123Z",
            "1000-01-01T00:00:00.000Z",
            "2026-11-24",
            "",
        ];
        for other in others {
            assert_eq!(other.parse::<Timestamp>(), Err(NotATimestamp), "{other}");
        }
    }

    #[test]
    fn a_moment_is_a_string_in_json() {
        let json = serde_json::to_string(&at("2026-11-24T07:40:27.123Z")).unwrap();
        assert_eq!(json, r#""2026-11-24T07:40:27.123Z""#);
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap().to_string(), "2026-11-24T07:40:27.123Z");
        assert!(serde_json::from_str::<Timestamp>("0").is_err());
    }

    proptest! {
        #[test]
        fn moments_come_back_from_text_and_sort_like_it(one: i64, other: i64) {
            let (one, other) = (Timestamp::from_millis(one), Timestamp::from_millis(other));
            prop_assert_eq!(at(&one.to_string()), one);
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn every_moment_has_a_day(millis in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let (date, hour, minute) = Timestamp::from_millis(millis).in_japan();
            prop_assert!(date >= Date::MIN && hour < 24 && minute < 60);
        }
    }
}

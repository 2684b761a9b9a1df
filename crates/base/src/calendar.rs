//! The Japanese calendar: eras (和暦) and fiscal years (年度).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::date::Date;

struct Era {
    name: &'static str,
    letter: char,
    /// Year, month and day on which it began.
    began: (i32, u32, u32),
}

/// The eras, newest first. A new era is a new first row; nothing else changes.
const ERAS: [Era; 5] = [
    Era { name: "令和", letter: 'R', began: (2019, 5, 1) },
    Era { name: "平成", letter: 'H', began: (1989, 1, 8) },
    Era { name: "昭和", letter: 'S', began: (1926, 12, 25) },
    Era { name: "大正", letter: 'T', began: (1912, 7, 30) },
    // By decree the whole of 1868, as Japan counted its days then.
    Era { name: "明治", letter: 'M', began: (1868, 1, 1) },
];

impl Era {
    fn of(date: Date) -> &'static Era {
        let day = (date.year(), date.month(), date.day());
        ERAS.iter().find(|era| era.began <= day).expect("the oldest era begins with Date::MIN")
    }

    /// The year of this era in which the year of the common era falls.
    fn year(&self, common: i32) -> i32 {
        common - self.began.0 + 1
    }

    /// The era's name and year, the first year as 元.
    fn name_year(&self, common: i32) -> String {
        match self.year(common) {
            1 => format!("{}元年", self.name),
            year => format!("{}{year}年", self.name),
        }
    }
}

/// The day as official papers write it: 令和8年4月1日, 令和元年5月1日.
pub fn wareki(date: Date) -> String {
    let year = Era::of(date).name_year(date.year());
    format!("{year}{}月{}日", date.month(), date.day())
}

/// The day in its short form: R8.4.1.
pub fn wareki_short(date: Date) -> String {
    let era = Era::of(date);
    format!("{}{}.{}.{}", era.letter, era.year(date.year()), date.month(), date.day())
}

/// Reads a day as people type it: `2026-04-01`, 2026/4/1, 2026年4月1日, 令和8年4月1日, R8.4.1, 元年 and full-width digits.
///
/// `None` if the calendar has no such day, or the named era didn't have it.
pub fn read_date(text: &str) -> Option<Date> {
    let text: String = text.nfkc().collect();
    let text = text.trim();
    let named = ERAS.iter().find_map(|era| Some((era, after_era(text, era)?.trim_start())));
    let (year, month, day) = split_date(named.map_or(text, |(_, rest)| rest))?;
    let (month, day) = (number(month, 2)?, number(day, 2)?);
    let Some((era, _)) = named else {
        let full = year.len() == 4;
        return full.then(|| Date::new(number(year, 4)?.cast_signed(), month, day)).flatten();
    };
    let year = if year == "元" { 1 } else { number(year, 2)?.cast_signed() };
    let date = Date::new(era.began.0 + year - 1, month, day)?;
    (year > 0 && Era::of(date).name == era.name).then_some(date)
}

fn after_era<'a>(text: &'a str, era: &Era) -> Option<&'a str> {
    let by_letter = || text.strip_prefix([era.letter, era.letter.to_ascii_lowercase()]);
    text.strip_prefix(era.name).or_else(by_letter)
}

/// The three parts between 年, 月 and 日, or between two equal separators.
fn split_date(text: &str) -> Option<(&str, &str, &str)> {
    let (year, month, day) = if let Some(text) = text.strip_suffix('日') {
        let (year, rest) = text.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        (year, month, day)
    } else {
        let separator = text.chars().find(|each| matches!(each, '-' | '‐' | '−' | 'ー' | '/' | '.'))?;
        let (year, rest) = text.split_once(separator)?;
        let (month, day) = rest.split_once(separator)?;
        (year, month, day)
    };
    Some((year.trim(), month.trim(), day.trim()))
}

fn number(digits: &str, longest: usize) -> Option<u32> {
    let plain = digits.len() <= longest && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// A fiscal year (年度): from April to March, named by the year of its April.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FiscalYear(pub i32);

impl FiscalYear {
    /// The fiscal year in which the day falls.
    pub fn of(date: Date) -> FiscalYear {
        FiscalYear(if date.month() < 4 { date.year() - 1 } else { date.year() })
    }

    /// Its first day, 1 April; or the end of our years that is nearest to it.
    pub fn first(self) -> Date {
        self.day(self.0, 4, 1)
    }

    /// Its last day, 31 March; or the end of our years that is nearest to it.
    pub fn last(self) -> Date {
        self.day(self.0.saturating_add(1), 3, 31)
    }

    fn day(self, year: i32, month: u32, day: u32) -> Date {
        let nearest = if self.0 < Date::MAX.year() { Date::MIN } else { Date::MAX };
        Date::new(year, month, day).unwrap_or(nearest)
    }
}

impl fmt::Display for FiscalYear {
    /// Named by the era at the end of its calendar year: 2019 is wholly 令和元年度, 1988 is 昭和63年度.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Date::new(self.0, 12, 31) {
            Some(date) => write!(f, "{}度", Era::of(date).name_year(self.0)),
            None => write!(f, "{}年度", self.0),
        }
    }
}

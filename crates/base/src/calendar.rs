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
    let year = if year == "元" { 1 } else { number(year, 4)?.cast_signed() };
    let date = Date::new(era.began.0 + year - 1, month, day)?;
    // The day must have been in that era: not before it began, not after it ended.
    (Era::of(date).name == era.name).then_some(date)
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

#[cfg(test)]
mod tests {
    use icu_calendar::cal::Japanese;
    use proptest::prelude::*;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn days_read_as_in_official_papers() {
        assert_eq!(wareki(day(2026, 4, 1)), "令和8年4月1日");
        assert_eq!(wareki(day(2019, 5, 1)), "令和元年5月1日");
        assert_eq!(wareki(day(2019, 4, 30)), "平成31年4月30日");
        assert_eq!(wareki(day(1989, 1, 7)), "昭和64年1月7日");
        assert_eq!(wareki(Date::MIN), "明治元年1月1日");
    }

    #[test]
    fn a_day_is_read_in_every_way_that_people_write_it() {
        let ways = [
            "2026-04-01",
            "2026-4-1",
            "2026/4/1",
            "2026.4.1",
            "2026年4月1日",
            "２０２６年４月１日",
            "２０２６／０４／０１",
            "２０２６－４－１",
            "2026−4−1",
            "令和8年4月1日",
            "令和８年４月１日",
            "令和 8年 4月 1日",
            "　令和08年04月01日　",
            "R8.4.1",
            "r8/4/1",
            "Ｒ８．４．１",
            "R8-04-01",
            "R8年4月1日",
            "令和8/4/1",
            "㋿8年4月1日",
        ];
        for way in ways {
            assert_eq!(read_date(way), Some(day(2026, 4, 1)), "{way}");
        }
        assert_eq!(read_date("令和元年5月1日"), Some(day(2019, 5, 1)));
        assert_eq!(read_date("R元.5.1"), Some(day(2019, 5, 1)));
        assert_eq!(read_date("H1/1/8"), Some(day(1989, 1, 8)));
        assert_eq!(read_date("昭和39年10月10日"), Some(day(1964, 10, 10)));
        assert_eq!(read_date("s39.10.10"), Some(day(1964, 10, 10)));
        assert_eq!(read_date("大正12年9月1日"), Some(day(1923, 9, 1)));
        assert_eq!(read_date("T12.9.1"), Some(day(1923, 9, 1)));
        assert_eq!(read_date("明治22年4月1日"), Some(day(1889, 4, 1)));
        assert_eq!(read_date("M22.4.1"), Some(day(1889, 4, 1)));
    }

    #[test]
    fn the_year_of_a_change_belongs_to_both_eras_each_day_to_one() {
        assert_eq!(read_date("平成31年4月30日"), Some(day(2019, 4, 30)));
        assert_eq!(read_date("平成31年5月1日"), None);
        assert_eq!(read_date("令和元年4月30日"), None);
        assert_eq!(read_date("昭和64年1月7日"), Some(day(1989, 1, 7)));
        assert_eq!(read_date("平成元年1月7日"), None);
    }

    #[test]
    fn what_is_no_day_is_not_guessed_at() {
        let refused = [
            "",
            "令和",
            "日",
            "2026",
            "2026/4",
            "2026/4/",
            "2026/4/1/1",
            "2026/4-1",
            "2026/2/29",
            "2026/13/1",
            "2026/0/1",
            "26/4/1",
            "8.4.1",
            "02026/4/1",
            "2026/004/1",
            "+2026/4/1",
            "2026/-4/1",
            "元年4月1日",
            "平成40年1月1日",
            "昭和65年1月1日",
            "令和0年5月1日",
            "令和8年4月31日",
            "令和00008年4月1日",
            "R8.4",
            "X8.4.1",
            "1867/12/31",
            "2026年4月1",
            "2026年4月1日頃",
            "4/1/2026",
            "RR8.4.1",
        ];
        for text in refused {
            assert_eq!(read_date(text), None, "{text}");
        }
    }

    #[test]
    fn eras_agree_with_the_unicode_consortiums() {
        let mut date = day(1873, 1, 1); // the calendar of the West came to Japan on this day
        while date.year() < 2100 {
            let (month, monthday) = (u8::try_from(date.month()).unwrap(), u8::try_from(date.day()).unwrap());
            let theirs = icu_calendar::Date::try_new_iso(date.year(), month, monthday).unwrap();
            let theirs = theirs.to_calendar(Japanese::new()).era_year();
            let era = Era::of(date);
            let code = match era.name {
                "令和" => "reiwa",
                "平成" => "heisei",
                "昭和" => "showa",
                "大正" => "taisho",
                _ => "meiji",
            };
            assert_eq!((code, era.year(date.year())), (theirs.era.as_str(), theirs.year), "{date}");
            date = date.plus_days(1);
        }
    }

    #[test]
    fn a_fiscal_year_runs_from_april_to_march() {
        assert_eq!(FiscalYear::of(day(2026, 3, 31)), FiscalYear(2025));
        assert_eq!(FiscalYear::of(day(2026, 4, 1)), FiscalYear(2026));
        assert_eq!(FiscalYear(2026).first(), day(2026, 4, 1));
        assert_eq!(FiscalYear(2026).last(), day(2027, 3, 31));
        assert_eq!(FiscalYear::of(Date::MIN).first(), Date::MIN);
        assert_eq!(FiscalYear::of(Date::MAX).last(), Date::MAX);
        assert_eq!((FiscalYear(i32::MIN).last(), FiscalYear(i32::MAX).first()), (Date::MIN, Date::MAX));
    }

    #[test]
    fn a_fiscal_year_in_which_the_era_changed_has_one_name() {
        let names = [2026, 2019, 2018, 1989, 1988, 1867].map(|year| FiscalYear(year).to_string());
        assert_eq!(names, ["令和8年度", "令和元年度", "平成30年度", "平成元年度", "昭和63年度", "1867年度"]);
    }

    proptest! {
        #[test]
        fn a_day_that_was_written_is_read_back(days in 0..=Date::MIN.days_until(Date::MAX)) {
            let date = Date::MIN.plus_days(days);
            prop_assert_eq!(read_date(&wareki(date)), Some(date));
            prop_assert_eq!(read_date(&date.to_string()), Some(date));
        }

        #[test]
        fn no_text_confuses_the_reader(text in any::<String>(), near in "[RHSTM令和平成元年月日0-9０-９./-]{0,12}") {
            read_date(&text);
            read_date(&near);
        }
    }
}

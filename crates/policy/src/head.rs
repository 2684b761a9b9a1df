//! What stands before the first part: title, enactment (制定) and amendments (改正).

use base::calendar::read_date;
use base::date::Date;

use crate::lines::{Line, fold};
use crate::reading::Unsure;

const KINDS: [&str; 13] =
    ["方針", "規程", "規則", "要綱", "要領", "条例", "訓令", "指針", "基準", "手順", "手順書", "ポリシー", "計画"];

/// Title and dates.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) title: String,
    pub(crate) enacted: Option<Date>,
    /// In order.
    pub(crate) amendments: Vec<Date>,
    pub(crate) unsure: Vec<Unsure>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Enacted,
    Amended,
    InForce,
}

const WORDS: [(&str, Act); 8] = [
    ("制定", Act::Enacted),
    ("策定", Act::Enacted),
    ("決定", Act::Enacted),
    ("改正", Act::Amended),
    ("改定", Act::Amended),
    ("改訂", Act::Amended),
    ("施行", Act::InForce),
    ("適用", Act::InForce),
];

/// Reads the lines before the first part.
pub(crate) fn read(lines: &[Line]) -> Head {
    let mut head = Head::default();
    let title = lines.iter().position(|line| line.level == 1).or_else(|| likely_title(lines));
    let mut act = None;
    for (index, line) in lines.iter().enumerate() {
        if Some(index) == title {
            head.title.clone_from(&line.text);
            if line.level != 1 && !names_a_document(&line.text) {
                head.doubt(line, "題名とみました");
            }
        } else {
            head.dates(line, &mut act);
        }
    }
    if title.is_none() {
        head.unsure.push(Unsure::new(0, "題名が見つかりません。題名を入力してください".to_owned()));
    }
    if head.enacted.is_none() {
        head.unsure.push(Unsure::new(0, "制定日が見つかりません。制定日を入力してください".to_owned()));
    }
    if let (Some(enacted), Some(first)) = (head.enacted, head.amendments.iter().min())
        && *first < enacted
    {
        head.unsure.push(Unsure::new(0, "改正日が制定日より前になっています".to_owned()));
    }
    head.amendments.sort_unstable();
    head.amendments.dedup();
    head
}

/// Whether a text names a day.
pub(crate) fn is_dated(text: &str) -> bool {
    !days(text).is_empty()
}

fn likely_title(lines: &[Line]) -> Option<usize> {
    let named = lines.iter().position(|line| names_a_document(&line.text) && !is_dated(&line.text));
    named.or_else(|| lines.iter().position(|line| !is_dated(&line.text) && !line.text.contains('。')))
}

fn names_a_document(text: &str) -> bool {
    let bare = text.split(['（', '(']).next().unwrap_or(text).trim();
    text.chars().count() <= 60 && KINDS.iter().any(|kind| bare.ends_with(kind))
}

impl Head {
    fn doubt(&mut self, line: &Line, why: &str) {
        self.unsure.push(Unsure::new(line.at, format!("{why}：「{}」", line.text)));
    }

    /// Reads a line of dates. A line without a word of its own goes on with the act of the line before.
    fn dates(&mut self, line: &Line, before: &mut Option<Act>) {
        let text = close(&line.text);
        let days = days(&text);
        if days.is_empty() {
            *before = None;
            return self.doubt(line, "最初の条項より前にあり、どの条項にも入れていません");
        }
        let acts: Vec<(usize, Act)> =
            WORDS.iter().flat_map(|(word, act)| text.match_indices(word).map(|(at, _)| (at, *act))).collect();
        let leads = acts.iter().any(|(at, _)| *at < days[0].at);
        let numbered = ["訓令", "告示", "規程第", "規則第", "条例第", "要綱第"].iter().any(|word| text.contains(word));
        for day in &days {
            let own = if leads {
                acts.iter().filter(|(at, _)| *at < day.at).max_by_key(|(at, _)| *at)
            } else {
                acts.iter().filter(|(at, _)| *at > day.at).min_by_key(|(at, _)| *at)
            };
            let act = own.map(|(_, act)| *act).or(before.filter(|_| acts.is_empty()));
            let Some(date) = day.date else {
                self.doubt(line, "暦にない日付です");
                continue;
            };
            match act {
                Some(Act::Enacted) if self.enacted.is_none_or(|known| known == date) => self.enacted = Some(date),
                Some(Act::Enacted) => self.doubt(line, "制定日が二つあります。先の日付を採りました"),
                Some(Act::Amended) => {
                    if self.amendments.last().is_some_and(|last| *last > date) {
                        self.doubt(line, "改正日が順に並んでいません");
                    }
                    self.amendments.push(date);
                }
                Some(Act::InForce) => self.doubt(line, "施行日とみて、制定日にも改正日にも入れていません"),
                None if numbered && self.enacted.is_none() => {
                    self.enacted = Some(date);
                    self.doubt(line, "制定日とみました");
                }
                None => self.doubt(line, "制定日か改正日か分かりません"),
            }
            *before = act.or(*before);
        }
        if days.iter().all(|day| day.date.is_some()) && remains(&text, &days) {
            self.doubt(line, "日付のほかの語は読み取っていません");
        }
    }
}

/// Whether a line of dates says more than its dates, acts and numbers.
fn remains(text: &str, days: &[Day]) -> bool {
    let mut rest = text.to_owned();
    for day in days.iter().rev() {
        rest.replace_range(day.at..day.end, "");
    }
    let known = ["一部", "全部", "最終", "沿革", "訓令", "告示", "規程", "規則", "条例", "要綱", "第", "号"];
    for word in WORDS.iter().map(|(word, _)| word).chain(&known) {
        rest = rest.replace(word, "");
    }
    rest.chars().any(char::is_alphabetic)
}

struct Day {
    at: usize,
    end: usize,
    /// `None` for a day that no calendar has.
    date: Option<Date>,
}

/// White space taken out, and digits in half width; both only for looking at dates.
fn close(text: &str) -> String {
    text.chars().map(fold).filter(|c| !c.is_whitespace()).collect()
}

/// Every day written with 年, 月 and 日.
fn days(text: &str) -> Vec<Day> {
    let text = &close(text);
    let mut days = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find('年') {
        let year = from + found;
        from = year + '年'.len_utf8();
        if let Some((at, end, written)) = day_around(text, days.last().map_or(0, |day: &Day| day.end), year) {
            days.push(Day { at, end, date: read_date(&written) });
            from = end;
        }
    }
    days
}

/// The day whose 年 stands at `year`: where it begins and ends, and how `read_date` wants it.
fn day_around(text: &str, from: usize, year: usize) -> Option<(usize, usize, String)> {
    let number = |c: char| c.is_ascii_digit() || "元〇一二三四五六七八九十".contains(c);
    let before = &text[from..year];
    let digits = before.len() - before.trim_end_matches(number).len();
    if digits == 0 {
        return None;
    }
    let eras = ["明治", "大正", "昭和", "平成", "令和"];
    let era = eras.iter().find(|era| before[..before.len() - digits].ends_with(**era)).copied().unwrap_or("");
    // No day is longer than this; a line of nothing but 1年1年 … must not be searched to its end each time.
    let window = text.floor_char_boundary(year + 80);
    let mut rest = &text[year + '年'.len_utf8()..window];
    // 令和8年(2026年)4月1日
    if rest.starts_with('(') {
        rest = rest.split_once(')')?.1;
    }
    let (month, after) = rest.split_once('月').filter(|(month, _)| !month.is_empty() && month.chars().all(number))?;
    let (day, after) = after.split_once('日').filter(|(day, _)| !day.is_empty() && day.chars().all(number))?;
    let year_digits = arabic(&before[before.len() - digits..]);
    let written = format!("{era}{year_digits}年{}月{}日", arabic(month), arabic(day));
    Some((year - digits - era.len(), window - after.len(), written))
}

/// 二十 → 20; digits stay, 元 too.
fn arabic(number: &str) -> String {
    if !number.contains(|c| "〇一二三四五六七八九十".contains(c)) {
        return number.to_owned();
    }
    let value = |c| "〇一二三四五六七八九".chars().position(|each| each == c).unwrap_or(0);
    match number.split_once('十') {
        Some((tens, ones)) => {
            let tens = tens.chars().next().map_or(1, value);
            let ones = ones.chars().next().map_or(0, value);
            (tens * 10 + ones).to_string()
        }
        None => number.chars().map(|c| value(c).to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Head {
        read(&crate::lines::split(text).unwrap().0)
    }

    fn dates(text: &str) -> (Option<String>, Vec<String>) {
        let head = read_text(text);
        (head.enacted.map(|day| day.to_string()), head.amendments.iter().map(Date::to_string).collect())
    }

    #[test]
    fn dates_are_read_in_every_way_they_are_written() {
        let enacted = |day: &str| (Some(day.to_owned()), Vec::<String>::new());
        assert_eq!(dates("# 方針\n平成二十年十一月三日制定"), enacted("2008-11-03"));
        assert_eq!(dates("# 方針\n制定　令和元年５月１日"), enacted("2019-05-01"));
        assert_eq!(dates("# 方針\n2019年10月1日策定"), enacted("2019-10-01"));
        assert_eq!(dates("# 方針\n令和8年（2026年）4月1日 制定"), enacted("2026-04-01"));
        assert_eq!(
            dates(
                "# 方針\n平成21年6月1日制定　平成25年4月1日一部改正\n改正　平成30年4月1日　令和3年4月1日\n　　　令和8年4月1日"
            ),
            (
                Some("2009-06-01".into()),
                vec!["2013-04-01".into(), "2018-04-01".into(), "2021-04-01".into(), "2026-04-01".into()]
            )
        );
    }

    #[test]
    fn a_date_that_says_not_what_it_is_is_asked_about() {
        for text in ["平成21年6月1日", "平成21年6月1日施行", "平成21年13月1日制定", "制定 令和8年2月30日"]
        {
            let head = read_text(&format!("# 方針\n{text}"));
            assert!(head.enacted.is_none() && head.unsure.iter().any(|unsure| unsure.line == 2), "{text}");
        }
        let head = read_text("# 方針\n（平成21年6月1日訓令第3号）");
        assert!(head.enacted.is_some() && head.unsure.len() == 1);
    }

    #[test]
    fn a_title_without_a_sign_is_known_by_its_kind() {
        let head = read_text("甲町訓令第3号\n甲町情報保護規程\n平成21年6月1日制定");
        assert_eq!(head.title, "甲町情報保護規程");
        assert_eq!(head.unsure.len(), 1);
    }
}

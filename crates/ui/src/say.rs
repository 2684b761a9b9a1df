//! Languages and texts (言語, 文言). Every text is a constant in both languages, so a missing one doesn't compile.

use serde::{Deserialize, Serialize};

/// The language a page is shown in (表示言語).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 日本語
    #[default]
    Ja,
    /// English
    En,
}

impl Lang {
    /// The code for `<html lang>`, the cookie and the `lang` parameter.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The language of a code, if we speak it.
    pub fn of(code: &str) -> Option<Self> {
        [Self::Ja, Self::En].into_iter().find(|lang| lang.code() == code)
    }

    /// The language that the switch leads to.
    pub const fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }
}

/// One text in both languages (文言).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// The text in a language.
    pub const fn in_(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.ja,
            Lang::En => self.en,
        }
    }
}

/// Writes a [`Text`] in one line.
pub const fn text(ja: &'static str, en: &'static str) -> Text {
    Text { ja, en }
}

/// How many there are (件数). Counting stops early on large registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// All were counted.
    Exactly(u64),
    /// Counting stopped here.
    AtLeast(u64),
}

/// A number with its thousands apart: 12,345.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

/// A count of things: 「3件」, "3".
pub fn count(lang: Lang, things: u64) -> String {
    match lang {
        Lang::Ja => format!("{}件", number(things)),
        Lang::En => number(things),
    }
}

/// A count that may have stopped early: 「1,000件以上」, "1,000 or more".
pub fn total(lang: Lang, total: Total) -> String {
    match (lang, total) {
        (_, Total::Exactly(things)) => count(lang, things),
        (Lang::Ja, Total::AtLeast(things)) => format!("{}件以上", number(things)),
        (Lang::En, Total::AtLeast(things)) => format!("{} or more", number(things)),
    }
}

/// A stretch of a list: 「51–100件 / 1,000件以上」, "51–100 of 1,000 or more".
pub fn stretch(lang: Lang, from: u64, to: u64, of: Total) -> String {
    let (from, to, of) = (number(from), number(to), total(lang, of));
    match lang {
        Lang::Ja => format!("{from}–{to}件 / {of}"),
        Lang::En => format!("{from}–{to} of {of}"),
    }
}

/// A limit of length: 「200字以内」, "At most 200 characters".
pub fn at_most(lang: Lang, characters: u32) -> String {
    let characters = number(characters.into());
    match lang {
        Lang::Ja => format!("{characters}字以内"),
        Lang::En => format!("At most {characters} characters"),
    }
}

/// Bounds of a number: 「1から30まで」, "From 1 to 30".
pub(crate) fn between(lang: Lang, from: i64, to: i64) -> String {
    match lang {
        Lang::Ja => format!("{from}から{to}まで"),
        Lang::En => format!("From {from} to {to}"),
    }
}

/// How far a sequence has come: 「4段階の2」, "Step 2 of 4".
pub(crate) fn step(lang: Lang, at: usize, of: usize) -> String {
    match lang {
        Lang::Ja => format!("{of}段階の{at}"),
        Lang::En => format!("Step {at} of {of}"),
    }
}

/// How much is done: 「12件中3件」, "3 of 12".
pub fn done(lang: Lang, done: u64, of: u64) -> String {
    let (done, of) = (number(done), number(of));
    match lang {
        Lang::Ja => format!("{of}件中{done}件"),
        Lang::En => format!("{done} of {of}"),
    }
}

/// The head of an error summary: 「入力に2件の誤りがあります」.
pub(crate) fn faults(lang: Lang, faults: usize) -> String {
    match (lang, faults) {
        (Lang::Ja, _) => format!("入力に{faults}件の誤りがあります"),
        (Lang::En, 1) => "There is 1 problem with what was entered".into(),
        (Lang::En, _) => format!("There are {faults} problems with what was entered"),
    }
}

/// Texts of the page around the page.
pub(crate) mod shell {
    use super::{Text, text};

    pub(crate) const PRODUCT: Text = text("関守", "Sekimori");
    pub(crate) const SKIP: Text = text("本文へ移動", "Skip to the content");
    pub(crate) const HOME: Text = text("今日の画面へ", "Go to today");
    pub(crate) const NAVIGATION: Text = text("主な画面", "Main pages");
    pub(crate) const MENU: Text = text("メニュー", "Menu");
    pub(crate) const CLOSE: Text = text("閉じる", "Close");
    pub(crate) const SEARCH: Text = text("探す", "Search");
    pub(crate) const SEARCH_ALL: Text = text("全体から探す", "Search everything");
    pub(crate) const SIGN_OUT: Text = text("サインアウト", "Sign out");
    pub(crate) const MY_MENU: Text = text("自分のメニュー", "My menu");
    /// Each language is named in itself, so that its reader finds it.
    pub(crate) const LANGUAGE: Text = text("日本語", "English");
    pub(crate) const DEMO: Text = text("デモ（架空の団体のデータです）", "Demo (data of a fictional body)");
    pub(crate) const PRINTED_AT: Text = text("出力日時", "Printed at");
    pub(crate) const PRINTED_BY: Text = text("出力者", "Printed by");
    pub(crate) const MARKING: Text = text("分類", "Classification");
    pub(crate) const VERSION: Text = text("バージョン", "version");
}

/// Texts of forms.
pub(crate) mod form {
    use super::{Text, text};

    pub(crate) const REQUIRED: Text = text("必須", "Required");
    pub(crate) const ERROR: Text = text("誤り", "Error");
    pub(crate) const CHOOSE: Text = text("選んでください", "Please choose");
    pub(crate) const NOT_CHOSEN: Text = text("指定しない", "None");
    pub(crate) const DATE_HINT: Text = text("例：R8.4.1、令和8年4月1日、2026/4/1", "For example 2026-04-01 or R8.4.1");
    pub(crate) const CALENDAR: Text = text("カレンダー", "Calendar");
    pub(crate) const PICK_HINT: Text = text("番号か名称の一部を入力してください", "Enter a number or part of a name");
    pub(crate) const PICK_NONE: Text = text("該当するものがありません", "Nothing found");
    pub(crate) const PICK_FAILED: Text = text(
        "候補を読み込めません。番号か名称を入力してください",
        "Suggestions can't be loaded. Enter a number or name",
    );
    pub(crate) const PICK_ADD: Text = text("追加するもの", "One to add");
    pub(crate) const UNSAVED: Text = text("保存していない入力があります", "There are unsaved changes");
}

/// Texts of lists, records and charts.
pub(crate) mod list {
    use super::{Text, text};

    pub(crate) const FILTERS: Text = text("絞り込み", "Filters");
    pub(crate) const ADD_FILTER: Text = text("条件を追加", "Add a condition");
    pub(crate) const APPLY: Text = text("絞り込む", "Apply");
    pub(crate) const SORT_ASCENDING: Text = text("昇順", "ascending");
    pub(crate) const SORT_DESCENDING: Text = text("降順", "descending");
    pub(crate) const PAGES: Text = text("一覧のページ", "Pages of the list");
    pub(crate) const PREVIOUS: Text = text("前へ", "Previous");
    pub(crate) const NEXT: Text = text("次へ", "Next");
    pub(crate) const CHOOSE_ROW: Text = text("選択", "Choose");
    pub(crate) const BREADCRUMB: Text = text("現在の位置", "You are here");
    pub(crate) const BACK: Text = text("やめて戻る", "Go back without changing");
    pub(crate) const ADDED: Text = text("追加", "added");
    pub(crate) const REMOVED: Text = text("削除", "removed");
    pub(crate) const DIFFERENCE: Text = text("変更の内容", "What changed");
    pub(crate) const STEPS: Text = text("手順", "Steps");
    pub(crate) const STEP_DONE: Text = text("済み", "done");
    pub(crate) const SKIP_MAP: Text = text("図の次へ移動", "Skip the map");
    pub(crate) const FIGURES: Text = text("数値を表で見る", "Show the figures");
    pub(crate) const ITEM: Text = text("項目", "Item");
    pub(crate) const VALUE: Text = text("値", "Value");
}

/// Words that stand beside a colour.
pub(crate) mod mood {
    use super::{Text, text};

    pub(crate) const GOOD: Text = text("完了", "Done");
    pub(crate) const INFO: Text = text("お知らせ", "Notice");
    pub(crate) const WARN: Text = text("注意", "Warning");
    pub(crate) const BAD: Text = text("誤り", "Error");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_thousands_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_count_that_stopped_early_says_so_in_both_languages() {
        assert_eq!(stretch(Lang::Ja, 51, 100, Total::AtLeast(1_000)), "51–100件 / 1,000件以上");
        assert_eq!(stretch(Lang::En, 51, 100, Total::AtLeast(1_000)), "51–100 of 1,000 or more");
        assert_eq!(total(Lang::Ja, Total::Exactly(3)), "3件");
    }

    #[test]
    fn a_language_is_found_by_its_code_only() {
        assert_eq!((Lang::of("en"), Lang::of("ja"), Lang::of("EN-us")), (Some(Lang::En), Some(Lang::Ja), None));
    }
}

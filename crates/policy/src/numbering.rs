//! The numbers that Japanese official documents put before their parts: 第1条, 1, 2-4-1, (1), ⑴, ①, ア, (ア), 一.

use crate::lines::fold;

const GOJUON: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン";
const IROHA: &str = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス";

/// The kind of a number. The order is the order in which kinds stand inside each other, as far as there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Style {
    /// 第1章
    Chapter,
    /// 第1節
    Part,
    /// Ⅰ or 第1
    Roman,
    /// 第1条
    Article,
    /// 附則, 別表
    Annex,
    /// `1 目的`
    Arabic,
    /// `1. 目的`
    Dotted,
    /// `2-4-1`
    Path,
    /// A heading without a number.
    Bare,
    // What follows stands inside the others, in the order of its first use.
    /// `- 1 …`: a number that is an item, not a section.
    Item,
    /// `(1)`
    Paren,
    /// `1)`
    Half,
    /// 一
    Kanji,
    /// ア
    Kana,
    /// イ, ロ, ハ
    Iroha,
    /// (ア)
    ParenKana,
    /// ①
    Circled,
    /// `a.` or `(a)`
    Alpha,
}

impl Style {
    /// Whether parts of this kind divide the document itself, rather than list things within a part.
    pub(crate) fn divides(self) -> bool {
        self < Style::Item
    }

    /// Whether parts of this kind are the sections of the document and count through it.
    pub(crate) fn counts_through(self) -> bool {
        matches!(self, Style::Article | Style::Arabic | Style::Dotted | Style::Path)
    }

    /// Whether the ids of this kind are letters.
    fn lettered(self) -> bool {
        matches!(self, Style::Kana | Style::Iroha | Style::ParenKana | Style::Alpha)
    }
}

/// A number read at the head of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) style: Style,
    /// `[3]`; `[3, 2]` for 第3条の2; `[2, 4, 1]` for 2-4-1.
    pub(crate) path: Vec<u32>,
    /// As shown, in half width.
    pub(crate) shown: String,
    /// The rest of the line.
    pub(crate) rest: String,
    /// Nothing stood between number and text, so it may be a part of the sentence.
    pub(crate) tight: bool,
}

impl Mark {
    /// The mark read as a list in the order イロハ, if it is one letter of it.
    pub(crate) fn as_iroha(&self) -> Option<Mark> {
        let place = if self.style == Style::Kana { place(IROHA, self.shown.chars().next()?) } else { None };
        place.map(|n| Mark { style: Style::Iroha, path: vec![n], ..self.clone() })
    }

    /// What the mark adds to an id.
    pub(crate) fn id(&self) -> String {
        let number = |n: &u32| if self.style.lettered() { letters(*n) } else { n.to_string() };
        match self.style {
            Style::Chapter => format!("ch{}", self.path[0]),
            Style::Part => format!("s{}", self.path[0]),
            Style::Annex if self.shown.starts_with('別') => format!("beppyo{}", self.path[0]),
            Style::Annex => "fusoku".to_owned(),
            Style::Bare => format!("x{}", self.path[0]),
            Style::Article => self.path.iter().map(number).collect::<Vec<_>>().join("no"),
            _ => self.path.iter().map(number).collect::<Vec<_>>().join("."),
        }
    }
}

/// 1 → a, 26 → z, 27 → aa.
fn letters(mut n: u32) -> String {
    let mut out = Vec::new();
    while n > 0 {
        out.push(char::from(b'a' + u8::try_from((n - 1) % 26).expect("below 26")));
        n = (n - 1) / 26;
    }
    out.iter().rev().collect()
}

fn place(order: &str, c: char) -> Option<u32> {
    order.chars().zip(1..).find_map(|(each, n)| (each == c).then_some(n))
}

/// Reads the number at the head of a line.
pub(crate) fn read(text: &str) -> Option<Mark> {
    const READERS: [fn(Cursor) -> Option<Mark>; 7] =
        [ordered, annexed, bracketed, encircled, roman, plain_number, lettered];
    READERS.iter().find_map(|reader| reader(Cursor { text, at: 0 }))
}

/// Whether the text after a number shows that the number belongs to a sentence: 「3の脅威」「6から8まで」.
pub(crate) fn runs_into_sentence(rest: &str) -> bool {
    const PARTICLES: [&str; 16] = [
        "から",
        "まで",
        "の",
        "及び",
        "又は",
        "並びに",
        "若しくは",
        "に",
        "を",
        "が",
        "と",
        "へ",
        "、",
        "，",
        "。",
        "・",
    ];
    PARTICLES.iter().any(|particle| rest.starts_with(particle))
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next().map(fold)
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let raw = self.rest().chars().next().filter(|&c| wanted(fold(c)))?;
        self.at += raw.len_utf8();
        Some(fold(raw))
    }

    fn spaces(&mut self) -> bool {
        std::iter::from_fn(|| self.take(char::is_whitespace)).count() > 0
    }

    /// One to three digits.
    fn number(&mut self) -> Option<u32> {
        let digits: String = std::iter::from_fn(|| self.take(|c| c.is_ascii_digit())).collect();
        if digits.len() <= 3 { digits.parse().ok().filter(|&n| n > 0) } else { None }
    }

    /// 一 to 九十九.
    fn kanji_number(&mut self) -> Option<u32> {
        let value = |c| "一二三四五六七八九".chars().zip(1..).find_map(|(each, n)| (each == c).then_some(n));
        let units = self.take(|c| value(c).is_some()).and_then(value);
        if self.take(|c| c == '十').is_none() {
            return units;
        }
        let ones = self.take(|c| value(c).is_some()).and_then(value);
        Some(units.unwrap_or(1) * 10 + ones.unwrap_or(0))
    }

    fn any_number(&mut self) -> Option<u32> {
        if self.peek().is_some_and(|c| c.is_ascii_digit()) { self.number() } else { self.kanji_number() }
    }

    /// What was taken is the number, what follows is the text.
    fn mark(mut self, style: Style, path: Vec<u32>) -> Mark {
        let shown = self.text[..self.at].chars().map(fold).filter(|c| !c.is_whitespace()).collect();
        let dotted = self.take(|c| matches!(c, '.' | '、')).is_some();
        let spaced = self.spaces();
        let rest = self.rest().trim().to_owned();
        let tight = !(dotted || spaced || rest.is_empty());
        Mark { style, path, shown, rest, tight }
    }
}

/// 第1章, 第1節, 第1条, 第1条の2, 第1
fn ordered(mut at: Cursor) -> Option<Mark> {
    at.take(|c| c == '第')?;
    at.spaces();
    let number = at.any_number()?;
    let bare = at;
    at.spaces();
    let Some(unit) = at.take(|c| matches!(c, '章' | '節' | '条')) else {
        return Some(bare.mark(Style::Roman, vec![number])).filter(|mark| !mark.tight);
    };
    let mut path = vec![number];
    let style = match unit {
        '章' => Style::Chapter,
        '節' => Style::Part,
        _ => {
            while let Some((branch, after)) = branch(at) {
                path.push(branch);
                at = after;
            }
            Style::Article
        }
    };
    let bracket = matches!(at.peek(), Some('('));
    Some(at.mark(style, path)).map(|mark| Mark { tight: mark.tight && !bracket, ..mark })
}

/// の2
fn branch(mut at: Cursor) -> Option<(u32, Cursor)> {
    at.take(|c| c == 'の')?;
    let number = at.any_number()?;
    Some((number, at))
}

/// 附則, 別表第1
fn annexed(mut at: Cursor) -> Option<Mark> {
    let word: String = [at.take(|c| matches!(c, '附' | '付' | '別'))?].into_iter().collect();
    at.spaces();
    let second = at.take(|c| matches!(c, '則' | '表'))?;
    let mut number = 1;
    if second == '表' {
        let mut after = at;
        after.spaces();
        after.take(|c| c == '第');
        if let Some(given) = after.any_number() {
            (number, at) = (given, after);
        }
    }
    let known = matches!((word.as_str(), second), ("附" | "付", '則') | ("別", '表'));
    let bracket = matches!(at.peek(), Some('('));
    let mark = at.mark(Style::Annex, vec![number]);
    (known && (!mark.tight || bracket)).then_some(Mark { tight: false, ..mark })
}

/// (1), (一), (ア), (a)
fn bracketed(mut at: Cursor) -> Option<Mark> {
    if let Some(n) = at.rest().chars().next().and_then(|c| nth(c, '⑴', 20)) {
        at.at += '⑴'.len_utf8();
        let mark = at.mark(Style::Paren, vec![n]);
        return Some(Mark { shown: format!("({n})"), tight: false, ..mark });
    }
    at.take(|c| c == '(')?;
    at.spaces();
    let (style, n) = match at.peek()? {
        c if c.is_ascii_digit() => (Style::Paren, at.number()?),
        c if c.is_ascii_lowercase() => (Style::Alpha, u32::from(at.take(|_| true)?) - u32::from('a') + 1),
        c if place(GOJUON, c).is_some() => (Style::ParenKana, at.take(|_| true).and_then(|c| place(GOJUON, c))?),
        _ => (Style::Paren, at.kanji_number()?),
    };
    at.spaces();
    at.take(|c| c == ')')?;
    Some(Mark { tight: false, ..at.mark(style, vec![n]) })
}

/// ①
fn encircled(mut at: Cursor) -> Option<Mark> {
    let c = at.rest().chars().next()?;
    let n = nth(c, '①', 20).or_else(|| Some(nth(c, '㉑', 15)? + 20)).or_else(|| Some(nth(c, '㊱', 15)? + 35))?;
    at.at += c.len_utf8();
    Some(Mark { tight: false, ..at.mark(Style::Circled, vec![n]) })
}

fn nth(c: char, first: char, count: u32) -> Option<u32> {
    let n = u32::from(c).checked_sub(u32::from(first))? + 1;
    (n <= count).then_some(n)
}

/// Ⅰ
fn roman(mut at: Cursor) -> Option<Mark> {
    let n = at.rest().chars().next().and_then(|c| nth(c, 'Ⅰ', 12))?;
    at.at += 'Ⅰ'.len_utf8();
    Some(at.mark(Style::Roman, vec![n])).filter(|mark| !mark.tight)
}

/// 1, 1., 1), 2-4-1
fn plain_number(mut at: Cursor) -> Option<Mark> {
    let mut path = vec![at.number()?];
    while let Some((number, after)) = step(at) {
        path.push(number);
        at = after;
    }
    if path.len() > 1 {
        return Some(at.mark(Style::Path, path));
    }
    match at.peek() {
        Some(')') => {
            at.take(|_| true);
            Some(Mark { tight: false, ..at.mark(Style::Half, path) })
        }
        Some('.' | '、') => Some(at.mark(Style::Dotted, path)),
        // A unit right after the number: 20年, 3か所, 2つ.
        Some(c) if "年月日時分秒章節条項号人名件個台回か箇ヶ割点%,:/-~つ者度次番以".contains(c) => {
            None
        }
        Some(c) if c.is_ascii_alphanumeric() => None,
        _ => Some(at.mark(Style::Arabic, path)),
    }
}

fn step(mut at: Cursor) -> Option<(u32, Cursor)> {
    at.take(|c| matches!(c, '-' | '.'))?;
    let number = at.number()?;
    Some((number, at))
}

/// ア, 一, a.
fn lettered(mut at: Cursor) -> Option<Mark> {
    let c = at.peek()?;
    let (style, n) = if c.is_ascii_lowercase() {
        at.take(|_| true)?;
        (Style::Alpha, u32::from(c) - u32::from('a') + 1)
    } else if let Some(n) = place(GOJUON, c).or(place(IROHA, c)) {
        at.take(|_| true)?;
        (Style::Kana, n)
    } else {
        (Style::Kanji, at.kanji_number()?)
    };
    let closed = at.take(|c| c == ')').is_some();
    let word = style == Style::Alpha && !closed && at.peek() != Some('.');
    let mark = at.mark(style, vec![n]);
    (!word && (closed || !mark.tight)).then_some(Mark { tight: false, ..mark })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(Style, String, String, String)> {
        read(text).map(|mark| (mark.style, mark.id(), mark.shown, mark.rest))
    }

    #[test]
    fn every_style_is_read_with_its_number_its_id_and_its_text() {
        let table = [
            ("第２章　対策", Style::Chapter, "ch2", "第2章", "対策"),
            ("第1節 体制", Style::Part, "s1", "第1節", "体制"),
            ("第３条（定義）", Style::Article, "3", "第3条", "（定義）"),
            ("第十二条の二　職員は", Style::Article, "12no2", "第十二条の二", "職員は"),
            ("附　則（令和8年4月1日）", Style::Annex, "fusoku", "附則", "（令和8年4月1日）"),
            ("別表第２ 区分", Style::Annex, "beppyo2", "別表第2", "区分"),
            ("Ⅱ 基準", Style::Roman, "2", "Ⅱ", "基準"),
            ("第１　目的", Style::Roman, "1", "第1", "目的"),
            ("１０　策定", Style::Arabic, "10", "10", "策定"),
            ("３．範囲", Style::Dotted, "3", "3", "範囲"),
            ("2―4―1 貸出", Style::Path, "2.4.1", "2-4-1", "貸出"),
            ("１．２　体制", Style::Path, "1.2", "1.2", "体制"),
            ("（１）組織", Style::Paren, "1", "(1)", "組織"),
            ("⑿ 組織", Style::Paren, "12", "(12)", "組織"),
            ("3) 組織", Style::Half, "3", "3)", "組織"),
            ("ウ　文書", Style::Kana, "c", "ウ", "文書"),
            ("（イ）文書", Style::ParenKana, "b", "(イ)", "文書"),
            ("③文書", Style::Circled, "3", "③", "文書"),
            ("㉑ 文書", Style::Circled, "21", "㉑", "文書"),
            ("二　文書", Style::Kanji, "2", "二", "文書"),
            ("b. 文書", Style::Alpha, "b", "b", "文書"),
        ];
        for (text, style, id, shown, rest) in table {
            assert_eq!(parts(text), Some((style, id.into(), shown.into(), rest.into())), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_text() {
        for text in [
            "20年8月1日",
            "2026-04-01",
            "３か所に置く",
            "アクセス",
            "一部の者",
            "a list",
            "（以下「甲」という。）",
            "附属書",
            "",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([1, 26, 27, 45].map(letters), ["a", "z", "aa", "as"]);
    }

    #[test]
    fn a_number_before_a_particle_belongs_to_its_sentence() {
        assert!(["の脅威", "から8まで", "及び2"].iter().all(|rest| runs_into_sentence(rest)));
        assert!(["はじめに", "その他", "目的"].iter().all(|rest| !runs_into_sentence(rest)));
    }
}

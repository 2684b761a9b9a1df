//! The form in which text is compared (検索用の正規化).

use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

use super::variants::standard;

/// The search form: NFKC, lower case, hiragana as katakana, one form of each variant character, one dash.
///
/// Every dash and the long vowel mark become `-`: people type ー, － and − for each other, in サーバ as in 03-1234. Only
/// for comparing, never for showing. `fold(fold(x)) == fold(x)`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    if text.chars().all(is_plain) {
        folded.extend(text.chars().map(fold_plain));
        return folded;
    }
    fold_into(text, &mut folded);
    while !folded.chars().all(is_plain) {
        // What was changed or left out can join with the mark that follows it, as ワ with ゙ to ヷ.
        let mut again = String::with_capacity(folded.len());
        fold_into(&folded, &mut again);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

fn fold_into(text: &str, folded: &mut String) {
    let visible = text.nfkc().filter(|&each| !is_invisible(each));
    folded.extend(visible.flat_map(char::to_lowercase).map(fold_plain));
}

/// Characters that [`fold_plain`] folds wholly by itself: nearly all of ordinary Japanese text.
fn is_plain(character: char) -> bool {
    matches!(character,
        '\0'..='\x7F' | '×' | '─'..='☆' | '\u{3000}'..='〠' | 'ぁ'..='ゖ' | 'ゝ' | 'ゞ' | 'ァ'..='ヾ' | '㐀'..='䶿'
        | '一'..='鿿' | '！'..='～')
}

fn fold_plain(character: char) -> char {
    match character {
        'A'..='Z' => character.to_ascii_lowercase(),
        '！'..='～' => fold_plain(shift(character, -0xFEE0)),
        'ゕ' | 'ヵ' => 'カ',
        'ゖ' | 'ヶ' => 'ケ',
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => shift(character, 0x60),
        'ー' | '\u{2010}'..='\u{2015}' | '−' | '─' | '━' => '-',
        '〜' => '~',
        '\u{3000}' => ' ',
        '\0'..='\x7F' | 'ァ'..='ヾ' => character,
        _ => standard(character),
    }
}

/// The character so far along in Unicode.
fn shift(character: char, by: i32) -> char {
    u32::from(character).checked_add_signed(by).and_then(char::from_u32).expect("both blocks hold the same characters")
}

/// Marks that choose a glyph or join letters without being seen.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}

/// A key by which names sort: folded, numbers by their value (係2 before 係10), without control characters.
pub fn sort_key(text: &str) -> String {
    let folded = fold(text);
    let mut key = String::with_capacity(folded.len() + 8);
    let mut rest = folded.as_str();
    while let Some(first) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|each: char| each.is_ascii_digit()).len();
        if digits == 0 {
            if !first.is_control() {
                key.push(first);
            }
            rest = &rest[first.len_utf8()..];
        } else {
            // A longer number is a greater one, so its length goes before it.
            let value = rest[..digits].trim_start_matches('0');
            write!(key, "{:03}{value}", value.len()).expect("a String takes all");
            rest = &rest[digits..];
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_thing_fold_alike() {
        let alike: [&[&str]; 9] = [
            &["サーバ", "ｻｰﾊﾞ", "さーば", "サ－バ", "サ−バ", "サ―バ", "サ─バ"],
            &["03-1234", "０３－１２３４", "03ー1234", "03‐1234"],
            &["髙﨑", "高崎", "高嵜"],
            &["渡辺", "渡邊", "渡邉", "渡邉\u{E0100}"],
            &["斉藤", "斎藤", "齋藤", "齊藤"],
            &["強靱化", "強靭化"],
            &["霞ヶ関", "霞ケ関", "霞ヶ關"],
            &["ＵＳＢメモリ", "usbめもり", "USBﾒﾓﾘ"],
            &["𠮷田", "吉田"],
        ];
        for group in alike {
            let first = fold(group[0]);
            assert!(group.iter().all(|each| fold(each) == first), "{group:?}");
        }
        assert_eq!(fold("サーバー"), "サ-バ-");
        assert_eq!(fold("（株）Ａ～Ｂ〜C　①"), "(株)a~b~c 1");
    }

    #[test]
    fn different_things_fold_differently() {
        for (one, other) in [("ハード", "バード"), ("キヤ", "キャ"), ("○", "×"), ("課", "科"), ("口", "ロ")]
        {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn plain_characters_fold_without_the_long_way() {
        for plain in ('\0'..='\u{FFFF}').filter(|&each| is_plain(each)) {
            let mut long = String::new();
            fold_into(&plain.to_string(), &mut long);
            assert_eq!(fold_plain(plain).to_string(), long, "{plain:?}");
            assert!(is_plain(fold_plain(plain)) && fold_plain(fold_plain(plain)) == fold_plain(plain), "{plain:?}");
        }
    }

    #[test]
    fn names_sort_by_the_value_of_their_numbers() {
        let mut names = ["第10係", "第２係", "第1係", "A-10", "a-9", "第02係の2", "B"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["a-9", "A-10", "B", "第1係", "第２係", "第02係の2", "第10係"]);
        assert_eq!(sort_key("係\0０0７\n"), sort_key("係7"));
        assert!(sort_key("0") < sort_key("1"));
        assert!(sort_key("99999999999999999999999") < sort_key("100000000000000000000000"));
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(
            text: String,
            near in "[ぁ-ゟァ-ヿｦ-ﾟ\u{3099}\u{309A}\u{200B}\u{300}-\u{330}A-Zİẞ一-龥ー−]{0,12}",
        ) {
            for text in [text, near] {
                let once = fold(&text);
                prop_assert_eq!(fold(&once), once);
            }
        }

        #[test]
        fn numbers_sort_by_value(one: u64, other: u64) {
            prop_assert_eq!(one.cmp(&other), sort_key(&format!("係{one}")).cmp(&sort_key(&format!("係{other:030}"))));
        }
    }
}

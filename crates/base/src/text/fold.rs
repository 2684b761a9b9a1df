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
    loop {
        // What was changed or left out can join with the mark that follows it: わ゙ becomes ヷ, which is ヷ.
        let mut again = String::with_capacity(folded.len());
        fold_into(&folded, &mut again);
        if again == folded {
            return folded;
        }
        folded = again;
    }
}

fn fold_into(text: &str, folded: &mut String) {
    let visible = text.nfkc().filter(|&each| !is_invisible(each));
    folded.extend(visible.flat_map(char::to_lowercase).map(fold_plain));
}

/// Characters that [`fold_plain`] folds wholly by itself: nearly all of ordinary Japanese text.
fn is_plain(character: char) -> bool {
    matches!(character,
        '\0'..='\x7F' | '\u{3000}'..='〠' | 'ぁ'..='ゖ' | 'ゝ' | 'ゞ' | 'ァ'..='ヾ' | '㐀'..='䶿' | '一'..='鿿' | '！'..='～')
}

fn fold_plain(character: char) -> char {
    match character {
        'A'..='Z' => character.to_ascii_lowercase(),
        '\0'..='\x7F' => character,
        '！'..='～' => fold_plain(shift(character, -0xFEE0)),
        'ゕ' | 'ヵ' => 'カ',
        'ゖ' | 'ヶ' => 'ケ',
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => shift(character, 0x60),
        'ー' | '\u{2010}'..='\u{2015}' | '−' | '─' | '━' => '-',
        '〜' => '~',
        '\u{3000}' => ' ',
        'ァ'..='ヾ' => character,
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

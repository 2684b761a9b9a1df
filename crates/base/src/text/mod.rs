//! Japanese text (日本語の文字列): its search form, pieces to search by, order, and what bytes say.

mod decode;
mod fold;
mod pieces;
mod variants;

pub use decode::{Encoding, decode};
pub use fold::{fold, sort_key};
pub use pieces::{Piece, bigrams, index_pieces, query_pieces};

/// Whether the text holds a control character (制御文字) other than line feed and tab, or one that turns the direction
/// of what follows and so can hide what is written.
pub fn has_control(text: &str) -> bool {
    text.chars().any(|each| match each {
        '\n' | '\t' => false,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_turns_text_is_found() {
        assert!(!has_control("一行目\n\t二行目（★）"));
        for hidden in ["\0", "\r", "\u{7F}", "\u{85}", "請求書\u{202E}fdp.exe", "\u{2066}"] {
            assert!(has_control(hidden), "{hidden:?}");
        }
    }
}

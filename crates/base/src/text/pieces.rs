//! Pieces of two characters (2文字組), by which text is found without a dictionary.

use super::fold;

/// The pieces under which text is indexed: after [`fold`], the overlapping pairs of each run of characters without
/// space. A run of one character gives itself; no piece reaches across a space.
pub fn bigrams(text: &str) -> Vec<String> {
    fold(text).split_whitespace().flat_map(pairs).map(str::to_owned).collect()
}

/// What to store so that [`query_pieces`] finds it: the [`bigrams`], and after each word its last character alone.
///
/// Else the one character 課 would not find 総務課, where no pair begins with it.
pub fn index_pieces(text: &str) -> Vec<String> {
    fold(text).split_whitespace().flat_map(|word| pairs(word).chain(lone_end(word))).map(str::to_owned).collect()
}

/// What must be found for one word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These pairs one after the other.
    Phrase(Vec<String>),
    /// Any piece that begins with this one character.
    Prefix(String),
}

/// What a query asks for, word by word: all of it must be found.
pub fn query_pieces(query: &str) -> Vec<Piece> {
    let piece = |word: &str| match word.chars().nth(1) {
        Some(_) => Piece::Phrase(pairs(word).map(str::to_owned).collect()),
        None => Piece::Prefix(word.to_owned()),
    };
    fold(query).split_whitespace().map(piece).collect()
}

/// The overlapping pairs of a word, or the word itself if it has but one character.
fn pairs(word: &str) -> impl Iterator<Item = &str> {
    let starts = word.char_indices().map(|(start, _)| start);
    let ends = word.char_indices().skip(2).map(|(start, _)| start).chain([word.len()]);
    starts.zip(ends).map(|(start, end)| &word[start..end])
}

/// The last character of a word that has others before it.
fn lone_end(word: &str) -> Option<&str> {
    let (start, _) = word.char_indices().next_back()?;
    (start > 0).then(|| &word[start..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether an index of this text answers the query, as a full-text index would.
    fn finds(text: &str, query: &str) -> bool {
        let index = index_pieces(text);
        query_pieces(query).iter().all(|piece| match piece {
            Piece::Phrase(pairs) => index.windows(pairs.len()).any(|run| run == pairs),
            Piece::Prefix(first) => index.iter().any(|piece| piece.starts_with(first)),
        })
    }

    #[test]
    fn a_run_gives_its_overlapping_pairs() {
        assert_eq!(bigrams("記憶媒体"), ["記憶", "憶媒", "媒体"]);
        assert_eq!(bigrams("端末　○ ×印"), ["端末", "○", "×印"]);
        assert_eq!(bigrams(" USB "), ["us", "sb"]);
        assert_eq!(bigrams("𠮷野"), ["吉野"]);
        assert!(bigrams(" \n").is_empty());
    }

    #[test]
    fn the_end_of_a_word_is_indexed_alone() {
        assert_eq!(index_pieces("総務課 係"), ["総務", "務課", "課", "係"]);
    }

    #[test]
    fn a_query_is_a_phrase_for_each_word_and_a_prefix_for_one_character() {
        let phrase = |pairs: &[&str]| Piece::Phrase(pairs.iter().map(|&pair| pair.to_owned()).collect());
        let expected = [phrase(&["サ-", "-バ"]), Piece::Prefix("課".to_owned())];
        assert_eq!(query_pieces("ｻｰﾊﾞ　課"), expected);
        assert!(query_pieces("　").is_empty());
    }

    #[test]
    fn what_the_text_holds_is_found_and_what_it_does_not_is_not() {
        let text = "総務課の端末（ノートPC）は霞ヶ関サーバー室 第２係 ○";
        for query in
            ["端末", "総", "課", "室", "係", "○", "ﾉｰﾄpc", "のーとＰＣ", "霞ケ関", "端末 サーバー", "第2係", "（"]
        {
            assert!(finds(text, query), "{query}");
        }
        for query in ["末端", "室第", "×", "端末 媒体", "総課"] {
            assert!(!finds(text, query), "{query}");
        }
    }

    proptest! {
        #[test]
        fn a_word_within_the_text_is_found(
            before in "[ぁ-んァ-ー一-龥a-zA-Z0-9 −-]{0,9}",
            word in "[ぁ-んァ-ー一-龥a-zA-Z０-９−-]{1,6}",
            after in "[ぁ-んァ-ー一-龥 ]{0,9}",
        ) {
            let text = format!("{before}{word}{after}");
            prop_assert!(finds(&text, &word));
            let (all, part) = (bigrams(&text), bigrams(&word));
            prop_assert!(word.chars().count() < 2 || all.windows(part.len()).any(|run| run == part));
        }
    }
}

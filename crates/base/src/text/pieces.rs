//! Pieces of two characters (2文字組), by which text is found without a dictionary.

use super::fold;

/// The pieces under which text is indexed: after [`fold`], the overlapping pairs of each run of characters without
/// space. A run of one character gives itself; no piece reaches across a space.
pub fn bigrams(text: &str) -> Vec<String> {
    fold(text).split_whitespace().flat_map(pairs).map(str::to_owned).collect()
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

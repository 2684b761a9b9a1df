//! What a record shows (記録の表示): its facts, its history, and what a change changed.

use maud::{Markup, html};

use crate::say::{Lang, list};

/// Facts with their names (項目一覧).
pub fn detail_list(facts: &[(&str, Markup)]) -> Markup {
    html! { dl.sk-facts { @for (name, fact) in facts { div { dt { (name) } dd { (fact) } } } } }
}

/// Something that happened (履歴の一件).
pub struct Event {
    /// Who did it.
    pub who: String,
    /// When, in words.
    pub when: String,
    /// What was done.
    pub what: String,
    /// The difference or the reason.
    pub detail: Option<Markup>,
}

/// Events in the order given.
pub fn history(events: &[Event]) -> Markup {
    html! {
        ol.sk-history {
            @for event in events {
                li {
                    p { strong { (event.what) } br; span.sk-quiet { span.sk-num { (event.when) } "　" (event.who) } }
                    @if let Some(detail) = &event.detail { (detail) }
                }
            }
        }
    }
}

/// A stretch of a compared text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// In both.
    Same(&'a str),
    /// In the old text only.
    Removed(&'a str),
    /// In the new text only.
    Added(&'a str),
}

/// A compared text, line by line (新旧対照). Readers by ear hear 「追加」 and 「削除」.
pub fn diff(lang: Lang, lines: &[Vec<Piece<'_>>]) -> Markup {
    let unseen = |word: &str| html! { span.sk-unseen { "（" (word) "）" } };
    html! {
        div.sk-diff role="group" aria-label=(list::DIFFERENCE.in_(lang)) {
            @for line in lines {
                p {
                    @for piece in line {
                        @match piece {
                            Piece::Same(text) => (text),
                            Piece::Removed(text) => del { (unseen(list::REMOVED.in_(lang))) (text) },
                            Piece::Added(text) => ins { (unseen(list::ADDED.in_(lang))) (text) },
                        }
                    }
                }
            }
        }
    }
}

//! Marks of state (状態の表示): colour, shape and a word together, never colour alone.

use maud::{Markup, html};

/// What a mark says. Each tone has its own colour *and* shape in chips, tiles and bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Partly as it should be.
    Partly,
    /// Not as it should be.
    Bad,
    /// Put off or excepted, with an end.
    Held,
    /// Done by somebody else.
    Elsewhere,
    /// Nobody knows yet.
    Unknown,
    /// Doesn't count here.
    Void,
    /// A fact without judgement.
    Plain,
}

impl Tone {
    /// The class that carries the tone.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Good => "sk-good",
            Self::Partly => "sk-partly",
            Self::Bad => "sk-bad",
            Self::Held => "sk-held",
            Self::Elsewhere => "sk-elsewhere",
            Self::Unknown => "sk-unknown",
            Self::Void => "sk-void",
            Self::Plain => "sk-plain",
        }
    }
}

/// A short word of state (チップ).
pub fn chip(tone: Tone, text: &str) -> Markup {
    html! { span class={ "sk-chip " (tone.class()) } { (text) } }
}

/// A grade of a scale (等級); the higher its rank, from 1, the darker it is.
pub fn grade(text: &str, rank: u8) -> Markup {
    html! { span class={ "sk-grade sk-rank-" (rank.clamp(1, 4)) } { (text) } }
}

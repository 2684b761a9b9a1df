//! Buttons (ボタン). What leads to a page is a link; what changes something is a form that posts.

use maud::{Markup, html};

use crate::say::{Lang, list};

/// How a button looks, by what it means on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The next act; one on a page, as a rule.
    Main,
    /// Another act.
    Second,
    /// The next act of a row.
    Small,
    /// Another act of a row or head.
    SmallSecond,
    /// An act that can't be taken back.
    Danger,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Main => "sk-button",
            Self::Second => "sk-button sk-second",
            Self::Small => "sk-button sk-small",
            Self::SmallSecond => "sk-button sk-second sk-small",
            Self::Danger => "sk-button sk-danger",
        }
    }
}

/// A link that looks like a button.
pub fn go(href: &str, label: &str, look: Look) -> Markup {
    html! { a class=(look.class()) href=(href) { (label) } }
}

/// The button that sends the form around it.
pub fn submit(label: &str, look: Look) -> Markup {
    html! { button type="submit" class=(look.class()) { (label) } }
}

/// A button that sends the form around it to another address.
pub fn submit_to(action: &str, label: &str, look: Look) -> Markup {
    html! { button type="submit" formaction=(action) class=(look.class()) { (label) } }
}

/// The id under which a posted form is carried out once, however often it is sent.
pub fn request_field(id: &str) -> Markup {
    html! { input type="hidden" name="request" value=(id); }
}

/// A question before an act that matters (確認).
pub struct Confirm<'a> {
    /// The question, as the heading.
    pub question: &'a str,
    /// What will happen, in a sentence or a list of facts.
    pub consequence: Markup,
    /// Where the form posts to.
    pub action: &'a str,
    /// The request id.
    pub request: &'a str,
    /// Further fields: a reason, a password.
    pub fields: Markup,
    /// The verb on the button.
    pub label: &'a str,
    /// Its look.
    pub look: Look,
    /// Where a person who changes their mind goes.
    pub back: &'a str,
}

/// Asks the question, with the way back beside the act.
pub fn confirm(lang: Lang, ask: &Confirm<'_>) -> Markup {
    html! {
        form.sk-card.sk-narrow method="post" action=(ask.action) {
            (request_field(ask.request))
            h1 { (ask.question) }
            div.sk-prose { (ask.consequence) }
            (ask.fields)
            div.sk-acts { (submit(ask.label, ask.look)) (go(ask.back, list::BACK.in_(lang), Look::Second)) }
        }
    }
}

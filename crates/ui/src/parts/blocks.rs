//! Blocks of a page (画面の構成部品): its head, cards, tasks and notices.

use maud::{Markup, html};

use super::marks::Tone;
use crate::say::{Lang, list, mood};

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It worked.
    Good,
    /// Good to know.
    Info,
    /// Look out.
    Warn,
    /// It didn't work.
    Bad,
}

/// A message that stays on the page (通知).
pub struct Notice {
    /// How it is meant.
    pub mood: Mood,
    /// The message in one sentence.
    pub text: String,
    /// More, if there is more: a list, a link.
    pub more: Option<Markup>,
}

/// Shows a notice; a reader is told without losing their place.
pub fn notice(lang: Lang, notice: &Notice) -> Markup {
    let (class, word) = match notice.mood {
        Mood::Good => ("sk-good", mood::GOOD),
        Mood::Info => ("sk-plain", mood::INFO),
        Mood::Warn => ("sk-held", mood::WARN),
        Mood::Bad => ("sk-bad", mood::BAD),
    };
    let role = if notice.mood == Mood::Bad { "alert" } else { "status" };
    html! {
        div class={ "sk-notice " (class) } role=(role) {
            strong.sk-word { (word.in_(lang)) }
            div { p { (notice.text) } @if let Some(more) = &notice.more { (more) } }
        }
    }
}

/// The head of a page: its title, a quiet line, and its acts at the end.
pub fn head(title: &str, quiet: Option<&str>, acts: Option<Markup>) -> Markup {
    html! {
        div.sk-head {
            div { h1 { (title) } @if let Some(quiet) = quiet { p.sk-quiet { (quiet) } } }
            @if let Some(acts) = acts { div.sk-acts { (acts) } }
        }
    }
}

/// A white card with an optional heading.
pub fn card(heading: Option<&str>, body: Markup) -> Markup {
    html! { section.sk-card { @if let Some(heading) = heading { h2 { (heading) } } (body) } }
}

/// Blocks side by side; below each other on a phone.
pub fn columns(blocks: &[Markup]) -> Markup {
    html! { div.sk-columns { @for block in blocks { div { (block) } } } }
}

/// The matter itself with what goes with it beside it, narrower; below it on a phone.
pub fn beside(matter: Markup, aside: Markup) -> Markup {
    html! { div.sk-beside { div { (matter) } div { (aside) } } }
}

/// The figure that decides, with what it is out of, its parts and its course (要約): `summary("…", "142", "195", …)`.
pub fn summary(label: &str, figure: &str, of: &str, key: Markup, chart: Markup) -> Markup {
    html! {
        div.sk-sum {
            div { p.sk-quiet { (label) } p.sk-big.sk-num { (figure) small { " / " (of) } } }
            (key)
            (chart)
        }
    }
}

/// Something to do, with its day and its act (やること).
pub struct Task {
    /// What to do.
    pub heading: String,
    /// Why, or what about.
    pub note: String,
    /// The day by which it must be done, if there is one.
    pub due: Option<Due>,
    /// The button.
    pub act: Markup,
}

/// A day by which something must be done (期限).
pub struct Due {
    /// The day: 「11月20日(金)」.
    pub day: String,
    /// How long that is: 「4日超過」, 「残り3日」.
    pub left: String,
    /// [`Tone::Bad`] when the day has passed.
    pub tone: Tone,
}

/// Tasks in the order given; what is late is marked.
pub fn tasks(tasks: &[Task]) -> Markup {
    html! {
        ul.sk-tasks {
            @for task in tasks {
                li {
                    div { p.sk-name { (task.heading) } p.sk-quiet { (task.note) } }
                    @if let Some(due) = &task.due { p class={ "sk-due " (due.tone.class()) } { strong { (due.day) } " " span { (due.left) } } }
                    (task.act)
                }
            }
        }
    }
}

/// The ways up from a page (パンくずリスト): label and address of each, then where we are.
pub fn breadcrumb(lang: Lang, above: &[(&str, &str)], here: &str) -> Markup {
    html! {
        nav.sk-crumbs aria-label=(list::BREADCRUMB.in_(lang)) {
            ol {
                @for (label, href) in above { li { a href=(href) { (label) } } }
                li aria-current="page" { (here) }
            }
        }
    }
}

/// What a list says when nothing is in it, with what to do about it.
pub fn empty_state(text: &str, act: Option<Markup>) -> Markup {
    html! { div.sk-empty { p { (text) } @if let Some(act) = act { (act) } } }
}

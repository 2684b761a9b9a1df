//! The page around the page (画面の枠): head, navigation, search, who is here, and the foot of a print.

use maud::{DOCTYPE, Markup, html};

use super::{
    blocks::{Notice, notice},
    look::href,
};
use crate::say::{self, Lang, form, shell as text};

/// How many entries stand in a phone's bar beside the menu.
const BAR: usize = 4;

/// Everything around a page's own content.
pub struct Shell {
    /// The language shown.
    pub lang: Lang,
    /// The page's title, as its heading says it.
    pub title: String,
    /// The organisation (団体名).
    pub body_name: String,
    /// Who is signed in.
    pub who: Option<Who>,
    /// The navigation; the first group has no heading and fills a phone's bar.
    pub nav: Vec<NavGroup>,
    /// Whether the data are fictional; then every page and print says so.
    pub demo: bool,
    /// What an administrator must see, whatever the page is about.
    pub alarm: Option<Markup>,
    /// Whether nothing is written, since the data are older than what was signed; then every page says so.
    pub closed: bool,
    /// What the last act led to.
    pub notice: Option<Notice>,
    /// Path and query of this page, for the language switch and the foot of a print.
    pub path: String,
    /// The moment, for the foot of a print (出力日時).
    pub printed_at: String,
}

/// Who is signed in (利用者).
pub struct Who {
    /// Name.
    pub name: String,
    /// Section (所属).
    pub unit: String,
    /// Pages of one's own: sessions, keys, settings.
    pub links: Vec<NavItem>,
}

/// Pages that belong together (画面のまとまり).
pub struct NavGroup {
    /// Heading; none on the first group.
    pub heading: Option<String>,
    /// Its pages.
    pub items: Vec<NavItem>,
}

/// A way to a page.
pub struct NavItem {
    /// The page's name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Whether it is the page shown.
    pub current: bool,
    /// How much waits there.
    pub count: Option<Count>,
}

/// A number beside a name (件数).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Good to know.
    Calm(u64),
    /// Somebody must act.
    Pressing(u64),
}

/// A whole page with navigation.
pub fn page(shell: &Shell, main: Markup) -> Markup {
    let lang = shell.lang;
    document(
        shell,
        "sk-page",
        html! {
            header.sk-top {
                a.sk-mark href="/" aria-label={ (text::PRODUCT.in_(lang)) "（" (text::HOME.in_(lang)) "）" } {
                    (mark()) span { (text::PRODUCT.in_(lang)) }
                }
                span.sk-body-name { (shell.body_name) }
                form.sk-search role="search" action="/search" {
                    input type="search" name="q" maxlength="100" aria-label=(text::SEARCH_ALL.in_(lang)) placeholder=(text::SEARCH_ALL.in_(lang));
                    button type="submit" { (glass()) span.sk-unseen { (text::SEARCH.in_(lang)) } }
                }
                a.sk-search-link href="/search" { (glass()) span.sk-unseen { (text::SEARCH.in_(lang)) } }
                (language_switch(shell))
                @if let Some(who) = &shell.who { (own_menu(lang, who)) }
            }
            (navigation(shell))
            main id="main" tabindex="-1" {
                @if let Some(alarm) = &shell.alarm { (alarm) }
                @if let Some(told) = &shell.notice { (notice(lang, told)) }
                (main)
            }
        },
    )
}

/// A page without navigation: sign-in, set-up, errors.
pub fn bare_page(shell: &Shell, main: Markup) -> Markup {
    let lang = shell.lang;
    document(
        shell,
        "sk-bare",
        html! {
            main id="main" tabindex="-1" {
                div.sk-card {
                    p.sk-mark { (mark()) span { (text::PRODUCT.in_(lang)) } }
                    @if !shell.body_name.is_empty() { p.sk-body-name { (shell.body_name) } }
                    @if let Some(told) = &shell.notice { (notice(lang, told)) }
                    (main)
                }
                (language_switch(shell))
            }
        },
    )
}

fn document(shell: &Shell, class: &str, content: Markup) -> Markup {
    let lang = shell.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (shell.title) " | " (text::PRODUCT.in_(lang)) }
                link rel="icon" href=(href("mark.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(href("tokens.css"));
                link rel="stylesheet" href=(href("sekimori.css"));
                script type="module" src=(href("app.js")) {}
            }
            body class=(class) data-unsaved=(form::UNSAVED.in_(lang)) {
                a.sk-skip href="#main" { (text::SKIP.in_(lang)) }
                @if shell.closed { aside.sk-demo.sk-closed role="alert" { (text::CLOSED.in_(lang)) } }
                @else if shell.demo { aside.sk-demo { (text::DEMO.in_(lang)) } }
                (content)
                (foot(shell))
            }
        }
    }
}

fn navigation(shell: &Shell) -> Markup {
    let lang = shell.lang;
    let (first, others) = shell.nav.split_at(shell.nav.len().min(1));
    let first = first.iter().flat_map(|group| &group.items);
    html! {
        nav.sk-nav aria-label=(text::NAVIGATION.in_(lang)) {
            ul.sk-bar {
                @for item in first.clone().take(BAR) { (nav_item(item)) }
                li.sk-menu-entry { button type="button" popovertarget="sk-menu" { (text::MENU.in_(lang)) } }
            }
            div.sk-menu id="sk-menu" popover {
                button.sk-close type="button" popovertarget="sk-menu" popovertargetaction="hide" { (text::CLOSE.in_(lang)) }
                @if first.clone().nth(BAR).is_some() { ul { @for item in first.skip(BAR) { (nav_item(item)) } } }
                @for group in others {
                    @if let Some(heading) = &group.heading { h2 { (heading) } }
                    ul { @for item in &group.items { (nav_item(item)) } }
                }
            }
        }
    }
}

fn nav_item(item: &NavItem) -> Markup {
    html! {
        li { a href=(item.href) aria-current=[item.current.then_some("page")] { span { (item.label) } (count_mark(item.count)) } }
    }
}

/// The number beside a name; nothing when nothing waits.
fn count_mark(count: Option<Count>) -> Markup {
    html! {
        @match count {
            Some(Count::Calm(things)) if things > 0 => { " " span.sk-count { (say::number(things)) } },
            Some(Count::Pressing(things)) if things > 0 => { " " span.sk-count.sk-pressing { (say::number(things)) } },
            _ => {},
        }
    }
}

fn own_menu(lang: Lang, who: &Who) -> Markup {
    html! {
        button.sk-who type="button" popovertarget="sk-own" {
            span.sk-unseen { (text::MY_MENU.in_(lang)) "：" } span { (who.name) }
        }
        div.sk-own id="sk-own" popover {
            p { strong { (who.name) } br; span.sk-quiet { (who.unit) } }
            @if !who.links.is_empty() { ul { @for item in &who.links { (nav_item(item)) } } }
            form method="post" action="/sign-out" { button.sk-button.sk-second.sk-small type="submit" { (text::SIGN_OUT.in_(lang)) } }
        }
    }
}

fn language_switch(shell: &Shell) -> Markup {
    let other = shell.lang.other();
    html! {
        a.sk-language href=(in_language(&shell.path, other)) lang=(other.code()) hreflang=(other.code()) { (text::LANGUAGE.in_(other)) }
    }
}

/// The same page with `lang` in its query, once.
fn in_language(path: &str, lang: Lang) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("lang="));
    let parts: Vec<&str> = kept
        .chain([match lang {
            Lang::Ja => "lang=ja",
            Lang::En => "lang=en",
        }])
        .collect();
    format!("{path}?{}", parts.join("&"))
}

fn foot(shell: &Shell) -> Markup {
    let lang = shell.lang;
    html! {
        footer.sk-foot {
            span { (text::PRODUCT.in_(lang)) " " (text::VERSION.in_(lang)) " " (env!("CARGO_PKG_VERSION")) }
            span.sk-print {
                @if !shell.body_name.is_empty() { span { (shell.body_name) } }
                span { (text::PRINTED_AT.in_(lang)) " " (shell.printed_at) }
                @if let Some(who) = &shell.who { span { (text::PRINTED_BY.in_(lang)) " " (who.name) } }
                span { (shell.path) }
            }
        }
    }
}

/// The gate of a checkpoint, in the colour of the text around it.
fn mark() -> Markup {
    html! {
        svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true" {
            path d="M3 7h22M6 7v18M22 7v18M3 12h22" {}
            circle cx="14" cy="20" r="2.6" {}
        }
    }
}

fn glass() -> Markup {
    html! { svg.sk-glass width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" { path d="M13 13l5 5M14.5 8.5a6 6 0 1 1-12 0a6 6 0 0 1 12 0z" {} } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_switch_keeps_the_page_and_its_filter() {
        assert_eq!(in_language("/assets?unit=3&lang=ja&q=a", Lang::En), "/assets?unit=3&q=a&lang=en");
        assert_eq!(in_language("/", Lang::Ja), "/?lang=ja");
    }
}

//! Fields of forms (入力欄). A control is only ever shown by [`field`], so none is without its label.

use base::calendar;
use maud::{Markup, Render, html};

use super::buttons::{Look, request_field, submit};
use crate::say::{self, Lang, form as text};

/// Up to this many options are shown as radio buttons; more are a list to open.
const RADIOS: usize = 5;

/// A control (入力部品): made by one of its constructors, refined by its methods, shown by [`field`].
#[derive(Clone, Copy)]
pub struct Control<'a> {
    name: &'a str,
    id: Option<&'a str>,
    required: bool,
    focused: bool,
    shape: Shape<'a>,
}

#[derive(Clone, Copy)]
enum Shape<'a> {
    Line { value: &'a str, kind: Kind, longest: Option<u32>, autocomplete: Option<&'a str> },
    Area { value: &'a str, longest: Option<u32> },
    Number { value: &'a str, least: Option<i64>, most: Option<i64>, unit: Option<&'a str> },
    Date { value: &'a str },
    Choice { chosen: &'a str, options: &'a [Choice<'a>] },
    Many { chosen: &'a [&'a str], options: &'a [Choice<'a>] },
    Check { on: bool },
    File { accept: &'a str, several: bool },
    Pick { register: &'a str, id: &'a str, title: &'a str },
    Picks { register: &'a str, chosen: &'a [(&'a str, &'a str)] },
}

/// What a line of text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Plain,
    /// A name to sign in by.
    Username,
    /// A mail address.
    Email,
    /// A password that exists.
    Password,
    /// A password to be set.
    NewPassword,
    /// A code that is used once.
    OneTime,
    /// Words to look for.
    Search,
    /// A telephone number.
    Phone,
    /// An address on the web.
    Address,
}

/// One of the answers to choose from (選択肢).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is shown.
    pub label: &'a str,
}

impl<'a> Control<'a> {
    const fn new(name: &'a str, shape: Shape<'a>) -> Self {
        Self { name, id: None, required: false, focused: false, shape }
    }

    /// A line of text (一行).
    pub const fn line(name: &'a str, value: &'a str, kind: Kind) -> Self {
        Self::new(name, Shape::Line { value, kind, longest: None, autocomplete: None })
    }

    /// A text of several lines (複数行).
    pub const fn area(name: &'a str, value: &'a str) -> Self {
        Self::new(name, Shape::Area { value, longest: None })
    }

    /// A whole number (数値). What was typed is shown again even when it is none.
    pub const fn number(name: &'a str, value: &'a str) -> Self {
        Self::new(name, Shape::Number { value, least: None, most: None, unit: None })
    }

    /// A day (日付), typed as 和暦 or ISO.
    pub const fn date(name: &'a str, value: &'a str) -> Self {
        Self::new(name, Shape::Date { value })
    }

    /// One of several (単一選択): radio buttons up to five, else a list.
    pub const fn choice(name: &'a str, chosen: &'a str, options: &'a [Choice<'a>]) -> Self {
        Self::new(name, Shape::Choice { chosen, options })
    }

    /// Any of several (複数選択).
    pub const fn many(name: &'a str, chosen: &'a [&'a str], options: &'a [Choice<'a>]) -> Self {
        Self::new(name, Shape::Many { chosen, options })
    }

    /// Yes or not (確認欄); sends `true` when ticked.
    pub const fn check(name: &'a str, on: bool) -> Self {
        Self::new(name, Shape::Check { on })
    }

    /// A file (ファイル); `accept` as in HTML.
    pub const fn file(name: &'a str, accept: &'a str) -> Self {
        Self::new(name, Shape::File { accept, several: false })
    }

    /// A link to another record (他の記録への参照). Sends its id as `name` and the typed text as `name_text`: the id
    /// counts only while the text is that record's title; otherwise the text, a number or a name, is looked up. So it
    /// works without script. With it, `/pick/{register}?q=` gives `[{id, title, note}]`.
    pub const fn pick(name: &'a str, register: &'a str, id: &'a str, title: &'a str) -> Self {
        Self::new(name, Shape::Pick { register, id, title })
    }

    /// Links to several records, `(id, title)` each: every one kept is sent as `name`, one to add as `name_text`.
    pub const fn picks(name: &'a str, register: &'a str, chosen: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(name, Shape::Picks { register, chosen })
    }

    /// The control that must be filled in (必須).
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The control where writing begins.
    pub const fn focused(self) -> Self {
        Self { focused: true, ..self }
    }

    /// The control under another id, where a page holds two forms with the same names.
    pub const fn under_id(self, id: &'a str) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Text of at most so many characters.
    pub const fn longest(mut self, characters: u32) -> Self {
        if let Shape::Line { longest, .. } | Shape::Area { longest, .. } = &mut self.shape {
            *longest = Some(characters);
        }
        self
    }

    /// A line that the browser may fill in: a token of HTML's `autocomplete`.
    pub const fn filled_by(mut self, token: &'a str) -> Self {
        if let Shape::Line { autocomplete, .. } = &mut self.shape {
            *autocomplete = Some(token);
        }
        self
    }

    /// A number within bounds.
    pub const fn between(mut self, from: i64, to: i64) -> Self {
        if let Shape::Number { least, most, .. } = &mut self.shape {
            (*least, *most) = (Some(from), Some(to));
        }
        self
    }

    /// A number of something: 「日」, 「台」.
    pub const fn counted_in(mut self, word: &'a str) -> Self {
        if let Shape::Number { unit, .. } = &mut self.shape {
            *unit = Some(word);
        }
        self
    }

    /// A place for several files.
    pub const fn several(mut self) -> Self {
        if let Shape::File { several, .. } = &mut self.shape {
            *several = true;
        }
        self
    }
}

/// A label with its control, hint and error (入力欄). Ids, descriptions and the required mark are made here.
pub fn field(lang: Lang, label: &str, control: Control<'_>, hint: Option<&str>, error: Option<&str>) -> Markup {
    let id = control.id.map_or_else(|| id_of(control.name), str::to_owned);
    let limit = match control.shape {
        Shape::Line { longest, .. } | Shape::Area { longest, .. } => longest.map(|most| say::at_most(lang, most)),
        Shape::Date { .. } => Some(text::DATE_HINT.in_(lang).to_owned()),
        Shape::Pick { .. } | Shape::Picks { .. } => Some(text::PICK_HINT.in_(lang).to_owned()),
        _ => None,
    };
    let drawn = Drawn {
        lang,
        label,
        control,
        id: &id,
        described: described_by(&id, hint.is_some() || limit.is_some(), error.is_some()),
        wrong: error.is_some(),
    };
    let told = html! {
        @if hint.is_some() || limit.is_some() {
            p.sk-hint id={ (id) "-hint" } { @if let Some(hint) = hint { span { (hint) } " " } @if let Some(limit) = &limit { span { (limit) } } }
        }
        @if let Some(error) = error { p.sk-error id={ (id) "-error" } { strong.sk-word { (text::ERROR.in_(lang)) } (error) } }
    };
    let name = html! { (label) @if control.required { " " span.sk-must { (text::REQUIRED.in_(lang)) } } };
    html! {
        @match control.shape {
            Shape::Check { .. } => {
                div.sk-field .sk-wrong[drawn.wrong] { (told) label.sk-option { (drawn) span { (name) } } }
            },
            Shape::Choice { options, .. } if options.len() <= RADIOS => {
                fieldset.sk-field .sk-wrong[drawn.wrong] role="radiogroup" aria-describedby=[&drawn.described] aria-invalid=[drawn.invalid()] aria-required=[control.required.then_some("true")] {
                    legend { (name) } (told) div.sk-choices { (drawn) }
                }
            },
            Shape::Many { .. } => {
                fieldset.sk-field .sk-wrong[drawn.wrong] aria-describedby=[&drawn.described] { legend { (name) } (told) div.sk-choices { (drawn) } }
            },
            Shape::Picks { .. } => {
                fieldset.sk-field .sk-wrong[drawn.wrong] { legend { (name) } (told) (drawn) }
            },
            _ => { div.sk-field .sk-wrong[drawn.wrong] { label for=(id) { (name) } (told) (drawn) } },
        }
    }
}

/// A value that is sent along and has nothing to show.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A field that isn't right, by name (入力の誤り).
pub struct Fault<'a> {
    /// The control's name.
    pub name: &'a str,
    /// What is wrong and what to write instead.
    pub message: &'a str,
}

/// All errors of a form, each a link to its field. It takes the focus when the page opens.
pub fn error_summary(lang: Lang, faults: &[Fault<'_>]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div.sk-faults role="group" aria-labelledby="sk-faults" tabindex="-1" autofocus {
                h2 id="sk-faults" { (say::faults(lang, faults.len())) }
                ul { @for fault in faults { li { a href={ "#" (id_of(fault.name)) } { (fault.message) } } } }
            }
        }
    }
}

/// A form of its own where a file is handed in (提出欄).
pub fn upload_slot(
    lang: Lang,
    action: &str,
    request: &str,
    label: &str,
    control: Control<'_>,
    hint: Option<&str>,
    verb: &str,
) -> Markup {
    html! {
        form.sk-upload method="post" action=(action) enctype="multipart/form-data" {
            (request_field(request))
            (field(lang, label, control, hint, None))
            (submit(verb, Look::Small))
        }
    }
}

fn id_of(name: &str) -> String {
    format!("f-{name}")
}

fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    let parts: Vec<String> = [(hint, "hint"), (error, "error")]
        .iter()
        .filter(|(there, _)| *there)
        .map(|(_, part)| format!("{id}-{part}"))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A control with all that its field decided.
struct Drawn<'a> {
    lang: Lang,
    label: &'a str,
    control: Control<'a>,
    id: &'a str,
    described: Option<String>,
    wrong: bool,
}

impl Drawn<'_> {
    fn invalid(&self) -> Option<&'static str> {
        self.wrong.then_some("true")
    }

    fn line(&self, value: &str, kind: Kind, longest: Option<u32>, autocomplete: Option<&str>) -> Markup {
        let Control { name, required, focused, .. } = self.control;
        let (form, mode, fills) = kind.attributes();
        html! {
            input id=(self.id) type=(form) name=(name) value=(value) maxlength=[longest] inputmode=[mode] autocomplete=(autocomplete.unwrap_or(fills)) required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
        }
    }

    fn check(&self, on: bool) -> Markup {
        let Control { name, required, focused, .. } = self.control;
        html! {
            input id=(self.id) type="checkbox" name=(name) value="true" checked[on] required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
        }
    }

    /// The first option carries the field's own id, so that an error summary leads to it.
    fn option_id(&self, at: usize) -> String {
        if at == 0 { self.id.to_owned() } else { format!("{}-{at}", self.id) }
    }

    fn radios(&self, chosen: &str, options: &[Choice<'_>]) -> Markup {
        let Control { name, required, .. } = self.control;
        html! {
            @for (at, option) in options.iter().enumerate() {
                label.sk-option for=(self.option_id(at)) {
                    input id=(self.option_id(at)) type="radio" name=(name) value=(option.value) checked[option.value == chosen] required[required];
                    span { (option.label) }
                }
            }
        }
    }

    fn boxes(&self, chosen: &[&str], options: &[Choice<'_>]) -> Markup {
        html! {
            @for (at, option) in options.iter().enumerate() {
                label.sk-option for=(self.option_id(at)) {
                    input id=(self.option_id(at)) type="checkbox" name=(self.control.name) value=(option.value) checked[chosen.contains(&option.value)] aria-invalid=[self.invalid()];
                    span { (option.label) }
                }
            }
        }
    }

    fn list(&self, chosen: &str, options: &[Choice<'_>]) -> Markup {
        let Control { name, required, focused, .. } = self.control;
        let none = if required { text::CHOOSE } else { text::NOT_CHOSEN };
        html! {
            select id=(self.id) name=(name) required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()] {
                option value="" { (none.in_(self.lang)) }
                @for option in options { option value=(option.value) selected[option.value == chosen] { (option.label) } }
            }
        }
    }

    fn date(&self, value: &str) -> Markup {
        let Control { name, required, focused, .. } = self.control;
        html! {
            div.sk-date data-calendar=(text::CALENDAR.in_(self.lang)) {
                input id=(self.id) type="text" name=(name) value=(value) maxlength="20" autocomplete="off" required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
                output for=(self.id) lang="ja" { @if let Some(date) = calendar::read_date(value) { (calendar::wareki(date)) "(" (date.weekday_ja()) ")" } }
            }
        }
    }

    fn pick(&self, register: &str, id: &str, title: &str) -> Markup {
        let Control { name, required, focused, .. } = self.control;
        html! {
            div.sk-pick data-register=(register) data-none=(text::PICK_NONE.in_(self.lang)) data-failed=(text::PICK_FAILED.in_(self.lang)) {
                input type="hidden" name=(name) value=(id);
                input id=(self.id) type="text" name={ (name) "_text" } value=(title) maxlength="200" autocomplete="off" required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
            }
        }
    }

    fn picks(&self, register: &str, chosen: &[(&str, &str)]) -> Markup {
        let name = self.control.name;
        html! {
            div.sk-picks {
                @for (at, (id, title)) in chosen.iter().enumerate() {
                    label.sk-option for={ (self.id) "-" (at) } {
                        input id={ (self.id) "-" (at) } type="checkbox" name=(name) value=(id) checked;
                        span { (title) }
                    }
                }
            }
            div.sk-pick data-register=(register) data-several data-none=(text::PICK_NONE.in_(self.lang)) data-failed=(text::PICK_FAILED.in_(self.lang)) {
                label.sk-unseen for=(self.id) { (self.label) "：" (text::PICK_ADD.in_(self.lang)) }
                input id=(self.id) type="text" name={ (name) "_text" } maxlength="200" autocomplete="off" aria-describedby=[&self.described] aria-invalid=[self.invalid()];
            }
        }
    }
}

impl Render for Drawn<'_> {
    fn render(&self) -> Markup {
        let Control { name, required, focused, .. } = self.control;
        match self.control.shape {
            Shape::Line { value, kind, longest, autocomplete } => self.line(value, kind, longest, autocomplete),
            Shape::Area { value, longest } => html! {
                textarea id=(self.id) name=(name) rows="4" maxlength=[longest] required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()] { (value) }
            },
            Shape::Number { value, least, most, unit } => html! {
                div.sk-number {
                    input id=(self.id) type="number" name=(name) value=(value) min=[least] max=[most] step="1" required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
                    @if let Some(unit) = unit { span { (unit) } }
                }
            },
            Shape::Date { value } => self.date(value),
            Shape::Choice { chosen, options } if options.len() <= RADIOS => self.radios(chosen, options),
            Shape::Choice { chosen, options } => self.list(chosen, options),
            Shape::Many { chosen, options } => self.boxes(chosen, options),
            Shape::Check { on } => self.check(on),
            Shape::File { accept, several } => html! {
                input.sk-file id=(self.id) type="file" name=(name) accept=(accept) multiple[several] required[required] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
            },
            Shape::Pick { register, id, title } => self.pick(register, id, title),
            Shape::Picks { register, chosen } => self.picks(register, chosen),
        }
    }
}

impl Kind {
    /// Type, keyboard and what the browser may fill in. A number is never a number field: leading zeros count in codes.
    const fn attributes(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            Self::Plain => ("text", None, "off"),
            Self::Username => ("text", None, "username"),
            Self::Email => ("email", None, "email"),
            Self::Password => ("password", None, "current-password"),
            Self::NewPassword => ("password", None, "new-password"),
            Self::OneTime => ("text", Some("numeric"), "one-time-code"),
            Self::Search => ("search", None, "off"),
            Self::Phone => ("tel", None, "tel"),
            Self::Address => ("url", None, "url"),
        }
    }
}

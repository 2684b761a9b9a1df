//! Fields of forms (入力欄). A control is only ever shown by [`field`], so none is without its label.

use base::calendar;
use maud::{Markup, Render, html};

use super::control::{Choice, Control, Kind, Shape};
use crate::say::{self, Lang, form as text};

/// Up to this many options are shown as radio buttons; more are a list to open.
const RADIOS: usize = 5;
/// From this many characters on, nobody fills a line: its limit is held, but not said.
const ROOMY: u32 = 100;

/// A label with its control, hint and error (入力欄). Ids, descriptions and the required mark are made here.
pub fn field(lang: Lang, label: &str, control: Control<'_>, hint: Option<&str>, error: Option<&str>) -> Markup {
    let id = id_of(control.name);
    let limit = match control.shape {
        Shape::Line { longest, .. } => longest.filter(|most| *most < ROOMY).map(|most| say::at_most(lang, most)),
        Shape::Area { longest, .. } => longest.map(|most| say::at_most(lang, most)),
        Shape::Number { bounds, .. } => bounds.map(|(from, to)| say::between(lang, from, to)),
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

pub(super) fn id_of(name: &str) -> String {
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

    fn line(&self, value: &str, kind: Kind, longest: Option<u32>) -> Markup {
        let Control { name, required, focused, .. } = self.control;
        let (form, mode, fills) = kind.attributes();
        html! {
            input id=(self.id) type=(form) name=(name) value=(value) maxlength=[longest] inputmode=[mode] autocomplete=(fills) required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
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
            Shape::Line { value, kind, longest } => self.line(value, kind, longest),
            Shape::Area { value, longest } => html! {
                textarea id=(self.id) name=(name) rows="4" maxlength=[longest] required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()] { (value) }
            },
            // Not a number field: a browser would drop what is none, and the person could not see what was wrong.
            Shape::Number { value, .. } => html! {
                div.sk-number {
                    input id=(self.id) type="text" inputmode="numeric" name=(name) value=(value) maxlength="20" autocomplete="off" required[required] autofocus[focused] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
                }
            },
            Shape::Date { value } => self.date(value),
            Shape::Choice { chosen, options } if options.len() <= RADIOS => self.radios(chosen, options),
            Shape::Choice { chosen, options } => self.list(chosen, options),
            Shape::Many { chosen, options } => self.boxes(chosen, options),
            Shape::Check { on } => self.check(on),
            Shape::File { accept } => html! {
                input.sk-file id=(self.id) type="file" name=(name) accept=(accept) required[required] aria-describedby=[&self.described] aria-invalid=[self.invalid()];
            },
            Shape::Pick { register, id, title } => self.pick(register, id, title),
            Shape::Picks { register, chosen } => self.picks(register, chosen),
        }
    }
}

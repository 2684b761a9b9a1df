//! Forms (入力画面): the form itself, its errors, and the slot where a file is handed in.

use maud::{Markup, html};

use super::{
    buttons::{Look, request_field, submit},
    control::Control,
    field::{field, id_of},
};
use crate::say::{self, Lang};

/// A form that posts its fields under a request id; `acts` are its buttons.
pub fn form(action: &str, request: &str, fields: Markup, acts: Markup) -> Markup {
    html! {
        form.sk-card.sk-narrow method="post" action=(action) novalidate {
            (request_field(request))
            (fields)
            div.sk-acts { (acts) }
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

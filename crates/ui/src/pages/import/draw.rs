//! How the import's pages look: calm, three steps, what would happen before it happens.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use register::built_in::Stage;
use register::change::Request;
use register::describe::Description;
use register::exchange::{Aim, Choices, Doubt, Problem, Sample, Touched, Trial, What};
use register::lifecycle::ARCHIVED;
use register::permit::{self, Action};
use register::{Refusal, Say};

use super::super::form::Sheet;
use super::super::show::Show;
use super::{Matching, Opened, words as text};
use crate::parts::{self, Choice, Column, Confirm, Control, Look, Mood, Notice, Row, Tone};
use crate::say::{self, Lang, Text, list as list_text, page as page_text};
use crate::visit::Page;

/// Values that are shown of a new record.
const SHOWN: usize = 6;

/// The steps of an import, the one at hand marked (手順).
fn steps(page: &Page, at: usize) -> Markup {
    html! {
        ol.sk-steps aria-label=(text::STEPS.in_(page.lang)) {
            @for (step, name) in text::STEP.iter().enumerate() {
                li .sk-past[step < at] aria-current=[(step == at).then_some("step")] {
                    span.sk-step { (step + 1) } span { (name.in_(page.lang)) }
                }
            }
        }
    }
}

fn top(page: &Page, description: &Description, at: usize, here: Text) -> Markup {
    let (label, list) = (page.say(&description.label), format!("/r/{}", description.name));
    html! {
        (parts::breadcrumb(page.lang, &[(label, &list)], here.in_(page.lang)))
        (parts::head(&say::beside(page.lang, here.in_(page.lang), label), None, None))
        (steps(page, at))
    }
}

pub(super) fn choose(page: &Page, description: &Description, status: StatusCode, wrong: Option<&Say>) -> Response {
    let lang = page.lang;
    let path = format!("/r/{}", description.name);
    let may_export = !permit::scope(&page.actor, description, Action::Export).is_nothing();
    let request = Request::new();
    let way = |href: String, name: Text, how: Text| {
        html! { li { a href=(href) { (name.in_(lang)) } p.sk-quiet { (how.in_(lang)) } } }
    };
    let main = html! {
        (top(page, description, 0, text::TITLE))
        (parts::beside(
            html! {
                form.sk-card method="post" action={ (path) "/import" } enctype="multipart/form-data" {
                    (parts::request_field(request.as_str()))
                    (parts::field(lang, text::FILE.in_(lang), Control::file("file", ".xlsx,.csv,.tsv,.txt").required(), Some(text::FILE_HINT.in_(lang)), wrong.map(|say| page.say(say))))
                    div.sk-acts { (parts::submit(text::NEXT.in_(lang), Look::Main)) (parts::go(&path, list_text::BACK.in_(lang), Look::Second)) }
                }
            },
            parts::card(Some(text::OTHER_WAYS.in_(lang)), html! {
                ul.sk-ways {
                    (way(format!("{path}/template.xlsx"), text::TEMPLATE, text::TEMPLATE_HOW))
                    @if may_export { (way(format!("{path}/export.xlsx"), text::EXPORTED, text::EXPORTED_HOW)) }
                    (way(format!("{path}/paste"), text::PASTE, text::PASTE_HOW))
                }
            }),
        ))
    };
    page.show_with(status, text::TITLE.in_(lang), None, main)
}

pub(super) fn paste(
    page: &Page,
    description: &Description,
    status: StatusCode,
    (cells, from): (&str, &str),
    problems: &[Problem],
    wrong: Option<&Say>,
) -> Response {
    let lang = page.lang;
    let path = format!("/r/{}", description.name);
    let request = Request::new();
    let main = html! {
        (top(page, description, 0, text::PASTE))
        @if !problems.is_empty() { (faults_list(page, problems)) }
        form.sk-card method="post" action={ (path) "/paste" } {
            (parts::request_field(request.as_str()))
            @if !from.is_empty() { (parts::hidden("from", from)) }
            div data-grid=(text::GRID.in_(lang)) data-add=(text::ADD_ROW.in_(lang)) data-row=(text::ROW.in_(lang)) {
                (parts::field(lang, text::CELLS.in_(lang), Control::area("cells", cells).required(), Some(text::CELLS_HINT.in_(lang)), wrong.map(|say| page.say(say))))
            }
            div.sk-acts { (parts::submit(text::CHECK.in_(lang), Look::Main)) (parts::go(&path, list_text::BACK.in_(lang), Look::Second)) }
        }
    };
    page.show_with(status, text::PASTE.in_(lang), None, main)
}

/// Problems as a list; a grid finds its cells in it.
fn faults_list(page: &Page, problems: &[Problem]) -> Markup {
    html! {
        div.sk-faults role="group" aria-labelledby="sk-faults" tabindex="-1" autofocus {
            h2 id="sk-faults" { (say::faults(page.lang, problems.len())) }
            ul {
                @for problem in problems {
                    li data-cell=[problem.place.as_deref()] { (place(page, problem)) "：" (page.say(&problem.say)) }
                }
            }
        }
    }
}

/// Where a problem is: its cell, or its row.
fn place(page: &Page, problem: &Problem) -> String {
    problem.place.clone().unwrap_or_else(|| match page.lang {
        Lang::Ja => format!("{}行目", problem.row),
        Lang::En => format!("row {}", problem.row),
    })
}

/// The value of an option that stands for what a column is.
fn aim_value(aim: &Aim) -> &str {
    match aim {
        Aim::Out => "",
        Aim::Id => "#id",
        Aim::Archive => "#archive",
        Aim::Field(name) => name,
    }
}

pub(super) fn matching(page: &Page, opened: &Opened, found: &Matching) -> Response {
    let (lang, address) = (page.lang, opened.address());
    let Matching { preview, choices, show } = found;
    let description = &*opened.description;
    let request = Request::new();
    let main = html! {
        (top(page, description, 1, text::TITLE))
        p.sk-quiet.sk-after { (opened.import.file) "　" (say::count(lang, preview.rows)) }
        @if !opened.is_pasted() { (sheet_form(page, opened, found)) }
        form.sk-card method="post" action=(address) novalidate {
            (parts::request_field(request.as_str()))
            h2 { (text::COLUMNS.in_(lang)) }
            p { (text::COLUMNS_HOW.in_(lang)) }
            div.sk-matching {
                @for (at, column) in preview.columns.iter().enumerate() {
                    @let aim = choices.columns.as_ref().and_then(|columns| columns.get(at)).unwrap_or(&column.aim);
                    @if !column.head.is_empty() || !column.samples.is_empty() {
                        (column_field(page, description, at, column, aim))
                    }
                }
            }
            @let unfilled = unfilled(description, choices);
            @if !unfilled.is_empty() {
                h2 { (text::FIXED.in_(lang)) }
                p { (text::FIXED_HOW.in_(lang)) }
                @let sheet = fixed_sheet(description, choices, show);
                @for field in unfilled { (sheet.field(page, field)) }
            }
            @if !permit::scope(&page.actor, description, Action::Edit).is_nothing() {
                h2 { (text::OPTIONS.in_(lang)) }
                (parts::field(lang, text::MISSING.in_(lang), Control::check("archive_missing", choices.archive_missing), Some(text::MISSING_HINT.in_(lang)), None))
            }
            div.sk-acts { (parts::submit(text::NEXT.in_(lang), Look::Main)) (parts::go(&format!("/r/{}/import", description.name), text::AGAIN_FILE.in_(lang), Look::Second)) }
        }
        (cancel_form(page, opened))
    };
    page.show(text::TITLE.in_(lang), main)
}

/// Sheet and row of heads, where a person may choose others.
fn sheet_form(page: &Page, opened: &Opened, found: &Matching) -> Markup {
    let (lang, preview) = (page.lang, &found.preview);
    let names: Vec<(String, String)> = (0..)
        .zip(&preview.tabs)
        .map(|(at, tab): (usize, _)| {
            let name = if tab.hidden { say::beside(lang, &tab.name, text::HIDDEN.in_(lang)) } else { tab.name.clone() };
            (at.to_string(), name)
        })
        .collect();
    let options: Vec<Choice<'_>> = names.iter().map(|(value, label)| Choice { value, label }).collect();
    let (head, tab, request) = (preview.head.to_string(), preview.tab.to_string(), Request::new());
    html! {
        form.sk-card.sk-inline method="post" action=(opened.address()) {
            (parts::request_field(request.as_str()))
            (parts::hidden("act", "read"))
            @if preview.tabs.len() > 1 { (parts::field(lang, text::SHEET.in_(lang), Control::choice("sheet", &tab, &options), None, None)) }
            (parts::field(lang, text::HEAD.in_(lang), Control::number("head", &head), Some(text::HEAD_HINT.in_(lang)), None))
            (parts::submit(text::READ_AGAIN.in_(lang), Look::SmallSecond))
        }
    }
}

fn column_field(
    page: &Page,
    description: &Description,
    at: usize,
    column: &register::exchange::Column,
    aim: &Aim,
) -> Markup {
    let lang = page.lang;
    let mut options = Vec::new();
    for field in description.fields.iter().filter(|field| !field.hidden) {
        options.push(Choice { value: &field.name, label: page.say(&field.label) });
    }
    options.push(Choice { value: "#id", label: text::RECORD_ID.in_(lang) });
    options.push(Choice { value: "#archive", label: text::ARCHIVE_COLUMN.in_(lang) });
    let label = match (lang, column.head.is_empty()) {
        (Lang::Ja, false) => format!("{}列「{}」", column.letters, column.head),
        (Lang::Ja, true) => format!("{}列", column.letters),
        (Lang::En, false) => format!("{}: {}", column.letters, column.head),
        (Lang::En, true) => column.letters.clone(),
    };
    let samples = column.samples.join(if lang == Lang::Ja { "、" } else { ", " });
    let hint = match (samples.is_empty(), lang) {
        (true, _) => None,
        (false, Lang::Ja) => Some(format!("例：{samples}")),
        (false, Lang::En) => Some(format!("E.g. {samples}")),
    };
    parts::field(lang, &label, Control::choice(&format!("c{at}"), aim_value(aim), &options), hint.as_deref(), None)
}

/// Required fields that no column fills.
fn unfilled<'a>(description: &'a Description, choices: &Choices) -> Vec<&'a register::describe::Field> {
    let aims = choices.columns.as_deref().unwrap_or_default();
    let filled = |name: &str| aims.iter().any(|aim| matches!(aim, Aim::Field(field) if field == name));
    description.fields.iter().filter(|field| field.required && !field.hidden && !filled(&field.name)).collect()
}

fn fixed_sheet<'a>(description: &'a Description, choices: &Choices, show: &Show) -> Sheet<'a> {
    let mut typed = std::collections::HashMap::new();
    for (name, value) in &choices.fixed {
        typed.insert(name.clone(), vec![value.clone()]);
        if description.field(name).is_some_and(|field| matches!(field.kind, register::describe::Kind::Link { .. })) {
            let shown = value.parse().ok().and_then(|id| show.title(id)).unwrap_or(value);
            typed.insert(format!("{name}_text"), vec![shown.to_owned()]);
        }
    }
    Sheet { description, typed, show: show.clone(), refusal: Refusal::default() }
}

/// The way out of a waiting import.
fn cancel_form(page: &Page, opened: &Opened) -> Markup {
    let request = Request::new();
    html! {
        form.sk-acts method="post" action={ (opened.address()) "/cancel" } {
            (parts::request_field(request.as_str()))
            (parts::submit(text::CANCEL.in_(page.lang), Look::SmallSecond))
        }
    }
}

fn counts(page: &Page, trial: &Trial) -> Markup {
    let all = [
        (text::ADDED, trial.created),
        (text::CHANGED, trial.changed),
        (text::SAME, trial.same),
        (text::ARCHIVED, trial.archived),
        (text::FAULTS, trial.problems.len() as u64),
    ];
    html! {
        ul.sk-counts {
            @for (name, count) in all {
                li .sk-bad[name == text::FAULTS && count > 0] { span.sk-big.sk-num { (say::number(count)) } span { (name.in_(page.lang)) } }
            }
        }
    }
}

pub(super) fn check(
    page: &Page,
    opened: &Opened,
    trial: &Trial,
    show: &Show,
    status: StatusCode,
    notice: Option<Notice>,
) -> Response {
    let lang = page.lang;
    let main = html! {
        (top(page, &opened.description, 2, text::TITLE))
        p.sk-quiet.sk-after { (opened.import.file) "　" (say::count(lang, trial.rows)) }
        (parts::card(Some(text::COUNTS.in_(lang)), html! {
            (counts(page, trial))
            @if trial.is_clean() && trial.writes() == 0 { p { (text::NOTHING.in_(lang)) } }
        }))
        @if !trial.problems.is_empty() { (problems(page, opened, trial)) }
        @if !trial.doubts.is_empty() { (doubts(page, opened, &trial.doubts)) }
        @if !trial.notes.is_empty() {
            (parts::card(Some(text::NOTES.in_(lang)), html! { ul { @for note in &trial.notes { li { (page.say(note)) } } } }))
        }
        @if trial.is_clean() && trial.writes() > 0 { (ready(page, opened, trial)) }
        @else {
            div.sk-acts.sk-after {
                (parts::go(&opened.address(), text::BACK.in_(lang), Look::Second))
                (cancel_form(page, opened))
            }
        }
        @if !trial.samples.is_empty() { (samples(page, opened, &trial.samples, show)) }
    };
    page.show_with(status, text::TITLE.in_(lang), notice, main)
}

fn problems(page: &Page, opened: &Opened, trial: &Trial) -> Markup {
    let (lang, address) = (page.lang, opened.address());
    let again = if opened.is_pasted() {
        (format!("/r/{}/paste?from={}", opened.import.register, opened.row.id), text::CORRECT)
    } else {
        (format!("/r/{}/import", opened.import.register), text::AGAIN)
    };
    let columns = [
        Column::text(text::PLACE.in_(lang)),
        Column::text(text::COLUMN.in_(lang)),
        Column::text(text::FAULT.in_(lang)),
    ];
    let rows: Vec<Row> = trial
        .problems
        .iter()
        .map(|problem| {
            let head = problem.column.as_deref().unwrap_or("");
            vec![html! { (place(page, problem)) }, html! { (head) }, html! { (page.say(&problem.say)) }].into()
        })
        .collect();
    parts::card(
        Some(text::FAULTS.in_(lang)),
        html! {
            p { (text::FAULTS_HOW.in_(lang)) }
            div.sk-acts.sk-after {
                (parts::go(&again.0, again.1.in_(lang), Look::Main))
                (parts::go(&format!("{address}/faults.xlsx"), text::FAULTS_XLSX.in_(lang), Look::SmallSecond))
                (parts::go(&format!("{address}/faults.csv"), text::FAULTS_CSV.in_(lang), Look::SmallSecond))
            }
            (parts::table(lang, text::FAULTS.in_(lang), &columns, &rows))
        },
    )
}

fn doubts(page: &Page, opened: &Opened, doubts: &[Doubt]) -> Markup {
    let (lang, request) = (page.lang, Request::new());
    html! {
        form.sk-card.sk-narrow method="post" action={ (opened.address()) "/answers" } {
            (parts::request_field(request.as_str()))
            h2 { (text::DOUBTS.in_(lang)) }
            @for (at, doubt) in doubts.iter().enumerate() {
                (parts::hidden(&format!("k{at}"), &doubt.key))
                @let ids: Vec<String> = doubt.offered.iter().map(|(id, _)| id.to_string()).collect();
                @let offered = ids.iter().zip(&doubt.offered).map(|(id, (_, told))| Choice { value: id, label: told });
                @let new = doubt.may_be_new.then_some(Choice { value: "new", label: text::NEW_RECORD.in_(lang) });
                @let options: Vec<Choice<'_>> = offered.chain(new).collect();
                (parts::field(lang, page.say(&doubt.say), Control::choice(&format!("d{at}"), "", &options), Some(&doubt.places.join("、")), None))
            }
            div.sk-acts { (parts::submit(text::ANSWER.in_(lang), Look::Main)) }
        }
    }
}

fn ready(page: &Page, opened: &Opened, trial: &Trial) -> Markup {
    let (lang, request) = (page.lang, Request::new());
    let said = [(text::ADDED, trial.created), (text::CHANGED, trial.changed), (text::ARCHIVED, trial.archived)];
    let said: Vec<String> = said
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| match lang {
            Lang::Ja => format!("{}{}件", name.in_(lang), say::number(count)),
            Lang::En => format!("{} {}", name.in_(lang), say::number(count)),
        })
        .collect();
    let verb = say::beside(lang, text::IMPORT.in_(lang), &said.join(if lang == Lang::Ja { "、" } else { ", " }));
    html! {
        section.sk-card {
            h2 { (text::READY.in_(lang)) }
            p { (text::READY_HOW.in_(lang)) }
            div.sk-acts {
                form method="post" action={ (opened.address()) "/check" } {
                    (parts::request_field(request.as_str()))
                    (parts::hidden("seen", &trial.digest))
                    (parts::submit(&verb, Look::Main))
                }
                (parts::go(&opened.address(), text::BACK.in_(lang), Look::Second))
                (cancel_form(page, opened))
            }
        }
    }
}

fn samples(page: &Page, opened: &Opened, samples: &[Sample], show: &Show) -> Markup {
    let lang = page.lang;
    let columns = [
        Column::text(text::RECORD.in_(lang)),
        Column::text(text::ROW.in_(lang)),
        Column::text(text::DOES.in_(lang)),
        Column::text(text::VALUES.in_(lang)),
    ];
    let rows: Vec<Row> = samples
        .iter()
        .map(|sample| {
            let (tone, what) = match sample.what {
                What::Created => (Tone::Good, text::ADDED),
                What::Changed => (Tone::Elsewhere, text::CHANGED),
                What::Archived => (Tone::Void, text::ARCHIVED),
            };
            let row = if sample.row == 0 { "–".to_owned() } else { sample.row.to_string() };
            vec![
                html! { (sample.title) },
                html! { span.sk-num { (row) } },
                parts::chip(tone, what.in_(lang)),
                values(page, &opened.description, sample, show),
            ]
            .into()
        })
        .collect();
    parts::card(Some(text::SAMPLES.in_(lang)), parts::table(lang, text::SAMPLES.in_(lang), &columns, &rows))
}

/// What a row brings: the values of a new record, or those that change.
fn values(page: &Page, description: &Description, sample: &Sample, show: &Show) -> Markup {
    let fields = description.fields.iter().filter(|field| !field.hidden);
    let short = |text: String| -> String {
        let cut: String = text.chars().take(60).collect();
        if cut.len() < text.len() { format!("{cut}…") } else { cut }
    };
    let told = fields.filter_map(|field| {
        let (old, new) = (sample.old.get(&field.name), sample.new.get(&field.name));
        let value = |value| short(show.text(field, value));
        match sample.what {
            What::Created => new.map(|_| say::named(page.lang, page.say(&field.label), &value(new))),
            What::Changed if old != new => {
                let blank =
                    |text: String| if text.is_empty() { page_text::BLANK.in_(page.lang).to_owned() } else { text };
                let arrow = format!("{} → {}", blank(value(old)), blank(value(new)));
                Some(say::named(page.lang, page.say(&field.label), &arrow))
            }
            What::Changed | What::Archived => None,
        }
    });
    let told: Vec<String> = told.collect();
    html! { ul.sk-plain-list { @for value in told.iter().take(SHOWN) { li { (value) } } @if told.len() > SHOWN { li { "…" } } } }
}

pub(super) fn result(page: &Page, opened: &Opened, (who, when): &(String, String), told: &str, runs: bool) -> Response {
    let (lang, import) = (page.lang, &opened.import);
    let label = page.say(&opened.description.label);
    let list = format!("/r/{}", import.register);
    let stage = page.registers.of::<register::built_in::Import>().field("stage").cloned();
    let stage_name = opened.row.body.get("stage").zip(stage).and_then(|(value, field)| match field.kind {
        register::describe::Kind::Choice { options } => {
            options.into_iter().find(|option| Some(option.value.as_str()) == value.as_str()).map(|option| option.label)
        }
        _ => None,
    });
    let stage_name = stage_name.unwrap_or_default();
    let tone = match (opened.row.state == ARCHIVED, import.stage) {
        (true, _) | (_, Stage::Undone) => Tone::Void,
        (_, Stage::Done) => Tone::Good,
        _ => Tone::Held,
    };
    let chip = if opened.row.state == ARCHIVED { text::CANCELLED.in_(lang) } else { page.say(&stage_name) };
    let under_way = matches!(import.stage, Stage::Running | Stage::Undoing);
    let number = |count: u32| html! { span.sk-num { (say::number(count.into())) } };
    let mut facts: Vec<(&str, Markup)> = vec![
        (text::REGISTER.in_(lang), html! { a href=(list) { (label) } }),
        (text::STAGE.in_(lang), parts::chip(tone, chip)),
        (text::BY.in_(lang), html! { (who) }),
        (text::SENT.in_(lang), html! { (when) }),
    ];
    if import.plan_sha256.is_some() {
        facts.push((text::ROW.in_(lang), number(import.rows)));
        facts.push((text::ADDED.in_(lang), number(import.created)));
        facts.push((text::CHANGED.in_(lang), number(import.changed)));
        facts.push((text::ARCHIVED.in_(lang), number(import.archived)));
        if under_way {
            facts.push((text::WRITTEN.in_(lang), number(import.written)));
        }
    }
    facts.push((text::HASH.in_(lang), html! { span.sk-hash { (import.sha256) } }));
    let notice = match (told, under_way, runs) {
        ("done", ..) if import.stage == Stage::Done => Some((Mood::Good, text::DONE_NOW)),
        ("undone", ..) if import.stage == Stage::Undone => Some((Mood::Good, text::UNDONE_NOW)),
        (_, true, true) => Some((Mood::Info, text::RUNNING_NOW)),
        (_, true, false) => Some((Mood::Warn, text::STOPPED)),
        _ => None,
    };
    let notice = notice.map(|(mood, said)| Notice { mood, text: said.in_(lang).to_owned(), more: None });
    let (may_undo, request) = (matches!(import.stage, Stage::Done | Stage::Running) && !runs, Request::new());
    let main = html! {
        (parts::breadcrumb(lang, &[(label, &list)], text::TITLE.in_(lang)))
        (parts::head(&import.file, None, None))
        (parts::card(None, parts::detail_list(&facts)))
        div.sk-acts {
            @if under_way && !runs {
                form method="post" action={ (opened.address()) "/resume" } { (parts::request_field(request.as_str())) (parts::submit(text::RESUME.in_(lang), Look::Main)) }
            }
            (parts::go(&format!("{list}?sort=new"), text::LIST.in_(lang), if under_way { Look::Second } else { Look::Main }))
            (parts::go(&format!("/r/import/{}", opened.row.id), text::PROOF.in_(lang), Look::Second))
            @if may_undo { (parts::go(&format!("{}/undo", opened.address()), text::UNDO.in_(lang), Look::Second)) }
        }
    };
    page.show_with(StatusCode::OK, &import.file, notice, main)
}

pub(super) fn undo(
    page: &Page,
    opened: &Opened,
    touched: &[Touched],
    status: StatusCode,
    refusal: Option<&Refusal>,
) -> Response {
    let (lang, address, request) = (page.lang, opened.address(), Request::new());
    let title = text::UNDO_ASK.in_(lang);
    if !touched.is_empty() {
        let main = html! {
            (parts::head(text::UNDO.in_(lang), None, None))
            (parts::notice(lang, &Notice { mood: Mood::Bad, text: text::TOUCHED.in_(lang).to_owned(), more: Some(html! {
                ul { @for each in touched { li { a href=(page.app.page_of(&opened.import.register, each.id)) { (each.title) } } } }
            }) }))
            div.sk-acts { (parts::go(&address, list_text::BACK.in_(lang), Look::Second)) }
        };
        return page.show_with(status, title, None, main);
    }
    let import = &opened.import;
    let ask = Confirm {
        question: title,
        consequence: html! {
            p { b { (import.file) } }
            p { (text::ADDED.in_(lang)) " " (say::number(import.created.into())) "、" (text::CHANGED.in_(lang)) " " (say::number(import.changed.into())) "、" (text::ARCHIVED.in_(lang)) " " (say::number(import.archived.into())) }
            p { (text::UNDO_HOW.in_(lang)) }
        },
        action: &format!("{address}/undo"),
        request: request.as_str(),
        fields: parts::field(
            lang,
            text::REASON.in_(lang),
            Control::line("reason", "", parts::Kind::Plain).longest(400),
            Some(page_text::REASON_HINT.in_(lang)),
            None,
        ),
        label: text::UNDO.in_(lang),
        look: Look::Danger,
        back: &address,
    };
    let told: Option<Vec<&str>> =
        refusal.map(|refusal| refusal.problems.iter().map(|each| page.say(&each.say)).collect());
    let notice = told.map(|told| Notice { mood: Mood::Warn, text: told.join(" "), more: None });
    page.show_with(status, title, notice, parts::confirm(lang, &ask))
}

//! Erasing a record (消去): one person asks, another approves, and only then is anything destroyed. And reading what is
//! sealed (封).

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use base::id::Id;
use maud::{Markup, html};
use register::built_in::{CARRY_OUT, Erasure};
use register::change::{Change, Op, Request};
use register::describe::{Description, Kind};
use register::find::Row;
use register::permit::Action;
use register::{Body, Failure, LinkAny, Record, Refusal, check, sealed};

use super::detail::{self, Opened};
use super::form;
use super::show;
use crate::answer::Answer;
use crate::parts::{self, Choice, Confirm, Control, Fault, Look, Mood, Notice};
use crate::say::{erase as text, page as page_text};
use crate::visit::{Page, Posted, see_other};

/// The register of requests.
const ERASURE: &str = Erasure::REGISTER.name;

/// A record that may be erased, and the request for it that is open, with the name of whoever asked.
struct Asked {
    opened: Opened,
    request: Option<(Row, Erasure, String, bool)>,
}

async fn open(page: &Page, register: String, id: String) -> Result<Asked, Failure> {
    page.read(move |page, reading| {
        let opened = detail::open(page, reading, &register, &id, Action::Erase)?.there()?;
        let all = reading.pointing::<Erasure>(&opened.row, "about")?;
        let request = match all.into_iter().find(|(row, _)| row.state == "asked") {
            Some((row, erasure)) => {
                let by = reading.origin(&row)?.actor;
                let mine = by == page.actor.ledger_name();
                Some((row, erasure, show::who(reading, page.lang, &by)?, mine))
            }
            None => None,
        };
        Ok(Asked { opened, request })
    })
    .await
}

/// The page of the request: asks for the ground, or for the second person's yes.
pub(super) async fn page(page: Page, Path((register, id)): Path<(String, String)>) -> Answer {
    let asked = open(&page, register, id).await?;
    Ok(draw(&page, StatusCode::OK, &asked, &Request::new(), ("", ""), &Refusal::default()))
}

fn draw(
    page: &Page,
    status: StatusCode,
    asked: &Asked,
    request: &Request,
    typed: (&str, &str),
    refusal: &Refusal,
) -> Response {
    let lang = page.lang;
    let row = &asked.opened.row;
    let here = page.app.page_of(&row.register, row.id);
    let path = format!("/r/{}/{}/erase", row.register, row.id);
    let what = html! { p { b { (row.title) } } (parts::notice(lang, &Notice { mood: Mood::Warn, text: text::HOW.in_(lang).to_owned(), more: None })) };
    let main = if let Some((open, erasure, who, mine)) = &asked.request {
        let ground = ground(page, page.registers.of::<Erasure>(), erasure);
        html! {
            (parts::breadcrumb(lang, &[(&row.title, &here)], text::TITLE.in_(lang)))
            (parts::head(text::TITLE.in_(lang), None, None))
            @for problem in &refusal.problems { (parts::notice(lang, &Notice { mood: Mood::Bad, text: page.say(&problem.say).to_owned(), more: None })) }
            (parts::card(None, html! {
                (what)
                (parts::detail_list(&[
                    (text::ASKED_BY.in_(lang), html! { (who) }),
                    (text::GROUND.in_(lang), html! { (ground) }),
                    (text::WHY.in_(lang), html! { (erasure.why) }),
                ]))
                @if *mine {
                    p { (text::ANOTHER.in_(lang)) }
                } @else {
                    (step(&format!("{path}/{}/{CARRY_OUT}", open.id), row.rev, request, text::APPROVE.in_(lang), Look::Danger))
                }
                (step(&format!("{path}/{}/drop", open.id), row.rev, &Request::new(), text::DROP.in_(lang), Look::Second))
            }))
        }
    } else {
        let description = page.registers.of::<Erasure>();
        let options: Vec<_> = match description.field("ground").map(|field| &field.kind) {
            Some(Kind::Choice { options }) => {
                options.iter().map(|one| (one.value.clone(), page.say(&one.label).to_owned())).collect()
            }
            _ => Vec::new(),
        };
        let options: Vec<_> = options.iter().map(|(value, label)| Choice { value, label }).collect();
        let at = |name: &str| {
            let problem = refusal.problems.iter().find(|problem| problem.field.as_deref() == Some(name));
            problem.map(|problem| page.say(&problem.say))
        };
        let faults: Vec<_> =
            ["ground", "why"].into_iter().filter_map(|name| Some(Fault { name, message: at(name)? })).collect();
        let ask = Confirm {
            question: text::ASK.in_(lang),
            consequence: what,
            action: &path,
            request: request.as_str(),
            fields: html! {
                (parts::field(lang, text::GROUND.in_(lang), Control::choice("ground", typed.0, &options).required(), None, at("ground")))
                (parts::field(lang, text::WHY.in_(lang), Control::line("why", typed.1, parts::Kind::Plain).longest(400).required(), Some(text::WHY_HINT.in_(lang)), at("why")))
            },
            label: text::SEND.in_(lang),
            look: Look::Danger,
            back: &here,
        };
        html! { (parts::error_summary(lang, &faults)) (parts::confirm(lang, &ask)) }
    };
    page.show_with(status, text::TITLE.in_(lang), None, main)
}

fn step(action: &str, rev: u64, request: &Request, label: &str, look: Look) -> Markup {
    html! {
        form.sk-form method="post" action=(action) {
            (parts::request_field(request.as_str())) (parts::hidden("rev", &rev.to_string())) (parts::submit(label, look))
        }
    }
}

fn ground(page: &Page, description: &Description, erasure: &Erasure) -> String {
    let body = register::body_of(erasure);
    let field = description.field("ground");
    let Some((field, value)) = field.and_then(|field| Some((field, body.get("ground")?))) else { return String::new() };
    match &field.kind {
        Kind::Choice { options } => options
            .iter()
            .find(|option| value.as_str() == Some(&option.value))
            .map_or_else(String::new, |option| page.say(&option.label).to_owned()),
        _ => check::write_text(field, value),
    }
}

/// Asks for a record to be erased.
pub(super) async fn ask(page: Page, Path((register, id)): Path<(String, String)>, form: Posted) -> Answer {
    let asked = open(&page, register, id).await?;
    let row = &asked.opened.row;
    let erase = format!("/r/{}/{}/erase", row.register, row.id);
    if asked.request.is_some() {
        return Ok(see_other(&erase));
    }
    let mut body = Body::new();
    body.insert("about".into(), serde_json::json!(LinkAny(row.id)));
    for name in ["ground", "why"] {
        body.insert(name.into(), form.get(name).into());
    }
    let op = Op::Create { register: ERASURE.into(), id: Id::new(page.app.store.clock()), body };
    let change = Change::one(form.request.clone(), asked.opened.permit.clone(), op);
    match page.app.writer.commit(change).await {
        Ok(_) => Ok(see_other(&erase)),
        Err(Failure::Refusal(refusal)) => {
            let typed = (form.get("ground"), form.get("why"));
            Ok(draw(&page, StatusCode::UNPROCESSABLE_ENTITY, &asked, &form.request, typed, &refusal))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Approves a request and erases, or withdraws it.
pub(super) async fn answer(
    page: Page,
    Path((register, id, request, step)): Path<(String, String, String, String)>,
    form: Posted,
) -> Answer {
    let asked = open(&page, register, id).await?;
    let row = &asked.opened.row;
    let here = form::told(&page, &row.register, row.id, "done");
    let Some((open, erasure, ..)) = asked.request.as_ref().filter(|(open, ..)| open.id.to_string() == request) else {
        return Err(Failure::Missing.into());
    };
    let act = |transition: &'static str| Op::Act {
        register: ERASURE.into(),
        id: open.id,
        base: open.rev,
        transition: transition.into(),
        patch: Body::new(),
        note: None,
    };
    let ops = match step.as_str() {
        CARRY_OUT => {
            let ground = format!("{}：{}", ground(&page, page.registers.of::<Erasure>(), erasure), erasure.why);
            let base = form.get("rev").parse().unwrap_or(0);
            vec![act(CARRY_OUT), Op::Erase { register: row.register.clone().into(), id: row.id, base, ground }]
        }
        "drop" => vec![act("drop")],
        _ => return Err(Failure::Missing.into()),
    };
    let permit = asked.opened.permit.clone();
    let change = Change { request: form.request.clone(), permit, ops, reason: None, side: Vec::new() };
    match page.app.writer.commit(change).await {
        Ok(_) => Ok(see_other(&here)),
        Err(Failure::Refusal(refusal)) => {
            Ok(draw(&page, StatusCode::UNPROCESSABLE_ENTITY, &asked, &Request::new(), ("", ""), &refusal))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Shows the sealed fields of a record, once the entry that says so is on the disk.
pub(super) async fn unseal(page: Page, Path((register, id)): Path<(String, String)>, _form: Posted) -> Answer {
    let Opened { row, description, .. } =
        page.read(move |page, reading| detail::open(page, reading, &register, &id, Action::Seal)).await?;
    let lang = page.lang;
    let here = page.app.page_of(&row.register, row.id);
    let opened = sealed::unseal(&page.app.store, &page.app.writer, &page.actor, vec![row]).await?;
    let title = text::OPENED.in_(lang);
    let main = html! {
        @for one in &opened {
            (parts::breadcrumb(lang, &[(&one.row.title, &here)], title))
            (parts::head(&one.row.title, None, None))
            (parts::notice(lang, &Notice { mood: Mood::Info, text: text::NOTED.in_(lang).to_owned(), more: None }))
            @for field in description.fields.iter().filter(|field| field.sealed) {
                @if let Some((_, words)) = one.texts.iter().find(|(name, _)| *name == field.name) {
                    (parts::card(Some(page.say(&field.label)), html! { div.sk-prose { @for line in words.split('\n') { p { (line) } } } }))
                }
            }
            p { (parts::go(&here, page_text::DETAIL.in_(lang), Look::Second)) }
        }
    };
    Ok(page.show(title, main))
}

//! One's own API tokens: made here by whoever has just proved who they are, shown once, and ended here.

use axum::http::StatusCode;
use base::clock::Timestamp;
use base::id::Id;
use maud::{Markup, html};
use register::change::{API_TOKEN, Change};
use register::find::Row;
use register::list::{self, Query};
use register::permit::{Action, decide, scope};
use register::{Failure, Refusal, Registers, check};

use super::own::account_of;
use super::pages::faults;
use crate::answer::Answer;
use crate::api::mint;
use crate::pages::show;
use crate::parts::{self, Choice, Column, Control, Kind, Look, Mood, Notice};
use crate::say::tokens as text;
use crate::visit::{Page, Posted};

/// Tokens that are listed; more of one's own are in the register.
const LISTED: usize = 50;

pub(super) async fn tokens(page: Page) -> Answer {
    shown(&page, StatusCode::OK, None, None, &Refusal::default()).await
}

/// The page; with what was typed and refused, or with the value of a new token.
async fn shown(
    page: &Page,
    status: StatusCode,
    value: Option<&str>,
    typed: Option<&Posted>,
    refusal: &Refusal,
) -> Answer {
    let lang = page.lang;
    account_of(page)?;
    let rows = page
        .read(|page, reading| {
            let description = page.registers.description(API_TOKEN).ok_or(Failure::Missing)?;
            let me = page.actor.person().map(|me| me.to_string()).unwrap_or_default();
            let own = Query { filters: vec![("person".into(), vec![me])], rows: LISTED, ..Query::default() };
            let rows = list::page(reading, description, &scope(&page.actor, description, Action::List), &own)?.rows;
            rows.into_iter()
                .map(|row| reading.token_used(row.id).map(|used| (row, used)))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let title = text::TITLE.in_(lang);
    let notice = value.map(|value| Notice {
        mood: Mood::Good,
        text: text::MADE.in_(lang).to_owned(),
        more: Some(html! { p { (text::ONCE.in_(lang)) } pre.sk-code tabindex="0" { (value) } }),
    });
    let main = html! {
        (parts::breadcrumb(lang, &[(crate::say::own::TITLE.in_(lang), "/account")], title))
        (parts::head(title, None, None))
        p { (text::WHAT.in_(lang)) }
        (faults(page, refusal))
        (parts::card(Some(text::YOURS.in_(lang)), yours(page, &rows)))
        (form(page, typed, refusal))
    };
    Ok(page.show_with(status, title, notice, main))
}

fn yours(page: &Page, rows: &[(Row, Option<i64>)]) -> Markup {
    let lang = page.lang;
    if rows.is_empty() {
        return parts::empty_state(text::NONE.in_(lang), None);
    }
    let Some(description) = page.registers.description(API_TOKEN) else { return html! {} };
    let columns = [text::PURPOSE, text::BOUNDS, text::EXPIRES, text::USED, text::STATE]
        .map(|label| Column::text(label.in_(lang)));
    let table: Vec<parts::Row> = rows
        .iter()
        .map(|(row, used)| {
            let bounds = description.field("bounds").zip(row.body.get("bounds"));
            let used = used.map(|at| page.moment(Timestamp::from_millis(at)));
            vec![
                html! { a href=(page.app.page_of(API_TOKEN, row.id)) { (row.title) } },
                html! { (bounds.map(|(field, value)| check::write_text(field, value)).unwrap_or_default()) },
                html! { span.sk-num { (row.date("expires_on").map(|day| page.day(day)).unwrap_or_default()) } },
                html! { span.sk-num { (used.as_deref().unwrap_or(text::NEVER.in_(lang))) } },
                show::state(page, description, row),
            ]
            .into()
        })
        .collect();
    html! {
        (parts::table(lang, text::YOURS.in_(lang), &columns, &table))
        p.sk-quiet { (text::END_HOW.in_(lang)) }
    }
}

/// The registers that this person may list: a token for any other would be of no use.
fn choices(page: &Page) -> Vec<(String, String)> {
    let registers: &Registers = &page.registers;
    let may = registers.all().filter(|register| !scope(&page.actor, register, Action::List).is_nothing());
    may.map(|register| (register.name.clone(), page.say(&register.label).to_owned())).collect()
}

fn form(page: &Page, typed: Option<&Posted>, refusal: &Refusal) -> Markup {
    let lang = page.lang;
    let value = |name: &str| typed.map_or("", |form| form.get(name));
    let error = |name: &str| {
        let problem = refusal.problems.iter().find(|problem| problem.field.as_deref() == Some(name));
        problem.map(|problem| page.say(&problem.say))
    };
    let registers = choices(page);
    let registers: Vec<Choice<'_>> = registers.iter().map(|(value, label)| Choice { value, label }).collect();
    let chosen: Vec<&str> = typed.map(|form| form.all("register").collect()).unwrap_or_default();
    let kinds = [
        Choice { value: "read", label: text::READ.in_(lang) },
        Choice { value: "write", label: text::WRITE.in_(lang) },
    ];
    let kind = typed.map_or("read", |form| form.get("kind"));
    let half_a_year = page.day(page.app.store.clock().today().plus_days(180));
    let until = typed.map_or(half_a_year.as_str(), |form| form.get("expires_on"));
    parts::form(
        "/account/tokens",
        register::change::Request::new().as_str(),
        html! {
            h2 { (text::NEW.in_(lang)) }
            (parts::field(lang, text::PURPOSE.in_(lang), Control::line("name", value("name"), Kind::Plain).required().longest(80), Some(text::PURPOSE_HINT.in_(lang)), error("name")))
            (parts::field(lang, text::KIND.in_(lang), Control::choice("kind", kind, &kinds).required(), None, error("kind")))
            (parts::field(lang, text::REGISTERS.in_(lang), Control::many("register", &chosen, &registers), Some(text::REGISTERS_HINT.in_(lang)), error("register")))
            (parts::field(lang, text::EXPIRES.in_(lang), Control::date("expires_on", until).required(), Some(text::EXPIRES_HINT.in_(lang)), error("expires_on")))
        },
        parts::submit(text::SUBMIT.in_(lang), Look::Main),
    )
}

/// Reads the bounds that were chosen: no register means all of them.
fn bounds(page: &Page, form: &Posted) -> Result<Vec<String>, Refusal> {
    let Some(kind) = ["read", "write"].into_iter().find(|kind| *kind == form.get("kind")) else {
        let (ja, en) = ("読むだけか、登録と変更もするかを選んでください", "Choose whether it may change records");
        return Err(Refusal::at("kind", ja, en));
    };
    let chosen: Vec<&str> = form.all("register").filter(|name| !name.is_empty()).collect();
    let open = choices(page);
    if chosen.iter().any(|name| open.iter().all(|(known, _)| known != name)) {
        return Err(Refusal::at("register", "台帳を選び直してください", "Choose the registers again"));
    }
    let all = if chosen.is_empty() { vec!["*"] } else { chosen };
    Ok(all.into_iter().map(|register| format!("{register}:{kind}")).collect())
}

/// Makes a token. The table of routes asks for a fresh proof: whoever finds an open session takes no key with them.
pub(super) async fn make(page: Page, form: Posted) -> Answer {
    let account = account_of(&page)?;
    let row = page.app.store.read(move |reading| reading.find("account", account)).await?.ok_or(Failure::Missing)?;
    let made = match change(&page, &form, &row) {
        Ok((value, change)) => page.app.writer.commit(change).await.map(|_| value),
        Err(failure) => Err(failure),
    };
    match made {
        Ok(value) => shown(&page, StatusCode::OK, Some(&value), None, &Refusal::default()).await,
        Err(Failure::Refusal(refusal)) => {
            shown(&page, StatusCode::UNPROCESSABLE_ENTITY, None, Some(&form), &refusal).await
        }
        Err(failure) => Err(failure.into()),
    }
}

fn change(page: &Page, form: &Posted, row: &Row) -> Result<(String, Change), Failure> {
    let person = page.actor.person().ok_or(Failure::Refused)?;
    let bounds = bounds(page, form)?;
    let name = form.get("name").trim();
    if name.is_empty() {
        return Err(Refusal::at("name", "用途を入力してください", "Fill in: purpose").into());
    }
    let expires = base::calendar::read_date(form.get("expires_on").trim()).ok_or_else(|| {
        let (ja, en) = ("有効期限を 令和8年4月1日 のように入力してください", "Write the last day as 2026-04-01");
        Refusal::at("expires_on", ja, en)
    })?;
    let minted = mint(Id::new(page.app.store.clock()), name, (row.id, person), bounds, expires);
    let description = page.registers.description("account").ok_or(Failure::Missing)?;
    let permit = decide(&page.actor, Action::Administer, &row.subject(), description)?;
    Ok((minted.value, Change::one(form.request.clone(), permit, minted.op)))
}

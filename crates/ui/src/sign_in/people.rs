//! The accounts as administrators see them (利用者アカウントの管理): who has which factor, and what is done when somebody is
//! locked out, has lost a device, or has gone.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use base::clock::Timestamp;
use base::id::Id;
use maud::{Markup, html};
use register::change::{Change, Factor, Op, Request, Side};
use register::find::{Reading, Row};
use register::permit::{Action, decide};
use register::{Body, Failure, Refusal};
use serde_json::Value;

use super::account::Account;
use super::factor::{self, Factors, RECOVERY, RESET};
use super::factors::name_of;
use super::pages::permit;
use super::session::Whole;
use super::{acts, codes, own, session};
use crate::answer::Answer;
use crate::app::Known;
use crate::parts::{self, Column, Confirm, Control, Kind, Look, Mood, Notice, Pager, Tone};
use crate::say::{Text, Total, people as text};
use crate::visit::{Page, Posted, see_other, value_of};

/// Accounts on a page.
const ROWS: usize = 50;
/// How long a recovery may take, and its code is good, in ms.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What an administrator can do to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Sessions,
    Disable,
    Enable,
    Reset,
    Recover,
    Confirm,
    Withdraw,
}

impl Step {
    const ALL: [Step; 7] =
        [Self::Sessions, Self::Disable, Self::Enable, Self::Reset, Self::Recover, Self::Confirm, Self::Withdraw];

    const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Reset => "reset",
            Self::Recover => "recover",
            Self::Confirm => "confirm",
            Self::Withdraw => "withdraw",
        }
    }

    fn of(name: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|step| step.name() == name).ok_or(Failure::Missing)
    }

    /// Its button and what it leads to.
    const fn words(self) -> (Text, Text) {
        match self {
            Self::Sessions => (text::SESSIONS, text::SESSIONS_WHAT),
            Self::Disable => (text::DISABLE, text::DISABLE_WHAT),
            Self::Enable => (text::ENABLE, text::ENABLE_WHAT),
            Self::Reset => (text::RESET, text::RESET_WHAT),
            Self::Recover => (text::RECOVER, text::RECOVER_WHAT),
            Self::Confirm => (text::CONFIRM, text::CONFIRM_WHAT),
            Self::Withdraw => (text::WITHDRAW, text::WITHDRAW_WHAT),
        }
    }
}

/// An account with what an administrator must know of it.
struct Seen {
    row: Row,
    account: Account,
    person: String,
    known: Option<Known>,
    /// None where they are not those that the record names.
    factors: Option<Factors>,
    sessions: usize,
}

impl Seen {
    fn of(reading: &Reading<'_>, page: &Page, id: Id) -> Result<Self, Failure> {
        let row = reading.find("account", id)?.ok_or(Failure::Missing)?;
        let account: Account = row.value()?;
        let person = reading.any(account.person.0)?.map(|row| row.title).unwrap_or_default();
        let known = (page.app.areas.person)(reading, account.person.0)?;
        let factors = Factors::of(reading, id, &account)?;
        let now = reading.store().clock().now().millis();
        let sessions = reading.sessions(id)?.iter().filter(|(_, kept)| session::lives(kept, now)).count();
        Ok(Self { row, account, person, known, factors, sessions })
    }

    /// Whether the role of its person needs a second factor.
    fn must(&self, page: &Page) -> bool {
        self.known.as_ref().is_some_and(|known| {
            let actor = session::actor(self.row.id, self.account.person.0, known, "", None);
            factor::must_have(&actor, &page.app.store)
        })
    }

    fn own(&self, page: &Page) -> bool {
        page.actor.person() == Some(self.account.person.0)
    }

    /// A recovery that is under way: who began it, where it waits to be confirmed; until when.
    fn recovery(&self, now: i64) -> Option<(Option<String>, i64)> {
        let reset = self.factors.as_ref()?.reset().filter(|reset| reset.used > now)?;
        Some((reset.secret.strip_prefix("by ").map(ToOwned::to_owned), reset.used))
    }

    fn may(&self, page: &Page, step: Step) -> bool {
        let now = page.app.store.clock().now().millis();
        let (recovery, me) = (self.recovery(now), page.actor.person().map(|id| id.to_string()));
        let usable = self.account.usable(page.app.store.clock().today());
        let whole = usable && self.factors.is_some();
        !self.own(page)
            && self.row.state == register::lifecycle::CURRENT
            && match step {
                Step::Sessions => self.sessions > 0,
                Step::Disable => self.account.disabled != Some(true),
                Step::Enable => self.account.disabled == Some(true),
                Step::Reset => self.factors.as_ref().is_some_and(Factors::strong) && !self.must(page),
                Step::Recover => whole && recovery.is_none(),
                Step::Confirm => whole && recovery.is_some_and(|(by, _)| by.is_some() && by != me),
                Step::Withdraw => recovery.is_some(),
            }
    }
}

pub(super) async fn list(page: Page, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let wanted = base::text::fold(value_of(&pairs, "q").trim());
    let from: usize = value_of(&pairs, "at").parse().unwrap_or(1).max(1);
    let asked = wanted.clone();
    let (all, rows) = page
        .read(move |page, reading| {
            let mut all = Vec::new();
            for (row, account) in reading.values::<Account>()? {
                let person = reading.any(account.person.0)?.map(|row| row.title).unwrap_or_default();
                if [&account.login, &person].into_iter().any(|text| base::text::fold(text).contains(&asked)) {
                    all.push((account.login, row.id));
                }
            }
            all.sort_unstable();
            let shown = all.iter().skip(from - 1).take(ROWS);
            let rows = shown.map(|(_, id)| Seen::of(reading, page, *id)).collect::<Result<Vec<_>, _>>()?;
            Ok((all.len(), rows))
        })
        .await?;
    let lang = page.lang;
    let columns = [text::LOGIN, text::PERSON, text::STATE, text::FACTORS].map(|label| Column::text(label.in_(lang)));
    let lines: Vec<parts::Row> = rows
        .iter()
        .map(|seen| {
            let login = html! { a href={ "/accounts/" (seen.row.id) } { (seen.account.login) } };
            vec![login, html! { (seen.person) }, state(&page, seen), factors(&page, seen)].into()
        })
        .collect();
    let address = |at: usize| format!("/accounts?q={}&at={at}", crate::pages::address::encode(&wanted));
    let (previous, next) = (address(from.saturating_sub(ROWS).max(1)), address(from + ROWS));
    let to = from - 1 + rows.len();
    let pager = Pager {
        from: from as u64,
        to: to as u64,
        of: Total::Exactly(all as u64),
        previous: (from > 1).then_some(previous.as_str()),
        next: (to < all).then_some(next.as_str()),
    };
    let acts = html! {
        (parts::go("/r/account", text::REGISTER.in_(lang), Look::SmallSecond))
        (parts::go("/r/account/new", text::NEW.in_(lang), Look::Small))
    };
    let main = html! {
        (parts::head(text::TITLE.in_(lang), Some(text::LEAD.in_(lang)), Some(acts)))
        form.sk-form action="/accounts" {
            (parts::field(lang, text::FIND.in_(lang), Control::line("q", value_of(&pairs, "q"), Kind::Search).longest(100), None, None))
            (parts::submit(text::FIND_ACT.in_(lang), Look::Second))
        }
        @if rows.is_empty() { (parts::empty_state(text::NONE.in_(lang), None)) } @else {
            (parts::card(None, html! {
                (parts::table(lang, text::TITLE.in_(lang), &columns, &lines))
                (parts::pager(lang, &pager))
            }))
        }
    };
    Ok(page.show(text::TITLE.in_(lang), main))
}

fn state(page: &Page, seen: &Seen) -> Markup {
    let lang = page.lang;
    let gone = seen.known.as_ref().is_none_or(|known| !known.active);
    let (tone, word) = match () {
        () if seen.row.state != register::lifecycle::CURRENT => (Tone::Plain, text::PUT_AWAY),
        () if seen.account.disabled == Some(true) => (Tone::Bad, text::DISABLED),
        () if !seen.account.usable(page.app.store.clock().today()) => (Tone::Bad, text::EXPIRED),
        () if gone => (Tone::Bad, text::GONE),
        () => (Tone::Good, text::ACTIVE),
    };
    html! {
        (parts::chip(tone, word.in_(lang)))
        @if seen.account.emergency == Some(true) { " " (parts::chip(Tone::Held, text::EMERGENCY.in_(lang))) }
    }
}

fn factors(page: &Page, seen: &Seen) -> Markup {
    let lang = page.lang;
    let Some(factors) = &seen.factors else { return parts::chip(Tone::Bad, text::BROKEN.in_(lang)) };
    let second = factors.0.iter().filter(|factor| !matches!(factor.kind.as_str(), RESET | RECOVERY));
    html! {
        @for factor in second { (parts::chip(Tone::Good, name_of(&factor.kind).in_(lang))) " " }
        @if !factors.strong() {
            @let (tone, word) = if seen.must(page) { (Tone::Bad, text::MISSING) } else { (Tone::Plain, text::NO_FACTOR) };
            (parts::chip(tone, word.in_(lang)))
        }
    }
}

async fn seen(page: &Page, id: &str) -> Result<Seen, Failure> {
    let id: Id = id.parse().map_err(|_| Failure::Missing)?;
    page.read(move |page, reading| Seen::of(reading, page, id)).await
}

pub(super) async fn one(page: Page, Path(id): Path<String>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let seen = seen(&page, &id).await?;
    let done = Step::of(value_of(&pairs, "done")).is_ok().then(|| own::good(text::DONE.in_(page.lang)));
    Ok(shown(&page, &seen, done))
}

fn shown(page: &Page, seen: &Seen, notice: Option<Notice>) -> Response {
    let lang = page.lang;
    let now = page.app.store.clock().now().millis();
    let recovery = seen.recovery(now).map(|(by, until)| {
        let words = if by.is_some() { text::WAITS_FOR_ANOTHER } else { text::CODE_IS_OUT };
        html! { (words.in_(lang)) " " span.sk-num { (page.moment(Timestamp::from_millis(until))) } }
    });
    let codes = seen.factors.as_ref().map_or(0, Factors::codes_left);
    let mut facts = vec![
        (
            text::PERSON.in_(lang),
            html! { a href=(page.app.page_of("person", seen.account.person.0)) { (seen.person) } },
        ),
        (text::STATE.in_(lang), state(page, seen)),
        (text::FACTORS.in_(lang), factors(page, seen)),
        (text::CODES_LEFT.in_(lang), html! { (codes) }),
        (text::SIGNED_IN.in_(lang), html! { (seen.sessions) }),
    ];
    facts.extend(recovery.map(|recovery| (text::RECOVERY.in_(lang), recovery)));
    let steps: Vec<Step> = Step::ALL.into_iter().filter(|step| seen.may(page, *step)).collect();
    let record = format!("/r/account/{}", seen.row.id);
    let acts = html! {
        (parts::go(&record, text::HISTORY.in_(lang), Look::SmallSecond))
        @if !seen.own(page) { (parts::go(&format!("{record}/edit"), text::EDIT.in_(lang), Look::SmallSecond)) }
    };
    let main = html! {
        (parts::breadcrumb(lang, &[(text::TITLE.in_(lang), "/accounts")], &seen.account.login))
        (parts::head(&seen.account.login, Some(&seen.person), Some(acts)))
        (parts::card(None, html! { dl.sk-facts { @for (label, fact) in &facts { div { dt { (label) } dd { (fact) } } } } }))
        @if seen.own(page) {
            p { (text::OWN.in_(lang)) " " a href="/account" { (crate::say::own::TITLE.in_(lang)) } }
        } @else if !steps.is_empty() {
            (parts::card(Some(text::STEPS.in_(lang)), html! {
                ul.sk-tasks {
                    @for step in steps {
                        @let (label, what) = step.words();
                        li {
                            div { p.sk-name { (label.in_(lang)) } p.sk-quiet { (what.in_(lang)) } }
                            (parts::go(&format!("/accounts/{}/{}", seen.row.id, step.name()), text::GO_ON.in_(lang), Look::SmallSecond))
                        }
                    }
                }
            }))
        }
    };
    page.show_with(StatusCode::OK, &seen.account.login, notice, main)
}

/// An account to which a step may be done.
async fn for_step(page: &Page, id: &str, step: &str) -> Result<(Seen, Step), Failure> {
    let (seen, step) = (seen(page, id).await?, Step::of(step)?);
    if seen.may(page, step) {
        return Ok((seen, step));
    }
    Err(Refusal::whole(
        "いまの状態では、この操作はできません。アカウントの画面を開き直して確かめてください",
        "As it stands, this can't be done: open the page of the account again",
    )
    .into())
}

pub(super) async fn ask(page: Page, Path((id, step)): Path<(String, String)>) -> Answer {
    let (seen, step) = for_step(&page, &id, &step).await?;
    let lang = page.lang;
    let (label, what) = step.words();
    let (action, back) = (format!("/accounts/{}/{}", seen.row.id, step.name()), format!("/accounts/{}", seen.row.id));
    let request = Request::new();
    let look = if matches!(step, Step::Enable | Step::Withdraw) { Look::Main } else { Look::Danger };
    let ask = Confirm {
        question: label.in_(lang),
        consequence: html! {
            p { b { (seen.account.login) } " " (seen.person) }
            p { (what.in_(lang)) }
        },
        action: &action,
        request: request.as_str(),
        fields: parts::hidden("rev", &seen.row.rev.to_string()),
        label: label.in_(lang),
        look,
        back: &back,
    };
    Ok(page.show(label.in_(lang), parts::confirm(lang, &ask)))
}

pub(super) async fn carry_out(page: Page, Path((id, step)): Path<(String, String)>, form: Posted) -> Answer {
    let (seen, step) = for_step(&page, &id, &step).await?;
    let (app, account, now) = (&page.app, seen.row.id, page.app.store.clock().now().millis());
    let factors = seen.factors.clone().unwrap_or_default();
    let whole = Whole {
        row: seen.row.clone(),
        account: seen.account.clone(),
        known: seen.known.clone().ok_or(Failure::Missing)?,
        factors: factors.clone(),
    };
    super::factors::current(&whole, &form)?;
    let noted = |what| Op::Noted { register: "account".into(), id: account, what };
    let end = || Side::SessionsEnd { account, but: None };
    let turned = |new: Factors, what| {
        let (op, side) = new.instead_of(&factors, &seen.row);
        (vec![op, noted(what)], side)
    };
    let reset = |secret: String| {
        let (id, kind, label) = (RESET.to_owned(), RESET.to_owned(), String::new());
        factors.with(vec![Factor { id, kind, label, secret, added: now, used: now + DAY }])
    };
    let mut code = None;
    let (ops, side) = match step {
        Step::Sessions => (vec![noted(acts::SESSIONS_ENDED)], vec![end()]),
        Step::Disable => (vec![disabled(&seen.row, Value::Bool(true))], vec![end()]),
        Step::Enable => (vec![disabled(&seen.row, Value::Null)], Vec::new()),
        Step::Reset => {
            let (ops, mut side) = turned(Factors::default(), acts::FACTORS_RESET);
            side.push(end());
            (ops, side)
        }
        Step::Recover => {
            let by = page.actor.person().ok_or(Failure::Refused)?;
            turned(reset(format!("by {by}")), acts::RECOVERY_STARTED)
        }
        Step::Confirm => {
            let new = codes::new_code();
            let hash = codes::hash(&new).ok_or_else(|| Failure::Broken("a new code is none".into()))?;
            code = Some(new);
            turned(reset(format!("code {hash}")), acts::RECOVERY_CONFIRMED)
        }
        Step::Withdraw => turned(factors.without(RESET), acts::RECOVERY_WITHDRAWN),
    };
    let permit = if matches!(step, Step::Disable | Step::Enable) {
        let description = app.store.registers().description("account").ok_or(Failure::Missing)?.clone();
        decide(&page.actor, Action::Edit, &seen.row.subject(), &description)?
    } else {
        permit(app, &page.actor, &seen.row)?
    };
    app.writer.commit(Change { request: form.request, permit, ops, reason: None, side }).await?;
    Ok(match code {
        Some(code) => code_page(&page, &seen, &code),
        None => see_other(&format!("/accounts/{account}?done={}", step.name())),
    })
}

fn disabled(row: &Row, value: Value) -> Op {
    let mut patch = Body::new();
    patch.insert("disabled".into(), value);
    Op::Edit { register: "account".into(), id: row.id, base: row.rev, patch }
}

/// The code of a recovery, this once.
fn code_page(page: &Page, seen: &Seen, code: &str) -> Response {
    let lang = page.lang;
    let title = text::CODE_TITLE.in_(lang);
    let notice = Notice { mood: Mood::Good, text: text::CONFIRMED.in_(lang).to_owned(), more: None };
    let main = html! {
        (parts::head(title, Some(&format!("{} {}", seen.account.login, seen.person)), None))
        ul.sk-codes { li { code.sk-code { (code) } } }
        p { (text::CODE_HOW.in_(lang)) }
        p.sk-acts { (parts::go(&format!("/accounts/{}", seen.row.id), text::BACK.in_(lang), Look::Main)) }
    };
    page.show_with(StatusCode::OK, title, Some(notice), main)
}

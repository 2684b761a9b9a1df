//! What administrators are told on every page until one of them has seen it: the account for emergencies was used, somebody
//! came in by a recovery.

use std::collections::BTreeSet;

use base::clock::Timestamp;
use maud::{Markup, html};
use register::change::{Change, Op, Request, Side};
use register::{Failure, Refusal};

use super::{acts, pages};
use crate::answer::Answer;
use crate::parts::{self, Look, Mood, Notice};
use crate::say::alarm as text;
use crate::visit::{Page, Posted, see_other};

/// The banner, for an administrator whom something waits for.
pub(crate) fn alarm(page: &Page) -> Option<Markup> {
    let last = page.alarms.last()?.0.at;
    let lang = page.lang;
    let more = html! {
        ul {
            @for (alarm, login) in &page.alarms {
                li {
                    span.sk-num { (page.moment(Timestamp::from_millis(alarm.at))) } " "
                    a href={ "/accounts/" (alarm.account) } { (login) } " — "
                    (acts::label(&alarm.what).map_or("", |label| label.in_(lang)))
                }
            }
        }
        form method="post" action="/alarms" {
            (parts::request_field(Request::new().as_str()))
            (parts::hidden("at", &last.to_string()))
            p { (text::WHAT_TO_DO.in_(lang)) }
            p.sk-acts { (parts::submit(text::SEEN.in_(lang), Look::Small)) }
        }
    };
    Some(parts::notice(lang, &Notice { mood: Mood::Warn, text: text::TITLE.in_(lang).to_owned(), more: Some(more) }))
}

/// An administrator has seen what they were told.
pub(super) async fn seen(page: Page, form: Posted) -> Answer {
    let reload = || Refusal::whole("画面を開き直してください", "Open the page again");
    let at: i64 = form.get("at").parse().map_err(|_| reload())?;
    let accounts: BTreeSet<_> =
        page.alarms.iter().filter(|(alarm, _)| alarm.at <= at).map(|(alarm, _)| alarm.account).collect();
    for id in accounts {
        let row = page.read(move |_, reading| reading.find("account", id)?.ok_or(Failure::Missing)).await?;
        let permit = pages::permit(&page.app, &page.actor, &row)?;
        let ops = vec![Op::Noted { register: "account".into(), id, what: acts::ALARM_SEEN }];
        let side = vec![Side::AlarmSeen { account: id, at }];
        page.app.writer.commit(Change { request: Request::new(), permit, ops, reason: None, side }).await?;
    }
    Ok(see_other("/accounts"))
}

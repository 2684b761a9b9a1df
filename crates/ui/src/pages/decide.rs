//! Deciding (決裁): one page with the matter, what the policy says of it, and the buttons; what was decided, on the record's
//! page; and the paper that goes round (起案文).

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use base::id::Id;
use maud::{Markup, html};
use register::built_in::{Attachment, Decision, Manner};
use register::change::{Change, Op, Request};
use register::decision;
use register::describe::{Description, Field, Kind};
use register::find::{Reading, Row};
use register::lifecycle::Transition;
use register::permit::{Action, Authority};
use register::{Body, Failure, Refusal, Word, judge};
use serde_json::Value;

use super::change::asked;
use super::detail::{self, Opened};
use super::form::{self, Sheet};
use super::show::{self, Show};
use crate::answer::Answer;
use crate::app::Holder;
use crate::parts::{self, Choice, Control, Look, Mood, Notice, Tone};
use crate::say::{Lang, Text, list as list_text, page as text, text as words};
use crate::visit::{Page, Posted, see_other};

const MATTER: Text = words("内容", "The matter");
const DECISION: Text = words("決裁", "Decision");
const ELSEWHERE: Text = words(
    "他の仕組み（文書管理システム、紙など）で決裁したとき",
    "When it was decided elsewhere (another system, on paper)",
);
const ELSEWHERE_HOW: Text = words(
    "決裁した人、決裁日と、文書番号又は決裁の写しを記録します。",
    "Record who decided and when, with the document number or a scan.",
);
const OWN_MATTER: Text = words(
    "申請した人やその代理の人は、自分の申請を決裁できません。ほかの人が他の仕組みで決裁したときに、その内容を記録できます。",
    "Whoever applied can't decide, nor can their substitute. What another person decided elsewhere can be recorded.",
);
const RECORDER: Text = words(
    "あなたの役割では決裁できません。他の仕組みで決裁したときに、その内容を記録できます。",
    "Your role does not decide this. What was decided elsewhere can be recorded.",
);
const CANNOT: Text = words("このままでは許可できません", "It can't be permitted as it stands");
const CLAUSE: Text = words("根拠となる条項", "The clause");
const EXCEPTION: Text = words("例外措置を申請する", "Apply for an exception");
const SCAN: Text = words("決裁の写し（添付資料から選びます）", "Scan (one of the attached files)");
const NONE_YET: Text = words("まだ決裁されていません。", "Not decided yet.");
const TURN: Text = words("決裁する人", "Who decides");
const NOBODY: Text = words(
    "この手続を決裁する役割の担当者が登録されていません。役割の割当を確かめてください。",
    "Nobody holds the role that decides this: look at the role holdings.",
);
const DECIDED_IN: Text = words("決裁した仕組み", "Decided in");
const TO_REVIEW: Text = words("後閲待ち", "To be reviewed");
const REVIEWED: Text = words("後閲済み", "Reviewed");
const REVIEW: Text = words("後閲する", "Review");
const PAPER: Text = words("起案文を印刷する", "Print the draft");
const DRAFT: Text = words("起案文", "Draft for decision");
const SUBJECT: Text = words("件名", "Subject");
const NUMBER: Text = words("文書番号", "Document number");
const DRAFTED_ON: Text = words("起案日", "Drafted on");
const DRAFTER: Text = words("起案者", "Drafted by");
const DECIDED_ON: Text = words("決裁日", "Decided on");
const STAMPS: Text = words("決裁欄", "Decided by");
const ASIDE: Text = words("別添の資料", "Attached files");
const STEPS: Text = words("経過", "What was done");

/// The fields of a decision that are typed, in the order of the form.
const TYPED: &[&str] = &["decided_on", "drafted_on", "number"];
const TYPED_ELSEWHERE: &[&str] = &["system", "decider", "instead_of"];

/// A decision as the record's page shows it.
pub(super) struct Made {
    id: Id,
    decision: Decision,
    step: String,
    decider: String,
    instead_of: Option<String>,
    reviewed: bool,
    may_review: bool,
}

/// What is known of the decisions on a record, and whose turn it is.
pub(super) struct Known {
    made: Vec<Made>,
    turn: Option<Vec<Holder>>,
}

/// The steps of deciding that lead out of the record's state.
fn open_steps(opened: &Opened) -> impl Iterator<Item = &Transition> {
    let transitions = opened.description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter());
    transitions.filter(|step| step.decides && step.from.contains(&opened.row.state.as_str()))
}

/// Reads the decisions on a record.
pub(super) fn known(page: &Page, reading: &Reading<'_>, opened: &Opened) -> Result<Known, Failure> {
    let mut made = Vec::new();
    let review = reading.registers().of::<Decision>().clone();
    for (row, decision) in reading.pointing::<Decision>(&opened.row, "about")? {
        let name = |id: Id| show::who(reading, page.lang, &id.to_string());
        made.push(Made {
            id: row.id,
            step: detail::label_of(page, &opened.description, &format!("act:{}", decision.step)),
            decider: name(decision.decider.0)?,
            instead_of: decision.instead_of.map(|holder| name(holder.0)).transpose()?,
            reviewed: row.state == "reviewed",
            may_review: detail::may(page, &review, &row.subject(), Action::Act(Word("review"))),
            decision,
        });
    }
    let turn = match open_steps(opened).next() {
        Some(step) => Some((page.app.areas.holders)(reading, &step.roles, opened.row.unit)?),
        None => None,
    };
    Ok(Known { made, turn })
}

fn manner(lang: Lang, manner: Manner) -> &'static str {
    match (manner, lang) {
        (Manner::Own, Lang::Ja) => "決裁",
        (Manner::Own, Lang::En) => "decided",
        (Manner::Delegated, Lang::Ja) => "専決",
        (Manner::Delegated, Lang::En) => "decided by delegation",
        (Manner::Substitute, Lang::Ja) => "代決",
        (Manner::Substitute, Lang::En) => "decided by a substitute",
    }
}

/// The card with the decisions; nothing where the register has none.
pub(super) fn card(page: &Page, opened: &Opened, known: &Known) -> Markup {
    let lang = page.lang;
    let decides =
        opened.description.lifecycle.is_some_and(|lifecycle| lifecycle.transitions.iter().any(|step| step.decides));
    if !decides && known.made.is_empty() {
        return html! {};
    }
    let paper = format!("/r/{}/{}/paper", opened.row.register, opened.row.id);
    parts::card(
        Some(DECISION.in_(lang)),
        html! {
            @if known.made.is_empty() { p { (NONE_YET.in_(lang)) } }
            @for made in &known.made { (one(page, made)) }
            @if let Some(turn) = &known.turn {
                h3 { (TURN.in_(lang)) }
                @if turn.is_empty() { p { (NOBODY.in_(lang)) } } @else {
                    ul.sk-plain-list { @for holder in turn { li { (holder.name) " " span.sk-quiet { (holder.post) } } } }
                }
            }
            p { (parts::go(&paper, PAPER.in_(lang), Look::SmallSecond)) }
        },
    )
}

fn one(page: &Page, made: &Made) -> Markup {
    let (lang, decision) = (page.lang, &made.decision);
    let who = match &made.instead_of {
        Some(holder) => crate::say::beside(lang, &made.decider, &instead(lang, holder)),
        None => made.decider.clone(),
    };
    let mut facts = vec![
        (DECIDED_ON.in_(lang), html! { span.sk-num { (page.day(decision.decided_on)) } }),
        (STAMPS.in_(lang), html! { (who) " " (parts::chip(Tone::Plain, manner(lang, decision.manner))) }),
    ];
    if let Some(number) = &decision.number {
        facts.push((NUMBER.in_(lang), html! { (number) }));
    }
    if let Some(system) = &decision.system {
        facts.push((DECIDED_IN.in_(lang), html! { (system) }));
    }
    html! {
        h3 { (made.step) }
        (parts::detail_list(&facts))
        @if made.instead_of.is_some() {
            p {
                @if made.reviewed { (parts::chip(Tone::Good, REVIEWED.in_(lang))) } @else { (parts::chip(Tone::Held, TO_REVIEW.in_(lang))) }
                @if made.may_review { " " (parts::go(&format!("/r/decision/{}/act/review", made.id), REVIEW.in_(lang), Look::Small)) }
            }
        }
    }
}

fn instead(lang: Lang, holder: &str) -> String {
    match lang {
        Lang::Ja => format!("{holder}に代わって"),
        Lang::En => format!("in place of {holder}"),
    }
}

/// What is to be decided, and how the visitor stands to it.
struct Matter {
    opened: Opened,
    step: Transition,
    /// Nothing where they may only record what another decided.
    authority: Option<Authority>,
    /// The person whose place they take.
    holder: Option<String>,
    /// Names for what the record links to.
    show: Show,
    /// What the policy refuses.
    ahead: Refusal,
    files: Vec<(Id, String)>,
    /// The step, and others that lead out of the same state.
    steps: Vec<Transition>,
}

/// The description of a decision as its form asks for it: whoever decided is one of the people.
fn asked_of(page: &Page) -> Description {
    let mut description = (**page.app.store.registers().of::<Decision>()).clone();
    for field in description.fields.iter_mut().filter(|field| ["decider", "instead_of"].contains(&field.name.as_str()))
    {
        field.kind = Kind::Link { to: Some(page.app.areas.people.to_owned()) };
        field.required = false;
    }
    description
}

fn matter(page: &Page, reading: &Reading<'_>, opened: Opened, step: Transition) -> Result<Matter, Failure> {
    let authority = decision::standing(reading, &page.actor, &opened.row, &step)?;
    let holder = match authority {
        Some(Authority::InsteadOf(holder)) => Some(show::who(reading, page.lang, &holder.to_string())?),
        _ => None,
    };
    let others = |other: &&Transition| {
        let stands = authority_of(page, &opened, other);
        other.name != step.name && stands.is_some_and(|stands| other.decides || stands != Authority::Recorder)
    };
    let transitions = opened.description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter());
    let steps = std::iter::once(step).chain(transitions.filter(others).copied()).collect();
    let files = reading.pointing::<Attachment>(&opened.row, "about")?;
    let body = std::iter::once((&*opened.description, &opened.row.body));
    Ok(Matter {
        show: Show::of(&page.app, page.lang, reading, &page.actor, body)?,
        ahead: judge::ahead(reading, page.app.writer.rules(), &opened.row, &step)?,
        files: files.into_iter().map(|(row, file)| (row.id, file.name)).collect(),
        opened,
        step,
        authority,
        holder,
        steps,
    })
}

fn authority_of(page: &Page, opened: &Opened, step: &Transition) -> Option<Authority> {
    register::permit::authority(&page.actor, step, &opened.row.subject(), &opened.description)
}

/// The page on which a record is decided.
pub(super) async fn ask(page: Page, opened: Opened, step: Transition) -> Answer {
    let description = asked_of(&page);
    let asked = description.clone();
    let (matter, record, decision, typed) = page
        .read(move |page, reading| {
            let mut typed = Body::new();
            typed.insert("decided_on".into(), reading.today().to_string().into());
            typed.insert("drafted_on".into(), reading.origin(&opened.row)?.at.date().to_string().into());
            let names = |description: &Description, body: &Body| {
                Show::of(&page.app, page.lang, reading, &page.actor, std::iter::once((description, body)))
            };
            let (record, decision) = (names(&opened.description, &opened.row.body)?, names(&asked, &typed)?);
            Ok((matter(page, reading, opened, step)?, record, decision, typed))
        })
        .await?;
    let record = Sheet::of(&matter.opened.description, &matter.opened.row.body, record);
    let decision = Sheet::of(&description, &typed, decision);
    Ok(draw(&page, StatusCode::OK, &matter, &record, &decision, &Request::new(), ""))
}

fn draw(
    page: &Page,
    status: StatusCode,
    matter: &Matter,
    record: &Sheet<'_>,
    decision: &Sheet<'_>,
    request: &Request,
    note: &str,
) -> Response {
    let (lang, row, description) = (page.lang, &matter.opened.row, &matter.opened.description);
    let here = page.app.page_of(&row.register, row.id);
    let list = format!("/r/{}", row.register);
    let (verb, act) = (label(lang, &matter.step), format!("/r/{}/{}/act", row.register, row.id));
    let facts: Vec<(&str, Markup)> = description
        .fields
        .iter()
        .filter(|field| !field.hidden && row.body.contains_key(&field.name))
        .map(|field| (page.say(&field.label), matter.show.whole(field, row.body.get(&field.name))))
        .collect();
    let only_elsewhere = !matches!(matter.authority, Some(Authority::Own | Authority::InsteadOf(_)));
    let open = only_elsewhere || !decision.first("system").is_empty() || decision.refuses(TYPED_ELSEWHERE);
    let fields = |names: &[&str]| {
        let fields: Vec<&Field> = names.iter().filter_map(|name| decision.description.field(name)).collect();
        html! { @for field in fields { (decision.field(page, field)) } }
    };
    let ids: Vec<String> = matter.files.iter().map(|(id, _)| id.to_string()).collect();
    let scans = ids.iter().zip(&matter.files).map(|(id, (_, name))| Choice { value: id, label: name });
    let scans: Vec<Choice<'_>> = scans.collect();
    let main = html! {
        (parts::breadcrumb(lang, &[(page.say(&description.label), &list), (&row.title, &here)], verb))
        (parts::head(&row.title, Some(verb), None))
        (record.faults(page))
        (decision.faults(page))
        (refused_ahead(page, &matter.ahead))
            (parts::card(Some(MATTER.in_(lang)), html! {
                (parts::detail_list(&facts))
                @if !matter.files.is_empty() {
                    h3 { (text::ATTACHMENTS.in_(lang)) }
                    ul { @for (_, name) in &matter.files { li { (name) } } }
                }
            }))
            (parts::form(
                &format!("{act}/{}", matter.step.name),
                request.as_str(),
                html! {
                    h2 { (DECISION.in_(lang)) }
                    (parts::hidden("rev", &row.rev.to_string()))
                    @match (&matter.authority, &matter.holder) {
                        (None, _) => p { (OWN_MATTER.in_(lang)) },
                        (Some(Authority::Recorder), _) => p { (RECORDER.in_(lang)) },
                        (_, Some(holder)) => p { (substitutes(lang, holder)) },
                        _ => {}
                    }
                    @for field in asked(&matter.opened.description, &matter.step) { (record.field(page, field)) }
                    (fields(TYPED))
                    @if matter.authority == Some(Authority::Own) {
                        @let options = [Choice { value: "own", label: manner(lang, Manner::Own) }, Choice { value: "delegated", label: manner(lang, Manner::Delegated) }];
                        @let chosen = if decision.first("manner") == "delegated" { "delegated" } else { "own" };
                        (parts::field(lang, decision.description.field("manner").map_or("", |field| page.say(&field.label)), Control::choice("manner", chosen, &options).required(), None, None))
                    }
                    details.sk-more open[open] {
                        summary { (ELSEWHERE.in_(lang)) }
                        p.sk-quiet { (ELSEWHERE_HOW.in_(lang)) }
                        (fields(TYPED_ELSEWHERE))
                        @if !scans.is_empty() { (parts::field(lang, SCAN.in_(lang), Control::choice("scan", decision.first("scan"), &scans), None, None)) }
                    }
                    (parts::field(lang, text::NOTE.in_(lang), Control::area("note", note).longest(2_000), None, None))
                },
                html! {
                    @for (at, step) in matter.steps.iter().enumerate() {
                        (parts::submit_to(&format!("{act}/{}", step.name), label(lang, step), if at == 0 { Look::Main } else { Look::Second }))
                    }
                    (parts::go(&here, list_text::BACK.in_(lang), Look::Second))
                },
            ))
    };
    page.show_with(status, verb, None, main)
}

fn label(lang: Lang, step: &Transition) -> &'static str {
    match lang {
        Lang::Ja => step.ja.0,
        Lang::En => step.en.0,
    }
}

fn substitutes(lang: Lang, holder: &str) -> String {
    match lang {
        Lang::Ja => format!(
            "{holder}さんが不在のため、代わって決裁します（代決）。{holder}さんには、後閲をお願いする対応が出ます。"
        ),
        Lang::En => format!("You decide in place of {holder}, who is asked to look at it afterwards."),
    }
}

/// What the policy's rules refuse, with the clause and the way to an exception.
fn refused_ahead(page: &Page, ahead: &Refusal) -> Markup {
    if ahead.problems.is_empty() {
        return html! {};
    }
    let more = html! { ul { @for problem in &ahead.problems { li { (page.say(&problem.say)) (ways(page, problem.clause)) } } } };
    let notice = Notice { mood: Mood::Bad, text: CANNOT.in_(page.lang).to_owned(), more: Some(more) };
    parts::notice(page.lang, &notice)
}

/// From a rule's refusal to its clause, and to an application for an exception from it.
pub(super) fn ways(page: &Page, clause: Option<Id>) -> Markup {
    let areas = &page.app.areas;
    html! {
        @if let Some(clause) = clause {
            " " a href=(page.app.page_of(areas.clauses, clause)) { (CLAUSE.in_(page.lang)) }
            " " a href={ (areas.exception) (clause) } { (EXCEPTION.in_(page.lang)) }
        }
    }
}

/// Takes a step that decides: the transition and what was decided are one change.
pub(super) async fn take(page: Page, opened: Opened, step: Transition, posted: Posted) -> Answer {
    let posted = Arc::new(posted);
    let description = asked_of(&page);
    let (form, wanted) = (posted.clone(), description.clone());
    let (matter, record, decision, outcome) = page
        .read(move |page, reading| {
            let matter = matter(page, reading, opened, step)?;
            let record = form::show_posted(page, reading, &matter.opened.description, &form)?;
            let decision = form::show_posted(page, reading, &wanted, &form)?;
            let outcome = wish(page, reading, &matter, &wanted, &form)?;
            Ok((matter, record, decision, outcome))
        })
        .await?;
    let row = &matter.opened.row;
    let outcome = match outcome {
        Ok(ops) => {
            let (request, permit) = (posted.request.clone(), matter.opened.permit.clone());
            let change = Change { request, permit, ops, reason: None, side: Vec::new() };
            page.app.writer.commit(change).await.map(|_| ())
        }
        Err(refusal) => Err(Failure::Refusal(refusal)),
    };
    match outcome {
        Ok(()) => Ok(see_other(&form::told(&page, &row.register, row.id, "done"))),
        Err(Failure::Refusal(refusal)) => {
            // Each of the two forms says what is wrong with its own fields; what concerns no field is said once.
            let asks = asked(&matter.opened.description, &step);
            let of_record = |name: &str| asks.iter().any(|field| field.name == name);
            let (own, others) =
                refusal.problems.into_iter().partition(|problem| problem.field.as_deref().is_some_and(of_record));
            let record = Sheet::posted(&matter.opened.description, &posted, record, Refusal { problems: own });
            let decision = Sheet::posted(&description, &posted, decision, Refusal { problems: others });
            let (status, note) = (StatusCode::UNPROCESSABLE_ENTITY, posted.get("note"));
            Ok(draw(&page, status, &matter, &record, &decision, &posted.request, note))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What the form wants: the decision, and the transition.
fn wish(
    page: &Page,
    reading: &Reading<'_>,
    matter: &Matter,
    description: &Description,
    posted: &Posted,
) -> Result<Result<Vec<Op>, Refusal>, Failure> {
    let Matter { opened, step, .. } = matter;
    let typed = TYPED.iter().chain(TYPED_ELSEWHERE).chain(&["manner"]);
    let typed: Vec<&Field> = typed.filter_map(|name| description.field(name)).collect();
    let (made, patch) = match (
        form::read(page, reading, &typed, posted, None)?,
        form::read(page, reading, &asked(&opened.description, step), posted, Some(&opened.row))?,
    ) {
        (Ok(made), Ok(patch)) => (made, patch),
        (made, patch) => {
            let mut all = Refusal::default();
            [made.err(), patch.err()].into_iter().flatten().for_each(|refusal| all.and(refusal));
            return Ok(Err(all));
        }
    };
    let made = match made_of(page, matter, made, posted) {
        Ok(made) => made,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let note = Some(posted.get("note").trim().to_owned()).filter(|note| !note.is_empty());
    Ok(Ok(vec![
        Op::Create { register: "decision".into(), id: Id::new(page.app.store.clock()), body: made },
        Op::Act {
            register: opened.row.register.clone().into(),
            id: opened.row.id,
            base: posted.get("rev").parse().unwrap_or(0),
            transition: step.name.0.into(),
            patch,
            note,
        },
    ]))
}

/// The decision that was typed: the visitor's own, or what another decided elsewhere.
fn made_of(page: &Page, matter: &Matter, mut made: Body, posted: &Posted) -> Result<Body, Refusal> {
    made.retain(|_, value| !value.is_null());
    let elsewhere = made.contains_key("system");
    let mut set = |name: &str, value: String| made.insert(name.to_owned(), Value::String(value));
    set("about", matter.opened.row.id.to_string());
    set("step", matter.step.name.0.to_owned());
    if elsewhere {
        let chosen = matter.files.iter().map(|(id, _)| id.to_string()).find(|id| id == posted.get("scan"));
        if let Some(id) = chosen {
            set("scan", id);
        }
        if made.contains_key("instead_of") {
            made.insert("manner".to_owned(), "substitute".into());
        } else if made.get("manner").and_then(Value::as_str) != Some("delegated") {
            made.insert("manner".to_owned(), "own".into());
        }
        if !made.contains_key("decider") {
            return Err(Refusal::at("decider", "決裁した人を入力してください", "Enter who decided"));
        }
        return Ok(made);
    }
    let (Some(me), Some(Authority::Own | Authority::InsteadOf(_))) = (page.actor.person(), matter.authority) else {
        return Err(Refusal::at(
            "system",
            "決裁した仕組み（文書管理システムの名称や「紙の起案」）を入力してください",
            "Enter where it was decided: the system, or “on paper”",
        ));
    };
    set("decider", me.to_string());
    made.remove("instead_of");
    if let Some(Authority::InsteadOf(holder)) = matter.authority {
        made.insert("instead_of".to_owned(), holder.to_string().into());
        made.insert("manner".to_owned(), "substitute".into());
    } else {
        made.entry("manner").or_insert_with(|| "own".into());
    }
    Ok(made)
}

/// Whose application it is: the person whom it belongs to, or whoever entered it.
pub(super) fn drafter(page: &Page, reading: &Reading<'_>, row: &Row) -> Result<String, Failure> {
    match row.owner {
        Some(owner) => show::who(reading, page.lang, &owner.to_string()),
        None => show::who(reading, page.lang, &reading.origin(row)?.actor),
    }
}

/// The paper that goes round (起案文): the matter, who decides it, what was decided, and what hangs on it.
pub(super) async fn paper(page: Page, Path((register, id)): Path<(String, String)>) -> Answer {
    let (opened, show, known, files, acts, drafted) = page
        .read(move |page, reading| {
            let opened = detail::open(page, reading, &register, &id, Action::View)?;
            let body = std::iter::once((&*opened.description, &opened.row.body));
            let show = Show::of(&page.app, page.lang, reading, &page.actor, body)?;
            let known = known(page, reading, &opened)?;
            let files = reading.pointing::<Attachment>(&opened.row, "about")?;
            let mut acts = Vec::new();
            for act in reading.acts(&opened.row)?.into_iter().rev() {
                let who = show::who(reading, page.lang, &act.actor)?;
                acts.push((page.moment(act.at), who, detail::label_of(page, &opened.description, &act.what), act.note));
            }
            let first = reading.origin(&opened.row)?;
            let drafted = (page.day(first.at.date()), drafter(page, reading, &opened.row)?);
            Ok((opened, show, known, files, acts, drafted))
        })
        .await?;
    detail::viewed(&page, &opened.row, &opened.description).await?;
    let (lang, row) = (page.lang, &opened.row);
    let newest = known.made.last().map(|made| &made.decision);
    let day =
        |day: Option<base::date::Date>| html! { span.sk-num { (day.map(|day| page.day(day)).unwrap_or_default()) } };
    let number = newest.and_then(|decision| decision.number.clone()).unwrap_or_default();
    let drafted_on = newest.and_then(|decision| decision.drafted_on).map_or(drafted.0, |day| page.day(day));
    let head = [
        (SUBJECT.in_(lang), html! { b { (row.title) } }),
        (NUMBER.in_(lang), html! { (number) }),
        (DRAFTED_ON.in_(lang), html! { span.sk-num { (drafted_on) } }),
        (DRAFTER.in_(lang), html! { (drafted.1) }),
        (DECIDED_ON.in_(lang), day(newest.map(|decision| decision.decided_on))),
    ];
    let facts: Vec<(&str, Markup)> = opened
        .description
        .fields
        .iter()
        .filter(|field| !field.hidden && row.body.contains_key(&field.name))
        .map(|field| (page.say(&field.label), show.whole(field, row.body.get(&field.name))))
        .collect();
    let list = format!("/r/{}", row.register);
    let here = page.app.page_of(&row.register, row.id);
    let main = html! {
        (parts::breadcrumb(lang, &[(page.say(&opened.description.label), &list), (&row.title, &here)], DRAFT.in_(lang)))
        (parts::head(&format!("{}　{}", DRAFT.in_(lang), page.say(&opened.description.label)), None, None))
        (parts::card(None, html! {
            (parts::detail_list(&head))
            h2 { (STAMPS.in_(lang)) }
            div.sk-stamps {
                @for made in &known.made {
                    div {
                        p.sk-quiet { (made.step) }
                        p { b { (made.decider) } @if let Some(holder) = &made.instead_of { br; (instead(lang, holder)) } }
                        p { (manner(lang, made.decision.manner)) " " span.sk-num { (page.day(made.decision.decided_on)) } }
                        @if made.instead_of.is_some() { p { (if made.reviewed { REVIEWED } else { TO_REVIEW }.in_(lang)) } }
                    }
                }
                @for holder in known.turn.iter().flatten() { div { p.sk-quiet { (holder.post) } p { (holder.name) } } }
            }
            h2 { (MATTER.in_(lang)) }
            (parts::detail_list(&facts))
            @if !files.is_empty() {
                h2 { (ASIDE.in_(lang)) }
                ol { @for (_, file) in &files { li { (file.name) br; code.sk-hash { "SHA-256 " (file.sha256) } } } }
            }
            h2 { (STEPS.in_(lang)) }
            ul.sk-plain-list { @for (when, who, what, note) in &acts { li { span.sk-num { (when) } "　" (who) "　" (what) @if let Some(note) = note { "　「" (note) "」" } } } }
            p.sk-quiet { (text::ENTRY.in_(lang)) " " span.sk-num { (row.seq) } }
        }))
    };
    Ok(page.show(DRAFT.in_(lang), main))
}

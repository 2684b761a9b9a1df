//! Applying (申請する) and deciding (決裁する): what can be applied for, and what waits for the visitor.

use maud::{Markup, html};
use register::built_in::Decision;
use register::decision;
use register::describe::Description;
use register::find::{Reading, Row};
use register::lifecycle::Transition;
use register::list::{self, Order, Query};
use register::permit::{self, Action, Actor, Authority, Part, Scope};
use register::{Failure, Record, Word};

use super::decide::drafter;
use super::show;
use crate::answer::Answer;
use crate::parts::{self, Look, Task};
use crate::say::{Text, text};
use crate::visit::Page;

const APPLY: Text = text("申請する", "Apply");
const WHAT: Text = text("申請できるもの", "What you can apply for");
const NOTHING: Text = text("申請できるものはありません。", "There is nothing that you can apply for.");
const MINE: Text = text("自分の申請", "My applications");
const NONE_MINE: Text = text("まだ申請していません。", "You have not applied for anything yet.");
const DECIDE: Text = text("決裁する", "Decide");
const WAITING: Text = text("あなたの決裁を待っているもの", "Waiting for your decision");
const NONE_WAITING: Text = text("決裁を待っているものはありません。", "Nothing waits for your decision.");
const REVIEW: Text = text("後閲を待っているもの", "To be reviewed afterwards");
const REVIEW_IT: Text = text("後閲する", "Review");
const LOOK: Text = text("内容を見る", "Look at it");

/// Rows of each register that a page shows.
const SHOWN: usize = 50;

/// A record that waits for somebody's decision, and the step that would be taken.
pub struct Waiting {
    /// The record.
    pub row: Row,
    /// The step.
    pub step: Transition,
    /// Whether it would be decided in another's place (代決).
    pub instead: bool,
}

/// What waits for the actor's decision, oldest first: every record of which a step that decides is theirs to take now.
///
/// # Errors
/// The store's failure.
pub fn waiting(reading: &Reading<'_>, actor: &Actor) -> Result<Vec<Waiting>, Failure> {
    let mut found: Vec<Waiting> = Vec::new();
    for description in reading.registers().all() {
        let steps = description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter());
        for step in steps.filter(|step| step.decides) {
            let scope = permit::scope(actor, description, Action::Act(step.name));
            for row in some(reading, description, &scope)? {
                if found.iter().any(|other| other.row.id == row.id) {
                    continue;
                }
                match decision::standing(reading, actor, &row, step)? {
                    Some(Authority::Own) => found.push(Waiting { row, step: *step, instead: false }),
                    Some(Authority::InsteadOf(_)) => found.push(Waiting { row, step: *step, instead: true }),
                    Some(Authority::Recorder) | None => {}
                }
            }
        }
    }
    found.sort_by_key(|waiting| waiting.row.seq);
    Ok(found)
}

/// Decisions that a substitute made in the actor's place, and that they have not looked at yet (後閲待ち).
///
/// # Errors
/// The store's failure.
pub fn to_review(reading: &Reading<'_>, actor: &Actor) -> Result<Vec<Row>, Failure> {
    let description = reading.registers().of::<Decision>();
    some(reading, description, &permit::scope(actor, description, Action::Act(Word("review"))))
}

/// The newest applications of the actor.
///
/// # Errors
/// The store's failure.
pub fn own(reading: &Reading<'_>, actor: &Actor) -> Result<Vec<Row>, Failure> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let scope = Scope { allow: vec![Part { own: Some(person), ..Part::default() }], deny: Vec::new() };
    let mut all = Vec::new();
    for description in applications(reading).filter(|description| description.owner.is_some()) {
        all.extend(some(reading, description, &scope)?);
    }
    all.sort_by_key(|row| std::cmp::Reverse(row.seq));
    Ok(all)
}

fn applications<'a>(reading: &'a Reading<'_>) -> impl Iterator<Item = &'a Description> {
    let all = reading.registers().all().map(|description| &**description);
    all.filter(|description| description.lifecycle.is_some_and(|lifecycle| lifecycle.is_application()))
}

fn some(reading: &Reading<'_>, description: &Description, scope: &Scope) -> Result<Vec<Row>, Failure> {
    if scope.is_nothing() {
        return Ok(Vec::new());
    }
    let query = Query { order: Order::Newest, rows: SHOWN, ..Query::default() };
    Ok(list::page(reading, description, scope, &query)?.rows)
}

/// What can be applied for, and what became of one's own applications.
pub(super) async fn apply(page: Page) -> Answer {
    let (kinds, mine) = page
        .read(|page, reading| {
            let open =
                |description: &&Description| !permit::scope(&page.actor, description, Action::Create).is_nothing();
            let kinds: Vec<Description> = applications(reading).filter(open).cloned().collect();
            Ok((kinds, own(reading, &page.actor)?))
        })
        .await?;
    let lang = page.lang;
    let tasks: Vec<Task> = kinds
        .iter()
        .map(|description| Task {
            heading: page.say(&description.label).to_owned(),
            note: String::new(),
            due: None,
            act: parts::go(&form_for(&page, description), APPLY.in_(lang), Look::Small),
        })
        .collect();
    let mine: Vec<Markup> = mine.iter().map(|row| brief(&page, row)).collect();
    let main = html! {
        (parts::head(APPLY.in_(lang), None, None))
        (parts::card(Some(WHAT.in_(lang)), html! {
            @if tasks.is_empty() { (parts::empty_state(NOTHING.in_(lang), None)) } @else { (parts::tasks(&tasks)) }
        }))
        (parts::card(Some(MINE.in_(lang)), html! {
            @if mine.is_empty() { (parts::empty_state(NONE_MINE.in_(lang), None)) } @else { ul.sk-brief { @for row in &mine { (row) } } }
        }))
    };
    Ok(page.show(APPLY.in_(lang), main))
}

/// The form of an application with what is known beforehand: who applies, and for which section.
fn form_for(page: &Page, description: &Description) -> String {
    let mut address = format!("/r/{}/new", description.name);
    let home = page.known.as_ref().and_then(|known| known.home);
    let known = [(&description.owner, page.actor.person()), (&description.unit, home)];
    let known = known.into_iter().filter_map(|(field, id)| Some(format!("{}={}", field.as_deref()?, id?)));
    for (at, pair) in known.enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&pair);
    }
    address
}

/// An application in a line: what it is, since when, and its state.
fn brief(page: &Page, row: &Row) -> Markup {
    let registers = page.app.store.registers();
    let description = registers.description(&row.register);
    html! {
        @if let Some(description) = description {
            li {
                a href=(page.app.page_of(&row.register, row.id)) { (row.title) } " "
                (show::state(page, description, row)) " "
                span.sk-quiet { (page.say(&description.label)) }
            }
        }
    }
}

/// What waits for the visitor's decision.
pub(super) async fn decide(page: Page) -> Answer {
    let (waiting, reviews) = page
        .read(|page, reading| {
            let mut waits = Vec::new();
            for waiting in waiting(reading, &page.actor)? {
                let first = reading.origin(&waiting.row)?;
                let who = drafter(page, reading, &waiting.row)?;
                waits.push((waiting, page.moment(first.at), who));
            }
            Ok((waits, to_review(reading, &page.actor)?))
        })
        .await?;
    let (lang, registers) = (page.lang, page.app.store.registers());
    let waits: Vec<Task> = waiting
        .iter()
        .map(|(waiting, when, who)| {
            let row = &waiting.row;
            let kind = registers.description(&row.register).map_or("", |d| page.say(&d.label));
            let href = format!("/r/{}/{}/act/{}", row.register, row.id, waiting.step.name);
            let heading = if row.title.is_empty() { kind.to_owned() } else { row.title.clone() };
            Task {
                heading,
                note: format!("{kind}　{who}　{when}"),
                due: None,
                act: parts::go(&href, LOOK.in_(lang), Look::Small),
            }
        })
        .collect();
    let reviews: Vec<Task> = reviews
        .iter()
        .map(|row| Task {
            heading: row.title.clone(),
            note: row.date("decided_on").map(|day| page.day(day)).unwrap_or_default(),
            due: None,
            act: parts::go(
                &format!("/r/{}/{}/act/review", Decision::REGISTER.name, row.id),
                REVIEW_IT.in_(lang),
                Look::Small,
            ),
        })
        .collect();
    let main = html! {
        (parts::head(DECIDE.in_(lang), None, None))
        (parts::card(Some(WAITING.in_(lang)), html! {
            @if waits.is_empty() { (parts::empty_state(NONE_WAITING.in_(lang), None)) } @else { (parts::tasks(&waits)) }
        }))
        @if !reviews.is_empty() { (parts::card(Some(REVIEW.in_(lang)), parts::tasks(&reviews))) }
    };
    Ok(page.show(DECIDE.in_(lang), main))
}

//! The first page of everybody.

use axum::http::Method;
use axum::routing::get;
use base::date::Date;
use maud::{Markup, html};
use register::Failure;
use register::find::Reading;
use register::permit::Role;
use ui::pages::address::encode;
use ui::parts::{self, Due, Look, Task, Tone};
use ui::say::{Lang, Text, count, named, text};
use ui::{Answer, Guard, Limits, Page, Route};

use super::duties::{self, Duty};
use crate::organisation::{Person, RoleHolding};
use crate::standing;

/// The first page.
pub const ROUTES: &[Route] = &[Route::new(Method::GET, "/today", Guard::SignedIn, Limits::PAGE, || get(today))];

const TASKS: Text = text("やること", "To do");
const CALM: Text = text("本日の対応はありません。", "There is nothing to do today.");
const HELP: Text = text("困ったとき、気づいたとき", "When something is wrong");
const HELP_HOW: Text = text(
    "怪しいメール、紛失、誤送信。迷ったらまず知らせてください。早い報告を優先します。",
    "A suspicious mail, something lost, something sent to the wrong person: when in doubt, tell us first.",
);
const CONTACT: Text = text("連絡先", "Whom to tell");
const STANDING: Text = text("遵守状況", "Standing");
const IMPORT: Text = text("情報セキュリティ基本方針を取り込む", "Import the information-security policy");
const IMPORT_NOTE: Text = text(
    "お使いの方針の文書から、条項、用語、機関を読み取ります",
    "Clauses, terms and organs are read from your own document",
);
const ADOPT: Text = text("決裁を記録する", "Record the decision");
const DECIDE: Text = text("決裁待ち", "Waiting for your decision");
const DECIDE_NOTE: Text = text("申請の内容を確かめて、決裁してください", "Look at the applications and decide");
const REVIEW: Text = text("後閲する", "Review what was decided in your place");
const REVIEW_NOTE: Text =
    text("不在の間に、代理の人が代わって決裁しました", "Your substitute decided this while you were away");
const CORRECT: Text = text("差し戻された申請を直す", "Put right an application that was sent back");
const CORRECT_NOTE: Text = text(
    "履歴の意見を確かめ、直してからもう一度申請してください",
    "See the note in its history, change it and apply again",
);
const BACK: Text = text("持ち出した資産を返却する", "Bring back what was carried out");
const BACK_NOTE: Text = text("返却したら、返却日を記録してください", "Once it is back, record the day");
const RETURN: Text = text("返却を記録する", "Record the return");
const CONFIRM: Text = text("適用外の申告を確認する", "Confirm a declaration of not applicable");
const CONFIRM_NOTE: Text =
    text("申告した人とは別の人の確認が必要です", "It needs another person than the one who declared it");
const LOOK: Text = text("内容を見る", "Look at it");
const RENEW: Text = text("新しい資料を出す", "Hand in a new one");
const AGAIN: Text = text("改めて申告する", "Declare again");
const ENDS: Text =
    text("申告の期間が終わります。その後は未確認になります", "The declaration ends; after that the clause is unproven");
const ENDED: Text =
    text("申告の期間が終わり、未確認になっています", "The declaration has ended, so the clause is unproven");
const INVENTORY: Text = text("情報資産の棚卸し", "Inventory of information assets");
const INVENTORY_NOTE: Text = text(
    "所管する資産の保管場所と区分を確かめ、棚卸日を更新してください",
    "Check place and grades of your assets and update the day",
);
const PLACE: Text = text("保管場所の記録がない情報資産", "Information assets without a recorded place");
const PLACE_NOTE: Text = text("保管場所を記録してください", "Record where they are kept");
const LIST: Text = text("一覧を開く", "Open the list");
const HOW: Text = text("方法を見る", "See how");

async fn today(page: Page) -> Answer {
    let (duties, maps, contacts) = page
        .read(|page, reading| {
            let duties = duties::of(reading, &page.actor)?;
            let watches =
                [Role::Ciso, Role::Chief, Role::Head, Role::Auditor].into_iter().any(|role| page.actor.holds(role));
            let maps = if watches { standing::maps(reading)? } else { Vec::new() };
            Ok((duties, maps, contacts(reading)?))
        })
        .await?;
    let lang = page.lang;
    let today = page.app.store.clock().today();
    let late = duties.iter().filter(|duty| duty.due().is_some_and(|due| due < today)).count() as u64;
    let title = title(lang, duties.len() as u64, late);
    let day = match lang {
        Lang::Ja => format!("{} {}曜日", page.day(today), today.weekday_ja()),
        Lang::En => today.to_string(),
    };
    let tasks: Vec<Task> = duties.iter().map(|duty| task(&page, duty, today)).collect();
    let main = html! {
        (parts::head(&title, Some(&day), None))
        (parts::card(Some(TASKS.in_(lang)), html! {
            @if tasks.is_empty() { (parts::empty_state(CALM.in_(lang), None)) } @else { (parts::tasks(&tasks)) }
        }))
        (parts::columns(&[
            parts::card(Some(HELP.in_(lang)), html! {
                p { (HELP_HOW.in_(lang)) }
                @if !contacts.is_empty() {
                    p.sk-quiet { (CONTACT.in_(lang)) }
                    ul.sk-plain-list { @for (who, reached) in &contacts { li { (who) br; @for way in reached { span.sk-quiet.sk-way { (way) } " " } } } }
                }
            }),
            html! { @if !maps.is_empty() { (parts::card(Some(STANDING.in_(lang)), standing::in_short(&page, &maps))) } },
        ]))
    };
    Ok(page.show(&title, main))
}

fn title(lang: Lang, all: u64, late: u64) -> String {
    match (lang, late) {
        (Lang::Ja, 0) => format!("本日の対応 {}", count(lang, all)),
        (Lang::Ja, _) => format!("本日の対応 {}（期限超過 {}）", count(lang, all), count(lang, late)),
        (Lang::En, 0) => format!("To do today: {all}"),
        (Lang::En, _) => format!("To do today: {all} ({late} overdue)"),
    }
}

/// Who is told first: the chief officer and the system managers, with what the register knows of them.
fn contacts(reading: &Reading<'_>) -> Result<Vec<(String, Vec<String>)>, Failure> {
    let today = reading.today();
    let mut all = Vec::new();
    for (_, held) in reading.values::<RoleHolding>()? {
        if matches!(held.role, Role::Chief | Role::SystemManager) && held.holds(today) {
            let Some(row) = reading.find("person", held.person.id)? else { continue };
            let person: Person = row.value()?;
            let reached = [person.phone, person.mail].into_iter().flatten().collect();
            all.push((format!("{}　{}", held.post, person.name), reached));
        }
    }
    Ok(all)
}

/// A heading with how many there are: 「情報資産の棚卸し 28件」, "Inventory of information assets: 28".
fn counted(lang: Lang, what: Text, things: u64) -> String {
    let between = if lang == Lang::Ja { " " } else { ": " };
    format!("{}{between}{}", what.in_(lang), count(lang, things))
}

fn due(page: &Page, day: Date, today: Date) -> Due {
    let days = today.days_until(day);
    let left = match (page.lang, days) {
        (Lang::Ja, ..0) => format!("{}日超過", -days),
        (Lang::Ja, 0) => "今日".to_owned(),
        (Lang::Ja, _) => format!("残り{days}日"),
        (Lang::En, ..0) => format!("{} days overdue", -days),
        (Lang::En, 0) => "today".to_owned(),
        (Lang::En, _) => format!("{days} days left"),
    };
    let day = match page.lang {
        Lang::Ja if day.year() == today.year() => format!("{}月{}日({})", day.month(), day.day(), day.weekday_ja()),
        Lang::Ja => base::calendar::wareki(day),
        Lang::En => day.to_string(),
    };
    Due { day, left, tone: if days < 0 { Tone::Bad } else { Tone::Plain } }
}

fn task(page: &Page, duty: &Duty, today: Date) -> Task {
    let lang = page.lang;
    let small = |href: &str, label: Text| -> Markup { parts::go(href, label.in_(lang), Look::SmallSecond) };
    let (heading, note, act) = match duty {
        Duty::ImportPolicy => (IMPORT.in_(lang).to_owned(), IMPORT_NOTE.in_(lang).to_owned(), small("/standing", HOW)),
        Duty::Adopt { edition, unsure } => {
            let note = match lang {
                Lang::Ja => format!("案の状態です。読み取りに自信がない箇所が{unsure}件あります"),
                Lang::En => format!("It is a draft; {unsure} places were read with doubt"),
            };
            let document = edition
                .link("document")
                .map_or_else(|| "/r/document".to_owned(), |id| format!("/documents/{id}?edition={}", edition.id));
            (named(lang, ADOPT.in_(lang), &edition.title), note, small(&document, LOOK))
        }
        Duty::Decide { count: waiting } => {
            (counted(lang, DECIDE, *waiting), DECIDE_NOTE.in_(lang).to_owned(), small("/decide", LIST))
        }
        Duty::Review { decision } => {
            let href = format!("/r/decision/{}/act/review", decision.id);
            (named(lang, REVIEW.in_(lang), &decision.title), REVIEW_NOTE.in_(lang).to_owned(), small(&href, LOOK))
        }
        Duty::Correct { application } => {
            let href = page.app.page_of(&application.register, application.id);
            (named(lang, CORRECT.in_(lang), &application.title), CORRECT_NOTE.in_(lang).to_owned(), small(&href, LOOK))
        }
        Duty::BringBack { carry_out, .. } => {
            let href = format!("/r/carry_out/{}/act/give_back", carry_out.id);
            (named(lang, BACK.in_(lang), &carry_out.title), BACK_NOTE.in_(lang).to_owned(), small(&href, RETURN))
        }
        Duty::Confirm { declaration } => {
            let heading = named(lang, CONFIRM.in_(lang), &declaration.title);
            (heading, CONFIRM_NOTE.in_(lang).to_owned(), small(&format!("/r/declaration/{}", declaration.id), LOOK))
        }
        Duty::Renew { clause, paper, .. } => {
            let note = match lang {
                Lang::Ja => format!("「{}」の有効期限です", paper.title),
                Lang::En => format!("“{}” is no longer fresh after this day", paper.title),
            };
            let back = encode(&format!("/clauses/{}", clause.id));
            (
                format!("{} {}", clause.text("number"), clause.title),
                note,
                small(&format!("/r/evidence/new?clause={}&back={back}", clause.id), RENEW),
            )
        }
        Duty::DeclareAgain { clause, declaration, until } => {
            let note = if *until < today { ENDED } else { ENDS }.in_(lang).to_owned();
            let back = encode(&format!("/clauses/{}", clause.id));
            let me = page.actor.person().map(|me| format!("&declared_by={me}")).unwrap_or_default();
            let kind = declaration.text("kind");
            let href = format!("/r/declaration/new?clause={}&kind={kind}{me}&back={back}", clause.id);
            (format!("{} {}", clause.text("number"), clause.title), note, small(&href, AGAIN))
        }
        Duty::Inventory { count: assets, .. } => {
            let href = format!("/r/asset?review_by.to={}&sort=review_by", today.plus_days(30));
            (counted(lang, INVENTORY, *assets), INVENTORY_NOTE.in_(lang).to_owned(), small(&href, LIST))
        }
        Duty::Place { count: assets } => {
            (counted(lang, PLACE, *assets), PLACE_NOTE.in_(lang).to_owned(), small("/r/asset?place=", LIST))
        }
    };
    Task { heading, note, due: duty.due().map(|day| due(page, day, today)), act }
}

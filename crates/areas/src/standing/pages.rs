//! The map of clauses, and the page of one clause with the slot for its proof.

use axum::extract::{Path, Query as Pairs};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use base::id::Id;
use maud::{Markup, html};
use policy::standing::{Judged, Kind, Reason, Standing, Strength};
use register::find::{Reading, Row};
use register::permit::{self, Action, decide};
use register::{Failure, Record};
use ui::pages::address::encode;
use ui::parts::{self, Look, Mood, Notice, Tile, TileRow, Tone};
use ui::say::{Lang, Text, count, named, text, until};
use ui::{Answer, Guard, Limits, Page, Route};

use super::judge::{AllFacts, Map, Proven, maps, met};
use super::records::{Declaration, Evidence};
use crate::documents::{Clause, Document};

/// The map, and a clause.
pub const ROUTES: &[Route] = &[
    Route::new(Method::GET, "/standing", Guard::On(Clause::REGISTER.name, Action::List), Limits::PAGE, || {
        get(standing)
    }),
    Route::new(Method::GET, "/clauses/{id}", Guard::On(Clause::REGISTER.name, Action::View), Limits::PAGE, || {
        get(clause)
    }),
];

const TITLE: Text = text("遵守状況", "Standing");
const MET: Text = text("遵守している条項", "Clauses that are met");
const NONE: Text = text(
    "方針がまだ取り込まれていません。お使いの情報セキュリティ基本方針を取り込むと、条項ごとの状況が表示されます。",
    "No policy has been imported yet. Import your policy, and the standing of each clause appears here.",
);
const NONE_HOW: Text = text("サーバで次のコマンドを実行してください：", "Run this command on the server:");
const HONEST: Text = text(
    "状況は、期限内の証拠資料と申告だけから計算しています。資料のない条項は「未確認」です。目的と定義は数えません。",
    "Computed from evidence and declarations that are still fresh, and from nothing else. A clause without any is unproven. Purpose and definitions are not counted.",
);
const MAP: Text = text("条項の地図", "Map of clauses");
const TURN: Text = text("確認が必要な条項", "Clauses that need proof");
const CLAUSE: Text = text("条項", "Clause");
const STATE: Text = text("状況", "Standing");
const WHY: Text = text("理由", "Why");
const UNTIL: Text = text("いつまで", "Until");
const NEXT: Text = text("対応", "Next");
const HAND_IN: Text = text("証拠資料を提出する", "Hand in evidence");
const DECLARE: Text =
    text("申告する（該当なし・提供元で実施・適用外）", "Declare (nothing occurred, provided, not applicable)");
const EVIDENCE: Text = text("証拠資料", "Evidence");
const DECLARATIONS: Text = text("申告", "Declarations");
const NO_EVIDENCE: Text = text("まだ提出がありません。", "Nothing has been handed in yet.");
const DONE: Text = text("実施日", "Done");
const RECEIVED: Text = text("受領日", "Received");
const ENTERED: Text = text("入力日", "Entered");
const FRESH: Text = text("有効期限", "Fresh until");
const NAME: Text = text("資料", "Paper");
const STRENGTH: Text = text("強さ", "Strength");
const KIND: Text = text("種類", "Kind");
const PERIOD: Text = text("期間", "Period");
const BY: Text = text("申告者・入力日", "Declared by, entered");
const PARTS: Text = text("この条項に含まれるもの", "Parts of this clause");
const DRAFT: Text = text(
    "表示しているのは案です。決裁を記録すると、施行日から有効になります。",
    "What is shown is a draft. Once its decision is recorded, it holds from its effective date.",
);
const MORE: Text = text("履歴と意見", "History and comments");
const PRELIMINARY: Text = text(
    "目的や定義を述べる条項です。遵守・未遵守の対象ではありません。",
    "This clause says what the policy is for or what its words mean; it can be neither met nor broken.",
);
const LATE: Text = text("期限切れ", "lapsed");
const ALL: Text = text("すべて表示", "Show all");

/// The tone of a standing.
fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Met => Tone::Good,
        Standing::Partly => Tone::Partly,
        Standing::NotMet => Tone::Bad,
        Standing::Excepted => Tone::Held,
        Standing::Provided => Tone::Elsewhere,
        Standing::Unproven => Tone::Unknown,
        Standing::NotApplicable => Tone::Void,
    }
}

/// The word of a standing.
fn word(lang: Lang, standing: Standing) -> &'static str {
    match lang {
        Lang::Ja => standing.ja(),
        Lang::En => standing.en(),
    }
}

/// How a clause is called: its number and heading.
fn called(clause: &Clause) -> String {
    format!("{} {}", clause.number, clause.heading)
}

async fn standing(page: Page, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let only = pairs.iter().find(|(name, _)| name == "standing").map(|(_, value)| value.clone()).unwrap_or_default();
    let maps = page.read(|_, reading| maps(reading)).await?;
    let only = Standing::ALL.into_iter().find(|standing| standing.mark() == only);
    Ok(draw(&page, &maps, only))
}

fn draw(page: &Page, maps: &[Map], only: Option<Standing>) -> Response {
    let lang = page.lang;
    let title = TITLE.in_(lang);
    if maps.is_empty() {
        let main = html! {
            (parts::head(title, None, None))
            (parts::card(None, html! { p { (NONE.in_(lang)) } p { (NONE_HOW.in_(lang)) } pre.sk-code tabindex="0" { "sekimori policy import 基本方針.md" } }))
        };
        return page.show(title, main);
    }
    let main = html! {
        (parts::head(title, Some(HONEST.in_(lang)), None))
        @for (at, map) in maps.iter().enumerate() { (one(page, map, at, only)) }
    };
    page.show(title, main)
}

fn one(page: &Page, map: &Map, at: usize, only: Option<Standing>) -> Markup {
    let lang = page.lang;
    let counted: Vec<&Proven> = map.clauses.iter().filter(|clause| clause.counts).collect();
    let standings: Vec<Standing> = counted.iter().map(|clause| clause.judged.standing).collect();
    let (done, of) = met(&standings);
    let counts = policy::standing::summary(standings.iter().copied());
    let link = |standing: Standing| format!("/standing?standing={}#turn-{at}", standing.mark());
    let links = Standing::ALL.map(link);
    let key: Vec<_> = Standing::ALL
        .into_iter()
        .zip(&links)
        .map(|(standing, href)| (tone(standing), word(lang, standing), counts.of(standing) as u64, href.as_str()))
        .collect();
    let slices: Vec<_> = Standing::ALL
        .into_iter()
        .map(|standing| parts::Slice {
            tone: tone(standing),
            label: word(lang, standing).to_owned(),
            count: counts.of(standing) as u64,
        })
        .collect();
    let edition = &map.current.edition.name;
    html! {
        @if map.current.draft {
            (parts::notice(lang, &Notice { mood: Mood::Warn, text: DRAFT.in_(lang).to_owned(), more: Some(html! { a href={ "/documents/" (map.document.id) } { (map.document.title) } }) }))
        }
        (parts::card(None, html! {
            h2 { a href={ "/documents/" (map.document.id) } { (map.document.title) } }
            p.sk-quiet { (edition) "　" (count(lang, counted.len() as u64)) }
            (parts::summary(MET.in_(lang), &done.to_string(), &of.to_string(), parts::counts_key(&key), parts::stacked_bar(lang, TITLE.in_(lang), MET.in_(lang), &slices)))
        }))
        (parts::card(Some(MAP.in_(lang)), parts::tile_map(lang, &format!("map-{at}"), MAP.in_(lang), &rows(lang, map))))
        (turn(page, &counted, at, only))
    }
}

/// A row for each section, a tile for each clause in it that counts.
fn rows(lang: Lang, map: &Map) -> Vec<TileRow> {
    let mut rows: Vec<(String, TileRow, Vec<Standing>)> = Vec::new();
    for clause in &map.clauses {
        if rows.last().is_none_or(|(top, ..)| *top != clause.top) {
            let row = TileRow {
                number: clause.clause.number.clone(),
                heading: clause.clause.heading.clone(),
                tiles: Vec::new(),
                side: html! {},
            };
            rows.push((clause.top.clone(), row, Vec::new()));
        }
        if let (true, Some((_, row, standings))) = (clause.counts, rows.last_mut()) {
            let standing = clause.judged.standing;
            standings.push(standing);
            row.tiles.push(Tile {
                tone: tone(standing),
                href: format!("/clauses/{}", clause.row.id),
                label: format!("{}　{}", called(&clause.clause), word(lang, standing)),
            });
        }
    }
    rows.into_iter()
        .filter(|(_, row, _)| !row.tiles.is_empty())
        .map(|(_, row, standings)| {
            let (done, of) = met(&standings);
            TileRow { side: html! { (done) " / " (of) }, ..row }
        })
        .collect()
}

/// Clauses without fresh proof first, or those of the standing that was asked for.
fn turn(page: &Page, counted: &[&Proven], at: usize, only: Option<Standing>) -> Markup {
    let lang = page.lang;
    let wanted = |standing: Standing| match only {
        Some(only) => standing == only,
        None => matches!(standing, Standing::NotMet | Standing::Partly | Standing::Unproven),
    };
    let shown: Vec<_> = counted.iter().filter(|clause| wanted(clause.judged.standing)).collect();
    // What is unproven ends on no day: then there is no column for it.
    let ends = shown.iter().any(|clause| clause.judged.until.is_some());
    let row = |clause: &&&Proven| {
        let judged = &clause.judged;
        let href = format!("/clauses/{}", clause.row.id);
        let mut cells = vec![
            html! { a href=(href) { (called(&clause.clause)) } },
            parts::chip(tone(judged.standing), word(lang, judged.standing)),
            because(lang, judged),
        ];
        if ends {
            cells.push(html! { @if let Some(day) = judged.until { span.sk-num { (page.day(day)) } } });
        }
        cells.push(hand_in(page, clause.row.id, Look::SmallSecond));
        cells.into()
    };
    let rows: Vec<parts::Row> = shown.iter().map(row).collect();
    let labels = [CLAUSE, STATE, WHY].into_iter().chain(ends.then_some(UNTIL)).chain([NEXT]);
    let columns: Vec<_> = labels.map(|label| parts::Column::text(label.in_(lang))).collect();
    let heading = only.map_or(TURN.in_(lang), |only| word(lang, only));
    html! {
        div id={ "turn-" (at) } {
            (parts::card(Some(&format!("{heading}　{}", count(lang, rows.len() as u64))), html! {
                @if only.is_some() { p { a href="/standing" { (ALL.in_(lang)) } } }
                @if !rows.is_empty() { (parts::table(lang, heading, &columns, &rows)) }
            }))
        }
    }
}

fn because(lang: Lang, judged: &Judged) -> Markup {
    html! { @for reason in &judged.because { (if lang == Lang::Ja { reason.ja() } else { in_english(reason) }) " " } }
}

/// A reason in English; in Japanese it is the policy's own line.
fn in_english(reason: &Reason) -> String {
    match reason {
        Reason::Declared(said) => {
            let what = match said.kind {
                Kind::NothingOccurred => "Declared that nothing occurred",
                Kind::Provided => "Declared as provided by another",
                Kind::NotApplicable => "Declared not applicable",
                Kind::Excepted => "Exception approved",
            };
            format!("{what}, until {}", said.until)
        }
        Reason::Evidence(proof) => {
            let strength = match proof.strength {
                Strength::Declared => "declared",
                Strength::Recorded => "recorded",
                Strength::Observed => "observed",
            };
            format!("Evidence of {} ({strength}, fresh until {})", proof.done_on, proof.fresh_until)
        }
        Reason::Passing(count) => format!("Criteria met: {count}"),
        Reason::Failing(count) => format!("Criteria not met: {count}"),
        Reason::Undecided(count) => format!("Criteria without a record to judge: {count}"),
        Reason::NoProof => "No evidence or declaration in force".to_owned(),
    }
}

/// The slot for proof, where the visitor may hand any in.
fn hand_in(page: &Page, clause: Id, look: Look) -> Markup {
    let registers = &page.registers;
    let may = !permit::scope(&page.actor, registers.of::<Evidence>(), Action::Create).is_nothing();
    let back = encode(&format!("/clauses/{clause}"));
    html! { @if may { (parts::go(&format!("/r/evidence/new?clause={clause}&back={back}"), HAND_IN.in_(page.lang), look)) } }
}

struct Found {
    row: Row,
    clause: Clause,
    document: Row,
    judged: Judged,
    draft: bool,
    counts: bool,
    children: Vec<Proven>,
    evidence: Vec<(Row, Evidence, String)>,
    declarations: Vec<(Row, Declaration, String)>,
}

async fn clause(page: Page, Path(id): Path<String>) -> Answer {
    let found = page.read(move |page, reading| find(page, reading, &id)).await?;
    let title = called(&found.clause);
    let main = draw_clause(&page, &found, &title);
    Ok(page.show(&title, main))
}

fn find(page: &Page, reading: &Reading<'_>, id: &str) -> Result<Found, Failure> {
    let id: Id = id.parse().map_err(|_| Failure::Missing)?;
    let row = reading.find(Clause::REGISTER.name, id)?.ok_or(Failure::Missing)?;
    decide(&page.actor, Action::View, &row.subject(), page.registers.of::<Clause>())?;
    let clause: Clause = row.value()?;
    let document = reading.find(Document::REGISTER.name, clause.document.id)?.ok_or(Failure::Missing)?;
    let mut maps = maps(reading)?;
    let map = maps.iter_mut().find(|map| map.document.id == document.id);
    let (draft, mut clauses) =
        map.map_or((true, Vec::new()), |map| (map.current.draft, std::mem::take(&mut map.clauses)));
    let here = clauses.iter().position(|proven| proven.row.id == id).map(|at| clauses.remove(at));
    let prefix = format!("{}.", clause.slug);
    let children = clauses.into_iter().filter(|other| other.clause.slug.starts_with(&prefix) && other.counts).collect();
    let judged = AllFacts::of(reading)?.judge(id, reading.today());
    let mut evidence = Vec::new();
    for (row, paper) in reading.pointing::<Evidence>(&row, "clause")? {
        let entered = page.day(reading.origin(&row)?.at.date());
        evidence.push((row, paper, entered));
    }
    let mut declarations = Vec::new();
    for (row, declaration) in reading.pointing::<Declaration>(&row, "clause")? {
        let entered = page.day(reading.origin(&row)?.at.date());
        let name = reading.names(&page.actor, &[declaration.declared_by.id])?.pop().and_then(|named| named.title);
        let who = format!("{}　{entered}", name.unwrap_or_default());
        declarations.push((row, declaration, who));
    }
    let counts = here.as_ref().is_some_and(|here| here.counts);
    // A clause that the edition in force no longer has is shown as its record keeps it.
    let clause = here.map_or(clause, |here| here.clause);
    Ok(Found { row, clause, document, judged, draft, counts, children, evidence, declarations })
}

fn draw_clause(page: &Page, found: &Found, title: &str) -> Markup {
    let lang = page.lang;
    let registers = &page.registers;
    let may_declare = !permit::scope(&page.actor, registers.of::<Declaration>(), Action::Create).is_nothing();
    let back = encode(&format!("/clauses/{}", found.row.id));
    let fresh = found.judged.until.filter(|_| found.counts).map(|day| until(lang, &page.day(day)));
    html! {
        (parts::breadcrumb(lang, &[(TITLE.in_(lang), "/standing"), (&found.document.title, &format!("/documents/{}", found.document.id))], title))
        (parts::head(title, fresh.as_deref(), found.counts.then(|| html! {
            (parts::chip(tone(found.judged.standing), word(lang, found.judged.standing)))
            (hand_in(page, found.row.id, Look::Main))
        })))
        @if found.draft { (parts::notice(lang, &Notice { mood: Mood::Warn, text: DRAFT.in_(lang).to_owned(), more: None })) }
        (parts::card(None, html! {
            div.sk-prose lang="ja" { @for line in found.clause.text.as_deref().unwrap_or("").lines() { p { (line) } } }
            @if found.counts {
                p.sk-quiet { (named(lang, WHY.in_(lang), "")) (because(lang, &found.judged)) }
            } @else if found.children.is_empty() {
                p.sk-quiet { (PRELIMINARY.in_(lang)) }
            }
        }))
        @if !found.children.is_empty() { (children(lang, found)) }
        @if found.counts { (evidence(page, found)) }
        @if found.counts { (declarations(page, found, may_declare.then_some(back.as_str()))) }
        p { a href={ "/r/clause/" (found.row.id) } { (MORE.in_(lang)) } }
    }
}

fn children(lang: Lang, found: &Found) -> Markup {
    parts::card(
        Some(PARTS.in_(lang)),
        html! {
            ul.sk-plain-list {
                @for child in &found.children {
                    li { (parts::chip(tone(child.judged.standing), word(lang, child.judged.standing))) " " a href={ "/clauses/" (child.row.id) } { (called(&child.clause)) } }
                }
            }
        },
    )
}

fn evidence(page: &Page, found: &Found) -> Markup {
    let lang = page.lang;
    let today = page.app.store.clock().today();
    let description = page.registers.of::<Evidence>();
    let columns = [NAME, STRENGTH, DONE, RECEIVED, ENTERED, FRESH].map(|label| parts::Column::text(label.in_(lang)));
    let rows: Vec<parts::Row> = found
        .evidence
        .iter()
        .rev()
        .map(|(row, paper, entered)| {
            let day = |day| html! { span.sk-num { (page.day(day)) } };
            let strength = description.field("strength").map_or_else(String::new, |field| {
                field_label(page, field, row.text("strength"))
            });
            // The word alone: what it means is said where it is chosen.
            let strength = strength.split(['（', '(']).next().unwrap_or_default().trim();
            vec![
                html! { a href={ "/r/evidence/" (row.id) } { (paper.name) } },
                html! { (strength) },
                day(paper.done_on),
                day(paper.received_on),
                html! { span.sk-num { (entered) } },
                html! { (day(paper.fresh_until)) @if paper.fresh_until < today { " " (parts::chip(Tone::Bad, LATE.in_(lang))) } },
            ]
            .into()
        })
        .collect();
    parts::card(
        Some(EVIDENCE.in_(lang)),
        html! {
            @if rows.is_empty() { (parts::empty_state(NO_EVIDENCE.in_(lang), Some(hand_in(page, found.row.id, Look::Second)))) }
            @else { (parts::table(lang, EVIDENCE.in_(lang), &columns, &rows)) }
        },
    )
}

fn field_label(page: &Page, field: &register::describe::Field, value: &str) -> String {
    match &field.kind {
        register::describe::Kind::Choice { options } => {
            let found = options.iter().find(|option| option.value == value);
            found.map_or(value, |option| page.say(&option.label)).to_owned()
        }
        _ => value.to_owned(),
    }
}

fn declarations(page: &Page, found: &Found, back: Option<&str>) -> Markup {
    let lang = page.lang;
    let description = page.registers.of::<Declaration>();
    let columns = [KIND, STATE, PERIOD, BY].map(|label| parts::Column::text(label.in_(lang)));
    let rows: Vec<parts::Row> = found
        .declarations
        .iter()
        .rev()
        .map(|(row, declaration, who)| {
            let kind =
                description.field("kind").map_or_else(String::new, |field| field_label(page, field, row.text("kind")));
            let tone = match row.state.as_str() {
                "withdrawn" => Tone::Void,
                "lapsed" => Tone::Bad,
                "confirmed" => Tone::Good,
                _ => Tone::Plain,
            };
            let label = description.state_label(&row.state);
            vec![
                html! { a href={ "/r/declaration/" (row.id) } { (kind) } },
                parts::chip(tone, page.say(&label)),
                html! { span.sk-num { (page.day(declaration.from)) "–" (page.day(declaration.until)) } },
                html! { (who) },
            ]
            .into()
        })
        .collect();
    parts::card(
        Some(DECLARATIONS.in_(lang)),
        html! {
            @if !rows.is_empty() { (parts::table(lang, DECLARATIONS.in_(lang), &columns, &rows)) }
            @if let Some(back) = back {
                @let me = page.actor.person().map(|me| format!("&declared_by={me}")).unwrap_or_default();
                p { (parts::go(&format!("/r/declaration/new?clause={}{me}&back={back}", found.row.id), DECLARE.in_(lang), Look::SmallSecond)) }
            }
        },
    )
}

/// How the documents' clauses stand, for the first page.
pub fn in_short(page: &Page, maps: &[Map]) -> Markup {
    let lang = page.lang;
    html! {
        @for map in maps {
            @let standings: Vec<Standing> = map.clauses.iter().filter(|clause| clause.counts).map(|clause| clause.judged.standing).collect();
            @let counts = policy::standing::summary(standings.iter().copied());
            p { a href="/standing" { (map.document.title) } }
            p { @for standing in Standing::ALL { @if counts.of(standing) > 0 { (parts::chip(tone(standing), &format!("{} {}", word(lang, standing), counts.of(standing)))) " " } } }
        }
    }
}

//! Files in: choose a file or paste cells, match the columns, look at what it would do, bring it in, take it back.
//! The file is kept with its import from the first step on, so that each step has an address of its own.

mod draw;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::multipart::Multipart;
use axum::extract::{Path, Query as Pairs};
use axum::http::StatusCode;
use base::id::Id;
use register::built_in::{Import, Stage};
use register::change::Request;
use register::describe::Kind;
use register::exchange::{self, Aim, Choices, Format, Preview, Problem, Trial};
use register::find::{Reading, Row};
use register::lifecycle::ARCHIVED;
use register::permit::{Action, Permit, Subject, decide};
use register::{Body, Description, Failure, Refusal, Say, blob};

use super::export::{file, lingua};
use super::show::{self, Show};
use crate::answer::{Answer, refuse};
use crate::parts::{Mood, Notice};
use crate::visit::{Page, Posted, see_other};

/// The name of cells that were pasted.
const PASTED: &str = "貼り付けた表";
/// What is under way for longer goes on without the one who asked.
const PATIENCE: Duration = Duration::from_secs(15);

/// An import with leave to carry it on.
#[derive(Clone)]
struct Opened {
    row: Row,
    import: Import,
    description: Arc<Description>,
    permit: Permit,
}

fn open(page: &Page, reading: &Reading<'_>, id: &str) -> Result<Opened, Failure> {
    let registers = &page.registers;
    let id: Id = id.parse().map_err(|_| Failure::Missing)?;
    let row = reading.find("import", id)?.ok_or(Failure::Missing)?;
    decide(&page.actor, Action::View, &row.subject(), registers.of::<Import>())?;
    let import: Import = row.value()?;
    let description = registers.description(&import.register).ok_or(Failure::Missing)?.clone();
    let permit = decide(&page.actor, Action::Import, &Subject::register(&import.register), &description)?;
    Ok(Opened { row, import, description, permit })
}

impl Opened {
    /// The import, unless it was given up.
    fn live(self) -> Result<Self, Failure> {
        if self.row.state == ARCHIVED {
            return Err(Refusal::whole(
                "この取込みは取りやめています。もう一度ファイルを選んでください",
                "This import was given up: choose the file again",
            )
            .into());
        }
        Ok(self)
    }

    fn choices(&self) -> Choices {
        self.import.choices.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    fn bytes(&self, page: &Page) -> Result<Vec<u8>, Failure> {
        let gone = || Failure::Broken(format!("the file of import {} is gone", self.row.id));
        blob::read(page.app.store.folder(), &self.import.sha256)?.ok_or_else(gone)
    }

    fn address(&self) -> String {
        format!("/imports/{}", self.row.id)
    }

    fn is_pasted(&self) -> bool {
        self.import.file == PASTED
    }
}

/// The page where a file is chosen.
pub(super) async fn choose(page: Page, Path(register): Path<String>) -> Answer {
    let description = whole(&page, &register)?;
    Ok(draw::choose(&page, &description, StatusCode::OK, None))
}

/// The register, if files can be brought into it: what is part of other records comes with them.
fn whole(page: &Page, register: &str) -> Result<Arc<Description>, Failure> {
    let description = page.registers.description(register).ok_or(Failure::Missing)?;
    if description.part_of.is_some() { Err(Failure::Missing) } else { Ok(description.clone()) }
}

/// Takes a file in and keeps it; nothing of the register changes.
pub(super) async fn upload(page: Page, Path(register): Path<String>, mut parts: Multipart) -> Answer {
    let description = whole(&page, &register)?;
    let (mut request, mut sent) = (None, None);
    while let Some(mut part) = parts.next_field().await.map_err(super::change::cut)? {
        match part.name() {
            Some("request") => request = Some(Request::parse(&part.text().await.map_err(super::change::cut)?)?),
            Some("file") if sent.is_none() => {
                let name = super::change::name(part.file_name().unwrap_or(""));
                let mut bytes = Vec::new();
                while let Some(more) = part.chunk().await.map_err(super::change::cut)? {
                    bytes.extend_from_slice(&more);
                }
                sent = Some((name, bytes));
            }
            _ => {}
        }
    }
    let request = request.ok_or_else(|| {
        refuse("ページを開き直してから、もう一度送ってください", "Open the page again and send the file once more")
    })?;
    let wrong = |say: Say| Ok(draw::choose(&page, &description, StatusCode::UNPROCESSABLE_ENTITY, Some(&say)));
    let Some((name, bytes)) = sent.filter(|(name, _)| !name.is_empty()) else {
        return wrong(Say::new("ファイルを選んでください", "Choose a file"));
    };
    match staged(&page, &description, request, (name, bytes), Choices::default()).await? {
        Ok(id) => Ok(see_other(&format!("/imports/{id}"))),
        Err(problem) => wrong(problem.say),
    }
}

/// Looks into a file, keeps it, and makes the record of its import; or says why it can't be read.
async fn staged(
    page: &Page,
    description: &Arc<Description>,
    request: Request,
    (name, bytes): (String, Vec<u8>),
    mut choices: Choices,
) -> Result<Result<Id, Problem>, Failure> {
    let permit = decide(&page.actor, Action::Import, &Subject::register(&description.name), description)?;
    let description = description.clone();
    let pasted = name == PASTED;
    page.read(move |page, _| {
        let mut preview = match exchange::preview(&description, &bytes, &choices) {
            Ok(preview) => preview,
            Err(problem) => return Ok(Err(problem)),
        };
        if pasted && !preview.known && choices.head.is_none() {
            choices.head = Some(0);
            preview = match exchange::preview(&description, &bytes, &choices) {
                Ok(preview) => preview,
                Err(problem) => return Ok(Err(problem)),
            };
        }
        propose(&mut choices, &preview);
        let (store, writer) = (&page.app.store, &page.app.writer);
        let sha256 = writer.keep(&bytes)?;
        exchange::stage(store, writer, &permit, request, (&name, sha256), &choices).map(Ok)
    })
    .await
}

/// Takes what was found in the file for chosen; of two columns that are the same the second is left out.
fn propose(choices: &mut Choices, preview: &Preview) {
    choices.sheet = (!preview.tabs.is_empty()).then_some(preview.tab);
    choices.head = Some(preview.head);
    let mut columns: Vec<Aim> = Vec::new();
    for column in &preview.columns {
        let twice = columns.contains(&column.aim);
        columns.push(if twice { Aim::Out } else { column.aim.clone() });
    }
    choices.columns = Some(columns);
}

/// The page where cells are pasted; with an import in its address, that one's cells with what is wrong with them.
pub(super) async fn paste(
    page: Page,
    Path(register): Path<String>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Answer {
    let description = whole(&page, &register)?;
    let Some((_, from)) = pairs.into_iter().find(|(name, _)| name == "from") else {
        return Ok(draw::paste(&page, &description, StatusCode::OK, ("", ""), &[], None));
    };
    let (text, problems) = page
        .read({
            let from = from.clone();
            move |page, reading| {
                let opened = open(page, reading, &from)?.live()?;
                if !opened.is_pasted() || opened.import.register != register {
                    return Err(Failure::Missing);
                }
                let bytes = opened.bytes(page)?;
                let trial = trial(page, reading, &opened)?;
                Ok((String::from_utf8_lossy(&bytes).into_owned(), trial.problems))
            }
        })
        .await?;
    Ok(draw::paste(&page, &description, StatusCode::OK, (&text, &from), &problems, None))
}

/// Takes pasted cells in like a file. Cells that were corrected take the place of those before, with all that was chosen.
pub(super) async fn pasted(page: Page, Path(register): Path<String>, form: Posted) -> Answer {
    let description = whole(&page, &register)?;
    let (text, from) = (form.get("cells").to_owned(), form.get("from").to_owned());
    let wrong = |say: Say| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(draw::paste(&page, &description, status, (&text, &from), &[], Some(&say)))
    };
    if text.trim().is_empty() {
        return wrong(Say::new(
            "Excelでコピーしたセルを貼り付けてください",
            "Paste the cells that you copied in Excel",
        ));
    }
    let before = if from.is_empty() {
        None
    } else {
        let from = from.clone();
        Some(page.read(move |page, reading| open(page, reading, &from)?.live()).await?)
    };
    let before = before.filter(|before| before.is_pasted() && before.import.register == register);
    let choices = before.as_ref().map(|before| Choices { answers: BTreeMap::new(), ..before.choices() });
    let choices = choices.unwrap_or_default();
    let again = choices.columns.is_some();
    let request = form.request.clone();
    let bytes = text.replace("\r\n", "\n").into_bytes();
    match staged(&page, &description, request, (PASTED.to_owned(), bytes), choices).await? {
        Ok(id) => {
            if let Some(before) = before {
                let writer = page.app.writer.clone();
                let cancel = move || exchange::cancel(&writer, &before.permit, Request::new(), &before.row);
                blocking(cancel).await?;
            }
            Ok(see_other(&format!("/imports/{id}{}", if again { "/check" } else { "" })))
        }
        Err(problem) => wrong(problem.say),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Failure::Broken(e.to_string()))?
}

/// What the matching of columns shows.
struct Matching {
    preview: Preview,
    choices: Choices,
    show: Show,
}

/// The page of an import: the matching of its columns while it waits, later what has become of it.
pub(super) async fn show(page: Page, Path(id): Path<String>, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let (opened, matching, told) = page
        .read(move |page, reading| {
            let opened = open(page, reading, &id)?;
            let waits = opened.import.stage == Stage::Staged && opened.row.state != ARCHIVED;
            let matching = if waits { Some(matching(page, reading, &opened)?) } else { None };
            let first = reading.origin(&opened.row)?;
            let told = (show::who(reading, page.lang, &first.actor)?, page.moment(first.at));
            Ok((opened, matching, told))
        })
        .await?;
    if let Some(matching) = matching {
        return Ok(draw::matching(&page, &opened, &matching));
    }
    let notice = pairs.iter().find(|(name, _)| name == "notice").map_or("", |(_, value)| value.as_str());
    let runs = page.app.running.lock().is_ok_and(|running| running.contains(&opened.row.id));
    Ok(draw::result(&page, &opened, &told, notice, runs))
}

fn matching(page: &Page, reading: &Reading<'_>, opened: &Opened) -> Result<Matching, Failure> {
    let choices = opened.choices();
    let bytes = opened.bytes(page)?;
    let preview = exchange::preview(&opened.description, &bytes, &choices)
        .map_err(|problem| Refusal::whole(problem.say.ja, problem.say.en))?;
    // The records that were chosen for new ones are shown by their names.
    let fixed: Body = choices.fixed.iter().map(|(name, text)| (name.clone(), text.as_str().into())).collect();
    let bodies = std::iter::once((&*opened.description, &fixed));
    let show = Show::of(&page.app, page.lang, reading, &page.actor, bodies)?;
    Ok(Matching { preview, choices, show })
}

/// Keeps what was chosen for sheet, heads, columns and missing fields.
pub(super) async fn matched(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let again = form.get("act") == "read";
    let address = page
        .read(move |page, reading| {
            let opened = open(page, reading, &id)?.live()?;
            let mut choices = opened.choices();
            let number = |name: &str| base::text::fold(form.get(name).trim()).parse::<u32>().ok();
            if again {
                choices.sheet = number("sheet").map(|sheet| sheet as usize).or(choices.sheet);
                choices.head = number("head").or(choices.head);
                choices.columns = None;
                let preview = exchange::preview(&opened.description, &opened.bytes(page)?, &choices)
                    .map_err(|problem| Refusal::whole(problem.say.ja, problem.say.en))?;
                propose(&mut choices, &preview);
            } else {
                let columns = choices.columns.as_deref().unwrap_or_default().len();
                let aim = |at: usize| aim_of(form.get(&format!("c{at}")));
                choices.columns = Some((0..columns).map(aim).collect());
                choices.archive_missing = form.get("archive_missing") == "true";
                for field in opened.description.fields.iter().filter(|field| field.required && !field.hidden) {
                    let mut text = form.get(&field.name).to_owned();
                    if matches!(field.kind, Kind::Link { .. }) {
                        // The id counts only while the text is that record's title.
                        let typed = form.get(&format!("{}_text", field.name)).trim();
                        let ids: Vec<Id> = text.parse().into_iter().collect();
                        let names = reading.names(&page.actor, &ids)?;
                        let same =
                            names.first().is_some_and(|name| name.title.as_deref().map(str::trim) == Some(typed));
                        if !same {
                            typed.clone_into(&mut text);
                        }
                    }
                    if text.trim().is_empty() {
                        choices.fixed.remove(&field.name);
                    } else {
                        choices.fixed.insert(field.name.clone(), text);
                    }
                }
            }
            let writer = &page.app.writer;
            exchange::choose(writer, &opened.permit, form.request, &opened.row, |kept| *kept = choices)?;
            Ok(opened.address())
        })
        .await?;
    Ok(see_other(&if again { address } else { format!("{address}/check") }))
}

/// What a column is, as the form says it.
fn aim_of(text: &str) -> Aim {
    match text {
        "" => Aim::Out,
        "#id" => Aim::Id,
        "#archive" => Aim::Archive,
        field => Aim::Field(field.to_owned()),
    }
}

fn trial(page: &Page, reading: &Reading<'_>, opened: &Opened) -> Result<Trial, Failure> {
    let bytes = opened.bytes(page)?;
    exchange::trial(reading, &opened.description, &page.actor, &bytes, &opened.choices(), &mut |_| {})
}

/// What the file would do.
pub(super) async fn check(page: Page, Path(id): Path<String>) -> Answer {
    checked(page, id, StatusCode::OK, None).await
}

async fn checked(page: Page, id: String, status: StatusCode, refusal: Option<Refusal>) -> Answer {
    let (opened, looked) = page
        .read(move |page, reading| {
            let opened = open(page, reading, &id)?.live()?;
            if opened.import.stage != Stage::Staged {
                return Ok((opened, None));
            }
            let trial = trial(page, reading, &opened)?;
            let bodies = trial.samples.iter().flat_map(|sample| [&sample.old, &sample.new]);
            let bodies = bodies.map(|body| (&*opened.description, body));
            let show = Show::of(&page.app, page.lang, reading, &page.actor, bodies)?;
            Ok((opened, Some((trial, show))))
        })
        .await?;
    let Some((trial, show)) = looked else { return Ok(see_other(&opened.address())) };
    let told = |refusal: Refusal| {
        let words: Vec<_> = refusal.problems.iter().map(|problem| page.say(&problem.say)).collect();
        Notice { mood: Mood::Warn, text: words.join(" "), more: None }
    };
    Ok(draw::check(&page, &opened, &trial, &show, status, refusal.map(told)))
}

/// Brings the file in, if it still does what was shown. What takes long goes on by itself.
pub(super) async fn confirm(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let opened = page
        .read({
            let id = id.clone();
            move |page, reading| open(page, reading, &id)?.live()
        })
        .await?;
    let seen = form.get("seen").to_owned();
    let (address, permit, row) = (opened.address(), opened.permit, opened.row);
    let import = row.id;
    let work = move |page: &Page| {
        let (store, writer) = (&page.app.store, &page.app.writer);
        exchange::confirm(store, writer, &permit, &row, &seen, &mut |_, _| {})
    };
    match apart(&page, import, work).await {
        Ok(Some(trial)) if !trial.is_clean() || trial.writes() == 0 => Ok(see_other(&format!("{address}/check"))),
        Ok(Some(_)) => Ok(see_other(&format!("{address}?notice=done"))),
        Ok(None) => Ok(see_other(&address)),
        Err(Failure::Refusal(refusal)) => checked(page, id, StatusCode::UNPROCESSABLE_ENTITY, Some(refusal)).await,
        Err(failure) => Err(failure.into()),
    }
}

/// Does work on an import that may take long: what it gave, or nothing while it goes on.
async fn apart<T: Send + 'static>(
    page: &Page,
    id: Id,
    work: impl FnOnce(&Page) -> Result<T, Failure> + Send + 'static,
) -> Result<Option<T>, Failure> {
    let begun = page.app.running.lock().is_ok_and(|mut running| running.insert(id));
    if !begun {
        return Ok(None);
    }
    let page = page.clone();
    let task = tokio::task::spawn_blocking(move || {
        let done = work(&page);
        if let Err(failure) = &done {
            tracing::warn!(%failure, "import {id} stopped: {failure}");
        }
        if let Ok(mut running) = page.app.running.lock() {
            running.remove(&id);
        }
        done
    });
    match tokio::time::timeout(PATIENCE, task).await {
        Ok(Ok(done)) => done.map(Some),
        Ok(Err(panic)) => Err(Failure::Broken(panic.to_string())),
        Err(_) => Ok(None),
    }
}

/// Keeps which record is meant by each name that was doubtful.
pub(super) async fn answered(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let address = page
        .read(move |page, reading| {
            let opened = open(page, reading, &id)?.live()?;
            let change = |choices: &mut Choices| {
                for at in 0..register::exchange::MOST_PROBLEMS {
                    let (key, answer) = (form.get(&format!("k{at}")), form.get(&format!("d{at}")));
                    if !key.is_empty() && !answer.is_empty() {
                        choices.answers.insert(key.to_owned(), answer.to_owned());
                    }
                }
            };
            exchange::choose(&page.app.writer, &opened.permit, form.request.clone(), &opened.row, change)?;
            Ok(opened.address())
        })
        .await?;
    Ok(see_other(&format!("{address}/check")))
}

/// The rows with problems as CSV.
pub(super) async fn faults_csv(page: Page, id: Path<String>) -> Answer {
    faults(page, id, Format::Csv).await
}

/// The rows with problems as a workbook.
pub(super) async fn faults_xlsx(page: Page, id: Path<String>) -> Answer {
    faults(page, id, Format::Xlsx).await
}

async fn faults(page: Page, Path(id): Path<String>, format: Format) -> Answer {
    let bytes = page
        .read(move |page, reading| {
            let opened = open(page, reading, &id)?.live()?;
            let trial = trial(page, reading, &opened)?;
            let file = (opened.bytes(page)?, opened.choices());
            let form = (format, lingua(page.lang));
            exchange::faults(reading, &opened.description, (&file.0, &file.1), &trial.problems, form)
        })
        .await?;
    Ok(file(&format!("errors.{}", format.ending()), format, bytes))
}

/// Gives a waiting import up.
pub(super) async fn cancel(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let register = page
        .read(move |page, reading| {
            let opened = open(page, reading, &id)?.live()?;
            exchange::cancel(&page.app.writer, &opened.permit, form.request, &opened.row)?;
            Ok(opened.import.register)
        })
        .await?;
    Ok(see_other(&format!("/r/{register}")))
}

/// Goes on with what stopped on its way, in either direction.
pub(super) async fn resume(page: Page, Path(id): Path<String>, _: Posted) -> Answer {
    let opened = page.read(move |page, reading| open(page, reading, &id)?.live()).await?;
    let (address, permit, row, stage) = (opened.address(), opened.permit, opened.row, opened.import.stage);
    let id = row.id;
    let work = move |page: &Page| {
        let (store, writer) = (&page.app.store, &page.app.writer);
        match stage {
            Stage::Undoing => exchange::undo(store, writer, &permit, &row, None, &mut |_, _| {}),
            _ => exchange::resume(store, writer, &permit, &row, &mut |_, _| {}),
        }
    };
    apart(&page, id, work).await?;
    Ok(see_other(&address))
}

/// Asks before an import is undone, or says which records were touched since.
pub(super) async fn undo_ask(page: Page, Path(id): Path<String>) -> Answer {
    asked(&page, id, StatusCode::OK, None).await
}

async fn asked(page: &Page, id: String, status: StatusCode, refusal: Option<Refusal>) -> Answer {
    let (opened, touched) = page
        .read(move |page, reading| {
            let opened = open(page, reading, &id)?.live()?;
            let touched = exchange::touched(&page.app.store, reading, &opened.import)?;
            Ok((opened, touched))
        })
        .await?;
    Ok(draw::undo(page, &opened, &touched, status, refusal.as_ref()))
}

/// Undoes an import.
pub(super) async fn undo(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let opened = page
        .read({
            let id = id.clone();
            move |page, reading| open(page, reading, &id)?.live()
        })
        .await?;
    let reason = Some(form.get("reason").trim().to_owned()).filter(|reason| !reason.is_empty());
    let (address, permit, row) = (opened.address(), opened.permit, opened.row);
    let import = row.id;
    let work = move |page: &Page| {
        let (store, writer) = (&page.app.store, &page.app.writer);
        exchange::undo(store, writer, &permit, &row, reason, &mut |_, _| {})
    };
    match apart(&page, import, work).await {
        Ok(Some(())) => Ok(see_other(&format!("{address}?notice=undone"))),
        Ok(None) => Ok(see_other(&address)),
        Err(Failure::Refusal(refusal)) => asked(&page, id, StatusCode::UNPROCESSABLE_ENTITY, Some(refusal)).await,
        Err(failure) => Err(failure.into()),
    }
}

//! The registers that an organisation added, and the form of one.

use std::collections::HashMap;

use axum::extract::{Path, Query as Pairs};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use register::change::Request;
use register::describe::Kind;
use register::own::{self, Act, Allow, OwnField, OwnRegister, RANKS};
use register::permit::{self, Action, Reach};
use register::{Body, Failure, Refusal};
use serde_json::Value;

use super::preview::Preview;
use super::{
    ADD, ENGLISH, FIELDS, HISTORY, IN_DATA, IN_DATA_HINT, Kept, LOOK, REGISTER, RETIRED, SAVE, STATE, Sheet, TITLE,
    create, free_name, name_in_data, open, save, seen, ticked, typed, use_of,
};
use crate::answer::Answer;
use crate::parts::{self, Choice, Column, Control, Look, Mood, Notice};
use crate::say::{Lang, Text, list as list_text, text};
use crate::visit::{Page, Posted, see_other, value_of};

const NEW: Text = text("台帳を追加", "Add a register");
const LEAD: Text = text(
    "団体で独自に使う台帳をつくり、台帳に項目を追加できます。追加したものは、一覧、入力、検索、履歴、CSV、権限のすべてで、はじめからあるものと同じように使えます。",
    "Make registers of your own, and add fields to any register. They work like all others: list, form, search, history, CSV, and who may do what.",
);
const OWN: Text = text("独自の台帳", "Own registers");
const NONE: Text = text("独自の台帳はまだありません。", "There is no register of your own yet.");
const FIELDS_OF: Text = text("項目を追加できる台帳", "Registers that take fields");
const NAME: Text = text("台帳", "Register");
const LABEL: Text = text("台帳の名称", "Name of the register");
const LABEL_HINT: Text = text("例：契約台帳、備品台帳", "For example: Contracts, Equipment");
const HEADING: Text = text("記録の名前の見出し", "Heading of a record's name");
const HEADING_HINT: Text =
    text("例：契約名、件名。空のときは「名称」になります。", "For example: Contract. Name, where it is empty.");
const CODE: Text = text("番号の見出し", "Heading of a record's number");
const CODE_HINT: Text = text(
    "例：契約番号。同じ番号は2つ登録できません。空のときは「番号」になります。",
    "For example: Contract number. No number occurs twice. Number, where it is empty.",
);
const UNIT: Text = text("担当部署の欄を設ける", "With a unit in charge");
const OWNER: Text = text("担当者の欄を設ける", "With a person in charge");
const FIXED: Text = text("後から変更できません。", "It can't be changed later.");
const STATES: Text = text("記録の状態", "States of a record");
const STATES_HINT: Text = text(
    "「下書き→承認済み」では、登録した人以外が承認します。承認済み・廃止の記録は、戻してから変更します。後から変更できません。",
    "With approval, somebody other than the author approves. An approved or ended record is moved back before it is edited. It can't be changed later.",
);
const ACCESS: Text = text("だれに何を許すか", "Who may do what");
const ACCESS_HOW: Text = text(
    "最高・統括情報セキュリティ責任者はすべて、情報セキュリティ監査人は見ることと出力ができます。登録・変更・取込のできる範囲は、見ることもできます。",
    "The CISO and the chief may do everything, auditors may see and export. Whoever may add, change or import sees as far.",
);
const ROLE: Text = text("役割", "Role");
const NOTHING: Text = text("しない", "No");
const ALL: Text = text("すべて", "All records");
const OF_UNIT: Text = text("担当部署のみ", "Of their unit");
const OF_OWN: Text = text("自分の担当のみ", "Their own");
const RETIRED_HINT: Text = text(
    "新しい登録と変更ができなくなり、案内（メニュー）から外れます。記録は残り、見ることができます。削除はできません。",
    "Nothing can be added or changed, and it leaves the navigation. Records stay readable. It can't be deleted.",
);
const NEXT: Text = text(
    "台帳を追加しました。続けて、この台帳に項目を追加できます。",
    "The register was added. Add fields to it next.",
);
const OPEN: Text = text("台帳を開く", "Open the register");

const CONTROLS: &[&str] = &["label", "title", "code", "unit", "owner", "states", "label_en", "name", "retired"];

/// All registers of the organisation's own, and those that take fields.
pub(super) async fn all(page: Page, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let lang = page.lang;
    let (own, fields) =
        page.read(|_, reading| Ok((reading.values::<OwnRegister>()?, reading.values::<OwnField>()?))).await?;
    let mut added: HashMap<&str, usize> = HashMap::new();
    for (_, field) in fields.iter().filter(|(_, field)| !field.retired) {
        *added.entry(&field.register).or_default() += 1;
    }
    let describe = page.registers.of::<OwnRegister>();
    let may = !permit::scope(&page.actor, describe, Action::Describe).is_nothing();
    let figure =
        |name: &str| html! { a href={ "/own/fields?register=" (name) } { (added.get(name).copied().unwrap_or(0)) } };
    let rows: Vec<parts::Row> = own
        .iter()
        .map(|(row, register)| {
            let href = if may { format!("/own/registers/{}", row.id) } else { format!("/r/{REGISTER}/{}", row.id) };
            vec![
                html! { a href=(href) { (register.label) } },
                figure(&register.name),
                html! { a href={ "/r/" (register.name) } { (OPEN.in_(lang)) } },
                use_of(&page, register.retired),
            ]
            .into()
        })
        .collect();
    let takes = page
        .registers
        .all()
        .filter(|description| own::may_grow(description) && !own.iter().any(|(_, own)| own.name == description.name));
    let others: Vec<parts::Row> = takes
        .map(|description| {
            let href = format!("/own/fields?register={}", description.name);
            vec![html! { a href=(href) { (page.say(&description.label)) } }, figure(&description.name)].into()
        })
        .collect();
    let acts = may.then(|| parts::go("/own/registers/new", NEW.in_(lang), Look::Small));
    let columns = [
        Column::text(NAME.in_(lang)),
        Column::figure(FIELDS.in_(lang)),
        Column::text(OPEN.in_(lang)),
        Column::text(STATE.in_(lang)),
    ];
    let title = TITLE.in_(lang);
    let made = own.iter().find(|(_, own)| !own.name.is_empty() && own.name == value_of(&pairs, "made"));
    let main = html! {
        (parts::head(title, None, acts.clone()))
        @if let Some((_, made)) = made {
            (parts::notice(lang, &Notice {
                mood: Mood::Good,
                text: NEXT.in_(lang).to_owned(),
                more: Some(parts::go(&format!("/own/fields/new?register={}", made.name), &format!("{}：{}", made.label, FIELDS.in_(lang)), Look::Small)),
            }))
        }
        (parts::card(Some(OWN.in_(lang)), html! {
            p { (LEAD.in_(lang)) }
            @if rows.is_empty() { (parts::empty_state(NONE.in_(lang), acts)) }
            @else { (parts::table(lang, OWN.in_(lang), &columns, &rows)) }
        }))
        (parts::card(Some(FIELDS_OF.in_(lang)), parts::table(lang, FIELDS_OF.in_(lang), &columns[..2], &others)))
    };
    Ok(page.show(title, main))
}

/// The form of a new register.
pub(super) async fn new(page: Page) -> Answer {
    let name = free_name(page.registers.all().map(|description| description.name.as_str()));
    let body = [("states", Value::from("none")), ("unit", true.into()), ("access", usual().into())];
    let body = body.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
    let sheet = Sheet { body, refusal: Refusal::default() };
    Ok(draw(&page, StatusCode::OK, &sheet, &Request::new(), Kept::New(&name), None))
}

/// What most registers want: everybody sees their unit's records, and its manager keeps them.
fn usual() -> Vec<String> {
    let keepers = ["head", "manager"]
        .into_iter()
        .flat_map(|role| [Act::See, Act::Add, Act::Change].map(|act| format!("{}.unit", cell(role, act))));
    keepers.chain(["staff.see.unit".to_owned()]).collect()
}

/// Adds a register, or shows how it would look.
pub(super) async fn add(page: Page, form: Posted) -> Answer {
    let mut body = read(&form);
    body.extend(fixed(&form));
    body.insert("name".into(), name_in_data(&form).into());
    let given = |mut body: Body| {
        body.insert("name".into(), form.get("name").into());
        body
    };
    let kept = Kept::New(form.get("proposed"));
    let refusal = match seen(&page, own::try_register, &body).await? {
        Ok(preview) if form.has("look") => {
            let sheet = Sheet { body: given(body), refusal: Refusal::default() };
            return Ok(draw(&page, StatusCode::OK, &sheet, &form.request, kept, Some(preview)));
        }
        Ok(_) => match create(&page, REGISTER, &form, body.clone()).await {
            Ok(name) => return Ok(see_other(&format!("/own?made={name}"))),
            Err(Failure::Refusal(refusal)) => refusal,
            Err(failure) => return Err(failure.into()),
        },
        Err(refusal) => refusal,
    };
    let sheet = Sheet { body: given(body), refusal };
    Ok(draw(&page, StatusCode::UNPROCESSABLE_ENTITY, &sheet, &form.request, kept, None))
}

/// The form of a register that is there.
pub(super) async fn one(page: Page, Path(id): Path<String>) -> Answer {
    let row = page.read(move |page, reading| Ok(open(page, reading, REGISTER, &id)?.0)).await?;
    let sheet = Sheet { body: row.body.clone(), refusal: Refusal::default() };
    Ok(draw(&page, StatusCode::OK, &sheet, &Request::new(), Kept::There(&row), None))
}

/// Changes a register, or shows how it would look.
pub(super) async fn change(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let (row, permit) = page.read(move |page, reading| open(page, reading, REGISTER, &id)).await?;
    let mut body = row.body.clone();
    body.extend(read(&form));
    let kept = Kept::There(&row);
    let refusal = match seen(&page, own::try_register, &body).await? {
        Ok(preview) if form.has("look") => {
            let sheet = Sheet { body, refusal: Refusal::default() };
            return Ok(draw(&page, StatusCode::OK, &sheet, &form.request, kept, Some(preview)));
        }
        Ok(_) => match save(&page, &row, permit, &form, read(&form)).await {
            Ok(()) => return Ok(see_other("/own")),
            Err(Failure::Refusal(refusal)) => refusal,
            Err(failure) => return Err(failure.into()),
        },
        Err(refusal) => refusal,
    };
    let sheet = Sheet { body, refusal };
    Ok(draw(&page, StatusCode::UNPROCESSABLE_ENTITY, &sheet, &form.request, kept, None))
}

/// What the form of any register says, as fields of its record.
fn read(form: &Posted) -> Body {
    let mut body = Body::new();
    for name in ["label", "label_en", "title", "code"] {
        body.insert(name.into(), typed(form, name));
    }
    body.insert("retired".into(), ticked(form, "retired"));
    let cells = RANKS.into_iter().flat_map(|(role, ..)| Act::ALL.map(|act| cell(role.name(), act)));
    let chosen: Vec<String> = cells
        .map(|cell| format!("{cell}.{}", form.get(&cell)))
        .filter(|name| Allow::from_name(name).is_some())
        .collect();
    body.insert("access".into(), if chosen.is_empty() { Value::Null } else { chosen.into() });
    body
}

/// What only a new register is asked.
fn fixed(form: &Posted) -> Body {
    let all = [("unit", ticked(form, "unit")), ("owner", ticked(form, "owner")), ("states", typed(form, "states"))];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn cell(role: &str, act: Act) -> String {
    format!("{role}.{}", act.name())
}

fn draw(
    page: &Page,
    status: StatusCode,
    sheet: &Sheet,
    request: &Request,
    kept: Kept<'_>,
    preview: Option<Preview>,
) -> Response {
    let lang = page.lang;
    let (title, action, save) = match kept {
        Kept::New(_) => (NEW.in_(lang).to_owned(), "/own/registers/new".to_owned(), ADD),
        Kept::There(row) => (row.title.clone(), format!("/own/registers/{}", row.id), SAVE),
    };
    let acts = match kept {
        Kept::New(_) => None,
        Kept::There(row) => Some(html! {
            (parts::go(&format!("/own/fields?register={}", row.text("name")), FIELDS.in_(lang), Look::SmallSecond))
            (parts::go(&format!("/r/{REGISTER}/{}", row.id), HISTORY.in_(lang), Look::SmallSecond))
        }),
    };
    let main = html! {
        (parts::breadcrumb(lang, &[(TITLE.in_(lang), "/own")], &title))
        (parts::head(&title, None, acts))
        (sheet.faults(page, CONTROLS))
        @if let Some(preview) = preview { (preview.draw(page, None)) }
        // As wide as the page, for the table of who may do what.
        form.sk-card method="post" action=(action) novalidate {
            (parts::request_field(request.as_str()))
            (controls(page, sheet, kept))
            div.sk-acts {
                (parts::submit(save.in_(lang), Look::Main))
                button.sk-button.sk-second type="submit" name="look" value="true" { (LOOK.in_(lang)) }
                (parts::go("/own", list_text::BACK.in_(lang), Look::Second))
            }
        }
    };
    page.show_with(status, &title, None, main)
}

fn controls(page: &Page, sheet: &Sheet, kept: Kept<'_>) -> Markup {
    let lang = page.lang;
    let line = |name: &'static str, label: Text, longest: u32, hint: Option<Text>| {
        let control = Control::line(name, sheet.text(name), parts::Kind::Plain).longest(longest);
        let control = if name == "label" { control.required() } else { control };
        parts::field(lang, label.in_(lang), control, hint.map(|hint| hint.in_(lang)), sheet.error(page, name))
    };
    let check = |name: &'static str, label: Text, hint: Text| {
        parts::field(
            lang,
            label.in_(lang),
            Control::check(name, sheet.is(name)),
            Some(hint.in_(lang)),
            sheet.error(page, name),
        )
    };
    let states = page.registers.of::<OwnRegister>().field("states").map(|field| field.kind.clone());
    let Some(Kind::Choice { options }) = states else { return html! {} };
    let states: Vec<Choice<'_>> =
        options.iter().map(|option| Choice { value: &option.value, label: page.say(&option.label) }).collect();
    html! {
        @match kept {
            Kept::New(proposed) => { (parts::hidden("proposed", proposed)) },
            Kept::There(row) => { (parts::hidden("rev", &row.rev.to_string())) },
        }
        (line("label", LABEL, 40, Some(LABEL_HINT)))
        (line("title", HEADING, 40, Some(HEADING_HINT)))
        (line("code", CODE, 40, Some(CODE_HINT)))
        @if let Kept::New(_) = kept {
            (check("unit", UNIT, FIXED))
            (check("owner", OWNER, FIXED))
            (parts::field(lang, STATES.in_(lang), Control::choice("states", sheet.text("states"), &states).required(), Some(STATES_HINT.in_(lang)), sheet.error(page, "states")))
        }
        (access(page, sheet))
        (line("label_en", ENGLISH, 60, None))
        @match kept {
            Kept::New(_) => { (line("name", IN_DATA, 38, Some(IN_DATA_HINT))) },
            Kept::There(row) => { p.sk-quiet { (IN_DATA.in_(lang)) "：" (row.text("name")) } (check("retired", RETIRED, RETIRED_HINT)) },
        }
    }
}

/// The table of who may do what: one list to choose from in each cell.
fn access(page: &Page, sheet: &Sheet) -> Markup {
    let lang = page.lang;
    let said = |ja: &'static str, en: &'static str| if lang == Lang::Ja { ja } else { en };
    let allowed: Vec<Allow> = sheet.words("access").into_iter().filter_map(Allow::from_name).collect();
    let reaches = [("all", ALL, Reach::All), ("unit", OF_UNIT, Reach::Unit), ("own", OF_OWN, Reach::Own)];
    let columns: Vec<Column<'_>> = std::iter::once(Column::text(ROLE.in_(lang)))
        .chain(Act::ALL.into_iter().map(|act| Column::text(said(act.label().0, act.label().1))))
        .collect();
    let rows: Vec<parts::Row> = RANKS
        .into_iter()
        .map(|(role, ja, en)| {
            let name = said(ja, en);
            let select = |act: Act| {
                let now = allowed.iter().find(|allow| allow.role == role && allow.act == act).map(|allow| allow.reach);
                let what = format!("{name}：{}", said(act.label().0, act.label().1));
                html! {
                    select name=(cell(role.name(), act)) aria-label=(what) {
                        option value="" { (NOTHING.in_(lang)) }
                        @for (value, label, reach) in reaches { option value=(value) selected[now == Some(reach)] { (label.in_(lang)) } }
                    }
                }
            };
            std::iter::once(html! { (name) }).chain(Act::ALL.into_iter().map(select)).collect::<Vec<_>>().into()
        })
        .collect();
    let error = sheet.error(page, "access");
    html! {
        div.sk-field .sk-wrong[error.is_some()] {
            h2 { (ACCESS.in_(lang)) }
            p.sk-hint { (ACCESS_HOW.in_(lang)) }
            @if let Some(error) = error { p.sk-error { (error) } }
            (parts::table(lang, ACCESS.in_(lang), &columns, &rows))
        }
    }
}

/// The registers of the organisation's own that a visitor may list, for the navigation: name and label.
pub(crate) fn places(page: &crate::visit::Visit) -> Vec<(String, register::Say)> {
    let own = |description: &&std::sync::Arc<register::Description>| {
        let name = &description.name;
        let used = description.access.iter().any(|grant| grant.actions.contains(&Action::Create));
        name.starts_with(register::describe::OWN)
            && used
            && !permit::scope(&page.actor, description, Action::List).is_nothing()
    };
    page.registers.all().filter(own).map(|description| (description.name.clone(), description.label.clone())).collect()
}

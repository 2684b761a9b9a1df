//! The fields that an organisation added to a register: the list of them, and the form of one.

use axum::extract::{Path, Query as Pairs};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use register::change::Request;
use register::describe::Description;
use register::own::{self, MOST_FIELDS, MOST_OPTIONS, OwnField};
use register::permit::{self, Action};
use register::{Body, Failure, Refusal};
use serde_json::Value;

use super::preview::Preview;
use super::{
    ADD, ENGLISH, FIELD, FIELDS, HISTORY, IN_DATA, IN_DATA_HINT, Kept, LOOK, RETIRED, SAVE, STATE, Sheet, TITLE,
    create, free_name, name_in_data, open, save, seen, ticked, typed, use_of,
};
use crate::answer::Answer;
use crate::parts::{self, Choice, Column, Control, Look};
use crate::say::{Lang, Text, list as list_text, text};
use crate::visit::{Page, Posted, see_other, value_of};

const NEW: Text = text("項目を追加", "Add a field");
const NONE: Text = text("追加した項目はまだありません。", "No field was added yet.");
const LABEL: Text = text("項目名", "Label");
const LABEL_HINT: Text = text("例：設置場所、保守の期限", "For example: Location, Maintenance until");
const KIND: Text = text("種類", "Kind");
const KIND_HINT: Text =
    text("値の入った記録ができた後は、種類を変更できません。", "It can't be changed once a record has a value.");
const HELP: Text = text("入力の説明（任意）", "Help for whoever fills it in (optional)");
const OPTIONS: Text = text("選択肢", "Options");
const OPTIONS_HINT: Text = text(
    "種類が「選択肢」のとき、1行に1つずつ入力してください。後から追加できます。",
    "For a choice: one on each line. More can be added later.",
);
const RETIRED_OPTIONS: Text = text("使用をやめる選択肢", "Options no longer in use");
const RETIRED_OPTIONS_HINT: Text = text(
    "やめた選択肢は新しく選べなくなります。選択済みの記録の値は残ります。",
    "They can't be chosen any more. Records that have them keep them.",
);
const SCALE: Text = text("尺度（種類が「分類の尺度」のとき）", "Scale (for a field of that kind)");
const TO: Text = text("参照先の台帳（種類が「ほかの記録への参照」のとき）", "Register that it links to (for a link)");
const MANY: Text = text("複数の値を入力できる", "Several values");
const REQUIRED: Text = text("必須にする", "Must be filled");
const REQUIRED_HINT: Text = text(
    "すでにある記録はそのまま読めます。次に変更するときに、入力が必要になります。",
    "Records that are there stay readable. Whoever changes one next has to fill it in.",
);
const COLUMN: Text = text("一覧に表示する", "Show it in the list");
const FACET: Text = text("絞り込みに使う", "Filter by it");
const SORT: Text = text("並べ替えに使う", "Sort by it");
const SEARCH: Text = text("検索の対象にする（文字の項目）", "Find its text by search");
const RETIRED_HINT: Text = text(
    "入力画面と一覧に出なくなります。入っている値は残り、記録の画面と履歴で見られます。削除はできません。",
    "It leaves the form and the list. Values stay, and show on the record's page and in its history. It can't be deleted.",
);
const FEATURES: Text = text("使い方", "Used for");

/// The controls of the form, in their order.
const CONTROLS: &[&str] = &[
    "label",
    "kind",
    "options",
    "retired_options",
    "scale",
    "to",
    "help",
    "many",
    "required",
    "column",
    "facet",
    "sort",
    "search",
    "label_en",
    "name",
    "retired",
];

/// The register that an address or form names, where fields may be added by this visitor.
fn target<'a>(page: &'a Page, name: &str) -> Result<&'a Description, Failure> {
    let description = page.registers.description(name).filter(|description| own::may_grow(description));
    description.map(|description| &**description).ok_or(Failure::Missing)
}

fn may(page: &Page, description: &Description) -> bool {
    !permit::scope(&page.actor, description, Action::Describe).is_nothing()
}

/// The fields that were added to one register.
pub(super) async fn all(page: Page, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let lang = page.lang;
    let description = target(&page, value_of(&pairs, "register"))?;
    let rows = page.read(|_, reading| reading.values::<OwnField>()).await?;
    let mut rows: Vec<_> = rows.into_iter().filter(|(_, own)| own.register == description.name).collect();
    rows.sort_by_key(|(_, own)| own.retired);
    let label = page.say(&description.label).to_owned();
    let columns = [LABEL, KIND, FEATURES, STATE].map(|text| Column::text(text.in_(lang)));
    let list: Vec<parts::Row> = rows
        .iter()
        .map(|(row, own)| {
            let switches = [(own.required, REQUIRED), (own.column, COLUMN), (own.facet, FACET), (own.sort, SORT)];
            let used: Vec<_> = switches.iter().filter(|(on, _)| *on).map(|(_, text)| text.in_(lang)).collect();
            let href = if may(&page, description) {
                format!("/own/fields/{}", row.id)
            } else {
                format!("/r/{FIELD}/{}", row.id)
            };
            vec![
                html! { a href=(href) { (own.label) } " " span.sk-quiet { (own.name) } },
                html! { (kind_label(&page, own).unwrap_or_default()) },
                html! { (used.join(if lang == Lang::Ja { "、" } else { ", " })) },
                use_of(&page, own.retired),
            ]
            .into()
        })
        .collect();
    let add = format!("/own/fields/new?register={}", description.name);
    let acts = may(&page, description).then(|| parts::go(&add, NEW.in_(lang), Look::Small));
    let quiet = match lang {
        Lang::Ja => format!("追加した項目 {}／最大{MOST_FIELDS}", rows.len()),
        Lang::En => format!("{} of at most {MOST_FIELDS} fields added", rows.len()),
    };
    let title = format!("{label}：{}", FIELDS.in_(lang));
    let list_href = format!("/r/{}", description.name);
    let main = html! {
        (parts::breadcrumb(lang, &[(TITLE.in_(lang), "/own"), (&label, &list_href)], FIELDS.in_(lang)))
        (parts::head(&title, Some(&quiet), acts.clone()))
        (parts::card(None, html! {
            @if list.is_empty() { (parts::empty_state(NONE.in_(lang), acts)) }
            @else { (parts::table(lang, &title, &columns, &list)) }
        }))
    };
    Ok(page.show(&title, main))
}

/// What the kind of a field is called.
fn kind_label(page: &Page, own: &OwnField) -> Option<String> {
    let register::describe::Kind::Choice { options } = &page.registers.of::<OwnField>().field("kind")?.kind else {
        return None;
    };
    let value = serde_json::to_value(own.kind).ok()?;
    let option = options.iter().find(|option| Some(option.value.as_str()) == value.as_str())?;
    Some(page.say(&option.label).to_owned())
}

/// The form of a new field.
pub(super) async fn new(page: Page, Pairs(pairs): Pairs<Vec<(String, String)>>) -> Answer {
    let description = target(&page, value_of(&pairs, "register"))?;
    let name = free_name(description.fields.iter().map(|field| field.name.as_str()));
    let body = [
        ("register", description.name.clone().into()),
        ("kind", "text".into()),
        ("column", true.into()),
        ("search", true.into()),
    ];
    let body = body.into_iter().map(|(field, value): (&str, Value)| (field.to_owned(), value)).collect();
    let sheet = Sheet { body, refusal: Refusal::default() };
    Ok(draw(&page, StatusCode::OK, description, &sheet, &Request::new(), Kept::New(&name), None))
}

/// Adds a field, or shows how it would look.
pub(super) async fn add(page: Page, form: Posted) -> Answer {
    let description = target(&page, form.get("register"))?;
    let mut body = read(&form);
    body.insert("register".into(), description.name.clone().into());
    body.insert("name".into(), name_in_data(&form).into());
    let kept = Kept::New(form.get("proposed"));
    let refusal = match seen(&page, own::try_field, &body).await? {
        Ok(preview) if form.has("look") => {
            let sheet = Sheet { body: given(body, &form), refusal: Refusal::default() };
            return Ok(draw(&page, StatusCode::OK, description, &sheet, &form.request, kept, Some(preview)));
        }
        Ok(_) => match create(&page, FIELD, &form, body.clone()).await {
            Ok(_) => return Ok(see_other(&format!("/own/fields?register={}", description.name))),
            Err(Failure::Refusal(refusal)) => refusal,
            Err(failure) => return Err(failure.into()),
        },
        Err(refusal) => refusal,
    };
    let sheet = Sheet { body: given(body, &form), refusal };
    Ok(draw(&page, StatusCode::UNPROCESSABLE_ENTITY, description, &sheet, &form.request, kept, None))
}

/// The name as it was typed, for the form that is shown again.
fn given(mut body: Body, form: &Posted) -> Body {
    body.insert("name".into(), form.get("name").into());
    body
}

/// The form of a field that is there.
pub(super) async fn one(page: Page, Path(id): Path<String>) -> Answer {
    let row = page.read(move |page, reading| Ok(open(page, reading, FIELD, &id)?.0)).await?;
    let description = target(&page, row.text("register"))?;
    let sheet = Sheet { body: row.body.clone(), refusal: Refusal::default() };
    Ok(draw(&page, StatusCode::OK, description, &sheet, &Request::new(), Kept::There(&row), None))
}

/// Changes a field, or shows how it would look.
pub(super) async fn change(page: Page, Path(id): Path<String>, form: Posted) -> Answer {
    let (row, permit) = page.read(move |page, reading| open(page, reading, FIELD, &id)).await?;
    let description = target(&page, row.text("register"))?;
    let mut body = row.body.clone();
    body.extend(read(&form));
    let kept = Kept::There(&row);
    let refusal = match seen(&page, own::try_field, &body).await? {
        Ok(preview) if form.has("look") => {
            let sheet = Sheet { body, refusal: Refusal::default() };
            return Ok(draw(&page, StatusCode::OK, description, &sheet, &form.request, kept, Some(preview)));
        }
        Ok(_) => match save(&page, &row, permit, &form, read(&form)).await {
            Ok(()) => return Ok(see_other(&format!("/own/fields?register={}", description.name))),
            Err(Failure::Refusal(refusal)) => refusal,
            Err(failure) => return Err(failure.into()),
        },
        Err(refusal) => refusal,
    };
    let sheet = Sheet { body, refusal };
    Ok(draw(&page, StatusCode::UNPROCESSABLE_ENTITY, description, &sheet, &form.request, kept, None))
}

/// What the form says, as fields of a record; what belongs to another kind is left out.
fn read(form: &Posted) -> Body {
    let mut body = Body::new();
    let kind = form.get("kind");
    for name in ["label", "label_en", "help"] {
        body.insert(name.into(), typed(form, name));
    }
    body.insert("kind".into(), typed(form, "kind"));
    for name in ["many", "required", "column", "facet", "sort", "search", "retired"] {
        body.insert(name.into(), ticked(form, name));
    }
    let lines = form.get("options").lines().map(str::trim).filter(|line| !line.is_empty());
    let options: Vec<&str> = if kind == "choice" { lines.collect() } else { Vec::new() };
    let retired: Vec<&str> = form.all("retired_options").filter(|option| options.contains(option)).collect();
    let list = |items: Vec<&str>| if items.is_empty() { Value::Null } else { items.into() };
    body.insert("retired_options".into(), list(retired));
    body.insert("options".into(), list(options));
    body.insert("scale".into(), if kind == "scale" { typed(form, "scale") } else { Value::Null });
    body.insert("to".into(), if kind == "link" { typed(form, "to") } else { Value::Null });
    body
}

fn draw(
    page: &Page,
    status: StatusCode,
    description: &Description,
    sheet: &Sheet,
    request: &Request,
    kept: Kept<'_>,
    preview: Option<Preview>,
) -> Response {
    let lang = page.lang;
    let label = page.say(&description.label).to_owned();
    let back = format!("/own/fields?register={}", description.name);
    let (title, action, name) = match kept {
        Kept::New(proposed) => {
            let name = sheet.text("name");
            (NEW.in_(lang).to_owned(), "/own/fields/new".to_owned(), if name.is_empty() { proposed } else { name })
        }
        Kept::There(row) => (row.title.clone(), format!("/own/fields/{}", row.id), row.text("name")),
    };
    let name = if name.starts_with("x_") { name.to_owned() } else { format!("x_{name}") };
    let save = if matches!(kept, Kept::New(_)) { ADD } else { SAVE };
    let main = html! {
        (parts::breadcrumb(lang, &[(TITLE.in_(lang), "/own"), (&label, &back)], &title))
        (parts::head(&format!("{label}：{title}"), None, match kept {
            Kept::There(row) => Some(parts::go(&format!("/r/{FIELD}/{}", row.id), HISTORY.in_(lang), Look::SmallSecond)),
            Kept::New(_) => None,
        }))
        (sheet.faults(page, CONTROLS))
        @if let Some(preview) = preview { (preview.draw(page, Some(&name))) }
        (parts::form(&action, request.as_str(), controls(page, sheet, kept), html! {
            (parts::submit(save.in_(lang), Look::Main))
            button.sk-button.sk-second type="submit" name="look" value="true" { (LOOK.in_(lang)) }
            (parts::go(&back, list_text::BACK.in_(lang), Look::Second))
        }))
    };
    page.show_with(status, &title, None, main)
}

fn controls(page: &Page, sheet: &Sheet, kept: Kept<'_>) -> Markup {
    let lang = page.lang;
    let options = |field: &str| -> Vec<(String, String)> {
        let kind = page.registers.of::<OwnField>().field(field).map(|field| field.kind.clone());
        let Some(register::describe::Kind::Choice { options }) = kind else { return Vec::new() };
        options
            .into_iter()
            .map(|option| (option.value, if lang == Lang::Ja { option.label.ja } else { option.label.en }))
            .collect()
    };
    let scales: Vec<(String, String)> = page
        .registers
        .scales()
        .into_iter()
        .map(|(name, label)| (name.to_owned(), page.say(label).to_owned()))
        .collect();
    let registers = page.registers.all().filter(|to| to.part_of.as_deref() != Some("*") && !own::describes(&to.name));
    let registers: Vec<(String, String)> = registers
        .filter(|to| !permit::scope(&page.actor, to, Action::List).is_nothing())
        .map(|to| (to.name.clone(), page.say(&to.label).to_owned()))
        .collect();
    let kinds = options("kind");
    let choose = |name: &'static str, label: Text, list: &[(String, String)], hint: Option<Text>| {
        let list: Vec<Choice<'_>> = list.iter().map(|(value, label)| Choice { value, label }).collect();
        let control = Control::choice(name, sheet.text(name), &list);
        let control = if name == "kind" { control.required() } else { control };
        parts::field(lang, label.in_(lang), control, hint.map(|hint| hint.in_(lang)), sheet.error(page, name))
    };
    let line = |name: &'static str, label: Text, longest: u32, hint: Option<Text>| {
        let control = Control::line(name, sheet.text(name), parts::Kind::Plain).longest(longest);
        let control = if name == "label" { control.required() } else { control };
        parts::field(lang, label.in_(lang), control, hint.map(|hint| hint.in_(lang)), sheet.error(page, name))
    };
    let check = |name: &'static str, label: Text, hint: Option<Text>| {
        let control = Control::check(name, sheet.is(name));
        parts::field(lang, label.in_(lang), control, hint.map(|hint| hint.in_(lang)), sheet.error(page, name))
    };
    let lines = sheet.words("options").join("\n");
    let known: Vec<Choice<'_>> = match kept {
        Kept::There(_) => {
            sheet.words("options").into_iter().map(|option| Choice { value: option, label: option }).collect()
        }
        Kept::New(_) => Vec::new(),
    };
    let most = match lang {
        Lang::Ja => format!("{}（最大{MOST_OPTIONS}個）", OPTIONS_HINT.in_(lang)),
        Lang::En => format!("{} At most {MOST_OPTIONS}.", OPTIONS_HINT.in_(lang)),
    };
    html! {
        @match kept {
            Kept::New(proposed) => { (parts::hidden("register", sheet.text("register"))) (parts::hidden("proposed", proposed)) },
            Kept::There(row) => { (parts::hidden("rev", &row.rev.to_string())) },
        }
        (line("label", LABEL, 40, Some(LABEL_HINT)))
        (choose("kind", KIND, &kinds, Some(KIND_HINT)))
        (parts::field(lang, OPTIONS.in_(lang), Control::area("options", &lines), Some(&most), sheet.error(page, "options")))
        @if !known.is_empty() {
            (parts::field(lang, RETIRED_OPTIONS.in_(lang), Control::many("retired_options", &sheet.words("retired_options"), &known), Some(RETIRED_OPTIONS_HINT.in_(lang)), sheet.error(page, "retired_options")))
        }
        (choose("scale", SCALE, &scales, None))
        (choose("to", TO, &registers, None))
        (line("help", HELP, 200, None))
        (check("required", REQUIRED, Some(REQUIRED_HINT)))
        (check("column", COLUMN, None))
        (check("facet", FACET, None))
        (check("sort", SORT, None))
        (check("search", SEARCH, None))
        (check("many", MANY, None))
        (line("label_en", ENGLISH, 60, None))
        @match kept {
            Kept::New(_) => { (line("name", IN_DATA, 38, Some(IN_DATA_HINT))) },
            Kept::There(row) => { p.sk-quiet { (IN_DATA.in_(lang)) "：" (row.text("name")) } (check("retired", RETIRED, Some(RETIRED_HINT))) },
        }
    }
}

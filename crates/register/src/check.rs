//! Checks of a body against its register's fields, and reading of what people type into them.

use base::calendar::read_date;
use base::date::Date;
use base::id::Id;
use serde_json::Value;

use crate::describe::{Choices, Description, Field, Kind};
use crate::flat::Scales;
use crate::record::Body;
use crate::say::{Refusal, Say};

/// Most items in a list field.
pub const MANY: usize = 1_000;

/// Brings a body into its one stored form: known fields only, no nulls, no empty text, right types, within limits.
///
/// # Errors
/// Every problem found, each at its field.
pub fn settle(description: &Description, body: Body) -> Result<Body, Refusal> {
    settle_with(description, body, |_| true)
}

/// The same where only some of the fields that must be filled have to be.
pub(crate) fn settle_with(
    description: &Description,
    body: Body,
    asked: impl Fn(&Field) -> bool,
) -> Result<Body, Refusal> {
    let mut refusal = Refusal::default();
    let mut settled = Body::new();
    for (name, value) in body {
        let Some(field) = description.field(&name) else {
            let shown: String = name.chars().take(60).collect();
            refusal.and(Refusal::whole(
                format!("「{shown}」という項目はありません"),
                format!("There is no field named {shown}"),
            ));
            continue;
        };
        match settle_field(field, value) {
            Ok(Some(value)) => {
                settled.insert(name, value);
            }
            Ok(None) => {}
            Err(say) => refusal.and(Refusal::at(&name, say.ja, say.en)),
        }
    }
    let empty = |field: &&Field| field.required && !settled.contains_key(&field.name) && asked(field);
    for field in description.fields.iter().filter(empty) {
        let already = refusal.problems.iter().any(|problem| problem.field.as_deref() == Some(&field.name));
        if !already {
            let Say { ja, en } = missing(field);
            refusal.and(Refusal::at(&field.name, ja, en));
        }
    }
    let place = |name: &Option<String>| {
        name.as_ref().and_then(|name| description.fields.iter().position(|field| &field.name == name))
    };
    refusal.problems.sort_by_key(|problem| place(&problem.field));
    refusal.or_ok()?;
    Ok(settled)
}

/// What is said at a field that must be filled.
pub fn missing(field: &Field) -> Say {
    let verb = match field.kind {
        Kind::Choice { .. } | Kind::Scale { .. } | Kind::Link { .. } | Kind::Bool => "選んでください",
        _ => "入力してください",
    };
    Say::new(format!("{}を{verb}", field.label.ja), format!("Fill in: {}", field.label.en))
}

fn settle_field(field: &Field, value: Value) -> Result<Option<Value>, Say> {
    if !field.many {
        return settle_one(field, value);
    }
    let items = match value {
        Value::Null => return Ok(None),
        Value::Array(items) => items,
        single => vec![single],
    };
    if items.len() > MANY {
        return Err(Say::new(format!("{MANY}件までにしてください"), format!("At most {MANY} items")));
    }
    let mut settled = Vec::with_capacity(items.len());
    for item in items {
        if let Some(item) = settle_one(field, item)?
            && !settled.contains(&item)
        {
            settled.push(item);
        }
    }
    Ok((!settled.is_empty()).then_some(Value::Array(settled)))
}

fn settle_one(field: &Field, value: Value) -> Result<Option<Value>, Say> {
    let wrong =
        |ja: &str, en: &str| Err(Say::new(format!("{}は{ja}", field.label.ja), format!("{}: {en}", field.label.en)));
    match (&field.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Text { max }, Value::String(text)) => line(field, text.trim(), *max, false),
        (Kind::Long { max }, Value::String(text)) => line(field, text.replace("\r\n", "\n").trim_end(), *max, true),
        (Kind::Bool, Value::Bool(yes)) => Ok(Some(Value::Bool(yes))),
        (Kind::Integer { min, max }, Value::Number(number)) => match number.as_i64() {
            Some(value) if (*min..=*max).contains(&value) => Ok(Some(Value::from(value))),
            Some(_) => {
                wrong(&format!("{min}から{max}までの数にしてください"), &format!("a whole number from {min} to {max}"))
            }
            None => wrong("整数にしてください", "must be a whole number"),
        },
        (Kind::Date, Value::String(text)) if text.is_empty() => Ok(None),
        (Kind::Date, Value::String(text)) => match text.parse::<Date>() {
            Ok(date) => Ok(Some(Value::String(date.to_string()))),
            Err(_) => wrong(
                "日付として読み取れません。令和8年4月1日 のように入力してください",
                "not a date; write 2026-04-01",
            ),
        },
        (Kind::Choice { .. } | Kind::Scale { .. } | Kind::Link { .. }, Value::String(text)) if text.is_empty() => {
            Ok(None)
        }
        (Kind::Choice { options }, Value::String(text)) => {
            if options.iter().any(|option| option.value == text) {
                Ok(Some(Value::String(text)))
            } else {
                let Say { ja, en } = to_choose(options);
                wrong(&ja, &en)
            }
        }
        (Kind::Scale { .. }, Value::String(text)) => line(field, text.trim(), 40, false),
        (Kind::Link { .. }, Value::String(text)) => match text.parse::<Id>() {
            Ok(id) => Ok(Some(Value::String(id.to_string()))),
            Err(_) => wrong("一覧から選んでください", "choose a record from the list"),
        },
        _ => wrong("種類の違う値です", "a value of the wrong type"),
    }
}

/// What there is to choose from; the first of a long list.
fn to_choose(options: &[Choices]) -> Say {
    const NAMED: usize = 20;
    let offered: Vec<_> = options.iter().filter(|option| !option.retired).collect();
    let named = &offered[..offered.len().min(NAMED)];
    let ja: Vec<_> = named.iter().map(|option| option.label.ja.as_str()).collect();
    let en: Vec<_> = named.iter().map(|option| option.label.en.as_str()).collect();
    let (more, more_en) = if named.len() < offered.len() { ("など", ", …") } else { ("", "") };
    Say::new(format!("{}{more}から選んでください", ja.join("、")), format!("choose one of {}{more_en}", en.join(", ")))
}

/// Refuses new values of what is no longer offered: a field, or an option of it. What a record has already stays.
///
/// # Errors
/// What to do instead, at the field.
pub(crate) fn offered(description: &Description, old: &Body, new: &Body) -> Result<(), Refusal> {
    for field in &description.fields {
        let (Some(value), known) = (new.get(&field.name), old.get(&field.name)) else { continue };
        if Some(value) == known {
            continue;
        }
        let Say { ja, en } = &field.label;
        if field.retired {
            return Err(Refusal::at(
                &field.name,
                format!("{ja}は使用をやめた項目です。空のままにしてください"),
                format!("{en} is no longer used: leave it empty"),
            ));
        }
        let Kind::Choice { options } = &field.kind else { continue };
        let had = |one: &Value| match known {
            Some(Value::Array(items)) => items.contains(one),
            Some(single) => single == one,
            None => false,
        };
        let items = if let Value::Array(items) = value { items } else { std::slice::from_ref(value) };
        let gone = |one: &&Value| options.iter().any(|option| option.retired && **one == *option.value) && !had(one);
        if let Some(gone) = items.iter().find(gone) {
            let gone = write_text(field, gone);
            let choose = to_choose(options);
            return Err(Refusal::at(
                &field.name,
                format!("{ja}の「{gone}」は使用をやめた選択肢です。{}", choose.ja),
                format!("{en}: {gone} is no longer used; {}", choose.en),
            ));
        }
    }
    Ok(())
}

fn line(field: &Field, text: &str, max: usize, many_lines: bool) -> Result<Option<Value>, Say> {
    let (ja, en) = (&field.label.ja, &field.label.en);
    if text.is_empty() {
        return Ok(None);
    }
    let length = text.chars().count();
    if length > max {
        return Err(Say::new(
            format!("{ja}は{max}文字以内にしてください（いま{length}文字です）"),
            format!("{en}: at most {max} characters (now {length})"),
        ));
    }
    if base::text::has_control(text) || (!many_lines && text.contains(['\n', '\t'])) {
        return Err(Say::new(
            format!("{ja}に使えない文字（制御文字や改行）があります。取り除いてください"),
            format!("{en}: remove control characters and line breaks"),
        ));
    }
    Ok(Some(Value::String(text.to_owned())))
}

/// Reads what a person typed or a cell holds into a field's value; links are left to the caller, who can look them up.
/// Empty text is no value.
///
/// # Errors
/// What to write instead.
pub fn read_text(field: &Field, text: &str) -> Result<Option<Value>, Say> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let folded = base::text::fold(trimmed);
    let value = match &field.kind {
        Kind::Bool => match folded.as_str() {
            "1" | "true" | "yes" | "y" | "ハイ" | "有" | "有リ" | "アリ" | "○" | "〇" | "on" => {
                Value::Bool(true)
            }
            "0" | "false" | "no" | "n" | "イイエ" | "無" | "無シ" | "ナシ" | "×" => Value::Bool(false),
            _ => {
                return Err(Say::new(
                    format!("{}は「はい」か「いいえ」にしてください", field.label.ja),
                    format!("{}: write yes or no", field.label.en),
                ));
            }
        },
        Kind::Integer { .. } => match folded.replace(',', "").parse::<i64>() {
            Ok(number) => Value::from(number),
            Err(_) => {
                return Err(Say::new(
                    format!("{}は整数にしてください", field.label.ja),
                    format!("{}: write a whole number", field.label.en),
                ));
            }
        },
        Kind::Date => match read_date(trimmed) {
            Some(date) => Value::String(date.to_string()),
            None => Value::String(trimmed.to_owned()),
        },
        Kind::Choice { options } => {
            let same = |label: &str| base::text::fold(label) == folded;
            let found = options
                .iter()
                .find(|option| option.value == trimmed || same(&option.label.ja) || same(&option.label.en));
            Value::String(found.map_or(trimmed, |option| option.value.as_str()).to_owned())
        }
        Kind::Scale { .. } | Kind::Text { .. } | Kind::Link { .. } => Value::String(trimmed.to_owned()),
        Kind::Long { .. } => Value::String(text.to_owned()),
    };
    match field.kind {
        Kind::Link { .. } => Ok(Some(value)),
        _ => settle_one(field, value),
    }
}

/// A value as people read it in a cell: the counterpart of [`read_text`]. Links are left to the caller.
pub fn write_text(field: &Field, value: &Value) -> String {
    match (&field.kind, value) {
        (_, Value::Null) => String::new(),
        (_, Value::Object(_)) => crate::sealed::SHUT.to_owned(),
        (_, Value::Array(items)) => items.iter().map(|item| write_text(field, item)).collect::<Vec<_>>().join("; "),
        (Kind::Bool, Value::Bool(yes)) => if *yes { "はい" } else { "いいえ" }.to_owned(),
        (Kind::Choice { options }, Value::String(text)) => {
            options.iter().find(|option| &option.value == text).map_or(text, |option| &option.label.ja).clone()
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// Every record that a body links to, with the field.
pub fn links<'a>(description: &'a Description, body: &'a Body) -> impl Iterator<Item = (&'a Field, Id)> {
    description.fields.iter().filter(|field| matches!(field.kind, Kind::Link { .. })).flat_map(move |field| {
        let items: &[Value] = match body.get(&field.name) {
            Some(Value::Array(items)) => items,
            Some(single) => std::slice::from_ref(single),
            None => &[],
        };
        items.iter().filter_map(move |item| Some((field, item.as_str()?.parse().ok()?)))
    })
}

/// The fields whose text people may search for.
pub(crate) fn found_by_search(description: &Description) -> Vec<&str> {
    let found = |field: &&Field| {
        let words = matches!(field.kind, Kind::Text { .. } | Kind::Long { .. } | Kind::Scale { .. });
        words && !field.hidden && !field.sealed && !field.unsearched && !field.retired
    };
    description.fields.iter().filter(found).map(|field| field.name.as_str()).collect()
}

/// All text of a record that people may search for; nothing of one that a search doesn't find.
pub(crate) fn searchable(description: &Description, body: &Body, archived: bool, scales: &Scales) -> Option<String> {
    if archived || description.part_of.as_deref() == Some("*") {
        return None;
    }
    let mut all = String::new();
    for name in found_by_search(description) {
        let (Some(field), Some(value)) = (description.field(name), body.get(name)) else { continue };
        let text = match (&field.kind, value) {
            (Kind::Text { .. } | Kind::Long { .. }, _) => write_text(field, value),
            (Kind::Scale { scale }, Value::String(grade)) => scales.label(scale, grade).unwrap_or_default().to_owned(),
            _ => continue,
        };
        if !text.is_empty() {
            all.push_str(&text);
            all.push('\n');
        }
    }
    Some(all)
}

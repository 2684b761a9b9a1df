//! The description of the API (OpenAPI 3.1), made from the registers as they are at this moment, for whoever asks: registers
//! and fields that an organisation added are in it, and what a token can't reach is not.

use axum::http::StatusCode;
use register::Description;
use register::check::MANY;
use register::describe::{Field, Kind};
use register::lifecycle::{ARCHIVED, CURRENT, LAPSED};
use serde_json::{Map, Value, json};

use super::describe::{may, open_to};
use super::sent::shown;
use super::{BASE, answer};
use crate::answer::Answer;
use crate::pages::change::asked;
use crate::visit::Page;

/// The document.
pub(super) async fn document(page: Page) -> Answer {
    let mut paths = Map::new();
    let mut schemas = general();
    house(&mut paths);
    for description in open_to(&page) {
        register(&page, &description, &mut paths, &mut schemas);
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "関守 API",
            "version": page.app.settings.version,
            "description": "Registers of an information-security policy: what pages do, for programs.",
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
    });
    Ok(answer(StatusCode::OK, &document))
}

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-v]{26}$" })
}

/// The shapes that every register shares.
fn general() -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "integer", "minimum": 0 });
    let say = object(json!({ "ja": text(), "en": text() }), &["ja", "en"]);
    let error = object(json!({ "field": text(), "ja": text(), "en": text() }), &["ja", "en"]);
    let problem = json!({
        "type": "object",
        "properties": {
            "type": text(), "title": text(), "status": number(), "kind": text(), "detail": text(), "ja": text(), "en": text(),
            "errors": { "type": "array", "items": error }, "rev": number(), "changed": { "type": "object" },
        },
        "required": ["type", "title", "status", "kind", "detail", "ja", "en"],
    });
    let done = object(json!({ "id": id(), "register": text(), "rev": number() }), &["id", "register", "rev"]);
    let hit = object(json!({ "id": id(), "register": text(), "title": text() }), &["id", "register", "title"]);
    let file = json!({ "id": id(), "name": text(), "size": number(), "sha256": text(), "state": text(), "at": text() });
    let event = json!({
        "seq": number(), "at": text(), "by": text(), "what": text(), "rev": number(), "reason": text(),
        "changed": { "type": "object" },
    });
    let described = json!({
        "type": "object",
        "properties": { "name": text(), "label": refer("say"), "fields": { "type": "array" }, "may": { "type": "array", "items": text() } },
        "required": ["name", "label", "fields", "may"],
    });
    let list = |name: &str, items: Value| object(json!({ name: { "type": "array", "items": items } }), &[name]);
    let all = [
        ("say", say),
        ("problem", problem),
        ("done", done),
        ("found", list("found", hit)),
        ("files", list("files", object(file.clone(), &["id", "name", "size", "sha256", "state", "at"]))),
        ("file", object(file, &["id", "name", "size", "sha256", "state"])),
        ("history", list("events", object(event, &["seq", "at", "by", "what"]))),
        ("registers", list("registers", described)),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// The answers of an operation: its own, and those with which the house says no.
fn answers(good: u16, content: Value, more: &[u16]) -> Value {
    let mut answers = Map::new();
    let mut own = json!({ "description": "Done", "content": content });
    if more.contains(&428) || good == 201 {
        own["headers"] = json!({ "ETag": { "schema": { "type": "string" } } });
    }
    answers.insert(good.to_string(), own);
    let no = |status: u16| match status {
        401 => "No token that may be used",
        403 => "Not permitted",
        404 => "No such record, or not for this token",
        409 => "The record's state is no longer one to start from",
        412 => "The record has moved on since it was read",
        413 => "Too large",
        415 => "Not JSON",
        422 => "What is wrong, at its field",
        428 => "If-Match is missing",
        503 => "Too much to do: try again with the same Idempotency-Key",
        _ => "The disk is full",
    };
    for status in [401, 403, 404, 503].iter().chain(more) {
        let content = json!({ "application/problem+json": { "schema": refer("problem") } });
        answers.insert(status.to_string(), json!({ "description": no(*status), "content": content }));
    }
    Value::Object(answers)
}

fn as_json(name: &str) -> Value {
    json!({ "application/json": { "schema": refer(name) } })
}

const CHANGE: &[u16] = &[409, 412, 413, 415, 422, 428, 507];

fn house(paths: &mut Map<String, Value>) {
    let words =
        json!({ "name": "q", "in": "query", "description": "Words that must occur", "schema": { "type": "string" } });
    let mut add = |path: &str, name: &str, summary: &str, parameters: Value, content: Value| {
        let get = json!({
            "operationId": name, "summary": summary, "parameters": parameters, "responses": answers(200, content, &[]),
        });
        paths.insert(format!("{BASE}{path}"), json!({ "get": get }));
    };
    add("/registers", "registers", "The registers that this token may use", json!([]), as_json("registers"));
    add("/search", "search", "Records of any register", json!([words]), as_json("found"));
    let note = json!({ "text/plain": { "schema": { "type": "string" } } });
    add("/ledger/checkpoint", "checkpoint", "The newest signed head of the ledger", json!([]), note);
}

/// The addresses and shapes of one register, as far as this token may use them.
fn register(page: &Page, description: &Description, paths: &mut Map<String, Value>, schemas: &mut Map<String, Value>) {
    let name = &description.name;
    let label = page.say(&description.label);
    let may = may(page, description);
    let may = |action: &str| may.contains(&action);
    let fields: Vec<&Field> = description.fields.iter().filter(|field| shown(field)).collect();
    shapes(description, &fields, schemas);
    let body = |schema: Value, needed: bool| json!({ "required": needed, "content": { "application/json": { "schema": schema } } });
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "description": "The same key does it once",
        "schema": { "type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$" },
    });
    let tag = json!({
        "name": "If-Match", "in": "header", "required": true, "description": "The ETag of the record that was read",
        "schema": { "type": "string", "pattern": "^\"[0-9]{1,18}\"$" },
    });
    let one = json!({ "name": "id", "in": "path", "required": true, "schema": id() });
    let operation = |id: &str, summary: String, parameters: Value, responses: Value| json!({ "operationId": format!("{id}_{name}"), "summary": summary, "tags": [label], "parameters": parameters, "responses": responses });
    let mut add = |path: &str, method: &str, operation: Value| {
        let place = paths.entry(format!("{BASE}/r/{name}{path}")).or_insert_with(|| json!({}));
        place[method] = operation;
    };
    if may("list") {
        let responses = answers(200, as_json(&format!("{name}_list")), &[422]);
        add("", "get", operation("list", format!("{label}: list"), Value::Array(filters(description)), responses));
    }
    if may("create") {
        let responses = answers(201, as_json("done"), &[413, 415, 422, 507]);
        let mut create = operation("create", format!("{label}: new"), json!([key]), responses);
        create["requestBody"] = body(refer(&format!("{name}_new")), true);
        add("", "post", create);
    }
    if may("view") {
        let responses = answers(200, as_json(name), &[]);
        add("/{id}", "get", operation("view", format!("{label}: one"), json!([one]), responses));
        let responses = answers(200, as_json("history"), &[]);
        add("/{id}/history", "get", operation("history", format!("{label}: history"), json!([one]), responses));
        let responses = answers(200, as_json("files"), &[]);
        add("/{id}/files", "get", operation("files", format!("{label}: files"), json!([one]), responses));
    }
    if may("edit") {
        let responses = answers(200, as_json("done"), CHANGE);
        let mut edit = operation("edit", format!("{label}: change"), json!([one, tag, key]), responses.clone());
        edit["requestBody"] = body(refer(&format!("{name}_change")), true);
        add("/{id}", "patch", edit);
        let mut archive = operation("archive", format!("{label}: put away"), json!([one, tag, key]), responses);
        archive["requestBody"] = body(object(json!({ "reason": { "type": "string", "maxLength": 2000 } }), &[]), false);
        add("/{id}/archive", "post", archive);
    }
    if may("attach") {
        let file = json!({ "name": "name", "in": "query", "required": true, "schema": { "type": "string", "minLength": 1, "maxLength": 200 } });
        let responses = answers(201, as_json("file"), &[413, 422, 507]);
        let mut attach = operation("attach", format!("{label}: attach a file"), json!([one, file, key]), responses);
        attach["requestBody"] =
            json!({ "required": true, "content": { "application/octet-stream": { "schema": {} } } });
        add("/{id}/files", "post", attach);
    }
    for step in description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter()).filter(|_| may("view"))
    {
        let changed = properties(&asked(description, step), false);
        let note = json!({ "type": "string", "maxLength": 2000 });
        let schema = object(json!({ "fields": object(changed, &[]), "note": note }), &[]);
        let responses = answers(200, as_json("done"), CHANGE);
        let id = format!("act_{}", step.name);
        let mut act = operation(&id, format!("{label}: {}", step.en), json!([one, tag, key]), responses);
        act["requestBody"] = body(schema, false);
        add(&format!("/{{id}}/acts/{}", step.name), "post", act);
    }
}

/// The words of a list's address.
fn filters(description: &Description) -> Vec<Value> {
    let query = |name: &str, about: &str, schema: Value| json!({ "name": name, "in": "query", "description": about, "schema": schema });
    let mut sorts = vec![json!("new")];
    for sort in description.sorts.iter().map(|sort| sort.trim_start_matches('-')) {
        sorts.extend([json!(sort), json!(format!("-{sort}"))]);
    }
    let mut all = vec![
        query("q", "Words that must occur", json!({ "type": "string" })),
        query("sort", "Order; a leading - turns it round", json!({ "enum": sorts })),
        query("after", "Behind this record: use `next`", id()),
    ];
    let several = || json!({ "type": "array", "items": { "type": "string" }, "maxItems": 20 });
    all.extend(description.facets.iter().map(|facet| query(facet, "Any of these values", several())));
    if description.lifecycle.is_some() {
        all.push(query("state", "Any of these states", several()));
    }
    let date = |name: &&str| description.field(name).is_some_and(|field| field.kind == Kind::Date);
    for sort in description.sorts.iter().map(|sort| sort.trim_start_matches('-')).filter(date) {
        for (end, about) in [("from", "From this day"), ("to", "To this day")] {
            all.push(query(&format!("{sort}.{end}"), about, json!({ "type": "string", "format": "date" })));
        }
    }
    all
}

/// The record, its list, and what is sent to make or change one.
fn shapes(description: &Description, fields: &[&Field], schemas: &mut Map<String, Value>) {
    let name = &description.name;
    let own = description.lifecycle.iter().flat_map(|lifecycle| lifecycle.states.iter()).map(|state| state.name.0);
    let states: Vec<&str> = own.chain([CURRENT, LAPSED, ARCHIVED]).collect();
    let record = object(
        json!({
            "id": id(), "register": { "const": name }, "rev": { "type": "integer", "minimum": 1 }, "state": { "enum": states },
            "until": { "type": "string", "format": "date" }, "title": { "type": "string" },
            "fields": object(properties(fields, false), &[]),
        }),
        &["id", "register", "rev", "state", "title", "fields"],
    );
    let list = object(
        json!({
            "count": { "type": "integer", "minimum": 0 }, "exact": { "type": "boolean" },
            "records": { "type": "array", "items": refer(name) }, "next": { "type": "string" },
        }),
        &["count", "exact", "records"],
    );
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    let reason = json!({ "type": "string", "maxLength": 2000 });
    let made = object(json!({ "fields": object(properties(fields, false), &required), "reason": reason }), &["fields"]);
    let changed = object(json!({ "fields": object(properties(fields, true), &[]), "reason": reason }), &["fields"]);
    schemas.insert(name.clone(), record);
    schemas.insert(format!("{name}_list"), list);
    schemas.insert(format!("{name}_new"), made);
    schemas.insert(format!("{name}_change"), changed);
}

/// The fields as JSON Schema; in a change each may be emptied by `null`.
fn properties(fields: &[&Field], change: bool) -> Value {
    let one = |field: &&Field| {
        let mut schema = kind(&field.kind);
        if field.many {
            schema = json!({ "type": "array", "items": schema, "maxItems": MANY });
        }
        if change {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        }
        schema["title"] = json!(field.label.ja);
        schema["description"] = json!(field.label.en);
        (field.name.clone(), schema)
    };
    Value::Object(fields.iter().map(one).collect())
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text { max } | Kind::Long { max } => json!({ "type": "string", "maxLength": max }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Choice { options } => json!({ "enum": options.iter().map(|option| &option.value).collect::<Vec<_>>() }),
        Kind::Scale { scale } => json!({ "type": "string", "maxLength": 40, "x-scale": scale }),
        Kind::Link { to } => {
            let mut link = id();
            link["x-register"] = json!(to.as_deref().unwrap_or("*"));
            link
        }
    }
}

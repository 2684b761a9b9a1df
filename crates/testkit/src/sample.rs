//! Builders: a valid record of every register, and the same as a form sends it.

use base::id::Id;
use register::describe::{Description, Kind};
use serde_json::{Value, json};

use crate::house::House;

/// The fields of a valid new record of any register: of this unit, and holding the mark in one of its texts. What it
/// links to is made where it must be its own.
pub async fn sample(house: &House, register: &str, unit: Id, mark: &str) -> Value {
    let first = |register: &str| house.rows(register).first().map(|row| row.id).expect("a house with a policy");
    let own = || format!("{mark}-{}", &base::random::token().to_lowercase()[..8]).replace('_', "-");
    let name = || format!("x_{}", own().replace('-', "_"));
    let hash = "0".repeat(64);
    match register {
        "grade" => json!({"scale": "sample", "value": own(), "label": mark, "rank": 1}),
        "comment" => json!({"about": unit, "text": mark}),
        "attachment" => json!({"about": unit, "name": mark, "size": 1, "sha256": hash, "state": "held"}),
        "import" => {
            let sha256 = house.writer.keep(mark.as_bytes()).expect("a test's folder has room");
            json!({"register": "asset", "file": mark, "sha256": sha256, "stage": "staged"})
        }
        // One that is in use stands in everybody's navigation by its name.
        "own_register" => json!({"name": name(), "label": mark, "states": "none", "retired": true}),
        "own_field" => json!({"register": "asset", "name": name(), "label": mark, "kind": "text"}),
        "epoch" => json!({
            "number": 1, "cause": "restored", "kept": 1, "former_entries": 1, "former_root": "0", "reason": mark,
        }),
        "erasure" => json!({"about": unit, "ground": "retention", "why": mark}),
        "export" => json!({"register": "asset", "format": "csv", "rows": 1, "filter": mark}),
        "organ" => json!({"name": own(), "note": mark}),
        "unit" => json!({"code": own(), "name": own(), "note": mark}),
        "person" => json!({"name": mark, "unit": unit, "employment": "regular"}),
        "role_holding" => {
            let person = json!({"name": "関 守", "unit": unit, "employment": "regular"});
            let person = house.put("person", person).await;
            json!({"role": "manager", "post": mark, "person": person, "unit": unit, "from": "2026-04-01"})
        }
        "asset" => json!({
            "code": own(), "name": mark, "kind": "data", "unit": unit, "place": "書庫",
            "confidentiality": "2", "integrity": "1", "availability": "1", "note": mark,
        }),
        "document" => json!({"name": own(), "tier": "basic"}),
        "edition" => {
            // Its frozen bytes are those of the edition that was brought in.
            let mut edition = house.rows("edition").first().map(|row| row.body.clone()).expect("a house with a policy");
            edition.insert("name".into(), mark.into());
            Value::Object(edition)
        }
        "clause" => {
            json!({"document": first("document"), "slug": own(), "number": "9", "heading": mark, "place": 900})
        }
        "term" => json!({"term": own(), "text": mark, "document": first("document")}),
        "declaration" => {
            let person = json!({"name": "関 守", "unit": unit, "employment": "regular"});
            let person = house.put("person", person).await;
            json!({
                "clause": first("clause"), "declared_by": person, "kind": "nothing_occurred", "statement": mark,
                "from": "2026-04-01", "until": "2027-03-31",
            })
        }
        "carry_out" => {
            let person = house.put("person", json!({"name": "関 守", "unit": unit, "employment": "regular"})).await;
            let asset = house.put("asset", Box::pin(sample(house, "asset", unit, mark)).await).await;
            json!({
                "name": mark, "asset": asset, "carrier": person, "unit": unit, "destination": "県庁", "purpose": "説明会",
                "protection": "encrypted", "from": "2026-11-24", "until": "2026-11-30",
            })
        }
        "exception" => {
            let person = house.put("person", json!({"name": "関 守", "unit": unit, "employment": "regular"})).await;
            json!({
                "name": mark, "clause": first("clause"), "applicant": person, "unit": unit, "reason": "機器の更新が間に合わない",
                "instead": "施錠した部屋に置く", "from": "2026-11-01", "until": "2027-03-31",
            })
        }
        "decision" => {
            let person = house.put("person", json!({"name": "関 守", "unit": unit, "employment": "regular"})).await;
            json!({
                "about": first("organ"), "step": "approve", "decided_on": "2026-10-01", "decider": person, "manner": "own",
                "number": mark,
            })
        }
        "evidence" => json!({
            "clause": first("clause"), "name": mark, "strength": "recorded",
            "done_on": "2026-10-01", "received_on": "2026-10-02", "fresh_until": "2027-09-30",
        }),
        "account" => {
            let person = json!({"name": "関 守", "unit": unit, "employment": "regular"});
            let person = house.put("person", person).await;
            json!({"login": own(), "person": person})
        }
        "api_token" => {
            let person = json!({"name": "関 守", "unit": unit, "employment": "regular"});
            let person = house.put("person", person).await;
            let account = house.put("account", json!({"login": own(), "person": person})).await;
            json!({
                "name": mark, "person": person, "account": account, "bounds": ["*:read"], "expires_on": "2027-03-31",
                "mark": register::blob::sha256(own().as_bytes()),
            })
        }
        other => panic!("there is no sample of {other}"),
    }
}

/// Fields as a form sends them, without script: what is linked is typed by its id.
pub fn fields(description: &Description, body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut all = Vec::new();
    for field in description.fields.iter().filter(|field| !field.hidden) {
        let Some(value) = body.get(&field.name) else { continue };
        let name = match field.kind {
            Kind::Link { .. } => format!("{}_text", field.name),
            _ => field.name.clone(),
        };
        all.push((name, text(value)));
    }
    all
}

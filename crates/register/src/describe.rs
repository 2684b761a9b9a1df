//! What a register is: its fields and what is done with them. From a struct's JSON Schema, or given only as data.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lifecycle::{ARCHIVED, ERASED, LAPSED, Lifecycle};
use crate::permit::Grant;
use crate::say::Say;
use crate::word::{Word, Words};

/// The items of the basic policy that a register serves (方針の項目).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// 文書と改正
    Documents,
    /// 対象とする脅威
    Threats,
    /// 組織体制
    Organisation,
    /// 情報資産の分類と管理
    Classification,
    /// 情報システム全体の強靱性の向上
    Resilience,
    /// 物理的セキュリティ
    Physical,
    /// 人的セキュリティ
    People,
    /// 技術的セキュリティ
    Technical,
    /// 運用
    Operations,
    /// 業務委託と外部サービスの利用
    Suppliers,
    /// 評価・見直し
    Evaluation,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One line of text.
    Text {
        /// Longest, in characters.
        max: usize,
    },
    /// Text of many lines.
    Long {
        /// Longest, in characters.
        max: usize,
    },
    /// Yes or no.
    Bool,
    /// A whole number.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A day.
    Date,
    /// One of a closed list.
    Choice {
        /// The list, in order.
        options: Vec<Choices>,
    },
    /// A grade of a scale, whose grades are records.
    Scale {
        /// Name of the scale.
        scale: String,
    },
    /// A record of that register; of any register when `None`.
    Link {
        /// Name of the register.
        to: Option<String>,
    },
}

/// One entry of a closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// As stored.
    pub value: String,
    /// As shown.
    pub label: Say,
    /// No longer offered (使用をやめた選択肢); whoever has it keeps it.
    #[serde(default)]
    pub retired: bool,
}

/// What the text of a field is the name of, so that people are shown what they call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// A register.
    Register,
    /// A scale.
    Scale,
}

/// One field of a register, as forms, lists, exchange and search see it.
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own, and is a key of its own in data")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// `snake_case` ASCII name; fields that an organisation added begin with `x_`.
    pub name: String,
    /// What it is called.
    pub label: Say,
    /// One more sentence, in Japanese; may be empty.
    #[serde(default)]
    pub help: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be filled.
    #[serde(default)]
    pub required: bool,
    /// Whether it holds a list.
    #[serde(default)]
    pub many: bool,
    /// Never shown, listed, searched or taken out: only rules read it.
    #[serde(default)]
    pub hidden: bool,
    /// Keeps its value once it has one.
    #[serde(default)]
    pub fixed: bool,
    /// No longer offered (使用をやめた項目); whoever has a value keeps it.
    #[serde(default)]
    pub retired: bool,
    /// Its text is not found by search.
    #[serde(default)]
    pub unsearched: bool,
    /// What its text is the name of.
    #[serde(default)]
    pub names: Option<Names>,
    /// Whether its text is the SHA-256 of a file that the house keeps.
    #[serde(default)]
    pub file: bool,
    /// Kept encrypted (封), and read only by whoever may open it, with an entry each time. It must be so from the field's
    /// first day: what was written openly before stays open in the revisions.
    #[serde(default)]
    pub sealed: bool,
}

impl Field {
    /// Whether the organisation added it.
    pub fn is_own(&self) -> bool {
        self.name.starts_with(OWN)
    }

    /// Whether it holds one of few words, which a facet keeps as they are.
    pub(crate) fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Choice { .. } | Kind::Scale { .. }) || self.names.is_some()
    }
}

/// How the names of fields and registers that an organisation added begin.
pub const OWN: &str = "x_";

/// Fields whose values together occur once in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// The fields.
    pub fields: Words,
    /// Holds only while this field is empty.
    #[serde(default)]
    pub while_empty: Option<Word>,
}

/// The constant beside a struct: what its register does with its fields.
#[derive(Debug, Clone, Copy)]
pub struct Register {
    /// Name in data, addresses and entries.
    pub name: &'static str,
    label: (&'static str, &'static str),
    topic: Option<Topic>,
    title: &'static str,
    reading: Option<&'static str>,
    facets: &'static [&'static str],
    sorts: &'static [&'static str],
    columns: &'static [&'static str],
    unique: &'static [Unique],
    unit: Option<&'static str>,
    owner: Option<&'static str>,
    part_of: Option<&'static str>,
    access: &'static [Grant],
    lifecycle: Option<Lifecycle>,
    sealed: &'static [&'static str],
    restricted: bool,
    schema: u32,
}

impl Register {
    /// A register by name, with its Japanese and English label.
    pub const fn new(name: &'static str, ja: &'static str, en: &'static str) -> Self {
        Self {
            name,
            label: (ja, en),
            topic: None,
            title: "name",
            reading: None,
            facets: &[],
            sorts: &[],
            columns: &[],
            unique: &[],
            unit: None,
            owner: None,
            part_of: None,
            access: &[],
            lifecycle: None,
            sealed: &[],
            restricted: false,
            schema: 1,
        }
    }
    /// The item of the policy that it serves.
    pub const fn topic(mut self, topic: Topic) -> Self {
        self.topic = Some(topic);
        self
    }
    /// The field that names a record.
    pub const fn title(mut self, field: &'static str) -> Self {
        self.title = field;
        self
    }
    /// The field with the reading (ふりがな) by which titles sort.
    pub const fn reading(mut self, field: &'static str) -> Self {
        self.reading = Some(field);
        self
    }
    /// Fields to filter by; for text fields that is filled or empty.
    pub const fn facets(mut self, fields: &'static [&'static str]) -> Self {
        self.facets = fields;
        self
    }
    /// Fields to sort by; the first is the usual order, a leading `-` turns it round.
    pub const fn sorts(mut self, fields: &'static [&'static str]) -> Self {
        self.sorts = fields;
        self
    }
    /// Columns of the list.
    pub const fn columns(mut self, fields: &'static [&'static str]) -> Self {
        self.columns = fields;
        self
    }
    /// Keys that occur once.
    pub const fn unique(mut self, keys: &'static [Unique]) -> Self {
        self.unique = keys;
        self
    }
    /// The link to the unit that a record belongs to.
    pub const fn unit(mut self, field: &'static str) -> Self {
        self.unit = Some(field);
        self
    }
    /// The link to the person that a record belongs to.
    pub const fn owner(mut self, field: &'static str) -> Self {
        self.owner = Some(field);
        self
    }
    /// The register whose permits also cover this one (`*`: comments and files, which hang on any record).
    pub const fn part_of(mut self, register: &'static str) -> Self {
        self.part_of = Some(register);
        self
    }
    /// Who may do what.
    pub const fn access(mut self, grants: &'static [Grant]) -> Self {
        self.access = grants;
        self
    }
    /// Fields that are kept encrypted; optional texts alone can be.
    pub const fn sealed(mut self, fields: &'static [&'static str]) -> Self {
        self.sealed = fields;
        self
    }
    /// Whoever opens one of its records or takes it out leaves an entry first.
    pub const fn restricted(mut self) -> Self {
        self.restricted = true;
        self
    }
    /// Its states.
    pub const fn lifecycle(mut self, lifecycle: Lifecycle) -> Self {
        self.lifecycle = Some(lifecycle);
        self
    }
}

/// One key, in a constant.
pub const fn key(fields: &'static [&'static str]) -> Unique {
    Unique { fields: Words(fields), while_empty: None }
}

/// One key that holds while a field is empty, in a constant.
pub const fn key_while_empty(fields: &'static [&'static str], empty: &'static str) -> Unique {
    Unique { fields: Words(fields), while_empty: Some(Word(empty)) }
}

/// A register as the house sees it at run time, whether it came from a struct or is data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Description {
    /// Name in data, addresses and entries.
    pub name: String,
    /// What it is called.
    pub label: Say,
    /// The item of the policy that it serves.
    #[serde(default)]
    pub topic: Option<Topic>,
    /// Its fields, in the order of the form.
    pub fields: Vec<Field>,
    /// The field that names a record.
    pub title: String,
    /// The field with the reading of the title.
    #[serde(default)]
    pub reading: Option<String>,
    /// Fields to filter by.
    #[serde(default)]
    pub facets: Vec<String>,
    /// Fields to sort by, the usual order first.
    #[serde(default)]
    pub sorts: Vec<String>,
    /// Columns of the list.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Keys that occur once.
    #[serde(default)]
    pub unique: Vec<Unique>,
    /// The link to the unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// The link to the owner.
    #[serde(default)]
    pub owner: Option<String>,
    /// The register whose permits cover this one.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Who may do what.
    #[serde(default)]
    pub access: Vec<Grant>,
    /// Its states.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
    /// Whether opening a record or taking it out leaves an entry (閲覧の記録).
    #[serde(default)]
    pub restricted: bool,
    /// Number of the body's shape.
    #[serde(default = "first_shape")]
    pub schema: u32,
}

fn first_shape() -> u32 {
    1
}

impl Description {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The one field by which people name a record (番号): the first single-field key, if there is one.
    pub fn code(&self) -> Option<&str> {
        let mut keys = self.unique.iter().filter(|key| key.while_empty.is_none());
        keys.find(|key| key.fields.len() == 1).map(|key| key.fields[0])
    }

    /// Label of a state.
    pub fn state_label(&self, state: &str) -> Say {
        let own = self.lifecycle.iter().flat_map(|lifecycle| lifecycle.states.iter()).find(|each| &*each.name == state);
        match (own, state) {
            (Some(state), _) => Say::new(state.ja.0, state.en.0),
            (None, LAPSED) => Say::new("期限切れ", "Lapsed"),
            (None, ARCHIVED) => Say::new("保管済み", "Archived"),
            (None, ERASED) => Say::new("消去済み", "Erased"),
            (None, _) => Say::new("現行", "Current"),
        }
    }

    /// Checks that the description is of one piece.
    ///
    /// # Errors
    /// What is wrong with it, for whoever wrote it.
    pub fn check(&self) -> Result<(), String> {
        let must = |ok: bool, why: String| if ok { Ok(()) } else { Err(format!("register {}: {why}", self.name)) };
        must(plain(&self.name), "its name is not snake_case ASCII".into())?;
        must(!self.fields.is_empty() && self.fields.len() <= 200, "it needs 1 to 200 fields".into())?;
        for (at, field) in self.fields.iter().enumerate() {
            must(plain(&field.name), format!("field {} is not snake_case ASCII", field.name))?;
            must(
                self.fields[..at].iter().all(|other| other.name != field.name),
                format!("{} occurs twice", field.name),
            )?;
        }
        let shown_elsewhere = |field: &Field| {
            let named = |names: &[String]| names.iter().any(|name| name.trim_start_matches('-') == field.name);
            let keys = self.unique.iter().any(|key| {
                key.fields.iter().any(|name| *name == field.name)
                    || key.while_empty.is_some_and(|name| *name == *field.name)
            });
            keys || named(&self.facets)
                || named(&self.sorts)
                || named(&self.columns)
                || self.title == field.name
                || self.reading.as_ref() == Some(&field.name)
        };
        for field in self.fields.iter().filter(|field| field.sealed) {
            let text = matches!(field.kind, Kind::Text { .. } | Kind::Long { .. });
            must(
                text && !field.many && !field.required && !field.hidden,
                format!("{} can't be sealed: only one optional text that is shown can", field.name),
            )?;
            must(
                !shown_elsewhere(field),
                format!("{} is sealed, and so no title, reading, column, facet, sort key or unique key", field.name),
            )?;
        }
        let unique = self
            .unique
            .iter()
            .flat_map(|key| key.fields.iter().copied().chain(key.while_empty.iter().map(|word| word.0)));
        let transitions = self.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter());
        let named = unique
            .chain(crate::flat::sorts(self))
            .chain(self.facets.iter().chain(&self.columns).map(String::as_str))
            .chain([self.title.as_str()])
            .chain(self.reading.as_deref())
            .chain(self.unit.as_deref())
            .chain(self.owner.as_deref())
            .chain(self.lifecycle.iter().flat_map(|l| l.until.iter().map(|word| word.0)))
            .chain(
                transitions.clone().flat_map(|t| t.requires.iter().copied().chain(t.until.iter().map(|word| word.0))),
            );
        for name in named {
            must(self.field(name).is_some(), format!("there is no field {name}"))?;
        }
        must(self.unique.iter().all(|key| !key.fields.is_empty()), "a key has no field".into())?;
        let (facets, sorts) = (self.facets.iter().map(String::as_str), crate::flat::sorts(self));
        for names in [facets.collect::<Vec<_>>(), sorts.collect()] {
            for (at, name) in names.iter().enumerate() {
                must(!names[..at].contains(name), format!("{name} is a facet or sort key twice"))?;
                must(
                    self.field(name).is_some_and(|field| !field.many && !field.hidden),
                    format!("{name} can't be a facet or sort key"),
                )?;
            }
        }
        for name in self.unit.iter().chain(&self.owner) {
            let one = |field: &Field| !field.many && matches!(field.kind, Kind::Link { .. });
            must(self.field(name).is_some_and(one), format!("{name} is no link to one record"))?;
        }
        let ends = self.lifecycle.iter().flat_map(|l| l.until.iter()).chain(transitions.flat_map(|t| t.until.iter()));
        for name in ends {
            must(self.field(name).is_some_and(|field| field.kind == Kind::Date), format!("{name} is no date"))?;
        }
        for name in crate::flat::sorts(self) {
            must(
                self.field(name).is_some_and(|field| !matches!(field.kind, Kind::Link { .. } | Kind::Long { .. })),
                format!("{name} can't be sorted by"),
            )?;
        }
        if let Some(lifecycle) = &self.lifecycle {
            let reserved = |name: &str| [LAPSED, ARCHIVED, ERASED].contains(&name);
            must(!lifecycle.states.is_empty(), "its lifecycle has no state".into())?;
            for state in lifecycle.states.iter() {
                must(!reserved(&state.name), format!("the state {} is the house's own", state.name))?;
            }
            let known = |name: &str| lifecycle.states.iter().any(|state| &*state.name == name);
            for transition in lifecycle.transitions.iter() {
                let start = |name: &&str| known(name) || *name == LAPSED;
                let whole = known(&transition.to) && transition.from.iter().all(start);
                must(whole, format!("transition {} names an unknown state", transition.name))?;
            }
        }
        Ok(())
    }

    /// The description of a struct's register, from its constant and its JSON Schema.
    ///
    /// # Errors
    /// What in the schema can't be a field.
    pub fn of(register: &Register, schema: &Value) -> Result<Self, String> {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut fields = fields_of(schema).map_err(|why| format!("register {}: {why}", register.name))?;
        for name in register.sealed {
            let field = fields.iter_mut().find(|field| field.name == *name);
            field.ok_or_else(|| format!("register {}: there is no field {name}", register.name))?.sealed = true;
        }
        let description = Self {
            name: register.name.to_owned(),
            label: Say::new(register.label.0, register.label.1),
            topic: register.topic,
            fields,
            title: register.title.to_owned(),
            reading: register.reading.map(str::to_owned),
            facets: own(register.facets),
            sorts: own(register.sorts),
            columns: own(register.columns),
            unique: register.unique.to_vec(),
            unit: register.unit.map(str::to_owned),
            owner: register.owner.map(str::to_owned),
            part_of: register.part_of.map(str::to_owned),
            access: register.access.to_vec(),
            lifecycle: register.lifecycle,
            restricted: register.restricted,
            schema: register.schema,
        };
        description.check()?;
        Ok(description)
    }
}

/// Whether it is a `snake_case` ASCII name.
pub(crate) fn plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && name.len() <= 40
}

/// Longest text of one line, where the struct says nothing.
pub(crate) const TEXT: usize = 200;
/// Longest text of many lines, where the struct says nothing.
pub(crate) const LONG: usize = 10_000;
/// Smallest and largest number, where the struct says nothing.
pub(crate) const NUMBERS: (i64, i64) = (-1_000_000_000_000, 1_000_000_000_000);

fn fields_of(schema: &Value) -> Result<Vec<Field>, String> {
    let properties = schema.get("properties").and_then(Value::as_object).ok_or("the schema has no properties")?;
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let defs = schema.get("$defs").and_then(Value::as_object);
    properties
        .iter()
        .map(|(name, property)| {
            let shape = resolve(property, defs);
            let (shape, many) = match shape.get("items") {
                Some(items) => (resolve(items, defs), true),
                None => (shape, false),
            };
            let kind =
                kind_of(&shape).ok_or_else(|| format!("field {name} has a shape that can't be shown: {shape:?}"))?;
            let description = property.get("description").and_then(Value::as_str).unwrap_or(name);
            let (label, help) = description.split_once('\n').unwrap_or((description, ""));
            let marked = |mark: &str| property.get(mark).and_then(Value::as_bool).unwrap_or(false);
            let en = property.get("x-en").and_then(Value::as_str).map_or_else(|| humanise(name), str::to_owned);
            Ok(Field {
                name: name.clone(),
                label: Say::new(label.trim(), en),
                help: help.split('\n').map(str::trim).collect(),
                kind,
                required: required.contains(&name.as_str()) && !many,
                many,
                hidden: marked("x-hidden"),
                fixed: marked("x-fixed"),
                retired: false,
                unsearched: false,
                names: match property.get("x-names").and_then(Value::as_str) {
                    Some("register") => Some(Names::Register),
                    Some("scale") => Some(Names::Scale),
                    _ => None,
                },
                file: marked("x-file"),
                sealed: false,
            })
        })
        .collect()
}

/// Follows references and takes the `null` off an optional field; extensions beside a reference stay.
fn resolve(schema: &Value, defs: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut shape = schema.as_object().cloned().unwrap_or_default();
    if let Some(options) = shape.remove("anyOf").as_ref().and_then(Value::as_array) {
        let null = serde_json::json!({"type": "null"});
        for (key, value) in options.iter().filter(|option| **option != null).flat_map(|option| resolve(option, defs)) {
            shape.entry(key).or_insert(value);
        }
    }
    let name =
        shape.remove("$ref").and_then(|r| r.as_str().and_then(|r| r.strip_prefix("#/$defs/")).map(str::to_owned));
    if let Some(target) = name.and_then(|name| defs?.get(&name)) {
        for (key, value) in resolve(target, defs) {
            shape.entry(key).or_insert(value);
        }
    }
    if let Some(first) = shape.get("type").and_then(Value::as_array).and_then(|types| types.first()).cloned() {
        shape.insert("type".to_owned(), first);
    }
    shape
}

fn kind_of(shape: &Map<String, Value>) -> Option<Kind> {
    let text = |key: &str| shape.get(key).and_then(Value::as_str);
    let number = |key: &str| shape.get(key).and_then(Value::as_i64);
    if let Some(to) = text("x-link") {
        return Some(Kind::Link { to: (to != "*").then(|| to.to_owned()) });
    }
    if let Some(scale) = text("x-scale") {
        return Some(Kind::Scale { scale: scale.to_owned() });
    }
    if let Some(options) = shape.get("oneOf").and_then(Value::as_array) {
        let options = options.iter().map(|option| {
            let value = option.get("const")?.as_str()?.to_owned();
            let ja = option.get("description").and_then(Value::as_str).unwrap_or(&value).to_owned();
            let en = option.get("x-en").and_then(Value::as_str).map_or_else(|| humanise(&value), str::to_owned);
            Some(Choices { value, label: Say::new(ja, en), retired: false })
        });
        return Some(Kind::Choice { options: options.collect::<Option<_>>()? });
    }
    if let Some(options) = shape.get("enum").and_then(Value::as_array) {
        let options = options.iter().filter_map(Value::as_str).map(|value| Choices {
            value: value.to_owned(),
            label: Say::new(value, humanise(value)),
            retired: false,
        });
        return Some(Kind::Choice { options: options.collect() });
    }
    match text("type")? {
        "boolean" => Some(Kind::Bool),
        "integer" => Some(Kind::Integer {
            min: number("minimum").unwrap_or(NUMBERS.0),
            max: number("maximum").unwrap_or(NUMBERS.1),
        }),
        "string" if text("format") == Some("date") => Some(Kind::Date),
        "string" => {
            let max = number("maxLength").and_then(|max| usize::try_from(max).ok());
            if shape.get("x-long").is_some() {
                Some(Kind::Long { max: max.unwrap_or(LONG) })
            } else {
                Some(Kind::Text { max: max.unwrap_or(TEXT) })
            }
        }
        _ => None,
    }
}

/// `due_on` → `Due on`.
fn humanise(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

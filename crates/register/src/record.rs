//! Records and links: what a slice writes to get a register.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use base::date::Date;
use base::id::Id;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::describe::{Description, Field, Kind, OWN, Register};
use crate::say::{Refusal, Say};

/// The JSON object of a record.
pub type Body = Map<String, Value>;

/// A struct whose values are the records of a register.
pub trait Record: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What the register does with the fields.
    const REGISTER: Register;

    /// Rules beyond the schema that hold in every organisation.
    ///
    /// # Errors
    /// What the person must put right.
    fn check(&self, today: Date) -> Result<(), Refusal> {
        let _ = today;
        Ok(())
    }
}

/// A reference to a record of the register of `T` (参照).
pub struct Link<T> {
    /// The record.
    pub id: Id,
    of: PhantomData<fn() -> T>,
}

impl<T> Link<T> {
    /// A link to the record of that id.
    pub fn new(id: Id) -> Self {
        Self { id, of: PhantomData }
    }
}

impl<T> Clone for Link<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Link<T> {}
impl<T> PartialEq for Link<T> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
impl<T> Eq for Link<T> {}
impl<T> fmt::Debug for Link<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({})", self.id)
    }
}
impl<T> Serialize for Link<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.id.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Link<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Id::deserialize(deserializer).map(Self::new)
    }
}
impl<T: Record> JsonSchema for Link<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Link_{}", T::REGISTER.name).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-link": T::REGISTER.name })
    }
}

/// A reference to a record of any register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkAny(pub Id);

impl JsonSchema for LinkAny {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LinkAny".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-link": "*" })
    }
}

/// A scale whose grades are records, since bodies differ in them.
pub trait Scale: Send + Sync + 'static {
    /// Name of the scale.
    const NAME: &'static str;
}

/// One grade of a scale: text that is checked against the scale's records.
pub struct Choice<S> {
    /// The grade, as stored.
    pub value: String,
    of: PhantomData<fn() -> S>,
}

impl<S> Choice<S> {
    /// A grade by its text.
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), of: PhantomData }
    }
}
impl<S> Clone for Choice<S> {
    fn clone(&self) -> Self {
        Self::new(self.value.clone())
    }
}
impl<S> PartialEq for Choice<S> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<S> fmt::Debug for Choice<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Choice({})", self.value)
    }
}
impl<S> Serialize for Choice<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        self.value.serialize(serializer)
    }
}
impl<'de, S> Deserialize<'de> for Choice<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
impl<S: Scale> JsonSchema for Choice<S> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Choice_{}", S::NAME).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-scale": S::NAME })
    }
}

/// The typed round trip and the struct's own rules.
type Settle = fn(&Body, Date) -> Result<Body, Refusal>;

/// One register as kept at run time: its description, and the plain functions of its struct if it has one.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What it is.
    pub description: Arc<Description>,
    typed: Option<Settle>,
}

impl Kept {
    /// The typed round trip and the rules of the struct; what an organisation added stays as it is.
    pub(crate) fn settle(&self, body: Body, today: Date) -> Result<Body, Refusal> {
        let Some(settle) = self.typed else { return Ok(body) };
        let mut settled = settle(&body, today)?;
        for (key, value) in body {
            if key.starts_with(OWN) {
                settled.insert(key, value);
            }
        }
        Ok(settled)
    }
}

/// All registers of the house at one moment, by name; clones share them. The program's own stand in one visible list; what
/// the organisation added is read from its records (see [`crate::own`]).
#[derive(Debug, Clone, Default)]
pub struct Registers {
    kept: Arc<BTreeMap<String, Kept>>,
}

impl Registers {
    /// The registers that hang on every other: scales, comments, files, imports, exports, epochs, and what an
    /// organisation adds.
    ///
    /// # Panics
    /// When one of them is not of one piece, which its own test shows.
    pub fn with_built_in() -> Self {
        Self::default()
            .add::<crate::built_in::Grade>()
            .add::<crate::built_in::Comment>()
            .add::<crate::built_in::Attachment>()
            .add::<crate::built_in::Decision>()
            .add::<crate::built_in::Import>()
            .add::<crate::built_in::Export>()
            .add::<crate::own::OwnRegister>()
            .add::<crate::own::OwnField>()
            .add::<crate::built_in::Epoch>()
            .add::<crate::built_in::Erasure>()
    }

    /// Adds the register of a struct.
    ///
    /// # Panics
    /// When the struct's schema has a field that can't be shown: a fault of the program, found by every test.
    pub fn add<T: Record>(mut self) -> Self {
        let schema =
            schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
        let description = Description::of(&T::REGISTER, &schema).unwrap_or_else(|why| panic!("{why}"));
        let settle: Settle = |body, today| {
            let value = T::deserialize(body).map_err(|e| {
                Refusal::whole(format!("入力を読み取れません: {e}"), format!("The input can't be read: {e}"))
            })?;
            value.check(today)?;
            Ok(body_of(&value))
        };
        let name = description.name.clone();
        self.insert(name, Kept { description: Arc::new(description), typed: Some(settle) });
        self
    }

    /// Adds a register that is given only as data.
    ///
    /// # Errors
    /// What is wrong with the description.
    pub fn add_data(mut self, description: Description) -> Result<Self, String> {
        description.check()?;
        if self.kept.contains_key(&description.name) {
            return Err(format!("register {} exists already", description.name));
        }
        self.insert(description.name.clone(), Kept { description: Arc::new(description), typed: None });
        Ok(self)
    }

    fn insert(&mut self, name: String, kept: Kept) {
        Arc::make_mut(&mut self.kept).insert(name, kept);
    }

    /// Gives a register another description, where it is of one piece; its struct stays.
    pub(crate) fn redescribe(&mut self, description: Description) -> Result<(), String> {
        description.check()?;
        let kept = Arc::make_mut(&mut self.kept).get_mut(&description.name);
        let kept = kept.ok_or_else(|| format!("there is no register {}", description.name))?;
        kept.description = Arc::new(description);
        Ok(())
    }

    /// Adds a field of the organisation's own to a register; its name begins with `x_`.
    ///
    /// # Errors
    /// What is wrong with the field.
    pub fn add_field(mut self, register: &str, field: Field) -> Result<Self, String> {
        let known = self.description(register).ok_or_else(|| format!("there is no register {register}"))?;
        if !field.is_own() {
            return Err(format!("register {register}: the added field {} must begin with x_", field.name));
        }
        let mut description = Description::clone(known);
        description.fields.push(field);
        self.redescribe(description)?;
        Ok(self)
    }

    /// Checks that every link leads to a register that exists.
    ///
    /// # Errors
    /// The link that leads nowhere.
    pub fn check(&self) -> Result<(), String> {
        for description in self.all() {
            for field in &description.fields {
                if let Kind::Link { to: Some(to) } = &field.kind
                    && !self.kept.contains_key(to)
                {
                    return Err(format!(
                        "register {}: {} leads to {to}, which does not exist",
                        description.name, field.name
                    ));
                }
            }
        }
        Ok(())
    }

    /// The register of that name.
    pub fn get(&self, name: &str) -> Option<&Kept> {
        self.kept.get(name)
    }

    /// Its description.
    pub fn description(&self, name: &str) -> Option<&Arc<Description>> {
        self.kept.get(name).map(|kept| &kept.description)
    }

    /// The description of a struct's register.
    ///
    /// # Panics
    /// When it was never added: a fault of the program.
    pub fn of<T: Record>(&self) -> &Arc<Description> {
        self.description(T::REGISTER.name).expect("every record type in use is in the list of registers")
    }

    /// The scales that fields are graded by, each with what the first of them is called.
    pub fn scales(&self) -> Vec<(&str, &Say)> {
        let mut scales: Vec<(&str, &Say)> = Vec::new();
        for field in self.all().flat_map(|register| &register.fields) {
            if let Kind::Scale { scale } = &field.kind
                && scales.iter().all(|(name, _)| name != scale)
            {
                scales.push((scale, &field.label));
            }
        }
        scales
    }

    /// All descriptions, by name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Description>> {
        self.kept.values().map(|kept| &kept.description)
    }
}

/// The JSON object of a typed value, without what is absent.
///
/// # Panics
/// Never for a struct with named fields, which a [`Record`] is.
pub fn body_of<T: Record>(value: &T) -> Body {
    let value = serde_json::to_value(value).expect("a record's fields are plain data");
    let Value::Object(mut body) = value else { unreachable!("a record is a struct with named fields") };
    body.retain(|_, value| !value.is_null() && !matches!(value, Value::Array(items) if items.is_empty()));
    body
}

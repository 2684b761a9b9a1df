//! JSON from outside: one object within limits, where a name that stands twice or a broken number is refused, never guessed.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::record::Body;
use crate::say::Refusal;

/// Deepest nesting: a body, its fields, a list, and some room.
pub const DEEPEST: u8 = 8;

/// Why a text is refused that the grammar of JSON allows.
#[derive(Debug, Clone, Copy)]
enum Why {
    Deep,
    Twice,
    Fraction,
}

/// Reads one JSON object.
///
/// # Errors
/// Where the text stops being one, and what to write instead.
pub fn read(bytes: &[u8]) -> Result<Body, Refusal> {
    let why = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Strict { left: DEEPEST, why: &why }.deserialize(&mut reader).and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    let error = match read {
        Ok(Value::Object(body)) => return Ok(body),
        Ok(_) => {
            return Err(Refusal::whole(
                "本文はJSONのオブジェクト（{ … }）にしてください",
                "The body must be a JSON object: { … }",
            ));
        }
        Err(error) => error,
    };
    let (line, column) = (error.line(), error.column());
    let (ja, en) = match why.get() {
        Some(Why::Deep) => ("入れ子が深すぎます。浅くしてください", "it is nested too deeply"),
        Some(Why::Twice) => ("同じ名前が2回あります。1つにしてください", "a name stands there twice"),
        Some(Why::Fraction) => ("数は範囲内の整数にしてください", "a number must be whole and within range"),
        None => ("ここから先をJSONとして読み取れません。書き方を確かめてください", "the text is no JSON from here on"),
    };
    Err(Refusal::whole(
        format!("本文の{line}行{column}文字目：{ja}"),
        format!("Body, line {line}, column {column}: {en}"),
    ))
}

/// Reads a value so many levels deep at most, and says why it refused one.
#[derive(Clone, Copy)]
struct Strict<'a> {
    left: u8,
    why: &'a Cell<Option<Why>>,
}

impl Strict<'_> {
    fn no<E: serde::de::Error>(self, why: Why) -> E {
        self.why.set(Some(why));
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let left = self.left.checked_sub(1).ok_or_else(|| self.no(Why::Deep))?;
        Ok(Self { left, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::from).map_err(|_| self.no(Why::Fraction))
    }
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(self.no(Why::Fraction))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = pairs.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.no(Why::Twice));
            }
            object.insert(name, pairs.next_value_seed(inner)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().problems.remove(0).say.en
    }

    #[test]
    fn an_object_is_read_as_it_stands() {
        let body = read("{\"name\": \"端末\", \"list\": [1, -2, true, null]}".as_bytes()).unwrap();
        assert_eq!(Value::Object(body), serde_json::json!({"name": "端末", "list": [1, -2, true, null]}));
    }

    #[test]
    fn what_two_readers_could_understand_differently_is_refused() {
        assert!(said(r#"{"a": 1, "a": 2}"#).contains("twice"));
        assert!(said(r#"{"a": {"b": 1, "\u0062": 2}}"#).contains("twice"));
        assert!(said(r#"{"a": 1.5}"#).contains("whole"));
        assert!(said(r#"{"a": 1e3}"#).contains("whole"));
        assert!(said(r#"{"a": 18446744073709551615}"#).contains("whole"));
        assert!(said(r#"{"a": 1} {}"#).contains("no JSON"));
        assert!(said(r#"{"a": "\ud800"}"#).contains("no JSON"));
        assert!(said("[]").contains("object"));
        assert!(said("").contains("no JSON"));
    }

    #[test]
    fn nesting_ends_somewhere() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(usize::from(DEEPEST) - 1).as_bytes()).is_ok());
        assert!(said(&nested(usize::from(DEEPEST))).contains("deep"));
        assert!(said(&nested(100_000)).contains("deep"));
    }
}

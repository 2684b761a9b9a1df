//! Identifiers that sort by the moment they were made.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32_DNSSEC as BASE32HEX_LOWER;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::{Builder, Uuid, Variant};

use crate::clock::Clock;
use crate::random;

/// Characters of an id's text.
const TEXT: usize = 26;

/// An identifier (識別子): a UUID of version 7, written as 26 characters of lower-case base32hex. Bytes and text sort
/// alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// A new id, of the clock's present millisecond.
    pub fn new(clock: &Clock) -> Id {
        let millis = u64::try_from(clock.now().millis()).unwrap_or(0);
        Id(Builder::from_unix_timestamp_millis(millis, &random::bytes()).into_uuid().into_bytes())
    }

    /// The id with these bytes, if they are a UUID of version 7.
    pub fn from_bytes(bytes: [u8; 16]) -> Option<Id> {
        let uuid = Uuid::from_bytes(bytes);
        let is_ours = uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122;
        is_ours.then_some(Id(bytes))
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; TEXT];
        f.pad(BASE32HEX_LOWER.encode_mut_str(&self.0, &mut text))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id in its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an id of 26 characters from 0-9 and a-v")
    }
}

impl std::error::Error for NotAnId {}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Id, NotAnId> {
        // The decoder reads upper case too; an id has one form only.
        if text.len() != TEXT || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotAnId);
        }
        let mut bytes = [0; 16];
        BASE32HEX_LOWER.decode_mut(text.as_bytes(), &mut bytes).map_err(|_| NotAnId)?;
        Id::from_bytes(bytes).ok_or(NotAnId)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Id {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-v]{26}$" })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Version;

    use super::*;
    use crate::clock::Timestamp;

    fn clock() -> Clock {
        Clock::fixed("2026-11-24T07:40:27.123Z".parse().unwrap())
    }

    fn version_7(bytes: [u8; 16]) -> Id {
        Id(Builder::from_random_bytes(bytes).with_version(Version::SortRand).into_uuid().into_bytes())
    }

    #[test]
    fn a_later_id_is_greater() {
        let clock = clock();
        let first = Id::new(&clock);
        clock.set(Timestamp::from_millis(clock.now().millis() + 1));
        let second = Id::new(&clock);
        assert!(first < second && first.to_string() < second.to_string());
    }

    #[test]
    fn ids_of_one_moment_differ() {
        assert_ne!(Id::new(&clock()), Id::new(&clock()));
    }

    #[test]
    fn an_id_begins_with_its_moment() {
        let id = Id::new(&clock());
        assert_eq!(Uuid::from_bytes(*id.as_bytes()).get_version_num(), 7);
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&id.as_bytes()[..6]);
        assert_eq!(i64::from_be_bytes(millis), clock().now().millis());
    }

    #[test]
    fn only_the_one_form_is_read() {
        let text = Id::new(&clock()).to_string();
        assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        let last_bits_set = format!("{}1", &text[..25]);
        let version_4 = Id([0x44; 16]).to_string();
        let others = [text.to_uppercase(), format!("{text}0"), text[1..].to_owned(), text.replace('0', "w")];
        for other in others.into_iter().chain([last_bits_set, version_4, format!(" {}", &text[1..]), String::new()]) {
            assert_eq!(other.parse::<Id>(), Err(NotAnId), "{other}");
        }
    }

    #[test]
    fn an_id_is_a_string_in_json() {
        let id = Id::new(&clock());
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<Id>(&json).unwrap(), id);
    }

    proptest! {
        #[test]
        fn ids_come_back_from_text_and_sort_like_it(one: [u8; 16], other: [u8; 16]) {
            let [one, other] = [one, other].map(version_7);
            prop_assert_eq!(one.to_string().parse::<Id>(), Ok(one));
            prop_assert_eq!(Id::from_bytes(*one.as_bytes()), Some(one));
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn no_text_confuses_the_reader(text in any::<String>(), near in "[0-9a-vA-Z]{26}") {
            for text in [text, near] {
                if let Ok(id) = text.parse::<Id>() {
                    prop_assert_eq!(id.to_string(), text);
                }
            }
        }
    }
}

//! One line of the ledger and what it commits to.

use std::fmt;

use data_encoding::BASE64_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::Sha256;

use crate::{
    fault::{Fault, What},
    tree::{Head, MAX_SIZE},
};

/// The longest entry in bytes. An entry holds ids and commitments only, so a longer one is a mistake or an attack.
pub const MAX_BYTES: usize = 16 * 1024;

/// One line of the ledger (操作記録): who did what to which object, when and on what ground.
///
/// Personal data never stands in it: people are random ids, and texts are [`Commitment`]s whose body and salt lie
/// elsewhere and can be erased. The fields are declared in the order of their names, which is the order of canonical
/// JSON (RFC 8785); absent values are left out, lists always stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What was done: `create`, `edit`, `act:approve`, `erased` …
    pub action: String,
    /// Who did it: the random id of an account, or `engine:name`.
    pub actor: String,
    /// What the object became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Commitment>,
    /// The approvals that the act rests on.
    pub approvals: Vec<String>,
    /// How strongly the actor had signed in: `password`, `passkey` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<String>,
    /// What the object was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Commitment>,
    /// The build of the program that wrote the entry.
    pub build: String,
    /// The clauses of the policy that the act touches.
    pub clauses: Vec<String>,
    /// Whether the clock was known to be right.
    pub clock_ok: bool,
    /// The epoch (世代): it grows where the ledger could not go on from what was signed before, such as after a restore.
    pub epoch: u64,
    /// In the first entry of a new epoch: the last known head of the one before, which may be longer than what is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Head>,
    /// What it was done to.
    pub object: Object,
    /// Why it was done. A reason is free text, so it is committed to like a body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Commitment>,
    /// The id of the request, unique in the ledger, so that a retry cannot double it.
    pub request_id: String,
    /// The role in which the actor acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The number of the entry, from 0 without gaps.
    pub seq: u64,
    /// A short hash of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The moment in UTC with milliseconds: `2026-11-24T07:40:27.123Z`.
    pub ts: String,
    /// The version of this shape: 1.
    pub v: u32,
    /// The network zone that the request came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// What an entry is about: one revision of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// The record's outside id.
    pub id: String,
    /// The register (台帳) that holds it.
    pub register: String,
    /// The revision that the act made or saw.
    pub rev: u64,
}

impl Entry {
    /// The version that this crate writes and reads.
    pub const VERSION: u32 = 1;

    /// The canonical bytes: these are stored and hashed, and never made anew from a parsed entry.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        self.write(&mut bytes);
        bytes
    }

    /// Reads stored bytes strictly: canonical, no unknown or repeated keys, of a sensible size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        Self::read(bytes, &mut Vec::with_capacity(bytes.len()))
    }

    /// Like [`Entry::from_bytes`], with a buffer that lives on between entries.
    pub(crate) fn read(bytes: &[u8], buffer: &mut Vec<u8>) -> Result<Self, Fault> {
        if bytes.len() > MAX_BYTES {
            return Err(What::TooLarge { bytes: bytes.len() }.into());
        }
        let entry: Self = serde_json::from_slice(bytes).map_err(|_| What::NotCanonical)?;
        if entry.v != Self::VERSION {
            return Err(What::OtherVersion { found: entry.v }.into());
        }
        let former = entry.former.is_none_or(|head| head.size <= MAX_SIZE && head.epoch < entry.epoch);
        let countable = entry.seq < MAX_SIZE && entry.epoch < MAX_SIZE && entry.object.rev < MAX_SIZE && former;
        buffer.clear();
        entry.write(buffer);
        if !countable || !is_moment(&entry.ts) || buffer != bytes {
            return Err(What::NotCanonical.into());
        }
        Ok(entry)
    }

    /// Writes compact JSON. With the fields in order, and neither floats nor nulls, serde_json's form is the canonical
    /// one: both leave all characters as they are but quotes, backslashes and control characters.
    fn write(&self, buffer: &mut Vec<u8>) {
        serde_json::to_writer(buffer, self).expect("text, integers and a growing buffer cannot fail");
    }
}

/// Whether a text has the form `2026-11-24T07:40:27.123Z`, so that the order of texts is the order of time.
fn is_moment(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00.000Z";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, &form)| if form == b'0' { byte.is_ascii_digit() } else { byte == form })
}

/// 32 random bytes that keep a commitment from being guessed. Erased together with the body.
#[derive(Clone, Copy)]
pub struct Salt(pub [u8; 32]);

impl fmt::Debug for Salt {
    /// Tells nothing: with the salt a short body could be guessed from a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// What an entry says of a body without showing it: HMAC-SHA256 under a random salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub [u8; 32]);

/// Commits to a body.
pub fn commitment(salt: &Salt, body: &[u8]) -> Commitment {
    let mut mac = Hmac::<Sha256>::new_from_slice(&salt.0).expect("HMAC takes a key of any length");
    mac.update(body);
    Commitment(mac.finalize().into_bytes().into())
}

/// Checks that a body is the one that an entry committed to; nothing held must mean nothing promised.
pub fn check_body(promised: Option<Commitment>, salt: &Salt, body: &[u8]) -> Result<(), Fault> {
    if promised == Some(commitment(salt, body)) { Ok(()) } else { Err(What::BodyMismatch.into()) }
}

impl Serialize for Commitment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 43];
        BASE64_NOPAD.encode_mut(&self.0, &mut text);
        serializer.serialize_str(str::from_utf8(&text).expect("base64 is ASCII"))
    }
}

impl<'de> Deserialize<'de> for Commitment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        if text.len() != 43 {
            return Err(D::Error::custom("a commitment has 43 characters"));
        }
        BASE64_NOPAD.decode_mut(text.as_bytes(), &mut bytes).map_err(|_| D::Error::custom("not base64"))?;
        Ok(Self(bytes))
    }
}

//! Witnesses (証人): C2SP tlog-witness and tlog-cosignature (Ed25519). Who runs another server remembers our last head and
//! cosigns only what leads on from it.

use std::{fmt, str::FromStr};

use data_encoding::BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use signed_note::{is_key_name_valid, key_id};

use crate::{
    fault::{Fault, What},
    note::{Checkpoint, PublicKey},
    proof::Consistency,
    tree::{Frontier, Hash, Head, MAX_SIZE},
};

/// The number of Ed25519 cosignatures in a signed note's key.
const COSIGNATURE: u8 = 4;
/// What a signature line begins with.
const DASH: &str = "\u{2014} ";
/// Most hashes in a request, by the specification.
const HASHES: usize = 63;

/// The secret key of a witness. It has no `Debug` form, so that it cannot slip into a log.
pub struct Cosigner {
    name: String,
    key: SigningKey,
}

impl Cosigner {
    /// A new key from 32 random bytes. The name has neither white space nor `+` in it, such as `witness.example.lg.jp`.
    pub fn generate(name: &str, seed: [u8; 32]) -> Result<Self, Fault> {
        let fits = is_key_name_valid(name) && !name.chars().any(char::is_control);
        if !fits {
            return Err(What::KeyMalformed.into());
        }
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(&seed) })
    }

    /// Reads the text of a key file, as [`Cosigner::to_secret`] writes it.
    pub fn from_secret(text: &str) -> Result<Self, Fault> {
        let mut parts = text.strip_prefix("PRIVATE+KEY+").unwrap_or_default().splitn(3, '+');
        let name = parts.next().unwrap_or_default();
        let cosigner = Self::generate(name, key_bytes(parts.nth(1)).ok_or(What::KeyMalformed)?)?;
        if cosigner.to_secret() == text { Ok(cosigner) } else { Err(What::KeyMalformed.into()) }
    }

    /// The text of the key file.
    pub fn to_secret(&self) -> String {
        let key = [&[COSIGNATURE], self.key.as_bytes().as_slice()].concat();
        format!("PRIVATE+KEY+{}+{:08x}+{}", self.name, self.public().id(), BASE64.encode(&key))
    }

    /// The public half, for those whose ledgers it cosigns.
    pub fn public(&self) -> WitnessKey {
        WitnessKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The line of a cosignature over a note, at a moment in seconds since 1970.
    pub fn cosign(&self, note: &str, time: u64) -> String {
        let text = note.find("\n\n").map_or(note, |end| &note[..=end]);
        let signature = self.key.sign(message(text, time).as_bytes()).to_bytes();
        let id = self.public().id().to_be_bytes();
        let line = [id.as_slice(), &time.to_be_bytes(), &signature].concat();
        format!("{DASH}{} {}\n", self.name, BASE64.encode(&line))
    }
}

/// The public key of a witness (証人の公開鍵): C2SP's vkey with the number of cosignatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    key: VerifyingKey,
}

impl WitnessKey {
    /// The name of the witness.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When this witness cosigned the note, in seconds since 1970; nothing where it has not. Says nothing of our own
    /// signature on it.
    ///
    /// # Errors
    /// When a line in its name does not hold.
    pub fn cosigned(&self, note: &str) -> Result<Option<u64>, Fault> {
        let Some((text, lines)) = note.split_once("\n\n") else { return Ok(None) };
        let mut newest = None;
        for line in lines.lines() {
            let Some((name, octets)) = line.strip_prefix(DASH).and_then(|line| line.split_once(' ')) else { continue };
            let octets = BASE64.decode(octets.as_bytes()).unwrap_or_default();
            let ours =
                octets.split_first_chunk().filter(|(id, _)| name == self.name && **id == self.id().to_be_bytes());
            let Some((_, rest)) = ours else { continue };
            let (time, signature) = rest.split_first_chunk().ok_or(What::SignatureBad)?;
            let time = u64::from_be_bytes(*time);
            let signature = Signature::from_slice(signature).map_err(|_| What::SignatureBad)?;
            let message = message(&format!("{text}\n"), time);
            self.key.verify_strict(message.as_bytes(), &signature).map_err(|_| What::SignatureBad)?;
            newest = newest.max(Some(time));
        }
        Ok(newest)
    }

    fn id(&self) -> u32 {
        key_id(&self.name, &[&[COSIGNATURE], self.key.as_bytes().as_slice()].concat())
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[COSIGNATURE], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id(), BASE64.encode(&key))
    }
}

impl FromStr for WitnessKey {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let mut parts = text.splitn(3, '+');
        let name = parts.next().unwrap_or_default().to_owned();
        let bytes = key_bytes(parts.nth(1)).ok_or(What::KeyMalformed)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| What::KeyMalformed)?;
        let public = Self { name, key };
        let fits = is_key_name_valid(&public.name) && !key.is_weak() && public.to_string() == text;
        if fits { Ok(public) } else { Err(What::KeyMalformed.into()) }
    }
}

fn key_bytes(part: Option<&str>) -> Option<[u8; 32]> {
    let bytes = BASE64.decode(part?.as_bytes()).ok()?;
    bytes.strip_prefix(&[COSIGNATURE])?.try_into().ok()
}

fn message(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// What a house asks of a witness: the body of `add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The size that the witness is thought to know.
    pub old: u64,
    /// The proof that the checkpoint leads on from there.
    pub hashes: Vec<Hash>,
    /// The checkpoint.
    pub note: String,
}

impl Asked {
    /// The body of the request.
    pub fn to_text(&self) -> String {
        let hashes = self.hashes.iter().map(Hash::to_string);
        let lines: Vec<_> = std::iter::once(format!("old {}", self.old)).chain(hashes).collect();
        format!("{}\n\n{}", lines.join("\n"), self.note)
    }

    /// Reads the body of a request; only its one form.
    pub fn read(text: &str) -> Option<Self> {
        let (lines, note) = text.split_once("\n\n")?;
        let mut lines = lines.lines();
        let old = lines.next()?.strip_prefix("old ")?.parse().ok().filter(|old| *old <= MAX_SIZE)?;
        let hashes = lines.map(Hash::parse).collect::<Option<Vec<_>>>()?;
        let asked = Self { old, hashes, note: note.to_owned() };
        (asked.hashes.len() <= HASHES && asked.to_text() == text).then_some(asked)
    }

    /// The name of the ledger that is spoken of.
    pub fn origin(&self) -> &str {
        self.note.lines().next().unwrap_or_default()
    }

    /// What a witness that last cosigned `known` has to answer: the head that it may cosign, once it has stored it.
    ///
    /// # Errors
    /// Why not.
    pub fn decide(&self, key: &PublicKey, known: Option<Head>) -> Result<Checkpoint, Denied> {
        let new = key.open(&self.note).map_err(|fault| match fault.what {
            What::NoteMalformed => Denied::Malformed,
            _ => Denied::NotSigned,
        })?;
        let (size, root) = known.map_or_else(|| (0, Frontier::new().root()), |known| (known.size, known.root));
        if self.old > new.size {
            return Err(Denied::Malformed);
        }
        if self.old != size || (size == new.size && root != new.root) {
            return Err(Denied::Conflict { size });
        }
        let consistency = Consistency { old: size, new: new.size, hashes: self.hashes.clone() };
        consistency.verify(root, new.root).map_err(|_| Denied::Inconsistent)?;
        Ok(new)
    }
}

/// Why a witness doesn't cosign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The request can't be read (400).
    Malformed,
    /// The checkpoint is not signed with the key of its ledger (403).
    NotSigned,
    /// The witness last cosigned another size, or another root of this one (409).
    Conflict {
        /// The size that it cosigned.
        size: u64,
    },
    /// The proof doesn't lead from what it cosigned to the checkpoint (422).
    Inconsistent,
}

//! Checkpoints: size and root of the tree as a C2SP signed note, under Ed25519.

use std::{fmt, str::FromStr};

use data_encoding::BASE64;
use ed25519_dalek::{Signature, SignatureError, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, NoteError, VerificationError, is_key_name_valid, key_id, new_ed25519_verifier_key};

use crate::{
    fault::{Fault, What},
    tree::{Hash, Head, MAX_SIZE},
};

/// The number of Ed25519 in a signed note's key.
const ED25519: u8 = 1;
/// What the line with the epoch begins with.
const EPOCH: &str = "epoch ";

/// What a checkpoint says: this ledger had so many entries and this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the ledger, also the name of its key: `sekimori/` and a random id.
    pub origin: String,
    /// The epoch that the ledger was in.
    pub epoch: u64,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// What it says, without the name of the ledger.
    pub fn head(&self) -> Head {
        Head { epoch: self.epoch, root: self.root, size: self.size }
    }

    /// The signed lines: three, and an extension line with the epoch where it is not the first.
    fn text(&self) -> String {
        let epoch = if self.epoch == 0 { String::new() } else { format!("{EPOCH}{}\n", self.epoch) };
        format!("{}\n{}\n{}\n{epoch}", self.origin, self.size, self.root)
    }

    /// Reads the lines; what would not be written in the same way again is refused.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let origin = lines.next()?.to_owned();
        let size = lines.next()?.parse().ok()?;
        let root = Hash::parse(lines.next()?)?;
        let epoch = match lines.next() {
            Some(line) => line.strip_prefix(EPOCH)?.parse().ok()?,
            None => 0,
        };
        let checkpoint = Self { origin, epoch, size, root };
        (size <= MAX_SIZE && epoch < MAX_SIZE && checkpoint.text() == text).then_some(checkpoint)
    }
}

/// The secret half of the ledger's key (署名鍵). It has no `Debug` form, so that it cannot slip into a log.
pub struct Signer {
    origin: String,
    key: SigningKey,
}

impl Signer {
    /// A new key from 32 random bytes. The origin has neither white space nor `+` in it.
    pub fn generate(origin: &str, seed: [u8; 32]) -> Result<Self, Fault> {
        let fits = is_key_name_valid(origin) && !origin.chars().any(char::is_control);
        if !fits {
            return Err(What::KeyMalformed.into());
        }
        Ok(Self { origin: origin.to_owned(), key: SigningKey::from_bytes(&seed) })
    }

    /// Reads the text of a key file, as [`Signer::to_secret`] writes it.
    pub fn from_secret(text: &str) -> Result<Self, Fault> {
        let mut parts = text.strip_prefix("PRIVATE+KEY+").unwrap_or_default().splitn(3, '+');
        let origin = parts.next().unwrap_or_default();
        let seed = key_bytes(parts.nth(1)).ok_or(What::KeyMalformed)?;
        let signer = Self::generate(origin, seed)?;
        if signer.to_secret() == text { Ok(signer) } else { Err(What::KeyMalformed.into()) }
    }

    /// The text of the key file: `PRIVATE+KEY+origin+id+base64`.
    pub fn to_secret(&self) -> String {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        format!("PRIVATE+KEY+{}+{:08x}+{}", self.origin, self.public().id(), BASE64.encode(&key))
    }

    /// The public half, for auditors and witnesses.
    pub fn public(&self) -> PublicKey {
        PublicKey { origin: self.origin.clone(), key: self.key.verifying_key() }
    }

    /// Signs a checkpoint and gives the note.
    pub fn sign(&self, epoch: u64, size: u64, root: Hash) -> String {
        let checkpoint = Checkpoint { origin: self.origin.clone(), epoch, size, root };
        let mut note = Note::new(checkpoint.text().as_bytes(), &[]).expect("a checkpoint's text is a note's text");
        note.add_sigs(&[&Pen(self, self.public().id())]).expect("the origin was checked, and a key in memory signs");
        String::from_utf8(note.to_bytes()).expect("a note is text")
    }
}

/// The public half of a ledger's key (検証鍵): `origin+id+base64`, C2SP's vkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    origin: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// The name of the ledger that the key belongs to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Reads a note: signed by this key, for this ledger, in the very form that [`Signer::sign`] writes. Lines of
    /// other signers, such as witnesses, may stand beside ours.
    pub fn open(&self, note: &str) -> Result<Checkpoint, Fault> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| What::NoteMalformed)?;
        note.verify(&Only(self, self.id())).map_err(|error| match error {
            NoteError::InvalidSignature { .. } => What::SignatureBad,
            _ => What::SignatureMissing,
        })?;
        let text = str::from_utf8(note.text()).map_err(|_| What::NoteMalformed)?;
        let checkpoint = Checkpoint::read(text).ok_or(What::NoteMalformed)?;
        if checkpoint.origin == self.origin { Ok(checkpoint) } else { Err(What::SignatureMissing.into()) }
    }

    fn id(&self) -> u32 {
        key_id(&self.origin, &[&[ED25519], self.key.as_bytes().as_slice()].concat())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&new_ed25519_verifier_key(&self.origin, &self.key))
    }
}

impl FromStr for PublicKey {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let mut parts = text.splitn(3, '+');
        let origin = parts.next().unwrap_or_default().to_owned();
        let bytes = key_bytes(parts.nth(1)).ok_or(What::KeyMalformed)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| What::KeyMalformed)?;
        let public = Self { origin, key };
        let fits = is_key_name_valid(&public.origin) && !key.is_weak() && public.to_string() == text;
        if fits { Ok(public) } else { Err(What::KeyMalformed.into()) }
    }
}

/// The 32 bytes of a key's last part, behind the number of the algorithm.
fn key_bytes(part: Option<&str>) -> Option<[u8; 32]> {
    let bytes = BASE64.decode(part?.as_bytes()).ok()?;
    bytes.strip_prefix(&[ED25519])?.try_into().ok()
}

/// A signer as signed_note sees it, with its id.
struct Pen<'a>(&'a Signer, u32);

impl signed_note::Signer for Pen<'_> {
    fn name(&self) -> &str {
        &self.0.origin
    }

    fn key_id(&self) -> u32 {
        self.1
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.0.key.try_sign(text)?.to_vec())
    }
}

/// The one key that is accepted, as signed_note sees it, with its id. Verifies strictly, which signed_note's own does not.
struct Only<'a>(&'a PublicKey, u32);

impl signed_note::Verifier for Only<'_> {
    fn name(&self) -> &str {
        &self.0.origin
    }

    fn key_id(&self) -> u32 {
        self.1
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.key.verify_strict(text, &signature).is_ok())
    }
}

impl signed_note::Verifiers for Only<'_> {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn signed_note::Verifier, VerificationError> {
        if name == self.0.origin && id == self.1 {
            Ok(self)
        } else {
            Err(VerificationError::UnknownKey { name: name.to_owned(), id })
        }
    }
}

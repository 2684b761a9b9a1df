//! Secrets at rest (封): values encrypted so that whoever has only the database, or a backup of it, reads nothing.
//!
//! Root key → class key → one random data key for each value. A class key is derived from the root key by the name of
//! its class; a data key is wrapped under the class key and lies before the value. A new root key therefore means new
//! wrappings alone ([`Secrets::rewrap`]), and whoever deletes the sealed bytes has destroyed the value.
//!
//! ```
//! use base::secrets::{Root, Secrets};
//! let secrets = Secrets::new(Root::generate());
//! let sealed = secrets.seal("totp", &["account", "01H…"], b"a secret");
//! assert_eq!(*secrets.open("totp", &["account", "01H…"], &sealed).unwrap(), b"a secret");
//! assert!(secrets.open("totp", &["account", "another"], &sealed).is_err());
//! ```

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, Mac};
use sha2::Sha256;
pub use zeroize::Zeroizing;

use crate::random;

const KEY: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;
/// Bytes of a key's id.
const ID: usize = 8;
/// The version of the sealed form; its first byte.
const FORM: u8 = 1;
/// Where the wrapped data key begins, with its nonce.
const WRAPPING: usize = 1 + ID;
/// Where the content begins, with its nonce.
const CONTENT: usize = WRAPPING + NONCE + KEY + TAG;
/// Marks a root key in a key file.
const PLAIN: &str = "sekimori-root-1:";
/// Marks a root key that a passphrase locks.
const LOCKED: &str = "sekimori-root-1-locked:";
/// Most root keys of a file: the one in use, and those that are being replaced.
const MOST_ROOTS: usize = 8;

type Bytes<const N: usize> = Zeroizing<[u8; N]>;

/// Why sealed bytes don't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// They don't have the form of sealed bytes.
    Malformed,
    /// They were sealed under a root key that isn't here.
    OtherRoot([u8; ID]),
    /// They were altered, or sealed for another place.
    Forged,
}

impl std::fmt::Display for Unopened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => f.write_str("sealed bytes of an unknown form"),
            Self::OtherRoot(id) => write!(f, "sealed under the root key {}, which isn't here", HEXLOWER.encode(id)),
            Self::Forged => f.write_str("sealed bytes that were altered or belong elsewhere"),
        }
    }
}

impl std::error::Error for Unopened {}

/// A root key (根の鍵). It is kept apart from the data; without it, what was sealed under it is lost.
pub struct Root(Bytes<KEY>);

impl std::fmt::Debug for Root {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Root({})", self.id())
    }
}

impl Root {
    /// A new one.
    pub fn generate() -> Self {
        Self(Zeroizing::new(random::bytes()))
    }

    /// Tells it from others, and says nothing about it: 16 hexadecimal digits.
    pub fn id(&self) -> String {
        HEXLOWER.encode(&self.id_bytes())
    }

    fn id_bytes(&self) -> [u8; ID] {
        short(&*derived(&self.0, &["root id"]))
    }

    /// The line of a key file that holds it as it is.
    pub fn to_line(&self) -> Zeroizing<String> {
        let mut line = Zeroizing::new(String::with_capacity(PLAIN.len() + 44));
        line.push_str(PLAIN);
        line.push_str(&Zeroizing::new(BASE64URL_NOPAD.encode(&*self.0)));
        line
    }

    /// The line of a key file that holds it locked by a passphrase (Argon2id with 64 MiB and three passes).
    pub fn to_locked_line(&self, passphrase: &str) -> String {
        let salt: [u8; 16] = random::bytes();
        let locked = encrypt(&stretched(passphrase, &salt), &["root lock"], &*self.0);
        format!("{LOCKED}{}:{}", BASE64URL_NOPAD.encode(&salt), BASE64URL_NOPAD.encode(&locked))
    }
}

/// Why a key file can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRoots {
    /// A line is no root key.
    Malformed,
    /// The passphrase doesn't open it.
    Passphrase,
}

/// Whether a passphrase is needed to read this key file.
pub fn is_locked(text: &str) -> bool {
    lines(text).any(|line| line.starts_with(LOCKED))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The root keys of a house: what is sealed, and what opens it again.
#[derive(Debug)]
pub struct Secrets {
    /// The first seals; the others only open what was sealed before.
    roots: Vec<Root>,
}

impl Secrets {
    /// With one root key.
    pub fn new(root: Root) -> Self {
        Self { roots: vec![root] }
    }

    /// From the text of a key file: one root key a line, the one that seals first; lines with `#` are comments.
    ///
    /// # Errors
    /// When a line is no root key, none is there, or the passphrase doesn't open one.
    pub fn from_text(text: &str, passphrase: Option<&str>) -> Result<Self, BadRoots> {
        let roots =
            lines(text).take(MOST_ROOTS + 1).map(|line| root(line, passphrase)).collect::<Result<Vec<_>, _>>()?;
        if roots.is_empty() || roots.len() > MOST_ROOTS { Err(BadRoots::Malformed) } else { Ok(Self { roots }) }
    }

    /// The key file's text.
    pub fn to_text(&self, passphrase: Option<&str>) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.roots.len() * 256));
        for root in &self.roots {
            match passphrase {
                Some(passphrase) => text.push_str(&root.to_locked_line(passphrase)),
                None => text.push_str(&root.to_line()),
            }
            text.push('\n');
        }
        text
    }

    /// The root key that seals.
    ///
    /// # Panics
    /// Never: there is always one.
    pub fn root(&self) -> &Root {
        self.roots.first().expect("made with at least one")
    }

    /// How many root keys there are: more than one while they are being changed.
    pub fn roots(&self) -> usize {
        self.roots.len()
    }

    /// Puts a new root key before the others.
    pub fn begin_with(&mut self, root: Root) {
        self.roots.insert(0, root);
    }

    /// Lets go of all root keys but the one that seals.
    pub fn keep_first(&mut self) {
        self.roots.truncate(1);
    }

    /// Seals a value for one place: `class` names the kind of secret (`"field"`, `"totp"`), `context` where it belongs
    /// (register, record, field). It opens there only.
    pub fn seal(&self, class: &str, context: &[&str], plain: &[u8]) -> Vec<u8> {
        let key: Bytes<KEY> = Zeroizing::new(random::bytes());
        let mut sealed = wrap(self.root(), class, &key);
        sealed.extend(encrypt(&key, &content_place(class, context, &key_id(&key)), plain));
        sealed
    }

    /// The value that was sealed for this place.
    ///
    /// # Errors
    /// See [`Unopened`].
    pub fn open(&self, class: &str, context: &[&str], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let key = self.unwrap(class, sealed)?;
        decrypt(&key, &content_place(class, context, &key_id(&key)), &sealed[CONTENT..]).ok_or(Unopened::Forged)
    }

    /// The same value with its data key wrapped under the root key that seals; nothing when it is so already.
    ///
    /// # Errors
    /// See [`Unopened`].
    pub fn rewrap(&self, class: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, Unopened> {
        if root_of(sealed) == Some(self.root().id_bytes()) {
            return Ok(None);
        }
        let key = self.unwrap(class, sealed)?;
        let mut rewrapped = wrap(self.root(), class, &key);
        rewrapped.extend(&sealed[CONTENT..]);
        Ok(Some(rewrapped))
    }

    /// A fingerprint that only whoever has the root key can make, so that it can't be guessed from.
    pub fn mark(&self, class: &str, text: &str) -> String {
        HEXLOWER.encode(&*derived(&class_key(self.root(), class), &["mark", text]))
    }

    fn unwrap(&self, class: &str, sealed: &[u8]) -> Result<Bytes<KEY>, Unopened> {
        let id = root_of(sealed).ok_or(Unopened::Malformed)?;
        let root = self.roots.iter().find(|root| root.id_bytes() == id).ok_or(Unopened::OtherRoot(id))?;
        let key = decrypt(&class_key(root, class), &["data key", &root.id()], &sealed[WRAPPING..CONTENT]);
        let key = key.ok_or(Unopened::Forged)?;
        key.as_slice().try_into().map(Zeroizing::new).map_err(|_| Unopened::Malformed)
    }
}

/// The part of sealed bytes that a new root key doesn't change: the encrypted content.
pub fn content(sealed: &[u8]) -> Option<&[u8]> {
    root_of(sealed).map(|_| &sealed[CONTENT..])
}

/// The id of the root key that sealed bytes are wrapped under, if they have the form.
fn root_of(sealed: &[u8]) -> Option<[u8; ID]> {
    let whole = sealed.len() >= CONTENT + NONCE + TAG && sealed[0] == FORM;
    whole.then(|| short(&sealed[1..WRAPPING]))
}

fn root(line: &str, passphrase: Option<&str>) -> Result<Root, BadRoots> {
    let read =
        |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).map(Zeroizing::new).map_err(|_| BadRoots::Malformed);
    let key = match (line.strip_prefix(PLAIN), line.strip_prefix(LOCKED)) {
        (Some(key), _) => read(key)?,
        (None, Some(locked)) => {
            let (salt, locked) = locked.split_once(':').ok_or(BadRoots::Malformed)?;
            let (salt, locked) = (read(salt)?, read(locked)?);
            if salt.len() != 16 || locked.len() != NONCE + KEY + TAG {
                return Err(BadRoots::Malformed);
            }
            let passphrase = passphrase.ok_or(BadRoots::Passphrase)?;
            decrypt(&stretched(passphrase, &salt), &["root lock"], &locked).ok_or(BadRoots::Passphrase)?
        }
        (None, None) => return Err(BadRoots::Malformed),
    };
    key.as_slice().try_into().map(|key| Root(Zeroizing::new(key))).map_err(|_| BadRoots::Malformed)
}

fn class_key(root: &Root, class: &str) -> Bytes<KEY> {
    derived(&root.0, &["class key", class])
}

fn key_id(key: &[u8; KEY]) -> String {
    HEXLOWER.encode(&short(&*derived(key, &["key id"])))
}

/// What the content of a value is bound to. The key's own id is in it, since a ciphertext of AES-GCM alone can be made to
/// open under two keys.
fn content_place<'a>(class: &'a str, context: &[&'a str], key_id: &'a str) -> Vec<&'a str> {
    [&["content", class, key_id], context].concat()
}

fn wrap(root: &Root, class: &str, key: &[u8; KEY]) -> Vec<u8> {
    let mut sealed = vec![FORM];
    sealed.extend(root.id_bytes());
    sealed.extend(encrypt(&class_key(root, class), &["data key", &root.id()], key));
    sealed
}

fn short(bytes: &[u8]) -> [u8; ID] {
    bytes[..ID].try_into().expect("every slice that comes here is longer")
}

/// Parts with their lengths, so that no two lists of parts look alike.
fn place(parts: &[&str]) -> Vec<u8> {
    let mut all = vec![FORM];
    for part in parts {
        all.extend((part.len() as u64).to_be_bytes());
        all.extend(part.as_bytes());
    }
    all
}

/// HMAC-SHA256 as a key derivation in one step.
fn derived(key: &[u8; KEY], parts: &[&str]) -> Bytes<KEY> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(&place(parts));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn stretched(passphrase: &str, salt: &[u8]) -> Bytes<KEY> {
    let params = Params::new(64 * 1024, 3, 1, Some(KEY)).expect("these parameters are within Argon2's bounds");
    let mut key = Zeroizing::new([0; KEY]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .expect("a salt of 16 bytes and a key of 32 fit");
    key
}

/// A fresh random nonce, then ciphertext and tag. A data key is used once; a class key would have to wrap billions of data
/// keys before two of its nonces became likely to be alike.
fn encrypt(key: &[u8; KEY], parts: &[&str], plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = random::bytes();
    let mut sealed = nonce.to_vec();
    sealed.extend(encrypt_with(key, nonce, &place(parts), plain));
    sealed
}

fn encrypt_with(key: &[u8; KEY], nonce: [u8; NONCE], aad: &[u8], msg: &[u8]) -> Vec<u8> {
    let cipher = Aes256Gcm::new(key.into());
    cipher.encrypt(&Nonce::from(nonce), Payload { msg, aad }).expect("a value in memory is below AES-GCM's 64 GiB")
}

fn decrypt(key: &[u8; KEY], parts: &[&str], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg, aad: &place(parts) };
    Aes256Gcm::new(key.into()).decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    /// Test cases 13 to 16 of the GCM specification (McGrew and Viega), which NIST's own vectors repeat.
    #[test]
    fn aes_gcm_gives_the_known_answers() {
        let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
        let plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
        let cases = [
            ("00".repeat(32), "00".repeat(12), String::new(), String::new(), "530f8afbc74536b9a963b4f1c4cb738b".to_owned()),
            (
                "00".repeat(32),
                "00".repeat(12),
                String::new(),
                "00".repeat(16),
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919".to_owned(),
            ),
            (
                key.to_owned(),
                "cafebabefacedbaddecaf888".to_owned(),
                String::new(),
                format!("{plain}1aafd255"),
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c".to_owned(),
            ),
            (
                key.to_owned(),
                "cafebabefacedbaddecaf888".to_owned(),
                "feedfacedeadbeeffeedfacedeadbeefabaddad2".to_owned(),
                plain.to_owned(),
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b".to_owned(),
            ),
        ];
        for (key, nonce, aad, plain, sealed) in cases {
            let key: [u8; KEY] = hex(&key).try_into().unwrap();
            let nonce: [u8; NONCE] = hex(&nonce).try_into().unwrap();
            assert_eq!(encrypt_with(&key, nonce, &hex(&aad), &hex(&plain)), hex(&sealed));
        }
    }

    #[test]
    fn a_key_file_is_read_as_it_was_written_with_and_without_a_passphrase() {
        let mut secrets = Secrets::new(Root::generate());
        let sealed = secrets.seal("field", &["here"], b"text");
        secrets.begin_with(Root::generate());
        for passphrase in [None, Some("覚えやすい言葉を 四つ 並べる")] {
            let text = format!("# kept apart\n\n{}", *secrets.to_text(passphrase));
            assert_eq!(is_locked(&text), passphrase.is_some());
            let read = Secrets::from_text(&text, passphrase).unwrap();
            assert_eq!((read.root().id(), read.roots()), (secrets.root().id(), 2));
            assert_eq!(*read.open("field", &["here"], &sealed).unwrap(), b"text");
        }
        let locked = secrets.to_text(Some("right"));
        assert_eq!(Secrets::from_text(&locked, Some("wrong")).unwrap_err(), BadRoots::Passphrase);
        assert_eq!(Secrets::from_text(&locked, None).unwrap_err(), BadRoots::Passphrase);
        for bad in ["", "# nothing\n", "sekimori-root-1:AAAA", "sekimori-root-1-locked:AAAA:AAAA", "other"] {
            assert_eq!(Secrets::from_text(bad, Some("x")).unwrap_err(), BadRoots::Malformed, "{bad}");
        }
    }

    #[test]
    fn a_new_root_key_changes_the_wrapping_and_not_the_content() {
        let mut secrets = Secrets::new(Root::generate());
        let sealed = secrets.seal("field", &["here"], b"text");
        assert_eq!(secrets.rewrap("field", &sealed), Ok(None));
        secrets.begin_with(Root::generate());
        let rewrapped = secrets.rewrap("field", &sealed).unwrap().unwrap();
        assert_eq!(content(&rewrapped), content(&sealed));
        assert_eq!(*secrets.open("field", &["here"], &rewrapped).unwrap(), b"text");
        assert_eq!(*secrets.open("field", &["here"], &sealed).unwrap(), b"text");
        secrets.keep_first();
        assert_eq!(*secrets.open("field", &["here"], &rewrapped).unwrap(), b"text");
        assert!(matches!(secrets.open("field", &["here"], &sealed), Err(Unopened::OtherRoot(_))));
    }

    #[test]
    fn the_same_value_is_never_sealed_alike() {
        let secrets = Secrets::new(Root::generate());
        assert_ne!(secrets.seal("field", &[], b""), secrets.seal("field", &[], b""));
        assert_eq!(secrets.mark("wish", "a"), secrets.mark("wish", "a"));
        assert_ne!(secrets.mark("wish", "a"), Secrets::new(Root::generate()).mark("wish", "a"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_was_sealed_opens_at_its_place_and_nowhere_else(
            plain in prop::collection::vec(any::<u8>(), 0..200),
            context in prop::collection::vec("[a-z]{0,3}", 0..4),
            other in prop::collection::vec("[a-z]{0,3}", 0..4),
            class in "[a-b]", other_class in "[a-b]",
        ) {
            let secrets = Secrets::new(Root::generate());
            let context: Vec<_> = context.iter().map(String::as_str).collect();
            let other: Vec<_> = other.iter().map(String::as_str).collect();
            let sealed = secrets.seal(&class, &context, &plain);
            prop_assert_eq!(&*secrets.open(&class, &context, &sealed).unwrap(), &plain);
            let opened = secrets.open(&other_class, &other, &sealed);
            prop_assert_eq!(opened.is_ok(), (other_class, other) == (class.clone(), context.clone()));
            let stranger = Secrets::new(Root::generate()).open(&class, &context, &sealed).unwrap_err();
            prop_assert!(matches!(stranger, Unopened::OtherRoot(_)));
        }

        #[test]
        fn one_flipped_bit_or_a_lost_byte_never_opens(plain in prop::collection::vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
            let secrets = Secrets::new(Root::generate());
            let sealed = secrets.seal("field", &["a", "b"], &plain);
            let at = at.index(sealed.len());
            let mut flipped = sealed.clone();
            flipped[at] ^= 1_u8 << bit;
            prop_assert!(secrets.open("field", &["a", "b"], &flipped).is_err());
            prop_assert!(secrets.open("field", &["a", "b"], &sealed[..at]).is_err());
        }

        #[test]
        fn no_bytes_and_no_key_file_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(sekimori-root-1(-locked)?:)?[A-Za-z0-9_:\n-]{0,90}") {
            let secrets = Secrets::new(Root::generate());
            prop_assert!(secrets.open("field", &[], &bytes).is_err());
            prop_assert!(secrets.rewrap("field", &bytes).is_err());
            if let Ok(read) = Secrets::from_text(&text, None) {
                prop_assert_eq!(Secrets::from_text(&read.to_text(None), None).unwrap().root().id(), read.root().id());
            }
        }
    }
}

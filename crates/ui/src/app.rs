//! What every handler stands on: the store, the writer, and what the sections of the policy hand over at start-up.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use base::id::Id;
use register::change::Op;
use register::find::Reading;
use register::permit::{Holding, Role};
use register::proof::{PublicKey, WitnessKey};
use register::writer::Writer;
use register::{Failure, Say, Store};
use tokio::sync::Semaphore;

use crate::say::Text;
use crate::sign_in::begun::Begun;
use crate::sign_in::passkey;

/// The running house. Cheap to clone.
#[derive(Clone)]
pub struct App {
    house: Arc<House>,
}

/// The parts of the house that handlers use.
pub struct House {
    /// The records.
    pub store: Store,
    /// The one way to change them.
    pub writer: Writer,
    /// The key that the ledger's checkpoints are signed with.
    pub key: PublicKey,
    /// How this house is served.
    pub settings: Settings,
    /// What the sections of the policy bring.
    pub areas: Areas,
    /// Room for hashing passwords: it takes memory and time by design.
    pub(crate) hashing: Semaphore,
    /// Room for requests.
    pub(crate) room: Semaphore,
    /// Answers that went out, by the class of their status.
    answers: [AtomicU64; 5],
    /// Imports that are being carried out.
    pub(crate) running: Mutex<BTreeSet<Id>>,
    /// SHA-256 of the token of the first set-up, while it is open.
    pub(crate) setup: Mutex<Option<[u8; 32]>>,
    /// Secrets of authenticator apps whose first code is waited for, by the session that they were shown in.
    pub(crate) secrets: Begun<[u8; 32], String>,
    /// Questions for new passkeys, by session.
    pub(crate) new_passkeys: Begun<[u8; 32], passkey::New>,
    /// Questions for one of an account's passkeys, by session.
    pub(crate) passkeys: Begun<[u8; 32], passkey::One>,
    /// Questions for any passkey, by a token of the page.
    pub(crate) any_passkeys: Begun<[u8; 32], passkey::Any>,
}

/// How a house is served.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Whether its data are fictional; said on every page.
    pub demo: bool,
    /// Accounts that the sign-in page of a demonstration names: login, and what to look at.
    pub demo_accounts: Vec<(String, Say)>,
    /// The address that people type, where it is not the one served: `https://sekimori.example.lg.jp`.
    pub origin: Option<String>,
    /// Who is asked to cosign the ledger's heads.
    pub witnesses: Witnesses,
    /// The version of the program.
    pub version: String,
}

/// Who is asked to cosign the ledger's heads (証人).
#[derive(Debug, Clone, Default)]
pub struct Witnesses {
    /// Their keys.
    pub keys: Vec<WitnessKey>,
    /// How many must have cosigned a head before it counts as witnessed.
    pub needed: usize,
}

/// What the sections of the policy hand over.
#[derive(Clone, Copy)]
pub struct Areas {
    /// Who a person is and what they hold today; `None` when there is no such person.
    pub person: fn(&Reading<'_>, Id) -> Result<Option<Known>, Failure>,
    /// The navigation.
    pub places: &'static [Group],
    /// Registers whose records have a page of their own: its address before the record's id.
    pub own_pages: &'static [(&'static str, &'static str)],
    /// The register of people, whom decisions name.
    pub people: &'static str,
    /// Who holds one of these roles for a unit today, themselves and not as a substitute.
    pub holders: Holders,
    /// The register of clauses, to which rules of the policy point.
    pub clauses: &'static str,
    /// Where an exception from a clause is applied for: the address before the clause's id.
    pub exception: &'static str,
    /// The first records of a new house; gives the first person's id.
    pub first_records: fn(&Store, &First) -> (Id, Vec<Op>),
}

/// Looks up who holds one of these roles for a unit.
pub type Holders = fn(&Reading<'_>, &[Role], Option<Id>) -> Result<Vec<Holder>, Failure>;

/// Somebody who holds a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Their name.
    pub name: String,
    /// Their post.
    pub post: String,
}

/// What the first set-up asks.
#[derive(Debug, Clone)]
pub struct First {
    /// Name of the organisation.
    pub body: String,
    /// Name of the first section.
    pub unit: String,
    /// Name of the first person.
    pub person: String,
    /// Their post.
    pub post: String,
}

/// A person as pages know them.
#[derive(Debug, Clone)]
pub struct Known {
    /// Name.
    pub name: String,
    /// Name of their section.
    pub unit: String,
    /// Its record.
    pub home: Option<Id>,
    /// Whether they are here today.
    pub active: bool,
    /// What they hold today.
    pub holdings: Vec<Holding>,
}

/// A group of places in the navigation.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Its heading; none for the first.
    pub heading: Option<Text>,
    /// Its places.
    pub places: &'static [Place],
}

/// A place in the navigation.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// What it is called.
    pub label: Text,
    /// Its address.
    pub href: &'static str,
    /// Shown only to those who may list this register.
    pub register: Option<&'static str>,
}

/// Passwords hashed at the same time: each takes 19 MiB.
const HASHING: usize = 2;
/// Requests served at the same time.
const ROOM: usize = 512;

impl App {
    /// A house from its parts.
    pub fn new(store: Store, writer: Writer, key: PublicKey, settings: Settings, areas: Areas) -> Self {
        let answers = Default::default();
        let (hashing, room) = (Semaphore::new(HASHING), Semaphore::new(ROOM));
        let (running, setup, secrets) = (Mutex::new(BTreeSet::new()), Mutex::new(None), Begun::default());
        let (new_passkeys, passkeys, any_passkeys) = (Begun::default(), Begun::default(), Begun::default());
        let house = House {
            store,
            writer,
            key,
            settings,
            areas,
            hashing,
            room,
            answers,
            running,
            setup,
            secrets,
            new_passkeys,
            passkeys,
            any_passkeys,
        };
        Self { house: Arc::new(house) }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5);
        self.answers[class - 1].fetch_add(1, Ordering::Relaxed);
    }

    /// How many answers went out: 1xx, 2xx, 3xx, 4xx, 5xx.
    pub fn answers(&self) -> [u64; 5] {
        std::array::from_fn(|class| self.answers[class].load(Ordering::Relaxed))
    }

    /// The address of a record's page.
    pub fn page_of(&self, register: &str, id: Id) -> String {
        match self.areas.own_pages.iter().find(|(name, _)| *name == register) {
            Some((_, address)) => format!("{address}{id}"),
            None => format!("/r/{register}/{id}"),
        }
    }
}

impl std::ops::Deref for App {
    type Target = House;
    fn deref(&self) -> &House {
        &self.house
    }
}

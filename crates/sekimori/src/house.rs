//! The house on its data folder: making one, opening it, and closing it so that everything is written.

use std::path::Path;

use base::clock::Clock;
use base::id::Id;
use register::built_in::{Cause, Epoch};
use register::change::{Change, Op, Opening, Request, Side};
use register::judge::Rules;
use register::permit::{Action, Actor, Permit, Subject, decide};
use register::proof::{Head, PublicKey, Signer};
use register::writer::{LOST_COMMIT, Running, Settings, Writer};
use register::{Failure, Record, Store};

use crate::folder::{Folder, Holds};
use crate::keys;
use crate::trouble::{Outcome, Trouble};

/// The version of this program, as it stands in entries.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The setting that a house gets with its last piece: what it is.
const FINISHED: &str = "house";
/// Free bytes that commands leave on the disk, whatever the server's config says.
pub(crate) const RESERVE: u64 = 64 * 1024 * 1024;

/// What a finished house is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In earnest.
    Real,
    /// The demonstration.
    Demo,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Demo => "demo",
        }
    }
}

/// An open house.
pub(crate) struct House {
    /// Its records.
    pub(crate) store: Store,
    /// The one way to change them.
    pub(crate) writer: Writer,
    /// The key of its ledger.
    pub(crate) key: PublicKey,
    running: Running,
}

impl House {
    /// Makes what the folder lacks (key, tables) and opens it. It is finished by the change that carries [`finished`].
    pub(crate) fn begin(folder: &Folder) -> Outcome<Self> {
        folder.make()?;
        folder.must_be_local()?;
        if !folder.key().exists() {
            keys::make(folder)?;
            let origin = format!("sekimori/{}", Id::new(&Clock::system()));
            let signer = Signer::generate(&origin, base::random::bytes()).map_err(Failure::from)?;
            // The public half first: where the secret one is, both are.
            let _broken_off = std::fs::remove_file(folder.public_key());
            write_new(&folder.public_key(), &format!("{}\n", signer.public()), 0o444)?;
            write_new(&folder.key(), &signer.to_secret(), 0o400)?;
        }
        Self::on(folder, RESERVE)
    }

    /// Opens a finished house in earnest.
    pub(crate) fn open(folder: &Folder, reserve: u64) -> Outcome<Self> {
        must_be_real(folder)?;
        let house = Self::on(folder, reserve)?;
        must_be(&house.store, folder, Kind::Real)?;
        Ok(house)
    }

    /// Opens the finished demonstration.
    pub(crate) fn open_demo(folder: &Folder) -> Outcome<Self> {
        let house = Self::on(folder, RESERVE)?;
        must_be(&house.store, folder, Kind::Demo)?;
        Ok(house)
    }

    fn on(folder: &Folder, reserve: u64) -> Outcome<Self> {
        folder.must_be_local()?;
        let signer = signer(folder)?;
        let key = signer.public();
        let store = current(folder)?;
        if let Some(secrets) = keys::load(folder)? {
            store.hold(secrets);
        }
        let build = format!("sekimori {VERSION}");
        let settings = Settings { signer, heads: folder.heads(), build, reserve, rules: Rules::none(), lost };
        let (writer, running) = Writer::start(&store, settings)?;
        Ok(Self { store, writer, key, running })
    }

    /// Carries out one change of the operator at the console.
    pub(crate) fn change(&self, permit: Permit, ops: Vec<Op>, side: Vec<Side>) -> Outcome {
        let change = Change { request: Request::new(), permit, ops, reason: None, side };
        self.writer.commit_now(change)?;
        Ok(())
    }

    /// Begins a new epoch of the ledger, which names what was lost, and is signed at once.
    pub(crate) fn open_epoch(self, cause: Cause, reason: &str, lost: Option<Head>) -> Outcome {
        let permit = console(&self.store, Action::Create, &Subject::register(Epoch::REGISTER.name))?;
        self.writer.open_epoch(Opening { permit, cause, reason: reason.to_owned(), lost })?;
        self.close();
        Ok(())
    }

    /// Takes the parts that pages stand on; the rest ends when they do.
    pub(crate) fn apart(self) -> (Store, Writer, PublicKey, Running) {
        (self.store, self.writer, self.key, self.running)
    }

    /// Waits until everything is written and signed.
    pub(crate) fn close(self) {
        let Self { store, writer, running, .. } = self;
        drop((store, writer));
        running.join();
    }
}

/// The row that finishes a house.
pub(crate) fn finished(kind: Kind) -> Side {
    Side::Setting { name: FINISHED, value: Some(kind.name().to_owned()) }
}

/// Whether the house in the folder has its last piece.
pub(crate) fn is_finished(store: &Store, kind: Kind) -> Outcome<bool> {
    Ok(store.read_now(|reading| reading.setting(FINISHED))?.as_deref() == Some(kind.name()))
}

/// Refuses a folder where nothing can be looked at. A demonstration may be looked at too.
pub(crate) fn must_be_there(folder: &Folder) -> Outcome {
    let there = folder.server().is_some() || folder.database().exists();
    if folder.holds() == Holds::Nothing || !there {
        return Err(not_there(folder));
    }
    folder.must_be_local()
}

/// The store of the folder, with tables as this version wants them.
pub(crate) fn current(folder: &Folder) -> Result<Store, Failure> {
    Store::open(folder.place(), areas::registers(), Clock::system())
}

/// The store of the folder for reading only, whatever the state of its ledger.
pub(crate) fn store(folder: &Folder) -> Result<Store, Failure> {
    Store::look(folder.place(), areas::registers(), Clock::system())
}

/// Leave for the operator at the console.
pub(crate) fn console(store: &Store, action: Action, subject: &Subject) -> Outcome<Permit> {
    let description = store.registers().description(&subject.register).ok_or(Failure::Missing)?.clone();
    Ok(decide(&Actor::engine("console"), action, subject, &description)?)
}

/// The key that checkpoints are signed with.
pub(crate) fn signer(folder: &Folder) -> Outcome<Signer> {
    let path = folder.key();
    let text = std::fs::read_to_string(&path).map_err(|e| {
        let path = path.display();
        Trouble::new(
            format!("署名鍵 {path} を読めません（{e}）。権限を確かめるか、別に保管した signing.key の写しから戻してください。"),
            format!(
                "The signing key {path} can't be read ({e}): look at its permissions, or put back the copy of signing.key that was kept apart."
            ),
        )
    })?;
    Signer::from_secret(text.trim_end()).map_err(|_| {
        let path = path.display();
        Trouble::new(
            format!("署名鍵 {path} の中身が鍵の形ではありません。別に保管した signing.key の写しから戻してください。"),
            format!("The signing key {path} is not in the form of a key: put back the copy of signing.key that was kept apart."),
        )
    })
}

/// The key that checkpoints are checked with: the folder's own, or the copy that an auditor keeps.
pub(crate) fn public_key(folder: &Folder, copy: Option<&Path>) -> Outcome<PublicKey> {
    let file = copy.map_or_else(|| folder.public_key(), Path::to_owned);
    let path = file.display();
    let text = std::fs::read_to_string(&file).map_err(|e| {
        Trouble::new(
            format!(
                "公開鍵 {path} を読めません（{e}）。signing.pub の写しを戻してください。verify では、手元の写しを --key で指定できます。"
            ),
            format!(
                "The public key {path} can't be read ({e}): put back a copy of signing.pub; verify takes one by --key."
            ),
        )
    })?;
    text.trim_end().parse().map_err(|_| {
        Trouble::new(
            format!("{path} の中身が公開鍵の形ではありません。signing.pub か、その写しを指定してください。"),
            format!("{path} is not in the form of a public key: name signing.pub or a copy of it."),
        )
    })
}

/// Refuses a folder without a house, and the demonstration.
pub(crate) fn must_be_real(folder: &Folder) -> Outcome {
    match folder.holds() {
        Holds::Nothing => Err(not_there(folder)),
        Holds::Demo => Err(only_demo(folder)),
        Holds::Real => Ok(()),
    }
}

fn must_be(store: &Store, folder: &Folder, kind: Kind) -> Outcome {
    if is_finished(store, kind)? {
        return Ok(());
    }
    // The marker may be gone; what the database says is not.
    if kind == Kind::Real && is_finished(store, Kind::Demo)? { Err(only_demo(folder)) } else { Err(not_there(folder)) }
}

fn not_there(folder: &Folder) -> Trouble {
    let path = folder.path().display();
    Trouble::new(
        format!(
            "データフォルダ {path} は初期化されていません。「sekimori --data {path} init」で用意してください（試すだけなら「sekimori demo」）。"
        ),
        format!(
            "The data folder {path} is not initialised: run \"sekimori --data {path} init\" (or \"sekimori demo\" to try it out)."
        ),
    )
}

pub(crate) fn only_demo(folder: &Folder) -> Trouble {
    let path = folder.path().display();
    Trouble::new(
        format!("{path} は架空の団体のデモです。実際の業務には使えません。--data で別のフォルダを指定してください。"),
        format!("{path} is the demonstration of a fictional body, not for real use: name another folder by --data."),
    )
}

pub(crate) fn write_new(path: &Path, text: &str, mode: u32) -> Outcome {
    base::durable::write_new(path, text.as_bytes(), mode).map_err(|e| {
        let path = path.display();
        Trouble::new(
            format!("{path} を書き込めません（{e}）。場所と権限を確かめてください。"),
            format!("{path} can't be written ({e}): look at its place and permissions."),
        )
    })
}

/// After a failed commit only a new process reads the truth.
fn lost() {
    std::process::exit(LOST_COMMIT);
}

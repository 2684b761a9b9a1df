//! Changes: what the writer takes, and what it answers.

use std::borrow::Cow;
use std::fmt::Write as _;

use base::clock::Clock;
use base::id::Id;
use ledger::Head;
use serde::{Deserialize, Serialize};

use crate::built_in::Cause;
use crate::permit::Permit;
use crate::record::Body;
use crate::say::Refusal;

/// Identifies one wish of one client, so that asking twice does it once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request(String);

impl Request {
    /// A new one. It sorts by the moment it was made, so that the writer finds its place at the end of the table.
    pub fn new() -> Self {
        Self(Id::new(&Clock::system()).to_string())
    }

    /// One that a client sent: 16 to 64 characters of `A-Za-z0-9_-`.
    ///
    /// # Errors
    /// A refusal when it has another form.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let fits = (16..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Refusal::whole(
                "画面の受付番号がありません。ページを開き直してからもう一度お試しください",
                "The form's request number is missing. Open the page again and retry",
            ))
        }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Request {
    fn default() -> Self {
        Self::new()
    }
}

/// A wish to change records, in one transaction with its entries.
#[derive(Debug, Clone)]
pub struct Change {
    /// So that a retry can't double it.
    pub request: Request,
    /// Leave to do it, from [`crate::permit::decide`].
    pub permit: Permit,
    /// What to do; all of it or nothing.
    pub ops: Vec<Op>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// Operational rows that must stand or fall with it.
    pub side: Vec<Side>,
}

impl Change {
    /// Hash of what is wished, without the ids that are made anew each time: the same form sent twice has the same one.
    ///
    /// `masked` takes out what must not be guessed from it.
    pub(crate) fn digest(&self, masked: impl Fn(&str, &Body) -> Body) -> String {
        let mut wish = String::new();
        for op in &self.ops {
            let (register, id) = op.object();
            let json =
                |body| serde_json::to_string(&masked(register, body)).expect("a map with text keys is always JSON");
            let _ = match op {
                Op::Create { body, .. } => write!(wish, "create {register} {}", json(body)),
                Op::Edit { base, patch, .. } => write!(wish, "edit {register} {id} {base} {}", json(patch)),
                Op::Act { base, transition, patch, note, .. } => {
                    write!(wish, "act {register} {id} {base} {transition} {} {note:?}", json(patch))
                }
                Op::Archive { base, .. } => write!(wish, "archive {register} {id} {base}"),
                Op::Restore { base, .. } => write!(wish, "restore {register} {id} {base}"),
                Op::Noted { what, .. } => write!(wish, "noted {register} {id} {what}"),
                Op::Erase { base, ground, .. } => write!(wish, "erase {register} {id} {base} {ground:?}"),
            };
            wish.push('\n');
        }
        let _ = write!(wish, "{:?}", self.reason);
        crate::blob::sha256(wish.as_bytes())
    }

    /// A change of one operation.
    pub fn one(request: Request, permit: Permit, op: Op) -> Self {
        Self { request, permit, ops: vec![op], reason: None, side: Vec::new() }
    }
}

/// One step of a change; each gives one entry.
#[derive(Debug, Clone)]
pub enum Op {
    /// A new record.
    Create {
        /// Its register.
        register: Cow<'static, str>,
        /// Its id, made by whoever asks, so that other steps can link to it.
        id: Id,
        /// Its fields.
        body: Body,
    },
    /// New values of some fields; `null` empties one.
    Edit {
        /// Its register.
        register: Cow<'static, str>,
        /// The record.
        id: Id,
        /// The revision that the person saw.
        base: u64,
        /// Field → new value.
        patch: Body,
    },
    /// A transition of its lifecycle.
    Act {
        /// Its register.
        register: Cow<'static, str>,
        /// The record.
        id: Id,
        /// The revision that the person saw.
        base: u64,
        /// Name of the transition.
        transition: Cow<'static, str>,
        /// Fields that change with it.
        patch: Body,
        /// The person's note.
        note: Option<String>,
    },
    /// Put away: no longer in lists, never deleted.
    Archive {
        /// Its register.
        register: Cow<'static, str>,
        /// The record.
        id: Id,
        /// The revision that the person saw.
        base: u64,
    },
    /// Taken out of the archive again, when an import that put it there is undone.
    Restore {
        /// Its register.
        register: Cow<'static, str>,
        /// The record.
        id: Id,
        /// The revision that put it away.
        base: u64,
    },
    /// A fact about a record that changes nothing in it: a restricted record was opened, somebody signed in.
    Noted {
        /// Its register.
        register: Cow<'static, str>,
        /// The record.
        id: Id,
        /// What happened.
        what: &'static str,
    },
    /// Destroys a record's body, with its revisions, comments and files (消去). Its place in the ledger stays. A person needs
    /// another one's request beside it, which the same change carries out: see [`crate::built_in::Erasure`].
    Erase {
        /// Its register.
        register: Cow<'static, str>,
        /// The record.
        id: Id,
        /// The revision that the person saw.
        base: u64,
        /// The ground, in words.
        ground: String,
    },
}

impl Op {
    /// The register and record that it is about.
    pub fn object(&self) -> (&str, Id) {
        match self {
            Op::Create { register, id, .. }
            | Op::Edit { register, id, .. }
            | Op::Act { register, id, .. }
            | Op::Archive { register, id, .. }
            | Op::Restore { register, id, .. }
            | Op::Noted { register, id, .. }
            | Op::Erase { register, id, .. } => (register, *id),
        }
    }
}

/// What an account's entry says when somebody signed in. Every entry of a session must follow its own.
pub const SIGN_IN: &str = "sign_in";
/// What it says when somebody proved again who they are: their session then has a new id.
pub const STEP_UP: &str = "step_up";
/// The register of API tokens (APIトークン). Every entry of a token must follow the one that its owner made it by.
pub const API_TOKEN: &str = "api_token";
/// What a record's entry says when a restricted one was opened.
pub const VIEWED: &str = "viewed";
/// What it says when one was taken out.
pub const EXPORTED: &str = "exported";
/// What it says when sealed fields were opened.
pub const UNSEALED: &str = "unsealed";
/// What it says when the body was destroyed.
pub const ERASED: &str = "erased";
/// A failed sign-in counts for this long, in ms.
pub const FAILED_FOR: i64 = 15 * 60 * 1000;

/// What somebody showed for their session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// When, in ms; 0 while the second factor is still to come.
    pub at: i64,
    /// How, as it stands in entries.
    pub auth: &'static str,
    /// Digest of the roles that they held.
    pub roles: String,
}

/// One of the things that an account is proven by beside its password, or got back by (認証の要素).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its id within the account.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// What its owner calls it.
    pub label: String,
    /// What it is checked with.
    pub secret: String,
    /// Since when, ms.
    pub added: i64,
    /// A counter that only grows, so that nothing is used twice.
    pub used: i64,
}

/// Operational rows: same writer, no entry of their own.
#[derive(Debug, Clone)]
pub enum Side {
    /// Sets the secret of an account (a password's hash in PHC form).
    Credential {
        /// The account's record.
        account: Id,
        /// The PHC text.
        phc: String,
    },
    /// Opens a session.
    SessionOpen {
        /// SHA-256 of the cookie's value.
        hash: [u8; 32],
        /// The account's record.
        account: Id,
        /// Now, ms.
        at: i64,
        /// Ends at the latest, ms.
        until: i64,
        /// What was shown for it.
        proof: Proof,
    },
    /// Gives a session a new id. The change is refused where the old one is gone.
    SessionRenew {
        /// SHA-256 of the old cookie's value.
        old: [u8; 32],
        /// SHA-256 of the new one's.
        hash: [u8; 32],
        /// What was shown for it.
        proof: Proof,
    },
    /// Says that a session is alive.
    SessionTouch {
        /// SHA-256 of the cookie's value.
        hash: [u8; 32],
        /// Now, ms.
        at: i64,
    },
    /// Says when a token was last used.
    TokenUsed {
        /// The token's record.
        token: Id,
        /// Now, ms.
        at: i64,
    },
    /// Ends one session.
    SessionEnd {
        /// SHA-256 of the cookie's value.
        hash: [u8; 32],
    },
    /// Ends all sessions of an account, but one.
    SessionsEnd {
        /// The account's record.
        account: Id,
        /// The one that stays.
        but: Option<[u8; 32]>,
    },
    /// Keeps a factor of an account, or what has become of it.
    Factor {
        /// The account's record.
        account: Id,
        /// The factor.
        factor: Factor,
    },
    /// Says that a factor was used. The change is refused where it was used so late before: nothing is used twice.
    FactorUsed {
        /// The account's record.
        account: Id,
        /// The factor's id.
        id: String,
        /// Its counter afterwards.
        used: i64,
    },
    /// Lets go of one factor of an account, or of all.
    FactorsEnd {
        /// The account's record.
        account: Id,
        /// The one; `None` is all.
        id: Option<String>,
    },
    /// Tells administrators what happened to an account, until one of them has seen it.
    Alarm {
        /// The account's record.
        account: Id,
        /// Now, ms.
        at: i64,
        /// What happened.
        what: &'static str,
    },
    /// Takes back what administrators were told of an account, up to a moment.
    AlarmSeen {
        /// The account's record.
        account: Id,
        /// The last one that was seen, ms.
        at: i64,
    },
    /// Adds the line of a witness to the checkpoint of this size.
    Cosigned {
        /// The size of the checkpoint.
        size: u64,
        /// The line, which holds.
        line: String,
    },
    /// Ends every session of everybody.
    EverySessionEnd,
    /// Counts a failed sign-in.
    Failed {
        /// `account:…` or `address:…`.
        key: String,
        /// Now, ms.
        at: i64,
    },
    /// Forgets failed sign-ins.
    Forgive {
        /// The key.
        key: String,
    },
    /// Says how far a follower of the ledger has come.
    Cursor {
        /// Its name.
        name: &'static str,
        /// The first entry that it has not seen.
        seq: u64,
    },
    /// Stores or clears one value of the house.
    Setting {
        /// Its name.
        name: &'static str,
        /// Its value; `None` clears it.
        value: Option<String>,
    },
}

/// What begins a new epoch of the ledger (世代).
#[derive(Debug, Clone)]
pub struct Opening {
    /// Leave to make the record of the epoch.
    pub permit: Permit,
    /// What happened.
    pub cause: Cause,
    /// Why, in the operator's words.
    pub reason: String,
    /// The newest head that is known to have been lost, where there is one.
    pub lost: Option<Head>,
}

/// The answer to a change that is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Sequence numbers of its entries.
    pub entries: Vec<u64>,
    /// Records and their revisions after it, in the order of the steps.
    pub records: Vec<(Id, u64)>,
}

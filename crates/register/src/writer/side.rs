//! Operational rows: sessions, secrets, failed sign-ins, values of the house. They have no entry, and go when their time is
//! over.

use base::id::Id;

use crate::change::{FAILED_FOR, Side};
use crate::say::Failure;
use crate::store::{self, Cell, Db, DbError};

/// A request is remembered for this long, in ms: nobody sends an old page again after thirty days.
const REMEMBERED: i64 = 30 * 24 * 60 * 60 * 1000;

/// Writes rows, in order.
pub(super) fn write(db: &Db, sides: &[Side]) -> Result<(), Failure> {
    sides.iter().try_for_each(|side| one(db, side))
}

/// Lets go of what is of no more use: sessions that ended, failures that are forgotten, requests that nobody repeats.
pub(super) fn sweep(db: &Db, now: i64) -> Result<(), DbError> {
    db.run("DELETE FROM session WHERE until <= ?1", &[now.into()])?;
    db.run("DELETE FROM failed WHERE since <= ?1", &[(now - FAILED_FOR).into()])?;
    db.run("DELETE FROM request WHERE at <= ?1", &[(now - REMEMBERED).into()])?;
    Ok(())
}

fn one(db: &Db, side: &Side) -> Result<(), Failure> {
    let n_of = |account: &Id| store::n_of(db, &account.to_string()).map(Cell::Int).ok_or(Failure::Missing);
    let (sql, cells): (&str, Vec<Cell>) = match side {
        Side::Credential { account, phc } => (
            "INSERT INTO credential (account, phc) VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET phc = excluded.phc",
            vec![n_of(account)?, phc.as_str().into()],
        ),
        Side::SessionOpen { hash, account, at, until, proof } => (
            "INSERT INTO session (hash, account, opened, seen, until, proven, auth, roles) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
            vec![
                hash.as_slice().into(),
                n_of(account)?,
                (*at).into(),
                (*until).into(),
                proof.at.into(),
                proof.auth.into(),
                proof.roles.as_str().into(),
            ],
        ),
        Side::SessionRenew { old, hash, proof } => (
            "UPDATE session SET hash = ?2, proven = ?3, auth = ?4, roles = ?5 WHERE hash = ?1",
            vec![
                old.as_slice().into(),
                hash.as_slice().into(),
                proof.at.into(),
                proof.auth.into(),
                proof.roles.as_str().into(),
            ],
        ),
        Side::Factor { account, factor } => (
            "INSERT INTO factor (account, id, kind, label, secret, added, used) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (account, id) DO UPDATE SET kind = excluded.kind, label = excluded.label, secret = excluded.secret,
             added = excluded.added, used = excluded.used",
            vec![
                n_of(account)?,
                factor.id.as_str().into(),
                factor.kind.as_str().into(),
                factor.label.as_str().into(),
                factor.secret.as_str().into(),
                factor.added.into(),
                factor.used.into(),
            ],
        ),
        Side::FactorUsed { account, id, used } => (
            "UPDATE factor SET used = ?3 WHERE account = ?1 AND id = ?2 AND used < ?3",
            vec![n_of(account)?, id.as_str().into(), (*used).into()],
        ),
        Side::FactorsEnd { account, id: Some(id) } => {
            ("DELETE FROM factor WHERE account = ?1 AND id = ?2", vec![n_of(account)?, id.as_str().into()])
        }
        Side::FactorsEnd { account, id: None } => ("DELETE FROM factor WHERE account = ?1", vec![n_of(account)?]),
        Side::Alarm { account, at, what } => (
            "INSERT INTO alarm (account, at, what) VALUES (?1, ?2, ?3) ON CONFLICT (account, at, what) DO NOTHING",
            vec![n_of(account)?, (*at).into(), (*what).into()],
        ),
        Side::AlarmSeen { account, at } => {
            ("DELETE FROM alarm WHERE account = ?1 AND at <= ?2", vec![n_of(account)?, (*at).into()])
        }
        Side::SessionTouch { hash, at } => {
            ("UPDATE session SET seen = ?2 WHERE hash = ?1", vec![hash.as_slice().into(), (*at).into()])
        }
        Side::TokenUsed { token, at } => (
            "INSERT INTO token_use (token, at) VALUES (?1, ?2) ON CONFLICT (token) DO UPDATE SET at = excluded.at",
            vec![n_of(token)?, (*at).into()],
        ),
        Side::SessionEnd { hash } => ("DELETE FROM session WHERE hash = ?1", vec![hash.as_slice().into()]),
        Side::SessionsEnd { account, but } => {
            let but = but.map_or_else(Vec::new, |hash| hash.to_vec());
            ("DELETE FROM session WHERE account = ?1 AND hash <> ?2", vec![n_of(account)?, Cell::Blob(but)])
        }
        Side::Cosigned { size, line } => (
            "UPDATE checkpoint SET note = note || ?2, cosigned = cosigned + 1 WHERE size = ?1",
            vec![(*size).into(), line.as_str().into()],
        ),
        Side::EverySessionEnd => ("DELETE FROM session", Vec::new()),
        Side::Failed { key, at } => (
            "INSERT INTO failed (key, count, since) VALUES (?1, 1, ?2) ON CONFLICT (key) DO UPDATE SET
             count = CASE WHEN failed.since < ?3 THEN 1 ELSE failed.count + 1 END,
             since = CASE WHEN failed.since < ?3 THEN excluded.since ELSE failed.since END",
            vec![key.as_str().into(), (*at).into(), (at - FAILED_FOR).into()],
        ),
        Side::Forgive { key } => ("DELETE FROM failed WHERE key = ?1", vec![key.as_str().into()]),
        Side::Cursor { name, seq } => (
            "INSERT INTO follower (name, seq) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
            vec![(*name).into(), (*seq).into()],
        ),
        Side::Setting { name, value: Some(value) } => (
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            vec![(*name).into(), value.as_str().into()],
        ),
        Side::Setting { name, value: None } => ("DELETE FROM setting WHERE name = ?1", vec![(*name).into()]),
    };
    let changed = db.run(sql, &cells)?;
    // What is used only once must still have been there.
    let once = matches!(side, Side::SessionRenew { .. } | Side::FactorUsed { .. });
    if once && changed == 0 { Err(Failure::Refused) } else { Ok(()) }
}

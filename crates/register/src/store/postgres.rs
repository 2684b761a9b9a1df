//! PostgreSQL: which server is good enough, and how statements run on it.

use std::cell::{Cell as Kept, RefCell};
use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::str::FromStr;

use base::text::Piece;
use bytes::BytesMut;
use futures_util::future::join_all;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, Row, Statement};

use super::wire::Wire;
use super::{Cell, DbError, Line};
use crate::say::{Failure, Refusal, Say};

/// The oldest version that is used.
const OLDEST: i64 = 14;
/// Most statements that a connection keeps prepared.
const PREPARED: usize = 512;
/// How many rows of a long answer come at a time.
const ROWS: usize = 1_000;
/// How many questions are asked before the first one's answer is read.
const ASKED: usize = 256;
/// The upper half of the number that writers lock: "SEKI". The lower half is the schema's.
const LOCK: i64 = 0x5345_4b49 << 32;

/// The table of words: the pieces of a record for the index, and in their order to look for phrases.
pub(super) const SEARCH: &str = r#"
    CREATE TABLE search (
      rowid BIGINT PRIMARY KEY, reg TEXT COLLATE "C" NOT NULL, pieces TEXT[] COLLATE "C" NOT NULL, text TEXT COLLATE "C" NOT NULL
    );
    CREATE INDEX ON search USING gin (pieces) WITH (gin_pending_list_limit = 512);"#;
/// How the hits of a search are joined with their flat rows, which the planner orders well.
pub(super) const ALONG: &str = "JOIN";

/// A server and a database on it (PostgreSQL), as an address names them. Shown without its password.
#[derive(Clone)]
pub struct Server {
    config: Config,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, port) = self.hosts().next().expect("an address without a host is refused");
        let host = match host {
            Host::Unix(folder) => folder.display().to_string(),
            Host::Tcp(name) => name.clone(),
        };
        let user = self.config.get_user().unwrap_or("-");
        let database = self.config.get_dbname().unwrap_or(user);
        write!(f, "PostgreSQL {user}@{host}:{port}/{database}")
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Server {
    type Err = Say;

    fn from_str(url: &str) -> Result<Self, Say> {
        let config: Config = url.parse().map_err(|_| {
            Say::new(
                "データベースの番地を読み取れません。postgres://利用者@127.0.0.1:5432/データベース名 のように書いてください",
                "The address of the database can't be read: write postgres://user@127.0.0.1:5432/database",
            )
        })?;
        let server = Self { config };
        let here = |(host, _): (&Host, u16)| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        };
        if server.hosts().next().is_none() || !server.hosts().all(here) || !server.config.get_hostaddrs().is_empty() {
            return Err(Say::new(
                "データベースへの接続は暗号化されないため、このコンピュータの中（127.0.0.1、localhost 又はUnixソケットのフォルダ）だけにつなぎます。別のコンピュータの PostgreSQL には、SSH や stunnel のトンネルを 127.0.0.1 に作ってつないでください",
                "The connection to the database is not encrypted, so it stays within this machine (127.0.0.1, localhost or the folder of a Unix socket): reach a PostgreSQL elsewhere by a tunnel (SSH, stunnel) that ends at 127.0.0.1",
            ));
        }
        if server.config.get_ssl_mode() == SslMode::Require {
            return Err(Say::new(
                "sslmode=require には対応していません。SSH や stunnel のトンネルで暗号化し、sslmode を取り除いてください",
                "sslmode=require is not supported: encrypt by a tunnel (SSH, stunnel), and take sslmode away",
            ));
        }
        Ok(server)
    }
}

impl Server {
    /// Whether the address holds a password.
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    fn hosts(&self) -> impl Iterator<Item = (&Host, u16)> {
        let ports = self.config.get_ports();
        let port = |at: usize| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        self.config.get_hosts().iter().enumerate().map(move |(at, host)| (host, port(at)))
    }
}

/// One connection.
pub(crate) struct Postgres {
    wire: Wire,
    statements: RefCell<HashMap<String, Statement>>,
    /// Rows written since it was opened.
    written: Kept<u64>,
    /// Whether a statement of the transaction has failed, so that only taking it back is left.
    spoilt: Kept<bool>,
    /// Whether it holds the lock of the one who writes.
    locked: Kept<bool>,
    /// Number of the schema that holds the tables; 0 when there is none.
    schema: i64,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("ended", &self.wire.has_ended()).finish_non_exhaustive()
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        // Never the details: they quote what was to be written.
        let Some(said) = error.as_db_error() else {
            return if error.is_closed() || error.source().is_some_and(<dyn StdError>::is::<std::io::Error>) {
                DbError::Busy
            } else {
                DbError::Other(error.to_string())
            };
        };
        let code = said.code();
        let later = [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ];
        if *code == SqlState::DISK_FULL {
            DbError::Full
        } else if later.contains(code) || code.code().starts_with("08") {
            DbError::Busy
        } else {
            DbError::Other(format!("PostgreSQL {}: {}", code.code(), said.message()))
        }
    }
}

impl Postgres {
    /// Opens a connection, and looks whether the server keeps what it is given.
    pub(crate) fn open(server: &Server) -> Result<Self, Failure> {
        let mut last = Failure::Busy;
        for (host, port) in server.hosts() {
            match Self::open_at(&server.config, host, port) {
                Ok(db) => return Ok(db),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    fn open_at(config: &Config, host: &Host, port: u16) -> Result<Self, Failure> {
        let mut config = config.clone();
        config.ssl_mode(SslMode::Disable).application_name("sekimori");
        let wire = Wire::connect(&config, host, port).map_err(|error| {
            let server = Server { config: config.clone() };
            match error.get_ref().and_then(|error| error.downcast_ref::<tokio_postgres::Error>()) {
                Some(said) if said.as_db_error().is_some_and(|said| *said.code() != SqlState::CANNOT_CONNECT_NOW) => {
                    let message = said.as_db_error().map_or("", |said| said.message());
                    Refusal::whole(
                        format!(
                            "{server} につなげません（{message}）。利用者、パスワード、データベース名を確かめてください"
                        ),
                        format!("{server} can't be used ({message}): look at user, password and database"),
                    )
                    .into()
                }
                _ => {
                    tracing::warn!(%error, "{server} can't be reached: {error}");
                    Failure::Busy
                }
            }
        })?;
        let mut db = Self {
            wire,
            statements: RefCell::default(),
            written: Kept::new(0),
            spoilt: Kept::new(false),
            locked: Kept::new(false),
            schema: 0,
        };
        db.batch(
            "SET lock_timeout = '10s'; SET cursor_tuple_fraction = 1; SET jit = off; SET client_min_messages = warning;",
        )?;
        db.demand()?;
        db.schema = db.current_schema()?;
        Ok(db)
    }

    /// Number of the schema in which tables are made and found.
    fn current_schema(&self) -> Result<i64, DbError> {
        let line = self.first("SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema()", &[])?;
        Ok(line.map_or(0, |line| line.int(0)))
    }

    /// Refuses a server that would lose what it has said yes to.
    fn demand(&self) -> Result<(), Failure> {
        let line = self.first(
            "SELECT current_setting('server_version_num')::bigint, current_setting('server_encoding'), current_setting('fsync'),
             current_setting('full_page_writes'), current_setting('synchronous_commit'), pg_is_in_recovery()::int",
            &[],
        )?;
        let line = line.ok_or_else(|| Failure::Broken("the server tells nothing of itself".into()))?;
        let refuse = |what: &str, ja: &str, en: &str| {
            Err(Refusal::whole(
                format!("この PostgreSQL は使えません（{what}）。{ja}"),
                format!("This PostgreSQL can't be used ({what}): {en}"),
            )
            .into())
        };
        if line.int(0) / 10_000 < OLDEST {
            let what = format!("version {}", line.int(0) / 10_000);
            return refuse(&what, "14以上の版を使ってください", "use version 14 or newer");
        }
        if line.text(1) != "UTF8" {
            let what = format!("encoding {}", line.text(1));
            return refuse(
                &what,
                "文字コードが UTF8 のデータベースを作ってください",
                "make a database with the encoding UTF8",
            );
        }
        for (at, name) in [(2, "fsync"), (3, "full_page_writes"), (4, "synchronous_commit")] {
            if line.text(at) == "off" {
                return refuse(
                    &format!("{name} = off"),
                    "停電のときに、保存したと答えた記録が失われます。on にしてください",
                    "a power failure would lose what was said to be kept; set it to on",
                );
            }
        }
        if line.int(5) != 0 {
            return refuse("standby", "書き込める主サーバにつないでください", "connect to the primary server");
        }
        Ok(())
    }

    /// Makes the schema that the address names, where it isn't there.
    pub(super) fn make_schema(&mut self) -> Result<(), Failure> {
        if self.schema == 0 {
            let path = self.first("SELECT current_setting('search_path')", &[])?;
            let name = path.as_ref().map_or("", |line| line.text(0)).trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
                return Err(Refusal::whole(
                    "表を置くスキーマがありません。データベースの管理者に、スキーマの作成を依頼してください",
                    "There is no schema for the tables: have the database's administrator make one",
                )
                .into());
            }
            self.batch(&format!("CREATE SCHEMA IF NOT EXISTS {name}"))?;
            self.schema = self.current_schema()?;
        }
        Ok(())
    }

    /// Whether the store's tables are there.
    pub(super) fn has_tables(&self) -> Result<bool, DbError> {
        let sql = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'setting'";
        Ok(self.first(sql, &[])?.is_some())
    }

    /// Runs several statements without parameters.
    pub(super) fn batch(&self, sql: &str) -> Result<(), DbError> {
        self.written.set(self.written.get() + 1);
        self.told(self.wire.wait(self.wire.client.batch_execute(sql)))
    }

    /// Makes what is written for SQLite: types have other names, texts compare by their bytes, and names of indexes would
    /// be too long.
    pub(super) fn define(&self, sql: &str) -> Result<(), DbError> {
        self.batch(&translated(sql))
    }

    /// Remembers that a statement has failed.
    fn told<T>(&self, answer: Result<T, tokio_postgres::Error>) -> Result<T, DbError> {
        answer.map_err(|error| {
            self.spoilt.set(true);
            if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) {
                // A prepared statement whose table has got other columns since.
                self.statements.borrow_mut().clear();
            }
            error.into()
        })
    }

    pub(super) fn begin_reading(&self) -> Result<(), DbError> {
        self.spoilt.set(false);
        self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE flat IN ACCESS SHARE MODE")
    }

    /// See [`super::Db::shut_out_readers`]. A lock comes before the moment that a transaction reads at.
    pub(super) fn shut_out_readers(&self) -> Result<(), DbError> {
        self.batch(
            "SET LOCAL lock_timeout = '3s'; LOCK TABLE flat IN ACCESS EXCLUSIVE MODE; SET LOCAL lock_timeout = '10s'",
        )
    }

    /// Waits for the lock of the one who writes, of all nodes, and begins. Every statement then sees what was committed
    /// before it, so that the head is read as the writer before has left it.
    pub(super) fn begin_writing(&self) -> Result<(), DbError> {
        self.spoilt.set(false);
        self.batch(&format!("SELECT pg_advisory_lock({})", LOCK | self.schema))?;
        self.locked.set(true);
        // Whoever stops in mid-transaction must not keep the others waiting.
        self.batch("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '60s'")
    }

    /// Commits. A server rolls a spoilt transaction back at COMMIT and calls that a success: it must not get there.
    pub(super) fn commit(&self) -> Result<(), DbError> {
        if self.spoilt.get() {
            return Err(DbError::Other("a statement of the transaction has failed".into()));
        }
        self.batch("COMMIT")?;
        self.unlock();
        Ok(())
    }

    /// Takes the transaction back; the server does so itself when the connection ends.
    pub(super) fn roll_back(&self) {
        if self.batch("ROLLBACK").is_err() {
            self.wire.hang_up();
        }
        self.unlock();
    }

    fn unlock(&self) {
        self.spoilt.set(false);
        if self.locked.replace(false) && self.batch("SELECT pg_advisory_unlock_all()").is_err() {
            self.wire.hang_up();
        }
    }

    pub(super) fn back_to_savepoint(&self) -> Result<(), DbError> {
        self.batch("ROLLBACK TO wish")?;
        self.spoilt.set(false);
        Ok(())
    }

    /// Whether a statement of the transaction has failed.
    pub(super) fn is_spoilt(&self) -> bool {
        self.spoilt.get()
    }

    /// Whether the connection has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.wire.has_ended()
    }

    pub(super) fn rows_written(&self) -> u64 {
        self.written.get()
    }

    fn prepared(&self, sql: &str) -> Result<Statement, DbError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.told(self.wire.wait(self.wire.client.prepare(&numbered(sql))))?;
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= PREPARED {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn rows(&self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, DbError> {
        let statement = self.prepared(sql)?;
        self.told(self.wire.wait(self.wire.client.query(&statement, &given(cells))))
    }

    pub(super) fn run(&self, sql: &str, cells: &[Cell]) -> Result<usize, DbError> {
        let statement = self.prepared(sql)?;
        let written = self.told(self.wire.wait(self.wire.client.execute(&statement, &given(cells))))?;
        self.written.set(self.written.get() + written);
        Ok(usize::try_from(written).unwrap_or(usize::MAX))
    }

    pub(super) fn each<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        hand_over(&self.rows(sql, cells)?, each)
    }

    /// Hands over an answer of any length, within a transaction.
    pub(super) fn stream<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        mut each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        // Whoever reads one long answer may read another meanwhile.
        let name = format!("long_{}", self.written.replace(self.written.get() + 1));
        let declare = format!("DECLARE {name} NO SCROLL CURSOR FOR {}", numbered(sql));
        let client = &self.wire.client;
        let declared = self.wire.wait(async { client.execute(&client.prepare(&declare).await?, &given(cells)).await });
        self.told(declared)?;
        let fetch = format!("FETCH {ROWS} FROM {name}");
        let fetch = self.told(self.wire.wait(client.prepare(&fetch)))?;
        loop {
            let rows = self.told(self.wire.wait(client.query(&fetch, &[])))?;
            hand_over(&rows, &mut each)?;
            if rows.len() < ROWS {
                return Ok(self.batch(&format!("CLOSE {name}"))?);
            }
        }
    }

    pub(super) fn each_of<E: From<DbError>>(
        &self,
        sql: &str,
        cells: &[Cell],
        mut each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        let statement = self.prepared(sql)?;
        for some in cells.chunks(ASKED) {
            // All are asked before the first answer is read.
            let ask = |cell| {
                let statement = &statement;
                async move { self.wire.client.query(statement, &[cell as &(dyn ToSql + Sync)]).await }
            };
            for rows in self.wire.wait(join_all(some.iter().map(ask))) {
                hand_over(&self.told(rows)?, &mut each)?;
            }
        }
        Ok(())
    }

    /// Counts the values of each column of the answer, on the server.
    pub(super) fn tally(&self, sql: &str, cells: &[Cell], columns: usize) -> Result<Vec<Vec<(Cell, u64)>>, DbError> {
        let names: Vec<String> = (0..columns).map(|at| format!("c{at}")).collect();
        let (list, sets) =
            (names.join(", "), names.iter().map(|name| format!("({name})")).collect::<Vec<_>>().join(", "));
        let sql = format!(
            "SELECT GROUPING({list}), count(*), {list} FROM ({sql}) AS t ({list}) GROUP BY GROUPING SETS ({sets})"
        );
        let mut counted = vec![Vec::new(); columns];
        self.each::<DbError>(&sql, cells, |mut line| {
            // A bit for each column that the group is not of, the first one the highest.
            let grouped = line.int(0);
            let at = (0..columns).find(|at| grouped & (1 << (columns - 1 - at)) == 0);
            if let Some(at) = at {
                let count = line.count(1);
                counted[at].push((std::mem::replace(&mut line.0[at + 2], Cell::Null), count));
            }
            Ok(())
        })?;
        Ok(counted)
    }

    pub(super) fn first(&self, sql: &str, cells: &[Cell]) -> Result<Option<Line>, DbError> {
        self.rows(sql, cells)?.first().map(line_of).transpose()
    }

    /// Lets the planner look at the tables; what is dead goes, and the index of words takes in what waits for it.
    pub(super) fn study(&self) -> Result<(), DbError> {
        let mut names = Vec::new();
        self.each::<DbError>(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
            &[],
            |line| {
                names.push(line.text(0).to_owned());
                Ok(())
            },
        )?;
        if names.is_empty() {
            return Ok(());
        }
        self.batch(&format!("VACUUM (ANALYZE, SKIP_LOCKED) {}", names.join(", ")))
    }

    /// Writes what the index of words holds of a record.
    pub(super) fn index(&self, n: i64, register: &str, pieces: &[String]) -> Result<(), DbError> {
        // One letter finds every piece that begins with it, which is every word that holds it.
        let mut all: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let mut buffer = [0; 4];
        let letters: Vec<String> =
            pieces.iter().flat_map(|piece| piece.chars()).map(|c| c.encode_utf8(&mut buffer).to_owned()).collect();
        all.extend(letters.iter().map(String::as_str));
        all.sort_unstable();
        all.dedup();
        let text = format!(" {} ", pieces.join(" "));
        let cells = [n.into(), register.into(), all.join(" ").into(), text.into()];
        let sql = "INSERT INTO search (rowid, reg, pieces, text) VALUES (?1, ?2, string_to_array(?3, ' '), ?4)";
        self.run(sql, &cells).map(|_| ())
    }
}

/// The condition on `search s` that it holds these pieces; `mark` takes a parameter.
pub(super) fn found(pieces: &[Piece], register: Option<&str>, mark: &mut dyn FnMut(Cell) -> String) -> String {
    let mut all = Vec::new();
    let mut phrases = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Prefix(letter) => all.push(letter.as_str()),
            Piece::Phrase(bigrams) => {
                all.extend(bigrams.iter().map(String::as_str));
                if bigrams.len() > 1 {
                    phrases.push(format!(" {} ", bigrams.join(" ")));
                }
            }
        }
    }
    let mut sql = format!("s.pieces @> string_to_array({}, ' ')", mark(all.join(" ").into()));
    if let Some(register) = register {
        sql = format!("s.reg = {} AND {sql}", mark(register.into()));
    }
    for phrase in phrases {
        let mark = mark(phrase.into());
        let _ = write!(sql, " AND strpos(s.text, {mark}) > 0");
    }
    sql
}

/// A subquery that gives all rows of two columns as one text, a JSON list of pairs.
pub(super) fn pairs(columns: &str, from: &str) -> String {
    format!("(SELECT coalesce(json_agg(json_build_array({columns}))::text, '[]') FROM {from})")
}

fn given(cells: &[Cell]) -> Vec<&(dyn ToSql + Sync)> {
    cells.iter().map(|cell| cell as _).collect()
}

fn hand_over<E: From<DbError>>(rows: &[Row], mut each: impl FnMut(Line) -> Result<(), E>) -> Result<(), E> {
    rows.iter().try_for_each(|row| each(line_of(row)?))
}

fn line_of(row: &Row) -> Result<Line, DbError> {
    let cells: Result<Vec<Cell>, _> = (0..row.len()).map(|at| row.try_get::<_, Cell>(at)).collect();
    Ok(Line(cells.map_err(|error| DbError::Other(error.to_string()))?))
}

/// Marks as PostgreSQL numbers them: `?1` is `$1`.
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

fn translated(sql: &str) -> String {
    let sql = sql.replace(" STRICT, WITHOUT ROWID", "").replace(" STRICT", "");
    let sql = sql.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA");
    let sql = sql.replace(" TEXT", " TEXT COLLATE \"C\"");
    let mut parts = sql.split("CREATE INDEX ");
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once(" ON ").map_or(part, |(_, rest)| rest);
        all += "CREATE INDEX ON ";
        all += rest;
    }
    all
}

type Wrong = Box<dyn StdError + Sync + Send>;

impl ToSql for Cell {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        match (self, kind) {
            (Cell::Null, _) => Ok(IsNull::Yes),
            (Cell::Int(value), &Type::INT8) => value.to_sql(kind, out),
            (Cell::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(kind, out),
            // No text of ours has a NUL, and the server takes none: whoever looks for one finds nothing.
            (Cell::Text(text), &Type::TEXT | &Type::VARCHAR) => text.replace('\0', "\u{fffd}").to_sql(kind, out),
            (Cell::Blob(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            (_, kind) => Err(format!("something else is given where {kind} is wanted").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Wrong> {
        Ok(match *kind {
            Type::INT8 => Cell::Int(FromSql::from_sql(kind, raw)?),
            Type::INT4 => Cell::Int(i32::from_sql(kind, raw)?.into()),
            Type::BYTEA => Cell::Blob(raw.to_vec()),
            _ => Cell::Text(FromSql::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Wrong> {
        Ok(Cell::Null)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::VARCHAR, Type::BYTEA, Type::UNKNOWN].contains(kind)
    }
}

//! `sekimori ledger witness`: remembers the heads of other houses' ledgers, and cosigns only what leads on from them. Speaks
//! C2SP tlog-witness. It needs no house of its own.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::clock::Clock;
use register::Failure;
use register::proof::{Asked, Cosigner, Denied, Head, PublicKey};

use super::serve;
use crate::folder::Folder;
use crate::listen::{self, Visitors};
use crate::trouble::{Outcome, Trouble, USAGE};
use crate::{config, house, input, log, say, stop};

/// Largest request, in bytes: a note with many cosignatures, and 63 hashes.
const LARGEST: usize = 64 * 1024;

/// How a witness works.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// 待受けアドレス / The address to listen on
    #[arg(long, value_name = "ADDR")]
    listen: std::net::SocketAddr,
    /// 証人の鍵。なければ --name で作ります / The key of the witness; made by --name where there is none
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// 新しい鍵の名（例：witness.example.lg.jp） / The name of a new key
    #[arg(long)]
    name: Option<String>,
    /// 見たものを覚えておくフォルダ / The folder where it remembers what it saw
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// 証人となる相手の公開鍵 signing.pub（何度でも） / The public key of a house that it witnesses, any number of times
    #[arg(long, value_name = "FILE")]
    allow: Vec<PathBuf>,
}

/// A running witness.
struct Witness {
    cosigner: Cosigner,
    state: PathBuf,
    clock: Clock,
    /// The keys of the ledgers, by their names.
    keys: HashMap<String, PublicKey>,
    /// What was cosigned last is compared and stored by one request at a time.
    turn: Mutex<()>,
}

/// Witnesses until asked to stop.
pub(crate) fn run(args: &Args) -> Outcome {
    log::start(&config::Log::default());
    let cosigner = key(&args.key, args.name.as_deref())?;
    let mut keys = HashMap::new();
    for file in &args.allow {
        let key = house::public_key(&Folder::named(None), Some(file))?;
        keys.insert(key.origin().to_owned(), key);
    }
    if keys.is_empty() {
        return Err(Trouble::new(
            "証人となる相手の公開鍵を --allow で指定してください。",
            "Name the public key of a house to witness by --allow.",
        )
        .code(USAGE));
    }
    let state = Folder::named(Some(args.state.clone()));
    state.make()?;
    state.must_be_local()?;
    let _lock = state.lock()?;
    let public = cosigner.public();
    let witness = Witness { cosigner, state: args.state.clone(), clock: Clock::system(), keys, turn: Mutex::new(()) };
    for origin in witness.keys.keys() {
        // What can't be read is told now, and not when a house asks.
        witness.known(origin)?;
    }
    let runtime = serve::runtime()?;
    let listener = runtime.block_on(serve::bind(args.listen))?;
    say::both(
        format!("証人の公開鍵（相手の設定 [[ledger.witness]] key に書いてもらってください）：\n{public}"),
        "The public key of this witness, for the houses' [[ledger.witness]] key.",
    );
    tracing::info!("witnesses {} ledgers on {}", witness.keys.len(), args.listen);
    let served = runtime.block_on(listen::serve(listener, router(witness), Visitors::Direct, stop::asked()));
    served.map_err(|e| Trouble::new(format!("待受けが止まりました（{e}）。"), format!("Listening ended ({e}).")))
}

fn router(witness: Witness) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(witness))
}

/// The key in the file, or a new one of this name.
fn key(file: &Path, name: Option<&str>) -> Outcome<Cosigner> {
    if !file.exists() {
        let name = name.ok_or_else(|| {
            let file = file.display();
            Trouble::new(
                format!("証人の鍵 {file} がありません。新しく作るときは、--name で名を指定してください。"),
                format!("There is no key {file}: to make one, give its name by --name."),
            )
            .code(USAGE)
        })?;
        let cosigner = Cosigner::generate(name, base::random::bytes()).map_err(|_| {
            Trouble::new(
                format!("「{name}」は証人の名に使えません。空白と + のない名を指定してください。"),
                format!("{name} can't be the name of a witness: choose one without white space and +."),
            )
            .code(USAGE)
        })?;
        house::write_new(file, &cosigner.to_secret(), 0o400)?;
        return Ok(cosigner);
    }
    let text = String::from_utf8(input::read(file, 4096)?).unwrap_or_default();
    Cosigner::from_secret(text.trim_end()).map_err(|_| {
        let file = file.display();
        Trouble::new(
            format!("{file} の中身が証人の鍵の形ではありません。"),
            format!("{file} is not in the form of a witness's key."),
        )
    })
}

impl Witness {
    fn file(&self, origin: &str) -> PathBuf {
        self.state.join(format!("{}.note", register::blob::sha256(origin.as_bytes())))
    }

    /// The note that was cosigned last, with its head.
    fn known(&self, origin: &str) -> Result<Option<(Head, String)>, Failure> {
        let (file, key) = (self.file(origin), &self.keys[origin]);
        let note = match fs::read_to_string(&file) {
            Ok(note) => note,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::Broken(format!("{} can't be read: {error}", file.display()))),
        };
        let head = key.open(&note).map_err(|fault| Failure::Broken(format!("{}: {fault}", file.display())))?.head();
        Ok(Some((head, note)))
    }

    /// Compares, remembers and cosigns. What is remembered is on the disk before anything is answered.
    fn cosign(&self, asked: &Asked, key: &PublicKey) -> Result<Result<String, Denied>, Failure> {
        let _turn = self.turn.lock().map_err(|_| Failure::Broken("a request panicked".into()))?;
        let known = self.known(key.origin())?.map(|(head, _)| head);
        let checkpoint = match asked.decide(key, known) {
            Ok(checkpoint) => checkpoint,
            Err(denied) => {
                tracing::warn!(origin = key.origin(), ?known, ?denied, "a checkpoint was not cosigned: {denied:?}");
                return Ok(Err(denied));
            }
        };
        let seconds = self.clock.now().millis() / 1000;
        let line = self.cosigner.cosign(&asked.note, u64::try_from(seconds).unwrap_or(0));
        if known != Some(checkpoint.head()) {
            let written = base::durable::write(&self.file(key.origin()), format!("{}{line}", asked.note).as_bytes());
            written.map_err(|e| Failure::Broken(format!("a head can't be remembered: {e}")))?;
        }
        Ok(Ok(line))
    }
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    let Some(asked) = std::str::from_utf8(&body).ok().and_then(Asked::read) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(key) = witness.keys.get(asked.origin()).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cosigned = tokio::task::spawn_blocking(move || witness.cosign(&asked, &key)).await;
    match cosigned.unwrap_or_else(|e| Err(Failure::Broken(e.to_string()))) {
        Ok(Ok(line)) => line.into_response(),
        Ok(Err(Denied::Malformed)) => StatusCode::BAD_REQUEST.into_response(),
        Ok(Err(Denied::NotSigned)) => StatusCode::FORBIDDEN.into_response(),
        Ok(Err(Denied::Inconsistent)) => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        Ok(Err(Denied::Conflict { size })) => {
            (StatusCode::CONFLICT, [(CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response()
        }
        Err(failure) => {
            tracing::error!(%failure, "nothing was cosigned: {failure}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What was cosigned last of a ledger, so that a house that went back can see what it lost. Signed by that house itself.
async fn checkpoint(State(witness): State<Arc<Witness>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let Some(origin) = asked.get("origin").filter(|origin| witness.keys.contains_key(*origin)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match witness.known(origin) {
        Ok(Some((_, note))) => note.into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => {
            tracing::error!(%failure, "a head can't be shown: {failure}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

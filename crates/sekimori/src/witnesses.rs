//! Asking witnesses (証人) to cosign our heads, while the house serves.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::HOST;
use axum::http::{Method, Request, StatusCode};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use register::change::Side;
use register::heads::{Heads, WITNESSED, leads_to};
use register::proof::{self, Checkpoint, PublicKey};
use register::writer::Writer;
use register::{Failure, Store};
use tokio::net::TcpStream;

use crate::config::Witness;

/// Pause between two rounds: a witness is asked at most once in it.
const PAUSE: Duration = Duration::from_mins(1);
/// Wait for the first signature after the start.
const FIRST: Duration = Duration::from_secs(2);
/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer, in bytes.
const LONGEST: usize = 64 * 1024;

/// What asking needs of the house.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    pub(crate) key: PublicKey,
    pub(crate) heads: Heads,
}

/// Asks every witness for its cosignature of the newest head, for as long as the house serves.
pub(crate) async fn attend(house: House, witnesses: Vec<Witness>) {
    // What each witness is thought to know.
    let mut known = vec![0; witnesses.len()];
    tokio::time::sleep(FIRST).await;
    loop {
        for (witness, known) in witnesses.iter().zip(&mut known) {
            let asked = tokio::time::timeout(3 * PATIENCE, one(&house, witness, known)).await;
            let name = witness.key.0.name();
            match asked {
                Ok(Ok(())) => {}
                Ok(Err(why)) => tracing::warn!(witness = name, why, "the witness {name} has not cosigned: {why}"),
                Err(_) => tracing::warn!(witness = name, "the witness {name} doesn't answer"),
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks one witness, once more where it knows another size than was thought.
async fn one(house: &House, witness: &Witness, known: &mut u64) -> Result<(), String> {
    let plain = |failure: Failure| failure.to_string();
    let Some(note) = house.store.read(proof::state).await.map_err(plain)?.note else { return Ok(()) };
    let checkpoint = house.key.open(&note).map_err(|fault| fault.to_string())?;
    let key = &witness.key.0;
    if key.cosigned(&note).map_err(|fault| fault.to_string())?.is_some() {
        return Ok(());
    }
    for _ in 0..2 {
        let (old, shown, text) = ((*known).min(checkpoint.size), checkpoint.clone(), note.clone());
        let asked = house.store.read(move |reading| proof::ask(reading, old, &shown, &text)).await.map_err(plain)?;
        let (status, answer) = send(witness, Method::POST, "/add-checkpoint", asked.to_text()).await?;
        match status {
            StatusCode::OK => {
                // Only a line that holds is kept, and nothing else of what was answered.
                let lines = answer.split_inclusive('\n');
                let line = lines
                    .into_iter()
                    .find(|line| matches!(key.cosigned(&format!("{}{line}", asked.note)), Ok(Some(_))));
                let line = line.ok_or("its answer holds no cosignature of its key")?.to_owned();
                *known = checkpoint.size;
                let side = vec![Side::Cosigned { size: checkpoint.size, line }];
                return house.writer.operate(side).await.map_err(plain);
            }
            StatusCode::CONFLICT => {
                let size = answer.trim_end().parse().map_err(|_| "it answers 409 without a size".to_owned())?;
                if size <= checkpoint.size && size != *known {
                    *known = size;
                    continue;
                }
                return Err(lost(house, witness, &checkpoint, &format!("it knows {size} entries")).await);
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                return Err(lost(house, witness, &checkpoint, "it knows another history").await);
            }
            other => return Err(format!("it answers {other}")),
        }
    }
    Err("it changes its mind about what it knows".into())
}

/// Looks what a witness remembers of us that our ledger doesn't lead to. Only what our own key signed stops the house.
async fn lost(house: &House, witness: &Witness, ours: &Checkpoint, why: &str) -> String {
    let path = format!("/checkpoint?origin={}", house.key.origin());
    let Ok((StatusCode::OK, note)) = send(witness, Method::GET, &path, String::new()).await else {
        return format!("{why}, while we have {}; what it knows can't be fetched", ours.size);
    };
    let Ok(theirs) = house.key.open(&note) else {
        return format!("{why}, but not by a note that our key signed");
    };
    let (store, head) = (house.store.clone(), theirs.head());
    match store.read(move |reading| leads_to(reading, head)).await {
        Ok(true) => format!("{why}; it must be told of the new epoch"),
        Ok(false) => {
            house.writer.close();
            if let Err(error) = house.heads.note(WITNESSED, &note) {
                tracing::error!(%error, "what the witness remembers can't be noted: {error}");
            }
            tracing::error!(
                size = head.size,
                "the ledger went back: a witness holds a head of ours of {} entries",
                head.size
            );
            format!("{why}, signed by us, and our ledger doesn't lead there: nothing is written any more")
        }
        Err(failure) => failure.to_string(),
    }
}

/// One request and its answer, which is short.
async fn send(witness: &Witness, method: Method, path: &str, body: String) -> Result<(StatusCode, String), String> {
    let host = &witness.url.0;
    let exchange = async {
        let stream = TcpStream::connect(host.as_str()).await.map_err(|e| format!("can't connect to {host}: {e}"))?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|e| format!("no HTTP with {host}: {e}"))?;
        let connection = tokio::spawn(connection);
        let request = Request::builder().method(method).uri(path).header(HOST, host).body(Body::from(body));
        let request = request.map_err(|e| e.to_string())?;
        let answer = sender.send_request(request).await.map_err(|e| format!("no answer from {host}: {e}"))?;
        let status = answer.status();
        let bytes = axum::body::to_bytes(Body::new(answer.into_body()), LONGEST).await.map_err(|e| e.to_string())?;
        connection.abort();
        Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
    };
    tokio::time::timeout(PATIENCE, exchange).await.unwrap_or_else(|_| Err(format!("{host} doesn't answer")))
}

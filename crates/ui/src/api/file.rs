//! Files of a record: what hangs on it, and one more. They are held until they were made harmless, so none is handed out.

use axum::body::Body as Stream;
use axum::extract::{Path, Query as Pairs, Request};
use axum::http::StatusCode;
use base::id::Id;
use http_body_util::BodyExt;
use register::blob;
use register::built_in::{Attachment, Held};
use register::change::{Change, Op};
use register::permit::Action;
use register::{Failure, LinkAny, Refusal, body_of};
use serde_json::{Value, json};

use super::answer as say;
use super::sent::key;
use crate::answer::{Answer, refuse};
use crate::pages::change::{self, name};
use crate::pages::detail::{self, Opened};
use crate::visit::{Page, value_of};

/// The files of a record, in the order of coming.
pub(super) async fn list(page: Page, Path((register, id)): Path<(String, String)>) -> Answer {
    let files: Vec<Value> = page
        .read(move |page, reading| {
            let Opened { row, .. } = detail::open(page, reading, &register, &id, Action::View)?;
            let mut files = Vec::new();
            for (row, file) in reading.pointing::<Attachment>(&row, "about")? {
                let at = reading.origin(&row)?.at.to_string();
                files.push(json!({
                    "id": row.id, "name": file.name, "size": file.size, "sha256": file.sha256, "state": file.state, "at": at,
                }));
            }
            Ok(files)
        })
        .await?;
    Ok(say(StatusCode::OK, &json!({ "files": files })))
}

/// Takes a file in, the body being its bytes, and holds it: it is on disk before the record that names it.
pub(super) async fn attach(
    page: Page,
    Path((register, id)): Path<(String, String)>,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
    request: Request,
) -> Answer {
    let Opened { row, permit, .. } = change::open(&page, register, id, Action::Attach).await?.live()?;
    let wish = key(request.headers())?;
    let name = name(value_of(&pairs, "name"));
    if name.is_empty() {
        return Err(Refusal::at("name", "?name= にファイル名を付けてください", "Give the file's name as ?name=").into());
    }
    let mut incoming = page.app.writer.incoming(blob::LARGEST)?;
    let mut body: Stream = request.into_body();
    while let Some(frame) = body.frame().await {
        let cut =
            |_| refuse("ファイルが途中で切れました。もう一度送ってください", "The file was cut off: send it again");
        if let Ok(bytes) = frame.map_err(cut)?.into_data() {
            incoming.take(&bytes)?;
        }
    }
    let (sha256, size) =
        tokio::task::spawn_blocking(|| incoming.keep()).await.map_err(|e| Failure::Broken(e.to_string()))??;
    let size = u32::try_from(size).map_err(|_| Failure::Broken("a file past its limit".into()))?;
    let file = Attachment { about: LinkAny(row.id), name, size, sha256, state: Held::Held };
    let op = Op::Create { register: "attachment".into(), id: Id::new(page.app.store.clock()), body: body_of(&file) };
    let done = page.app.writer.commit(Change::one(wish, permit, op)).await?;
    let id = done.records.first().map(|(id, _)| *id);
    Ok(say(
        StatusCode::CREATED,
        &json!({ "id": id, "name": file.name, "size": file.size, "sha256": file.sha256, "state": file.state }),
    ))
}

//! `sekimori doctor`: what is in force and from where, how fast the disk keeps its word, and what is wrong.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use base::clock::Clock;
use register::Failure;
use register::heads::BACKED_UP;
use register::proof::{self, PublicKey};

use super::backup::cannot;
use crate::config::{Config, Database, Format, Level};
use crate::folder::{self, Folder, Holds};
use crate::house::VERSION;
use crate::trouble::{Outcome, Trouble};
use crate::{house, keys, say};

/// Appends that are timed.
const APPENDS: usize = 50;

/// What was found, and how much of it is wrong.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    wrong: usize,
}

impl Report {
    fn fine(&mut self, what: &str, value: impl std::fmt::Display) {
        self.lines.push(format!("正常 ok     {what}: {value}"));
    }

    fn wrong(&mut self, what: &str, value: impl std::fmt::Display, ja: &str, en: &str) {
        self.wrong += 1;
        self.lines.push(format!("異常 WRONG  {what}: {value}"));
        self.lines.extend([format!("            → {ja}"), format!("              {en}")]);
    }
}

/// Looks at everything, and fails when anything is wrong.
pub(crate) fn run(folder: &Folder, config: &Config) -> Outcome {
    let mut report = Report::default();
    report.fine("版 versions", format!("sekimori {VERSION}, SQLite {}", register::store::sqlite_version()));
    in_force(&mut report, config);
    let path = folder.path().display();
    match folder.holds() {
        Holds::Nothing => report.wrong(
            "データフォルダ data folder",
            path,
            "初期化されていません。「sekimori init」で用意してください。",
            "It is not initialised: run \"sekimori init\".",
        ),
        Holds::Real => report.fine("データフォルダ data folder", path),
        Holds::Demo => report.fine("データフォルダ（デモ） data folder (demo)", path),
    }
    if folder.holds() != Holds::Nothing {
        permissions(&mut report, "フォルダの権限 its permissions", folder.path());
        permissions(&mut report, "署名鍵の権限 signing key's permissions", &folder.key());
        root_key(&mut report, folder);
        disk(&mut report, folder, u64::from(config.store.reserve_mb));
        ledger(&mut report, folder);
        witnesses(&mut report, folder, config);
        backup(&mut report, folder, config);
    }
    say::line(report.lines.join("\n"));
    match report.wrong {
        0 => Ok(()),
        wrong => Err(Trouble::new(format!("{wrong}か所を直してください。"), format!("{wrong} to put right."))),
    }
}

fn in_force(report: &mut Report, config: &Config) {
    let from = config.from.as_ref().map_or_else(|| "既定値 defaults".to_owned(), |path| path.display().to_string());
    report.fine("設定 config", from);
    let origin = config.web.origin.as_ref().map_or("（なし none）", |origin| &origin.0);
    report.fine("  [web]", format!("listen = {}, origin = {origin}", config.web.listen.0));
    let database = match &config.store.database {
        None => "（なし none）".to_owned(),
        Some(Database::Address(server)) => server.to_string(),
        Some(Database::File(path)) => path.display().to_string(),
    };
    report.fine("  [store]", format!("reserve_mb = {}, database = {database}", config.store.reserve_mb));
    let format = match config.log.format {
        Format::Text => "text",
        Format::Json => "json",
    };
    let level = match config.log.level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
    };
    report.fine("  [log]", format!("format = {format}, level = {level}"));
}

#[cfg(unix)]
fn permissions(report: &mut Report, what: &str, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let shown = path.display();
    match fs::metadata(path).map(|meta| meta.permissions().mode() & 0o777) {
        Ok(mode) if mode | 0o700 == 0o700 => report.fine(what, format!("{mode:04o}")),
        Ok(mode) => report.wrong(
            what,
            format!("{mode:04o}"),
            &format!("本人以外も読めます。「chmod go-rwx {shown}」で直してください。"),
            &format!("Others can read it: run \"chmod go-rwx {shown}\"."),
        ),
        Err(error) => report.wrong(
            what,
            error,
            &format!("{shown} を確かめてください。鍵がなければ、別に保管した写しから戻してください。"),
            &format!("Look at {shown}; if a key is gone, put back the copy that was kept apart."),
        ),
    }
}

#[cfg(not(unix))]
fn permissions(_: &mut Report, _: &str, _: &Path) {}

/// The root key: where it is, who can read it, and which one it is.
fn root_key(report: &mut Report, folder: &Folder) {
    let Some(path) = keys::find(folder) else {
        return report.wrong(
            "根の鍵 root key",
            folder.root_key().display(),
            "ありません。別に保管した root.key の写しを戻してください。それまで、封をした内容は読めず、新しく封もできません。",
            "It is missing: put back the copy of root.key that was kept apart; until then nothing sealed can be read or written.",
        );
    };
    permissions(report, "根の鍵の権限 root key's permissions", &path);
    match keys::describe(&path) {
        Ok(what) => report.fine("根の鍵 root key", what),
        Err(trouble) => report.wrong("根の鍵 root key", path.display(), &trouble.say.ja, &trouble.say.en),
    }
}

fn disk(report: &mut Report, folder: &Folder, reserve: u64) {
    if let Ok(disk) = rustix::fs::statvfs(folder.path()) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize) / 1024 / 1024;
        let value = format!("{free} MB（予備 reserve {reserve} MB）");
        if free > reserve {
            report.fine("空き free disk", value);
        } else {
            report.wrong(
                "空き free disk",
                value,
                "このままでは何も書き込めません。空きを増やしてください。",
                "Nothing can be written: make room.",
            );
        }
    }
    if let Some(kind) = folder::network(folder.path()).filter(|_| folder.server().is_none()) {
        report.wrong(
            "場所 file system",
            kind,
            "ネットワーク上のファイルサーバでは記録が失われることがあります。このコンピュータのディスクに移してください。",
            "Records can be lost on a file server: move the folder to a local disk.",
        );
    }
    match sync_times(folder.path()) {
        Ok(times) => {
            let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
            report.fine("書込みの確定 fdatasync", format!("p50 {:.1} ms, p99 {:.1} ms", at(50), at(99)));
        }
        Err(error) => report.wrong(
            "書込みの確定 fdatasync",
            error,
            "データフォルダに書き込めません。権限を確かめてください。",
            "The data folder can't be written: look at its permissions.",
        ),
    }
}

/// How long each of some appends of 4 KB takes until it is on the disk, shortest first.
fn sync_times(folder: &Path) -> io::Result<Vec<Duration>> {
    let path = folder.join(".doctor");
    let mut file = File::create(&path)?;
    let timed = (0..APPENDS).map(|_| {
        let start = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        Ok(start.elapsed())
    });
    let timed: io::Result<Vec<_>> = timed.collect();
    fs::remove_file(&path)?;
    let mut times = timed?;
    times.sort_unstable();
    Ok(times)
}

fn ledger(report: &mut Report, folder: &Folder) {
    let mut cannot = |what: &str, trouble: Trouble| report.wrong(what, "—", &trouble.say.ja, &trouble.say.en);
    let key = match house::must_be_there(folder).and_then(|()| house::signer(folder)) {
        Ok(signer) => signer.public(),
        Err(trouble) => return cannot("署名鍵 signing key", trouble),
    };
    let read = house::store(folder).and_then(|store| {
        store.read_now(|reading| Ok((reading.setting("shape")?.unwrap_or_default(), proof::state(reading)?)))
    });
    let (shape, proof::State { head: proof::Head { size, root, epoch }, note }) = match read {
        Ok(read) => read,
        Err(failure) => return cannot("データベース database", failure.into()),
    };
    if let Some(server) = folder.server() {
        report.fine("データベース database", server);
    }
    noted(report, folder, &key);
    report.fine("表の形 shape of tables", shape);
    report.fine("操作記録 ledger", format!("{} / {size} / {root}", key.origin()));
    report.fine("世代 epoch", epoch);
    match note.map(|note| key.open(&note)) {
        None => report.fine("最新のチェックポイント newest checkpoint", "（まだありません none yet）"),
        Some(Ok(checkpoint)) => report.fine("最新のチェックポイント newest checkpoint", checkpoint.size),
        Some(Err(fault)) => {
            report.wrong("最新のチェックポイント newest checkpoint", "—", &fault.ja(), &fault.to_string());
        }
    }
}

/// The heads that are noted beside the key, and whether the store leads to them.
fn noted(report: &mut Report, folder: &Folder, key: &PublicKey) {
    let what = "署名した控えとの照合 signed heads";
    let heads = folder.heads();
    let all = match heads.all(key) {
        Ok(all) => all,
        Err(error) => {
            let say = cannot(&folder.path().join("heads"), &error).say;
            return report.wrong(what, "—", &say.ja, &say.en);
        }
    };
    for (name, fault) in all.iter().filter_map(|(name, opened)| Some((name, opened.as_ref().err()?))) {
        report.wrong(what, format!("heads/{name}.note"), &fault.ja(), &fault.to_string());
    }
    match house::store(folder).and_then(|store| store.read_now(|reading| heads.lost(reading, key))) {
        Ok(None) => report.fine(what, all.len()),
        Ok(Some(lost)) => {
            let say = Trouble::from(Failure::Closed).say;
            report.wrong(what, proof::written(lost), &say.ja, &say.en);
        }
        Err(failure) => {
            let say = Trouble::from(failure).say;
            report.wrong(what, "—", &say.ja, &say.en);
        }
    }
}

/// Older than this, the last cosignature is a warning, in seconds.
const STALE: u64 = 24 * 60 * 60;

/// Whether enough witnesses cosigned lately.
fn witnesses(report: &mut Report, folder: &Folder, config: &Config) {
    let (keys, needed) = (config.ledger.keys(), config.ledger.needed);
    if keys.is_empty() {
        return report.fine("証人 witnesses", "（なし none）");
    }
    let read =
        house::store(folder).and_then(|store| store.read_now(|reading| proof::witnessed(reading, &keys, needed)));
    let Ok(witnessed) = read else { return };
    let now = u64::try_from(Clock::system().now().millis() / 1000).unwrap_or_default();
    for (key, last) in keys.iter().zip(&witnessed.last) {
        let told = last.map_or_else(|| "（まだ署名なし not yet）".to_owned(), |at| hours(now.saturating_sub(at)));
        report.fine("証人 witness", format!("{} {told}", key.name()));
    }
    let what = format!("証人の署名 cosigned by {needed} of {}", keys.len());
    match witnessed.enough {
        Some((size, at)) if now.saturating_sub(at) <= STALE => report.fine(&what, format!("{size} {}", hours(now - at.min(now)))),
        found => report.wrong(
            &what,
            found.map_or_else(|| "—".to_owned(), |(size, at)| format!("{size} {}", hours(now.saturating_sub(at)))),
            "1日以上、必要な数の証人の署名がありません。serve が動いているか、証人に接続できるかを、ログで確かめてください。",
            "Not enough witnesses cosigned for a day: look in the log whether serve runs and reaches them.",
        ),
    }
}

/// When the last backup was made.
fn backup(report: &mut Report, folder: &Folder, config: &Config) {
    let what = "最後のバックアップ last backup";
    let days = config.ledger.backup_days;
    // A house that has none yet is as old as its key.
    let made = folder.heads().noted_at(BACKED_UP);
    let since = made.or_else(|| fs::metadata(folder.public_key()).and_then(|meta| meta.modified()).ok());
    let age = since.map_or(0, |since| {
        let now = u64::try_from(Clock::system().now().millis()).unwrap_or_default();
        let since = since.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
        now.saturating_sub(u64::try_from(since).unwrap_or(u64::MAX)) / 1000
    });
    let told = if made.is_some() { hours(age) } else { "（まだありません none yet）".to_owned() };
    if age <= u64::from(days) * 24 * 60 * 60 {
        report.fine(what, told);
    } else {
        report.wrong(
            what,
            told,
            "「sekimori backup」を毎日実行するようにしてください（[ledger] backup_days で日数を変えられます）。",
            "Let \"sekimori backup\" run daily ([ledger] backup_days changes the number of days).",
        );
    }
}

fn hours(seconds: u64) -> String {
    format!("{}時間前 h ago", seconds / 3600)
}

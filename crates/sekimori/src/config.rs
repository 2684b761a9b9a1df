//! The config (設定): one TOML file, each section with its defaults. What is not known is an error, never ignored.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use register::Say;
use register::proof::WitnessKey;
use register::store::Server;
use serde::Deserialize;

use crate::trouble::{Outcome, Trouble};

/// Everything that can be set.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// How people reach the house.
    pub(crate) web: Web,
    /// The data.
    pub(crate) store: Storage,
    /// The ledger.
    pub(crate) ledger: Ledger,
    /// The log.
    pub(crate) log: Log,
    /// The file that it was read from; none where all defaults hold.
    #[serde(skip)]
    pub(crate) from: Option<PathBuf>,
}

/// `[web]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Web {
    /// Where to listen.
    pub(crate) listen: Listen,
    /// The address that people type, where a proxy on this host holds the certificate.
    pub(crate) origin: Option<Origin>,
}

/// `[store]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Storage {
    /// Free megabytes on the disk below which changes are refused.
    pub(crate) reserve_mb: u32,
    /// The PostgreSQL that holds the records; a file in the data folder does where none is named.
    pub(crate) database: Option<Database>,
}

/// The address of a PostgreSQL, or the file that holds it with its password.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Database {
    /// The address itself, which has no secret.
    Address(Box<Server>),
    /// A file that only its owner can read.
    File(PathBuf),
}

impl TryFrom<String> for Database {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Ok(Self::File(text.into()));
        }
        let server: Server = text.parse().map_err(|Say { ja, en }| format!("{ja}。\n{en}."))?;
        if server.has_password() {
            return Err(
                "パスワードはここに書けません。番地を1行で書いたファイルを作り（chmod 400）、database にそのファイルの場所を書いてください。\n\
                 A password can't stand here: put the address on one line of a file (chmod 400), and write the path of that file."
                    .to_owned(),
            );
        }
        Ok(Self::Address(Box::new(server)))
    }
}

/// Longest file that holds an address, in bytes.
const LONGEST: usize = 4 * 1024;

impl Storage {
    /// The server that is set, with its password.
    pub(crate) fn server(&self) -> Outcome<Option<Server>> {
        match &self.database {
            None => Ok(None),
            Some(Database::Address(server)) => Ok(Some(Server::clone(server))),
            Some(Database::File(path)) => address(path).map(Some),
        }
    }
}

fn address(path: &Path) -> Outcome<Server> {
    let bytes = crate::input::read(path, LONGEST)?;
    let shown = path.display();
    if !is_own(path) {
        return Err(Trouble::new(
            format!(
                "データベースの番地のファイル {shown} を、本人以外も読めます。「chmod 400 {shown}」で直してください。"
            ),
            format!("Others can read {shown}, which holds the address of the database: run \"chmod 400 {shown}\"."),
        ));
    }
    let text = String::from_utf8_lossy(&bytes);
    text.trim().parse().map_err(|Say { ja, en }| Trouble::new(format!("{shown}：{ja}。"), format!("{shown}: {en}.")))
}

#[cfg(unix)]
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
fn is_own(_: &Path) -> bool {
    true
}

/// `[ledger]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ledger {
    /// How many witnesses must have cosigned a head before it counts as witnessed.
    pub(crate) needed: usize,
    /// Who is asked to cosign.
    pub(crate) witness: Vec<Witness>,
    /// Days after which a backup is too old.
    pub(crate) backup_days: u32,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { needed: 1, witness: Vec::new(), backup_days: 7 }
    }
}

impl Ledger {
    /// The keys of the witnesses, in order.
    pub(crate) fn keys(&self) -> Vec<WitnessKey> {
        self.witness.iter().map(|witness| witness.key.0.clone()).collect()
    }
}

/// `[[ledger.witness]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Witness {
    /// Where it listens.
    pub(crate) url: WitnessUrl,
    /// Its public key.
    pub(crate) key: Key,
}

/// The address of a witness: `http://`, host and port. What is sent and answered is signed and holds no names, so plain
/// HTTP will do within closed networks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct WitnessUrl(pub(crate) String);

impl TryFrom<String> for WitnessUrl {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        match text.strip_prefix("http://").map(|rest| rest.trim_end_matches('/')) {
            Some(host) if host.contains(':') && host.chars().all(plain) => Ok(Self(host.to_owned())),
            _ => Err(format!(
                "「{text}」は証人の番地に使えません。http://10.1.2.3:8700 のように、http:// とホスト名と番号を書いてください。\n\
                 {text} can't be the address of a witness: write http://, the host and the port, such as http://10.1.2.3:8700."
            )),
        }
    }
}

/// The public key of a witness in a config.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Key(pub(crate) WitnessKey);

impl TryFrom<String> for Key {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.trim().parse().map(Self).map_err(|_| {
            "証人の公開鍵の形ではありません。証人が起動したときに表示する一行を、そのまま写してください。\n\
             This is not the public key of a witness: copy the whole line that the witness shows when it starts."
                .to_owned()
        })
    }
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// Lines for people, or JSON.
    pub(crate) format: Format,
    /// The least serious messages that are written.
    pub(crate) level: Level,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// JSON lines.
    Json,
}

/// How serious a message is.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Only what is ours to mend.
    Error,
    /// And what may become so.
    Warn,
    /// And starts and stops.
    #[default]
    Info,
    /// And what helps to find a fault.
    Debug,
}

impl From<Level> for tracing_subscriber::filter::LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
        }
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self { reserve_mb: 64, database: None }
    }
}

/// An address to listen on: plain HTTP never leaves the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Listen(pub(crate) SocketAddr);

impl Default for Listen {
    fn default() -> Self {
        Self(SocketAddr::from(([127, 0, 0, 1], 8600)))
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let address: SocketAddr = text.parse().map_err(|_| {
            format!(
                "「{text}」は待受けアドレスではありません。127.0.0.1:8600 のように書いてください。\n\
                 {text} is no address to listen on: write one such as 127.0.0.1:8600."
            )
        })?;
        if address.ip().is_loopback() {
            return Ok(Self(address));
        }
        Err(format!(
            "「{text}」では待ち受けません。暗号化しないHTTPは、このコンピュータの中（127.0.0.1）だけで使います。\
             ほかのコンピュータから使うには、同じコンピュータに証明書を持つ代理サーバ（nginx 等）を置いて 127.0.0.1:8600 につなぎ、\
             [web] origin に https:// で始まる番地を書いてください。\n\
             {text} is not listened on: plain HTTP stays within this machine (127.0.0.1). To reach it from others, put a proxy with a \
             certificate (such as nginx) on this machine, connect it to 127.0.0.1:8600, and set [web] origin to its https:// address."
        ))
    }
}

impl TryFrom<String> for Listen {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// The address of the house behind its proxy: `https://` and a host, nothing after it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Origin(pub(crate) String);

impl TryFrom<String> for Origin {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
        match text.strip_prefix("https://") {
            Some(host) if !host.is_empty() && host.chars().all(plain) => Ok(Self(text)),
            _ => Err(format!(
                "「{text}」は origin に使えません。https://sekimori.example.lg.jp のように、https:// とホスト名（小文字）だけを書いてください。\n\
                 {text} can't be the origin: write https:// and the host name in lower case, nothing after it."
            )),
        }
    }
}

impl Config {
    /// The config in `named`, or else in the data folder's `sekimori.toml` if there is one, or else the defaults.
    pub(crate) fn read(named: Option<PathBuf>, in_folder: PathBuf) -> Outcome<Self> {
        let path = match named {
            Some(path) => path,
            None if in_folder.exists() => in_folder,
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(&path).map_err(|e| {
            let path = path.display();
            Trouble::new(
                format!("設定ファイル {path} を読めません（{e}）。場所と権限を確かめてください。"),
                format!("The config file {path} can't be read ({e}): look at its place and permissions."),
            )
        })?;
        let config = Self::parse(&text).map_err(|(line, say)| at(&path, line, &say))?;
        Ok(Self { from: Some(path), ..config })
    }

    /// Reads the text; a fault with its line.
    fn parse(text: &str) -> Result<Self, (usize, Say)> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..start].split(|byte| *byte == b'\n').count();
            let message = error.message();
            let own = message.split_once('\n').filter(|(ja, _)| !ja.is_ascii());
            (line, own.map_or_else(|| of_toml(message), |(ja, en)| Say::new(ja, en)))
        })
    }
}

/// A message of the TOML reader, whose words are English.
fn of_toml(message: &str) -> Say {
    let en = format!("{message}: correct this line.");
    let quoted: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [unknown, known @ ..] if message.starts_with("unknown field") => {
            let known = known.join("、");
            Say::new(format!("「{unknown}」という項目はありません。書けるのは {known} です。"), en)
        }
        _ => Say::new(format!("この行を直してください（{message}）。"), en),
    }
}

fn at(path: &Path, line: usize, say: &Say) -> Trouble {
    let path = path.display();
    Trouble::new(
        format!("設定ファイル {path} の {line} 行目：{}", say.ja),
        format!("Config file {path}, line {line}: {}", say.en),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, String, String) {
        let (line, say) = Config::parse(text).unwrap_err();
        (line, say.ja, say.en)
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let config = Config::parse("").unwrap();
        assert_eq!(config.web.listen.0.to_string(), "127.0.0.1:8600");
        assert_eq!((config.web.origin, config.store.reserve_mb), (None, 64));
    }

    #[test]
    fn every_section_is_read() {
        let text = "[web]\nlisten = \"[::1]:80\"\norigin = \"https://sekimori.example.lg.jp\"\n[store]\nreserve_mb = 1\n\
             [log]\nformat = \"json\"\nlevel = \"debug\"\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.web.listen.0.to_string(), "[::1]:80");
        assert_eq!(config.web.origin.unwrap().0, "https://sekimori.example.lg.jp");
        assert!(matches!((config.log.format, config.log.level), (Format::Json, Level::Debug)));
    }

    #[test]
    fn a_database_is_an_address_without_a_secret_or_a_file_of_ones_own() {
        let set = |value: &str| Config::parse(&format!("[store]\ndatabase = \"{value}\"")).map(|config| config.store);
        let plain = set("postgres://sekimori@127.0.0.1/house").unwrap().server().unwrap().unwrap();
        assert_eq!(plain.to_string(), "PostgreSQL sekimori@127.0.0.1:5432/house");
        for (text, says) in [
            ("postgres://sekimori:secret@127.0.0.1/house", "chmod 400"),
            ("postgres://sekimori@db.example.lg.jp/house", "tunnel"),
            ("postgres://sekimori@10.0.0.1/house", "tunnel"),
            ("postgres://sekimori@127.0.0.1/house?sslmode=require", "sslmode"),
            ("postgres://sekimori@127.0.0.1:x/house", "can't be read"),
        ] {
            let (line, say) = set(text).unwrap_err();
            assert!(line == 2 && say.en.contains(says), "{text}: {}", say.en);
            assert!(!say.ja.contains("secret") && !say.en.contains("secret"), "{say:?}");
        }
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("database");
        base::durable::write_new(&path, b"postgres://sekimori:secret@localhost/house\n", 0o644).unwrap();
        let file = set(path.to_str().unwrap()).unwrap();
        assert!(file.server().unwrap_err().say.en.contains("chmod 400"));
        let own = place.path().join("own");
        base::durable::write_new(&own, b"postgres://sekimori:secret@localhost/house\n", 0o400).unwrap();
        let server = set(own.to_str().unwrap()).unwrap().server().unwrap().unwrap();
        assert_eq!(format!("{server} {server:?}").matches("secret").count(), 0);
        base::durable::write_new(&place.path().join("odd"), b"file:secret\n", 0o400).unwrap();
        let odd = set(place.path().join("odd").to_str().unwrap()).unwrap().server().unwrap_err().say;
        assert!(odd.en.contains("can't be read") && !odd.en.contains("secret"), "{}", odd.en);
    }

    #[test]
    fn an_unknown_key_is_told_with_its_line() {
        let (line, ja, en) = fault("[web]\nlisten = \"127.0.0.1:1\"\nport = 80\n");
        assert_eq!(line, 3);
        assert_eq!(ja, "「port」という項目はありません。書けるのは listen、origin です。");
        assert_eq!(en, "unknown field `port`, expected `listen` or `origin`: correct this line.");
        assert_eq!(fault("[wab]\n").0, 1);
    }

    #[test]
    fn only_this_machine_is_listened_on() {
        for text in ["0.0.0.0:8600", "192.168.1.2:8600", "[::]:8600"] {
            let (line, ja, en) = fault(&format!("[web]\nlisten = \"{text}\""));
            assert_eq!(line, 2);
            assert!(ja.contains("nginx") && en.contains("origin"), "{ja}\n{en}");
        }
        assert!(fault("[web]\nlisten = \"8600\"").1.contains("127.0.0.1:8600"));
    }

    #[test]
    fn an_origin_is_https_and_a_host_alone() {
        for text in ["http://a.jp", "https://", "https://a.jp/", "https://A.jp", "a.jp"] {
            assert_eq!(fault(&format!("[web]\norigin = \"{text}\"")).0, 2, "{text}");
        }
    }
}

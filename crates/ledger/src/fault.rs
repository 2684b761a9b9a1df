//! What an audit can find, said so that a reader knows what to do next.

use std::{error::Error, fmt};

/// Something in a ledger, a key or a proof that isn't as it must be (異常).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The first entry that it touches, where it is about one.
    pub seq: Option<u64>,
    /// What was found.
    pub what: What,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A row is not there; another stands in its place.
    Gap {
        /// The number of the row that was found.
        found: u64,
    },
    /// An entry stands in another's row.
    Misplaced {
        /// The seq that the entry itself gives.
        found: u64,
    },
    /// Entries at the end are not there.
    Missing {
        /// How many entries a checkpoint or the edge promises.
        promised: u64,
    },
    /// The bytes of an entry are not those of its leaf.
    LeafMismatch,
    /// The bytes are not those that an entry would be written with.
    NotCanonical,
    /// An entry has a version that this program doesn't know.
    OtherVersion {
        /// The version that it gives.
        found: u32,
    },
    /// An entry is longer than any that was ever written.
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// An epoch is smaller than the one before.
    EpochBackwards,
    /// An epoch begins, or is skipped, without naming the head of the one before as it was.
    EpochUnexplained,
    /// A head was signed in an epoch that lies beyond what the ledger says it lost.
    MoreWasLost {
        /// The size of the head.
        size: u64,
    },
    /// An entry is older than the one before, although the clock was right.
    TimeBackwards,
    /// A signed root is not the one that the entries give.
    CheckpointMismatch {
        /// The size of the checkpoint.
        size: u64,
    },
    /// Two signed roots of one size differ: two histories were shown.
    CheckpointsDiffer {
        /// The size of both.
        size: u64,
    },
    /// A checkpoint came after its size had been passed.
    CheckpointLate {
        /// The size of the checkpoint.
        size: u64,
    },
    /// A note is not in the form of a checkpoint.
    NoteMalformed,
    /// A signature in our name doesn't hold.
    SignatureBad,
    /// A note is not signed with the expected key.
    SignatureMissing,
    /// A key's text cannot be read.
    KeyMalformed,
    /// The stored edge is not the one that the entries give.
    FrontierMismatch {
        /// The size of the stored edge.
        stored: u64,
    },
    /// The stored edge cannot be read.
    FrontierMalformed,
    /// A body is not the one that its entry committed to.
    BodyMismatch,
    /// A record is not as its last entry left it.
    RecordMismatch,
    /// A body is not there, and no entry says that it was erased.
    BodyMissing,
    /// An entry was made in a session for which no entry says that its person signed in.
    SessionUnknown,
    /// A file is not in the form of a proof.
    ProofMalformed,
    /// A proof doesn't lead to the root.
    ProofBad,
    /// A proof or an edge was asked for that a ledger of this size doesn't have.
    OutOfRange {
        /// The size that was asked for.
        size: u64,
    },
    /// Hashes that a proof needs are not stored.
    HashesMissing {
        /// The level that was read.
        level: u8,
        /// The first index that was read.
        first: u64,
    },
}

impl Fault {
    /// The same fault, at an entry; a place that is already known stays.
    pub fn at(self, seq: u64) -> Self {
        Self { seq: self.seq.or(Some(seq)), ..self }
    }
}

impl From<What> for Fault {
    fn from(what: What) -> Self {
        Self { seq: None, what }
    }
}

impl Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, next) = self.what.english();
        match self.seq {
            Some(seq) => write!(f, "entry {seq}: {found}. {next}."),
            None => write!(f, "{found}. {next}."),
        }
    }
}

impl Fault {
    /// The same in Japanese.
    pub fn ja(&self) -> String {
        let (found, next) = self.what.japanese();
        match self.seq {
            Some(seq) => format!("操作記録 {seq} 番：{found}。{next}。"),
            None => format!("{found}。{next}。"),
        }
    }
}

/// The next steps that several faults share.
const COMPARE: &str = "Keep the database as it is, and compare it from this entry on with the last backup and with the \
                       checkpoints held outside";
const COMPARE_JA: &str = "データベースをこのまま保全し、この番号以降を直近のバックアップ及び外部で保管しているチェックポイントと照合してください";
const REBUILD: &str = "Rebuild the derived hashes from the entries and try again";
const REBUILD_JA: &str = "操作記録から木のハッシュ値を作り直し、もう一度実行してください";
const FETCH: &str = "Obtain it again from where it was issued";
const FETCH_JA: &str = "発行元からもう一度入手してください";

impl What {
    /// What was found, and what to do next.
    fn english(self) -> (String, &'static str) {
        match self {
            Self::Gap { found } => (format!("the row is not there; row {found} stands in its place"), COMPARE),
            Self::Misplaced { found } => (format!("entry {found} stands in this row"), COMPARE),
            Self::Missing { promised } => {
                (format!("the ledger ends before this entry, although {promised} entries were recorded"), COMPARE)
            }
            Self::LeafMismatch => ("the stored bytes are not those of the stored leaf hash".into(), COMPARE),
            Self::NotCanonical => ("the stored bytes are not in the form of an entry".into(), COMPARE),
            Self::OtherVersion { found } => (
                format!("the entry has version {found}, which this program does not know"),
                "Verify with the release that wrote it or a newer one",
            ),
            Self::TooLarge { bytes } => (format!("the entry is {bytes} bytes long, which is too long"), COMPARE),
            Self::EpochBackwards => ("the epoch is smaller than that of the entry before".into(), COMPARE),
            Self::EpochUnexplained => {
                ("an epoch begins here that does not name the head of the one before as it was".into(), COMPARE)
            }
            Self::MoreWasLost { size } => (
                format!("a head of {size} entries was signed, which is more than this entry says was lost"),
                "Find out which entries were lost, and who accepted the rollback with what reason",
            ),
            Self::TimeBackwards => (
                "the time is before that of the entry before, although the clock was marked as right".into(),
                "Check the time source of the server at that moment, then compare with the last backup",
            ),
            Self::CheckpointMismatch { size } => {
                (format!("from here up to the checkpoint of {size} entries, something was changed"), COMPARE)
            }
            Self::CheckpointsDiffer { size } => (
                format!("two signed checkpoints of {size} entries differ: two histories were signed"),
                "Keep both notes, stop using the signing key, and find out where each was issued",
            ),
            Self::CheckpointLate { size } => (
                format!("the checkpoint of {size} entries came after that size had been passed"),
                "Give the checkpoints in order of their size",
            ),
            Self::NoteMalformed => ("the note is not in the form of a checkpoint".into(), FETCH),
            Self::SignatureBad => ("the signature of the checkpoint does not hold".into(), FETCH),
            Self::SignatureMissing => (
                "the note is not signed with the key of this ledger".into(),
                "Check that the note and the public key belong to this ledger",
            ),
            Self::KeyMalformed => ("the key cannot be read".into(), "Copy the whole line of the key again"),
            Self::FrontierMismatch { stored } => (
                format!("the stored edge of the tree ({stored} entries) is not the one that the entries give"),
                COMPARE,
            ),
            Self::FrontierMalformed => ("the stored edge of the tree cannot be read".into(), REBUILD),
            Self::BodyMismatch => ("the body is not the one that the entry recorded".into(), COMPARE),
            Self::RecordMismatch => ("the record is not as its last entry left it".into(), COMPARE),
            Self::BodyMissing => ("the body is not there, and no entry says that it was erased".into(), COMPARE),
            Self::SessionUnknown => (
                "no entry says that whoever did this had signed in".into(),
                "Find out who could write to the database at that time, and ask the person who is named",
            ),
            Self::ProofMalformed => ("the file is not in the form of a proof".into(), FETCH),
            Self::ProofBad => ("the proof does not lead to the root of the checkpoint".into(), FETCH),
            Self::OutOfRange { size } => (
                format!("a ledger of {size} entries has no such place"),
                "Ask for an entry and a size that the ledger has",
            ),
            Self::HashesMissing { level, first } => {
                (format!("hashes of level {level} from number {first} on are not stored"), REBUILD)
            }
        }
    }

    /// The same in Japanese.
    fn japanese(self) -> (String, &'static str) {
        match self {
            Self::Gap { found } => (format!("この行がなく、{found} 番の行が続いています"), COMPARE_JA),
            Self::Misplaced { found } => (format!("この行に {found} 番の操作記録が入っています"), COMPARE_JA),
            Self::Missing { promised } => {
                (format!("{promised} 件が記録されたはずですが、この番号以降がありません"), COMPARE_JA)
            }
            Self::LeafMismatch => ("保存されている内容がハッシュ値と一致しません".into(), COMPARE_JA),
            Self::NotCanonical => ("保存されている内容が操作記録の形式ではありません".into(), COMPARE_JA),
            Self::OtherVersion { found } => (
                format!("この版のプログラムでは扱えない形式（第 {found} 版）です"),
                "記録した版以降のプログラムで検証してください",
            ),
            Self::TooLarge { bytes } => (format!("操作記録が長すぎます（{bytes} バイト）"), COMPARE_JA),
            Self::EpochBackwards => ("世代番号が直前の操作記録より小さくなっています".into(), COMPARE_JA),
            Self::EpochUnexplained => {
                ("ここから新しい世代が始まりますが、前の世代の頂点が正しく示されていません".into(), COMPARE_JA)
            }
            Self::MoreWasLost { size } => (
                format!("{size} 件の時点の署名された頂点があり、この操作記録が失ったとする件数より多くなっています"),
                "失われた操作記録と、古いデータへの逆戻りを承認した人及び理由を確認してください",
            ),
            Self::TimeBackwards => (
                "時計が正常とされているのに、時刻が直前の操作記録より前です".into(),
                "当時のサーバの時刻同期の状況を確認し、直近のバックアップと照合してください",
            ),
            Self::CheckpointMismatch { size } => {
                (format!("ここから {size} 件目のチェックポイントまでの間に改変があります"), COMPARE_JA)
            }
            Self::CheckpointsDiffer { size } => (
                format!("{size} 件時点の署名済みチェックポイントが二つあり、内容が異なります"),
                "両方を保全し、署名鍵の使用を止め、それぞれの発行元を確認してください",
            ),
            Self::CheckpointLate { size } => (
                format!("{size} 件時点のチェックポイントが、その件数を過ぎてから渡されました"),
                "チェックポイントは件数の少ない順に渡してください",
            ),
            Self::NoteMalformed => ("チェックポイントの形式ではありません".into(), FETCH_JA),
            Self::SignatureBad => ("チェックポイントの署名が正しくありません".into(), FETCH_JA),
            Self::SignatureMissing => (
                "この台帳の鍵による署名がありません".into(),
                "チェックポイントと検証鍵がこの台帳のものか確認してください",
            ),
            Self::KeyMalformed => ("鍵を読み取れません".into(), "鍵の行全体をもう一度写し取ってください"),
            Self::FrontierMismatch { stored } => {
                (format!("保存されている木の右端（{stored} 件時点）が操作記録から求めたものと一致しません"), COMPARE_JA)
            }
            Self::FrontierMalformed => ("保存されている木の右端を読み取れません".into(), REBUILD_JA),
            Self::BodyMismatch => ("本文が、操作記録に残された時のものと一致しません".into(), COMPARE_JA),
            Self::RecordMismatch => ("記録の内容が、最後の操作記録と一致しません".into(), COMPARE_JA),
            Self::BodyMissing => ("本文がなく、消去したという操作記録もありません".into(), COMPARE_JA),
            Self::SessionUnknown => (
                "この操作をした人がサインインしたという操作記録がありません".into(),
                "当時データベースに書き込めた人を調べ、名前のある本人に確かめてください",
            ),
            Self::ProofMalformed => ("証明ファイルの形式ではありません".into(), FETCH_JA),
            Self::ProofBad => ("証明がチェックポイントの根のハッシュ値に一致しません".into(), FETCH_JA),
            Self::OutOfRange { size } => {
                (format!("{size} 件の操作記録には、指定された位置がありません"), "実在する番号と件数を指定してください")
            }
            Self::HashesMissing { level, first } => {
                (format!("第 {level} 段の {first} 番以降のハッシュ値が保存されていません"), REBUILD_JA)
            }
        }
    }
}

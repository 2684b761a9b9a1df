//! What stops a command: said in Japanese and English, with the code that the process ends with.

use std::process::ExitCode;

use register::{Failure, Refusal, Say};

/// What a command gives back.
pub(crate) type Outcome<T = ()> = Result<T, Trouble>;

/// The command line is wrong, as clap's own code says it.
pub(crate) const USAGE: u8 = 2;
/// The file can't be taken as it is.
pub(crate) const UNTAKEABLE: u8 = 3;
/// The ledger doesn't fit what is stored.
pub(crate) const UNSOUND: u8 = 4;

/// Why a command stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// The exit code.
    pub(crate) code: u8,
    /// What happened and what to do.
    pub(crate) say: Say,
}

impl Trouble {
    /// A trouble in its two languages.
    pub(crate) fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: 1, say: Say::new(ja, en) }
    }

    /// The same with another exit code.
    pub(crate) fn code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// A process that has said everything itself and ends with this code.
    pub(crate) fn silent(code: u8) -> Self {
        Self { code, say: Say::default() }
    }

    /// Says it, and gives the exit code.
    pub(crate) fn told(&self) -> ExitCode {
        for text in [&self.say.ja, &self.say.en] {
            if !text.is_empty() {
                eprintln!("{text}");
            }
        }
        ExitCode::from(self.code)
    }
}

impl From<Say> for Trouble {
    fn from(Say { ja, en }: Say) -> Self {
        Self::new(ja, en)
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let lines = |text: fn(&Say) -> &str| {
            let problems = refusal.problems.iter().map(|problem| match &problem.field {
                Some(field) => format!("{field}: {}", text(&problem.say)),
                None => text(&problem.say).to_owned(),
            });
            problems.collect::<Vec<_>>().join("\n")
        };
        Self::new(lines(|say| &say.ja), lines(|say| &say.en))
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refusal(refusal) => refusal.into(),
            Failure::Refused => Self::new(
                "この操作は、台帳の規則で認められていません。",
                "The rules of the register don't permit this.",
            ),
            Failure::Moved { now } => Self::new(
                format!("記録が先に変更されました（現在は第{now}版）。もう一度実行してください。"),
                format!("The record was changed meanwhile (now revision {now}): run the command again."),
            ),
            Failure::Missing => Self::new("該当する記録がありません。", "There is no such record."),
            Failure::Full => Self::new(
                "ディスクの空きが足りないため、何も書き込んでいません。空きを増やしてから、もう一度実行してください。",
                "The disk is too full, and nothing was written: make room and run the command again.",
            ),
            Failure::Busy => Self::new(
                "ほかの処理が続いています。しばらくしてから、もう一度実行してください。",
                "Too much work is waiting: run the command again in a while.",
            ),
            Failure::Unknown => Self::new(
                "書込みの結果を確かめられませんでした。もう一度実行して、結果を確かめてください。",
                "The outcome of the write is unknown: run the command again and look.",
            ),
            Failure::Closed => Self::new(
                "保存されている操作記録が、以前に署名したものより古いか、異なります。何も書き込んでいません。「sekimori ledger verify」で確かめ、責任者が認めたときは、関守を停止して「sekimori ledger accept-rollback --reason 理由」を実行してください。",
                "The ledger that is stored is older than the one that was signed, or another, and nothing was written. Look by \"sekimori ledger verify\"; once whoever is responsible accepts it, stop Sekimori and run \"sekimori ledger accept-rollback --reason TEXT\".",
            )
            .code(UNSOUND),
            Failure::Broken(why) => Self::new(
                format!("処理できませんでした（{why}）。sekimori doctor を実行して、状態を確かめてください。"),
                format!("It didn't work ({why}): run sekimori doctor and look at the state."),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_a_refusal_has_its_line_and_its_field() {
        let mut refusal = Refusal::at("login", "入力してください", "Enter it");
        refusal.and(Refusal::whole("取り込めません", "It can't be taken"));
        let trouble = Trouble::from(refusal);
        assert_eq!(trouble.say.ja, "login: 入力してください\n取り込めません");
        assert_eq!(trouble.say.en, "login: Enter it\nIt can't be taken");
    }
}

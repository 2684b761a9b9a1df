//! `sekimori policy`: bringing in a body's own policy, or only looking at how it is understood.

use std::path::{Path, PathBuf};

use base::calendar::wareki;
use base::date::Date;
use clap::Subcommand;
use policy::Reading;
use register::permit::Actor;

use crate::folder::Folder;
use crate::house::{self, House};
use crate::trouble::{Outcome, Trouble, UNTAKEABLE};
use crate::{input, say};

/// Largest document, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// What can be done with policy documents.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 文書（MarkdownかテキストでUTF-8かShift_JIS）を案として取り込みます / Bring a document in as a draft
    Import {
        /// 文書のファイル（- は標準入力） / The document
        file: PathBuf,
        /// 取り込まずに、どう読み取ったかを表示します / Only show how it is understood
        #[arg(long)]
        dry_run: bool,
        /// 読み取った結果をJSONで出力します / As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Carries it out.
pub(crate) fn run(folder: &Folder, command: Command) -> Outcome {
    match command {
        Command::Import { file, dry_run, json } => {
            if !dry_run {
                house::must_be_real(folder)?;
            }
            let bytes = input::read(&file, LARGEST)?;
            let reading =
                areas::documents::look_at(&bytes).map_err(|refusal| Trouble::from(refusal).code(UNTAKEABLE))?;
            say::line(if json {
                serde_json::to_string_pretty(&reading).expect("a reading is plain data")
            } else {
                summary(&reading)
            });
            if dry_run { Ok(()) } else { import(folder, &file, &bytes) }
        }
    }
}

fn import(folder: &Folder, file: &Path, bytes: &[u8]) -> Outcome {
    let house = House::open(folder, house::RESERVE)?;
    let (name, console) = (input::name(file), Actor::engine("console"));
    let brought = areas::documents::bring_in(&house.store, &house.writer, &console, &name, bytes)?;
    house.close();
    say::aside(
        format!(
            "案として取り込みました（新しい条項 {}、用語 {}、機関 {}）。画面の「方針と基準」で内容を確かめ、決裁を記録してください：/documents/{}",
            brought.clauses, brought.terms, brought.organs, brought.document
        ),
        format!(
            "Brought in as a draft (new clauses {}, terms {}, organs {}). Confirm it under \"Policy and standards\" and record the decision: /documents/{}",
            brought.clauses, brought.terms, brought.organs, brought.document
        ),
    );
    Ok(())
}

/// What was understood, for an official who holds the paper in the other hand.
fn summary(reading: &Reading) -> String {
    let day = |date: Option<Date>| date.map_or_else(|| "（なし）".to_owned(), wareki);
    let amendments: Vec<_> = reading.amendments.iter().map(|date| wareki(*date)).collect();
    let numbered = |number: &str, text: &str| format!("{number} {text}").trim().to_owned();
    let mut lines = vec![
        format!("題名：{}", if reading.title.is_empty() { "（なし）" } else { &reading.title }),
        format!("制定：{}", day(reading.enacted)),
        format!("改正：{}", if amendments.is_empty() { day(None) } else { amendments.join("、") }),
    ];
    let mut list = |what: &str, items: Vec<String>| {
        lines.push(format!("{what}：{}", items.len()));
        lines.extend(items.into_iter().map(|item| format!("  {item}")));
    };
    list("章", reading.sections.iter().map(|section| numbered(&section.number, &section.heading)).collect());
    list("定義", reading.definitions.iter().map(|each| numbered(&each.number, &each.term)).collect());
    list("脅威", reading.threats.iter().map(|each| numbered(&each.number, &short(&each.text))).collect());
    list("組織", reading.organs.clone());
    list("資産", reading.asset_kinds.iter().map(|each| numbered(&each.number, &short(&each.text))).collect());
    list("対策", reading.measures.iter().map(|each| numbered(&each.number, &each.heading)).collect());
    let place = |line: usize| if line == 0 { "全体".to_owned() } else { format!("{line}行目") };
    list("確認が必要な箇所", reading.unsure.iter().map(|each| format!("{}：{}", place(each.line), each.why)).collect());
    lines.join("\n")
}

/// The beginning of a text, for one line of a terminal.
fn short(text: &str) -> String {
    let mut chars = text.chars();
    let begin: String = chars.by_ref().take(36).collect();
    if chars.next().is_some() { format!("{begin}…") } else { begin }
}

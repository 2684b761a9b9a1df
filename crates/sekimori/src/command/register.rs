//! `sekimori register`: registers in and out as workbooks and CSV.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use register::exchange::{self, Choices, Format, Trial};
use register::permit::{Action, Actor, Subject};
use register::{Description, Failure, Registers, Store};

use crate::folder::Folder;
use crate::house::{self, House};
use crate::trouble::{Outcome, Trouble, UNTAKEABLE};
use crate::{input, progress, say};

/// What can be done with registers.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// ExcelやCSVを取り込みます（1行でも問題があれば、何も書き込みません） / Bring a file in, all of it or nothing
    Import {
        /// 台帳の名前（asset、情報資産 等） / The register
        name: String,
        /// ファイル（.xlsx、CSV。- は標準入力） / The file
        file: PathBuf,
        /// シート名（省略時は項目名の見つかった最初のシート） / The sheet
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// 項目名の行（省略時は自動で見つけます。0は項目名なし） / The row of the heads
        #[arg(long, value_name = "ROW")]
        head: Option<u32>,
        /// ファイルにない記録を保管済みにします / Archive what the file doesn't have
        #[arg(long)]
        archive_missing: bool,
        /// 書き込まずに確かめます / Only look
        #[arg(long)]
        dry_run: bool,
    },
    /// ExcelかCSVに出力します（名前が .xlsx で終わればExcel） / Take a register out
    Export {
        /// 台帳の名前（asset、情報資産 等） / The register
        name: String,
        /// 出力先（省略時と - は標準出力） / Where to
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Carries it out.
pub(crate) fn run(folder: &Folder, command: Command) -> Outcome {
    match command {
        Command::Import { name, file, sheet, head, archive_missing, dry_run } => {
            let choices = Choices { head, archive_missing, ..Choices::default() };
            import(folder, &name, &file, (choices, sheet.as_deref()), dry_run)
        }
        Command::Export { name, out } => export(folder, &name, out.as_deref()),
    }
}

fn import(
    folder: &Folder,
    name: &str,
    file: &Path,
    (mut choices, sheet): (Choices, Option<&str>),
    dry_run: bool,
) -> Outcome {
    house::must_be_real(folder)?;
    let bytes = input::read(file, exchange::LARGEST)?;
    let house = House::open(folder, house::RESERVE)?;
    let description = find(&house.store.registers(), name, stands_alone)?;
    if let Some(sheet) = sheet {
        choices.sheet = Some(find_sheet(&description, &bytes, sheet)?);
    }
    let trial = if dry_run {
        look(&house, &description, &bytes, &choices)?
    } else {
        bring_in(&house, &description.name, (&input::name(file), &bytes), &choices)?
    };
    house.close();
    if !trial.is_clean() {
        return Err(problems(&trial));
    }
    let (mut ja, mut en) = (String::new(), String::new());
    if trial.archived > 0 {
        ja = format!("、保管済み {}", trial.archived);
        en = format!(", {} archived", trial.archived);
    }
    let (label_ja, label_en) = (&description.label.ja, &description.label.en);
    let (created, changed, same) = (trial.created, trial.changed, trial.same);
    let (only_ja, only_en) =
        if dry_run { ("（書き込んでいません）", " (nothing was written)") } else { ("", "") };
    say::both(
        format!("{label_ja}：追加 {created}、変更 {changed}、変更なし {same}{ja}{only_ja}"),
        format!("{label_en}: {created} added, {changed} changed, {same} unchanged{en}{only_en}"),
    );
    for note in &trial.notes {
        say::both(format!("・{}", note.ja), format!("- {}", note.en));
    }
    Ok(())
}

/// The place of a sheet by its name.
fn find_sheet(description: &Description, bytes: &[u8], name: &str) -> Outcome<usize> {
    let preview = exchange::preview(description, bytes, &Choices::default());
    let tabs = preview.map_err(|problem| Trouble::new(problem.say.ja, problem.say.en).code(UNTAKEABLE))?.tabs;
    tabs.iter().position(|tab| tab.name == name).ok_or_else(|| {
        let all: Vec<_> = tabs.iter().map(|tab| tab.name.as_str()).collect();
        let all = all.join("、");
        Trouble::new(
            format!("「{name}」というシートはありません。あるシート：{all}"),
            format!("There is no sheet {name}: there are {all}"),
        )
    })
}

fn look(house: &House, description: &Description, bytes: &[u8], choices: &Choices) -> Outcome<Trial> {
    let looking = progress::count("確認 checking");
    let console = Actor::engine("console");
    let looked = house.store.read_now(|reading| {
        exchange::trial(reading, description, &console, bytes, choices, &mut |rows| looking.set_position(rows))
    });
    looking.finish_and_clear();
    Ok(looked?)
}

/// Brings a file into a register, as the operator at the console.
pub(crate) fn bring_in(house: &House, register: &str, file: (&str, &[u8]), choices: &Choices) -> Outcome<Trial> {
    let permit = house::console(&house.store, Action::Import, &Subject::register(register))?;
    let (looking, writing) = (progress::count("確認 checking"), progress::bar(0, "書込み writing"));
    let imported = exchange::import(&house.store, &house.writer, &permit, file, choices, &mut |done, total| {
        if total == 0 {
            looking.set_position(done);
        } else {
            writing.set_length(total);
            writing.set_position(done);
        }
    });
    looking.finish_and_clear();
    writing.finish_and_clear();
    Ok(imported?)
}

/// Why a file was not taken: each problem with its line and column.
pub(crate) fn problems(trial: &Trial) -> Trouble {
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    for problem in &trial.problems {
        let (line, column) = (problem.line, problem.column.as_deref());
        let (place, head) = (problem.place.as_deref().unwrap_or_default(), column.unwrap_or_default());
        let told = !place.is_empty() || !head.is_empty();
        let gap = if place.is_empty() || head.is_empty() { "" } else { " " };
        ja.push(format!(
            "行 {line}{}: {}",
            if told { format!("（{place}{gap}{head}）") } else { String::new() },
            problem.say.ja
        ));
        en.push(format!(
            "line {line}{}: {}",
            if told { format!(" ({place}{gap}{head})") } else { String::new() },
            problem.say.en
        ));
    }
    for doubt in &trial.doubts {
        let (places, offered) = (doubt.places.join("、"), doubt.offered.iter());
        let offered: Vec<_> = offered.map(|(id, told)| format!("{told} {id}")).collect();
        ja.push(format!("{places}: {}。番号か記録IDで書いてください：{}", doubt.say.ja, offered.join("、")));
        en.push(format!("{places}: {} Write its code or record id: {}", doubt.say.en, offered.join(", ")));
    }
    ja.push("何も書き込んでいません。上の箇所を直してから、もう一度取り込んでください。".into());
    en.push("Nothing was written: correct these places and import the file again.".into());
    Trouble::new(ja.join("\n"), en.join("\n")).code(UNTAKEABLE)
}

fn export(folder: &Folder, name: &str, out: Option<&Path>) -> Outcome {
    house::must_be_there(folder)?;
    let store = house::store(folder)?;
    let description = find(&store.registers(), name, |_| true)?;
    let Some(path) = out.filter(|path| path.as_os_str() != input::STANDARD) else {
        write(&store, &description, Format::Csv, &mut io::stdout().lock())?;
        return Ok(());
    };
    let cannot = |e: io::Error| {
        let path = path.display();
        Trouble::new(
            format!("{path} に書き込めません（{e}）。場所と権限を確かめてください。"),
            format!("{path} can't be written ({e}): look at its place and permissions."),
        )
    };
    let mut file = BufWriter::new(File::create(path).map_err(cannot)?);
    let format = if path.extension().is_some_and(|ending| ending == "xlsx") { Format::Xlsx } else { Format::Csv };
    let rows = write(&store, &description, format, &mut file)?;
    file.into_inner().map_err(|e| cannot(e.into_error()))?.sync_all().map_err(cannot)?;
    say::both(
        format!("{}：{rows}件を {} に出力しました。", description.label.ja, path.display()),
        format!("{}: {rows} records written to {}.", description.label.en, path.display()),
    );
    Ok(())
}

fn write(store: &Store, description: &Description, format: Format, out: &mut dyn Write) -> Result<u64, Failure> {
    let counted = progress::count("出力 writing");
    let console = Actor::engine("console");
    let written = store.read_now(|reading| {
        let form: (Format, exchange::Lingua) = (format, |say| &say.ja);
        exchange::export(reading, description, &console, form, out, &mut |rows| counted.set_position(rows))
    });
    counted.finish_and_clear();
    written
}

/// Whether records of the register stand for themselves: parts of others and accounts come by other ways.
fn stands_alone(description: &Description) -> bool {
    description.part_of.is_none() && !description.fields.iter().any(|field| field.hidden)
}

fn find(registers: &Registers, name: &str, fits: fn(&Description) -> bool) -> Outcome<Arc<Description>> {
    let mut all = registers.all().filter(|description| fits(description));
    if let Some(found) = all.find(|description| description.name == name || description.label.ja == name) {
        return Ok(found.clone());
    }
    let known: Vec<_> = registers.all().filter(|d| fits(d)).map(|d| format!("{}（{}）", d.name, d.label.ja)).collect();
    let known = known.join("、");
    Err(Trouble::new(
        format!("「{name}」という台帳はありません。次のいずれかを指定してください：{known}"),
        format!("There is no register {name}: name one of {known}"),
    ))
}

//! `sekimori register`: registers in and out as CSV.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use register::exchange::{self, Trial};
use register::permit::{Action, Actor, Subject};
use register::{Description, Failure, Registers, Store};

use crate::folder::Folder;
use crate::house::{self, House};
use crate::trouble::{Outcome, Trouble, UNTAKEABLE};
use crate::{input, progress, say};

/// What can be done with registers.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// CSVを取り込みます（1行でも問題があれば、何も書き込みません） / Bring a CSV file in, all of it or nothing
    Import {
        /// 台帳の名前（asset、情報資産 等） / The register
        name: String,
        /// CSVファイル（- は標準入力） / The file
        file: PathBuf,
    },
    /// CSVに出力します / Take a register out as CSV
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
        Command::Import { name, file } => import(folder, &name, &file),
        Command::Export { name, out } => export(folder, &name, out.as_deref()),
    }
}

fn import(folder: &Folder, name: &str, file: &Path) -> Outcome {
    house::must_be_real(folder)?;
    let bytes = input::read(file, exchange::LARGEST)?;
    let house = House::open(folder, house::RESERVE)?;
    let description = find(&house.store.registers(), name, stands_alone)?;
    let trial = bring_in(&house, &description.name, &input::name(file), &bytes)?;
    house.close();
    if !trial.problems.is_empty() {
        return Err(problems(&trial));
    }
    say::both(
        format!("{}：追加 {}、変更 {}、変更なし {}", description.label.ja, trial.created, trial.changed, trial.same),
        format!(
            "{}: {} added, {} changed, {} unchanged",
            description.label.en, trial.created, trial.changed, trial.same
        ),
    );
    Ok(())
}

/// Brings a file into a register, as the operator at the console.
pub(crate) fn bring_in(house: &House, register: &str, file: &str, bytes: &[u8]) -> Outcome<Trial> {
    let permit = house::console(&house.store, Action::Import, &Subject::register(register))?;
    let rows = bytes.split(|byte| *byte == b'\n').count() as u64;
    let (looking, writing) = (progress::bar(rows, "確認 checking"), progress::bar(0, "書込み writing"));
    let imported = exchange::import(&house.store, &house.writer, &permit, (file, bytes), &mut |done, total| {
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
        let column = problem.column.as_deref();
        let line = problem.line;
        ja.push(format!("行 {line}{}: {}", column.map(|c| format!("、列「{c}」")).unwrap_or_default(), problem.say.ja));
        en.push(format!(
            "line {line}{}: {}",
            column.map(|c| format!(", column {c}")).unwrap_or_default(),
            problem.say.en
        ));
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
        write(&store, &description, &mut io::stdout().lock())?;
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
    let rows = write(&store, &description, &mut file)?;
    file.into_inner().map_err(|e| cannot(e.into_error()))?.sync_all().map_err(cannot)?;
    say::both(
        format!("{}：{rows}件を {} に出力しました。", description.label.ja, path.display()),
        format!("{}: {rows} records written to {}.", description.label.en, path.display()),
    );
    Ok(())
}

fn write(store: &Store, description: &Description, out: &mut dyn Write) -> Result<u64, Failure> {
    let counted = progress::count("出力 writing");
    let console = Actor::engine("console");
    let written = store.read_now(|reading| {
        exchange::export(reading, description, &console, out, &mut |rows| counted.set_position(rows))
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

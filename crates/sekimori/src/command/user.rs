//! `sekimori user`: accounts, for whoever holds the data folder.

use std::io::{self, BufRead, IsTerminal};

use base::id::Id;
use clap::Subcommand;
use register::change::{Op, Side};
use register::find::{Identified, Row};
use register::permit::{Action, Subject};
use register::{Body, Record, Store};
use serde_json::Value;
use ui::sign_in::{self, Account};

use crate::folder::Folder;
use crate::house::{self, House};
use crate::say;
use crate::trouble::{Outcome, Trouble};

/// The register of accounts.
const ACCOUNT: &str = Account::REGISTER.name;

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// アカウントを作ります（パスワードは端末で2回、又は標準入力の1行） / Make an account
    Add {
        /// 利用者名（半角の英小文字、数字、. _ - @） / Login name
        login: String,
        /// 職員番号か氏名 / Whose it is: staff number or name
        #[arg(long, value_name = "NUMBER_OR_NAME")]
        person: String,
    },
    /// アカウントの一覧 / List the accounts
    List,
    /// アカウントを停止し、使用中の画面も終わらせます / Stop an account, and end its sessions
    Disable {
        /// 利用者名 / Login name
        login: String,
    },
    /// 停止したアカウントを使えるようにします / Let an account be used again
    Enable {
        /// 利用者名 / Login name
        login: String,
    },
    /// 二要素認証と回復コードをすべて解除し、使用中の画面を終わらせます / Remove second factors, and end the sessions
    Reset {
        /// 利用者名 / Login name
        login: String,
    },
    /// 緊急用アカウントにします（使うと管理者全員に知らせます） / Mark it as the account for emergencies
    BreakGlass {
        /// 利用者名 / Login name
        login: String,
        /// 緊急用をやめます / Take the mark away
        #[arg(long)]
        off: bool,
    },
    /// パスワードを新しくし、使用中の画面を終わらせます / Set a new password, and end the sessions
    Password {
        /// 利用者名 / Login name
        login: String,
    },
}

/// Carries it out.
pub(crate) fn run(folder: &Folder, command: Command) -> Outcome {
    house::must_be_real(folder)?;
    let house = House::open(folder, house::RESERVE)?;
    let done = match command {
        Command::Add { login, person } => add(&house, &login, &person),
        Command::List => list(&house.store),
        Command::Disable { login } => disable(&house, &login),
        Command::Enable { login } => enable(&house, &login),
        Command::Reset { login } => reset(&house, &login),
        Command::BreakGlass { login, off } => break_glass(&house, &login, off),
        Command::Password { login } => password(&house, &login),
    };
    house.close();
    done
}

fn add(house: &House, login: &str, person: &str) -> Outcome {
    let who = match house.store.read_now(|reading| reading.identify(Some("person"), person))? {
        Identified::One(id) => id,
        Identified::None => {
            return Err(Trouble::new(
                format!("「{person}」という職員等がいません。先に register import person で登録してください。"),
                format!("There is nobody named {person}: register them first, by register import person."),
            ));
        }
        Identified::Several => {
            return Err(Trouble::new(
                format!("「{person}」が複数います。職員番号で指定してください。"),
                format!("More than one person is named {person}: use the staff number."),
            ));
        }
    };
    let phc = sign_in::hash(&new_password()?)?;
    make(house, login, who, phc, Vec::new())?;
    say::both(format!("アカウント {login} を作りました。"), format!("The account {login} is made."));
    Ok(())
}

/// Makes an account with its secret.
pub(crate) fn make(house: &House, login: &str, person: Id, phc: String, mut side: Vec<Side>) -> Outcome<Id> {
    let permit = house::console(&house.store, Action::Create, &Subject::register(ACCOUNT))?;
    let id = Id::new(house.store.clock());
    let (op, secret) = sign_in::new_account(id, login, person, phc);
    side.push(secret);
    house.change(permit, vec![op], side)?;
    Ok(id)
}

fn list(store: &Store) -> Outcome {
    let today = store.clock().today();
    let accounts = store.read_now(|reading| {
        let accounts = reading.values::<Account>()?;
        let named = accounts.into_iter().map(|(_, account)| {
            let person = reading.any(account.person.0)?.map(|row| row.title).unwrap_or_default();
            Ok((account, person))
        });
        named.collect::<Result<Vec<_>, register::Failure>>()
    })?;
    for (account, person) in accounts {
        let state = match account.expires_on {
            _ if account.disabled == Some(true) => "停止 disabled".to_owned(),
            Some(last) if last < today => format!("期限切れ expired ({last})"),
            Some(last) => format!("{last} まで until"),
            None => "有効 active".to_owned(),
        };
        say::line(format!("{}\t{person}\t{state}", account.login));
    }
    Ok(())
}

fn disable(house: &House, login: &str) -> Outcome {
    let row = find(&house.store, login)?;
    let ended = Side::SessionsEnd { account: row.id, but: None };
    edit(house, &row, ("disabled", Value::Bool(true)), vec![ended])?;
    say::both(format!("アカウント {login} を停止しました。"), format!("The account {login} is disabled."));
    Ok(())
}

fn enable(house: &House, login: &str) -> Outcome {
    let row = find(&house.store, login)?;
    edit(house, &row, ("disabled", Value::Null), Vec::new())?;
    say::both(
        format!("アカウント {login} を使えるようにしました。"),
        format!("The account {login} may be used again."),
    );
    Ok(())
}

fn reset(house: &House, login: &str) -> Outcome {
    let row = find(&house.store, login)?;
    let side = vec![
        Side::FactorsEnd { account: row.id, id: None },
        Side::SessionsEnd { account: row.id, but: None },
        Side::Forgive { key: format!("account:{login}") },
    ];
    edit(house, &row, ("factor_mark", Value::Null), side)?;
    say::both(
        format!(
            "アカウント {login} の二要素認証と回復コードを解除しました。必要な役割の人は、次のサインインで登録します。"
        ),
        format!(
            "The account {login} has no second factor any more. Where its role needs one, the next sign-in asks for it."
        ),
    );
    Ok(())
}

fn break_glass(house: &House, login: &str, off: bool) -> Outcome {
    let row = find(&house.store, login)?;
    let value = if off { Value::Null } else { Value::Bool(true) };
    edit(house, &row, ("emergency", value), Vec::new())?;
    if off {
        say::both(
            format!("アカウント {login} は緊急用ではなくなりました。"),
            format!("The account {login} is no longer for emergencies."),
        );
    } else {
        say::both(
            format!(
                "アカウント {login} を緊急用にしました。サインインすると、操作記録に残り、管理者全員に知らせます。パスワードと回復コードは封をして金庫に保管してください。"
            ),
            format!(
                "The account {login} is for emergencies: its sign-in is on record and told to all administrators. Keep its password and recovery codes sealed in a safe."
            ),
        );
    }
    Ok(())
}

fn password(house: &House, login: &str) -> Outcome {
    let row = find(&house.store, login)?;
    let phc = sign_in::hash(&new_password()?)?;
    let mark = Value::String(sign_in::secret_mark(&phc));
    let side = vec![
        Side::Credential { account: row.id, phc },
        Side::SessionsEnd { account: row.id, but: None },
        Side::Forgive { key: format!("account:{login}") },
    ];
    edit(house, &row, ("secret_mark", mark), side)?;
    say::both(
        format!("アカウント {login} のパスワードを新しくしました。使用中の画面は終わりました。"),
        format!("The account {login} has a new password, and its sessions have ended."),
    );
    Ok(())
}

fn find(store: &Store, login: &str) -> Outcome<Row> {
    let found = store.read_now(|reading| reading.by_key(ACCOUNT, "login", login))?;
    found.ok_or_else(|| {
        Trouble::new(
            format!("アカウント {login} がありません。「sekimori user list」で確かめてください。"),
            format!("There is no account {login}: look at \"sekimori user list\"."),
        )
    })
}

fn edit(house: &House, row: &Row, (field, value): (&str, Value), side: Vec<Side>) -> Outcome {
    let permit = house::console(&house.store, Action::Edit, &row.subject())?;
    let mut patch = Body::new();
    patch.insert(field.into(), value);
    let op = Op::Edit { register: ACCOUNT.into(), id: row.id, base: row.rev, patch };
    house.change(permit, vec![op], side)
}

/// A new password: twice from the terminal without showing it, or one line from whatever else feeds us.
fn new_password() -> Outcome<String> {
    let cannot = |e: io::Error| {
        Trouble::new(format!("パスワードを読み取れません（{e}）。"), format!("The password can't be read ({e})."))
    };
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(cannot)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let ask = |what: &str| rpassword::prompt_password(what).map_err(cannot);
    let first = ask("新しいパスワード New password: ")?;
    if ask("もう一度 Again: ")? == first {
        Ok(first)
    } else {
        Err(Trouble::new(
            "2回の入力が違います。もう一度実行してください。",
            "The two entries differ: run the command again.",
        ))
    }
}

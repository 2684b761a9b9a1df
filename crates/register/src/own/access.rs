//! Who may do what in a register of the organisation's own, and the states that its records may have. All of it is chosen
//! from constants, so that no description leaves words behind (see [`crate::word`]).

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::built_in::OFFICE;
use crate::lifecycle::{Lifecycle, State, Transition};
use crate::own::States;
use crate::permit::{Action, Grant, Reach, Role};
use crate::word::Words;

/// What people may be allowed to do in a register of the organisation's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// 見る
    See,
    /// 登録
    Add,
    /// 変更
    Change,
    /// 取込・出力
    Exchange,
}

impl Act {
    /// All of them, in the order of the table.
    pub const ALL: [Act; 4] = [Act::See, Act::Add, Act::Change, Act::Exchange];

    /// Name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Act::See => "see",
            Act::Add => "add",
            Act::Change => "change",
            Act::Exchange => "exchange",
        }
    }

    /// What it is called, in Japanese and in English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Act::See => ("見る", "See"),
            Act::Add => ("登録", "Add"),
            Act::Change => ("変更", "Change"),
            Act::Exchange => ("取込・出力", "Import and export"),
        }
    }
}

/// The ranks to whom a register can be opened, with what they are called; the office keeps it and auditors see it anyway.
pub const RANKS: [(Role, &str, &str); 4] = [
    (Role::Head, "情報セキュリティ責任者", "Head"),
    (Role::Manager, "情報セキュリティ管理者", "Manager"),
    (Role::SystemManager, "情報システム管理者", "System manager"),
    (Role::Staff, "職員等", "Staff"),
];

const REACHES: [(Reach, &str, &str, &str); 3] = [
    (Reach::All, "all", "すべての記録", "all records"),
    (Reach::Unit, "unit", "担当部署の記録", "records of their unit"),
    (Reach::Own, "own", "自分が担当する記録", "records of their own"),
];

/// One cell of the table of who may do what: a rank, an act, and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allow {
    /// Who.
    pub role: Role,
    /// What.
    pub act: Act,
    /// On which records.
    pub reach: Reach,
}

impl Allow {
    /// Every cell that there is.
    pub fn all() -> impl Iterator<Item = Allow> {
        RANKS.into_iter().flat_map(|(role, ..)| {
            let cells = move |act| REACHES.into_iter().map(move |(reach, ..)| Allow { role, act, reach });
            Act::ALL.into_iter().flat_map(cells)
        })
    }

    /// The cell of that name.
    pub fn from_name(name: &str) -> Option<Allow> {
        Allow::all().find(|allow| allow.to_string() == name)
    }

    fn label(self) -> (String, String) {
        let rank = RANKS.into_iter().find(|(role, ..)| *role == self.role);
        let (_, ja, en) = rank.unwrap_or((self.role, self.role.name(), self.role.name()));
        let (act, act_en) = self.act.label();
        let (_, _, reach, reach_en) = REACHES[self.reach as usize];
        (format!("{ja}：{act}（{reach}）"), format!("{en}: {} ({reach_en})", act_en.to_lowercase()))
    }

    /// The rule that it stands for. Whoever may add or change may see as far.
    fn grants(self, states: States) -> Vec<Grant> {
        let roles: &'static [Role] = match self.role {
            Role::Head => &[Role::Head],
            Role::Manager => &[Role::Manager],
            Role::SystemManager => &[Role::SystemManager],
            Role::Staff => &[Role::Staff],
            Role::Ciso | Role::Chief | Role::Auditor | Role::Anyone => &[],
        };
        let grant = |actions| Grant::new(roles, actions).reach(self.reach);
        match self.act {
            Act::See => vec![grant(SEE)],
            Act::Add => vec![grant(SEE), grant(&[Action::Create]), grant(SPEAK)],
            Act::Change => vec![grant(SEE), in_states(grant(&[Action::Edit]), states), grant(SPEAK)],
            Act::Exchange => vec![grant(SEE), grant(&[Action::Import, Action::Export])],
        }
    }
}

/// Name in data: `manager.change.unit`.
impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.role.name(), self.act.name(), REACHES[self.reach as usize].1)
    }
}

impl Serialize for Allow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Allow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Allow::from_name(&name).ok_or_else(|| serde::de::Error::custom("no such rule"))
    }
}
impl JsonSchema for Allow {
    fn schema_name() -> Cow<'static, str> {
        "Allow".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let options: Vec<_> = Allow::all()
            .map(|allow| {
                let (ja, en) = allow.label();
                serde_json::json!({"const": allow.to_string(), "description": ja, "x-en": en})
            })
            .collect();
        json_schema!({ "oneOf": options })
    }
}

const SEE: &[Action] = &[Action::View, Action::List];
const SPEAK: &[Action] = &[Action::Comment, Action::Attach];
const KEEP: &[Action] = &[Action::Create, Action::Import, Action::Comment, Action::Attach, Action::Describe];

/// What the office may do in every register of the organisation's own, and what auditors see.
const ALWAYS: [Grant; 3] = [
    Grant::new(OFFICE, SEE),
    Grant::new(&[Role::Auditor], SEE),
    Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], &[Action::Export]),
];

/// A register that is no longer used can be read and described, and nothing else.
const RETIRED: Grant = Grant::new(OFFICE, &[Action::Describe]);

/// An approved or ended record isn't edited: it is moved back first.
fn in_states(edit: Grant, states: States) -> Grant {
    match states {
        States::None => edit,
        States::Approval => edit.states(&["draft"]),
        States::Use => edit.states(&["in_use"]),
    }
}

/// The rules of a register, from the cells of its table.
pub(super) fn rules(allowed: &[Allow], states: States, retired: bool) -> Vec<Grant> {
    let mut rules = ALWAYS.to_vec();
    if retired {
        rules.push(RETIRED);
    } else {
        rules.extend([Grant::new(OFFICE, KEEP), in_states(Grant::new(OFFICE, &[Action::Edit]), states)]);
    }
    let used = |grant: &Grant| !retired || grant.actions.contains(&Action::View);
    rules.extend(allowed.iter().flat_map(|allow| allow.grants(states)).filter(used));
    rules
}

const DECIDE: &[Role] = &[Role::Ciso, Role::Chief, Role::Head, Role::Manager];

const APPROVAL: Lifecycle = Lifecycle::new(
    &[State::new("draft", "下書き", "Draft"), State::new("approved", "承認済み", "Approved")],
    &[
        Transition::new("approve", "承認する", "Approve", &["draft"], "approved", DECIDE)
            .reach(Reach::Unit)
            .not_same_as(&["create"]),
        Transition::new("reopen", "下書きに戻す", "Back to draft", &["approved"], "draft", DECIDE).reach(Reach::Unit),
    ],
);

const USE: Lifecycle = Lifecycle::new(
    &[State::new("in_use", "使用中", "In use"), State::new("ended", "廃止", "Ended")],
    &[
        Transition::new("end", "廃止する", "End", &["in_use"], "ended", DECIDE).reach(Reach::Unit),
        Transition::new("resume", "使用中に戻す", "Back in use", &["ended"], "in_use", DECIDE).reach(Reach::Unit),
    ],
);

/// A lifecycle in which nobody moves anything any more.
const fn still(lifecycle: Lifecycle) -> Lifecycle {
    Lifecycle { states: lifecycle.states, transitions: crate::word::List(&[]), until: lifecycle.until }
}

/// The states that the records of a register have.
pub(super) fn lifecycle(states: States, retired: bool) -> Option<Lifecycle> {
    let lifecycle = match states {
        States::None => return None,
        States::Approval => APPROVAL,
        States::Use => USE,
    };
    Some(if retired { still(lifecycle) } else { lifecycle })
}

/// The one key of every register of the organisation's own.
pub(super) const KEY: crate::describe::Unique = crate::describe::Unique { fields: Words(&["code"]), while_empty: None };

//! Who may do what: closed actions, roles, and the one function that makes a [`Permit`].
//!
//! Rules are data on a register. [`scope`] and [`decide`] read the same data, so a row is in the scope of an action
//! exactly when the action on it is permitted. Deny beats allow; unknown means no.

use std::collections::BTreeSet;
use std::str::FromStr;

use base::id::Id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::change::API_TOKEN;
use crate::describe::Description;
use crate::lifecycle::Transition;
use crate::say::Failure;
use crate::word::{List, Word, Words};

/// Everything that can be done with a record. Closed, and without domain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Open one record.
    View,
    /// See it in lists, counts, searches and pick-lists.
    List,
    /// Make a new one.
    Create,
    /// Change its fields.
    Edit,
    /// Move it along its lifecycle by the transition of that name.
    Act(Word),
    /// Say something about it.
    Comment,
    /// Hang a file on it.
    Attach,
    /// Bring in many at once.
    Import,
    /// Take out many at once.
    Export,
    /// See or take out sealed fields.
    Seal,
    /// Destroy its body.
    Erase,
    /// Change the description of the register itself.
    Describe,
    /// Run the house: accounts, sessions, settings.
    Administer,
}

/// The roles of the policy (役割). A body's posts are role holdings by unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 最高情報セキュリティ責任者
    Ciso,
    /// 統括情報セキュリティ責任者
    Chief,
    /// 情報セキュリティ責任者
    Head,
    /// 情報セキュリティ管理者
    Manager,
    /// 情報システム管理者
    SystemManager,
    /// 情報セキュリティ監査人
    Auditor,
    /// 職員等
    Staff,
    /// 公衆
    Anyone,
}

impl Role {
    /// All roles, highest first.
    pub const ALL: [Role; 8] = [
        Role::Ciso,
        Role::Chief,
        Role::Head,
        Role::Manager,
        Role::SystemManager,
        Role::Auditor,
        Role::Staff,
        Role::Anyone,
    ];

    /// Name in data and entries.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Ciso => "ciso",
            Role::Chief => "chief",
            Role::Head => "head",
            Role::Manager => "manager",
            Role::SystemManager => "system_manager",
            Role::Auditor => "auditor",
            Role::Staff => "staff",
            Role::Anyone => "anyone",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A role that somebody holds, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The role.
    pub role: Role,
    /// The units it covers, with all units below them; `None` is the whole body.
    pub units: Option<BTreeSet<Id>>,
    /// The person whose role it is, where somebody holds it as their substitute (代理).
    pub instead_of: Option<Id>,
}

impl Holding {
    /// A role that somebody holds themselves.
    pub fn own(role: Role, units: Option<BTreeSet<Id>>) -> Self {
        Self { role, units, instead_of: None }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Nobody has signed in.
    Anyone,
    /// A person with an account that may be used.
    Person {
        /// The account's record.
        account: Id,
        /// The person's record.
        person: Id,
        /// How they signed in, as it stands in entries.
        auth: &'static str,
        /// Short hash of the session, as it stands in entries.
        session: Option<String>,
    },
    /// A program that acts for a person by a token of theirs: never more than the person may, and within its bounds.
    Token {
        /// The account's record.
        account: Id,
        /// The person's record.
        person: Id,
        /// The token's record, as it stands in entries in place of a session.
        token: Id,
        /// What it may do at most.
        bounds: Vec<Bound>,
    },
    /// A part of the house itself, by its name in [`ENGINES`].
    Engine(&'static str),
}

/// What a token may do at most (トークンの権限): read, or read and write, in one register or in all; as text `asset:read`
/// or `*:write`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The register; `None` is every register.
    pub register: Option<String>,
    /// Whether records may be changed, not only read.
    pub write: bool,
}

impl Bound {
    fn covers(&self, register: &str, action: Action) -> bool {
        let kind = match action {
            Action::View | Action::List | Action::Export => true,
            Action::Create | Action::Edit | Action::Act(_) | Action::Comment | Action::Attach => self.write,
            Action::Import | Action::Seal | Action::Erase | Action::Describe | Action::Administer => false,
        };
        // Nobody gets in, or keeps others out, by a token: accounts and tokens are for people who prove who they are.
        let entry = [API_TOKEN, "account"].contains(&register) && !matches!(action, Action::View | Action::List);
        kind && !entry && self.register.as_deref().is_none_or(|only| only == register)
    }
}

impl FromStr for Bound {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (register, kind) = text.split_once(':').ok_or(())?;
        let write = match kind {
            "read" => false,
            "write" => true,
            _ => return Err(()),
        };
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        match register {
            "*" => Ok(Self { register: None, write }),
            name if plain(name) => Ok(Self { register: Some(name.to_owned()), write }),
            _ => Err(()),
        }
    }
}

/// A part of the house that acts by itself.
#[derive(Debug, Clone, Copy)]
pub struct Engine {
    /// Its name in entries.
    pub name: &'static str,
    /// What it may do, in every register.
    pub actions: &'static [Action],
    /// Whether it may also move records along their lifecycles.
    pub acts: bool,
}

/// The parts of the house that act by themselves: the operator at the command line, who holds the data folder anyway,
/// and the first set-up, which makes the first account.
pub const ENGINES: &[Engine] = &[
    Engine {
        name: "console",
        actions: &[
            Action::View,
            Action::List,
            Action::Create,
            Action::Edit,
            Action::Import,
            Action::Export,
            Action::Administer,
        ],
        acts: true,
    },
    Engine { name: "setup", actions: &[Action::Import], acts: false },
];

/// Who acts, with what they hold today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub who: Who,
    /// The roles they hold today.
    pub holdings: Vec<Holding>,
}

impl Actor {
    /// Somebody who has not signed in.
    pub fn anyone() -> Self {
        Self { who: Who::Anyone, holdings: Vec::new() }
    }

    /// A part of the house, by its name in [`ENGINES`]; an unknown name may do nothing.
    pub fn engine(name: &'static str) -> Self {
        Self { who: Who::Engine(name), holdings: Vec::new() }
    }

    /// The person's record, if somebody signed in.
    pub fn person(&self) -> Option<Id> {
        match &self.who {
            Who::Person { person, .. } | Who::Token { person, .. } => Some(*person),
            Who::Anyone | Who::Engine(_) => None,
        }
    }

    /// Whether they hold this role anywhere.
    pub fn holds(&self, role: Role) -> bool {
        self.holdings.iter().any(|holding| holding.role == role)
    }

    /// Name in entries: a random id for a person, `engine:name` for a part of the house.
    pub fn ledger_name(&self) -> String {
        match &self.who {
            Who::Anyone => "anyone".to_owned(),
            Who::Person { person, .. } | Who::Token { person, .. } => person.to_string(),
            Who::Engine(name) => format!("engine:{name}"),
        }
    }
}

/// How far a rule reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every record.
    All,
    /// Records of a unit that the role is held for.
    Unit,
    /// Records that belong to the person.
    Own,
}

/// One rule of a register: these roles may (or may not) do these actions on these records.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Grant {
    /// Whom it concerns.
    pub roles: List<Role>,
    /// What they may do.
    pub actions: List<Action>,
    /// On which records.
    pub reach: Reach,
    /// In which states; none named means all.
    #[serde(default)]
    pub states: Words,
    /// Turns the rule round: what it names is denied, whatever else allows it.
    #[serde(default)]
    pub deny: bool,
}

impl Grant {
    /// Roles may do actions on all records.
    pub const fn new(roles: &'static [Role], actions: &'static [Action]) -> Self {
        Self { roles: List(roles), actions: List(actions), reach: Reach::All, states: Words(&[]), deny: false }
    }

    /// Narrows the reach.
    pub const fn reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Narrows it to these states.
    pub const fn states(mut self, states: &'static [&'static str]) -> Self {
        self.states = Words(states);
        self
    }

    /// Turns it into a denial.
    pub const fn deny(mut self) -> Self {
        self.deny = true;
        self
    }
}

/// What a decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Register of the record.
    pub register: String,
    /// The record; `None` when it is still to be made, or the whole register is meant.
    pub id: Option<Id>,
    /// Its revision.
    pub rev: u64,
    /// Its state as it reads today.
    pub state: String,
    /// The unit that it belongs to.
    pub unit: Option<Id>,
    /// The person that it belongs to.
    pub owner: Option<Id>,
}

impl Subject {
    /// A register as a whole.
    pub fn register(name: &str) -> Self {
        Self { register: name.to_owned(), id: None, rev: 0, state: String::new(), unit: None, owner: None }
    }
}

/// A set of records: all that meet one of these conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Only of these units.
    pub units: Option<BTreeSet<Id>>,
    /// Only of this person.
    pub own: Option<Id>,
    /// Only in these states; empty means all.
    pub states: Vec<String>,
}

impl Part {
    fn admits(&self, subject: &Subject) -> bool {
        self.units.as_ref().is_none_or(|units| subject.unit.is_some_and(|unit| units.contains(&unit)))
            && self.own.is_none_or(|person| subject.owner == Some(person))
            && (self.states.is_empty() || self.states.contains(&subject.state))
    }

    fn is_all(&self) -> bool {
        self.units.is_none() && self.own.is_none() && self.states.is_empty()
    }
}

/// The records on which an action is permitted: in some part of `allow` and in none of `deny`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Union of what is allowed.
    pub allow: Vec<Part>,
    /// What is taken out again.
    pub deny: Vec<Part>,
}

impl Scope {
    /// Every record.
    pub fn everything() -> Self {
        Self { allow: vec![Part::default()], deny: Vec::new() }
    }

    /// No record.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Whether this record is in it.
    pub fn admits(&self, subject: &Subject) -> bool {
        self.allow.iter().any(|part| part.admits(subject)) && !self.deny.iter().any(|part| part.admits(subject))
    }

    /// Whether no record at all can be in it.
    pub fn is_nothing(&self) -> bool {
        self.allow.is_empty() || self.deny.iter().any(Part::is_all)
    }

    /// Whether every record is in it.
    pub fn is_everything(&self) -> bool {
        self.deny.is_empty() && self.allow.iter().any(Part::is_all)
    }
}

/// Leave to do one action on one record (or one register), given by [`decide`] alone. The writer takes nothing without one.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: Actor,
    action: Action,
    register: String,
    id: Option<Id>,
    rev: u64,
    scope: Scope,
}

impl Permit {
    /// Who was permitted.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// What was permitted.
    pub fn action(&self) -> Action {
        self.action
    }
    /// On which register.
    pub fn register(&self) -> &str {
        &self.register
    }
    /// On which record.
    pub fn id(&self) -> Option<Id> {
        self.id
    }
    /// At which revision.
    pub fn rev(&self) -> u64 {
        self.rev
    }
    /// All records on which the actor may do this: a changed record must still be in it.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// The records of a register on which the actor may do the action.
pub fn scope(actor: &Actor, register: &Description, action: Action) -> Scope {
    match &actor.who {
        Who::Engine(name) => {
            let engine = ENGINES.iter().find(|engine| engine.name == *name);
            let acts = matches!(action, Action::Act(_));
            let may = engine.is_some_and(|engine| engine.actions.contains(&action) || (acts && engine.acts));
            if may { Scope::everything() } else { Scope::nothing() }
        }
        Who::Anyone => of_rules(&[Holding::own(Role::Anyone, None)], None, register, action),
        Who::Person { person, .. } => of_rules(&actor.holdings, Some(*person), register, action),
        Who::Token { person, bounds, .. } if bounds.iter().any(|bound| bound.covers(&register.name, action)) => {
            of_rules(&actor.holdings, Some(*person), register, action)
        }
        Who::Token { .. } => Scope::nothing(),
    }
}

fn of_rules(holdings: &[Holding], person: Option<Id>, register: &Description, action: Action) -> Scope {
    let mut scope = Scope::nothing();
    let mut add = |deny: bool, roles: &[Role], reach: Reach, states: &[&str]| {
        for holding in holdings.iter().filter(|holding| roles.contains(&holding.role)) {
            let (units, own) = match reach {
                Reach::All => (None, None),
                Reach::Unit => (holding.units.clone(), None),
                Reach::Own => match person {
                    Some(person) => (None, Some(person)),
                    None => continue,
                },
            };
            let part = Part { units, own, states: states.iter().map(ToString::to_string).collect() };
            let side = if deny { &mut scope.deny } else { &mut scope.allow };
            if !side.contains(&part) {
                side.push(part);
            }
        }
    };
    for grant in register.access.iter().filter(|grant| grant.actions.contains(&action)) {
        add(grant.deny, &grant.roles, grant.reach, &grant.states);
    }
    if let (Action::Act(name), Some(lifecycle)) = (action, &register.lifecycle)
        && let Some(Transition { roles, reach, from, recorders, .. }) = lifecycle.transition(&name)
    {
        add(false, roles, *reach, from);
        add(false, recorders, Reach::All, from);
    }
    scope
}

/// How somebody stands to a decision that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// They decide themselves (決裁・専決).
    Own,
    /// They decide in place of this person, who looks at it afterwards (代決、後閲).
    InsteadOf(Id),
    /// They may only record what was decided elsewhere.
    Recorder,
}

/// How the actor stands to this transition of the subject; `None` when they may not do it at all.
pub fn authority(actor: &Actor, step: &Transition, subject: &Subject, register: &Description) -> Option<Authority> {
    if !scope(actor, register, Action::Act(step.name)).admits(subject) {
        return None;
    }
    let mut instead = None;
    for holding in actor.holdings.iter().filter(|holding| step.roles.contains(&holding.role)) {
        let reaches = match step.reach {
            Reach::All => true,
            Reach::Unit => {
                holding.units.as_ref().is_none_or(|units| subject.unit.is_some_and(|unit| units.contains(&unit)))
            }
            Reach::Own => actor.person().is_some() && subject.owner == actor.person(),
        };
        match holding.instead_of {
            _ if !reaches => {}
            None => return Some(Authority::Own),
            Some(holder) => instead = instead.or(Some(Authority::InsteadOf(holder))),
        }
    }
    // A part of the house that may act holds no role: it keeps no authority of its own.
    Some(instead.unwrap_or(Authority::Recorder))
}

/// Decides whether the actor may do the action on the subject. The one place where a [`Permit`] is made.
///
/// A subject without an id stands for its register as a whole: then it is enough that some record could be in the
/// scope, and the writer checks each record against the permit's scope.
///
/// # Errors
/// [`Failure::Refused`] when the rules say no; [`Failure::Missing`] when the actor may not even know of the record.
pub fn decide(actor: &Actor, action: Action, subject: &Subject, register: &Description) -> Result<Permit, Failure> {
    let scope = scope(actor, register, action);
    let may = subject.register == register.name
        && match subject.id {
            Some(_) => scope.admits(subject),
            None => !scope.is_nothing(),
        };
    if !may {
        let known = subject.id.is_none() || self::scope(actor, register, Action::View).admits(subject);
        return Err(if known { Failure::Refused } else { Failure::Missing });
    }
    Ok(Permit {
        actor: actor.clone(),
        action,
        register: register.name.clone(),
        id: subject.id,
        rev: subject.rev,
        scope,
    })
}

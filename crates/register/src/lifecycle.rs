//! Lifecycles (状態遷移): the states of a record, who may move it from one to the next, and until when a state lasts.

use base::date::Date;
use serde::{Deserialize, Serialize};

use crate::permit::{Reach, Role};
use crate::word::{List, Word, Words};

/// The state that every register without a lifecycle has.
pub const CURRENT: &str = "current";
/// What a record reads as once the last day of its state has passed (失効).
pub const LAPSED: &str = "lapsed";
/// What a record reads as once it is archived (保管済み).
pub const ARCHIVED: &str = "archived";

/// The state of a record whose body was erased (消去済み): nothing is left of it but its place in the ledger.
pub const ERASED: &str = "erased";

/// One state with its label.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct State {
    /// Name in data and rules.
    pub name: Word,
    /// Japanese label.
    pub ja: Word,
    /// English label.
    pub en: Word,
}

impl State {
    /// A state, in a constant.
    pub const fn new(name: &'static str, ja: &'static str, en: &'static str) -> Self {
        Self { name: Word(name), ja: Word(ja), en: Word(en) }
    }
}

/// One permitted move between states.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Transition {
    /// Name in data, routes and rules.
    pub name: Word,
    /// Japanese label of its button.
    pub ja: Word,
    /// English label of its button.
    pub en: Word,
    /// States that it may start from.
    pub from: Words,
    /// The state that it leads to.
    pub to: Word,
    /// Who may do it.
    pub roles: List<Role>,
    /// How far these roles reach.
    pub reach: Reach,
    /// Names of earlier transitions whose actor must be somebody else (職務分離); `create` is the one who wrote it, and a
    /// field's name is the person whom it names.
    #[serde(default)]
    pub not_same_as: Words,
    /// Fields that must be filled.
    #[serde(default)]
    pub requires: Words,
    /// Field with the last day on which the new state holds; after it the record reads as lapsed.
    #[serde(default)]
    pub until: Option<Word>,
    /// Whether it is a decision of the office (決裁), which comes with its [`Decision`](crate::built_in::Decision).
    #[serde(default)]
    pub decides: bool,
    /// Who may record that it was decided elsewhere, in another system or on paper.
    #[serde(default = "nobody")]
    pub recorders: List<Role>,
    /// Whether it gives leave for something (許可): what the policy's rules refuse can't be given leave for.
    #[serde(default)]
    pub grants: bool,
}

fn nobody() -> List<Role> {
    List(&[])
}

impl Transition {
    /// A transition, in a constant.
    pub const fn new(
        name: &'static str,
        ja: &'static str,
        en: &'static str,
        from: &'static [&'static str],
        to: &'static str,
        roles: &'static [Role],
    ) -> Self {
        Self {
            name: Word(name),
            ja: Word(ja),
            en: Word(en),
            from: Words(from),
            to: Word(to),
            roles: List(roles),
            reach: Reach::All,
            not_same_as: Words(&[]),
            requires: Words(&[]),
            until: None,
            decides: false,
            recorders: List(&[]),
            grants: false,
        }
    }

    /// Makes it a decision of the office, which these roles may record where it was made elsewhere.
    pub const fn decides(mut self, recorders: &'static [Role]) -> Self {
        self.decides = true;
        self.recorders = List(recorders);
        self
    }

    /// Marks that it gives leave for something.
    pub const fn grants(mut self) -> Self {
        self.grants = true;
        self
    }

    /// Narrows the reach of the roles.
    pub const fn reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Demands another person than the actor of these transitions.
    pub const fn not_same_as(mut self, others: &'static [&'static str]) -> Self {
        self.not_same_as = Words(others);
        self
    }

    /// Demands that these fields are filled.
    pub const fn requires(mut self, fields: &'static [&'static str]) -> Self {
        self.requires = Words(fields);
        self
    }

    /// Names the field with the last day on which the new state holds.
    pub const fn until(mut self, field: &'static str) -> Self {
        self.until = Some(Word(field));
        self
    }
}

/// The states of a register's records.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Lifecycle {
    /// All states; a new record has the first.
    pub states: List<State>,
    /// All moves.
    pub transitions: List<Transition>,
    /// Field with the last day on which the first state holds.
    #[serde(default)]
    pub until: Option<Word>,
}

impl Lifecycle {
    /// A lifecycle, in a constant.
    pub const fn new(states: &'static [State], transitions: &'static [Transition]) -> Self {
        Self { states: List(states), transitions: List(transitions), until: None }
    }

    /// Names the field with the last day of the first state.
    pub const fn until(mut self, field: &'static str) -> Self {
        self.until = Some(Word(field));
        self
    }

    /// Name of the state of a new record.
    pub fn first(&self) -> &str {
        self.states.first().map_or(CURRENT, |state| &state.name)
    }

    /// The transition of that name.
    pub fn transition(&self, name: &str) -> Option<&Transition> {
        self.transitions.iter().find(|transition| &*transition.name == name)
    }

    /// Whether its records are applications (申請): something in it gives leave.
    pub fn is_application(&self) -> bool {
        self.transitions.iter().any(|transition| transition.grants)
    }

    /// The field with the last day of `state`, as set by what led to it.
    pub fn until_of(&self, state: &str) -> Option<&str> {
        let led_here =
            self.transitions.iter().find(|transition| &*transition.to == state && transition.until.is_some());
        match led_here {
            Some(transition) => transition.until.as_deref(),
            None if state == self.first() => self.until.as_deref(),
            None => None,
        }
    }
}

/// The state as it reads today: what was archived or has run out is so everywhere, also with nobody signed in.
pub fn effective(state: &str, until: Option<Date>, archived: bool, today: Date) -> &str {
    if state == ERASED {
        ERASED
    } else if archived {
        ARCHIVED
    } else if until.is_some_and(|last| last < today) {
        LAPSED
    } else {
        state
    }
}

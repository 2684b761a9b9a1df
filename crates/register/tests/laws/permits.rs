//! The one law of lists: a row is listed exactly when the decision permits it.

use base::id::Id;
use proptest::prelude::*;
use register::Word;
use register::describe::Description;
use register::list::{self, Count, Query};
use register::permit::{Action, Actor, Grant, Reach, Role, decide, scope};
use register::{List, Words};
use serde_json::json;

use crate::common::{House, TYPED, someone};

const STATES: [&str; 5] = ["draft", "asked", "granted", "lapsed", "archived"];
const ROLES: [Role; 4] = [Role::Chief, Role::Manager, Role::Staff, Role::Anyone];

/// A house with a row for every state, unit and owner that matters.
fn varied() -> House {
    let house = House::new();
    let units = [house.unit, house.other];
    let owners = [None, Some(house.person), Some(house.second)];
    for (unit, owner) in units.into_iter().flat_map(|unit| owners.map(|owner| (unit, owner))) {
        for state in STATES {
            let until = if state == "lapsed" { "2026-03-01" } else { "2026-12-31" };
            let id = house.create(TYPED, json!({"unit": unit, "owner": owner, "valid_until": until})).unwrap();
            if ["asked", "granted", "lapsed"].contains(&state) {
                house.act(&house.chief(), TYPED, id, "ask", json!({})).unwrap();
            }
            if ["granted", "lapsed"].contains(&state) {
                let granter = someone(house.second, &[(Role::Manager, None)]);
                house.act(&granter, TYPED, id, "grant", json!({})).unwrap();
            }
            if state == "archived" {
                house.archive(TYPED, id).unwrap();
            }
            assert_eq!(house.row(TYPED, id).state, state);
        }
    }
    house
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let roles = proptest::sample::subsequence(ROLES.to_vec(), 1..=3);
    let reach = prop_oneof![Just(Reach::All), Just(Reach::Unit), Just(Reach::Own)];
    let states = prop_oneof![Just(Vec::new()), proptest::sample::subsequence(STATES.to_vec(), 1..=3)];
    (roles, reach, states, proptest::bool::weighted(0.25)).prop_map(|(roles, reach, states, deny)| Grant {
        roles: List(roles.leak()),
        actions: List(&[Action::List]),
        reach,
        states: Words(states.leak()),
        deny,
    })
}

/// A person among four ids, of whom one has no record, with holdings for units among three, of which one has no record.
fn any_actor(people: [Id; 3], units: [Id; 3]) -> impl Strategy<Value = Actor> {
    let units = prop_oneof![Just(None), proptest::sample::subsequence(units.to_vec(), 0..=2).prop_map(Some)];
    let holdings = proptest::collection::vec((proptest::sample::select(ROLES.to_vec()), units), 0..4);
    let person = (proptest::sample::select(people.to_vec()), holdings).prop_map(|(person, holdings)| {
        let holdings: Vec<_> = holdings.iter().map(|(role, units)| (*role, units.as_deref())).collect();
        someone(person, &holdings)
    });
    let engine = proptest::sample::select(vec!["console", "setup", "sign_in", "nobody"]).prop_map(Actor::engine);
    prop_oneof![8 => person, 1 => Just(Actor::anyone()), 1 => engine]
}

#[test]
fn a_row_is_listed_exactly_when_the_decision_permits_it() {
    let house = varied();
    let rows = house
        .store
        .read_now(|reading| {
            let archived =
                Query { filters: vec![("state".into(), vec!["archived".into()])], rows: 200, ..Query::default() };
            let all = Query { rows: 200, ..Query::default() };
            let everything = register::permit::Scope::everything();
            let mut rows = list::page(reading, &house.description(TYPED), &everything, &all)?.rows;
            rows.extend(list::page(reading, &house.description(TYPED), &everything, &archived)?.rows);
            Ok(rows)
        })
        .unwrap();
    assert_eq!(rows.len(), 2 * 3 * STATES.len());
    let stranger = Id::new(&house.clock);
    let actors = any_actor([house.person, house.second, stranger], [house.unit, house.other, stranger]);
    proptest!(ProptestConfig::with_cases(400), |(actor in actors, grants in proptest::collection::vec(any_grant(), 0..5))| {
        let description = Description { access: grants, ..Description::clone(&house.description(TYPED)) };
        let scope = scope(&actor, &description, Action::List);
        for (archived, filter) in [(false, vec![]), (true, vec![("state".to_owned(), vec!["archived".to_owned()])])] {
            let query = Query { filters: filter, rows: 200, ..Query::default() };
            let page = house.store.read_now(|reading| list::page(reading, &description, &scope, &query)).unwrap();
            let listed: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
            let mut permitted = 0;
            for row in rows.iter().filter(|row| (row.state == "archived") == archived) {
                let decided = decide(&actor, Action::List, &row.subject(), &description).is_ok();
                prop_assert_eq!(decided, listed.contains(&row.id), "{:?}", row.subject());
                permitted += usize::from(decided);
            }
            prop_assert_eq!(listed.len(), permitted);
            prop_assert_eq!(page.count, Count::Exactly(permitted as u64));
            prop_assert!(!scope.is_nothing() || permitted == 0);
        }
    });
}

#[test]
fn deny_beats_allow_and_unknown_means_no() {
    let house = House::new();
    let id = house.create(TYPED, json!({})).unwrap();
    let subject = house.row(TYPED, id).subject();
    let mut description = Description::clone(&house.description(TYPED));
    let chief = house.chief();
    assert!(decide(&chief, Action::View, &subject, &description).is_ok());
    assert!(decide(&chief, Action::Seal, &subject, &description).is_err());
    assert!(decide(&chief, Action::Act(Word("unheard")), &subject, &description).is_err());
    assert!(decide(&Actor::engine("unheard"), Action::View, &subject, &description).is_err());
    assert!(decide(&chief, Action::View, &subject, &house.description("unit")).is_err(), "of another register");
    description.access.push(Grant::new(&[Role::Chief], &[Action::View]).deny());
    assert!(decide(&chief, Action::View, &subject, &description).is_err());
}

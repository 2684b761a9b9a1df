//! Who a person is today: their section, and every role they hold with the units that it covers.

use std::collections::BTreeSet;

use base::date::Date;
use base::id::Id;
use register::change::Op;
use register::find::{Reading, Row};
use register::permit::{Holding, Role};
use register::{Failure, Record, Store, body_of};
use ui::app::{First, Holder, Known};

use super::records::{Employment, Person, RoleHolding, Unit};

/// A person as pages and decisions know them; `None` when there is no such person, or they were put away.
///
/// # Errors
/// The store's failure.
pub fn person(reading: &Reading<'_>, id: Id) -> Result<Option<Known>, Failure> {
    let Some(row) = reading.find(Person::REGISTER.name, id)? else { return Ok(None) };
    let (person, today) = (row.value::<Person>()?, reading.today());
    let here = person.left_on.is_none_or(|last| today <= last) && row.state == register::lifecycle::CURRENT;
    let unit = reading.find(Unit::REGISTER.name, person.unit.id)?;
    // Everybody is staff of their own section.
    let mut holdings = vec![Holding::own(Role::Staff, Some(BTreeSet::from([person.unit.id])))];
    for (_, held) in reading.pointing::<RoleHolding>(&row, "person")? {
        // The record says who holds it; a link alone, which is derived, gives nobody a role.
        if held.person.id == id && held.holds(today) {
            let units = held.unit.map(|unit| with_parts(reading, unit.id)).transpose()?;
            holdings.push(Holding { role: held.role, units, instead_of: replaced(reading, &held, today)? });
        }
    }
    let (unit, home) = unit.map(|unit| (unit.title, unit.id)).unzip();
    Ok(Some(Known { name: person.name, unit: unit.unwrap_or_default(), home, active: here, holdings }))
}

/// The person in whose place a substitute acts today: who holds the same role of the same unit themselves, by the same
/// post where there are several. Where the post is vacant, nobody is replaced and the substitute acts in their own name.
fn replaced(reading: &Reading<'_>, held: &RoleHolding, today: Date) -> Result<Option<Id>, Failure> {
    if held.substitute != Some(true) {
        return Ok(None);
    }
    let mut holders = reading.values::<RoleHolding>()?;
    holders.retain(|(_, other)| {
        let same = other.role == held.role && other.unit == held.unit && other.person != held.person;
        same && other.substitute != Some(true) && other.holds(today)
    });
    let post = holders.iter().find(|(_, other)| other.post == held.post);
    Ok(post.or(holders.first()).map(|(_, other)| other.person.id))
}

/// Who holds one of these roles for a unit today, themselves and not as a substitute; those of the unit itself first.
///
/// # Errors
/// The store's failure.
pub fn holders(reading: &Reading<'_>, roles: &[Role], unit: Option<Id>) -> Result<Vec<Holder>, Failure> {
    let today = reading.today();
    let mut found = Vec::new();
    for (_, held) in reading.values::<RoleHolding>()? {
        if !roles.contains(&held.role) || held.substitute == Some(true) || !held.holds(today) {
            continue;
        }
        let reaches = match (held.unit, unit) {
            (None, _) | (_, None) => true,
            (Some(of), Some(unit)) => with_parts(reading, of.id)?.contains(&unit),
        };
        if reaches && let Some(person) = reading.find(Person::REGISTER.name, held.person.id)? {
            let near = held.unit.map(|of| of.id) == unit;
            found.push((!near, Holder { name: person.title, post: held.post }));
        }
    }
    found.sort_by_key(|(far, _)| *far);
    Ok(found.into_iter().map(|(_, holder)| holder).collect())
}

/// A unit with all units below it.
fn with_parts(reading: &Reading<'_>, unit: Id) -> Result<BTreeSet<Id>, Failure> {
    let mut all = BTreeSet::from([unit]);
    let mut waiting: Vec<Row> = reading.find(Unit::REGISTER.name, unit)?.into_iter().collect();
    while let Some(row) = waiting.pop() {
        for (part, unit) in reading.pointing::<Unit>(&row, "parent")? {
            // A circle of units must not keep anyone waiting.
            if unit.parent.is_some_and(|parent| parent.id == row.id) && all.insert(part.id) {
                waiting.push(part);
            }
        }
    }
    Ok(all)
}

/// The first section, person and role of a new house; gives the person's id.
pub fn first_records(store: &Store, first: &First) -> (Id, Vec<Op>) {
    let clock = store.clock();
    let (unit, person) = (Id::new(clock), Id::new(clock));
    let trimmed = |text: &str| text.trim().to_owned();
    let section = Unit {
        code: "01".to_owned(),
        name: trimmed(&first.unit),
        kana: None,
        parent: None,
        organ: None,
        place: None,
        note: None,
    };
    let somebody = Person {
        name: trimmed(&first.person),
        kana: None,
        number: None,
        unit: register::Link::new(unit),
        post: Some(trimmed(&first.post)),
        employment: Employment::Regular,
        mail: None,
        phone: None,
        has_pc: Some(true),
        joined_on: None,
        left_on: None,
    };
    let chief = RoleHolding {
        role: Role::Chief,
        post: trimmed(&first.post),
        person: register::Link::new(person),
        unit: None,
        substitute: None,
        from: clock.today(),
        until: None,
    };
    let ops = vec![
        Op::Create { register: Unit::REGISTER.name.into(), id: unit, body: body_of(&section) },
        Op::Create { register: Person::REGISTER.name.into(), id: person, body: body_of(&somebody) },
        Op::Create { register: RoleHolding::REGISTER.name.into(), id: Id::new(clock), body: body_of(&chief) },
    ];
    (person, ops)
}

//! The registers as they stand with what the organisation added.

use std::collections::{HashMap, HashSet};

use base::date::Date;
use base::id::Id;

use crate::check;
use crate::describe::{Choices, Description, Field, Kind, LONG, NUMBERS, OWN, TEXT};
use crate::own::records::{OwnField, OwnKind, OwnRegister};
use crate::own::{MOST_FIELDS, MOST_REGISTERS, access, describes};
use crate::permit::Action;
use crate::record::{Body, Record, Registers};
use crate::say::{Refusal, Say};

/// What is wrong with a description, by its record.
pub(crate) type Faults = HashMap<Id, Refusal>;

/// The register of the units that records belong to, and that of the people.
const BELONGS: [(&str, &str, &str, &str); 2] =
    [("unit", "unit", "担当部署", "Unit in charge"), ("owner", "person", "担当者", "Person in charge")];

/// The registers of the program with those and the fields that the organisation added, in the order given. What doesn't
/// fit is left out and told: a description that somebody spoiled must not stop the house.
pub(crate) fn effective(
    program: &Registers,
    registers: &[(Id, OwnRegister)],
    fields: &[(Id, OwnField)],
) -> (Registers, Faults) {
    let (mut all, mut faults) = (program.clone(), Faults::new());
    for (at, (id, own)) in registers.iter().enumerate() {
        let added = if all.description(&own.name).is_some() {
            Err(Refusal::at("name", "同じ名前の台帳があります", "There is a register of this name"))
        } else if at < MOST_REGISTERS {
            all.clone().add_data(described(&all, own)).map_err(|why| whole(&why))
        } else {
            Err(Refusal::whole(
                format!("独自の台帳は{MOST_REGISTERS}までです"),
                format!("There can be {MOST_REGISTERS} registers of your own"),
            ))
        };
        match added {
            Ok(added) => all = added,
            Err(refusal) => drop(faults.insert(*id, refusal)),
        }
    }
    let mut grown: HashMap<&str, (Description, usize)> = HashMap::new();
    for (id, own) in fields {
        if !grown.contains_key(own.register.as_str())
            && let Some(description) = all.description(&own.register).filter(|description| may_grow(description))
        {
            grown.insert(&own.register, (Description::clone(description), 0));
        }
        let Some(register) = grown.get_mut(own.register.as_str()) else {
            faults.insert(*id, no_field());
            continue;
        };
        if let Err(refusal) = add(&all, register, own) {
            faults.insert(*id, refusal);
        }
    }
    for (description, _) in grown.into_values() {
        // Each field was checked with those before it.
        if let Err(why) = all.redescribe(description) {
            tracing::error!(why, "the fields of the organisation's own don't fit together: {why}");
        }
    }
    (all, faults)
}

/// The first field of the organisation's own that no longer takes what it took, with what to say where it has values.
pub(crate) fn narrowed<'a>(old: &'a Description, new: &Description) -> Option<(&'a str, Refusal)> {
    old.fields.iter().filter(|field| field.is_own()).find_map(|was| {
        let now = new.field(&was.name)?;
        let (at, ja, en) = match (&was.kind, &now.kind) {
            _ if was.many != now.many => ("many", "1つの値か複数の値か", "Whether it holds several values"),
            (Kind::Choice { options: was }, Kind::Choice { options: now }) => {
                let kept = was.iter().all(|option| now.iter().any(|other| other.value == option.value));
                if kept {
                    return None;
                }
                ("options", "選択肢の削除・書換え（使用をやめることはできます）", "Taking an option away (it can be retired)")
            }
            (was, now) if was == now => return None,
            (Kind::Scale { .. }, Kind::Scale { .. }) => ("scale", "尺度", "Its scale"),
            (Kind::Link { .. }, Kind::Link { .. }) => ("to", "参照先の台帳", "The register that it links to"),
            _ => ("kind", "種類", "Its kind"),
        };
        let refusal = Refusal::at(
            at,
            format!("この項目には値の入った記録があるため、{ja}は変更できません。新しい項目を追加し、この項目は使用をやめてください"),
            format!("{en} can't be changed, since records have values: add a new field and retire this one"),
        );
        Some((was.name.as_str(), refusal))
    })
}

/// Whether an organisation may add fields: somebody may describe it.
pub fn may_grow(description: &Description) -> bool {
    !describes(&description.name) && description.access.iter().any(|grant| grant.actions.contains(&Action::Describe))
}

fn whole(why: &str) -> Refusal {
    Refusal::whole(format!("この内容では使えません（{why}）"), format!("This can't be used: {why}"))
}

fn say(ja: &str, en: Option<&String>) -> Say {
    Say::new(ja, en.map_or(ja, String::as_str))
}

fn plain_field(name: &str, label: Say, kind: Kind) -> Field {
    Field {
        name: name.to_owned(),
        label,
        help: String::new(),
        kind,
        required: false,
        many: false,
        hidden: false,
        fixed: false,
        retired: false,
        unsearched: false,
        names: None,
        file: false,
    }
}

/// What a register of these fields would be, with the fields that were added to it already.
///
/// # Errors
/// What is wrong with them, each at its field.
pub fn try_register(registers: &Registers, fields: Body, today: Date) -> Result<Description, Refusal> {
    let own: OwnRegister = typed(registers, fields, today)?;
    let mut description = described(registers, &own);
    if let Some(now) = registers.description(&own.name) {
        let added = |name: &&String| name.starts_with(OWN);
        description.fields.extend(now.fields.iter().filter(|field| field.is_own()).cloned());
        description.facets.extend(now.facets.iter().filter(added).cloned());
        description.columns.extend(now.columns.iter().filter(added).cloned());
        description.sorts.extend(now.sorts.iter().filter(added).cloned());
    }
    description.check().map_err(|why| whole(&why))?;
    Ok(description)
}

/// What a register would be with a field of these fields, in the place of the one of its name if there is one.
///
/// # Errors
/// What is wrong with them, each at its field.
pub fn try_field(registers: &Registers, fields: Body, today: Date) -> Result<Description, Refusal> {
    let own: OwnField = typed(registers, fields, today)?;
    let known = registers.description(&own.register).filter(|description| may_grow(description));
    let mut description = known.map(|known| Description::clone(known)).ok_or_else(no_field)?;
    let others = |name: &String| *name != own.name;
    description.fields.retain(|field| others(&field.name));
    description.facets.retain(others);
    description.columns.retain(others);
    description.sorts.retain(others);
    let added = description.fields.iter().filter(|field| field.is_own()).count();
    let mut grown = (description, added);
    add(registers, &mut grown, &own)?;
    Ok(grown.0)
}

/// A typed description from the fields of its record.
fn typed<T: Record>(registers: &Registers, fields: Body, today: Date) -> Result<T, Refusal> {
    let kept = registers.get(T::REGISTER.name).ok_or_else(no_field)?;
    let body = kept.settle(check::settle(&kept.description, fields)?, today)?;
    serde_json::from_value(body.into()).map_err(|why| whole(&why.to_string()))
}

fn no_field() -> Refusal {
    Refusal::at("register", "この台帳には項目を追加できません", "This register takes no field")
}

/// The description of a register of the organisation's own: number, name, whom it belongs to.
fn described(all: &Registers, own: &OwnRegister) -> Description {
    let heading =
        |own: &Option<String>, ja: &str, en: &str| own.as_ref().map_or(Say::new(ja, en), |own| say(own, None));
    let mut fields = vec![
        plain_field("code", heading(&own.code, "番号", "Number"), Kind::Text { max: 40 }),
        Field {
            required: true, ..plain_field("name", heading(&own.title, "名称", "Name"), Kind::Text { max: TEXT })
        },
    ];
    let mut belongs = [own.unit, own.owner].into_iter().zip(BELONGS).map(|(wanted, (name, to, ja, en))| {
        let there = all.description(to).is_some();
        (wanted && there).then(|| {
            let link = Kind::Link { to: Some(to.to_owned()) };
            // Who sees a record may follow from its unit, so that none is without.
            fields.push(Field { required: name == "unit", ..plain_field(name, Say::new(ja, en), link) });
            name.to_owned()
        })
    });
    let (unit, owner) = (belongs.next().flatten(), belongs.next().flatten());
    let facets: Vec<String> = unit.iter().chain(&owner).cloned().collect();
    let columns = ["code", "name"].map(str::to_owned).into_iter().chain(facets.clone()).collect();
    Description {
        name: own.name.clone(),
        label: say(&own.label, own.label_en.as_ref()),
        topic: None,
        fields,
        title: "name".to_owned(),
        reading: None,
        facets,
        sorts: ["name", "code"].map(str::to_owned).to_vec(),
        columns,
        unique: vec![access::KEY],
        unit,
        owner,
        part_of: None,
        access: access::rules(&own.access, own.states, own.retired),
        lifecycle: access::lifecycle(own.states, own.retired),
        schema: 1,
    }
}

/// Adds a field to a register of which so many were added before.
fn add(all: &Registers, (description, added): &mut (Description, usize), own: &OwnField) -> Result<(), Refusal> {
    if *added >= MOST_FIELDS {
        return Err(Refusal::at(
            "register",
            format!("1つの台帳に追加できる項目は{MOST_FIELDS}までです"),
            format!("A register can have {MOST_FIELDS} fields of your own"),
        ));
    }
    let field = field(all, own)?;
    let known = description.fields.iter().map(|field| &field.label.ja);
    if known.into_iter().any(|label| base::text::fold(label) == base::text::fold(&own.label)) {
        return Err(Refusal::at(
            "label",
            "この台帳には同じ名前の項目があります。区別できる名前にしてください",
            "This register has a field of this label: choose another",
        ));
    }
    let mut grown = description.clone();
    let usual = || grown.fields.iter().filter(|field| !field.hidden).take(5).map(|field| field.name.clone()).collect();
    if own.column && !own.retired {
        if grown.columns.is_empty() {
            grown.columns = usual();
        }
        grown.columns.push(own.name.clone());
    }
    if own.facet && !own.retired {
        grown.facets.push(own.name.clone());
    }
    if own.sort && !own.retired {
        grown.sorts.push(own.name.clone());
    }
    grown.fields.push(field);
    grown.check().map_err(|why| whole(&why))?;
    *description = grown;
    *added += 1;
    Ok(())
}

fn field(all: &Registers, own: &OwnField) -> Result<Field, Refusal> {
    let kind = match own.kind {
        OwnKind::Text => Kind::Text { max: TEXT },
        OwnKind::Long => Kind::Long { max: LONG },
        OwnKind::Bool => Kind::Bool,
        OwnKind::Integer => Kind::Integer { min: NUMBERS.0, max: NUMBERS.1 },
        OwnKind::Date => Kind::Date,
        OwnKind::Choice => {
            let retired: HashSet<&String> = own.retired_options.iter().collect();
            let option = |option: &String| Choices {
                value: option.clone(),
                label: say(option, None),
                retired: retired.contains(option),
            };
            Kind::Choice { options: own.options.iter().map(option).collect() }
        }
        OwnKind::Scale => {
            let scale = own.scale.clone().unwrap_or_default();
            if !all.scales().iter().any(|(name, _)| *name == scale) {
                return Err(Refusal::at("scale", "尺度を一覧から選んでください", "Choose a scale from the list"));
            }
            Kind::Scale { scale }
        }
        OwnKind::Link => {
            let to = own.to.clone().unwrap_or_default();
            let found = all.description(&to).filter(|to| to.part_of.as_deref() != Some("*") && !describes(&to.name));
            if found.is_none() {
                return Err(Refusal::at(
                    "to",
                    "参照先の台帳を一覧から選んでください",
                    "Choose a register from the list",
                ));
            }
            Kind::Link { to: Some(to) }
        }
    };
    let shown = plain_field(&own.name, say(&own.label, own.label_en.as_ref()), kind);
    Ok(Field {
        help: own.help.clone().unwrap_or_default(),
        required: own.required && !own.retired,
        many: own.many,
        retired: own.retired,
        unsearched: !own.search,
        ..shown
    })
}

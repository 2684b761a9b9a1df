//! Standing (遵守状況) of a clause: computed from facts and a day, never typed in, and never longer true than its proof.

use base::calendar::wareki;
use base::date::Date;
use serde::{Deserialize, Serialize};

/// How a clause stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 遵守: proven by a record or declared for a period.
    Met,
    /// 一部遵守: some criteria fail, others pass.
    Partly,
    /// 未遵守: a criterion fails and none passes.
    NotMet,
    /// 例外措置中: an approved exception is in force.
    Excepted,
    /// 提供元で実施: another body or a vendor carries it out.
    Provided,
    /// 未確認: nothing proves it, or no longer.
    Unproven,
    /// 適用外: it does not concern this body.
    NotApplicable,
}

impl Standing {
    /// Every standing, in the order in which they are shown.
    pub const ALL: [Standing; 7] = [
        Standing::Met,
        Standing::Partly,
        Standing::NotMet,
        Standing::Excepted,
        Standing::Provided,
        Standing::Unproven,
        Standing::NotApplicable,
    ];

    /// The word that officials use.
    pub fn ja(self) -> &'static str {
        match self {
            Standing::Met => "遵守",
            Standing::Partly => "一部遵守",
            Standing::NotMet => "未遵守",
            Standing::Excepted => "例外措置中",
            Standing::Provided => "提供元で実施",
            Standing::Unproven => "未確認",
            Standing::NotApplicable => "適用外",
        }
    }

    /// The word in English.
    pub fn en(self) -> &'static str {
        match self {
            Standing::Met => "met",
            Standing::Partly => "partly met",
            Standing::NotMet => "not met",
            Standing::Excepted => "excepted",
            Standing::Provided => "provided by another",
            Standing::Unproven => "unproven",
            Standing::NotApplicable => "not applicable",
        }
    }

    /// The class of its mark in a style sheet.
    pub fn mark(self) -> &'static str {
        match self {
            Standing::Met => "met",
            Standing::Partly => "partly",
            Standing::NotMet => "notmet",
            Standing::Excepted => "excepted",
            Standing::Provided => "provided",
            Standing::Unproven => "unproven",
            Standing::NotApplicable => "na",
        }
    }
}

/// All that is known about a clause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What named persons stated for a period (申告).
    pub declarations: Vec<Declared>,
    /// Papers, files and observed facts (証拠資料).
    pub evidence: Vec<Evidence>,
    /// The results of its criteria (判断基準), each over its whole population.
    pub criteria: Vec<Outcome>,
}

/// What a declaration states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 該当なし: nothing of the kind happened.
    NothingOccurred,
    /// 提供元で実施
    Provided,
    /// 適用外
    NotApplicable,
    /// 例外措置: approved not to follow the clause.
    Excepted,
}

impl Kind {
    /// The word that officials use.
    pub fn ja(self) -> &'static str {
        match self {
            Kind::NothingOccurred => "該当なし",
            Kind::Provided => "提供元で実施",
            Kind::NotApplicable => "適用外",
            Kind::Excepted => "例外措置",
        }
    }
}

/// A statement of a named person that holds for a period, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// What is stated.
    pub kind: Kind,
    /// The first day of the period.
    pub from: Date,
    /// The last day of the period.
    pub until: Date,
}

/// How much a piece of evidence proves; the stronger is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// 申告: someone says so.
    Declared,
    /// 記録: a record was kept.
    Recorded,
    /// 観測: a machine saw it.
    Observed,
}

impl Strength {
    /// The word that officials use.
    pub fn ja(self) -> &'static str {
        match self {
            Strength::Declared => "申告",
            Strength::Recorded => "記録",
            Strength::Observed => "観測",
        }
    }
}

/// A paper, file or observed fact that proves the clause for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// 実施日: the day on which it was done.
    pub done_on: Date,
    /// 受領日: the day on which the proof was received.
    pub received_on: Date,
    /// The last day for which it is proof.
    pub fresh_until: Date,
    /// How much it proves.
    pub strength: Strength,
    /// It may be relied upon; false while it is held for inspection.
    pub cleared: bool,
}

/// The result of one criterion: three, never two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds for every record.
    Pass,
    /// It fails for at least one record.
    Fail,
    /// Nothing to judge, or it could not be judged.
    Unproven,
}

/// Why a clause stands as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A declaration is in force.
    Declared(Declared),
    /// A piece of evidence is fresh.
    Evidence(Evidence),
    /// So many criteria pass.
    Passing(usize),
    /// So many criteria fail.
    Failing(usize),
    /// So many criteria could not be judged.
    Undecided(usize),
    /// Neither record nor declaration in force.
    NoProof,
}

impl Reason {
    /// The reason as a line for an official.
    pub fn ja(&self) -> String {
        match self {
            Reason::Declared(said) if said.kind == Kind::Excepted => {
                format!("例外措置の承認（{}まで）", wareki(said.until))
            }
            Reason::Declared(said) => format!("{}の申告（{}まで）", said.kind.ja(), wareki(said.until)),
            Reason::Evidence(proof) => {
                let (done, until) = (wareki(proof.done_on), wareki(proof.fresh_until));
                format!("{done}実施の証拠資料（{}、{until}まで有効）", proof.strength.ja())
            }
            Reason::Passing(count) => format!("判断基準{count}件を満たしています"),
            Reason::Failing(count) => format!("判断基準{count}件を満たしていません"),
            Reason::Undecided(count) => format!("判断基準{count}件は対象となる記録がなく、判断できません"),
            Reason::NoProof => "有効な証拠資料も申告もありません".to_owned(),
        }
    }
}

/// A standing with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// How the clause stands.
    pub standing: Standing,
    /// Why, the deciding reason first.
    pub because: Vec<Reason>,
    /// The last day on which it still stands so if no fact is added; `None` if time alone changes nothing.
    pub until: Option<Date>,
}

/// The standing of a clause on a day.
///
/// 適用外, 提供元で実施 and 例外措置 hold for their period; then a failing criterion decides; then proof by fresh evidence, by passing
/// criteria or by 該当なし. Whatever has lapsed, is held or lies in the future counts as if it were not there.
pub fn of(facts: &Facts, today: Date) -> Judged {
    let (standing, because) = judge(facts, today);
    Judged { standing, because, until: last_day(facts, today, standing) }
}

fn judge(facts: &Facts, today: Date) -> (Standing, Vec<Reason>) {
    let declared = |kind| {
        let in_force = |said: &&Declared| said.kind == kind && said.from <= today && today <= said.until;
        let longest = facts.declarations.iter().filter(in_force).max_by_key(|said| (said.until, said.from));
        longest.map(|said| Reason::Declared(*said))
    };
    let decisive = [
        (Kind::NotApplicable, Standing::NotApplicable),
        (Kind::Provided, Standing::Provided),
        (Kind::Excepted, Standing::Excepted),
    ];
    for (kind, standing) in decisive {
        if let Some(reason) = declared(kind) {
            return (standing, vec![reason]);
        }
    }

    let [passing, failing, undecided] = [Outcome::Pass, Outcome::Fail, Outcome::Unproven]
        .map(|outcome| facts.criteria.iter().filter(|&&each| each == outcome).count());
    if failing > 0 {
        let mut because = vec![Reason::Failing(failing)];
        if passing > 0 {
            because.push(Reason::Passing(passing));
        }
        return (if passing > 0 { Standing::Partly } else { Standing::NotMet }, because);
    }

    let mut because = Vec::new();
    let fresh = |proof: &&Evidence| counts(proof, today) && today <= proof.fresh_until;
    let strongest = facts
        .evidence
        .iter()
        .filter(fresh)
        .max_by_key(|proof| (proof.strength, proof.fresh_until, proof.done_on, proof.received_on));
    because.extend(strongest.map(|proof| Reason::Evidence(*proof)));
    if passing > 0 && undecided == 0 {
        because.push(Reason::Passing(passing));
    }
    because.extend(declared(Kind::NothingOccurred));
    if !because.is_empty() {
        return (Standing::Met, because);
    }
    let reason = if undecided > 0 { Reason::Undecided(undecided) } else { Reason::NoProof };
    (Standing::Unproven, vec![reason])
}

/// Evidence counts once it is cleared, done and received.
fn counts(proof: &Evidence, today: Date) -> bool {
    proof.cleared && proof.done_on <= today && proof.received_on <= today
}

/// Only on these days can time alone change the answer: when something begins, and the day after it ends.
fn last_day(facts: &Facts, today: Date, standing: Standing) -> Option<Date> {
    let declared = facts.declarations.iter().flat_map(|said| [said.from, said.until.plus_days(1)]);
    let proven =
        facts.evidence.iter().flat_map(|proof| [proof.done_on, proof.received_on, proof.fresh_until.plus_days(1)]);
    let mut turns: Vec<Date> = declared.chain(proven).filter(|&day| day > today).collect();
    turns.sort_unstable();
    turns.dedup();
    let turn = turns.into_iter().find(|&day| judge(facts, day).0 != standing)?;
    Some(turn.plus_days(-1))
}

/// How many clauses stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// 遵守
    pub met: usize,
    /// 一部遵守
    pub partly: usize,
    /// 未遵守
    pub not_met: usize,
    /// 例外措置中
    pub excepted: usize,
    /// 提供元で実施
    pub provided: usize,
    /// 未確認
    pub unproven: usize,
    /// 適用外
    pub not_applicable: usize,
}

impl Counts {
    /// How many stand so.
    pub fn of(&self, standing: Standing) -> usize {
        match standing {
            Standing::Met => self.met,
            Standing::Partly => self.partly,
            Standing::NotMet => self.not_met,
            Standing::Excepted => self.excepted,
            Standing::Provided => self.provided,
            Standing::Unproven => self.unproven,
            Standing::NotApplicable => self.not_applicable,
        }
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        Standing::ALL.iter().map(|&standing| self.of(standing)).sum()
    }
}

/// Counts clauses by their standing.
pub fn summary(standings: impl IntoIterator<Item = Standing>) -> Counts {
    let mut counts = Counts::default();
    for standing in standings {
        *match standing {
            Standing::Met => &mut counts.met,
            Standing::Partly => &mut counts.partly,
            Standing::NotMet => &mut counts.not_met,
            Standing::Excepted => &mut counts.excepted,
            Standing::Provided => &mut counts.provided,
            Standing::Unproven => &mut counts.unproven,
            Standing::NotApplicable => &mut counts.not_applicable,
        } += 1;
    }
    counts
}

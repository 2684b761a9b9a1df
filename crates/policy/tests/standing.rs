//! The rules of standing, case by case and as laws.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use base::date::Date;
use policy::standing::{Declared, Evidence, Facts, Kind, Outcome, Reason, Standing, Strength, of, summary};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn said(kind: Kind, from: &str, until: &str) -> Declared {
    Declared { kind, from: day(from), until: day(until) }
}

fn proof(done: &str, until: &str) -> Evidence {
    let (done_on, fresh_until) = (day(done), day(until));
    Evidence { done_on, received_on: done_on, fresh_until, strength: Strength::Recorded, cleared: true }
}

fn facts(declarations: &[Declared], evidence: &[Evidence], criteria: &[Outcome]) -> Facts {
    Facts { declarations: declarations.to_vec(), evidence: evidence.to_vec(), criteria: criteria.to_vec() }
}

/// Standing and its last day on 2026-10-15.
fn judged(facts: &Facts) -> (Standing, Option<String>) {
    let judged = of(facts, day("2026-10-15"));
    (judged.standing, judged.until.map(|day| day.to_string()))
}

#[test]
fn each_case_stands_as_the_rules_say() {
    use Kind::{Excepted as Exception, NotApplicable as Outside, NothingOccurred, Provided as Elsewhere};
    use Outcome::{Fail, Pass, Unproven as Unclear};
    use Standing::{Excepted, Met, NotApplicable, NotMet, Partly, Provided, Unproven};

    let october = |kind| said(kind, "2026-10-01", "2026-10-31");
    let ended = |kind| said(kind, "2026-09-01", "2026-10-14");
    let coming = |kind| said(kind, "2026-10-16", "2026-12-31");
    let fresh = proof("2026-04-01", "2027-03-31");
    let held = Evidence { cleared: false, ..fresh };
    let not_yet_here = Evidence { received_on: day("2026-10-20"), ..fresh };
    let table = [
        ("nothing is known", facts(&[], &[], &[]), Unproven, None),
        ("nothing to judge", facts(&[], &[], &[Unclear]), Unproven, None),
        ("only a part could be judged", facts(&[], &[], &[Pass, Unclear]), Unproven, None),
        ("every criterion passes", facts(&[], &[], &[Pass, Pass]), Met, None),
        ("every criterion fails", facts(&[], &[], &[Fail, Unclear]), NotMet, None),
        ("some fail", facts(&[], &[], &[Fail, Pass]), Partly, None),
        ("fresh evidence", facts(&[], &[fresh], &[]), Met, Some("2027-03-31")),
        ("fresh evidence where nothing can be judged", facts(&[], &[fresh], &[Unclear]), Met, Some("2027-03-31")),
        ("evidence doesn't outweigh a failure", facts(&[], &[fresh], &[Fail]), NotMet, None),
        ("stale evidence", facts(&[], &[proof("2025-04-01", "2026-10-14")], &[]), Unproven, None),
        ("evidence on its last day", facts(&[], &[proof("2025-04-01", "2026-10-15")], &[]), Met, Some("2026-10-15")),
        (
            "evidence from the future",
            facts(&[], &[proof("2026-10-16", "2027-03-31")], &[]),
            Unproven,
            Some("2026-10-15"),
        ),
        ("evidence that is held", facts(&[], &[held], &[]), Unproven, None),
        ("evidence that hasn't come in", facts(&[], &[not_yet_here], &[]), Unproven, Some("2026-10-19")),
        ("nothing occurred", facts(&[october(NothingOccurred)], &[], &[Unclear]), Met, Some("2026-10-31")),
        ("a statement doesn't outweigh a failure", facts(&[october(NothingOccurred)], &[], &[Fail]), NotMet, None),
        ("a statement that has ended", facts(&[ended(NothingOccurred)], &[], &[]), Unproven, None),
        ("a statement for later", facts(&[coming(NothingOccurred)], &[], &[]), Unproven, Some("2026-10-15")),
        ("another body does it", facts(&[october(Elsewhere)], &[], &[Fail]), Provided, Some("2026-10-31")),
        ("another body did it", facts(&[ended(Elsewhere)], &[], &[Fail]), NotMet, None),
        (
            "it doesn't concern this body",
            facts(&[october(Outside), october(Elsewhere)], &[fresh], &[]),
            NotApplicable,
            Some("2026-10-31"),
        ),
        ("an exception", facts(&[october(Exception)], &[], &[Fail, Pass]), Excepted, Some("2026-10-31")),
        ("an exception that has ended", facts(&[ended(Exception)], &[], &[Fail]), NotMet, None),
        (
            "statements that follow each other",
            facts(&[october(NothingOccurred), said(NothingOccurred, "2026-11-01", "2026-11-30")], &[], &[]),
            Met,
            Some("2026-11-30"),
        ),
    ];
    for (case, facts, standing, until) in table {
        assert_eq!(judged(&facts), (standing, until.map(str::to_owned)), "{case}");
    }
}

#[test]
fn the_reasons_read_well() {
    let facts = facts(
        &[said(Kind::NothingOccurred, "2026-10-01", "2026-10-31")],
        &[
            proof("2026-04-01", "2027-03-31"),
            Evidence { strength: Strength::Observed, ..proof("2026-05-01", "2026-11-30") },
        ],
        &[Outcome::Pass],
    );
    let because: Vec<String> = of(&facts, day("2026-10-15")).because.iter().map(Reason::ja).collect();
    insta::assert_snapshot!(because.join("\n"), @r"
    令和8年5月1日実施の証拠資料（観測、令和8年11月30日まで有効）
    判断基準1件を満たしています
    該当なしの申告（令和8年10月31日まで）
    ");
}

#[test]
fn words_and_marks_are_all_different() {
    for words in [Standing::ja, Standing::en, Standing::mark] {
        let mut all = Standing::ALL.map(words).to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), Standing::ALL.len());
    }
}

#[test]
fn clauses_are_counted_by_standing() {
    let counts = summary([Standing::Met, Standing::Unproven, Standing::Met]);
    assert_eq!((counts.met, counts.unproven, counts.not_met, counts.total()), (2, 1, 0, 3));
    let each = summary(Standing::ALL);
    assert!(Standing::ALL.iter().all(|&standing| each.of(standing) == 1));
}

fn any_day() -> impl Strategy<Value = Date> {
    (-40_i64..40).prop_map(|days| day("2026-10-15").plus_days(days))
}

fn any_declared() -> impl Strategy<Value = Declared> {
    let kind = prop::sample::select(vec![Kind::NothingOccurred, Kind::Provided, Kind::NotApplicable, Kind::Excepted]);
    (kind, any_day(), any_day()).prop_map(|(kind, from, until)| Declared { kind, from, until })
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let strength = prop::sample::select(vec![Strength::Declared, Strength::Recorded, Strength::Observed]);
    (any_day(), any_day(), any_day(), strength, any::<bool>()).prop_map(
        |(done_on, received_on, fresh_until, strength, cleared)| Evidence {
            done_on,
            received_on,
            fresh_until,
            strength,
            cleared,
        },
    )
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let outcome = prop::sample::select(vec![Outcome::Pass, Outcome::Fail, Outcome::Unproven]);
    (
        prop::collection::vec(any_declared(), 0..4),
        prop::collection::vec(any_evidence(), 0..4),
        prop::collection::vec(outcome, 0..3),
    )
        .prop_map(|(declarations, evidence, criteria)| Facts { declarations, evidence, criteria })
}

proptest! {
    #[test]
    fn the_same_facts_on_the_same_day_give_the_same_answer_in_any_order(facts in any_facts(), today in any_day()) {
        let answer = of(&facts, today);
        prop_assert_eq!(&answer, &of(&facts, today));
        let mut turned = facts;
        turned.declarations.reverse();
        turned.evidence.reverse();
        turned.criteria.reverse();
        prop_assert_eq!(answer, of(&turned, today));
    }

    #[test]
    fn what_has_lapsed_changes_nothing(
        facts in any_facts(), mut declared in any_declared(), mut evidence in any_evidence(),
        today in any_day(), ago in 1_i64..9,
    ) {
        declared.until = today.plus_days(-ago);
        evidence.fresh_until = today.plus_days(-ago);
        let mut more = facts.clone();
        more.declarations.push(declared);
        more.evidence.push(evidence);
        let (with, without) = (of(&more, today), of(&facts, today));
        prop_assert_eq!((with.standing, with.because), (without.standing, without.because));
    }

    #[test]
    fn an_answer_holds_until_its_last_day_and_not_longer(facts in any_facts(), today in any_day()) {
        let answer = of(&facts, today);
        let last = answer.until.unwrap_or(today.plus_days(200));
        prop_assert!(last >= today);
        let mut each = today;
        while each <= last {
            prop_assert_eq!(of(&facts, each).standing, answer.standing);
            each = each.plus_days(1);
        }
        if answer.until.is_some() {
            prop_assert_ne!(of(&facts, each).standing, answer.standing);
        }
    }

    #[test]
    fn without_facts_in_force_nothing_is_met(facts in any_facts(), today in any_day()) {
        let later = today.plus_days(400);
        let standing = of(&Facts { criteria: Vec::new(), ..facts }, later).standing;
        prop_assert_eq!(standing, Standing::Unproven);
    }
}

//! Ids that survive renumbering: a clause keeps its id in a new reading if it is still the same clause.

use std::collections::{HashMap, HashSet};

use crate::reading::Section;
use crate::sections::Ids;

/// Two texts are the same clause if at least so many hundredths of their letter pairs agree.
const ALIKE: usize = 70;
/// Beyond so many comparisons of texts only equal ones are matched, so that no document can stall the reader.
const MOST_COMPARISONS: usize = 200_000;

/// Gives each clause of a new reading the id that the same clause has in the old one.
///
/// The same clause has the same heading, or else the same or a very similar text, in the same part if possible. A clause
/// that is new never gets an id that the old reading used for another.
pub fn match_ids(old: &[Section], new: &mut [Section]) {
    let mut pairs = Pairs { budget: MOST_COMPARISONS, ..Pairs::default() };
    let (old, current) = (flatten(old), flatten(new));
    pairs.descend(&old, &current, None, None);
    pairs.moved(&old, &current);
    let ids: Vec<Option<String>> =
        (0..current.len()).map(|at| pairs.old_of.get(&at).map(|&before| old[before].section.id.clone())).collect();
    let mut taken = Ids::default();
    for flat in &old {
        taken.give(&flat.section.id);
    }
    assign(new, "", "", &mut ids.into_iter(), &mut taken);
}

struct Flat<'a> {
    section: &'a Section,
    parent: Option<usize>,
    heading: String,
    text: String,
}

/// The clauses in the order of the document.
fn flatten(sections: &[Section]) -> Vec<Flat<'_>> {
    fn walk<'a>(sections: &'a [Section], parent: Option<usize>, out: &mut Vec<Flat<'a>>) {
        for section in sections {
            let at = out.len();
            let close = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect();
            out.push(Flat { section, parent, heading: close(&section.heading), text: close(&section.text) });
            walk(&section.children, Some(at), out);
        }
    }
    let mut out = Vec::new();
    walk(sections, None, &mut out);
    out
}

#[derive(Default)]
struct Pairs {
    old_of: HashMap<usize, usize>,
    used: HashSet<usize>,
    budget: usize,
}

impl Pairs {
    fn pair(&mut self, old: usize, new: usize) {
        self.old_of.insert(new, old);
        self.used.insert(old);
    }

    /// Pairs the clauses within two parts that are a pair, then what stands within those.
    fn descend(&mut self, old: &[Flat], new: &[Flat], old_part: Option<usize>, new_part: Option<usize>) {
        let within = |all: &[Flat], part| (0..all.len()).filter(|&at| all[at].parent == part).collect::<Vec<_>>();
        let (before, after) = (within(old, old_part), within(new, new_part));
        self.equal(old, new, &before, &after, |flat| Some(&flat.heading).filter(|heading| !heading.is_empty()));
        self.equal(old, new, &before, &after, |flat| Some(&flat.text).filter(|text| !text.is_empty()));
        self.similar(old, new, &before, &after);
        for at in after {
            if let Some(&before) = self.old_of.get(&at) {
                self.descend(old, new, Some(before), Some(at));
            }
        }
    }

    /// What is left over may have moved to another part: with a heading and text that no other clause left over has.
    fn moved(&mut self, old: &[Flat], new: &[Flat]) {
        let left_old: Vec<usize> = (0..old.len()).filter(|at| !self.used.contains(at)).collect();
        let left_new: Vec<usize> = (0..new.len()).filter(|at| !self.old_of.contains_key(at)).collect();
        let (in_old, in_new) = (by_words(old, &left_old), by_words(new, &left_new));
        for (words, at) in in_new {
            if let ([before], [at]) = (in_old.get(&words).map_or(&[][..], Vec::as_slice), at.as_slice()) {
                self.pair(*before, *at);
            }
        }
    }

    fn equal(
        &mut self,
        old: &[Flat],
        new: &[Flat],
        before: &[usize],
        after: &[usize],
        key: impl for<'a> Fn(&'a Flat) -> Option<&'a String>,
    ) {
        let mut waiting: HashMap<&String, Vec<usize>> = HashMap::new();
        for &at in before.iter().rev().filter(|at| !self.used.contains(at)) {
            if let Some(key) = key(&old[at]) {
                waiting.entry(key).or_default().push(at);
            }
        }
        for &at in after {
            if self.old_of.contains_key(&at) {
                continue;
            }
            if let Some(before) = key(&new[at]).and_then(|key| waiting.get_mut(key)).and_then(Vec::pop) {
                self.pair(before, at);
            }
        }
    }

    fn similar(&mut self, old: &[Flat], new: &[Flat], before: &[usize], after: &[usize]) {
        let before: Vec<usize> = before.iter().copied().filter(|at| !self.used.contains(at)).collect();
        let after: Vec<usize> = after.iter().copied().filter(|at| !self.old_of.contains_key(at)).collect();
        let Some(budget) = self.budget.checked_sub(before.len() * after.len()) else { return };
        self.budget = budget;
        let words = |all: &[Flat], at: usize| letter_pairs(&format!("{}{}", all[at].heading, all[at].text));
        let old_pairs: Vec<_> = before.iter().map(|&at| words(old, at)).collect();
        let new_pairs: Vec<_> = after.iter().map(|&at| words(new, at)).collect();
        let mut likes = Vec::new();
        for (i, a) in old_pairs.iter().enumerate() {
            for (j, b) in new_pairs.iter().enumerate() {
                let like = likeness(a, b);
                if like >= ALIKE {
                    likes.push((std::cmp::Reverse(like), i, j));
                }
            }
        }
        likes.sort_unstable();
        for (_, i, j) in likes {
            if !self.used.contains(&before[i]) && !self.old_of.contains_key(&after[j]) {
                self.pair(before[i], after[j]);
            }
        }
    }
}

/// The clauses that carry the same words.
fn by_words<'a>(all: &'a [Flat], left: &[usize]) -> HashMap<(&'a str, &'a str), Vec<usize>> {
    let mut found: HashMap<_, Vec<usize>> = HashMap::new();
    for &at in left.iter().filter(|&&at| !all[at].heading.is_empty() || !all[at].text.is_empty()) {
        found.entry((all[at].heading.as_str(), all[at].text.as_str())).or_default().push(at);
    }
    found
}

fn letter_pairs(text: &str) -> Vec<(char, char)> {
    let mut pairs: Vec<_> = text.chars().zip(text.chars().skip(1)).collect();
    pairs.sort_unstable();
    pairs
}

/// Dice's coefficient in hundredths: twice the pairs in common over all pairs.
fn likeness(a: &[(char, char)], b: &[(char, char)]) -> usize {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    // The best that these lengths allow.
    if short == 0 || 200 * short < ALIKE * (short + long) {
        return 0;
    }
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
        }
    }
    200 * common / (a.len() + b.len())
}

/// Writes the ids: the old one, or for a new clause its own below that of its part.
fn assign(
    sections: &mut [Section],
    was: &str,
    is: &str,
    ids: &mut impl Iterator<Item = Option<String>>,
    taken: &mut Ids,
) {
    for section in sections {
        let natural = std::mem::take(&mut section.id);
        let below = natural.strip_prefix(was).and_then(|rest| rest.strip_prefix('.')).filter(|_| !was.is_empty());
        section.id = match (ids.next().flatten(), below) {
            (Some(old), _) => old,
            (None, Some(own)) => taken.give(&format!("{is}.{own}")),
            (None, None) => taken.give(&natural),
        };
        let is = section.id.clone();
        assign(&mut section.children, &natural, &is, ids, taken);
    }
}

#[cfg(test)]
mod tests;

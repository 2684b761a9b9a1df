//! Any text is read or refused: no panic, no hang, no id twice.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use policy::Section;

fn count<'a>(sections: &'a [Section], ids: &mut HashSet<&'a str>) -> usize {
    let here = sections.iter().filter(|section| ids.insert(&section.id)).count();
    assert_eq!(here, sections.len(), "an id stands twice");
    here + sections.iter().map(|section| count(&section.children, ids)).sum::<usize>()
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // The first half is the old edition, the second the new one.
    let (old, new) = text.split_at(text.floor_char_boundary(text.len() / 2));
    if let Ok(reading) = policy::read(&text) {
        count(&reading.sections, &mut HashSet::new());
    }
    if let (Ok(old), Ok(mut new)) = (policy::read(old), policy::read(new)) {
        policy::match_ids(&old.sections, &mut new.sections);
        count(&new.sections, &mut HashSet::new());
    }
});

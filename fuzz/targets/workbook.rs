//! Any workbook is looked through: as it is, or with these bytes as its sheet, shared texts and styles.

#![no_main]

mod store;

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use register::exchange::{Choices, MOST_PROBLEMS, trial};
use zip::CompressionMethod::Stored;
use zip::write::SimpleFileOptions;

const BOOK: &[u8] = b"<workbook xmlns:r=\"r\"><workbookPr/><sheets><sheet name=\"1\" r:id=\"a\"/></sheets></workbook>";
const RELATIONS: &[u8] = b"<Relationships><Relationship Id=\"a\" Target=\"worksheets/sheet1.xml\"/></Relationships>";

/// A workbook whose parts are these bytes, which a zero byte divides.
fn workbook(data: &[u8]) -> Vec<u8> {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let names = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let fixed = [("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", RELATIONS)];
    let given = names.into_iter().map_while(|name| Some((name, parts.next()?)));
    for (name, bytes) in fixed.into_iter().chain(given) {
        zip.start_file(name, SimpleFileOptions::default().compression_method(Stored)).expect("a part");
        zip.write_all(bytes).expect("a part in memory");
    }
    zip.finish().expect("a workbook in memory").into_inner()
}

fuzz_target!(|data: &[u8]| {
    let store = store::store();
    let description = store.registers().description("thing").expect("it was added").clone();
    let look = |bytes: &[u8]| {
        let trial = store
            .read_now(|reading| trial(reading, &description, &store::actor(), bytes, &Choices::default(), &mut |_| {}))
            .expect("a file can't break the store");
        assert!(trial.problems.len() <= MOST_PROBLEMS);
        assert!(!trial.is_clean() || trial.created + trial.changed + trial.same + trial.archived == trial.rows);
    };
    if data.starts_with(b"PK") { look(data) } else { look(&workbook(data)) }
});

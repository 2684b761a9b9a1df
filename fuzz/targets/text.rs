//! Days, text of any encoding, folding and sort keys: no panic, and the laws that search rests on.

#![no_main]

use base::calendar::{read_date, wareki};
use base::text::{decode, fold, has_control, index_pieces, query_pieces, sort_key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = match decode(data) {
        Ok((text, _)) => text,
        Err(at) => {
            assert!(at <= data.len());
            String::from_utf8_lossy(data).into_owned()
        }
    };
    let folded = fold(&text);
    assert_eq!(fold(&folded), folded, "folding twice changes nothing");
    let _ = (sort_key(&text), has_control(&text), index_pieces(&text), query_pieces(&text));
    if let Some(date) = read_date(&text) {
        assert_eq!(read_date(&wareki(date)), Some(date), "a day reads as it is written");
        assert_eq!(date.to_string().parse(), Ok(date));
    }
});

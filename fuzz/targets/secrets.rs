//! Key files and sealed bytes: whatever lies there, nothing panics, and nothing that wasn't sealed opens.

#![no_main]

use std::sync::OnceLock;

use base::secrets::{Root, Secrets, content, is_locked};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    static SECRETS: OnceLock<Secrets> = OnceLock::new();
    let secrets = SECRETS.get_or_init(|| Secrets::new(Root::generate()));
    assert!(secrets.open("field", &["here"], bytes).is_err());
    assert!(!matches!(secrets.rewrap("field", bytes), Ok(Some(_))));
    let _ = content(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && !is_locked(text)
        && let Ok(read) = Secrets::from_text(text, None)
    {
        let again = Secrets::from_text(&read.to_text(None), None).expect("what was written is read");
        assert_eq!((again.root().id(), again.roots()), (read.root().id(), read.roots()));
    }
});

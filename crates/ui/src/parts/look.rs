//! The files of the look (外観): style sheets, script modules and the mark, held in the binary.

/// One file: its name, its media type and its bytes.
type File = (&'static str, &'static str, &'static [u8]);

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const FILES: &[File] = &[
    ("tokens.css", CSS, include_bytes!("../../look/tokens.css")),
    ("sekimori.css", CSS, include_bytes!("../../look/sekimori.css")),
    ("app.js", JS, include_bytes!("../../look/app.js")),
    ("combobox.js", JS, include_bytes!("../../look/combobox.js")),
    ("date.js", JS, include_bytes!("../../look/date.js")),
    ("dirty.js", JS, include_bytes!("../../look/dirty.js")),
    ("passkey.js", JS, include_bytes!("../../look/passkey.js")),
    ("grid.js", JS, include_bytes!("../../look/grid.js")),
    ("mark.svg", "image/svg+xml", include_bytes!("../../look/mark.svg")),
];

/// All files share one path, named by what is in them: modules import each other by relative names, and a cache may
/// keep every file for ever.
const EDITION: u64 = edition(FILES);

/// FNV-1a over all bytes. It tells editions apart and protects nothing.
const fn edition(files: &[File]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut file = 0;
    while file < files.len() {
        let bytes = files[file].2;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        file += 1;
    }
    hash
}

/// The address of a file of the look: `/look/EDITION/sekimori.css`.
pub fn href(file: &str) -> String {
    format!("/look/{EDITION:016x}/{file}")
}

/// The media type and bytes behind an address that [`href`] made. They never change, so the answer may be cached for
/// ever.
pub fn asset(path: &str) -> Option<(&'static str, &'static [u8])> {
    let (_, media_type, bytes) = FILES.iter().find(|(name, ..)| path == href(name))?;
    Some((media_type, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_at_its_address_and_nowhere_else() {
        for (name, media_type, bytes) in FILES {
            assert_eq!(asset(&href(name)), Some((*media_type, *bytes)));
        }
        assert_eq!(asset("/look/0000000000000000/sekimori.css"), None);
        assert_eq!(asset(&href("../Cargo.toml")), None);
    }
}

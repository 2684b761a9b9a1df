//! Files that commands take.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::trouble::{Outcome, Trouble, UNTAKEABLE};

/// The name of the standard input and output.
pub(crate) const STANDARD: &str = "-";

/// The bytes of a file, or of the standard input; at most so many.
pub(crate) fn read(path: &Path, most: usize) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = most as u64 + 1;
    let read = if path.as_os_str() == STANDARD {
        io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    let shown = path.display();
    read.map_err(|e| {
        Trouble::new(
            format!("{shown} を読めません（{e}）。ファイルの名前と権限を確かめてください。"),
            format!("{shown} can't be read ({e}): look at its name and permissions."),
        )
    })?;
    if bytes.len() > most {
        let megabytes = most / 1024 / 1024;
        return Err(Trouble::new(
            format!("{shown} は大きすぎます（{megabytes}MBまで）。分けてください。"),
            format!("{shown} is too large (up to {megabytes} MB): split it."),
        )
        .code(UNTAKEABLE));
    }
    Ok(bytes)
}

/// The name of a file without its folders, as it stands in records.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

//! The file `DEMO`: marks the folder from the first moment, and keeps the password for the next start.

use std::fs;

use serde::Deserialize;

use crate::folder::Folder;
use crate::trouble::{Outcome, Trouble};

#[derive(Deserialize)]
struct Marker {
    password: String,
}

/// Letters that nobody mistakes for others.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz";

/// The demonstration's password; the first call makes the file.
pub(super) fn password(folder: &Folder) -> Outcome<String> {
    let path = folder.marker();
    if !path.exists() {
        let password = new_password();
        let text = format!(
            "# このフォルダは、架空の団体のデモのデータです。実際の業務には使えません。\n\
             # The demonstration of a fictional body lives in this folder. It is not for real use.\n\
             password = \"{password}\"\n"
        );
        base::durable::write_new(&path, text.as_bytes(), 0o600).map_err(|e| {
            let path = path.display();
            Trouble::new(
                format!("{path} を書き込めません（{e}）。場所と権限を確かめてください。"),
                format!("{path} can't be written ({e}): look at its place and permissions."),
            )
        })?;
        return Ok(password);
    }
    let marker = fs::read_to_string(&path).ok().and_then(|text| toml::from_str::<Marker>(&text).ok());
    marker.map(|marker| marker.password).ok_or_else(|| {
        let (folder, path) = (folder.path().display(), path.display());
        Trouble::new(
            format!("{path} を読み取れません。デモをやり直すには、フォルダ {folder} を削除してから、もう一度実行してください。"),
            format!("{path} can't be read. To begin the demonstration anew, delete the folder {folder} and run this again."),
        )
    })
}

/// Sixteen letters in four groups: easy to type, and 72 bits.
fn new_password() -> String {
    let most = u32::try_from(LETTERS.len()).expect("an alphabet is short");
    let group = || (0..4).map(|_| char::from(LETTERS[base::random::below(most) as usize])).collect::<String>();
    [group(), group(), group(), group()].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_stays_and_only_its_owner_reads_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::demo(Some(place.path().to_owned()));
        let first = password(&folder).unwrap();
        assert_eq!(first.len(), 19);
        assert!(first.split('-').all(|group| group.len() == 4), "{first}");
        assert_eq!(password(&folder).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(folder.marker()).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_marker_that_cannot_be_read_says_how_to_begin_anew() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::demo(Some(place.path().to_owned()));
        base::durable::write(&folder.marker(), b"?").unwrap();
        assert!(password(&folder).unwrap_err().say.en.contains("delete the folder"));
    }
}

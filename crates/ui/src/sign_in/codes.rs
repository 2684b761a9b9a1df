//! Codes that people keep on paper or are told (回復コード): sixteen letters of 32 that can't be taken for each other, 80 bits.
//! Only their hashes are stored: at 80 random bits a quick hash gives no way back.

use std::fmt::Write as _;

/// Letters of a code: those of Crockford's base32.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters in a code.
const LONG: usize = 16;
/// Recovery codes that somebody gets at once.
pub(super) const AT_ONCE: usize = 10;

/// A new code, in groups of four.
pub(super) fn new_code() -> String {
    let mut code = String::new();
    for (at, byte) in base::random::bytes::<LONG>().into_iter().enumerate() {
        let apart = if at > 0 && at % 4 == 0 { "-" } else { "" };
        let _ = write!(code, "{apart}{}", char::from(LETTERS[usize::from(byte % 32)]));
    }
    code
}

/// What is stored of a code, however it was typed; nothing for what can be none.
pub(super) fn hash(typed: &str) -> Option<String> {
    let meant = |c: char| match c {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    let folded = base::text::fold(typed);
    let plain: String = folded.chars().filter(|c| !c.is_whitespace() && *c != '-').map(meant).collect();
    let sound = plain.len() == LONG && plain.bytes().all(|byte| LETTERS.contains(&byte));
    sound.then(|| register::blob::sha256(plain.as_bytes()))
}

/// The hashes that are left when this code is used; nothing when it is none of them.
pub(super) fn without(hashes: &str, typed: &str) -> Option<String> {
    let used = hash(typed)?;
    let left: Vec<&str> = hashes.split(' ').filter(|hash| *hash != used).collect();
    (left.len() < hashes.split(' ').count()).then(|| left.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed_and_only_once() {
        let codes: Vec<String> = (0..AT_ONCE).map(|_| new_code()).collect();
        let hashes: Vec<String> = codes.iter().map(|code| hash(code).unwrap()).collect();
        let all = hashes.join(" ");
        let code = &codes[3];
        assert_eq!(code.len(), 19);
        for typed in [code.to_uppercase(), code.replace('-', " "), code.replace('0', "O").replace('1', "l")] {
            let left = without(&all, &typed).unwrap();
            assert_eq!(left.split(' ').count(), AT_ONCE - 1);
            assert_eq!(without(&left, &typed), None);
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        let all = hash("0123-4567-89ab-cdef").unwrap();
        for typed in
            ["", "123456", "0123-4567-89ab-cde", "0123-4567-89ab-cdeu", "０１２３-４５６７-８９ａｂ-ｃｄｅｇ", &all]
        {
            assert_eq!(without(&all, typed), None, "{typed}");
        }
        assert_eq!(without(&all, "０１２３ー４５６７ー８９ａｂーｃｄｅｆ").as_deref(), Some(""));
        assert_eq!(without("", "0123-4567-89ab-cdef"), None);
    }
}

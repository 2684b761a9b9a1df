//! One-time codes of an authenticator app (確認コード, TOTP): RFC 6238 with SHA-1, thirty seconds and six digits, which is
//! what every such app can do.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// How long a code holds, in ms.
const STEP: i64 = 30_000;
/// Steps by which the clock of a telephone may be off, either way.
const DRIFT: i64 = 1;
/// Digits of a code.
pub(super) const DIGITS: usize = 6;

/// A new secret of 160 bits, as people can type it.
pub(super) fn new_secret() -> String {
    BASE32_NOPAD.encode(&base::random::bytes::<20>())
}

/// The code of a secret at a moment (ms); nothing for a text that is no secret.
pub fn code(secret: &str, at: i64) -> Option<String> {
    of_step(secret, at.div_euclid(STEP))
}

fn of_step(secret: &str, step: i64) -> Option<String> {
    let key = BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    let hash = Hmac::<Sha1>::new_from_slice(&key).ok()?.chain_update(step.to_be_bytes()).finalize().into_bytes();
    let from = usize::from(hash[19] & 15);
    let word = u32::from_be_bytes(hash[from..from + 4].try_into().expect("four bytes are four"));
    Some(format!("{:0DIGITS$}", (word & 0x7fff_ffff) % 1_000_000))
}

/// The step whose code this is, if it is near now and later than the last one used (RFC 6238, 5.2).
pub(super) fn step_of(secret: &str, typed: &str, at: i64, last: i64) -> Option<i64> {
    use subtle::ConstantTimeEq;
    let now = at.div_euclid(STEP);
    let typed = plain(typed);
    // Every step is compared, so that the time says nothing.
    (now - DRIFT..=now + DRIFT).filter(|step| *step > last).fold(None, |found, step| {
        let same = of_step(secret, step).is_some_and(|code| code.as_bytes().ct_eq(typed.as_bytes()).into());
        if same { Some(step) } else { found }
    })
}

/// A code as it was meant: half-width, without spaces.
fn plain(typed: &str) -> String {
    base::text::fold(typed).chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// The address that an authenticator app reads from a QR code.
pub(super) fn address(body: &str, login: &str, secret: &str) -> String {
    let encode = crate::pages::address::encode;
    let issuer = encode(&if body.is_empty() { "関守".to_owned() } else { format!("関守 {body}") });
    format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", encode(login))
}

/// A secret in groups of four, as people type it.
pub(super) fn in_groups(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_of_the_standard_come_out() {
        // The last six of the eight digits in appendix B.
        for (seconds, wanted) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, seconds * 1000).unwrap(), wanted, "{seconds}");
        }
    }

    #[test]
    fn the_counter_codes_of_its_older_sister_come_out() {
        // RFC 4226, appendix D.
        let wanted =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (step, wanted) in (0..).zip(wanted) {
            assert_eq!(of_step(SECRET, step).unwrap(), wanted);
        }
    }

    #[test]
    fn one_step_of_drift_is_borne_and_no_more() {
        let now = 1_000 * STEP + 7;
        for (off, known) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = of_step(SECRET, 1_000 + off).unwrap();
            assert_eq!(step_of(SECRET, &typed, now, 0), known.then_some(1_000 + off), "{off}");
        }
    }

    #[test]
    fn a_code_is_good_once() {
        let now = 1_000 * STEP;
        let typed = of_step(SECRET, 1_000).unwrap();
        assert_eq!(step_of(SECRET, &typed, now, 999), Some(1_000));
        assert_eq!(step_of(SECRET, &typed, now, 1_000), None);
        let before = of_step(SECRET, 999).unwrap();
        assert_eq!(step_of(SECRET, &before, now, 1_000), None, "nor is one from before it");
    }

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        let now = 1_000 * STEP;
        let typed = of_step(SECRET, 1_000).unwrap();
        let spaced = format!(" {} {} ", &typed[..3], &typed[3..]);
        let wide: String = typed.chars().map(|c| char::from_u32(c as u32 - 0x30 + 0xff10).unwrap()).collect();
        for text in [spaced, wide] {
            assert_eq!(step_of(SECRET, &text, now, 0), Some(1_000), "{text}");
        }
        for text in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(step_of(SECRET, text, now, 0), None, "{text}");
        }
        assert_eq!(step_of("no secret!", &typed, now, 0), None);
    }

    #[test]
    fn an_app_is_told_whose_code_it_is() {
        let address = address("関組合", "seki@a.jp", SECRET);
        assert!(address.starts_with("otpauth://totp/%E9%96%A2"), "{address}");
        assert!(address.contains(&format!("?secret={SECRET}&issuer=%E9%96%A2")), "{address}");
        assert_eq!(in_groups("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}

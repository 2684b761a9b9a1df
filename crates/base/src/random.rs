//! Randomness (乱数) from the operating system.

use data_encoding::BASE64URL_NOPAD;

/// Random bytes, fit for keys.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the random source")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has a random source");
    bytes
}

/// A secret of 256 bits as text that fits into URLs and cookies.
pub fn token() -> String {
    BASE64URL_NOPAD.encode(&bytes::<32>())
}

/// A number from 0 to `n - 1`, each as likely as the other.
///
/// # Panics
/// If `n` is 0: there is no such number.
pub fn below(n: u32) -> u32 {
    assert!(n > 0, "no number is below 0");
    // The highest values, too few to give each answer once more, are drawn again.
    let fair = u32::MAX - u32::MAX % n;
    loop {
        let drawn = u32::from_le_bytes(bytes());
        if drawn < fair {
            return drawn % n;
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_draws_are_alike() {
        assert_ne!(bytes::<16>(), bytes::<16>());
        assert_ne!(token(), token());
    }

    #[test]
    fn a_token_fits_into_a_url() {
        let token = token();
        assert_eq!(token.len(), 43);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }

    #[test]
    fn every_number_below_is_drawn_and_none_else() {
        let mut drawn = [0; 6];
        for _ in 0..6_000 {
            drawn[below(6) as usize] += 1;
        }
        assert!(drawn.iter().all(|&times| times > 700), "{drawn:?}"); // far beyond ten standard deviations
        assert_eq!(below(1), 0);
        assert!(below(u32::MAX) < u32::MAX);
    }
}

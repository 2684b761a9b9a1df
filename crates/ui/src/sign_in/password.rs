//! Passwords: Argon2id (RFC 9106) with 19 MiB and two passes. Hashing is bounded, and takes as long for a name that
//! does not exist.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use register::find::Reading;
use register::{Failure, Refusal};
use tokio::sync::SemaphorePermit;

use super::session::Whole;
use crate::app::App;

/// Fewest characters of a password.
pub const LEAST: usize = 12;
/// Most characters.
const MOST: usize = 200;

fn argon() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The PHC text of a password.
///
/// # Errors
/// A refusal that says which length is wanted.
///
/// # Panics
/// Never: a salt of 16 bytes fits.
pub fn hash(password: &str) -> Result<String, Refusal> {
    let length = password.chars().count();
    if !(LEAST..=MOST).contains(&length) {
        return Err(Refusal::at(
            "password",
            format!(
                "パスワードは{LEAST}文字以上、{MOST}文字以内にしてください。覚えやすい言葉をいくつか並べると長くできます"
            ),
            format!("Use {LEAST} to {MOST} characters; several words in a row are easy to remember"),
        ));
    }
    let salt: [u8; 16] = base::random::bytes();
    let hash = argon().hash_password_with_salt(password.as_bytes(), &salt).expect("a salt of 16 bytes fits");
    Ok(hash.to_string())
}

/// The mark of a secret that its account's record holds.
pub fn digest(phc: &str) -> String {
    register::blob::sha256(phc.as_bytes())
}

/// The PHC text of an account, if it is the one that its record names.
pub(super) fn stored(reading: &Reading<'_>, whole: &Whole) -> Result<Option<String>, Failure> {
    let phc = reading.credential(whole.row.id)?;
    Ok(phc.filter(|phc| whole.account.secret_mark.as_deref() == Some(&digest(phc))))
}

/// Something to compare with where there is no account, so that the answer takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2VraW1vcmlub2JvZHk$GpZ3sK3l6m3yBz1Dq2xZr0b1m1kq7cY0o3v1w0mQ1tM";

/// Room to compare one password.
///
/// # Errors
/// [`Failure::Busy`] while too many passwords are being compared.
pub(super) async fn room(app: &App) -> Result<SemaphorePermit<'_>, Failure> {
    let wait = std::time::Duration::from_secs(5);
    match tokio::time::timeout(wait, app.hashing.acquire()).await {
        Ok(Ok(room)) => Ok(room),
        _ => Err(Failure::Busy),
    }
}

/// Whether the password is the one of the PHC text. `None` compares with nothing, and takes as long.
///
/// # Errors
/// When the thread that compares breaks off.
pub(super) async fn verify(_: &SemaphorePermit<'_>, password: String, phc: Option<String>) -> Result<bool, Failure> {
    let compare = move || {
        let known = phc.is_some();
        let stored = phc.unwrap_or_else(|| NOBODY.to_owned());
        let same = PasswordHash::new(&stored)
            .is_ok_and(|stored| argon().verify_password(password.as_bytes(), &stored).is_ok());
        known && same
    };
    tokio::task::spawn_blocking(compare).await.map_err(|e| Failure::Broken(format!("comparing a password: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other() {
        let phc = hash("たぬきと　月夜の　原っぱ").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let stored = PasswordHash::new(&phc).unwrap();
        assert!(argon().verify_password("たぬきと　月夜の　原っぱ".as_bytes(), &stored).is_ok());
        assert!(argon().verify_password(b"tanuki", &stored).is_err());
        assert!(
            PasswordHash::new(NOBODY).is_ok(),
            "what nobody is compared with must be well formed, or it is quicker"
        );
    }

    #[test]
    fn a_short_password_is_refused() {
        assert!(hash("みじかい").is_err());
    }
}

//! Sign-in (認証): accounts, passwords, second factors, sessions, limits on guessing, recovery, and the first set-up.

mod account;
pub(crate) mod acts;
mod alarm;
pub(crate) mod begun;
mod codes;
mod factor;
mod factors;
mod first;
mod own;
mod pages;
pub(crate) mod passkey;
mod password;
mod people;
mod recover;
mod second;
pub(crate) mod session;
mod tokens;
mod totp;

pub use account::{Account, new_account};
pub(crate) use alarm::alarm;
pub use factor::{mark as factor_mark, sealed as app_sealed};
pub use first::{open_setup, set_up};
pub use pages::ROUTES;
pub(crate) use pages::to_sign_in;
pub use password::{LEAST, digest as secret_mark, hash};
pub(crate) use second::unproven;
pub use session::{hash as session_hash, proof, short as session_name};
pub use totp::code as app_code;

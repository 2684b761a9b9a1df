//! Sign-in (認証): accounts, passwords, sessions, limits on guessing, and the first set-up.

mod account;
mod first;
mod own;
mod pages;
mod password;
pub(crate) mod session;

pub use account::{Account, new_account};
pub use first::{open_setup, set_up};
pub use pages::ROUTES;
pub(crate) use pages::to_sign_in;
pub use password::{LEAST, digest as secret_mark, hash};
pub use session::{hash as session_hash, short as session_name};

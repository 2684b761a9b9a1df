//! Operation (運用): exceptions from the policy. Section 6(7).

mod exceptions;

pub use exceptions::{EXCEPTION, Exception};

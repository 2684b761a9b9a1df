//! Organisation (組織体制): organs in scope, units, people and who holds which role. Sections 4(1) and 6(1).

mod records;
mod who;

pub use records::{Employment, Organ, Person, RoleHolding, Unit};
pub use who::{first_records, holders, person};

//! The sections of the policy, one folder each: their records, rules and pages.
//!
//! | folder | section of the policy |
//! | --- | --- |
//! | [`documents`] | 1 purpose, 2 definitions, 5 duty of staff, 8 to 10 review, standards, procedures |
//! | [`organisation`] | 4 scope (organs), 6(1) organisation |
//! | [`assets`] | 4 scope (assets), 6(2) classification |
//! | [`operations`] | 6(7) operation |
//! | [`standing`] | the map of clauses and their proof |
//! | [`today`] | what each person must do |

pub mod assets;
pub mod documents;
mod house;
pub mod operations;
pub mod organisation;
pub mod standing;
pub mod today;

pub use house::{house, routes};
use register::Registers;

/// Every register of the house. A new register is a struct, and a line here.
pub fn registers() -> Registers {
    Registers::with_built_in()
        .add::<organisation::Organ>()
        .add::<organisation::Unit>()
        .add::<organisation::Person>()
        .add::<organisation::RoleHolding>()
        .add::<assets::Asset>()
        .add::<assets::CarryOut>()
        .add::<documents::Document>()
        .add::<documents::Edition>()
        .add::<documents::Clause>()
        .add::<documents::Term>()
        .add::<operations::Exception>()
        .add::<standing::Declaration>()
        .add::<standing::Evidence>()
        .add::<ui::sign_in::Account>()
        .add::<ui::api::ApiToken>()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_register_is_of_one_piece() {
        assert_eq!(super::registers().check(), Ok(()));
    }
}

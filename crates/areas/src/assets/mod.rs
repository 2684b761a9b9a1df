//! Information assets (情報資産の分類と管理): the register and its scales. Sections 4(2) and 6(2).

mod carry_out;
mod records;

pub use carry_out::{CARRY_OUT, CarryOut};
pub use records::{Asset, AssetKind, Availability, Confidentiality, GRADES, Integrity, first_grades};

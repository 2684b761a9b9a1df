//! Registers and fields of the organisation's own (独自の台帳と項目): records like all others, from which the house makes
//! its registers at every moment. Whoever holds [`Action::Describe`](crate::permit::Action::Describe) changes them.

mod access;
mod effective;
mod records;

pub use access::{Act, Allow, RANKS};
pub(crate) use effective::{Faults, effective, narrowed};
pub use effective::{may_grow, try_field, try_register};
pub use records::{OwnField, OwnKind, OwnRegister, States};

/// Most registers that an organisation can add.
pub const MOST_REGISTERS: usize = 100;
/// Most fields that it can add to one register.
pub const MOST_FIELDS: usize = 50;
/// Most options of a field.
pub const MOST_OPTIONS: usize = 200;

/// Whether a register holds descriptions.
pub fn describes(register: &str) -> bool {
    use crate::record::Record;
    register == OwnRegister::REGISTER.name || register == OwnField::REGISTER.name
}

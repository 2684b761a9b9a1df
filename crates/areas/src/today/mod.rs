//! Today (今日): what each person must do, and where to turn in trouble.

mod duties;
mod pages;

pub use pages::ROUTES;

//! The parts that pages are made of (部品): typed plain functions that return `Markup`.
//!
//! No part knows what it shows. Every part works without script, and none writes an inline style or script.

mod blocks;
mod buttons;
mod chart;
mod control;
mod field;
mod form;
mod look;
mod map;
mod marks;
mod qr;
mod record;
mod shell;
mod table;
#[cfg(test)]
mod tests;

pub use self::{
    blocks::{Due, Mood, Notice, Task, beside, breadcrumb, card, columns, empty_state, head, notice, summary, tasks},
    buttons::{Confirm, Look, confirm, go, request_field, submit, submit_to},
    chart::{Slice, stacked_bar},
    control::{Choice, Control, Kind},
    field::field,
    form::{Fault, error_summary, form, hidden, upload_slot},
    look::{asset, href},
    map::{Tile, TileRow, counts_key, tile_map},
    marks::{Tone, chip, grade},
    qr::qr,
    record::{Event, Piece, detail_list, diff, history},
    shell::{Count, NavGroup, NavItem, Shell, Who, bare_page, page},
    table::{Align, Column, Filter, Pager, Row, Sort, filters, pager, table},
};

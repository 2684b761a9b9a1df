//! A map of many small states (一覧図): a row for each part, a tile for each thing.

use maud::{Markup, html};

use super::marks::Tone;
use crate::say::{self, Lang, list};

/// One thing on the map.
pub struct Tile {
    /// Its state.
    pub tone: Tone,
    /// Its page.
    pub href: String,
    /// Its name and state in words.
    pub label: String,
}

/// One row of the map.
pub struct TileRow {
    /// Its number.
    pub number: String,
    /// Its name.
    pub heading: String,
    /// Its things in order.
    pub tiles: Vec<Tile>,
    /// What stands at the end: a count, a share.
    pub side: Markup,
}

/// Draws the map under an id of its own. Readers by ear or keyboard can step over it.
pub fn tile_map(lang: Lang, id: &str, label: &str, rows: &[TileRow]) -> Markup {
    html! {
        section.sk-map id=(id) aria-label=(label) {
            a.sk-skip href={ "#" (id) "-end" } { (list::SKIP_MAP.in_(lang)) }
            @for row in rows {
                div.sk-row {
                    p.sk-name { b { (row.number) } " " span { (row.heading) } }
                    ul.sk-tiles {
                        @for tile in &row.tiles {
                            li { a class={ "sk-tile " (tile.tone.class()) } href=(tile.href) title=(tile.label) { span.sk-unseen { (tile.label) } } }
                        }
                    }
                    span.sk-side.sk-num { (row.side) }
                }
            }
            div.sk-map-end id={ (id) "-end" } tabindex="-1" {}
        }
    }
}

/// The key of a map, with how many there are of each (凡例): tone, name, count and the list behind it.
pub fn counts_key(entries: &[(Tone, &str, u64, &str)]) -> Markup {
    html! {
        ul.sk-key {
            @for (tone, label, count, href) in entries {
                li { a href=(href) { span class={ "sk-tile " (tone.class()) } {} span { (label) } " " b.sk-num { (say::number(*count)) } } }
            }
        }
    }
}

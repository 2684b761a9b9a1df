//! Charts (図表) as SVG: the same on screen, in print and in a paper. Colours come from classes; the figures stand beside.

use maud::{Markup, html};

use super::marks::Tone;
use crate::say::{self, Lang, list};

/// A part of a bar (内訳).
pub struct Slice {
    /// Its state.
    pub tone: Tone,
    /// Its name.
    pub label: String,
    /// How many.
    pub count: u64,
}

/// One bar cut into its parts (積み上げ棒).
pub fn stacked_bar(lang: Lang, title: &str, desc: &str, slices: &[Slice]) -> Markup {
    let all = slices.iter().map(|slice| slice.count).sum::<u64>().max(1);
    let starts = slices.iter().scan(0, |sum, slice| Some(std::mem::replace(sum, *sum + slice.count)));
    html! {
        figure.sk-chart {
            svg.sk-stack viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" {
                title { (title) }
                desc { (desc) }
                @for (slice, start) in slices.iter().zip(starts) {
                    @let x = start * 1000 / all;
                    rect class=(slice.tone.class()) x=(x) y="0" width=((start + slice.count) * 1000 / all - x) height="24" {}
                }
            }
            ul.sk-key aria-hidden="true" {
                @for slice in slices { li { span class={ "sk-tile " (slice.tone.class()) } {} span { (slice.label) } " " b.sk-num { (say::number(slice.count)) } } }
            }
            (figures(lang, title, slices.iter().map(|slice| (slice.label.as_str(), say::number(slice.count)))))
        }
    }
}

/// The figures behind a chart.
fn figures<'a>(lang: Lang, caption: &str, rows: impl Iterator<Item = (&'a str, String)>) -> Markup {
    html! {
        details.sk-figures {
            summary { (list::FIGURES.in_(lang)) }
            table {
                caption.sk-unseen { (caption) }
                thead { tr { th scope="col" { (list::ITEM.in_(lang)) } th.sk-figure scope="col" { (list::VALUE.in_(lang)) } } }
                tbody { @for (label, value) in rows { tr { th scope="row" { (label) } td.sk-figure { (value) } } } }
            }
        }
    }
}

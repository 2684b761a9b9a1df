//! Charts (図表) as SVG: the same on screen, in print and in a paper. Colours come from classes; the figures stand beside.

use maud::{Markup, html};

use super::marks::Tone;
use crate::say::{self, Lang, list};

/// A value of a line (時点の値).
pub struct Point {
    /// When: 「4月」.
    pub label: String,
    /// How much.
    pub value: u32,
}

const WIDTH: u32 = 260;
const HEIGHT: u32 = 72;
const EDGE: u32 = 6;

/// A small line through time (推移). `unit` follows each value: 「%」, 「件」.
pub fn sparkline(lang: Lang, title: &str, desc: &str, unit: &str, points: &[Point]) -> Markup {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return html! {} };
    let places = places(points);
    let line: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let (x, y) = places.last().copied().unwrap_or_default();
    html! {
        figure.sk-chart {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 20) } role="img" {
                title { (title) }
                desc { (desc) }
                line.sk-axis x1=(EDGE) y1=(HEIGHT) x2=(WIDTH - EDGE) y2=(HEIGHT) {}
                polyline.sk-line points=(line.join(" ")) {}
                circle.sk-dot cx=(x) cy=(y) r="4" {}
                text x=(EDGE) y=(HEIGHT + 16) { (first.label) " " (first.value) (unit) }
                text.sk-end x=(WIDTH - EDGE) y=(HEIGHT + 16) { (last.label) " " (last.value) (unit) }
            }
            (figures(lang, title, points.iter().map(|point| (point.label.as_str(), format!("{}{unit}", say::number(point.value.into()))))))
        }
    }
}

/// Where each point lies: spread over the width; the lowest and highest values over the height.
fn places(points: &[Point]) -> Vec<(u64, u64)> {
    let (edge, width, height) = (u64::from(EDGE), u64::from(WIDTH), u64::from(HEIGHT));
    let least = points.iter().map(|point| point.value).min().unwrap_or_default();
    let most = points.iter().map(|point| point.value).max().unwrap_or_default();
    let span = u64::from(most - least).max(1);
    let gaps = (points.len() as u64).saturating_sub(1).max(1);
    let place = |(at, point): (u64, &Point)| {
        let x = edge + at * (width - 2 * edge) / gaps;
        let y = height - edge - u64::from(point.value - least) * (height - 3 * edge) / span;
        (x, y)
    };
    (0..).zip(points).map(place).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_inside_its_frame_even_for_one_point_or_equal_ones() {
        let points =
            |values: &[u32]| values.iter().map(|&value| Point { label: String::new(), value }).collect::<Vec<_>>();
        for values in [&[7][..], &[5, 5, 5], &[0, u32::MAX]] {
            for (x, y) in places(&points(values)) {
                assert!(x <= WIDTH.into() && y < HEIGHT.into(), "{values:?} {x} {y}");
            }
        }
        assert_eq!(sparkline(Lang::Ja, "", "", "", &[]).into_string(), "");
    }
}

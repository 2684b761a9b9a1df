//! A text as a QR code (二次元コード, ISO/IEC 18004), so that nobody types what stands on paper.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// The empty border that the standard asks for, in modules.
const QUIET: i32 = 4;

/// The code as a picture; nothing for a text that is too long for one (2,331 bytes).
pub fn qr(title: &str, content: &str) -> Option<Markup> {
    let code = QrCode::encode_text(content, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut dark = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|at| code.get_module(*at, y)).count();
            if run > 0 {
                let _ = write!(dark, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += 1 + i32::try_from(run).unwrap_or(size);
        }
    }
    let whole = size + 2 * QUIET;
    Some(html! {
        svg.sk-qr viewBox={ "0 0 " (whole) " " (whole) } role="img" {
            title { (title) }
            rect width=(whole) height=(whole) {}
            path d=(dark) {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a drawn code as a camera would, with a reader of another hand.
    fn read(drawn: &str) -> String {
        let between = |text: &str, from: &str, to: char| {
            let rest = &text[text.find(from).unwrap() + from.len()..];
            rest[..rest.find(to).unwrap()].to_owned()
        };
        let size: usize = between(drawn, "viewBox=\"0 0 ", ' ').parse().unwrap();
        let mut dark = vec![false; size * size];
        for run in between(drawn, " d=\"", '"').split('M').skip(1) {
            let (place, long) = (run.split_once('h').unwrap().0, between(run, "h", 'v'));
            let (x, y) = place.split_once(' ').unwrap();
            let start = y.parse::<usize>().unwrap() * size + x.parse::<usize>().unwrap();
            dark[start..start + long.parse::<usize>().unwrap()].fill(true);
        }
        let shade = |x: usize, y: usize| if dark[y / 4 * size + x / 4] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(size * 4, size * 4, shade);
        picture.detect_grids()[0].decode().unwrap().1
    }

    #[test]
    fn a_camera_reads_what_was_drawn() {
        let note =
            format!("sekimori/0123456789\n1234\n{}\n\n— sekimori/0123456789 {}\n", "A".repeat(44), "b".repeat(92));
        for text in ["1", "関守", &note] {
            assert_eq!(read(&qr("控え", text).unwrap().into_string()), text);
        }
        assert!(qr("控え", &"x".repeat(2_332)).is_none());
    }
}

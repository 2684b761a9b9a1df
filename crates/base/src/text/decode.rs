//! Bytes of unknown encoding (文字コード) to text.

use encoding_rs::{DecoderResult, SHIFT_JIS};

/// How text was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// Windows code page 932 (Shift_JIS with Microsoft's additions).
    Cp932,
    /// UTF-16 with a byte order mark, of either order.
    Utf16,
}

/// Reads bytes as UTF-8, as UTF-16 if they begin with its byte order mark, or else as code page 932. Nothing is
/// replaced or guessed: bytes that are none of these give the offset of the first bad one, in the encoding that reached
/// furthest.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), usize> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            let text = str::from_utf8(rest).map_err(|error| 3 + error.valid_up_to())?;
            Ok((text.to_owned(), Encoding::Utf8))
        }
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match str::from_utf8(bytes) {
            Ok(text) => Ok((text.to_owned(), Encoding::Utf8)),
            Err(error) => cp932(bytes).map_err(|bad| bad.max(error.valid_up_to())),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<(String, Encoding), usize> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut read = 2;
    for decoded in char::decode_utf16(pairs.iter().copied().map(unit)) {
        let decoded = decoded.map_err(|_| read)?;
        read += 2 * decoded.len_utf16();
        text.push(decoded);
    }
    if odd.is_empty() { Ok((text, Encoding::Utf16)) } else { Err(read) }
}

fn cp932(bytes: &[u8]) -> Result<(String, Encoding), usize> {
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).expect("bytes in memory fit thrice");
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok((text, Encoding::Cp932)),
        (DecoderResult::Malformed(bad, after), read) => Err(read - usize::from(bad) - usize::from(after)),
        (DecoderResult::OutputFull, _) => unreachable!("the decoder itself said how much room it needs"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_encoding_is_known_by_itself() {
        let text = "髙橋①㈱～";
        let (cp932, _, lossy) = SHIFT_JIS.encode(text);
        assert!(!lossy);
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<_>>()
        };
        let expect = |encoding| Ok((text.to_owned(), encoding));
        assert_eq!(decode(text.as_bytes()), expect(Encoding::Utf8));
        assert_eq!(decode(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), expect(Encoding::Utf8));
        assert_eq!(decode(&cp932), expect(Encoding::Cp932));
        assert_eq!(decode(&utf16([0xFF, 0xFE], u16::to_le_bytes)), expect(Encoding::Utf16));
        assert_eq!(decode(&utf16([0xFE, 0xFF], u16::to_be_bytes)), expect(Encoding::Utf16));
        assert_eq!(decode(b""), Ok((String::new(), Encoding::Utf8)));
    }

    #[test]
    fn the_first_bad_byte_is_told() {
        assert_eq!(decode(b"\xEF\xBB\xBFabc\xFF"), Err(6));
        assert_eq!(decode(b"\x91\xE4\x92\xA0\xFF,"), Err(4)); // 台帳 in code page 932, then no character
        assert_eq!(decode(b"\x91\xE4\x92"), Err(2));
        assert_eq!(decode(b"\xFF\xFEa\0b"), Err(4));
        assert_eq!(decode(b"\xFF\xFEa\0\x00\xD8b\0"), Err(4));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_at_one_of_them(
            bytes: Vec<u8>,
            mark in prop::sample::select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"]),
        ) {
            let bytes = [mark, &bytes].concat();
            if let Err(bad) = decode(&bytes) {
                prop_assert!(bad < bytes.len());
            }
        }

        #[test]
        fn utf8_is_never_taken_for_another(text: String) {
            let plain = text.trim_start_matches('\u{FEFF}');
            prop_assert_eq!(decode(plain.as_bytes()), Ok((plain.to_owned(), Encoding::Utf8)));
        }
    }
}

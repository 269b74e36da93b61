//! Base64 (RFC 4648, 4) as certificates are written in: line ends are skipped, padding may be missing.

/// The bytes of `text`; `None` when it is no Base64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0u32, 0u32);
    let digits = text.trim_end_matches(|c: char| c == '=' || c.is_whitespace());
    for c in digits.chars().filter(|c| !c.is_whitespace()) {
        buffer = buffer << 6 | digit(c)?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
    }
    // What is left over is too short for a byte and must be nothing.
    (bits < 6 && buffer & ((1 << bits) - 1) == 0).then_some(bytes)
}

fn digit(c: char) -> Option<u32> {
    Some(match c {
        'A'..='Z' => u32::from(c) - u32::from('A'),
        'a'..='z' => u32::from(c) - u32::from('a') + 26,
        '0'..='9' => u32::from(c) - u32::from('0') + 52,
        '+' | '-' => 62,
        '/' | '_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_examples_of_the_standard() {
        for (text, plain) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9v\r\nYmE", "fooba"),
            ("Zm9vYmFy\n", "foobar"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()), "{text}");
        }
        assert_eq!(decode("+/-_"), Some(vec![0xfb, 0xff, 0xbf]));
        for wrong in ["Z", "Zh==", "Zm9", "Zm=9", "ä"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}

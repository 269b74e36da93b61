//! Wrappings around a payload: compression, and bytes written as text. Opened within a limit, so that a small message
//! cannot fill the memory.

use std::io::{self, Read};

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use super::avro;
use super::format::{format_bytes, thousands};
use super::picture;
use super::reading::Layer;
use super::sparkplug;

/// Most bytes that all wrappings of one payload together are opened to.
pub const MAX_OPENED: usize = 64 << 20;
/// Most wrappings inside each other.
pub const MAX_LAYERS: usize = 4;
/// Most gzip members or zstd frames one behind the other: each takes a decoder of its own, though it may hold nothing.
const MAX_PARTS: usize = 4_096;

/// What a payload can be wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Zlib,
    /// RFC 8878.
    Zstd,
    /// RFC 1951, without anything that says so.
    Deflate,
    /// RFC 4648.
    Base64,
}

impl Wrapping {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
            Self::Deflate => "deflate",
            Self::Base64 => "base64",
        }
    }

    /// The wrapping that these bytes begin like.
    fn guess(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            &[
                first @ (0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78),
                flags,
                ..,
            ] if flags & 0x20 == 0 && (u16::from(first) << 8 | u16::from(flags)) % 31 == 0 => {
                Some(Self::Zlib)
            }
            _ if is_surely_base64(bytes) => Some(Self::Base64),
            _ => None,
        }
    }

    /// Whether bytes that only begin like this are worth a sentence.
    fn says_so(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd)
    }
}

/// The name of the compression that `bytes` say they are in.
pub(super) fn compression(bytes: &[u8]) -> Option<&'static str> {
    let wrapping = Wrapping::guess(bytes)?;
    wrapping.says_so().then(|| wrapping.name())
}

/// Whether `bytes` may take far more room once they are read than they have now: they begin like compressed data, a picture,
/// or base64 of those, or hold a compressed body. Looks at no more than the bytes themselves.
pub(super) fn may_grow(bytes: &[u8]) -> bool {
    Wrapping::guess(bytes).is_some()
        || picture::kind(bytes).is_some()
        || avro::is_container(bytes)
        || sparkplug::holds_compressed(bytes)
}

/// A payload while it is being unwrapped.
#[derive(Debug)]
pub(super) struct Opening {
    /// The innermost bytes so far.
    pub(super) bytes: Bytes,
    /// What was opened, outermost first.
    pub(super) layers: Vec<Layer>,
    /// What could not be read, or was left out.
    pub(super) notices: Vec<String>,
    left: usize,
}

impl Opening {
    /// Nothing opened yet.
    pub(super) fn new(payload: &Bytes) -> Self {
        Self::within(payload, MAX_OPENED)
    }

    /// Nothing opened yet, and at most `left` bytes to be.
    fn within(payload: &Bytes, left: usize) -> Self {
        Self {
            bytes: payload.clone(),
            layers: Vec::new(),
            notices: Vec::new(),
            left,
        }
    }

    /// Opens what surely is a wrapping, and what is in it.
    pub(super) fn open_all(&mut self) {
        while let Some(wrapping) = Wrapping::guess(&self.bytes) {
            if self.layers.len() >= MAX_LAYERS {
                self.notices.push(format!(
                    "More than {MAX_LAYERS} wrappings inside each other, the inner ones stay closed. Save the payload and open it \
                     with another program."
                ));
                return;
            }
            match open(wrapping, &self.bytes, self.left) {
                Ok(opened) if wrapping.says_so() || opened.is_whole => self.add(wrapping, opened),
                Ok(_) => return,
                Err(why) => {
                    if wrapping.says_so() {
                        self.notices.push(cannot(wrapping, &why));
                    }
                    return;
                }
            }
        }
    }

    /// Whether such a wrapping was among those that were opened.
    pub(super) fn has_opened(&self, wrapping: Wrapping) -> bool {
        let name = wrapping.name();
        self.layers.iter().any(|layer| layer.name == name)
    }

    /// Opens a wrapping that was asked for.
    pub(super) fn open(&mut self, wrapping: Wrapping) {
        match open(wrapping, &self.bytes, self.left) {
            Ok(opened) => self.add(wrapping, opened),
            Err(why) => self.notices.push(format!(
                "Not valid {}: {why}. Choose another format, or look at it as hex.",
                wrapping.name()
            )),
        }
    }

    fn add(&mut self, wrapping: Wrapping, opened: Opened) {
        self.left = self.left.saturating_sub(opened.bytes.len());
        self.notices.extend(opened.notice);
        self.layers.push(Layer {
            name: wrapping.name(),
            inside: opened.bytes.len(),
        });
        self.bytes = opened.bytes.into();
    }
}

fn cannot(wrapping: Wrapping, why: &str) -> String {
    format!(
        "It begins like {} but cannot be opened: {why}. Look at it as hex.",
        wrapping.name()
    )
}

/// What was in a wrapping.
struct Opened {
    bytes: Vec<u8>,
    /// All of it was read, and it is undamaged; or more than the limit would take.
    is_whole: bool,
    notice: Option<String>,
}

/// Opens one wrapping into at most `limit` bytes.
///
/// # Errors
/// Half a sentence when there is nothing to read in it.
fn open(wrapping: Wrapping, bytes: &[u8], limit: usize) -> Result<Opened, String> {
    let mut out = Vec::new();
    let read = unwrap(wrapping, bytes, &mut out, limit);
    let name = wrapping.name();
    let (is_whole, notice) = match read {
        Err(Stop::Full) => {
            let shown = format_bytes(out.len() as u64);
            let notice = format!(
                "The {name} data holds more than {shown}: only so much of it is shown. Save the payload and open it with another \
                 program."
            );
            (true, Some(notice))
        }
        Err(Stop::Parts) => {
            let shown = format_bytes(out.len() as u64);
            let parts = thousands(MAX_PARTS as u64);
            let notice = format!(
                "The {name} data is in more than {parts} parts: only the {shown} in the first of them are shown. Save the payload \
                 and open it with another program."
            );
            (true, Some(notice))
        }
        Err(Stop::Damaged(why)) if out.is_empty() => return Err(why),
        Err(Stop::Damaged(why)) => {
            let shown = format_bytes(out.len() as u64);
            let notice = format!(
                "The {name} data is damaged behind the {shown} that are shown: {why}. Ask its publisher for it again."
            );
            (false, Some(notice))
        }
        Ok(0) => (true, None),
        Ok(behind) => {
            let behind = thousands(behind as u64);
            let notice = format!(
                "{behind} bytes behind the {name} data are not shown. Save the payload to see them."
            );
            (wrapping != Wrapping::Zlib, Some(notice))
        }
    };
    Ok(Opened {
        bytes: out,
        is_whole,
        notice,
    })
}

/// Opens one wrapping into `out`, up to `limit` bytes; base64 is never longer than it was. Returns how many bytes follow that
/// do not belong to it.
///
/// # Errors
/// [`Stop`]; what was read until then is in `out`.
pub(super) fn unwrap(
    wrapping: Wrapping,
    bytes: &[u8],
    out: &mut Vec<u8>,
    limit: usize,
) -> Result<usize, Stop> {
    let read = match wrapping {
        Wrapping::Gzip => gzip(bytes, out, limit),
        Wrapping::Zstd => zstd(bytes, out, limit),
        Wrapping::Zlib => {
            let mut decoder = ZlibDecoder::new(bytes);
            read_into(&mut decoder, out, limit).map(|()| decoder.into_inner().len())
        }
        Wrapping::Deflate => {
            let mut decoder = DeflateDecoder::new(bytes);
            read_into(&mut decoder, out, limit).map(|()| decoder.into_inner().len())
        }
        Wrapping::Base64 => {
            let why = "it has characters that do not belong there";
            *out = unbase64(bytes).ok_or_else(|| Stop::Damaged(why.to_owned()))?;
            Ok(0)
        }
    };
    if matches!(read, Err(Stop::Full)) {
        out.truncate(limit);
    }
    read
}

/// Why opening stopped before the end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The limit is reached.
    Full,
    /// There are more than [`MAX_PARTS`] parts.
    Parts,
    /// The bytes break a rule.
    Damaged(String),
}

impl From<io::Error> for Stop {
    fn from(err: io::Error) -> Self {
        if err.kind() == io::ErrorKind::UnexpectedEof {
            return Self::Damaged("it ends too early".to_owned());
        }
        Self::Damaged(err.to_string())
    }
}

/// Reads to the end, or until `out` has more than `limit` bytes. What was read stays in `out` in any case.
fn read_into(from: &mut impl Read, out: &mut Vec<u8>, limit: usize) -> Result<(), Stop> {
    let room = limit.saturating_sub(out.len());
    from.take(room as u64 + 1).read_to_end(out)?;
    if out.len() > limit {
        return Err(Stop::Full);
    }
    Ok(())
}

/// Members one behind the other. Returns how many bytes follow that are no member.
fn gzip(bytes: &[u8], out: &mut Vec<u8>, limit: usize) -> Result<usize, Stop> {
    let mut rest = bytes;
    let mut parts = 0;
    while rest.starts_with(&[0x1f, 0x8b]) {
        parts += 1;
        if parts > MAX_PARTS {
            return Err(Stop::Parts);
        }
        let mut decoder = GzDecoder::new(rest);
        read_into(&mut decoder, out, limit)?;
        rest = decoder.into_inner();
    }
    let is_padding = rest.iter().all(|&byte| byte == 0);
    Ok(if is_padding { 0 } else { rest.len() })
}

/// Frames one behind the other, with what is to be skipped between them. Returns how many bytes follow that are no frame.
fn zstd(bytes: &[u8], out: &mut Vec<u8>, limit: usize) -> Result<usize, Stop> {
    let mut rest = bytes;
    let mut parts = 0;
    loop {
        match *rest {
            [0x28, 0xb5, 0x2f, 0xfd, ..] if parts == MAX_PARTS => return Err(Stop::Parts),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                parts += 1;
                zstd_frame(&mut rest, out, limit)?;
            }
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] => {
                let length = usize::try_from(u32::from_le_bytes([a, b, c, d]));
                let end = length.ok().and_then(|length| length.checked_add(8));
                let Some(behind) = end.and_then(|end| rest.get(end..)) else {
                    return Err(Stop::Damaged("it ends too early".to_owned()));
                };
                rest = behind;
            }
            _ => return Ok(rest.len()),
        }
    }
}

fn zstd_frame(rest: &mut &[u8], out: &mut Vec<u8>, limit: usize) -> Result<(), Stop> {
    let damaged = |err: ruzstd::decoding::errors::FrameDecoderError| Stop::Damaged(err.to_string());
    let window = MAX_OPENED as u64;
    let mut decoder =
        StreamingDecoder::new_with_max_window_size(&mut *rest, window).map_err(damaged)?;
    read_into(&mut decoder, out, limit)?;
    let frame = decoder.into_frame_decoder();
    let expected = frame.get_checksum_from_data();
    if expected.is_some() && expected != frame.get_calculated_checksum() {
        return Err(Stop::Damaged("its checksum is wrong".to_owned()));
    }
    Ok(())
}

/// Bytes of base64 in either alphabet, with or without padding, line ends and a `data:` head.
fn unbase64(text: &[u8]) -> Option<Vec<u8>> {
    let text = behind_data_head(text).unwrap_or(text);
    let digits: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let is_url = digits.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let alphabet = if is_url {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config).decode(digits).ok()
}

/// What stands behind `data:image/png;base64,` (RFC 2397).
fn behind_data_head(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"data:")?;
    let comma = rest.iter().take(200).position(|&byte| byte == b',')?;
    let (head, data) = rest.split_at_checked(comma)?;
    head.ends_with(b";base64").then(|| &data[1..])
}

/// Whether these bytes are base64 of something that says what it is: a picture, or compressed data. Words are made of the
/// same letters, so nothing less is sure.
fn is_surely_base64(bytes: &[u8]) -> bool {
    if behind_data_head(bytes).is_some() {
        return true;
    }
    let is_digit = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'\r' | b'\n')
    };
    let head = &bytes[..bytes.len().min(64)];
    if bytes.len() < 32 || !head.iter().all(is_digit) {
        return false;
    }
    let whole = head.len() / 4 * 4;
    let Some(begin) = unbase64(&head[..whole]) else {
        return false;
    };
    let is_known = picture::kind(&begin).is_some()
        || matches!(
            begin[..],
            [0x1f, 0x8b, 8, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..]
        );
    is_known && bytes.iter().all(is_digit)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    const TEXT: &[u8] = b"{\"t\": 21.4, \"t2\": 21.4, \"t3\": 21.4}";

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlibbed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstded(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn opened(payload: Vec<u8>) -> (Vec<&'static str>, Bytes, Vec<String>) {
        let mut opening = Opening::new(&payload.into());
        opening.open_all();
        let names = opening.layers.iter().map(|layer| layer.name).collect();
        (names, opening.bytes, opening.notices)
    }

    #[test]
    fn wrappings_are_opened_one_inside_the_other() {
        assert_eq!(opened(gzipped(TEXT)), (vec!["gzip"], TEXT.into(), vec![]));
        assert_eq!(opened(zlibbed(TEXT)), (vec!["zlib"], TEXT.into(), vec![]));
        assert_eq!(opened(zstded(TEXT)), (vec!["zstd"], TEXT.into(), vec![]));
        let both = gzipped(&zstded(TEXT));
        assert_eq!(
            opened(both.clone()),
            (vec!["gzip", "zstd"], TEXT.into(), vec![])
        );
        let written = base64::engine::general_purpose::STANDARD.encode(both);
        let names = vec!["base64", "gzip", "zstd"];
        assert_eq!(opened(written.into_bytes()), (names, TEXT.into(), vec![]));
        assert_eq!(opened(TEXT.to_vec()), (vec![], TEXT.into(), vec![]));
    }

    #[test]
    fn members_and_frames_follow_each_other() {
        let twice = [TEXT, TEXT].concat();
        assert_eq!(opened([gzipped(TEXT), gzipped(TEXT)].concat()).1, twice);
        let skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
        assert_eq!(
            opened([skipped, zstded(TEXT), zstded(TEXT)].concat()).1,
            twice
        );
        for (wrap, name) in [(gzipped as fn(&[u8]) -> _, "gzip"), (zstded, "zstd")] {
            let many = [wrap(TEXT), wrap(b"").repeat(MAX_PARTS)].concat();
            let (names, inside, notices) = opened(many);
            assert_eq!((names, inside.as_ref()), (vec![name], TEXT));
            assert!(notices[0].contains("more than 4,096 parts"), "{notices:?}");
        }
        let (_, inside, notices) = opened([gzipped(TEXT), b"more".to_vec()].concat());
        assert_eq!(inside, TEXT);
        assert!(
            notices[0].starts_with("4 bytes behind the gzip data"),
            "{notices:?}"
        );
    }

    #[test]
    fn damage_is_said_and_what_is_whole_is_shown() {
        let long: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
        let half = |wrapped: Vec<u8>| wrapped[..wrapped.len() / 2].to_vec();
        let (names, inside, notices) = opened(half(gzipped(&long)));
        assert_eq!(names, ["gzip"]);
        assert!(!inside.is_empty() && long.starts_with(&inside));
        assert!(notices[0].contains("is damaged behind"), "{notices:?}");
        let (names, _, notices) = opened(half(zstded(TEXT)));
        assert!(names.is_empty());
        assert!(notices[0].starts_with("It begins like zstd"), "{notices:?}");
        let (names, _, notices) = opened(b"\x1f\x8b\x08nonsense".to_vec());
        assert!(names.is_empty());
        assert!(notices[0].starts_with("It begins like gzip"), "{notices:?}");
        // what begins like zlib by chance is text
        assert_eq!(opened(b"x^2 + y^2".to_vec()).0, Vec::<&str>::new());
    }

    #[test]
    fn bombs_are_cut() {
        let zeros = vec![0; 600_000];
        for bomb in [
            [gzipped(&zeros), gzipped(&zeros)].concat(),
            zlibbed(&vec![0; 1_200_000]),
            zstded(&vec![0; 1_200_000]),
        ] {
            let mut opening = Opening::within(&bomb.into(), 1 << 20);
            opening.open_all();
            assert_eq!(opening.bytes.len(), 1 << 20);
            assert!(
                opening.notices[0].contains("holds more than 1.0 MiB"),
                "{:?}",
                opening.notices
            );
        }
        let mut nested = TEXT.to_vec();
        for _ in 0..10 {
            nested = gzipped(&nested);
        }
        let (names, _, notices) = opened(nested);
        assert_eq!(names.len(), MAX_LAYERS);
        assert!(notices[0].contains("More than 4 wrappings"), "{notices:?}");
    }

    #[test]
    fn what_may_grow_is_known_by_its_head() {
        for bytes in [gzipped(TEXT), zlibbed(TEXT), zstded(TEXT)] {
            assert!(may_grow(&bytes), "{bytes:?}");
        }
        let written = base64::engine::general_purpose::STANDARD.encode(gzipped(&[0; 9_000]));
        assert!(may_grow(written.as_bytes()));
        assert!(may_grow(b"RIFF\x10\0\0\0WEBPVP8L"));
        assert!(may_grow(b"Obj\x01\x04"));
        assert!(may_grow(b"\x18\x01\x22\x12SPBV1.0_COMPRESSED"));
        assert!(!may_grow(TEXT));
        assert!(!may_grow(b"21.4"));
        assert!(!may_grow(b""));
    }

    #[test]
    fn deflate_and_base64_are_opened_when_asked() {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(TEXT).unwrap();
        let mut opening = Opening::new(&encoder.finish().unwrap().into());
        opening.open(Wrapping::Deflate);
        assert_eq!(opening.bytes, TEXT);
        for text in [
            "aGVsbG8_",
            "aGVsbG8/",
            "aGVs\r\nbG8/",
            "data:text/plain;base64,aGVsbG8/",
        ] {
            let mut opening = Opening::new(&Bytes::from(text));
            opening.open(Wrapping::Base64);
            assert_eq!(opening.bytes, &b"hello?"[..], "{text}");
        }
        let mut opening = Opening::new(&Bytes::from("21.4 °C"));
        opening.open(Wrapping::Base64);
        assert!(opening.layers.is_empty() && opening.notices.len() == 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_opened_or_left(
            head in proptest::sample::select(vec![
                &b""[..], b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18", b"\x78\x9c", b"data:a;base64,",
            ]),
            rest: Vec<u8>,
        ) {
            let payload = [head, &rest].concat();
            let (names, inside, _) = opened(payload.clone());
            prop_assert!(!names.is_empty() || inside == payload);
        }

        #[test]
        fn damaged_wrappings_never_panic(
            kind in 0..3_usize,
            hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            let text = TEXT.repeat(40);
            let mut payload = [gzipped, zlibbed, zstded][kind](&text);
            for (at, byte) in hits {
                let at = at.index(payload.len());
                payload[at] = byte;
            }
            let _opened = opened(payload);
        }
    }
}

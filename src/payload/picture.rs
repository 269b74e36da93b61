//! Pictures: what they are by their first bytes, and their pixels within limits.

use std::io::Cursor;

use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::format::thousands;
use super::misfit::Misfit;
use super::reading::Picture;

/// Greatest width and height in pixels.
pub const MAX_SIDE: u32 = 16_384;
/// Most bytes that a picture may take in memory while it is decoded.
pub const MAX_MEMORY: u64 = 256 << 20;

/// A picture ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Rows from the top, pixels from the left: red, green, blue and opacity, not multiplied.
    pub rgba: Vec<u8>,
}

/// The kind of picture that `payload` begins like, as [`Picture::kind`] names it.
pub(super) fn kind(payload: &[u8]) -> Option<&'static str> {
    format(payload).map(|(_, name)| name)
}

fn format(payload: &[u8]) -> Option<(ImageFormat, &'static str)> {
    match payload {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some((ImageFormat::Png, "PNG")),
        [0xff, 0xd8, 0xff, ..] => Some((ImageFormat::Jpeg, "JPEG")),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some((ImageFormat::Gif, "GIF")),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some((ImageFormat::WebP, "WebP")),
        // its four reserved bytes are zero, and a header of one of few lengths follows
        [
            b'B',
            b'M',
            _,
            _,
            _,
            _,
            0,
            0,
            0,
            0,
            _,
            _,
            _,
            _,
            12 | 40 | 52 | 56 | 64 | 108 | 124,
            0,
            0,
            0,
            ..,
        ] => Some((ImageFormat::Bmp, "BMP")),
        _ => None,
    }
}

/// What a picture is, from its header alone.
///
/// # Errors
/// [`Misfit`] when it is no picture, or has no size.
pub(super) fn describe(payload: &[u8]) -> Result<Picture, Misfit> {
    let (_, kind) = format(payload).ok_or_else(no_picture)?;
    let size = imagesize::blob_size(payload).map_err(|_no_size| Misfit::Said {
        format: kind,
        what: "its size cannot be read".to_owned(),
    })?;
    let in_pixels = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Ok(Picture {
        kind,
        width: in_pixels(size.width),
        height: in_pixels(size.height),
    })
}

fn no_picture() -> Misfit {
    Misfit::Other(
        "Not a PNG, JPEG, GIF, WebP or BMP picture. Choose another format, or look at it as hex."
            .to_owned(),
    )
}

/// The pixels of a picture, turned as its camera says; the first frame of an animation. Takes time: not for a frame.
///
/// # Errors
/// A sentence when it is no picture, damaged, or too big.
pub fn pixels(payload: &[u8]) -> Result<Pixels, Misfit> {
    let (format, kind) = format(payload).ok_or_else(no_picture)?;
    let picture = describe(payload)?;
    if picture.width > MAX_SIDE || picture.height > MAX_SIDE {
        return Err(too_big(&picture));
    }
    let damaged = |err: image::ImageError| match err {
        image::ImageError::Limits(_) => too_big(&picture),
        err => Misfit::Said {
            format: kind,
            what: err.to_string(),
        },
    };
    let mut reader = ImageReader::with_format(Cursor::new(payload), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    limits().reserve(decoder.total_bytes()).map_err(damaged)?;
    let turn = decoder.orientation().map_err(damaged)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    image.apply_orientation(turn);
    let image = image.into_rgba8();
    Ok(Pixels {
        width: image.width(),
        height: image.height(),
        rgba: image.into_raw(),
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

fn too_big(picture: &Picture) -> Misfit {
    Misfit::Other(format!(
        "The picture has {} × {} pixels, more than Canopy takes into memory. Save the payload and open it with another program.",
        thousands(picture.width.into()),
        thousands(picture.height.into())
    ))
}

/// Whether more than one picture is inside. Takes time: not for a frame.
pub(super) fn is_animated(payload: &[u8]) -> bool {
    let Some((format, _)) = format(payload) else {
        return false;
    };
    let cursor = Cursor::new(payload);
    match format {
        ImageFormat::Png => image::codecs::png::PngDecoder::with_limits(cursor, limits())
            .and_then(|decoder| decoder.is_apng())
            .unwrap_or(false),
        ImageFormat::WebP => image::codecs::webp::WebPDecoder::new(cursor)
            .is_ok_and(|decoder| decoder.has_animation()),
        ImageFormat::Gif => {
            let decoder = image::codecs::gif::GifDecoder::new(cursor).and_then(|mut decoder| {
                decoder.set_limits(limits())?;
                Ok(decoder)
            });
            decoder.is_ok_and(|decoder| decoder.into_frames().nth(1).is_some())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    fn written(format: ImageFormat) -> Vec<u8> {
        let image =
            RgbaImage::from_fn(5, 3, |x, _| Rgba([if x == 4 { 200 } else { 0 }, 0, 7, 255]));
        let image = DynamicImage::ImageRgba8(image);
        let mut out = Cursor::new(Vec::new());
        match format {
            ImageFormat::Jpeg => image.to_rgb8().write_to(&mut out, format).unwrap(),
            _ => image.write_to(&mut out, format).unwrap(),
        }
        out.into_inner()
    }

    const ALL: [(ImageFormat, &str); 5] = [
        (ImageFormat::Png, "PNG"),
        (ImageFormat::Jpeg, "JPEG"),
        (ImageFormat::Gif, "GIF"),
        (ImageFormat::WebP, "WebP"),
        (ImageFormat::Bmp, "BMP"),
    ];

    #[test]
    fn pictures_are_described_and_drawn() {
        for (format, kind) in ALL {
            let payload = written(format);
            let (width, height) = (5, 3);
            assert_eq!(
                describe(&payload).unwrap(),
                Picture {
                    kind,
                    width,
                    height
                }
            );
            let pixels = pixels(&payload).unwrap();
            assert_eq!((pixels.width, pixels.height), (5, 3));
            assert_eq!(pixels.rgba.len(), 5 * 3 * 4);
            if kind != "JPEG" && kind != "GIF" {
                assert_eq!(pixels.rgba[16..20], [200, 0, 7, 255], "{kind}");
            }
        }
    }

    #[test]
    fn what_is_too_big_or_broken_is_said() {
        let mut png = written(ImageFormat::Png);
        png[16..20].copy_from_slice(&1_000_000_u32.to_be_bytes());
        let said = pixels(&png).unwrap_err().to_string();
        assert!(
            said.starts_with("The picture has 1,000,000 × 3 pixels"),
            "{said}"
        );
        assert!(pixels(&png[..40]).is_err());
        assert!(pixels(b"BMW").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_pictures_never_panic(
            kind in 0..5_usize,
            hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        ) {
            let mut payload = written(ALL[kind].0);
            for (at, byte) in hits {
                let at = at.index(payload.len());
                payload[at] = byte;
            }
            let _drawn = pixels(&payload);
        }
    }
}

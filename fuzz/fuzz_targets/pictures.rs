//! Pictures: headers and pixels.

#![no_main]

use canopy_fuzz::payload::Format;
use canopy_fuzz::payload::picture::pixels;

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    canopy_fuzz::read(payload, Some(Format::Image));
    if let Ok(pixels) = pixels(payload) {
        assert_eq!(
            pixels.rgba.len() as u64,
            u64::from(pixels.width) * u64::from(pixels.height) * 4
        );
    }
});

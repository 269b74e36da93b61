//! Text in every character set, JSON and JSON Lines.

#![no_main]

use canopy_fuzz::payload::Format;

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    canopy_fuzz::read(payload, None);
    for format in [
        Format::Json,
        Format::Text,
        Format::Utf16Le,
        Format::Utf16Be,
        Format::Latin1,
    ] {
        canopy_fuzz::read(payload, Some(format));
    }
});

//! Compression and base64, one inside the other.

#![no_main]

use canopy_fuzz::payload::Format;

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    canopy_fuzz::read(payload, None);
    for format in [Format::Base64, Format::Deflate] {
        canopy_fuzz::read(payload, Some(format));
    }
});

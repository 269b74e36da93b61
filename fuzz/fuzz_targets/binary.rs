//! CBOR, `MessagePack` and binary numbers.

#![no_main]

use canopy_fuzz::payload::{Format, preview};

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    canopy_fuzz::read(payload, None);
    for format in [Format::Cbor, Format::MessagePack]
        .into_iter()
        .chain(Format::NUMBERS)
    {
        canopy_fuzz::read(payload, Some(format));
    }
    assert!(preview(payload, 60).chars().count() <= 60);
});

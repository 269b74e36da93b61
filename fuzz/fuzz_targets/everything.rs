//! Every payload in every format, as it is shown, compared and searched.

#![no_main]

use canopy_fuzz::payload::{Format, preview};

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    let formats = Format::ALL_SIMPLE
        .into_iter()
        .chain(Format::NUMBERS)
        .map(Some);
    for chosen in formats.chain([None]) {
        canopy_fuzz::read(payload, chosen);
    }
    assert!(preview(payload, 60).chars().count() <= 60);
});

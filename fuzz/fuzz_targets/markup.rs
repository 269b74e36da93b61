//! XML and YAML.

#![no_main]

use canopy_fuzz::payload::Format;

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    canopy_fuzz::read(payload, None);
    for format in [Format::Xml, Format::Yaml] {
        canopy_fuzz::read(payload, Some(format));
    }
});

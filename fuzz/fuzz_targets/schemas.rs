//! Protobuf without a schema, Avro and Sparkplug B.

#![no_main]

use canopy_fuzz::payload::Format;

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    let avro = Format::Avro(String::new());
    for format in [Format::ProtobufFields, Format::SparkplugB, avro] {
        canopy_fuzz::read(payload, Some(format));
    }
});

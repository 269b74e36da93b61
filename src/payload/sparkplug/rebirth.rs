//! The command that makes an edge node send its births again (Sparkplug 3.0, 6.4.24).

use prost::bytes::BufMut;
use prost::encoding::{WireType, encode_key, encode_varint};

/// The payload of an NCMD that asks for a rebirth, sent at this time in milliseconds since 1970.
pub fn rebirth_command(now: u64) -> Vec<u8> {
    let mut metric = Vec::new();
    delimited(&mut metric, 1, b"Node Control/Rebirth");
    number(&mut metric, 3, now);
    // type Boolean, value true
    number(&mut metric, 4, 11);
    number(&mut metric, 14, 1);
    let mut payload = Vec::new();
    number(&mut payload, 1, now);
    delimited(&mut payload, 2, &metric);
    payload
}

fn number(to: &mut Vec<u8>, field: u32, value: u64) {
    encode_key(field, WireType::Varint, to);
    encode_varint(value, to);
}

fn delimited(to: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    encode_key(field, WireType::LengthDelimited, to);
    encode_varint(bytes.len() as u64, to);
    to.put_slice(bytes);
}

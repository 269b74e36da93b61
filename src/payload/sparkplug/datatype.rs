//! The types of Sparkplug B by their numbers (Sparkplug 3.0, 6.4.16).

/// What the bits of a value mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// As they were sent.
    Plain,
    /// An integer in two's complement of this many bits.
    Signed(u32),
    /// An integer without sign of this many bits.
    Unsigned(u32),
    /// Milliseconds since 1970.
    DateTime,
    /// Several values in bytes: of this many bytes each, with this meaning.
    Array(Element),
}

/// The values of an array, which stand one behind the other in the bytes, least significant byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Integers of this many bytes.
    Integer {
        /// Bytes of each.
        size: usize,
        /// Whether they are in two's complement.
        is_signed: bool,
    },
    /// 32-bit floats.
    Float,
    /// 64-bit floats.
    Double,
    /// Bits behind a count.
    Boolean,
    /// Texts, each ending with a zero.
    String,
    /// Milliseconds since 1970.
    DateTime,
}

const fn integers(size: usize, is_signed: bool) -> Meaning {
    Meaning::Array(Element::Integer { size, is_signed })
}

/// Name and meaning of each type, by number from 0.
const ALL: [(&str, Meaning); 35] = [
    ("Unknown", Meaning::Plain),
    ("Int8", Meaning::Signed(8)),
    ("Int16", Meaning::Signed(16)),
    ("Int32", Meaning::Signed(32)),
    ("Int64", Meaning::Signed(64)),
    ("UInt8", Meaning::Unsigned(8)),
    ("UInt16", Meaning::Unsigned(16)),
    ("UInt32", Meaning::Unsigned(32)),
    ("UInt64", Meaning::Unsigned(64)),
    ("Float", Meaning::Plain),
    ("Double", Meaning::Plain),
    ("Boolean", Meaning::Plain),
    ("String", Meaning::Plain),
    ("DateTime", Meaning::DateTime),
    ("Text", Meaning::Plain),
    ("UUID", Meaning::Plain),
    ("DataSet", Meaning::Plain),
    ("Bytes", Meaning::Plain),
    ("File", Meaning::Plain),
    ("Template", Meaning::Plain),
    ("PropertySet", Meaning::Plain),
    ("PropertySetList", Meaning::Plain),
    ("Int8Array", integers(1, true)),
    ("Int16Array", integers(2, true)),
    ("Int32Array", integers(4, true)),
    ("Int64Array", integers(8, true)),
    ("UInt8Array", integers(1, false)),
    ("UInt16Array", integers(2, false)),
    ("UInt32Array", integers(4, false)),
    ("UInt64Array", integers(8, false)),
    ("FloatArray", Meaning::Array(Element::Float)),
    ("DoubleArray", Meaning::Array(Element::Double)),
    ("BooleanArray", Meaning::Array(Element::Boolean)),
    ("StringArray", Meaning::Array(Element::String)),
    ("DateTimeArray", Meaning::Array(Element::DateTime)),
];

/// The name of a type: `type 99` for one that Sparkplug does not have, `type not sent` for none.
pub fn name(datatype: u32) -> String {
    match ALL.get(datatype as usize) {
        Some(_) if datatype == 0 => "type not sent".to_owned(),
        Some((name, _)) => (*name).to_owned(),
        None => format!("type {datatype}"),
    }
}

/// What the bits of a value of the type mean.
pub fn meaning(datatype: u32) -> Meaning {
    ALL.get(datatype as usize)
        .map_or(Meaning::Plain, |(_, meaning)| *meaning)
}

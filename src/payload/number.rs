//! A payload that is one binary number, as a document of one value, so that it can be compared and charted like any other.

use super::digits;
use super::document::{Builder, Document};
use super::misfit::Misfit;
use super::reading::{ByteOrder, NumberKind, NumberShape};

/// The number in `payload`.
///
/// # Errors
/// [`Misfit`] when it has another length than such a number.
pub(super) fn document(payload: &[u8], kind: NumberKind) -> Result<Document, Misfit> {
    let mut builder = Builder::new();
    let bits = Bits::read(payload, kind.order).filter(|bits| kind.shape.takes(bits.length));
    let Some(bits) = bits else {
        return Err(wrong_length(payload.len(), kind.shape));
    };
    match (kind.shape, bits.length) {
        (NumberShape::Unsigned, _) => builder.number(&bits.unsigned.to_string()),
        (NumberShape::Signed, _) => builder.number(&bits.signed().to_string()),
        (NumberShape::Float, 4) => {
            let low = u32::try_from(bits.unsigned).unwrap_or_default();
            digits::push_f32(&mut builder, f32::from_bits(low));
        }
        (NumberShape::Float, _) => digits::push_f64(&mut builder, f64::from_bits(bits.unsigned)),
        (NumberShape::UnixSeconds, 4) => {
            let seconds = i64::try_from(bits.unsigned).unwrap_or_default();
            push_time(&mut builder, seconds, digits::date(seconds, 0).as_deref());
        }
        (NumberShape::UnixSeconds, _) => {
            let date = digits::date(bits.signed(), 0);
            push_time(&mut builder, bits.signed(), date.as_deref());
        }
        (NumberShape::UnixMillis, _) => {
            let at = jiff::Timestamp::from_millisecond(bits.signed());
            let date = at.ok().map(|at| at.to_string());
            push_time(&mut builder, bits.signed(), date.as_deref());
        }
    }
    Ok(builder.finish()?)
}

impl NumberShape {
    /// Whether such a number may have this many bytes.
    pub fn takes(self, length: usize) -> bool {
        match self {
            Self::Unsigned | Self::Signed => matches!(length, 1 | 2 | 4 | 8),
            Self::Float | Self::UnixSeconds => matches!(length, 4 | 8),
            Self::UnixMillis => length == 8,
        }
    }
}

/// Up to eight bytes in the order of their weight.
#[derive(Clone, Copy)]
struct Bits {
    unsigned: u64,
    length: usize,
}

impl Bits {
    fn read(payload: &[u8], order: ByteOrder) -> Option<Self> {
        if payload.len() > 8 {
            return None;
        }
        let shifted = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        let unsigned = match order {
            ByteOrder::BigEndian => payload.iter().fold(0, shifted),
            ByteOrder::LittleEndian => payload.iter().rev().fold(0, shifted),
        };
        Some(Self {
            unsigned,
            length: payload.len(),
        })
    }

    fn signed(&self) -> i64 {
        let unused = 64_usize.saturating_sub(self.length * 8);
        self.unsigned
            .cast_signed()
            .wrapping_shl(u32::try_from(unused).unwrap_or_default())
            >> unused.min(63)
    }
}

fn push_time(builder: &mut Builder, number: i64, date: Option<&str>) {
    builder.number(&number.to_string());
    builder.note(date.unwrap_or("beyond the calendar"));
}

fn wrong_length(length: usize, shape: NumberShape) -> Misfit {
    let takes = match shape {
        NumberShape::Unsigned | NumberShape::Signed => "1, 2, 4 or 8 bytes",
        NumberShape::Float | NumberShape::UnixSeconds => "4 or 8 bytes",
        NumberShape::UnixMillis => "8 bytes",
    };
    Misfit::Other(format!(
        "Such a number has {takes}, this payload has {length}. Choose another format, or look at it as hex."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::document::ValueId;

    fn shown(payload: &[u8], shape: NumberShape, order: ByteOrder) -> String {
        match document(payload, NumberKind { shape, order }) {
            Ok(document) => match document.note(ValueId::ROOT) {
                Some(note) => format!("{} ({note})", document.text(ValueId::ROOT)),
                None => document.text(ValueId::ROOT).to_owned(),
            },
            Err(err) => err.to_string(),
        }
    }

    #[test]
    fn integers_keep_all_digits_in_both_orders() {
        use ByteOrder::{BigEndian, LittleEndian};
        use NumberShape::{Signed, Unsigned};
        assert_eq!(shown(&[0xff], Unsigned, BigEndian), "255");
        assert_eq!(shown(&[0xff], Signed, BigEndian), "-1");
        assert_eq!(shown(&[1, 2], Unsigned, BigEndian), "258");
        assert_eq!(shown(&[1, 2], Unsigned, LittleEndian), "513");
        assert_eq!(shown(&[0x80, 0, 0, 0], Signed, BigEndian), "-2147483648");
        assert_eq!(
            shown(&[0xff; 8], Unsigned, LittleEndian),
            u64::MAX.to_string()
        );
        assert_eq!(
            shown(&[0, 0, 0, 0, 0, 0, 0, 0x80], Signed, LittleEndian),
            i64::MIN.to_string()
        );
    }

    #[test]
    fn floats_and_times_are_read() {
        use ByteOrder::{BigEndian, LittleEndian};
        use NumberShape::{Float, UnixMillis, UnixSeconds};
        assert_eq!(shown(&21.4_f32.to_be_bytes(), Float, BigEndian), "21.4");
        assert_eq!(shown(&21.4_f64.to_le_bytes(), Float, LittleEndian), "21.4");
        assert_eq!(
            shown(&1_363_896_240_u32.to_be_bytes(), UnixSeconds, BigEndian),
            "1363896240 (2013-03-21T20:04:00Z)"
        );
        assert_eq!(
            shown(
                &1_363_896_240_500_i64.to_le_bytes(),
                UnixMillis,
                LittleEndian
            ),
            "1363896240500 (2013-03-21T20:04:00.5Z)"
        );
        assert_eq!(
            shown(&i64::MAX.to_be_bytes(), UnixMillis, BigEndian),
            "9223372036854775807 (beyond the calendar)"
        );
    }

    #[test]
    fn another_length_is_said() {
        for payload in [&[0; 3][..], &[0; 9], &[0; 5]] {
            let said = shown(payload, NumberShape::Unsigned, ByteOrder::BigEndian);
            assert!(
                said.contains(&format!("this payload has {}", payload.len())),
                "{said}"
            );
        }
    }
}

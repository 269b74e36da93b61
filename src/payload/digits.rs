//! Binary numbers written out: every digit that counts, and not one that the sender did not mean.

use super::document::{Builder, Kind};

/// Most bytes of a big number that is written in decimal digits; their cost grows with the square.
pub(super) const MAX_BIG: usize = 256;

/// Adds a 64-bit float with the fewest digits that lead back to it: `21.0`, `1e-7`, `NaN`.
pub(super) fn push_f64(builder: &mut Builder, value: f64) {
    push(
        builder,
        value.is_finite(),
        &word(value, format!("{value:?}")),
    );
}

/// Adds a 32-bit float with the fewest digits that lead back to it: the sender's 21.4 is no 21.399999618530273.
pub(super) fn push_f32(builder: &mut Builder, value: f32) {
    push(
        builder,
        value.is_finite(),
        &word(f64::from(value), format!("{value:?}")),
    );
}

/// Adds a 16-bit float, given as the same 64-bit one, with the fewest digits that lead back to it.
pub(super) fn push_f16(builder: &mut Builder, value: f64) {
    push(builder, value.is_finite(), &word(value, half_digits(value)));
}

fn push(builder: &mut Builder, is_finite: bool, text: &str) {
    let kind = if is_finite {
        Kind::Number
    } else {
        Kind::Literal
    };
    builder.scalar(kind, text);
}

/// What is no number in the words of JavaScript, as CBOR's notation has them (RFC 8949, 8).
fn word(value: f64, digits: String) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value == f64::INFINITY {
        "Infinity".to_owned()
    } else if value == f64::NEG_INFINITY {
        "-Infinity".to_owned()
    } else {
        digits
    }
}

/// The fewest digits of which `value`, a 16-bit float, is the nearest one.
fn half_digits(value: f64) -> String {
    let shortest = (0..6)
        .filter_map(|digits| format!("{value:.digits$e}").parse::<f64>().ok())
        .find(|&candidate| is_nearest_half(candidate, value));
    format!("{:?}", shortest.unwrap_or(value))
}

/// Whether `half` is the 16-bit float next to `candidate`.
fn is_nearest_half(candidate: f64, half: f64) -> bool {
    // 10 bits behind the point; below 2^-14 they stay where they are
    let exponent = (half.abs().log2().floor()).max(-14.0);
    let step = (exponent - 10.0).exp2();
    let is_power = exponent > -14.0 && half.abs() <= exponent.exp2();
    let is_below = candidate.abs() < half.abs();
    let reach = if is_power && is_below {
        step / 4.0
    } else {
        step / 2.0
    };
    (candidate - half).abs() < reach
}

/// An integer of any length, most significant byte first; `None` when it is longer than [`MAX_BIG`].
pub(super) fn big(bytes: &[u8]) -> Option<String> {
    const STEP: u64 = 1_000_000_000;
    let significant = bytes.iter().position(|&byte| byte != 0);
    let bytes = &bytes[significant.unwrap_or(bytes.len())..];
    if bytes.len() > MAX_BIG {
        return None;
    }
    // groups of nine digits, least significant first
    let mut groups = vec![0_u64];
    for &byte in bytes {
        let mut carry = u64::from(byte);
        for group in &mut groups {
            let sum = *group * 256 + carry;
            *group = sum % STEP;
            carry = sum / STEP;
        }
        if carry > 0 {
            groups.push(carry);
        }
    }
    let mut digits = groups.pop().unwrap_or_default().to_string();
    digits.extend(groups.iter().rev().map(|group| format!("{group:09}")));
    Some(digits)
}

/// −1 − n, where `digits` are those of n.
pub(super) fn below_zero(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let nines = digits.len() - kept.len();
    let mut text = "-".to_owned();
    match kept.as_bytes().split_last() {
        Some((&last, rest)) => {
            text.extend(rest.iter().map(|&digit| char::from(digit)));
            text.push(char::from(last + 1));
        }
        None => text.push('1'),
    }
    text.extend(std::iter::repeat_n('0', nines));
    text
}

/// `mantissa` × 10^`exponent` in all its digits; with an exponent where zeros would fill a line.
pub(super) fn decimal(mantissa: &str, exponent: i64) -> String {
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    match exponent {
        0 => mantissa.to_owned(),
        -40..0 => {
            let places = usize::try_from(-exponent).unwrap_or_default();
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            format!("{sign}{whole}.{fraction}")
        }
        _ => format!("{mantissa}e{exponent}"),
    }
}

/// A time since 1970 as a date in UTC: `2013-03-21T20:04:00Z`; `None` when no calendar reaches it.
pub(super) fn date(seconds: i64, nanoseconds: i32) -> Option<String> {
    let at = jiff::Timestamp::new(seconds, nanoseconds).ok()?;
    Some(at.to_string())
}

/// A time in seconds with a fraction as a date in UTC.
pub(super) fn date_of_float(seconds: f64) -> Option<String> {
    if !seconds.is_finite() || seconds.abs() > 1e12 {
        return None;
    }
    // a float has microseconds to spare, not nanoseconds
    let micros = (seconds * 1e6).round();
    #[expect(clippy::cast_possible_truncation, reason = "at most 10^18")]
    let at = jiff::Timestamp::from_microsecond(micros as i64).ok()?;
    Some(at.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payload::document::ValueId;

    fn shown(add: impl Fn(&mut Builder)) -> String {
        let mut builder = Builder::new();
        add(&mut builder);
        let document = builder.finish().unwrap();
        document.text(ValueId::ROOT).to_owned()
    }

    #[test]
    fn floats_have_the_digits_that_were_meant() {
        assert_eq!(shown(|to| push_f32(to, 21.4)), "21.4");
        assert_eq!(shown(|to| push_f64(to, 21.0)), "21.0");
        assert_eq!(shown(|to| push_f64(to, 0.1 + 0.2)), "0.30000000000000004");
        assert_eq!(shown(|to| push_f64(to, -0.0)), "-0.0");
        assert_eq!(shown(|to| push_f32(to, f32::NEG_INFINITY)), "-Infinity");
        assert_eq!(shown(|to| push_f64(to, f64::NAN)), "NaN");
        let halves = [
            (1.0, "1.0"),
            (1.099_609_375, "1.1"),
            (65_504.0, "65500.0"),
            (5.960_464_477_539_063e-8, "6e-8"),
            (0.000_061_035_156_25, "6.104e-5"),
            (0.0, "0.0"),
            (-4.0, "-4.0"),
        ];
        for (value, text) in halves {
            assert_eq!(shown(|to| push_f16(to, value)), text);
        }
    }

    #[test]
    fn big_numbers_are_exact() {
        assert_eq!(big(&[]).unwrap(), "0");
        assert_eq!(big(&[0, 0, 7]).unwrap(), "7");
        assert_eq!(
            big(&[1, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap(),
            "18446744073709551616"
        );
        assert_eq!(big(&[1; MAX_BIG + 1]), None);
        assert_eq!(below_zero("0"), "-1");
        assert_eq!(below_zero("99"), "-100");
        assert_eq!(below_zero("18446744073709551616"), "-18446744073709551617");
        assert_eq!(decimal("27315", -2), "273.15");
        assert_eq!(decimal("-5", -3), "-0.005");
        assert_eq!(decimal("5", 3), "5e3");
        assert_eq!(decimal("5", -300), "5e-300");
    }

    #[test]
    fn dates_end_where_the_calendar_does() {
        assert_eq!(date(1_363_896_240, 0).unwrap(), "2013-03-21T20:04:00Z");
        assert_eq!(date(i64::MAX, 0), None);
        assert_eq!(
            date_of_float(1_363_896_240.5).unwrap(),
            "2013-03-21T20:04:00.5Z"
        );
        assert_eq!(date_of_float(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn big_numbers_agree_with_small_ones(number: u128) {
            let digits = big(&number.to_be_bytes()).unwrap();
            prop_assert_eq!(&digits, &number.to_string());
            if let Ok(number) = i128::try_from(number) {
                prop_assert_eq!(below_zero(&digits), (-1 - number).to_string());
            }
        }
    }
}

//! Whether two numbers that are written differently have the same value: 127.0 and 1.27e2. No digit passes through a float.

/// A decimal number as its significant digits and the power of ten of the last one.
#[derive(Debug, PartialEq, Eq)]
struct Decimal<'a> {
    is_negative: bool,
    /// The digits before the point and behind it, without zeros at the ends.
    whole: &'a str,
    fraction: &'a str,
    /// The power of ten of the point.
    exponent: i64,
}

/// Whether `left` and `right` are the same number. Texts that are no decimal numbers have to be the same.
pub fn is_same(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    match (Decimal::read(left), Decimal::read(right)) {
        (Some(left), Some(right)) => left.is_same(&right),
        _ => false,
    }
}

impl<'a> Decimal<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        Some(Self {
            is_negative: text.starts_with('-'),
            whole: whole.trim_start_matches('0'),
            fraction: fraction.trim_end_matches('0'),
            exponent,
        })
    }

    fn digits(&self) -> impl DoubleEndedIterator<Item = u8> + '_ {
        self.whole.bytes().chain(self.fraction.bytes())
    }

    /// The power of ten in front of the first digit that is not zero, and how many zeros stand before and behind those
    /// that are not; `None` for zero.
    fn place(&self) -> Option<(i64, usize, usize)> {
        let leading = self.digits().position(|digit| digit != b'0')?;
        let trailing = self.digits().rev().position(|digit| digit != b'0')?;
        let before_point = i64::try_from(self.whole.len()).ok()?;
        let place = self.exponent.checked_add(before_point)?;
        Some((
            place.checked_sub(i64::try_from(leading).ok()?)?,
            leading,
            trailing,
        ))
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self.place(), other.place()) {
            (Some((here, skip, left_out)), Some((there, other_skip, other_left_out))) => {
                let count = |of: &Self| of.whole.len() + of.fraction.len();
                let mine = self.digits().take(count(self) - left_out).skip(skip);
                let others = other
                    .digits()
                    .take(count(other) - other_left_out)
                    .skip(other_skip);
                here == there && self.is_negative == other.is_negative && mine.eq(others)
            }
            (None, None) => self.is_negative == other.is_negative,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn numbers_are_compared_digit_by_digit() {
        for (left, right) in [
            ("127.0", "127"),
            ("1.27e2", "127.00"),
            ("0.001", "1E-3"),
            ("0", "0.0e5"),
            ("100", "1e2"),
            ("18446744073709551616", "18446744073709551616.0"),
            ("00.10", "0.1"),
            ("1e400", "10e399"),
        ] {
            assert!(is_same(left, right), "{left} {right}");
            assert!(is_same(right, left), "{right} {left}");
        }
        for (left, right) in [
            ("18446744073709551616", "18446744073709551617"),
            ("127.0", "127.1"),
            ("1", "-1"),
            ("-0", "0"),
            ("1e5", "1e6"),
            ("0", "1"),
            ("NaN", "nan"),
            ("0x10", "16"),
            ("", "0"),
            ("1e99999999999999999999", "1"),
        ] {
            assert!(!is_same(left, right), "{left} {right}");
        }
    }
}

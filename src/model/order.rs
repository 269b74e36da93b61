//! The order of names as people count: numbers inside names by value, letter case only when nothing else differs.

use std::cmp::Ordering;

/// Compares two level names: `s2` before `s10`, `Alpha` beside `alpha`. A total order; only equal names are equal.
pub fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left.as_bytes(), right.as_bytes());
    loop {
        let order = match (a.first(), b.first()) {
            (None, None) => return left.cmp(right),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                compare_numbers(&mut a, &mut b)
            }
            (Some(x), Some(y)) => {
                let order = x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase());
                (a, b) = (&a[1..], &b[1..]);
                order
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The same for the first level, where the broker's own `$`-topics come last.
pub(super) fn natural_first_level(left: &str, right: &str) -> Ordering {
    left.starts_with('$')
        .cmp(&right.starts_with('$'))
        .then_with(|| natural(left, right))
}

/// Compares the digits at the front of both by value and takes them off.
fn compare_numbers(a: &mut &[u8], b: &mut &[u8]) -> Ordering {
    let (x, y) = (take_digits(a), take_digits(b));
    x.len().cmp(&y.len()).then_with(|| x.cmp(y))
}

/// Takes the digits off the front and returns them without leading zeros.
fn take_digits<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_by_value_and_case_hardly() {
        let mut names = [
            "s10",
            "S2",
            "s2",
            "s02",
            "",
            "1000000000000000000000",
            "9",
            "ß",
        ];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            [
                "",
                "9",
                "1000000000000000000000",
                "S2",
                "s02",
                "s2",
                "s10",
                "ß"
            ]
        );
    }

    #[test]
    fn reserved_topics_come_last() {
        let mut names = ["$SYS", "zebra", "#", "10"];
        names.sort_by(|a, b| natural_first_level(a, b));
        assert_eq!(names, ["#", "10", "zebra", "$SYS"]);
    }

    proptest! {
        #[test]
        fn it_is_a_total_order(a in "[a-cA-C0-2]{0,4}", b in "[a-cA-C0-2]{0,4}", c in "[a-cA-C0-2]{0,4}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
            prop_assert_eq!(natural(&a, &b) == Ordering::Equal, a == b);
            if natural(&a, &b) != Ordering::Greater && natural(&b, &c) != Ordering::Greater {
                prop_assert!(natural(&a, &c) != Ordering::Greater);
            }
        }
    }
}

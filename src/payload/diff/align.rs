//! Which items of two lists stand side by side, in time that grows with their length.

use std::hash::Hash;
use std::ops::Range;

use hashbrown::HashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Two lists that are not longer together are compared in full; the time for it may grow with the product.
const SMALL: usize = 2048;

/// Most pairs of items that are compared in full in all parts together; what comes behind stands as parts that differ.
const MAX_PAIRS: usize = 1 << 26;

/// How often the parts between common items are cut again.
const ROUNDS: usize = 4;

/// A part that differs: these items became those. One of the two may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// The parts that differ, in order; everything between them is the same.
pub fn differing<T: Eq + Hash + Ord>(old: &[T], new: &[T]) -> Vec<Part> {
    let mut parts = Vec::new();
    let all = Part {
        old: 0..old.len(),
        new: 0..new.len(),
    };
    let mut left = MAX_PAIRS;
    differing_within(old, new, &all, (ROUNDS, &mut left), &mut parts);
    parts.dedup_by(|next, before| {
        let touches = before.old.end == next.old.start && before.new.end == next.new.start;
        if touches {
            before.old.end = next.old.end;
            before.new.end = next.new.end;
        }
        touches
    });
    parts
}

fn differing_within<T: Eq + Hash + Ord>(
    old: &[T],
    new: &[T],
    part: &Part,
    (rounds, pairs_left): (usize, &mut usize),
    out: &mut Vec<Part>,
) {
    let part = trimmed(old, new, part);
    if part.old.is_empty() && part.new.is_empty() {
        return;
    }
    if part.old.is_empty() || part.new.is_empty() {
        out.push(part);
    } else if part.old.len() + part.new.len() <= SMALL {
        match pairs_left.checked_sub(part.old.len() * part.new.len()) {
            Some(left) => {
                *pairs_left = left;
                small(old, new, &part, out);
            }
            None => out.push(part),
        }
    } else if rounds == 0 {
        out.push(part);
    } else {
        between_anchors(old, new, part, (rounds - 1, pairs_left), out);
    }
}

/// The same part without what its ends have in common.
fn trimmed<T: Eq>(old: &[T], new: &[T], part: &Part) -> Part {
    let (left, right) = (&old[part.old.clone()], &new[part.new.clone()]);
    let pairs = left.iter().zip(right);
    let front = pairs.take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[front..], &right[front..]);
    let pairs = left.iter().rev().zip(right.iter().rev());
    let back = pairs.take_while(|(left, right)| left == right).count();
    Part {
        old: part.old.start + front..part.old.end - back,
        new: part.new.start + front..part.new.end - back,
    }
}

fn small<T: Eq + Hash + Ord>(old: &[T], new: &[T], part: &Part, out: &mut Vec<Part>) {
    let (left, right) = (&old[part.old.clone()], &new[part.new.clone()]);
    for op in capture_diff_slices(Algorithm::Myers, left, right) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let shift = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        out.push(Part {
            old: shift(op.old_range(), part.old.start),
            new: shift(op.new_range(), part.new.start),
        });
    }
}

/// Cuts a part at the items that stand once in both lists, in the same order, and looks between them.
fn between_anchors<T: Eq + Hash + Ord>(
    old: &[T],
    new: &[T],
    part: Part,
    (rounds, pairs_left): (usize, &mut usize),
    out: &mut Vec<Part>,
) {
    let anchors = anchors(old, new, &part);
    if anchors.is_empty() {
        out.push(part);
        return;
    }
    let (mut in_old, mut in_new) = (part.old.start, part.new.start);
    for (at_old, at_new) in anchors {
        let between = Part {
            old: in_old..at_old,
            new: in_new..at_new,
        };
        differing_within(old, new, &between, (rounds, pairs_left), out);
        (in_old, in_new) = (at_old + 1, at_new + 1);
    }
    let rest = Part {
        old: in_old..part.old.end,
        new: in_new..part.new.end,
    };
    differing_within(old, new, &rest, (rounds, pairs_left), out);
}

/// How often an item stands in the old and the new part, and where last.
#[derive(Default)]
struct Seen {
    old: (u32, usize),
    new: (u32, usize),
}

fn anchors<T: Eq + Hash>(old: &[T], new: &[T], part: &Part) -> Vec<(usize, usize)> {
    let mut seen: HashMap<&T, Seen> = HashMap::new();
    for place in part.old.clone() {
        let entry = &mut seen.entry(&old[place]).or_default().old;
        *entry = (entry.0 + 1, place);
    }
    for place in part.new.clone() {
        let entry = &mut seen.entry(&new[place]).or_default().new;
        *entry = (entry.0 + 1, place);
    }
    let pairs = part.old.clone().filter_map(|place| {
        let entry = seen.get(&old[place])?;
        (entry.old.0 == 1 && entry.new.0 == 1).then_some((place, entry.new.1))
    });
    longest_rising(&pairs.collect::<Vec<_>>())
}

/// The most pairs whose second numbers rise too.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (place, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < pair.1);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(place);
        } else {
            ends[length] = place;
        }
    }
    let last = ends.last().copied();
    let mut rising: Vec<_> = std::iter::successors(last, |&place| before[place])
        .map(|place| pairs[place])
        .collect();
    rising.reverse();
    rising
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the parts make of `old`.
    fn applied(old: &[u8], new: &[u8], parts: &[Part]) -> Vec<u8> {
        let mut made = Vec::new();
        let mut at = 0;
        for part in parts {
            made.extend_from_slice(&old[at..part.old.start]);
            made.extend_from_slice(&new[part.new.clone()]);
            at = part.old.end;
        }
        made.extend_from_slice(&old[at..]);
        made
    }

    #[test]
    fn long_lists_are_cut_where_they_agree() {
        let old: Vec<u32> = (0..20_000).collect();
        let mut new = old.clone();
        new.insert(15_000, 77_777);
        new.remove(3000);
        new[9000] = 88_888;
        let parts = differing(&old, &new);
        let expected = [
            (3000..3001, 3000..3000),
            (9001..9002, 9000..9001),
            (15_000..15_000, 14_999..15_000),
        ];
        let expected = expected.map(|(old, new)| Part { old, new });
        assert_eq!(parts, expected);
    }

    #[test]
    fn lists_without_anything_in_common_are_one_part() {
        let (old, new): (Vec<u32>, Vec<u32>) = ((0..9000).collect(), (9000..20_000).collect());
        let all = Part {
            old: 0..9000,
            new: 0..11_000,
        };
        assert_eq!(differing(&old, &new), [all]);
        let same_item = vec![1_u32; 6000];
        let other: Vec<u32> = [1, 2].repeat(4000);
        assert_eq!(differing(&same_item, &other).len(), 1);
    }

    proptest! {
        #[test]
        fn parts_lead_from_one_list_to_the_other(
            old in proptest::collection::vec(0_u8..6, 0..60),
            new in proptest::collection::vec(0_u8..6, 0..60),
        ) {
            let parts = differing(&old, &new);
            prop_assert_eq!(applied(&old, &new, &parts), new);
        }

        #[test]
        fn anchors_lead_there_too(
            old in proptest::collection::vec(any::<u8>(), 0..200),
            new in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut parts = Vec::new();
            let all = Part { old: 0..old.len(), new: 0..new.len() };
            between_anchors(&old, &new, all, (0, &mut MAX_PAIRS.clone()), &mut parts);
            prop_assert_eq!(applied(&old, &new, &parts), new);
        }
    }
}

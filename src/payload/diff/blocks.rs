//! Lines and bytes that differ.

use std::ops::Range;

use hashbrown::HashMap;

use super::align::{self, Part};

/// Longest lists of bytes, together, that are aligned; longer ones are compared place by place.
const ALIGNED: usize = 4096;
/// Places that are the same between two that differ, where both are told as one block of bytes.
const GAP: usize = 3;

/// A block that differs: these lines or bytes became those. One of the two may be empty.
pub type Block = Part;

/// The blocks that differ between two texts or rows of bytes; everything between them is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// In order, never touching.
    pub blocks: Vec<Block>,
    /// Lines or bytes of the old one.
    pub old_len: usize,
    /// Lines or bytes of the new one.
    pub new_len: usize,
}

impl Blocks {
    /// The block in which a line or byte of the new one stands.
    pub fn of_new(&self, place: usize) -> Option<&Block> {
        let after = self.blocks.partition_point(|block| block.new.end <= place);
        let block = self.blocks.get(after)?;
        block.new.contains(&place).then_some(block)
    }

    /// The blocks that have something in these lines or bytes of the new one, or were taken out in front of one of them
    /// or at its end.
    pub fn within_new(&self, range: &Range<usize>) -> &[Block] {
        let from = self
            .blocks
            .partition_point(|block| block.new.end < range.start);
        let to = self
            .blocks
            .partition_point(|block| block.new.start <= range.end);
        &self.blocks[from..to.max(from)]
    }
}

/// Compares two texts line by line.
pub fn lines(old: &str, new: &str) -> Blocks {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut numbered = |text| {
        let lines = str::split(text, '\n').map(|line| {
            let next = super::index(numbers.len());
            *numbers.entry(line).or_insert(next)
        });
        lines.collect::<Vec<u32>>()
    };
    let (old, new) = (numbered(old), numbered(new));
    Blocks {
        blocks: align::differing(&old, &new),
        old_len: old.len(),
        new_len: new.len(),
    }
}

/// Compares bytes: few so that what was put in or taken out is found, many place by place between their common ends.
pub fn bytes(old: &[u8], new: &[u8]) -> Blocks {
    let pairs = old.iter().zip(new);
    let front = pairs.take_while(|(old, new)| old == new).count();
    let pairs = old[front..].iter().rev().zip(new[front..].iter().rev());
    let back = pairs.take_while(|(old, new)| old == new).count();
    let (left, right) = (&old[front..old.len() - back], &new[front..new.len() - back]);
    let blocks = if left.len() == right.len() {
        place_by_place(left, right)
    } else if left.len() + right.len() <= ALIGNED {
        align::differing(left, right)
    } else {
        vec![Block {
            old: 0..left.len(),
            new: 0..right.len(),
        }]
    };
    let shift = |range: Range<usize>| range.start + front..range.end + front;
    let shifted = blocks.into_iter().map(|block| Block {
        old: shift(block.old),
        new: shift(block.new),
    });
    Blocks {
        blocks: shifted.collect(),
        old_len: old.len(),
        new_len: new.len(),
    }
}

fn place_by_place(old: &[u8], new: &[u8]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let pairs = old.iter().zip(new).enumerate();
    for (place, _) in pairs.filter(|(_, (old, new))| old != new) {
        match blocks.last_mut() {
            Some(last) if place <= last.new.end + GAP => {
                last.old.end = place + 1;
                last.new.end = place + 1;
            }
            _ => blocks.push(Block {
                old: place..place + 1,
                new: place..place + 1,
            }),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_that_came_and_went_are_told() {
        let diff = lines("a\nb\nc\nd", "a\nc\nx\nd\n");
        let blocks: Vec<_> = diff
            .blocks
            .iter()
            .map(|b| (b.old.clone(), b.new.clone()))
            .collect();
        assert_eq!(blocks, [(1..2, 1..1), (3..3, 2..3), (4..4, 4..5)]);
        assert_eq!((diff.old_len, diff.new_len), (4, 5));
        assert_eq!(diff.of_new(2), diff.blocks.get(1));
        assert_eq!(diff.of_new(1), None);
        assert_eq!(diff.within_new(&(0..1)).len(), 1);
    }

    #[test]
    fn bytes_of_the_same_length_are_compared_in_their_places() {
        let diff = bytes(
            b"\x00\x01\x02\x03\x04\x05\x06\x07\x08",
            b"\x00\xff\x02\x03\x04\x05\x06\xff\xff",
        );
        let blocks: Vec<_> = diff.blocks.iter().map(|b| b.new.clone()).collect();
        assert_eq!(blocks, [1..2, 7..9]);
        let longer = bytes(b"0123456789", b"01x23456x89");
        let blocks: Vec<_> = longer
            .blocks
            .iter()
            .map(|b| (b.old.clone(), b.new.clone()))
            .collect();
        assert_eq!(blocks, [(2..2, 2..3), (7..8, 8..9)]);
    }

    proptest! {
        #[test]
        fn blocks_of_bytes_lead_from_old_to_new(
            old in proptest::collection::vec(0_u8..4, 0..60),
            new in proptest::collection::vec(0_u8..4, 0..60),
        ) {
            let diff = bytes(&old, &new);
            let mut made = Vec::new();
            let mut at = 0;
            for block in &diff.blocks {
                prop_assert!(block.old.start >= at);
                made.extend_from_slice(&old[at..block.old.start]);
                prop_assert_eq!(made.len(), block.new.start);
                made.extend_from_slice(&new[block.new.clone()]);
                at = block.old.end;
            }
            made.extend_from_slice(&old[at..]);
            prop_assert_eq!(made, new);
        }
    }
}

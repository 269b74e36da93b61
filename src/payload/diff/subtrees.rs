//! A fingerprint of everything inside a value, so that equal parts of two documents are found without looking at every pair.

use std::hash::{BuildHasher, Hash, Hasher};

use super::super::document::{Document, Kind, ValueId};

/// The fingerprints of all values of a document. Members of an object may stand in any order.
#[derive(Debug)]
pub struct Subtrees(Vec<u64>);

impl Subtrees {
    /// Works them out, from the innermost values outwards.
    pub fn of(document: &Document, hasher: &impl BuildHasher) -> Self {
        let mut sums = vec![0_u64; document.len()];
        // members are read in this order, last first, so that an array sees its own from the last to the first
        for id in document.ids().rev() {
            let own = own(document, id, sums[id.0 as usize], hasher);
            sums[id.0 as usize] = own;
            if let Some(parent) = document.parent(id) {
                let sum = &mut sums[parent.0 as usize];
                *sum = match document.kind(parent) {
                    Kind::Object => sum.wrapping_add(hasher.hash_one((document.key(id), own))),
                    _ => hasher.hash_one((*sum, own)),
                };
            }
        }
        Self(sums)
    }

    /// The fingerprint of one value.
    pub fn get(&self, id: ValueId) -> u64 {
        self.0[id.0 as usize]
    }
}

fn own(document: &Document, id: ValueId, inside: u64, hasher: &impl BuildHasher) -> u64 {
    let mut state = hasher.build_hasher();
    document.kind(id).hash(&mut state);
    document.text(id).hash(&mut state);
    inside.hash(&mut state);
    state.finish()
}

/// Whether two values and everything inside them are written the same, in the same order.
pub fn is_identical(old: (&Document, ValueId), new: (&Document, ValueId)) -> bool {
    let (left, right) = (old.0.subtree(old.1), new.0.subtree(new.1));
    left.len() == right.len()
        && left
            .map(ValueId)
            .zip(right.map(ValueId))
            .all(|(in_old, in_new)| {
                let is_top = in_new == new.1;
                old.0.kind(in_old) == new.0.kind(in_new)
                    && old.0.text(in_old) == new.0.text(in_new)
                    && old.0.subtree(in_old).len() == new.0.subtree(in_new).len()
                    && (is_top || old.0.key(in_old) == new.0.key(in_new))
            })
}

//! From a hash to a number, split into many small tables, so that growing one never holds the lock for long.

use hashbrown::HashTable;

const SHARD_BITS: u32 = 6;

/// The hash is kept beside the number: growing needs no look at what is indexed, and most wrong candidates are
/// turned away without one.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u32,
    id: u32,
}

/// A hash index over things numbered elsewhere.
#[derive(Debug)]
pub(super) struct Index {
    shards: Vec<HashTable<Entry>>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            shards: (0..1 << SHARD_BITS).map(|_| HashTable::new()).collect(),
        }
    }
}

impl Index {
    /// The number under `hash` for which `is_it` says yes.
    pub(super) fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let short = shorten(hash);
        self.shards[shard(short)]
            .find(spread(short), |entry| {
                entry.hash == short && is_it(entry.id)
            })
            .map(|entry| entry.id)
    }

    /// Adds a number that [`Index::find`] did not find.
    pub(super) fn insert(&mut self, hash: u64, id: u32) {
        let hash = shorten(hash);
        self.shards[shard(hash)]
            .insert_unique(spread(hash), Entry { hash, id }, |entry| spread(entry.hash));
    }
}

/// Both halves of a hash folded into one.
fn shorten(hash: u64) -> u32 {
    let [low @ .., a, b, c, d] = hash.to_le_bytes();
    u32::from_le_bytes(low) ^ u32::from_le_bytes([a, b, c, d])
}

fn shard(hash: u32) -> usize {
    (hash >> (32 - SHARD_BITS)) as usize
}

/// The table wants entropy at both ends of 64 bits, although the top of `hash` is the same within a shard.
fn spread(hash: u32) -> u64 {
    u64::from(hash)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(32)
}

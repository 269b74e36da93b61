//! From a hash to a number, split into many small tables, so that growing one never holds the lock for long.

use hashbrown::HashTable;

const SHARD_BITS: u32 = 8;

/// Part of the hash is kept beside the number: growing needs no look at what is indexed, and most wrong candidates
/// are turned away without one. Six bytes, not eight: there are millions.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u16,
    id: [u16; 2],
}

impl Entry {
    fn new(hash: u16, id: u32) -> Self {
        let [a, b, c, d] = id.to_le_bytes();
        let id = [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])];
        Self { hash, id }
    }

    fn id(self) -> u32 {
        u32::from(self.id[0]) | u32::from(self.id[1]) << 16
    }
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
        let (shard, hash) = split(hash);
        self.shards[shard]
            .find(spread(hash), |entry| {
                entry.hash == hash && is_it(entry.id())
            })
            .map(|entry| entry.id())
    }

    /// Adds a number that [`Index::find`] did not find.
    pub(super) fn insert(&mut self, hash: u64, id: u32) {
        let (shard, hash) = split(hash);
        let entry = Entry::new(hash, id);
        self.shards[shard].insert_unique(spread(hash), entry, |entry| spread(entry.hash));
    }
}

/// The table, and what tells entries within it apart.
fn split(hash: u64) -> (usize, u16) {
    let [shard, low, high, ..] = hash.to_le_bytes();
    (usize::from(shard), u16::from_le_bytes([low, high]))
}

/// The table wants entropy at both ends of 64 bits.
fn spread(hash: u16) -> u64 {
    u64::from(hash)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(32)
}

//! What differs between two documents: members of objects go by their keys, members of arrays by what is in them.

use std::hash::RandomState;

use hashbrown::HashMap;

use super::super::document::{Document, Kind, ValueId};
use super::align::{self, Part};
use super::number;
use super::subtrees::{Subtrees, is_identical};

/// How a value differs from what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// Another value of the same kind.
    Value,
    /// Of another kind: a number became text, text became an object.
    Type,
    /// The same value, written differently: `127` became `127.0`, `"\u0061"` became `"a"`.
    Writing,
}

/// A value that is there before and after, and differs itself (not only what is inside it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// In the new document.
    pub new: ValueId,
    /// In the old document.
    pub old: ValueId,
    /// In which way.
    pub how: How,
}

/// A value that is no longer there, with everything inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Removed {
    /// The object or array of the new document where it stood.
    pub parent: ValueId,
    /// The value inside `parent` before which it stood, or the number behind `parent`'s last value when none follows: also
    /// the place where it is to be shown.
    pub before: ValueId,
    /// In the old document.
    pub old: ValueId,
}

/// What differs, by the numbers of the new document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentDiff {
    changed: Vec<Change>,
    added: Vec<ValueId>,
    removed: Vec<Removed>,
    reordered: Vec<ValueId>,
}

impl DocumentDiff {
    /// Whether both have the same values, written the same. Keys may stand in another order.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }

    /// Values that differ, in order of the new document.
    pub fn changed(&self) -> &[Change] {
        &self.changed
    }

    /// Values that are new, each with everything inside it, in order.
    pub fn added(&self) -> &[ValueId] {
        &self.added
    }

    /// Values that are gone, in the order in which they are to be shown.
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// Objects of the new document whose keys stand in another order. That is no difference of values (RFC 8259, 4).
    pub fn reordered(&self) -> &[ValueId] {
        &self.reordered
    }

    /// How a value of the new document differs itself.
    pub fn change(&self, new: ValueId) -> Option<&Change> {
        let at = self.changed.binary_search_by_key(&new, |change| change.new);
        self.changed.get(at.ok()?)
    }

    /// Whether a value is new, by itself or with what it stands in.
    pub fn is_added(&self, document: &Document, new: ValueId) -> bool {
        let count = self.added.partition_point(|&added| added <= new);
        let last = count.checked_sub(1).map(|last| self.added[last]);
        last.is_some_and(|added| document.subtree(added).contains(&new.0))
    }

    /// What is gone from an object or array of the new document, in order.
    pub fn removed_from(
        &self,
        document: &Document,
        parent: ValueId,
    ) -> impl Iterator<Item = &Removed> {
        let end = document.subtree(parent).end;
        // what is gone from values inside it stands between
        let from = self.removed.partition_point(|gone| gone.before <= parent);
        self.removed[from..]
            .iter()
            .take_while(move |gone| gone.before.0 <= end)
            .filter(move |gone| gone.parent == parent)
    }

    /// What is to be shown in front of this value of the new document, or of the number behind its last: the innermost
    /// parents come first.
    pub fn removed_before(&self, before: ValueId) -> &[Removed] {
        let from = self.removed.partition_point(|gone| gone.before < before);
        let to = self.removed.partition_point(|gone| gone.before <= before);
        &self.removed[from..to]
    }

    /// The values of the new document that differ themselves, are new, or lost something, in order.
    pub fn marked(&self) -> Vec<u32> {
        let changed = self.changed.iter().map(|change| change.new.0);
        let added = self.added.iter().map(|added| added.0);
        let lost = self.removed.iter().map(|gone| gone.parent.0);
        let mut marked: Vec<u32> = changed.chain(added).chain(lost).collect();
        marked.sort_unstable();
        marked.dedup();
        marked
    }

    /// Whether something differs in a value of the new document or inside it; to be said of what is folded.
    pub fn has_marks(&self, document: &Document, new: ValueId) -> bool {
        let range = document.subtree(new);
        let first = self.changed.partition_point(|change| change.new < new);
        let changed = self.changed.get(first).map(|change| change.new.0);
        let first = self.added.partition_point(|&added| added < new);
        let added = self.added.get(first).map(|added| added.0);
        let first = self.removed.partition_point(|gone| gone.before <= new);
        let mut gone = self.removed[first..]
            .iter()
            .take_while(|gone| gone.before.0 <= range.end);
        [changed, added]
            .into_iter()
            .flatten()
            .any(|id| range.contains(&id))
            || gone.any(|gone| range.contains(&gone.parent.0))
    }
}

/// Compares two documents.
pub fn compare(old: &Document, new: &Document) -> DocumentDiff {
    let hasher = RandomState::new();
    let mut comparing = Comparing {
        old_sums: Subtrees::of(old, &hasher),
        new_sums: Subtrees::of(new, &hasher),
        old,
        new,
        diff: DocumentDiff::default(),
    };
    comparing.values(ValueId::ROOT, ValueId::ROOT);
    let mut diff = comparing.diff;
    diff.changed.sort_unstable_by_key(|change| change.new);
    diff.added.sort_unstable();
    diff.reordered.sort_unstable();
    // at the same place the innermost ends first
    diff.removed
        .sort_by_key(|gone| (gone.before, std::cmp::Reverse(gone.parent), gone.old));
    diff
}

struct Comparing<'a> {
    old: &'a Document,
    new: &'a Document,
    old_sums: Subtrees,
    new_sums: Subtrees,
    diff: DocumentDiff,
}

impl Comparing<'_> {
    fn values(&mut self, old: ValueId, new: ValueId) {
        let is_equal = self.old_sums.get(old) == self.new_sums.get(new);
        if is_equal && is_identical((self.old, old), (self.new, new)) {
            return;
        }
        match (self.old.kind(old), self.new.kind(new)) {
            (Kind::Object, Kind::Object) => self.objects(old, new),
            (Kind::Array, Kind::Array) => self.arrays(old, new),
            _ => self.scalars(old, new),
        }
    }

    fn scalars(&mut self, old: ValueId, new: ValueId) {
        let (left, right) = (self.old.text(old), self.new.text(new));
        let (was, is) = (self.old.kind(old), self.new.kind(new));
        let how = match (was, is) {
            _ if was != is => How::Type,
            _ if left == right => return,
            (Kind::Number, _) if number::is_same(left, right) => How::Writing,
            (Kind::String, _) if self.old.string(old) == self.new.string(new) => How::Writing,
            _ => How::Value,
        };
        self.diff.changed.push(Change { new, old, how });
    }

    fn objects(&mut self, old: ValueId, new: ValueId) {
        let olds: Vec<ValueId> = self.old.children(old).collect();
        let news: Vec<ValueId> = self.new.children(new).collect();
        let is_same_keys = olds.len() == news.len()
            && olds
                .iter()
                .zip(&news)
                .all(|(&left, &right)| self.old.key(left) == self.new.key(right));
        if is_same_keys && !has_twice(self.new, &news) {
            for (left, right) in olds.into_iter().zip(news) {
                self.values(left, right);
            }
            return;
        }
        self.by_keys(&olds, &news, new);
    }

    /// Members with the same key stand side by side; several with the same key like those of an array.
    fn by_keys(&mut self, olds: &[ValueId], news: &[ValueId], parent: ValueId) {
        let mut groups: HashMap<Key<'_>, usize> = HashMap::new();
        let mut members: Vec<(Vec<ValueId>, Vec<ValueId>)> = Vec::new();
        let (old, new) = (self.old, self.new);
        for (document, ids, is_new) in [(old, olds, false), (new, news, true)] {
            for &id in ids {
                let next = members.len();
                let group = *groups.entry(Key::of(document, id)).or_insert(next);
                if group == next {
                    members.push(Default::default());
                }
                let side = &mut members[group];
                if is_new {
                    side.1.push(id);
                } else {
                    side.0.push(id);
                }
            }
        }
        let mut pairs: HashMap<ValueId, ValueId> = HashMap::new();
        let mut gone = Vec::new();
        for (left, right) in &members {
            self.members(left, right, &mut pairs, &mut gone);
        }
        gone.sort_unstable();
        self.place_gone(olds, &gone, &pairs, parent);
        let order = olds.iter().filter_map(|id| pairs.get(id));
        if !order.is_sorted() {
            self.diff.reordered.push(parent);
        }
    }

    fn arrays(&mut self, old: ValueId, new: ValueId) {
        let olds: Vec<ValueId> = self.old.children(old).collect();
        let news: Vec<ValueId> = self.new.children(new).collect();
        let (mut pairs, mut gone) = (HashMap::new(), Vec::new());
        self.members(&olds, &news, &mut pairs, &mut gone);
        self.place_gone(&olds, &gone, &pairs, new);
    }

    /// Compares members that have only their order and what is in them to go by. Notes which stand side by side, and
    /// which of the old ones have no counterpart.
    fn members(
        &mut self,
        olds: &[ValueId],
        news: &[ValueId],
        pairs: &mut HashMap<ValueId, ValueId>,
        gone: &mut Vec<ValueId>,
    ) {
        let parts = match (olds, news) {
            ([_], [_]) | ([], _) | (_, []) => vec![Part {
                old: 0..olds.len(),
                new: 0..news.len(),
            }],
            _ => {
                let left: Vec<u64> = olds.iter().map(|&id| self.old_sums.get(id)).collect();
                let right: Vec<u64> = news.iter().map(|&id| self.new_sums.get(id)).collect();
                align::differing(&left, &right)
            }
        };
        let (mut in_old, mut in_new) = (0, 0);
        let end = Part {
            old: olds.len()..olds.len(),
            new: news.len()..news.len(),
        };
        for part in parts.into_iter().chain([end]) {
            // what looks the same may still be written in another order
            self.side_by_side(
                &olds[in_old..part.old.start],
                &news[in_new..part.new.start],
                pairs,
            );
            let both = part.old.len().min(part.new.len());
            let (left, right) = (&olds[part.old.clone()], &news[part.new.clone()]);
            self.side_by_side(&left[..both], &right[..both], pairs);
            gone.extend_from_slice(&left[both..]);
            self.diff.added.extend_from_slice(&right[both..]);
            (in_old, in_new) = (part.old.end, part.new.end);
        }
    }

    fn side_by_side(
        &mut self,
        olds: &[ValueId],
        news: &[ValueId],
        pairs: &mut HashMap<ValueId, ValueId>,
    ) {
        for (&left, &right) in olds.iter().zip(news) {
            pairs.insert(left, right);
            self.values(left, right);
        }
    }

    /// Notes where values that are gone are to be shown: in front of the counterpart of the next one that is still there.
    fn place_gone(
        &mut self,
        olds: &[ValueId],
        gone: &[ValueId],
        pairs: &HashMap<ValueId, ValueId>,
        parent: ValueId,
    ) {
        let mut before = ValueId(self.new.subtree(parent).end);
        let mut waiting = gone.iter().rev().peekable();
        for id in olds.iter().rev() {
            if waiting.next_if_eq(&id).is_some() {
                self.diff.removed.push(Removed {
                    parent,
                    before,
                    old: *id,
                });
            } else if let Some(&next) = pairs.get(id) {
                before = next;
            }
        }
    }
}

/// A key, whatever escapes it is written with; `"17"` and `17` are two.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    is_quoted: bool,
    text: std::borrow::Cow<'a, str>,
}

impl<'a> Key<'a> {
    fn of(document: &'a Document, id: ValueId) -> Self {
        Self {
            is_quoted: document.key(id).is_some_and(|key| key.starts_with('"')),
            text: document.key_text(id).unwrap_or_default(),
        }
    }
}

/// Whether a key stands twice among these members.
fn has_twice(document: &Document, members: &[ValueId]) -> bool {
    let mut keys: Vec<_> = members.iter().map(|&id| document.key(id)).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

//! What the user did to the view of one topic: kept by the path of values, so that it holds for the next message too.

use crate::payload::Format;
use crate::payload::document::rows::Rows;
use crate::payload::document::{Document, Path, ValueId};

/// A value that was opened to see what is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// Where it stands.
    pub path: Path,
    /// How its text or bytes are read; `None` for what fits best.
    pub format: Option<Format>,
}

/// Folding or unfolding a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// Whether it is folded from now on.
    pub is_folded: bool,
    /// Whether everything below is too.
    pub is_deep: bool,
}

impl Fold {
    /// Only this value.
    pub fn one(is_folded: bool) -> Self {
        Self {
            is_folded,
            is_deep: false,
        }
    }

    /// The value and everything below.
    pub fn all(is_folded: bool) -> Self {
        Self {
            is_folded,
            is_deep: true,
        }
    }

    /// Does it.
    pub fn apply(self, rows: &mut Rows, id: ValueId) {
        if self.is_deep {
            rows.set_folded_below(id, self.is_folded);
        } else {
            rows.set_folded(id, self.is_folded);
        }
    }
}

/// Folds made by hand, oldest first; what is not named is as a document begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folds(Vec<(Path, Fold)>);

impl Folds {
    /// Remembers one. It takes the place of what it makes void.
    pub fn add(&mut self, path: Path, fold: Fold) {
        self.0.retain(|(of, before)| {
            let is_below = fold.is_deep && of.0.starts_with(&path.0);
            let is_same = *of == path && !before.is_deep;
            !is_below && !is_same
        });
        self.0.push((path, fold));
    }

    /// Folds `rows` so.
    pub fn apply(&self, document: &Document, rows: &mut Rows) {
        for (path, fold) in &self.0 {
            if let Some(id) = document.find(path) {
                fold.apply(rows, id);
            }
        }
    }
}

/// The payload, or a value in it that was opened.
#[derive(Debug, Clone, Default)]
pub struct Level {
    /// Which value of the level above; `None` for the payload itself.
    pub inside: Option<Inside>,
    /// The format that the user chose here.
    pub chosen: Option<Format>,
    /// What is folded.
    pub folds: Folds,
    /// The value with the cursor.
    pub selected: Option<Path>,
}

/// What is remembered of one topic.
#[derive(Debug, Clone)]
pub struct Memory {
    /// The payload, then each value opened in the one before. Never empty.
    levels: Vec<Level>,
    /// The greatest height that its rows took, so that what stands below does not jump.
    pub height: f32,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            levels: vec![Level::default()],
            height: 0.0,
        }
    }
}

impl Memory {
    /// All levels, the payload first.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The one that is shown.
    pub fn shown(&self) -> &Level {
        // there is always the payload itself
        &self.levels[self.levels.len() - 1]
    }

    /// The one that is shown, to be changed.
    pub fn shown_mut(&mut self) -> &mut Level {
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    /// Opens a value of what is shown.
    pub fn open(&mut self, inside: Inside) {
        self.height = 0.0;
        self.levels.push(Level {
            inside: Some(inside),
            ..Level::default()
        });
    }

    /// Goes back until only this many opened values are left.
    pub fn back_to(&mut self, opened: usize) {
        self.height = 0.0;
        self.levels.truncate(opened + 1);
    }

    /// Reads what is shown so; `None` for what fits best.
    pub fn choose(&mut self, format: Option<Format>) {
        self.height = 0.0;
        self.shown_mut().chosen = format;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::document::rows::Removed;
    use crate::payload::json;

    #[test]
    fn folds_hold_for_the_next_message() {
        let first = json::document(br#"{"x":{"y":[1,[2]]},"z":[[1]]}"#).unwrap();
        let next = json::document(br#"{"new":0,"z":[[1]],"x":{"y":[1,[2,3]]}}"#).unwrap();
        let mut folds = Folds::default();
        let path = |id: u32| first.path(ValueId(id));
        folds.add(path(1), Fold::all(true));
        folds.add(path(1), Fold::one(false));
        let mut rows = Rows::new(&next, &Removed::new());
        folds.apply(&next, &mut rows);
        let id = |at: u32| next.find(&path(at)).unwrap();
        assert!(!rows.is_folded(id(1)) && rows.is_folded(id(2)));
        folds.add(Path::default(), Fold::all(false));
        assert_eq!(folds.0.len(), 1);
    }
}

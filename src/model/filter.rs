//! The filter box: what it asks for, and what was found.

use super::NodeId;

/// What the user typed, understood once.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
}

impl Query {
    /// Understands the text of the filter box: with `+` or `#` as whole levels it is a topic filter, otherwise a
    /// piece of a topic (letter case ignored, may contain `/`) or of a payload. `None` for an empty text.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self {
            text: text.to_owned(),
        })
    }

    /// Byte ranges of `shown` to highlight; nothing for a topic filter.
    pub fn highlights(&self, shown: &str) -> Vec<std::ops::Range<usize>> {
        let _ = (shown, &self.text);
        Vec::new()
    }
}

/// How far a search has come and what it found so far.
#[derive(Debug, Clone, Default)]
pub struct SearchCursor {
    next: u32,
    found: Vec<NodeId>,
}

impl SearchCursor {
    /// The result, once nothing is left to look at.
    pub fn finish(self) -> Matches {
        Matches {
            nodes: self.found,
            _looked_at: self.next,
        }
    }
}

/// Nodes that a query matched, in arena order.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    nodes: Vec<NodeId>,
    _looked_at: u32,
}

impl Matches {
    /// How many nodes matched.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing matched.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

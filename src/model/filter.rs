//! What the filter box asks for, understood once.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use super::NodeId;
use super::names::Names;
use crate::mqtt::TopicFilter;

/// What the user typed, understood once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Query {
    text: Arc<str>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Whole topics.
    Filter,
    /// A piece of a path or payload.
    Piece(AhoCorasick),
}

impl Query {
    /// Understands the text of the filter box: with `+` or `#` as whole levels it is a topic filter, otherwise a
    /// piece of a topic (letter case ignored, may contain `/`) or of a payload. `None` for an empty text.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let has_wildcard = text.split('/').any(|level| level == "+" || level == "#");
        let kind = if has_wildcard && TopicFilter::new(text).is_ok() {
            Kind::Filter
        } else {
            let piece = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build([text]);
            Kind::Piece(piece.ok()?)
        };
        Some(Self {
            text: text.into(),
            kind,
        })
    }

    /// The text as it was typed, without white space around it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a topic filter with `+` or `#`.
    pub fn is_topic_filter(&self) -> bool {
        matches!(self.kind, Kind::Filter)
    }

    /// Byte ranges of `shown` to highlight; nothing for a topic filter.
    pub fn highlights(&self, shown: &str) -> Vec<Range<usize>> {
        match &self.kind {
            Kind::Filter => Vec::new(),
            Kind::Piece(piece) => piece.find_iter(shown).map(|found| found.range()).collect(),
        }
    }

    /// Whether a payload contains the piece; a topic filter asks for topics only.
    pub(super) fn matches_payload(&self, payload: &[u8]) -> bool {
        match &self.kind {
            Kind::Filter => false,
            Kind::Piece(piece) => payload.len() >= self.text.len() && piece.is_match(payload),
        }
    }

    /// For every node whether its path matches, as far as the path alone can say.
    pub(super) fn matching_paths(&self, names: &Names) -> Vec<bool> {
        match &self.kind {
            Kind::Filter => filter_paths(&self.text, names),
            Kind::Piece(_) if self.text.contains('/') => self.piece_across_levels(names),
            Kind::Piece(piece) => {
                let segments = names.segments_with(|text, at| {
                    let input = aho_corasick::Input::new(text).range(at.min(text.len())..);
                    piece.find(input).map(|found| found.range())
                });
                inherit(names, |_, segment| segments[segment as usize])
            }
        }
    }

    /// A piece with slashes: its last part begins a level, the parts before are whole levels above, the first one
    /// ends the level above those.
    fn piece_across_levels(&self, names: &Names) -> Vec<bool> {
        let mut parts: Vec<&str> = self.text.split('/').collect();
        let last = parts.pop().unwrap_or_default();
        let segments = segments_that(names, |segment| starts_with(segment, last));
        inherit(names, |node, segment| {
            segments[segment as usize] && levels_above_match(names, node, &parts)
        })
    }
}

/// Asks about every distinct level name once.
fn segments_that(names: &Names, is_it: impl Fn(&str) -> bool) -> Vec<bool> {
    (0..names.segments())
        .map(|segment| is_it(names.segment_text(super::names::number(segment))))
        .collect()
}

/// A node matches when its parent does (whose path it begins with) or when it adds what is missing.
fn inherit(names: &Names, adds: impl Fn(NodeId, u32) -> bool) -> Vec<bool> {
    let mut found = vec![false; names.nodes()];
    for (node, (parent, segment)) in names.places().enumerate().skip(1) {
        found[node] = found[parent.index()] || adds(NodeId(super::names::number(node)), segment);
    }
    found
}

/// Whether the levels above `node` are what comes before the last slash of a piece.
fn levels_above_match(names: &Names, node: NodeId, parts: &[&str]) -> bool {
    let mut above = node;
    parts.iter().enumerate().rev().all(|(index, part)| {
        above = names.parent(above);
        let name = names.name(above);
        above != NodeId::ROOT
            && if index == 0 {
                ends_with(name, part)
            } else {
                name.eq_ignore_ascii_case(part)
            }
    })
}

fn starts_with(text: &str, part: &str) -> bool {
    text.as_bytes()
        .get(..part.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(part.as_bytes()))
}

fn ends_with(text: &str, part: &str) -> bool {
    let end = text.len().checked_sub(part.len());
    end.is_some_and(|end| text.as_bytes()[end..].eq_ignore_ascii_case(part.as_bytes()))
}

/// How far a path has come through the levels of a topic filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Levels(u32),
    Everything,
    Nothing,
}

/// Follows a topic filter down the tree (MQTT 5, 4.7.1); parents come before their children.
fn filter_paths(text: &str, names: &Names) -> Vec<bool> {
    let levels: Vec<&str> = without_share(text).split('/').collect();
    let mut progress = vec![Progress::Levels(0); names.nodes()];
    for (node, (parent, segment)) in names.places().enumerate().skip(1) {
        let is_first = parent == NodeId::ROOT;
        progress[node] = match progress[parent.index()] {
            Progress::Levels(done) => step(&levels, done, is_first, || names.segment_text(segment)),
            settled => settled,
        };
    }
    let is_end = |progress: &Progress| match progress {
        Progress::Levels(done) => {
            let done = *done as usize;
            done == levels.len() || levels.get(done..) == Some(&["#"]) && done > 0
        }
        Progress::Everything => true,
        Progress::Nothing => false,
    };
    progress.iter().map(is_end).collect()
}

/// `name` is only asked for where it matters: it has to be fetched from memory.
fn step<'a>(levels: &[&str], done: u32, is_first: bool, name: impl Fn() -> &'a str) -> Progress {
    let wildcards = || !(is_first && name().starts_with('$'));
    match levels.get(done as usize) {
        Some(&"#") if wildcards() => Progress::Everything,
        Some(&"+") if wildcards() => Progress::Levels(done + 1),
        Some(level) if *level == name() => Progress::Levels(done + 1),
        _ => Progress::Nothing,
    }
}

/// What a shared subscription asks for, without `$share/group/` (MQTT 5, 4.8.2).
fn without_share(text: &str) -> &str {
    let shared = text.strip_prefix("$share/");
    let filter = shared.and_then(|shared| shared.split_once('/'));
    filter.map_or(text, |(_, filter)| filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_make_a_topic_filter_only_as_whole_levels() {
        for (text, is_filter) in [
            ("#", true),
            ("a/+/b", true),
            ("a/#", true),
            ("C#", false),
            ("a+b", false),
            ("a/#/b", false),
            ("kitchen", false),
        ] {
            let query = Query::new(text).expect(text);
            assert_eq!(query.is_topic_filter(), is_filter, "{text}");
        }
        assert!(Query::new("  ").is_none());
    }

    #[test]
    fn highlights_ignore_case_and_keep_to_characters() {
        let query = Query::new("Tür").expect("a query");
        assert_eq!(query.highlights("tür/TüR"), [0..4, 5..9]);
        assert!(
            Query::new("+/x")
                .expect("a filter")
                .highlights("a/x")
                .is_empty()
        );
    }
}

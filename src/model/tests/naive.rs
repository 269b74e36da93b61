//! Random operations on the model and on one that is too simple to be wrong; both must agree.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::order::natural;
use super::*;

/// Every message ever taken in. Everything else is worked out from scratch.
#[derive(Debug, Default)]
struct Naive {
    messages: Vec<(String, Vec<u8>)>,
    retained: BTreeSet<String>,
}

impl Naive {
    fn topics(&self) -> BTreeMap<&str, &[u8]> {
        let messages = self.messages.iter();
        messages
            .map(|(topic, payload)| (topic.as_str(), payload.as_slice()))
            .collect()
    }

    /// Paths of all topics and branches.
    fn paths(&self) -> BTreeSet<Vec<&str>> {
        let mut paths = BTreeSet::new();
        for topic in self.topics().into_keys() {
            let levels: Vec<&str> = topic.split('/').collect();
            paths.extend((1..=levels.len()).map(|end| levels[..end].to_vec()));
        }
        paths
    }

    /// Paths of the children of `parent`, in order.
    fn children<'a>(paths: &BTreeSet<Vec<&'a str>>, parent: &[&'a str]) -> Vec<Vec<&'a str>> {
        let mut children: Vec<_> = paths
            .iter()
            .filter(|path| path.len() == parent.len() + 1 && path.starts_with(parent))
            .cloned()
            .collect();
        children.sort_by(|a, b| {
            let reserved = |path: &[&str]| path.len() == 1 && path[0].starts_with('$');
            let (x, y) = (a.last().expect("a level"), b.last().expect("a level"));
            reserved(a).cmp(&reserved(b)).then_with(|| natural(x, y))
        });
        children
    }

    /// Paths in the order of their rows; `is_open` says which branches are.
    fn rows(paths: &BTreeSet<Vec<&str>>, is_open: impl Fn(&str) -> bool) -> Vec<String> {
        let mut rows = Vec::new();
        let mut next = Self::children(paths, &[]);
        next.reverse();
        while let Some(path) = next.pop() {
            let text = path.join("/");
            if is_open(&text) {
                next.extend(Self::children(paths, &path).into_iter().rev());
            }
            rows.push(text);
        }
        rows
    }

    fn found(&self, text: &str) -> BTreeSet<&str> {
        let has = |bytes: &[u8]| {
            let needle = text.as_bytes();
            bytes
                .windows(needle.len())
                .any(|window| window.eq_ignore_ascii_case(needle))
        };
        let is_filter = text.split('/').any(|level| level == "+" || level == "#");
        let filter = crate::mqtt::TopicFilter::new(text)
            .ok()
            .filter(|_| is_filter);
        let matches = |(topic, payload): &(&str, &[u8])| match &filter {
            Some(filter) => filter.matches(topic),
            None => has(topic.as_bytes()) || has(payload),
        };
        self.topics()
            .into_iter()
            .filter(matches)
            .map(|(topic, _)| topic)
            .collect()
    }
}

#[derive(Debug, Clone)]
enum Operation {
    Insert(String, String, bool),
    Open(String, bool),
    OpenBelow(Option<String>, bool),
    Reveal(String),
    Pause(bool),
    Budget(u64),
    Sort,
}

fn topic() -> impl Strategy<Value = String> {
    prop::collection::vec("|a|B|b|s2|s10|\\$SYS", 1..5)
        .prop_map(|levels| levels.join("/"))
        .prop_filter("a topic has a character", |topic| !topic.is_empty())
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => (topic(), "|x|Xy|long enough to be stored outside", any::<bool>())
            .prop_map(|(topic, payload, retain)| Operation::Insert(topic, payload, retain)),
        3 => (topic(), any::<bool>()).prop_map(|(path, open)| Operation::Open(path, open)),
        1 => (prop::option::of(topic()), any::<bool>())
            .prop_map(|(path, open)| Operation::OpenBelow(path, open)),
        1 => topic().prop_map(Operation::Reveal),
        1 => any::<bool>().prop_map(Operation::Pause),
        1 => (0..3000_u64).prop_map(Operation::Budget),
        1 => Just(Operation::Sort),
    ]
}

/// Does the same to both.
fn apply(operation: &Operation, model: &mut Model, naive: &mut Naive) {
    match operation {
        Operation::Insert(topic, payload, retain) => {
            let sent = Publish {
                retain: *retain,
                ..message(topic, payload.as_bytes())
            };
            model.insert(&sent, at(0.0));
            naive
                .messages
                .push((topic.clone(), payload.clone().into_bytes()));
            if payload.is_empty() {
                naive.retained.remove(topic);
            } else if *retain {
                naive.retained.insert(topic.clone());
            }
        }
        Operation::Open(path, open) => {
            if let Some(node) = model.find(path) {
                model.set_open(node, *open);
            }
        }
        Operation::OpenBelow(path, open) => match path {
            None => model.set_open_below(None, *open),
            Some(path) => {
                if let Some(node) = model.find(path) {
                    model.set_open_below(Some(node), *open);
                }
            }
        },
        Operation::Reveal(path) => {
            if let Some(node) = model.find(path) {
                model.reveal(node);
            }
        }
        Operation::Pause(paused) => model.set_paused(*paused),
        Operation::Budget(bytes) => model.set_history_budget(*bytes),
        Operation::Sort => {
            model.sort_by(SortBy::Messages);
            model.sort_by(SortBy::Name);
        }
    }
}

/// The model decides what opens by itself; the naive one asks it, but every other figure is its own.
fn check_rows(model: &Model, naive: &Naive) {
    let paths = naive.paths();
    let is_open = |path: &str| model.find(path).is_some_and(|node| model.is_open(node));
    let expected = Naive::rows(&paths, is_open);
    let rows = all_rows(model);
    let shown: Vec<String> = rows.iter().map(|row| model.path(row.node)).collect();
    assert_eq!(shown, expected);
    assert_eq!(model.row_count(), rows.len());
    for (row, shown) in rows.iter().enumerate() {
        assert_eq!(model.row_of(shown.node), Some(row));
        assert_eq!(model.node_at(row), Some(shown.node));
        let mut one = Vec::new();
        model.rows(row, 1, at(0.0), &mut one);
        assert_eq!(one[0].node, shown.node);
        assert_eq!(one[0].depth, model.depth(shown.node));
    }
}

fn check_figures(model: &Model, naive: &Naive) {
    for path in naive.paths() {
        let text = path.join("/");
        let below = |topic: &&(String, Vec<u8>)| {
            let levels: Vec<&str> = topic.0.split('/').collect();
            levels.starts_with(&path)
        };
        let messages: Vec<_> = naive.messages.iter().filter(below).collect();
        let topics: BTreeSet<&str> = messages.iter().map(|(topic, _)| topic.as_str()).collect();
        let own: Vec<_> = messages
            .iter()
            .filter(|(topic, _)| *topic == text)
            .collect();
        let retained = |topic: &&&str| naive.retained.contains(**topic);
        let bytes: usize = messages.iter().map(|(_, payload)| payload.len()).sum();
        let deepest = topics.iter().map(|topic| topic.split('/').count()).max();

        let node = node(model, &text);
        let facts = model.facts(node, at(0.0));
        assert_eq!(facts.path, text);
        assert_eq!(facts.subtree_messages, messages.len() as u64);
        assert_eq!(facts.subtree_bytes, bytes as u64);
        assert_eq!(facts.subtree_topics as usize, topics.len());
        assert_eq!(
            facts.subtree_retained as usize,
            topics.iter().filter(retained).count()
        );
        assert_eq!(facts.own_messages, own.len() as u64);
        assert_eq!(facts.is_topic, !own.is_empty());
        assert_eq!(
            facts.depth_below as usize,
            deepest.unwrap_or(0) - path.len()
        );
        assert_eq!(
            facts.trimmed + model.history_len(node) as u64,
            own.len() as u64
        );
        check_history(
            model,
            node,
            &own.iter().map(|own| own.1.as_slice()).collect::<Vec<_>>(),
        );
    }
    let topics = naive.topics();
    assert_eq!(model.totals(at(0.0)).topics as usize, topics.len());
    assert_eq!(model.totals(at(0.0)).messages, naive.messages.len() as u64);
}

fn check_history(model: &Model, node: NodeId, own: &[&[u8]]) {
    let mut kept = Vec::new();
    model.history(node, 0, usize::MAX, &mut kept);
    assert_eq!(kept.len(), model.history_len(node));
    let payloads = kept.iter().map(|message| &message.payload[..]);
    assert!(payloads.eq(own.iter().rev().take(kept.len()).copied()));
    assert_eq!(kept.is_empty(), own.is_empty());
    for (skip, message) in kept.iter().enumerate() {
        let mut one = Vec::new();
        model.history(node, skip, 1, &mut one);
        assert_eq!(one[0].id, message.id);
    }
    let last = model.last_message(node).map(|message| message.payload);
    assert_eq!(last.as_deref(), own.last().copied());
}

fn check_filter(model: &mut Model, naive: &Naive, text: &str) {
    let found = naive.found(text);
    let matches = search(model, text);
    assert_eq!(matches.len(), found.len(), "{text}");
    model.set_filter(Some(matches));
    let mut paths = BTreeSet::new();
    for topic in &found {
        let levels: Vec<&str> = topic.split('/').collect();
        paths.extend((1..=levels.len()).map(|end| levels[..end].to_vec()));
    }
    check_view(model, &paths);
    let branches: Vec<NodeId> = all_rows(model)
        .iter()
        .filter(|row| row.open.is_some())
        .map(|row| row.node)
        .step_by(2)
        .collect();
    for branch in branches {
        model.set_open(branch, false);
        check_view(model, &paths);
    }
    model.set_filter(None);
}

fn check_view(model: &Model, paths: &BTreeSet<Vec<&str>>) {
    let is_open = |path: &str| model.is_open(node(model, path));
    let shown: Vec<String> = all_rows(model)
        .iter()
        .map(|row| model.path(row.node))
        .collect();
    assert_eq!(shown, Naive::rows(paths, is_open));
    assert_eq!(model.row_count(), shown.len());
    for (row, path) in shown.iter().enumerate() {
        assert_eq!(model.row_of(node(model, path)), Some(row));
        assert_eq!(model.node_at(row), Some(node(model, path)));
    }
}

proptest! {
    #[test]
    fn it_agrees_with_the_naive_model(operations in prop::collection::vec(operation(), 1..60)) {
        let (mut model, mut naive) = (Model::new(1500), Naive::default());
        for operation in &operations {
            let paused = model.messages_since_pause().is_some();
            let before = paused.then(|| format!("{:?}", all_rows(&model)));
            apply(operation, &mut model, &mut naive);
            let still_paused = model.messages_since_pause().is_some();
            let is_insert = matches!(operation, Operation::Insert(..));
            if let Some(before) = before.filter(|_| still_paused && is_insert) {
                prop_assert_eq!(format!("{:?}", all_rows(&model)), before);
            }
            if !still_paused {
                check_rows(&model, &naive);
            }
        }
        model.set_paused(false);
        check_rows(&model, &naive);
        check_figures(&model, &naive);
    }

    #[test]
    fn filters_agree_with_a_naive_search(
        topics in prop::collection::vec((topic(), "|x|Xy|a/b"), 1..30),
        text in "[aAbB/sS2+#xy]{1,4}|a/#|\\+/b|#|\\$SYS/#|\\+",
    ) {
        let (mut model, mut naive) = (Model::new(1 << 20), Naive::default());
        for (topic, payload) in topics {
            apply(&Operation::Insert(topic, payload, false), &mut model, &mut naive);
        }
        check_filter(&mut model, &naive, &text);
    }
}

//! A list of messages that has to be looked for: those below a branch, or those in which a text stands. A worker walks
//! through the history in slices, from the newest backwards, and then follows what comes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use parking_lot::{Mutex, MutexGuard};

use super::super::super::latest::Latest;
use super::super::super::session::Session;
use super::fetch;
use super::selection::Selection;
use crate::gui::reading::{births, needs_births};
use crate::model::{BelowCursor, Message, MessageId, Model, NodeId};
use crate::payload::document::Document;
use crate::payload::schema::Schemas;
use crate::payload::{Content, Reading, decode};
use crate::profile::ReadingSettings;

/// Most messages in a list.
pub const MOST: usize = 200_000;
/// Messages looked at each time the model is locked.
const SLICE: u64 = 2048;
const SEARCHED_SLICE: u64 = 512;
const TOPIC_SLICE: usize = 256;
/// How long a worker goes on before it shows what it has found.
const SPELL: Duration = Duration::from_millis(60);
/// Largest payload that is decoded to be searched; of a larger one only its bytes are.
const DECODED: usize = 1 << 20;

/// What is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The topic or branch.
    pub node: NodeId,
    /// Whether everything below it is meant too.
    pub is_below: bool,
    /// The text that must stand in it; empty for all.
    pub search: String,
}

/// A message of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: MessageId,
    /// Its topic.
    pub node: NodeId,
}

/// The list as it is now.
#[derive(Debug)]
pub struct Gather {
    target: Option<Target>,
    /// Counts targets; what an older one has found is dropped.
    generation: u64,
    /// The same for the worker, so that it gives up what nobody waits for.
    wanted: Arc<AtomicU64>,
    walking: Latest<Walk>,
    resting: Option<Walk>,
    /// Oldest first.
    entries: VecDeque<Entry>,
    /// How many have been added at the newest end.
    arrived: u64,
    /// Whether older ones were left out because the list is full.
    is_cut: bool,
    /// Whether everything older was looked at.
    is_back_done: bool,
}

impl Default for Gather {
    fn default() -> Self {
        Self {
            target: None,
            generation: 0,
            wanted: Arc::default(),
            walking: Latest::new("gather messages"),
            resting: None,
            entries: VecDeque::new(),
            arrived: 0,
            is_cut: false,
            is_back_done: false,
        }
    }
}

impl Gather {
    /// Looks for `target` from now on, takes in what was found, and goes on where something is left to look at. While the
    /// connection is paused, what comes is left for later; what is older is not.
    pub fn follow(&mut self, ctx: &egui::Context, session: &Session, target: &Target) {
        if self.target.as_ref() != Some(target) {
            self.begin(session, target);
        }
        if let Some(walk) = self.walking.poll()
            && walk.generation == self.generation
        {
            self.take_in(walk);
        }
        let is_behind = |walk: &Walk| walk.is_behind(session);
        if let Some(mut walk) = self.resting.take_if(|walk| is_behind(walk)) {
            walk.is_paused = session.is_paused;
            self.walking.start(ctx, move || walk.go_on());
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.generation += 1;
        self.wanted.store(self.generation, Ordering::Relaxed);
        self.target = None;
        self.resting = None;
        self.entries = VecDeque::new();
        self.arrived = 0;
        self.is_cut = false;
        self.is_back_done = false;
    }

    fn begin(&mut self, session: &Session, target: &Target) {
        self.clear();
        self.target = Some(target.clone());
        let wanted = Arc::clone(&self.wanted);
        self.resting = Some(Walk::new(session, target, wanted));
    }

    fn take_in(&mut self, mut walk: Walk) {
        for entry in walk.older.drain(..) {
            if self.entries.len() < MOST {
                self.entries.push_front(entry);
            } else {
                walk.is_back_done = true;
                self.is_cut = true;
            }
        }
        self.arrived += walk.newer.len() as u64;
        self.entries.extend(walk.newer.drain(..));
        while self.entries.len() > MOST {
            self.entries.pop_front();
            self.is_cut = true;
        }
        let is_gone = |entry: &Entry| entry.id < walk.oldest;
        while self.entries.pop_front_if(|entry| is_gone(entry)).is_some() {}
        self.is_back_done = walk.is_back_done;
        self.resting = Some(walk);
    }

    /// Messages in the list.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many have been added at the newest end so far.
    pub fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Whether older ones were left out because the list is full.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether the history is still being looked through.
    pub fn is_looking(&self) -> bool {
        self.target.is_some() && !self.is_back_done && !self.is_cut
    }

    /// The entry in this row, the newest in row 0.
    pub fn entry(&self, row: usize) -> Option<Entry> {
        let place = self.entries.len().checked_sub(row + 1)?;
        self.entries.get(place).copied()
    }

    /// The row of a message.
    pub fn row_of(&self, id: MessageId) -> Option<usize> {
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id);
        place.ok().map(|place| self.entries.len() - 1 - place)
    }

    /// How many are selected.
    pub fn count(&self, selection: &Selection) -> u64 {
        let ranges = selection.ranges().iter().map(|&(first, last)| {
            let before = self.entries.partition_point(|entry| entry.id.0 < first);
            let through = self.entries.partition_point(|entry| entry.id.0 <= last);
            (through - before) as u64
        });
        ranges.sum()
    }

    /// The numbers of those that are selected, oldest first.
    pub fn ids(&self, selection: &Selection) -> Vec<MessageId> {
        let all = self.entries.iter().map(|entry| entry.id);
        all.filter(|&id| selection.contains(id)).collect()
    }

    /// These were deleted, oldest first.
    pub fn forget(&mut self, deleted: &[MessageId]) {
        let is_there = |entry: &Entry| deleted.binary_search(&entry.id).is_err();
        self.entries.retain(is_there);
    }
}

/// How far the worker is.
#[derive(Debug)]
struct Walk {
    generation: u64,
    /// The generation that is waited for.
    wanted: Arc<AtomicU64>,
    /// Messages with lower numbers were trimmed.
    oldest: MessageId,
    model: Arc<Mutex<Model>>,
    place: Place,
    matcher: Option<Matcher>,
    /// Found going backwards, newest first.
    older: Vec<Entry>,
    /// Found going forwards, oldest first.
    newer: Vec<Entry>,
    is_back_done: bool,
    /// Whether what comes is left for later.
    is_paused: bool,
}

#[derive(Debug)]
enum Place {
    /// Everything below a branch.
    Below(BelowCursor),
    /// One topic: messages with numbers in between were looked at.
    Topic {
        node: NodeId,
        oldest: u64,
        newest: u64,
    },
}

impl Walk {
    fn new(session: &Session, target: &Target, wanted: Arc<AtomicU64>) -> Self {
        let shared = Arc::clone(session.live.model());
        let model = session.live.lock();
        let next = model.next_id().0;
        let place = if target.is_below {
            Place::Below(model.below(target.node))
        } else {
            Place::Topic {
                node: target.node,
                oldest: next,
                newest: next,
            }
        };
        drop(model);
        Self {
            generation: wanted.load(Ordering::Relaxed),
            wanted,
            oldest: MessageId(0),
            model: shared,
            place,
            matcher: Matcher::new(session, target),
            older: Vec::new(),
            newer: Vec::new(),
            is_back_done: false,
            is_paused: session.is_paused,
        }
    }

    /// Whether there is something left to look at.
    fn is_behind(&self, session: &Session) -> bool {
        if !self.is_back_done {
            return true;
        }
        if session.is_paused {
            return false;
        }
        let Some(model) = session.live.lock_soon() else {
            return false;
        };
        match &self.place {
            Place::Below(cursor) => cursor.behind(&model) > 0,
            Place::Topic { node, newest, .. } => {
                let last = model.last_message(*node);
                last.is_some_and(|last| last.id.0 >= *newest)
            }
        }
    }

    /// Goes on for a while: first what has come, then what is older.
    fn go_on(mut self) -> Self {
        let began = Instant::now();
        while !self.is_paused && self.is_wanted() && began.elapsed() < SPELL {
            if !self.forwards() {
                break;
            }
        }
        while self.is_wanted()
            && !self.is_back_done
            && began.elapsed() < SPELL
            && self.older.len() < MOST
        {
            self.is_back_done = !self.backwards();
        }
        self.oldest = self.model.lock().oldest_id();
        self
    }

    /// Those in which the text stands, none once nobody waits for them. Takes its time; the model is not locked.
    fn matching(&self, found: Vec<Candidate>) -> Vec<Entry> {
        let is_match = |candidate: &Candidate| match (&self.matcher, &candidate.searched) {
            (Some(matcher), Some((topic, message))) => {
                self.is_wanted() && matcher.matches(&self.model, topic, message)
            }
            _ => true,
        };
        let matching = found.into_iter().filter(is_match);
        matching.map(|candidate| candidate.entry).collect()
    }

    fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) == self.generation
    }

    /// How many messages are looked at each time: fewer where they are copied to be searched.
    fn slice(&self) -> u64 {
        if self.matcher.is_some() {
            SEARCHED_SLICE
        } else {
            SLICE
        }
    }

    fn forwards(&mut self) -> bool {
        let (shared, slice) = (Arc::clone(&self.model), self.slice());
        let model = shared.lock();
        let (found, has_more) = match &mut self.place {
            Place::Below(cursor) => {
                let mut found = Vec::new();
                let mut add = |id, node| found.push(Entry { id, node });
                let has_more = model.below_forward(cursor, slice, &mut add);
                (look_at(&model, found, self.matcher.as_mut()), has_more)
            }
            Place::Topic { node, newest, .. } => {
                let messages = fetch::since(&model, *node, *newest, TOPIC_SLICE);
                if let Some(last) = messages.last() {
                    *newest = last.id.0 + 1;
                }
                let has_more = messages.len() == TOPIC_SLICE;
                (
                    with_topic(&model, *node, messages, self.matcher.as_mut()),
                    has_more,
                )
            }
        };
        MutexGuard::unlock_fair(model);
        let found = self.matching(found);
        self.newer.extend(found);
        has_more
    }

    fn backwards(&mut self) -> bool {
        let (shared, slice) = (Arc::clone(&self.model), self.slice());
        let model = shared.lock();
        let (found, has_more) = match &mut self.place {
            Place::Below(cursor) => {
                let mut found = Vec::new();
                let mut add = |id, node| found.push(Entry { id, node });
                let has_more = model.below_back(cursor, slice, &mut add);
                (look_at(&model, found, self.matcher.as_mut()), has_more)
            }
            Place::Topic { node, oldest, .. } => {
                let mut messages = Vec::with_capacity(TOPIC_SLICE);
                // newer ones than the last one looked at are left out, with it
                let first = match oldest.checked_sub(1) {
                    Some(before) => model.newer_messages(*node, MessageId(before)),
                    None => model.history_len(*node),
                };
                model.history(*node, first, TOPIC_SLICE, &mut messages);
                if let Some(last) = messages.last() {
                    *oldest = last.id.0;
                }
                let has_more = messages.len() == TOPIC_SLICE;
                (
                    with_topic(&model, *node, messages, self.matcher.as_mut()),
                    has_more,
                )
            }
        };
        MutexGuard::unlock_fair(model);
        let found = self.matching(found);
        self.older.extend(found);
        has_more
    }
}

/// A message that may belong to the list.
struct Candidate {
    entry: Entry,
    /// What has to be searched; `None` where nothing has to.
    searched: Option<(Arc<str>, Message)>,
}

/// Copies what has to be searched.
fn look_at(model: &Model, entries: Vec<Entry>, matcher: Option<&mut Matcher>) -> Vec<Candidate> {
    let Some(matcher) = matcher else {
        let all = entries.into_iter().map(|entry| Candidate {
            entry,
            searched: None,
        });
        return all.collect();
    };
    let copied = entries.into_iter().filter_map(|entry| {
        let message = model.message(entry.id)?;
        let topic = matcher.topic(model, entry.node);
        Some(Candidate {
            entry,
            searched: Some((topic, message)),
        })
    });
    copied.collect()
}

fn with_topic(
    model: &Model,
    node: NodeId,
    messages: Vec<Message>,
    matcher: Option<&mut Matcher>,
) -> Vec<Candidate> {
    let topic = matcher.map(|matcher| matcher.topic(model, node));
    let all = messages.into_iter().map(|message| Candidate {
        entry: Entry {
            id: message.id,
            node,
        },
        searched: topic.clone().map(|topic| (topic, message)),
    });
    all.collect()
}

/// Finds a text in messages, upper and lower case alike.
#[derive(Debug)]
struct Matcher {
    text: AhoCorasick,
    lower: String,
    rules: ReadingSettings,
    schemas: Arc<Schemas>,
    topics: HashMap<NodeId, Arc<str>>,
    /// The topic itself, which is the same for all and so not searched.
    is_below: bool,
}

impl Matcher {
    fn new(session: &Session, target: &Target) -> Option<Self> {
        let text = target.search.as_str();
        let mut builder = AhoCorasick::builder();
        let finder = builder.ascii_case_insensitive(true).build([text]).ok()?;
        (!text.is_empty()).then(|| Self {
            text: finder,
            lower: text.to_lowercase(),
            rules: session.profile.reading.clone(),
            schemas: Arc::clone(&session.schemas),
            topics: HashMap::new(),
            is_below: target.is_below,
        })
    }

    fn topic(&mut self, model: &Model, node: NodeId) -> Arc<str> {
        let topic = self.topics.entry(node);
        Arc::clone(topic.or_insert_with(|| model.path(node).into()))
    }

    /// Locks the model for a moment where a birth is needed to read the payload.
    fn matches(&self, model: &Mutex<Model>, topic: &str, message: &Message) -> bool {
        if self.is_below && self.is_in(topic) || self.text.is_match(&message.payload[..]) {
            return true;
        }
        if !self.lower.is_ascii() && str::from_utf8(&message.payload).is_ok_and(|it| self.is_in(it))
        {
            return true;
        }
        self.is_in_decoded(model, topic, message)
    }

    fn is_in(&self, text: &str) -> bool {
        self.text.is_match(text)
            || !self.lower.is_ascii() && text.to_lowercase().contains(&self.lower)
    }

    /// Looks at what a payload means where its bytes do not say so themselves.
    fn is_in_decoded(&self, model: &Mutex<Model>, topic: &str, message: &Message) -> bool {
        let chosen = self.rules.format_of(topic).cloned();
        let is_plain = chosen.is_none() && str::from_utf8(&message.payload).is_ok();
        if is_plain || message.payload.len() > DECODED {
            return false;
        }
        let births = if needs_births(topic) {
            births(&model.lock(), topic, message.id)
        } else {
            Vec::new()
        };
        let properties = message.properties.as_ref();
        let reading = Reading {
            topic: topic.to_owned(),
            content_type: properties.and_then(|it| it.content_type.clone()),
            chosen,
            schemas: Arc::clone(&self.schemas),
            births,
        };
        match decode(&message.payload, &reading).content {
            Content::Document(document) => self.is_in_document(&document),
            Content::Text(text) => self.is_in(&text),
            _ => false,
        }
    }

    fn is_in_document(&self, document: &Document) -> bool {
        document.ids().any(|id| {
            let key = document.key(id).is_some_and(|key| self.is_in(key));
            key || self.is_in(document.text(id))
        })
    }
}

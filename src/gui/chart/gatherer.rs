//! Keeps the worker of a connection's charts busy: one run at a time gathers what is new and draws what the views of the
//! last frame asked for. Without news and without a new wish nothing runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::super::latest::Latest;
use super::super::session::Session;
use super::collect::{SharedModel, Store, Wanted};
use super::drawn::{Drawn, Request, Span};
use super::pinned::{Pinned, are_equal};
use crate::model::{Message, MessageId};
use crate::mqtt::{Qos, Timestamp};
use crate::payload::Reading;
use crate::profile::{ReadingSettings, SeriesKey};

/// Shortest time between two runs that only news ask for.
const SHORTEST: Duration = Duration::from_millis(80);
/// The same while no chart is on the screen.
const UNSEEN: Duration = Duration::from_secs(1);

/// Names a view that draws series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViewId {
    /// The chart of the connection.
    Chart,
    /// The small chart below a payload.
    Strip,
    /// The chart at this place of the dashboard.
    Pinned(usize),
}

/// What came of a run.
struct Outcome {
    drawn: Vec<(ViewId, Drawn)>,
    took: Duration,
}

/// What is known of the wanted series' origin, to see when it changes.
#[derive(Debug, Default)]
struct Origin {
    keys: Arc<[SeriesKey]>,
    beside: Vec<SeriesKey>,
    pinned: Pinned,
    reading: ReadingSettings,
}

/// The worker with what it works on.
#[derive(Debug)]
pub struct Gatherer {
    store: Arc<Mutex<Store>>,
    model: Option<SharedModel>,
    origin: Origin,
    /// How the messages of no topic in particular are read: it changes with the schemas.
    base: Reading,
    wanted: Arc<Wanted>,
    worker: Latest<Outcome>,
    requested: BTreeMap<ViewId, Request>,
    drawn: BTreeMap<ViewId, Arc<Drawn>>,
    /// Messages that the connection had when the last run began.
    messages: u64,
    /// Whether there is something to gather beyond new messages.
    is_changed: bool,
    began: Option<Instant>,
    took: Duration,
}

impl Default for Gatherer {
    fn default() -> Self {
        Self {
            store: Arc::default(),
            model: None,
            origin: Origin::default(),
            base: Reading::default(),
            wanted: Arc::default(),
            worker: Latest::new("charts"),
            requested: BTreeMap::new(),
            drawn: BTreeMap::new(),
            messages: 0,
            is_changed: false,
            began: None,
            took: Duration::ZERO,
        }
    }
}

impl Gatherer {
    /// What a view draws now, perhaps of a moment ago; `None` while it is worked out for the first time.
    pub fn view(
        &mut self,
        ctx: &egui::Context,
        id: ViewId,
        request: Request,
    ) -> Option<Arc<Drawn>> {
        if request.keys.is_empty() {
            return None;
        }
        let drawn = self.drawn.get(&id);
        let drawn = drawn.filter(|drawn| are_equal(&drawn.request.keys, &request.keys));
        // the end of a run wakes the window by itself
        let is_resting = self.began.is_some_and(|began| began.elapsed() < self.took);
        if drawn.is_none_or(|it| it.request != request) && !self.is_busy() && !is_resting {
            ctx.request_repaint();
        }
        let drawn = drawn.cloned();
        self.requested.insert(id, request);
        drawn
    }

    /// Whether it works.
    pub fn is_busy(&self) -> bool {
        self.worker.is_busy()
    }

    /// All series, for a worker that writes them to a file.
    pub fn store(&self) -> Arc<Mutex<Store>> {
        Arc::clone(&self.store)
    }

    /// A frame begins: takes what was worked out, and starts the next run when there is a reason.
    pub fn work(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        (keys, beside): (&Arc<[SeriesKey]>, &[SeriesKey]),
        now: Timestamp,
    ) {
        if let Some(outcome) = self.worker.poll() {
            self.took = outcome.took;
            let drawn = outcome.drawn.into_iter();
            self.drawn
                .extend(drawn.map(|(id, drawn)| (id, Arc::new(drawn))));
        }
        let requests = std::mem::take(&mut self.requested);
        self.drawn.retain(|id, _| requests.contains_key(id));
        self.follow(session, keys, beside);
        if self.wanted.is_empty() {
            return;
        }
        let has_news = session.glance.totals.messages != self.messages;
        let has_wish = self.is_changed || requests.iter().any(|(id, it)| self.is_old(*id, it, now));
        if self.worker.is_busy() || !(has_news || has_wish) {
            return;
        }
        let pause = match (has_wish, requests.is_empty()) {
            (true, _) => self.took,
            (false, false) => SHORTEST.max(4 * self.took),
            (false, true) => UNSEEN.max(4 * self.took),
        };
        let rest = self
            .began
            .map(|began| pause.saturating_sub(began.elapsed()));
        if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
            self.requested = requests;
            ctx.request_repaint_after(rest);
            return;
        }
        self.messages = session.glance.totals.messages;
        self.is_changed = false;
        self.began = Some(Instant::now());
        self.start(ctx, requests, now);
    }

    /// Begins anew with another model, and knows which series are wanted.
    fn follow(&mut self, session: &Session, keys: &Arc<[SeriesKey]>, beside: &[SeriesKey]) {
        let model = session.live.model();
        let is_same = |it: &SharedModel| Arc::ptr_eq(it, model);
        if !self.model.as_ref().is_some_and(is_same) {
            self.model = Some(Arc::clone(model));
            self.store = Arc::default();
            self.drawn.clear();
            self.is_changed = true;
        }
        let base = session.reading("", &blank());
        let is_read_alike = Arc::ptr_eq(&base.schemas, &self.base.schemas)
            && self.origin.reading == session.profile.reading;
        // in every frame of every connection: nothing of the thousands of keys is looked at while they are the same
        let is_same_list = self.origin.pinned.is_same(&session.pinned)
            && are_equal(&self.origin.keys, keys)
            && self.origin.beside == beside;
        if is_read_alike && is_same_list {
            return;
        }
        if !is_read_alike {
            // what was read another way is read again, as far as it is kept
            self.store = Arc::default();
        }
        self.base = base;
        self.origin = Origin {
            keys: Arc::clone(keys),
            beside: beside.to_vec(),
            pinned: session.pinned.clone(),
            reading: session.profile.reading.clone(),
        };
        let pinned = session.pinned.all();
        let keys = keys.iter().chain(beside).chain(pinned).cloned();
        let blank = blank();
        self.wanted = Arc::new(Wanted::new(keys, |topic| session.reading(topic, &blank)));
        self.is_changed = true;
    }

    /// Whether a view has to be drawn anew although nothing came.
    fn is_old(&self, id: ViewId, request: &Request, now: Timestamp) -> bool {
        let Some(drawn) = self.drawn.get(&id).filter(|it| it.request == *request) else {
            return true;
        };
        let shown = drawn.to.since(drawn.from);
        !matches!(request.span, Span::Between(..)) && now.since(drawn.to) > shown / 20
    }

    fn start(&mut self, ctx: &egui::Context, requests: BTreeMap<ViewId, Request>, now: Timestamp) {
        let Some(model) = self.model.clone() else {
            return;
        };
        let (store, wanted) = (Arc::clone(&self.store), Arc::clone(&self.wanted));
        self.worker.start(ctx, move || {
            let began = Instant::now();
            let mut store = store.lock();
            store.gather(&model, &wanted);
            let draw = |(id, request): (ViewId, Request)| (id, Drawn::new(&store, &request, now));
            Outcome {
                drawn: requests.into_iter().map(draw).collect(),
                took: began.elapsed(),
            }
        });
    }
}

/// A message of which nothing is known yet.
pub fn blank() -> Message {
    Message {
        id: MessageId(u64::MAX),
        at: Timestamp::default(),
        since_previous: None,
        payload: bytes::Bytes::new(),
        qos: Qos::AtMostOnce,
        retain: false,
        dup: false,
        packet_id: None,
        properties: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::fixture::{message, session_with};
    use crate::profile::Chart;

    #[test]
    fn keys_are_copied_only_when_they_change() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut session = session_with(&runtime, &[message("a", "1")]);
        let key = |topic: &str| SeriesKey {
            topic: topic.to_owned(),
            ..SeriesKey::default()
        };
        let keys: Arc<[SeriesKey]> = Arc::from([key("a")]);
        let mut gatherer = Gatherer::default();
        let mut is_followed = |session: &Session, beside: &[SeriesKey]| {
            let before = Arc::clone(&gatherer.wanted);
            gatherer.follow(session, &keys, beside);
            !Arc::ptr_eq(&before, &gatherer.wanted)
        };
        assert!(is_followed(&session, &[]));
        assert!(!is_followed(&session, &[]));
        assert!(is_followed(&session, &[key("b")]));
        let mut chart = Chart::default();
        chart.add(key("c"));
        session.profile.charts.push(chart);
        session.pinned.follow(&session.profile.charts);
        assert!(is_followed(&session, &[key("b")]));
        session.profile.charts[0].name = "renamed".to_owned();
        session.pinned.follow(&session.profile.charts);
        assert!(!is_followed(&session, &[key("b")]));
    }
}

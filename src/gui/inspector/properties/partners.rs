//! Looks through the history for requests and answers of the message that is shown, and reads its payload, on a worker:
//! both may take long.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::gui::latest::Latest;
use crate::gui::session::Session;
use crate::model::{Message, MessageId, Model, Partner, PartnerQuery};
use crate::payload::{Format, decode};
use crate::profile::ProfileId;

/// Messages that are looked through at most: the newest ones.
pub const MOST: u64 = 1_000_000;
/// Messages looked at for each time the model is locked.
const STEP: u64 = 2_048;
/// Partners that are found at most.
const FOUND: usize = 100;

/// Which message was looked at.
type Key = (ProfileId, String, MessageId);

/// What the search has found so far.
#[derive(Debug, Default, Clone)]
struct Search {
    partners: Vec<Partner>,
    /// Everything before it was looked at.
    next: Option<MessageId>,
    /// Whether older messages than the newest [`MOST`] were left out.
    is_cut: bool,
}

/// Finds what belongs to a message.
#[derive(Debug)]
pub struct Finder {
    key: Option<Key>,
    search: Search,
    searching: Latest<(Key, Search)>,
    format: Option<Format>,
    reading: Latest<(Key, Format)>,
}

impl Default for Finder {
    fn default() -> Self {
        Self {
            key: None,
            search: Search::default(),
            searching: Latest::new("canopy-partners"),
            format: None,
            reading: Latest::new("canopy-format"),
        }
    }
}

impl Finder {
    /// What was found, the oldest first.
    pub fn partners(&self) -> &[Partner] {
        &self.search.partners
    }

    /// Whether the first search is under way.
    pub fn is_searching(&self) -> bool {
        self.search.next.is_none()
    }

    /// Whether older messages were left out.
    pub fn is_cut(&self) -> bool {
        self.search.is_cut
    }

    /// What the payload is read as.
    pub fn format(&self) -> Option<&Format> {
        self.format.as_ref()
    }

    /// Follows the message that is shown, and what has come since.
    pub fn follow(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        path: &str,
        message: &Message,
    ) {
        let key = (session.profile.id.clone(), path.to_owned(), message.id);
        if self.key.as_ref() != Some(&key) {
            self.key = Some(key.clone());
            self.search = Search::default();
            self.format = None;
            self.read(ctx, session, message, &key);
        }
        if let Some((of, search)) = self.searching.poll()
            && of == key
        {
            self.search = search;
        }
        if let Some((of, format)) = self.reading.poll()
            && of == key
        {
            self.format = Some(format);
        }
        self.go_on(ctx, session, message, &key);
    }

    fn read(&mut self, ctx: &egui::Context, session: &Session, message: &Message, key: &Key) {
        let reading = session.reading(&key.1, message);
        if reading.content_type.is_none() {
            return;
        }
        let (payload, key) = (message.payload.clone(), key.clone());
        self.reading
            .start(ctx, move || (key, decode(&payload, &reading).format));
    }

    fn go_on(&mut self, ctx: &egui::Context, session: &Session, message: &Message, key: &Key) {
        if self.searching.is_busy() || self.search.partners.len() >= FOUND {
            return;
        }
        let Some(query) = PartnerQuery::new(&key.1, message) else {
            return;
        };
        let end = MessageId(session.glance.totals.messages);
        if self.search.next.is_some_and(|next| next >= end) {
            return;
        }
        let (model, key) = (Arc::clone(session.live.model()), key.clone());
        let search = self.search.clone();
        self.searching
            .start(ctx, move || (key, look_on(&model, &query, search)));
    }
}

/// Looks at everything up to the newest message.
fn look_on(model: &Mutex<Model>, query: &PartnerQuery, mut search: Search) -> Search {
    let end = model.lock().next_id();
    let mut next = search.next.unwrap_or_else(|| {
        search.is_cut = end.0 > MOST;
        MessageId(end.0.saturating_sub(MOST))
    });
    while next < end && search.partners.len() < FOUND {
        let model = model.lock();
        next = model.partners(query, next, STEP, &mut search.partners);
        MutexGuard::unlock_fair(model);
    }
    search.partners.truncate(FOUND);
    search.next = Some(next);
    search
}

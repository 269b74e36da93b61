//! Looks at the traffic on a worker, about twice a second while somebody sees it and something moves. Between two looks
//! it costs nothing, and when nobody sees it, it forgets.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use hashbrown::HashMap;
use parking_lot::Mutex;

use crate::live::look_at_traffic;
use crate::model::traffic::{Asked, Lens, Level, Span, Table, Tally};
use crate::model::{Model, NodeId, Query};
use crate::mqtt::Timestamp;

use super::super::latest::Latest;
use super::super::session::Session;
use super::columns::Order;

/// Time between two looks.
const PACE: Duration = Duration::from_millis(500);
/// The same where rows of the tree came into sight whose share is not known.
const SOON: Duration = Duration::from_millis(120);

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Wants {
    /// Which part of the past.
    pub span: Span,
    /// What the rows stand for.
    pub level: Level,
    /// Their order.
    pub order: Order,
    /// Which of them.
    pub search: String,
    /// Whether `$`-topics count like all others.
    pub with_reserved: bool,
}

/// For nodes of the tree: what came at and below, and what of that it is a share of.
pub type Shares = HashMap<NodeId, (Tally, Tally)>;

/// What a worker brings.
struct Looked {
    lens: Box<Lens>,
    table: Table,
    shares: Shares,
    wants: Wants,
}

/// A look that has begun.
struct Look {
    at: Timestamp,
    /// Messages of the connection by then.
    messages: u64,
    wants: Wants,
}

/// The traffic as it was looked at last, and the worker that looks.
pub struct Watch {
    jobs: Latest<Looked>,
    forgetting: Latest<()>,
    /// Where the worker left off; away while it works.
    lens: Option<Box<Lens>>,
    model: Weak<Mutex<Model>>,
    last: Option<Look>,
    table: Arc<Table>,
    shares: Arc<Shares>,
    /// What the table answers.
    answered: Option<Wants>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            jobs: Latest::new("canopy-traffic"),
            forgetting: Latest::new("canopy-traffic-end"),
            lens: None,
            model: Weak::new(),
            last: None,
            table: Arc::default(),
            shares: Arc::default(),
            answered: None,
        }
    }
}

impl Watch {
    /// What was found last.
    pub fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table)
    }

    /// The shares of nodes of the tree that were found last.
    pub fn shares(&self) -> Arc<Shares> {
        Arc::clone(&self.shares)
    }

    /// What the table answers; `None` before the first look.
    pub fn answered(&self) -> Option<&Wants> {
        self.answered.as_ref()
    }

    /// Takes what a worker brought, and starts the next look when it is due. `hold` are the rows that must not move, and
    /// `shares_of` the rows of the tree whose shares are wanted.
    pub fn tick(
        &mut self,
        ctx: &egui::Context,
        (session, now): (&Session, Timestamp),
        wants: &Wants,
        (hold, shares_of): (&[NodeId], &[NodeId]),
    ) {
        self.take();
        self.forgetting.poll();
        if self.jobs.is_busy() {
            return;
        }
        if !std::ptr::eq(self.model.as_ptr(), Arc::as_ptr(session.live.model())) {
            self.rest(ctx);
            self.model = Arc::downgrade(session.live.model());
        }
        let Some(delay) = self.delay((session, now), wants, shares_of) else {
            return;
        };
        if !delay.is_zero() {
            ctx.request_repaint_after(delay);
            return;
        }
        self.last = Some(Look {
            at: now,
            messages: session.glance.totals.messages,
            wants: wants.clone(),
        });
        let asked = Asked {
            span: wants.span,
            level: wants.level,
            measure: wants.order.measure(),
            query: Query::new(&wants.search),
            with_reserved: wants.with_reserved,
            hold: hold.to_vec(),
            shares_of: shares_of.to_vec(),
            ..Asked::default()
        };
        let (model, wants) = (Arc::clone(session.live.model()), wants.clone());
        let mut lens = self.lens.take().unwrap_or_default();
        self.jobs.start(ctx, move || {
            let mut table = look_at_traffic(&model, &mut lens, &asked);
            if asked.hold.is_empty() {
                wants.order.arrange(&mut table.rows);
            }
            let shares = std::mem::take(&mut table.shares);
            Looked {
                shares: shares
                    .into_iter()
                    .map(|(node, part, whole)| (node, (part, whole)))
                    .collect(),
                lens,
                table,
                wants,
            }
        });
    }

    /// Time until the next look; `None` while nothing would be different.
    fn delay(
        &self,
        (session, now): (&Session, Timestamp),
        wants: &Wants,
        shares_of: &[NodeId],
    ) -> Option<Duration> {
        let Some(last) = &self.last else {
            return Some(Duration::ZERO);
        };
        if last.wants != *wants {
            return Some(Duration::ZERO);
        }
        let since = now.since(last.at);
        if shares_of.iter().any(|node| !self.shares.contains_key(node)) {
            return Some(SOON.saturating_sub(since));
        }
        if session.is_paused {
            return None;
        }
        let is_moving = session.glance.totals.messages != last.messages;
        let total = self.table.total.messages + self.table.reserved.tally.messages;
        let is_fading = wants.span != Span::Start && total > 0;
        (is_moving || is_fading).then(|| PACE.saturating_sub(since))
    }

    fn take(&mut self) {
        if let Some(looked) = self.jobs.poll() {
            self.lens = Some(looked.lens);
            self.table = Arc::new(looked.table);
            self.shares = Arc::new(looked.shares);
            self.answered = Some(looked.wants);
        }
    }

    /// Nobody looks any more: forgets everything, not in a frame.
    pub fn rest(&mut self, ctx: &egui::Context) {
        self.forgetting.poll();
        self.take();
        if self.last.is_none() && self.lens.is_none() {
            return;
        }
        self.last = None;
        self.answered = None;
        self.shares = Arc::default();
        let known = (self.lens.take(), std::mem::take(&mut self.table));
        self.forgetting.start(ctx, move || drop(known));
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("answered", &self.answered)
            .finish_non_exhaustive()
    }
}

//! Who is connected to the broker inside: filled by the sockets, by authentication and by the broker's events.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hashbrown::{HashMap, HashSet};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::task::coop;
use tokio::time::timeout;

use crate::client::now;
use crate::mqtt::{Timestamp, Version};

use super::changes::{Change, Teller};
use super::pressure::{Pressure, ahead};
use super::wire::{Both, Farewell, Link, Traffic};

/// How long a new connection waits for the end of the one whose session it takes over. The `mqtt5` crate gives up a
/// CONNECT after 10 s.
const TAKEOVER: Duration = Duration::from_secs(5);

/// One connected client.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientInfo {
    /// Client identifier.
    pub client_id: String,
    /// Where it connects from.
    pub address: Option<SocketAddr>,
    /// Protocol version.
    pub version: Option<Version>,
    /// Topic of its last will, if it has one.
    pub will_topic: Option<String>,
    /// Messages from it: every PUBLISH on this connection, repeated ones too.
    pub messages_in: u64,
    /// Messages to it, counted in the same way.
    pub messages_out: u64,
    /// Its subscriptions: filters, in the order they were made; those of a resumed session come first, sorted.
    pub subscriptions: Vec<String>,
    /// When it was let in.
    pub since: Timestamp,
}

/// Sums over the broker.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// Connected clients.
    pub clients: usize,
    /// Subscriptions of all of them.
    pub subscriptions: usize,
    /// Retained messages, `$SYS` not counted.
    pub retained: usize,
    /// Messages in per second.
    pub rate_in: f32,
    /// Messages out per second.
    pub rate_out: f32,
    /// Messages in since the start.
    pub messages_in: u64,
    /// Messages out since the start.
    pub messages_out: u64,
    /// Sessions that wait for their client to come back.
    pub offline_sessions: usize,
}

/// What CONNECT said.
#[derive(Debug, Clone)]
pub(super) struct Hello {
    /// Client identifier, also one that the broker assigned.
    pub(super) client_id: String,
    /// Protocol level: 4 is 3.1.1, 5 is 5.
    pub(super) level: u8,
    /// Keep alive in seconds; 0 is none.
    pub(super) keep_alive: u16,
    /// Topic of the last will.
    pub(super) will_topic: Option<String>,
}

/// A network connection and what is known of it so far.
struct Entry {
    link: Arc<Link>,
    /// What CONNECT said, and when, once it was let in.
    hello: Option<(Hello, Timestamp)>,
    /// Whether CONNACK went out.
    connected: bool,
    subscriptions: Vec<String>,
    /// Grows from one connection to the next, and is given anew at CONNECT.
    order: u64,
}

/// Counts since the start.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arrivals {
    /// Clients that ever connected.
    pub(super) total: u64,
    /// The most at the same time.
    pub(super) maximum: usize,
}

/// What passed in one direction on all connections together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Total {
    /// Control packets of every kind.
    pub(super) packets: u64,
    /// PUBLISH packets.
    pub(super) messages: u64,
    /// Bytes.
    pub(super) bytes: u64,
}

impl Total {
    fn add(&mut self, traffic: &Traffic) {
        self.packets += traffic.packets();
        self.messages += traffic.messages();
        self.bytes += traffic.bytes();
    }
}

/// Both directions, seen from the broker.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    /// From clients.
    pub(super) incoming: Total,
    /// To clients.
    pub(super) outgoing: Total,
}

impl Totals {
    fn add(&mut self, traffic: &Both) {
        self.incoming.add(&traffic.incoming);
        self.outgoing.add(&traffic.outgoing);
    }
}

#[derive(Default)]
struct Inner {
    entries: HashMap<SocketAddr, Entry>,
    /// The last [`Entry::order`].
    order: u64,
    arrivals: Arrivals,
    /// What passed on connections that have ended.
    gone: Totals,
}

/// Every network connection of the broker, by the address it comes from (unique while it is open).
#[derive(Default)]
pub(super) struct Clients {
    inner: Mutex<Inner>,
    /// Holds publishers back.
    pub(super) pressure: Pressure,
    /// Who comes and goes.
    pub(super) teller: Teller,
    /// Tells those who wait that a connection has ended.
    gone: Notify,
}

impl Clients {
    /// A socket was accepted.
    pub(super) fn opened(&self, link: &Arc<Link>) {
        link.set_mark(self.pressure.came());
        let mut inner = self.inner.lock();
        inner.order += 1;
        let entry = Entry {
            hello: None,
            connected: false,
            subscriptions: Vec::new(),
            order: inner.order,
            link: Arc::clone(link),
        };
        inner.entries.insert(link.address, entry);
    }

    /// A socket was closed, for whatever reason.
    pub(super) fn closed(&self, address: SocketAddr) {
        let mut inner = self.inner.lock();
        let Some(gone) = inner.entries.remove(&address) else {
            return;
        };
        inner.gone.add(&gone.link.traffic);
        drop(inner);
        self.gone.notify_waiters();
        self.pressure.release();
        if let Some(info) = gone.info() {
            self.teller.tell(Change::Disconnected(info));
        }
    }

    /// The task of a connection waits for something.
    pub(super) fn paused(&self, link: &Link) {
        // With its budget spent, tokio makes a task wait although there is something to do.
        if link.rests() && coop::has_budget_remaining() {
            link.set_mark(self.pressure.came());
            self.pressure.release();
        }
    }

    /// Whether a publisher may go on; if not, its task is woken when it is worth asking again. Subscribers whose mark is
    /// old are asked whether they rest; those that are stuck are ended.
    pub(super) fn poll_open(&self, cx: &Context<'_>) -> Poll<()> {
        if self.pressure.is_open() {
            return Poll::Ready(());
        }
        // First this, so that no mark moves unseen.
        self.pressure.park(cx);
        self.pressure.set_limit(self.limit());
        if self.pressure.is_open() {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// How much may come before a subscriber could have too much waiting for it.
    fn limit(&self) -> u64 {
        let inner = self.inner.lock();
        let came = self.pressure.came();
        let mut limit = came + ahead(1);
        for entry in inner.subscribers() {
            let own = entry.link.mark() + ahead(entry.subscriptions.len());
            if own <= came {
                entry.link.hurry();
            }
            limit = limit.min(own);
        }
        limit
    }

    /// What has passed since the start.
    pub(super) fn totals(&self) -> Totals {
        let inner = self.inner.lock();
        let links = inner.entries.values().map(|entry| &entry.link.traffic);
        links.fold(inner.gone, |mut totals, traffic| {
            totals.add(traffic);
            totals
        })
    }

    /// CONNECT came from `address` and was let in.
    pub(super) fn identified(&self, address: SocketAddr, hello: Hello) {
        let mut inner = self.inner.lock();
        inner.order += 1;
        let order = inner.order;
        if let Some(entry) = inner.entries.get_mut(&address) {
            entry.link.set_terms(hello.level, hello.keep_alive);
            entry.hello = Some((hello, now()));
            entry.order = order;
        }
    }

    /// Ends the connections that said CONNECT with the same client identifier before the one from `address`
    /// (MQTT 5, 3.1.4-3), and waits until their handlers have given the session back, at most [`TAKEOVER`].
    ///
    /// `mqtt5` 0.49 would serve the new connection already while the old handler goes on. Until the old one has ended
    /// the new one does not know what is in flight: it answers PUBREL for a message that the old one holds with
    /// "Packet Identifier not found", so a QoS 2 message is lost, and PUBREC with PUBREL, so one comes twice.
    pub(super) async fn take_over(&self, address: SocketAddr) {
        let all_gone = async {
            loop {
                let mut gone = pin!(self.gone.notified());
                // From here on, so that no end is missed between the look and the wait.
                gone.as_mut().enable();
                if !self.end_older(address) {
                    return;
                }
                gone.await;
            }
        };
        // What has not ended by then is left to the crate's own takeover.
        timeout(TAKEOVER, all_gone).await.ok();
    }

    /// Whether there are older connections with the client identifier of the one from `address`; ends them.
    fn end_older(&self, address: SocketAddr) -> bool {
        let inner = self.inner.lock();
        let Some(own) = inner.entries.get(&address) else {
            return false;
        };
        let Some((hello, _)) = &own.hello else {
            return false;
        };
        let mut any = false;
        for entry in inner.entries.values() {
            if entry.order < own.order && entry.has_id(&hello.client_id) {
                entry.link.end(Farewell::SessionTakenOver);
                any = true;
            }
        }
        any
    }

    /// CONNACK went to `client_id`, with the subscriptions of its session if that was resumed.
    pub(super) fn connected(&self, client_id: &str, mut resumed: Vec<String>) {
        resumed.sort_unstable();
        let mut inner = self.inner.lock();
        let Some(entry) = inner
            .entries
            .values_mut()
            .find(|entry| !entry.connected && entry.has_id(client_id))
        else {
            return;
        };
        entry.connected = true;
        entry.subscriptions = resumed;
        if let Some(info) = entry.info() {
            self.teller.tell(Change::Connected(info));
        }
        let connected = inner.connected().count();
        inner.arrivals.total += 1;
        inner.arrivals.maximum = inner.arrivals.maximum.max(connected);
    }

    /// `client_id` was granted these filters.
    pub(super) fn subscribed<'a>(&self, client_id: &str, filters: impl Iterator<Item = &'a str>) {
        let mut inner = self.inner.lock();
        if let Some(entry) = inner.latest_mut(client_id) {
            for filter in filters {
                if !entry.subscriptions.iter().any(|known| known == filter) {
                    entry.subscriptions.push(filter.to_owned());
                }
            }
        }
    }

    /// `client_id` gave these filters up.
    pub(super) fn unsubscribed<'a>(&self, client_id: &str, filters: impl Iterator<Item = &'a str>) {
        let mut inner = self.inner.lock();
        if let Some(entry) = inner.latest_mut(client_id) {
            for filter in filters {
                entry.subscriptions.retain(|known| known != filter);
            }
        }
    }

    /// Ends the connection of `client_id`.
    pub(super) fn end(&self, client_id: &str) {
        if let Some(entry) = self.inner.lock().latest_mut(client_id) {
            entry.link.end(Farewell::AdministrativeAction);
        }
    }

    /// Ends the connections that have not said CONNECT yet.
    pub(super) fn end_strangers(&self) {
        let inner = self.inner.lock();
        let strangers = inner.entries.values().filter(|entry| entry.hello.is_none());
        strangers.for_each(|entry| entry.link.end(Farewell::AdministrativeAction));
    }

    /// How many of these client identifiers are not connected.
    pub(super) fn count_away(&self, ids: &[String]) -> usize {
        let inner = self.inner.lock();
        let connected: HashSet<&str> = inner
            .connected()
            .filter_map(|entry| entry.hello.as_ref())
            .map(|(hello, _)| hello.client_id.as_str())
            .collect();
        ids.iter()
            .filter(|id| !connected.contains(id.as_str()))
            .count()
    }

    /// How many clients are connected, and how many subscriptions they have together.
    pub(super) fn counts(&self) -> (usize, usize) {
        let inner = self.inner.lock();
        inner
            .connected()
            .fold((0, 0), |(clients, subscriptions), entry| {
                (clients + 1, subscriptions + entry.subscriptions.len())
            })
    }

    /// How many came since the start.
    pub(super) fn arrivals(&self) -> Arrivals {
        self.inner.lock().arrivals
    }

    /// The connected clients in order of arrival.
    pub(super) fn list(&self) -> Vec<ClientInfo> {
        let inner = self.inner.lock();
        let mut list: Vec<(u64, ClientInfo)> = inner
            .entries
            .values()
            .filter_map(|entry| Some((entry.order, entry.info()?)))
            .collect();
        drop(inner);
        list.sort_unstable_by_key(|(order, _)| *order);
        list.into_iter().map(|(_, info)| info).collect()
    }
}

impl Inner {
    fn connected(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(|entry| entry.connected)
    }

    fn subscribers(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.entries.values();
        entries.filter(|entry| !entry.subscriptions.is_empty())
    }

    /// The newest connection of `client_id`: while a session is taken over there are two for a moment.
    fn latest_mut(&mut self, client_id: &str) -> Option<&mut Entry> {
        self.entries
            .values_mut()
            .filter(|entry| entry.has_id(client_id))
            .max_by_key(|entry| (entry.connected, entry.order))
    }
}

impl Entry {
    fn has_id(&self, client_id: &str) -> bool {
        self.hello
            .as_ref()
            .is_some_and(|(hello, _)| hello.client_id == client_id)
    }

    /// `None` before CONNACK.
    fn info(&self) -> Option<ClientInfo> {
        let (hello, since) = self.hello.as_ref().filter(|_| self.connected)?;
        Some(ClientInfo {
            client_id: hello.client_id.clone(),
            address: Some(self.link.address),
            version: self.link.version(),
            will_topic: hello.will_topic.clone(),
            messages_in: self.link.traffic.incoming.messages(),
            messages_out: self.link.traffic.outgoing.messages(),
            subscriptions: self.subscriptions.clone(),
            since: *since,
        })
    }
}

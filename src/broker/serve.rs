//! The broker at work: accepts clients, hands each to the `mqtt5` crate, does the housekeeping, and ends in order.
//!
//! The crate's own accept loop cannot watch its sockets, so the loop is ours and only its router, storage and
//! client handler are used.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use mqtt5::broker::client_handler::ClientHandler;
use mqtt5::broker::resource_monitor::{ResourceLimits, ResourceMonitor};
use mqtt5::broker::router::MessageRouter;
use mqtt5::broker::storage::{DynamicStorage, MemoryBackend, QueueLimits, StorageBackend};
use mqtt5::broker::sys_topics::BrokerStats;
use mqtt5::broker::transport::BrokerTransport;
use mqtt5::broker::{AuthProvider, BrokerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::profile::Secret;

use super::access::{Access, Listener};
use super::clients::Clients;
use super::line::Line;
use super::sys::SysTopics;
use super::wire::Wire;

/// Largest packet in bytes. The crate's default, 268,435,456, is one more than a packet can have (MQTT 5, 2.1.4),
/// and paho for Python refuses it in CONNACK.
const MAX_PACKET_SIZE: usize = 16 * 1024 * 1024;
/// Messages that may wait for one connected client. With the crate's default, 10,000, a new `#` subscriber gets
/// 10,000 of 100,000 retained messages.
pub(super) const CLIENT_CHANNEL_CAPACITY: usize = 262_144;
/// Messages above QoS 0 that may be under way to one client, if it does not ask for fewer. Each acknowledgement makes
/// the crate look through all of them, so more is not better.
const MAX_OUTBOUND_INFLIGHT: u16 = 100;
/// What may wait for a client that is away: messages and bytes.
const OFFLINE_QUEUE: QueueLimits = QueueLimits {
    max_messages: 262_144,
    max_bytes: 256 * 1024 * 1024,
};
/// Between two publications of `$SYS`, as in mosquitto, and between two sweeps for what has expired.
const HOUSEKEEPING: Duration = Duration::from_secs(10);
/// How long clients get to take their DISCONNECT when the broker stops.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long accepting pauses when the system refuses (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Everything a connection needs of the broker.
pub(super) struct Server {
    /// Who is connected.
    pub(super) clients: Arc<Clients>,
    /// Subscriptions and retained messages.
    pub(super) router: Arc<MessageRouter>,
    /// Sessions and their queues, in memory.
    pub(super) storage: Arc<DynamicStorage>,
    config: Arc<BrokerConfig>,
    access: Arc<dyn AuthProvider>,
    stats: Arc<BrokerStats>,
    monitor: Arc<ResourceMonitor>,
}

impl Server {
    /// A broker that remembers nothing yet. `credentials` are what clients must give, if anything.
    pub(super) fn new(credentials: Option<(String, Secret)>) -> Self {
        let backend = MemoryBackend::with_queue_limits(OFFLINE_QUEUE);
        let storage = Arc::new(DynamicStorage::Memory(backend));
        let clients = Arc::new(Clients::default());
        let mut config = BrokerConfig::default()
            .with_max_packet_size(MAX_PACKET_SIZE)
            .with_client_channel_capacity(CLIENT_CHANNEL_CAPACITY)
            .with_max_outbound_inflight(MAX_OUTBOUND_INFLIGHT)
            .with_event_handler(Arc::new(Listener {
                clients: Arc::clone(&clients),
                storage: Arc::clone(&storage),
            }));
        // The ports are ours; the crate must not open one.
        config.bind_addresses = Vec::new();
        Self {
            router: Arc::new(MessageRouter::with_storage(Arc::clone(&storage))),
            access: Arc::new(Access {
                credentials,
                clients: Arc::clone(&clients),
            }),
            monitor: Arc::new(ResourceMonitor::new(limits(config.max_clients))),
            stats: Arc::new(BrokerStats::new()),
            config: Arc::new(config),
            clients,
            storage,
        }
    }

    /// Serves until `stop` is sent or dropped, then says goodbye to every client and returns.
    pub(super) async fn run(self: Arc<Self>, listener: TcpListener, stop: oneshot::Receiver<()>) {
        let (shutdown, _) = broadcast::channel(1);
        let mut connections = JoinSet::new();
        let mut housekeeping = JoinSet::new();
        housekeeping.spawn(Arc::clone(&self).keep_house());
        self.accept_until(listener, stop, &shutdown, &mut connections)
            .await;
        housekeeping.shutdown().await;
        // An error only says that nobody is connected.
        shutdown.send(()).ok();
        self.clients.end_strangers();
        let all_gone = async { while connections.join_next().await.is_some() {} };
        if timeout(FAREWELL, all_gone).await.is_err() {
            connections.shutdown().await;
        }
    }

    async fn accept_until(
        self: &Arc<Self>,
        listener: TcpListener,
        mut stop: oneshot::Receiver<()>,
        shutdown: &broadcast::Sender<()>,
        connections: &mut JoinSet<()>,
    ) {
        loop {
            tokio::select! {
                _ = &mut stop => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, address)) => {
                        let server = Arc::clone(self);
                        connections.spawn(server.serve(stream, address, shutdown.subscribe()));
                    }
                    Err(_) => sleep(ACCEPT_PAUSE).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    /// One client, from CONNECT to the end of its connection.
    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        address: SocketAddr,
        shutdown: broadcast::Receiver<()>,
    ) {
        // Without it acknowledgements wait for more data (Nagle); it fails only on a socket that is closed already.
        stream.set_nodelay(true).ok();
        let line = Line::new(stream);
        self.handle(Arc::clone(&line), address, shutdown).await;
        if let Some(line) = Arc::into_inner(line) {
            line.close().await;
        }
    }

    async fn handle(
        &self,
        socket: Arc<Line>,
        address: SocketAddr,
        shutdown: broadcast::Receiver<()>,
    ) {
        let (wire, link) = Wire::new(Arc::clone(&socket), address, Arc::clone(&self.clients));
        self.clients.opened(&link);
        let _closed = OnDrop(|| self.clients.closed(address));
        let handler = ClientHandler::new(
            BrokerTransport::WebSocket(Box::new(wire)),
            address,
            Arc::clone(&self.config),
            Arc::clone(&self.router),
            Arc::clone(&self.access),
            Some(Arc::clone(&self.storage)),
            Arc::clone(&self.stats),
            Arc::clone(&self.monitor),
            shutdown,
        );
        let mut running = pin!(handler.run());
        // How a client's connection ended is shown by its absence; the handler has published the will.
        poll_fn(|cx| {
            let polled = running.as_mut().poll(cx);
            if polled.is_pending() {
                // The handler waits for something, so what it has said must not wait any longer. If the socket
                // fails, the handler sees it at its next read.
                drop(socket.poll_drain(cx));
                self.clients.paused(&link);
            }
            polled
        })
        .await
        .ok();
    }

    async fn keep_house(self: Arc<Self>) {
        let mut sys = SysTopics::new(Arc::clone(&self.router), Arc::clone(&self.clients));
        let mut ticks = interval(HOUSEKEEPING);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // Memory does not fail.
            self.storage.cleanup_expired().await.ok();
            self.router.sweep_sessions().await;
            let away = self.sessions_away().await;
            sys.publish(away).await;
        }
    }

    /// How many sessions wait for their client.
    pub(super) async fn sessions_away(&self) -> usize {
        let ids = self.storage.session_client_ids().await.unwrap_or_default();
        self.clients.count_away(&ids)
    }
}

/// No limits but the number of clients; every client is the user's own.
fn limits(max_connections: usize) -> ResourceLimits {
    ResourceLimits {
        max_connections,
        max_connections_per_ip: max_connections,
        max_message_rate_per_client: 0,
        max_bandwidth_per_client: 0,
        max_connection_rate: u32::MAX,
        rate_limit_window: Duration::from_secs(1),
    }
}

/// Runs a closure when a task ends, also when it is aborted.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

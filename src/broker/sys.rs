//! The `$SYS` topics of the broker inside, under the names that mosquitto gave them.

use std::sync::Arc;

use bytes::Bytes;
use mqtt5::QoS;
use mqtt5::broker::router::MessageRouter;
use mqtt5::packet::publish::PublishPacket;

use crate::client::now;
use crate::mqtt::Timestamp;

use super::clients::{Clients, Totals};

/// How many topics there are, all of them retained.
pub(super) const COUNT: usize = 15;

/// Publishes what changed since the last time.
pub(super) struct SysTopics {
    router: Arc<MessageRouter>,
    clients: Arc<Clients>,
    started: Timestamp,
    last: [String; COUNT],
}

impl SysTopics {
    /// Topics about `clients`, to be published through `router`. Uptime counts from now.
    pub(super) fn new(router: Arc<MessageRouter>, clients: Arc<Clients>) -> Self {
        Self {
            router,
            clients,
            started: now(),
            last: Default::default(),
        }
    }

    /// Publishes every topic whose value changed, retained at QoS 0. `away` is the number of sessions whose client
    /// is not connected.
    pub(super) async fn publish(&mut self, away: usize) {
        let values = self.values(away).await;
        for ((topic, value), last) in values.into_iter().zip(&mut self.last) {
            if *last != value {
                let payload = Bytes::copy_from_slice(value.as_bytes());
                let packet = PublishPacket::new(topic, payload, QoS::AtMostOnce).with_retain(true);
                self.router.route_sys_message(&packet).await;
                *last = value;
            }
        }
    }

    async fn values(&self, away: usize) -> [(&'static str, String); COUNT] {
        let (connected, subscriptions) = self.clients.counts();
        let arrivals = self.clients.arrivals();
        let uptime = now().since(self.started).as_secs();
        let retained = self.router.retained_count().await;
        let Totals { incoming, outgoing } = self.clients.totals();
        [
            (
                "$SYS/broker/version",
                concat!("Canopy ", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
            ("$SYS/broker/uptime", format!("{uptime} seconds")),
            ("$SYS/broker/clients/connected", connected.to_string()),
            ("$SYS/broker/clients/disconnected", away.to_string()),
            ("$SYS/broker/clients/total", (connected + away).to_string()),
            ("$SYS/broker/clients/maximum", arrivals.maximum.to_string()),
            ("$SYS/broker/connections/total", arrivals.total.to_string()),
            (
                "$SYS/broker/messages/received",
                incoming.packets.to_string(),
            ),
            ("$SYS/broker/messages/sent", outgoing.packets.to_string()),
            (
                "$SYS/broker/publish/messages/received",
                incoming.messages.to_string(),
            ),
            (
                "$SYS/broker/publish/messages/sent",
                outgoing.messages.to_string(),
            ),
            ("$SYS/broker/bytes/received", incoming.bytes.to_string()),
            ("$SYS/broker/bytes/sent", outgoing.bytes.to_string()),
            ("$SYS/broker/retained messages/count", retained.to_string()),
            ("$SYS/broker/subscriptions/count", subscriptions.to_string()),
        ]
    }
}

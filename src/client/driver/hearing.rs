//! What the driver learns from the tap: answers of the broker, and what was really written.

use crate::mqtt::{ConnAck, Disconnect, Packet, Timestamp};

use super::super::failure::Unreadable;
use super::super::tap::Seen;
use super::super::{Direction, Event};
use super::Driver;

/// What the tap told of the current connection.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) connack: Option<Box<ConnAck>>,
    pub(super) disconnect: Option<Disconnect>,
    pub(super) unreadable: Option<Unreadable>,
    /// Whether a message was acknowledged, or one came in a resumed session: with such connections, however
    /// short, everything gets through in the end.
    pub(super) progressed: bool,
    ping_sent: Option<Timestamp>,
}

impl Driver {
    /// Takes in everything that passed since the last time.
    pub(super) fn hear(&mut self) {
        let mut signals = std::mem::take(&mut self.signals);
        self.parts.link.take_signals(&mut signals);
        for signal in signals.drain(..) {
            match (signal.direction, signal.seen) {
                (Direction::Incoming, Seen::Packet(packet)) => self.incoming(signal.at, *packet),
                (Direction::Outgoing, Seen::Packet(packet)) => self.outgoing(signal.at, *packet),
                (Direction::Incoming, Seen::Gain) => self.heard.progressed = true,
                (Direction::Incoming, Seen::TooLarge(size)) => {
                    self.heard.unreadable = Some(Unreadable::TooLarge(size));
                }
                (Direction::Incoming, Seen::Malformed(words)) => {
                    self.heard.unreadable = Some(Unreadable::Malformed(words));
                }
                (Direction::Incoming, Seen::BadAlias(err)) => {
                    self.heard.unreadable = Some(Unreadable::BadAlias(err));
                }
                (Direction::Outgoing, _) => {}
            }
        }
        self.signals = signals;
    }

    fn incoming(&mut self, at: Timestamp, packet: Packet) {
        match packet {
            Packet::ConnAck(connack) => {
                if !connack.session_present && !connack.reason.is_error() {
                    self.publishes.session_lost();
                }
                self.heard.connack = Some(connack);
            }
            Packet::Disconnect(disconnect) => self.heard.disconnect = Some(*disconnect),
            Packet::PubAck(_) | Packet::PubComp(_) => self.heard.progressed = true,
            Packet::PubRec(ack) => {
                self.heard.progressed = true;
                self.tell_all(self.publishes.received(&ack));
            }
            Packet::SubAck(suback) => {
                let events = self.subscriptions.suback(&suback);
                self.tell_all(events);
            }
            Packet::UnsubAck(unsuback) => {
                let events = self.subscriptions.unsuback(&unsuback);
                self.tell_all(events);
            }
            Packet::PingResp => {
                if let Some(sent) = self.heard.ping_sent.take() {
                    self.tell(Event::PingRoundTrip(at.since(sent)));
                }
            }
            _ => {}
        }
    }

    fn outgoing(&mut self, at: Timestamp, packet: Packet) {
        match packet {
            Packet::Publish(publish) => {
                let event = self.publishes.written(&publish);
                self.tell_all(event);
            }
            Packet::Subscribe(subscribe) => {
                let filters = subscribe.requests.into_iter().map(|request| request.filter);
                self.subscriptions.written(subscribe.packet_id, filters);
            }
            Packet::Unsubscribe(unsubscribe) => self
                .subscriptions
                .written(unsubscribe.packet_id, unsubscribe.filters.into_iter()),
            Packet::PingReq => self.heard.ping_sent = Some(at),
            _ => {}
        }
    }
}

//! For which subscriptions the broker keeps the retain flag as published, as its answers confirm.
//!
//! What the window wishes holds only once the broker has answered: a SUBSCRIBE to a filter that is subscribed already
//! changes the options of what comes (MQTT 5, 3.8.4), and nobody knows at which message before the SUBACK. What is left
//! is served until UNSUBACK. In a new session a filter has no options before: those asked for hold at once.

use std::collections::BTreeMap;

use crate::client::Direction;
use crate::model::FlagsKept;
use crate::mqtt::{ConnAck, Packet, PacketId, SubAck, TopicFilter};

/// How the broker serves a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Served {
    Keeping,
    Clearing,
    /// One or the other.
    Either,
}

impl Served {
    fn by(keeps: bool) -> Self {
        if keeps { Self::Keeping } else { Self::Clearing }
    }
}

/// A filter of a SUBSCRIBE or UNSUBSCRIBE that is not answered.
#[derive(Debug)]
struct Asked {
    filter: TopicFilter,
    /// What is asked for; `None` to be left alone.
    wanted: Option<Served>,
    /// How it was served before.
    before: Option<Served>,
}

/// Follows the packets of one connection and those after it.
#[derive(Debug, Default)]
pub(super) struct Flags {
    served: BTreeMap<TopicFilter, Served>,
    /// Whether others are not served.
    is_complete: bool,
    asked: BTreeMap<PacketId, Vec<Asked>>,
    connected_before: bool,
}

impl Flags {
    /// Takes in a packet; returns what holds from here on, if that has changed.
    pub(super) fn take(&mut self, direction: Direction, packet: &Packet) -> Option<FlagsKept> {
        let is_of_these = matches!(
            packet,
            Packet::ConnAck(_)
                | Packet::Subscribe(_)
                | Packet::SubAck(_)
                | Packet::Unsubscribe(_)
                | Packet::UnsubAck(_)
        );
        // acknowledgements of messages come by the million
        let before = is_of_these.then(|| self.kept())?;
        match (direction, packet) {
            (Direction::Incoming, Packet::ConnAck(connack)) if !connack.reason.is_error() => {
                self.connected(connack);
                // the model may come from an earlier connection
                return Some(self.kept());
            }
            (Direction::Incoming, Packet::SubAck(ack) | Packet::UnsubAck(ack)) => {
                self.answered(ack)
            }
            (Direction::Outgoing, Packet::Subscribe(subscribe)) => {
                let asked = subscribe.requests.iter();
                let asked = asked.map(|it| (&it.filter, Some(Served::by(it.retain_as_published))));
                self.ask(subscribe.packet_id, asked);
            }
            (Direction::Outgoing, Packet::Unsubscribe(unsubscribe)) => {
                let asked = unsubscribe.filters.iter().map(|filter| (filter, None));
                self.ask(unsubscribe.packet_id, asked);
            }
            _ => return None,
        }
        Some(self.kept()).filter(|kept| *kept != before)
    }

    fn kept(&self) -> FlagsKept {
        let known = self.served.iter();
        let known = known.map(|(filter, served)| (filter.clone(), *served == Served::Keeping));
        FlagsKept {
            known: known.collect(),
            is_complete: self.is_complete,
        }
    }

    fn connected(&mut self, connack: &ConnAck) {
        self.asked.clear();
        if !connack.session_present {
            self.served.clear();
            self.is_complete = true;
        } else if !self.connected_before {
            self.is_complete = false;
        }
        self.connected_before = true;
    }

    fn ask<'a>(
        &mut self,
        packet_id: PacketId,
        filters: impl Iterator<Item = (&'a TopicFilter, Option<Served>)>,
    ) {
        let mut all = Vec::new();
        for (filter, wanted) in filters {
            let Some(filter) = own(filter) else { continue };
            let before = self.served.get(&filter).copied();
            if let Some(wanted) = wanted {
                let is_sure = before.map_or(self.is_complete, |before| before == wanted);
                let now = if is_sure { wanted } else { Served::Either };
                self.served.insert(filter.clone(), now);
            }
            all.push(Asked {
                filter,
                wanted,
                before,
            });
        }
        self.asked.insert(packet_id, all);
    }

    fn answered(&mut self, ack: &SubAck) {
        for (at, it) in self
            .asked
            .remove(&ack.packet_id)
            .unwrap_or_default()
            .into_iter()
            .enumerate()
        {
            let mut others = self.asked.values().flatten();
            if others.any(|other| other.filter == it.filter) {
                // a later answer counts
                continue;
            }
            // UNSUBACK of MQTT 3.1.1 says nothing and means yes
            let reason = ack.reasons.get(at);
            let is_refused = reason.is_some_and(|reason| reason.is_error());
            let now = if is_refused { it.before } else { it.wanted };
            match now {
                Some(now) => drop(self.served.insert(it.filter, now)),
                None => drop(self.served.remove(&it.filter)),
            }
        }
    }
}

/// A copy: the text may share a big buffer with other packets.
fn own(filter: &TopicFilter) -> Option<TopicFilter> {
    TopicFilter::new(filter.as_str().to_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Properties, Qos, ReasonCode, Subscribe, SubscribeRequest, Unsubscribe};

    fn filter(text: &str) -> TopicFilter {
        TopicFilter::new(text.to_owned()).unwrap()
    }

    fn connected(session_present: bool) -> Packet {
        Packet::ConnAck(Box::new(ConnAck {
            session_present,
            reason: ReasonCode::SUCCESS,
            properties: Properties::default(),
        }))
    }

    fn subscribe(id: u16, text: &str, retain_as_published: bool) -> Packet {
        let request = SubscribeRequest {
            filter: filter(text),
            qos: Qos::AtMostOnce,
            no_local: false,
            retain_as_published,
            retain_handling: 0,
        };
        Packet::Subscribe(Box::new(Subscribe {
            packet_id: PacketId::new(id).unwrap(),
            requests: vec![request],
            properties: Properties::default(),
        }))
    }

    fn unsubscribe(id: u16, text: &str) -> Packet {
        Packet::Unsubscribe(Box::new(Unsubscribe {
            packet_id: PacketId::new(id).unwrap(),
            filters: vec![filter(text)],
            properties: Properties::default(),
        }))
    }

    fn answer(id: u16, reason: u8) -> Packet {
        Packet::SubAck(Box::new(SubAck {
            packet_id: PacketId::new(id).unwrap(),
            reasons: vec![ReasonCode(reason)],
            properties: Properties::default(),
        }))
    }

    /// Takes these in and says what is known of `a` then.
    fn after(flags: &mut Flags, packets: &[Packet]) -> Option<bool> {
        for packet in packets {
            let direction = match packet {
                Packet::Subscribe(_) | Packet::Unsubscribe(_) => Direction::Outgoing,
                _ => Direction::Incoming,
            };
            flags.take(direction, packet);
        }
        let known = flags.kept().known;
        known.iter().find(|it| it.0 == filter("a")).map(|it| it.1)
    }

    #[test]
    fn other_options_hold_when_the_broker_has_answered() {
        let flags = &mut Flags::default();
        let new = [connected(false), subscribe(1, "a", false)];
        assert_eq!(after(flags, &new), Some(false));
        assert_eq!(after(flags, &[answer(1, 0)]), Some(false));
        assert_eq!(after(flags, &[subscribe(2, "a", true)]), Some(false));
        assert_eq!(after(flags, &[answer(2, 0)]), Some(true));
        // back: not any more from the moment it is asked
        assert_eq!(after(flags, &[subscribe(3, "a", false)]), Some(false));
        assert_eq!(after(flags, &[answer(3, 0x87)]), Some(true), "refused");
        // both ways before an answer
        let both = [subscribe(4, "a", false), subscribe(5, "a", true)];
        assert_eq!(after(flags, &both), Some(false));
        assert_eq!(after(flags, &[answer(4, 0)]), Some(false));
        assert_eq!(after(flags, &[answer(5, 0)]), Some(true));
        assert_eq!(
            after(flags, &[subscribe(6, "a", true)]),
            Some(true),
            "the same"
        );
        assert_eq!(after(flags, &[unsubscribe(7, "a")]), Some(true));
        assert_eq!(after(flags, &[answer(6, 0), answer(7, 0)]), None);
        assert_eq!(
            after(flags, &[subscribe(8, "a", true)]),
            Some(true),
            "a new one"
        );
    }

    #[test]
    fn a_session_of_an_earlier_run_may_have_other_options() {
        let flags = &mut Flags::default();
        let resumed = [connected(true), subscribe(1, "a", true)];
        assert_eq!(after(flags, &resumed), Some(false));
        assert!(!flags.kept().is_complete);
        assert_eq!(after(flags, &[answer(1, 0)]), Some(true));
        // one of this run goes on as it was
        assert_eq!(after(flags, &[connected(true)]), Some(true));
        assert_eq!(after(flags, &[connected(false)]), None);
        assert!(flags.kept().is_complete);
    }
}

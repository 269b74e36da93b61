//! What is to be subscribed, what the broker said to it, and what has to be asked again after a reconnect.

use std::collections::BTreeMap;

use crate::mqtt::{PacketId, Properties, Qos, ReasonCode, SubAck, TopicFilter};

use super::{Event, SubscribeOptions, SubscribeOutcome};

/// SUBSCRIBEs and UNSUBSCRIBEs that may be unanswered.
const UNANSWERED_LIMIT: usize = 64;

/// A subscription that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) filter: TopicFilter,
    pub(super) qos: Qos,
    pub(super) options: SubscribeOptions,
}

impl From<(TopicFilter, Qos)> for Wish {
    fn from((filter, qos): (TopicFilter, Qos)) -> Self {
        Self {
            filter,
            qos,
            options: SubscribeOptions::default(),
        }
    }
}

/// The wanted subscriptions, in the order they were asked for.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    wanted: Vec<Wanted>,
    /// Unsubscribed, and the broker may still have it.
    leaving: Vec<Wish>,
    asked: BTreeMap<PacketId, Vec<TopicFilter>>,
    unanswered: usize,
    connected_before: bool,
}

#[derive(Debug)]
struct Wanted {
    wish: Wish,
    asked: bool,
}

/// What has to be sent after CONNACK.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Catchup {
    pub(super) subscribe: Vec<Wish>,
    pub(super) unsubscribe: Vec<TopicFilter>,
}

impl Subscriptions {
    /// Begins with the profile's subscriptions.
    pub(super) fn new(wishes: &[Wish]) -> Self {
        let mut subscriptions = Self::default();
        for wish in wishes {
            subscriptions.want(wish.clone());
        }
        subscriptions
    }

    /// Remembers a subscription, or its new QoS and options.
    pub(super) fn want(&mut self, wish: Wish) {
        self.leaving.retain(|left| left.filter != wish.filter);
        let known = self
            .wanted
            .iter_mut()
            .find(|known| known.wish.filter == wish.filter);
        let wanted = Wanted { wish, asked: false };
        match known {
            Some(known) => *known = wanted,
            None => self.wanted.push(wanted),
        }
    }

    /// Forgets a subscription; the broker has still to be told.
    pub(super) fn leave(&mut self, filter: &TopicFilter) {
        let position = self
            .wanted
            .iter()
            .position(|known| known.wish.filter == *filter);
        if let Some(position) = position {
            self.leaving.push(self.wanted.remove(position).wish);
        }
    }

    /// What the broker has to be told, now that CONNACK came. A session that an earlier run of the program left
    /// behind is subscribed anew, so that retained messages come.
    pub(super) fn connected(&mut self, session_present: bool) -> Catchup {
        if !session_present || !std::mem::replace(&mut self.connected_before, true) {
            self.asked.clear();
            self.unanswered = 0;
            for known in &mut self.wanted {
                known.asked = false;
            }
        }
        self.connected_before = true;
        if !session_present {
            self.leaving.clear();
        }
        Catchup {
            subscribe: self
                .wanted
                .iter()
                .filter(|known| !known.asked)
                .map(|known| known.wish.clone())
                .collect(),
            unsubscribe: self
                .leaving
                .iter()
                .map(|left| left.filter.clone())
                .collect(),
        }
    }

    /// SUBSCRIBE for `wishes`, or UNSUBSCRIBE, was handed over.
    pub(super) fn handed_over(&mut self, wishes: &[Wish]) {
        self.unanswered += 1;
        for known in &mut self.wanted {
            known.asked |= wishes.iter().any(|wish| wish.filter == known.wish.filter);
        }
    }

    /// Whether one more may be handed over.
    pub(super) fn has_room(&self) -> bool {
        self.unanswered < UNANSWERED_LIMIT
    }

    /// Whether an answer is awaited.
    pub(super) fn awaits_answer(&self) -> bool {
        self.unanswered > 0
    }

    /// Filters whose SUBSCRIBE was written and not answered, the last one asked at the end. To be looked at when the
    /// connection is gone.
    pub(super) fn without_answer(&self) -> Vec<TopicFilter> {
        let is_wanted = |filter: &&TopicFilter| {
            let mut wanted = self.wanted.iter();
            wanted.any(|known| known.wish.filter == **filter)
        };
        let asked = self.asked.values().flatten();
        asked.filter(is_wanted).cloned().collect()
    }

    /// SUBSCRIBE or UNSUBSCRIBE was written.
    pub(super) fn written(
        &mut self,
        packet_id: PacketId,
        filters: impl Iterator<Item = TopicFilter>,
    ) {
        self.asked.insert(packet_id, filters.collect());
    }

    /// SUBACK came: what became of each filter.
    pub(super) fn suback(&mut self, suback: &SubAck) -> Vec<Event> {
        let words = suback.properties.reason_string.as_ref();
        self.answered(suback.packet_id)
            .into_iter()
            .zip(&suback.reasons)
            .map(|(filter, reason)| Event::Subscription(filter, outcome(*reason, words)))
            .collect()
    }

    /// UNSUBACK came. In MQTT 3.1.1 it carries no reasons and always means yes.
    pub(super) fn unsuback(&mut self, unsuback: &SubAck) -> Vec<Event> {
        let mut events = Vec::new();
        for (index, filter) in self.answered(unsuback.packet_id).into_iter().enumerate() {
            let reason = unsuback
                .reasons
                .get(index)
                .copied()
                .unwrap_or(ReasonCode::SUCCESS);
            let left = self.leaving.iter().position(|left| left.filter == filter);
            let left = left.map(|position| self.leaving.remove(position));
            match left {
                Some(wish) if reason.is_error() => {
                    let qos = wish.qos;
                    self.wanted.push(Wanted { wish, asked: true });
                    events.push(Event::Note(format!(
                        "The broker refused to end the subscription to “{filter}”: {}. Unsubscribe again, or connect \
                         with a clean start.",
                        reason.name()
                    )));
                    events.push(Event::Subscription(filter, SubscribeOutcome::Granted(qos)));
                }
                // subscribed again meanwhile: the answer to that one counts
                _ if self.wanted.iter().any(|known| known.wish.filter == filter) => {}
                _ => events.push(Event::Subscription(filter, SubscribeOutcome::Removed)),
            }
        }
        events
    }

    fn answered(&mut self, packet_id: PacketId) -> Vec<TopicFilter> {
        let Some(filters) = self.asked.remove(&packet_id) else {
            return Vec::new();
        };
        self.unanswered = self.unanswered.saturating_sub(1);
        filters
    }
}

/// Why the broker would refuse this, or end the connection, as it said in CONNACK (MQTT 5, 3.2.2.3.11 to 3.2.2.3.13).
pub(super) fn refused_beforehand(wish: &Wish, granted: &Properties) -> Option<ReasonCode> {
    let filter = wish.filter.as_str();
    let is_off = |available: Option<u8>| available == Some(0);
    if is_off(granted.shared_subscription_available) && filter.starts_with("$share/") {
        return Some(ReasonCode(0x9E));
    }
    if is_off(granted.wildcard_subscription_available) && filter.contains(['+', '#']) {
        return Some(ReasonCode(0xA2));
    }
    let has_id = wish.options.id.is_some();
    (is_off(granted.subscription_ids_available) && has_id).then_some(ReasonCode(0xA1))
}

fn outcome(reason: ReasonCode, words: Option<&String>) -> SubscribeOutcome {
    match Qos::from_u8(reason.0) {
        Some(qos) => SubscribeOutcome::Granted(qos),
        None => SubscribeOutcome::Refused(reason, words.cloned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> TopicFilter {
        TopicFilter::new(text).unwrap()
    }

    fn wish(text: &str, qos: Qos) -> Wish {
        (filter(text), qos).into()
    }

    fn suback(packet_id: PacketId, reasons: &[u8]) -> SubAck {
        SubAck {
            packet_id,
            reasons: reasons.iter().map(|code| ReasonCode(*code)).collect(),
            properties: Properties::default(),
        }
    }

    #[test]
    fn a_lost_session_asks_for_everything_again_and_a_resumed_one_for_what_is_new() {
        let a = wish("a", Qos::AtMostOnce);
        let b = wish("b", Qos::ExactlyOnce);
        let mut subscriptions = Subscriptions::new(std::slice::from_ref(&a));
        let catchup = subscriptions.connected(false);
        assert_eq!(catchup.subscribe, std::slice::from_ref(&a));
        subscriptions.handed_over(&catchup.subscribe);

        subscriptions.want(b.clone());
        assert_eq!(
            subscriptions.connected(true).subscribe,
            std::slice::from_ref(&b)
        );
        assert_eq!(subscriptions.connected(false).subscribe, [a, b]);
    }

    #[test]
    fn what_was_left_while_offline_is_unsubscribed_in_a_resumed_session_only() {
        let mut subscriptions = Subscriptions::new(&[wish("a", Qos::AtMostOnce)]);
        subscriptions.connected(false);
        subscriptions.leave(&filter("a"));
        assert_eq!(subscriptions.connected(true).unsubscribe, [filter("a")]);
        assert_eq!(subscriptions.connected(false), Catchup::default());
    }

    #[test]
    fn each_filter_gets_its_own_answer() {
        let mut subscriptions = Subscriptions::default();
        let id = PacketId::new(7).unwrap();
        subscriptions.handed_over(&[]);
        subscriptions.written(id, [filter("a"), filter("#")].into_iter());
        assert!(subscriptions.awaits_answer());
        assert_eq!(
            subscriptions.suback(&suback(id, &[1, 0x87])),
            [
                Event::Subscription(filter("a"), SubscribeOutcome::Granted(Qos::AtLeastOnce)),
                Event::Subscription(
                    filter("#"),
                    SubscribeOutcome::Refused(ReasonCode(0x87), None)
                ),
            ]
        );
        assert!(!subscriptions.awaits_answer());
    }

    #[test]
    fn what_is_wanted_again_is_not_told_as_removed() {
        let mut subscriptions = Subscriptions::new(&[wish("a", Qos::AtLeastOnce)]);
        let (first, second) = (PacketId::new(7).unwrap(), PacketId::new(8).unwrap());
        subscriptions.leave(&filter("a"));
        subscriptions.written(first, [filter("a")].into_iter());
        subscriptions.want(wish("a", Qos::AtLeastOnce));
        assert_eq!(subscriptions.unsuback(&suback(first, &[])), []);

        subscriptions.leave(&filter("a"));
        subscriptions.written(second, [filter("a")].into_iter());
        assert_eq!(
            subscriptions.unsuback(&suback(second, &[])),
            [Event::Subscription(filter("a"), SubscribeOutcome::Removed)]
        );
    }

    #[test]
    fn a_refused_unsubscribe_stays_subscribed() {
        let mut subscriptions = Subscriptions::new(&[wish("a", Qos::AtLeastOnce)]);
        let id = PacketId::new(7).unwrap();
        subscriptions.leave(&filter("a"));
        subscriptions.written(id, [filter("a")].into_iter());
        let events = subscriptions.unsuback(&suback(id, &[0x87]));
        assert!(events.contains(&Event::Subscription(
            filter("a"),
            SubscribeOutcome::Granted(Qos::AtLeastOnce)
        )));
    }

    #[test]
    fn what_the_broker_said_it_does_not_have_is_refused_beforehand() {
        let granted = Properties {
            wildcard_subscription_available: Some(0),
            shared_subscription_available: Some(0),
            subscription_ids_available: Some(0),
            ..Properties::default()
        };
        let reason = |wish: &Wish, granted: &Properties| {
            refused_beforehand(wish, granted).map(|reason| reason.0)
        };
        let mut with_id = wish("a", Qos::AtMostOnce);
        with_id.options.id = Some(1);
        assert_eq!(reason(&wish("a", Qos::AtMostOnce), &granted), None);
        assert_eq!(reason(&wish("a/+", Qos::AtMostOnce), &granted), Some(0xA2));
        assert_eq!(
            reason(&wish("$share/g/a", Qos::AtMostOnce), &granted),
            Some(0x9E)
        );
        assert_eq!(reason(&with_id, &granted), Some(0xA1));
        assert_eq!(reason(&with_id, &Properties::default()), None);
    }

    #[test]
    fn filters_without_answer_are_known_when_the_connection_is_gone() {
        let mut subscriptions = Subscriptions::new(&[
            wish("a", Qos::AtMostOnce),
            wish("b", Qos::AtMostOnce),
            wish("c", Qos::AtMostOnce),
        ]);
        let id = |id| PacketId::new(id).unwrap();
        subscriptions.written(id(1), [filter("a")].into_iter());
        subscriptions.written(id(2), [filter("b"), filter("c")].into_iter());
        subscriptions.suback(&suback(id(1), &[0]));
        subscriptions.leave(&filter("b"));
        assert_eq!(subscriptions.without_answer(), [filter("c")]);
        subscriptions.connected(false);
        assert_eq!(subscriptions.without_answer(), []);
    }
}

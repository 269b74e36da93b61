//! What can be asked of this broker: by the protocol version, and by what it granted in CONNACK. Checked before anything
//! is sent, because some brokers end the connection instead of answering.

use crate::mqtt::{Qos, TopicFilter, Version};
use crate::profile::{LARGEST_SUBSCRIPTION_ID, Subscription};

use super::super::session::Session;

/// Why the options of MQTT 5 are of no use.
const NEEDS_MQTT5: &str = "MQTT 3.1.1 knows only the filter and the QoS. Choose MQTT 5 in the connection to use these options.";
const NO_IDS: &str =
    "This broker said in CONNACK that it knows no subscription identifiers. Leave it out.";
const NO_WILDCARDS: &str =
    "This broker said in CONNACK that it knows no “+” and “#”. Subscribe to full topics.";
const NO_SHARED: &str = "This broker said in CONNACK that it knows no shared subscriptions. Subscribe to the filter \
                         without “$share/group/”.";
const SHARED_NO_LOCAL: &str =
    "No Local must be off in a shared subscription (MQTT 5, 3.8.3.1). Switch it off.";

/// What this connection allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    version: Version,
    has_wildcards: bool,
    has_shared: bool,
    has_ids: bool,
    highest_qos: Qos,
}

impl Limits {
    /// What this protocol version allows.
    pub fn new(version: Version) -> Self {
        Self {
            version,
            has_wildcards: true,
            has_shared: true,
            has_ids: true,
            highest_qos: Qos::ExactlyOnce,
        }
    }

    /// What the open connection allows (MQTT 5, 3.2.2.3).
    pub fn of(session: &Session) -> Self {
        let all = Self::new(session.profile.version);
        let granted = session.granted.as_ref().filter(|_| session.is_connected());
        let Some(granted) = granted.map(|granted| &granted.properties) else {
            return all;
        };
        let is_there = |available: Option<u8>| available != Some(0);
        Self {
            has_wildcards: is_there(granted.wildcard_subscription_available),
            has_shared: is_there(granted.shared_subscription_available),
            has_ids: is_there(granted.subscription_ids_available),
            highest_qos: granted
                .maximum_qos
                .and_then(Qos::from_u8)
                .unwrap_or(Qos::ExactlyOnce),
            ..all
        }
    }

    /// Why there are no options beyond the QoS.
    pub fn no_options(self) -> Option<&'static str> {
        (self.version == Version::V311).then_some(NEEDS_MQTT5)
    }

    /// Why there are no subscription identifiers.
    pub fn no_ids(self) -> Option<&'static str> {
        (!self.has_ids).then_some(NO_IDS)
    }

    /// Why there are no shared subscriptions.
    pub fn no_shared(self) -> Option<&'static str> {
        (!self.has_shared).then_some(NO_SHARED)
    }

    /// What to expect with this QoS, where that is less than asked.
    pub fn qos_note(self, qos: Qos) -> Option<String> {
        let highest = self.highest_qos;
        (qos > highest).then(|| format!("This broker grants QoS {highest} at most."))
    }

    /// Why this cannot be subscribed to, and what to do.
    pub fn obstacle(self, wanted: &Subscription) -> Option<String> {
        if let Err(err) = TopicFilter::new(wanted.filter.clone()) {
            return Some(err.to_string());
        }
        let is_mqtt5 = self.no_options().is_none();
        if is_mqtt5 && wanted.is_shared() && wanted.no_local {
            return Some(SHARED_NO_LOCAL.to_owned());
        }
        if is_mqtt5
            && !wanted
                .id
                .is_none_or(|id| (1..=LARGEST_SUBSCRIPTION_ID).contains(&id))
        {
            let text =
                "A subscription identifier is 1 to 268,435,455. Choose one in between, or none.";
            return Some(text.to_owned());
        }
        let missing = if wanted.is_shared() && !self.has_shared {
            NO_SHARED
        } else if !self.has_wildcards && wanted.filter.contains(['+', '#']) {
            NO_WILDCARDS
        } else if !self.has_ids && wanted.id.is_some() {
            NO_IDS
        } else {
            return None;
        };
        Some(missing.to_owned())
    }
}

/// Group and filter of `$share/group/filter`; either may still be empty while it is typed.
pub fn split_shared(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("$share/")?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

/// `$share/group/filter` (MQTT 5, 4.8.2).
pub fn join_shared(group: &str, filter: &str) -> String {
    format!("$share/{group}/{filter}")
}

#[cfg(test)]
mod unit {
    use super::*;

    fn wanted(filter: &str) -> Subscription {
        Subscription::for_window(filter, Qos::AtMostOnce)
    }

    #[test]
    fn what_the_broker_lacks_is_said_with_a_cure() {
        let few = Limits {
            has_wildcards: false,
            has_shared: false,
            has_ids: false,
            highest_qos: Qos::AtLeastOnce,
            ..Limits::new(Version::V5)
        };
        let said = |wanted: &Subscription| few.obstacle(wanted).unwrap_or_default();
        assert_eq!(said(&wanted("a/b")), "");
        assert_eq!(said(&wanted("a/+")), NO_WILDCARDS);
        assert_eq!(said(&wanted("$share/g/a/#")), NO_SHARED);
        let with_id = Subscription {
            id: Some(7),
            ..wanted("a")
        };
        assert_eq!(said(&with_id), NO_IDS);
        assert!(
            few.qos_note(Qos::ExactlyOnce)
                .unwrap()
                .contains("QoS 1 at most")
        );
        assert_eq!(few.qos_note(Qos::AtLeastOnce), None);
    }

    #[test]
    fn the_rules_of_the_protocol_come_first() {
        let limits = Limits::new(Version::V5);
        assert_eq!(limits.obstacle(&wanted("#")), None);
        assert!(
            limits
                .obstacle(&wanted("a/#/b"))
                .unwrap()
                .contains("last level")
        );
        let shared = Subscription {
            no_local: true,
            ..wanted("$share/g/a")
        };
        assert_eq!(limits.obstacle(&shared).unwrap(), SHARED_NO_LOCAL);
        for id in [0, LARGEST_SUBSCRIPTION_ID + 1] {
            let wrong = Subscription {
                id: Some(id),
                ..wanted("a")
            };
            assert!(limits.obstacle(&wrong).unwrap().contains("268,435,455"));
        }
        let largest = Subscription {
            id: Some(LARGEST_SUBSCRIPTION_ID),
            ..wanted("a")
        };
        assert_eq!(limits.obstacle(&largest), None);
        // 3.1.1 does not send them
        assert_eq!(Limits::new(Version::V311).obstacle(&shared), None);
    }

    #[test]
    fn shared_filters_come_apart_and_together() {
        assert_eq!(split_shared("$share/group/a/+"), Some(("group", "a/+")));
        assert_eq!(split_shared("$share/group"), Some(("group", "")));
        assert_eq!(split_shared("a/$share/b"), None);
        assert_eq!(join_shared("group", "a/+"), "$share/group/a/+");
    }
}

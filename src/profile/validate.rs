//! What is wrong with a profile before anything is sent, field by field, so that the editor can say it beside the
//! field and the Connect button can wait.

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use crate::mqtt::{TopicFilter, TopicName, Version};

use super::{Profile, Session};

/// The longest string of the protocol in bytes (MQTT 5, 1.5.4).
const MAX_STRING: usize = 65_535;
/// The largest remaining length of a packet (MQTT 5, 1.5.5).
const MAX_PACKET: u32 = 268_435_455;
/// Client identifiers up to here must be accepted by every broker (MQTT 3.1.1, 3.1.3.1).
const SAFE_CLIENT_ID: usize = 23;

/// A part of the connection editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The profile's name.
    Name,
    /// The host.
    Host,
    /// The port.
    Port,
    /// The client identifier.
    ClientId,
    /// The connect timeout.
    ConnectTimeout,
    /// The largest packet.
    MaxPacketSize,
    /// The user name.
    UserName,
    /// The topic of the last will.
    WillTopic,
    /// The message of the last will.
    WillMessage,
    /// The subscription at this place in the list.
    Subscription(usize),
}

/// Whether a connection can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It cannot work.
    Error,
    /// It may work; the user should know.
    Hint,
}

/// One thing to say about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// How bad.
    pub severity: Severity,
    /// What, ending with the cure.
    pub text: String,
}

impl Profile {
    /// Everything that is wrong or surprising, in the order of the editor's fields; empty when all is well.
    pub fn validate(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        self.check_address(&mut found);
        self.check_client_id(&mut found);
        self.check_limits(&mut found);
        self.check_account(&mut found);
        self.check_will(&mut found);
        self.check_subscriptions(&mut found);
        found
    }

    /// Whether a connection can be tried: nothing found is an error.
    pub fn is_connectable(&self) -> bool {
        self.validate()
            .iter()
            .all(|problem| problem.severity == Severity::Hint)
    }

    /// Takes over a pasted address such as `mqtt://user@broker.example:1884`, `broker.example:1884` or
    /// `[::1]:1883`: host, port and user name go to their fields. `false` when `text` is a plain host or cannot be
    /// taken apart; a password in the address is never kept.
    pub fn adopt_address(&mut self, text: &str) -> bool {
        let text = text.trim();
        let rest = ["mqtt://", "tcp://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        let address = rest.unwrap_or(text).trim_end_matches('/');
        let (account, address) = match address.rsplit_once('@') {
            Some((account, address)) => (Some(account), address),
            None => (None, address),
        };
        let Some((host, port)) = split_port(address) else {
            return false;
        };
        if rest.is_none() && account.is_none() && port.is_none() && host == text {
            return false;
        }
        host.clone_into(&mut self.host);
        self.port = port.unwrap_or(1883);
        if let Some(account) = account {
            let user = account.split_once(':').map_or(account, |(user, _)| user);
            user.clone_into(&mut self.user_name);
        }
        true
    }

    fn check_address(&self, found: &mut Vec<Problem>) {
        if self.name.trim().is_empty() {
            found.push(hint(
                Field::Name,
                "Without a name the list shows the address. Give it one.",
            ));
        }
        if let Some(text) = host_problem(&self.host) {
            found.push(error(Field::Host, text));
        }
        if self.port == 0 {
            found.push(error(
                Field::Port,
                "Port 0 cannot be connected to. MQTT usually has 1883.",
            ));
        }
    }

    fn check_client_id(&self, found: &mut Vec<Problem>) {
        let id = &self.client_id;
        if id.is_empty() && self.session == Session::Resume {
            found.push(error(
                Field::ClientId,
                "A session is found again by its client id. Give one, or choose a clean start.",
            ));
        }
        check_string(Field::ClientId, "client id", id, found);
        let long = id.len() > SAFE_CLIENT_ID && id.len() <= MAX_STRING;
        if long && self.version == Version::V311 {
            found.push(hint(
                Field::ClientId,
                "MQTT 3.1.1 lets a broker refuse client ids of more than 23 bytes. Shorten it if the connection is refused.",
            ));
        }
    }

    fn check_limits(&self, found: &mut Vec<Problem>) {
        if self.connect_timeout == 0 {
            found.push(error(
                Field::ConnectTimeout,
                "The connection needs some time. Give at least one second.",
            ));
        }
        if self.max_packet_size == 0 || self.max_packet_size > MAX_PACKET {
            found.push(error(
                Field::MaxPacketSize,
                "The largest packet has 1 to 268,435,455 bytes. Choose a size in between.",
            ));
        }
    }

    fn check_account(&self, found: &mut Vec<Problem>) {
        check_string(Field::UserName, "user name", &self.user_name, found);
        if self.use_password && self.user_name.is_empty() && self.version == Version::V311 {
            found.push(error(
                Field::UserName,
                "MQTT 3.1.1 sends a password only together with a user name. Give one, or choose MQTT 5.",
            ));
        }
    }

    fn check_will(&self, found: &mut Vec<Problem>) {
        if !self.will.enabled {
            return;
        }
        if let Err(err) = TopicName::new(self.will.topic.as_str()) {
            found.push(error(Field::WillTopic, err.to_string()));
        }
        let length = self.will.message.len();
        if length > MAX_STRING {
            found.push(error(
                Field::WillMessage,
                format!("A last will has at most 65,535 bytes, this one has {length}. Shorten it."),
            ));
        }
    }

    fn check_subscriptions(&self, found: &mut Vec<Problem>) {
        let mut seen = BTreeSet::new();
        for (index, subscription) in self.subscriptions.iter().enumerate() {
            let field = Field::Subscription(index);
            match TopicFilter::new(subscription.filter.as_str()) {
                Err(err) => found.push(error(field, err.to_string())),
                Ok(_) if !seen.insert(&subscription.filter) => found.push(hint(
                    field,
                    "The same filter is above: the last one counts. Remove one of them.",
                )),
                Ok(_) => {}
            }
        }
    }
}

/// Why `host` cannot be connected to, with the cure.
fn host_problem(host: &str) -> Option<String> {
    if host.is_empty() {
        return Some("Give the broker's host name or address.".to_owned());
    }
    if let Some((scheme, _rest)) = host.split_once("://") {
        return Some(format!("Write only the host, without “{scheme}://”."));
    }
    if host.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some("A host has no blanks. Remove them.".to_owned());
    }
    if host.starts_with('[') || host.ends_with(']') {
        return Some(
            "Write an IPv6 address without brackets, the port in its own field.".to_owned(),
        );
    }
    if host.contains(['/', '@', '?', '#']) {
        return Some("Write only the host: no user name, slash or path.".to_owned());
    }
    if is_ipv6(host) || !host.contains(':') {
        return None;
    }
    Some(match split_port(host) {
        Some((name, Some(port))) => {
            format!("Write “{name}” here and {port} in the field for the port.")
        }
        _ => "This is neither a host name nor an IPv6 address. Correct it.".to_owned(),
    })
}

/// Host and port of `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address; `None` when it is none of these.
fn split_port(address: &str) -> Option<(&str, Option<u16>)> {
    if is_ipv6(address) {
        return Some((address, None));
    }
    let (host, port) = match address.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            if !is_ipv6(host) {
                return None;
            }
            match after {
                "" => (host, None),
                _ => (host, Some(after.strip_prefix(':')?)),
            }
        }
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    if host.is_empty() || host.contains(['/', '[', ']', '@']) {
        return None;
    }
    match port {
        None => Some((host, None)),
        Some(port) => port.parse().ok().map(|port| (host, Some(port))),
    }
}

/// Whether `host` is an IPv6 address, also with a zone (`fe80::1%eth0`).
fn is_ipv6(host: &str) -> bool {
    let address = host
        .split_once('%')
        .map_or(host, |(address, _zone)| address);
    address.parse::<Ipv6Addr>().is_ok()
}

fn check_string(field: Field, what: &str, text: &str, found: &mut Vec<Problem>) {
    if text.len() > MAX_STRING {
        let length = text.len();
        found.push(error(
            field,
            format!("A {what} has at most 65,535 bytes, this one has {length}. Shorten it."),
        ));
    }
    if text.contains('\0') {
        found.push(error(
            field,
            format!("A {what} cannot contain the null character. Remove it."),
        ));
    }
}

fn error(field: Field, text: impl Into<String>) -> Problem {
    problem(field, Severity::Error, text)
}

fn hint(field: Field, text: impl Into<String>) -> Problem {
    problem(field, Severity::Hint, text)
}

fn problem(field: Field, severity: Severity, text: impl Into<String>) -> Problem {
    let text = text.into();
    Problem {
        field,
        severity,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Subscription, WillSettings};
    use super::*;

    fn fields(profile: &Profile, severity: Severity) -> Vec<Field> {
        let found = profile.validate();
        let found = found.iter().filter(|problem| problem.severity == severity);
        found.map(|problem| problem.field).collect()
    }

    fn with_host(host: &str) -> Profile {
        Profile {
            host: host.to_owned(),
            ..Profile::default()
        }
    }

    #[test]
    fn a_new_profile_has_nothing_wrong() {
        assert_eq!(Profile::default().validate(), []);
        assert!(Profile::default().is_connectable());
    }

    #[test]
    fn hosts_are_names_or_addresses_and_nothing_more() {
        for good in [
            "localhost",
            "127.0.0.1",
            "::1",
            "fe80::1%eth0",
            "ümlaut.example",
            "a_b",
        ] {
            assert_eq!(with_host(good).validate(), [], "{good}");
        }
        for bad in [
            "",
            " ",
            "a b",
            "mqtt://a",
            "wss://a/mqtt",
            "a:1883",
            "[::1]",
            "[::1]:1883",
            "a/b",
            "u@a",
            ":::",
            "a:b",
        ] {
            let profile = with_host(bad);
            assert_eq!(fields(&profile, Severity::Error), [Field::Host], "{bad}");
            assert!(!profile.is_connectable());
        }
        let text = &with_host("broker.example:1884").validate()[0].text;
        assert_eq!(
            text,
            "Write “broker.example” here and 1884 in the field for the port."
        );
    }

    #[test]
    fn numbers_and_account_are_checked() {
        let profile = Profile {
            port: 0,
            connect_timeout: 0,
            max_packet_size: 0,
            use_password: true,
            version: Version::V311,
            ..Profile::default()
        };
        assert_eq!(
            fields(&profile, Severity::Error),
            [
                Field::Port,
                Field::ConnectTimeout,
                Field::MaxPacketSize,
                Field::UserName
            ]
        );
        let v5 = Profile {
            use_password: true,
            ..Profile::default()
        };
        assert!(v5.is_connectable());
    }

    #[test]
    fn client_ids_are_needed_for_a_session_and_hinted_at_when_long() {
        let mut profile = Profile {
            session: Session::Resume,
            version: Version::V311,
            ..Profile::default()
        };
        assert_eq!(fields(&profile, Severity::Error), [Field::ClientId]);
        profile.client_id = "x".repeat(24);
        assert_eq!(fields(&profile, Severity::Hint), [Field::ClientId]);
        assert!(profile.is_connectable());
        profile.version = Version::V5;
        assert_eq!(profile.validate(), []);
        profile.client_id = "x".repeat(65_536);
        assert_eq!(fields(&profile, Severity::Error), [Field::ClientId]);
        profile.client_id = "a\0".to_owned();
        assert_eq!(fields(&profile, Severity::Error), [Field::ClientId]);
    }

    #[test]
    fn the_will_is_checked_only_when_it_is_on() {
        let will = WillSettings {
            topic: "status/+".to_owned(),
            message: "x".repeat(65_536),
            ..WillSettings::default()
        };
        let mut profile = Profile {
            will,
            ..Profile::default()
        };
        assert_eq!(profile.validate(), []);
        profile.will.enabled = true;
        assert_eq!(
            fields(&profile, Severity::Error),
            [Field::WillTopic, Field::WillMessage]
        );
    }

    #[test]
    fn subscriptions_are_named_by_their_place() {
        let subscription = |filter: &str| Subscription::new(filter, crate::mqtt::Qos::AtMostOnce);
        let profile = Profile {
            subscriptions: ["a/#", "#/a", "a/#"].map(subscription).to_vec(),
            ..Profile::default()
        };
        assert_eq!(fields(&profile, Severity::Error), [Field::Subscription(1)]);
        assert_eq!(fields(&profile, Severity::Hint), [Field::Subscription(2)]);
    }

    #[test]
    fn a_pasted_address_goes_to_its_fields() {
        let adopt = |text: &str| {
            let mut profile = with_host("old");
            profile.port = 99;
            let adopted = profile.adopt_address(text);
            (adopted, profile.host, profile.port, profile.user_name)
        };
        let expect =
            |host: &str, port: u16, user: &str| (true, host.to_owned(), port, user.to_owned());
        assert_eq!(adopt("mqtt://b.example"), expect("b.example", 1883, ""));
        assert_eq!(adopt(" b.example:1884 "), expect("b.example", 1884, ""));
        assert_eq!(adopt("mqtt://ann:secret@b:1/"), expect("b", 1, "ann"));
        assert_eq!(adopt("[::1]:1885"), expect("::1", 1885, ""));
        assert_eq!(adopt("[::1]"), expect("::1", 1883, ""));
        for plain in ["b.example", "::1", "b:x", "ws://b/mqtt", "[b]:1", "b:70000"] {
            assert!(!adopt(plain).0, "{plain}");
        }
    }
}

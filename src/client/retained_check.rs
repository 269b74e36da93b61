//! Asks the broker what it retains on a topic or below a branch, on a short connection of its own: the open one gets no
//! messages twice, and its subscriptions stay as they are.
//!
//! A broker answers a SUBSCRIBE with the retained messages (MQTT 5, 3.3.1.3), in whatever order with SUBACK. A second
//! SUBSCRIBE to the same filter is asked behind it; once that is answered, too, and nothing comes for a while, there
//! is nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use crate::mqtt::{Packet, Publish, Qos, TopicFilter, TopicName, codec};
use crate::profile::{RetainHandling, Session};

use super::{
    Captured, Captures, Command, Config, Connection, Direction, Event, Extras, Failure,
    RuntimeHandle, State, SubscribeOptions, SubscribeOutcome, random_letters,
};

/// How long the broker may take for each answer once it is connected.
const ANSWER: Duration = Duration::from_secs(10);
/// How long nothing may come after the last answer: some brokers send retained messages a moment after it.
const QUIET: Duration = Duration::from_millis(500);
/// Bytes of payloads that are taken from a branch at most.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckScope {
    /// One topic.
    Topic(TopicName),
    /// A topic and everything below it.
    Below(TopicName),
}

/// What the broker retains, by topic.
pub type RetainedOnes = BTreeMap<TopicName, Publish>;

impl CheckScope {
    /// The filter that is subscribed to (MQTT 5, 4.7.1.2).
    pub fn filter(&self) -> Option<TopicFilter> {
        let text = match self {
            Self::Topic(topic) => topic.as_str().to_owned(),
            Self::Below(topic) => format!("{}/#", topic.as_str()),
        };
        TopicFilter::new(text).ok()
    }
}

/// Asks what is retained, with the account of `config` and another client id.
///
/// # Errors
/// A sentence that says why it is not known and what to do.
pub async fn check_retained(
    runtime: RuntimeHandle,
    config: Config,
    scope: CheckScope,
) -> Result<RetainedOnes, String> {
    let Some(filter) = scope.filter() else {
        return Err("This topic is too long to be asked for.".to_owned());
    };
    let patience = Duration::from_secs(u64::from(config.profile.connect_timeout.max(1))) + ANSWER;
    let config = as_check(config);
    let (connection, captures) =
        Connection::open_with(&runtime, config, Extras::default(), Arc::new(|| {}));
    let mut check = Check {
        connection,
        captures,
        filter,
        is_one: matches!(scope, CheckScope::Topic(_)),
        found: Found::default(),
        answers: 0,
        may_retain: true,
        deadline: Instant::now() + patience,
    };
    let result = check.run().await;
    // one that has ended already does not take it
    drop(check.connection.send(Command::Disconnect));
    result.map(|()| check.found.ones)
}

/// The profile with nothing that others would notice: no subscriptions, no will, no kept session, no id of its own.
fn as_check(mut config: Config) -> Config {
    let profile = &mut config.profile;
    profile.subscriptions.clear();
    profile.will.enabled = false;
    profile.session = Session::CleanStart;
    profile.session_expiry = 0;
    profile.reconnect = false;
    if !profile.client_id.is_empty() {
        profile.client_id = format!("{}-{}", profile.client_id, random_letters());
    }
    config
}

struct Check {
    connection: Connection,
    captures: Captures,
    filter: TopicFilter,
    is_one: bool,
    found: Found,
    /// How often the broker has answered SUBSCRIBE.
    answers: usize,
    may_retain: bool,
    deadline: Instant,
}

impl Check {
    async fn run(&mut self) -> Result<(), String> {
        let mut packets = Vec::new();
        while !self.is_done() {
            let waited = timeout_at(self.deadline, async {
                tokio::select! {
                    event = self.connection.event() => Ok(event),
                    more = self.captures.recv(&mut packets) => Err(more),
                }
            });
            match waited.await {
                Ok(Ok(Some(event))) => self.hear(event)?,
                Ok(Ok(None)) => return Err(lost(None)),
                Ok(Err(_more)) => self.take(&mut packets)?,
                Err(_elapsed) if self.answers >= 2 => return Ok(()),
                Err(_elapsed) => {
                    return Err("The broker did not answer in time. Try again.".to_owned());
                }
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        !self.may_retain || self.is_one && !self.found.ones.is_empty()
    }

    fn hear(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Granted(granted) => {
                self.may_retain = granted.properties.retain_available != Some(0);
                self.ask(RetainHandling::SendRetained)
            }
            Event::Subscription(_, SubscribeOutcome::Granted(_)) => {
                self.answers += 1;
                if self.answers == 1 {
                    return self.ask(RetainHandling::DoNotSend);
                }
                self.deadline = Instant::now() + QUIET;
                Ok(())
            }
            Event::Subscription(_, SubscribeOutcome::Refused(reason, words)) => {
                let words = words.map(|words| format!(" ({words})")).unwrap_or_default();
                Err(format!(
                    "The broker refused to be asked for this topic: {}{words}",
                    reason.suback_meaning()
                ))
            }
            Event::State(State::Ended(failure)) => Err(lost(failure.as_ref())),
            Event::State(State::Waiting { failure, .. }) => Err(lost(Some(&failure))),
            Event::State(_)
            | Event::Subscription(..)
            | Event::Publish(..)
            | Event::PingRoundTrip(_)
            | Event::Note(_) => Ok(()),
        }
    }

    fn ask(&mut self, retain_handling: RetainHandling) -> Result<(), String> {
        self.deadline = Instant::now() + ANSWER;
        let options = SubscribeOptions {
            retain_as_published: true,
            retain_handling,
            ..SubscribeOptions::default()
        };
        let filter = self.filter.clone();
        let command = Command::SubscribeWith(filter, Qos::ExactlyOnce, options);
        self.connection.send(command).map_err(|err| err.to_string())
    }

    fn take(&mut self, packets: &mut Vec<Captured>) -> Result<(), String> {
        for packet in packets.drain(..) {
            if packet.direction == Direction::Outgoing {
                continue;
            }
            let Ok(Packet::Publish(message)) = codec::decode(packet.version, packet.frame) else {
                continue;
            };
            if !message.retain {
                continue;
            }
            if self.answers >= 2 {
                self.deadline = Instant::now() + QUIET;
            }
            self.found.keep(message)?;
        }
        Ok(())
    }
}

/// What has come so far.
#[derive(Default)]
struct Found {
    ones: RetainedOnes,
    /// Bytes of their payloads.
    bytes: usize,
}

impl Found {
    /// An empty message with the flag says that the retained one was cleared just now.
    fn keep(&mut self, message: Publish) -> Result<(), String> {
        let Ok(topic) = TopicName::new(message.topic.as_str().to_owned()) else {
            return Ok(());
        };
        // of a topic that came before, this is the news: MQTT 3.1.1 sends everything again for the second SUBSCRIBE
        if let Some(before) = self.ones.remove(&topic) {
            self.bytes -= before.payload.len();
        }
        if message.payload.is_empty() {
            return Ok(());
        }
        self.bytes += message.payload.len();
        if self.bytes > MOST_BYTES {
            return Err(
                "More than 256 MiB are retained below this branch. Check a smaller branch."
                    .to_owned(),
            );
        }
        let own = Publish {
            topic: topic.clone(),
            payload: Bytes::copy_from_slice(&message.payload),
            ..message
        };
        self.ones.insert(topic, own);
        Ok(())
    }
}

fn lost(failure: Option<&Failure>) -> String {
    match failure {
        Some(failure) => format!(
            "The short second connection that asks for it failed: {failure} Unsubscribe from the topic and subscribe \
             again to be sent what is retained."
        ),
        None => "The short second connection that asks for it was ended. Try again.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::*;
    use crate::mqtt::{Connect, Version};
    use crate::profile::{Profile, Secret, Subscription, Transport, WillSettings};

    /// A profile that leaves traces: a kept session, a will, subscriptions.
    fn traces(version: Version, port: u16) -> Config {
        let profile = Profile {
            version,
            host: "127.0.0.1".to_owned(),
            port,
            client_id: "watcher".to_owned(),
            user_name: "me".to_owned(),
            session: Session::Resume,
            session_expiry: 3_600,
            subscriptions: vec![Subscription::new("#", Qos::AtLeastOnce)],
            will: WillSettings {
                enabled: true,
                topic: "gone".to_owned(),
                message: "watcher".to_owned(),
                ..WillSettings::default()
            },
            ..Profile::default()
        };
        Config {
            profile,
            password: Some(Secret::new("secret".to_owned())),
            ..Config::default()
        }
    }

    /// What a check with this profile sends first.
    async fn connect_of_a_check(version: Version) -> Connect {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let config = traces(version, listener.local_addr().unwrap().port());
        let scope = CheckScope::Topic(TopicName::new("a").unwrap());
        let check = check_retained(RuntimeHandle::current(), config, scope);
        let first = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            loop {
                let length = codec::frame_length(&bytes).unwrap();
                if length.is_some_and(|length| length <= bytes.len()) {
                    return codec::decode(version, Bytes::from(bytes)).unwrap();
                }
                assert!(socket.read_buf(&mut bytes).await.unwrap() > 0);
            }
        };
        let packet = tokio::select! {
            packet = tokio::time::timeout(Duration::from_mins(1), first) => packet.unwrap(),
            answer = check => panic!("it ended before it connected: {answer:?}"),
        };
        match packet {
            Packet::Connect(connect) => *connect,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_check_leaves_nothing_behind_on_the_broker() {
        for version in [Version::V311, Version::V5] {
            let connect = connect_of_a_check(version).await;
            assert_eq!(connect.will, None, "{version:?}: it would be published");
            assert!(connect.clean_start, "{version:?}");
            let expiry = connect.properties.session_expiry.unwrap_or(0);
            assert_eq!(
                expiry, 0,
                "{version:?}: the session ends with the connection"
            );
            assert_eq!(connect.user_name.as_deref(), Some("me"));
            assert!(connect.has_password, "{version:?}");
            assert_ne!(
                connect.client_id, "watcher",
                "it would throw the window out"
            );
        }
    }

    #[test]
    fn a_check_goes_the_way_of_the_connection() {
        let mut config = traces(Version::V5, 8_883);
        config.profile.transport = Transport::Tls;
        config.profile.tls.server_name = "broker.example".to_owned();
        config.profile.proxy.host = "proxy.example".to_owned();
        config.key_passphrase = Some(Secret::new("key".to_owned()));
        config.proxy_password = Some(Secret::new("proxy".to_owned()));
        let before = config.clone();
        let check = as_check(config);
        assert_eq!(check.profile.transport, before.profile.transport);
        assert_eq!(check.profile.tls, before.profile.tls);
        assert_eq!(check.profile.proxy, before.profile.proxy);
        assert_eq!(check.profile.user_name, before.profile.user_name);
        assert_eq!(check.profile.mqtt5, before.profile.mqtt5);
        let secrets = |config: &Config| {
            let all = [
                &config.password,
                &config.key_passphrase,
                &config.proxy_password,
            ];
            all.map(|it| it.as_ref().map(|it| it.reveal().to_owned()))
        };
        assert_eq!(secrets(&check), secrets(&before));
    }

    #[test]
    fn what_comes_twice_counts_once() {
        let publish = |length: usize| Publish {
            topic: TopicName::new("a").unwrap(),
            payload: Bytes::from(vec![7; length]),
            qos: Qos::AtMostOnce,
            retain: true,
            dup: false,
            packet_id: None,
            properties: None,
        };
        let mut found = Found::default();
        for length in [30, 30, 10] {
            found.keep(publish(length)).unwrap();
            assert_eq!(found.bytes, length);
        }
        found.keep(publish(0)).unwrap();
        assert_eq!((found.bytes, found.ones.len()), (0, 0));
    }
}

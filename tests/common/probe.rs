//! A connection with its captures, and waiting for what should happen on it.

use std::collections::VecDeque;
use std::sync::Arc;

use canopy::client::{
    Captured, Captures, Command, Config, Connection, Direction, Event, Outgoing, PublishId,
    PublishStep, Redelivery, RuntimeHandle, State, SubscribeOutcome,
};
use canopy::mqtt::{Packet, Publish, Qos, TopicFilter, TopicName, Version, codec};
use canopy::profile::{Profile, Secret, Session, Subscription};

use super::{PATIENCE, within};

/// A profile for a broker on this machine, without subscriptions.
pub fn profile(version: Version, port: u16) -> Profile {
    Profile {
        host: "127.0.0.1".to_owned(),
        port,
        version,
        subscriptions: Vec::new(),
        ..Profile::default()
    }
}

/// The same with a client id and a session that is kept.
pub fn resuming(version: Version, port: u16, client_id: &str) -> Profile {
    Profile {
        client_id: client_id.to_owned(),
        session: Session::Resume,
        ..profile(version, port)
    }
}

/// A subscription of a profile.
pub fn subscription(filter: &str, qos: Qos) -> Subscription {
    Subscription::for_window(filter, qos)
}

/// A message without properties.
pub fn message(topic: &str, payload: impl Into<bytes::Bytes>, qos: Qos) -> Outgoing {
    Outgoing {
        topic: TopicName::new(topic).expect("a topic"),
        payload: payload.into(),
        qos,
        retain: false,
        properties: None,
    }
}

/// A connection under test.
pub struct Probe {
    pub connection: Connection,
    captures: Option<Captures>,
    pub redelivery: Redelivery,
    waiting: VecDeque<Captured>,
}

impl Probe {
    /// Opens a connection on the runtime of the calling task.
    pub fn open(profile: Profile) -> Self {
        Self::open_with(profile, None)
    }

    /// The same with a password.
    pub fn open_with(profile: Profile, password: Option<&str>) -> Self {
        let config = Config {
            profile,
            password: password.map(Secret::new),
            ..Config::default()
        };
        Self::open_config(config)
    }

    /// The same with all secrets.
    pub fn open_config(config: Config) -> Self {
        let (connection, captures) =
            Connection::open(&RuntimeHandle::current(), config, Arc::new(|| {}));
        Self {
            connection,
            captures: Some(captures),
            redelivery: Redelivery::default(),
            waiting: VecDeque::new(),
        }
    }

    /// Opens a connection and waits until it is there.
    pub async fn connect(profile: Profile) -> Self {
        let mut probe = Self::open(profile);
        probe.connected().await;
        probe
    }

    /// Opens a connection and waits until all its subscriptions are granted.
    pub async fn subscribed(profile: Profile) -> Self {
        let count = profile.subscriptions.len();
        let mut probe = Self::connect(profile).await;
        for _ in 0..count {
            probe.granted().await;
        }
        probe
    }

    /// Says that the packets are not wanted: otherwise unread ones hold the connection back.
    pub fn drop_captures(&mut self) {
        self.captures = None;
    }

    pub fn send(&self, command: Command) {
        self.connection.send(command).expect("the command is taken");
    }

    pub async fn event(&mut self) -> Event {
        within("an event", PATIENCE, self.connection.event())
            .await
            .expect("the connection has not ended")
    }

    /// Skips events until `pick` finds what it looks for.
    pub async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        let seen = within(what, PATIENCE, async {
            loop {
                let event = self.connection.event().await?;
                if let Some(found) = pick(event) {
                    return Some(found);
                }
            }
        });
        match seen.await {
            Some(found) => found,
            None => panic!("the connection ended before {what}"),
        }
    }

    /// Waits for the connection and returns whether a session was resumed.
    pub async fn connected(&mut self) -> bool {
        self.until("the connection", |event| match event {
            Event::State(State::Connected {
                session_present, ..
            }) => Some(session_present),
            Event::State(State::Ended(reason)) => panic!("ended: {reason:?}"),
            _ => None,
        })
        .await
    }

    /// Waits for the next granted subscription.
    pub async fn granted(&mut self) -> (TopicFilter, Qos) {
        self.until("a granted subscription", |event| match event {
            Event::Subscription(filter, SubscribeOutcome::Granted(qos)) => Some((filter, qos)),
            Event::Subscription(filter, SubscribeOutcome::Refused(reason, _)) => {
                panic!("{filter} was refused: {reason:?}")
            }
            _ => None,
        })
        .await
    }

    /// Publishes and returns all steps up to the last.
    pub async fn publish(&mut self, outgoing: Outgoing) -> Vec<PublishStep> {
        let qos = outgoing.qos;
        let id = PublishId(1);
        self.send(Command::Publish(id, outgoing));
        let mut steps = Vec::new();
        self.until("the end of a publish", |event| match event {
            Event::Publish(of, step) if of == id => {
                let is_final = step.is_final(qos);
                steps.push(step);
                is_final.then_some(())
            }
            _ => None,
        })
        .await;
        steps
    }

    /// The next captured packet.
    pub async fn captured(&mut self) -> Captured {
        if self.waiting.is_empty() {
            let mut fresh = Vec::new();
            let captures = self.captures.as_mut().expect("the captures");
            let more = within("a packet", PATIENCE, captures.recv(&mut fresh)).await;
            assert!(more, "the connection has ended");
            self.waiting.extend(fresh);
        }
        self.waiting.pop_front().expect("a packet")
    }

    /// The next packet, decoded.
    pub async fn packet(&mut self) -> (Direction, Packet) {
        let captured = self.captured().await;
        let packet = codec::decode(captured.version, captured.frame).expect("a packet");
        (captured.direction, packet)
    }

    /// The next message from the broker; redelivered QoS 2 messages are left out.
    pub async fn message(&mut self) -> Publish {
        loop {
            let (direction, packet) = self.packet().await;
            if self.redelivery.is_repeat(direction, &packet) {
                continue;
            }
            if let (Direction::Incoming, Packet::Publish(publish)) = (direction, packet) {
                return publish;
            }
        }
    }

    /// Asks for a clean end and waits for it.
    pub async fn disconnect(mut self) {
        self.send(Command::Disconnect);
        self.ended().await;
    }

    /// Waits for the end and returns its reason.
    pub async fn ended(&mut self) -> Option<canopy::client::Failure> {
        self.until("the end", |event| match event {
            Event::State(State::Ended(reason)) => Some(reason),
            _ => None,
        })
        .await
    }
}

//! What a demo device is, and how it lives: an ordinary client connection with a clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::client::{
    Captured, Captures, Command, Config, Connection, Direction, Event, PublishId, RuntimeHandle,
    State,
};
use crate::mqtt::{Packet, Publish, codec};
use crate::profile::{Profile, ProfileId, Session};

use super::message::Message;

/// Ticks per second.
const TICKS_PER_SECOND: u64 = 2;
/// One tick.
const TICK: Duration = Duration::from_millis(1_000 / TICKS_PER_SECOND);
/// How long a device stays away after its connection was ended for good, by somebody at the broker.
const ABSENCE: Duration = Duration::from_secs(5);
/// How long a device may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// How many ticks `seconds` are.
pub(super) const fn seconds(seconds: u64) -> u64 {
    seconds * TICKS_PER_SECOND
}

/// A device: what it sends, and when. It knows neither a connection nor a clock.
pub(super) trait Device: Send + 'static {
    /// How it connects; host, port and password are filled in.
    fn profile(&self) -> Profile;

    /// What it sends each time it is connected.
    fn on_connect(&mut self) -> Vec<Message> {
        Vec::new()
    }

    /// What it sends at this tick; ticks count from 0 while it is connected.
    fn on_tick(&mut self, tick: u64) -> Vec<Message>;

    /// What it answers to a message of its subscriptions.
    fn on_message(&mut self, _publish: &Publish) -> Vec<Message> {
        Vec::new()
    }

    /// What it sends before it disconnects.
    fn on_stop(&mut self) -> Vec<Message> {
        Vec::new()
    }
}

/// A profile for the device `client_id`: MQTT 5, clean start, no subscriptions.
pub(super) fn profile(client_id: &str) -> Profile {
    Profile {
        id: ProfileId(client_id.to_owned()),
        name: client_id.to_owned(),
        client_id: client_id.to_owned(),
        session: Session::CleanStart,
        subscriptions: Vec::new(),
        ..Profile::default()
    }
}

/// A device at work.
pub(super) struct Running<D> {
    device: D,
    runtime: RuntimeHandle,
    config: Config,
    connection: Connection,
    /// Only where the device has subscriptions: nobody keeps what nobody reads.
    captures: Option<Captures>,
    batch: Vec<Captured>,
    connected: bool,
    tick: u64,
    sent: u64,
}

impl<D: Device> Running<D> {
    /// Connects `device` in the background.
    pub(super) fn open(runtime: &RuntimeHandle, device: D, config: Config) -> Self {
        let (connection, captures) = connect(runtime, &config);
        Self {
            device,
            runtime: runtime.clone(),
            config,
            connection,
            captures,
            batch: Vec::new(),
            connected: false,
            tick: 0,
            sent: 0,
        }
    }

    /// Lives until the sender of `stop` is dropped, then says goodbye.
    pub(super) async fn live(mut self, mut stop: watch::Receiver<()>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                _ = stop.changed() => break,
                _ = ticks.tick() => self.on_tick(),
                event = self.connection.event() => match event {
                    Some(event) => self.take(&event),
                    None => tokio::select! {
                        _ = stop.changed() => return,
                        () = sleep(ABSENCE) => self.come_back(),
                    },
                },
                () = next_batch(&mut self.captures, &mut self.batch) => self.answer(),
            }
        }
        // A broker that does not acknowledge in time gets no more of it; dropping the connection ends it.
        timeout(FAREWELL, self.say_goodbye()).await.ok();
    }

    /// Connects anew.
    fn come_back(&mut self) {
        let (connection, captures) = connect(&self.runtime, &self.config);
        self.connection = connection;
        self.captures = captures;
        self.connected = false;
        self.batch.clear();
    }

    async fn say_goodbye(&mut self) {
        if self.connected {
            let messages = self.device.on_stop();
            self.send(messages);
        }
        // Refused only when the connection has ended.
        self.connection.send(Command::Disconnect).ok();
        while self.connection.event().await.is_some() {}
    }

    fn on_tick(&mut self) {
        if self.connected {
            let messages = self.device.on_tick(self.tick);
            self.tick += 1;
            self.send(messages);
        }
    }

    fn take(&mut self, event: &Event) {
        if let Event::State(state) = event {
            let was_connected = self.connected;
            self.connected = matches!(state, State::Connected { .. });
            if self.connected && !was_connected {
                let messages = self.device.on_connect();
                self.send(messages);
            }
        }
    }

    fn answer(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        for publish in batch.into_iter().filter_map(received) {
            let answers = self.device.on_message(&publish);
            self.send(answers);
        }
    }

    fn send(&mut self, messages: Vec<Message>) {
        for outgoing in messages.into_iter().filter_map(Message::outgoing) {
            self.sent += 1;
            // A message that finds no room is left out: the next one of its kind follows soon.
            self.connection
                .send(Command::Publish(PublishId(self.sent), outgoing))
                .ok();
        }
    }
}

/// Opens a connection; its packets are kept only where the device has subscriptions.
fn connect(runtime: &RuntimeHandle, config: &Config) -> (Connection, Option<Captures>) {
    let listens = !config.profile.subscriptions.is_empty();
    let (connection, captures) = Connection::open(runtime, config.clone(), Arc::new(|| {}));
    (connection, listens.then_some(captures))
}

/// Waits for packets; for ever where nobody listens or the connection has ended.
async fn next_batch(captures: &mut Option<Captures>, batch: &mut Vec<Captured>) {
    if let Some(open) = captures
        && !open.recv(batch).await
    {
        *captures = None;
    }
    if captures.is_none() {
        std::future::pending::<()>().await;
    }
}

/// The message in a packet, if it is one to us.
fn received(captured: Captured) -> Option<Publish> {
    if captured.direction == Direction::Outgoing {
        return None;
    }
    match codec::decode(captured.version, captured.frame) {
        Ok(Packet::Publish(publish)) => Some(publish),
        Ok(_) | Err(_) => None,
    }
}

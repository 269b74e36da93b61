//! What tests of views look at: an application's worth of state around a connection that nobody answers, with
//! messages put straight into its model.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::tz::TimeZone;
use parking_lot::Mutex;

use crate::client::{Config, Failure};
use crate::live::Live;
use crate::model::Model;
use crate::mqtt::{PacketId, Properties, Publish, Qos, Timestamp, TopicName};
use crate::profile::{ListState, Profile, ProfileId, Settings};

use super::action::{Action, Asked, SecretKey};
use super::broker_state::BrokerState;
use super::context::Context;
use super::log::Log;
use super::schema_shelf::SchemaShelf;
use super::session::Session;
use super::theme;

/// 2026-03-14 14:32:05.381 UTC: the time of every picture.
pub const NOW: Timestamp = Timestamp::from_micros(1_773_498_725_381_000);

/// A message on `topic` with QoS 1 and no flags, to be changed with struct update syntax.
pub fn message(topic: &str, payload: impl Into<Bytes>) -> Publish {
    Publish {
        topic: TopicName::new(topic.to_owned()).unwrap(),
        payload: payload.into(),
        qos: Qos::AtLeastOnce,
        retain: false,
        dup: false,
        packet_id: PacketId::new(2343),
        properties: None,
    }
}

/// A connection to a port where nobody listens, with these messages in its model, 100 ms apart, the last at [`NOW`].
pub fn session_with(runtime: &tokio::runtime::Runtime, messages: &[Publish]) -> Session {
    session_at(runtime, messages, free_port())
}

fn session_at(runtime: &tokio::runtime::Runtime, messages: &[Publish], port: u16) -> Session {
    let profile = Profile {
        name: "Local broker".to_owned(),
        port,
        reconnect: false,
        ..Profile::default()
    };
    let mut model = Model::new(64 * 1024 * 1024);
    for (index, message) in messages.iter().enumerate() {
        let ago = Duration::from_millis(100) * u32::try_from(messages.len() - 1 - index).unwrap();
        let micros = NOW.as_micros() - i64::try_from(ago.as_micros()).unwrap();
        model.insert(message, Timestamp::from_micros(micros));
    }
    let config = Config {
        profile: profile.clone(),
        ..Config::default()
    };
    let model = Arc::new(Mutex::new(model));
    let live = Live::open(runtime.handle(), config, model, Arc::new(|| {})).unwrap();
    Session::new(profile, live)
}

/// A port of the loopback address that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A port where every MQTT 5 client is welcomed and then listened to in silence, for as long as the test runs.
pub fn welcoming_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let welcome = move || {
        let mut sockets = Vec::new();
        while let Ok((mut socket, _)) = listener.accept() {
            let mut connect = [0; 512];
            if socket.read(&mut connect).is_ok() {
                socket.write_all(&[0x20, 3, 0, 0, 0]).unwrap();
            }
            sockets.push(socket);
        }
    };
    std::thread::Builder::new()
        .name("welcoming port".to_owned())
        .spawn(welcome)
        .unwrap();
    port
}

/// Everything behind a [`Context`].
pub struct Fixture {
    /// Drives the connection; goes last.
    pub runtime: tokio::runtime::Runtime,
    /// The time shown.
    pub now: Timestamp,
    /// All profiles.
    pub profiles: Vec<Profile>,
    /// The one selected.
    pub selected_profile: Option<ProfileId>,
    /// Why profiles failed.
    pub failures: BTreeMap<ProfileId, Failure>,
    /// Secrets that are known.
    pub known_passwords: BTreeSet<SecretKey>,
    /// Whether there is a keyring.
    pub has_keyring: bool,
    /// The settings.
    pub settings: Settings,
    /// The folders of the list.
    pub list: ListState,
    /// Where they would be kept.
    pub config_path: PathBuf,
    /// The open connection.
    pub session: Option<Session>,
    /// The schemas of profiles.
    pub schemas: SchemaShelf,
    /// The broker inside.
    pub broker: BrokerState,
    /// The log.
    pub log: Log,
    zone: TimeZone,
    actions: RefCell<Vec<Asked>>,
}

impl Fixture {
    /// Nothing open, no profiles.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        Self {
            runtime,
            now: NOW,
            profiles: Vec::new(),
            selected_profile: None,
            failures: BTreeMap::new(),
            known_passwords: BTreeSet::new(),
            has_keyring: true,
            settings: Settings::default(),
            list: ListState::default(),
            config_path: Path::new("/home/user/.config/canopy").to_owned(),
            session: None,
            schemas: SchemaShelf::default(),
            broker: BrokerState::default(),
            log: Log::default(),
            zone: TimeZone::UTC,
            actions: RefCell::default(),
        }
    }

    /// With an open connection on which these messages were seen.
    pub fn with_messages(messages: &[Publish]) -> Self {
        let mut fixture = Self::new();
        let session = session_with(&fixture.runtime, messages);
        fixture.profiles.push(session.profile.clone());
        fixture.selected_profile = Some(session.profile.id.clone());
        fixture.session = Some(session);
        fixture
    }

    /// The same, connected to a [`welcoming_port`].
    pub fn connected(messages: &[Publish]) -> Self {
        let mut fixture = Self::new();
        let session = session_at(&fixture.runtime, messages, welcoming_port());
        let deadline = Instant::now() + Duration::from_secs(20);
        while !session.is_connected() {
            assert!(
                Instant::now() < deadline,
                "not connected: {:?}",
                session.state()
            );
            std::thread::yield_now();
        }
        fixture.profiles.push(session.profile.clone());
        fixture.selected_profile = Some(session.profile.id.clone());
        fixture.session = Some(session);
        fixture
    }

    /// Selects a topic or branch by its path.
    #[must_use]
    pub fn select(mut self, path: &str) -> Self {
        if let Some(session) = &mut self.session {
            session.selected = session.live.lock().find(path);
            assert!(session.selected.is_some(), "no such topic: {path}");
        }
        self
    }

    /// Adds a message that arrives now.
    pub fn insert(&self, message: &Publish) {
        let session = self.session.as_ref().unwrap();
        session.live.lock().insert(message, self.now);
    }

    /// What views may look at.
    pub fn context(&self) -> Context<'_> {
        Context {
            now: self.now,
            zone: &self.zone,
            profiles: &self.profiles,
            selected_profile: self.selected_profile.as_ref(),
            failures: &self.failures,
            known_passwords: &self.known_passwords,
            has_keyring: self.has_keyring,
            settings: &self.settings,
            list: &self.list,
            config_path: &self.config_path,
            open: self.session.as_slice(),
            tab_count: self.session.as_slice().len(),
            session: self.session.as_ref(),
            schemas: &self.schemas,
            broker: &self.broker,
            log: &self.log,
            actions: &self.actions,
        }
    }

    /// Takes out what views asked for so far.
    pub fn take_actions(&self) -> Vec<Action> {
        let asked = self.actions.take().into_iter();
        asked.map(|asked| asked.action).collect()
    }
}

/// Properties with only these user properties.
pub fn user_properties(pairs: &[(&str, &str)]) -> Properties {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Properties {
        user: pairs.iter().map(pair).collect(),
        ..Properties::default()
    }
}

/// Fonts and colours, once per test window.
pub fn dress(ctx: &egui::Context, theme: crate::profile::Theme) {
    theme::install_fonts(ctx);
    theme::apply(ctx, theme);
}

/// Draws `view` in a window of this size and scale and writes the picture to `target/pictures/{name}.png`.
/// Skipped out loud where no software Vulkan is installed.
pub fn picture(
    name: &str,
    size: [f32; 2],
    scale: f32,
    theme: crate::profile::Theme,
    mut view: impl FnMut(&mut egui::Ui),
) {
    let setup = move |ctx: &egui::Context| dress(ctx, theme);
    let mut harness = egui_kittest::Harness::builder()
        .with_size(size)
        .with_pixels_per_point(scale)
        .with_context_setup(setup)
        .with_theme(match theme {
            crate::profile::Theme::Dark => egui::Theme::Dark,
            crate::profile::Theme::Light => egui::Theme::Light,
        })
        .build_ui(|ui| {
            egui::CentralPanel::default()
                .frame(egui::Frame::NONE.fill(theme::Palette::of(ui).background))
                .show(ui, |ui| view(ui));
        });
    harness.run_steps(4);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&directory).unwrap();
    match harness.render() {
        Ok(image) => image.save(directory.join(format!("{name}.png"))).unwrap(),
        Err(error) if std::env::var_os("CANOPY_REQUIRE_ALL").is_none() => {
            eprintln!("skipped: no picture of {name}: {error}");
        }
        Err(error) => panic!("no picture of {name}: {error}"),
    }
}

#[test]
fn a_view_can_be_drawn_with_the_tokens() {
    let fixture = Fixture::new();
    picture(
        "fixture",
        [300.0, 80.0],
        1.0,
        crate::profile::Theme::Dark,
        |ui| {
            super::widgets::muted(ui, "Canopy");
            fixture.context().ask(Action::FocusFilter);
        },
    );
    assert!(matches!(
        fixture.take_actions().first(),
        Some(Action::FocusFilter)
    ));
}

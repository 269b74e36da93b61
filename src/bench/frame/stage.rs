//! The window that frames are measured of, connected to a publisher, with a frame every 33 ms.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::super::BenchError;
use super::super::topics::Shape;
use super::publisher::Publisher;
use crate::client::now;
use crate::gui::{FrameCost, Options, Quit, Rehearsal};
use crate::model::Model;
use crate::profile::{
    ConfigDir, MemorySecrets, Profile, ProfileId, StoreError, Subscription, WindowState,
};

/// The window draws at most this often while messages come in.
const PACE: Duration = Duration::from_millis(33);
/// How long anything may take before the bench gives up.
const PATIENCE: Duration = Duration::from_mins(2);
/// The window's size, in points at scale 1.
pub(super) const SIZE: [f32; 2] = [1440.0, 900.0];

/// A window, its model and who publishes into it.
pub(super) struct Stage {
    pub(super) window: Rehearsal,
    pub(super) publisher: Publisher,
    pub(super) model: Arc<Mutex<Model>>,
    due: Instant,
    _runtime: tokio::runtime::Runtime,
    _config: tempfile::TempDir,
}

impl Stage {
    /// Opens the window, connects it and waits until every topic has come in. All branches are closed.
    pub(super) fn open(shape: Shape, topics: usize) -> Result<Self, BenchError> {
        let publisher = Publisher::start(shape.topics(topics))?;
        let config = tempfile::tempdir().map_err(|err| {
            BenchError::new(format!("No temporary directory could be made: {err}."))
        })?;
        let profile = profile(publisher.port);
        prepare(config.path(), &profile).map_err(|err| BenchError::new(err.to_string()))?;
        let runtime = super::super::runtime()?;
        let options = Options {
            demo: false,
            connect: None,
            config_dir: Some(config.path().to_owned()),
            runtime: runtime.handle().clone(),
            secrets: Some(Arc::new(MemorySecrets::default())),
            quit: Quit::default(),
        };
        let mut window =
            Rehearsal::open(options, SIZE).map_err(|err| BenchError::new(err.to_string()))?;
        window.connect(&profile.id);
        window.frame();
        let model = window
            .model()
            .ok_or_else(|| BenchError::new("The window did not connect. Run the bench again."))?;
        let mut stage = Self {
            window,
            publisher,
            model,
            due: Instant::now(),
            _runtime: runtime,
            _config: config,
        };
        let all = u64::try_from(topics).unwrap_or(u64::MAX);
        stage.frames_until("all topics", |stage| stage.messages() >= all)?;
        Ok(stage)
    }

    /// Messages taken in so far.
    pub(super) fn messages(&self) -> u64 {
        self.model.lock().totals(now()).messages
    }

    /// Waits until the next frame is due and draws it.
    pub(super) fn frame(&mut self) -> FrameCost {
        let now = Instant::now();
        std::thread::sleep(self.due.saturating_duration_since(now));
        self.due = (self.due + PACE).max(Instant::now());
        self.window.frame()
    }

    /// Draws frames until `is_so`, and tells what they cost.
    ///
    /// # Errors
    /// When that takes minutes.
    pub(super) fn frames_until(
        &mut self,
        what: &str,
        mut is_so: impl FnMut(&mut Self) -> bool,
    ) -> Result<Vec<FrameCost>, BenchError> {
        let deadline = Instant::now() + PATIENCE;
        let mut frames = Vec::new();
        while !is_so(self) {
            if Instant::now() > deadline {
                return Err(BenchError::new(format!(
                    "The bench waited for {what} in vain. Run it with fewer --topics."
                )));
            }
            frames.push(self.frame());
        }
        Ok(frames)
    }

    /// Opens every branch and waits until the worker is through with it.
    pub(super) fn open_all(&mut self) -> Result<(), BenchError> {
        self.window.set_open_below(None, true);
        self.frames_until("all rows", |stage| {
            let model = stage.model.lock();
            model.row_count() == model.node_count()
        })?;
        Ok(())
    }

    pub(super) fn close(self) {
        self.publisher.set_rate(0);
        self.window.close();
    }
}

/// A profile for a [`Publisher`] at this port.
pub(in crate::bench) fn profile(port: u16) -> Profile {
    let everything = Subscription::for_window("#", crate::mqtt::Qos::AtMostOnce);
    Profile {
        id: ProfileId("bench".to_owned()),
        name: "Bench".to_owned(),
        port,
        // the publisher answers no pings
        keep_alive: 0,
        reconnect: false,
        subscriptions: vec![everything],
        ..Profile::default()
    }
}

/// Writes the profile. A branch that was open before keeps others from opening by themselves.
pub(in crate::bench) fn prepare(
    directory: &std::path::Path,
    profile: &Profile,
) -> Result<(), StoreError> {
    let config = ConfigDir::open(Some(directory))?;
    config.save_profiles(std::slice::from_ref(profile))?;
    config.save_window(&WindowState {
        expanded: [(profile.id.clone(), vec!["none of these".to_owned()])].into(),
        ..WindowState::default()
    })
}

//! The demo: devices that are ordinary MQTT clients of whatever broker they are pointed at.
//!
//! | client id | what it does |
//! |---|---|
//! | `demo-command` | switches a lamp through `command/raspberrypi`, over MQTT 3.1.1 |
//! | `demo-status` | obeys, reports under `status/raspberrypi`, has a last will |
//! | `demo-campus` | text and JSON under `UM` and `UMD` |
//! | `demo-home` | six rooms of numeric sensors under `home` |
//! | `demo-camera` | pictures and packed bytes under `binary` |

mod camera;
mod campus;
mod device;
mod home;
mod message;
mod publishes;
mod raspberry;

use std::net::SocketAddr;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::client::{Config, RuntimeHandle};
use crate::profile::{Profile, SavedPublish, Secret};

use camera::Camera;
use campus::Campus;
use device::{Device, Running};
use home::Home;
use raspberry::{Commander, Status};

/// Running demo devices. Dropping it disconnects them.
pub struct Demo {
    /// Dropped, it stops the devices.
    stop: watch::Sender<()>,
    devices: Vec<JoinHandle<()>>,
}

impl Demo {
    /// Starts the devices as clients of the broker at `address`.
    pub fn start(
        runtime: &RuntimeHandle,
        address: SocketAddr,
        credentials: Option<(String, Secret)>,
    ) -> Self {
        let mut demo = Self {
            stop: watch::Sender::new(()),
            devices: Vec::new(),
        };
        let site = Site {
            runtime,
            address,
            credentials,
        };
        demo.add(&site, Status::default());
        demo.add(&site, Commander);
        demo.add(&site, Campus);
        demo.add(&site, Home);
        demo.add(&site, Camera);
        demo
    }

    /// Messages worth sending to the devices by hand.
    pub fn publishes() -> Vec<SavedPublish> {
        publishes::publishes()
    }

    /// Stops the devices and returns when all have said goodbye: do so before stopping their broker.
    pub async fn stop(self) {
        drop(self.stop);
        for device in self.devices {
            // An error would say that the device is gone, which is what is asked for.
            device.await.ok();
        }
    }

    fn add<D: Device>(&mut self, site: &Site<'_>, device: D) {
        let config = site.config(device.profile());
        let running = Running::open(site.runtime, device, config);
        let task = site.runtime.spawn(running.live(self.stop.subscribe()));
        self.devices.push(task);
    }
}

/// Where the devices connect to.
struct Site<'a> {
    runtime: &'a RuntimeHandle,
    address: SocketAddr,
    credentials: Option<(String, Secret)>,
}

impl Site<'_> {
    fn config(&self, profile: Profile) -> Config {
        let (user_name, password) = self.credentials.clone().unzip();
        Config {
            profile: Profile {
                host: self.address.ip().to_string(),
                port: self.address.port(),
                user_name: user_name.unwrap_or_default(),
                use_password: password.is_some(),
                ..profile
            },
            password,
            ..Config::default()
        }
    }
}

//! A commander and a device that obeys: the two sides of publish and subscribe, of retained status and of a last will.

use serde::{Deserialize, Serialize};

use crate::mqtt::{Publish, Qos, Version};
use crate::profile::{Profile, Subscription, WillSettings};

use super::device::{Device, profile, seconds};
use super::message::{Message, wave};

/// Where commands are published.
pub(super) const COMMAND: &str = "command/raspberrypi";
/// Whether the device is there; also the topic of its last will.
const ONLINE: &str = "status/raspberrypi/online";
/// The state of its lamp.
const LED: &str = "status/raspberrypi/led";
/// The longest part of a wrong command that is sent back, in characters.
const QUOTED: usize = 200;

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Led {
    On,
    Off,
}

impl Led {
    fn message(self) -> Message {
        let text = match self {
            Self::On => "on",
            Self::Off => "off",
        };
        Message::text(LED, text).retained().at_least_once()
    }
}

/// What the device understands; other fields are ignored.
#[derive(Serialize, Deserialize)]
struct Command {
    led: Led,
}

/// `demo-command`: switches the lamp on and off, over MQTT 3.1.1.
#[derive(Debug, Default)]
pub(super) struct Commander;

impl Device for Commander {
    fn profile(&self) -> Profile {
        Profile {
            version: Version::V311,
            ..profile("demo-command")
        }
    }

    fn on_tick(&mut self, tick: u64) -> Vec<Message> {
        let period = seconds(10);
        if tick % period != seconds(2) {
            return Vec::new();
        }
        let led = if (tick / period).is_multiple_of(2) {
            Led::On
        } else {
            Led::Off
        };
        vec![Message::json(COMMAND, &Command { led }).at_least_once()]
    }
}

/// `demo-status`: obeys commands and reports its state, over MQTT 5.
#[derive(Debug)]
pub(super) struct Status {
    led: Led,
}

impl Default for Status {
    fn default() -> Self {
        Self { led: Led::Off }
    }
}

impl Device for Status {
    fn profile(&self) -> Profile {
        Profile {
            will: WillSettings {
                enabled: true,
                topic: ONLINE.to_owned(),
                message: "false".to_owned(),
                qos: Qos::AtLeastOnce,
                retain: true,
                delay: 0,
                ..WillSettings::default()
            },
            subscriptions: vec![Subscription {
                filter: COMMAND.to_owned(),
                qos: Qos::AtLeastOnce,
                ..Subscription::default()
            }],
            ..profile("demo-status")
        }
    }

    fn on_connect(&mut self) -> Vec<Message> {
        vec![online(true), self.led.message()]
    }

    fn on_tick(&mut self, tick: u64) -> Vec<Message> {
        if !tick.is_multiple_of(seconds(1)) {
            return Vec::new();
        }
        let heat = wave(tick, 180.0, 0.0) * 4.0 + wave(tick, 23.0, 0.3) * 0.6;
        let work = wave(tick, 97.0, 0.5) * 0.35 + wave(tick, 17.0, 0.1) * 0.12;
        vec![
            Message::text("status/raspberrypi/cpu_temp", format!("{:.1}", 48.0 + heat)),
            Message::text("status/raspberrypi/load", format!("{:.2}", 0.55 + work)),
        ]
    }

    fn on_message(&mut self, publish: &Publish) -> Vec<Message> {
        match serde_json::from_slice::<Command>(&publish.payload) {
            Ok(command) => {
                self.led = command.led;
                vec![self.led.message()]
            }
            Err(_) => vec![complaint(&publish.payload)],
        }
    }

    fn on_stop(&mut self) -> Vec<Message> {
        vec![online(false)]
    }
}

fn online(is_online: bool) -> Message {
    Message::text(ONLINE, is_online.to_string())
        .retained()
        .at_least_once()
}

/// What the device answers to a command that it does not understand.
#[derive(Serialize)]
struct Complaint {
    error: &'static str,
    received: String,
}

fn complaint(payload: &[u8]) -> Message {
    let complaint = Complaint {
        error: r#"Expected {"led":"on"} or {"led":"off"}"#,
        received: String::from_utf8_lossy(payload)
            .chars()
            .take(QUOTED)
            .collect(),
    };
    Message::json("status/raspberrypi/error", &complaint)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::mqtt::TopicName;

    #[test]
    fn understands_the_commands_that_are_offered_to_the_user() {
        let mut commands = 0;
        for saved in super::super::Demo::publishes() {
            if saved.draft.topic == COMMAND {
                serde_json::from_str::<Command>(&saved.draft.payload).unwrap();
                commands += 1;
            }
        }
        assert_eq!(commands, 2);
    }

    fn command(payload: &'static str) -> Publish {
        Publish {
            topic: TopicName::new(COMMAND).unwrap(),
            payload: Bytes::from_static(payload.as_bytes()),
            qos: Qos::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
            properties: None,
        }
    }

    #[test]
    fn it_obeys_and_reports() {
        let mut status = Status::default();
        for (payload, state) in [
            (r#"{"led":"on"}"#, "on"),
            (r#"{ "led" : "off", "at": 17 }"#, "off"),
        ] {
            let answer = status.on_message(&command(payload));
            assert_eq!(
                answer,
                [Message::text(LED, state).retained().at_least_once()]
            );
            assert_eq!(status.on_connect().last(), answer.last());
        }
    }

    #[test]
    fn it_says_what_it_does_not_understand_and_keeps_its_state() {
        let mut status = Status::default();
        for payload in ["", "on", r#"{"led":"blue"}"#, r#"{"led":1}"#, "{}"] {
            let answer = status.on_message(&command(payload));
            assert_eq!(answer[0].topic, "status/raspberrypi/error");
            assert!(!answer[0].retain);
        }
        assert_eq!(status.led, Led::Off);
    }

    #[test]
    fn commands_alternate_every_ten_seconds() {
        let mut commander = Commander;
        let sent: Vec<Message> = (0..seconds(40))
            .flat_map(|tick| commander.on_tick(tick))
            .collect();
        let texts: Vec<&[u8]> = sent.iter().map(|message| &*message.payload).collect();
        let (on, off): (&[u8], &[u8]) = (br#"{"led":"on"}"#, br#"{"led":"off"}"#);
        assert_eq!(texts, [on, off, on, off]);
        assert!(
            sent.iter()
                .all(|message| message.topic == COMMAND && message.qos == Qos::AtLeastOnce)
        );
    }

    #[test]
    fn it_goes_with_the_same_words_as_its_will() {
        let mut status = Status::default();
        let will = status.profile().will;
        let last = &status.on_stop()[0];
        assert_eq!(
            (&last.topic, &*last.payload),
            (&will.topic, will.message.as_bytes())
        );
        assert!(last.retain && will.retain);
    }
}

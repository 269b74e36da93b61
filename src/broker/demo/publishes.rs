//! Messages to send to the demo devices by hand: what a new user clicks first.

use crate::mqtt::Qos;
use crate::profile::{PayloadKind, PublishDraft, SavedPublish};

use super::raspberry::COMMAND;

/// A command for each state of the lamp, and retained news for everybody who subscribes later.
pub(super) fn publishes() -> Vec<SavedPublish> {
    let lamp = |state: &str| PublishDraft {
        topic: COMMAND.to_owned(),
        qos: Qos::AtLeastOnce,
        payload: format!("{{ \"led\": \"{state}\" }}"),
        ..PublishDraft::default()
    };
    let news = PublishDraft {
        topic: "UM/campus/department/news".to_owned(),
        qos: Qos::AtLeastOnce,
        retain: true,
        kind: PayloadKind::Text,
        payload: "Library closes at 22:00".to_owned(),
        ..PublishDraft::default()
    };
    let named = [
        ("LED on", lamp("on")),
        ("LED off", lamp("off")),
        ("Campus news", news),
    ];
    named
        .map(|(name, draft)| SavedPublish {
            name: name.to_owned(),
            draft,
        })
        .into()
}

//! What the history of a topic asks for, done.

use bytes::Bytes;

use crate::model::Message;
use crate::mqtt::Properties;
use crate::payload::format::format_bytes;
use crate::payload::{Kind, detect, hex, template};
use crate::profile::{PayloadKind, PublishDraft, PublishProperties};

use super::super::action::{DockTab, Level};
use super::super::history_action::HistoryAction;
use super::App;
use super::open::Of;

/// Largest payload that is put into the publish panel as text.
const LARGEST: usize = 1 << 20;

impl App {
    /// Does what was asked about messages of the history.
    pub(super) fn apply_to_history(&mut self, of: Of<'_>, action: HistoryAction) {
        match action {
            HistoryAction::PutIntoPublishPanel(message) => {
                self.put_into_publish_panel(of, &message.0, &message.1);
            }
            HistoryAction::ShowBelow => {
                if let Some(pane) = self.views.panes.get_mut(of) {
                    pane.inspector.show_below();
                }
            }
        }
    }

    fn put_into_publish_panel(&mut self, of: Of<'_>, topic: &str, message: &Message) {
        let name = self.data.open.get(of).map(|it| it.profile.name.clone());
        let name = name.unwrap_or_default();
        if message.payload.len() > LARGEST {
            let size = format_bytes(message.payload.len() as u64);
            let text = format!(
                "{size} are too much to edit. Save the payload to a file, and publish that file."
            );
            return self.say(Level::Warning, &name, text, None);
        }
        let Some(pane) = self.views.panes.get_mut(of) else {
            return;
        };
        pane.dock.publish.set_draft(draft(topic, message));
        pane.dock.tab = DockTab::Publish;
        let text = "Put into the publish panel. Nothing was sent yet.";
        self.say(Level::Info, &name, text.to_owned(), None);
    }
}

/// A message as it would be published by hand.
fn draft(topic: &str, message: &Message) -> PublishDraft {
    let (kind, payload) = editable(&message.payload);
    let properties = message.properties.as_deref();
    PublishDraft {
        topic: topic.to_owned(),
        qos: message.qos,
        retain: message.retain,
        kind,
        payload,
        properties: properties.map(edited).unwrap_or_default(),
    }
}

/// Bytes as text where they come out of it as they were: what looks like a placeholder would be filled in.
fn editable(payload: &Bytes) -> (PayloadKind, String) {
    let kind = match detect(payload) {
        Kind::Json => PayloadKind::Json,
        Kind::Text | Kind::Empty => PayloadKind::Text,
        Kind::Binary => PayloadKind::Hex,
    };
    match str::from_utf8(payload) {
        Ok(text) if kind != PayloadKind::Hex && !template::has_placeholder(text) => {
            (kind, text.to_owned())
        }
        _ => (PayloadKind::Hex, hex::pairs(payload)),
    }
}

fn edited(properties: &Properties) -> PublishProperties {
    let user = super::super::inspector::user_properties(properties);
    let mut edited = PublishProperties {
        message_expiry: properties.message_expiry,
        content_type: properties.content_type.clone().unwrap_or_default(),
        response_topic: properties.response_topic.clone().unwrap_or_default(),
        payload_is_utf8: properties.payload_format == Some(1),
        user: user.cloned().collect(),
        ..PublishProperties::default()
    };
    if let Some(data) = properties.correlation_data.as_deref() {
        edited.set_correlation(data);
    }
    edited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_comes_out_as_it_was() {
        for (payload, kind, text) in [
            (&b"{\"n\":127.0}"[..], PayloadKind::Json, "{\"n\":127.0}"),
            (b"on", PayloadKind::Text, "on"),
            (b"", PayloadKind::Text, ""),
            (b"\x00\xff", PayloadKind::Hex, "00 ff"),
            (b"{{seq}}", PayloadKind::Hex, "7b 7b 73 65 71 7d 7d"),
            (b"{{other}}", PayloadKind::Text, "{{other}}"),
        ] {
            let editable = editable(&Bytes::copy_from_slice(payload));
            assert_eq!(editable, (kind, text.to_owned()));
        }
    }

    #[test]
    fn correlation_data_that_is_no_text_becomes_digits() {
        let properties = Properties {
            content_type: Some("text/plain".to_owned()),
            correlation_data: Some(Bytes::from_static(b"\xff")),
            ..Properties::default()
        };
        let edited = edited(&properties);
        assert_eq!(edited.content_type, "text/plain");
        assert!(edited.correlation_is_hex);
        assert_eq!(edited.correlation_data, "ff");
    }
}

//! What the history of a topic asks for, done.

use bytes::Bytes;

use crate::model::Message;
use crate::mqtt::Properties;
use crate::payload::format::format_bytes;
use crate::payload::{Kind, detect, hex, template};
use crate::profile::{PayloadKind, PublishDraft, PublishProperties};

use super::super::action::{Action, DockTab, Level};
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
            HistoryAction::RestoreDraft(restored) => {
                let (id, draft) = *restored;
                if let Some(pane) = self.views.panes.get_mut(Some(&id)) {
                    pane.dock.publish.set_draft(draft);
                }
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
        let text = "Put into the publish panel. Nothing was sent yet.";
        self.put_draft(of, draft(topic, message), text);
    }

    /// Shows a draft in the publish panel, says so, and offers the way back to what was typed there.
    pub(super) fn put_draft(&mut self, of: Of<'_>, draft: PublishDraft, text: &str) {
        let Some((id, pane)) = of.zip(self.views.panes.get_mut(of)) else {
            return;
        };
        let before = pane.dock.publish.draft().clone();
        let undo = is_worth_keeping(&before, &draft).then(|| {
            let restored = Box::new((id.clone(), before));
            (
                "Undo",
                Action::History(HistoryAction::RestoreDraft(restored)),
            )
        });
        pane.dock.publish.set_draft(draft);
        self.show_dock(of, DockTab::Publish);
        let name = self.data.open.get(of).map(|it| it.profile.name.clone());
        self.say(
            Level::Info,
            &name.unwrap_or_default(),
            text.to_owned(),
            undo,
        );
    }
}

/// Whether something of a draft is lost when another one takes its place; its topic alone is the selected one.
fn is_worth_keeping(draft: &PublishDraft, other: &PublishDraft) -> bool {
    let is_typed = !draft.payload.is_empty() || draft.properties != PublishProperties::default();
    is_typed && draft != other
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
    fn a_draft_is_kept_for_the_way_back_when_something_was_typed() {
        let other = draft("a", &message(b"1"));
        let typed = PublishDraft {
            payload: "2".to_owned(),
            ..PublishDraft::default()
        };
        assert!(is_worth_keeping(&typed, &other));
        assert!(!is_worth_keeping(&other, &other));
        let followed = PublishDraft {
            topic: "selected".to_owned(),
            ..PublishDraft::default()
        };
        assert!(!is_worth_keeping(&followed, &other));
    }

    fn message(payload: &'static [u8]) -> Message {
        Message {
            id: crate::model::MessageId(0),
            at: crate::mqtt::Timestamp::from_micros(0),
            since_previous: None,
            payload: Bytes::from_static(payload),
            qos: crate::mqtt::Qos::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
            properties: None,
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

//! The MQTT 5 properties of a message by the standard's names, and what its PUBLISH packet said.

use egui::Ui;

use super::super::session::Session;
use super::super::widgets::muted;
use super::facts_grid::{Section, sections};
use super::shown::{published_by, user_properties};
use crate::model::Message;
use crate::mqtt::{Properties, Qos, Version};
use crate::payload::format;

/// Bytes of correlation data shown in hexadecimal.
const CORRELATION_BYTES: usize = 256;

/// How many properties a message carries, for the tab's number.
pub fn count(message: &Message) -> usize {
    message.properties.as_deref().map_or(0, |properties| {
        standard(properties).len() + user_properties(properties).count()
    })
}

/// Draws the properties of `message`.
pub fn properties_ui(ui: &mut Ui, session: &Session, message: Option<&Message>) {
    let Some(message) = message else {
        ui.add_space(8.0);
        muted(ui, "No message on this topic yet");
        return;
    };
    let mut all = vec![packet(message)];
    if let Some(properties) = message.properties.as_deref() {
        let user = user_properties(properties).cloned().collect();
        all.push(Section {
            title: "MQTT 5 properties",
            rows: standard(properties),
        });
        all.push(Section {
            title: "User properties",
            rows: user,
        });
        all.extend(published_by(properties).map(broker_section));
    } else {
        let text = match session.profile.version {
            Version::V311 => "MQTT 3.1.1 messages have no properties",
            Version::V5 => "This message carries no properties",
        };
        ui.add_space(8.0);
        muted(ui, text);
    }
    sections(ui, "Properties of the message", &all);
}

fn broker_section(client: &str) -> Section {
    Section {
        title: "Added by the broker",
        rows: vec![("Published by".to_owned(), client.to_owned())],
    }
}

fn packet(message: &Message) -> Section {
    let yes_no = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let qos = match message.qos {
        Qos::AtMostOnce => "0, at most once",
        Qos::AtLeastOnce => "1, at least once",
        Qos::ExactlyOnce => "2, exactly once",
    };
    let mut rows = vec![("QoS".to_owned(), qos.to_owned())];
    let identifier = message
        .packet_id
        .map_or("none (QoS 0)".to_owned(), |id| id.to_string());
    rows.push(("Packet identifier".to_owned(), identifier));
    rows.push(("Retain".to_owned(), yes_no(message.retain)));
    rows.push(("DUP".to_owned(), yes_no(message.dup)));
    let size = format::format_bytes(message.payload.len() as u64);
    rows.push(("Payload size".to_owned(), size));
    Section {
        title: "PUBLISH packet",
        rows,
    }
}

/// The properties that a PUBLISH may carry (MQTT 5, 3.3.2.3), user properties left out.
fn standard(properties: &Properties) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: Option<String>| {
        rows.extend(value.map(|value| (name.to_owned(), value)));
    };
    let format = properties.payload_format.map(|format| match format {
        0 => "0, unspecified bytes".to_owned(),
        1 => "1, UTF-8 text".to_owned(),
        other => format!("{other}, not in the standard"),
    });
    row("Payload Format Indicator", format);
    let seconds = |seconds: u32| format!("{} s", format::thousands(u64::from(seconds)));
    row(
        "Message Expiry Interval",
        properties.message_expiry.map(seconds),
    );
    row(
        "Topic Alias",
        properties.topic_alias.map(|alias| alias.to_string()),
    );
    row("Response Topic", properties.response_topic.clone());
    row(
        "Correlation Data",
        properties.correlation_data.as_deref().map(correlation),
    );
    let ids: Vec<_> = properties
        .subscription_ids
        .iter()
        .map(u32::to_string)
        .collect();
    row(
        "Subscription Identifier",
        (!ids.is_empty()).then(|| ids.join(", ")),
    );
    row("Content Type", properties.content_type.clone());
    rows
}

/// Correlation data as text where it is text, else in hexadecimal.
fn correlation(data: &[u8]) -> String {
    match std::str::from_utf8(data) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => {
            let shown = data.iter().take(CORRELATION_BYTES);
            let mut text: Vec<_> = shown.map(|byte| format!("{byte:02x}")).collect();
            let left_out = data.len().saturating_sub(CORRELATION_BYTES);
            if left_out > 0 {
                text.push(format!("… and {}", format::format_bytes(left_out as u64)));
            }
            text.join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{correlation, standard};
    use crate::mqtt::Properties;

    #[test]
    fn properties_have_the_standards_names() {
        let properties = Properties {
            payload_format: Some(1),
            message_expiry: Some(3_600),
            subscription_ids: vec![1, 7],
            ..Properties::default()
        };
        let rows = standard(&properties);
        let names: Vec<_> = rows.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Payload Format Indicator",
                "Message Expiry Interval",
                "Subscription Identifier"
            ]
        );
        assert_eq!(rows[1].1, "3,600 s");
        assert_eq!(rows[2].1, "1, 7");
    }

    #[test]
    fn correlation_data_is_text_or_digits() {
        assert_eq!(correlation(b"req-1"), "req-1");
        assert_eq!(correlation(&[0, 255]), "00 ff");
    }
}

//! What stands in each row: names by the standard, values, and what can be done with them.

use egui::Ui;

use super::super::facts_grid::{grid, text, text_to_copy};
use super::super::shown::{published_by, user_properties};
use super::GoTo;
use super::expiry::countdown;
use super::partners::{Finder, MOST};
use crate::gui::action::Action;
use crate::gui::context::Context;
use crate::gui::icons;
use crate::gui::session::Session;
use crate::gui::theme::{self, Palette};
use crate::gui::widgets::{Look, button, dot, muted};
use crate::model::{Message, Side};
use crate::mqtt::{Properties, Qos};
use crate::payload::format;

/// User properties that are listed.
const MOST_USER: usize = 200;
/// Bytes of correlation data that are shown; all are copied.
const CORRELATION_BYTES: usize = 256;

/// What the packet itself says.
pub fn packet(ui: &mut Ui, message: &Message) {
    let qos = match message.qos {
        Qos::AtMostOnce => "0, at most once",
        Qos::AtLeastOnce => "1, at least once",
        Qos::ExactlyOnce => "2, exactly once",
    };
    let identifier = message
        .packet_id
        .map_or("none (QoS 0)".to_owned(), |id| id.to_string());
    let retain = if message.retain { "yes" } else { "no" };
    let dup = if message.dup {
        "yes: it was sent before, and may have been received"
    } else {
        "no"
    };
    grid(ui, "PUBLISH packet", |grid| {
        grid.row("QoS", |ui| {
            text(ui, qos).on_hover_text(
                "As delivered: the lower one of the publisher's and of what the subscription was granted",
            );
        });
        grid.row("Packet identifier", |ui| drop(text(ui, &identifier)));
        grid.row("Retain", |ui| {
            text(ui, retain).on_hover_text(
                "Yes: sent because it was retained, or published as retained where the subscription keeps the flag",
            );
        });
        grid.row("DUP", |ui| drop(text(ui, dup)));
        let size = format::format_bytes(message.payload.len() as u64);
        grid.row("Payload size", |ui| drop(text(ui, &size)));
    });
}

/// The properties that a PUBLISH may carry (MQTT 5, 3.3.2.3), user properties left out.
pub fn standard(
    ui: &mut Ui,
    context: &Context<'_>,
    session: &Session,
    (path, message): (&str, &Message),
    finder: &Finder,
) {
    let Some(properties) = message.properties.as_deref() else {
        return;
    };
    if super::standard_count(properties) == 0 {
        return;
    }
    grid(ui, "MQTT 5 properties", |grid| {
        if let Some(format) = properties.payload_format {
            let words = match format {
                0 => "0, unspecified bytes".to_owned(),
                1 => "1, UTF-8 text".to_owned(),
                other => format!("{other}, not in the standard"),
            };
            grid.row("Payload Format Indicator", |ui| drop(text(ui, &words)));
        }
        if let Some(seconds) = properties.message_expiry {
            grid.row("Message Expiry Interval", |ui| {
                let (words, next) = countdown(seconds, message.at, context.now);
                text(ui, &words);
                if let Some(next) = next {
                    ui.ctx().request_repaint_after(next);
                }
            });
        }
        if let Some(alias) = properties.topic_alias {
            grid.row("Topic Alias", |ui| drop(text(ui, &alias.to_string())));
        }
        if let Some(topic) = &properties.response_topic {
            grid.row("Response Topic", |ui| {
                response_topic(ui, context, session, topic, properties);
            });
        }
        if let Some(data) = properties.correlation_data.as_deref() {
            grid.row("Correlation Data", |ui| correlation(ui, context, data));
        }
        if !properties.subscription_ids.is_empty() {
            grid.row("Subscription Identifier", |ui| {
                for id in &properties.subscription_ids {
                    subscription(ui, session, *id);
                }
            });
        }
        if let Some(content_type) = &properties.content_type {
            grid.row("Content Type", |ui| {
                text(ui, content_type);
                if let Some(format) = finder.format() {
                    let by_rule = session.profile.reading.format_of(path).is_some();
                    let why = if by_rule {
                        "by the rule for this topic"
                    } else {
                        "by this and by what is in it"
                    };
                    muted(ui, &format!("read as {}, {why}", format.name()));
                }
            });
        }
    });
}

/// The topic for the answer, with what can be done about it.
fn response_topic(
    ui: &mut Ui,
    context: &Context<'_>,
    session: &Session,
    topic: &str,
    properties: &Properties,
) {
    let is_known = session
        .live
        .lock_soon()
        .and_then(|it| it.find(topic))
        .is_some();
    text(ui, topic);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE[1];
        if button(
            ui,
            Some(icons::SEND),
            "Publish the answer here",
            Look::Plain,
        )
        .on_hover_text("Fills the publish panel with this topic and the correlation data")
        .clicked()
        {
            let data = properties.correlation_data.clone().unwrap_or_default();
            context.ask(Action::PublishAnswer(topic.to_owned(), data));
        }
        if is_known {
            if button(ui, None, "Show this topic", Look::Plain).clicked() {
                context.ask(Action::SelectPath(topic.to_owned()));
            }
        } else if button(ui, None, "Subscribe to it", Look::Plain)
            .on_hover_text("Nothing has come on this topic so far")
            .clicked()
        {
            context.ask(Action::Subscribe(topic.to_owned(), Qos::AtLeastOnce));
        }
    });
}

/// Correlation data as text where it is text, and in hexadecimal; both to be copied.
fn correlation(ui: &mut Ui, context: &Context<'_>, data: &[u8]) {
    if data.is_empty() {
        return drop(text(ui, "empty"));
    }
    let words = printable(data);
    if let Some(words) = words
        && text_to_copy(ui, words, "Copy correlation data as text").clicked()
    {
        context.copy(words, "Correlation data");
    }
    let digits = hex(data, CORRELATION_BYTES);
    if text_to_copy(ui, &digits, "Copy correlation data as hex").clicked() {
        context.copy(hex(data, usize::MAX), "Correlation data");
    }
}

/// The data where it is text that can be read.
pub fn printable(data: &[u8]) -> Option<&str> {
    let words = std::str::from_utf8(data).ok()?;
    (!words.chars().any(char::is_control)).then_some(words)
}

fn hex(data: &[u8], most: usize) -> String {
    let mut digits: Vec<_> = data
        .iter()
        .take(most)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let left_out = data.len().saturating_sub(most);
    if left_out > 0 {
        digits.push(format!("… and {}", format::format_bytes(left_out as u64)));
    }
    digits.join(" ")
}

/// An identifier with the subscription that has it.
fn subscription(ui: &mut Ui, session: &Session, id: u32) {
    let mut all = session.subscriptions.as_slice().iter();
    let found = all.find(|it| it.asked.id == Some(id));
    ui.horizontal(|ui| {
        let palette = Palette::of(ui);
        match found {
            Some(found) => {
                if let Some(color) = found.asked.color {
                    dot(ui, theme::profile_color(color, palette));
                }
                text(ui, &format!("{id}, {}", found.asked.filter));
            }
            None => drop(text(
                ui,
                &format!("{id}, of no subscription that is open now"),
            )),
        }
    });
}

/// Requests and answers that belong to the message.
pub fn partners(
    ui: &mut Ui,
    context: &Context<'_>,
    finder: &Finder,
    properties: &Properties,
) -> Option<GoTo> {
    properties.correlation_data.as_ref()?;
    let mut go_to = None;
    grid(ui, "Requests and answers", |grid| {
        for partner in finder.partners() {
            let side = match partner.side {
                Side::Request => "Request",
                Side::Answer => "Answer",
            };
            grid.row(side, |ui| {
                let time = format::clock(partner.message.at, context.zone);
                let label = format!("{time} on {}", partner.path);
                let link = ui.link(egui::RichText::new(label).font(theme::mono()));
                if link.on_hover_text("Show this message").clicked() {
                    go_to = Some(GoTo {
                        path: partner.path.clone(),
                        id: partner.message.id,
                    });
                }
            });
        }
        if finder.partners().is_empty() {
            grid.row("None", |ui| {
                let words = if finder.is_searching() {
                    "looking through the history…".to_owned()
                } else if finder.is_cut() {
                    let most = format::thousands(MOST);
                    format!("no other message of the newest {most} has this correlation data")
                } else {
                    "no other message that is kept has this correlation data on the right topic"
                        .to_owned()
                };
                muted(ui, &words);
            });
        }
    });
    go_to
}

/// What the publisher added, in order, as it came.
pub fn user(ui: &mut Ui, context: &Context<'_>, properties: &Properties) {
    let all: Vec<_> = user_properties(properties).collect();
    if all.is_empty() {
        return;
    }
    let left_out = all.len().saturating_sub(MOST_USER);
    grid(ui, "User properties", |grid| {
        for (place, (name, value)) in all.iter().take(MOST_USER).enumerate() {
            let before = all.iter().take(place).filter(|it| it.0 == *name).count();
            let shown = if before == 0 {
                name.clone()
            } else {
                format!("{name} (again)")
            };
            grid.row(&shown, |ui| {
                let label = format!("Copy user property {}", place + 1);
                let copy = text_to_copy(ui, value, &label);
                if copy.on_hover_text("Copy the value").clicked() {
                    context.copy(value.clone(), "Value");
                }
            });
        }
    });
    if left_out > 0 {
        let more = format::thousands(left_out as u64);
        muted(ui, &format!("and {more} more, which “Copy all” takes, too"));
    }
    if button(
        ui,
        Some(icons::COPY),
        "Copy all user properties",
        Look::Plain,
    )
    .clicked()
    {
        let lines = all.iter().map(|(name, value)| format!("{name}: {value}"));
        let lines: Vec<_> = lines.collect();
        context.copy(lines.join("\n"), "User properties");
    }
}

/// What the broker inside adds itself.
pub fn added_by_broker(ui: &mut Ui, properties: &Properties) {
    if let Some(client) = published_by(properties) {
        grid(ui, "Added by the broker", |grid| {
            grid.row("Published by", |ui| drop(text(ui, client)));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{hex, printable};

    #[test]
    fn correlation_data_is_text_and_digits() {
        assert_eq!(printable(b"req-1"), Some("req-1"));
        assert_eq!(printable(&[0, 255]), None);
        assert_eq!(hex(&[0, 255], 10), "00 ff");
        assert_eq!(hex(&[1; 300], 2), "01 01 … and 298 B");
    }
}

//! The MQTT 5 properties of a message by the standard's names, what its PUBLISH packet said, and the messages that
//! belong to it.
//!
//! | file | what it does |
//! |---|---|
//! | `rows` | what stands in each row |
//! | `expiry` | how long a message lasts |
//! | `partners` | finds requests and answers, and what the payload is read as, on a worker |

mod expiry;
mod partners;
mod rows;

use egui::{Role, ScrollArea, Ui};

use self::partners::Finder;
use super::super::context::Context;
use super::super::session::Session;
use super::super::theme;
use super::super::widgets::{muted, scroll_keys};
use super::shown::user_properties;
use crate::model::{Message, MessageId};
use crate::mqtt::{Properties, Version};

/// How many properties a message carries, for the tab's number.
pub fn count(message: &Message) -> usize {
    message.properties.as_deref().map_or(0, |properties| {
        standard_count(properties) + user_properties(properties).count()
    })
}

/// The properties that a PUBLISH may carry (MQTT 5, 3.3.2.3), user properties left out.
fn standard_count(properties: &Properties) -> usize {
    let there = [
        properties.payload_format.is_some(),
        properties.message_expiry.is_some(),
        properties.topic_alias.is_some(),
        properties.response_topic.is_some(),
        properties.correlation_data.is_some(),
        !properties.subscription_ids.is_empty(),
        properties.content_type.is_some(),
    ];
    there.into_iter().filter(|it| *it).count()
}

/// UI state of the tab.
#[derive(Debug, Default)]
pub struct PropertiesView {
    finder: Finder,
}

/// What the tab was asked for that the inspector has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoTo {
    /// The topic of the message.
    pub path: String,
    /// The message.
    pub id: MessageId,
}

impl PropertiesView {
    /// Draws the properties of a message on the topic `path`.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        (path, message): (&str, Option<&Message>),
    ) -> Option<GoTo> {
        let Some(message) = message else {
            ui.add_space(8.0);
            muted(ui, "No message on this topic yet");
            return None;
        };
        self.finder.follow(ui.ctx(), session, path, message);
        let name = "Properties of the message";
        let area = ui.available_rect_before_wrap();
        let keys = scroll_keys(ui, area, (Role::ScrollView, name), theme::ROW_HEIGHT);
        let scroll = ScrollArea::vertical().id_salt(name).auto_shrink(false);
        scroll
            .show(ui, |ui| {
                ui.scroll_with_delta(keys);
                ui.add_space(8.0);
                rows::packet(ui, message);
                let Some(properties) = message.properties.as_deref() else {
                    without(ui, session.profile.version);
                    return None;
                };
                rows::standard(ui, context, session, (path, message), &self.finder);
                let go_to = rows::partners(ui, context, &self.finder, properties);
                rows::user(ui, context, properties);
                rows::added_by_broker(ui, properties);
                go_to
            })
            .inner
    }
}

fn without(ui: &mut Ui, version: Version) {
    muted(
        ui,
        match version {
            Version::V311 => {
                "MQTT 3.1.1 messages have no properties. Choose MQTT 5 in the connection's settings to see them."
            }
            Version::V5 => "This message carries no properties",
        },
    );
}

//! The menu of a row: copy, publish, clear retained messages, open and close.

use egui::{Button, Response, Ui};

use crate::model::{Gather, LastValue, Row};
use crate::mqtt::{Qos, TopicName};
use crate::payload::document::Path;
use crate::payload::series::number_of;
use crate::payload::{format, text};
use crate::profile::{PayloadKind, Profile, PublishDraft, Subscription};

use super::super::action::{Action, Level};
use super::super::chart_action::ChartAction;
use super::super::connections::copy_sub_command;
use super::super::context::Context;
use super::super::history_action::HistoryAction;
use super::super::retained::RetainedAction;
use super::super::session::Session;

/// Attaches the menu to a row.
pub fn row_menu(response: &Response, context: &Context<'_>, session: &Session, row: &Row) {
    response.context_menu(|ui| {
        ui.set_min_width(220.0);
        copy_items(ui, context, session, row);
        ui.separator();
        if ui.button("Publish here").clicked() {
            context.ask(Action::PublishHere(path(session, row)));
        }
        if ui.button("Subscribe to this branch").clicked() {
            let filter = format!("{}/#", path(session, row));
            let there = session.subscriptions.find(&filter);
            let qos = there.map_or(crate::mqtt::Qos::AtMostOnce, |there| there.asked.qos);
            context.ask(Action::Subscribe(filter, qos));
        }
        ui.separator();
        chart_items(ui, context, session, row);
        ui.separator();
        retained_items(ui, context, session, row);
        if row.open.is_some() {
            ui.separator();
            if ui.button("Show all messages below").clicked() {
                context.ask(Action::Select(row.node));
                context.ask(Action::History(HistoryAction::ShowBelow));
            }
            if ui.button("Open all below").clicked() {
                context.ask(Action::SetOpenBelow(Some(row.node), true));
            }
            if ui.button("Close all below").clicked() {
                context.ask(Action::SetOpenBelow(Some(row.node), false));
            }
        }
    });
}

fn path(session: &Session, row: &Row) -> String {
    session.live.lock().path(row.node)
}

fn copy_items(ui: &mut Ui, context: &Context<'_>, session: &Session, row: &Row) {
    if ui
        .add(Button::new("Copy topic").shortcut_text("Ctrl+C"))
        .clicked()
    {
        context.copy(path(session, row), "Topic");
    }
    if ui
        .add_enabled(row.last.is_some(), Button::new("Copy value"))
        .clicked()
        && let Some(last) = &row.last
    {
        context.copy(text::copyable(&last.payload), "Value");
    }
    if ui.button("Copy as mosquitto_sub command").clicked() {
        let topic = path(session, row);
        let filter = if row.open.is_some() {
            format!("{topic}/#")
        } else {
            topic
        };
        let profile = Profile {
            subscriptions: vec![Subscription::new(filter, Qos::AtMostOnce)],
            ..session.profile.clone()
        };
        copy_sub_command(context, &profile);
    }
    let publish = Button::new("Copy as mosquitto_pub command");
    if ui.add_enabled(row.last.is_some(), publish).clicked()
        && let Some(last) = &row.last
    {
        copy_publish(context, session, &path(session, row), last);
    }
}

/// Copies the line that publishes the last message of a topic again.
fn copy_publish(context: &Context<'_>, session: &Session, topic: &str, last: &LastValue) {
    let draft = PublishDraft {
        topic: topic.to_owned(),
        qos: last.qos,
        retain: last.retained,
        kind: PayloadKind::Text,
        ..PublishDraft::default()
    };
    match session.profile.publish_command(&draft, &last.payload) {
        Ok(command) => context.copy(command, "Command"),
        Err(err) => context.toast(Level::Error, err.to_string()),
    }
}

fn chart_items(ui: &mut Ui, context: &Context<'_>, session: &Session, row: &Row) {
    let ask = |action| context.ask(Action::Chart(action));
    if ui
        .add_enabled(row.last.is_some(), Button::new("Chart"))
        .clicked()
        && let Some(last) = &row.last
    {
        if number_of(&last.payload).is_some() {
            ask(ChartAction::Add {
                topic: path(session, row),
                path: Path::default(),
            });
        }
        ask(ChartAction::Show);
    }
    if ui
        .add_enabled(row.open.is_some(), Button::new("Chart all numbers below"))
        .clicked()
    {
        ask(ChartAction::AddBelow(path(session, row)));
    }
}

fn retained_items(ui: &mut Ui, context: &Context<'_>, session: &Session, row: &Row) {
    let is_retained = row.last.as_ref().is_some_and(|last| last.retained);
    let clear = Button::new("Clear retained").shortcut_text("Del");
    if ui.add_enabled(is_retained, clear).clicked()
        && let Ok(topic) = TopicName::new(path(session, row))
    {
        let clear = RetainedAction::AskClear(vec![topic]);
        context.ask(Action::Retained(clear));
    }
    let count = session
        .live
        .lock()
        .facts(row.node, context.now)
        .subtree_retained;
    let count_text = format::thousands(u64::from(count));
    let text = format!("Clear {count_text} retained at and below…");
    if ui.add_enabled(count > 0, Button::new(text)).clicked() {
        let clear = RetainedAction::AskClearAll(Gather::Below(row.node));
        context.ask(Action::Retained(clear));
    }
}

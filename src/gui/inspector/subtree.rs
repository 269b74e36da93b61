//! What is known of a topic and of everything below it.

use egui::Ui;

use super::super::context::Context;
use super::facts_grid::{Section, sections};
use crate::gui::words;
use crate::model::Facts;
use crate::mqtt::Timestamp;
use crate::payload::format;

/// Draws the facts.
pub fn subtree_ui(ui: &mut Ui, context: &Context<'_>, facts: &Facts) {
    let mut all = Vec::new();
    if facts.is_topic {
        all.push(own(context, facts));
    }
    all.push(below(context, facts));
    sections(ui, "Facts of the subtree", &all);
}

fn row(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}

fn time(context: &Context<'_>, at: Option<Timestamp>) -> String {
    at.map_or("never".to_owned(), |at| {
        format::date_clock(at, context.zone)
    })
}

fn own(context: &Context<'_>, facts: &Facts) -> Section {
    Section {
        title: "This topic",
        rows: vec![
            row("Messages", format::thousands(facts.own_messages)),
            row("Rate", words::rate(facts.own_rate)),
            row("Payload bytes", format::format_bytes(facts.own_bytes)),
            row(
                "Retained on the broker",
                if facts.retained {
                    "yes"
                } else {
                    "not known to be"
                }
                .to_owned(),
            ),
            row("First message", time(context, facts.first_seen)),
            row("Last message", time(context, facts.last_seen)),
            row("Trimmed from the history", format::thousands(facts.trimmed)),
            row("Deleted from the history", format::thousands(facts.deleted)),
        ],
    }
}

fn below(context: &Context<'_>, facts: &Facts) -> Section {
    let title = if facts.is_topic {
        "With everything below"
    } else {
        "This branch"
    };
    Section {
        title,
        rows: vec![
            row("Topics", format::thousands(u64::from(facts.subtree_topics))),
            row("Messages", format::thousands(facts.subtree_messages)),
            row("Rate", words::rate(facts.subtree_rate)),
            row("Payload bytes", format::format_bytes(facts.subtree_bytes)),
            row(
                "Retained topics",
                format::thousands(u64::from(facts.subtree_retained)),
            ),
            row("Newest message", time(context, facts.subtree_newest)),
            row(
                "Direct children",
                format::thousands(u64::from(facts.children)),
            ),
            row(
                "Levels below",
                format::thousands(u64::from(facts.depth_below)),
            ),
        ],
    }
}

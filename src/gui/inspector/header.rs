//! The head of the inspector: where the topic is, what can be done with it, and the facts of the message shown.

use egui::text::{LayoutJob, TextFormat};
use egui::{Label, Layout, Popup, Ui, vec2};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::retained::{self, RetainedAction};
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, button, galley, icon_button, icon_mark, qos_badge, retained_badge,
};
use super::breadcrumb::{breadcrumb, elide};
use super::payload::hex_dump;
use super::shown::{Shown, published_by};
use crate::client::CheckScope;
use crate::gui::words;
use crate::model::{Gather, Message};
use crate::mqtt::{Qos, TopicName};
use crate::payload::format;

/// Below this width "Publish here" is an icon.
const NARROW: f32 = 480.0;
/// Below this width the facts leave out what the properties say, too, so that they need one line.
const NARROW_FACTS: f32 = 560.0;

/// What the header was asked for that the inspector itself has to do.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Save the shown payload to a file.
    Save,
    /// Show what is retained.
    Retained(retained::Wish),
}

/// Draws breadcrumb, buttons and facts. `message` is the one that is shown below, which the list of everything below may
/// have led to (`is_of_another` topic): what is retained for the topic itself says nothing of it.
pub fn header(
    ui: &mut Ui,
    context: &Context<'_>,
    session: &Session,
    shown: &Shown,
    message: Option<&Message>,
    is_of_another: bool,
) -> Option<Wish> {
    let wish = title_row(ui, context, session, shown, message);
    ui.add_space(2.0);
    facts_line(ui, context, shown, message);
    let has_truth = shown.facts.is_topic || shown.facts.retained;
    if !has_truth || is_of_another {
        return wish;
    }
    let known = (shown.facts.path.as_str(), &shown.truth);
    let retained = retained::truth_line(ui, context, session, known, message);
    retained.map(Wish::Retained).or(wish)
}

fn title_row(
    ui: &mut Ui,
    context: &Context<'_>,
    session: &Session,
    shown: &Shown,
    message: Option<&Message>,
) -> Option<Wish> {
    let path = &shown.facts.path;
    let is_narrow = ui.available_width() < NARROW;
    let publish_width = if is_narrow {
        theme::CONTROL_HEIGHT
    } else {
        let text = galley(
            ui,
            "Publish here",
            theme::body(),
            egui::Color32::PLACEHOLDER,
        );
        text.size().x + 15.0 + 6.0 + 22.0
    };
    let buttons = publish_width + 2.0 * (theme::CONTROL_HEIGHT + theme::SPACE[1]);
    let mut wish = None;
    ui.horizontal(|ui| {
        let room = (ui.available_width() - buttons - theme::SPACE[1]).max(40.0);
        let size = vec2(room, theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_size(size);
            breadcrumb(ui, context, path, room - 30.0);
            if icon_button(ui, icons::COPY, "Copy topic", Look::Quiet).clicked() {
                context.copy(path.clone(), "Topic");
            }
        });
        let publish = if is_narrow {
            icon_button(ui, icons::SEND, "Publish here", Look::Plain)
        } else {
            button(ui, Some(icons::SEND), "Publish here", Look::Plain)
        };
        if publish.clicked() {
            context.ask(Action::PublishHere(path.clone()));
        }
        ui.add_enabled_ui(shown.facts.retained, |ui| {
            if icon_button(ui, icons::ERASER, "Clear retained", Look::Plain).clicked() {
                clear_retained(context, path);
            }
        });
        wish = more_menu(ui, context, session, shown, message);
    });
    wish
}

fn clear_retained(context: &Context<'_>, path: &str) {
    if let Ok(topic) = TopicName::new(path.to_owned()) {
        let clear = RetainedAction::AskClear(vec![topic]);
        context.ask(Action::Retained(clear));
    }
}

fn more_menu(
    ui: &mut Ui,
    context: &Context<'_>,
    session: &Session,
    shown: &Shown,
    message: Option<&Message>,
) -> Option<Wish> {
    let more = icon_button(ui, icons::DOTS, "More", Look::Plain);
    let mut wish = None;
    Popup::menu(&more).show(|ui| {
        ui.set_min_width(230.0);
        let path = &shown.facts.path;
        if ui.button("Copy topic").clicked() {
            context.copy(path.clone(), "Topic");
        }
        ui.add_enabled_ui(message.is_some(), |ui| {
            if let Some(copied) = value_items(ui, message) {
                context.copy(copied, "Value");
            }
            if ui.button("Save payload to file…").clicked() {
                wish = Some(Wish::Save);
            }
        });
        ui.separator();
        ui.menu_button("Subscribe to this branch", |ui| {
            for qos in Qos::ALL {
                if ui.button(format!("QoS {qos}")).clicked() {
                    context.ask(Action::Subscribe(branch_filter(path), qos));
                }
            }
        });
        ui.separator();
        if ui
            .add_enabled(shown.facts.retained, egui::Button::new("Clear retained"))
            .clicked()
        {
            clear_retained(context, path);
        }
        let below = u64::from(shown.facts.subtree_retained);
        let text = format!("Clear {} retained at and below…", format::thousands(below));
        let clear = ui.add_enabled(below > 0, egui::Button::new(text));
        if clear.clicked() {
            let clear = RetainedAction::AskClearAll(Gather::Below(shown.node));
            context.ask(Action::Retained(clear));
        }
        let check = egui::Button::new("Check what is retained at and below");
        let check = ui.add_enabled(session.is_connected(), check);
        if check.clicked()
            && let Ok(topic) = TopicName::new(path.clone())
        {
            let check = RetainedAction::Check(CheckScope::Below(topic));
            context.ask(Action::Retained(check));
        }
    });
    wish
}

fn value_items(ui: &mut Ui, message: Option<&Message>) -> Option<String> {
    let as_text = ui.button("Copy value").clicked();
    let as_hex = ui.button("Copy value as hex").clicked();
    let message = message?;
    if as_text {
        return Some(crate::payload::text::copyable(&message.payload));
    }
    as_hex.then(|| hex_dump(&message.payload))
}

/// The filter that covers a topic and everything below it (MQTT 5, 4.7.1.2).
fn branch_filter(path: &str) -> String {
    format!("{path}/#")
}

fn facts_line(ui: &mut Ui, context: &Context<'_>, shown: &Shown, message: Option<&Message>) {
    let row_height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 18.0);
    let is_narrow = ui.available_width() < NARROW_FACTS;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(7.0, 2.0);
        let mut line = FactsLine { is_first: true };
        if let Some(message) = message {
            qos_badge(ui, message.qos);
            line.is_first = false;
            if shown.facts.retained {
                retained_badge(ui);
            }
            line.is_first = true;
            line.fact(ui, &format::format_bytes(message.payload.len() as u64));
            line.fact(ui, &format::clock(message.at, context.zone))
                .on_hover_text(format::date_clock(message.at, context.zone));
        }
        counts(ui, &mut line, shown);
        let properties = message.and_then(|message| message.properties.as_deref());
        if let Some(content_type) = properties.and_then(|all| all.content_type.as_deref())
            && !is_narrow
        {
            line.named(ui, "content-type", content_type);
        }
        if let Some(client) = properties.and_then(published_by) {
            line.named(ui, "published by", client);
        }
    });
    ui.spacing_mut().interact_size.y = row_height;
}

fn counts(ui: &mut Ui, line: &mut FactsLine, shown: &Shown) {
    let facts = &shown.facts;
    if facts.is_topic {
        line.fact(
            ui,
            &words::counted(facts.own_messages, "message", "messages"),
        );
        line.fact(ui, &words::rate(facts.own_rate));
    } else {
        line.fact(ui, "Branch");
        line.fact(
            ui,
            &words::counted(u64::from(facts.subtree_topics), "topic", "topics"),
        );
        line.fact(
            ui,
            &words::counted(facts.subtree_messages, "message", "messages"),
        );
        line.fact(ui, &words::rate(facts.subtree_rate));
    }
}

/// Facts with dots in between; a line breaks only between them, and neither begins nor ends with a dot.
struct FactsLine {
    is_first: bool,
}

impl FactsLine {
    fn fact(&mut self, ui: &mut Ui, text: &str) -> egui::Response {
        let palette = Palette::of(ui);
        let mut job = LayoutJob::default();
        job.append(text, 0.0, TextFormat::simple(theme::label(), palette.muted));
        self.add(ui, job)
    }

    fn named(&mut self, ui: &mut Ui, name: &str, value: &str) {
        let palette = Palette::of(ui);
        let mut job = LayoutJob::default();
        job.append(name, 0.0, TextFormat::simple(theme::label(), palette.muted));
        let format = TextFormat::simple(theme::mono(), palette.text);
        job.append(&elide(value, 40), 6.0, format);
        self.add(ui, job).on_hover_text(elide(value, 400));
    }

    /// The dot is painted, so that no screen reader says it.
    fn add(&mut self, ui: &mut Ui, job: LayoutJob) -> egui::Response {
        let fact = ui.painter().layout_job(job);
        if !std::mem::take(&mut self.is_first) {
            let faint = Palette::of(ui).faint;
            let gap = ui.spacing().item_spacing.x;
            let dot = galley(ui, "·", theme::label(), faint);
            if dot.size().x + gap + fact.size().x > ui.available_size_before_wrap().x {
                ui.end_row();
            } else {
                icon_mark(ui, "·", theme::label(), faint);
            }
        }
        ui.add(Label::new(fact).selectable(true).extend())
    }
}

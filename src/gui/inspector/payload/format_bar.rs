//! How the payload is read: the likely formats as segments, all of them in a menu, and for which topics that is remembered.

use egui::{Button, Layout, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use super::super::super::action::Action;
use super::super::super::context::Context;
use super::super::super::icons;
use super::super::super::reading_action::ReadingAction;
use super::super::super::session::Session;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, button, icon_button, muted, segmented, text_field};
use crate::mqtt::TopicFilter;
use crate::payload::Format;
use crate::profile::FormatRule;

/// Highest menu of schemas, as a share of the window.
const MENU_SHARE: f32 = 0.72;
/// What a menu leaves free of the window's height, its own frame included.
const MENU_MARGIN: f32 = 40.0;
/// Height of a line of the menu.
const MENU_LINE: f32 = 20.0;
/// Formats in menus of their own: other encodings of text, and what is opened to see what is inside.
const ENCODINGS: [Format; 3] = [Format::Utf16Le, Format::Utf16Be, Format::Latin1];
const WRAPPINGS: [Format; 2] = [Format::Base64, Format::Deflate];

/// What the user chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// What a rule says, or what fits best.
    Fitting,
    /// This format.
    Format(Format),
}

/// What the formats are chosen for.
pub struct Choosing<'a> {
    /// The connection.
    pub session: &'a Session,
    /// The topic; `None` inside of an opened value, where nothing is remembered.
    pub topic: Option<&'a str>,
    /// How the payload is read now.
    pub now: &'a Format,
    /// What the user chose; `None` for what fits best.
    pub chosen: Option<&'a Format>,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// UI state: the filter that is typed.
#[derive(Debug, Default)]
pub struct FormatBar {
    filter: String,
    /// The topic for which it was suggested.
    suggested_for: String,
    /// Height of what stands below the formats and does not scroll with them.
    fixed_height: f32,
}

impl FormatBar {
    /// Draws segments and menu, from the right. Returns a new choice.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        choosing: &Choosing<'_>,
    ) -> Option<Choice> {
        let mut choice = None;
        let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, theme::SPACE[0]);
        let caret = icon_button(ui, icons::CARET_DOWN, "All formats", Look::Plain);
        Popup::menu(&caret)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(250.0);
                ui.spacing_mut().interact_size.y = MENU_LINE;
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.spacing_mut().button_padding.y = 2.0;
                choice = self.menu(ui, context, choosing);
                if choice.is_some() {
                    ui.close();
                }
            });
        let mut likely = vec![Format::Json, Format::Text, Format::Hex];
        if !likely.contains(choosing.now) {
            likely.push(choosing.now.clone());
        }
        let names: Vec<_> = likely.iter().map(short_name).collect();
        let options: Vec<_> = names.iter().map(String::as_str).enumerate().collect();
        let mut at = likely.iter().position(|it| it == choosing.now).unwrap_or(0);
        if segmented(ui, "Show as", &mut at, &options).changed() {
            choice = likely.get(at).cloned().map(Choice::Format);
        }
        ui.spacing_mut().item_spacing.x = spacing;
        choice
    }

    /// Keeps the place of the controls while nothing is decoded yet. They are drawn, and do nothing.
    pub fn place_ui(ui: &mut Ui) {
        let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, theme::SPACE[0]);
        ui.add_enabled_ui(false, |ui| {
            icon_button(ui, icons::CARET_DOWN, "All formats", Look::Plain);
            let names = [Format::Json, Format::Text, Format::Hex].map(|it| short_name(&it));
            let options: Vec<_> = names.iter().map(String::as_str).enumerate().collect();
            let mut none = names.len();
            segmented(ui, "Show as", &mut none, &options);
        });
        ui.spacing_mut().item_spacing.x = spacing;
    }

    /// The formats, which scroll where the window is too low for all, and below them what is always there.
    fn menu(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        choosing: &Choosing<'_>,
    ) -> Option<Choice> {
        let room = ui.ctx().content_rect().height() - MENU_MARGIN;
        // a popup is no higher than egui's default area otherwise
        ui.set_max_height(room);
        let rule = choosing
            .topic
            .and_then(|topic| rule_for(choosing.session, topic));
        let formats = (room - self.fixed_height).max(4.0 * MENU_LINE);
        let choice = ScrollArea::vertical()
            .max_height(formats)
            .show(ui, |ui| formats_ui(ui, choosing, rule))
            .inner;
        if let Some(topic) = choosing.topic {
            let top = ui.cursor().top();
            ui.separator();
            self.remember(ui, context, choosing, topic, rule);
            self.fixed_height = ui.cursor().top() - top;
        } else {
            self.fixed_height = 0.0;
        }
        choice
    }

    /// For which topics the format holds.
    fn remember(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        choosing: &Choosing<'_>,
        topic: &str,
        rule: Option<&FormatRule>,
    ) {
        let format = choosing.now;
        if self.suggested_for != topic {
            topic.clone_into(&mut self.suggested_for);
            self.filter = branch_filter(topic);
        }
        muted(ui, &format!("Remember {} for", short_name(format)));
        let remember = |filter: &str| {
            context.ask(Action::Reading(ReadingAction::RememberFormat {
                filter: filter.to_owned(),
                format: format.clone(),
            }));
        };
        if ui.add(Button::new("This topic").truncate()).clicked() {
            remember(topic);
            ui.close();
        }
        let branch = branch_filter(topic);
        if ui.add(Button::new(branch.as_str()).truncate()).clicked() {
            remember(&branch);
            ui.close();
        }
        ui.horizontal(|ui| {
            let is_valid = TopicFilter::new(self.filter.clone()).is_ok();
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add_enabled_ui(is_valid, |ui| {
                    if button(ui, None, "Remember", Look::Plain).clicked() {
                        remember(&self.filter);
                        ui.close();
                    }
                });
                let label = "Topic filter to remember the format for";
                text_field(ui, &mut self.filter, label, "Topic filter", theme::mono());
            });
        });
        if let Some(rule) = rule {
            ui.separator();
            let forget = format!("Forget the rule for {}", rule.filter);
            if ui.add(Button::new(forget).truncate()).clicked() {
                let filter = rule.filter.clone();
                context.ask(Action::Reading(ReadingAction::ForgetFormat(filter)));
                ui.close();
            }
        }
        if ui.button("Formats and schemas…").clicked() {
            context.ask(Action::Reading(ReadingAction::OpenRules));
            ui.close();
        }
    }
}

/// What to choose from.
fn formats_ui(ui: &mut Ui, choosing: &Choosing<'_>, rule: Option<&FormatRule>) -> Option<Choice> {
    let mut choice = None;
    let is_automatic = choosing.chosen.is_none();
    let automatic = match rule {
        Some(rule) => format!("As the rule for {} says", rule.filter),
        None => "Automatic".to_owned(),
    };
    if ui.selectable_label(is_automatic, automatic).clicked() {
        choice = Some(Choice::Fitting);
    }
    ui.separator();
    let mut item = |ui: &mut Ui, format: &Format, name: &str| {
        let is_chosen = choosing.chosen == Some(format);
        let text = RichText::new(name);
        let text = if format.suits(choosing.bytes) {
            text
        } else {
            text.color(Palette::of(ui).muted)
        };
        let label = ui
            .selectable_label(is_chosen, text)
            .on_hover_text(format.about());
        if label.clicked() {
            choice = Some(Choice::Format(format.clone()));
        }
    };
    let is_apart = |it: &&Format| ENCODINGS.contains(it) || WRAPPINGS.contains(it);
    for format in Format::ALL_SIMPLE.iter().filter(|it| !is_apart(it)) {
        item(ui, format, &format.name());
    }
    for (name, formats) in [
        ("Other text", &ENCODINGS[..]),
        ("Wrapped", &WRAPPINGS[..]),
        ("Number", &Format::NUMBERS[..]),
    ] {
        ui.menu_button(name, |ui| {
            for format in formats {
                item(ui, format, &format.name());
            }
        });
    }
    let schemas = &choosing.session.schemas;
    let types = schemas
        .protobuf_types()
        .iter()
        .map(|name| Format::Protobuf(name.clone()));
    schema_items(
        ui,
        "Protobuf message",
        &types.collect::<Vec<_>>(),
        &mut item,
    );
    let types = schemas
        .avro_schemas()
        .iter()
        .map(|name| Format::Avro(name.clone()));
    schema_items(ui, "Avro schema", &types.collect::<Vec<_>>(), &mut item);
    choice
}

fn schema_items(
    ui: &mut Ui,
    name: &str,
    formats: &[Format],
    item: &mut impl FnMut(&mut Ui, &Format, &str),
) {
    if formats.is_empty() {
        return;
    }
    ui.menu_button(name, |ui| {
        ScrollArea::vertical()
            .max_height(ui.ctx().content_rect().height() * MENU_SHARE)
            .show(ui, |ui| {
                for format in formats {
                    match format {
                        Format::Protobuf(name) | Format::Avro(name) => item(ui, format, name),
                        other => item(ui, other, &other.name()),
                    }
                }
            });
    });
}

/// The rule that holds for a topic.
pub fn rule_for<'a>(session: &'a Session, topic: &str) -> Option<&'a FormatRule> {
    let is_match = |rule: &&FormatRule| {
        TopicFilter::new(rule.filter.clone()).is_ok_and(|filter| filter.matches(topic))
    };
    session.profile.reading.formats.iter().find(is_match)
}

/// The filter for a topic and those beside it.
fn branch_filter(topic: &str) -> String {
    match topic.rsplit_once('/') {
        Some((above, _)) => format!("{above}/#"),
        None => format!("{topic}/#"),
    }
}

/// A name that fits a segment.
pub fn short_name(format: &Format) -> String {
    match format {
        Format::Utf16Le | Format::Utf16Be => "UTF-16".to_owned(),
        Format::Protobuf(name) => {
            let last = name.rsplit('.').next().unwrap_or(name);
            last.chars().take(18).collect()
        }
        Format::ProtobufFields => "Protobuf".to_owned(),
        Format::Avro(_) => "Avro".to_owned(),
        Format::SparkplugB => "Sparkplug".to_owned(),
        Format::Number(_) => "Number".to_owned(),
        other => other.name().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_has_the_topics_beside() {
        assert_eq!(branch_filter("a/b/c"), "a/b/#");
        assert_eq!(branch_filter("a"), "a/#");
    }
}

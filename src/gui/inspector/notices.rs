//! What the inspector says when there is nothing to show, or when what it shows does not move.

use egui::{Button, RichText, Role, Ui, WidgetInfo};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::muted;
use super::breadcrumb::elide;
use super::shown::Shown;
use crate::model::MessageId;
use crate::payload::format;

/// Topics that are offered.
const MOST_OFFERED: usize = 8;
/// Messages that are looked at in one frame.
const LOOKED_AT: u64 = 256;

/// Says that nothing moves here, and since when.
pub fn paused_notice(ui: &mut Ui, context: &Context<'_>, shown: &Shown) {
    let palette = Palette::of(ui);
    let time = format::clock_seconds(shown.at, context.zone);
    ui.horizontal(|ui| {
        let icon = RichText::new(icons::PAUSE).font(theme::icon(12.0));
        ui.label(icon.color(palette.amber));
        let text = RichText::new(format!("Paused: as of {time}"));
        ui.label(text.font(theme::label()).color(palette.amber));
    });
}

/// Says why nothing is shown.
pub fn nothing_selected(ui: &mut Ui, context: &Context<'_>, offered: &mut Offered) {
    let palette = Palette::of(ui);
    let Some(session) = context.session else {
        return centered(
            ui,
            "Not connected",
            "Connect to a broker to see its topics.",
        );
    };
    offered.look(session);
    centered(
        ui,
        "No topic selected",
        "Click a topic in the tree to see its messages, history and properties.",
    );
    if offered.topics.is_empty() {
        return;
    }
    ui.vertical_centered(|ui| {
        ui.add_space(12.0);
        muted(ui, "Or begin with one of these");
        ui.spacing_mut().item_spacing.y = 2.0;
        for topic in &offered.topics {
            let text = RichText::new(elide(topic, 60)).font(theme::mono());
            let link = ui.add(Button::new(text.color(palette.blue)).frame(false));
            let label = format!("Show {topic}");
            link.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
            if link.clicked() {
                context.ask(Action::SelectPath(topic.clone()));
            }
        }
    });
}

fn centered(ui: &mut Ui, title: &str, text: &str) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).max(20.0));
        let title = RichText::new(title).font(theme::title(15.0));
        ui.label(title.color(palette.text));
        let text = RichText::new(text).font(theme::label());
        ui.label(text.color(palette.muted));
    });
}

/// Topics to begin with: the first ones of which messages came. They stay as they are, so that none moves away from under
/// the pointer.
#[derive(Debug, Default)]
pub struct Offered {
    /// Messages that were looked at.
    next: Option<MessageId>,
    topics: Vec<String>,
}

impl Offered {
    /// Looks at what came since, as far as there is room for more.
    fn look(&mut self, session: &Session) {
        if self.topics.len() >= MOST_OFFERED {
            return;
        }
        let Some(model) = session.live.lock_soon() else {
            return;
        };
        let end = model.next_id();
        let first = self
            .next
            .unwrap_or(MessageId(end.0.saturating_sub(LOOKED_AT)));
        let end = MessageId(end.0.min(first.0 + LOOKED_AT));
        self.next = Some(end);
        for (node, _) in model.last_among(first, end) {
            let topic = model.path(node);
            if !topic.starts_with('$') && !self.topics.contains(&topic) {
                self.topics.push(topic);
            }
        }
        self.topics.truncate(MOST_OFFERED);
    }
}

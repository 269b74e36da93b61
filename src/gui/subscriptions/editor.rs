//! The form of one subscription, new or there already: filter, QoS and options; why it was refused and what to ask
//! instead. Nothing is sent before it is confirmed.

use egui::{
    Align, Frame, Label, Layout, Popup, PopupCloseBehavior, Response, RichText, ScrollArea,
    TextEdit, Ui, vec2,
};

use crate::client::SubscribeOutcome;
use crate::mqtt::Qos;
use crate::profile::Subscription;

use super::super::action::Action;
use super::super::context::Context;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, field, is_entered, muted, qos_choice};
use super::limits::Limits;
use super::narrower::narrower;
use super::options::{note_ui, options_ui};
use super::words;

const WIDTH: f32 = 400.0;

/// UI state of the form.
#[derive(Debug)]
pub struct Editor {
    /// The filter as it is subscribed to; `None` for a new one.
    known: Option<String>,
    draft: Subscription,
}

impl Default for Editor {
    fn default() -> Self {
        Self {
            known: None,
            draft: Subscription::for_window("", Qos::AtMostOnce),
        }
    }
}

impl Editor {
    /// Shows the form below `response` while it is open. `known` is the subscription to change.
    pub fn popup(
        &mut self,
        response: &Response,
        context: &Context<'_>,
        known: Option<&Subscription>,
    ) {
        let Some(session) = context.session else {
            return;
        };
        if response.clicked() {
            self.known = known.map(|known| known.filter.clone());
            self.draft = known.cloned().unwrap_or_else(|| Self::default().draft);
        }
        Popup::from_toggle_button_response(response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .frame(Frame::popup(&response.ctx.global_style()).inner_margin(theme::SPACE[2]))
            .show(|ui| self.ui(ui, context, session, response.clicked()));
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session, is_just_opened: bool) {
        ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 60.0));
        ui.spacing_mut().item_spacing.y = theme::SPACE[1];
        let title = match self.known {
            Some(_) => "Change the subscription",
            None => "New subscription",
        };
        ui.label(RichText::new(title).font(theme::strong()));
        let limits = Limits::of(session);
        let room = (ui.ctx().content_rect().height() - 250.0).max(160.0);
        let mut is_wanted = false;
        ScrollArea::vertical().max_height(room).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            self.answer_ui(ui, context, session);
            is_wanted |= self.filter_ui(ui, is_just_opened);
            ui.horizontal(|ui| {
                qos_choice(ui, &mut self.draft.qos);
            });
            if let Some(note) = limits.qos_note(self.draft.qos) {
                note_ui(ui, &note, Palette::of(ui).amber);
            }
            options_ui(ui, &mut self.draft, limits, "");
        });
        self.footer_ui(ui, context, limits, is_wanted);
    }

    /// What the broker said, and what to ask instead.
    fn answer_ui(&self, ui: &mut Ui, context: &Context<'_>, session: &Session) {
        let known = self.known.as_deref();
        let Some(state) = known.and_then(|known| session.subscriptions.find(known)) else {
            return;
        };
        let palette = Palette::of(ui);
        let asked = state.asked.qos;
        let color = match state.outcome {
            _ if state.is_refused() => palette.red,
            SubscribeOutcome::Granted(granted) if granted < asked => palette.amber,
            _ => return,
        };
        let text = words::outcome(state);
        ui.add(Label::new(RichText::new(text).font(theme::label()).color(color)).wrap());
        let instead = narrower(&state.asked.filter, &session.profile);
        if !state.is_refused() || instead.is_empty() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            muted(ui, "Instead:");
            for filter in instead {
                let label = format!("Subscribe to {filter}");
                if button(ui, None, &label, Look::Plain).clicked() {
                    let wanted = Subscription {
                        filter,
                        ..state.asked.clone()
                    };
                    let replaced = Some(state.asked.filter.clone());
                    context.ask(Action::SubscribeAs(replaced, Box::new(wanted)));
                    ui.close();
                }
            }
        });
    }

    /// Returns whether Enter was pressed.
    fn filter_ui(&mut self, ui: &mut Ui, is_just_opened: bool) -> bool {
        muted(ui, "Topic filter: + stands for one level, # for all below");
        let width = ui.available_width();
        let edit = TextEdit::singleline(&mut self.draft.filter)
            .id_salt("topic filter")
            .hint_text("home/+/temperature")
            .font(theme::mono());
        let response = field(ui, edit, "Topic filter", width);
        if is_just_opened {
            response.request_focus();
        }
        let is_wanted = is_entered(ui, &response);
        if is_wanted {
            // where it is not taken
            response.request_focus();
        }
        is_wanted
    }

    fn footer_ui(&mut self, ui: &mut Ui, context: &Context<'_>, limits: Limits, is_entered: bool) {
        let palette = Palette::of(ui);
        let obstacle = limits.obstacle(&self.draft);
        match &obstacle {
            Some(obstacle) if !self.draft.filter.is_empty() => note_ui(ui, obstacle, palette.red),
            _ => self.note_ui(ui, context),
        }
        let mut is_wanted = is_entered;
        let row = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let text = if self.known.is_some() {
                "Apply"
            } else {
                "Subscribe"
            };
            ui.add_enabled_ui(obstacle.is_none(), |ui| {
                is_wanted |= button(ui, None, text, Look::Primary).clicked();
            });
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let Some(known) = &self.known else { return };
                if button(ui, None, "Unsubscribe", Look::Danger).clicked() {
                    context.ask(Action::Unsubscribe(known.clone()));
                    ui.close();
                }
            });
        });
        if is_wanted && obstacle.is_none() {
            let wanted = Box::new(self.draft.clone());
            context.ask(Action::SubscribeAs(self.known.clone(), wanted));
            *self = Self::default();
            ui.close();
        }
    }

    /// What confirming will do, where that is not plain.
    fn note_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        let Some(session) = context.session else {
            return;
        };
        let filter = &self.draft.filter;
        let there = session.subscriptions.find(filter);
        let text = match &self.known {
            Some(known) if known != filter => format!("It takes the place of “{known}”."),
            None if there.is_some() => {
                "This filter is subscribed to already: its options change.".to_owned()
            }
            _ => return,
        };
        note_ui(ui, &text, Palette::of(ui).muted);
    }
}

//! Publishes kept under a name in the profile: click one to load it; the loaded one can be renamed and deleted.

use egui::{
    Align2, CornerRadius, Key, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    vec2,
};

use super::super::super::action::Action;
use super::super::super::context::Context;
use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{
    Look, button, focus_whole, galley, icon_button, keep_escape, muted, text_field,
};
use crate::profile::{Profile, PublishDraft, SavedPublish};

/// A name that is being typed.
#[derive(Debug)]
enum Naming {
    /// For the draft.
    New(String),
    /// For the saved publish at this place.
    Rename(usize, String),
}

/// UI state of the list.
#[derive(Debug, Default)]
pub struct SavedList {
    naming: Option<Naming>,
    /// Put the keyboard focus into the name field once.
    focus_name: bool,
}

/// What was done to the list in one frame.
enum Change {
    Load(usize),
    Delete(usize),
    BeginRename(usize),
}

impl SavedList {
    /// Draws the list; returns a draft to load.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        draft: &PublishDraft,
    ) -> Option<PublishDraft> {
        muted(ui, "Saved");
        let profile = profile(context)?;
        let mut change = None;
        let height = (ui.available_height() - theme::CONTROL_HEIGHT - 8.0).max(24.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        ScrollArea::vertical()
            .id_salt("saved publishes")
            .max_height(height)
            .show(ui, |ui| {
                for (index, saved) in profile.saved_publishes.iter().enumerate() {
                    if let Some(Naming::Rename(renamed, _)) = &self.naming
                        && *renamed == index
                    {
                        self.name_field(ui, context, profile, draft);
                    } else {
                        change = row(ui, index, saved, saved.draft == *draft).or(change.take());
                    }
                }
            });
        match &self.naming {
            Some(Naming::New(_)) => self.name_field(ui, context, profile, draft),
            _ if button(ui, Some(icons::PLUS), "Save current", Look::Quiet).clicked() => {
                self.naming = Some(Naming::New(suggested_name(draft)));
                self.focus_name = true;
            }
            _ => {}
        }
        self.apply(context, profile, change)
    }

    fn apply(
        &mut self,
        context: &Context<'_>,
        profile: &Profile,
        change: Option<Change>,
    ) -> Option<PublishDraft> {
        match change? {
            Change::Load(index) => profile
                .saved_publishes
                .get(index)
                .map(|saved| saved.draft.clone()),
            Change::BeginRename(index) => {
                let saved = profile.saved_publishes.get(index)?;
                self.naming = Some(Naming::Rename(index, saved.name.clone()));
                self.focus_name = true;
                None
            }
            Change::Delete(index) => {
                let mut edited = profile.clone();
                if index < edited.saved_publishes.len() {
                    edited.saved_publishes.remove(index);
                    context.ask(Action::EditProfile(Box::new(edited)));
                }
                None
            }
        }
    }

    fn name_field(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &Profile,
        draft: &PublishDraft,
    ) {
        let Some(Naming::New(name) | Naming::Rename(_, name)) = &mut self.naming else {
            return;
        };
        let field = text_field(ui, name, "Name of the saved publish", "Name", theme::body());
        if std::mem::take(&mut self.focus_name) {
            focus_whole(&field, name);
            return;
        }
        if field.has_focus() {
            keep_escape(ui);
        }
        if !field.lost_focus() {
            return;
        }
        let is_wanted = !ui.input(|input| input.key_pressed(Key::Escape));
        match self.naming.take().filter(|_| is_wanted) {
            Some(Naming::New(name)) => keep(context, profile, None, &name, draft),
            Some(Naming::Rename(index, name)) => {
                let Some(saved) = profile.saved_publishes.get(index) else {
                    return;
                };
                keep(context, profile, Some(index), &name, &saved.draft);
            }
            None => {}
        }
    }
}

/// The profile that saved publishes belong to, as it is kept.
fn profile<'a>(context: &'a Context<'_>) -> Option<&'a Profile> {
    let session = context.session?;
    let kept = context
        .profiles
        .iter()
        .find(|profile| profile.id == session.profile.id);
    Some(kept.unwrap_or(&session.profile))
}

/// Keeps `draft` under `name`: at `index`, or in place of one of the same name, or as a new one.
fn keep(
    context: &Context<'_>,
    profile: &Profile,
    index: Option<usize>,
    name: &str,
    draft: &PublishDraft,
) {
    let name = name.trim();
    if name.is_empty() {
        return;
    }
    let mut edited = profile.clone();
    let saved = SavedPublish {
        name: name.to_owned(),
        draft: draft.clone(),
    };
    let same_name = || {
        profile
            .saved_publishes
            .iter()
            .position(|saved| saved.name == name)
    };
    match index
        .or_else(same_name)
        .and_then(|index| edited.saved_publishes.get_mut(index))
    {
        Some(place) => *place = saved,
        None => edited.saved_publishes.push(saved),
    }
    context.ask(Action::EditProfile(Box::new(edited)));
}

fn suggested_name(draft: &PublishDraft) -> String {
    draft
        .topic
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .chars()
        .take(40)
        .collect()
}

fn row(ui: &mut Ui, index: usize, saved: &SavedPublish, is_loaded: bool) -> Option<Change> {
    let palette = Palette::of(ui);
    let size = vec2(ui.available_width(), theme::ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListItem, ui.is_enabled(), is_loaded, &saved.name)
    });
    let fill = match (is_loaded, response.hovered() || response.has_focus()) {
        (true, _) => palette.selection,
        (false, true) => palette.hover,
        (false, false) => egui::Color32::TRANSPARENT,
    };
    let line = if response.has_focus() {
        Stroke::new(1.0, palette.accent)
    } else {
        Stroke::NONE
    };
    let radius = CornerRadius::same(4);
    ui.painter()
        .rect(rect, radius, fill, line, StrokeKind::Inside);
    let buttons = if is_loaded { 48.0 } else { 0.0 };
    let text_area = Rect::from_min_max(
        rect.min + vec2(8.0, 0.0),
        rect.max - vec2(buttons + 4.0, 0.0),
    );
    let text = galley(ui, &saved.name, theme::body(), palette.text);
    let at = Align2::LEFT_CENTER
        .align_size_within_rect(text.size(), text_area)
        .min;
    let clip = text_area.intersect(ui.clip_rect());
    ui.painter()
        .with_clip_rect(clip)
        .galley(at, text, palette.text);
    let mut change = response.clicked().then_some(Change::Load(index));
    if is_loaded {
        let area = Rect::from_min_max(rect.max - vec2(48.0, theme::ROW_HEIGHT - 1.0), rect.max);
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(area).id_salt(index));
        child.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if icon_button(ui, icons::PENCIL, "Rename saved publish", Look::Quiet).clicked() {
                change = Some(Change::BeginRename(index));
            }
            if icon_button(ui, icons::TRASH, "Delete saved publish", Look::Quiet).clicked() {
                change = Some(Change::Delete(index));
            }
        });
    }
    response.on_hover_text(&saved.draft.topic);
    change
}

//! The editor of the selected profile: heading, tabs, cards. Every change is handed over at once.

use std::collections::BTreeMap;

use egui::{Align, Frame, Label, Layout, Margin, RichText, ScrollArea, Ui, vec2};

use crate::profile::{Profile, ProfileId, SecretKind};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::reading_rules::ReadingRules;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, Tab, button, focus_whole, icon_button, icon_mark, muted, tabs};
use super::advanced::advanced_ui;
use super::files::FileCheck;
use super::filters::Filters;
use super::footer::footer_ui;
use super::general::broker_card_ui;
use super::host_field::HostField;
use super::kept_fields::KeptFields;
use super::menu::copy_sub_command;
use super::mqtt5::mqtt5_ui;
use super::network::network_ui;
use super::secret_field::SecretField;
use super::security::Security;
use super::will::{FreshWill, will_card_ui};

/// How wide the cards get.
const WIDEST: f32 = 916.0;
/// Below this width the heading's buttons are icons.
const ROOM_FOR_WORDS: f32 = 560.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum EditorTab {
    #[default]
    General,
    Security,
    Network,
    Subscriptions,
    Mqtt5,
    Payloads,
    Advanced,
}

/// UI state of the editor.
#[derive(Debug)]
pub struct Editor {
    /// The tab that each profile was left on; a new one begins on the first.
    tabs: BTreeMap<ProfileId, EditorTab>,
    host: HostField,
    password: SecretField,
    proxy_password: SecretField,
    kept: KeptFields,
    fresh_will: FreshWill,
    security: Security,
    files: FileCheck,
    filters: Filters,
    reading: ReadingRules,
    /// Whose name is to get the keyboard.
    names: Option<ProfileId>,
    /// Whether the list gets the keyboard when the name was edited.
    comes_back: bool,
}

impl Default for Editor {
    fn default() -> Self {
        Self {
            tabs: BTreeMap::new(),
            host: HostField::default(),
            password: SecretField::new(SecretKind::Password),
            proxy_password: SecretField::new(SecretKind::ProxyPassword),
            kept: KeptFields::default(),
            fresh_will: FreshWill::default(),
            security: Security::default(),
            files: FileCheck::default(),
            filters: Filters::default(),
            reading: ReadingRules::default(),
            names: None,
            comes_back: false,
        }
    }
}

impl Editor {
    /// Gives the name of this profile, which is about to be selected, the keyboard.
    pub fn edit_name(&mut self, id: ProfileId) {
        self.tabs.insert(id.clone(), EditorTab::General);
        self.names = Some(id);
        self.comes_back = false;
    }

    /// After the name was edited the list gets the keyboard.
    pub fn come_back_to_list(&mut self) {
        self.comes_back = true;
    }

    /// Draws the editor, or what to do when there is nothing to edit.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let selected = context
            .selected_profile
            .and_then(|id| context.profiles.iter().find(|profile| profile.id == *id));
        match selected {
            Some(profile) => self.profile_ui(ui, context, profile),
            None => empty_ui(ui, context),
        }
    }

    /// Chooses a tab by its place, for pictures.
    #[cfg(test)]
    pub fn show_tab(&mut self, id: ProfileId, place: usize) {
        let all = [
            EditorTab::General,
            EditorTab::Security,
            EditorTab::Network,
            EditorTab::Subscriptions,
            EditorTab::Mqtt5,
            EditorTab::Advanced,
            EditorTab::Payloads,
        ];
        self.tabs.insert(id, all[place]);
    }

    fn profile_ui(&mut self, ui: &mut Ui, context: &Context<'_>, profile: &Profile) {
        let mut edited = profile.clone();
        let side = if ui.available_width() > 760.0 { 32 } else { 20 };
        let margin = Margin {
            left: side,
            right: side,
            top: 22,
            bottom: 16,
        };
        ScrollArea::vertical()
            .id_salt(&profile.id.0)
            .auto_shrink(false)
            .show(ui, |ui| {
                Frame::new().inner_margin(margin).show(ui, |ui| {
                    ui.set_width(ui.available_width().min(WIDEST));
                    ui.spacing_mut().item_spacing = vec2(theme::SPACE[1], theme::SPACE[2]);
                    heading_ui(ui, context, &edited);
                    let tab = self.tabs_ui(ui, &edited);
                    ui.push_id((&profile.id.0, tab as u8), |ui| {
                        self.cards_ui(ui, context, &mut edited, tab);
                    });
                    if footer_ui(ui, context, &edited, tab == EditorTab::Payloads) {
                        self.password.keep(context);
                        self.proxy_password.keep(context);
                        self.security.keep(context);
                        self.kept.keep(&mut edited);
                        self.fresh_will.forget();
                        if edited != *profile {
                            context.ask(Action::EditProfile(Box::new(edited.clone())));
                        }
                        context.ask(Action::Connect(profile.id.clone()));
                    }
                });
            });
        if edited != *profile {
            context.ask(Action::EditProfile(Box::new(edited)));
        }
    }

    /// Draws the strip and says which tab is chosen.
    fn tabs_ui(&mut self, ui: &mut Ui, profile: &Profile) -> EditorTab {
        let chosen = self.tabs.entry(profile.id.clone()).or_default();
        let tab = |value, text| Tab {
            value,
            icon: None,
            text,
            count: String::new(),
        };
        let mut subscriptions = tab(EditorTab::Subscriptions, "Subscriptions");
        subscriptions.count = profile.subscriptions.len().to_string();
        let shown = [
            tab(EditorTab::General, "General"),
            tab(EditorTab::Security, "Security"),
            tab(EditorTab::Network, "Network"),
            subscriptions,
            tab(EditorTab::Mqtt5, "MQTT 5"),
            tab(EditorTab::Payloads, "Payloads"),
            tab(EditorTab::Advanced, "Advanced"),
        ];
        let strip = ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            tabs(ui, chosen, &shown);
        });
        let line = egui::Stroke::new(1.0, Palette::of(ui).line);
        ui.painter()
            .hline(ui.max_rect().x_range(), strip.response.rect.bottom(), line);
        *chosen
    }

    fn cards_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &mut Profile,
        tab: EditorTab,
    ) {
        let mut problems = profile.validate();
        problems.extend_from_slice(self.files.problems(ui, context, profile));
        match tab {
            EditorTab::General => {
                let (password, host) = (&mut self.password, &mut self.host);
                let name = broker_card_ui(ui, context, profile, &problems, password, host);
                if let Some(name) = name {
                    self.name_focus(ui, context, profile, &name);
                }
                ui.add_space(theme::SPACE[0]);
                let properties = &mut self.kept.will_properties;
                will_card_ui(ui, context, profile, &mut self.fresh_will, properties);
            }
            EditorTab::Security => self.security.ui(ui, context, profile, &problems),
            EditorTab::Network => {
                let (password, kept) = (&mut self.proxy_password, &mut self.kept);
                network_ui(ui, context, profile, &problems, password, kept);
            }
            EditorTab::Subscriptions => self.filters.ui(ui, profile),
            EditorTab::Mqtt5 => mqtt5_ui(ui, context, profile, &problems, &mut self.kept),
            EditorTab::Payloads => self.reading.ui(ui, context, profile),
            EditorTab::Advanced => advanced_ui(ui, profile),
        }
    }

    /// Moves the keyboard to the name and back.
    fn name_focus(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        profile: &Profile,
        name: &egui::Response,
    ) {
        if self.names.as_ref() == Some(&profile.id) {
            self.names = None;
            focus_whole(name, &profile.name);
        } else if self.comes_back && !name.has_focus() {
            self.comes_back = false;
            let is_done = |input: &egui::InputState| {
                input.key_pressed(egui::Key::Enter) || input.key_pressed(egui::Key::Escape)
            };
            if name.lost_focus() && ui.input(is_done) {
                context.ask(Action::ShowConnections);
            }
        }
    }
}

fn heading_ui(ui: &mut Ui, context: &Context<'_>, profile: &Profile) {
    let palette = Palette::of(ui);
    let size = vec2(ui.available_width(), 32.0);
    let is_narrow = size.x < ROOM_FOR_WORDS;
    let plain = |ui: &mut Ui, icon, text| {
        if is_narrow {
            icon_button(ui, icon, text, Look::Plain)
        } else {
            button(ui, Some(icon), text, Look::Plain)
        }
    };
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::TRASH, "Delete connection", Look::Plain).clicked() {
            context.ask(Action::DeleteProfile(profile.id.clone()));
        }
        let command = plain(ui, icons::TERMINAL, "Copy as command");
        if command
            .on_hover_text("A mosquitto_sub line that connects the same way")
            .clicked()
        {
            copy_sub_command(context, profile);
        }
        if plain(ui, icons::COPY, "Duplicate").clicked() {
            context.ask(Action::DuplicateProfile(profile.id.clone()));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let name = RichText::new(display_name(profile))
                .font(theme::title(19.0))
                .color(palette.text);
            ui.add(Label::new(name).truncate());
            let url = RichText::new(profile.url())
                .font(theme::mono())
                .color(palette.muted);
            if ui.available_width() > 60.0 {
                ui.add(Label::new(url).truncate().selectable(true));
            }
        });
    });
}

/// The name of a profile, or its address when it has none.
pub fn display_name(profile: &Profile) -> String {
    if profile.name.trim().is_empty() {
        profile.url()
    } else {
        profile.name.clone()
    }
}

/// What to do while nothing is selected.
fn empty_ui(ui: &mut Ui, context: &Context<'_>) {
    let palette = Palette::of(ui);
    let is_first = context.profiles.is_empty();
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 2.0 - 110.0).max(24.0));
        icon_mark(ui, icons::TREE, theme::icon_fill(44.0), palette.accent);
        let (title, text) = if is_first {
            (
                "No connections yet",
                "Add one for your broker, or start the broker that is built in.",
            )
        } else {
            (
                "No connection selected",
                "Choose one on the left, or add another.",
            )
        };
        ui.label(
            RichText::new(title)
                .font(theme::title(18.0))
                .color(palette.text),
        );
        muted(ui, text);
        ui.add_space(theme::SPACE[1]);
        if button(ui, Some(icons::PLUS), "Add a connection", Look::Primary).clicked() {
            context.ask(Action::NewProfile);
        }
    });
}

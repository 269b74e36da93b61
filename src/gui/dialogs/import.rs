//! Takes over connections from a file of ours or of another program: which file, what is in it, what collides with
//! what is there, and what is to become of each.

use std::path::{Path, PathBuf};

use egui::{Align, CornerRadius, Frame, Layout, Margin, RichText, ScrollArea, Stroke, Ui, vec2};

use crate::profile::{Choice, Imported, Profile, ProfileId, import};

use super::super::action::Action;
use super::super::connections::display_name;
use super::super::context::Context;
use super::super::file_choice::FileChoice;
use super::super::icons;
use super::super::latest::Latest;
use super::super::list_action::ListAction;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, icon_mark, is_entered, kept_label, muted, segmented};
use super::super::words::counted;
use super::frame::{
    Buttons, Outcome, buttons_ui, heading_ui, room_for_contents, start_here, text_ui,
};
use super::path_field::path_field;

/// The largest file that is read: nobody has that many connections.
const LARGEST: u64 = 64 * 1024 * 1024;
/// Height that the rest of the dialog takes beside list and warnings.
const REST: f32 = 110.0;

/// What is in a file.
#[derive(Debug)]
struct Found {
    path: String,
    imported: Imported,
    /// For each connection the one that it collides with, and whether that says the same.
    collisions: Vec<Option<(ProfileId, String)>>,
    choices: Vec<Choice>,
}

/// UI state of the dialog.
#[derive(Debug)]
pub struct ImportDialog {
    path: String,
    choice: FileChoice,
    reading: Latest<Result<Found, String>>,
    /// A file that was dropped or chosen and is to be read in the next frame.
    wanted: bool,
    found: Option<Found>,
    problem: Option<String>,
    is_fresh: bool,
}

impl ImportDialog {
    /// Asks for a file, or reads this one at once.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self {
            wanted: path.is_some(),
            path: path.map_or_else(String::new, |path| path.to_string_lossy().into_owned()),
            choice: FileChoice::default(),
            reading: Latest::new("read import"),
            found: None,
            problem: None,
            is_fresh: true,
        }
    }

    /// Whether closing it would lose something.
    pub fn has_input(&self) -> bool {
        !self.path.trim().is_empty()
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, "Import connections", 620.0);
        text_ui(
            ui,
            &format!(
                "From an export of Canopy (RON or JSON), settings.json of MQTT Explorer, or a JSON export of MQTTX. {}",
                context.where_passwords_go()
            ),
        );
        let is_entered = self.file_ui(ui);
        let is_read = self.take(context);
        if let Some(problem) = &self.problem {
            kept_label(ui, problem, theme::body(), Palette::of(ui).red);
        }
        if let Some(found) = &mut self.found {
            found_ui(ui, found);
        }
        let count = self.found.as_ref().map_or(0, Found::wanted);
        let confirm = match (&self.found, count) {
            (None, _) => "Read the file".to_owned(),
            (Some(_), count) => {
                let what = counted(count as u64, "connection", "connections");
                format!("Import {what}")
            }
        };
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: &confirm,
                look: Look::Primary,
                obstacle: self.obstacle(count),
            },
        );
        if is_read {
            // Enter took the keyboard from the field
            pressed.confirm.request_focus();
        }
        let is_confirmed = pressed.is_confirmed || is_entered;
        if is_confirmed && self.obstacle(count).is_none() {
            match self.found.take() {
                Some(found) => {
                    let imported = Box::new(found.imported);
                    context.ask(Action::List(ListAction::Import(imported, found.choices)));
                    return Outcome::Close;
                }
                None => self.read(ui, context),
            }
        }
        if std::mem::take(&mut self.wanted) {
            self.read(ui, context);
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    /// The field of the path; says whether Enter was pressed in it.
    fn file_ui(&mut self, ui: &mut Ui) -> bool {
        if let Some(path) = self.choice.chosen() {
            self.path = path.to_string_lossy().into_owned();
            self.wanted = true;
        }
        let (response, is_clicked) = path_field(ui, &mut self.path, "File to import");
        start_here(&mut self.is_fresh, &response);
        if is_clicked {
            self.choice.open(ui.ctx(), "Import connections");
        }
        let is_other = |found: &Found| found.path != self.path.trim();
        if self.found.as_ref().is_some_and(is_other) {
            self.found = None;
        }
        if response.changed() {
            self.problem = None;
        }
        is_entered(ui, &response)
    }

    fn read(&mut self, ui: &Ui, context: &Context<'_>) {
        let path = self.path.trim().to_owned();
        let existing = context.profiles.to_vec();
        self.found = None;
        self.problem = None;
        self.reading.start(ui.ctx(), move || read(&path, &existing));
    }

    /// Takes what was read; says whether it was understood just now.
    fn take(&mut self, context: &Context<'_>) -> bool {
        let read = self.reading.poll();
        let is_read = matches!(read, Some(Ok(_)));
        match read {
            Some(Ok(found)) => self.found = Some(found),
            Some(Err(why)) => self.problem = Some(why),
            None => {}
        }
        if let Some(found) = &mut self.found {
            // the list may have changed behind the dialog
            found
                .collisions
                .iter_mut()
                .filter(|it| it.as_ref().is_some_and(|(id, _)| !is_there(context, id)))
                .for_each(|it| *it = None);
        }
        is_read
    }

    fn obstacle(&self, count: usize) -> Option<&'static str> {
        match &self.found {
            _ if self.path.trim().is_empty() => Some("Type the path of a file, or choose one"),
            _ if self.reading.is_busy() => Some("The file is being read"),
            Some(_) if count == 0 => Some("Nothing is chosen"),
            _ => None,
        }
    }
}

fn is_there(context: &Context<'_>, id: &ProfileId) -> bool {
    context.profiles.iter().any(|profile| profile.id == *id)
}

impl Found {
    /// How many connections will be taken over.
    fn wanted(&self) -> usize {
        let choices = self.choices.iter();
        choices.filter(|it| **it != Choice::Skip).count()
    }
}

/// Reads and understands the file; the sentence names it.
fn read(path: &str, existing: &[Profile]) -> Result<Found, String> {
    let text = read_text(Path::new(path)).map_err(|why| format!("{path}: {why}"))?;
    // identifiers stay as they are, so that a connection that is there already is known again
    let imported = import(&text, &[]).map_err(|err| format!("{path}: {err}"))?;
    let found = imported.collisions(existing);
    let name = |id: &ProfileId| existing.iter().find(|it| it.id == *id).map(display_name);
    let collisions: Vec<_> = found
        .into_iter()
        .map(|id| id.map(|id| (name(&id).unwrap_or_default(), id)))
        .map(|it| it.map(|(name, id)| (id, name)))
        .collect();
    let choices = imported
        .profiles
        .iter()
        .map(|profile| {
            if existing.contains(profile) {
                Choice::Skip
            } else {
                Choice::Add
            }
        })
        .collect();
    Ok(Found {
        path: path.to_owned(),
        imported,
        collisions,
        choices,
    })
}

fn read_text(path: &Path) -> Result<String, String> {
    let about = std::fs::metadata(path)
        .map_err(|err| format!("The file cannot be read ({err}). Check the path."))?;
    if about.is_dir() {
        return Err("This is a directory. Choose a file in it.".to_owned());
    }
    if about.len() > LARGEST {
        return Err("The file is too large for one with connections. Choose another.".to_owned());
    }
    let bytes = std::fs::read(path)
        .map_err(|err| format!("The file cannot be read ({err}). Check who may read it."))?;
    String::from_utf8(bytes).map_err(|_no_text| {
        "This is no text, so no file with connections. Choose another.".to_owned()
    })
}

fn found_ui(ui: &mut Ui, found: &mut Found) {
    let room = room_for_contents(ui) - REST;
    let warnings = &found.imported.warnings;
    let for_warnings = if warnings.is_empty() { 0.0 } else { room * 0.4 };
    ui.horizontal(|ui| {
        let count = found.imported.profiles.len() as u64;
        muted(ui, &counted(count, "connection", "connections"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (name, choice) in [("Take none", Choice::Skip), ("Take all", Choice::Add)] {
                if button(ui, None, name, Look::Quiet).clicked() {
                    found.choices.fill(choice);
                }
            }
        });
    });
    boxed(ui, |ui| {
        ScrollArea::vertical()
            .id_salt("connections")
            .max_height(room - for_warnings)
            .show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                let rows = found.imported.profiles.iter().zip(&found.collisions);
                for (index, ((profile, collision), choice)) in
                    rows.zip(&mut found.choices).enumerate()
                {
                    ui.push_id(index, |ui| row_ui(ui, profile, collision.as_ref(), choice));
                }
            });
    });
    if !warnings.is_empty() {
        muted(ui, "What could not be taken over as it was");
        boxed(ui, |ui| {
            ScrollArea::vertical()
                .id_salt("warnings")
                .max_height(for_warnings)
                .show(ui, |ui| warnings_ui(ui, warnings));
        });
    }
}

/// Sentences in amber, each with a sign.
pub fn warnings_ui(ui: &mut Ui, warnings: &[String]) {
    let palette = Palette::of(ui);
    ui.set_min_width(ui.available_width());
    for warning in warnings {
        ui.horizontal_top(|ui| {
            icon_mark(ui, icons::WARNING, theme::icon(14.0), palette.amber);
            kept_label(ui, warning, theme::label(), palette.text);
        });
    }
}

/// The frame around a list in a dialog.
pub fn boxed(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.background)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(10, 6))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = theme::SPACE[0];
            add(ui);
        });
}

/// Name and address, what it collides with, and what is to become of it.
fn row_ui(
    ui: &mut Ui,
    profile: &Profile,
    collision: Option<&(ProfileId, String)>,
    choice: &mut Choice,
) {
    let palette = Palette::of(ui);
    let name = display_name(profile);
    let size = vec2(ui.available_width(), 40.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let options: &[(Choice, &str)] = if collision.is_some() {
            &[
                (Choice::Add, "Add as copy"),
                (Choice::Replace, "Replace"),
                (Choice::Skip, "Skip"),
            ]
        } else {
            &[(Choice::Add, "Add"), (Choice::Skip, "Skip")]
        };
        segmented(ui, &name, choice, options);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let label = |text: &str, font, color| {
                let text = RichText::new(text).font(font).color(color);
                egui::Label::new(text).truncate()
            };
            let mut shown = name.clone();
            if !profile.folder.is_empty() {
                shown = format!("{} / {name}", profile.folder);
            }
            ui.add(label(&shown, theme::strong(), palette.text));
            match collision {
                Some((_, other)) => {
                    let text = format!("{} · “{other}” is there already", profile.url());
                    ui.add(label(&text, theme::caption(), palette.amber));
                }
                None => {
                    ui.add(label(&profile.url(), theme::mono(), palette.muted));
                }
            }
        });
    });
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_file_names_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("broken.json");
        std::fs::write(&path, "[{\"name\": }").unwrap();
        let shown = path.to_str().unwrap();
        let err = read(shown, &[]).unwrap_err();
        assert!(
            err.starts_with(shown) && err.contains("line 1, column"),
            "{err}"
        );
        let err = read(directory.path().to_str().unwrap(), &[]).unwrap_err();
        assert!(err.contains("directory"), "{err}");
        let err = read("/no/such/file", &[]).unwrap_err();
        assert!(err.contains("Check the path"), "{err}");
    }

    #[test]
    fn what_is_there_already_is_left_out_unless_it_is_wanted() {
        let profiles = [Profile::default()];
        let text = crate::profile::export(&profiles, crate::profile::Format::Json).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mine.json");
        std::fs::write(&path, text).unwrap();
        let found = read(path.to_str().unwrap(), &profiles).unwrap();
        assert_eq!(found.choices, [Choice::Skip]);
        assert_eq!(found.wanted(), 0);
        let found = read(path.to_str().unwrap(), &[]).unwrap();
        assert_eq!(found.choices, [Choice::Add]);
        assert_eq!(found.collisions, [None]);
    }
}

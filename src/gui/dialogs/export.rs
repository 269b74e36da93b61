//! Writes connections to a file, without anything that lets somebody in.

use std::path::{Path, PathBuf};

use egui::Ui;

use crate::profile::{Format, Profile, export_place, write_export};

use super::super::action::Level;
use super::super::context::Context;
use super::super::file_choice::FileChoice;
use super::super::latest::Latest;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, focus_whole, is_entered, kept_label, labelled, segmented};
use super::super::words::counted;
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, text_ui};
use super::path_field::path_field;

/// Width of the names of the fields.
const LABEL_WIDTH: f32 = 60.0;

/// UI state of the dialog.
#[derive(Debug)]
pub struct ExportDialog {
    profiles: Vec<Profile>,
    /// Which they are, such as “the folder Work”.
    what: String,
    format: Format,
    path: String,
    choice: FileChoice,
    writing: Latest<Written>,
    /// The file that is there already: writing again replaces it.
    replaces: Option<String>,
    problem: Option<String>,
    is_fresh: bool,
}

/// What came of writing.
enum Written {
    Done,
    Exists,
    Failed(String),
}

impl ExportDialog {
    /// Writes these; `what` says which they are.
    pub fn new(profiles: Vec<Profile>, what: String) -> Self {
        let format = Format::Json;
        Self {
            path: export_place(format).to_string_lossy().into_owned(),
            profiles,
            what,
            format,
            choice: FileChoice::default(),
            writing: Latest::new("write export"),
            replaces: None,
            problem: None,
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, &format!("Export {}", self.what), 560.0);
        let count = self.profiles.len() as u64;
        let text = format!(
            "{} without secrets: passwords, passphrases and values such as a token stay in the keyring of \
             this machine. Whoever imports the file types their own.",
            counted(count, "connection", "connections")
        );
        text_ui(ui, &text);
        let is_entered = self.fields_ui(ui);
        if let Some(problem) = &self.problem {
            kept_label(ui, problem, theme::label(), Palette::of(ui).red);
        }
        match self.writing.poll() {
            Some(Written::Done) => {
                context.toast(Level::Success, format!("Exported to {}", self.path.trim()));
                return Outcome::Close;
            }
            Some(Written::Exists) => {
                self.replaces = Some(self.path.clone());
                self.problem = Some(
                    "This file is there already. Replace it, or choose another name.".to_owned(),
                );
            }
            Some(Written::Failed(why)) => self.problem = Some(why),
            None => {}
        }
        let replaces = self.replaces.as_ref() == Some(&self.path);
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: if replaces { "Replace" } else { "Export" },
                look: if replaces {
                    Look::Danger
                } else {
                    Look::Primary
                },
                obstacle: self.obstacle(),
            },
        );
        if (pressed.is_confirmed || (is_entered && !replaces)) && self.obstacle().is_none() {
            self.write(ui, replaces);
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    fn fields_ui(&mut self, ui: &mut Ui) -> bool {
        labelled(ui, "Format", LABEL_WIDTH, |ui| {
            let options = [(Format::Json, "JSON"), (Format::Ron, "RON")];
            let before = self.format;
            segmented(ui, "Format", &mut self.format, &options);
            if before != self.format {
                self.path = with_extension(&self.path, before, self.format);
            }
        });
        if let Some(path) = self.choice.chosen() {
            self.path = path.to_string_lossy().into_owned();
            // the desktop's own dialog has asked
            self.replaces = Some(self.path.clone());
            self.problem = None;
        }
        labelled(ui, "File", LABEL_WIDTH, |ui| {
            let (response, is_clicked) = path_field(ui, &mut self.path, "File to export to");
            if std::mem::take(&mut self.is_fresh) {
                focus_whole(&response, &self.path);
            }
            if response.changed() {
                self.problem = None;
            }
            if is_clicked {
                let name = format!("connections.{}", self.format.extension());
                self.choice.save(ui.ctx(), "Export connections", &name);
            }
            is_entered(ui, &response)
        })
    }

    fn obstacle(&self) -> Option<&'static str> {
        match self.path.trim() {
            "" => Some("Type the path of a file, or choose one"),
            _ if self.writing.is_busy() => Some("The file is being written"),
            _ => None,
        }
    }

    fn write(&mut self, ui: &Ui, replaces: bool) {
        let path = PathBuf::from(self.path.trim());
        let (profiles, format) = (self.profiles.clone(), self.format);
        self.problem = None;
        self.writing.start(ui.ctx(), move || {
            if let Some(problem) = missing_folder(&path) {
                return Written::Failed(problem);
            }
            if path.is_dir() {
                return Written::Failed(format!(
                    "{} is a folder. Type the name of a file behind it.",
                    path.display()
                ));
            }
            if !replaces && path.exists() {
                return Written::Exists;
            }
            match write_export(&path, &profiles, format) {
                Ok(()) => Written::Done,
                Err(err) => Written::Failed(err.to_string()),
            }
        });
    }
}

/// A folder that is not there is probably a slip: none is made.
fn missing_folder(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty())?;
    (!folder.is_dir()).then(|| {
        format!(
            "There is no folder {}. Choose another one, or make it first.",
            folder.display()
        )
    })
}

fn with_extension(path: &str, before: Format, after: Format) -> String {
    match path.strip_suffix(before.extension()) {
        Some(start) => format!("{start}{}", after.extension()),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let there = tempfile::tempdir().unwrap();
        assert_eq!(missing_folder(&there.path().join("a.json")), None);
        assert_eq!(missing_folder(Path::new("a.json")), None);
        let problem = missing_folder(&there.path().join("gone/a.json")).unwrap();
        assert!(problem.contains("gone. Choose another"), "{problem}");
    }

    #[test]
    fn the_name_follows_the_format() {
        assert_eq!(
            with_extension("/a/b.json", Format::Json, Format::Ron),
            "/a/b.ron"
        );
        assert_eq!(
            with_extension("/a/mine.txt", Format::Json, Format::Ron),
            "/a/mine.txt"
        );
    }
}

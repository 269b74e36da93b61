//! Saving to a file, the same way everywhere: a path to type or to choose, a question before a file is replaced, and
//! the writing beside the frame. What is written stands beside the file until it is whole and then takes its place, so
//! that nothing is lost when it fails.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use egui::{Align, Layout, Ui};

use super::action::Level;
use super::context::Context;
use super::file_choice::FileChoice;
use super::icons;
use super::latest::Latest;
use super::theme::{self, Palette};
use super::widgets::{Look, button, escaped, icon_button, kept_label, text_field};
use crate::profile::documents;

/// Most characters of a suggested name.
const LONGEST_NAME: usize = 60;

/// What the bar calls what it does.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The button that saves.
    pub save: &'a str,
    /// The one that does not.
    pub cancel: &'a str,
    /// The one that opens the system's dialog.
    pub choose: &'a str,
    /// The title of that.
    pub title: &'a str,
    /// The field.
    pub field: &'a str,
}

/// Where to save, as it was confirmed.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    /// Whether a file that is there is replaced.
    may_replace: bool,
    /// Which opening of the bar it came from.
    number: u64,
}

/// What was written.
#[derive(Debug)]
pub struct Filled {
    /// What was done with how much, such as “Saved 12 B”.
    pub what: String,
    /// Sentences to add; empty for none.
    pub more: String,
}

impl From<String> for Filled {
    fn from(what: String) -> Self {
        let more = String::new();
        Self { what, more }
    }
}

/// Why nothing was written.
#[derive(Debug)]
pub enum Obstacle {
    /// A file is there.
    Taken,
    /// What the system says.
    Io(io::Error),
}

impl From<io::Error> for Obstacle {
    fn from(err: io::Error) -> Self {
        Self::Io(err)
    }
}

/// What came of a writing.
enum Written {
    Done(String),
    Failed(String),
    Taken(Place),
}

/// UI state of saving.
#[derive(Debug)]
pub struct SaveBar {
    /// What is in the field; `None` while it is closed.
    path: Option<String>,
    /// Counts openings.
    number: u64,
    /// The path at which a file may be replaced.
    replaced: Option<String>,
    /// The path at which a file was found.
    taken: Option<String>,
    choice: FileChoice,
    writing: Latest<Written>,
}

impl SaveBar {
    /// Closed; `thread` names the one that writes.
    pub fn new(thread: &'static str) -> Self {
        Self {
            path: None,
            number: 0,
            replaced: None,
            taken: None,
            choice: FileChoice::default(),
            writing: Latest::new(thread),
        }
    }

    /// Opens it with a file of this name among the user's documents.
    pub fn open(&mut self, name: &str) {
        self.close();
        let path = documents().map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
        self.path = Some(path.to_string_lossy().into_owned());
    }

    /// Closes it; what is being written goes on.
    pub fn close(&mut self) {
        self.number += 1;
        self.path = None;
        self.replaced = None;
        self.taken = None;
    }

    /// Whether it can be seen.
    pub fn is_open(&self) -> bool {
        self.path.is_some()
    }

    /// Whether something is being written.
    pub fn is_busy(&self) -> bool {
        self.writing.is_busy()
    }

    /// Gives the path another ending where it has this one.
    pub fn change_ending(&mut self, before: &str, after: &str) {
        if let Some(path) = &mut self.path
            && let Some(name) = path.strip_suffix(&format!(".{before}"))
        {
            *path = format!("{name}.{after}");
        }
    }

    /// Says what came of a writing, or asks whether to replace a file. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        match self.writing.poll() {
            Some(Written::Done(text)) => context.toast(Level::Success, text),
            Some(Written::Failed(text)) => context.toast(Level::Error, text),
            Some(Written::Taken(place)) => {
                let path = place.path.to_string_lossy().into_owned();
                if place.number == self.number {
                    self.path = Some(path.clone());
                    self.taken = Some(path);
                } else {
                    let text = format!(
                        "{path} is there already and was left as it is. Save again to another name."
                    );
                    context.toast(Level::Warning, text);
                }
            }
            None => {}
        }
    }

    /// Draws it while it is open; returns where to save once that is clear. `can_save` tells whether there is something.
    pub fn ui(&mut self, ui: &mut Ui, words: &Words<'_>, can_save: bool) -> Option<Place> {
        let mut path = self.path.take()?;
        if let Some(chosen) = self.choice.chosen() {
            path = chosen.to_string_lossy().into_owned();
            // the system's own dialog has asked
            self.replaced = Some(path.clone());
        }
        let is_taken = self.taken.as_ref() == Some(&path);
        if is_taken {
            let text = "This file is there already. Replace it, or choose another name.";
            kept_label(ui, text, theme::label(), Palette::of(ui).red);
        }
        let mut is_done = escaped(ui);
        let mut is_saved = false;
        let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            is_done |= icon_button(ui, icons::X, words.cancel, Look::Quiet).clicked();
            ui.add_enabled_ui(can_save && !path.trim().is_empty(), |ui| {
                let (text, look) = if is_taken {
                    ("Replace", Look::Danger)
                } else {
                    (words.save, Look::Primary)
                };
                is_saved = button(ui, Some(icons::SAVE), text, look).clicked();
            });
            if icon_button(ui, icons::FOLDER, words.choose, Look::Plain).clicked() {
                self.choice.save(ui.ctx(), words.title, &path);
            }
            text_field(
                ui,
                &mut path,
                words.field,
                "Path of the file",
                theme::mono(),
            );
        });
        let place = is_saved.then(|| Place {
            path: PathBuf::from(path.trim()),
            may_replace: is_taken || self.replaced.as_ref() == Some(&path),
            number: self.number,
        });
        if is_done && !is_saved {
            self.close();
        } else if !is_saved {
            self.path = Some(path);
        }
        place
    }

    /// Writes what `fill` gives, after what is being written. `failed` begins the sentence about a failure, such as “The
    /// payload was not saved”. A `fill` without a result was stopped.
    pub fn write(
        &mut self,
        ctx: &egui::Context,
        place: Place,
        failed: &'static str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<Option<Filled>> + Send + 'static,
    ) {
        self.writing.line_up(ctx, move || {
            match write_file(&place.path, place.may_replace, fill) {
                Ok(Some(filled)) => Written::Done(said(&filled, &place.path)),
                Ok(None) => {
                    let path = place.path.display();
                    Written::Failed(format!("Stopped: nothing was written to {path}"))
                }
                Err(Obstacle::Taken) => Written::Taken(place),
                // not the place but what was to be written is the reason
                Err(Obstacle::Io(err)) if err.kind() == io::ErrorKind::Other => {
                    Written::Failed(format!("{failed}: {err}."))
                }
                Err(Obstacle::Io(err)) => {
                    let path = place.path.display();
                    Written::Failed(format!("{failed}: {err}. Choose another place than {path}"))
                }
            }
        });
    }
}

fn said(filled: &Filled, path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let full = full.display();
    if filled.more.is_empty() {
        return format!("{} to {full}", filled.what);
    }
    format!("{} to {full}. {}", filled.what, filled.more)
}

/// Writes a file beside `path`, which then takes its place as a whole: until then, and when something fails or `fill`
/// has no result, what is there stays. Links are followed; who may read a file that is replaced stays too.
///
/// # Errors
/// [`Obstacle`].
pub fn write_file<T>(
    path: &Path,
    may_replace: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<Option<T>>,
) -> Result<Option<T>, Obstacle> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&target).ok();
    if before.as_ref().is_some_and(|it| !it.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no file").into());
    }
    if before.is_some() && !may_replace {
        return Err(Obstacle::Taken);
    }
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".canopy-save-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut out = BufWriter::new(builder.tempfile_in(folder.unwrap_or(Path::new(".")))?);
    let Some(filled) = fill(&mut out)? else {
        return Ok(None);
    };
    let whole = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    if let Some(before) = before {
        whole.as_file().set_permissions(before.permissions())?;
    }
    whole.as_file().sync_all()?;
    let kept = if may_replace {
        whole.persist(&target)
    } else {
        whole.persist_noclobber(&target)
    };
    match kept {
        Ok(_) => Ok(Some(filled)),
        Err(err) if err.error.kind() == io::ErrorKind::AlreadyExists => Err(Obstacle::Taken),
        Err(err) => Err(err.error.into()),
    }
}

/// What of this can stand in the name of a file, or `otherwise`.
pub fn file_name(name: &str, otherwise: &str, extension: &str) -> String {
    let is_plain = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let spaced = name.replace([' ', ','], "-");
    let name: String = spaced.chars().filter(is_plain).take(LONGEST_NAME).collect();
    let name = name.trim_matches(['.', '-']).replace("--", "-");
    let name = if name.is_empty() { otherwise } else { &name };
    format!("{name}.{extension}")
}

/// A file name from the last level of a topic.
pub fn name_of_topic(topic: &str, otherwise: &str, extension: &str) -> String {
    let last = topic.rsplit('/').next().unwrap_or_default();
    file_name(last, otherwise, extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, may_replace: bool, text: &str) -> Result<Option<()>, Obstacle> {
        write_file(path, may_replace, |out| {
            out.write_all(text.as_bytes())?;
            Ok(Some(()))
        })
    }

    #[test]
    fn a_file_is_replaced_only_when_that_was_confirmed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        write(&path, false, "one").unwrap();
        let again = write(&path, false, "two");
        assert!(matches!(again, Err(Obstacle::Taken)), "{again:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        write(&path, true, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let late = write_file(&folder.path().join("y"), false, |out| {
            fs::write(folder.path().join("y"), "meanwhile")?;
            out.write_all(b"late").map(Some)
        });
        assert!(matches!(late, Err(Obstacle::Taken)), "{late:?}");
        let other = fs::read_to_string(folder.path().join("y")).unwrap();
        assert_eq!(other, "meanwhile");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_fails_or_is_stopped_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        fs::write(&path, "before").unwrap();
        let failed = write_file::<()>(&path, true, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("full"))
        });
        assert!(matches!(failed, Err(Obstacle::Io(_))), "{failed:?}");
        let stopped = write_file::<()>(&path, true, |_| Ok(None));
        assert!(matches!(stopped, Ok(None)), "{stopped:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        for nowhere in [folder.path(), &folder.path().join("none/x")] {
            let failed = write(nowhere, true, "");
            assert!(matches!(failed, Err(Obstacle::Io(_))), "{failed:?}");
        }
    }

    #[test]
    fn names_are_plain() {
        let series = "score, author.id and 3 more";
        assert_eq!(
            file_name(series, "chart", "csv"),
            "score-author.id-and-3-more.csv"
        );
        assert_eq!(file_name("../", "chart", "png"), "chart.png");
        assert_eq!(name_of_topic("a/b c/temp:1", "payload", "bin"), "temp1.bin");
        assert_eq!(name_of_topic("a/", "messages", "csv"), "messages.csv");
        assert_eq!(name_of_topic("a/..", "payload", "bin"), "payload.bin");
    }
}

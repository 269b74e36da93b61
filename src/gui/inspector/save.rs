//! Saving something to a file, such as the shown payload: a path to type or to choose, and the writing beside the frame.

use std::path::Path;

use bytes::Bytes;
use egui::{Layout, Ui};

use super::super::action::Level;
use super::super::context::Context;
use super::super::file_choice::FileChoice;
use super::super::icons;
use super::super::latest::Latest;
use super::super::theme;
use super::super::widgets::{Look, button, escaped, icon_button, text_field};
use crate::payload::format;

/// UI state of the save bar.
#[derive(Debug)]
pub struct SaveBar {
    open: Option<Open>,
    choice: FileChoice,
    writing: Latest<Result<String, String>>,
}

#[derive(Debug)]
struct Open {
    path: String,
    /// What it is, such as “payload”.
    what: &'static str,
    bytes: Bytes,
}

impl Default for SaveBar {
    fn default() -> Self {
        Self {
            open: None,
            choice: FileChoice::default(),
            writing: Latest::new("save payload"),
        }
    }
}

impl SaveBar {
    /// Begins saving `payload` of the topic at `topic_path`.
    pub fn start(&mut self, topic_path: &str, payload: Bytes) {
        self.start_as(suggested_name(topic_path), "payload", payload);
    }

    /// Begins saving `content`, which `what` names, to a file with this name.
    pub fn start_as(&mut self, name: String, what: &'static str, content: Bytes) {
        self.open = Some(Open {
            path: name,
            what,
            bytes: content,
        });
    }

    /// Says what came of a writing. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        match self.writing.poll() {
            Some(Ok(text)) => context.toast(Level::Success, text),
            Some(Err(text)) => context.toast(Level::Error, text),
            None => {}
        }
    }

    /// Draws the bar while it is open, and says what came of the last writing.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.tick(context);
        let Some(open) = &mut self.open else {
            return;
        };
        if let Some(path) = self.choice.chosen() {
            open.path = path.to_string_lossy().into_owned();
        }
        let mut is_done = escaped(ui);
        let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        let layout = Layout::right_to_left(egui::Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            is_done |= icon_button(ui, icons::X, "Do not save", Look::Quiet).clicked();
            let can_save = !open.path.trim().is_empty();
            ui.add_enabled_ui(can_save, |ui| {
                if button(ui, Some(icons::SAVE), "Save", Look::Primary).clicked() {
                    let (path, bytes) = (open.path.trim().to_owned(), open.bytes.clone());
                    let what = open.what;
                    self.writing
                        .line_up(ui.ctx(), move || write(&path, what, &bytes));
                    is_done = true;
                }
            });
            if icon_button(ui, icons::FOLDER, "Choose where to save", Look::Plain).clicked() {
                self.choice
                    .save(ui.ctx(), &format!("Save {}", open.what), &open.path);
            }
            text_field(
                ui,
                &mut open.path,
                &format!("Path to save the {} to", open.what),
                "Path of the file",
                theme::mono(),
            );
        });
        if is_done {
            self.open = None;
        }
    }
}

fn write(path: &str, what: &str, content: &[u8]) -> Result<String, String> {
    let size = format::format_bytes(content.len() as u64);
    let shown = Path::new(path);
    let shown = shown.canonicalize().unwrap_or_else(|_| shown.to_owned());
    match std::fs::write(path, content) {
        Ok(()) => Ok(format!("Saved {size} to {}", shown.display())),
        Err(error) => Err(format!(
            "The {what} was not saved: {error}. Choose another place than {}",
            shown.display()
        )),
    }
}

/// A file name from the last level of a topic.
fn suggested_name(topic_path: &str) -> String {
    let last = topic_path.rsplit('/').next().unwrap_or_default();
    let is_plain =
        |character: &char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
    let name: String = last.chars().filter(is_plain).take(60).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() {
        "payload.bin".to_owned()
    } else {
        format!("{name}.bin")
    }
}

#[cfg(test)]
mod tests {
    use super::{suggested_name, write};

    #[test]
    fn file_names_come_from_the_last_level() {
        assert_eq!(suggested_name("a/b c/temp:1"), "temp1.bin");
        assert_eq!(suggested_name("a/"), "payload.bin");
        assert_eq!(suggested_name("a/.."), "payload.bin");
    }

    #[test]
    fn writing_says_where_or_why_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.bin");
        assert!(
            write(path.to_str().unwrap(), "payload", b"abc")
                .unwrap()
                .contains("x.bin")
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"abc");
        assert!(write(directory.path().to_str().unwrap(), "payload", b"abc").is_err());
    }
}

//! Saving something that is there as a whole to a file, such as the shown payload.

use bytes::Bytes;
use egui::Ui;

use super::super::context::Context;
use super::super::saving::{self, Filled, Words, name_of_topic};
use crate::payload::format::format_bytes;

/// UI state of the save bar.
#[derive(Debug)]
pub struct SaveBar {
    what: What,
    content: Bytes,
    bar: saving::SaveBar,
}

/// What is saved.
#[derive(Debug, Clone, Copy)]
enum What {
    Payload,
    Table,
}

impl Default for SaveBar {
    fn default() -> Self {
        Self {
            what: What::Payload,
            content: Bytes::new(),
            bar: saving::SaveBar::new("save bytes"),
        }
    }
}

impl SaveBar {
    /// Begins saving `payload` of the topic at `topic_path`.
    pub fn start(&mut self, topic_path: &str, payload: Bytes) {
        self.what = What::Payload;
        self.content = payload;
        self.bar.open(&name_of_topic(topic_path, "payload", "bin"));
    }

    /// Begins saving a table to a file with this name.
    pub fn start_table(&mut self, name: &str, content: Bytes) {
        self.what = What::Table;
        self.content = content;
        self.bar.open(name);
    }

    /// Says what came of a writing. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        self.bar.tick(context);
    }

    /// Draws the bar while it is open, and says what came of the last writing.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.tick(context);
        let (title, field, failed) = match self.what {
            What::Payload => (
                "Save payload",
                "Path to save the payload to",
                "The payload was not saved",
            ),
            What::Table => (
                "Save table",
                "Path to save the table to",
                "The table was not saved",
            ),
        };
        let words = Words {
            save: "Save",
            cancel: "Do not save",
            choose: "Choose where to save",
            title,
            field,
        };
        let Some(place) = self.bar.ui(ui, &words, true) else {
            return;
        };
        let bytes = self.content.clone();
        self.bar.write(ui.ctx(), place, failed, move |out| {
            out.write_all(&bytes)?;
            let size = format_bytes(bytes.len() as u64);
            Ok(Some(Filled::from(format!("Saved {size}"))))
        });
    }
}

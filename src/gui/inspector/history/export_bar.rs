//! Writing messages to a file: which of them, in which format, where to, and how far it is.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use egui::{Layout, Ui};
use jiff::tz::TimeZone;

use super::super::super::action::Level;
use super::super::super::context::Context;
use super::super::super::file_choice::FileChoice;
use super::super::super::icons;
use super::super::super::latest::Latest;
use super::super::super::session::Session;
use super::super::super::theme;
use super::super::super::widgets::{
    Look, button, escaped, icon_button, muted, segmented, text_field,
};
use super::fetch::{Fetch, Wanted};
use crate::gui::words;
use crate::payload::export::{ExportFormat, Exported, header, line};
use crate::payload::format::thousands;

/// What can be exported.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What it is called: `Selected`, `Found`, `All`.
    pub name: &'static str,
    /// Where the messages are.
    pub wanted: Wanted,
    /// How many they are now.
    pub count: u64,
    /// A sentence about what is not in it; empty when that is nothing.
    pub left_out: String,
}

/// UI state of exporting.
#[derive(Debug)]
pub struct ExportBar {
    open: Option<Open>,
    choice: FileChoice,
    writing: Latest<Result<String, String>>,
    progress: Arc<Progress>,
}

#[derive(Debug)]
struct Open {
    path: String,
    format: ExportFormat,
    offers: Vec<Offer>,
    chosen: usize,
}

/// How far a writing worker is, and whether it is to end.
#[derive(Debug, Default)]
struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    is_cancelled: AtomicBool,
}

impl Default for ExportBar {
    fn default() -> Self {
        Self {
            open: None,
            choice: FileChoice::default(),
            writing: Latest::new("export messages"),
            progress: Arc::default(),
        }
    }
}

impl ExportBar {
    /// Begins with the first of these offers. `topic` suggests a name.
    pub fn start(&mut self, topic: &str, offers: Vec<Offer>) {
        let format = self
            .open
            .as_ref()
            .map_or_else(ExportFormat::default, |open| open.format);
        self.open = Some(Open {
            path: suggested_name(topic, format),
            format,
            offers,
            chosen: 0,
        });
    }

    /// Another topic is shown.
    pub fn forget(&mut self) {
        self.open = None;
    }

    /// Says what came of a writing. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        match self.writing.poll() {
            Some(Ok(text)) => context.toast(Level::Success, text),
            Some(Err(text)) => context.toast(Level::Error, text),
            None => {}
        }
    }

    /// Draws the bar while it is open or something is written.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session) {
        if self.writing.is_busy() {
            self.progress_ui(ui);
        }
        let Some(mut open) = self.open.take() else {
            return;
        };
        if let Some(path) = self.choice.chosen() {
            open.path = path.to_string_lossy().into_owned();
        }
        let mut is_done = escaped(ui);
        choices(ui, &mut open);
        if let Some(offer) = open.offers.get(open.chosen)
            && !offer.left_out.is_empty()
        {
            muted(ui, &offer.left_out);
        }
        let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        let layout = Layout::right_to_left(egui::Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            is_done |= icon_button(ui, icons::X, "Do not export", Look::Quiet).clicked();
            let can_write = !open.path.trim().is_empty() && !self.writing.is_busy();
            ui.add_enabled_ui(can_write, |ui| {
                if button(ui, Some(icons::SAVE), "Export", Look::Primary).clicked() {
                    self.write(ui.ctx(), context, session, &open);
                    is_done = true;
                }
            });
            if icon_button(ui, icons::FOLDER, "Choose where to export to", Look::Plain).clicked() {
                self.choice.save(ui.ctx(), "Export messages", &open.path);
            }
            text_field(
                ui,
                &mut open.path,
                "Path to export the messages to",
                "Path of the file",
                theme::mono(),
            );
        });
        self.open = (!is_done).then_some(open);
    }

    fn progress_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let done = thousands(self.progress.done.load(Ordering::Relaxed));
            let total = thousands(self.progress.total.load(Ordering::Relaxed));
            muted(ui, &format!("Exporting {done} of {total}"));
            if button(ui, None, "Stop exporting", Look::Quiet).clicked() {
                self.progress.is_cancelled.store(true, Ordering::Relaxed);
            }
        });
        ui.ctx()
            .request_repaint_after(std::time::Duration::from_millis(100));
    }

    fn write(
        &mut self,
        ctx: &egui::Context,
        context: &Context<'_>,
        session: &Session,
        open: &Open,
    ) {
        let Some(offer) = open.offers.get(open.chosen).cloned() else {
            return;
        };
        let progress = Arc::new(Progress::default());
        progress.total.store(offer.count, Ordering::Relaxed);
        self.progress = Arc::clone(&progress);
        let model = Arc::clone(session.live.model());
        let job = Job {
            path: PathBuf::from(open.path.trim()),
            format: open.format,
            zone: context.zone.clone(),
            left_out: offer.left_out,
            progress,
        };
        self.writing
            .start(ctx, move || job.run(Fetch::new(model, offer.wanted)));
    }
}

/// Which messages, and in which format.
fn choices(ui: &mut Ui, open: &mut Open) {
    ui.horizontal_wrapped(|ui| {
        let names: Vec<String> = open
            .offers
            .iter()
            .map(|offer| format!("{} {}", offer.name, thousands(offer.count)))
            .collect();
        let options: Vec<(usize, &str)> = names.iter().map(String::as_str).enumerate().collect();
        segmented(ui, "Export", &mut open.chosen, &options);
        let formats = [
            (ExportFormat::JsonLines, "JSON Lines"),
            (ExportFormat::Csv, "CSV"),
        ];
        let before = open.format;
        if segmented(ui, "Export as", &mut open.format, &formats).changed() {
            let ending = format!(".{}", before.extension());
            if let Some(name) = open.path.strip_suffix(&ending) {
                open.path = format!("{name}.{}", open.format.extension());
            }
        }
    });
}

/// One writing, on its way.
struct Job {
    path: PathBuf,
    format: ExportFormat,
    zone: TimeZone,
    left_out: String,
    progress: Arc<Progress>,
}

impl Job {
    /// Writes everything beside the file, which then takes its place as a whole. Says what came of it.
    fn run(&self, mut fetch: Fetch) -> Result<String, String> {
        let shown = self.path.display();
        match self.write(&mut fetch) {
            Ok(None) => Err(format!("Stopped: nothing was exported to {shown}")),
            Ok(Some(count)) => {
                let what = words::counted(count, "message", "messages");
                let path = self
                    .path
                    .canonicalize()
                    .unwrap_or_else(|_| self.path.clone());
                let mut text = format!("Exported {what} to {}.", path.display());
                if !self.left_out.is_empty() {
                    text.extend([" ", &self.left_out]);
                }
                if fetch.gone > 0 {
                    let gone = words::counted(fetch.gone, "message was", "messages were");
                    text.extend([format!(" {gone} trimmed from the history meanwhile.")]);
                }
                Ok(text)
            }
            Err(err) => Err(format!(
                "The messages were not exported: {err}. Choose another place than {shown}"
            )),
        }
    }

    /// How many were written; `None` when it was stopped.
    fn write(&self, fetch: &mut Fetch) -> io::Result<Option<u64>> {
        let folder = self.path.parent().filter(|it| !it.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".canopy-export-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        let mut out = io::BufWriter::new(file);
        out.write_all(header(self.format).as_bytes())?;
        let mut count = 0;
        while let Some(batch) = fetch.next_batch() {
            if self.progress.is_cancelled.load(Ordering::Relaxed) {
                return Ok(None);
            }
            for fetched in &batch {
                let message = &fetched.message;
                let exported = Exported {
                    topic: &fetched.topic,
                    at: message.at,
                    qos: message.qos,
                    retain: message.retain,
                    dup: message.dup,
                    packet_id: message.packet_id,
                    properties: message.properties.as_deref(),
                    payload: &message.payload,
                };
                out.write_all(line(self.format, &exported, &self.zone).as_bytes())?;
            }
            count += batch.len() as u64;
            self.progress.done.store(count, Ordering::Relaxed);
        }
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|err| err.error)?;
        Ok(Some(count))
    }
}

/// A file name from the last level of a topic.
fn suggested_name(topic: &str, format: ExportFormat) -> String {
    let last = topic.rsplit('/').next().unwrap_or_default();
    let is_plain = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = last.chars().filter(is_plain).take(60).collect();
    let name = name.trim_start_matches('.');
    let name = if name.is_empty() { "messages" } else { name };
    format!("{name}.{}", format.extension())
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::super::selection::Selection;
    use super::*;
    use crate::gui::fixture::message;
    use crate::model::{MessageId, Model};
    use crate::mqtt::Timestamp;

    fn fetch(count: u32) -> Fetch {
        let mut model = Model::new(1 << 30);
        for n in 0..count {
            model.insert(
                &message("a/b", format!("{n}.0")),
                Timestamp::from_micros(i64::from(n)),
            );
        }
        let node = model.find("a/b").unwrap();
        let wanted = Wanted::Topic(node, Selection::up_to(MessageId(u64::MAX - 1)));
        Fetch::new(Arc::new(Mutex::new(model)), wanted)
    }

    fn job(path: PathBuf, format: ExportFormat) -> Job {
        Job {
            path,
            format,
            zone: TimeZone::UTC,
            left_out: String::new(),
            progress: Arc::default(),
        }
    }

    #[test]
    fn everything_is_written_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        let text = job(path.clone(), ExportFormat::JsonLines)
            .run(fetch(1000))
            .unwrap();
        assert!(
            text.starts_with("Exported 1,000 messages to ") && text.contains("x.jsonl"),
            "{text}"
        );
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written.lines().count(), 1000);
        assert!(
            written
                .lines()
                .last()
                .unwrap()
                .contains("\"payload\":\"999.0\"")
        );
        job(path.clone(), ExportFormat::Csv).run(fetch(2)).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named_and_a_stop_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = job(folder.path().join("none/x.csv"), ExportFormat::Csv);
        assert!(nowhere.run(fetch(2)).unwrap_err().contains("none/x.csv"));
        let stopped = job(folder.path().join("x.csv"), ExportFormat::Csv);
        stopped.progress.is_cancelled.store(true, Ordering::Relaxed);
        assert!(stopped.run(fetch(2)).unwrap_err().starts_with("Stopped"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn names_come_from_the_last_level() {
        assert_eq!(
            suggested_name("a/b c/temp:1", ExportFormat::Csv),
            "temp1.csv"
        );
        assert_eq!(
            suggested_name("a/", ExportFormat::JsonLines),
            "messages.jsonl"
        );
    }
}

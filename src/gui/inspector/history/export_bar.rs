//! Writing messages to a file: which of them, in which format, where to, and how far it is.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use egui::Ui;
use jiff::tz::TimeZone;

use super::super::super::context::Context;
use super::super::super::saving::{Filled, Place, SaveBar, Words, name_of_topic};
use super::super::super::session::Session;
use super::super::super::widgets::{Look, button, muted, segmented};
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
    bar: SaveBar,
    format: ExportFormat,
    offers: Vec<Offer>,
    chosen: usize,
    progress: Arc<Progress>,
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
            bar: SaveBar::new("export messages"),
            format: ExportFormat::default(),
            offers: Vec::new(),
            chosen: 0,
            progress: Arc::default(),
        }
    }
}

impl ExportBar {
    /// Begins with the first of these offers. `topic` suggests a name.
    pub fn start(&mut self, topic: &str, offers: Vec<Offer>) {
        self.offers = offers;
        self.chosen = 0;
        let name = name_of_topic(topic, "messages", self.format.extension());
        self.bar.open(&name);
    }

    /// Another topic is shown.
    pub fn forget(&mut self) {
        self.bar.close();
        self.offers.clear();
    }

    /// Says what came of a writing. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        self.bar.tick(context);
    }

    /// Draws the bar while it is open or something is written.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session) {
        if self.bar.is_busy() {
            self.progress_ui(ui);
        }
        if !self.bar.is_open() {
            return;
        }
        self.choices(ui);
        let words = Words {
            save: "Export",
            cancel: "Do not export",
            choose: "Choose where to export to",
            title: "Export messages",
            field: "Path to export the messages to",
        };
        let can_save = !self.bar.is_busy();
        if let Some(place) = self.bar.ui(ui, &words, can_save) {
            self.write(ui.ctx(), context, session, place);
        }
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
        place: Place,
    ) {
        let Some(offer) = self.offers.get(self.chosen).cloned() else {
            return;
        };
        let progress = Arc::new(Progress::default());
        progress.total.store(offer.count, Ordering::Relaxed);
        self.progress = Arc::clone(&progress);
        let model = Arc::clone(session.live.model());
        let job = Job {
            format: self.format,
            zone: context.zone.clone(),
            left_out: offer.left_out,
            progress,
        };
        let failed = "The messages were not exported";
        self.bar.write(ctx, place, failed, move |out| {
            job.run(Fetch::new(model, offer.wanted), out)
        });
    }

    /// Which messages, in which format, and what is not among them.
    fn choices(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            let names: Vec<String> = self
                .offers
                .iter()
                .map(|offer| format!("{} {}", offer.name, thousands(offer.count)))
                .collect();
            let options: Vec<(usize, &str)> =
                names.iter().map(String::as_str).enumerate().collect();
            segmented(ui, "Export", &mut self.chosen, &options);
            let formats = [
                (ExportFormat::JsonLines, "JSON Lines"),
                (ExportFormat::Csv, "CSV"),
            ];
            let before = self.format.extension();
            if segmented(ui, "Export as", &mut self.format, &formats).changed() {
                self.bar.change_ending(before, self.format.extension());
            }
        });
        let offer = self.offers.get(self.chosen);
        if let Some(offer) = offer.filter(|offer| !offer.left_out.is_empty()) {
            muted(ui, &offer.left_out);
        }
    }
}

/// One writing, on its way.
struct Job {
    format: ExportFormat,
    zone: TimeZone,
    left_out: String,
    progress: Arc<Progress>,
}

impl Job {
    /// Writes everything, and says how much; `None` when it was stopped.
    fn run(&self, mut fetch: Fetch, out: &mut dyn Write) -> io::Result<Option<Filled>> {
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
        let what = words::counted(count, "message", "messages");
        let mut more = self.left_out.clone();
        if fetch.gone > 0 {
            if !more.is_empty() {
                more.push(' ');
            }
            let gone = words::counted(fetch.gone, "message was", "messages were");
            more.extend([format!("{gone} trimmed from the history meanwhile.")]);
        }
        let what = format!("Exported {what}");
        Ok(Some(Filled { what, more }))
    }
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

    fn job(format: ExportFormat) -> Job {
        Job {
            format,
            zone: TimeZone::UTC,
            left_out: String::new(),
            progress: Arc::default(),
        }
    }

    #[test]
    fn everything_is_written_and_counted() {
        let mut out = Vec::new();
        let filled = job(ExportFormat::JsonLines).run(fetch(1000), &mut out);
        assert_eq!(filled.unwrap().unwrap().what, "Exported 1,000 messages");
        let written = String::from_utf8(out).unwrap();
        assert_eq!(written.lines().count(), 1000);
        let last = written.lines().last().unwrap();
        assert!(last.contains("\"payload\":\"999.0\""), "{last}");
        let mut out = Vec::new();
        job(ExportFormat::Csv).run(fetch(2), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 3);
    }

    #[test]
    fn a_stop_has_no_result() {
        let stopped = job(ExportFormat::Csv);
        stopped.progress.is_cancelled.store(true, Ordering::Relaxed);
        let filled = stopped.run(fetch(2), &mut Vec::new()).unwrap();
        assert!(filled.is_none());
    }
}

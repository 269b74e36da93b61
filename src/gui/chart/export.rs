//! Charts out of the program: the values as CSV, the chart as a PNG picture. A path is typed or chosen; writing happens
//! beside the frame.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use egui::{ColorImage, Rect, Ui};
use jiff::tz::TimeZone;
use parking_lot::Mutex;

use super::super::action::Level;
use super::super::context::Context;
use super::super::saving::{Filled, Place, SaveBar, Words, file_name};
use super::collect::Store;
use super::drawn::Drawn;
use crate::mqtt::Timestamp;
use crate::payload::format::thousands;
use crate::payload::series::write_csv;
use crate::profile::{Chart, SeriesKey};

/// How a sentence about a failure begins.
const FAILED: &str = "The chart was not saved";
/// How long the system may take for a picture of the window.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a chart is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Its values.
    Csv,
    /// Its picture.
    Png,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Png => "PNG",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Png => "png",
        }
    }
}

/// UI state: what is being written, and where to.
#[derive(Debug)]
pub struct ExportBar {
    kind: Kind,
    bar: SaveBar,
    /// A picture that was asked for.
    wanted: Option<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    place: Place,
    at: Timestamp,
    /// Where the picture of the window comes from, once it was asked for.
    given: Option<Receiver<Arc<ColorImage>>>,
}

impl Default for ExportBar {
    fn default() -> Self {
        Self {
            kind: Kind::Csv,
            bar: SaveBar::new("write chart"),
            wanted: None,
        }
    }
}

/// What can be written.
pub struct Source<'a> {
    /// The chart.
    pub chart: &'a Chart,
    /// What it shows now.
    pub drawn: Option<&'a Arc<Drawn>>,
    /// Its values.
    pub store: Arc<Mutex<Store>>,
}

impl ExportBar {
    /// Asks where to.
    pub fn start(&mut self, kind: Kind, chart: &Chart) {
        self.kind = kind;
        let name = file_name(&chart.suggested_name(), "chart", kind.extension());
        self.bar.open(&name);
    }

    /// Says what came of a writing. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        self.bar.tick(context);
    }

    /// Draws the bar while it is open, and says what came of the last writing.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, source: &Source<'_>) {
        self.tick(context);
        let name = self.kind.name();
        let words = Words {
            save: &format!("Save {name}"),
            cancel: "Do not export",
            choose: "Choose where to save the chart",
            title: "Save chart",
            field: &format!("Path of the {name} file"),
        };
        if let Some(place) = self.bar.ui(ui, &words, true) {
            self.save(ui, context, source, place);
        }
    }

    fn save(&mut self, ui: &Ui, context: &Context<'_>, source: &Source<'_>, place: Place) {
        if self.kind == Kind::Png {
            let at = context.now;
            self.wanted = Some(Wanted {
                place,
                at,
                given: None,
            });
            // the bar must be gone from the picture
            ui.ctx().request_repaint();
            return;
        }
        let Some(drawn) = source.drawn else {
            return context.toast(Level::Info, "There is no value to export yet.");
        };
        let keys = source.chart.series.iter().map(|series| series.key.clone());
        let keys: Vec<SeriesKey> = keys.collect();
        let (store, zone) = (Arc::clone(&source.store), context.zone.clone());
        let times = (drawn.from, drawn.to);
        self.bar.write(ui.ctx(), place, FAILED, move |out| {
            write_values(out, &store, &keys, times, &zone).map(Some)
        });
    }

    /// Takes the picture that was asked for out of the window's: the part in `area`.
    pub fn picture(&mut self, ui: &Ui, context: &Context<'_>, area: Rect) {
        let Some(mut wanted) = self.wanted.take() else {
            return;
        };
        let given = wanted.given.get_or_insert_with(|| {
            wanted.at = context.now;
            let (sender, receiver) = sync_channel(1);
            let ctx = ui.ctx().clone();
            ui.ctx().request_screenshot(move |image| {
                // when nobody waits any more, nobody needs it
                drop(sender.try_send(image));
                ctx.request_repaint();
            });
            receiver
        });
        let image: Option<Arc<ColorImage>> = given.try_recv().ok();
        if let Some(image) = image {
            let scale = ui.pixels_per_point();
            self.bar.write(ui.ctx(), wanted.place, FAILED, move |out| {
                write_picture(out, &image, area, scale).map(Some)
            });
        } else if context.now.since(wanted.at) >= PATIENCE {
            let text =
                "The system gave no picture of the window. Export the values as CSV instead.";
            context.toast(Level::Error, text);
        } else {
            self.wanted = Some(wanted);
            ui.ctx().request_repaint_after(Duration::from_millis(250));
        }
    }
}

fn write_values(
    out: &mut dyn Write,
    store: &Mutex<Store>,
    keys: &[SeriesKey],
    times: (Timestamp, Timestamp),
    zone: &TimeZone,
) -> io::Result<Filled> {
    // a copy, so that charts go on meanwhile
    let tracks: Vec<_> = {
        let store = store.lock();
        let track = |key: &SeriesKey| store.track(key).map(Arc::clone);
        keys.iter().map(track).collect()
    };
    let copies = keys.iter().zip(&tracks).filter_map(|(key, track)| {
        let values = track.as_ref()?.lock().values.clone();
        Some((key, values))
    });
    let copies: Vec<_> = copies.collect();
    let series = copies
        .iter()
        .map(|(key, values)| (key.topic.as_str(), &key.path, values));
    let count = write_csv(out, series, times, zone)?;
    Ok(Filled::from(format!("Saved {} values", thousands(count))))
}

fn write_picture(
    out: &mut dyn Write,
    image: &ColorImage,
    area: Rect,
    scale: f32,
) -> io::Result<Filled> {
    let whole = Rect::from_min_size(
        egui::Pos2::ZERO,
        egui::vec2(image.width() as f32, image.height() as f32) / scale,
    );
    let area = area.intersect(whole);
    if !area.is_positive() {
        return Err(io::Error::other(
            "it was not on the screen. Show it and save it again",
        ));
    }
    let part = image.region(&area, Some(scale));
    out.write_all(&encode(&part)?)?;
    let [width, height] = part.size;
    Ok(Filled::from(format!("Saved {width}×{height} pixels")))
}

fn encode(image: &ColorImage) -> io::Result<Vec<u8>> {
    let size = image
        .size
        .map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size[0], size[1]);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    let pixels: Vec<u8> = image
        .pixels
        .iter()
        .flat_map(egui::Color32::to_srgba_unmultiplied)
        .collect();
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_the_part_that_was_asked_for() {
        let mut image = ColorImage::filled([8, 6], egui::Color32::BLACK);
        image[(4, 2)] = egui::Color32::from_rgb(1, 2, 3);
        let area = Rect::from_min_max(egui::pos2(2.0, 1.0), egui::pos2(40.0, 3.0));
        let mut written = Vec::new();
        let said = write_picture(&mut written, &image, area, 2.0).unwrap();
        assert_eq!(said.what, "Saved 4×4 pixels");
        let reader = png::Decoder::new(io::Cursor::new(written));
        let mut reader = reader.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[..8], [1, 2, 3, 255, 0, 0, 0, 255]);
        let beside = area.translate(egui::vec2(90.0, 0.0));
        assert!(write_picture(&mut Vec::new(), &image, beside, 2.0).is_err());
    }
}

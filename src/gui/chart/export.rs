//! Charts out of the program: the values as CSV, the chart as a PNG picture. A path is typed or chosen; writing happens
//! beside the frame.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use egui::{ColorImage, Layout, Rect, Ui};
use jiff::tz::TimeZone;
use parking_lot::Mutex;

use super::super::action::Level;
use super::super::context::Context;
use super::super::file_choice::FileChoice;
use super::super::icons;
use super::super::latest::Latest;
use super::super::theme;
use super::super::widgets::{Look, button, escaped, icon_button, text_field};
use super::collect::Store;
use super::drawn::Drawn;
use crate::mqtt::Timestamp;
use crate::payload::format::thousands;
use crate::payload::series::write_csv;
use crate::profile::{Chart, SeriesKey};

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
    open: Option<(Kind, String)>,
    choice: FileChoice,
    writing: Latest<Result<String, String>>,
    /// A picture that was asked for.
    wanted: Option<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    path: String,
    at: Timestamp,
    /// Where the picture of the window comes from, once it was asked for.
    given: Option<Receiver<Arc<ColorImage>>>,
}

impl Default for ExportBar {
    fn default() -> Self {
        Self {
            open: None,
            choice: FileChoice::default(),
            writing: Latest::new("write chart"),
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
        let name = file_name(&chart.suggested_name());
        self.open = Some((kind, format!("{name}.{}", kind.extension())));
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
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, source: &Source<'_>) {
        self.tick(context);
        let Some((kind, path)) = &mut self.open else {
            return;
        };
        let kind = *kind;
        if let Some(chosen) = self.choice.chosen() {
            *path = chosen.to_string_lossy().into_owned();
        }
        let mut is_done = escaped(ui);
        let mut is_saved = false;
        let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(egui::Align::Center), |ui| {
            is_done |= icon_button(ui, icons::X, "Do not export", Look::Quiet).clicked();
            ui.add_enabled_ui(!path.trim().is_empty(), |ui| {
                let text = format!("Save {}", kind.name());
                is_saved = button(ui, Some(icons::SAVE), &text, Look::Primary).clicked();
            });
            if icon_button(
                ui,
                icons::FOLDER,
                "Choose where to save the chart",
                Look::Plain,
            )
            .clicked()
            {
                self.choice.save(ui.ctx(), "Save chart", path);
            }
            let label = format!("Path of the {} file", kind.name());
            text_field(ui, path, &label, "Path of the file", theme::mono());
        });
        if is_saved {
            let path = path.trim().to_owned();
            self.save(ui, context, source, (kind, path));
        }
        if is_done || is_saved {
            self.open = None;
        }
    }

    fn save(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        source: &Source<'_>,
        (kind, path): (Kind, String),
    ) {
        if kind == Kind::Png {
            let at = context.now;
            self.wanted = Some(Wanted {
                path,
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
        let job = move || write_values(&path, &store, &keys, times, &zone);
        self.writing.line_up(ui.ctx(), job);
    }

    /// Takes the picture that was asked for out of the window's: the part in `area`.
    pub fn picture(&mut self, ui: &Ui, context: &Context<'_>, area: Rect) {
        let Some(wanted) = &mut self.wanted else {
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
            let path = std::mem::take(&mut wanted.path);
            let scale = ui.pixels_per_point();
            self.wanted = None;
            let job = move || write_picture(&path, &image, area, scale);
            self.writing.line_up(ui.ctx(), job);
        } else if context.now.since(wanted.at) >= PATIENCE {
            self.wanted = None;
            let text =
                "The system gave no picture of the window. Export the values as CSV instead.";
            context.toast(Level::Error, text);
        } else {
            ui.ctx().request_repaint_after(Duration::from_millis(250));
        }
    }
}

fn write_values(
    path: &str,
    store: &Mutex<Store>,
    keys: &[SeriesKey],
    times: (Timestamp, Timestamp),
    zone: &TimeZone,
) -> Result<String, String> {
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
    let count = create(path)
        .and_then(|file| write_csv(BufWriter::new(file), series, times, zone))
        .map_err(|err| failed(path, &err))?;
    Ok(format!(
        "Saved {} values to {}",
        thousands(count),
        full(path)
    ))
}

fn write_picture(path: &str, image: &ColorImage, area: Rect, scale: f32) -> Result<String, String> {
    let whole = Rect::from_min_size(
        egui::Pos2::ZERO,
        egui::vec2(image.width() as f32, image.height() as f32) / scale,
    );
    let area = area.intersect(whole);
    if !area.is_positive() {
        return Err("The chart was not on the screen. Show it and save it again.".to_owned());
    }
    let part = image.region(&area, Some(scale));
    let encoded = encode(&part).map_err(|err| failed(path, &err))?;
    create(path)
        .and_then(|mut file| file.write_all(&encoded))
        .map_err(|err| failed(path, &err))?;
    let [width, height] = part.size;
    Ok(format!("Saved {width}×{height} pixels to {}", full(path)))
}

fn encode(image: &ColorImage) -> std::io::Result<Vec<u8>> {
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

fn create(path: &str) -> std::io::Result<File> {
    File::create(path)
}

fn full(path: &str) -> String {
    let shown = Path::new(path);
    let shown = shown.canonicalize().unwrap_or_else(|_| shown.to_owned());
    shown.display().to_string()
}

fn failed(path: &str, err: &std::io::Error) -> String {
    format!(
        "The chart was not saved: {err}. Choose another place than {}",
        full(path)
    )
}

/// What can stand in the name of a file.
fn file_name(name: &str) -> String {
    let is_plain = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let spaced = name.replace([' ', ','], "-");
    let name: String = spaced.chars().filter(is_plain).take(60).collect();
    let name = name.trim_matches(['.', '-']).replace("--", "-");
    if name.is_empty() {
        "chart".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_the_part_that_was_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.png");
        let mut image = ColorImage::filled([8, 6], egui::Color32::BLACK);
        image[(4, 2)] = egui::Color32::from_rgb(1, 2, 3);
        let area = Rect::from_min_max(egui::pos2(2.0, 1.0), egui::pos2(40.0, 3.0));
        let said = write_picture(path.to_str().unwrap(), &image, area, 2.0).unwrap();
        assert!(said.starts_with("Saved 4×4 pixels"), "{said}");
        let reader = png::Decoder::new(std::io::BufReader::new(File::open(&path).unwrap()));
        let mut reader = reader.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[..8], [1, 2, 3, 255, 0, 0, 0, 255]);
        let nowhere = directory.path().to_str().unwrap();
        assert!(write_picture(nowhere, &image, area, 2.0).is_err());
    }

    #[test]
    fn file_names_are_plain() {
        assert_eq!(
            file_name("score, author.id and 3 more"),
            "score-author.id-and-3-more"
        );
        assert_eq!(file_name("../"), "chart");
    }
}

//! Laid-out text of the tree's cells, kept over many frames. The toolkit keeps a text only as long as every frame shows
//! it, and laying one out costs more than all else about a row; while messages come in or the tree is scrolled the same
//! few thousand numbers, values and names come again and again.

use std::collections::VecDeque;
use std::hash::Hash;
use std::sync::Arc;

use egui::{Galley, Ui};
use hashbrown::HashMap;

/// Texts that are kept beyond those of the last frame, about 4 MB.
const KEPT: usize = 2048;

/// Laid-out texts by what they show, in which font and colour, how wide.
#[derive(Default)]
pub struct Cells {
    galleys: HashMap<u64, Cell>,
    /// In the order in which they are looked at to be let go.
    queue: VecDeque<u64>,
    frame: u64,
    /// What they were laid out for.
    scale: f32,
    /// How full the texture of letters was when last looked at. It only shrinks when it is begun anew, and then no
    /// text that was laid out before may be painted.
    letters: f32,
}

struct Cell {
    galley: Arc<Galley>,
    used: u64,
}

impl Cells {
    /// To be called once in each frame, before anything is asked for.
    pub fn begin_frame(&mut self, ui: &Ui) {
        let scale = ui.pixels_per_point();
        let letters = ui.ctx().fonts_mut(|fonts| fonts.font_atlas_fill_ratio());
        #[expect(clippy::float_cmp, reason = "any other value means another layout")]
        let is_same_scale = scale == self.scale;
        if !is_same_scale || letters < self.letters {
            self.galleys.clear();
            self.queue.clear();
        }
        self.scale = scale;
        self.letters = letters;
        self.let_go();
        self.frame += 1;
    }

    /// Lets go of texts that the last frame did not show, as long as there are too many.
    fn let_go(&mut self) {
        for _ in KEPT..self.queue.len() {
            let Some(key) = self.queue.pop_front() else {
                return;
            };
            if self
                .galleys
                .get(&key)
                .is_some_and(|cell| cell.used == self.frame)
            {
                self.queue.push_back(key);
            } else {
                self.galleys.remove(&key);
            }
        }
    }

    /// The text for `key`, which must tell everything that `lay_out` depends on.
    pub fn text(&mut self, key: impl Hash, lay_out: impl FnOnce() -> Arc<Galley>) -> Arc<Galley> {
        let key = egui::epaint::util::hash(key);
        let frame = self.frame;
        let queue = &mut self.queue;
        let cell = self.galleys.entry(key).or_insert_with(|| {
            queue.push_back(key);
            let galley = lay_out();
            Cell {
                galley,
                used: frame,
            }
        });
        cell.used = frame;
        Arc::clone(&cell.galley)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, FontId};

    /// Shows the numbers of `range` in one frame and returns how many had to be laid out.
    fn frame(context: &egui::Context, cells: &mut Cells, range: std::ops::Range<usize>) -> usize {
        let mut laid_out = 0;
        let mut output = context.run_ui(egui::RawInput::default(), |ui| {
            cells.begin_frame(ui);
            for number in range.clone() {
                let galley = cells.text(number, || {
                    laid_out += 1;
                    let font = FontId::monospace(12.0);
                    ui.painter()
                        .layout_no_wrap(number.to_string(), font, Color32::WHITE)
                });
                assert_eq!(galley.text(), number.to_string());
            }
        });
        output.textures_delta.clear();
        laid_out
    }

    #[test]
    fn a_text_is_laid_out_once_and_kept_while_others_show() {
        let (context, mut cells) = (egui::Context::default(), Cells::default());
        assert_eq!(frame(&context, &mut cells, 0..50), 50);
        assert_eq!(frame(&context, &mut cells, 100..150), 50);
        assert_eq!(frame(&context, &mut cells, 0..60), 10);
    }

    #[test]
    fn old_texts_go_and_those_that_show_stay() {
        let (context, mut cells) = (egui::Context::default(), Cells::default());
        for turn in 0..100 {
            frame(&context, &mut cells, 0..50);
            frame(&context, &mut cells, 1000 * turn..1000 * turn + 100);
            assert!(cells.galleys.len() <= KEPT + 150);
            assert_eq!(cells.queue.len(), cells.galleys.len());
        }
        assert_eq!(frame(&context, &mut cells, 0..50), 0);
        assert_eq!(frame(&context, &mut cells, 1000..1050), 50);
    }

    #[test]
    fn another_scale_lays_out_anew() {
        let (context, mut cells) = (egui::Context::default(), Cells::default());
        frame(&context, &mut cells, 0..50);
        context.set_zoom_factor(1.5);
        frame(&context, &mut cells, 0..1);
        assert_eq!(frame(&context, &mut cells, 0..50), 49);
        assert_eq!(frame(&context, &mut cells, 0..50), 0);
    }
}

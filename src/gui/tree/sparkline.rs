//! Small lines beside numbers in the tree: the last values of a topic. A worker gathers those of the rows on the screen, a
//! few times a second while they change; a row is drawn with what is known, so that nothing jumps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Rect, Shape, Stroke, Ui, pos2};
use hashbrown::HashMap;
use parking_lot::Mutex;

use super::super::latest::Latest;
use super::super::session::Session;
use super::super::theme::Palette;
use crate::model::{Model, NodeId, Row};
use crate::mqtt::Timestamp;
use crate::payload::series::number_of;

/// Values in a line.
const VALUES: usize = 40;
/// Shortest time between two runs of the worker.
const INTERVAL: Duration = Duration::from_millis(250);
/// Lines that are kept beyond those on the screen.
const KEPT: usize = 4096;
/// Size of a line, and the room before it.
const WIDTH: f32 = 56.0;
const HEIGHT: f32 = 12.0;
const GAP: f32 = 10.0;
/// A line begins at a multiple of this, so that it stays where it is while digits come and go.
const STEP: f32 = 15.0;

/// Values between 0 at the bottom and 1 at the top, the oldest first.
pub type Heights = Arc<[f32]>;

/// By what a row shows that it changed: when its last message came, and how many there are.
type Stamp = (Timestamp, u64);

struct Spark {
    of: Stamp,
    heights: Heights,
    used: u64,
}

/// The lines of the rows.
pub struct Sparklines {
    known: HashMap<NodeId, Spark>,
    wanted: Vec<(NodeId, Stamp)>,
    worker: Latest<Vec<(NodeId, Stamp, Heights)>>,
    began: Option<Instant>,
    frame: u64,
}

impl Default for Sparklines {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            wanted: Vec::new(),
            worker: Latest::new("sparklines"),
            began: None,
            frame: 0,
        }
    }
}

impl Sparklines {
    /// Forgets all of them: other topics are shown.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The line of a row whose value is a number.
    pub fn of(&mut self, row: &Row) -> Option<Heights> {
        let last = row.last.as_ref()?;
        if !is_number(&last.payload) {
            return None;
        }
        let stamp = (last.at, row.messages);
        let known = self.known.get_mut(&row.node);
        if known.as_ref().is_none_or(|spark| spark.of != stamp) {
            self.wanted.push((row.node, stamp));
        }
        let known = known?;
        known.used = self.frame;
        (known.heights.len() > 1).then(|| Arc::clone(&known.heights))
    }

    /// All rows were asked for: takes what the worker found, and lets it look at what has changed.
    pub fn finish(&mut self, ui: &Ui, session: &Session) {
        if let Some(found) = self.worker.poll() {
            for (node, of, heights) in found {
                let used = self.frame;
                self.known.insert(node, Spark { of, heights, used });
            }
            ui.ctx().request_repaint();
        }
        let frame = self.frame;
        if self.known.len() > KEPT {
            self.known.retain(|_, spark| spark.used == frame);
        }
        self.frame += 1;
        let wanted = std::mem::take(&mut self.wanted);
        if wanted.is_empty() || session.is_paused || self.worker.is_busy() {
            return;
        }
        let rest = self.began.map(|it| INTERVAL.saturating_sub(it.elapsed()));
        if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
            ui.ctx().request_repaint_after(rest);
            return;
        }
        self.began = Some(Instant::now());
        let model = Arc::clone(session.live.model());
        self.worker.start(ui.ctx(), move || {
            let look = |(node, of): (NodeId, Stamp)| (node, of, look(&model, node));
            wanted.into_iter().map(look).collect()
        });
    }
}

fn is_number(payload: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    // in this order: texts of megabytes are not searched for a digit
    number_of(payload).is_some() && payload.iter().any(is_digit)
}

/// The last values of a topic. The model is locked for as many messages as a line has values.
fn look(model: &Mutex<Model>, node: NodeId) -> Heights {
    let mut messages = Vec::with_capacity(VALUES);
    model.lock().history(node, 0, VALUES, &mut messages);
    let values = messages.iter().rev();
    let values = values.filter_map(|message| number_of(&message.payload).map(|it| it.value));
    heights(&values.collect::<Vec<_>>())
}

fn heights(values: &[f64]) -> Heights {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
    let height = |value: &f64| {
        // halves: the difference of two large values may be too large
        let size = high / 2.0 - low / 2.0;
        let share = (value / 2.0 - low / 2.0) / size;
        if share.is_finite() { share as f32 } else { 0.5 }
    };
    values.iter().map(height).collect()
}

/// Paints the line of a row behind its value, which ends at `right`, if there is room before `limit`.
pub fn paint(ui: &Ui, rect: Rect, (left, right, limit): (f32, f32, f32), heights: &Heights) {
    let begin = left + ((right - left) / STEP).ceil() * STEP + GAP;
    if begin + WIDTH > limit {
        return;
    }
    let step = WIDTH / (heights.len() - 1).max(1) as f32;
    let bottom = rect.center().y + HEIGHT / 2.0;
    let place = |(number, height): (usize, &f32)| {
        pos2(begin + number as f32 * step, bottom - height * HEIGHT)
    };
    let points = heights.iter().enumerate().map(place).collect();
    let stroke = Stroke::new(1.2, Palette::of(ui).accent);
    ui.painter().add(Shape::line(points, stroke));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lie_between_bottom_and_top() {
        assert_eq!(*heights(&[1.0, 3.0, 2.0]), [0.0, 1.0, 0.5]);
        assert_eq!(*heights(&[7.0, 7.0]), [0.5, 0.5]);
        assert_eq!(*heights(&[-1e308, 1e308]), [0.0, 1.0]);
        assert!(heights(&[]).is_empty());
    }

    #[test]
    fn only_numbers_have_a_line() {
        for number in ["21.4", "-3", " 7\n", "1e3"] {
            assert!(is_number(number.as_bytes()), "{number}");
        }
        for other in ["true", "on", "", "{\"a\":1}", "12 °C"] {
            assert!(!is_number(other.as_bytes()), "{other}");
        }
    }
}

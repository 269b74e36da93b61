//! Series thinned out to what one view shows, on the worker: its lines in as many points as there are columns of pixels,
//! and what is said of them.

use std::sync::Arc;
use std::time::Duration;

use super::collect::{SharedTrack, Store, Track};
use super::pinned::are_equal;
use crate::mqtt::Timestamp;
use crate::payload::series::{Series, Stats, reduce, stats};
use crate::profile::SeriesKey;

/// Points of all lines of a view together: more would slow down the frame, and nobody could tell them apart.
const MOST_POINTS: usize = 60_000;

/// The shortest time that is shown by itself.
const SHORTEST: Duration = Duration::from_secs(10);
/// Time shown before the first value.
const BEFORE_FIRST: Duration = Duration::from_millis(500);

/// Which time a view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// So much time up to now.
    Last(Duration),
    /// Everything up to now.
    All,
    /// A time that stands still.
    Between(Timestamp, Timestamp),
}

/// What a view wants to draw.
#[derive(Debug, Clone)]
pub struct Request {
    /// The series.
    pub keys: Arc<[SeriesKey]>,
    /// The time.
    pub span: Span,
    /// Columns of pixels that there are.
    pub columns: u32,
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        let is_view = (self.span, self.columns) == (other.span, other.columns);
        is_view && are_equal(&self.keys, &other.keys)
    }
}

/// What is said of a line within the time shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Values.
    pub count: usize,
    /// The lowest, as a number and as it was sent.
    pub min: (f64, String),
    /// The highest.
    pub max: (f64, String),
    /// The last one.
    pub last: (f64, String),
    /// The mean, each value counted once.
    pub mean: String,
}

/// One line.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Seconds since 1970, and the value.
    pub points: Vec<[f64; 2]>,
    /// Points before which the line is interrupted.
    pub breaks: Vec<usize>,
    /// Whether it is drawn as steps.
    pub is_state: bool,
    /// What is said of it; `None` when nothing came within the time shown.
    pub figures: Option<Figures>,
    /// All its values, to find the nearest to the pointer.
    pub track: Option<SharedTrack>,
    /// Older values that are not known.
    pub left_out: u64,
    /// Whether its topic was seen.
    pub is_seen: bool,
}

/// What a view draws.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// What was asked for.
    pub request: Request,
    /// The time that its figures are about.
    pub from: Timestamp,
    /// The end of that time.
    pub to: Timestamp,
    /// A line for each series, in the same order.
    pub lines: Vec<Line>,
    /// Whether there are so many lines that each has fewer points than there are columns.
    pub is_coarse: bool,
}

impl Drawn {
    /// Draws what is known by `now`.
    pub fn new(store: &Store, request: &Request, now: Timestamp) -> Self {
        let tracks: Vec<_> = (request.keys.iter())
            .map(|key| store.track(key).map(Arc::clone))
            .collect();
        let (from, to) = times(request.span, &tracks, now);
        let room = MOST_POINTS / (4 * tracks.len().max(1));
        let columns = (request.columns as usize).clamp(1, room.max(1));
        let length = to.as_micros().saturating_sub(from.as_micros()).max(1);
        let width = (length / i64::try_from(columns).unwrap_or(1)).max(1);
        let around = around(request.span, (from, to), length);
        let lines = tracks.into_iter();
        let line = |track: Option<SharedTrack>| line(track, (from, to), around, width);
        Self {
            request: request.clone(),
            from,
            to,
            lines: lines.map(line).collect(),
            is_coarse: columns < request.columns as usize,
        }
    }
}

fn times(span: Span, tracks: &[Option<SharedTrack>], now: Timestamp) -> (Timestamp, Timestamp) {
    match span {
        Span::Between(from, to) => (from, to),
        // before the first value there is nothing to see
        Span::Last(length) => {
            let first = first_of(tracks).map_or(now, |first| before(first, BEFORE_FIRST));
            let latest = before(now, SHORTEST.min(length));
            (before(now, length).max(first.min(latest)), now)
        }
        Span::All => {
            let latest = before(now, SHORTEST);
            (
                first_of(tracks).map_or(latest, |first| first.min(latest)),
                now,
            )
        }
    }
}

/// When the first value of all series came.
fn first_of(tracks: &[Option<SharedTrack>]) -> Option<Timestamp> {
    let first = |track: &SharedTrack| {
        let track = track.lock();
        (!track.values.is_empty()).then(|| track.values.point(0).at)
    };
    tracks.iter().flatten().filter_map(first).min()
}

/// `length` before a point in time.
pub fn before(at: Timestamp, length: Duration) -> Timestamp {
    let micros = i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(at.as_micros().saturating_sub(micros))
}

/// The time that is drawn: more than is shown, so that there is something beside it while it is moved.
fn around(span: Span, (from, to): (Timestamp, Timestamp), length: i64) -> (Timestamp, Timestamp) {
    let more = match span {
        Span::Between(..) => length / 2,
        Span::Last(_) | Span::All => 0,
    };
    let shift = |at: Timestamp, by: i64| Timestamp::from_micros(at.as_micros().saturating_add(by));
    (shift(from, -more), shift(to, more))
}

fn line(
    track: Option<SharedTrack>,
    shown: (Timestamp, Timestamp),
    around: (Timestamp, Timestamp),
    width: i64,
) -> Line {
    let Some(track) = track else {
        return Line::default();
    };
    let known = track.lock();
    let mut line = read(&known, shown, around, width);
    drop(known);
    line.track = Some(track);
    line
}

fn read(
    track: &Track,
    shown: (Timestamp, Timestamp),
    around: (Timestamp, Timestamp),
    width: i64,
) -> Line {
    let values = &track.values;
    let reduced = reduce(values, around, width);
    let point = |place: &usize| {
        let point = values.point(*place);
        [seconds(point.at), point.value]
    };
    let place_of = |at: &usize| reduced.places.binary_search(at).ok();
    Line {
        points: reduced.places.iter().map(point).collect(),
        breaks: reduced.breaks.iter().filter_map(place_of).collect(),
        is_state: values.is_state(),
        figures: stats(values, shown).map(|stats| figures(values, &stats)),
        track: None,
        left_out: track.left_out(),
        is_seen: track.is_seen,
    }
}

fn figures(values: &Series, stats: &Stats) -> Figures {
    let figure = |place: usize| (values.point(place).value, values.text(place));
    let (min, max, last) = (figure(stats.min), figure(stats.max), figure(stats.last));
    let decimals = |text: &str| {
        text.split_once('.')
            .map_or(0, |(_, decimals)| decimals.len())
    };
    let decimals = [&min, &max, &last].map(|(_, text)| decimals(text));
    let decimals = decimals.into_iter().max().unwrap_or(0).clamp(1, 6);
    Figures {
        count: stats.count,
        mean: number_text(stats.mean, decimals),
        min,
        max,
        last,
    }
}

/// A number that was computed, with so many decimals, or with an exponent where it would be long or vanish.
pub fn number_text(value: f64, decimals: usize) -> String {
    let size = value.abs();
    let vanishes = size > 0.0 && size < 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap_or(0));
    if size >= 1e15 || vanishes {
        format!("{value:.3e}")
    } else {
        format!("{value:.decimals$}")
    }
}

/// Seconds since 1970, to the microsecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact for times before the year 2255"
)]
pub fn seconds(at: Timestamp) -> f64 {
    at.as_micros() as f64 / 1e6
}

/// The point in time at so many seconds since 1970.
#[expect(clippy::cast_possible_truncation, reason = "saturates")]
pub fn at_seconds(seconds: f64) -> Timestamp {
    Timestamp::from_micros((seconds * 1e6) as i64)
}

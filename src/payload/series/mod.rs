//! The numbers of one value over time: read out of messages, kept with every digit as it was sent, thinned out to what a
//! screen can show without losing an extreme, and written as CSV.

mod export;
mod read;
mod reduce;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

pub use export::write_csv;
pub use read::{Offered, Sample, number_of, numbers, read, sample_of_text};
pub use reduce::{Reduced, Stats, column_of, reduce, stats};

use crate::mqtt::Timestamp;

/// Words that are drawn as 0 and 1, as they may be sent; a number's place says its value by its lowest bit.
const WORDS: [&str; 12] = [
    "false", "true", "off", "on", "False", "True", "Off", "On", "FALSE", "TRUE", "OFF", "ON",
];
/// Codes of [`WORDS`] begin here; below stand numbers of decimals.
const FIRST_WORD: u8 = 100;
/// The text stands beside the numbers.
const OTHER: u8 = u8::MAX;
/// Most decimals that are known by their count alone.
const MOST_DECIMALS: usize = 20;

/// One value at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When its message arrived.
    pub at: Timestamp,
    /// The nearest 64-bit float; 0 or 1 for a state.
    pub value: f64,
}

/// The values of a series in order of arrival. Each is kept as a float; how its text differs from that float's own
/// digits is kept beside it, so that it comes out as it was sent.
#[derive(Debug, Clone, Default)]
pub struct Series {
    times: Vec<Timestamp>,
    values: Vec<f64>,
    shapes: Vec<u8>,
    /// Texts that no shape describes, by their number since the beginning.
    texts: BTreeMap<u64, Box<str>>,
    /// How many were there before the first that is kept.
    dropped: u64,
    /// How many values are words.
    words: usize,
    /// How many are words, or plain `0` or `1`.
    switches: usize,
}

impl Series {
    /// How many values are kept.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// How many older values there were beyond [`Series::keep_last`].
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether its values are states, drawn as steps: more than half of them are words, or all of them are 0 or 1.
    pub fn is_state(&self) -> bool {
        self.words * 2 > self.len() || (self.switches == self.len() && self.len() > 1)
    }

    /// Adds the value that arrived at `at`. One that arrived before the last one, because a clock was set back, stands at
    /// the time of the last one.
    pub fn push(&mut self, at: Timestamp, sample: &Sample<'_>) {
        let at = self.times.last().map_or(at, |last| at.max(*last));
        let shape = shape(sample.value, &sample.text);
        if shape == OTHER {
            let number = self.dropped + self.len() as u64;
            self.texts.insert(number, sample.text.as_ref().into());
        }
        self.words += usize::from(is_word(shape));
        self.switches += usize::from(is_switch(sample.value, shape));
        self.times.push(at);
        self.values.push(sample.value);
        self.shapes.push(shape);
    }

    /// The value at this place, which must be below [`Series::len`].
    pub fn point(&self, place: usize) -> Point {
        Point {
            at: self.times[place],
            value: self.values[place],
        }
    }

    /// The text of a value as it was sent.
    pub fn text(&self, place: usize) -> String {
        let (value, shape) = (self.values[place], self.shapes[place]);
        if shape == OTHER {
            let number = self.dropped + place as u64;
            let text = self.texts.get(&number);
            return text.map_or_else(|| value.to_string(), ToString::to_string);
        }
        match shape
            .checked_sub(FIRST_WORD)
            .map(|word| WORDS.get(usize::from(word)))
        {
            Some(word) => (*word.unwrap_or(&"")).to_owned(),
            None => format!("{value:.*}", usize::from(shape)),
        }
    }

    /// The places of the values from `from` up to and including `to`.
    pub fn places(&self, from: Timestamp, to: Timestamp) -> Range<usize> {
        let start = self.times.partition_point(|at| *at < from);
        let end = self.times.partition_point(|at| *at <= to);
        start..end.max(start)
    }

    /// Forgets the oldest values when there are a quarter more than `most`, down to that many.
    pub fn keep_last(&mut self, most: usize) {
        if self.len() <= most + most / 4 {
            return;
        }
        let surplus = self.len() - most;
        self.times.drain(..surplus);
        let gone = self
            .values
            .drain(..surplus)
            .zip(self.shapes.drain(..surplus));
        for (value, shape) in gone {
            self.words -= usize::from(is_word(shape));
            self.switches -= usize::from(is_switch(value, shape));
        }
        self.dropped += surplus as u64;
        self.texts = self.texts.split_off(&self.dropped);
    }

    /// Counts values as dropped that were never read, because too many came before the first.
    pub fn note_dropped(&mut self, count: u64) {
        if self.is_empty() {
            self.dropped += count;
        }
    }
}

fn is_word(shape: u8) -> bool {
    (FIRST_WORD..OTHER).contains(&shape)
}

fn is_switch(value: f64, shape: u8) -> bool {
    is_word(shape) || (shape == 0 && (0.0..=1.0).contains(&value))
}

/// How a value is written, so that its text can be made again from the float.
fn shape(value: f64, text: &str) -> u8 {
    if let Some(word) = WORDS.iter().position(|word| *word == text) {
        return u8::try_from(word).map_or(OTHER, |word| FIRST_WORD + word);
    }
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let is_same = decimals <= MOST_DECIMALS && format!("{value:.decimals$}") == text;
    match u8::try_from(decimals) {
        Ok(decimals) if is_same => decimals,
        _ => OTHER,
    }
}

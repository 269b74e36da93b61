//! What happened, line by line: connection states, subscriptions, refusals, saved files. Never payloads or secrets.

use std::collections::VecDeque;

use crate::mqtt::Timestamp;

use super::action::Level;

/// Lines kept; older ones are counted.
const CAPACITY: usize = 5_000;

/// One line of the log.
#[derive(Debug, Clone)]
pub struct Line {
    /// When it happened.
    pub at: Timestamp,
    /// How important it is.
    pub level: Level,
    /// What it is about: a profile's name, `Broker`, `Canopy`.
    pub source: String,
    /// A sentence.
    pub text: String,
}

/// The newest lines.
#[derive(Debug, Default)]
pub struct Log {
    lines: VecDeque<Line>,
    left_out: u64,
}

impl Log {
    /// Appends a line; the oldest is dropped and counted when the log is full.
    pub fn push(&mut self, line: Line) {
        if self.lines.len() == CAPACITY {
            self.lines.pop_front();
            self.left_out += 1;
        }
        self.lines.push_back(line);
    }

    /// Forgets all lines.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.left_out = 0;
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &VecDeque<Line> {
        &self.lines
    }

    /// How many older lines were dropped.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}

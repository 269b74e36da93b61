//! A payload as lines to look at: decoded once for each message, above 64 KiB on a thread of its own.

use std::ops::Range;

use bytes::Bytes;

use super::super::latest::Latest;
use crate::model::{Message, MessageId};
use crate::payload::json::TokenKind;
use crate::payload::text::visible;
use crate::payload::{Kind, detect, hex, json};

/// Payloads above this many bytes are decoded beside the frame.
const DECODED_IN_FRAME: usize = 64 * 1024;

/// How a payload is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// JSON, laid out.
    Json,
    /// Text; what is not UTF-8 or not printable is replaced by marks.
    Text,
    /// Offsets, hexadecimal pairs and ASCII.
    Hex,
}

/// A row on the screen: a line of the text, or what follows of a line too long for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRow {
    /// First byte in the text.
    start: usize,
    /// Byte behind the last.
    end: usize,
    /// Number of the line, from 1; 0 for what continues the row above.
    pub line: usize,
}

/// What there is room for in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Characters of text beside the line numbers.
    pub columns: usize,
    /// Bytes of a dump.
    pub bytes: usize,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    message: MessageId,
    wanted: Option<View>,
    room: Room,
}

/// A payload ready to be drawn.
#[derive(Debug)]
pub struct Decoded {
    key: Key,
    /// What the payload is.
    pub format: Kind,
    /// How it is shown.
    pub view: View,
    /// Something to say above it: "Not valid JSON, shown as text".
    pub notice: Option<&'static str>,
    payload: Bytes,
    text: String,
    tokens: Vec<(Range<usize>, TokenKind)>,
    rows: Vec<TextRow>,
}

impl Decoded {
    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        match self.view {
            View::Hex => hex::line_count(self.payload.len(), self.key.room.bytes),
            View::Json | View::Text => self.rows.len(),
        }
    }

    /// The number of the last line; 0 in the hexadecimal view, which has offsets instead.
    pub fn line_count(&self) -> usize {
        let numbered = self.rows.iter().rev().find(|row| row.line > 0);
        numbered.map_or(0, |row| row.line)
    }

    /// The line number of a row, if it has one.
    pub fn line_number(&self, row: usize) -> Option<usize> {
        self.rows
            .get(row)
            .map(|row| row.line)
            .filter(|line| *line > 0)
    }

    /// A row as coloured pieces; `None` is plain text.
    pub fn pieces(&self, row: usize) -> Vec<(String, Option<TokenKind>)> {
        if self.view == View::Hex {
            return vec![(hex::line(&self.payload, row, self.key.room.bytes), None)];
        }
        let Some(row) = self.rows.get(row) else {
            return Vec::new();
        };
        if self.tokens.is_empty() {
            let text = self.text.get(row.start..row.end).unwrap_or_default();
            return vec![(printable(text), None)];
        }
        let first = self
            .tokens
            .partition_point(|(range, _)| range.end <= row.start);
        let tokens = self.tokens.iter().skip(first);
        tokens
            .take_while(|(range, _)| range.start < row.end)
            .filter_map(|(range, kind)| {
                let part = range.start.max(row.start)..range.end.min(row.end);
                Some((printable(self.text.get(part)?), Some(*kind)))
            })
            .collect()
    }

    /// All of it as it is shown, for the clipboard.
    pub fn all_text(&self) -> String {
        match self.view {
            View::Hex => hex_dump(&self.payload),
            View::Json | View::Text => self.text.clone(),
        }
    }
}

/// The dump of a whole payload, a line for each 16 bytes.
pub fn hex_dump(payload: &[u8]) -> String {
    let lines = 0..hex::line_count(payload.len(), hex::WIDE);
    let lines: Vec<_> = lines
        .map(|line| hex::line(payload, line, hex::WIDE))
        .collect();
    lines.join("\n")
}

/// Keeps what was decoded last, and decodes what is asked for next.
#[derive(Debug)]
pub struct Decoder {
    current: Option<Decoded>,
    asked: Option<Key>,
    /// Counts the topics shown, so that a result for an earlier one is not taken.
    generation: u64,
    jobs: Latest<(u64, Decoded)>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            current: None,
            asked: None,
            generation: 0,
            jobs: Latest::new("decode payload"),
        }
    }
}

impl Decoder {
    /// Forgets everything: another topic is shown.
    pub fn clear(&mut self) {
        self.current = None;
        self.asked = None;
        self.generation += 1;
    }

    /// What was decoded last.
    pub fn current(&self) -> Option<&Decoded> {
        self.current.as_ref()
    }

    /// `message` as `wanted` (`None` for what fits best), in rows for which there is `room`. While a large one is being
    /// decoded the one before is returned, and `None` when there was none.
    pub fn get(
        &mut self,
        ctx: &egui::Context,
        message: &Message,
        wanted: Option<View>,
        room: Room,
    ) -> Option<&Decoded> {
        let key = Key {
            message: message.id,
            wanted,
            room,
        };
        if let Some((generation, done)) = self.jobs.poll()
            && generation == self.generation
        {
            self.current = Some(done);
        }
        let is_there = self
            .current
            .as_ref()
            .is_some_and(|current| current.key == key);
        if !is_there && self.asked != Some(key) {
            self.asked = Some(key);
            let payload = message.payload.clone();
            if payload.len() <= DECODED_IN_FRAME {
                self.current = Some(decode(key, payload));
            } else {
                let generation = self.generation;
                self.jobs
                    .start(ctx, move || (generation, decode(key, payload)));
            }
        }
        self.current.as_ref()
    }
}

fn decode(key: Key, payload: Bytes) -> Decoded {
    let format = detect(&payload);
    let view = key.wanted.unwrap_or(match format {
        Kind::Json => View::Json,
        Kind::Text | Kind::Empty => View::Text,
        Kind::Binary => View::Hex,
    });
    let mut decoded = Decoded {
        key,
        format,
        view,
        notice: None,
        payload,
        text: String::new(),
        tokens: Vec::new(),
        rows: Vec::new(),
    };
    if view == View::Json {
        if let Some(pretty) = json::pretty(&decoded.payload) {
            decoded.rows = wrap(&pretty.text, key.room.columns);
            decoded.text = pretty.text;
            decoded.tokens = pretty.tokens;
            return decoded;
        }
        decoded.view = View::Text;
        decoded.notice = Some("Not valid JSON, shown as text");
    }
    if decoded.view == View::Text {
        if std::str::from_utf8(&decoded.payload).is_err() {
            decoded.notice = Some("Not valid UTF-8, other bytes are shown as \\x00");
        }
        decoded.text = visible(&decoded.payload).into_owned();
        decoded.rows = wrap(&decoded.text, key.room.columns);
    }
    decoded
}

/// Cuts text into rows of at most `columns` characters.
fn wrap(text: &str, columns: usize) -> Vec<TextRow> {
    let columns = columns.max(8);
    let mut rows = Vec::new();
    let mut start = 0;
    for (index, line) in text.split('\n').enumerate() {
        let end = start + line.len();
        wrap_line(line, start, index + 1, columns, &mut rows);
        start = end + 1;
    }
    rows
}

/// Cuts one line, behind a blank where there is one in its second half.
fn wrap_line(line: &str, start: usize, number: usize, columns: usize, rows: &mut Vec<TextRow>) {
    let mut row = TextRow {
        start,
        end: start + line.len(),
        line: number,
    };
    if line.len() > columns {
        let mut in_row = 0;
        let mut behind_blank = None;
        for (offset, character) in line.char_indices() {
            if in_row == columns {
                let (cut, left) = behind_blank.take().unwrap_or((offset, columns));
                row.end = start + cut;
                rows.push(row);
                row = TextRow {
                    start: row.end,
                    end: start + line.len(),
                    line: 0,
                };
                in_row = columns - left;
            }
            in_row += 1;
            if character == ' ' && in_row > columns / 2 && in_row < columns {
                behind_blank = Some((offset + 1, in_row));
            }
        }
    }
    rows.push(row);
}

/// A piece of a row: tabs as spaces, no carriage return at the end, and nothing hidden.
fn printable(text: &str) -> String {
    let text = text.strip_suffix('\r').unwrap_or(text);
    visible(text.as_bytes()).replace('\t', "    ")
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Room, View, printable, wrap};
    use crate::model::{Message, MessageId};
    use crate::mqtt::{Qos, Timestamp};

    const ROOM: Room = Room {
        columns: 80,
        bytes: 16,
    };

    fn message(payload: impl Into<bytes::Bytes>) -> Message {
        Message {
            id: MessageId(1),
            at: Timestamp::from_micros(0),
            since_previous: None,
            payload: payload.into(),
            qos: Qos::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
            properties: None,
        }
    }

    #[test]
    fn rows_cover_the_text() {
        let text = "short\n\näöüäöüäöü1234567\nlast";
        let rows = wrap(text, 8);
        let parts: Vec<_> = rows.iter().map(|row| &text[row.start..row.end]).collect();
        assert_eq!(parts, ["short", "", "äöüäöüäö", "ü1234567", "last"]);
        let lines: Vec<_> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 3, 0, 4]);
    }

    #[test]
    fn rows_end_behind_a_blank_where_there_is_one() {
        let text = "one two three four five";
        let rows = wrap(text, 12);
        let parts: Vec<_> = rows.iter().map(|row| &text[row.start..row.end]).collect();
        assert_eq!(parts, ["one two ", "three four ", "five"]);
    }

    #[test]
    fn nothing_in_a_row_is_hidden() {
        assert_eq!(printable("a\tb\u{0}c\u{202e}\r"), "a    b\\x00c\\u{202e}");
    }

    #[test]
    fn a_small_payload_is_there_at_once() {
        let ctx = egui::Context::default();
        let mut decoder = Decoder::default();
        let message = message("hello");
        let shown = decoder.get(&ctx, &message, Some(View::Text), ROOM).unwrap();
        assert_eq!(shown.pieces(0), [("hello".to_owned(), None)]);
        assert_eq!(shown.all_text(), "hello");
    }

    #[test]
    fn a_large_payload_is_decoded_beside_the_frame() {
        let ctx = egui::Context::default();
        let mut decoder = Decoder::default();
        let message = message("line\n".repeat(100_000));
        assert!(
            decoder
                .get(&ctx, &message, Some(View::Text), ROOM)
                .is_none()
        );
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while decoder
            .get(&ctx, &message, Some(View::Text), ROOM)
            .is_none()
        {
            assert!(std::time::Instant::now() < deadline);
            std::thread::yield_now();
        }
        let shown = decoder.get(&ctx, &message, Some(View::Text), ROOM).unwrap();
        assert_eq!(shown.row_count(), 100_001);
    }
}

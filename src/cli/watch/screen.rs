//! The tree in an interactive terminal: redrawn in place, as many rows as fit, moved with the arrow keys.

use std::io::{self, Read, Write};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::client::now;

use super::super::exit::Outcome;
use super::super::terminal::{CTRL_C, RawMode};
use super::{Watched, table};

const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";
const HOME: &str = "\x1b[H";
const CLEAR_LINE_END: &str = "\x1b[K";
const CLEAR_BELOW: &str = "\x1b[J";
const BOLD: &str = "\x1b[1m";
const FAINT: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Lines that are not rows of the tree: title, heading, and the one that says how many more there are.
const OTHER_LINES: usize = 3;

/// Shows the tree until `q`, Ctrl+C or the end of the connection.
///
/// # Errors
/// That of the terminal.
pub async fn show(watched: &mut Watched, every: Duration) -> io::Result<Outcome> {
    let mut keys = read_keys()?;
    let _screen = Screen::enter()?;
    let mut first = 0;
    let mut opened = 0;
    loop {
        open_new(watched, &mut opened);
        let drawn = draw(watched, first)?;
        first = drawn.first;
        let next = Instant::now() + every;
        let key = tokio::select! {
            outcome = watched.follow_until(next) => match outcome {
                Some(outcome) => return Ok(outcome),
                None => continue,
            },
            key = keys.recv() => key,
        };
        match key {
            None | Some(Key::Quit) => return Ok(Outcome::SUCCESS),
            Some(Key::Move(step)) => first = step.apply(first, drawn.page),
        }
    }
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Quit,
    Move(Step),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
}

impl Step {
    /// The first row after this step; [`draw`] takes back what goes beyond the end.
    fn apply(self, first: usize, page: usize) -> usize {
        match self {
            Self::Up => first.saturating_sub(1),
            Self::Down => first.saturating_add(1),
            Self::PageUp => first.saturating_sub(page),
            Self::PageDown => first.saturating_add(page),
            Self::Home => 0,
            Self::End => usize::MAX,
        }
    }
}

/// The keys among what the terminal sent; what is not understood is left out.
fn parse_keys(bytes: &[u8]) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        let (key, after) = match (byte, after) {
            (b'q' | b'Q' | &CTRL_C, _) => (Some(Key::Quit), after),
            (b'k', _) => (Some(Key::Move(Step::Up)), after),
            (b'j', _) => (Some(Key::Move(Step::Down)), after),
            (b' ', _) => (Some(Key::Move(Step::PageDown)), after),
            (0x1b, [b'[' | b'O', code, after @ ..]) => escape(*code, after),
            _ => (None, after),
        };
        keys.extend(key);
        rest = after;
    }
    keys
}

fn escape(code: u8, after: &[u8]) -> (Option<Key>, &[u8]) {
    let (step, after) = match (code, after) {
        (b'A', _) => (Some(Step::Up), after),
        (b'B', _) => (Some(Step::Down), after),
        (b'H', _) => (Some(Step::Home), after),
        (b'F', _) => (Some(Step::End), after),
        (b'5', [b'~', after @ ..]) => (Some(Step::PageUp), after),
        (b'6', [b'~', after @ ..]) => (Some(Step::PageDown), after),
        (b'1', [b'~', after @ ..]) => (Some(Step::Home), after),
        (b'4', [b'~', after @ ..]) => (Some(Step::End), after),
        _ => (None, after),
    };
    (step.map(Key::Move), after)
}

/// Reads keys on a thread, as a terminal cannot be awaited; it ends with the process.
fn read_keys() -> io::Result<mpsc::Receiver<Key>> {
    let (sender, receiver) = mpsc::channel(16);
    let read = move || {
        let mut buffer = [0; 64];
        let mut input = io::stdin().lock();
        while let Ok(length @ 1..) = input.read(&mut buffer) {
            let bytes = buffer.get(..length).unwrap_or_default();
            for key in parse_keys(bytes) {
                if sender.blocking_send(key).is_err() {
                    return;
                }
            }
        }
    };
    std::thread::Builder::new()
        .name("keys".to_owned())
        .spawn(read)?;
    Ok(receiver)
}

/// The alternate screen; leaving it brings back what was there before.
struct Screen {
    _raw_mode: RawMode,
}

impl Screen {
    fn enter() -> io::Result<Self> {
        let raw_mode = RawMode::enter()?;
        let screen = Self {
            _raw_mode: raw_mode,
        };
        write_out(ENTER)?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // The process is about to end, and there is no other way back.
        write_out(LEAVE).ok();
    }
}

fn write_out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Where the drawn part of the tree begins, and how many rows fit.
struct Drawn {
    first: usize,
    page: usize,
}

/// Opens the whole tree when it has grown to more than the `opened` topics and branches of the last time: each time
/// begins from the start.
fn open_new(watched: &Watched, opened: &mut usize) {
    let mut model = watched.live.model().lock();
    let nodes = model.node_count();
    if nodes > *opened {
        *opened = nodes;
        model.set_open_below(None, true);
    }
}

fn draw(watched: &Watched, first: usize) -> io::Result<Drawn> {
    let (width, height) = crossterm::terminal::size().unwrap_or((80, 24));
    let (width, height) = (usize::from(width), usize::from(height));
    let page = height.saturating_sub(OTHER_LINES).max(1);
    let now = now();
    let mut rows = Vec::with_capacity(page);
    let (count, first, totals) = {
        let model = watched.live.model().lock();
        let count = model.row_count();
        let first = first.min(count.saturating_sub(page));
        model.rows(first, page, now, &mut rows);
        (count, first, model.totals(now))
    };
    let state = watched.trouble.as_deref().unwrap_or("q ends");
    let title = format!("{} · {} · {state}", watched.url, table::totals(&totals));
    let title = table::fit(&table::printable(&title), width);
    let mut text = format!("{HOME}{BOLD}{title}{PLAIN}{CLEAR_LINE_END}\r\n");
    text.push_str(&[FAINT, &table::heading(width), PLAIN, CLEAR_LINE_END, "\r\n"].concat());
    for row in &rows {
        text.push_str(&table::row(row, width, now));
        text.push_str(CLEAR_LINE_END);
        text.push_str("\r\n");
    }
    let below = count.saturating_sub(first + rows.len());
    text.push_str(CLEAR_BELOW);
    if below > 0 {
        text.push_str(&[FAINT, "… ", &below.to_string(), " more rows", PLAIN].concat());
    }
    write_out(&text)?;
    Ok(Drawn { first, page })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        assert_eq!(parse_keys(b"q"), [Key::Quit]);
        assert_eq!(parse_keys(&[3]), [Key::Quit]);
        assert_eq!(
            parse_keys(b"\x1b[A\x1b[6~xj"),
            [Step::Up, Step::PageDown, Step::Down].map(Key::Move)
        );
    }

    #[test]
    fn steps_stay_at_the_top() {
        assert_eq!(Step::Up.apply(0, 10), 0);
        assert_eq!(Step::PageUp.apply(4, 10), 0);
        assert_eq!(Step::PageDown.apply(4, 10), 14);
    }
}

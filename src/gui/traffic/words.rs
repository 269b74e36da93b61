//! The traffic in words: what the figures are of, a row for screen readers, all of it as CSV.

use std::time::Duration;

use crate::model::traffic::{Level, Measure, Reach, Rest, Row, Span, Table, Tally};
use crate::payload::format;

use super::super::tree::rate;
use super::super::words::counted;

/// `10 s`, `7.5 s`, `12 min 4 s`.
fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 if time.subsec_millis() == 0 => format!("{seconds} s"),
        0..120 => format!("{:.1} s", time.as_secs_f64()),
        _ => format::short_duration(Duration::from_secs(seconds)),
    }
}

/// Per second, over the time that the table covers.
pub fn per_second(count: u64, table: &Table) -> f64 {
    let seconds = table.covered.as_secs_f64().max(0.5);
    count as f64 / seconds
}

/// `1,204` or `0.4`.
pub fn message_rate(messages: u64, table: &Table) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "shown with a few digits")]
    let per_second = per_second(messages, table) as f32;
    if messages > 0 && per_second < 0.05 {
        return "<0.1".to_owned();
    }
    rate(per_second)
}

/// `12.4 kB`, of a second.
pub fn byte_rate(bytes: u64, table: &Table) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is positive and shown with a few digits"
    )]
    let per_second = per_second(bytes, table).round() as u64;
    if bytes > 0 && per_second == 0 {
        return "<1 B".to_owned();
    }
    format::format_bytes(per_second)
}

/// The share of `part`, 0 to 1.
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// `12.3 %`, `<0.1 %`.
pub fn percent(part: u64, whole: u64) -> String {
    let share = share(part, whole);
    if part > 0 && share < 0.0005 {
        "<0.1 %".to_owned()
    } else {
        format!("{:.1} %", 100.0 * share)
    }
}

/// What the figures are of, such as “over the last 10 s”; the second part asks for attention.
pub fn covered(span: Span, table: &Table) -> (String, bool) {
    let time = length(table.covered);
    match (span, table.reach) {
        (Span::Start, _) | (_, Reach::Begun) => {
            (format!("in {time} since the first message"), false)
        }
        (_, Reach::Whole) => (format!("over the last {time}"), false),
        (_, Reach::Trimmed) => (
            format!(
                "over the last {time} only: the history reaches no further back yet. Leave this open, or give the \
                 history more memory in the settings."
            ),
            true,
        ),
        (_, Reach::Crowded) => (
            format!(
                "over the last {time} only: too many topics to remember for longer. Look at 10 s."
            ),
            true,
        ),
    }
}

/// The sums, such as “1,204 messages/s and 98.2 kB/s”.
pub fn sums(table: &Table) -> String {
    let messages = message_rate(table.total.messages, table);
    let bytes = byte_rate(table.total.bytes, table);
    format!("{messages} messages/s and {bytes}/s")
}

/// `home/#` for a branch, `home` for a topic.
pub fn name(row: &Row) -> String {
    if row.is_branch {
        format!("{}/#", row.path)
    } else {
        row.path.clone()
    }
}

/// What rows are called at this level, in words for so many.
pub fn of_level(level: Level, count: u64) -> String {
    match level {
        Level::Topics => counted(count, "topic", "topics"),
        Level::Branches(_) => counted(count, "branch", "branches"),
    }
}

/// A row for screen readers.
pub fn spoken(name: &str, tally: Tally, (table, has_share): (&Table, bool)) -> String {
    let percent = |part: u64, whole: u64| {
        let percent = percent(part, whole);
        if has_share {
            format!(", {percent}")
        } else {
            String::new()
        }
    };
    format!(
        "{name}, {} messages/s{}, {}/s{}",
        message_rate(tally.messages, table),
        percent(tally.messages, table.total.messages),
        byte_rate(tally.bytes, table),
        percent(tally.bytes, table.total.bytes),
    )
}

/// What a bar in the tree says to screen readers.
pub fn spoken_share(measure: Measure, span: Span, (part, whole): (Tally, Tally)) -> String {
    let what = match measure {
        Measure::Messages => "messages",
        Measure::Bytes => "bytes",
    };
    let time = match span {
        Span::Seconds => "of the last 10 s",
        Span::Minute => "of the last minute",
        Span::Start => "since the first message",
    };
    let percent = percent(measure.of(part), measure.of(whole));
    format!("{percent} of the {what} {time}")
}

/// The rows that stand for what has no row of its own, with their names.
pub fn rests(table: &Table, level: Level, search: &str) -> Vec<(String, Rest, bool)> {
    let named = |name: &str, rest: Rest| {
        let count = of_level(level, rest.rows);
        (format!("{name} ({count})"), rest)
    };
    let others = named("All others", table.others);
    let unmatched = named(&format!("Without “{search}”"), table.unmatched);
    let reserved = named("$-topics, which count apart", table.reserved);
    let all = [(others, true), (unmatched, true), (reserved, false)];
    let there = all.into_iter().filter(|((_, rest), _)| rest.rows > 0);
    there
        .map(|((name, rest), has_share)| (name, rest, has_share))
        .collect()
}

/// The table as CSV (RFC 4180), with everything that has no row of its own.
///
/// # Errors
/// Never: it is written to memory.
pub fn as_csv(table: &Table, level: Level, search: &str) -> Result<String, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "topic",
        "messages",
        "messages per second",
        "share of messages",
        "bytes",
        "bytes per second",
        "share of bytes",
        "seconds",
    ])?;
    let seconds = format!("{:.1}", table.covered.as_secs_f64());
    let mut line = |name: &str, tally: Tally, has_share: bool| {
        let share = |part: u64, whole: u64| {
            let share = format!("{:.6}", share(part, whole));
            if has_share { share } else { String::new() }
        };
        out.write_record([
            name,
            &tally.messages.to_string(),
            &format!("{:.3}", per_second(tally.messages, table)),
            &share(tally.messages, table.total.messages),
            &tally.bytes.to_string(),
            &format!("{:.1}", per_second(tally.bytes, table)),
            &share(tally.bytes, table.total.bytes),
            &seconds,
        ])
    };
    for row in &table.rows {
        line(&name(row), row.tally, !is_apart(row, table))?;
    }
    for (name, rest, has_share) in rests(table, level, search) {
        line(&name, rest.tally, has_share)?;
    }
    line("Total", table.total, true)?;
    let bytes = out.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether a row is of those that count apart: rows that are held may be.
fn is_apart(row: &Row, table: &Table) -> bool {
    row.path.starts_with('$') && table.reserved.rows > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(covered: u64, reach: Reach) -> Table {
        Table {
            covered: Duration::from_millis(covered),
            reach,
            total: Tally {
                messages: 1000,
                bytes: 40_000,
            },
            ..Table::default()
        }
    }

    #[test]
    fn it_says_what_the_figures_are_of() {
        let said = |span, covered_, reach| covered(span, &table(covered_, reach)).0;
        assert_eq!(
            said(Span::Seconds, 10_000, Reach::Whole),
            "over the last 10 s"
        );
        assert_eq!(
            said(Span::Seconds, 3_500, Reach::Begun),
            "in 3.5 s since the first message"
        );
        assert!(
            said(Span::Minute, 7_500, Reach::Trimmed).starts_with("over the last 7.5 s only: ")
        );
        assert_eq!(
            sums(&table(10_000, Reach::Whole)),
            "100 messages/s and 3.9 KiB/s"
        );
    }

    #[test]
    fn shares_and_rates_are_never_rounded_to_nothing() {
        let table = table(10_000, Reach::Whole);
        assert_eq!(percent(1, 1_000_000), "<0.1 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(123, 1000), "12.3 %");
        assert_eq!(byte_rate(3, &table), "<1 B");
        assert_eq!(message_rate(0, &table), "0.0");
    }

    #[test]
    fn the_csv_has_the_others_and_the_total() {
        let mut table = table(10_000, Reach::Whole);
        table.others = Rest {
            rows: 7,
            tally: table.total,
        };
        let text = as_csv(&table, Level::Topics, "").unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1],
            "All others (7 topics),1000,100.000,1.000000,40000,4000.0,1.000000,10.0"
        );
        assert!(lines[2].starts_with("Total,1000,"));
    }
}

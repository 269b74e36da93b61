//! The curve of memory as a picture, in the colours of the light theme.

use std::fmt::Write;

use super::samples::{MIB, Sample, Samples};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 928.0;
const TOP: f64 = 112.0;
const BOTTOM: f64 = 384.0;
/// The top of the scale, as a multiple of the budget.
const SCALE: f64 = 1.25;
/// How far memory may be off the budget.
const TOLERANCE: f64 = 0.1;

const HISTORY: &str = "#148a58";
const GROWN: &str = "#2563d9";
const BUDGET: &str = "#a86a00";

/// From values to places on the picture.
struct Scale {
    seconds: f64,
    bytes: f64,
}

impl Scale {
    fn x(&self, seconds: f64) -> f64 {
        LEFT + seconds / self.seconds * (RIGHT - LEFT)
    }

    fn y(&self, bytes: f64) -> f64 {
        BOTTOM - (bytes / self.bytes).clamp(0.0, 1.0) * (BOTTOM - TOP)
    }
}

/// The whole picture. `flood` says what came in.
pub(super) fn draw(flood: &str, samples: &Samples) -> String {
    let scale = Scale {
        seconds: samples.seconds(),
        bytes: samples.budget() as f64 * SCALE,
    };
    let trimmed = samples.all().last().map_or(0, |last| last.trimmed);
    let heading = format!(
        "{} messages/s for {:.0} minutes: {flood}. {} older ones trimmed, and counted.",
        in_words(samples.speed()),
        samples.seconds() / 60.0,
        in_words(trimmed as f64),
    );
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="Inter, 'Segoe UI', sans-serif" font-size="13" fill="#5d6973">
<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>
<text x="24" y="40" font-size="20" font-weight="600" fill="#1b2328">Memory and the history’s budget</text>
<text x="24" y="64">{heading}</text>
"##
    );
    let parts = [
        budget(samples, &scale),
        axes(samples, &scale),
        curves(samples, &scale),
        legend(),
    ];
    for part in &parts {
        out.push_str(part);
    }
    out.push_str("</svg>\n");
    out
}

/// The band that memory is to stay in.
fn budget(samples: &Samples, scale: &Scale) -> String {
    let budget = samples.budget() as f64;
    let top = scale.y(budget * (1.0 + TOLERANCE));
    let height = scale.y(budget * (1.0 - TOLERANCE)) - top;
    let (width, line) = (RIGHT - LEFT, scale.y(budget));
    format!(
        r#"<rect x="{LEFT}" y="{top:.1}" width="{width}" height="{height:.1}" fill="{BUDGET}" fill-opacity="0.08"/>
<path d="M{LEFT} {line:.1}H{RIGHT}" stroke="{BUDGET}" stroke-width="1.5" stroke-dasharray="6 4"/>
"#
    )
}

fn axes(samples: &Samples, scale: &Scale) -> String {
    let mut out = String::new();
    let budget = samples.budget() as f64;
    for quarter in 0..=4 {
        let bytes = budget * f64::from(quarter) / 4.0;
        let y = scale.y(bytes);
        let mib = bytes / MIB as f64;
        let unit = if quarter == 4 { " MiB" } else { "" };
        let (left, text) = (LEFT - 10.0, y + 4.5);
        // Writing to a string cannot fail.
        writeln!(
            out,
            r##"<path d="M{LEFT} {y:.1}H{RIGHT}" stroke="#dde2e6"/><text x="{left}" y="{text:.1}" text-anchor="end">{mib:.0}{unit}</text>"##
        )
        .ok();
    }
    let (step, unit, name) = time_step(scale.seconds);
    let mut at = 0.0;
    while at <= scale.seconds * 1.001 {
        let (x, y, shown) = (scale.x(at), BOTTOM + 22.0, at / unit);
        writeln!(
            out,
            r#"<text x="{x:.1}" y="{y}" text-anchor="middle">{shown:.0}</text>"#
        )
        .ok();
        at += step;
    }
    let (middle, y) = (f64::midpoint(LEFT, RIGHT), BOTTOM + 44.0);
    writeln!(
        out,
        r#"<text x="{middle}" y="{y}" text-anchor="middle">{name}</text>"#
    )
    .ok();
    out
}

/// Seconds between two marks, the unit they are counted in, and its name.
fn time_step(seconds: f64) -> (f64, f64, &'static str) {
    if seconds >= 120.0 {
        let minutes = (seconds / 60.0 / 10.0).ceil();
        (minutes * 60.0, 60.0, "minutes")
    } else {
        ((seconds / 10.0).ceil(), 1.0, "seconds")
    }
}

fn curves(samples: &Samples, scale: &Scale) -> String {
    let path = |value: &dyn Fn(&Sample) -> f64| {
        let mut path = String::new();
        let all = std::iter::once(samples.before()).chain(samples.all());
        for (index, sample) in all.enumerate() {
            let letter = if index == 0 { 'M' } else { 'L' };
            let (x, y) = (scale.x(sample.seconds), scale.y(value(sample)));
            write!(path, "{letter}{x:.1} {y:.1}").ok();
        }
        path
    };
    let history = path(&|sample| sample.history as f64);
    let grown = path(&|sample| samples.grown(sample));
    format!(
        r#"<path d="{history}V{BOTTOM}H{LEFT}Z" fill="{HISTORY}" fill-opacity="0.10"/>
<path d="{grown}" fill="none" stroke="{GROWN}" stroke-width="2" stroke-linejoin="round"/>
<path d="{history}" fill="none" stroke="{HISTORY}" stroke-width="2" stroke-linejoin="round"/>
"#
    )
}

fn legend() -> String {
    let entries = [
        (LEFT, HISTORY, "", "History, as it is counted"),
        (LEFT + 220.0, GROWN, "", "Memory that the process took more"),
        (
            LEFT + 496.0,
            BUDGET,
            r#" stroke-dasharray="6 4""#,
            "The budget, ±10 %",
        ),
    ];
    let mut out = String::new();
    for (x, colour, dashes, text) in entries {
        let (end, text_x) = (x + 24.0, x + 32.0);
        writeln!(
            out,
            r#"<path d="M{x} 92H{end}" stroke="{colour}" stroke-width="2"{dashes}/><text x="{text_x}" y="96.5">{text}</text>"#
        )
        .ok();
    }
    out
}

/// `1.02 million`, `413 thousand`, `87`.
fn in_words(value: f64) -> String {
    if value >= 1e6 {
        format!("{:.2} million", value / 1e6)
    } else if value >= 1e4 {
        format!("{:.0} thousand", value / 1e3)
    } else {
        format!("{value:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(seconds: u32) -> Samples {
        let sample = |second: u32| Sample {
            seconds: f64::from(second),
            topics: 1,
            messages: u64::from(second) * 1_000_000,
            trimmed: u64::from(second),
            history: 50 * MIB,
            resident: 80 * MIB,
        };
        let mut samples = Samples::new(64 * MIB, sample(0));
        (1..=seconds).for_each(|second| samples.add(sample(second)));
        samples
    }

    #[test]
    fn every_sample_is_on_the_curves_and_within_the_picture() {
        let picture = draw("64 bytes on 10 topics", &samples(600));
        assert_eq!(picture.matches('L').count(), 3 * 600);
        assert!(picture.contains("1.00 million messages/s for 10 minutes"));
        assert!(picture.contains(">64 MiB<") && picture.contains(">minutes<"));
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
    }

    #[test]
    fn short_runs_are_counted_in_seconds() {
        assert_eq!(time_step(30.0), (3.0, 1.0, "seconds"));
        assert_eq!(time_step(600.0), (60.0, 60.0, "minutes"));
        assert!(draw("x", &samples(1)).contains(">seconds<"));
    }
}

//! Numbers keep their digits, thinning out keeps the extremes, and what is read fast is what decoding reads.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::payload::document::{Path, Step};
use crate::payload::{Format, Reading, decode};

fn path(steps: &[&str]) -> Path {
    let step = |step: &&str| match step.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Key((*step).to_owned(), 0),
    };
    Path(steps.iter().map(step).collect())
}

fn at(seconds: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "small times")]
    Timestamp::from_micros((seconds * 1e6) as i64)
}

fn series(values: &[(f64, &str)]) -> Series {
    let mut series = Series::default();
    for (seconds, text) in values {
        series.push(at(*seconds), &sample_of_text(text).unwrap());
    }
    series
}

fn read_one(payload: &str, steps: &[&str]) -> Option<String> {
    let payload = Bytes::copy_from_slice(payload.as_bytes());
    let path = path(steps);
    let read = read(&payload, &[&path], &Reading::default());
    let sample = read.into_iter().next().flatten()?;
    Some(sample.text.into_owned())
}

#[test]
fn not_a_digit_is_lost() {
    let texts = [
        "127.0",
        "21.40",
        "0",
        "-0",
        "1e4",
        "1E3",
        "+5",
        "18446744073709551616",
        "0.1000000000000000055511151231257827",
        "9007199254740993",
        "true",
        "OFF",
        "oN",
        ".5",
        "-17.250",
        "3.141592653589793238462643383279",
    ];
    let values: Vec<(f64, &str)> = texts.iter().map(|text| (0.0, *text)).collect();
    let mut series = series(&values);
    let kept = |series: &Series| -> Vec<String> {
        (0..series.len()).map(|place| series.text(place)).collect()
    };
    assert_eq!(kept(&series), texts);
    series.keep_last(4);
    assert_eq!(kept(&series), texts[texts.len() - 4..]);
    assert_eq!(series.dropped(), texts.len() as u64 - 4);
    series.push(at(1.0), &sample_of_text("1.50e1").unwrap());
    assert_eq!(series.text(4), "1.50e1");
}

#[test]
fn what_is_no_number_is_no_value() {
    for text in [
        "", " ", "on fire", "NaN", "inf", "-inf", "1e999", "12 °C", "0x10", "-", "1_000",
    ] {
        assert_eq!(sample_of_text(text), None, "{text:?}");
    }
    assert!((sample_of_text(" On\n").unwrap().value - 1.0).abs() < f64::EPSILON);
}

#[test]
fn only_short_payloads_are_numbers_as_a_whole() {
    let number = |text: &str| number_of(text.as_bytes()).map(|it| it.text.into_owned());
    assert_eq!(number(" 21.40\n").unwrap(), "21.40");
    assert_eq!(number("OFF").unwrap(), "OFF");
    assert_eq!(number(&"7".repeat(64)).unwrap().len(), 64);
    assert_eq!(number(&"7".repeat(65)), None);
    assert_eq!(number_of(b"\xff7"), None);
}

#[test]
fn values_are_found_in_payloads() {
    let news = r#"{"a":[{"b":"7.50"},true],"a":{"x":-1.0},"k\u0065y":5,"s":"text","n":null}"#;
    assert_eq!(read_one(news, &["a", "0", "b"]).unwrap(), "7.50");
    assert_eq!(read_one(news, &["a", "1"]).unwrap(), "true");
    assert_eq!(read_one(news, &["key"]).unwrap(), "5");
    let second = Path(vec![
        Step::Key("a".to_owned(), 1),
        Step::Key("x".to_owned(), 0),
    ]);
    let payload = Bytes::copy_from_slice(news.as_bytes());
    let read = read(&payload, &[&second], &Reading::default());
    assert_eq!(read[0].as_ref().unwrap().text, "-1.0");
    for steps in [
        &["a"][..],
        &["s"],
        &["n"],
        &["a", "2"],
        &["a", "0", "c"],
        &["zz"],
        &[],
    ] {
        assert_eq!(read_one(news, steps), None, "{steps:?}");
    }
    assert_eq!(read_one(" 21.40 ", &[]).unwrap(), "21.40");
    assert_eq!(read_one("[1,2", &["0"]), None);
}

#[test]
fn numbers_of_a_message_are_offered() {
    let payload = Bytes::from_static(br#"{"id":77,"on":"OFF","t":{"x":[1.50,null,"n"]}}"#);
    let decoded = decode(&payload, &Reading::default());
    let (offered, more) = numbers(&decoded, 2);
    let shown: Vec<_> = offered
        .iter()
        .map(|it| (it.path.label(), it.text.as_str()))
        .collect();
    assert_eq!(shown, [("id".to_owned(), "77"), ("on".to_owned(), "OFF")]);
    assert_eq!(more, 1);
    let text = Reading {
        chosen: Some(Format::Text),
        ..Reading::default()
    };
    let decoded = decode(&Bytes::from_static(b"21.4\n"), &text);
    assert_eq!(numbers(&decoded, 9).0[0].text, "21.4");
}

#[test]
fn gaps_interrupt_numbers_and_not_states() {
    let mut values: Vec<(f64, &str)> = (0..20).map(|n| (f64::from(n), "1.5")).collect();
    values.extend((60..70).map(|n| (f64::from(n), "2.5")));
    let reduced = reduce(&series(&values), (at(0.0), at(100.0)), 1);
    assert_eq!(reduced.breaks, [20]);
    for value in &mut values {
        value.1 = "on";
    }
    let states = series(&values);
    assert!(states.is_state());
    assert!(reduce(&states, (at(0.0), at(100.0)), 1).breaks.is_empty());
}

#[test]
fn statistics_are_those_of_the_time_shown() {
    let series = series(&[
        (0.0, "99"),
        (1.0, "2.0"),
        (2.0, "1"),
        (3.0, "3"),
        (4.0, "-99"),
    ]);
    let reduced = reduce(&series, (at(1.0), at(3.0)), 1);
    let stats = reduced.stats.unwrap();
    assert_eq!(
        (stats.count, stats.min, stats.max, stats.last),
        (3, 2, 3, 3)
    );
    assert!((stats.mean - 2.0).abs() < 1e-12);
    assert_eq!(reduced.places, [0, 1, 2, 3, 4]);
    let none = reduce(&series, (at(10.0), at(11.0)), 1);
    assert_eq!((none.stats, none.places), (None, vec![4]));
}

#[test]
fn rows_of_csv_stand_in_order_of_time() {
    let (first, second) = (
        series(&[(1.0, "1.0"), (3.0, "on")]),
        series(&[(2.0, "2.50")]),
    );
    let paths = [Path::default(), path(&["a", "b c"])];
    let mut out = Vec::new();
    let zone = jiff::tz::TimeZone::UTC;
    let rows = [("t,1", &paths[0], &first), ("t2", &paths[1], &second)];
    let count = write_csv(&mut out, rows, (at(0.0), at(9.0)), &zone).unwrap();
    assert_eq!(count, 3);
    let expected = "time,topic,path,value\n\
        1970-01-01T00:00:01.000Z,\"t,1\",,1.0\n\
        1970-01-01T00:00:02.000Z,t2,$.a['b c'],2.50\n\
        1970-01-01T00:00:03.000Z,\"t,1\",,on\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

proptest! {
    #[test]
    fn thinning_out_keeps_extremes_order_and_is_bounded(
        values in vec((0_i64..5_000, -100.0..100.0_f64), 1..400),
        width in 1_i64..700,
        from in 0_i64..40_000,
        length in 0_i64..400_000,
    ) {
        let mut series = Series::default();
        let mut now = 0;
        for (step, value) in &values {
            now += step;
            let text = value.to_string();
            series.push(Timestamp::from_micros(now), &sample_of_text(&text).unwrap());
        }
        let (from, to) = (Timestamp::from_micros(from), Timestamp::from_micros(from + length));
        let reduced = reduce(&series, (from, to), width);
        prop_assert!(reduced.places.is_sorted_by(|a, b| a < b));
        let within = series.places(from, to);
        let mut columns: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for place in within.clone() {
            columns.entry(column_of(series.point(place).at, width)).or_default().push(place);
        }
        let value = |place: &usize| series.point(*place).value;
        for places in columns.values() {
            let drawn: Vec<usize> = places.iter().copied()
                .filter(|place| reduced.places.binary_search(place).is_ok()).collect();
            prop_assert!(drawn.len() <= 4);
            let low = |list: &[usize]| list.iter().map(value).fold(f64::INFINITY, f64::min);
            let high = |list: &[usize]| list.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
            prop_assert!((low(&drawn) - low(places)).abs() < f64::EPSILON);
            prop_assert!((high(&drawn) - high(places)).abs() < f64::EPSILON);
            prop_assert_eq!(drawn.first(), places.first());
            prop_assert_eq!(drawn.last(), places.last());
        }
        prop_assert_eq!(reduced.stats.map_or(0, |stats| stats.count), within.len());
    }

    #[test]
    fn what_is_read_fast_is_what_decoding_reads(
        json in "[\\[{]\"[a-c]\":(1\\.50|-2|true|\"7\"|null|\\[1,\\{\"a\":2\\}\\]),\"[a-c]\":[0-9]{1,3}[}\\]]",
        steps in vec("[a-c0-2]", 0..3),
    ) {
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let fast = read_one(&json, &steps);
        let payload = Bytes::copy_from_slice(json.as_bytes());
        let many = vec![path(&steps); 5];
        let many: Vec<&Path> = many.iter().collect();
        let slow = read(&payload, &many, &Reading::default());
        prop_assert_eq!(fast, slow[4].as_ref().map(|sample| sample.text.to_string()));
    }
}

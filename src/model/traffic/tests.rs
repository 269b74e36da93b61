//! The lens against a naive recount of every message.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use super::super::{Model, Query};
use super::{Asked, Lens, Level, Measure, Reach, Span, Table, Tally};
use crate::mqtt::{Publish, Qos, Timestamp, TopicName};

const EPOCH: i64 = 1_700_000_000_000_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_micros(EPOCH + millis * 1_000)
}

fn message(topic: &str, bytes: usize) -> Publish {
    Publish {
        topic: TopicName::new(topic.to_owned()).unwrap(),
        payload: Bytes::from(vec![7; bytes]),
        qos: Qos::AtMostOnce,
        retain: false,
        dup: false,
        packet_id: None,
        properties: None,
    }
}

/// Looks as the worker does, in small slices.
fn look(lens: &mut Lens, model: &Model, asked: &Asked, now: Timestamp) -> Table {
    lens.look(now);
    while lens.copy(model, asked.span, now, 7) {
        lens.count();
    }
    lens.count();
    lens.table(asked, now)
}

/// How many messages came in the time that is covered, a hundred a second.
fn hundredths(table: &Table) -> u64 {
    u64::try_from(table.covered.as_millis() / 10).unwrap()
}

fn figures(table: &Table) -> BTreeMap<String, (u64, u64)> {
    let row = |row: &super::Row| (row.path.clone(), (row.tally.messages, row.tally.bytes));
    table.rows.iter().map(row).collect()
}

/// A crowd of messages: a topic that is a branch too, levels without a name, `$`-topics, bursts and gaps.
fn crowd() -> Vec<(String, usize, i64)> {
    let mut random = 17_u64;
    let mut next = |below: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) % below
    };
    let mut millis = 0_i64;
    let mut all = Vec::new();
    for _ in 0..4_000 {
        millis += i64::try_from(next(90)).unwrap();
        let topic = match next(8) {
            0 => "home".to_owned(),
            1 => format!("home/room-{}", next(5)),
            2 => format!("$SYS/broker/{}", next(3)),
            3 => format!("/{}//x", next(3)),
            _ => format!("plant/{}/line-{}/power", next(3), next(9)),
        };
        all.push((topic, usize::try_from(next(700)).unwrap(), millis));
    }
    all
}

fn group(topic: &str, level: Level) -> String {
    match level {
        Level::Topics => topic.to_owned(),
        Level::Branches(level) => {
            let levels: Vec<&str> = topic.split('/').take(usize::from(level)).collect();
            levels.join("/")
        }
    }
}

/// What the window that ends with the last half second before `now` holds.
fn naive(
    all: &[(String, usize, i64)],
    (span, level): (Span, Level),
    now: i64,
) -> BTreeMap<String, (u64, u64)> {
    let end = (now - 50).div_euclid(500) * 500;
    let (begin, end) = match span.length() {
        Some(length) => (end - i64::try_from(length.as_millis()).unwrap(), end),
        None => (i64::MIN, i64::MAX),
    };
    let mut sums = BTreeMap::new();
    for (topic, bytes, millis) in all {
        if *millis > now || !(begin..end).contains(millis) || topic.starts_with('$') {
            continue;
        }
        let sum: &mut (u64, u64) = sums.entry(group(topic, level)).or_default();
        sum.0 += 1;
        sum.1 += (bytes + topic.len()) as u64;
    }
    sums
}

#[test]
fn figures_are_those_of_a_recount_at_any_time() {
    let (all, mut model, mut lens) = (crowd(), Model::new(u64::MAX), Lens::default());
    let levels = [
        Level::Topics,
        Level::Branches(1),
        Level::Branches(2),
        Level::Branches(9),
    ];
    let mut looks = 0;
    for (index, (topic, bytes, millis)) in all.iter().enumerate() {
        model.insert(&message(topic, *bytes), at(*millis));
        if index % 13 != 12 {
            continue;
        }
        // by then the half second of the last message is over or open for all
        let now = *millis + 60;
        let is_last = all.get(index + 1).is_none_or(|next| next.2 > now);
        if !is_last {
            continue;
        }
        let level = levels[looks % 4];
        let span = [Span::Seconds, Span::Minute, Span::Start][looks % 3];
        looks += 1;
        let asked = Asked {
            span,
            level,
            ..Asked::default()
        };
        let table = look(&mut lens, &model, &asked, at(now));
        let wanted = naive(&all[..=index], (span, level), now);
        assert_eq!(figures(&table), wanted, "{span:?} {level:?} at {now}");
        // one that begins to look only now knows the same
        let fresh = look(&mut Lens::default(), &model, &asked, at(now));
        assert_eq!(figures(&fresh), wanted, "fresh, {span:?} at {now}");
        let sum = wanted
            .values()
            .fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        assert_eq!((table.total.messages, table.total.bytes), sum);
    }
    assert!(looks > 80, "{looks}");
}

#[test]
fn what_has_no_row_is_summed_up() {
    let mut model = Model::new(u64::MAX);
    for topic in 0..100 {
        for _ in 0..=topic {
            model.insert(&message(&format!("a/{topic}"), 10), at(0));
        }
    }
    model.insert(&message("$SYS/uptime", 4), at(0));
    let asked = Asked {
        level: Level::Topics,
        most: 3,
        query: Query::new("1"),
        ..Asked::default()
    };
    let mut lens = Lens::default();
    let table = look(&mut lens, &model, &asked, at(900));
    let paths: Vec<&str> = table.rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["a/91", "a/81", "a/71"]);
    assert_eq!((table.others.rows, table.unmatched.rows), (16, 81));
    assert_eq!((table.reserved.rows, table.reserved.tally.messages), (1, 1));
    let listed: u64 = table.rows.iter().map(|row| row.tally.messages).sum();
    let rest = table.others.tally.messages + table.unmatched.tally.messages;
    assert_eq!((listed + rest, table.total.messages), (5050, 5050));
    // rows that are held stay, whatever is busier
    let hold = table.rows.iter().rev().map(|row| row.node).collect();
    for _ in 0..1000 {
        model.insert(&message("a/1", 10), at(950));
    }
    let asked = Asked { hold, ..asked };
    let later = look(&mut lens, &model, &asked, at(1_600));
    let paths: Vec<&str> = later.rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["a/71", "a/81", "a/91"]);
    assert_eq!(later.total.messages, 6050);
    assert_eq!(later.others.rows, 16);
}

#[test]
fn bytes_make_another_order() {
    let mut model = Model::new(u64::MAX);
    for _ in 0..10 {
        model.insert(&message("often", 1), at(0));
    }
    model.insert(&message("big", 1000), at(0));
    let asked = Asked {
        measure: Measure::Bytes,
        ..Asked::default()
    };
    let table = look(&mut Lens::default(), &model, &asked, at(900));
    let bytes: Vec<u64> = table.rows.iter().map(|row| row.tally.bytes).collect();
    assert_eq!(bytes, [1003, 60]);
    assert_eq!(table.covered, Duration::from_millis(500));
    assert_eq!(table.reach, Reach::Begun);
}

#[test]
fn it_says_how_far_the_history_reaches_back_and_forgets_nothing_meanwhile() {
    let mut model = Model::new(40_000);
    let mut lens = Lens::default();
    let mut next = 0;
    let mut fill = |model: &mut Model, until: i64| {
        while next < until {
            model.insert(&message("a/b", 10), at(next));
            next += 10;
        }
    };
    // a hundred messages a second, of which the budget keeps about six seconds
    fill(&mut model, 60_000);
    let asked = Asked::default();
    let table = look(&mut lens, &model, &asked, at(60_000));
    assert_eq!(table.reach, Reach::Trimmed);
    let covered = table.covered.as_secs_f64();
    assert!((3.0..8.0).contains(&covered), "{covered}");
    assert_eq!(table.total.messages, hundredths(&table));
    // from here on it is there, and the history may forget what it likes
    for now in (61_000..=70_000).step_by(1_000) {
        fill(&mut model, now);
        look(&mut lens, &model, &asked, at(now));
    }
    let table = look(&mut lens, &model, &asked, at(70_000));
    assert_eq!((table.reach, table.total.messages), (Reach::Whole, 1_000));
    // nobody looked for longer than the history reaches back
    fill(&mut model, 90_000);
    let table = look(&mut lens, &model, &asked, at(90_000));
    assert_eq!(table.reach, Reach::Trimmed);
    assert_eq!(table.total.messages, hundredths(&table));
}

#[test]
fn shares_of_rows_of_the_tree_are_of_everything_but_reserved_topics() {
    let mut model = Model::new(u64::MAX);
    for (topic, count) in [("a", 1), ("a/b", 2), ("a/b/c", 3), ("d", 4), ("$SYS/x", 5)] {
        for _ in 0..count {
            model.insert(&message(topic, 0), at(0));
        }
    }
    let nodes = ["a", "a/b", "d", "$SYS"].map(|path| model.find(path).unwrap());
    let asked = Asked {
        shares_of: nodes.to_vec(),
        ..Asked::default()
    };
    for span in [Span::Seconds, Span::Start] {
        let asked = Asked {
            span,
            ..asked.clone()
        };
        let table = look(&mut Lens::default(), &model, &asked, at(900));
        let share = |(_, part, whole): &(_, Tally, Tally)| (part.messages, whole.messages);
        let shares: Vec<(u64, u64)> = table.shares.iter().map(share).collect();
        assert_eq!(shares, [(6, 10), (5, 10), (4, 10), (0, 10)]);
        let asked = Asked {
            with_reserved: true,
            ..asked
        };
        let table = look(&mut Lens::default(), &model, &asked, at(900));
        let shares: Vec<(u64, u64)> = table.shares.iter().map(share).collect();
        assert_eq!(shares[3], (5, 15));
    }
}

#[test]
fn a_clock_that_is_set_back_begins_anew() {
    let mut model = Model::new(u64::MAX);
    let mut lens = Lens::default();
    model.insert(&message("a", 1), at(3_600_000));
    let asked = Asked::default();
    look(&mut lens, &model, &asked, at(3_601_000));
    model.insert(&message("a", 1), at(0));
    look(&mut lens, &model, &asked, at(100));
    for millis in [1_000, 2_000, 3_000] {
        model.insert(&message("a", 1), at(millis));
    }
    let table = look(&mut lens, &model, &asked, at(4_000));
    assert!(table.total.messages >= 3, "{table:?}");
    let later = look(&mut lens, &model, &asked, at(14_000));
    assert_eq!(later.total.messages, 0);
}

#[test]
fn what_the_user_deleted_has_come_all_the_same() {
    let mut model = Model::new(u64::MAX);
    let mut lens = Lens::default();
    // inside the record, in a block, in an allocation of its own
    for bytes in [10, 100, 1_000] {
        let topic = format!("a/{bytes}");
        model.insert(&message(&topic, bytes), at(0));
        let newest = model.last_message(model.find(&topic).unwrap()).unwrap();
        assert!(model.delete_message(newest.id));
    }
    for span in [Span::Seconds, Span::Start] {
        let asked = Asked {
            span,
            ..Asked::default()
        };
        let table = look(&mut lens, &model, &asked, at(900));
        let names = "a/10a/100a/1000".len() as u64;
        assert_eq!(table.total.bytes, 1_110 + names, "{span:?}");
    }
}

//! How long the paths take that every message, frame or key press goes through: `cargo bench --bench hot_paths`.

mod workload;

use std::hint::black_box;

use canopy::mqtt::{TopicFilter, Version, codec};
use canopy::payload::{detect, json, preview};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

use workload::{Feed, frame, payload, topic};

/// Rows that a window shows.
const ROWS: usize = 60;
/// The size of a message that most benches of message rates take.
const SHORT: usize = 64;
const LONG: usize = 1_024;

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode PUBLISH");
    group.throughput(Throughput::Elements(1));
    for (version, name) in [(Version::V311, "3.1.1"), (Version::V5, "5")] {
        for length in [SHORT, LONG] {
            let frame = frame(version, &topic(7), &payload(7, length));
            group.bench_function(BenchmarkId::new(name, length), |bencher| {
                bencher.iter(|| codec::decode(version, black_box(&frame).clone()));
            });
        }
    }
}

fn cut(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cut packets");
    let stream: Vec<u8> = (0..1_000)
        .flat_map(|number| frame(Version::V5, &topic(number), &payload(number, SHORT)))
        .collect();
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("1,000 packets", |bencher| {
        bencher.iter(|| {
            let (mut rest, mut packets) = (black_box(&stream[..]), 0);
            while let Ok(Some(length)) = codec::frame_length(rest) {
                (rest, packets) = (&rest[length..], packets + 1);
            }
            packets
        });
    });
}

fn insert(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("insert");
    group.sample_size(10);
    for topics in [1_000, 10_000, 100_000] {
        let mut feed = Feed::hot(topics);
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new("known topics", topics), |bencher| {
            bencher.iter(|| feed.take());
        });
    }
    for topics in [10_000, 100_000] {
        group.throughput(Throughput::Elements(topics as u64));
        group.bench_function(BenchmarkId::new("new topics", topics), |bencher| {
            let take_all = |mut feed: Feed| {
                (0..topics).for_each(|_| feed.take());
                feed
            };
            bencher.iter_batched(|| Feed::cold(topics), take_all, BatchSize::PerIteration);
        });
    }
}

fn look(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("look");
    group.sample_size(10);
    let mut feed = Feed::hot(100_000);
    feed.open_all();
    let (now, count) = (feed.now(), feed.model.row_count());
    let (mut rows, mut first) = (Vec::with_capacity(ROWS), 0);
    group.bench_function("60 of 100,000 rows", |bencher| {
        bencher.iter(|| {
            rows.clear();
            first = (first + 7_919) % (count - ROWS);
            feed.model.rows(first, ROWS, now, &mut rows);
            rows.len()
        });
    });
    for (name, text) in [
        ("a piece of a topic", "machine-01"),
        ("a topic filter", "plant-1/+/line-3/#"),
        ("a piece of a payload", "\"value\":123"),
        ("nothing", "no such thing"),
    ] {
        group.bench_function(BenchmarkId::new("filter 100,000 topics", name), |bencher| {
            bencher.iter(|| feed.filter(black_box(text)).len());
        });
    }
}

fn read_payloads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("payload");
    for length in [SHORT, LONG] {
        let json_text = payload(7, length);
        let binary: Vec<u8> = (0_u8..=255).cycle().take(length).collect();
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(BenchmarkId::new("lay out JSON", length), |bencher| {
            bencher.iter(|| json::pretty(black_box(&json_text)));
        });
        group.bench_function(BenchmarkId::new("detect", length), |bencher| {
            bencher.iter(|| detect(black_box(&json_text)));
        });
        group.bench_function(BenchmarkId::new("preview JSON", length), |bencher| {
            bencher.iter(|| preview(black_box(&json_text), 80));
        });
        group.bench_function(BenchmarkId::new("preview bytes", length), |bencher| {
            bencher.iter(|| preview(black_box(&binary), 80));
        });
    }
}

fn match_filters(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match a topic filter");
    group.throughput(Throughput::Elements(1));
    let name = topic(1_234);
    for text in [
        "plant-1/hall-4/#",
        "+/+/+/+/temperature",
        "#",
        name.as_str(),
    ] {
        let Ok(filter) = TopicFilter::new(text) else {
            continue;
        };
        group.bench_function(text, |bencher| {
            bencher.iter(|| filter.matches(black_box(&name)));
        });
    }
}

criterion_group!(
    benches,
    decode,
    cut,
    insert,
    look,
    read_payloads,
    match_filters
);
criterion_main!(benches);

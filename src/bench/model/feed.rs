//! Messages into the model, and rows out of it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use bytestring::ByteString;
use cpu_time::ThreadTime;

use super::super::BenchError;
use super::super::measure::percentile;
use super::super::topics::Shape;
use crate::cli::ModelBenchArgs;
use crate::model::{Chore, Model};
use crate::mqtt::{Publish, Qos, Timestamp, TopicName};

/// As many as the feeding thread hands over for each time it locks the model.
const BATCH: usize = 256;
/// Topics in rotation that count as hot.
const HOT: usize = 1000;
/// Bytes of each payload.
pub(super) const PAYLOAD: usize = 64;
const ROWS: usize = 60;
const LOOKS: usize = 2000;

/// What one run of one case measured.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub(super) inserts: f64,
    pub(super) hot: f64,
    pub(super) cold: f64,
    pub(super) lock_p99: f64,
    pub(super) lock_worst: f64,
    pub(super) rows_median: f64,
    pub(super) rows_p99: f64,
}

/// A model that takes in messages, and the time it takes for it.
pub(super) struct Feed {
    pub(super) model: Model,
    topics: Vec<ByteString>,
    next: usize,
    /// CPU time of each batch in microseconds.
    locks: Vec<f64>,
}

impl Feed {
    pub(super) fn new(topics: usize, shape: Shape, args: &ModelBenchArgs) -> Self {
        Self {
            model: Model::new(args.budget << 20),
            topics: shape.topics(topics).into_iter().map(Into::into).collect(),
            next: 0,
            locks: Vec::new(),
        }
    }

    /// Hands over `count` messages for the topics that `pick` names; returns messages for each second of CPU time.
    pub(super) fn take(
        &mut self,
        count: usize,
        mut pick: impl FnMut(usize) -> usize,
    ) -> Result<f64, BenchError> {
        let (mut spent, mut done) = (Duration::ZERO, 0);
        let mut batch = Vec::with_capacity(BATCH);
        while done < count {
            batch.clear();
            for _ in 0..BATCH.min(count - done) {
                batch.push(self.message(pick(self.next))?);
                self.next += 1;
            }
            let begin = ThreadTime::now();
            self.model.insert_batch(&batch);
            let took = begin.elapsed();
            spent += took;
            self.locks.push(took.as_secs_f64() * 1e6);
            done += batch.len();
        }
        Ok(count as f64 / spent.as_secs_f64().max(1e-9))
    }

    fn message(&self, topic: usize) -> Result<(Publish, Timestamp), BenchError> {
        // the text in memory of its own, as it lies in a packet that has just been read
        let text = self.topics[topic % self.topics.len()].to_string();
        let topic = TopicName::new(text).map_err(|err| BenchError::new(err.to_string()))?;
        let number = self.next;
        let at = Timestamp::from_micros(1_700_000_000_000_000)
            .plus(Duration::from_micros(number as u64));
        let message = Publish {
            topic,
            payload: payload(number),
            qos: Qos::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
            properties: None,
        };
        Ok((message, at))
    }
}

fn payload(number: usize) -> Bytes {
    let text = format!(
        "{{\"value\":{}.{:02},\"unit\":\"C\",\"sequence\":{number},\"ok\":true}}",
        number % 97,
        number % 100
    );
    Bytes::from(format!("{text:<PAYLOAD$}"))
}

/// Numbers that look random and are the same each time (xorshift).
pub(super) fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 8).unwrap_or(0)
}

/// Measures one case. The model comes back with every branch open.
pub(super) fn measure(
    topics: usize,
    shape: Shape,
    args: &ModelBenchArgs,
) -> Result<(Model, Figures), BenchError> {
    let mut feed = Feed::new(topics, shape, args);
    let mut seed = 0x2545_F491_4F6C_DD1D;
    let inserts = feed.take(topics, |number| number)?;
    while feed.model.totals(Timestamp::default()).trimmed == 0 {
        feed.take(args.messages, |_| random(&mut seed))?;
    }
    feed.locks.clear();
    let cold = feed.take(args.messages, |_| random(&mut seed))?;
    let hot = feed.take(args.messages, |number| number.wrapping_mul(7919) % HOT)?;
    let locks = std::mem::take(&mut feed.locks);
    let mut model = feed.model;
    model.set_open_below(None, true);
    do_chores(&mut model);
    let row_times = time_rows(&model, &mut seed);
    let figures = Figures {
        inserts,
        hot,
        cold,
        lock_p99: percentile(&locks, 99.0),
        lock_worst: percentile(&locks, 100.0),
        rows_median: percentile(&row_times, 50.0),
        rows_p99: percentile(&row_times, 99.0),
    };
    Ok((model, figures))
}

fn time_rows(model: &Model, seed: &mut u64) -> Vec<f64> {
    let mut rows = Vec::with_capacity(ROWS);
    let mut look = || {
        let first = random(seed) % model.row_count().max(1);
        rows.clear();
        let begin = Instant::now();
        model.rows(first, ROWS, Timestamp::default(), &mut rows);
        begin.elapsed().as_secs_f64() * 1e6
    };
    (0..LOOKS).map(|_| look()).collect()
}

fn do_chores(model: &mut Model) {
    loop {
        match model.next_chore() {
            Chore::Sort(mut job) => {
                while model.sort_step(&mut job, 4096) {}
                let sorted = job.finish();
                model.set_sorted(sorted);
            }
            Chore::Drop(rubbish) => drop(rubbish),
            Chore::More => {}
            Chore::Done => return,
        }
    }
}

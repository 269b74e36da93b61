//! What became of the message published last, in the protocol's own steps.

use std::time::Duration;

use crate::client::PublishStep;
use crate::gui::session::PublishRecord;
use crate::gui::words::broker_says;
use crate::mqtt::{Qos, Timestamp};
use crate::payload::format;

/// How it went so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Under way.
    Waiting,
    /// Done.
    Done,
    /// Done, but look at it.
    Notable,
    /// Refused or failed.
    Failed,
}

/// The steps in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultLine {
    /// How it went so far.
    pub outcome: Outcome,
    /// What to show.
    pub text: String,
    /// What more there is to say, when the pointer is over it.
    pub more: Option<String>,
}

/// No matching subscribers (MQTT 5, 3.4.2.1): taken, but nobody was there to receive it.
const NO_MATCHING_SUBSCRIBERS: u8 = 0x10;

/// The line for `record`.
pub fn result_line(record: &PublishRecord, is_connected: bool) -> ResultLine {
    let line = |outcome, text: String| ResultLine {
        outcome,
        text,
        more: None,
    };
    match record.steps.last().map(|(_, step)| step) {
        None | Some(PublishStep::Queued) if !is_connected => {
            line(Outcome::Waiting, "Waiting: not connected".to_owned())
        }
        None | Some(PublishStep::Queued) => line(Outcome::Waiting, "Queued".to_owned()),
        Some(PublishStep::Sent) => match record.qos {
            Qos::AtMostOnce => ResultLine {
                more: Some("QoS 0 is not acknowledged: nobody tells whether it arrived".to_owned()),
                ..line(Outcome::Done, "sent".to_owned())
            },
            Qos::AtLeastOnce => line(Outcome::Waiting, "sent → waiting for PUBACK".to_owned()),
            Qos::ExactlyOnce => line(Outcome::Waiting, "sent → waiting for PUBREC".to_owned()),
        },
        Some(PublishStep::Received) => line(
            Outcome::Waiting,
            "sent → PUBREC → waiting for PUBCOMP".to_owned(),
        ),
        Some(PublishStep::Done(reason)) => done(record, reason.0),
        Some(PublishStep::Refused(reason, detail)) => {
            let name = reason.name();
            let text = format!("{} → refused: {name}", handshake(record.qos, false));
            let detail = broker_says(detail.as_deref());
            ResultLine {
                more: Some(format!("{}{detail}", reason.meaning())),
                ..line(Outcome::Failed, text)
            }
        }
        Some(PublishStep::Failed(why)) => line(Outcome::Failed, why.clone()),
    }
}

fn done(record: &PublishRecord, reason: u8) -> ResultLine {
    let time = round_trip(record).map(duration).unwrap_or_default();
    let text = format!("{} {time}", handshake(record.qos, true));
    if reason == NO_MATCHING_SUBSCRIBERS {
        return ResultLine {
            outcome: Outcome::Notable,
            text: format!("{text} · No matching subscribers"),
            more: Some(
                "The broker took the message, but nobody is subscribed to this topic.".to_owned(),
            ),
        };
    }
    ResultLine {
        outcome: Outcome::Done,
        text,
        more: None,
    }
}

fn duration(time: Duration) -> String {
    if time < Duration::from_micros(50) {
        return "<0.1 ms".to_owned();
    }
    format::delta(time).trim_start_matches('+').to_owned()
}

/// The packets that go back and forth (MQTT 5, 4.3).
fn handshake(qos: Qos, is_whole: bool) -> &'static str {
    match (qos, is_whole) {
        (Qos::AtMostOnce, _) | (_, false) => "sent",
        (Qos::AtLeastOnce, true) => "sent → PUBACK",
        (Qos::ExactlyOnce, true) => "sent → PUBREC → PUBCOMP",
    }
}

/// From the first sending to the last answer.
fn round_trip(record: &PublishRecord) -> Option<Duration> {
    let is_sent = |(_, step): &&(Timestamp, PublishStep)| *step == PublishStep::Sent;
    let (sent, _) = record.steps.iter().find(is_sent)?;
    let (last, _) = record.steps.last()?;
    Some(last.since(*sent))
}

#[cfg(test)]
mod tests {
    use super::{Outcome, result_line};
    use crate::client::{PublishId, PublishStep};
    use crate::gui::session::PublishRecord;
    use crate::mqtt::{Qos, ReasonCode, Timestamp};

    fn record(qos: Qos, steps: &[PublishStep]) -> PublishRecord {
        let stamped = steps.iter().enumerate().map(|(index, step)| {
            let at = Timestamp::from_micros(i64::try_from(index).unwrap() * 1_200);
            (at, step.clone())
        });
        PublishRecord {
            id: PublishId(1),
            topic: "a".to_owned(),
            qos,
            size: 1,
            steps: stamped.collect(),
        }
    }

    #[test]
    fn qos_1_waits_for_puback() {
        use PublishStep::{Done, Queued, Sent};
        let line = result_line(&record(Qos::AtLeastOnce, &[Queued]), false);
        assert_eq!(line.text, "Waiting: not connected");
        let line = result_line(&record(Qos::AtLeastOnce, &[Sent]), true);
        assert_eq!(line.text, "sent → waiting for PUBACK");
        let done = Done(ReasonCode::SUCCESS);
        let line = result_line(&record(Qos::AtLeastOnce, &[Sent, done]), true);
        assert_eq!(line.text, "sent → PUBACK 1.2 ms");
        assert_eq!(line.outcome, Outcome::Done);
    }

    #[test]
    fn qos_2_has_four_steps() {
        use PublishStep::{Done, Received, Sent};
        let steps = [Sent, Received, Done(ReasonCode(0x10))];
        let line = result_line(&record(Qos::ExactlyOnce, &steps[..2]), true);
        assert_eq!(line.text, "sent → PUBREC → waiting for PUBCOMP");
        let line = result_line(&record(Qos::ExactlyOnce, &steps), true);
        assert_eq!(
            line.text,
            "sent → PUBREC → PUBCOMP 2.4 ms · No matching subscribers"
        );
        assert_eq!(line.outcome, Outcome::Notable);
    }

    #[test]
    fn refusals_have_a_reason_in_words() {
        let refused = PublishStep::Refused(ReasonCode(0x87), Some("no writes here".to_owned()));
        let line = result_line(
            &record(Qos::AtLeastOnce, &[PublishStep::Sent, refused]),
            true,
        );
        assert_eq!(line.outcome, Outcome::Failed);
        assert!(line.text.starts_with("sent → refused: "));
        assert!(
            line.more
                .unwrap()
                .ends_with("The broker says: no writes here")
        );
    }
}

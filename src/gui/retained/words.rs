//! What is known of a retained message, in words that claim no more than that.

use jiff::tz::TimeZone;

use crate::model::{Doubt, Held, How, Kept, Message, Truth};
use crate::mqtt::{Qos, Timestamp};
use crate::payload::format::clock_seconds;

/// What the sentence depends on.
pub struct Facts<'a> {
    /// What the model knows.
    pub truth: &'a Truth,
    /// The message that is shown.
    pub shown: Option<&'a Message>,
    /// Whether a subscription brings all messages of the topic now.
    pub is_followed: bool,
    /// Whether the broker said that it retains nothing at all (MQTT 5, 3.2.2.3.5).
    pub keeps_nothing: bool,
    /// The time now.
    pub now: Timestamp,
    /// For wall-clock times.
    pub zone: &'a TimeZone,
}

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something is retained.
    Yes,
    /// Nothing is.
    No,
    /// Nobody knows.
    NotKnown,
}

/// The sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// How sure it is.
    pub tone: Tone,
    /// `yes, this value`.
    pub answer: String,
    /// How that is known and since when.
    pub why: String,
    /// The retained message, where it is not the one that is shown.
    pub other: Option<Kept>,
}

impl Words {
    fn new(tone: Tone, answer: &str, why: String) -> Self {
        Self {
            tone,
            answer: answer.to_owned(),
            why,
            other: None,
        }
    }
}

/// Puts it in words.
pub fn words(facts: &Facts<'_>) -> Words {
    if facts.keeps_nothing {
        let why = "this broker keeps no retained messages".to_owned();
        return Words::new(Tone::No, "no", why);
    }
    let truth = facts.truth;
    let mut words = match &truth.held {
        Held::NotKnown => not_known(facts),
        Held::Nothing => nothing(facts),
        Held::Something => something(facts),
        Held::Message(kept) => message(facts, kept),
    };
    let is_claim = !matches!(truth.held, Held::NotKnown | Held::Something);
    if is_claim && !facts.is_followed && truth.doubt.is_none() {
        words
            .why
            .push_str("; no subscription follows this topic now");
    }
    words
}

fn clock(facts: &Facts<'_>, at: Timestamp) -> String {
    clock_seconds(at, facts.zone)
}

fn not_known(facts: &Facts<'_>) -> Words {
    let why = match facts.truth.doubt {
        Some(Doubt::MayBeCleared(at)) => format!(
            "the empty message of {} cleared it if it was published as retained",
            clock(facts, at)
        ),
        _ => "nothing that came tells".to_owned(),
    };
    Words::new(Tone::NotKnown, "not known", why)
}

fn something(facts: &Facts<'_>) -> Words {
    match facts.truth.doubt {
        Some(doubt @ Doubt::ClearingUnconfirmed(_)) => {
            let why = format!("a value was retained, but {}", doubt_words(facts, doubt));
            Words::new(Tone::NotKnown, "not known", why)
        }
        _ => Words::new(
            Tone::Yes,
            "yes, not known which value",
            "the messages that came do not tell".to_owned(),
        ),
    }
}

fn nothing(facts: &Facts<'_>) -> Words {
    let at = clock(facts, facts.truth.at);
    let why = match facts.truth.how {
        How::Checked => format!("nothing came when it was checked at {at}"),
        How::Published => format!("cleared by this program at {at}"),
        _ => format!("cleared at {at}"),
    };
    match facts.truth.doubt {
        None => Words::new(Tone::No, "no", why),
        Some(doubt) => {
            let why = format!("{why}, but {}", doubt_words(facts, doubt));
            Words::new(Tone::NotKnown, "not known", why)
        }
    }
}

fn message(facts: &Facts<'_>, kept: &Kept) -> Words {
    let truth = facts.truth;
    let how = how(facts, kept);
    if let Some(end) = expiry(truth, kept).filter(|end| *end <= facts.now) {
        let why = format!("it expired at {}, {how}", clock(facts, end));
        return Words::new(Tone::No, "no", why);
    }
    let is_shown = facts.shown.is_some_and(|shown| is_same(shown, kept));
    let other = (!is_shown).then(|| kept.clone());
    let words = match truth.doubt {
        None if is_shown => Words::new(Tone::Yes, "yes, this value", how),
        None => Words::new(Tone::Yes, "yes, a different value", how),
        Some(doubt) => {
            let (tone, answer) = match doubt {
                Doubt::MayBeReplaced(_) => (Tone::Yes, "yes, not known which value"),
                Doubt::MayBeCleared(_) | Doubt::Interrupted(_) | Doubt::ClearingUnconfirmed(_) => {
                    (Tone::NotKnown, "not known")
                }
            };
            let value = if is_shown {
                "this value"
            } else {
                "another value"
            };
            let why = format!("{value} was {how}, but {}", doubt_words(facts, doubt));
            Words::new(tone, answer, why)
        }
    };
    Words { other, ..words }
}

fn how(facts: &Facts<'_>, kept: &Kept) -> String {
    let at = clock(facts, facts.truth.at);
    match facts.truth.how {
        How::OnSubscribing => format!("sent on subscribing at {at}"),
        How::AsPublished => format!("flagged as retained at {at} (Retain As Published)"),
        How::Checked => format!("checked at {at}"),
        How::Published if kept.qos == Qos::AtMostOnce => {
            format!("published by this program at {at} with QoS 0, which nobody confirms")
        }
        How::Published => format!("published by this program at {at}"),
        How::Unknown => format!("known since {at}"),
    }
}

fn doubt_words(facts: &Facts<'_>, doubt: Doubt) -> String {
    match doubt {
        Doubt::MayBeReplaced(at) => format!(
            "the message of {} does not tell whether it was published as retained",
            clock(facts, at)
        ),
        Doubt::MayBeCleared(at) => format!(
            "the empty message of {} cleared it if it was published as retained",
            clock(facts, at)
        ),
        Doubt::Interrupted(at) => {
            format!("the connection was interrupted until {}", clock(facts, at))
        }
        Doubt::ClearingUnconfirmed(at) => format!(
            "this program sent a message to clear it at {}, which nobody confirmed",
            clock(facts, at)
        ),
    }
}

/// When the retained message expires (MQTT 5, 3.3.2.3.3).
fn expiry(truth: &Truth, kept: &Kept) -> Option<Timestamp> {
    let seconds = kept.properties.as_deref()?.message_expiry?;
    let lasts = std::time::Duration::from_secs(u64::from(seconds));
    Some(truth.at.plus(lasts))
}

/// Whether a message has the value that is retained.
pub fn is_same(shown: &Message, kept: &Kept) -> bool {
    kept.id == Some(shown.id) || kept.payload == shown.payload
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::gui::fixture::{NOW, message as publish};
    use crate::model::Model;
    use crate::mqtt::Properties;

    fn kept(payload: &'static str, expiry: Option<u32>) -> Kept {
        Kept {
            id: None,
            payload: payload.into(),
            qos: Qos::AtLeastOnce,
            properties: Some(Arc::new(Properties {
                message_expiry: expiry,
                ..Properties::default()
            })),
        }
    }

    fn said(held: Held, how: How, doubt: Option<Doubt>) -> (Tone, String) {
        let mut model = Model::new(1 << 20);
        model.insert(&publish("a", "now"), NOW);
        let shown = model.last_message(model.find("a").unwrap());
        let truth = Truth {
            held,
            how,
            at: NOW,
            doubt,
        };
        let words = words(&Facts {
            truth: &truth,
            shown: shown.as_ref(),
            is_followed: true,
            keeps_nothing: false,
            now: NOW.plus(std::time::Duration::from_secs(61)),
            zone: &TimeZone::UTC,
        });
        (words.tone, format!("{}: {}", words.answer, words.why))
    }

    #[test]
    fn each_answer_says_how_it_is_known() {
        let cases = [
            (
                said(Held::Message(kept("now", None)), How::OnSubscribing, None),
                "yes, this value: sent on subscribing at 14:32:05",
            ),
            (
                said(Held::Message(kept("old", None)), How::AsPublished, None),
                "yes, a different value: flagged as retained at 14:32:05 (Retain As Published)",
            ),
            (
                said(Held::Nothing, How::Checked, None),
                "no: nothing came when it was checked at 14:32:05",
            ),
            (
                said(
                    Held::Message(kept("old", None)),
                    How::OnSubscribing,
                    Some(Doubt::MayBeReplaced(NOW)),
                ),
                "yes, not known which value: another value was sent on subscribing at 14:32:05, but the message of \
                 14:32:05 does not tell whether it was published as retained",
            ),
            (
                said(Held::Nothing, How::Published, Some(Doubt::Interrupted(NOW))),
                "not known: cleared by this program at 14:32:05, but the connection was interrupted until 14:32:05",
            ),
            (
                said(
                    Held::Something,
                    How::Unknown,
                    Some(Doubt::ClearingUnconfirmed(NOW)),
                ),
                "not known: a value was retained, but this program sent a message to clear it at 14:32:05, which nobody \
                 confirmed",
            ),
        ];
        for ((_, said), expected) in cases {
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn an_expired_message_is_not_retained_any_more() {
        let (tone, said) = said(Held::Message(kept("now", Some(60))), How::Checked, None);
        assert_eq!(tone, Tone::No);
        assert_eq!(said, "no: it expired at 14:33:05, checked at 14:32:05");
        let later = self::said(Held::Message(kept("now", Some(62))), How::Checked, None);
        assert_eq!(later.0, Tone::Yes);
    }
}

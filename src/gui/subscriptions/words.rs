//! What became of a subscription, in words.

use crate::client::SubscribeOutcome;
use crate::model::SubscriptionCount;
use crate::payload::format::thousands;
use crate::profile::{RetainHandling, Subscription};

use super::super::words::{broker_says, rate};
use super::state::SubscriptionState;

/// The broker's answer: `granted with QoS 1`, or why it was refused and what to do.
pub fn outcome(subscription: &SubscriptionState) -> String {
    let asked = subscription.asked.qos;
    match &subscription.outcome {
        SubscribeOutcome::Pending => "waits for the broker's answer".to_owned(),
        SubscribeOutcome::Granted(granted) if *granted < asked => {
            format!("asked for QoS {asked}, the broker granted QoS {granted}")
        }
        SubscribeOutcome::Granted(_) => format!("granted with QoS {asked}"),
        SubscribeOutcome::Refused(reason, detail) => {
            let says = broker_says(detail.as_deref());
            format!(
                "refused: {}. {}{says}",
                reason.name(),
                reason.suback_meaning()
            )
        }
        SubscribeOutcome::Unanswered => {
            "The broker closed the connection instead of answering this subscription. It may \
                                         not allow it: remove it, or choose a narrower filter."
                .to_owned()
        }
        SubscribeOutcome::Removed => "unsubscribed".to_owned(),
    }
}

/// The options that are not as usual, `·` between them.
pub fn options(asked: &Subscription, has_options: bool) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut add = |is_so: bool, text: &str| words.extend(is_so.then(|| text.to_owned()));
    if has_options {
        add(asked.no_local, "No Local");
        add(!asked.retain_as_published, "retain flag cleared");
        match asked.retain_handling {
            RetainHandling::SendRetained => {}
            RetainHandling::SendIfNew => add(true, "retained if new"),
            RetainHandling::DoNotSend => add(true, "no retained"),
        }
        if let Some(id) = asked.id {
            add(true, &format!("id {id}"));
        }
    }
    words.join(" · ")
}

/// Total and rate: `2,343 messages, 18.2 /s`.
pub fn count(count: &SubscriptionCount) -> String {
    let unit = if count.messages == 1 {
        "message"
    } else {
        "messages"
    };
    format!("{} {unit}, {}", thousands(count.messages), rate(count.rate))
}

//! What a profile subscribes to.

use std::collections::BTreeSet;

use crate::mqtt::{TopicFilter, Version};

use super::super::subscription::LARGEST_SUBSCRIPTION_ID;
use super::super::{Profile, RetainHandling, Subscription};
use super::{Field, Problem, error, hint};

impl Profile {
    pub(super) fn check_subscriptions(&self, found: &mut Vec<Problem>) {
        let mut seen = BTreeSet::new();
        for (index, subscription) in self.subscriptions.iter().enumerate() {
            let field = Field::Subscription(index);
            match TopicFilter::new(subscription.filter.as_str()) {
                Err(err) => found.push(error(field, err.to_string())),
                Ok(_) if !seen.insert(&subscription.filter) => found.push(hint(
                    field,
                    "The same filter is above: the last one counts. Remove one of them.",
                )),
                Ok(_) => {}
            }
            found.extend(subscription.check_options(field, self.version));
        }
    }
}

impl Subscription {
    /// What is wrong with everything but the filter itself.
    fn check_options(&self, field: Field, version: Version) -> Option<Problem> {
        let is_shared = self.is_shared();
        if version == Version::V311 {
            let asked = self.no_local
                || self.retain_handling != RetainHandling::SendRetained
                || self.id.is_some();
            if is_shared {
                return Some(hint(
                    field,
                    "Shared subscriptions belong to MQTT 5. Some brokers have them with MQTT 3.1.1 too; choose MQTT 5 if this one refuses.",
                ));
            }
            return asked.then(|| {
                hint(
                    field,
                    "MQTT 3.1.1 knows only the QoS: the other options are not used. Choose MQTT 5.",
                )
            });
        }
        if is_shared && self.no_local {
            return Some(error(
                field,
                "A shared subscription cannot leave out own messages (MQTT 5, 3.8.3.1). Switch No Local off.",
            ));
        }
        match self.id {
            Some(id) if id == 0 || id > LARGEST_SUBSCRIPTION_ID => Some(error(
                field,
                "A subscription identifier is 1 to 268,435,455. Choose one in between, or none.",
            )),
            _ => None,
        }
    }
}

//! Questions to the broker about what it retains: those under way, and what failed.

use std::collections::BTreeMap;

use crate::client::CheckScope;
use crate::model::MessageId;
use crate::mqtt::{Timestamp, TopicName};

/// Questions that may be under way: each is a connection of its own.
const MOST: usize = 4;
/// Failures that are remembered.
const KEPT_FAILURES: usize = 64;

/// When a question was asked: the next message then, and the time.
pub type Begun = (MessageId, Timestamp);

/// All questions of a connection.
#[derive(Debug, Default)]
pub struct Checks {
    under_way: Vec<(CheckScope, Begun)>,
    failed: BTreeMap<TopicName, (Timestamp, String)>,
    /// Whether what is to be cleared is looked for in the model.
    is_gathering: bool,
}

impl Checks {
    /// A question is about to be asked.
    ///
    /// # Errors
    /// A sentence that says why it cannot be asked now.
    pub fn begin(&mut self, scope: &CheckScope, begun: Begun) -> Result<(), &'static str> {
        if self.under_way.iter().any(|(of, _)| of == scope) {
            return Err("The broker is being asked already. Wait for its answer.");
        }
        if self.under_way.len() >= MOST {
            return Err("Four questions are under way. Try again when one is answered.");
        }
        self.failed.remove(topic_of(scope));
        self.under_way.push((scope.clone(), begun));
        Ok(())
    }

    /// What is to be cleared is about to be looked for.
    ///
    /// # Errors
    /// A sentence that says why that cannot be now.
    pub fn begin_gathering(&mut self) -> Result<(), &'static str> {
        if self.is_gathering {
            return Err(
                "What is retained is being looked for already. The question comes when it is found.",
            );
        }
        self.is_gathering = true;
        Ok(())
    }

    /// It was found.
    pub fn end_gathering(&mut self) {
        self.is_gathering = false;
    }

    /// A question came to its end; says when it was asked.
    pub fn end(&mut self, scope: &CheckScope) -> Option<Begun> {
        let place = self.under_way.iter().position(|(of, _)| of == scope)?;
        Some(self.under_way.remove(place).1)
    }

    /// Why the last question about a topic has no answer.
    pub fn fail(&mut self, scope: &CheckScope, at: Timestamp, why: String) {
        while self.failed.len() >= KEPT_FAILURES {
            let oldest = self.failed.iter().min_by_key(|(_, (at, _))| *at);
            let Some(oldest) = oldest.map(|(topic, _)| topic.clone()) else {
                break;
            };
            self.failed.remove(&oldest);
        }
        self.failed.insert(topic_of(scope).clone(), (at, why));
    }

    /// Whether the broker is being asked about this topic or branch.
    pub fn is_under_way(&self, topic: &str) -> bool {
        let is_it = |(scope, _): &(CheckScope, Begun)| topic_of(scope).as_str() == topic;
        self.under_way.iter().any(is_it)
    }

    /// Why the last question about this topic has no answer.
    pub fn failure(&self, topic: &str) -> Option<&str> {
        let it = self.failed.iter().find(|(of, _)| of.as_str() == topic)?;
        Some(&it.1.1)
    }
}

/// The topic or branch that is asked about.
pub fn topic_of(scope: &CheckScope) -> &TopicName {
    match scope {
        CheckScope::Topic(topic) | CheckScope::Below(topic) => topic,
    }
}

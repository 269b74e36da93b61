//! The steps of an examination, in order, up to the first failure.

use std::time::Duration;

use tokio::time::Instant;

use crate::mqtt::{Meaning, Publish, Qos, ReasonCode, TopicFilter, TopicName};
use crate::profile::RetainHandling;

use super::super::{
    Config, DialReport, Extras, Failure, Granted, RuntimeHandle, Step, SubscribeOptions,
    SubscribeOutcome, random_letters,
};
use super::own_id::OwnId;
use super::patient::{Patient, Trip, Trouble};
use super::report::{Check, Outcome, Progress};
use super::sheet::Sheet;
use super::words::{self, Finding};

/// How long a broker that grants `$SYS/#` may take to say something there.
const SYS_PATIENCE: Duration = Duration::from_millis(1_500);
/// How long the answer to UNSUBSCRIBE may take. Retained messages by the hundred thousand may stand before it, where the
/// protocol has no way not to ask for them.
const UNSUBSCRIBE_PATIENCE: Duration = Duration::from_secs(3);
/// How long a message may take to come back; less where the profile's time for connecting is less.
const TRIP_PATIENCE: Duration = Duration::from_secs(5);

/// Nothing more is to be tried; the report says why.
struct Over;

pub(super) struct Exam {
    runtime: RuntimeHandle,
    config: Config,
    extras: Extras,
    /// The profile's client id, where the test uses another one for its sake.
    own_id: Option<String>,
    /// To be tried at the end.
    to_claim: Option<OwnId>,
    sheet: Sheet,
    limit: Duration,
    wildcards: bool,
    highest_qos: u8,
    /// Whether messages may be published.
    pub(super) publishes: bool,
}

impl Exam {
    pub(super) fn new(
        runtime: RuntimeHandle,
        (config, extras): (Config, Extras),
        (own_id, to_claim): (Option<String>, Option<OwnId>),
        sheet: Sheet,
    ) -> Self {
        let limit = Duration::from_secs(u64::from(config.profile.connect_timeout.max(1)));
        Self {
            runtime,
            config,
            extras,
            own_id,
            to_claim,
            sheet,
            limit,
            wildcards: true,
            highest_qos: 2,
            publishes: true,
        }
    }

    pub(super) async fn run(mut self) {
        // how it ended is in the report
        let _over = self.examine().await;
        self.sheet.end(Progress::Done);
    }

    async fn examine(&mut self) -> Result<(), Over> {
        let mut patient = self.connect().await?;
        self.subscribe_all(&mut patient).await?;
        self.subscribe_sys(&mut patient).await?;
        self.round_trips(&mut patient).await?;
        self.disconnect(&mut patient).await?;
        match self.to_claim.take() {
            Some(own_id) => self.claim(own_id).await,
            None => Ok(()),
        }
    }

    /// Connects as the profile's own client id, and waits whether somebody else does so, too.
    async fn claim(&self, own_id: OwnId) -> Result<(), Over> {
        let check = Check::OwnId;
        self.sheet.begin(check);
        let begun = Instant::now();
        let finding = own_id.claim(&self.runtime).await;
        let took = begun.elapsed();
        if finding.outcome == Outcome::Failed {
            return Err(self.fail(check, took, finding));
        }
        self.sheet.settle(check, Some(took), finding);
        Ok(())
    }

    fn open(&self) -> Patient {
        Patient::open(&self.runtime, self.config.clone(), self.extras.clone())
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.limit
    }

    fn fail(&self, check: Check, took: Duration, finding: Finding) -> Over {
        self.sheet.settle(check, Some(took), finding);
        Over
    }

    // ---- the way to the broker ----

    async fn connect(&mut self) -> Result<Patient, Over> {
        let begun = Instant::now();
        let mut patient = self.open();
        let result = patient.connected(|dial| self.note_dial(dial)).await;
        let dial = patient.dial_report();
        self.note_dial(&dial);
        let dialing: Duration = dial.steps.iter().map(|step| step.took).sum();
        let waited = begun.elapsed().saturating_sub(dialing);
        match result {
            Ok((granted, took)) => {
                self.sheet.settle(
                    Check::Connect,
                    Some(took.unwrap_or(waited)),
                    words::granted(&self.config.profile, &granted, self.own_id.as_deref()),
                );
                self.remember(&granted);
                Ok(patient)
            }
            Err(failure) => Err(self.not_connected(&dial, waited, failure)),
        }
    }

    fn not_connected(&self, dial: &DialReport, waited: Duration, failure: Failure) -> Over {
        let check = self.sheet.report.borrow().next();
        let failed = dial.steps.last().filter(|step| step.outcome.is_err());
        let took = failed.map_or(waited, |step| step.took);
        let mut finding = Finding::failure(words::without_query(&self.config.profile, failure));
        if check == Some(Check::Connect) {
            finding = finding.blaming_the_id(self.own_id.as_deref());
        }
        if check == Some(Check::Dial(Step::Tls)) {
            finding.details.extend(words::chain(&dial.certificates));
        }
        match check {
            Some(check) => self.fail(check, took, finding),
            None => Over,
        }
    }

    fn remember(&mut self, granted: &Granted) {
        let properties = &granted.properties;
        self.wildcards = properties.wildcard_subscription_available != Some(0);
        self.highest_qos = properties.maximum_qos.unwrap_or(2);
    }

    /// Takes over the steps that have succeeded, and marks the one that is under way.
    fn note_dial(&self, dial: &DialReport) {
        let is_new = |check: Check| {
            let mut report = self.sheet.report.borrow().clone();
            (report.step_mut(check)).is_some_and(|step| !step.outcome.is_settled())
        };
        let verify = &self.config.profile.tls.verify;
        for step in &dial.steps {
            let check = Check::Dial(step.step);
            if let Ok(reached) = &step.outcome
                && is_new(check)
            {
                let finding = match step.step {
                    Step::Tls => words::secured(dial, reached, verify),
                    _ => Finding::passed(reached),
                };
                self.sheet.settle(check, Some(step.took), finding);
            }
        }
        if self.sheet.report.borrow().certificates != dial.certificates {
            let certificates = dial.certificates.clone();
            self.sheet.edit(|report| report.certificates = certificates);
        }
        let next = self.sheet.report.borrow().next();
        let is_waiting = |check: Check| {
            let report = self.sheet.report.borrow();
            let step = report.steps.iter().find(|step| step.check == check);
            step.is_some_and(|step| step.outcome == Outcome::Pending)
        };
        if let Some(next) = next.filter(|next| is_waiting(*next)) {
            self.sheet.begin(next);
        }
    }

    // ---- subscriptions ----

    async fn subscribe_all(&mut self, patient: &mut Patient) -> Result<(), Over> {
        let check = Check::SubscribeAll;
        let options = SubscribeOptions {
            retain_handling: RetainHandling::DoNotSend,
            ..SubscribeOptions::default()
        };
        let answer = self.ask(patient, check, "#", options).await?;
        if let Some(filter) = answer.granted {
            // without it nothing comes twice in the round trip
            self.leave(patient, check, &filter, answer.took).await?;
            let what = format!("Granted, with {} at most.", answer.qos);
            self.sheet
                .settle(check, Some(answer.took), Finding::passed(what));
        }
        Ok(())
    }

    async fn subscribe_sys(&mut self, patient: &mut Patient) -> Result<(), Over> {
        let check = Check::SubscribeSys;
        let options = SubscribeOptions::default();
        let answer = self.ask(patient, check, "$SYS/#", options).await?;
        let Some(filter) = answer.granted else {
            return Ok(());
        };
        let mut messages = answer.messages;
        let deadline = Instant::now() + SYS_PATIENCE.min(self.limit);
        while version_in(&messages).is_none() {
            match patient.messages(deadline).await {
                Ok(more) if more.is_empty() => break,
                Ok(more) => messages.extend(more),
                Err(trouble) => {
                    return Err(self.fail(check, answer.took, Self::trouble("$SYS/#", trouble)));
                }
            }
        }
        let is_sys = |it: &&Publish| it.topic.as_str().starts_with("$SYS/");
        let count = messages.iter().filter(is_sys).count();
        let finding = words::sys(version_in(&messages), count);
        self.sheet.settle(check, Some(answer.took), finding);
        self.leave(patient, check, &filter, answer.took).await
    }

    /// Unsubscribes, and goes on with another connection when so much is on its way on this one that the answer does not
    /// come soon: whatever is asked next would seem not to be answered.
    async fn leave(
        &self,
        patient: &mut Patient,
        check: Check,
        filter: &TopicFilter,
        took: Duration,
    ) -> Result<(), Over> {
        let deadline = Instant::now() + UNSUBSCRIBE_PATIENCE.min(self.limit);
        match patient.unsubscribe(filter, deadline).await {
            Ok(()) => Ok(()),
            Err(Trouble::Ended(failure)) => Err(self.fail(check, took, Finding::failure(failure))),
            Err(Trouble::Silent(_)) => {
                *patient = self.connect_again(check, took).await?;
                Ok(())
            }
        }
    }

    /// Subscribes to `filter`. A refusal is settled here and not the end, also where the broker refuses by closing the
    /// connection: then another one is opened.
    async fn ask(
        &mut self,
        patient: &mut Patient,
        check: Check,
        filter: &str,
        options: SubscribeOptions,
    ) -> Result<Answer, Over> {
        self.sheet.begin(check);
        let begun = Instant::now();
        let narrower = words::narrower(&self.config.profile);
        let mut answer = Answer::default();
        let topic_filter = TopicFilter::new(filter).ok().filter(|_| self.wildcards);
        let Some(topic_filter) = topic_filter else {
            let meaning = ReasonCode(0xa2).suback_meaning();
            self.sheet.settle(check, None, refusal(meaning, None));
            return Ok(answer);
        };
        let asked = patient.subscribe(&topic_filter, options, self.limit).await;
        answer.took = begun.elapsed();
        match asked {
            Ok((SubscribeOutcome::Granted(qos), messages)) => {
                answer.granted = Some(topic_filter);
                answer.qos = format!("QoS {qos}");
                answer.messages = messages;
            }
            Ok((SubscribeOutcome::Refused(reason, words), _)) => {
                let mut finding = refusal(reason.suback_meaning(), words);
                finding.what = format!("Refused: {} ({})", finding.what, reason.name());
                if check == Check::SubscribeAll && !matches!(reason.0, 0x97 | 0xa2) {
                    finding.cure = narrower;
                }
                self.sheet.settle(check, Some(answer.took), finding);
            }
            Ok(_) => {
                let finding = Finding::note("The subscription was removed.", "Test again.");
                self.sheet.settle(check, Some(answer.took), finding);
            }
            Err(Trouble::Ended(failure)) => {
                *patient = self.connect_again(check, answer.took).await?;
                let what = format!("The broker closed the connection when asked for “{filter}”.");
                let cure = match check {
                    Check::SubscribeAll => narrower,
                    _ => words::LEAVE_OUT.to_owned(),
                };
                // which mostly says the same
                let more = Some(failure.what).filter(|more| !more.contains(filter));
                let finding = Finding::note(what, cure).with_details(more);
                self.sheet.settle(check, Some(answer.took), finding);
            }
            Err(trouble) => {
                return Err(self.fail(check, answer.took, Self::trouble(filter, trouble)));
            }
        }
        Ok(answer)
    }

    /// A second connection for the rest of the steps.
    async fn connect_again(&self, check: Check, took: Duration) -> Result<Patient, Over> {
        let mut patient = self.open();
        match patient.connected(|_dial| {}).await {
            Ok(_granted) => Ok(patient),
            Err(failure) => {
                let failure = words::without_query(&self.config.profile, failure);
                Err(self.fail(check, took, Finding::failure(failure)))
            }
        }
    }

    fn trouble(asked: &str, trouble: Trouble) -> Finding {
        match trouble {
            Trouble::Ended(failure) => Finding::failure(failure),
            Trouble::Silent(waited) => Finding::failed(
                format!(
                    "The broker did not answer to “{asked}” within {} s.",
                    waited.as_secs()
                ),
                "It may be overloaded or stuck: see the broker's log.",
            ),
        }
    }

    // ---- messages ----

    async fn round_trips(&mut self, patient: &mut Patient) -> Result<(), Over> {
        if !self.publishes {
            for check in [Check::RoundTripQos0, Check::RoundTripQos1] {
                self.sheet.settle(check, None, words::asks_first());
            }
            return Ok(());
        }
        let name = format!("canopy-test/{}", random_letters());
        let (Ok(topic), Ok(filter)) = (TopicName::new(name.as_str()), TopicFilter::new(&*name))
        else {
            return Ok(());
        };
        self.sheet.begin(Check::RoundTripQos0);
        let begun = Instant::now();
        let options = SubscribeOptions::default();
        let asked = patient.subscribe(&filter, options, self.limit).await;
        let comes_back = match asked {
            Ok((SubscribeOutcome::Refused(reason, words), _)) => {
                let mut finding = refusal(reason.suback_meaning(), words);
                finding.what = format!("“{name}” cannot be read: {}", finding.what);
                "Nothing to do if this client only has to publish; otherwise ask whoever runs the broker for access."
                    .clone_into(&mut finding.cure);
                let took = Some(begun.elapsed());
                self.sheet.settle(Check::RoundTripQos0, took, finding);
                false
            }
            Ok(_) => true,
            Err(trouble) => {
                let finding = Self::trouble(&name, trouble);
                return Err(self.fail(Check::RoundTripQos0, begun.elapsed(), finding));
            }
        };
        if comes_back {
            self.qos0(patient, &topic).await?;
        }
        self.qos1(patient, &topic, comes_back).await
    }

    async fn qos0(&self, patient: &mut Patient, topic: &TopicName) -> Result<(), Over> {
        let check = Check::RoundTripQos0;
        let begun = Instant::now();
        let trip = self.trip(patient, (topic, Qos::AtMostOnce), true).await;
        match trip {
            Ok(Trip {
                back: Some(took), ..
            }) => {
                let finding = Finding::passed(format!("“{topic}” came back."));
                self.sheet.settle(check, Some(took), finding);
                Ok(())
            }
            Ok(_) => {
                let took = begun.elapsed();
                let finding = self.why_nothing_came(patient, topic).await;
                Err(self.fail(check, took, finding))
            }
            Err(trouble) => {
                let finding = Self::trouble(topic.as_str(), trouble);
                Err(self.fail(check, begun.elapsed(), finding.blaming_publish()))
            }
        }
    }

    /// A message with QoS 0 is dropped without a word; one with QoS 1 is answered.
    async fn why_nothing_came(&self, patient: &mut Patient, topic: &TopicName) -> Finding {
        let trip = self.trip(patient, (topic, Qos::AtLeastOnce), false).await;
        match trip {
            Ok(Trip {
                refused: Some((reason, words)),
                ..
            }) => not_published(topic, reason, words),
            Err(trouble @ Trouble::Ended(_)) => {
                Self::trouble(topic.as_str(), trouble).blaming_publish()
            }
            _ => Finding::failed(
                format!("A message to “{topic}” did not come back."),
                "This user may not be authorised to publish to it or to read it, which not every broker tells: ask \
                 whoever runs the broker for access.",
            ),
        }
    }

    async fn qos1(
        &self,
        patient: &mut Patient,
        topic: &TopicName,
        comes_back: bool,
    ) -> Result<(), Over> {
        let check = Check::RoundTripQos1;
        if self.highest_qos == 0 {
            let finding = Finding::note(
                "The broker supports QoS 0 only.",
                "Publish with QoS 0, or choose a broker that acknowledges messages.",
            );
            self.sheet.settle(check, None, finding);
            return Ok(());
        }
        self.sheet.begin(check);
        let begun = Instant::now();
        let trip = self.trip(patient, (topic, Qos::AtLeastOnce), comes_back);
        let (took, finding) = match trip.await {
            Ok(Trip {
                refused: Some((reason, words)),
                ..
            }) => (begun.elapsed(), not_published(topic, reason, words)),
            Ok(Trip {
                sent: Some(acknowledged),
                back,
                ..
            }) if back.is_some() == comes_back => {
                let details = format!("PUBACK after {:.1} ms", acknowledged.as_secs_f64() * 1e3);
                let what = if comes_back {
                    "Acknowledged, and came back."
                } else {
                    "Acknowledged."
                };
                let took = back.unwrap_or(acknowledged).max(acknowledged);
                (took, Finding::passed(what).with_details([details]))
            }
            Ok(Trip { sent: None, .. }) => (
                begun.elapsed(),
                Finding::failed(
                    "The broker did not acknowledge the message.",
                    "It may be overloaded or stuck: see the broker's log.",
                ),
            ),
            Ok(_) => (
                begun.elapsed(),
                Finding::failed(
                    "The broker acknowledged the message but did not deliver it.",
                    "See the broker's log.",
                ),
            ),
            Err(trouble) => (
                begun.elapsed(),
                Self::trouble(topic.as_str(), trouble).blaming_publish(),
            ),
        };
        if finding.outcome == Outcome::Failed {
            return Err(self.fail(check, took, finding));
        }
        self.sheet.settle(check, Some(took), finding);
        Ok(())
    }

    async fn trip(
        &self,
        patient: &mut Patient,
        message: (&TopicName, Qos),
        comes_back: bool,
    ) -> Result<Trip, Trouble> {
        let patience = TRIP_PATIENCE.min(self.limit);
        patient.publish(message, comes_back, patience).await
    }

    async fn disconnect(&self, patient: &mut Patient) -> Result<(), Over> {
        let check = Check::Disconnect;
        self.sheet.begin(check);
        let begun = Instant::now();
        let result = patient.disconnect(self.deadline()).await;
        let took = begun.elapsed();
        let finding = match result {
            Ok(()) if patient.notes.iter().any(|note| note.contains("DISCONNECT")) => {
                Finding::note(
                    "The broker did not take DISCONNECT in time.",
                    "It may publish a last will when a client leaves: see the broker's log.",
                )
            }
            Ok(()) => Finding::passed("Ended cleanly."),
            Err(Trouble::Ended(failure)) => Finding::note(failure.what, failure.cure),
            Err(Trouble::Silent(_)) => Finding::note(
                "The connection did not end in time.",
                "See the broker's log.",
            ),
        };
        self.sheet.settle(check, Some(took), finding);
        Ok(())
    }
}

/// What came of a SUBSCRIBE.
#[derive(Default)]
struct Answer {
    took: Duration,
    granted: Option<TopicFilter>,
    qos: String,
    messages: Vec<Publish>,
}

fn refusal(meaning: Meaning, words: Option<String>) -> Finding {
    Finding::note(meaning.what, meaning.cure).with_details(words)
}

fn not_published(topic: &TopicName, reason: ReasonCode, words: Option<String>) -> Finding {
    let meaning = reason.publish_meaning();
    Finding::failed(
        format!("“{topic}” cannot be published to: {}", meaning.what),
        meaning.cure,
    )
    .with_details(words)
}

/// What the broker calls itself, where it does: `$SYS/broker/version`, `$SYS/brokers/<node>/version`.
fn version_in(messages: &[Publish]) -> Option<String> {
    let topic = |it: &&Publish| {
        it.topic.as_str().starts_with("$SYS/broker") && it.topic.as_str().ends_with("/version")
    };
    let message = messages.iter().find(topic)?;
    Some(words::short_text(&message.payload))
}

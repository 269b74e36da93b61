//! What an examination has found: one line for each step, with its time, and what to do about it. It holds no secret,
//! so that it can be shown, printed and sent to somebody who helps.

use std::fmt;
use std::time::Duration;

use crate::profile::{Profile, ProxyKind, Transport};

use super::super::dial::{PeerCertificate, Step};

/// How far the words of a check are from the left: 9, 11 and 17 characters and what is between them.
const INDENT: usize = 42;

/// What is tried, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// A step on the way to the broker.
    Dial(Step),
    /// CONNECT, answered by CONNACK.
    Connect,
    /// SUBSCRIBE to `#`.
    SubscribeAll,
    /// SUBSCRIBE to `$SYS/#`, where many brokers tell about themselves.
    SubscribeSys,
    /// A message with QoS 0 that comes back.
    RoundTripQos0,
    /// A message with QoS 1 that is acknowledged and comes back.
    RoundTripQos1,
    /// DISCONNECT.
    Disconnect,
    /// Whether somebody else uses the profile's own client id.
    OwnId,
}

impl Check {
    /// The checks that `profile` leads through.
    pub(super) fn of(profile: &Profile) -> Vec<Self> {
        let transport = profile.transport;
        let has_proxy = profile.proxy.kind != ProxyKind::None;
        let way: &[Step] = match (transport, has_proxy) {
            (Transport::Unix, _) => &[Step::Unix],
            (_, true) => &[Step::Resolve, Step::Tcp, Step::Proxy],
            (_, false) => &[Step::Resolve, Step::Tcp],
        };
        let tls = transport.uses_tls().then_some(Step::Tls);
        let web_socket = transport.uses_websocket().then_some(Step::WebSocket);
        let talk = [
            Self::Connect,
            Self::SubscribeAll,
            Self::SubscribeSys,
            Self::RoundTripQos0,
            Self::RoundTripQos1,
            Self::Disconnect,
        ];
        let way = way.iter().copied().chain(tls).chain(web_socket);
        way.map(Self::Dial).chain(talk).collect()
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dial(Step::Resolve) => "Name resolution",
            Self::Dial(Step::Proxy) => "Proxy",
            Self::Dial(step) => step.name(),
            Self::Connect => "CONNECT",
            Self::SubscribeAll => "SUBSCRIBE #",
            Self::SubscribeSys => "SUBSCRIBE $SYS/#",
            Self::RoundTripQos0 => "Round trip, QoS 0",
            Self::RoundTripQos1 => "Round trip, QoS 1",
            Self::Disconnect => "DISCONNECT",
            Self::OwnId => "Client id",
        })
    }
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// It was not tried, or not yet.
    #[default]
    Pending,
    /// It is not to be tried, which the words say why.
    Skipped,
    /// It is under way.
    Running,
    /// All is well.
    Passed,
    /// Something to know; the connection works all the same.
    Finding,
    /// It failed, and nothing was tried after it.
    Failed,
}

impl Outcome {
    /// Whether nothing more will come of it.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }

    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending | Self::Skipped => "not tried",
            Self::Running => "running",
            Self::Passed => "ok",
            Self::Finding => "note",
            Self::Failed => "failed",
        }
    }
}

/// One check and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Which one.
    pub check: Check,
    /// How it went.
    pub outcome: Outcome,
    /// How long it took, once it is settled.
    pub took: Option<Duration>,
    /// What was reached or found, in words; empty until it is settled.
    pub what: String,
    /// What to do, as a sentence; empty where nothing is to be done.
    pub cure: String,
    /// More, a line each.
    pub details: Vec<String>,
}

impl Examined {
    fn pending(check: Check) -> Self {
        Self {
            check,
            outcome: Outcome::Pending,
            took: None,
            what: String::new(),
            cure: String::new(),
            details: Vec::new(),
        }
    }

    /// `12.3 ms`; empty until the check is settled.
    pub fn time(&self) -> String {
        self.took.map_or_else(String::new, |took| {
            format!("{:.1} ms", took.as_secs_f64() * 1_000.0)
        })
    }

    /// The check as lines of text: outcome, time, name and words, below them the cure and the details.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{:<9} {:>11}  {:<17}  {}",
            self.outcome.name(),
            self.time(),
            self.check.to_string(),
            self.what
        );
        text.truncate(text.trim_end().len());
        text.push('\n');
        let more = Some(&self.cure).filter(|cure| !cure.is_empty());
        for line in more.into_iter().chain(&self.details) {
            text.push_str(&" ".repeat(INDENT));
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// Where an examination is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Under way.
    Running,
    /// Over.
    Done,
    /// Stopped by the user.
    Cancelled,
}

/// Everything that an examination has found so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where it leads: the profile's URL, without anything secret.
    pub place: String,
    /// As what: protocol version and client id.
    pub client: String,
    /// All checks in order, those to come included.
    pub steps: Vec<Examined>,
    /// The broker's certificates as it sent them, its own first.
    pub certificates: Vec<PeerCertificate>,
    /// Where it is.
    pub progress: Progress,
}

impl Report {
    /// Nothing was tried yet. `claims_id` says whether the profile's own client id will be tried at the end.
    pub(super) fn new(profile: &Profile, claims_id: bool) -> Self {
        let own_id = claims_id.then_some(Check::OwnId);
        let checks = Check::of(profile).into_iter().chain(own_id);
        Self {
            place: profile.url(),
            client: format!("{}, client id “{}”", profile.version, profile.client_id),
            steps: checks.map(Examined::pending).collect(),
            certificates: Vec::new(),
            progress: Progress::Running,
        }
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.progress != Progress::Running
    }

    /// The check that failed.
    pub fn failure(&self) -> Option<&Examined> {
        let is_failed = |step: &&Examined| step.outcome == Outcome::Failed;
        self.steps.iter().find(is_failed)
    }

    /// Whether everything was tried and nothing failed.
    pub fn works(&self) -> bool {
        self.progress == Progress::Done && self.failure().is_none()
    }

    /// How all of it went, as a sentence.
    pub fn summary(&self) -> String {
        let findings = self.steps.iter();
        let findings = findings.filter(|step| step.outcome == Outcome::Finding);
        match (self.progress, self.failure(), findings.count()) {
            (_, Some(failed), _) => format!("{} failed.", failed.check),
            (Progress::Running, ..) => "Testing …".to_owned(),
            (Progress::Cancelled, ..) => "The test was cancelled.".to_owned(),
            (Progress::Done, None, 0) => "Everything works.".to_owned(),
            (Progress::Done, None, 1) => "The connection works; one thing to know.".to_owned(),
            (Progress::Done, None, count) => {
                format!("The connection works; {count} things to know.")
            }
        }
    }

    /// The heading of the text: where to, and as what.
    pub fn heading(&self) -> String {
        format!("{}\n{}\n", self.place, self.client)
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        let mut text = self.heading();
        for step in &self.steps {
            text.push_str(&step.text());
        }
        text.push_str(&self.summary());
        text.push('\n');
        text
    }

    pub(super) fn step_mut(&mut self, check: Check) -> Option<&mut Examined> {
        self.steps.iter_mut().find(|step| step.check == check)
    }

    /// The first check that is not settled.
    pub(super) fn next(&self) -> Option<Check> {
        let open = |step: &&Examined| !step.outcome.is_settled();
        self.steps.iter().find(open).map(|step| step.check)
    }
}

//! The steps of a dial, with time and outcome each, so that a failed connect can be explained and a test of the
//! connection can be printed.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{Instant, timeout_at};

use super::error::DialError;
use super::first_bytes::{FirstBytes, Speech};
use super::tls::{PeerCertificate, TlsFacts};

/// A step on the way to a byte stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Looking up the host's name, or the proxy's.
    Resolve,
    /// Opening a TCP connection.
    Tcp,
    /// Opening a Unix socket.
    Unix,
    /// Asking the proxy to go on to the broker.
    Proxy,
    /// The TLS handshake.
    Tls,
    /// The HTTP request that opens a WebSocket.
    WebSocket,
}

impl Step {
    /// Its name in the midst of a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolve => "name resolution",
            Self::Tcp => "TCP",
            Self::Unix => "Unix socket",
            Self::Proxy => "proxy",
            Self::Tls => "TLS",
            Self::WebSocket => "WebSocket",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// Which one.
    pub step: Step,
    /// How long it took.
    pub took: Duration,
    /// What was reached, such as `127.0.0.1:1883` or `TLS 1.3`; or why not.
    pub outcome: Result<String, DialError>,
}

/// Everything that the last dial has shown. It is there after a success and after a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DialReport {
    /// The steps in order; the last one may have failed.
    pub steps: Vec<StepReport>,
    /// The broker's certificates as it sent them, its own first.
    pub certificates: Vec<PeerCertificate>,
    /// What TLS agreed on.
    pub tls: Option<TlsFacts>,
}

/// How far dialing has come. It is read when an attempt has failed, to tell where.
#[derive(Debug, Default)]
pub(in crate::client) struct Progress {
    state: Mutex<State>,
    /// What came first on the stream that MQTT is spoken on.
    pub(super) answer: FirstBytes,
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    report: DialReport,
}

/// Where an attempt is.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::client) enum Phase {
    /// Nothing has begun.
    #[default]
    Idle,
    /// In the midst of this step.
    At(Step),
    /// Dialing has failed.
    Failed(DialError),
    /// The stream is there; CONNACK is not.
    Open,
}

impl Progress {
    /// A new dial begins.
    pub(super) fn begin(&self) {
        self.answer.clear();
        *self.state.lock() = State::default();
    }

    /// Does one step within the time that is left. `told` says what a success has reached.
    pub(super) async fn step<T>(
        &self,
        step: Step,
        deadline: Instant,
        work: impl Future<Output = Result<T, DialError>>,
        told: impl FnOnce(&T) -> String,
    ) -> Result<T, DialError> {
        self.state.lock().phase = Phase::At(step);
        let begun = Instant::now();
        let result = match timeout_at(deadline, work).await {
            Ok(result) => result,
            Err(_elapsed) => Err(DialError::TimedOut(step)),
        };
        let outcome = match &result {
            Ok(reached) => Ok(told(reached)),
            Err(err) => Err(err.clone()),
        };
        self.state.lock().report.steps.push(StepReport {
            step,
            took: begun.elapsed(),
            outcome,
        });
        result
    }

    /// Keeps what TLS has shown.
    pub(super) fn note_tls(&self, certificates: Vec<PeerCertificate>, facts: Option<TlsFacts>) {
        let report = &mut self.state.lock().report;
        report.certificates = certificates;
        report.tls = facts;
    }

    /// The dial is over.
    pub(super) fn finish<T>(&self, result: &Result<T, DialError>) {
        self.state.lock().phase = match result {
            Ok(_) => Phase::Open,
            Err(err) => Phase::Failed(err.clone()),
        };
    }

    /// Whether the stream is there, so that CONNECT is on its way or will be at once.
    pub(in crate::client) fn is_open(&self) -> bool {
        self.state.lock().phase == Phase::Open
    }

    /// Takes the phase reached; the report stays.
    pub(in crate::client) fn take(&self) -> Phase {
        std::mem::take(&mut self.state.lock().phase)
    }

    /// Whose the first bytes of the open stream were; `None` when none came.
    pub(in crate::client) fn heard(&self) -> Option<Speech> {
        self.answer.speech()
    }

    /// What the last dial has shown.
    pub(in crate::client) fn report(&self) -> DialReport {
        self.state.lock().report.clone()
    }
}

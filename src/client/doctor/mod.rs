//! The connection doctor: tries everything that a connection needs, step by step, and says where it fails, why, and
//! what to do.
//!
//! It examines a [`super::Connection`] like any other, so that what it finds is what a connection will meet. The
//! profile's subscriptions and its will stay out of it, and nothing is left behind on the broker.
//!
//! | file | what it does |
//! |---|---|
//! | `report` | what was found, as values and as text |
//! | `patient` | the connection under examination |
//! | `exam`, `sheet` | the steps in order, and writing down what they find |
//! | `own_id` | whether somebody else uses the client id |
//! | `words` | what was granted, and certificates, in words |

mod exam;
mod own_id;
mod patient;
mod report;
mod sheet;
mod words;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::profile::Session;

use crate::mqtt::Properties;

use super::{Config, Extras, RuntimeHandle, Wake, random_client_id};
pub use report::{Check, Examined, Outcome, Progress, Report};

use exam::Exam;
use own_id::OwnId;
use sheet::Sheet;
pub use words::PUBLISH_YOURSELF;

/// An examination in the background. Dropping it cancels it.
#[derive(Debug)]
pub struct Examination {
    sheet: Sheet,
    report: watch::Receiver<Report>,
    task: Option<JoinHandle<()>>,
}

/// Begins to examine the connection that `config` leads to. `wake` is called whenever there is something new to show.
/// Each step is given up after the profile's time for connecting.
pub fn examine(runtime: &RuntimeHandle, config: Config, wake: Wake) -> Examination {
    examine_with(runtime, config, Options::default(), wake)
}

/// What a command line can ask for beyond that.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What CONNECT carries besides the profile; a session is never kept.
    pub extras: Extras,
    /// Whether to find out at the end if somebody else uses the profile's own client id, by connecting with it. That
    /// throws out whoever does.
    pub claims_id: bool,
    /// Whether messages are published also on a profile that asks before publishing.
    pub publishes_unasked: bool,
}

/// The same with `options`.
pub fn examine_with(
    runtime: &RuntimeHandle,
    config: Config,
    options: Options,
    wake: Wake,
) -> Examination {
    let Options {
        mut extras,
        claims_id,
        publishes_unasked,
    } = options;
    let claims_id = claims_id && !config.profile.client_id.is_empty();
    let to_claim = claims_id.then(|| OwnId::new(config.clone(), extras.clone()));
    let publishes = publishes_unasked || !config.profile.ask_before_publish;
    extras.connect.session_expiry = None;
    extras.will = Properties::default();
    let (config, own_id) = as_test(config);
    let (sheet, report) = Sheet::new(Report::new(&config.profile, claims_id), wake);
    let config = (config, extras);
    let mut exam = Exam::new(runtime.clone(), config, (own_id, to_claim), sheet.clone());
    exam.publishes = publishes;
    Examination {
        sheet,
        report,
        task: Some(runtime.spawn(exam.run())),
    }
}

impl Examination {
    /// What was found so far.
    pub fn report(&self) -> Report {
        self.report.borrow().clone()
    }

    /// Waits until there is something new; at once when there is, or when nothing more will come.
    pub async fn changed(&mut self) {
        if !self.report.borrow().is_over() {
            // the sender lives in `sheet`, so that this cannot fail
            self.report.changed().await.ok();
        }
    }

    /// Stops it; the broker is told DISCONNECT where it was connected.
    pub fn cancel(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            self.sheet.cancel();
        }
    }

    /// One that is over, to be looked at.
    #[cfg(test)]
    pub fn finished(report: Report) -> Self {
        let (sheet, report) = Sheet::new(report, std::sync::Arc::new(|| {}));
        Self {
            sheet,
            report,
            task: None,
        }
    }
}

impl Drop for Examination {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

/// `config` as it is tested: one connection without subscriptions, will and kept session. A client id of the profile's
/// own is not used, as that would throw out a client that runs with it; it is returned.
fn as_test(mut config: Config) -> (Config, Option<String>) {
    let profile = &mut config.profile;
    profile.subscriptions.clear();
    profile.will.enabled = false;
    profile.session = Session::CleanStart;
    profile.session_expiry = 0;
    profile.reconnect = false;
    let own = Some(profile.client_id.clone()).filter(|id| !id.is_empty());
    profile.client_id = match &own {
        Some(id) => format!("{id}-test"),
        None => random_client_id(),
    };
    (config, own)
}

//! The report that is being written, and telling whoever waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::super::Wake;
use super::report::{Check, Outcome, Progress, Report};
use super::words::Finding;

/// The report that is being written, and whoever waits for it.
#[derive(Clone)]
pub(super) struct Sheet {
    pub(super) report: Arc<watch::Sender<Report>>,
    wake: Wake,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.report.fmt(f)
    }
}

impl Sheet {
    pub(super) fn new(report: Report, wake: Wake) -> (Self, watch::Receiver<Report>) {
        let (sender, receiver) = watch::channel(report);
        let report = Arc::new(sender);
        (Self { report, wake }, receiver)
    }

    pub(super) fn edit(&self, change: impl FnOnce(&mut Report)) {
        self.report.send_modify(change);
        (self.wake)();
    }

    /// Marks the check that is under way.
    pub(super) fn begin(&self, check: Check) {
        self.edit(|report| {
            if let Some(step) = report.step_mut(check) {
                step.outcome = Outcome::Running;
            }
        });
    }

    pub(super) fn settle(&self, check: Check, took: Option<Duration>, finding: Finding) {
        self.edit(|report| {
            if let Some(step) = report.step_mut(check) {
                step.outcome = finding.outcome;
                step.took = took;
                step.what = finding.what;
                step.cure = finding.cure;
                step.details = finding.details;
            }
        });
    }

    pub(super) fn end(&self, progress: Progress) {
        self.edit(|report| {
            report.progress = progress;
            for step in &mut report.steps {
                if step.outcome == Outcome::Running {
                    step.outcome = Outcome::Pending;
                }
            }
        });
    }

    pub(super) fn cancel(&self) {
        if !self.report.borrow().is_over() {
            self.end(Progress::Cancelled);
        }
    }
}

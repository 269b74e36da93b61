//! Every wrong setting gets its own right sentence, from servers as they are in the world: mosquitto on every transport,
//! OpenSSL, a web server and real proxies. Each case is tried by a connection and by the doctor; all sentences are
//! compared, so that no two causes can hide behind the same words. Run with `CANOPY_TEST_LOG=1 --nocapture` to read them.

mod broker;
mod certificates;
mod network;
mod proxies;

use std::collections::BTreeMap;
use std::sync::Arc;

use canopy::client::doctor::{Check, Examined, Outcome, Report, examine};
use canopy::client::{Config, Failure, RuntimeHandle};
use canopy::profile::Profile;

use super::{assert_says, refusal};
use crate::common::{PATIENCE, within};

/// A setting that cannot work.
struct Case {
    /// What is wrong, for whoever reads the table; cases of one cause may have the same sentence.
    cause: &'static str,
    config: Config,
    /// Where the doctor has to stop.
    stops_at: Check,
    /// What the sentences have to say.
    says: Vec<String>,
}

/// A case without secrets.
fn case(cause: &'static str, profile: Profile, stops_at: Check, says: &[&str]) -> Case {
    let config = Config {
        profile,
        ..Config::default()
    };
    secret_case(cause, config, stops_at, says)
}

fn secret_case(cause: &'static str, config: Config, stops_at: Check, says: &[&str]) -> Case {
    Case {
        cause,
        config,
        stops_at,
        says: says.iter().map(|says| (*says).to_owned()).collect(),
    }
}

/// What a case led to.
struct Found {
    cause: &'static str,
    /// The sentences with this run's ports and directories taken out.
    words: String,
}

async fn report_of(config: Config) -> Report {
    let mut examination = examine(&RuntimeHandle::current(), config, Arc::new(|| {}));
    within("the end of the examination", 3 * PATIENCE, async {
        while !examination.report().is_over() {
            examination.changed().await;
        }
    })
    .await;
    examination.report()
}

fn failed_step(report: &Report) -> &Examined {
    let failed = |step: &&Examined| step.outcome == Outcome::Failed;
    let found = report.steps.iter().find(failed);
    found.unwrap_or_else(|| panic!("nothing failed in\n{}", report.text()))
}

impl Case {
    /// Fails to connect, asks the doctor, and checks what both say.
    async fn run(self) -> Found {
        let (connection, report) =
            tokio::join!(refusal(self.config.clone()), report_of(self.config.clone()));
        let failure = connection.0;
        let says: Vec<&str> = self.says.iter().map(String::as_str).collect();
        eprintln_if_asked(self.cause, &failure);
        assert_says(&failure, &says);
        assert!(failure.what.ends_with('.'), "{failure}");
        let step = failed_step(&report);
        assert_eq!(
            step.check,
            self.stops_at,
            "{}:\n{}",
            self.cause,
            report.text()
        );
        assert_eq!(step.what, failure.what, "{}", self.cause);
        assert_eq!(step.cure, failure.cure, "{}", self.cause);
        self.keeps_its_secrets(&failure, &report);
        let words = format!("{} {}", failure.what, failure.cure);
        Found {
            cause: self.cause,
            words: self.without_this_run(&words),
        }
    }

    fn keeps_its_secrets(&self, failure: &Failure, report: &Report) {
        let config = &self.config;
        let secrets = [
            &config.password,
            &config.key_passphrase,
            &config.proxy_password,
        ];
        for secret in secrets.into_iter().flatten() {
            let secret = secret.reveal();
            assert!(!failure.to_string().contains(secret), "{failure}");
            assert!(!report.text().contains(secret), "{}", report.text());
        }
    }

    fn without_this_run(&self, words: &str) -> String {
        let profile = &self.config.profile;
        let mut words = words.to_owned();
        for port in [profile.port, profile.proxy.port] {
            words = words.replace(&format!(":{port}"), ":PORT");
        }
        words
    }
}

fn eprintln_if_asked(cause: &str, failure: &Failure) {
    if std::env::var_os("CANOPY_TEST_LOG").is_some() {
        let detail = failure.detail.as_deref().unwrap_or_default();
        eprintln!("| {cause} | {} {} | {detail} |", failure.what, failure.cure);
    }
}

/// Runs all cases at once, since most of them only wait, and says how many were wrong.
async fn run_all(cases: Vec<Case>, found: &mut Vec<Found>) -> usize {
    let mut running = tokio::task::JoinSet::new();
    for case in cases {
        running.spawn(case.run());
    }
    let mut wrong = 0;
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(sentence) => found.push(sentence),
            // what is wrong stands in its panic
            Err(_panicked) => wrong += 1,
        }
    }
    wrong
}

/// Fails where two causes have the same sentences.
fn assert_all_differ(found: &[Found]) {
    let mut causes: BTreeMap<&str, &str> = BTreeMap::new();
    for Found { cause, words } in found {
        let first = causes.entry(words).or_insert(cause);
        assert_eq!(first, cause, "both say: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_setting_gets_its_own_right_sentence() {
    let mut found = Vec::new();
    let Some(network) = network::Site::start().await else {
        return;
    };
    let Some(certificates) = certificates::Site::start().await else {
        return;
    };
    let Some(broker) = broker::Site::start() else {
        return;
    };
    let Some(proxies) = proxies::Site::start().await else {
        return;
    };
    let mut wrong = run_all(network.cases().await, &mut found).await;
    wrong += run_all(certificates.cases(), &mut found).await;
    wrong += run_all(broker.cases(), &mut found).await;
    wrong += run_all(proxies.cases().await, &mut found).await;
    assert_eq!(wrong, 0, "cases with a wrong sentence");
    found.extend(broker.taken_over().await);
    assert!(found.len() > 50, "only {} cases", found.len());
    assert_all_differ(&found);
}

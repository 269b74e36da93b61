//! Whom a connection trusts, and the words for each certificate that it does not.

use canopy::client::{CertificateProblem, Config, DialError, Step};
use canopy::profile::{Fingerprint, Profile, Transport, Verify};

use super::servers::{Authority, Issued, parameters, tls_server, valid_between};
use super::{assert_says, reaching, refusal};
use crate::common::probe::Probe;

fn trusting(authority: &Authority, port: u16) -> Profile {
    let mut profile = reaching(Transport::Tls, port);
    profile.tls.ca_file = Some(authority.file());
    profile
}

/// Connects, and is refused with `expected`; then the chain is there, and pinning the certificate connects. Whatever it
/// is, but a wrong host, is refused also where the host does not matter.
async fn is_refused(authority: &Authority, issued: &Issued, expected: &[&str]) -> DialError {
    let port = tls_server(issued).await;
    let profile = trusting(authority, port);
    let config = Config {
        profile: profile.clone(),
        ..Config::default()
    };
    let (failure, report) = refusal(config).await;
    assert_says(&failure, expected);
    let own = report
        .certificates
        .first()
        .expect("the certificate is kept");
    assert_eq!(own.der, issued.chain[0].to_vec());
    let mut pinned = profile.clone();
    pinned.tls.verify = Verify::Pinned(vec![own.fingerprint.clone()]);
    Probe::connect(pinned).await;
    let mut careless = profile.clone();
    careless.tls.verify = Verify::Nothing;
    Probe::connect(careless).await;
    let failed = report.steps.last().expect("a step");
    assert_eq!(failed.step, Step::Tls);
    let err = failed.outcome.clone().unwrap_err();
    let mut any_host = profile;
    any_host.tls.verify = Verify::AnyHost;
    match &err {
        DialError::Certificate(CertificateProblem::WrongHost { .. }) => {
            Probe::connect(any_host).await;
        }
        _ => assert_says(&super::refused(any_host).await, expected),
    }
    err
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_a_known_authority_is_trusted_and_shown() {
    let authority = Authority::new("Test Root");
    let issued = authority.issue("server", &parameters(&["127.0.0.1", "localhost"]));
    let port = tls_server(&issued).await;
    let probe = Probe::connect(trusting(&authority, port)).await;
    let report = probe.connection.dial_report();
    let steps: Vec<Step> = report.steps.iter().map(|step| step.step).collect();
    assert_eq!(steps, [Step::Resolve, Step::Tcp, Step::Tls]);
    assert_eq!(report.tls.expect("facts").version, "TLS 1.3");
    assert_eq!(report.certificates[0].names, ["127.0.0.1", "localhost"]);
    assert_eq!(report.certificates[0].issuer_name(), "Test Root");

    // the same authority in DER form, and among others in one PEM file
    let der = authority.path("ca.der");
    std::fs::write(&der, authority.der()).unwrap();
    let other = Authority::new("Other Root");
    let both = authority.path("both.pem");
    let read = |path| std::fs::read_to_string(path).unwrap();
    std::fs::write(&both, read(other.file()) + &read(authority.file())).unwrap();
    for file in [der, both] {
        let mut profile = trusting(&authority, port);
        profile.tls.ca_file = Some(file);
        Probe::connect(profile).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_are_told() {
    let authority = Authority::new("Test Root");
    let expired = authority.issue("expired", &valid_between(2019, 2021));
    let err = is_refused(&authority, &expired, &["expired on 5 March 2021"]).await;
    assert!(matches!(
        err,
        DialError::Certificate(CertificateProblem::Expired { .. })
    ));
    let early = authority.issue("early", &valid_between(2090, 2091));
    is_refused(&authority, &early, &["is not valid before 5 March 2090"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_host_is_told_with_the_names_it_is_for() {
    let authority = Authority::new("Test Root");
    let names = ["broker.example", "*.other.example"];
    let issued = authority.issue("server", &parameters(&names));
    let expected = ["was issued for broker.example, *.other.example, not for 127.0.0.1"];
    is_refused(&authority, &issued, &expected).await;

    // the server name of the profile is what counts, if there is one
    let mut by_name = trusting(&authority, tls_server(&issued).await);
    by_name.tls.server_name = "a.other.example".to_owned();
    Probe::connect(by_name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_issuers_and_self_signed_certificates_are_told_apart() {
    let authority = Authority::new("Test Root");
    let stranger = Authority::new("Strange Root");
    let hosts = parameters(&["127.0.0.1"]);
    let foreign = stranger.issue("server", &hosts);
    let expected = ["was issued by “Strange Root”, which is not known here"];
    is_refused(&authority, &foreign, &expected).await;
    let own = authority.self_signed("own", &hosts);
    is_refused(&authority, &own, &["is self-signed"]).await;
    // nobody vouches for it, and it is for somebody else: the first of them is told
    let neither = stranger.issue("neither", &parameters(&["broker.example"]));
    is_refused(&authority, &neither, &expected).await;

    // whoever chooses the certificate itself as CA file trusts it
    let mut trusted = reaching(Transport::Tls, tls_server(&own).await);
    trusted.tls.ca_file = Some(own.certificate);
    Probe::connect(trusted).await;
    let late = authority.self_signed("late", &valid_between(2019, 2021));
    let mut profile = reaching(Transport::Tls, tls_server(&late).await);
    profile.tls.ca_file = Some(late.certificate);
    assert_says(&super::refused(profile).await, &["expired on 5 March 2021"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_systems_authorities_do_not_know_ours() {
    let authority = Authority::new("Test Root");
    let issued = authority.issue("server", &parameters(&["127.0.0.1"]));
    let profile = reaching(Transport::Tls, tls_server(&issued).await);
    let failure = super::refused(profile).await;
    let words = failure.to_string();
    assert!(
        words.contains("“Test Root”, which is not known here") || words.contains("ca-certificates"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_than_the_pinned_one_is_not_trusted() {
    let authority = Authority::new("Test Root");
    let issued = authority.issue("server", &parameters(&["127.0.0.1"]));
    let mut profile = trusting(&authority, tls_server(&issued).await);
    profile.tls.verify = Verify::Pinned(vec![Fingerprint::from_sha256(&[7; 32])]);
    let failure = super::refused(profile).await;
    assert_says(&failure, &["is not the one that this profile trusts"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_files_are_named_with_what_is_wrong() {
    let authority = Authority::new("Test Root");
    let issued = authority.issue("server", &parameters(&["127.0.0.1"]));
    let port = tls_server(&issued).await;
    let text = authority.path("text.pem");
    std::fs::write(&text, "no certificate at all\n").unwrap();
    let cut = authority.path("cut.pem");
    std::fs::write(&cut, "-----BEGIN CERTIFICATE-----\nMIIB!!!!\n").unwrap();
    let empty = authority.path("empty.pem");
    std::fs::write(&empty, "").unwrap();
    for (file, expected) in [
        (authority.path("nowhere.pem"), "is not there"),
        (authority.directory.path().to_owned(), "is a directory"),
        (issued.key.clone(), "holds a private key and no certificate"),
        (text, "holds no certificate"),
        (cut, "damaged PEM block"),
        (empty, "is empty"),
    ] {
        let mut profile = reaching(Transport::Tls, port);
        profile.tls.ca_file = Some(file.clone());
        let name = file.display().to_string();
        assert_says(&super::refused(profile).await, &[&name, expected]);
    }
}

//! Each wrong setting is said beside its field, and only where it counts.

use super::super::{
    Authentication, Fingerprint, Identity, ProxyKind, Session, Subscription, Transport, Verify,
    WillSettings,
};
use super::*;
use crate::mqtt::{Qos, Version};

fn fields(profile: &Profile, severity: Severity) -> Vec<Field> {
    let found = profile.validate();
    let found = found.iter().filter(|problem| problem.severity == severity);
    found.map(|problem| problem.field).collect()
}

fn with_host(host: &str) -> Profile {
    Profile {
        host: host.to_owned(),
        ..Profile::default()
    }
}

#[test]
fn a_new_profile_has_nothing_wrong() {
    assert_eq!(Profile::default().validate(), []);
    assert!(Profile::default().is_connectable());
}

#[test]
fn hosts_are_names_or_addresses_and_nothing_more() {
    for good in [
        "localhost",
        "127.0.0.1",
        "::1",
        "fe80::1%eth0",
        "ümlaut.example",
        "a_b",
    ] {
        assert_eq!(with_host(good).validate(), [], "{good}");
    }
    for bad in [
        "",
        " ",
        "a b",
        "mqtt://a",
        "wss://a/mqtt",
        "a:1883",
        "[::1]",
        "[::1]:1883",
        "a/b",
        "u@a",
        ":::",
        "a:b",
    ] {
        let profile = with_host(bad);
        assert_eq!(fields(&profile, Severity::Error), [Field::Host], "{bad}");
        assert!(!profile.is_connectable());
    }
    let text = &with_host("broker.example:1884").validate()[0].text;
    assert_eq!(
        text,
        "Write “broker.example” here and 1884 in the field for the port."
    );
}

#[test]
fn numbers_and_account_are_checked() {
    let profile = Profile {
        port: 0,
        connect_timeout: 0,
        max_packet_size: 0,
        use_password: true,
        version: Version::V311,
        ..Profile::default()
    };
    assert_eq!(
        fields(&profile, Severity::Error),
        [
            Field::Port,
            Field::ConnectTimeout,
            Field::MaxPacketSize,
            Field::UserName
        ]
    );
    let v5 = Profile {
        use_password: true,
        ..Profile::default()
    };
    assert!(v5.is_connectable());
}

#[test]
fn client_ids_are_needed_for_a_session_and_hinted_at_when_long() {
    let mut profile = Profile {
        session: Session::Resume,
        version: Version::V311,
        ..Profile::default()
    };
    assert_eq!(fields(&profile, Severity::Error), [Field::ClientId]);
    profile.client_id = "x".repeat(24);
    assert_eq!(fields(&profile, Severity::Hint), [Field::ClientId]);
    assert!(profile.is_connectable());
    profile.version = Version::V5;
    assert_eq!(profile.validate(), []);
    profile.client_id = "x".repeat(65_536);
    assert_eq!(fields(&profile, Severity::Error), [Field::ClientId]);
    profile.client_id = "a\0".to_owned();
    assert_eq!(fields(&profile, Severity::Error), [Field::ClientId]);
}

#[test]
fn the_will_is_checked_only_when_it_is_on() {
    let will = WillSettings {
        topic: "status/+".to_owned(),
        message: "x".repeat(65_536),
        ..WillSettings::default()
    };
    let mut profile = Profile {
        will,
        ..Profile::default()
    };
    assert_eq!(profile.validate(), []);
    profile.will.enabled = true;
    assert_eq!(
        fields(&profile, Severity::Error),
        [Field::WillTopic, Field::WillMessage]
    );
}

#[test]
fn subscriptions_are_named_by_their_place() {
    let subscription = |filter: &str| Subscription::new(filter, Qos::AtMostOnce);
    let profile = Profile {
        subscriptions: ["a/#", "#/a", "a/#"].map(subscription).to_vec(),
        ..Profile::default()
    };
    assert_eq!(fields(&profile, Severity::Error), [Field::Subscription(1)]);
    assert_eq!(fields(&profile, Severity::Hint), [Field::Subscription(2)]);
}

#[test]
fn only_the_chosen_transport_is_looked_at() {
    let mut profile = Profile {
        unix_path: "x".repeat(200),
        ..Profile::default()
    };
    profile.web_socket.path = "mqtt x".to_owned();
    profile.web_socket.headers = vec![(String::new(), String::new())];
    profile.tls.verify = Verify::Nothing;
    profile.tls.identity = Identity::Pkcs12 { file: "".into() };
    assert_eq!(profile.validate(), []);
    profile.set_transport(Transport::Unix);
    assert_eq!(fields(&profile, Severity::Error), [Field::UnixPath]);
    profile.set_transport(Transport::SecureWebSocket);
    assert_eq!(
        fields(&profile, Severity::Error),
        [
            Field::WebSocketPath,
            Field::WebSocketPath,
            Field::Header(0),
            Field::Certificate
        ]
    );
    assert_eq!(fields(&profile, Severity::Hint), [Field::Verify]);
}

#[test]
fn headers_of_the_connection_itself_and_line_ends_are_refused() {
    let mut profile = Profile {
        transport: Transport::WebSocket,
        ..Profile::default()
    };
    profile.web_socket.headers = [
        ("X-Tenant", "a b"),
        ("Host", "h"),
        ("Sec-WebSocket-Protocol", "mqtt"),
        ("X", "a\r\nY: b"),
        ("a b", ""),
        ("Authorization", "Bearer x"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    assert_eq!(
        fields(&profile, Severity::Error),
        [1, 2, 3, 4].map(Field::Header)
    );
    assert_eq!(fields(&profile, Severity::Hint), []);
}

#[test]
fn a_proxy_needs_an_address_and_a_password_its_user() {
    let mut profile = Profile::default();
    profile.proxy.use_password = true;
    assert_eq!(profile.validate(), []);
    profile.proxy.kind = ProxyKind::HttpConnect;
    assert_eq!(
        fields(&profile, Severity::Error),
        [Field::ProxyHost, Field::ProxyPort, Field::ProxyUserName]
    );
    profile.proxy.host = "http://proxy:3128".to_owned();
    profile.proxy.port = 3128;
    profile.proxy.user_name = "a:b".to_owned();
    assert_eq!(
        fields(&profile, Severity::Error),
        [Field::ProxyHost, Field::ProxyUserName]
    );
    profile.proxy.host = "proxy".to_owned();
    profile.proxy.kind = ProxyKind::Socks5;
    assert_eq!(profile.validate(), []);
    profile.transport = Transport::Unix;
    profile.unix_path = "/run/m.sock".to_owned();
    assert_eq!(fields(&profile, Severity::Hint), [Field::ProxyHost]);
}

#[test]
fn pins_names_and_protocols_of_tls() {
    let mut profile = Profile {
        transport: Transport::Tls,
        ..Profile::default()
    };
    profile.tls.verify = Verify::Pinned(Vec::new());
    assert_eq!(fields(&profile, Severity::Error), [Field::Verify]);
    profile.tls.verify = Verify::Pinned(vec![
        Fingerprint::from_sha256(&[1; 32]),
        Fingerprint::new("12:34"),
    ]);
    profile.tls.alpn = vec!["mqtt".to_owned(), String::new()];
    profile.tls.server_name = "host:1".to_owned();
    assert_eq!(
        fields(&profile, Severity::Error),
        [Field::Fingerprint(1), Field::Alpn(1), Field::ServerName]
    );
}

#[test]
fn properties_of_mqtt_5_stay_in_their_ranges() {
    let mut profile = Profile::default();
    profile.mqtt5.receive_maximum = Some(0);
    profile.mqtt5.user_properties = vec![
        ("a".to_owned(), "b".to_owned()),
        ("a".to_owned(), "\0".to_owned()),
    ];
    profile.mqtt5.authentication = Authentication::Other {
        method: String::new(),
        data: vec![0; 65_536],
    };
    assert_eq!(
        fields(&profile, Severity::Error),
        [
            Field::ReceiveMaximum,
            Field::UserProperty(1),
            Field::AuthenticationMethod,
            Field::AuthenticationData
        ]
    );
    profile.mqtt5 = super::super::Mqtt5Settings {
        authentication: Authentication::ScramSha256,
        ..Default::default()
    };
    assert_eq!(fields(&profile, Severity::Error), [Field::UserName]);
    profile.user_name = "ann".to_owned();
    profile.use_password = true;
    assert_eq!(profile.validate(), []);
    profile.version = Version::V311;
    assert_eq!(
        fields(&profile, Severity::Hint),
        [Field::AuthenticationMethod]
    );
}

#[test]
fn the_properties_of_a_will_are_checked_with_mqtt_5() {
    let will = WillSettings {
        enabled: true,
        topic: "status".to_owned(),
        delay: 5,
        content_type: "x".repeat(65_536),
        response_topic: "a/#".to_owned(),
        correlation_data: vec![0; 65_536],
        user_properties: vec![("\0".to_owned(), String::new())],
        ..WillSettings::default()
    };
    let mut profile = Profile {
        will,
        ..Profile::default()
    };
    assert_eq!(fields(&profile, Severity::Hint), [Field::WillDelay]);
    assert_eq!(
        fields(&profile, Severity::Error),
        [
            Field::WillContentType,
            Field::WillResponseTopic,
            Field::WillCorrelationData,
            Field::WillUserProperty(0)
        ]
    );
    profile.version = Version::V311;
    assert_eq!(profile.validate(), []);
}

#[test]
fn options_of_subscriptions_fit_version_and_sharing() {
    let shared = Subscription {
        no_local: true,
        ..Subscription::new("$share/g/a/#", Qos::AtMostOnce)
    };
    let mut profile = Profile {
        subscriptions: vec![
            shared,
            Subscription::new("$share/g", Qos::AtMostOnce),
            Subscription {
                id: Some(268_435_456),
                ..Subscription::new("b", Qos::AtMostOnce)
            },
            Subscription {
                id: Some(0),
                ..Subscription::new("c", Qos::AtMostOnce)
            },
            Subscription {
                id: Some(268_435_455),
                no_local: true,
                ..Subscription::new("d", Qos::AtMostOnce)
            },
        ],
        ..Profile::default()
    };
    assert_eq!(
        fields(&profile, Severity::Error),
        [0, 1, 2, 3].map(Field::Subscription)
    );
    profile.version = Version::V311;
    assert_eq!(
        fields(&profile, Severity::Hint),
        [0, 1, 2, 3, 4].map(Field::Subscription)
    );
}

#[test]
fn files_are_looked_at_and_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let certificate = file("c.pem", "-----BEGIN CERTIFICATE-----\n");
    let key = file("k.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    let mut profile = Profile {
        transport: Transport::Tls,
        ..Profile::default()
    };
    profile.tls.ca_file = Some(certificate.clone());
    profile.tls.identity = Identity::Pem {
        certificate: certificate.clone(),
        key: key.clone(),
    };
    assert_eq!(profile.check_files(), []);
    assert!(profile.needs_passphrase());

    profile.tls.ca_file = Some(dir.path().join("none.pem"));
    profile.tls.identity = Identity::Pem {
        certificate: key,
        key: certificate.clone(),
    };
    let found = profile.check_files();
    let places: Vec<Field> = found.iter().map(|problem| problem.field).collect();
    assert_eq!(places, [Field::CaFile, Field::Certificate, Field::Key]);
    assert!(found[0].text.contains("no such file"), "{found:?}");
    assert!(
        found[1].text.contains("a key and no certificate"),
        "{found:?}"
    );
    assert!(!profile.needs_passphrase());

    profile.tls.ca_file = Some(dir.path().to_owned());
    profile.tls.identity = Identity::Pkcs12 { file: certificate };
    let found = profile.check_files();
    assert_eq!(found.len(), 2, "{found:?}");
    profile.transport = Transport::Tcp;
    assert_eq!(profile.check_files(), []);
}

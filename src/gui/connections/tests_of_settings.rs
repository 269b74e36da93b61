//! Transport, certificates, WebSocket, proxy and properties of MQTT 5, set by what a person does.

use std::path::Path;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::super::action::Action;
use super::tests::{Window, four};
use crate::profile::{
    Authentication, Identity, RetainHandling, SecretKind, TlsVersion, Transport, Verify,
};

#[test]
fn the_port_follows_the_transport_until_it_is_typed() {
    let mut window = Window::new(four());
    window.click("Transport TLS");
    assert_eq!(window.selected().port, 8883);
    window.click("Transport WebSocket");
    assert_eq!(window.selected().port, 8083);
    window.type_into("Port", "9001");
    window.click("Transport WebSocket over TLS");
    let profile = window.selected();
    assert_eq!(
        (profile.transport, profile.port),
        (Transport::SecureWebSocket, 9001)
    );
    window.click("Transport Unix socket");
    window.type_into("Path of the socket", "/run/mosquitto.sock");
    assert_eq!(window.selected().unix_path, "/run/mosquitto.sock");
    assert_eq!(
        window.selected().url(),
        "mqtt+unix:///run/mosquitto.sock".to_owned()
    );
}

#[test]
fn a_pasted_url_fills_transport_path_and_the_password_goes_to_the_keyring() {
    let mut window = Window::new(four());
    window.click("Host");
    window.harness.event(egui::Event::Paste(
        "wss://ann:s%40fe@broker.example/ws".to_owned(),
    ));
    window.harness.run();
    let asked = window.take_asked();
    assert!(
        asked.iter().any(|action| matches!(
            action,
            Action::SetSecret((_, SecretKind::Password), Some(secret)) if secret.reveal() == "s@fe"
        )),
        "{asked:?}"
    );
    let profile = window.selected();
    assert_eq!(profile.url(), "wss://broker.example:8084/ws");
    assert_eq!(profile.user_name, "ann");
    assert!(profile.use_password);
}

#[test]
fn certificates_are_set_on_the_security_tab() {
    let mut window = Window::new(four());
    window.click("Security");
    window.click("Use TLS");
    window.type_into("Server name", "inner.example");
    window.click("Oldest version TLS 1.3");
    window.click("Offer protocols by ALPN");
    window.click("Authorities From a file");
    window
        .harness
        .get_by_label("No file of authorities is chosen. Choose one.");
    window.type_into("CA file", "/nowhere/ca.pem");
    window.wait_for_missing_files(1);
    window.click("Client certificate PEM files");
    window.type_into("Certificate file", "/nowhere/me.pem");
    window.wait_for_missing_files(2);
    window.type_into("Key file", "/nowhere/me.key");
    window.wait_for_missing_files(3);
    let tls = &window.selected().tls;
    assert_eq!(tls.ca_file.as_deref(), Some(Path::new("/nowhere/ca.pem")));
    assert_eq!(
        tls.identity,
        Identity::Pem {
            certificate: "/nowhere/me.pem".into(),
            key: "/nowhere/me.key".into()
        }
    );
    assert_eq!(
        (tls.server_name.as_str(), tls.minimum),
        ("inner.example", TlsVersion::V1_3)
    );
    assert_eq!(tls.alpn, ["mqtt"]);
    window.click("Client certificate PKCS#12 file");
    window.click("Client certificate PEM files");
    assert_ne!(window.selected().tls.identity, Identity::None);
    window.type_into("Passphrase", "open");
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.take_asked().iter().any(|action| matches!(
        action,
        Action::SetSecret((_, SecretKind::KeyPassphrase), Some(secret)) if secret.reveal() == "open"
    )));
}

#[test]
fn what_is_wrong_with_a_file_is_said_beside_its_field() {
    let mut fixture = four();
    let profile = &mut fixture.profiles[0];
    profile.transport = Transport::Tls;
    profile.tls.ca_file = Some("/nowhere/ca.pem".into());
    let mut window = Window::new(fixture);
    window.click("Security");
    window.wait_for_missing_files(1);
}

#[test]
fn an_unverified_connection_is_marked_in_the_list() {
    let mut fixture = four();
    fixture.profiles[0].transport = Transport::Tls;
    let mut window = Window::new(fixture);
    window.click("Security");
    window.click("Verification Do not verify");
    assert_eq!(window.selected().tls.verify, Verify::Nothing);
    window
        .harness
        .get_by_label_contains("the certificate is not verified");
    window
        .harness
        .get_by_label_contains("can read along and pose as the broker");
    window.click("Verification Any host name");
    assert_eq!(window.selected().tls.verify, Verify::AnyHost);
    window
        .harness
        .get_by_label_contains("the certificate's host name is not verified");
    window
        .harness
        .get_by_label_contains("another certificate of the same authority");
    window.click("Authorities From a file");
    window.click("Verification Pinned certificates");
    window.click("Add a fingerprint");
    window.type_into("Fingerprint 1", &"ab".repeat(32));
    window.click("Verification Full");
    window.click("Verification Pinned certificates");
    let Verify::Pinned(pinned) = &window.selected().tls.verify else {
        panic!("{:?}", window.selected().tls.verify)
    };
    assert!(pinned.len() == 1 && pinned[0].is_valid());
    window.click("Remove fingerprint 1");
    assert_eq!(window.selected().tls.verify, Verify::Pinned(Vec::new()));
}

#[test]
fn headers_and_a_proxy_are_set_on_the_network_tab() {
    let mut fixture = four();
    fixture.profiles[0].transport = Transport::WebSocket;
    let mut window = Window::new(fixture);
    window.click("Network");
    window.type_into("WebSocket path", "/ws");
    window.click("Add a header");
    window.type_into("Header 1, name", "X-Tenant");
    window.type_into("Header 1, value", "blue");
    window.click("Add a header");
    window.click("Remove header 2");
    window.click("Proxy SOCKS 5");
    assert_eq!(window.selected().proxy.port, 1080);
    window.click("Proxy HTTP CONNECT");
    assert_eq!(window.selected().proxy.port, 3128);
    window.type_into("Proxy host", "proxy.example");
    window.type_into("Proxy user name", "ann");
    window.type_into("Proxy password", "secret");
    window.click("Connect");
    let profile = window.selected();
    assert_eq!(profile.web_socket.path, "/ws");
    assert_eq!(
        profile.web_socket.headers,
        [("X-Tenant".to_owned(), "blue".to_owned())]
    );
    assert_eq!(profile.proxy.host, "proxy.example");
    assert!(profile.proxy.use_password);
    assert!(window.take_asked().iter().any(|action| matches!(
        action,
        Action::SetSecret((_, SecretKind::ProxyPassword), Some(secret)) if secret.reveal() == "secret"
    )));
}

#[test]
fn properties_and_authentication_are_set_on_the_tab_of_mqtt_5() {
    let mut window = Window::new(four());
    window.click("MQTT 5");
    window.click("Limit messages under way");
    window.type_into("Receive maximum", "20");
    window.click("Request problem information");
    window.click("Request response information");
    window.click("Add a user property");
    window.type_into("User property 1, name", "team");
    window.type_into("User property 1, value", "blue");
    window.click("Authentication SCRAM-SHA-256");
    window.harness.get_by_label_contains("never the password");
    window.click("Authentication Other");
    window.type_into("Authentication method", "PLAIN");
    window.type_into("Authentication data", "0x00ff");
    window.click("Connect");
    let settings = &window.selected().mqtt5;
    assert_eq!(settings.receive_maximum, Some(20));
    assert!(!settings.request_problem_information && settings.request_response_information);
    assert_eq!(
        settings.user_properties,
        [("team".to_owned(), "blue".to_owned())]
    );
    assert_eq!(
        settings.authentication,
        Authentication::Other {
            method: "PLAIN".to_owned(),
            data: vec![0, 255]
        }
    );
}

#[test]
fn a_will_has_its_properties_with_mqtt_5() {
    let mut fixture = four();
    fixture.profiles[0].will.enabled = true;
    let mut window = Window::new(fixture);
    window.harness.set_size(egui::vec2(1_024.0, 1_000.0));
    window.harness.run();
    window.type_into("Will content type", "text/plain");
    window.click("The will expires");
    window.type_into("Will expiry", "9");
    window.type_into("Will response topic", "answers");
    window.type_into("Will correlation data", "seven");
    window.click("The will is marked as text");
    window.click("Add a user property of the will");
    window.type_into("User property of the will 1, name", "a");
    let will = &window.selected().will;
    assert_eq!(
        (will.content_type.as_str(), will.expiry),
        ("text/plain", Some(9))
    );
    assert_eq!(will.response_topic, "answers");
    assert_eq!(will.correlation_data, b"seven");
    assert!(will.payload_format_text);
    assert_eq!(will.user_properties, [("a".to_owned(), String::new())]);
}

#[test]
fn a_filter_has_options_with_mqtt_5() {
    let mut window = Window::new(four());
    window.click("Subscriptions");
    window.click("Options of filter 1");
    window.click("Topic filter 1, No Local");
    window.click("Topic filter 1, has an identifier");
    window.type_into("Topic filter 1, identifier", "77");
    window.click("Topic filter 1, Retain Handling Never");
    let subscription = &window.selected().subscriptions[0];
    assert!(subscription.no_local);
    assert_eq!(
        (subscription.id, subscription.retain_handling),
        (Some(77), RetainHandling::DoNotSend)
    );
    window.click("Options of filter 1");
    assert!(
        window
            .harness
            .query_by_label("Topic filter 1, No Local")
            .is_none()
    );
}

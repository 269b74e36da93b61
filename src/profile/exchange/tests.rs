//! Files as the programs write them, and our own there and back.

use serde_json::json;

use super::super::*;
use super::*;
use crate::mqtt::{Qos, Version};

fn imported(text: &str) -> Imported {
    import(text, &[]).unwrap()
}

fn elaborate() -> Profile {
    let mut profile = Profile {
        name: "Plant “3”\n".to_owned(),
        folder: "Work/Plant".to_owned(),
        color: Some(ProfileColor::Red),
        ask_before_publish: true,
        auto_connect: true,
        transport: Transport::SecureWebSocket,
        user_name: "ann".to_owned(),
        use_password: true,
        ..Profile::default()
    };
    profile.tls.verify = Verify::Pinned(vec![Fingerprint::from_sha256(&[7; 32])]);
    profile.tls.identity = Identity::Pem {
        certificate: "a b.pem".into(),
        key: "k.pem".into(),
    };
    profile.web_socket.headers = vec![("X-Tenant".to_owned(), "7".to_owned())];
    profile.proxy.kind = ProxyKind::Socks5;
    profile.mqtt5.authentication = Authentication::ScramSha256;
    profile.mqtt5.receive_maximum = Some(9);
    profile.will.correlation_data = vec![0, 255];
    profile.subscriptions[0].id = Some(3);
    profile.subscriptions[0].color = Some(ProfileColor::Teal);
    profile.saved_publishes = vec![SavedPublish {
        name: "LED".to_owned(),
        draft: PublishDraft::default(),
    }];
    profile
}

#[test]
fn an_export_comes_back_whole() {
    let profiles = [elaborate(), Profile::default()];
    for format in [Format::Ron, Format::Json] {
        let text = export(&profiles, format).unwrap();
        let back = imported(&text);
        assert_eq!(back.profiles, profiles);
        assert_eq!(back.warnings, [""; 0], "{text}");
        let again = import(&format!("\u{feff}{text}"), &profiles[..1]).unwrap();
        assert_ne!(again.profiles[0].id, profiles[0].id);
        assert_eq!(again.profiles[1], profiles[1]);
    }
}

#[test]
fn identifiers_in_a_file_are_told_apart_too() {
    let local = Profile::local_broker("127.0.0.1:1883".parse().unwrap(), "");
    let one = Profile::default();
    let text = export(&[one.clone(), one.clone(), local.clone()], Format::Json).unwrap();
    let back = imported(&text);
    assert_eq!(back.profiles[0].id, one.id);
    assert_ne!(back.profiles[1].id, one.id);
    assert_ne!(back.profiles[2].id, local.id);
}

#[test]
fn what_may_be_a_secret_is_emptied_and_asked_for() {
    let mut profile = elaborate();
    profile.web_socket.headers = vec![("Authorization".to_owned(), "Bearer hunter2".to_owned())];
    profile.mqtt5.authentication = Authentication::Other {
        method: "token".to_owned(),
        data: b"hunter2".to_vec(),
    };
    for format in [Format::Ron, Format::Json] {
        let text = export(std::slice::from_ref(&profile), format).unwrap();
        assert!(!text.contains("hunter2") && !text.contains("104"), "{text}");
        let back = imported(&text);
        assert_eq!(back.warnings.len(), 2, "{:?}", back.warnings);
        assert!(back.warnings[0].contains("“Authorization”"));
        assert!(back.warnings[1].contains("“authentication data”"));
    }
}

#[test]
fn unknown_fields_are_told_and_the_rest_is_kept() {
    let ron = r#"(format: "canopy connections", version: 2, profiles: [
        (id: "a", name: "A", host: "a.example", sparkle: true, will: (topic: "t", glitter: [1, (2)])),
        (id: "b", name: "B", port: "many"),
        (id: "c", name: "C"),
    ])"#;
    let json = json!({"format": "canopy connections", "version": 2, "profiles": [
        {"id": "a", "name": "A", "host": "a.example", "sparkle": true, "will": {"topic": "t", "glitter": [1]}},
        {"id": "b", "name": "B", "port": "many"},
        {"id": "c", "name": "C"},
    ]});
    for text in [ron.to_owned(), json.to_string()] {
        let back = imported(&text);
        let names: Vec<&str> = back.profiles.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["A", "C"], "{text}");
        assert_eq!(back.profiles[0].host, "a.example");
        assert_eq!(back.profiles[0].will.topic, "t");
        let told = back.warnings.join("\n");
        for part in [
            "newer",
            "“sparkle” of “A”",
            "“will.glitter” of “A”",
            "could not be read",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert_eq!(back.warnings.len(), 4, "{told}");
    }
}

#[test]
fn the_file_of_the_config_directory_can_be_imported() {
    let dir = tempfile::tempdir().unwrap();
    let config = ConfigDir::open(Some(dir.path())).unwrap();
    let profiles = [elaborate()];
    config.save_profiles(&profiles).unwrap();
    let text = std::fs::read_to_string(dir.path().join("profiles.ron")).unwrap();
    assert_eq!(imported(&text).profiles, profiles);
}

#[test]
fn other_files_are_refused_with_a_cure() {
    for (text, expected) in [
        ("", ImportError::Unknown),
        ("hello", ImportError::Unknown),
        ("{\"a\": 1}", ImportError::Unknown),
        ("[1, 2]", ImportError::Unknown),
        ("[]", ImportError::Empty),
        (
            "{\"ConnectionManager_connections\": {}}",
            ImportError::Empty,
        ),
        ("<?xml version=\"1.0\"?>", ImportError::NotJson),
        ("(version: 1, profiles: [])", ImportError::Empty),
    ] {
        assert_eq!(import(text, &[]).unwrap_err(), expected, "{text}");
    }
    let err = import("{\n  \"a\": }", &[]).unwrap_err();
    assert!(matches!(err, ImportError::Damaged { line: 2, .. }), "{err}");
    let err = import("(version: 1,\n profiles: 3)", &[]).unwrap_err();
    assert!(matches!(err, ImportError::Damaged { line: 2, .. }), "{err}");
}

#[test]
fn mqtt_explorer_brings_connections_passwords_and_certificates() {
    let read = imported(fixtures::MQTT_EXPLORER);
    let urls: Vec<String> = read.profiles.iter().map(Profile::url).collect();
    assert_eq!(
        urls,
        [
            "mqtt://mqtt.eclipseprojects.io:1883",
            "wss://plant.example:443/mqtt/ws"
        ]
    );
    let (public, plant) = (&read.profiles[0], &read.profiles[1]);
    assert_eq!(public.client_id, "");
    let all = ["#", "$SYS/#"].map(|it| Subscription::for_window(it, Qos::AtMostOnce));
    assert_eq!(public.subscriptions, all);
    assert_eq!(public.version, Version::V311);
    assert_eq!(plant.client_id, "plant-3");
    assert_eq!(plant.tls.verify, Verify::Nothing);
    assert_eq!(
        plant.subscriptions,
        [Subscription::for_window("plant/#", Qos::AtLeastOnce)]
    );
    assert_eq!(
        read.passwords,
        [(
            plant.id.clone(),
            SecretKind::Password,
            Secret::new("hunter2")
        )]
    );
    assert!(!format!("{read:?}").contains("hunter2"));
    let told = read.warnings.join("\n");
    assert!(
        told.contains("“shiny” of “Plant”") && told.contains("“old”"),
        "{told}"
    );
    assert_eq!(read.warnings.len(), 2, "{told}");
}

#[test]
fn certificates_inside_a_file_become_files_of_their_own() {
    let mut read = imported(fixtures::MQTT_EXPLORER);
    let dir = tempfile::tempdir().unwrap();
    let config = ConfigDir::open(Some(dir.path())).unwrap();
    read.keep_certificates(&config).unwrap();
    let tls = &read.profiles[1].tls;
    let ca = std::fs::read(tls.ca_file.as_ref().unwrap()).unwrap();
    assert_eq!(ca, b"-----BEGIN");
    let Identity::Pem { certificate, key } = &tls.identity else {
        panic!("{tls:?}");
    };
    assert_eq!(std::fs::read(certificate).unwrap(), b"cert");
    assert_eq!(std::fs::read(key).unwrap(), b"key");
    assert!(key.starts_with(dir.path().join("certificates")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let plant = read.profiles[1].clone();
    let (key, elsewhere) = (key.clone(), dir.path().join("mine.pem"));
    std::fs::write(&elsewhere, "mine").unwrap();
    config
        .delete_certificates(&plant, std::slice::from_ref(&plant))
        .unwrap();
    assert!(key.exists());
    let mut removed = plant;
    removed.tls.ca_file = Some(elsewhere.clone());
    config
        .delete_certificates(&removed, &read.profiles[..1])
        .unwrap();
    config.delete_certificates(&removed, &[]).unwrap();
    assert!(!key.exists() && elsewhere.exists());
}

#[test]
fn mqttx_brings_folders_properties_and_subscriptions() {
    let read = imported(fixtures::MQTTX);
    let profile = &read.profiles[0];
    assert_eq!(profile.url(), "mqtts://plant.example:8884");
    assert_eq!(profile.folder, "Work/Plant∕3");
    assert_eq!(profile.session, Session::Resume);
    assert_eq!(profile.session_expiry, 600);
    assert_eq!(profile.max_packet_size, 1000);
    assert_eq!((profile.keep_alive, profile.connect_timeout), (30, 5));
    assert_eq!(profile.tls.alpn, ["mqtt", "x-amzn-mqtt-ca"]);
    assert_eq!(profile.tls.verify, Verify::Full);
    let identity = Identity::Pem {
        certificate: "/certs/me.pem".into(),
        key: "/certs/me.key".into(),
    };
    assert_eq!(profile.tls.identity, identity);
    assert_eq!(
        profile.mqtt5,
        Mqtt5Settings {
            receive_maximum: Some(20),
            topic_alias_maximum: 5,
            request_problem_information: false,
            request_response_information: true,
            user_properties: vec![("tenant".to_owned(), "7".to_owned())],
            authentication: Authentication::ScramSha256,
            keeps_authentication_data: false,
        }
    );
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        profile.will,
        WillSettings {
            enabled: true,
            topic: "status".to_owned(),
            message: "gone".to_owned(),
            qos: Qos::AtLeastOnce,
            retain: true,
            delay: 5,
            expiry: Some(60),
            content_type: "text/plain".to_owned(),
            response_topic: String::new(),
            correlation_data: vec![1, 2],
            user_properties: vec![pair("a", "1"), pair("a", "2"), pair("b", "3")],
            payload_format_text: true,
        }
    );
    assert_eq!(
        profile.subscriptions,
        [Subscription {
            filter: "plant/#".to_owned(),
            qos: Qos::ExactlyOnce,
            no_local: true,
            retain_as_published: true,
            retain_handling: RetainHandling::DoNotSend,
            id: Some(7),
            color: Some(ProfileColor::Teal),
        }]
    );
    let secret = Secret::new("hunter2");
    assert_eq!(
        read.passwords,
        [(profile.id.clone(), SecretKind::Password, secret)]
    );
    assert_eq!(read.warnings.len(), 2, "{:?}", read.warnings);
}

#[test]
fn old_exports_of_mqttx_are_one_object_with_flat_properties() {
    let file = json!({
        "clientId": "mqttx_0123", "name": "old", "clean": true, "host": "broker.emqx.io", "port": "8083",
        "keepalive": 60, "connectTimeout": 4000, "reconnect": false, "username": "", "password": "",
        "path": "mqtt", "certType": "server", "ssl": false, "mqttVersion": "5.0", "protocol": "ws",
        "unreadMessageCount": 0, "messages": [], "subscriptions": [{"topic": "#", "qos": 0, "color": "#888888"}],
        "client": {"connected": false}, "sessionExpiryInterval": 10, "receiveMaximum": null,
        "will": {"lastWillTopic": "", "lastWillPayload": "", "lastWillQos": 0, "lastWillRetain": false},
        "ca": "", "cert": "", "key": ""
    });
    let read = imported(&file.to_string());
    assert_eq!(read.warnings, [""; 0]);
    assert_eq!(read.passwords, []);
    let profile = &read.profiles[0];
    assert_eq!(profile.url(), "ws://broker.emqx.io:8083/mqtt");
    assert_eq!(profile.session_expiry, 10);
    assert_eq!(profile.mqtt5, Mqtt5Settings::default());
    assert!(!profile.will.enabled && !profile.use_password);
    assert_eq!(
        profile.subscriptions,
        [Subscription::new("#", Qos::AtMostOnce)]
    );
    assert!(profile.is_connectable());

    let list = json!({"connections": [file], "collections": []});
    assert_eq!(imported(&list.to_string()).profiles.len(), 1);
}

#[test]
fn collections_that_hold_each_other_do_no_harm() {
    let file = json!([
        {"id": "a", "name": "A", "isCollection": true, "parentId": "b"},
        {"id": "b", "name": "B", "isCollection": true, "parentId": "a"},
        {"clientId": "c", "host": "h", "port": 1883, "mqttVersion": "3.1.1", "parentId": "a",
         "subscriptions": [{"topic": "#"}]}
    ]);
    let read = imported(&file.to_string());
    assert!(read.profiles[0].folder.ends_with("B/A"));
}

/// As MQTTX 1.11 writes it: what is not set is null or empty, MQTT 5 stands there twice, and the history is long.
#[test]
fn what_is_empty_in_mqttx_is_not_taken_for_a_value() {
    let message = r#"{"id": "m", "payload": "-60", "topic": "t", "properties": {"id": "m"}}"#;
    let messages = vec![message; 2_000].join(",");
    let connection = |clean: bool| {
        format!(
            r##"[{{"id": "c", "clientId": "mqttx_0a1b2c3d", "name": "Lab", "clean": {clean}, "protocol": "mqtt",
            "host": "lab.example", "port": 1883, "keepalive": 60, "connectTimeout": 10, "reconnect": true,
            "reconnectPeriod": 4000, "username": "", "password": "", "path": "/mqtt", "certType": "", "ssl": false,
            "mqttVersion": "5.0", "parentId": null, "orderId": null, "rejectUnauthorized": true, "ALPNProtocols": "",
            "ca": "", "cert": "", "key": "", "isCollection": false, "sessionExpiryInterval": 0,
            "receiveMaximum": null, "userProperties": null, "pushPropsTopicAlias": null,
            "subscriptions": [{{"topic": "lab/#", "qos": 0, "disabled": false, "alias": "", "nl": false, "rap": false,
                "rh": 0, "subscriptionIdentifier": null, "color": "#A5B659"}}],
            "will": {{"lastWillTopic": "", "lastWillPayload": "", "lastWillQos": 0, "lastWillRetain": false,
                "contentType": "", "properties": {{"contentType": "", "responseTopic": "", "userProperties": null}}}},
            "properties": {{"sessionExpiryInterval": 0, "receiveMaximum": null, "authenticationMethod": null}},
            "messages": [{messages}]}}]"##
        )
    };
    let imported = import(&connection(true), &[]).unwrap();
    let profile = &imported.profiles[0];
    assert_eq!(profile.client_id, "", "the other program keeps its own");
    assert!(!profile.use_password && imported.passwords.is_empty());
    assert!(profile.user_name.is_empty() && profile.folder.is_empty());
    assert!(!profile.will.enabled);
    assert_eq!(profile.mqtt5, Mqtt5Settings::default());
    assert_eq!(profile.tls, TlsSettings::default());
    assert_eq!(profile.subscriptions[0].filter, "lab/#");
    assert_eq!(imported.warnings.len(), 1, "{:?}", imported.warnings);

    let kept = import(&connection(false), &[]).unwrap();
    assert_eq!(kept.profiles[0].client_id, "mqttx_0a1b2c3d");
}

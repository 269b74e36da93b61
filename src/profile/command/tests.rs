//! Lines as people paste them, and every profile there and back.

use proptest::prelude::*;

use super::super::*;
use super::*;
use crate::mqtt::{Qos, Version};

fn read(line: &str) -> FromCommand {
    from_command(line).unwrap()
}

fn quiet(line: &str) -> Profile {
    let read = read(line);
    assert_eq!(read.warnings, [""; 0], "{line}");
    read.profile
}

#[test]
fn a_line_from_a_manual_becomes_a_connection() {
    let read = read(
        "$ mosquitto_sub -h test.mosquitto.org -p 8884 --cafile ca.crt --cert c.crt --key c.key \\\n \
         -u ann -P 'it'\\''s \"secret\"' -i bench -c -k 30 -q 1 -t '$SYS/#' -t \"a b/+\" -v | head",
    );
    let profile = &read.profile;
    assert_eq!(profile.url(), "mqtts://test.mosquitto.org:8884");
    assert_eq!(profile.name, "test.mosquitto.org");
    assert_eq!(profile.version, Version::V311);
    assert_eq!(profile.session, Session::Resume);
    assert_eq!(profile.keep_alive, 30);
    let filters = ["$SYS/#", "a b/+"].map(|it| Subscription::new(it, Qos::AtLeastOnce));
    assert_eq!(profile.subscriptions, filters);
    let secret = Secret::new("it's \"secret\"");
    assert_eq!(read.secrets, [(SecretKind::Password, secret)]);
    assert_eq!(read.warnings, [""; 0]);
    assert!(profile.use_password);
}

#[test]
fn ports_and_tls_follow_the_programs_rules() {
    let url = |options: &str| read(&format!("mosquitto_sub -t a {options}")).profile.url();
    assert_eq!(url(""), "mqtt://localhost:1883");
    assert_eq!(url("-h ::1 --tls-use-os-certs"), "mqtts://[::1]:8883");
    assert_eq!(url("-p 8883"), "mqtts://localhost:8883");
    assert_eq!(url("-p 8883 --no-tls"), "mqtt://localhost:8883");
    assert_eq!(url("--ws -p 80"), "ws://localhost:80/mqtt");
    assert_eq!(url("-L wss://h/topic"), "wss://h:8883/mqtt");
    assert_eq!(url("--unix /run/m.sock"), "mqtt+unix:///run/m.sock");
    let plain = read("mosquitto_sub -t a --insecure");
    assert_eq!(plain.profile.transport, Transport::Tcp);
    assert!(plain.warnings.iter().any(|it| it.contains("not encrypted")));
}

#[test]
fn a_url_brings_everything() {
    let read = read("mosquitto_pub -L mqtts://ann:p%40s@h:1/home/door -m open");
    assert_eq!(read.profile.url(), "mqtts://h:1");
    assert_eq!(read.profile.user_name, "ann");
    let secret = Secret::new("p%40s");
    assert_eq!(read.secrets, [(SecretKind::Password, secret)]);
    assert_eq!(read.profile.saved_publishes[0].draft.topic, "home/door");
    assert_eq!(read.profile.saved_publishes[0].draft.payload, "open");
}

#[test]
fn a_message_becomes_a_saved_publish() {
    let profile = quiet(
        "mosquitto_pub -V 5 -t a/b -m '{\"on\": true}' -r -q 2 -D publish content-type application/json \
         -D publish user-property unit '°C' -D publish message-expiry-interval 60",
    );
    let saved = &profile.saved_publishes[0];
    assert_eq!(saved.name, "a/b");
    let draft = &saved.draft;
    assert_eq!(draft.kind, PayloadKind::Json);
    assert_eq!((draft.qos, draft.retain), (Qos::ExactlyOnce, true));
    assert_eq!(draft.properties.content_type, "application/json");
    assert_eq!(
        draft.properties.user,
        [("unit".to_owned(), "°C".to_owned())]
    );
    assert_eq!(draft.properties.message_expiry, Some(60));

    let file = quiet("mosquitto_pub -t a -f /tmp/x.bin");
    assert_eq!(file.saved_publishes[0].draft.kind, PayloadKind::File);
    let null = quiet("mosquitto_pub -t a -n");
    assert_eq!(null.saved_publishes[0].draft.kind, PayloadKind::Text);
    let piped = read("echo hi | mosquitto_pub -t a -l");
    assert!(piped.warnings[0].contains("another program"), "{piped:?}");
}

#[test]
fn variables_stay_and_are_told() {
    let read = read(
        "mosquitto_sub -h $HOST -P \"$PASS\" --proxy socks5h://a:${PP}@p -t home/$(hostname)/# -p $PORT",
    );
    assert_eq!(read.profile.host, "$HOST");
    assert_eq!(read.profile.port, 1883);
    assert_eq!(read.secrets, []);
    assert!(read.profile.use_password && read.profile.proxy.use_password);
    assert_eq!(read.profile.proxy.port, 1080);
    assert_eq!(read.profile.subscriptions[0].filter, "home/$(hostname)/#");
    let told = read.warnings.join("\n");
    for variable in ["$HOST", "$PASS", "$(…)", "$PORT", "for the proxy"] {
        assert!(told.contains(variable), "{variable}: {told}");
    }
}

#[test]
fn what_has_no_counterpart_is_told_without_its_secret() {
    let read = read(
        "mosquitto_sub -t a --psk 5eC4e7 --psk-identity me --capath /etc/ssl --ciphers X --retained-only \
         -T b --frobnicate -A 10.0.0.1 --will-payload x -D auth x y -D connect receive-maximum many -q 3 -P",
    );
    let told = read.warnings.join("\n");
    for option in [
        "--psk is",
        "--psk-identity",
        "--capath",
        "--ciphers",
        "--retained-only",
        "-T b",
        "--frobnicate",
        "-A 10.0.0.1",
        "last will",
        "-D auth x",
        "“many”",
        "“3”",
        "-P has no value",
    ] {
        assert!(told.contains(option), "{option}: {told}");
    }
    assert!(!format!("{read:?}").contains("5eC4e7"));
}

#[test]
fn what_is_no_command_is_refused() {
    for line in ["", "ls -l", "mosquitto -c x", "mosquitto_rr -t a"] {
        assert_eq!(
            from_command(line),
            Err(FromCommandError::NoProgram),
            "{line}"
        );
    }
    let open = from_command("mosquitto_sub -t 'a");
    assert_eq!(open, Err(FromCommandError::OpenQuote));
    assert!(from_command("C:\\tools\\mosquitto_sub.exe -t a").is_err());
    assert!(from_command("'C:\\tools\\mosquitto_sub.exe' -t a").is_ok());
}

#[test]
fn losses_of_a_copied_command_are_told() {
    assert_eq!(Profile::default().sub_command_losses(), [""; 0]);
    let mut profile = Profile {
        transport: Transport::SecureWebSocket,
        keep_alive: 0,
        session: Session::Resume,
        ..Profile::default()
    };
    profile.web_socket.path = "/ws".to_owned();
    profile.web_socket.headers = vec![("a".to_owned(), "b".to_owned())];
    profile.proxy.kind = ProxyKind::HttpConnect;
    profile.tls.verify = Verify::Pinned(vec![Fingerprint::from_sha256(&[1; 32])]);
    profile.tls.identity = Identity::Pkcs12 { file: "a".into() };
    profile.tls.alpn = vec!["a".to_owned(), "b".to_owned()];
    profile.tls.server_name = "n".to_owned();
    profile.mqtt5.authentication = Authentication::ScramSha256;
    profile.subscriptions[0].no_local = true;
    profile.subscriptions[0].id = Some(1);
    assert_eq!(profile.sub_command_losses().len(), 13);
    let command = profile.mosquitto_sub_command().unwrap();
    assert!(!command.contains("--insecure"), "{command}");
    profile.tls.verify = Verify::Nothing;
    assert_eq!(profile.sub_command_losses().len(), 13);
    profile.tls.verify = Verify::AnyHost;
    assert_eq!(profile.sub_command_losses().len(), 12);
    let command = profile.mosquitto_sub_command().unwrap();
    assert!(command.contains("--insecure"), "{command}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[ -~äß\u{1f333}\n]{1,12}",
        Just("$HOME `id` $(id) 'x' \"y\" \\ !".to_owned()),
        Just("-h".to_owned()),
        Just("|".to_owned()),
        Just("#".to_owned()),
    ]
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec((text(), text()), 0..3)
}

prop_compose! {
    fn wills()(
        enabled in any::<bool>(), topic in text(), message in text(), qos in 0..3u8, retain in any::<bool>(),
        v5 in any::<bool>(), delay in any::<u32>(), expiry in any::<Option<u32>>(), content_type in text(),
        correlation in text(), user_properties in pairs(), payload_format_text in any::<bool>(),
    ) -> WillSettings {
        let qos = Qos::from_u8(qos).unwrap();
        let plain = WillSettings { enabled, topic: topic.clone(), message, qos, retain, ..Default::default() };
        match (enabled, v5) {
            (false, _) => WillSettings::default(),
            (true, false) => plain,
            (true, true) => WillSettings {
                delay, expiry, content_type, response_topic: topic, correlation_data: correlation.into_bytes(),
                user_properties, payload_format_text, ..plain
            },
        }
    }
}

prop_compose! {
    fn tls()(
        ca in prop::option::of(text()), any_host in any::<bool>(), pem in prop::option::of((text(), text())),
        alpn in prop::option::of(text()), new in any::<bool>(),
    ) -> TlsSettings {
        TlsSettings {
            verify: if any_host { Verify::AnyHost } else { Verify::Full },
            ca_file: ca.map(Into::into),
            identity: pem.map_or(Identity::None, |(certificate, key)| Identity::Pem {
                certificate: certificate.into(),
                key: key.into(),
            }),
            alpn: alpn.into_iter().collect(),
            minimum: if new { TlsVersion::V1_3 } else { TlsVersion::V1_2 },
            ..TlsSettings::default()
        }
    }
}

prop_compose! {
    fn mqtt5()(
        receive_maximum in prop::option::of(1..=u16::MAX), topic_alias_maximum in any::<u16>(),
        request_problem_information in any::<bool>(), request_response_information in any::<bool>(),
        user_properties in pairs(), other in prop::option::of((text(), text())),
    ) -> Mqtt5Settings {
        Mqtt5Settings {
            receive_maximum, topic_alias_maximum, request_problem_information, request_response_information,
            user_properties,
            keeps_authentication_data: false,
            authentication: other.map_or(Authentication::None, |(method, data)| Authentication::Other {
                method,
                data: data.into_bytes(),
            }),
        }
    }
}

prop_compose! {
    fn subscriptions()(
        filters in prop::collection::vec(text(), 1..4), qos in 0..3u8, v5 in any::<bool>(),
        retain_as_published in any::<bool>(), handling in 0..3u8, id in prop::option::of(1..=268_435_455u32),
    ) -> Vec<Subscription> {
        let one = Subscription::new("", Qos::from_u8(qos).unwrap());
        let one = Subscription {
            retain_as_published,
            retain_handling: RetainHandling::from_u8(handling).unwrap(),
            id,
            ..one
        };
        let one = if v5 { one } else { Subscription::new("", one.qos) };
        filters.into_iter().map(|filter| Subscription { filter, ..one.clone() }).collect()
    }
}

/// A profile without what a command cannot say.
fn profiles() -> impl Strategy<Value = Profile> {
    let transport = (0..5usize, "[a-z.]{1,9}|::1", 1..=u16::MAX, text());
    let account = (
        text(),
        any::<bool>(),
        prop::option::of(text()),
        5..=u16::MAX,
    );
    let proxy = (
        "[a-z]{1,5}|::1",
        1..=u16::MAX,
        prop::option::of("[ -~]{1,9}"),
        any::<bool>(),
        any::<bool>(),
    );
    let all = (
        transport,
        account,
        proxy,
        any::<bool>(),
        tls(),
        mqtt5(),
        wills(),
        subscriptions(),
    );
    all.prop_map(
        |(transport, account, proxy, v5, tls, mqtt5, will, subscriptions)| {
            let mut profile = Profile {
                transport: Transport::ALL[transport.0],
                user_name: account.0,
                use_password: account.1,
                keep_alive: account.3,
                version: if v5 { Version::V5 } else { Version::V311 },
                will: if v5 {
                    will
                } else {
                    WillSettings {
                        enabled: false,
                        ..WillSettings::default()
                    }
                },
                subscriptions,
                ..Profile::default()
            };
            if let Some(client_id) = account.2 {
                profile.client_id = client_id;
                profile.session = Session::Resume;
            }
            if v5 {
                profile.mqtt5 = mqtt5;
                profile.max_packet_size = 1 + u32::from(account.3);
            } else {
                for it in &mut profile.subscriptions {
                    *it = Subscription::new(it.filter.as_str(), it.qos);
                }
            }
            if profile.transport == Transport::Unix {
                profile.host = "localhost".to_owned();
                profile.unix_path = transport.3;
                return profile;
            }
            profile.host = transport.1;
            profile.port = transport.2;
            if profile.transport.uses_tls() {
                profile.tls = tls;
            } else if profile.port == 8883 {
                profile.port = 1883;
            }
            if proxy.4 {
                profile.proxy = ProxySettings {
                    kind: ProxyKind::Socks5,
                    host: proxy.0,
                    port: proxy.1,
                    use_password: proxy.3 && proxy.2.is_some(),
                    user_name: proxy.2.unwrap_or_default(),
                };
            }
            profile
        },
    )
}

proptest! {
    #[test]
    fn a_profile_comes_back_from_its_command(profile in profiles()) {
        let command = profile.mosquitto_sub_command().unwrap();
        let read = from_command(&command).unwrap();
        let mut expected = Profile {
            id: read.profile.id.clone(),
            name: read.profile.name.clone(),
            ..profile
        };
        if let Authentication::Other { data, .. } = &mut expected.mqtt5.authentication {
            *data = b"$MQTT_AUTHENTICATION_DATA".to_vec();
        }
        prop_assert_eq!(read.secrets, [], "{}", command);
        prop_assert_eq!(read.profile, expected, "{}\n{:?}", command, read.warnings);
    }

    #[test]
    fn a_message_comes_back_from_its_command(
        topic in text(), payload in "[ -~äß\n]{0,20}", qos in 0..3u8, retain in any::<bool>(), user in pairs(),
        content_type in "[ -~]{0,9}", message_expiry in any::<Option<u32>>(), payload_is_utf8 in any::<bool>(),
    ) {
        let properties = PublishProperties {
            message_expiry, content_type, payload_is_utf8, user, ..PublishProperties::default()
        };
        let draft = PublishDraft {
            topic, qos: Qos::from_u8(qos).unwrap(), retain, kind: PayloadKind::Text, payload, properties,
        };
        let command = Profile::default().publish_command(&draft, draft.payload.as_bytes()).unwrap();
        let read = from_command(&command).unwrap();
        let saved = &read.profile.saved_publishes[0].draft;
        prop_assert_eq!(&read.warnings, &[""; 0]);
        prop_assert_eq!(&PublishDraft { kind: PayloadKind::Text, ..saved.clone() }, &draft, "{}", command);
    }

    #[test]
    fn no_line_makes_it_panic(line in "(mosquitto_sub|mosquitto_pub)( -[a-zA-Z]| --[a-z-]{1,12}| [ -~]{0,12}|\\PC{0,8}){0,12}") {
        drop(from_command(&line));
    }
}

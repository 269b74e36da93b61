//! The files in the config directory as a user meets them: readable, kept when broken, never torn.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use canopy::mqtt::{Qos, Version};
use canopy::payload::Format;
use canopy::payload::document::{self, Step};
use canopy::profile::{
    Authentication, Chart, ChartAxis, ChartSeries, ChartWindow, ConfigDir, Fingerprint, FormatRule,
    Identity, Mqtt5Settings, PayloadKind, Profile, ProfileColor, ProfileId, ProxyKind,
    ProxySettings, PublishDraft, PublishProperties, ReadingSettings, RetainHandling, SavedPublish,
    SeriesKey, Session, Settings, StoreError, Subscription, Theme, TlsSettings, TlsVersion,
    Transport, Verify, WebSocketSettings, WillSettings, WindowState,
};

fn open(dir: &Path) -> ConfigDir {
    ConfigDir::open(Some(dir)).unwrap()
}

fn named(name: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        ..Profile::default()
    }
}

fn reading() -> ReadingSettings {
    ReadingSettings {
        formats: vec![FormatRule {
            filter: "plant/+/raw".to_owned(),
            format: Format::Protobuf("plant.Reading".to_owned()),
        }],
        schema_files: vec!["/home/ann/plant.proto".to_owned()],
    }
}

fn charts() -> Vec<Chart> {
    vec![Chart {
        name: "Bath".to_owned(),
        series: vec![ChartSeries {
            key: SeriesKey {
                topic: "home/bath".to_owned(),
                path: document::Path(vec![Step::Key("a b".to_owned(), 1), Step::Index(2)]),
            },
            axis: ChartAxis::Right,
        }],
        window: ChartWindow::Hour,
    }]
}

/// A profile in which nothing has its default.
fn elaborate() -> Profile {
    let draft = PublishDraft {
        topic: "command/raspberrypi".to_owned(),
        qos: Qos::ExactlyOnce,
        retain: true,
        kind: PayloadKind::Hex,
        payload: "{\"led\": \"off\"}\n“ü” \\ \u{1f333}".to_owned(),
        properties: PublishProperties {
            message_expiry: Some(60),
            content_type: "application/json".to_owned(),
            response_topic: "answer".to_owned(),
            correlation_data: "37".to_owned(),
            correlation_is_hex: true,
            payload_is_utf8: true,
            user: vec![
                ("a".to_owned(), "1".to_owned()),
                ("a".to_owned(), "2".to_owned()),
            ],
        },
    };
    Profile {
        id: ProfileId("lab".to_owned()),
        name: "Lab".to_owned(),
        host: "broker.example".to_owned(),
        port: 1884,
        version: Version::V311,
        client_id: "bench-1".to_owned(),
        session: Session::Resume,
        session_expiry: u32::MAX,
        keep_alive: 0,
        connect_timeout: 3,
        max_packet_size: 1_000,
        reconnect: false,
        user_name: "ann".to_owned(),
        use_password: true,
        folder: "Work/Plant 3".to_owned(),
        color: Some(ProfileColor::Red),
        ask_before_publish: true,
        auto_connect: true,
        transport: Transport::SecureWebSocket,
        unix_path: "/run/mosquitto.sock".to_owned(),
        tls: tls(),
        web_socket: WebSocketSettings {
            path: "/mqtt?token=".to_owned(),
            headers: vec![("X-Tenant".to_owned(), "a b".to_owned())],
        },
        proxy: proxy(),
        mqtt5: mqtt5(),
        will: WillSettings {
            enabled: true,
            topic: "status".to_owned(),
            message: "gone".to_owned(),
            qos: Qos::AtLeastOnce,
            retain: true,
            delay: 5,
            expiry: Some(60),
            content_type: "text/plain".to_owned(),
            response_topic: "answers".to_owned(),
            correlation_data: vec![0, 255, 7],
            user_properties: vec![
                ("a".to_owned(), "b\n\"".to_owned()),
                ("a".to_owned(), String::new()),
            ],
            payload_format_text: true,
        },
        subscriptions: vec![Subscription {
            filter: "$share/group/a/+/#".to_owned(),
            qos: Qos::AtLeastOnce,
            no_local: true,
            retain_as_published: true,
            retain_handling: RetainHandling::SendIfNew,
            id: Some(7),
            color: Some(ProfileColor::Teal),
        }],
        saved_publishes: vec![SavedPublish {
            name: "LED off".to_owned(),
            draft,
        }],
        reading: reading(),
        charts: charts(),
    }
}

fn proxy() -> ProxySettings {
    ProxySettings {
        kind: ProxyKind::Socks5,
        host: "proxy.example".to_owned(),
        port: 1080,
        user_name: "ann".to_owned(),
        use_password: true,
    }
}

fn mqtt5() -> Mqtt5Settings {
    Mqtt5Settings {
        receive_maximum: Some(20),
        topic_alias_maximum: 10,
        request_problem_information: false,
        request_response_information: true,
        user_properties: vec![("tenant".to_owned(), "7".to_owned())],
        authentication: Authentication::Other {
            method: "token".to_owned(),
            data: Vec::new(),
        },
        keeps_authentication_data: true,
    }
}

fn tls() -> TlsSettings {
    TlsSettings {
        verify: Verify::Pinned(vec![Fingerprint::from_sha256(&[0xab; 32])]),
        ca_file: Some("/etc/ca files/ca.pem".into()),
        identity: Identity::Pem {
            certificate: "client.pem".into(),
            key: "client.key".into(),
        },
        alpn: vec!["mqtt".to_owned()],
        server_name: "broker.internal".to_owned(),
        minimum: TlsVersion::V1_3,
    }
}

/// The files beside `profiles.ron` with `label` in their name.
fn kept(dir: &Path, label: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries
        .filter(|path| path.to_string_lossy().contains(&format!(".{label}-")))
        .collect();
    paths.sort();
    paths
}

#[test]
fn everything_comes_back_as_it_was_saved() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("a/b");
    let config = open(&inner);
    let profiles = vec![elaborate(), named("Plain")];
    config.save_profiles(&profiles).unwrap();
    assert_eq!(open(&inner).load_profiles(), (profiles, None));

    let settings = Settings {
        theme: Theme::Light,
        flash_changes: false,
        history_budget: u64::MAX,
        zoom: 1.25,
        ..Settings::default()
    };
    config.save_settings(&settings).unwrap();
    assert_eq!(config.load_settings(), (settings, None));

    let mut window = WindowState {
        position: Some([-3.5, 7.0]),
        maximized: true,
        selected_profile: Some(ProfileId("lab".to_owned())),
        ..WindowState::default()
    };
    let lab = ProfileId("lab".to_owned());
    window
        .expanded
        .insert(lab.clone(), vec!["/a//b".to_owned()]);
    window.drafts.insert(lab, PublishDraft::default());
    config.save_window(&window).unwrap();
    assert_eq!(config.load_window(), (window, None));
    assert_eq!(
        fs::read_dir(&inner).unwrap().count(),
        3,
        "temporary files are left"
    );
}

#[test]
fn files_that_do_not_exist_are_no_reason_for_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    let config = open(&dir.path().join("none"));
    assert_eq!(config.load_profiles(), (Vec::new(), None));
    assert_eq!(config.load_settings(), (Settings::default(), None));
    assert_eq!(config.load_window(), (WindowState::default(), None));
    assert!(!config.path().exists());
}

#[test]
fn the_file_reads_like_a_form() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).save_profiles(&[elaborate()]).unwrap();
    let text = fs::read_to_string(dir.path().join("profiles.ron")).unwrap();
    for line in [
        "    version: 1,",
        "            id: \"lab\",",
        "            version: V311,",
        "            session: Resume,",
        "                    filter: \"$share/group/a/+/#\",",
        "                        kind: Hex,",
        "                            message_expiry: Some(60),",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[test]
fn fields_from_elsewhere_are_skipped_and_missing_ones_take_their_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let text = "\u{feff}// by hand\n(version: 1, author: \"me\", content: [(name: \"Short\", colour: Some(Red(1)), host: \"h\",)])";
    fs::write(dir.path().join("profiles.ron"), text).unwrap();
    let (profiles, warning) = open(dir.path()).load_profiles();
    assert_eq!(warning, None);
    assert_eq!(
        (profiles[0].name.as_str(), profiles[0].port),
        ("Short", 1883)
    );
}

#[test]
fn a_broken_file_is_kept_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("profiles.ron");
    let config = open(dir.path());
    for broken in [
        &b"(version: 1, content: [(name: \"cut"[..],
        b"",
        b"\xff\xfe\x00",
        b"{}",
    ] {
        fs::write(&path, broken).unwrap();
        let (profiles, warning) = config.load_profiles();
        assert_eq!(profiles, []);
        assert!(!path.exists());
        let text = warning.unwrap().0;
        let files = kept(dir.path(), "broken");
        let file = files
            .iter()
            .find(|file| text.contains(&*file.to_string_lossy()))
            .expect("the warning names the file");
        assert_eq!(fs::read(file).unwrap(), broken);
        config.save_profiles(&[named("new")]).unwrap();
    }
    assert_eq!(kept(dir.path(), "broken").len(), 4);

    fs::write(
        dir.path().join("settings.ron"),
        "(version: 1, content: (theme: Pink))",
    )
    .unwrap();
    let (settings, warning) = config.load_settings();
    assert_eq!(settings, Settings::default());
    let text = warning.unwrap().0;
    assert!(
        text.contains("settings.ron") && text.contains("line 1"),
        "{text}"
    );
}

#[test]
fn one_broken_profile_does_not_take_the_others_along() {
    let dir = tempfile::tempdir().unwrap();
    let config = open(dir.path());
    config
        .save_profiles(&[named("One"), elaborate(), named("Three")])
        .unwrap();
    let path = dir.path().join("profiles.ron");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("version: V311", "version: V9");
    fs::write(&path, &text).unwrap();

    let (profiles, warning) = config.load_profiles();
    let names: Vec<_> = profiles
        .iter()
        .map(|profile| profile.name.as_str())
        .collect();
    assert_eq!(names, ["One", "Three"]);
    let warning = warning.unwrap().0;
    assert!(warning.starts_with("One connection in "), "{warning}");
    let files = kept(dir.path(), "broken");
    assert!(warning.contains(&*files[0].to_string_lossy()), "{warning}");
    assert_eq!(fs::read_to_string(&files[0]).unwrap(), text);
    assert_eq!(
        config.load_profiles(),
        (profiles, None),
        "the next start is quiet"
    );
}

#[test]
fn a_file_of_a_newer_canopy_is_read_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let text = "(version: 99, content: [(name: \"A\", hologram: true)])";
    fs::write(dir.path().join("profiles.ron"), text).unwrap();
    let config = open(dir.path());
    let (profiles, warning) = config.load_profiles();
    assert_eq!(profiles[0].name, "A");
    assert!(warning.unwrap().0.contains("newer Canopy"));
    config.save_profiles(&profiles).unwrap();
    let files = kept(dir.path(), "newer");
    assert_eq!(fs::read_to_string(&files[0]).unwrap(), text);
    assert_eq!(config.load_profiles().1, None);
}

#[test]
fn two_profiles_never_share_an_identifier() {
    let dir = tempfile::tempdir().unwrap();
    let config = open(dir.path());
    config.save_profiles(&[elaborate(), elaborate()]).unwrap();
    let (profiles, _) = config.load_profiles();
    assert_eq!(profiles[0].id, ProfileId("lab".to_owned()));
    assert_ne!(profiles[1].id, profiles[0].id);
}

#[test]
fn a_save_that_fails_says_so_and_leaves_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let err = open(&file).save_profiles(&[]).unwrap_err();
    assert!(matches!(err, StoreError::Write { .. }), "{err}");
    assert!(err.to_string().contains("profiles.ron"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
}

#[test]
fn two_windows_that_save_at_once_never_tear_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let lists: Vec<Vec<Profile>> = (1..=3).map(|count| vec![elaborate(); count * 20]).collect();
    open(dir.path()).save_profiles(&lists[0]).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::Acquire) {
                let (profiles, warning) = open(dir.path()).load_profiles();
                assert_eq!(warning, None);
                assert!([20, 40, 60].contains(&profiles.len()));
                reads += 1;
            }
            reads
        });
        let writers: Vec<_> = lists
            .iter()
            .map(|list| {
                scope.spawn(|| {
                    for _ in 0..20 {
                        open(dir.path()).save_profiles(list).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Release);
        assert!(reader.join().unwrap() > 0);
    });
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn files_are_private_and_links_are_followed() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let dir = tempfile::tempdir().unwrap();
    let real = dir.path().join("real.ron");
    let inner = dir.path().join("canopy");
    let config = open(&inner);
    config.save_settings(&Settings::default()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    assert_eq!(mode(&inner.join("settings.ron")), 0o600);

    fs::rename(inner.join("settings.ron"), &real).unwrap();
    symlink(&real, inner.join("settings.ron")).unwrap();
    let settings = Settings {
        theme: Theme::Light,
        ..Settings::default()
    };
    config.save_settings(&settings).unwrap();
    assert!(inner.join("settings.ron").is_symlink());
    assert_eq!(config.load_settings().0, settings);
    assert!(fs::read_to_string(&real).unwrap().contains("Light"));
}

#[test]
fn a_file_from_before_transports_keeps_its_meaning() {
    let dir = tempfile::tempdir().unwrap();
    let text = r#"(version: 1, content: [(
        id: "old", name: "Old", host: "broker.example", port: 8883, version: V311, client_id: "me",
        session: Resume, session_expiry: 60, keep_alive: 30, connect_timeout: 5, max_packet_size: 1000,
        reconnect: false, user_name: "ann", use_password: true,
        will: (enabled: true, topic: "t", message: "m", qos: AtLeastOnce, retain: true, delay: 3),
        subscriptions: [(filter: "a/b", qos: ExactlyOnce), (filter: "c")],
        saved_publishes: [],
    )])"#;
    fs::write(dir.path().join("profiles.ron"), text).unwrap();
    let (profiles, warning) = open(dir.path()).load_profiles();
    assert_eq!(warning, None);
    let expected = Profile {
        id: ProfileId("old".to_owned()),
        name: "Old".to_owned(),
        host: "broker.example".to_owned(),
        port: 8883,
        transport: Transport::Tcp,
        version: Version::V311,
        client_id: "me".to_owned(),
        session: Session::Resume,
        session_expiry: 60,
        keep_alive: 30,
        connect_timeout: 5,
        max_packet_size: 1_000,
        reconnect: false,
        user_name: "ann".to_owned(),
        use_password: true,
        will: WillSettings {
            enabled: true,
            topic: "t".to_owned(),
            message: "m".to_owned(),
            qos: Qos::AtLeastOnce,
            retain: true,
            delay: 3,
            ..WillSettings::default()
        },
        subscriptions: vec![
            Subscription::for_window("a/b", Qos::ExactlyOnce),
            Subscription::for_window("c", Qos::AtMostOnce),
        ],
        ..Profile::default()
    };
    assert_eq!(profiles, [expected]);
}

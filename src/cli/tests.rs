//! The grammar of the command line.

use super::*;

fn parsed(line: &str) -> Result<Invocation, clap::Error> {
    let words = shlex::split(line).expect("words");
    parse_from(words.into_iter().map(OsString::from).collect())
}

fn publish_job(line: &str) -> publish_args::PublishJob {
    match parsed(line) {
        Ok(Invocation::Terminal(command)) => match command.0 {
            TerminalArgs::Pub(args) => args.job(|_| false).expect("fits"),
            _ => panic!("not pub: {line}"),
        },
        Ok(_) => panic!("not in the terminal: {line}"),
        Err(err) => panic!("{err}"),
    }
}

fn subscribe_args(line: &str) -> subscribe_args::SubscribeArgs {
    match parsed(line) {
        Ok(Invocation::Terminal(command)) => match command.0 {
            TerminalArgs::Sub(args) => args,
            _ => panic!("not sub: {line}"),
        },
        Ok(_) => panic!("not in the terminal: {line}"),
        Err(err) => panic!("{err}"),
    }
}

#[test]
fn the_grammar_is_sound() {
    command().debug_assert();
}

#[test]
fn without_a_command_it_is_the_window() {
    let Ok(Invocation::Window(options)) = parsed("canopy --demo --config-dir here") else {
        panic!("not the window");
    };
    assert!(options.demo);
    assert_eq!(options.config_dir, Some(PathBuf::from("here")));
}

#[test]
fn short_options_combine_and_attach() {
    let job = publish_job("canopy pub -rdt a -q1 -p1999 -m hello");
    assert_eq!(job.topic.as_str(), "a");
    assert!(job.retain && job.trace);
    assert_eq!(job.qos, crate::mqtt::Qos::AtLeastOnce);
    assert_eq!(job.connect.config.profile.port, 1999);
}

#[test]
fn values_may_begin_with_a_dash_and_the_last_one_counts() {
    let job = publish_job("canopy pub -t a -m -5 -q 1 -q 2");
    assert_eq!(job.source, publish_args::Source::Bytes("-5".into()));
    assert_eq!(job.qos, crate::mqtt::Qos::ExactlyOnce);
    let args = subscribe_args("canopy sub -t a -t b -T a/x -T b/x");
    let job = args.job(|_| false).expect("fits");
    assert_eq!(job.filters.len(), 2);
    assert_eq!(job.selection.filter_out.len(), 2);
}

#[test]
fn a_property_takes_as_many_values_as_it_needs() {
    let job = publish_job(
        "canopy pub -D publish content-type text/plain -t a -D publish user-property -k -D -m x \
         -D connect session-expiry-interval 60",
    );
    let properties = job.properties().expect("MQTT 5");
    assert_eq!(properties.content_type.as_deref(), Some("text/plain"));
    assert_eq!(properties.user, [("-k".to_owned(), "-D".to_owned())]);
    assert_eq!(job.connect.config.profile.session_expiry, 60);
    assert_eq!(job.connect.config.profile.version, crate::mqtt::Version::V5);
}

#[test]
fn a_url_says_everything() {
    let job = publish_job("canopy pub -L mqtt://me:secret@host:1999/a/b -n");
    let profile = &job.connect.config.profile;
    assert_eq!((profile.host.as_str(), profile.port), ("host", 1999));
    assert_eq!(profile.user_name, "me");
    assert!(job.connect.config.password.is_some());
    assert_eq!(job.topic.as_str(), "a/b");
}

#[test]
fn passwords_are_not_printed() {
    for line in [
        "canopy pub -t a -n --proxy socks5h://me:hidden@host",
        "canopy pub -t a -n -u me -P hidden",
        "canopy sub -t a -L mqtt://me:hidden@host/t",
        "canopy watch -u me --pw hidden",
        "canopy broker -u me -P hidden",
    ] {
        let Ok(Invocation::Terminal(command)) = parsed(line) else {
            panic!("not understood: {line}");
        };
        let printed = format!("{:?}", command.0);
        assert!(
            printed.contains("***") && !printed.contains("hidden"),
            "{printed}"
        );
    }
}

#[test]
fn sessions_are_kept_as_asked() {
    let profile = |line| publish_job(line).connect.config.profile;
    let kept = profile("canopy pub -t a -n -c -i me -V 5");
    assert_eq!(kept.session, crate::profile::Session::Resume);
    assert_eq!(kept.session_expiry, u32::MAX);
    let kept = profile("canopy pub -t a -n -c -i me -V 5 -x 60");
    assert_eq!(kept.session_expiry, 60);
    let clean = profile("canopy pub -t a -n");
    assert_eq!(clean.session, crate::profile::Session::CleanStart);
    assert_eq!(clean.version, crate::mqtt::Version::V311);
}

#[test]
fn a_will_comes_with_its_delay() {
    let job = publish_job(
        "canopy pub -t a -n --will-topic w --will-payload bye --will-qos 1 --will-retain \
         -D will will-delay-interval 5",
    );
    let will = &job.connect.config.profile.will;
    assert!(will.enabled && will.retain);
    assert_eq!(
        (will.topic.as_str(), will.message.as_str(), will.delay),
        ("w", "bye", 5)
    );
}

#[test]
fn mistakes_are_refused() {
    for line in [
        "canopy pub -t a",
        "canopy pub -t a -m x -f y",
        "canopy pub -t a -m x -q 3",
        "canopy pub -t a -m x -p 99999",
        "canopy pub -t a -m x -V 31",
        "canopy pub -t a -m x -i a -I b",
        "canopy sub -t a -C 0",
        "canopy sub -t a -R --retained-only",
        "canopy sub -t a --nosuch",
        "canopy broker -P secret",
    ] {
        assert!(parsed(line).is_err(), "{line}");
    }
    assert!(subscribe_args("canopy sub").job(|_| false).is_err());
    assert!(
        subscribe_args("canopy sub -t a/#/b")
            .job(|_| false)
            .is_err()
    );
    assert!(
        subscribe_args("canopy sub -t a -F %z")
            .job(|_| false)
            .is_err()
    );
    assert!(subscribe_args("canopy sub -t a -c").job(|_| false).is_err());
    assert!(
        subscribe_args("canopy sub -t a -P x")
            .job(|_| false)
            .is_err()
    );
}

fn place(line: &str) -> String {
    publish_job(line).connect.config.profile.url()
}

#[test]
fn the_port_and_tls_follow_each_other_as_in_mosquittos_clients() {
    let cases = [
        ("", "mqtt://localhost:1883"),
        ("--cafile ca.pem", "mqtts://localhost:8883"),
        ("--cafile ca.pem -p 1999", "mqtts://localhost:1999"),
        ("--tls-use-os-certs", "mqtts://localhost:1883"),
        ("-p 8883", "mqtts://localhost:8883"),
        ("--insecure", "mqtt://localhost:1883"),
        ("--cert c --key k", "mqtt://localhost:1883"),
        ("-L mqtts://h/t", "mqtts://h:8883"),
        ("-L mqtt://h:8883/t", "mqtts://h:8883"),
        ("-L mqtt://h/t --cafile ca.pem", "mqtts://h:1883"),
        ("-L wss://h/path", "wss://h:8084/path"),
        ("-L mqtt+unix:///run/m.sock", "mqtt+unix:///run/m.sock"),
        ("--p12 me.p12", "mqtts://localhost:8883"),
        ("--ws -p 9001", "ws://localhost:9001/mqtt"),
        ("--ws-path x --cafile ca.pem", "wss://localhost:8883/x"),
        ("--unix /run/m.sock", "mqtt+unix:///run/m.sock"),
    ];
    for (options, expected) in cases {
        let line = format!("canopy pub -t a -n {options}");
        assert_eq!(place(&line), expected, "{options}");
    }
}

#[test]
fn options_of_tls_and_proxy_reach_the_profile() {
    let job = publish_job(
        "canopy pub -t a -n --cafile ca.pem --cert c.pem --key k.pem --tls-alpn mqtt \
         --tls-version tlsv1.3 --server-name broker --proxy socks5h://me:p%40w@proxy:1081 \
         --ws-header 'X-A: b: c' -u me -P pw --auth-method scram-sha-256",
    );
    let config = &job.connect.config;
    let profile = &config.profile;
    assert_eq!(
        profile.transport,
        crate::profile::Transport::SecureWebSocket
    );
    assert_eq!(profile.tls.server_name, "broker");
    assert_eq!(profile.tls.alpn, ["mqtt"]);
    assert_eq!(profile.tls.minimum, crate::profile::TlsVersion::V1_3);
    assert!(matches!(
        profile.tls.identity,
        crate::profile::Identity::Pem { .. }
    ));
    let headers = [("X-A".to_owned(), "b: c".to_owned())];
    assert_eq!(profile.web_socket.headers, headers);
    let proxy = &profile.proxy;
    let account = (proxy.host.as_str(), proxy.port, proxy.user_name.as_str());
    assert_eq!(account, ("proxy", 1081, "me"));
    assert_eq!(config.proxy_password, Some(Secret::new("p@w")));
    assert_eq!(
        profile.mqtt5.authentication,
        crate::profile::Authentication::ScramSha256
    );
    assert_eq!(profile.version, crate::mqtt::Version::V5);
}

#[test]
fn options_that_do_not_fit_end_with_the_cure() {
    let cases = [
        ("--psk abcd", "--cafile"),
        ("--psk-identity me", "--cafile"),
        ("--capath dir", "--cafile"),
        ("--ciphers ALL", "Leave it out"),
        ("--keyform engine", "PEM"),
        ("--tls-engine pkcs11", "PEM"),
        ("--tls-engine-kpass-sha1 abcd", "PEM"),
        ("-A 127.0.0.1", "Leave it out"),
        ("--cafile a --insecure --no-verify", "Give one"),
        ("--cafile a --no-verify --fingerprint abc", "Give one"),
        ("--cert c", "Give both"),
        ("--cert c --key k --p12 f", "Leave out"),
        ("--tls-version tlsv1.1", "tlsv1.2"),
        ("--fingerprint abc", "64"),
        ("--cafile a --tls-use-os-certs", "Give"),
        ("--proxy ftp://host", "socks5h://"),
        ("--proxy host", "socks5h://"),
        ("--ws-header nothing", "NAME:VALUE"),
        ("--unix s -h host", "Leave it out"),
        ("--unix s --cafile a", "Leave it out"),
        ("--auth-method scram-sha-256", "-u and -P"),
    ];
    for (options, cure) in cases {
        let args = subscribe_args(&format!("canopy sub -t a {options}"));
        match args.job(|_| false) {
            Ok(_) => panic!("{options} fits"),
            Err(err) => assert!(err.to_string().contains(cure), "{options}: {err}"),
        }
    }
}

#[test]
fn a_saved_profile_is_the_base_and_options_override_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let profile = Profile {
        name: "Kitchen".to_owned(),
        host: "kitchen.example".to_owned(),
        transport: crate::profile::Transport::Tls,
        port: 8884,
        ask_before_publish: true,
        ..Profile::default()
    };
    let config = crate::profile::ConfigDir::open(Some(directory.path())).expect("a directory");
    config.save_profiles(&[profile]).expect("saved");
    let options = format!(
        "--profile Kitchen --config-dir {}",
        directory.path().display()
    );
    let args = subscribe_args(&format!("canopy sub {options} -h other"));
    let job = args.job(|_| false).expect("fits");
    let profile = job.connect.config.profile;
    assert_eq!(profile.url(), "mqtts://other:8884");
    assert_eq!(profile.version, crate::mqtt::Version::V5);
    assert_eq!(job.filters.len(), 2);
    let job = subscribe_args(&format!("canopy sub {options} -t a")).job(|_| false);
    assert_eq!(job.expect("fits").filters.len(), 1);
    let job = publish_job(&format!("canopy pub {options} --yes -t a -n"));
    assert!(job.connect.config.profile.subscriptions.is_empty());
    let Ok(Invocation::Terminal(command)) = parsed(&format!("canopy pub {options} -t a -n")) else {
        panic!("not understood");
    };
    let TerminalArgs::Pub(args) = command.0 else {
        panic!("not pub");
    };
    let err = args
        .job(|_| false)
        .err()
        .expect("it asks first")
        .to_string();
    assert!(err.contains("--yes"), "{err}");
    let asked = |question: &str| question == "Publish to a on “Kitchen”? [y/N] ";
    assert!(args.job(asked).is_ok());

    // clearing is publishing
    let clearing = format!("canopy sub {options} -t a -t b/# --remove-retained");
    let args = subscribe_args(&clearing);
    let err = args.job(|_| false).err().expect("it asks first");
    assert!(err.to_string().contains("--yes"), "{err}");
    let question = "Clear the retained messages of a, b/# on “Kitchen”? [y/N] ";
    assert!(args.job(|asked| asked == question).is_ok());
    let sure = subscribe_args(&format!("{clearing} --yes"));
    assert!(sure.job(|_| false).is_ok());
}

#[test]
fn the_window_opens_connected() {
    let Ok(Invocation::Window(options)) = parsed("canopy mqtts://me:hidden@host") else {
        panic!("not the window");
    };
    assert!(!format!("{options:?}").contains("hidden"));
    let Ok(Invocation::Window(options)) = parsed("canopy --profile Kitchen") else {
        panic!("not the window");
    };
    assert_eq!(
        options.connect,
        Some(ConnectTo::Profile("Kitchen".to_owned()))
    );
    assert!(parsed("canopy --demo mqtt://host").is_err());
    assert!(parsed("canopy --profile a mqtt://host").is_err());
}

//! The grammar of the command line.

use super::*;

fn parsed(line: &str) -> Result<Invocation, clap::Error> {
    let words = shlex::split(line).expect("words");
    parse_from(words.into_iter().map(OsString::from).collect())
}

fn publish_job(line: &str) -> publish_args::PublishJob {
    match parsed(line) {
        Ok(Invocation::Terminal(command)) => match command.0 {
            TerminalArgs::Pub(args) => args.job().expect("fits"),
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
    let job = args.job().expect("fits");
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
    assert!(subscribe_args("canopy sub").job().is_err());
    assert!(subscribe_args("canopy sub -t a/#/b").job().is_err());
    assert!(subscribe_args("canopy sub -t a -F %z").job().is_err());
    assert!(subscribe_args("canopy sub -t a -c").job().is_err());
    assert!(subscribe_args("canopy sub -t a -P x").job().is_err());
}

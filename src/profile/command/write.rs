//! A profile as a line for a shell: `mosquitto_sub` and `mosquitto_pub` with every value quoted. Secrets are never in
//! it, only variables of the shell to set.

use std::fmt::Write as _;

use crate::mqtt::{Qos, Version};

use super::super::{
    Authentication, Identity, PayloadKind, Profile, ProxyKind, PublishDraft, PublishProperties,
    RetainHandling, Session, Subscription, TlsVersion, Transport, Verify,
};
use super::words::{CommandError, Words, is_printable};
use super::{AUTHENTICATION_VARIABLE, PASSWORD_VARIABLE, PROXY_PASSWORD_VARIABLE};

/// Longer payloads go through a pipe: Linux takes 128 KiB for one argument.
const LONGEST_ARGUMENT: usize = 100_000;

impl Profile {
    /// The `mosquitto_sub` line that connects as this profile does and prints what its subscriptions bring, with
    /// the highest of their QoS, since the program has one for all. [`Profile::sub_command_losses`] tells what else
    /// does not fit. Secrets are the shell's variables, such as `$MQTT_PASSWORD` and `$MQTT_PROXY_PASSWORD`. With a client id it takes over from a
    /// connection that uses the same one (MQTT 5, 3.1.4).
    ///
    /// # Errors
    /// [`CommandError::Control`].
    pub fn mosquitto_sub_command(&self) -> Result<String, CommandError> {
        let mut words = connect_words(self, "mosquitto_sub");
        add_session(self, &mut words);
        add_connect_properties(self, &mut words);
        add_will(self, &mut words);
        add_subscriptions(self, &mut words);
        words.word("-v");
        words.join()
    }

    /// The `mosquitto_pub` line that sends `draft`. `payload` is what the draft's text amounts to once
    /// placeholders are filled in and digits are bytes; for [`PayloadKind::File`] the path is used and `payload`
    /// ignored. Anything but printable text goes through `printf` and a pipe. The line has no client id and no will, so
    /// that it does not disturb a connection that has.
    ///
    /// # Errors
    /// [`CommandError`].
    pub fn publish_command(
        &self,
        draft: &PublishDraft,
        payload: &[u8],
    ) -> Result<String, CommandError> {
        let mut words = connect_words(self, "mosquitto_pub");
        add_connect_properties(self, &mut words);
        words.pair("-t", &draft.topic);
        words.pair("-q", &draft.qos);
        if draft.retain {
            words.word("-r");
        }
        if self.version == Version::V5 {
            if draft.properties.correlation_is_hex && !draft.properties.correlation_data.is_empty()
            {
                return Err(CommandError::Correlation);
            }
            add_properties(&draft.properties, &mut words);
        }
        if draft.kind == PayloadKind::File {
            words.pair("-f", &draft.payload);
            return words.join();
        }
        match std::str::from_utf8(payload) {
            Ok("") => words.word("-n"),
            Ok(text) if text.len() <= LONGEST_ARGUMENT && is_printable(text) => {
                words.pair("-m", text);
            }
            _ => {
                words.word("-s");
                return Ok(format!(
                    "printf '{}' | {}",
                    printf_format(payload),
                    words.join()?
                ));
            }
        }
        words.join()
    }
}

/// Program, version, address, account, TLS and proxy.
fn connect_words(profile: &Profile, program: &str) -> Words {
    let mut words = Words::new(program);
    words.pair(
        "-V",
        match profile.version {
            Version::V311 => "mqttv311",
            Version::V5 => "mqttv5",
        },
    );
    if profile.transport == Transport::Unix {
        words.pair("--unix", &profile.unix_path);
    } else {
        words.pair("-h", &profile.host);
        words.pair("-p", &profile.port);
    }
    if !profile.user_name.is_empty() {
        words.pair("-u", &profile.user_name);
    }
    if profile.use_password {
        words.variable("-P", String::new(), PASSWORD_VARIABLE, String::new());
    }
    if profile.transport.uses_websocket() {
        words.word("--ws");
    }
    if profile.transport.uses_tls() {
        add_tls(profile, &mut words);
    }
    if profile.transport.uses_network() && profile.proxy.kind == ProxyKind::Socks5 {
        add_proxy(profile, &mut words);
    }
    words
}

fn add_tls(profile: &Profile, words: &mut Words) {
    let tls = &profile.tls;
    match &tls.ca_file {
        Some(file) => words.pair("--cafile", &file.display()),
        None => words.word("--tls-use-os-certs"),
    }
    if matches!(tls.verify, Verify::AnyHost | Verify::Nothing) {
        words.word("--insecure");
    }
    if let Identity::Pem { certificate, key } = &tls.identity {
        words.pair("--cert", &certificate.display());
        words.pair("--key", &key.display());
    }
    if let Some(protocol) = tls.alpn.first() {
        words.pair("--tls-alpn", protocol);
    }
    if tls.minimum == TlsVersion::V1_3 {
        words.pair("--tls-version", "tlsv1.3");
    }
}

fn add_proxy(profile: &Profile, words: &mut Words) {
    let proxy = &profile.proxy;
    let host = if proxy.host.contains(':') {
        format!("[{}]", proxy.host)
    } else {
        proxy.host.clone()
    };
    // The three characters that the program decodes.
    let user = proxy.user_name.replace('%', "%25");
    let user = user.replace(':', "%3A").replace('@', "%40");
    let end = format!("{host}:{}", proxy.port);
    match (user.is_empty(), proxy.use_password) {
        (true, _) => words.pair("--proxy", &format!("socks5h://{end}")),
        (false, false) => words.pair("--proxy", &format!("socks5h://{user}@{end}")),
        (false, true) => words.variable(
            "--proxy",
            format!("socks5h://{user}:"),
            PROXY_PASSWORD_VARIABLE,
            format!("@{end}"),
        ),
    }
}

/// Client id, keep alive, session and the largest packet.
fn add_session(profile: &Profile, words: &mut Words) {
    if !profile.client_id.is_empty() {
        words.pair("-i", &profile.client_id);
    }
    // The program takes 5 to 65,535 seconds and cannot turn the keep alive off.
    let keep_alive = match profile.keep_alive {
        0 => u16::MAX,
        seconds => seconds.max(5),
    };
    words.pair("-k", &keep_alive);
    let resumes = profile.session == Session::Resume && !profile.client_id.is_empty();
    if resumes {
        words.word("-c");
    }
    if profile.version == Version::V5 {
        if resumes {
            words.pair("-x", &profile.session_expiry);
        }
        if profile.max_packet_size != Profile::default().max_packet_size {
            words.property("connect", "maximum-packet-size", &profile.max_packet_size);
        }
    }
}

/// What else CONNECT carries with MQTT 5.
fn add_connect_properties(profile: &Profile, words: &mut Words) {
    if profile.version == Version::V311 {
        return;
    }
    let mqtt5 = &profile.mqtt5;
    if let Some(count) = mqtt5.receive_maximum {
        words.property("connect", "receive-maximum", &count);
    }
    if mqtt5.topic_alias_maximum > 0 {
        words.property("connect", "topic-alias-maximum", &mqtt5.topic_alias_maximum);
    }
    if !mqtt5.request_problem_information {
        words.property("connect", "request-problem-information", &0);
    }
    if mqtt5.request_response_information {
        words.property("connect", "request-response-information", &1);
    }
    words.user_properties("connect", &mqtt5.user_properties);
    if let Authentication::Other { method, data } = &mqtt5.authentication {
        words.property("connect", "authentication-method", method);
        let is_given = mqtt5.keeps_authentication_data || !data.is_empty();
        if is_given && argument(data).is_some() {
            words.pair("-D", "connect");
            let (flag, none) = ("authentication-data", String::new());
            words.variable(flag, none.clone(), AUTHENTICATION_VARIABLE, none);
        }
    }
}

fn add_will(profile: &Profile, words: &mut Words) {
    let will = &profile.will;
    if !will.enabled {
        return;
    }
    words.pair("--will-topic", &will.topic);
    if !will.message.is_empty() {
        words.pair("--will-payload", &will.message);
    }
    words.pair("--will-qos", &will.qos);
    if will.retain {
        words.word("--will-retain");
    }
    if profile.version == Version::V311 {
        return;
    }
    if will.delay > 0 {
        words.property("will", "will-delay-interval", &will.delay);
    }
    if will.payload_format_text {
        words.property("will", "payload-format-indicator", &1);
    }
    if let Some(seconds) = will.expiry {
        words.property("will", "message-expiry-interval", &seconds);
    }
    for (name, value) in [
        ("content-type", Some(will.content_type.as_str())),
        ("response-topic", Some(will.response_topic.as_str())),
        ("correlation-data", argument(&will.correlation_data)),
    ] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            words.property("will", name, value);
        }
    }
    words.user_properties("will", &will.user_properties);
}

/// The filters, and the options that all of them have in common: the program has one set for all.
fn add_subscriptions(profile: &Profile, words: &mut Words) {
    let subscriptions = &profile.subscriptions;
    if subscriptions.is_empty() {
        words.pair("-t", "#");
    }
    for subscription in subscriptions {
        words.pair("-t", &subscription.filter);
    }
    let qos = subscriptions.iter().map(|subscription| subscription.qos);
    words.pair("-q", &qos.max().unwrap_or(Qos::AtMostOnce));
    if profile.version == Version::V311 {
        return;
    }
    if let Some(id) = in_common(subscriptions, |it| it.id).flatten() {
        words.property("subscribe", "subscription-identifier", &id);
    }
    if in_common(subscriptions, |it| it.retain_as_published) == Some(true) {
        words.word("--retain-as-published");
    }
    match in_common(subscriptions, |it| it.retain_handling) {
        Some(RetainHandling::DoNotSend) => words.word("-R"),
        Some(RetainHandling::SendIfNew) => words.pair("--retain-handling", "new"),
        Some(RetainHandling::SendRetained) | None => {}
    }
}

/// What `option` is for every subscription, if it is the same for all.
pub(super) fn in_common<T: PartialEq>(
    subscriptions: &[Subscription],
    option: impl Fn(&Subscription) -> T,
) -> Option<T> {
    let mut options = subscriptions.iter().map(option);
    let first = options.next()?;
    options.all(|it| it == first).then_some(first)
}

/// Bytes as an argument, if they can be one.
pub(super) fn argument(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    is_printable(text).then_some(text)
}

fn add_properties(properties: &PublishProperties, words: &mut Words) {
    if properties.payload_is_utf8 {
        words.property("publish", "payload-format-indicator", &1);
    }
    if let Some(seconds) = properties.message_expiry {
        words.property("publish", "message-expiry-interval", &seconds);
    }
    for (name, value) in [
        ("content-type", &properties.content_type),
        ("response-topic", &properties.response_topic),
        ("correlation-data", &properties.correlation_data),
    ] {
        if !value.is_empty() {
            words.property("publish", name, value);
        }
    }
    words.user_properties("publish", &properties.user);
}

/// The format string with which every POSIX `printf` prints `bytes`, to stand between single quotes: only octal
/// escapes are portable.
fn printf_format(bytes: &[u8]) -> String {
    let mut format = String::with_capacity(bytes.len() * 4);
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b" .,:;_-+/=@#".contains(&byte) {
            format.push(char::from(byte));
        } else if let Err(err) = write!(format, "\\{byte:03o}") {
            // A String takes every write.
            debug_assert!(false, "{err}");
        }
    }
    format
}

#[cfg(test)]
mod tests {
    use super::super::super::WillSettings;
    use super::*;

    fn example() -> Profile {
        Profile {
            host: "broker.example".to_owned(),
            client_id: "bench 1".to_owned(),
            session: Session::Resume,
            user_name: "ann".to_owned(),
            use_password: true,
            will: WillSettings {
                enabled: true,
                topic: "status/online".to_owned(),
                message: "it's off".to_owned(),
                qos: Qos::AtLeastOnce,
                retain: true,
                delay: 5,
                ..WillSettings::default()
            },
            subscriptions: vec![Subscription::new("$SYS/#", Qos::ExactlyOnce)],
            ..Profile::default()
        }
    }

    #[test]
    fn a_subscription_as_a_command() {
        assert_eq!(
            example().mosquitto_sub_command().unwrap(),
            "mosquitto_sub -V mqttv5 -h broker.example -p 1883 -u ann -P \"$MQTT_PASSWORD\" -i 'bench 1' -k 60 -c -x 3600 \
             --will-topic status/online --will-payload \"it's off\" --will-qos 1 --will-retain \
             -D will will-delay-interval 5 -t '$SYS/#' -q 2 -v"
        );
        let old = Profile {
            version: Version::V311,
            ..example()
        };
        let command = old.mosquitto_sub_command().unwrap();
        assert!(
            command.starts_with("mosquitto_sub -V mqttv311 "),
            "{command}"
        );
        assert!(
            !command.contains("-D") && !command.contains("-x"),
            "{command}"
        );
    }

    #[test]
    fn what_the_program_refuses_is_not_written() {
        let profile = Profile {
            session: Session::Resume,
            keep_alive: 0,
            subscriptions: Vec::new(),
            ..Profile::default()
        };
        let command = profile.mosquitto_sub_command().unwrap();
        assert_eq!(
            command,
            "mosquitto_sub -V mqttv5 -h 127.0.0.1 -p 1883 -k 65535 -t '#' -q 0 -v"
        );
    }

    #[test]
    fn bytes_that_are_no_text_go_through_a_pipe() {
        let draft = PublishDraft {
            topic: "a".to_owned(),
            ..PublishDraft::default()
        };
        let command = |payload: &[u8]| Profile::default().publish_command(&draft, payload).unwrap();
        assert!(command(b"").ends_with(" -t a -q 0 -n"));
        assert!(command(b"-x").ends_with(" -m -x"));
        let piped = command(b"%'\\\x00\xff a");
        assert!(
            piped.starts_with(r"printf '\045\047\134\000\377 a' | mosquitto_pub "),
            "{piped}"
        );
        assert!(piped.ends_with(" -s"));
    }

    #[test]
    fn control_characters_never_reach_a_terminal() {
        let escape = "a\x1b[201~\n";
        let draft = PublishDraft {
            topic: escape.to_owned(),
            ..PublishDraft::default()
        };
        let err = Profile::default()
            .publish_command(&draft, b"x")
            .unwrap_err();
        assert!(err.to_string().contains(r"\u{1b}"), "{err}");
        let draft = PublishDraft {
            topic: "a".to_owned(),
            ..PublishDraft::default()
        };
        let command = Profile::default().publish_command(&draft, escape.as_bytes());
        assert!(!command.unwrap().contains('\x1b'));
        let lines = Profile::default().publish_command(&draft, b"two\nlines");
        assert!(lines.unwrap().ends_with(" -m 'two\nlines'"));
    }
}

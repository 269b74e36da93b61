//! What to connect to and how: a profile whose every value has been checked, so that nothing behind it can fail on
//! a bad one.

use std::time::Duration;

use crate::mqtt::{Properties, Qos, TopicFilter, TopicName, Version};
use crate::profile::{
    Authentication, Mqtt5Settings, Profile, ProxyKind, ProxySettings, Secret, Session, TlsSettings,
    Transport, WebSocketSettings, WillSettings,
};

use super::subscriptions::Wish;
use super::{Config, Extras, Failure};

/// Strings and binary data have a length of 16 bits (MQTT 5, 1.5.4).
const MAX_FIELD: usize = 65_535;
/// The largest packet the protocol knows, fixed header not counted (MQTT 5, 2.1.4).
const MAX_PACKET: u32 = 268_435_455;

/// A checked profile.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) version: Version,
    pub(super) target: Target,
    pub(super) client_id: String,
    /// Whether the profile names the client id, so that others may use it, too.
    pub(super) has_own_id: bool,
    pub(super) clean_start: bool,
    /// Seconds (MQTT 5).
    pub(super) session_expiry: u32,
    /// Seconds.
    pub(super) keep_alive: u16,
    pub(super) connect_timeout: Duration,
    /// Bytes.
    pub(super) max_packet_size: u32,
    pub(super) reconnect: bool,
    pub(super) user_name: Option<String>,
    pub(super) password: Option<String>,
    pub(super) will: Option<Will>,
    pub(super) subscriptions: Vec<Wish>,
    /// What the profile adds to CONNECT (MQTT 5).
    pub(super) connect: Properties,
    /// MQTT 5.
    pub(super) authentication: Authentication,
    pub(super) extras: Extras,
}

/// Where the byte stream leads, and through what.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) transport: Transport,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) unix_path: String,
    pub(super) proxy: ProxySettings,
    pub(super) proxy_password: Option<Secret>,
    pub(super) tls: TlsSettings,
    pub(super) key_passphrase: Option<Secret>,
    pub(super) web_socket: WebSocketSettings,
    /// Bytes.
    pub(super) max_packet_size: u32,
}

impl Target {
    fn new(config: &Config, max_packet_size: u32) -> Self {
        let profile = &config.profile;
        Self {
            transport: profile.transport,
            host: profile.host.trim().to_owned(),
            port: profile.port,
            unix_path: profile.unix_path.clone(),
            proxy: profile.proxy.clone(),
            proxy_password: config.proxy_password.clone(),
            tls: profile.tls.clone(),
            key_passphrase: config.key_passphrase.clone(),
            web_socket: profile.web_socket.clone(),
            max_packet_size,
        }
    }

    /// The broker as a person reads it: host and port, or the path of the Unix socket.
    pub(super) fn place(&self) -> String {
        if self.transport == Transport::Unix {
            return self.unix_path.clone();
        }
        joined(&self.host, self.port)
    }

    /// Host and port that TCP connects to: the proxy's, if there is one.
    pub(super) fn first_hop(&self) -> (&str, u16) {
        match self.proxy.kind {
            ProxyKind::None => (&self.host, self.port),
            ProxyKind::HttpConnect | ProxyKind::Socks5 => (self.proxy.host.trim(), self.proxy.port),
        }
    }

    /// The same as a person reads it.
    pub(super) fn first_place(&self) -> String {
        if self.transport == Transport::Unix {
            return self.unix_path.clone();
        }
        let (host, port) = self.first_hop();
        joined(host, port)
    }

    /// The name that the broker's certificate has to be for.
    pub(super) fn server_name(&self) -> &str {
        match self.tls.server_name.trim() {
            "" => &self.host,
            name => name,
        }
    }
}

/// Host and port as they are written together.
fn joined(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// A checked will.
#[derive(Clone)]
pub(super) struct Will {
    pub(super) topic: TopicName,
    pub(super) message: String,
    pub(super) qos: Qos,
    pub(super) retain: bool,
    /// Seconds (MQTT 5).
    pub(super) delay: u32,
    /// The others (MQTT 5).
    pub(super) properties: Properties,
}

impl Plan {
    /// Checks `config`; `client_id` is the one in use.
    ///
    /// # Errors
    /// A failure that names the value and how to mend it.
    pub(super) fn new(config: Config, client_id: String) -> Result<Self, Failure> {
        let password = config.password.as_ref().map(Secret::reveal);
        check_place(&config.profile)?;
        check_fields(&config.profile, &client_id, password)?;
        let max_packet_size = config.profile.max_packet_size.clamp(16, MAX_PACKET);
        let target = Target::new(&config, max_packet_size);
        let profile = config.profile;
        Ok(Self {
            version: profile.version,
            target,
            client_id,
            has_own_id: !profile.client_id.is_empty(),
            clean_start: profile.session == Session::CleanStart,
            session_expiry: profile.session_expiry,
            keep_alive: profile.keep_alive,
            connect_timeout: Duration::from_secs(u64::from(profile.connect_timeout.max(1))),
            max_packet_size,
            reconnect: profile.reconnect,
            password: password.map(str::to_owned),
            will: checked_will(&profile.will)?,
            subscriptions: checked_subscriptions(&profile)?,
            user_name: Some(profile.user_name).filter(|name| !name.is_empty()),
            connect: connect_properties(&profile.mqtt5),
            authentication: profile.mqtt5.authentication,
            extras: Extras::default(),
        })
    }
}

impl Plan {
    /// The highest topic alias that the broker may use: the one that CONNECT announces.
    pub(super) fn topic_alias_maximum(&self) -> u16 {
        let announced =
            (self.extras.connect.topic_alias_maximum).or(self.connect.topic_alias_maximum);
        announced
            .filter(|_| self.version == Version::V5)
            .unwrap_or(0)
    }
}

/// Whether it is known where to connect to.
fn check_place(profile: &Profile) -> Result<(), Failure> {
    if profile.transport == Transport::Unix {
        if profile.unix_path.is_empty() {
            return Err(Failure::new(
                "The profile names no Unix socket.",
                "Enter the path of the broker's socket.",
            ));
        }
        return Ok(());
    }
    if profile.host.trim().is_empty() {
        return Err(Failure::new(
            "The profile names no host.",
            "Enter the broker's name or address.",
        ));
    }
    if profile.port == 0 {
        return Err(Failure::new(
            "Port 0 cannot be connected to.",
            format!(
                "Enter the broker's port; {} is usual.",
                profile.transport.default_port()
            ),
        ));
    }
    let proxy = &profile.proxy;
    if proxy.kind != ProxyKind::None && (proxy.host.trim().is_empty() || proxy.port == 0) {
        return Err(Failure::new(
            "The profile names no host or no port for the proxy.",
            "Enter both, or choose no proxy.",
        ));
    }
    Ok(())
}

/// What the profile adds to CONNECT. The tap puts the topics in the place of aliases.
fn connect_properties(settings: &Mqtt5Settings) -> Properties {
    Properties {
        receive_maximum: settings.receive_maximum.filter(|maximum| *maximum > 0),
        topic_alias_maximum: Some(settings.topic_alias_maximum).filter(|maximum| *maximum > 0),
        request_problem_information: (!settings.request_problem_information).then_some(0),
        request_response_information: settings.request_response_information.then_some(1),
        user: settings.user_properties.clone(),
        ..Properties::default()
    }
}

fn check_fields(profile: &Profile, client_id: &str, password: Option<&str>) -> Result<(), Failure> {
    if profile.version == Version::V5
        && profile.mqtt5.authentication == Authentication::ScramSha256
        && (profile.user_name.is_empty() || password.is_none())
    {
        return Err(Failure::new(
            "SCRAM-SHA-256 needs a user name and a password.",
            "Enter both, or choose another authentication.",
        ));
    }
    if profile.version == Version::V311 && profile.user_name.is_empty() && password.is_some() {
        return Err(Failure::new(
            "MQTT 3.1.1 sends a password only together with a user name.",
            "Enter the user name, or choose MQTT 5.",
        ));
    }
    let fields = [
        ("client id", client_id),
        ("user name", profile.user_name.as_str()),
        ("password", password.unwrap_or_default()),
        ("message of the last will", profile.will.message.as_str()),
    ];
    for (name, value) in fields {
        if value.len() > MAX_FIELD {
            return Err(Failure::new(
                format!("The {name} has more than 65,535 bytes."),
                "Shorten it.",
            ));
        }
        if value.contains('\0') && matches!(name, "client id" | "user name") {
            return Err(Failure::new(
                format!("The {name} contains the null character."),
                "Remove it.",
            ));
        }
    }
    Ok(())
}

fn checked_will(settings: &WillSettings) -> Result<Option<Will>, Failure> {
    if !settings.enabled {
        return Ok(None);
    }
    let topic = TopicName::new(settings.topic.clone()).map_err(|err| {
        Failure::new(
            "The topic of the last will cannot be published to.",
            "Correct it in the profile, or turn the will off.",
        )
        .with_detail(err.to_string())
    })?;
    Ok(Some(Will {
        topic,
        message: settings.message.clone(),
        qos: settings.qos,
        retain: settings.retain,
        delay: settings.delay,
        properties: will_properties(settings),
    }))
}

fn will_properties(settings: &WillSettings) -> Properties {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let data = Some(&settings.correlation_data).filter(|data| !data.is_empty());
    Properties {
        payload_format: settings.payload_format_text.then_some(1),
        message_expiry: settings.expiry,
        content_type: text(&settings.content_type),
        response_topic: text(&settings.response_topic),
        correlation_data: data.map(|data| data.clone().into()),
        user: settings.user_properties.clone(),
        ..Properties::default()
    }
}

/// The filters in order; of a filter that is there twice, the last one counts.
fn checked_subscriptions(profile: &Profile) -> Result<Vec<Wish>, Failure> {
    let mut checked: Vec<Wish> = Vec::new();
    for subscription in &profile.subscriptions {
        let filter = TopicFilter::new(subscription.filter.clone()).map_err(|err| {
            Failure::new(
                format!(
                    "“{}” cannot be subscribed to.",
                    shortened(&subscription.filter)
                ),
                "Correct it in the profile.",
            )
            .with_detail(err.to_string())
        })?;
        let wish = Wish {
            filter,
            qos: subscription.qos,
            options: subscription.into(),
        };
        match checked.iter_mut().find(|known| known.filter == wish.filter) {
            Some(known) => *known = wish,
            None => checked.push(wish),
        }
    }
    Ok(checked)
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Subscription;

    fn refusal(edit: impl FnOnce(&mut Config)) -> String {
        let mut config = Config {
            profile: Profile::default(),
            ..Config::default()
        };
        edit(&mut config);
        match Plan::new(config, "id".to_owned()) {
            Ok(_) => String::new(),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn the_default_profile_is_fine() {
        assert_eq!(refusal(|_| {}), "");
    }

    #[test]
    fn bad_values_are_named_with_their_cure() {
        let cases = [
            (
                refusal(|config| config.profile.host = " ".to_owned()),
                "names no host",
            ),
            (refusal(|config| config.profile.port = 0), "Port 0"),
            (
                refusal(|config| {
                    config.profile.will.enabled = true;
                    config.profile.will.topic = "a/+".to_owned();
                }),
                "last will",
            ),
            (
                refusal(|config| {
                    config.profile.subscriptions =
                        vec![Subscription::new("home/#/x", Qos::AtMostOnce)];
                }),
                "“home/#/x” cannot be subscribed to",
            ),
            (
                refusal(|config| {
                    config.profile.version = Version::V311;
                    config.password = Some(Secret::new("secret"));
                }),
                "only together with a user name",
            ),
            (
                refusal(|config| config.profile.user_name = "x".repeat(65_536)),
                "user name has more than",
            ),
        ];
        for (refusal, expected) in cases {
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn a_filter_is_subscribed_once_with_its_last_qos() {
        let twice = [Qos::AtMostOnce, Qos::ExactlyOnce].map(|qos| Subscription::new("a", qos));
        let profile = Profile {
            subscriptions: twice.to_vec(),
            ..Profile::default()
        };
        let checked = checked_subscriptions(&profile).unwrap();
        assert_eq!(
            checked,
            [(TopicFilter::new("a").unwrap(), Qos::ExactlyOnce).into()]
        );
    }
}

//! The options that `pub`, `sub` and `watch` share: where to connect, as whom, and with which session and will.

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{ArgAction, Args};
use thiserror::Error;

use crate::client::{Config, Extras};
use crate::mqtt::{Properties, Qos, TopicError, TopicFilter, TopicName, Version};
use crate::profile::{
    Profile, Secret, Session, Subscription, Transport, Url, UrlError, WillSettings,
};

use super::property::{PacketProperties, PropertyError};

/// A session that never ends (MQTT 5, 3.1.2.11.2).
const FOR_EVER: u32 = u32::MAX;

/// Why options do not fit together.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// `-L`
    #[error(transparent)]
    Url(#[from] UrlError),
    /// `-D`
    #[error(transparent)]
    Property(#[from] PropertyError),
    /// A session that outlives the connection needs a name.
    #[error("A session that is kept needs a client identifier. Give one with -i.")]
    NeedsClientId,
    /// MQTT 3.1.1, 3.1.2.9.
    #[error("A password without a user name is not sent. Give the user name with -u.")]
    NeedsUserName,
    /// Will options without a will.
    #[error("A will needs a topic. Give it with --will-topic.")]
    NeedsWillTopic,
    /// `--will-topic`
    #[error("The topic of the will does not fit: {0}")]
    WillTopic(TopicError),
}

/// Where to connect and how.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// Host name or address of the broker
    #[arg(
        short = 'h',
        long,
        value_name = "HOST",
        default_value = "localhost",
        help_heading = "Connection"
    )]
    host: String,
    /// TCP port of the broker
    #[arg(short, long, value_name = "PORT", default_value_t = 1883,
        value_parser = clap::value_parser!(u16).range(1..), help_heading = "Connection")]
    port: u16,
    /// Host, port, user, password and topic at once: mqtt://[user[:password]@]host[:port]/topic
    #[arg(short = 'L', long, value_name = "URL", value_parser = parse_url, help_heading = "Connection")]
    url: Option<Url>,
    /// Version of MQTT: 5 (or mqttv5), 311 (or mqttv311)
    #[arg(short = 'V', long, value_name = "VERSION", default_value = "311",
        value_parser = parse_version, help_heading = "Connection")]
    protocol_version: Version,
    /// Seconds between pings while nothing else is sent; 0 turns them off
    #[arg(
        short,
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        help_heading = "Connection"
    )]
    keepalive: u16,
    /// Accepted for scripts: small packets are always sent at once
    #[arg(long, hide = true)]
    nodelay: bool,

    /// User name
    #[arg(short, long, value_name = "NAME", help_heading = "Who you are")]
    username: Option<String>,
    /// Password
    #[arg(
        short = 'P',
        long = "pw",
        value_name = "PASSWORD",
        value_parser = password_parser(),
        help_heading = "Who you are",
        help = "Password; left out, the environment variable CANOPY_PASSWORD is used if it is set"
    )]
    password: Option<Secret>,
    /// Client identifier; a random one if left out
    #[arg(
        short,
        long,
        value_name = "ID",
        conflicts_with = "id_prefix",
        help_heading = "Who you are"
    )]
    id: Option<String>,
    /// Client identifier made of this prefix and the process id
    #[arg(short = 'I', long, value_name = "PREFIX", help_heading = "Who you are")]
    id_prefix: Option<String>,

    /// Resume the session of this client identifier, and keep it afterwards
    #[arg(short = 'c', long, help_heading = "Session and will")]
    disable_clean_session: bool,
    /// Seconds that the broker keeps the session afterwards (MQTT 5); -1 or ∞ for ever
    #[arg(short = 'x', long, value_name = "SECONDS", value_parser = parse_expiry, help_heading = "Session and will")]
    session_expiry_interval: Option<u32>,
    /// Topic of the last will
    #[arg(long, value_name = "TOPIC", help_heading = "Session and will")]
    will_topic: Option<String>,
    /// Message of the last will; empty if left out
    #[arg(long, value_name = "TEXT", help_heading = "Session and will")]
    will_payload: Option<String>,
    /// QoS of the last will
    #[arg(long, value_name = "QOS", default_value = "0", value_parser = parse_qos, help_heading = "Session and will")]
    will_qos: Qos,
    /// Whether the last will is a retained message
    #[arg(long, help_heading = "Session and will")]
    will_retain: bool,
    /// An MQTT 5 property of connect, publish or will (selects MQTT 5): -D publish content-type text/plain
    #[arg(short = 'D', long, value_name = "PACKET> <PROPERTY> <VALUE", action = ArgAction::Append, help_heading = "Session and will")]
    property: Vec<String>,

    /// Print help
    #[arg(long, action = ArgAction::Help, help_heading = "Help")]
    help: Option<bool>,
}

/// Separates the values of one `-D`, once they were joined by [`super::arguments::join_properties`].
pub const PROPERTY_SEPARATOR: char = '\u{1f}';

/// What the options mean: how to connect, and what is left for the subcommand.
pub struct Connect {
    /// Profile and password.
    pub config: Config,
    /// What a profile does not hold.
    pub extras: Extras,
    /// The topic of `-L`.
    pub url_topic: Option<String>,
    /// Properties of every message, given with `-D publish`.
    pub publish_properties: Properties,
}

impl ConnectArgs {
    /// Checks the options against each other and makes a profile of them, without subscriptions.
    ///
    /// # Errors
    /// [`ConnectError`] says which options do not fit.
    pub fn connect(&self) -> Result<Connect, ConnectError> {
        let mut properties = PacketProperties::default();
        for joined in &self.property {
            let values: Vec<String> = joined
                .split(PROPERTY_SEPARATOR)
                .map(str::to_owned)
                .collect();
            properties.add(&values)?;
        }
        let (user_name, password) = self.credentials()?;
        let version = if self.property.is_empty() {
            self.protocol_version
        } else {
            Version::V5
        };
        let url = self.url.as_ref();
        let mut profile = Profile {
            name: "canopy".to_owned(),
            host: url.map_or(&self.host, |url| &url.host).clone(),
            port: url.and_then(|url| url.port).unwrap_or(self.port),
            version,
            client_id: self.client_id(),
            keep_alive: self.keepalive,
            user_name,
            use_password: password.is_some(),
            will: self.will(&properties)?,
            subscriptions: Vec::new(),
            ..Profile::default()
        };
        self.set_session(&mut profile, &properties)?;
        if let Some(size) = properties.connect.maximum_packet_size {
            profile.max_packet_size = size;
        }
        let extras = Extras {
            retain_as_published: false,
            acknowledge_by_hand: false,
            connect: Properties {
                session_expiry: (profile.session_expiry > 0).then_some(profile.session_expiry),
                ..properties.connect
            },
            will: Properties {
                will_delay: None,
                ..properties.will
            },
        };
        Ok(Connect {
            config: Config {
                profile,
                password,
                ..Config::default()
            },
            extras,
            url_topic: url.map(|url| url.topic().map(str::to_owned)).transpose()?,
            publish_properties: properties.publish,
        })
    }

    fn credentials(&self) -> Result<(String, Option<Secret>), ConnectError> {
        let url = self.url.as_ref();
        let user = url
            .and_then(|url| url.user_name.clone())
            .or_else(|| self.username.clone());
        let password = url
            .and_then(|url| url.password.clone())
            .or_else(|| self.password.clone());
        match (user.filter(|user| !user.is_empty()), password) {
            (None, Some(_)) => Err(ConnectError::NeedsUserName),
            (None, None) => Ok((String::new(), None)),
            (Some(user), password) => Ok((user, password.or_else(password_from_environment))),
        }
    }

    fn client_id(&self) -> String {
        match (&self.id, &self.id_prefix) {
            (Some(id), _) => id.clone(),
            (None, Some(prefix)) => format!("{prefix}{}", std::process::id()),
            (None, None) => String::new(),
        }
    }

    fn will(&self, properties: &PacketProperties) -> Result<WillSettings, ConnectError> {
        let Some(topic) = &self.will_topic else {
            let orphan = self.will_payload.is_some() || self.will_retain;
            return if orphan {
                Err(ConnectError::NeedsWillTopic)
            } else {
                Ok(WillSettings::default())
            };
        };
        TopicName::new(topic.as_str()).map_err(ConnectError::WillTopic)?;
        Ok(WillSettings {
            enabled: true,
            topic: topic.clone(),
            message: self.will_payload.clone().unwrap_or_default(),
            qos: self.will_qos,
            retain: self.will_retain,
            delay: properties.will.will_delay.unwrap_or(0),
            ..WillSettings::default()
        })
    }

    /// `-c` resumes; with MQTT 5 it also keeps the session for ever unless `-x` says otherwise.
    fn set_session(
        &self,
        profile: &mut Profile,
        properties: &PacketProperties,
    ) -> Result<(), ConnectError> {
        let asked = self
            .session_expiry_interval
            .or(properties.connect.session_expiry);
        let expiry = match (self.disable_clean_session, asked) {
            (true, None) => FOR_EVER,
            (_, asked) => asked.unwrap_or(0),
        };
        let kept = match profile.version {
            Version::V5 => expiry == FOR_EVER,
            Version::V311 => self.disable_clean_session,
        };
        if kept && self.id.is_none() {
            return Err(ConnectError::NeedsClientId);
        }
        profile.session_expiry = expiry;
        if self.disable_clean_session {
            profile.session = Session::Resume;
        }
        Ok(())
    }
}

/// A password on the command line, which nothing may print from then on.
pub fn password_parser() -> impl TypedValueParser<Value = Secret> {
    StringValueParser::new().map(Secret::new)
}

/// The password in the environment, where the process list does not show it.
pub fn password_from_environment() -> Option<Secret> {
    std::env::var("CANOPY_PASSWORD").ok().map(Secret::new)
}

/// Subscriptions to all of `filters` with the same QoS.
pub fn subscriptions(filters: &[TopicFilter], qos: Qos) -> Vec<Subscription> {
    filters
        .iter()
        .map(|filter| Subscription::new(filter.to_string(), qos))
        .collect()
}

/// A URL with a topic, on plain TCP.
fn parse_url(text: &str) -> Result<Url, UrlError> {
    let url = Url::parse(text)?;
    if url.transport != Transport::Tcp {
        return Err(UrlError::Transport(url.transport.scheme()));
    }
    url.topic()?;
    Ok(url)
}

/// A QoS on the command line.
pub fn parse_qos(text: &str) -> Result<Qos, &'static str> {
    text.parse()
        .ok()
        .and_then(Qos::from_u8)
        .ok_or("use 0, 1 or 2")
}

pub(super) fn parse_version(text: &str) -> Result<Version, &'static str> {
    match text {
        "5" | "mqttv5" => Ok(Version::V5),
        "311" | "mqttv311" => Ok(Version::V311),
        "31" | "mqttv31" => Err("MQTT 3.1 is not spoken here, use 311 or 5"),
        _ => Err("use 311 or 5"),
    }
}

fn parse_expiry(text: &str) -> Result<u32, &'static str> {
    match text {
        "-1" | "∞" => Ok(FOR_EVER),
        text => text.parse().map_err(|_not_a_number: std::num::ParseIntError| {
            "use seconds from 0 to 4294967294, or -1 for a session that does not expire"
        }),
    }
}

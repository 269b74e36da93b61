//! The options that `pub`, `sub` and `watch` share: where to connect, as whom, and with which session and will.

use std::path::PathBuf;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{ArgAction, Args};
use thiserror::Error;

use crate::client::{Config, Extras};
use crate::mqtt::{Properties, Qos, TopicError, TopicFilter, TopicName, Version};
use crate::profile::{
    Authentication, KeptValues, KeyringSecrets, MissingSecret, Profile, ProxyKind, Secret,
    SecretKind, SecretStore, Session, Subscription, Transport, Url, UrlError, WillSettings,
};

use super::property::{PacketProperties, PropertyError};
use super::saved::{self, SavedError};
use super::terminal::ask_password;
use super::transport_args::{Place, TransportArgs, TransportError};

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
    /// TLS, WebSocket, Unix socket and proxy.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// `--profile`
    #[error(transparent)]
    Saved(#[from] SavedError),
    /// The profile has a password that is nowhere to be found.
    #[error(
        "The password of “{name}” is not at hand{}. Give it with -P or in CANOPY_PASSWORD.",
        in_brackets(reason.as_deref())
    )]
    NoPassword {
        /// The profile.
        name: String,
        /// What the keyring said.
        reason: Option<String>,
    },
    /// The profile has a header whose value is nowhere to be found.
    #[error(
        "“{name}” needs {what}, which is not at hand{}. Give it with its option, or connect once in the window.",
        in_brackets(reason.as_deref())
    )]
    NoValue {
        /// Which one.
        what: String,
        /// The profile.
        name: String,
        /// What the keyring said.
        reason: Option<String>,
    },
    /// SCRAM without credentials.
    #[error("SCRAM proves that you know the password. Give user name and password with -u and -P.")]
    NeedsCredentials,
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
    /// Host name or address of the broker; localhost if left out
    #[arg(short = 'h', long, value_name = "HOST", help_heading = "Connection")]
    host: Option<String>,
    /// TCP port of the broker; 1883 if left out, or 8883 with TLS (which 8883 selects by itself)
    #[arg(short, long, value_name = "PORT",
        value_parser = clap::value_parser!(u16).range(1..), help_heading = "Connection")]
    port: Option<u16>,
    /// Everything at once: mqtt://[user[:password]@]host[:port]/topic, also mqtts://, or ws:// and wss:// with the
    /// WebSocket's path instead of the topic, or <mqtt+unix:///path>
    #[arg(short = 'L', long, value_name = "URL", value_parser = parse_url, help_heading = "Connection")]
    url: Option<Url>,
    /// Connect as the saved profile of this name says, also lab/NAME from a folder; other options override it, above all
    /// -i: a client that runs with the profile's own client id is thrown out
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "url",
        help_heading = "Connection"
    )]
    profile: Option<String>,
    /// Look for saved profiles in this directory
    #[arg(long, value_name = "DIR", help_heading = "Connection")]
    config_dir: Option<PathBuf>,
    /// Version of MQTT: 5 (or mqttv5), 311 (or mqttv311); 311 if left out
    #[arg(short = 'V', long, value_name = "VERSION",
        value_parser = parse_version, help_heading = "Connection")]
    protocol_version: Option<Version>,
    /// Seconds between pings while nothing else is sent; 0 turns them off; 60 if left out
    #[arg(short, long, value_name = "SECONDS", help_heading = "Connection")]
    keepalive: Option<u16>,
    #[command(flatten)]
    transport: TransportArgs,
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
    /// How to prove who you are in MQTT 5 (selects it): scram-sha-256
    #[arg(long, value_name = "METHOD", value_parser = parse_method, help_heading = "Who you are")]
    auth_method: Option<Authentication>,

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
    /// QoS of the last will; 0 if left out
    #[arg(long, value_name = "QOS", value_parser = parse_qos, help_heading = "Session and will")]
    will_qos: Option<Qos>,
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
    /// What works but may surprise.
    notes: Vec<String>,
}

impl Connect {
    /// Says on standard error what works but may surprise, unless `quiet`.
    pub fn say_notes(&self, quiet: bool) {
        for note in self.notes.iter().filter(|_| !quiet) {
            super::complain(note);
        }
    }
}

impl ConnectArgs {
    /// Checks the options against each other and makes a profile of them. It has subscriptions only if it was saved
    /// with them. Looks a saved profile's secrets up in the keyring, so it may block.
    ///
    /// # Errors
    /// [`ConnectError`] says which options do not fit.
    pub fn connect(&self) -> Result<Connect, ConnectError> {
        self.connect_with(self.url.as_ref(), &KeyringSecrets::default())
    }

    /// The same for another URL than that of `-L`.
    pub(super) fn connect_to(&self, url: Option<&Url>) -> Result<Connect, ConnectError> {
        self.connect_with(url.or(self.url.as_ref()), &KeyringSecrets::default())
    }

    /// The same with another keyring.
    pub(super) fn connect_with(
        &self,
        url: Option<&Url>,
        store: &dyn SecretStore,
    ) -> Result<Connect, ConnectError> {
        let properties = self.properties()?;
        let mut config = Config {
            profile: self.base()?,
            ..Config::default()
        };
        let place = Place {
            url,
            host: self.host.as_deref(),
            port: self.port,
        };
        let notes = self.transport.apply(&mut config, &place)?;
        self.set_account(&mut config, url, store)?;
        let profile = &mut config.profile;
        self.set_protocol(profile, &properties);
        profile.will = self.will(&profile.will, &properties)?;
        let session_expiry = self.set_session(profile, &properties)?;
        let extras = Extras {
            retain_as_published: false,
            acknowledge_by_hand: false,
            connect: Properties {
                session_expiry,
                ..properties.connect
            },
            will: Properties {
                will_delay: None,
                ..properties.will
            },
        };
        Ok(Connect {
            config,
            extras,
            url_topic: url.and_then(url_topic),
            publish_properties: properties.publish,
            notes,
        })
    }

    fn properties(&self) -> Result<PacketProperties, PropertyError> {
        let mut properties = PacketProperties::default();
        for joined in &self.property {
            let values: Vec<String> = joined
                .split(PROPERTY_SEPARATOR)
                .map(str::to_owned)
                .collect();
            properties.add(&values)?;
        }
        Ok(properties)
    }

    /// The saved profile, or what mosquitto's clients begin with.
    fn base(&self) -> Result<Profile, SavedError> {
        if let Some(name) = &self.profile {
            return saved::by_name(self.config_dir.as_deref(), name);
        }
        Ok(Profile {
            name: "canopy".to_owned(),
            host: "localhost".to_owned(),
            version: Version::V311,
            session_expiry: 0,
            subscriptions: Vec::new(),
            ..Profile::default()
        })
    }

    /// Version, keep alive, client identifier, authentication, and what `-D connect` says of the profile's fields.
    fn set_protocol(&self, profile: &mut Profile, properties: &PacketProperties) {
        if let Some(version) = self.protocol_version {
            profile.version = version;
        }
        if let Some(method) = &self.auth_method {
            profile.mqtt5.authentication = method.clone();
        }
        if !self.property.is_empty() || self.auth_method.is_some() {
            profile.version = Version::V5;
        }
        if let Some(seconds) = self.keepalive {
            profile.keep_alive = seconds;
        }
        match (&self.id, &self.id_prefix) {
            (Some(id), _) => profile.client_id.clone_from(id),
            (None, Some(prefix)) => profile.client_id = format!("{prefix}{}", std::process::id()),
            (None, None) => {}
        }
        if let Some(size) = properties.connect.maximum_packet_size {
            profile.max_packet_size = size;
        }
        if let Some(count) = properties.connect.topic_alias_maximum {
            profile.mqtt5.topic_alias_maximum = count;
        }
    }

    /// User name and password: those of the command line, then the environment, then the profile with its keyring,
    /// then the person at the terminal.
    fn set_account(
        &self,
        config: &mut Config,
        url: Option<&Url>,
        store: &dyn SecretStore,
    ) -> Result<(), ConnectError> {
        let user = url
            .and_then(|url| url.user_name.clone())
            .or_else(|| self.username.clone());
        if let Some(user) = user {
            // The profile's password is not for somebody else.
            config.profile.use_password &= config.profile.user_name == user;
            config.profile.user_name = user;
        }
        let has_user = !config.profile.user_name.is_empty();
        config.password = url
            .and_then(|url| url.password.clone())
            .or_else(|| self.password.clone())
            .or_else(|| password_from_environment().filter(|_| has_user));
        if config.password.is_some() && !has_user {
            return Err(ConnectError::NeedsUserName);
        }
        if self.profile.is_some() {
            let missing = saved::add_secrets(config, store);
            ask_for_saved(config, missing)?;
        }
        ask_for_missing(config);
        config.profile.use_password = config.password.is_some();
        if self.auth_method.is_some() && !(has_user && config.password.is_some()) {
            return Err(ConnectError::NeedsCredentials);
        }
        Ok(())
    }

    fn will(
        &self,
        saved: &WillSettings,
        properties: &PacketProperties,
    ) -> Result<WillSettings, ConnectError> {
        let orphan = self.will_payload.is_some() || self.will_retain;
        let mut will = match &self.will_topic {
            Some(topic) => {
                TopicName::new(topic.as_str()).map_err(ConnectError::WillTopic)?;
                WillSettings {
                    enabled: true,
                    topic: topic.clone(),
                    ..WillSettings::default()
                }
            }
            None if orphan && !saved.enabled => return Err(ConnectError::NeedsWillTopic),
            None => saved.clone(),
        };
        if let Some(message) = &self.will_payload {
            will.message.clone_from(message);
        }
        if let Some(qos) = self.will_qos {
            will.qos = qos;
        }
        will.retain |= self.will_retain;
        if let Some(seconds) = properties.will.will_delay {
            will.delay = seconds;
        }
        Ok(will)
    }

    /// `-c` resumes; with MQTT 5 it also keeps the session for ever unless `-x` says otherwise. Returns the session
    /// expiry that CONNECT carries, also with a clean start.
    fn set_session(
        &self,
        profile: &mut Profile,
        properties: &PacketProperties,
    ) -> Result<Option<u32>, ConnectError> {
        let asked = self
            .session_expiry_interval
            .or(properties.connect.session_expiry);
        let expiry = match (self.disable_clean_session, asked) {
            // what a saved profile says stays
            (false, None) => return Ok(None),
            (true, None) => FOR_EVER,
            (_, Some(seconds)) => seconds,
        };
        let kept = match profile.version {
            Version::V5 => expiry == FOR_EVER,
            Version::V311 => self.disable_clean_session,
        };
        let is_named =
            self.id.is_some() || (self.profile.is_some() && !profile.client_id.is_empty());
        if kept && !is_named {
            return Err(ConnectError::NeedsClientId);
        }
        profile.session_expiry = expiry;
        if self.disable_clean_session {
            profile.session = Session::Resume;
        }
        Ok((expiry > 0).then_some(expiry))
    }
}

/// Asks the person at the terminal for the password and the values, such as headers, that a saved profile has and the keyring
/// has not.
fn ask_for_saved(config: &mut Config, missing: Vec<MissingSecret>) -> Result<(), ConnectError> {
    let name = config.profile.name.clone();
    for it in missing {
        let reason = it.error.map(|err| err.to_string());
        match it.kind {
            SecretKind::Password => {
                let password = ask_password(&format!("Password of “{name}”: "));
                let name = name.clone();
                config.password = Some(password.ok_or(ConnectError::NoPassword { name, reason })?);
            }
            SecretKind::Values => {
                let mut values = KeptValues::default();
                for place in it.places {
                    let typed = ask_password(&format!("{} for “{name}”: ", place.label()));
                    let typed = typed.ok_or_else(|| ConnectError::NoValue {
                        what: place.words(),
                        name: name.clone(),
                        reason: reason.clone(),
                    })?;
                    values.set(place.key(), typed);
                }
                config.profile.fill_kept_values(&values);
            }
            // see below
            SecretKind::KeyPassphrase | SecretKind::ProxyPassword => {}
        }
    }
    Ok(())
}

/// Asks the person at the terminal for the secrets of key and proxy that are needed and nowhere to be found. Without a
/// terminal the connection says what is missing.
fn ask_for_missing(config: &mut Config) {
    let profile = &config.profile;
    let is_encrypted = profile.transport.uses_tls() && profile.needs_passphrase();
    if is_encrypted && config.key_passphrase.is_none() {
        config.key_passphrase = ask_password("Passphrase of the key: ");
    }
    let has_proxy = profile.transport.uses_network() && profile.proxy.kind != ProxyKind::None;
    if has_proxy && profile.proxy.use_password && config.proxy_password.is_none() {
        config.proxy_password = ask_password("Password for the proxy: ");
    }
}

/// What a keyring said, for the midst of a sentence.
fn in_brackets(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |it| format!(" ({})", it.trim_end_matches('.')))
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

/// The topic of a URL: a WebSocket's path and that of a socket are none.
fn url_topic(url: &Url) -> Option<String> {
    matches!(url.transport, Transport::Tcp | Transport::Tls)
        .then(|| url.topic().ok().map(str::to_owned))
        .flatten()
}

fn parse_url(text: &str) -> Result<Url, UrlError> {
    Url::parse(text)
}

fn parse_method(text: &str) -> Result<Authentication, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "scram-sha-256" => Ok(Authentication::ScramSha256),
        _ => Err("use scram-sha-256"),
    }
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

//! The command line of `canopy pub`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use clap::{ArgGroup, Args};
use thiserror::Error;

use crate::mqtt::{Qos, TopicError, TopicName, Version};

use super::connect::{Connect, ConnectArgs, ConnectError, parse_qos};

/// Why a command line of `canopy pub` does not fit.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The connection's options.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Neither `-t` nor `-L`.
    #[error("Nothing says where to publish. Give the topic with -t, or in a URL with -L.")]
    NoTopic,
    /// The saved profile wants to be asked about each publish.
    #[error(
        "“{0}” asks before anything is published, and nothing was. If you are sure, add --yes."
    )]
    AskFirst(String),
    /// `-t`
    #[error("“{0}” is not a topic: {1}")]
    Topic(String, TopicError),
}

/// Arguments of `canopy pub`.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    group = ArgGroup::new("what").required(true).args(["message", "file", "stdin_line", "stdin_file", "null_message"]),
    override_usage = "canopy pub [OPTIONS] -t <TOPIC> <-m <TEXT> | -f <FILE> | -l | -s | -n>",
    after_help = "Examples:
  canopy pub -t home/lamp -m on            to the broker on this machine
  canopy pub -h broker.lan -u me -t a/b -m 1 -q 2 -r
                                           retained, QoS 2, with a user name
  canopy pub -h broker.lan --cafile ca.pem -t a/b -m 1
                                           encrypted, port 8883
  canopy pub --profile Kitchen -t a -m 1   connected as saved in the window
  canopy pub -t home/lamp -n -r            clear a retained message
  tail -f log.txt | canopy pub -t log -l   one message for each line
  canopy pub -t cam -f a.jpg -D publish content-type image/jpeg

Options and exit codes are those of mosquitto_pub: 0 done, 1 an error, 7 the
connection was lost, or the code of a refused CONNACK (5 or 135: not
authorized)."
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct PublishArgs {
    /// Topic to publish to
    #[arg(short, long, value_name = "TOPIC", help_heading = "Message")]
    topic: Option<String>,
    /// Send this text
    #[arg(short, long, value_name = "TEXT", help_heading = "Message")]
    message: Option<OsString>,
    /// Send the contents of a file
    #[arg(short, long, value_name = "FILE", help_heading = "Message")]
    file: Option<PathBuf>,
    /// Send each line of standard input as a message
    #[arg(short = 'l', long, help_heading = "Message")]
    stdin_line: bool,
    /// Send all of standard input as one message
    #[arg(short = 's', long, help_heading = "Message")]
    stdin_file: bool,
    /// Send an empty message
    #[arg(short, long, help_heading = "Message")]
    null_message: bool,
    /// QoS: 0 at most once, 1 at least once, 2 exactly once
    #[arg(short, long, value_name = "QOS", default_value = "0", value_parser = parse_qos, help_heading = "Message")]
    qos: Qos,
    /// Ask the broker to keep the message as the topic's retained one
    #[arg(short, long, help_heading = "Message")]
    retain: bool,
    /// Send the message this many times, each after the one before was acknowledged
    #[arg(long, value_name = "COUNT", default_value_t = 1,
        value_parser = clap::value_parser!(u64).range(1..), help_heading = "Message")]
    repeat: u64,
    /// Seconds between repetitions, such as 0.5
    #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = parse_seconds, help_heading = "Message")]
    repeat_delay: Duration,
    /// How many messages of -l may wait for their acknowledgement
    #[arg(short = 'M', long, value_name = "COUNT", default_value_t = 20,
        value_parser = clap::value_parser!(u16).range(1..), help_heading = "Message")]
    max_inflight: u16,
    /// Publish without a question to a saved profile that asks first
    #[arg(long, help_heading = "Message")]
    yes: bool,
    #[command(flatten)]
    connect: ConnectArgs,
    /// Print every packet
    #[arg(short, long, help_heading = "Output")]
    debug: bool,
    /// Print no errors once the command line was understood
    #[arg(long, help_heading = "Output")]
    quiet: bool,
}

/// Where the payload comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Bytes(Bytes),
    /// A file.
    File(PathBuf),
    /// All of standard input.
    Input,
    /// Each line of standard input.
    Lines,
}

/// A command line of `canopy pub` that was understood.
pub struct PublishJob {
    /// How to connect, and the message's properties.
    pub connect: Connect,
    /// Where to publish.
    pub topic: TopicName,
    /// What to publish.
    pub source: Source,
    /// QoS of every message.
    pub qos: Qos,
    /// Retain flag of every message.
    pub retain: bool,
    /// How often.
    pub repeat: u64,
    /// Time between repetitions.
    pub repeat_delay: Duration,
    /// How many lines may wait for their acknowledgement.
    pub max_inflight: u16,
    /// Whether packets are printed.
    pub trace: bool,
    /// Whether errors are not printed.
    pub quiet: bool,
}

impl PublishArgs {
    /// Checks the arguments against each other. `confirm` is asked when the profile wants a question before publishing,
    /// unless standard input is the message.
    ///
    /// # Errors
    /// [`PublishError`] says which do not fit.
    pub fn job(&self, confirm: impl FnOnce(&str) -> bool) -> Result<PublishJob, PublishError> {
        let mut connect = self.connect.connect()?;
        let topic = self.topic.clone().or_else(|| connect.url_topic.clone());
        let text = topic.ok_or(PublishError::NoTopic)?;
        let topic = TopicName::new(text.as_str()).map_err(|err| PublishError::Topic(text, err))?;
        let is_stream = self.stdin_line;
        connect.config.profile.reconnect = is_stream;
        connect.config.profile.subscriptions.clear();
        let profile = &connect.config.profile;
        if profile.ask_before_publish && !self.yes {
            let can_ask = !matches!(self.source(), Source::Input | Source::Lines);
            let name = &profile.name;
            let question = format!("Publish to {topic} on “{name}”? [y/N] ");
            if !can_ask || !confirm(&question) {
                return Err(PublishError::AskFirst(name.clone()));
            }
        }
        Ok(PublishJob {
            connect,
            topic,
            source: self.source(),
            qos: self.qos,
            retain: self.retain,
            repeat: self.repeat,
            repeat_delay: self.repeat_delay,
            max_inflight: self.max_inflight,
            trace: self.debug,
            quiet: self.quiet,
        })
    }

    /// The command line demands exactly one source, so the order does not matter.
    fn source(&self) -> Source {
        match (&self.message, &self.file) {
            (Some(text), _) => Source::Bytes(Bytes::copy_from_slice(text.as_encoded_bytes())),
            (None, Some(path)) => Source::File(path.clone()),
            (None, None) if self.stdin_line => Source::Lines,
            (None, None) if self.stdin_file => Source::Input,
            (None, None) => Source::Bytes(Bytes::new()),
        }
    }
}

impl PublishJob {
    /// The properties of every message; `None` in MQTT 3.1.1 and when there are none.
    pub fn properties(&self) -> Option<Box<crate::mqtt::Properties>> {
        let properties = &self.connect.publish_properties;
        let is_v5 = self.connect.config.profile.version == Version::V5;
        (is_v5 && *properties != crate::mqtt::Properties::default())
            .then(|| Box::new(properties.clone()))
    }
}

/// Seconds with a fraction.
pub fn parse_seconds(text: &str) -> Result<Duration, &'static str> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or("use seconds, such as 2 or 0.5")
}

//! What to connect to and how: a profile whose every value has been checked, so that nothing behind it can fail on
//! a bad one.

use std::time::Duration;

use crate::mqtt::{Qos, TopicFilter, TopicName, Version};
use crate::profile::{Profile, Secret, Session, WillSettings};

use super::{Config, Extras, Failure};

/// Strings and binary data have a length of 16 bits (MQTT 5, 1.5.4).
const MAX_FIELD: usize = 65_535;
/// The largest packet the protocol knows, fixed header not counted (MQTT 5, 2.1.4).
const MAX_PACKET: u32 = 268_435_455;

/// A checked profile.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) version: Version,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) client_id: String,
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
    pub(super) subscriptions: Vec<(TopicFilter, Qos)>,
    pub(super) extras: Extras,
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
}

impl Plan {
    /// Checks `config`; `client_id` is the one in use.
    ///
    /// # Errors
    /// A failure that names the value and how to mend it.
    pub(super) fn new(config: Config, client_id: String) -> Result<Self, Failure> {
        let profile = config.profile;
        let password = config.password.as_ref().map(Secret::reveal);
        check_fields(&profile, &client_id, password)?;
        Ok(Self {
            version: profile.version,
            host: profile.host.trim().to_owned(),
            port: profile.port,
            client_id,
            clean_start: profile.session == Session::CleanStart,
            session_expiry: profile.session_expiry,
            keep_alive: profile.keep_alive,
            connect_timeout: Duration::from_secs(u64::from(profile.connect_timeout.max(1))),
            max_packet_size: profile.max_packet_size.clamp(16, MAX_PACKET),
            reconnect: profile.reconnect,
            password: password.map(str::to_owned),
            will: checked_will(&profile.will)?,
            subscriptions: checked_subscriptions(&profile)?,
            user_name: Some(profile.user_name).filter(|name| !name.is_empty()),
            extras: Extras::default(),
        })
    }
}

fn check_fields(profile: &Profile, client_id: &str, password: Option<&str>) -> Result<(), Failure> {
    if profile.host.trim().is_empty() {
        return Err(Failure::new(
            "The profile names no host.",
            "Enter the broker's name or address.",
        ));
    }
    if profile.port == 0 {
        return Err(Failure::new(
            "Port 0 cannot be connected to.",
            "Enter the broker's port; 1883 is usual.",
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
    }))
}

/// The filters in order; of a filter that is there twice, the last QoS counts.
fn checked_subscriptions(profile: &Profile) -> Result<Vec<(TopicFilter, Qos)>, Failure> {
    let mut checked: Vec<(TopicFilter, Qos)> = Vec::new();
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
        match checked.iter_mut().find(|(known, _)| *known == filter) {
            Some(known) => known.1 = subscription.qos,
            None => checked.push((filter, subscription.qos)),
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
            password: None,
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
            [(TopicFilter::new("a").unwrap(), Qos::ExactlyOnce)]
        );
    }
}

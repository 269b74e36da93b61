//! What a step has found, in words: what the broker granted, its certificates, what it tells below `$SYS`.

use std::time::Duration;

use crate::mqtt::{Properties, Version};
use crate::profile::{Profile, Verify};

use super::super::failure::day;
use super::super::{DialReport, Failure, Granted, PeerCertificate, now};
use super::report::Outcome;

/// A certificate that expires sooner is worth a word.
const SOON: Duration = Duration::from_hours(14 * 24);
/// Characters of a broker's own words that are shown.
const SHOWN: usize = 100;

/// How one step went.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    pub(super) what: String,
    pub(super) cure: String,
    pub(super) details: Vec<String>,
}

impl Finding {
    fn new(outcome: Outcome, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            outcome,
            what: what.into(),
            cure: cure.into(),
            details: Vec::new(),
        }
    }

    pub(super) fn passed(what: impl Into<String>) -> Self {
        Self::new(Outcome::Passed, what, "")
    }

    pub(super) fn note(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Outcome::Finding, what, cure)
    }

    pub(super) fn failed(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(Outcome::Failed, what, cure)
    }

    /// A failure of the connection.
    pub(super) fn failure(failure: Failure) -> Self {
        let reason = failure
            .reason
            .map(|reason| format!("Reason code 0x{:02X}: {}", reason.0, reason.name()));
        let details = reason.into_iter().chain(failure.detail);
        Self::failed(failure.what, failure.cure).with_details(details)
    }

    /// Adds lines.
    #[must_use]
    pub(super) fn with_details(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }

    /// A client id that the broker did not let in may have been the test's own fault.
    #[must_use]
    pub(super) fn blaming_the_id(self, own_id: Option<&str>) -> Self {
        let Some(id) = own_id else { return self };
        self.with_details([format!(
            "The test uses the client id “{id}-test”, so that a client that runs as “{id}” is not thrown out. If the \
             broker lets in only “{id}” itself, connect instead of testing."
        )])
    }

    /// The connection ended when something was published.
    #[must_use]
    pub(super) fn blaming_publish(self) -> Self {
        self.with_details([
            "Some brokers close the connection when a client publishes what it may not: ask whoever runs the broker \
             for access to “canopy-test/#”."
                .to_owned(),
        ])
    }
}

/// CONNACK said yes: what else it said.
pub(super) fn granted(profile: &Profile, granted: &Granted, own_id: Option<&str>) -> Finding {
    let properties = &granted.properties;
    let mut details = vec![format!("client id: {}", profile.client_id)];
    if let Some(id) = own_id {
        details.push(format!(
            "The profile's own client id “{id}” was not used: a client that runs with it would have been thrown out."
        ));
    }
    if profile.version == Version::V5 {
        details.extend(limits(profile, properties));
    }
    let session = if granted.session_present {
        "a session was resumed"
    } else {
        "new session"
    };
    Finding::passed(format!("{}, {session}.", profile.version)).with_details(details)
}

/// What the broker grants (MQTT 5, 3.2.2.3); what it leaves out is unlimited or supported.
fn limits(profile: &Profile, properties: &Properties) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{name}: {value}")));
    };
    let number = |value: Option<u32>| value.map(|value| value.to_string());
    let can = |value: Option<u8>| Some(if value == Some(0) { "no" } else { "yes" }.to_owned());
    line("assigned client id", properties.assigned_client_id.clone());
    line(
        "keep alive",
        Some(match properties.server_keep_alive {
            Some(seconds) => format!(
                "{seconds} s, set by the broker ({} s asked)",
                profile.keep_alive
            ),
            None => format!("{} s, as asked", profile.keep_alive),
        }),
    );
    let qos = properties.maximum_qos.unwrap_or(2);
    line("highest QoS", Some(qos.to_string()));
    line("retained messages", can(properties.retain_available));
    line("wildcards", can(properties.wildcard_subscription_available));
    line(
        "shared subscriptions",
        can(properties.shared_subscription_available),
    );
    line(
        "subscription identifiers",
        can(properties.subscription_ids_available),
    );
    line(
        "receive maximum",
        number(properties.receive_maximum.map(u32::from)),
    );
    let size = number(properties.maximum_packet_size);
    line("largest packet", size.map(|size| format!("{size} B")));
    line(
        "topic aliases",
        number(properties.topic_alias_maximum.map(u32::from)),
    );
    line("server reference", properties.server_reference.clone());
    line("in the broker's words", properties.reason_string.clone());
    lines
}

/// TLS stands: version and cipher, the broker's certificate, and what to know about it.
pub(super) fn secured(dial: &DialReport, reached: &str, verify: &Verify) -> Finding {
    let own = dial.certificates.first();
    let left = own.map(|own| own.not_after.since(now()));
    let mut finding = match (verify, own, left) {
        (Verify::Nothing, ..) => Finding::note(
            format!("{reached}; the certificate is not checked."),
            "Whoever is in between can read along: trust the broker's authority or certificate in the profile instead.",
        ),
        (Verify::AnyHost, Some(own), _) => Finding::note(
            format!(
                "{reached}; the certificate's host name is not checked (it is for {}).",
                own.names.join(", ")
            ),
            "Whoever has another certificate of the same authority can pose as the broker: enter the name it is for as \
             server name in the profile instead.",
        ),
        (_, Some(own), Some(left)) if left < SOON => Finding::note(
            format!(
                "{reached}; the certificate expires on {}.",
                day(own.not_after)
            ),
            "Ask whoever runs the broker to renew it.",
        ),
        _ => Finding::passed(reached),
    };
    if let Some(facts) = &dial.tls {
        let protocol = facts.protocol.as_ref();
        finding
            .details
            .extend(protocol.map(|protocol| format!("application protocol: {protocol}")));
        if facts.asked_for_certificate {
            let asked = "The broker asked for a client certificate.";
            finding.details.push(asked.to_owned());
        }
    }
    finding.with_details(chain(&dial.certificates))
}

/// The certificates, a few lines each.
pub(super) fn chain(certificates: &[PeerCertificate]) -> Vec<String> {
    let lines = |(index, it): (usize, &PeerCertificate)| {
        let names = match it.names.as_slice() {
            [] => String::new(),
            names => format!(", for {}", names.join(", ")),
        };
        [
            format!("certificate {}: {}{names}", index + 1, it.subject),
            format!("    issued by {}", it.issuer),
            format!(
                "    valid from {} until {}, {}",
                day(it.not_before),
                day(it.not_after),
                it.key
            ),
            format!("    SHA-256 {}", it.fingerprint),
        ]
    };
    certificates.iter().enumerate().flat_map(lines).collect()
}

/// What `$SYS/#` brought.
pub(super) fn sys(version: Option<String>, count: usize) -> Finding {
    let topics = format!(
        "{count} {}",
        if count == 1 { "message" } else { "messages" }
    );
    match version {
        Some(version) => Finding::passed(format!("The broker calls itself “{version}”.")),
        None if count > 0 => Finding::passed(format!(
            "Granted; {topics}, none with the broker's version."
        )),
        None => Finding::note(
            "Granted, but the broker tells nothing there.",
            "It may have no such topics, or its access rules hide them: ask whoever runs it if you need them.",
        ),
    }
}

/// What to do about a subscription that costs the connection.
pub(super) const LEAVE_OUT: &str =
    "Subscribe without it, or ask whoever runs the broker for access.";

/// How to find out about publishing where the test keeps from it.
pub const PUBLISH_YOURSELF: &str = "Connect and publish something yourself to try it.";

/// Nothing is published on a profile that asks before publishing.
pub(super) fn asks_first() -> Finding {
    let what = "This connection asks before publishing.";
    Finding::new(Outcome::Skipped, what, PUBLISH_YOURSELF)
}

/// What to subscribe to instead of `#`.
pub(super) fn narrower(profile: &Profile) -> String {
    let example = match profile.user_name.trim() {
        "" => "home/#".to_owned(),
        name => format!("{name}/#"),
    };
    format!(
        "Subscribe to a branch that this user may read, such as “{example}”, or ask whoever runs the broker for access."
    )
}

/// The failure without the query of a WebSocket's path, which may be a signature or a token.
pub(super) fn without_query(profile: &Profile, mut failure: Failure) -> Failure {
    if let Some((_, query)) = profile.web_socket.path.split_once('?')
        && !query.is_empty()
    {
        failure.what = failure.what.replace(query, "…");
        failure.detail = failure.detail.map(|detail| detail.replace(query, "…"));
    }
    failure
}

/// A payload as one short line.
pub(super) fn short_text(payload: &[u8]) -> String {
    let text = String::from_utf8_lossy(payload);
    let visible = text.chars().filter(|it| !it.is_control());
    visible.take(SHOWN).collect::<String>().trim().to_owned()
}

//! From what went wrong to two sentences for the person who waits, and whether trying again makes sense.

mod dialing;

use std::io;
use std::time::Duration;

use crate::mqtt::{ConnAck, Disconnect, Meaning, Properties, ReasonCode, TopicFilter, Version};
use crate::profile::{Identity, ProxyKind, Transport};

use super::Failure;
use super::dial::{self, Answer, Phase, ProxyError, Speech};
use super::plan::Plan;
use super::session::Loss;
use super::tap::AliasError;

pub(super) use dialing::day;

/// So many connections that end right after CONNACK are no accident: in MQTT 3.1.1, and with some brokers in MQTT 5
/// too, this is all that tells of a second client with the same client id.
const SUSPICIOUS: u32 = 2;
/// So many with nothing gained in them, and going on would only be a fight with that client.
const SHORT_LIVES_LIMIT: u32 = 4;

/// A failure, and whether it would only repeat itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) failure: Failure,
    pub(super) is_final: bool,
}

impl Verdict {
    fn again(failure: Failure) -> Self {
        Self {
            failure,
            is_final: false,
        }
    }
}

impl Failure {
    /// A failure from its two sentences.
    pub(super) fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            cure: cure.into(),
            reason: None,
            detail: None,
        }
    }

    /// Adds the broker's own words or the system's error.
    #[must_use]
    pub(super) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into()).filter(|detail| !detail.is_empty());
        self
    }

    fn with_reason(mut self, reason: ReasonCode) -> Self {
        self.reason = Some(reason);
        self
    }
}

/// Everything that is known about the end of one connection or attempt.
pub(super) struct Evidence<'a> {
    pub(super) plan: &'a Plan,
    pub(super) loss: Loss,
    pub(super) phase: Phase,
    /// What came first on the open stream, if anything did.
    pub(super) heard: Option<Speech>,
    /// What the port answered to when it was asked afterwards.
    pub(super) answers: Option<Answer>,
    /// CONNACK, if one came.
    pub(super) connack: Option<&'a ConnAck>,
    /// DISCONNECT from the broker, if one came.
    pub(super) disconnect: Option<&'a Disconnect>,
    /// What the tap could not read.
    pub(super) unreadable: Option<Unreadable>,
    /// Filters whose subscription was asked for and not answered, the last one at the end.
    pub(super) unanswered: &'a [TopicFilter],
    /// How long the connection had lasted; `None` when CONNACK was never accepted.
    pub(super) lasted: Option<Duration>,
    /// Connections in a row that were closed right after CONNACK, this one included; see [`count_short_life`].
    pub(super) short_lives: u32,
}

/// Bytes that stopped the tap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A packet of this many bytes is more than the profile accepts.
    TooLarge(usize),
    /// The rule that is broken.
    Malformed(String),
    /// A topic alias means nothing.
    BadAlias(AliasError),
}

/// Counts one more short connection that ended with `loss` after `before` of them.
///
/// Only a connection in which nothing was gained brings the end nearer: otherwise a broker or a network that drops
/// every connection soon, but not before something got through, would cost the messages that still wait. A client
/// that publishes next to another one with the same client id gains something as well: it is still told of the
/// suspicion. Taking a client id over closes the connection in order, so a reset says nothing about a second client.
pub(super) fn count_short_life(before: u32, loss: &Loss, progressed: bool) -> u32 {
    match (is_reset(loss), progressed) {
        (true, true) => 0,
        (true, false) => before,
        (false, true) => before.saturating_add(1).min(SUSPICIOUS),
        (false, false) => before.saturating_add(1),
    }
}

fn is_reset(loss: &Loss) -> bool {
    use io::ErrorKind as Kind;
    let resets = [
        Kind::ConnectionReset,
        Kind::ConnectionAborted,
        Kind::BrokenPipe,
    ];
    matches!(loss, Loss::Io(err) if resets.contains(&err.kind()))
}

/// Judges the evidence, the broker's own statements first.
pub(super) fn judge(evidence: Evidence<'_>) -> Verdict {
    if let Some(disconnect) = evidence.disconnect {
        return disconnected(disconnect, evidence.unanswered);
    }
    if let Some(connack) = evidence.connack.filter(|connack| connack.reason.is_error()) {
        return refused(evidence.plan, connack);
    }
    if let Some(Unreadable::TooLarge(size)) = evidence.unreadable {
        return too_large(size, evidence.plan.max_packet_size);
    }
    if let Some(Unreadable::BadAlias(err)) = evidence.unreadable {
        return bad_alias(err);
    }
    match evidence.lasted {
        Some(_) => Verdict {
            failure: lost(&evidence),
            is_final: evidence.short_lives >= SHORT_LIVES_LIMIT,
        },
        None => not_connected(evidence),
    }
}

fn not_connected(evidence: Evidence<'_>) -> Verdict {
    let plan = evidence.plan;
    if let Some(connack) = evidence.connack
        && !matches!(
            evidence.loss,
            Loss::UnexpectedSession | Loss::ConnectTimeout
        )
    {
        return bad_connack(connack, words_of(evidence.loss, evidence.unreadable));
    }
    if let (Some(answer), true) = (evidence.answers, evidence.connack.is_none()) {
        return match answer {
            Answer::Transport(transport) => Verdict::again(dialing::answers(plan, transport)),
            Answer::Web(status) => {
                let wanted = wanted_of(plan, &evidence.phase);
                Verdict::again(dialing::speaks(plan, &Speech::Http(status), wanted))
            }
            Answer::Proxy(kind) => {
                let speech = match kind {
                    ProxyKind::Socks5 => Speech::Socks,
                    ProxyKind::HttpConnect | ProxyKind::None => Speech::Http(None),
                };
                dialing::verdict(plan, &ProxyError::NotAProxy(speech).into())
            }
            Answer::OlderVersion => Verdict {
                failure: other_version(plan),
                is_final: true,
            },
        };
    }
    match (evidence.phase, evidence.loss) {
        (Phase::Failed(err), _) => dialing::verdict(plan, &err),
        (Phase::At(step), Loss::ConnectTimeout) => Verdict::again(dialing::timed_out(plan, step)),
        (_, Loss::UnexpectedSession) => Verdict {
            failure: unexpected_session(plan),
            is_final: true,
        },
        (_, Loss::ConnectTimeout) => Verdict::again(Failure::new(
            format!(
                "{} accepts connections but did not answer as an MQTT broker within {} s.",
                plan.target.place(),
                plan.connect_timeout.as_secs()
            ),
            "Check that this is the broker's MQTT port and not its TLS, WebSocket or web port.",
        )),
        (_, loss) => no_connack(plan, loss, evidence.heard, evidence.unreadable),
    }
}

/// The stream was open and ended before CONNACK.
fn no_connack(
    plan: &Plan,
    loss: Loss,
    heard: Option<Speech>,
    unreadable: Option<Unreadable>,
) -> Verdict {
    let lacks_certificate = plan.target.tls.identity == Identity::None;
    if let Loss::Io(err) = &loss
        && let Some(alert) = dial::alert_in(err, lacks_certificate)
    {
        return dialing::verdict(plan, &dial::DialError::Alert(alert));
    }
    match (loss, unreadable) {
        (Loss::Closed, None) => Verdict::again(closed_before_connack(plan, None)),
        (Loss::Io(err), None) => Verdict::again(closed_before_connack(plan, Some(&err))),
        (loss, unreadable) => {
            let words = words_of(loss, unreadable);
            let failure = dialing::speaks(plan, &heard.unwrap_or(Speech::Unknown), "MQTT");
            Verdict::again(match failure.detail {
                Some(_) => failure,
                None => failure.with_detail(words),
            })
        }
    }
}

fn closed_before_connack(plan: &Plan, err: Option<&io::Error>) -> Failure {
    let expects = match plan.target.transport {
        Transport::Tcp => "It may expect TLS there, or refuse",
        _ => "It may refuse",
    };
    let failure = Failure::new(
        format!(
            "{} closed the connection instead of answering CONNECT.",
            plan.target.place()
        ),
        format!(
            "{expects} user name and password, the client id or {}: see the broker's log.",
            plan.version
        ),
    );
    match err {
        Some(err) => failure.with_detail(err.to_string()),
        None => failure,
    }
}

fn unexpected_session(plan: &Plan) -> Failure {
    if plan.clean_start {
        Failure::new(
            "The broker claims to resume a session although a clean start was asked for (MQTT 5, 3.2.2.1.1).",
            "This is an error of the broker: resume the session in the profile, or use another client id.",
        )
    } else {
        Failure::new(
            "The broker resumes a session that this client does not have.",
            "Choose clean start in the profile.",
        )
    }
}

/// CONNACK says yes, and still the connection was not accepted here.
fn bad_connack(connack: &ConnAck, words: String) -> Verdict {
    let failure = match &connack.properties.assigned_client_id {
        Some(id) => Failure::new(
            format!(
                "The broker assigned the client id “{id}” although one was sent (MQTT 5, 3.2.2.3.7)."
            ),
            "This is an error of the broker: choose MQTT 3.1.1 in the profile, and report it to the broker's makers.",
        ),
        None => Failure::new(
            "The broker's CONNACK breaks a rule of the protocol.",
            "Choose the other protocol version in the profile, and report it to the broker's makers.",
        ),
    };
    Verdict {
        failure: failure.with_detail(words),
        is_final: true,
    }
}

fn lost(evidence: &Evidence<'_>) -> Failure {
    let place = evidence.plan.target.place();
    let failure = match &evidence.loss {
        loss @ (Loss::Closed | Loss::Io(_))
            if evidence.short_lives >= SUSPICIOUS && !is_reset(loss) =>
        {
            Failure::new(
                format!(
                    "The broker closed the connection right after connecting, {} times in a row.",
                    evidence.short_lives
                ),
                format!(
                    "Another client with the client id “{}” may be connected, or {} may not be allowed: change \
                 the client id, or subscribe to less.",
                    evidence.plan.client_id,
                    match named(evidence.unanswered) {
                        Some(filters) => format!("the subscription to {filters}"),
                        None => "a subscription".to_owned(),
                    }
                ),
            )
        }
        loss if is_cut_by_broker(loss)
            && let Some(filters) = named(evidence.unanswered) =>
        {
            Failure::new(
                format!(
                    "The broker closed the connection instead of answering the subscription to {filters}."
                ),
                "It may not allow that, as AWS IoT Core does: remove the subscription, or choose a narrower filter.",
            )
        }
        Loss::Closed | Loss::Done => closed(evidence.plan),
        Loss::PingTimeout | Loss::ConnectTimeout => Failure::new(
            format!(
                "The broker did not answer within the keep alive of {} s.",
                keep_alive(evidence)
            ),
            "The network between here and the broker may be gone.",
        ),
        Loss::WriteTimeout => Failure::new(
            format!("{place} no longer takes what is sent to it."),
            "The network between here and the broker may be gone.",
        ),
        Loss::Io(err) => Failure::new(
            format!("The connection to {place} was lost."),
            "Check the network and whether the broker runs.",
        )
        .with_detail(err.to_string()),
        Loss::UnexpectedSession | Loss::Refused | Loss::Protocol(_) => Failure::new(
            "The broker broke a rule of the protocol, so the connection was given up.",
            "Report it to the broker's makers if it happens again.",
        ),
    };
    let detail = match (&evidence.loss, &evidence.unreadable) {
        (Loss::Protocol(words), None) | (_, Some(Unreadable::Malformed(words))) => {
            Some(words.clone())
        }
        _ => None,
    };
    match detail {
        Some(detail) => failure.with_detail(detail),
        None => failure,
    }
}

/// The end of a connection that nobody has explained; some brokers say nothing to a client whose id is taken over.
fn closed(plan: &Plan) -> Failure {
    let cure = if plan.has_own_id {
        format!(
            "It may have been stopped or restarted, or another client uses the client id “{}”: see the broker's log.",
            plan.client_id
        )
    } else {
        "It may have been stopped or restarted: see the broker's log.".to_owned()
    };
    Failure::new(
        "The broker closed the connection without giving a reason.",
        cure,
    )
}

fn too_large(size: usize, limit: u32) -> Verdict {
    Verdict {
        failure: Failure::new(
            format!("The broker sent a packet of {size} bytes; this profile accepts {limit}."),
            "Raise the largest packet size in the profile.",
        ),
        is_final: true,
    }
}

/// The connection was ended with DISCONNECT 0x94 or 0x82, and would only end again.
fn bad_alias(err: AliasError) -> Verdict {
    let cure = match err {
        AliasError::TooHigh { .. } => {
            "Raise the topic alias maximum in the profile, and report it to the broker's makers."
        }
        AliasError::Unknown(_) | AliasError::Zero => {
            "Set the topic alias maximum in the profile to 0, and report it to the broker's makers."
        }
    };
    Verdict {
        failure: Failure::new(err.to_string(), cure),
        is_final: true,
    }
}

fn words_of(loss: Loss, unreadable: Option<Unreadable>) -> String {
    match (loss, unreadable) {
        (_, Some(Unreadable::Malformed(words))) | (Loss::Protocol(words), _) => words,
        _ => String::new(),
    }
}

/// What the port should have spoken where the attempt got stuck.
fn wanted_of(plan: &Plan, phase: &Phase) -> &'static str {
    match phase {
        Phase::Open => "MQTT",
        _ if plan.target.transport.uses_tls() => "TLS",
        _ => "MQTT",
    }
}

fn other_version(plan: &Plan) -> Failure {
    let other = match plan.version {
        Version::V5 => Version::V311,
        Version::V311 => Version::V5,
    };
    Failure::new(
        format!("The broker does not speak {}.", plan.version),
        format!("Choose {other} in the profile."),
    )
}

/// CONNACK with a refusal (MQTT 5, 3.2.2.2).
fn refused(plan: &Plan, connack: &ConnAck) -> Verdict {
    let meaning = connack.reason.connack_meaning();
    let failure = match connack.reason.0 {
        0x84 => other_version(plan),
        0x86 | 0x87 => not_let_in(plan, connack.reason, &meaning),
        _ => Failure::new(meaning.what, meaning.cure),
    };
    // unspecified or specific to the broker, not available, busy, quota exceeded, connecting too often
    let may_change = matches!(connack.reason.0, 0x80 | 0x83 | 0x88 | 0x89 | 0x97 | 0x9F);
    Verdict {
        failure: with_broker_words(failure.with_reason(connack.reason), &connack.properties),
        is_final: !may_change,
    }
}

/// User name or password, or the lack of them; mosquitto says "not authorized" of a wrong password, too.
fn not_let_in(plan: &Plan, reason: ReasonCode, meaning: &Meaning) -> Failure {
    match (&plan.user_name, &plan.password) {
        (Some(name), None) => Failure::new(
            format!("The broker does not let “{name}” in: it probably wants a password."),
            "Enter it in the profile, or ask whoever runs the broker for access.",
        ),
        _ if reason.0 == 0x86 => Failure::new(meaning.what, meaning.cure),
        (None, _) => Failure::new(
            "The broker does not let this client in: it probably wants a user name and password.",
            "Enter a user name and password in the profile, or ask whoever runs the broker for access.",
        ),
        (Some(name), Some(_)) => Failure::new(
            format!("The broker does not let “{name}” in."),
            "Check user name and password in the profile, or ask whoever runs the broker for access.",
        ),
    }
}

/// DISCONNECT from the broker (MQTT 5, 3.14.2.1).
/// Whether the broker may have closed the connection because it did not like what was asked last.
pub(super) fn is_cut_by_broker(loss: &Loss) -> bool {
    matches!(loss, Loss::Closed) || is_reset(loss)
}

/// Whether a DISCONNECT with this reason may answer a SUBSCRIBE: protocol error, own reason, not authorized, topic filter
/// invalid, quota, shared, identifier and wildcard subscriptions not supported (MQTT 5, 3.14.2.1).
pub(super) fn may_answer_subscribe(reason: ReasonCode) -> bool {
    matches!(
        reason.0,
        0x82 | 0x83 | 0x87 | 0x8F | 0x97 | 0x9E | 0xA1 | 0xA2
    )
}

/// At most three filters as a person reads them, the last one asked first.
fn named(filters: &[TopicFilter]) -> Option<String> {
    let quoted = |filter: &TopicFilter| format!("“{filter}”");
    let some: Vec<String> = filters.iter().rev().take(3).map(quoted).collect();
    let (last, first) = some.split_last()?;
    Some(match (first, filters.len() - some.len()) {
        ([], _) => last.clone(),
        (first, 0) => format!("{} or {last}", first.join(", ")),
        (first, more) => format!("{}, {last} or {more} others", first.join(", ")),
    })
}

fn disconnected(disconnect: &Disconnect, unanswered: &[TopicFilter]) -> Verdict {
    let meaning = disconnect.reason.disconnect_meaning();
    let filters = named(unanswered).filter(|_| may_answer_subscribe(disconnect.reason));
    let failure = match filters {
        Some(filters) => Failure::new(
            format!(
                "{} It did so instead of answering the subscription to {filters}.",
                meaning.what
            ),
            "Remove the subscription, or choose a narrower filter.",
        ),
        None => Failure::new(meaning.what, meaning.cure),
    };
    let failure = failure.with_reason(disconnect.reason);
    // malformed packet, protocol error, not authorized, taken over, topic filter or name invalid, packet too large,
    // administrative action, payload format, retain, QoS, another server, and what the broker does not support:
    // all of this would only happen again
    let is_final = matches!(
        disconnect.reason.0,
        0x81 | 0x82 | 0x87 | 0x8E | 0x8F | 0x90 | 0x95 | 0x98..=0x9E | 0xA1 | 0xA2
    );
    Verdict {
        failure: with_broker_words(failure, &disconnect.properties),
        is_final,
    }
}

fn with_broker_words(failure: Failure, properties: &Properties) -> Failure {
    let words = [&properties.reason_string, &properties.server_reference];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    failure.with_detail(words.join("; "))
}

/// The keep alive in seconds; in MQTT 5 the broker's own wish counts (3.2.2.3.14).
fn keep_alive(evidence: &Evidence<'_>) -> u16 {
    evidence
        .connack
        .and_then(|connack| connack.properties.server_keep_alive)
        .unwrap_or(evidence.plan.keep_alive)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(losses: impl IntoIterator<Item = (Loss, bool)>) -> u32 {
        losses.into_iter().fold(0, |before, (loss, progressed)| {
            count_short_life(before, &loss, progressed)
        })
    }

    fn reset() -> Loss {
        Loss::Io(io::ErrorKind::ConnectionReset.into())
    }

    #[test]
    fn only_closed_connections_that_gained_nothing_lead_to_the_end() {
        let often = 0..20;
        assert_eq!(counted((0..4).map(|_| (Loss::Closed, false))), 4);
        assert_eq!(counted(often.clone().map(|_| (Loss::Closed, true))), 2);
        assert_eq!(counted(often.clone().map(|_| (reset(), false))), 0);
        assert_eq!(counted(often.map(|_| (reset(), true))), 0);
        assert_eq!(counted([(Loss::Closed, false), (reset(), true)]), 0);
    }
}

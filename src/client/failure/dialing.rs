//! From a failed dial to two sentences: what is wrong at which step, and what to change.

use std::io;

use jiff::tz::TimeZone;

use crate::mqtt::Timestamp;
use crate::profile::{ProxyKind, Transport, path_to_show};

use super::super::dial::{
    Alert, CertificateProblem, DialError, ProxyError, Rejection, Speech, Step, WebSocketError,
};
use super::super::plan::Plan;
use super::{Failure, Verdict};

/// What `error` means for somebody who wanted to connect as `plan` says.
pub(super) fn verdict(plan: &Plan, error: &DialError) -> Verdict {
    let place = plan.target.place();
    let failure = match error {
        DialError::NameUnknown { name, words } => unknown(plan, name).with_detail(words.clone()),
        DialError::Tcp { kind, words } => tcp(plan, *kind).with_detail(words.clone()),
        DialError::Unix { kind, words } => unix(&place, *kind).with_detail(words.clone()),
        DialError::TimedOut(step) => timed_out(plan, *step),
        DialError::Closed(step) => closed(plan, *step),
        DialError::Lost { step, words } => Failure::new(
            format!("The connection to {place} was lost ({step})."),
            "Check your network connection.",
        )
        .with_detail(words.clone()),
        DialError::Proxy(error) => proxy(plan, error),
        DialError::File(problem) => Failure::new(
            format!("“{}” {}", problem.path.display(), problem.what),
            problem.cure.clone(),
        ),
        DialError::NoAuthorities(words) => Failure::new(
            "This system has no list of certificate authorities, so no certificate can be checked.",
            "Install one (ca-certificates), or choose the authority's file in the profile.",
        )
        .with_detail(words.clone()),
        DialError::Certificate(problem) => certificate(&place, problem),
        DialError::Alert(alert) => alert_of(plan, alert),
        DialError::ServerName(name) => Failure::new(
            format!("“{name}” cannot be the name of a TLS server."),
            "Enter the name that the broker's certificate is for, as the server name in the profile.",
        ),
        DialError::NotTls(speech) => speaks(plan, speech, "TLS"),
        DialError::Tls(words) => Failure::new(
            format!("The TLS handshake with {place} failed."),
            "Check that this is the broker's TLS port, and see the broker's log.",
        )
        .with_detail(words.clone()),
        DialError::WebSocket(error) => web_socket(plan, error),
        DialError::Unsupported(what) => Failure::new(
            format!("{what} are not there on this system."),
            "Choose another transport in the profile.",
        ),
    };
    Verdict {
        failure,
        is_final: is_final(error),
    }
}

/// Whether nothing but another setting would help.
fn is_final(error: &DialError) -> bool {
    matches!(
        error,
        DialError::File(_)
            | DialError::Certificate(_)
            | DialError::Alert(_)
            | DialError::ServerName(_)
            | DialError::NoAuthorities(_)
            | DialError::Unsupported(_)
            | DialError::Proxy(ProxyError::Authentication | ProxyError::TooLong(_))
            | DialError::WebSocket(WebSocketError::Header(_) | WebSocketError::Path(_))
    )
}

fn unknown(plan: &Plan, name: &str) -> Failure {
    if plan.target.proxy.kind == ProxyKind::None {
        return Failure::new(
            format!("The name “{name}” is not known."),
            "Check its spelling and your network connection.",
        );
    }
    Failure::new(
        format!("The name of the proxy, “{name}”, is not known."),
        "Check its spelling in the profile, and your network connection.",
    )
}

fn tcp(plan: &Plan, kind: io::ErrorKind) -> Failure {
    use io::ErrorKind as Kind;
    let place = plan.target.first_place();
    let is_proxied = plan.target.proxy.kind != ProxyKind::None;
    match kind {
        Kind::ConnectionRefused if is_proxied => Failure::new(
            format!("Nothing listens on {place}, where the proxy should be."),
            "Check host and port of the proxy in the profile.",
        ),
        Kind::ConnectionRefused => Failure::new(
            format!("Nothing listens on {place}."),
            "Start the broker, or check host and port.",
        ),
        Kind::TimedOut => no_answer(&place),
        Kind::HostUnreachable | Kind::NetworkUnreachable => Failure::new(
            format!("{place} cannot be reached from here."),
            "Check your network connection, VPN and the address.",
        ),
        Kind::PermissionDenied => Failure::new(
            format!("This system does not let Canopy connect to {place}."),
            "Check the firewall of this machine.",
        ),
        _ => Failure::new(
            format!("The connection to {place} could not be opened."),
            "Check host and port.",
        ),
    }
}

fn no_answer(place: &str) -> Failure {
    Failure::new(
        format!("{place} does not answer."),
        "Check the address, and that no firewall is in between.",
    )
}

fn unix(path: &str, kind: io::ErrorKind) -> Failure {
    use io::ErrorKind as Kind;
    match kind {
        Kind::NotFound => Failure::new(
            format!("There is no socket at “{path}”."),
            "Start the broker, or check the path.",
        ),
        Kind::ConnectionRefused => Failure::new(
            format!("Nobody listens on the socket “{path}”."),
            "Start the broker: the socket is left over from before.",
        ),
        Kind::PermissionDenied => Failure::new(
            format!("You may not use the socket “{path}”."),
            "Change its permissions, or join the group it belongs to.",
        ),
        _ => Failure::new(
            format!("The socket “{path}” could not be opened."),
            "Check the path.",
        ),
    }
}

/// Nothing came in `step` until the time was up.
pub(super) fn timed_out(plan: &Plan, step: Step) -> Failure {
    let place = plan.target.place();
    let first = plan.target.first_place();
    let limit = plan.connect_timeout.as_secs();
    match step {
        Step::Resolve => Failure::new(
            format!(
                "Looking up the name “{}” took longer than {limit} s.",
                plan.target.first_hop().0
            ),
            "Check your network connection, or enter an address instead of a name.",
        ),
        Step::Tcp | Step::Unix => no_answer(&first),
        Step::Proxy => Failure::new(
            format!("The proxy at {first} did not open the way to {place} within {limit} s."),
            "Check that this is a proxy of the chosen kind, and that the broker runs.",
        ),
        Step::Tls => Failure::new(
            format!("{place} accepts connections but did not answer to TLS within {limit} s."),
            "Check that this is the broker's TLS port and not its plain one.",
        ),
        Step::WebSocket => Failure::new(
            format!("{place} accepts connections but did not open a WebSocket within {limit} s."),
            "Check that this is the broker's WebSocket port.",
        ),
    }
}

fn closed(plan: &Plan, step: Step) -> Failure {
    let place = plan.target.place();
    match step {
        Step::Proxy => Failure::new(
            format!(
                "The proxy at {} closed the connection without an answer.",
                plan.target.first_place()
            ),
            "Check that this is a proxy of the chosen kind, and that it lets you in.",
        ),
        Step::Tls => Failure::new(
            format!("{place} closed the connection instead of answering to TLS."),
            "Check that this is the broker's TLS port and not its plain one.",
        ),
        Step::WebSocket => Failure::new(
            format!("{place} closed the connection instead of opening a WebSocket."),
            "Check that this is the broker's WebSocket port and not its MQTT port.",
        ),
        Step::Resolve | Step::Tcp | Step::Unix => no_answer(&place),
    }
}

fn proxy(plan: &Plan, error: &ProxyError) -> Failure {
    let first = plan.target.first_place();
    let place = plan.target.place();
    match error {
        ProxyError::Authentication => {
            let cure = if plan.target.proxy.user_name.is_empty() {
                "Enter the user name and the password for the proxy in the profile."
            } else {
                "Check the user name and the password for the proxy in the profile."
            };
            Failure::new(format!("The proxy at {first} does not let you in."), cure)
        }
        ProxyError::Refused { status, words } => {
            let failure = match status {
                403 | 405 => Failure::new(
                    format!("The proxy at {first} does not allow connections to {place}."),
                    "Ask whoever runs the proxy to allow this host and port, or use another port (443 is often allowed).",
                ),
                404 | 500 | 502..=504 => Failure::new(
                    format!("The proxy at {first} cannot reach {place}."),
                    "Check the broker's host and port, and that it runs.",
                ),
                _ => Failure::new(
                    format!("The proxy at {first} refused to go on to {place}."),
                    "Check that this is a proxy that allows CONNECT.",
                ),
            };
            failure.with_detail(format!("HTTP {status} {words}").trim_end().to_owned())
        }
        ProxyError::Socks(code) => socks(&first, &place, *code),
        ProxyError::NotAProxy(speech) => {
            let kind = match plan.target.proxy.kind {
                ProxyKind::Socks5 => "SOCKS 5",
                ProxyKind::HttpConnect | ProxyKind::None => "HTTP",
            };
            Failure::new(
                format!("{first} does not answer as a proxy for {kind} does."),
                match speech {
                    Speech::Http(_) => "It speaks HTTP: choose the HTTP proxy in the profile.",
                    Speech::Socks => "It speaks SOCKS: choose the SOCKS 5 proxy in the profile.",
                    _ => "Check host, port and kind of the proxy in the profile.",
                },
            )
        }
        ProxyError::TooLong(what) => Failure::new(
            format!("The {what} is longer than the 255 bytes that SOCKS can carry."),
            "Shorten it, or use an HTTP proxy.",
        ),
    }
}

/// Reply codes of RFC 1928, 6.
fn socks(first: &str, place: &str, code: u8) -> Failure {
    match code {
        2 => Failure::new(
            format!("The proxy at {first} does not allow connections to {place}."),
            "Ask whoever runs the proxy to allow this host and port.",
        ),
        3 | 4 | 6 => Failure::new(
            format!("The proxy at {first} cannot reach {place}."),
            "Check the broker's host, and that it runs.",
        ),
        5 => Failure::new(
            format!("The proxy at {first} found that nothing listens on {place}."),
            "Start the broker, or check host and port.",
        ),
        8 => Failure::new(
            format!("The proxy at {first} does not take this kind of address."),
            "Enter the broker's name instead of its address, or the other way round.",
        ),
        _ => Failure::new(
            format!("The proxy at {first} could not go on to {place}."),
            "Check the broker's host and port, and see the proxy's log.",
        ),
    }
    .with_detail(format!("SOCKS reply {code}"))
}

fn certificate(place: &str, problem: &CertificateProblem) -> Failure {
    const RENEW: &str = "Ask whoever runs the broker to renew it";
    const TRUST: &str = "trust exactly this certificate";
    match problem {
        CertificateProblem::Expired { on } => Failure::new(
            format!("The certificate of {place} expired on {}.", day(*on)),
            format!("{RENEW}, check the clock of this machine, or {TRUST}."),
        ),
        CertificateProblem::NotYetValid { from } => Failure::new(
            format!("The certificate of {place} is not valid before {}.", day(*from)),
            format!("Check the clock of this machine, or {TRUST}."),
        ),
        CertificateProblem::WrongHost { host, issued_for } => Failure::new(
            match issued_for.as_slice() {
                [] => format!("The certificate of {place} names no host, so it is not for {host}."),
                names => format!(
                    "The certificate of {place} was issued for {}, not for {host}.",
                    listed(names)
                ),
            },
            format!("Connect by a name that it is for, enter that as the server name, or {TRUST}."),
        ),
        CertificateProblem::UnknownIssuer { issuer } => Failure::new(
            format!("The certificate of {place} was issued by “{issuer}”, which is not known here."),
            format!("Choose the authority's certificate as CA file in the profile, or {TRUST}."),
        ),
        CertificateProblem::SelfSigned => Failure::new(
            format!("The certificate of {place} is self-signed: nobody vouches for it."),
            format!("Choose it as CA file in the profile, or {TRUST}."),
        ),
        CertificateProblem::WrongPurpose => Failure::new(
            format!("The certificate of {place} is not meant for servers."),
            format!("Ask whoever runs the broker for another one, or {TRUST}."),
        ),
        CertificateProblem::NotPinned(fingerprint) => Failure::new(
            format!("The certificate of {place} is not the one that this profile trusts."),
            "If the broker has got a new one, trust that instead; otherwise somebody may be in between.",
        )
        .with_detail(format!("its fingerprint is {fingerprint}")),
        CertificateProblem::Other(words) => Failure::new(
            format!("The certificate of {place} cannot be checked."),
            format!("Ask whoever runs the broker for another one, or {TRUST}."),
        )
        .with_detail(words.clone()),
    }
}

/// The first few names, as a sentence lists them.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A day as people write it, such as 5 March 2026 (UTC).
pub(in crate::client) fn day(time: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(time.as_micros()).map_or_else(
        |_out_of_range| "a day in a far age".to_owned(),
        |time| {
            let time = time.to_zoned(TimeZone::UTC);
            time.strftime("%-d %B %Y").to_string()
        },
    )
}

/// The broker has ended TLS with `alert`.
pub(super) fn alert_of(plan: &Plan, alert: &Alert) -> Failure {
    let place = plan.target.place();
    match alert {
        Alert::CertificateRequired => Failure::new(
            format!("{place} asks for a client certificate."),
            "Choose the certificate and its key in the profile.",
        ),
        Alert::CertificateRejected(why) => rejected(&place, *why),
        Alert::Version => Failure::new(
            format!("{place} speaks no version of TLS that this profile allows."),
            format!(
                "Allow older versions than {} in the profile where possible, or update the broker.",
                plan.target.tls.minimum
            ),
        ),
        Alert::Protocol => Failure::new(
            format!("{place} speaks none of the protocols offered by ALPN."),
            "Check ALPN in the profile: “mqtt” and “x-amzn-mqtt-ca” are usual, and most brokers need none.",
        ),
        Alert::ServerName => Failure::new(
            format!(
                "{place} does not know the server name “{}”.",
                plan.target.server_name()
            ),
            "Enter the name that the broker goes by, as host or as server name in the profile.",
        ),
        Alert::Other(words) => Failure::new(
            format!("{place} ended the TLS handshake."),
            "Check TLS in the profile, and see the broker's log.",
        )
        .with_detail(words.clone()),
    }
}

fn rejected(place: &str, why: Rejection) -> Failure {
    const NEW: &str = "Ask whoever issued it for a new one, and choose that in the profile.";
    let not = |why: &str| format!("{place} does not accept the client certificate{why}.");
    match why {
        Rejection::Expired => Failure::new(not(": it has expired"), NEW),
        Rejection::Revoked => Failure::new(not(": it has been revoked"), NEW),
        Rejection::UnknownIssuer => Failure::new(
            not(": it does not know who issued it"),
            "Choose one from the authority that the broker trusts, or ask whoever runs the broker.",
        ),
        Rejection::WrongKey => Failure::new(
            not(": the key does not fit it"),
            "Choose the certificate and the key that belong together in the profile.",
        ),
        Rejection::Unsaid => Failure::new(
            not(" and does not say why"),
            "Choose another one in the profile, or ask whoever runs the broker.",
        ),
    }
}

/// What answers speaks something else than what was `wanted` of it.
pub(super) fn speaks(plan: &Plan, speech: &Speech, wanted: &str) -> Failure {
    let place = plan.target.place();
    let not = |what: &str, cure: &str| {
        Failure::new(
            format!("What answers at {place} does not speak {wanted} but {what}."),
            cure,
        )
    };
    match speech {
        Speech::Tls => answers(plan, Transport::Tls),
        Speech::Mqtt => answers(plan, Transport::Tcp),
        Speech::Http(status) => not(
            "HTTP: it is a web server",
            "Choose WebSocket in the profile if this is the broker's WebSocket port, or enter its MQTT port.",
        )
        .with_detail(status.map_or_else(String::new, |status| format!("HTTP status {status}"))),
        Speech::Ssh => not(
            "SSH: it is for logging in",
            "Enter the broker's port; 1883 and 8883 are usual.",
        ),
        Speech::Amqp => not(
            "AMQP",
            "Enter the port of the broker's MQTT listener; 1883 and 8883 are usual.",
        ),
        Speech::Socks => not("SOCKS", "Enter the broker's address, and this one as proxy."),
        Speech::Text(line) => not("something else", "Enter the broker's port; 1883 and 8883 are usual.")
            .with_detail(format!("it says “{line}”")),
        Speech::Unknown => Failure::new(
            format!("What answers at {place} does not speak {wanted}."),
            "Check that this is the broker's port for it, and not another one.",
        ),
    }
}

/// The port has another transport than the profile says.
pub(super) fn answers(plan: &Plan, transport: Transport) -> Failure {
    let place = plan.target.place();
    match transport {
        Transport::Tcp => Failure::new(
            format!("{place} speaks plain MQTT."),
            "Choose TCP in the profile, or enter the broker's port for the chosen transport.",
        ),
        Transport::Tls => Failure::new(
            format!("{place} speaks TLS."),
            "Choose TLS in the profile, or enter the broker's port for the chosen transport.",
        ),
        Transport::WebSocket => Failure::new(
            format!("{place} answers with WebSocket only."),
            "Choose WebSocket in the profile, or enter the broker's port for the chosen transport.",
        ),
        Transport::SecureWebSocket => Failure::new(
            format!("{place} answers with WebSocket over TLS only."),
            "Choose WebSocket over TLS in the profile, or enter the broker's port for the chosen transport.",
        ),
        Transport::Unix => Failure::new(
            format!("{place} is a Unix socket."),
            "Choose the Unix socket in the profile.",
        ),
    }
}

fn web_socket(plan: &Plan, error: &WebSocketError) -> Failure {
    let place = plan.target.place();
    let path = path_to_show(&plan.target.web_socket.path);
    match error {
        WebSocketError::Status(status) => {
            let failure = match status {
                401 | 403 => Failure::new(
                    format!("{place} does not let this client open a WebSocket."),
                    "Check the headers in the profile, or ask whoever runs the broker.",
                ),
                404 => Failure::new(
                    format!("{place} has no WebSocket at the path “{path}”."),
                    "Enter the right path in the profile; /mqtt, /ws and / are usual.",
                ),
                300..=399 => Failure::new(
                    format!("{place} sends on to another address instead of opening a WebSocket."),
                    "Enter the address it leads to; it may be the one with TLS.",
                ),
                500..=599 => Failure::new(
                    format!("The server at {place} is in trouble and opens no WebSocket."),
                    "Check that the broker behind it runs.",
                ),
                _ => Failure::new(
                    format!("{place} is a web server, but opens no WebSocket at “{path}”."),
                    "Check path and port in the profile.",
                ),
            };
            failure.with_detail(format!("HTTP status {status}"))
        }
        WebSocketError::NotHttp(Speech::Mqtt) if plan.target.transport.uses_tls() => Failure::new(
            format!("{place} speaks MQTT over TLS, without WebSocket."),
            "Choose TLS in the profile, or enter the broker's port for WebSocket over TLS.",
        ),
        WebSocketError::NotHttp(speech) => speaks(plan, speech, "WebSocket"),
        WebSocketError::NotMqtt => Failure::new(
            format!("There is a WebSocket at {place}, but it is not for MQTT."),
            "Enter the path of the broker's MQTT listener in the profile.",
        ),
        WebSocketError::Header(name) => Failure::new(
            format!("The header “{name}” cannot be sent."),
            "Correct its name and value in the profile.",
        ),
        WebSocketError::Path(path) => Failure::new(
            format!("“{path}” cannot be the path of a WebSocket."),
            "Correct it in the profile: it begins with “/” and has no blanks.",
        ),
        WebSocketError::Other(words) => Failure::new(
            format!("{place} did not open a WebSocket."),
            "Check path and port in the profile.",
        )
        .with_detail(words.clone()),
    }
}

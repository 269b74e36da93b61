//! Addresses in one piece, such as `mqtts://user:password@host:8883` or `wss://host/mqtt`: taken apart for the
//! command line, and handed out to the fields of a profile when one is pasted.

use std::net::Ipv6Addr;

use thiserror::Error;

use super::{Profile, Secret, Transport};

/// What a URL says. Parts that it leaves out are `None`; nothing is decoded yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// What carries the packets.
    pub transport: Transport,
    /// User name.
    pub user_name: Option<String>,
    /// Password.
    pub password: Option<Secret>,
    /// Host name or address, an IPv6 address without its brackets; empty for a Unix socket.
    pub host: String,
    /// TCP port.
    pub port: Option<u16>,
    /// What follows the host, with its `/` or `?`; empty when nothing does. A WebSocket's path and query, the path of a
    /// Unix socket, or a topic behind a slash.
    pub path: String,
}

/// Why a text is not such a URL.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UrlError {
    /// A transport that is not there.
    #[error(
        "“{0}://” is no transport of MQTT. Use mqtt://, mqtts://, ws://, wss:// or mqtt+unix://."
    )]
    Scheme(String),
    /// Not a URL at all.
    #[error("A URL is written mqtt://[user[:password]@]host[:port]/topic.")]
    NoScheme,
    /// Nothing after the host.
    #[error("The URL names no topic. Write it after the host: mqtt://host/topic.")]
    NoTopic,
    /// Nothing before the topic.
    #[error("The URL names no host. Write it after the two slashes: mqtt://host.")]
    NoHost,
    /// No path of a Unix socket.
    #[error("The URL names no socket. Write its path: mqtt+unix:///run/mosquitto.sock.")]
    NoSocket,
    /// Neither a host name nor an address.
    #[error("“{0}” is no host. Write a name or an address, an IPv6 address in brackets.")]
    Host(String),
    /// Not a port.
    #[error("“{0}” is not a port. Use a number from 1 to 65535.")]
    Port(String),
    /// An `@` after the first slash: probably a password with a slash, which is not repeated here.
    #[error("The URL has a “/” before its “@”. Write a “/” in a user name or password as %2F.")]
    Slash,
}

impl Url {
    /// Takes an address apart that a person wrote: a bare host is one of plain MQTT, and `%41` is decoded in user name and
    /// password.
    ///
    /// # Errors
    /// [`UrlError`] says what is wrong.
    pub fn from_address(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        let url = if text.contains("://") {
            Self::parse(text)?
        } else {
            Self::parse(&format!("mqtt://{}", text.trim_end_matches('/')))?
        };
        Ok(Self {
            user_name: url.user_name.map(|it| decoded(&it)),
            password: url.password.map(|it| Secret::new(decoded(it.reveal()))),
            ..url
        })
    }

    /// Takes a URL apart. `%` has no special meaning yet, as with mosquitto's clients.
    ///
    /// # Errors
    /// [`UrlError`] says which part is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(UrlError::NoScheme)?;
        let transport = transport(scheme).ok_or_else(|| UrlError::Scheme(scheme.to_owned()))?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user_name, password, address) = split_account(authority);
        let (address, query) = split_query(address);
        let (host, port) = match transport {
            Transport::Unix if path.len() < 2 => return Err(UrlError::NoSocket),
            Transport::Unix if address.is_empty() => (String::new(), None),
            Transport::Unix => return Err(UrlError::NoSocket),
            _ => match split_port(address) {
                Err(_) if path.contains('@') && !authority.contains('@') => {
                    return Err(UrlError::Slash);
                }
                found => found?,
            },
        };
        Ok(Self {
            transport,
            user_name,
            password,
            host,
            port,
            path: format!("{query}{path}"),
        })
    }

    /// The topic behind the host, as in mosquitto's `-L mqtt://host/topic`.
    ///
    /// # Errors
    /// [`UrlError::NoTopic`].
    pub fn topic(&self) -> Result<&str, UrlError> {
        match self.path.strip_prefix('/') {
            Some(topic) if !topic.is_empty() => Ok(topic),
            _ => Err(UrlError::NoTopic),
        }
    }
}

/// Fills the fields of `profile` from an address: a URL, or `user@host:port` without a scheme, which leaves the
/// transport as it is. The port becomes the usual one when the address names none; parts of a user name and password
/// written `%40` are decoded; a path counts with WebSocket and Unix sockets only, a query with WebSocket (see
/// [`left_out`]). Returns the password, which goes to
/// the keyring; the profile then asks for one.
///
/// # Errors
/// [`UrlError`]; the profile is as it was before then.
pub fn apply_url(profile: &mut Profile, text: &str) -> Result<Option<Secret>, UrlError> {
    let text = text.trim();
    let url = if text.contains("://") {
        Url::parse(text)?
    } else {
        let (user_name, password, address) = split_account(text.trim_end_matches('/'));
        let (host, port) = split_port(split_query(address).0)?;
        Url {
            transport: profile.transport,
            user_name,
            password,
            host,
            port,
            path: String::new(),
        }
    };
    profile.transport = url.transport;
    match url.transport {
        Transport::Unix if url.host.is_empty() => profile.unix_path = url.path,
        Transport::Unix => profile.host = url.host,
        transport => {
            profile.host = url.host;
            profile.port = url.port.unwrap_or(transport.default_port());
            if transport.uses_websocket() && !url.path.is_empty() {
                let slash = if url.path.starts_with('/') { "" } else { "/" };
                profile.web_socket.path = format!("{slash}{}", url.path);
            }
        }
    }
    if let Some(user_name) = url.user_name {
        profile.user_name = decoded(&user_name);
    }
    let password = url.password.map(|it| Secret::new(decoded(it.reveal())));
    profile.use_password |= password.is_some();
    Ok(password)
}

/// Says what of an address [`apply_url`] has no use for: the path and the query of a transport that knows neither. Of a
/// query only the names are repeated: a value may be a password. `None` when all of it counts.
pub fn left_out(text: &str) -> Option<String> {
    let text = text.trim();
    let has_scheme = text.contains("://");
    let url = if has_scheme {
        Url::parse(text).ok()?
    } else {
        Url::parse(&format!("mqtt://{text}")).ok()?
    };
    let is_whole = url.transport.uses_websocket() || url.transport == Transport::Unix;
    if is_whole || url.path.trim_end_matches('/').is_empty() {
        return None;
    }
    let (path, query) = url.path.split_once('?').unwrap_or((&url.path, ""));
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(char::is_alphanumeric);
    let names = query.split('&').filter_map(|it| it.split_once('='));
    let names: Vec<&str> = names.map(|(name, _)| name).filter(is_name).collect();
    let path = (!path.trim_end_matches('/').is_empty()).then_some("path");
    let query = match names.as_slice() {
        _ if query.is_empty() => None,
        [] => Some("query".to_owned()),
        names => Some(format!("query ({})", names.join(", "))),
    };
    let parts = path.map(str::to_owned).into_iter().chain(query);
    let parts = parts.collect::<Vec<_>>().join(" and ");
    (!parts.is_empty()).then(|| {
        format!(
            "The address is taken over without its {parts}. Set what that says in the other fields."
        )
    })
}

impl Profile {
    /// Takes over a pasted address as [`apply_url`] does. `false` when `text` is a plain host or cannot be taken apart;
    /// a password in the address is dropped.
    pub fn adopt_address(&mut self, text: &str) -> bool {
        let text = text.trim();
        let is_plain =
            !text.contains(['@', '/', '[', '?']) && (!text.contains(':') || is_ipv6(text));
        let asked = self.use_password;
        let adopted = !is_plain && apply_url(self, text).is_ok();
        self.use_password = asked;
        adopted
    }
}

fn transport(scheme: &str) -> Option<Transport> {
    Some(match scheme.to_ascii_lowercase().as_str() {
        "mqtt" | "tcp" => Transport::Tcp,
        "mqtts" | "ssl" | "tls" => Transport::Tls,
        "ws" => Transport::WebSocket,
        "wss" => Transport::SecureWebSocket,
        "mqtt+unix" | "unix" => Transport::Unix,
        _ => return None,
    })
}

/// User name, password and what follows the last `@`.
fn split_account(authority: &str) -> (Option<String>, Option<Secret>, &str) {
    let Some((account, address)) = authority.rsplit_once('@') else {
        return (None, None, authority);
    };
    match account.split_once(':') {
        Some((user, password)) => (Some(user.to_owned()), Some(Secret::new(password)), address),
        None => (Some(account.to_owned()), None, address),
    }
}

/// An address without its query, and the query with its `?`.
fn split_query(address: &str) -> (&str, &str) {
    address.split_at(address.find('?').unwrap_or(address.len()))
}

/// `host`, `host:port`, `[::1]`, `[::1]:port` or a bare IPv6 address.
pub(super) fn split_port(address: &str) -> Result<(String, Option<u16>), UrlError> {
    if is_ipv6(address) {
        return Ok((address.to_owned(), None));
    }
    let wrong = || UrlError::Host(address.to_owned());
    let (host, port) = match address.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(wrong)?;
            // A zone is written with %25 in a URL (RFC 6874).
            let host = host.replace("%25", "%");
            if !is_ipv6(&host) {
                return Err(wrong());
            }
            match after {
                "" => (host, None),
                _ => (host, Some(after.strip_prefix(':').ok_or_else(wrong)?)),
            }
        }
        None => match address.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None => (address.to_owned(), None),
        },
    };
    if host.is_empty() {
        return Err(UrlError::NoHost);
    }
    let is_wrong = |c: char| c.is_whitespace() || c.is_control() || "/[]@?#".contains(c);
    if host.contains(is_wrong) {
        return Err(UrlError::Host(host));
    }
    let port = port
        .map(|text| match text.parse::<u16>() {
            Ok(port) if port > 0 && !text.starts_with('+') => Ok(port),
            _ => Err(UrlError::Port(text.to_owned())),
        })
        .transpose()?;
    Ok((host, port))
}

/// What of a typed host may be written to a file: in an address that cannot be taken apart (yet), a password may stand
/// behind a colon or before an `@`.
pub(super) fn host_to_keep(host: &str) -> &str {
    let rest = host.rsplit_once('@').map_or(host, |(_account, rest)| rest);
    let rest = rest.split_once("://").map_or(rest, |(_scheme, rest)| rest);
    if is_ipv6(rest) || rest.starts_with('[') {
        return rest;
    }
    rest.split([':', '/']).next().unwrap_or_default()
}

/// Whether `host` is an IPv6 address, also with a zone (`fe80::1%eth0`).
pub(super) fn is_ipv6(host: &str) -> bool {
    let address = host
        .split_once('%')
        .map_or(host, |(address, _zone)| address);
    address.parse::<Ipv6Addr>().is_ok()
}

/// `text` with its `%41` decoded (RFC 3986, 2.1); what is no such code, or gives no UTF-8, stays.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| after.get(..2).and_then(hex_byte))
            .flatten();
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_not_text| text.to_owned())
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = value(*digits.first()?)? * 16 + value(*digits.get(1)?)?;
    u8::try_from(byte).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reveal(secret: Option<Secret>) -> Option<String> {
        secret.map(|it| it.reveal().to_owned())
    }

    #[test]
    fn a_full_url_comes_apart() {
        let url = Url::parse("mqtt://me:se:cret@example.org:1884/a/b/#").unwrap();
        assert_eq!(url.host, "example.org");
        assert_eq!(url.port, Some(1884));
        assert_eq!(url.user_name.as_deref(), Some("me"));
        assert_eq!(reveal(url.password.clone()).as_deref(), Some("se:cret"));
        assert_eq!(url.topic(), Ok("a/b/#"));
        let url = Url::parse("MQTT://host/t").unwrap();
        assert_eq!(
            (url.host.as_str(), url.port, url.user_name),
            ("host", None, None)
        );
    }

    #[test]
    fn every_transport_has_its_schemes() {
        let parts = |text: &str| {
            let url = Url::parse(text).unwrap();
            (url.transport, url.host, url.port, url.path)
        };
        let is = |transport, host: &str, port, path: &str| {
            (transport, host.to_owned(), port, path.to_owned())
        };
        for scheme in ["mqtt", "tcp", "TCP"] {
            let text = format!("{scheme}://h:1");
            assert_eq!(parts(&text), is(Transport::Tcp, "h", Some(1), ""));
        }
        for scheme in ["mqtts", "ssl", "tls"] {
            let text = format!("{scheme}://h");
            assert_eq!(parts(&text), is(Transport::Tls, "h", None, ""));
        }
        assert_eq!(
            parts("ws://[::1]:80/a?b=c"),
            is(Transport::WebSocket, "::1", Some(80), "/a?b=c")
        );
        assert_eq!(
            parts("wss://h/"),
            is(Transport::SecureWebSocket, "h", None, "/")
        );
        for scheme in ["mqtt+unix", "unix"] {
            let text = format!("{scheme}:///run/m.sock");
            assert_eq!(parts(&text), is(Transport::Unix, "", None, "/run/m.sock"));
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_password_repeated() {
        let err = |text: &str| Url::parse(text).and_then(|url| url.topic().map(str::to_owned));
        assert_eq!(err("host/t"), Err(UrlError::NoScheme));
        assert_eq!(err("http://h/t"), Err(UrlError::Scheme("http".to_owned())));
        assert_eq!(err("mqtt://h"), Err(UrlError::NoTopic));
        assert_eq!(err("mqtt://:1/t"), Err(UrlError::NoHost));
        assert_eq!(err("mqtt://h:x/t"), Err(UrlError::Port("x".to_owned())));
        assert_eq!(err("mqtt://h:+1/t"), Err(UrlError::Port("+1".to_owned())));
        assert_eq!(
            err("mqtt://[h]:1/t"),
            Err(UrlError::Host("[h]:1".to_owned()))
        );
        assert_eq!(err("unix://run/m.sock"), Err(UrlError::NoSocket));
        assert_eq!(err("unix:///"), Err(UrlError::NoSocket));
        assert_eq!(err("mqtt://ann:hun/ter2@h/t"), Err(UrlError::Slash));
    }

    #[test]
    fn no_part_of_an_account_is_kept() {
        for (typed, kept) in [
            ("broker.example", "broker.example"),
            ("fe80::1%eth0", "fe80::1%eth0"),
            ("[::1]:1", "[::1]:1"),
            ("mqtt://ann:hunter2", "ann"),
            ("ann:hunter2", "ann"),
            ("mqtt://ann:hun/ter2@h:x", "h"),
            ("http://h/x", "h"),
        ] {
            assert_eq!(host_to_keep(typed), kept, "{typed}");
        }
    }

    #[test]
    fn a_pasted_url_fills_the_fields() {
        let mut profile = Profile {
            port: 99,
            user_name: "old".to_owned(),
            ..Profile::default()
        };
        let secret = apply_url(&mut profile, " wss://ann:p%40s%@b.example/ws?x=1 ").unwrap();
        assert_eq!(reveal(secret).as_deref(), Some("p@s%"));
        assert_eq!(profile.url(), "wss://b.example:8084/ws?…");
        assert_eq!(profile.web_socket.path, "/ws?x=1");
        assert_eq!(
            (profile.user_name.as_str(), profile.use_password),
            ("ann", true)
        );

        let secret = apply_url(&mut profile, "mqtt+unix:///run/m.sock").unwrap();
        assert_eq!(secret, None);
        assert_eq!(profile.url(), "mqtt+unix:///run/m.sock");
        assert_eq!(profile.user_name, "ann");

        let before = profile.clone();
        apply_url(&mut profile, "mqtts://h:0").unwrap_err();
        assert_eq!(profile, before);
        apply_url(&mut profile, "ssl://[fe80::1%25eth0]").unwrap();
        assert_eq!(profile.host, "fe80::1%eth0");
        assert_eq!(profile.port, 8883);
        apply_url(&mut profile, "other:1").unwrap();
        assert_eq!(profile.url(), "mqtts://other:1");
    }

    #[test]
    fn a_query_takes_nothing_else_with_it() {
        let adopt = |text: &str| {
            let mut profile = Profile::default();
            assert!(profile.adopt_address(text), "{text}");
            (profile.url(), profile.user_name)
        };
        let is = |url: &str, user: &str| (url.to_owned(), user.to_owned());
        assert_eq!(
            adopt("mqtts://alice:secret@localhost:31885?clientId=x1"),
            is("mqtts://localhost:31885", "alice")
        );
        assert_eq!(
            adopt("mqtt://bob@h/?clean=true/false"),
            is("mqtt://h:1883", "bob")
        );
        assert_eq!(adopt("bob@h:1884?x=1"), is("mqtt://h:1884", "bob"));
        assert_eq!(adopt("h?x=1"), is("mqtt://h:1883", ""));
        assert_eq!(adopt("ws://h:81?x=1"), is("ws://h:81/?…", ""));
        assert_eq!(adopt("wss://h/a?x=1"), is("wss://h:8084/a?…", ""));
        // what was a password before is one still
        let url = Url::parse("mqtt://ann:p?ss@h:1").unwrap();
        assert_eq!(reveal(url.password).as_deref(), Some("p?ss"));
    }

    #[test]
    fn what_is_left_out_of_an_address_is_said_without_its_values() {
        let said = |text: &str| left_out(text).unwrap_or_default();
        assert!(
            said("mqtts://alice:secret@h:1?clientId=x1&token=hunter2")
                .contains("without its query (clientId, token).")
        );
        assert!(said("mqtt://h/a/b?x").contains("its path and query."));
        assert!(said("mqtt://h/a").contains("its path."));
        assert!(said("h:1?x=1").contains("its query (x)."));
        for whole in [
            "mqtt://h",
            "mqtt://h/",
            "h:1",
            "ws://h?x=1",
            "unix:///a?b",
            "::1",
        ] {
            assert_eq!(left_out(whole), None, "{whole}");
        }
        assert!(!said("mqtt://a:hunter2@h?hunter2").contains("hunter2"));
    }

    #[test]
    fn the_port_follows_the_transport_until_it_is_typed() {
        let mut profile = Profile::default();
        for (transport, port) in [
            (Transport::Tls, 8883),
            (Transport::WebSocket, 8083),
            (Transport::Unix, 8083),
            (Transport::SecureWebSocket, 8084),
            (Transport::Tcp, 1883),
        ] {
            profile.set_transport(transport);
            assert_eq!(profile.port, port, "{transport:?}");
        }
        profile.port = 4711;
        profile.set_transport(Transport::Tls);
        assert_eq!(profile.port, 4711);
    }

    #[test]
    fn a_pasted_address_goes_to_its_fields() {
        let adopt = |text: &str| {
            let mut profile = Profile {
                host: "old".to_owned(),
                port: 99,
                ..Profile::default()
            };
            let adopted = profile.adopt_address(text);
            assert!(!profile.use_password);
            (adopted, profile.host, profile.port, profile.user_name)
        };
        let expect =
            |host: &str, port: u16, user: &str| (true, host.to_owned(), port, user.to_owned());
        assert_eq!(adopt("mqtt://b.example"), expect("b.example", 1883, ""));
        assert_eq!(adopt(" b.example:1884 "), expect("b.example", 1884, ""));
        assert_eq!(adopt("mqtt://ann:secret@b:1/"), expect("b", 1, "ann"));
        assert_eq!(adopt("[::1]:1885"), expect("::1", 1885, ""));
        assert_eq!(adopt("[::1]"), expect("::1", 1883, ""));
        assert_eq!(adopt("ws://b/mqtt"), expect("b", 8083, ""));
        for plain in ["b.example", "::1", "b:x", "http://b/", "[b]:1", "b:70000"] {
            assert!(!adopt(plain).0, "{plain}");
        }
    }
}

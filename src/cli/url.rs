//! `-L mqtt://user:password@host:port/topic`: everything about a connection and its topic in one argument.

use thiserror::Error;

use crate::profile::Secret;

/// What a URL says. Parts that it leaves out are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// Host name or address, an IPv6 address without its brackets.
    pub host: String,
    /// TCP port.
    pub port: Option<u16>,
    /// User name.
    pub user_name: Option<String>,
    /// Password.
    pub password: Option<Secret>,
    /// Topic name or filter, not yet checked.
    pub topic: String,
}

/// Why a text is not such a URL.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UrlError {
    /// A transport that is not there.
    #[error("“{0}://” is not spoken here. Use mqtt://.")]
    Scheme(String),
    /// Not a URL at all.
    #[error("A URL is written mqtt://[user[:password]@]host[:port]/topic.")]
    NoScheme,
    /// Nothing after the host.
    #[error("The URL names no topic. Write it after the host: mqtt://host/topic.")]
    NoTopic,
    /// Nothing before the topic.
    #[error("The URL names no host. Write it before the topic: mqtt://host/topic.")]
    NoHost,
    /// Not a port.
    #[error("“{0}” is not a port. Use a number from 1 to 65535.")]
    Port(String),
}

/// Takes a URL apart, as mosquitto's clients do: `%` has no special meaning in it.
///
/// # Errors
/// [`UrlError`] says which part is missing or wrong.
pub fn parse(text: &str) -> Result<Url, UrlError> {
    let (scheme, rest) = text.split_once("://").ok_or(UrlError::NoScheme)?;
    if !scheme.eq_ignore_ascii_case("mqtt") {
        return Err(UrlError::Scheme(scheme.to_owned()));
    }
    let (authority, topic) = rest.split_once('/').ok_or(UrlError::NoTopic)?;
    if topic.is_empty() {
        return Err(UrlError::NoTopic);
    }
    let (credentials, address) = match authority.rsplit_once('@') {
        Some((credentials, address)) => (Some(credentials), address),
        None => (None, authority),
    };
    let (user_name, password) = match credentials.map(|text| text.split_once(':').ok_or(text)) {
        Some(Ok((user, password))) => (Some(user.to_owned()), Some(Secret::new(password))),
        Some(Err(user)) => (Some(user.to_owned()), None),
        None => (None, None),
    };
    let (host, port) = split_port(address)?;
    Ok(Url {
        host,
        port,
        user_name,
        password,
        topic: topic.to_owned(),
    })
}

/// `host`, `host:port`, `[::1]` or `[::1]:port`.
fn split_port(address: &str) -> Result<(String, Option<u16>), UrlError> {
    let (host, port) = match address.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    if host.is_empty() {
        return Err(UrlError::NoHost);
    }
    let port = port
        .map(|text| match text.parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(UrlError::Port(text.to_owned())),
        })
        .transpose()?;
    Ok((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_url_comes_apart() {
        let url = parse("mqtt://me:se:cret@example.org:1884/a/b/#").expect("valid");
        assert_eq!(url.host, "example.org");
        assert_eq!(url.port, Some(1884));
        assert_eq!(url.user_name.as_deref(), Some("me"));
        assert_eq!(
            url.password.map(|it| it.reveal().to_owned()).as_deref(),
            Some("se:cret")
        );
        assert_eq!(url.topic, "a/b/#");
    }

    #[test]
    fn parts_may_be_left_out() {
        let url = parse("MQTT://host/t").expect("valid");
        assert_eq!(
            (url.host.as_str(), url.port, url.user_name),
            ("host", None, None)
        );
        let url = parse("mqtt://user@[::1]:1885/t").expect("valid");
        assert_eq!((url.host.as_str(), url.port), ("::1", Some(1885)));
        assert_eq!(url.password, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse("host/t"), Err(UrlError::NoScheme));
        assert_eq!(
            parse("mqtts://h/t"),
            Err(UrlError::Scheme("mqtts".to_owned()))
        );
        assert_eq!(parse("mqtt://h"), Err(UrlError::NoTopic));
        assert_eq!(parse("mqtt://:1/t"), Err(UrlError::NoHost));
        assert_eq!(parse("mqtt://h:x/t"), Err(UrlError::Port("x".to_owned())));
    }
}

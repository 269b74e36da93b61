//! Proxies that refuse, are something else, or cannot reach the broker.

use canopy::client::doctor::Check;
use canopy::client::{Config, Step};
use canopy::profile::{Profile, ProxyKind, Secret};

use super::super::proxies::through;
use super::super::servers::impostor;
use super::{Case, case, secret_case};
use crate::common::free_port;
use crate::common::mosquitto::Mosquitto;
use crate::common::service::{Service, http_proxy, socks_proxy};

const LOGIN: (&str, &str) = ("me", "secret of the proxy");

/// A SOCKS and an HTTP proxy with a password and without, and one that goes on to one port only.
pub struct Site {
    broker: Mosquitto,
    socks: Service,
    locked_socks: Service,
    http: Service,
    locked_http: Service,
    strict: Service,
}

impl Site {
    pub async fn start() -> Option<Self> {
        Some(Self {
            broker: Mosquitto::start()?,
            socks: socks_proxy(None).await?,
            locked_socks: socks_proxy(Some(LOGIN)).await?,
            http: http_proxy(None, &[]).await?,
            locked_http: http_proxy(Some(("me", "secret")), &[]).await?,
            strict: http_proxy(None, &[443]).await?,
        })
    }

    fn through(&self, kind: ProxyKind, proxy: u16) -> Profile {
        through(kind, proxy, self.broker.port())
    }

    pub async fn cases(&self) -> Vec<Case> {
        let mut cases = self.accounts();
        cases.extend(self.ways());
        cases.extend(self.other_kinds().await);
        cases
    }

    fn accounts(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (kind, proxy) in [
            (ProxyKind::Socks5, &self.locked_socks),
            (ProxyKind::HttpConnect, &self.locked_http),
        ] {
            let profile = self.through(kind, proxy.port());
            cases.push(case(
                "proxy wants a password",
                profile.clone(),
                Check::Dial(Step::Proxy),
                &["proxy", "does not let you in", "Enter the user name"],
            ));
            cases.push(secret_case(
                "wrong password for the proxy",
                with_password(profile, "guessed by chance"),
                Check::Dial(Step::Proxy),
                &["proxy", "does not let you in", "Check the user name"],
            ));
        }
        cases
    }

    fn ways(&self) -> Vec<Case> {
        let unknown = |kind, proxy: &Service| {
            let mut profile = self.through(kind, proxy.port());
            "no-such-broker.invalid".clone_into(&mut profile.host);
            profile
        };
        let refused = |kind, proxy: &Service| through(kind, proxy.port(), free_port());
        vec![
            case(
                "proxy forbids the port",
                self.through(ProxyKind::HttpConnect, self.strict.port()),
                Check::Dial(Step::Proxy),
                &["does not allow connections to 127.0.0.1:", "443"],
            ),
            case(
                "proxy cannot reach it (HTTP)",
                refused(ProxyKind::HttpConnect, &self.http),
                Check::Dial(Step::Proxy),
                &[
                    "cannot reach 127.0.0.1:",
                    "Check the broker's host and port",
                ],
            ),
            case(
                "proxy: nobody listens (SOCKS)",
                refused(ProxyKind::Socks5, &self.socks),
                Check::Dial(Step::Proxy),
                &["nothing listens on 127.0.0.1:", "check host and port"],
            ),
            case(
                "proxy cannot reach it (HTTP)",
                unknown(ProxyKind::HttpConnect, &self.http),
                Check::Dial(Step::Proxy),
                &["cannot reach no-such-broker.invalid:"],
            ),
            case(
                "proxy: unknown name (SOCKS)",
                unknown(ProxyKind::Socks5, &self.socks),
                Check::Dial(Step::Proxy),
                &[
                    "could not go on to no-such-broker.invalid:",
                    "host and port",
                ],
            ),
        ]
    }

    async fn other_kinds(&self) -> Vec<Case> {
        let mut silent = self.through(ProxyKind::Socks5, impostor(b"", None).await);
        silent.connect_timeout = 1;
        // it waits for the end of a line, and SOCKS has none
        let mut http = self.through(ProxyKind::Socks5, self.http.port());
        http.connect_timeout = 1;
        let mut unknown = self.through(ProxyKind::Socks5, 1080);
        "no-such-proxy.invalid".clone_into(&mut unknown.proxy.host);
        vec![
            case(
                "SOCKS on the port of an HTTP proxy",
                http,
                Check::Dial(Step::Proxy),
                &["does not answer as a proxy for SOCKS 5", "HTTP"],
            ),
            case(
                "HTTP on the port of a SOCKS proxy",
                self.through(ProxyKind::HttpConnect, self.socks.port()),
                Check::Dial(Step::Proxy),
                &["does not answer as a proxy for HTTP", "SOCKS"],
            ),
            case(
                "broker in place of the proxy",
                self.through(ProxyKind::HttpConnect, self.broker.port()),
                Check::Dial(Step::Proxy),
                &["closed the connection without an answer", "is a proxy"],
            ),
            case(
                "nobody in place of the proxy",
                self.through(ProxyKind::Socks5, free_port()),
                Check::Dial(Step::Tcp),
                &["Nothing listens on", "where the proxy should be"],
            ),
            case(
                "unknown proxy",
                unknown,
                Check::Dial(Step::Resolve),
                &["“no-such-proxy.invalid”", "proxy"],
            ),
            case(
                "silent proxy",
                silent,
                Check::Dial(Step::Proxy),
                &["did not open the way to", "within 1 s"],
            ),
        ]
    }
}

fn with_password(mut profile: Profile, password: &str) -> Config {
    LOGIN.0.clone_into(&mut profile.proxy.user_name);
    profile.proxy.use_password = true;
    Config {
        profile,
        proxy_password: Some(Secret::new(password)),
        ..Config::default()
    }
}

//! The options that say how the bytes get to the broker: TLS, WebSocket, Unix socket and proxy, with the flags of
//! mosquitto's clients and what those infer from each other.

use std::path::PathBuf;

use clap::Args;
use thiserror::Error;

use crate::client::Config;
use crate::profile::{
    Fingerprint, Identity, Profile, ProxyKind, ProxySettings, Secret, TlsVersion, Transport, Url,
    UrlError, Verify, apply_url,
};

use super::connect::password_parser;

/// Port 8883 alone switches TLS on, as in mosquitto's clients.
const TLS_PORT: u16 = 8883;

/// Why options of the transport are refused.
#[derive(Debug, Error)]
pub enum TransportError {
    /// `--cert` or `--key` alone.
    #[error("--cert and --key belong together. Give both, or a PKCS#12 file with --p12.")]
    HalfIdentity,
    /// `--cert` and `--p12`.
    #[error("--p12 holds certificate and key already. Leave out --cert and --key, or --p12.")]
    TwoIdentities,
    /// `--capath`
    #[error(
        "A directory of authorities (--capath) is not read here. Join its files into one and give that with --cafile."
    )]
    CaDirectory,
    /// `--cafile` with `--tls-use-os-certs`
    #[error(
        "Either the authorities of a file or those of the system are trusted. Give --cafile or --tls-use-os-certs."
    )]
    TwoTrusts,
    /// `--ciphers`
    #[error(
        "--ciphers cannot be chosen here: only ciphers are offered that are safe today. Leave it out."
    )]
    Ciphers,
    /// `--psk`
    #[error(
        "TLS with a shared key (--psk) is not spoken here. Use certificates: --cafile, --cert and --key."
    )]
    SharedKey,
    /// `--keyform`
    #[error(
        "A key of the form “{0}” is not read here. Use a PEM file, or a PKCS#12 file with --p12."
    )]
    KeyForm(String),
    /// `--tls-engine`
    #[error(
        "Keys in an engine (--tls-engine) are not used here. Give the key as PEM with --key, or a PKCS#12 file with --p12."
    )]
    Engine,
    /// `-A`
    #[error(
        "The address to connect from (-A) cannot be chosen here: the system's routes choose it. Leave it out."
    )]
    BindAddress,
    /// `--tls-version`
    #[error("“{0}” is no version of TLS that is spoken here. Use tlsv1.2 or tlsv1.3.")]
    Version(String),
    /// `--fingerprint`
    #[error("“{0}” is no SHA-256 fingerprint: it has 64 hexadecimal digits. Correct it.")]
    Fingerprint(String),
    /// `--fingerprint` with `--insecure` or `--no-verify`
    #[error(
        "--fingerprint trusts one certificate, --insecure every host, and --no-verify all. Give one of them."
    )]
    TwoVerifications,
    /// `--proxy`
    #[error(
        "A proxy is written socks5h://[user[:password]@]host[:port], or http:// instead. Correct --proxy."
    )]
    Proxy,
    /// Inside the URL of `--proxy`.
    #[error("--proxy: {0}")]
    ProxyUrl(UrlError),
    /// `--ws-header`
    #[error("A header is written NAME:VALUE. Correct --ws-header.")]
    Header,
    /// `--unix` with options of a network.
    #[error("A Unix socket has no {0}. Leave it out, or --unix.")]
    Unix(&'static str),
    /// The file of the passphrase.
    #[error("{path} cannot be read: {reason}. Check the path.", path = path.display())]
    PassphraseFile {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
}

/// How the bytes get to the broker.
#[derive(Debug, Args)]
pub struct TransportArgs {
    /// Connect through this Unix socket
    #[arg(long, value_name = "PATH", help_heading = "Connection")]
    unix: Option<PathBuf>,
    /// Connect through a proxy: socks5h://[user[:password]@]host[:port], or http://…
    #[arg(long, value_name = "URL", value_parser = password_parser(), help_heading = "Connection",
        help = "Connect through a proxy: socks5h://[user[:password]@]host[:port], or http://…")]
    proxy: Option<Secret>,
    /// Speak MQTT in a WebSocket
    #[arg(long, help_heading = "Connection")]
    ws: bool,
    /// Path of the WebSocket; /mqtt if left out (selects --ws)
    #[arg(long, value_name = "PATH", help_heading = "Connection")]
    ws_path: Option<String>,
    /// One more header of the WebSocket's request; may be repeated (selects --ws)
    #[arg(long, value_name = "NAME:VALUE", help_heading = "Connection")]
    ws_header: Vec<String>,

    /// Use TLS and trust the authorities in this PEM file
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    cafile: Option<PathBuf>,
    /// Use TLS and trust the authorities of this system
    #[arg(long, help_heading = "TLS")]
    tls_use_os_certs: bool,
    /// PEM file with the client's certificate
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    cert: Option<PathBuf>,
    /// PEM file with the client's key
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    key: Option<PathBuf>,
    /// Use TLS with certificate and key of the client in this PKCS#12 file
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    p12: Option<PathBuf>,
    /// File whose first line is the passphrase of the key; `CANOPY_KEY_PASSPHRASE` if left out
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    key_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    verify: VerifyArgs,
    /// Use TLS and expect this name in the broker's certificate, instead of the host's
    #[arg(long, value_name = "NAME", help_heading = "TLS")]
    server_name: Option<String>,
    /// Protocol to offer by ALPN
    #[arg(long, value_name = "PROTOCOL", help_heading = "TLS")]
    tls_alpn: Option<String>,
    /// Oldest version of TLS that is accepted: tlsv1.2 or tlsv1.3
    #[arg(long, value_name = "VERSION", help_heading = "TLS")]
    tls_version: Option<String>,

    #[arg(short = 'A', hide = true)]
    bind_address: Option<String>,
    #[arg(long, hide = true)]
    tls_engine: Option<String>,
    #[arg(long, hide = true, value_parser = password_parser())]
    tls_engine_kpass_sha1: Option<Secret>,
    #[arg(long, hide = true)]
    capath: Option<PathBuf>,
    #[arg(long, hide = true)]
    keyform: Option<String>,
    #[arg(long, hide = true)]
    ciphers: Option<String>,
    #[arg(long, hide = true, value_parser = password_parser())]
    psk: Option<Secret>,
    #[arg(long, hide = true)]
    psk_identity: Option<String>,
}

/// Which checks of the broker's certificate are left out; one of them at the most.
#[derive(Debug, Args)]
struct VerifyArgs {
    /// Use TLS and trust exactly the certificate with this SHA-256; may be repeated
    #[arg(long, value_name = "SHA256", help_heading = "TLS")]
    fingerprint: Vec<String>,
    /// Do not check that the broker's certificate is for its host; who issued it is checked all the same
    #[arg(long, help_heading = "TLS")]
    insecure: bool,
    /// Do not check the broker's certificate at all: whoever sits in between can read along
    #[arg(long, help_heading = "TLS")]
    no_verify: bool,
}

impl VerifyArgs {
    /// `None` when nothing was given.
    fn verify(&self) -> Result<Option<Verify>, TransportError> {
        match (self.insecure, self.no_verify, self.fingerprint.is_empty()) {
            (false, false, true) => Ok(None),
            (true, false, true) => Ok(Some(Verify::AnyHost)),
            (false, true, true) => Ok(Some(Verify::Nothing)),
            (false, false, false) => self.fingerprints().map(Verify::Pinned).map(Some),
            _ => Err(TransportError::TwoVerifications),
        }
    }

    fn fingerprints(&self) -> Result<Vec<Fingerprint>, TransportError> {
        let checked = self.fingerprint.iter().map(|text| {
            let fingerprint = Fingerprint::new(text);
            if fingerprint.is_valid() {
                Ok(fingerprint)
            } else {
                Err(TransportError::Fingerprint(text.clone()))
            }
        });
        checked.collect()
    }
}

/// Where to connect, as far as the command line says it outside of [`TransportArgs`].
pub struct Place<'a> {
    /// `-L`
    pub url: Option<&'a Url>,
    /// `-h`
    pub host: Option<&'a str>,
    /// `-p`
    pub port: Option<u16>,
}

impl TransportArgs {
    /// Writes everything that was given into the profile and the secrets of `config`. Returns what the user should be
    /// told although it works.
    ///
    /// # Errors
    /// [`TransportError`] says which options do not fit.
    pub fn apply(
        &self,
        config: &mut Config,
        place: &Place<'_>,
    ) -> Result<Vec<String>, TransportError> {
        self.refuse_foreign()?;
        self.set_transport(&mut config.profile, place)?;
        self.set_trust(&mut config.profile)?;
        self.set_identity(&mut config.profile)?;
        self.set_web_socket(&mut config.profile)?;
        self.set_proxy(config)?;
        if let Some(passphrase) = self.key_passphrase()? {
            config.key_passphrase = Some(passphrase);
        }
        Ok(self.without_effect(config.profile.transport))
    }

    /// Options of mosquitto's clients that have no counterpart here.
    fn refuse_foreign(&self) -> Result<(), TransportError> {
        if self.psk.is_some() || self.psk_identity.is_some() {
            return Err(TransportError::SharedKey);
        }
        if self.capath.is_some() {
            return Err(TransportError::CaDirectory);
        }
        if self.ciphers.is_some() {
            return Err(TransportError::Ciphers);
        }
        if self.bind_address.is_some() {
            return Err(TransportError::BindAddress);
        }
        if self.tls_engine.is_some() || self.tls_engine_kpass_sha1.is_some() {
            return Err(TransportError::Engine);
        }
        match &self.keyform {
            Some(form) if form != "pem" => Err(TransportError::KeyForm(form.clone())),
            _ => Ok(()),
        }
    }

    /// Options that choose TLS by themselves.
    fn asks_for_tls(&self) -> bool {
        self.cafile.is_some()
            || self.tls_use_os_certs
            || self.p12.is_some()
            || self.server_name.is_some()
            || !self.verify.fingerprint.is_empty()
    }

    fn asks_for_web_socket(&self) -> bool {
        self.ws || self.ws_path.is_some() || !self.ws_header.is_empty()
    }

    fn set_transport(
        &self,
        profile: &mut Profile,
        place: &Place<'_>,
    ) -> Result<(), TransportError> {
        if let Some(path) = &self.unix {
            return self.set_unix(profile, place, path);
        }
        if let Some(url) = place.url {
            set_url(profile, url);
            if url.transport == Transport::Unix {
                return if self.asks_for_tls() {
                    Err(TransportError::Unix("TLS (--cafile and the like)"))
                } else {
                    Ok(())
                };
            }
        } else if let Some(host) = place.host {
            host.clone_into(&mut profile.host);
            if profile.transport == Transport::Unix {
                profile.transport = Transport::Tcp;
            }
        }
        let was = profile.transport;
        let port = place
            .port
            .filter(|_| place.url.is_none_or(|it| it.port.is_none()));
        if let Some(port) = port {
            profile.port = port;
        }
        // A profile says itself whether its port speaks TLS.
        let is_usual = profile.port == TLS_PORT && (port.is_some() || place.url.is_some());
        let is_tls = was.uses_tls() || self.asks_for_tls() || is_usual;
        let is_web_socket = was.uses_websocket() || self.asks_for_web_socket();
        profile.transport = match (is_tls, is_web_socket) {
            (false, false) => Transport::Tcp,
            (true, false) => Transport::Tls,
            (false, true) => Transport::WebSocket,
            (true, true) => Transport::SecureWebSocket,
        };
        // mosquitto's clients take the port of TLS with --cafile, and stay at 1883 with --tls-use-os-certs.
        let moves = self.asks_for_tls() && !self.tls_use_os_certs && place.url.is_none();
        if port.is_none() && moves && was == Transport::Tcp && profile.port == was.default_port() {
            profile.port = TLS_PORT;
        }
        Ok(())
    }

    fn set_unix(
        &self,
        profile: &mut Profile,
        place: &Place<'_>,
        path: &std::path::Path,
    ) -> Result<(), TransportError> {
        let refused = [
            (place.url.is_some(), "URL (-L)"),
            (place.host.is_some(), "host (-h)"),
            (self.proxy.is_some(), "proxy (--proxy)"),
            (self.asks_for_web_socket(), "WebSocket (--ws)"),
            (self.asks_for_tls(), "TLS (--cafile and the like)"),
        ];
        if let Some((_, what)) = refused.into_iter().find(|(is_given, _)| *is_given) {
            return Err(TransportError::Unix(what));
        }
        profile.transport = Transport::Unix;
        profile.unix_path = path.to_string_lossy().into_owned();
        Ok(())
    }

    fn set_trust(&self, profile: &mut Profile) -> Result<(), TransportError> {
        let tls = &mut profile.tls;
        match (&self.cafile, self.tls_use_os_certs) {
            (Some(_), true) => return Err(TransportError::TwoTrusts),
            (Some(file), false) => tls.ca_file = Some(file.clone()),
            (None, true) => tls.ca_file = None,
            (None, false) => {}
        }
        if self.cafile.is_some() || self.tls_use_os_certs {
            tls.verify = Verify::Full;
        }
        if let Some(verify) = self.verify.verify()? {
            tls.verify = verify;
        }
        if let Some(name) = &self.server_name {
            tls.server_name.clone_from(name);
        }
        if let Some(protocol) = &self.tls_alpn {
            tls.alpn = vec![protocol.clone()];
        }
        match self.tls_version.as_deref() {
            Some("tlsv1.2") => tls.minimum = TlsVersion::V1_2,
            Some("tlsv1.3") => tls.minimum = TlsVersion::V1_3,
            Some(other) => return Err(TransportError::Version(other.to_owned())),
            None => {}
        }
        Ok(())
    }

    fn set_identity(&self, profile: &mut Profile) -> Result<(), TransportError> {
        profile.tls.identity = match (&self.cert, &self.key, &self.p12) {
            (None, None, None) => return Ok(()),
            (Some(certificate), Some(key), None) => Identity::Pem {
                certificate: certificate.clone(),
                key: key.clone(),
            },
            (None, None, Some(file)) => Identity::Pkcs12 { file: file.clone() },
            (_, _, Some(_)) => return Err(TransportError::TwoIdentities),
            _ => return Err(TransportError::HalfIdentity),
        };
        Ok(())
    }

    fn set_web_socket(&self, profile: &mut Profile) -> Result<(), TransportError> {
        if let Some(path) = &self.ws_path {
            profile.web_socket.path = if path.starts_with('/') {
                path.clone()
            } else {
                format!("/{path}")
            };
        }
        for header in &self.ws_header {
            let (name, value) = header.split_once(':').ok_or(TransportError::Header)?;
            let header = (name.trim().to_owned(), value.trim().to_owned());
            if header.0.is_empty() {
                return Err(TransportError::Header);
            }
            let headers = &mut profile.web_socket.headers;
            // in the place of one that a saved profile has, whose value is a secret
            let is_it = |it: &&mut (String, String)| {
                it.1.is_empty() && it.0.trim().eq_ignore_ascii_case(&header.0)
            };
            match headers.iter_mut().find(is_it) {
                Some(place) => *place = header,
                None => headers.push(header),
            }
        }
        Ok(())
    }

    fn set_proxy(&self, config: &mut Config) -> Result<(), TransportError> {
        let Some(text) = &self.proxy else {
            return Ok(());
        };
        let (scheme, rest) = text
            .reveal()
            .split_once("://")
            .ok_or(TransportError::Proxy)?;
        let kind = match scheme {
            "socks5h" | "socks5" => ProxyKind::Socks5,
            "http" => ProxyKind::HttpConnect,
            _ => return Err(TransportError::Proxy),
        };
        // Account, host and port are written as in the address of a broker.
        let address = format!("mqtt://{}", rest.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(TransportError::ProxyUrl)?;
        let mut parts = Profile {
            user_name: String::new(),
            ..Profile::default()
        };
        let password = apply_url(&mut parts, &address).map_err(TransportError::ProxyUrl)?;
        config.profile.proxy = ProxySettings {
            kind,
            host: parts.host,
            port: url.port.unwrap_or(kind.default_port()),
            user_name: parts.user_name,
            use_password: password.is_some(),
        };
        config.proxy_password = password;
        Ok(())
    }

    /// The passphrase from the file or, where nobody else sees it either, the environment.
    fn key_passphrase(&self) -> Result<Option<Secret>, TransportError> {
        let Some(path) = &self.key_passphrase_file else {
            return Ok(std::env::var("CANOPY_KEY_PASSPHRASE").ok().map(Secret::new));
        };
        let text = std::fs::read_to_string(path).map_err(|reason| {
            let path = path.clone();
            TransportError::PassphraseFile { path, reason }
        })?;
        Ok(Some(Secret::new(text.lines().next().unwrap_or_default())))
    }

    /// mosquitto's clients ignore these without TLS and say nothing; whoever gives them may think it is encrypted.
    fn without_effect(&self, transport: Transport) -> Vec<String> {
        let given = [
            (self.cert.is_some(), "--cert and --key"),
            (self.verify.insecure, "--insecure"),
            (self.verify.no_verify, "--no-verify"),
            (self.tls_alpn.is_some(), "--tls-alpn"),
            (self.tls_version.is_some(), "--tls-version"),
        ];
        let given = given
            .into_iter()
            .filter(|(is_given, _)| *is_given && !transport.uses_tls());
        let tell = |(_, what)| {
            format!(
                "{what}: without effect, as this connection is not encrypted. Choose TLS with --cafile or --tls-use-os-certs."
            )
        };
        given.map(tell).collect()
    }
}

/// Transport, host and port of a URL. A WebSocket's path and a socket's are in it; with the others the topic is.
fn set_url(profile: &mut Profile, url: &Url) {
    profile.transport = url.transport;
    match url.transport {
        Transport::Unix => profile.unix_path.clone_from(&url.path),
        transport => {
            profile.host.clone_from(&url.host);
            profile.port = url.port.unwrap_or(transport.default_port());
            if transport.uses_websocket() && !url.path.is_empty() {
                profile.web_socket.path.clone_from(&url.path);
            }
        }
    }
}

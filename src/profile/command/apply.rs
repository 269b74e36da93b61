//! Options of mosquitto's programs that take more than a word to understand: URLs, proxies, TLS, messages, and what
//! all of them amount to in the end.

use serde::de::IgnoredAny;

use crate::mqtt::Version;

use super::super::url::{decoded, split_port};
use super::super::{
    Identity, PayloadKind, Profile, ProxyKind, ProxySettings, SavedPublish, Secret, SecretKind,
    Session, Subscription, TlsVersion, Transport, Url, Verify,
};
use super::read::{FromCommand, Program, Reader, not_taken};

/// A session that never ends (MQTT 5, 3.1.2.11.2).
const FOR_EVER: u32 = u32::MAX;

impl Reader {
    /// `-L mqtt://user:password@host:port/topic`: `%` has no special meaning in it.
    pub(super) fn url(&mut self, option: &str) {
        let Some(word) = self.word(option) else {
            return;
        };
        let url = match Url::parse(&word.text()) {
            Ok(url) => url,
            Err(err) => return self.warn(format!("{option} is left out: {err}")),
        };
        self.tls.is_on |= url.transport.uses_tls();
        self.is_web_socket |= url.transport.uses_websocket();
        // The programs' ports, also for WebSockets.
        let usual = if url.transport.uses_tls() { 8883 } else { 1883 };
        self.port = Some(url.port.unwrap_or(usual));
        if let Ok(topic) = url.topic() {
            self.topics.push(topic.to_owned());
        }
        if let Some(password) = url.password {
            self.profile.use_password = true;
            if word.variable().is_some() && password.reveal().starts_with('$') {
                self.warn(
                    "The password is in a variable of the shell. Canopy asks for it.".to_owned(),
                );
            } else {
                self.secrets.push((SecretKind::Password, password));
            }
        }
        if let Some(user_name) = url.user_name {
            self.profile.user_name = user_name;
        }
        self.profile.host = url.host;
    }

    /// `--proxy socks5h://user:password@host:port`.
    pub(super) fn proxy(&mut self, option: &str) {
        let Some(word) = self.word(option) else {
            return;
        };
        let text = word.text();
        let Some((scheme, rest)) = text.split_once("://") else {
            return self.warn(not_taken(option, "a proxy without socks5h://"));
        };
        let kind = match scheme {
            "socks5h" | "socks5" => ProxyKind::Socks5,
            "http" => ProxyKind::HttpConnect,
            other => return self.warn(not_taken(option, other)),
        };
        let (account, address) = match rest.rsplit_once('@') {
            Some((account, address)) => (account, address),
            None => ("", rest),
        };
        let (host, port) = match split_port(address.trim_end_matches('/')) {
            Ok(found) => found,
            Err(err) => return self.warn(format!("{option} is left out: {err}")),
        };
        let (user, password) = match account.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (account, None),
        };
        self.profile.proxy = ProxySettings {
            kind,
            host,
            port: port.unwrap_or(kind.default_port()),
            user_name: decoded(user),
            use_password: password.is_some(),
        };
        match password {
            Some(password) if word.variable().is_some() && password.starts_with('$') => self.warn(
                "The password for the proxy is in a variable of the shell. Canopy asks for it."
                    .to_owned(),
            ),
            Some(password) => {
                let secret = Secret::new(decoded(password));
                self.secrets.push((SecretKind::ProxyPassword, secret));
            }
            None => {}
        }
    }

    pub(super) fn tls(&mut self, option: &str) -> bool {
        match option {
            "--cafile" => {
                self.tls.is_on = true;
                self.set(option, |it, file| {
                    it.profile.tls.ca_file = Some(file.into());
                });
            }
            "--tls-use-os-certs" => self.tls.is_on = true,
            "--no-tls" => self.tls.is_off = true,
            "--cert" => self.set(option, |it, file| it.tls.certificate = Some(file)),
            "--key" => self.set(option, |it, file| it.tls.key = Some(file)),
            "--insecure" => {
                self.tls.has_settings = true;
                self.profile.tls.verify = Verify::AnyHost;
            }
            "--tls-alpn" => self.set(option, |it, protocol| {
                it.tls.has_settings = true;
                it.profile.tls.alpn = vec![protocol];
            }),
            "--tls-version" => self.tls_version(option),
            _ => return self.tls_without_counterpart(option),
        }
        true
    }

    fn tls_version(&mut self, option: &str) {
        self.tls.has_settings = true;
        match self.value(option).as_deref() {
            Some("tlsv1.3") => self.profile.tls.minimum = TlsVersion::V1_3,
            Some("tlsv1.2") | None => {}
            Some(old @ ("tlsv1.1" | "tlsv1")) => {
                let old = old.to_owned();
                self.warn(format!(
                    "{old} is too old to be safe: TLS 1.2 is the least here."
                ));
            }
            Some(other) => {
                let text = not_taken(option, other);
                self.warn(text);
            }
        }
    }

    /// Options whose values are left out. A key is not repeated in what is told.
    fn tls_without_counterpart(&mut self, option: &str) -> bool {
        let why = match option {
            "--capath" => {
                self.tls.is_on = true;
                "a directory of authorities is not read. Choose one file of them"
            }
            "--psk" => {
                self.tls.is_on = true;
                "TLS with a shared key is not spoken here. Use certificates"
            }
            "--psk-identity" => "TLS with a shared key is not spoken here. Use certificates",
            "--ciphers" => "the ciphers are those that are safe today",
            "--keyform" => {
                if self.value(option).as_deref() == Some("pem") {
                    return true;
                }
                self.warn("--keyform is left out: keys come from PEM or PKCS#12 files.".to_owned());
                return true;
            }
            "--tls-engine" | "--tls-engine-kpass-sha1" => "keys come from files, not from engines",
            _ => return false,
        };
        if self.word(option).is_some() {
            self.warn(format!("{option} is left out: {why}."));
        }
        true
    }

    pub(super) fn message(&mut self, option: &str) -> bool {
        match option {
            "-m" | "--message" => self.set(option, |it, text| {
                it.has_message = true;
                let is_json = serde_json::from_str::<IgnoredAny>(&text).is_ok();
                it.draft.kind = if is_json {
                    PayloadKind::Json
                } else {
                    PayloadKind::Text
                };
                it.draft.payload = text;
            }),
            "-f" | "--file" => self.set(option, |it, path| {
                it.has_message = true;
                if !path.starts_with('/') {
                    it.warn(format!(
                        "The file {path} depends on where the command runs. Write its whole path."
                    ));
                }
                it.draft.kind = PayloadKind::File;
                it.draft.payload = path;
            }),
            "-n" | "--null-message" => {
                self.has_message = true;
                self.draft.kind = PayloadKind::Text;
            }
            "-l" | "--stdin-line" | "-s" | "--stdin-file" => {
                self.draft.kind = PayloadKind::Text;
                self.warn(format!(
                    "{option} takes the message from another program: the saved publish is empty. Type the message."
                ));
            }
            "-r" | "--retain" => self.draft.retain = true,
            "--repeat" | "--repeat-delay" => {
                self.value(option);
                self.warn(format!(
                    "{option} is left out: a saved publish is sent once."
                ));
            }
            _ => return false,
        }
        true
    }

    pub(super) fn protocol_version(&mut self, option: &str) {
        match self.value(option).as_deref() {
            Some("5" | "mqttv5") => self.version = Version::V5,
            Some("311" | "mqttv311") => self.version = Version::V311,
            Some("31" | "mqttv31") => {
                self.version = Version::V311;
                self.warn("MQTT 3.1 is not spoken here: MQTT 3.1.1 is used.".to_owned());
            }
            Some(other) => {
                let text = not_taken(option, other);
                self.warn(text);
            }
            None => {}
        }
    }

    pub(super) fn expiry(&mut self, option: &str) {
        let Some(value) = self.value(option) else {
            return;
        };
        self.version = Version::V5;
        match value.as_str() {
            "-1" | "∞" => self.expiry = Some(FOR_EVER),
            text => match text.parse() {
                Ok(seconds) => self.expiry = Some(seconds),
                Err(_) => self.warn(not_taken(option, text)),
            },
        }
    }

    /// What all the options amount to.
    pub(super) fn finish(mut self) -> FromCommand {
        self.profile.version = self.version;
        self.finish_transport();
        self.finish_session();
        self.finish_topics();
        if !self.profile.will.enabled && !self.profile.will.message.is_empty() {
            self.warn("The last will has no topic and is left out.".to_owned());
        }
        let defaults = Profile::default();
        self.profile.name = match self.profile.transport {
            Transport::Unix => self.profile.url(),
            _ if self.profile.host.is_empty() => defaults.name,
            _ => self.profile.host.clone(),
        };
        // The last one counts, as in the programs.
        let mut secrets: Vec<(SecretKind, Secret)> = Vec::new();
        for (kind, secret) in self.secrets {
            secrets.retain(|(other, _)| *other != kind);
            secrets.push((kind, secret));
        }
        FromCommand {
            profile: self.profile,
            secrets,
            warnings: self.warnings,
        }
    }

    fn finish_transport(&mut self) {
        match (self.tls.certificate.take(), self.tls.key.take()) {
            (Some(certificate), Some(key)) => {
                self.tls.has_settings = true;
                self.profile.tls.identity = Identity::Pem {
                    certificate: certificate.into(),
                    key: key.into(),
                };
            }
            (None, None) => {}
            _ => self.warn("--cert and --key belong together: both are left out.".to_owned()),
        }
        // Port 8883 alone switches TLS on, since version 2 of the programs.
        let is_tls = !self.tls.is_off && (self.tls.is_on || self.port == Some(8883));
        if self.tls.has_settings && !is_tls {
            self.warn("mosquitto's programs use TLS only with --cafile, --tls-use-os-certs or port 8883: without it this connection is not encrypted. Choose TLS if it should be.".to_owned());
        }
        let is_unix = !self.profile.unix_path.is_empty();
        self.profile.transport = match (is_unix, is_tls, self.is_web_socket) {
            (true, ..) => Transport::Unix,
            (_, false, false) => Transport::Tcp,
            (_, true, false) => Transport::Tls,
            (_, false, true) => Transport::WebSocket,
            (_, true, true) => Transport::SecureWebSocket,
        };
        let usual = if is_tls { 8883 } else { 1883 };
        self.profile.port = self.port.unwrap_or(usual);
    }

    fn finish_session(&mut self) {
        if self.resumes {
            self.profile.session = Session::Resume;
            if self.version == Version::V5 {
                self.profile.session_expiry = self.expiry.unwrap_or(FOR_EVER);
            }
        } else if self.expiry.is_some_and(|seconds| seconds > 0) {
            self.warn("A session that begins anew and is kept afterwards becomes a clean start. Choose to resume it if that is wanted.".to_owned());
        }
    }

    fn finish_topics(&mut self) {
        if self.program == Program::Publish {
            return self.finish_publish();
        }
        if self.topics.is_empty() {
            return self
                .warn("The command names no topic: everything is subscribed to.".to_owned());
        }
        let template = self.subscription.clone();
        if self.version == Version::V311 && template != Subscription::new("", template.qos) {
            self.warn(
                "Options of subscriptions belong to MQTT 5: they have no effect with MQTT 3.1.1."
                    .to_owned(),
            );
        }
        let topics = std::mem::take(&mut self.topics);
        let with_filter = |filter| Subscription {
            filter,
            ..template.clone()
        };
        self.profile.subscriptions = topics.into_iter().map(with_filter).collect();
    }

    fn finish_publish(&mut self) {
        let Some(topic) = self.topics.pop() else {
            return self.warn("The command names no topic: no publish is saved.".to_owned());
        };
        if !self.has_message && self.draft.payload.is_empty() {
            self.draft.kind = PayloadKind::Text;
        }
        self.draft.topic.clone_from(&topic);
        self.draft.qos = self.subscription.qos;
        self.profile.saved_publishes = vec![SavedPublish {
            name: topic,
            draft: std::mem::take(&mut self.draft),
        }];
    }
}

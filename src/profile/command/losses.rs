//! What a profile asks for and mosquitto's programs cannot do, so that a copied command does not silently mean
//! something else.

use crate::mqtt::Version;

use super::super::{
    Authentication, Identity, Profile, ProxyKind, RetainHandling, Session, Transport, Verify,
};
use super::write::{argument, in_common};

impl Profile {
    /// What [`Profile::mosquitto_sub_command`] leaves out or changes, as sentences; empty when it says everything.
    pub fn sub_command_losses(&self) -> Vec<String> {
        let mut losses = self.pub_command_losses();
        if self.keep_alive == 0 {
            losses.push(
                "mosquitto_sub cannot turn the keep alive off: it is 65,535 seconds.".to_owned(),
            );
        }
        if self.session == Session::Resume && self.client_id.is_empty() {
            losses.push("Without a client id the command begins a new session.".to_owned());
        }
        if argument(&self.will.correlation_data).is_none() && self.will.enabled {
            losses.push("The will's correlation data is no text and is left out.".to_owned());
        }
        self.add_subscription_losses(&mut losses);
        losses
    }

    /// What [`Profile::publish_command`] leaves out of the connection, as sentences.
    pub fn pub_command_losses(&self) -> Vec<String> {
        let mut losses = Vec::new();
        self.add_transport_losses(&mut losses);
        if self.transport.uses_tls() {
            self.add_tls_losses(&mut losses);
        }
        let mut lose = |text: &str| losses.push(text.to_owned());
        match &self.mqtt5.authentication {
            _ if self.version == Version::V311 => {}
            Authentication::ScramSha256 => {
                lose("mosquitto's programs do not know SCRAM: the password is sent as it is.");
            }
            Authentication::Other { data, .. } if argument(data).is_none() => {
                lose("The authentication data is no text and is left out.");
            }
            Authentication::None | Authentication::Other { .. } => {}
        }
        losses
    }

    fn add_transport_losses(&self, losses: &mut Vec<String>) {
        let mut lose = |text: &str| losses.push(text.to_owned());
        if self.transport.uses_websocket() {
            lose("WebSockets (--ws) need mosquitto's programs of version 2.1 or newer.");
            if !matches!(self.web_socket.path.as_str(), "/mqtt" | "mqtt") {
                lose(
                    "mosquitto's programs always ask a WebSocket for /mqtt: the path is left out.",
                );
            }
            if !self.web_socket.headers.is_empty() {
                lose("mosquitto's programs send no other headers: they are left out.");
            }
        }
        if self.transport.uses_network() && self.proxy.kind == ProxyKind::HttpConnect {
            lose("mosquitto's programs know no HTTP proxy: the command connects directly.");
        }
        if self.transport == Transport::Tcp && self.port == 8883 {
            lose("mosquitto's programs use TLS on port 8883, this connection does not.");
        }
    }

    fn add_tls_losses(&self, losses: &mut Vec<String>) {
        let mut lose = |text: &str| losses.push(text.to_owned());
        let tls = &self.tls;
        if matches!(tls.verify, Verify::Pinned(_)) {
            lose(
                "mosquitto's programs cannot trust one certificate by its fingerprint: the command verifies as usual.",
            );
        }
        if tls.verify == Verify::Nothing {
            lose(
                "mosquitto's programs always check who issued the certificate: --insecure leaves out the host name only.",
            );
        }
        if matches!(tls.identity, Identity::Pkcs12 { .. }) {
            lose(
                "mosquitto's programs take no PKCS#12 file: the command shows no certificate. Convert it to PEM files.",
            );
        }
        if tls.alpn.len() > 1 {
            lose(
                "mosquitto's programs offer one protocol by ALPN: only the first is in the command.",
            );
        }
        if !tls.server_name.is_empty() {
            lose("mosquitto's programs send the host as server name: the other name is left out.");
        }
    }

    fn add_subscription_losses(&self, losses: &mut Vec<String>) {
        let subscriptions = &self.subscriptions;
        let mut lose = |text: &str| losses.push(text.to_owned());
        let differs = |same: bool| !same && !subscriptions.is_empty();
        if differs(in_common(subscriptions, |it| it.qos).is_some()) {
            lose("mosquitto_sub has one QoS for all filters: the highest.");
        }
        if self.version == Version::V311 {
            return;
        }
        if subscriptions.iter().any(|it| it.no_local) {
            lose("mosquitto_sub has no No Local: it is left out.");
        }
        let same = in_common(subscriptions, |it| {
            (it.id, it.retain_as_published, it.retain_handling)
        });
        if differs(same.is_some()) {
            lose(
                "mosquitto_sub has one set of options for all filters: those that differ are left out.",
            );
        }
        if in_common(subscriptions, |it| it.retain_handling) == Some(RetainHandling::SendIfNew) {
            lose("--retain-handling needs mosquitto_sub of version 2.1 or newer.");
        }
    }
}

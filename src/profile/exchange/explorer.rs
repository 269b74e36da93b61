//! Connections of MQTT Explorer: `settings.json` keeps them in an object by their identifiers, certificates inside as
//! Base64. It speaks MQTT 3.1.1 and calls an authority's certificate `selfSignedCertificate`.

use serde_json::Value;

use crate::mqtt::{Qos, Version};

use super::super::{
    Profile, Secret, SecretKind, Subscription, Transport, Verify, WebSocketSettings,
};
use super::json::{Fields, is_made_up};
use super::{CertificateFile, CertificatePart, ImportError, Imported, base64};

/// All that a connection may have.
const KNOWN: [&str; 20] = [
    "configVersion",
    "type",
    "id",
    "host",
    "protocol",
    "basePath",
    "port",
    "name",
    "username",
    "password",
    "encryption",
    "certValidation",
    "selfSignedCertificate",
    "clientCertificate",
    "clientKey",
    "clientId",
    "subscriptions",
    "order",
    "zlibCompression",
    "changeSet",
];
const PARTS: [(&str, CertificatePart); 3] = [
    ("selfSignedCertificate", CertificatePart::Authority),
    ("clientCertificate", CertificatePart::Certificate),
    ("clientKey", CertificatePart::Key),
];

pub(super) fn import(connections: &Value) -> Result<Imported, ImportError> {
    let all = connections.as_object().ok_or(ImportError::Empty)?;
    let mut sorted: Vec<(&String, &Value)> = all.iter().collect();
    // Newer versions keep an order; a time in milliseconds for those that were added.
    sorted.sort_by_key(|(_id, it)| it.get("order").and_then(Value::as_u64).unwrap_or(0));
    let mut imported = Imported::default();
    for (id, connection) in sorted {
        match Fields::new(connection) {
            Some(fields) if fields.text("type").unwrap_or("mqtt") == "mqtt" => {
                imported.add_explorer(fields);
            }
            _ => imported.warnings.push(format!(
                "“{id}” is no connection with MQTT and is left out."
            )),
        }
    }
    Ok(imported)
}

impl Imported {
    fn add_explorer(&mut self, fields: Fields) {
        let host = fields.text("host").unwrap_or_default();
        let mut profile = Profile {
            name: fields.text("name").unwrap_or(host).to_owned(),
            host: host.to_owned(),
            version: Version::V311,
            user_name: fields.text("username").unwrap_or_default().to_owned(),
            client_id: client_id(fields),
            ..Profile::default()
        };
        set_transport(&mut profile, fields);
        if fields.has("subscriptions") {
            profile.subscriptions = fields
                .list("subscriptions")
                .iter()
                .filter_map(subscription)
                .collect();
        }
        if let Some(password) = fields.text("password") {
            profile.use_password = true;
            let secret = Secret::new(password);
            self.passwords
                .push((profile.id.clone(), SecretKind::Password, secret));
        }
        self.add_certificates(&profile, fields);
        self.tell_explorer_losses(&profile, fields);
        self.profiles.push(profile);
    }

    fn add_certificates(&mut self, profile: &Profile, fields: Fields) {
        for (field, part) in PARTS {
            let Some(file) = fields.object(field) else {
                continue;
            };
            let name = file.text("name").unwrap_or(field).to_owned();
            match file.text("data").and_then(base64::decode) {
                Some(contents) if !contents.is_empty() => self.certificates.push(CertificateFile {
                    profile: profile.id.clone(),
                    part,
                    name,
                    contents,
                }),
                _ => self.warnings.push(format!(
                    "The file {name} of “{}” is damaged and left out. Choose it again.",
                    profile.name
                )),
            }
        }
        if fields.object("clientCertificate").is_some() != fields.object("clientKey").is_some() {
            self.warnings.push(format!(
                "“{}” has a certificate without its key, or the other way round. Choose both.",
                profile.name
            ));
        }
    }

    fn tell_explorer_losses(&mut self, profile: &Profile, fields: Fields) {
        let name = &profile.name;
        if fields.flag("zlibCompression") == Some(true) {
            self.warnings.push(format!(
                "“{name}” unpacks its payloads; here each payload shows what it is packed with."
            ));
        }
        for field in fields.names().filter(|name| !KNOWN.contains(name)) {
            self.warnings
                .push(format!("“{field}” of “{name}” is not known and left out."));
        }
    }
}

/// The client id, unless it is one that MQTT Explorer made up: such a one would throw out the other program.
fn client_id(fields: Fields) -> String {
    let id = fields.text("clientId").unwrap_or_default();
    if is_made_up(id, "mqtt-explorer-") {
        String::new()
    } else {
        id.to_owned()
    }
}

fn set_transport(profile: &mut Profile, fields: Fields) {
    let is_encrypted = fields.flag("encryption").unwrap_or(false);
    profile.transport = match (fields.text("protocol"), is_encrypted) {
        (Some("ws"), false) => Transport::WebSocket,
        (Some("ws"), true) | (Some("wss"), _) => Transport::SecureWebSocket,
        (Some("mqtts"), _) | (_, true) => Transport::Tls,
        _ => Transport::Tcp,
    };
    profile.port = fields
        .number("port")
        .unwrap_or(profile.transport.default_port());
    if profile.transport.uses_websocket() {
        let path = fields.text("basePath").unwrap_or_default();
        profile.web_socket = WebSocketSettings {
            path: format!("/{}", path.trim_start_matches('/')),
            ..WebSocketSettings::default()
        };
    }
    if is_encrypted && fields.flag("certValidation") == Some(false) {
        profile.tls.verify = Verify::Nothing;
    }
}

/// A filter with its QoS, or a filter alone as in old versions.
fn subscription(value: &Value) -> Option<Subscription> {
    if let Some(filter) = value.as_str() {
        return Some(Subscription::for_window(filter, Qos::AtMostOnce));
    }
    let fields = Fields::new(value)?;
    let qos = fields.number("qos").and_then(Qos::from_u8);
    Some(Subscription::for_window(
        fields.text("topic")?,
        qos.unwrap_or_default(),
    ))
}

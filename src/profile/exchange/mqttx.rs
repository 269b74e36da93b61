//! Connections of MQTTX: its JSON export is one connection, or a list of connections and of the collections (folders)
//! that hold them. Certificates are paths. Versions before 1.8 keep MQTT 5 properties beside the others.

use serde_json::Value;

use crate::mqtt::{Qos, Version};

use super::super::{
    Authentication, Identity, Mqtt5Settings, Profile, RetainHandling, Secret, SecretKind, Session,
    Subscription, Transport, Verify, WillSettings,
};
use super::json::{Fields, is_made_up};
use super::{ImportError, Imported, color};

/// How deep collections may lie in each other.
const DEEPEST: usize = 32;

pub(super) fn import(value: &Value) -> Result<Imported, ImportError> {
    let single = std::slice::from_ref(value);
    let records = match value {
        Value::Array(records) => records.as_slice(),
        _ => match value.get("connections").and_then(Value::as_array) {
            Some(records) => records,
            None => single,
        },
    };
    let records: Vec<Fields> = records.iter().filter_map(Fields::new).collect();
    let collections = value.get("collections").and_then(Value::as_array);
    let collections = collections.into_iter().flatten().filter_map(Fields::new);
    let (mut folders, connections): (Vec<Fields>, Vec<Fields>) =
        records.into_iter().partition(|it| is_collection(*it));
    folders.extend(collections);
    if connections.is_empty() && folders.is_empty() {
        return Err(match value {
            Value::Array(records) if records.is_empty() => ImportError::Empty,
            _ => ImportError::Unknown,
        });
    }
    if !connections.iter().any(|it| is_connection(*it)) {
        return Err(ImportError::Unknown);
    }
    let mut imported = Imported::default();
    for fields in connections {
        if is_connection(fields) {
            imported.add_mqttx(fields, &folders);
        } else {
            imported
                .warnings
                .push("A part of the file is no connection and is left out.".to_owned());
        }
    }
    Ok(imported)
}

fn is_collection(fields: Fields) -> bool {
    fields.flag("isCollection") == Some(true)
}

fn is_connection(fields: Fields) -> bool {
    fields.has("clientId")
        && fields.has("host")
        && ["mqttVersion", "keepalive", "connectTimeout", "clean"]
            .iter()
            .any(|name| fields.has(name))
}

impl Imported {
    fn add_mqttx(&mut self, fields: Fields, folders: &[Fields]) {
        let host = fields.text("host").unwrap_or_default();
        let defaults = Profile::default();
        let mut profile = Profile {
            name: fields.text("name").unwrap_or(host).to_owned(),
            folder: folder(fields, folders),
            host: host.to_owned(),
            version: match fields.text("mqttVersion") {
                Some("5.0" | "5") => Version::V5,
                _ => Version::V311,
            },
            client_id: fields.text("clientId").unwrap_or_default().to_owned(),
            user_name: fields.text("username").unwrap_or_default().to_owned(),
            keep_alive: fields.number("keepalive").unwrap_or(defaults.keep_alive),
            connect_timeout: fields
                .number("connectTimeout")
                .filter(|&seconds| seconds > 0)
                .unwrap_or(defaults.connect_timeout),
            reconnect: fields.flag("reconnect").unwrap_or(defaults.reconnect),
            session: match fields.flag("clean") {
                Some(false) => Session::Resume,
                _ => Session::CleanStart,
            },
            ..defaults
        };
        // a session that is kept belongs to its client id
        if profile.session == Session::CleanStart && is_made_up(&profile.client_id, "mqttx_") {
            profile.client_id.clear();
        }
        self.set_transport(&mut profile, fields);
        set_properties(&mut profile, fields);
        if let Some(will) = fields.object("will") {
            profile.will = will_settings(will);
        }
        self.set_subscriptions(&mut profile, fields);
        if let Some(password) = fields.text("password") {
            profile.use_password = true;
            let secret = Secret::new(password);
            self.passwords
                .push((profile.id.clone(), SecretKind::Password, secret));
        }
        self.tell_mqttx_losses(&profile, fields);
        self.profiles.push(profile);
    }

    fn set_transport(&mut self, profile: &mut Profile, fields: Fields) {
        let is_encrypted = fields.flag("ssl").unwrap_or(false);
        profile.transport = match (fields.text("protocol"), is_encrypted) {
            (Some("wss"), _) | (Some("ws"), true) => Transport::SecureWebSocket,
            (Some("ws"), false) => Transport::WebSocket,
            (Some("mqtts"), _) | (_, true) => Transport::Tls,
            _ => Transport::Tcp,
        };
        profile.port = fields
            .number("port")
            .unwrap_or(profile.transport.default_port());
        if let Some(path) = fields.text("path") {
            profile.web_socket.path = format!("/{}", path.trim_start_matches('/'));
        }
        if profile.transport.uses_tls() {
            self.set_tls(profile, fields);
        }
    }

    fn set_tls(&mut self, profile: &mut Profile, fields: Fields) {
        let tls = &mut profile.tls;
        let protocols = fields.text("ALPNProtocols").unwrap_or_default();
        tls.alpn = protocols
            .split(',')
            .map(|protocol| protocol.trim().to_owned())
            .filter(|protocol| !protocol.is_empty())
            .collect();
        if fields.flag("rejectUnauthorized") == Some(false) {
            tls.verify = Verify::Nothing;
        }
        if fields.text("certType") != Some("self") {
            return;
        }
        tls.ca_file = fields.text("ca").map(Into::into);
        match (fields.text("cert"), fields.text("key")) {
            (Some(certificate), Some(key)) => {
                tls.identity = Identity::Pem {
                    certificate: certificate.into(),
                    key: key.into(),
                };
            }
            (None, None) => {}
            _ => self.warnings.push(format!(
                "“{}” has a certificate without its key, or the other way round. Choose both.",
                profile.name
            )),
        }
    }

    fn set_subscriptions(&mut self, profile: &mut Profile, fields: Fields) {
        profile.subscriptions.clear();
        for entry in fields.list("subscriptions") {
            let Some((topic, entry)) =
                Fields::new(entry).and_then(|entry| Some((entry.text("topic")?, entry)))
            else {
                continue;
            };
            if entry.flag("disabled") == Some(true) {
                self.warnings.push(format!(
                    "{topic} of “{}” is switched off there and left out.",
                    profile.name
                ));
                continue;
            }
            profile.subscriptions.push(subscription(topic, entry));
        }
    }

    fn tell_mqttx_losses(&mut self, profile: &Profile, fields: Fields) {
        let name = &profile.name;
        if fields.flag("clientIdWithTime") == Some(true) {
            self.warnings.push(format!(
                "“{name}” adds the time to its client id. Leave the client id empty for a random one."
            ));
        }
        let messages = fields.list("messages").len();
        if messages > 0 {
            let noun = if messages == 1 { "message" } else { "messages" };
            self.warnings.push(format!(
                "The history of “{name}” is not taken over ({messages} {noun})."
            ));
        }
        if profile.subscriptions.is_empty() {
            self.warnings.push(format!(
                "“{name}” subscribes to nothing. Add “#” to see every message."
            ));
        }
    }
}

/// The names of the collections that hold a connection, the outermost first.
fn folder(fields: Fields, folders: &[Fields]) -> String {
    let mut names = Vec::new();
    let mut parent = fields.text("parentId");
    while let (Some(id), true) = (parent, names.len() < DEEPEST) {
        let Some(folder) = folders.iter().find(|it| it.text("id") == Some(id)) else {
            break;
        };
        // A slash divides folders here.
        names.push(folder.text("name").unwrap_or(id).replace('/', "∕"));
        parent = folder.text("parentId");
    }
    names.reverse();
    names.join("/")
}

fn set_properties(profile: &mut Profile, fields: Fields) {
    // Old versions keep them beside the other fields.
    let properties = fields.object("properties").unwrap_or(fields);
    if let Some(seconds) = properties.number("sessionExpiryInterval") {
        profile.session_expiry = seconds;
    }
    if let Some(bytes) = properties.number("maximumPacketSize") {
        profile.max_packet_size = bytes;
    }
    let method = properties.text("authenticationMethod");
    profile.mqtt5 = Mqtt5Settings {
        receive_maximum: properties.number("receiveMaximum"),
        topic_alias_maximum: properties.number("topicAliasMaximum").unwrap_or(0),
        request_problem_information: properties.flag("requestProblemInformation").unwrap_or(true),
        request_response_information: properties
            .flag("requestResponseInformation")
            .unwrap_or(false),
        user_properties: user_properties(properties),
        authentication: match method {
            None => Authentication::None,
            Some(name) if name.eq_ignore_ascii_case("SCRAM-SHA-256") => Authentication::ScramSha256,
            Some(name) => Authentication::Other {
                method: name.to_owned(),
                data: bytes(properties.get("authenticationData")),
            },
        },
        keeps_authentication_data: false,
    };
}

fn will_settings(will: Fields) -> WillSettings {
    let properties = will.object("properties").unwrap_or(will);
    let topic = will.text("lastWillTopic").unwrap_or_default();
    let text = |name: &str| properties.text(name).unwrap_or_default().to_owned();
    let qos = will.number("lastWillQos").and_then(Qos::from_u8);
    WillSettings {
        enabled: !topic.is_empty(),
        topic: topic.to_owned(),
        message: will.text("lastWillPayload").unwrap_or_default().to_owned(),
        qos: qos.unwrap_or_default(),
        retain: will.flag("lastWillRetain").unwrap_or(false),
        delay: properties.number("willDelayInterval").unwrap_or(0),
        expiry: properties.number("messageExpiryInterval"),
        content_type: text("contentType"),
        response_topic: text("responseTopic"),
        correlation_data: bytes(properties.get("correlationData")),
        user_properties: user_properties(properties),
        payload_format_text: properties.flag("payloadFormatIndicator").unwrap_or(false),
    }
}

fn subscription(topic: &str, entry: Fields) -> Subscription {
    let qos = entry.number("qos").and_then(Qos::from_u8);
    let handling = entry.number("rh").and_then(RetainHandling::from_u8);
    Subscription {
        filter: topic.to_owned(),
        qos: qos.unwrap_or_default(),
        no_local: entry.flag("nl").unwrap_or(false),
        retain_as_published: entry.flag("rap").unwrap_or(false),
        retain_handling: handling.unwrap_or_default(),
        id: entry
            .number("subscriptionIdentifier")
            .filter(|&id: &u32| id > 0),
        color: entry.text("color").and_then(color::nearest),
    }
}

/// An object of names and values, where a name with several values has a list; also as JSON in a text.
fn user_properties(properties: Fields) -> Vec<(String, String)> {
    let parsed: Value;
    let pairs = match properties.get("userProperties") {
        Some(Value::String(text)) => {
            parsed = serde_json::from_str(text).unwrap_or_default();
            &parsed
        }
        Some(value) => value,
        None => return Vec::new(),
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut all = Vec::new();
    for (name, value) in pairs.as_object().into_iter().flatten() {
        match value {
            Value::Array(values) => all.extend(values.iter().map(|it| (name.clone(), text(it)))),
            value => all.push((name.clone(), text(value))),
        }
    }
    all
}

/// A text, or bytes as Node.js writes them: `{"type": "Buffer", "data": [1, 2]}`.
fn bytes(value: Option<&Value>) -> Vec<u8> {
    let list = match value {
        Some(Value::String(text)) => return text.clone().into_bytes(),
        Some(Value::Object(object)) => object.get("data").and_then(Value::as_array),
        Some(Value::Array(list)) => Some(list),
        _ => None,
    };
    let numbers = list.into_iter().flatten().filter_map(Value::as_u64);
    numbers
        .filter_map(|number| u8::try_from(number).ok())
        .collect()
}

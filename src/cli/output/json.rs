//! `%j` and `%J`: a message as one JSON document, numbers in a JSON payload exactly as they were sent.

use crate::mqtt::{Properties, Publish};

use super::format::json_time;

/// How the payload stands in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonPayload {
    /// `%j`: as a string, or as an array of byte values where it is not UTF-8.
    Escaped,
    /// `%J`: as it is; it must be JSON itself.
    Raw,
}

/// The document on one line; `None` when a raw payload is not JSON.
pub fn document(message: &Publish, time: &jiff::Zoned, payload: JsonPayload) -> Option<String> {
    let payload = payload_text(&message.payload, payload)?;
    let mut members = vec![
        member("tst", &text(&json_time(time))),
        member("topic", &text(message.topic.as_str())),
        member("qos", &message.qos.to_string()),
        member("retain", &u8::from(message.retain).to_string()),
        member("payloadlen", &message.payload.len().to_string()),
    ];
    if let Some(mid) = message.packet_id {
        members.push(member("mid", &mid.get().to_string()));
    }
    if let Some(properties) = &message.properties {
        members.push(member("properties", &properties_object(properties)));
    }
    members.push(member("payload", &payload));
    Some(object(&members))
}

fn payload_text(payload: &[u8], form: JsonPayload) -> Option<String> {
    if payload.is_empty() {
        return Some("null".to_owned());
    }
    match (form, std::str::from_utf8(payload)) {
        (JsonPayload::Escaped, Ok(payload)) => Some(text(payload)),
        (JsonPayload::Escaped, Err(_)) => {
            let bytes: Vec<String> = payload.iter().map(u8::to_string).collect();
            Some(format!("[{}]", bytes.join(",")))
        }
        (JsonPayload::Raw, Ok(payload)) if is_json(payload) => Some(compact(payload)),
        (JsonPayload::Raw, _) => None,
    }
}

fn properties_object(properties: &Properties) -> String {
    let mut members = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        members.extend(value.map(|value| member(name, &value)));
    };
    let string = |value: &Option<String>| value.as_deref().map(text);
    add("content-type", string(&properties.content_type));
    let correlation = properties.correlation_data.as_deref();
    add(
        "correlation-data",
        correlation.map(|data| text(&String::from_utf8_lossy(data))),
    );
    add(
        "payload-format-indicator",
        properties.payload_format.map(|it| it.to_string()),
    );
    add("response-topic", string(&properties.response_topic));
    add(
        "topic-alias",
        properties.topic_alias.map(|it| it.to_string()),
    );
    add(
        "subscription-identifier",
        properties.subscription_ids.first().map(u32::to_string),
    );
    let user: Vec<String> = properties
        .user
        .iter()
        .map(|(name, value)| format!("{}:{}", text(name), text(value)))
        .collect();
    add("user-properties", (!user.is_empty()).then(|| object(&user)));
    add(
        "message-expiry-interval",
        properties.message_expiry.map(|it| it.to_string()),
    );
    object(&members)
}

fn member(name: &str, value: &str) -> String {
    format!("\"{name}\":{value}")
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}

/// A JSON string with quotes and escapes.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Valid JSON without the white space between its tokens; nothing passes through a float.
fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for character in json.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            in_string = character == '"';
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_keeps_numbers_and_strings() {
        let json = "{ \"a b\" : [ 1.50 , 12345678901234567890123 ],\n \"c\\\" d\": \"x  y\" }";
        assert_eq!(
            compact(json),
            "{\"a b\":[1.50,12345678901234567890123],\"c\\\" d\":\"x  y\"}"
        );
    }

    #[test]
    fn payloads_are_escaped_listed_or_refused() {
        assert_eq!(
            payload_text(b"a\"b", JsonPayload::Escaped).as_deref(),
            Some("\"a\\\"b\"")
        );
        assert_eq!(
            payload_text(&[1, 255], JsonPayload::Escaped).as_deref(),
            Some("[1,255]")
        );
        assert_eq!(
            payload_text(b"", JsonPayload::Escaped).as_deref(),
            Some("null")
        );
        assert_eq!(
            payload_text(b"{\"a\": 1.0}", JsonPayload::Raw).as_deref(),
            Some("{\"a\":1.0}")
        );
        assert_eq!(payload_text(b"hello", JsonPayload::Raw), None);
    }
}

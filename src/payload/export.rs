//! Messages written to files: JSON Lines, a document a line, or CSV with a line of names first (RFC 4180). Both say the
//! same; no digit of a number is touched.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use csv::{Terminator, WriterBuilder};
use jiff::tz::TimeZone;

use super::format::rfc3339_micros;
use crate::mqtt::{Properties, Qos, Timestamp};

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFormat {
    /// One JSON document a line.
    #[default]
    JsonLines,
    /// Comma-separated values.
    Csv,
}

impl ExportFormat {
    /// The usual ending of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// A message to be written.
#[derive(Debug, Clone, Copy)]
pub struct Exported<'a> {
    /// Its topic.
    pub topic: &'a str,
    /// When it arrived.
    pub at: Timestamp,
    /// QoS of the delivery.
    pub qos: Qos,
    /// Retain flag of the delivery.
    pub retain: bool,
    /// DUP flag of the delivery.
    pub dup: bool,
    /// Packet identifier of the delivery.
    pub packet_id: Option<u16>,
    /// MQTT 5 properties.
    pub properties: Option<&'a Properties>,
    /// The bytes.
    pub payload: &'a [u8],
}

/// The names of the columns of CSV, which are those of JSON too.
const COLUMNS: [&str; 9] = [
    "topic",
    "time",
    "qos",
    "retain",
    "dup",
    "packet_id",
    "properties",
    "payload",
    "encoding",
];

/// What comes before the first message.
pub fn header(format: ExportFormat) -> String {
    match format {
        ExportFormat::JsonLines => String::new(),
        ExportFormat::Csv => csv_line(&COLUMNS.map(str::to_owned)),
    }
}

/// A message with the line end behind it; its time stands in `zone`. The payload is text where it is UTF-8, else base64,
/// which `encoding` says.
pub fn line(format: ExportFormat, message: &Exported<'_>, zone: &TimeZone) -> String {
    match format {
        ExportFormat::JsonLines => json_line(message, zone),
        ExportFormat::Csv => csv_message(message, zone),
    }
}

fn json_line(message: &Exported<'_>, zone: &TimeZone) -> String {
    let (payload, is_base64) = payload(message.payload);
    let mut members = vec![
        member("topic", &text(message.topic)),
        member("time", &text(&rfc3339_micros(message.at, zone))),
        member("qos", &message.qos.to_string()),
        member("retain", &message.retain.to_string()),
        member("dup", &message.dup.to_string()),
    ];
    members.extend(
        message
            .packet_id
            .map(|id| member("packet_id", &id.to_string())),
    );
    members.extend(
        message
            .properties
            .map(|it| member("properties", &properties(it))),
    );
    members.push(member("payload", &text(&payload)));
    members.extend(is_base64.then(|| member("encoding", &text("base64"))));
    object(&members) + "\n"
}

fn csv_message(message: &Exported<'_>, zone: &TimeZone) -> String {
    let (payload, is_base64) = payload(message.payload);
    csv_line(&[
        message.topic.to_owned(),
        rfc3339_micros(message.at, zone),
        message.qos.to_string(),
        message.retain.to_string(),
        message.dup.to_string(),
        message
            .packet_id
            .map_or_else(String::new, |id| id.to_string()),
        message.properties.map_or_else(String::new, properties),
        payload,
        if is_base64 { "base64" } else { "" }.to_owned(),
    ])
}

/// One line of CSV with the line end that RFC 4180, 2.1 has.
fn csv_line(fields: &[String]) -> String {
    let mut builder = WriterBuilder::new();
    let mut writer = builder.terminator(Terminator::CRLF).from_writer(Vec::new());
    // memory takes what is written, and every line has as many fields
    let bytes = writer
        .write_record(fields)
        .ok()
        .and_then(|()| writer.into_inner().ok());
    String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
}

/// The payload as text, and whether that is base64.
fn payload(payload: &[u8]) -> (String, bool) {
    match str::from_utf8(payload) {
        Ok(text) => (text.to_owned(), false),
        Err(_not_text) => (STANDARD.encode(payload), true),
    }
}

/// The properties of a PUBLISH packet (MQTT 5, 3.3.2.3) that are there, as an object. Correlation data, which is bytes,
/// is base64 where it is not text.
fn properties(properties: &Properties) -> String {
    let mut members = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        members.extend(value.map(|value| member(name, &value)));
    };
    let format = properties.payload_format;
    add("payload_format_indicator", format.map(|it| it.to_string()));
    let expiry = properties.message_expiry;
    add("message_expiry_interval", expiry.map(|it| it.to_string()));
    add("content_type", properties.content_type.as_deref().map(text));
    add(
        "response_topic",
        properties.response_topic.as_deref().map(text),
    );
    if let Some(data) = properties.correlation_data.as_deref() {
        let (data, is_base64) = payload(data);
        let name = if is_base64 {
            "correlation_data_base64"
        } else {
            "correlation_data"
        };
        add(name, Some(text(&data)));
    }
    let ids = properties.subscription_ids.iter().map(u32::to_string);
    let ids: Vec<String> = ids.collect();
    add(
        "subscription_identifiers",
        (!ids.is_empty()).then(|| array(&ids)),
    );
    // names may stand several times, in order: pairs keep that
    let user = properties.user.iter();
    let user: Vec<String> = user
        .map(|(name, value)| array(&[text(name), text(value)]))
        .collect();
    add("user_properties", (!user.is_empty()).then(|| array(&user)));
    object(&members)
}

fn member(name: &str, value: &str) -> String {
    format!("\"{name}\":{value}")
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}

fn array(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

/// A JSON string with quotes and escapes.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn message<'a>(payload: &'a [u8], properties: Option<&'a Properties>) -> Exported<'a> {
        Exported {
            topic: "a/\"b\",c",
            at: Timestamp::from_micros(1_700_000_000_123_456),
            qos: Qos::AtLeastOnce,
            retain: true,
            dup: false,
            packet_id: Some(7),
            properties,
            payload,
        }
    }

    #[test]
    fn a_line_of_json_says_everything() {
        let properties = Properties {
            content_type: Some("application/json".to_owned()),
            correlation_data: Some(Bytes::from_static(&[0xff, 0])),
            subscription_ids: vec![1, 2],
            user: vec![
                ("k".to_owned(), "1".to_owned()),
                ("k".to_owned(), "2".to_owned()),
            ],
            ..Properties::default()
        };
        let exported = message(b"{\"n\":127.0}", Some(&properties));
        let line = line(ExportFormat::JsonLines, &exported, &TimeZone::UTC);
        let expected = r#"{"topic":"a/\"b\",c","time":"2023-11-14T22:13:20.123456Z","qos":1,"retain":true,"dup":false,"packet_id":7,"properties":{"content_type":"application/json","correlation_data_base64":"/wA=","subscription_identifiers":[1,2],"user_properties":[["k","1"],["k","2"]]},"payload":"{\"n\":127.0}"}"#;
        assert_eq!(line, expected.to_owned() + "\n");
    }

    #[test]
    fn bytes_are_base64_and_say_so() {
        let line = line(
            ExportFormat::JsonLines,
            &message(&[0, 0xff], None),
            &TimeZone::UTC,
        );
        assert!(
            line.ends_with("\"payload\":\"AP8=\",\"encoding\":\"base64\"}\n"),
            "{line}"
        );
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let exported = message(b"21.40\n\"x\"", None);
        let line = line(ExportFormat::Csv, &exported, &TimeZone::UTC);
        let expected = "\"a/\"\"b\"\",c\",2023-11-14T22:13:20.123456Z,1,true,false,7,,\"21.40\n\"\"x\"\"\",\r\n";
        assert_eq!(line, expected);
        assert_eq!(
            header(ExportFormat::Csv),
            "topic,time,qos,retain,dup,packet_id,properties,payload,encoding\r\n"
        );
    }

    proptest! {
        #[test]
        fn any_payload_is_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in ".{0,40}") {
            for payload in [bytes.as_slice(), text.as_bytes()] {
                let exported = message(payload, None);
                let json = line(ExportFormat::JsonLines, &exported, &TimeZone::UTC);
                prop_assert_eq!(json.trim_end_matches('\n').matches('\n').count(), 0);
                let read: serde_json::Value = serde_json::from_str(&json).unwrap();
                let shown = read["payload"].as_str().unwrap();
                let back = if read["encoding"] == "base64" { STANDARD.decode(shown).unwrap() } else { shown.as_bytes().to_vec() };
                prop_assert_eq!(&back, payload);
                let both = header(ExportFormat::Csv) + &line(ExportFormat::Csv, &exported, &TimeZone::UTC);
                let mut reader = csv::Reader::from_reader(both.as_bytes());
                let record = reader.records().next().unwrap().unwrap();
                prop_assert_eq!(&record[7], shown);
                prop_assert_eq!(&record[8] == "base64", read["encoding"] == "base64");
            }
        }
    }
}

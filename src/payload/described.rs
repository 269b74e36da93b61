//! Formats whose bytes mean nothing by themselves: what they mean stands in a schema, a birth message or the topic.

use bytes::Bytes;

use super::avro;
use super::document::Document;
use super::json;
use super::misfit::Misfit;
use super::protobuf;
use super::reading::{Format, Reading};
use super::sparkplug::{self, Kind, Topic};

/// The format that the topic or the first bytes say; `None` when they say nothing.
pub fn format_said(bytes: &[u8], reading: &Reading) -> Option<Format> {
    let is_sparkplug = |topic: Topic<'_>| topic.kind != Kind::State;
    if Topic::parse(&reading.topic).is_some_and(is_sparkplug) {
        return Some(Format::SparkplugB);
    }
    avro::is_container(bytes).then(|| Format::Avro(String::new()))
}

/// Reads Protobuf, Avro and Sparkplug B.
///
/// # Errors
/// [`Misfit`] when the bytes are none of that, or their schema is missing.
pub fn read(
    bytes: &Bytes,
    format: &Format,
    reading: &Reading,
    notices: &mut Vec<String>,
) -> Result<Document, Misfit> {
    match format {
        Format::Protobuf(name) => match protobuf::message(bytes, name, &reading.schemas) {
            Ok(document) => Ok(document),
            // field by field is better than bytes
            Err(misfit) => match protobuf::fields(bytes) {
                Ok(document) => {
                    notices.push(misfit.to_string());
                    Ok(document)
                }
                Err(_no_message_at_all) => Err(misfit),
            },
        },
        Format::Avro(name) => avro::document(bytes, name, &reading.schemas, notices),
        Format::SparkplugB => match Topic::parse(&reading.topic) {
            Some(topic) if topic.kind == Kind::State => {
                json::document(bytes).ok_or_else(|| no_state(topic.node))
            }
            _ => sparkplug::document(bytes, reading, notices),
        },
        _ => protobuf::fields(bytes),
    }
}

fn no_state(host: &str) -> Misfit {
    Misfit::Other(format!(
        "The host application “{host}” says its state in words of its own: Sparkplug 3.0 has JSON here. Look at it as text."
    ))
}

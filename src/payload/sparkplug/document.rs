//! A Sparkplug message as a document.

use super::super::document::{Builder, Document, Kind};
use super::super::misfit::Misfit;
use super::super::protobuf::go_on;
use super::super::protobuf::wire::{Fields, Value};
use super::super::reading::Reading;
use super::compressed::opened;
use super::datatype;
use super::message::{Message, Metric, text};
use super::topic::{Kind as TopicKind, Topic};
use super::value::{METRIC, date, misfit, property_set, unknown, value};

/// Reads a payload, with the names that the births give to aliases. What cannot be named is said in `notices`.
///
/// # Errors
/// [`Misfit`] when it is no Sparkplug payload.
pub fn document(
    payload: &[u8],
    reading: &Reading,
    notices: &mut Vec<String>,
) -> Result<Document, Misfit> {
    let mut inside = Vec::new();
    let message = opened(payload, &mut inside)?;
    let mut opened_births = Vec::new();
    let births = births(reading, &mut opened_births);
    let births: Vec<&Message<'_>> = births.iter().collect();
    let mut named = message;
    let left = named.resolve(&births);
    if left > 0 {
        notices.push(unnamed(left, reading));
    }
    let mut builder = Builder::new();
    builder.open(Kind::Object);
    head(&mut builder, &named);
    metrics(&mut builder, &named.metrics)?;
    extras(&mut builder, &named.metrics)?;
    unknown(&mut builder, &named.others)?;
    builder.close();
    Ok(builder.finish()?)
}

/// The births that can be read; compressed ones are opened into `inside`.
pub fn births<'a>(reading: &'a Reading, inside: &'a mut Vec<Vec<u8>>) -> Vec<Message<'a>> {
    inside.resize_with(reading.births.len(), Vec::new);
    let births = reading.births.iter().zip(inside);
    births
        .filter_map(|(birth, inside)| opened(birth, inside).ok())
        .collect()
}

/// Why aliases have no names, and what to do.
fn unnamed(left: usize, reading: &Reading) -> String {
    let (metrics, have) = if left == 1 {
        ("metric has", "its name is")
    } else {
        ("metrics have", "their names are")
    };
    let births = match Topic::parse(&reading.topic) {
        Some(topic) if topic.device.is_some() => {
            format!(
                "{} and {}",
                topic.sibling(TopicKind::NBirth),
                topic.sibling(TopicKind::DBirth)
            )
        }
        Some(topic) => topic.sibling(TopicKind::NBirth),
        None => "the births of its edge node".to_owned(),
    };
    format!(
        "{left} {metrics} only an alias here, and {have} not known: no birth on {births} has come before it. Ask the edge node for a rebirth."
    )
}

fn head(builder: &mut Builder, message: &Message<'_>) {
    if let Some(timestamp) = message.timestamp {
        builder.key("timestamp");
        builder.number(&timestamp.to_string());
        if let Some(date) = date(timestamp) {
            builder.note(&date);
        }
    }
    if let Some(seq) = message.seq {
        builder.key("seq");
        builder.number(&seq.to_string());
    }
    if let Some(uuid) = message.uuid {
        builder.key("uuid");
        builder.string(uuid);
    }
    if let Some(body) = message.body {
        builder.key("body");
        builder.bytes(body);
    }
}

/// Writes `metrics` into the object that is open.
fn metrics(builder: &mut Builder, all: &[Metric<'_>]) -> Result<(), Misfit> {
    builder.key("metrics");
    builder.open(Kind::Object);
    for metric in all {
        write_metric(builder, metric)?;
    }
    builder.close();
    Ok(())
}

/// Writes one metric under its key into the object that is open.
pub fn write_metric(builder: &mut Builder, metric: &Metric<'_>) -> Result<(), Misfit> {
    go_on(builder)?;
    builder.key(&metric.key());
    let note = note(metric);
    match metric.value {
        Some(field) if !metric.is_null => {
            value(builder, field, metric.datatype, METRIC, &note)?;
        }
        other => {
            builder.literal("null");
            builder.note(&note);
            if !metric.is_null && other.is_none() {
                builder.note("sent without a value");
            }
        }
    }
    Ok(())
}

/// Type, alias, time and flags of a metric in one line.
fn note(metric: &Metric<'_>) -> String {
    let mut note = datatype::name(metric.datatype);
    if let (Some(alias), Some(_)) = (metric.alias, metric.name) {
        note.extend([format!(", alias {alias}")]);
    }
    if let Some(date) = metric.timestamp.and_then(date) {
        note.extend([format!(", {date}")]);
    }
    for flag in flags(metric) {
        note.push_str(", ");
        note.push_str(flag);
    }
    note
}

/// The flags of a metric that are set.
pub fn flags(metric: &Metric<'_>) -> impl Iterator<Item = &'static str> {
    let all = [
        (metric.is_historical, "historical"),
        (metric.is_transient, "transient"),
        (metric.is_null, "null"),
    ];
    all.into_iter()
        .filter_map(|(is_set, flag)| is_set.then_some(flag))
}

/// Properties, metadata and what Sparkplug does not have, by the names of the metrics.
fn extras(builder: &mut Builder, all: &[Metric<'_>]) -> Result<(), Misfit> {
    if all.iter().any(|metric| metric.properties.is_some()) {
        builder.key("properties");
        builder.open(Kind::Object);
        for metric in all {
            if let Some(bytes) = metric.properties {
                builder.key(&metric.key());
                property_set(builder, bytes, "")?;
            }
        }
        builder.close();
    }
    if all.iter().any(|metric| metric.metadata.is_some()) {
        builder.key("metadata");
        builder.open(Kind::Object);
        for metric in all {
            if let Some(bytes) = metric.metadata {
                builder.key(&metric.key());
                metadata(builder, bytes)?;
            }
        }
        builder.close();
    }
    if all.iter().any(|metric| !metric.others.is_empty()) {
        builder.key("other fields");
        builder.open(Kind::Object);
        for metric in all.iter().filter(|metric| !metric.others.is_empty()) {
            builder.key(&metric.key());
            builder.open(Kind::Object);
            unknown(builder, &metric.others)?;
            builder.close();
        }
        builder.close();
    }
    Ok(())
}

/// Metadata of a metric (Sparkplug 3.0, 6.4.7).
fn metadata(builder: &mut Builder, bytes: &[u8]) -> Result<(), Misfit> {
    const TEXTS: [(u32, &str); 5] = [
        (2, "content_type"),
        (5, "file_name"),
        (6, "file_type"),
        (7, "md5"),
        (8, "description"),
    ];
    builder.open(Kind::Object);
    for field in Fields::new(bytes) {
        let field = field.map_err(misfit)?;
        let name = TEXTS.iter().find(|(number, _)| *number == field.number);
        match (field.number, field.value, name) {
            (1, Value::Varint(flag), _) => {
                builder.key("is_multi_part");
                builder.literal(if flag == 0 { "false" } else { "true" });
            }
            (3 | 4, Value::Varint(number), _) => {
                builder.key(if field.number == 3 { "size" } else { "seq" });
                builder.number(&number.to_string());
            }
            (_, Value::Bytes(bytes), Some((_, key))) if text(bytes).is_some() => {
                builder.key(key);
                builder.string(text(bytes).unwrap_or_default());
            }
            _ => unknown(builder, &[field])?,
        }
    }
    builder.close();
    Ok(())
}

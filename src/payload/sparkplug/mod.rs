//! Sparkplug B: the payloads of industrial devices (Eclipse Sparkplug 3.0, 6.4). A message names its metrics or, once a
//! birth message said which is which, only gives their aliases.
//!
//! As a document: `timestamp`, `seq`, `uuid`, `body`, then `metrics` with each metric's value under its name, in the order
//! in which they were sent, so that `$.metrics.Temperature` is the same value in every message. Type, alias, time and
//! flags stand beside the value as a remark. Structured extras, which would change that path, have objects of their own
//! behind: `properties` and `metadata`, again by the metric's name.

mod compressed;
mod datatype;
mod document;
mod message;
mod rebirth;
mod table;
#[cfg(test)]
mod tests;
mod topic;
mod value;

pub use compressed::holds_compressed;
pub use document::document;
pub use rebirth::rebirth_command;
pub use table::{MetricRow, Table, table};
pub use topic::{Kind, Topic};

use bytes::Bytes;

use message::Message;

/// The number of the session that a birth or death of an edge node belongs to, if it says so.
pub fn session_number(payload: &[u8]) -> Option<u64> {
    let message = Message::read(payload).ok()?;
    let mut metrics = message.metrics.iter();
    metrics.find(|it| it.name == Some("bdSeq"))?.unsigned()
}

/// Whether a host application says that it is online, and since when in milliseconds since 1970 (Sparkplug 3.0, 6.4.27;
/// the words are those of version 2.2).
pub fn host_state(payload: &Bytes) -> Option<(bool, Option<u64>)> {
    match payload.as_ref() {
        b"ONLINE" => return Some((true, None)),
        b"OFFLINE" => return Some((false, None)),
        _ => {}
    }
    let json: serde_json::Value = serde_json::from_slice(payload).ok()?;
    let timestamp = json.get("timestamp").and_then(serde_json::Value::as_u64);
    Some((json.get("online")?.as_bool()?, timestamp))
}

//! Follows every publish from the queue to its acknowledgement.
//!
//! The steps on the way (written, PUBREC) come from the tap. How it ended comes from rumqttc's notice, because only
//! that tells of publishes which were given up. The two are joined by packet identifier.

use std::collections::{BTreeMap, VecDeque};

use tokio::task::JoinSet;

use crate::mqtt::{Ack, PacketId, Publish, Qos, ReasonCode};

use super::session::{NotTaken, Published, Requests};
use super::{Event, Outgoing, PublishId, PublishStep};

/// Publishes that may be handed over and not yet written, and the bytes of their payloads from which on none follows.
const UNWRITTEN_LIMIT: usize = 200;
const UNWRITTEN_BYTES_LIMIT: usize = 1024 * 1024;

/// Order of arrival.
type Serial = u64;

/// All publishes that are handed over and not finished.
#[derive(Default)]
pub(super) struct Publishes {
    last: Serial,
    open: BTreeMap<Serial, Open>,
    /// QoS 1 and 2, handed over and not yet seen on the wire, in order.
    unseen: VecDeque<Serial>,
    by_packet: BTreeMap<PacketId, Serial>,
    unwritten: usize,
    unwritten_bytes: usize,
    /// Unwritten ones whose session is gone and whose notice is awaited.
    settling: usize,
    /// Unwritten ones to be handed over again.
    again: BTreeMap<Serial, (PublishId, Outgoing)>,
    results: JoinSet<(Serial, Published)>,
}

struct Open {
    id: PublishId,
    message: Outgoing,
    packet_id: Option<PacketId>,
    written: bool,
    settling: bool,
}

impl Publishes {
    /// Whether one more may be handed over.
    pub(super) fn has_room(&self) -> bool {
        self.unwritten < UNWRITTEN_LIMIT
            && self.unwritten_bytes < UNWRITTEN_BYTES_LIMIT
            && self.settling == 0
    }

    /// Whether nothing is waiting to be written.
    pub(super) fn all_written(&self) -> bool {
        self.unwritten == 0
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.open.is_empty() && self.again.is_empty()
    }

    /// Hands a publish to the session.
    pub(super) fn hand_over(
        &mut self,
        requests: &Requests,
        id: PublishId,
        message: Outgoing,
    ) -> Result<(), (NotTaken, Outgoing)> {
        let result = match requests.publish(&message) {
            Ok(result) => result,
            Err(not_taken) => return Err((not_taken, message)),
        };
        self.last += 1;
        let serial = self.last;
        self.results.spawn(async move { (serial, result.await) });
        if message.qos != Qos::AtMostOnce {
            self.unseen.push_back(serial);
        }
        self.unwritten += 1;
        self.unwritten_bytes += message.payload.len();
        let open = Open {
            id,
            message,
            packet_id: None,
            written: false,
            settling: false,
        };
        self.open.insert(serial, open);
        Ok(())
    }

    /// A PUBLISH above QoS 0 was written. Returns what to tell, nothing when it was sent again.
    pub(super) fn written(&mut self, packet: &Publish) -> Option<Event> {
        let packet_id = packet.packet_id?;
        if self.by_packet.contains_key(&packet_id) {
            return None;
        }
        let position = self.unseen.iter().position(|serial| {
            self.open.get(serial).is_some_and(|open| {
                open.message.qos == packet.qos && open.message.topic == packet.topic
            })
        })?;
        let serial = self.unseen.remove(position)?;
        let open = self.open.get_mut(&serial)?;
        open.written = true;
        open.packet_id = Some(packet_id);
        if std::mem::take(&mut open.settling) {
            self.settling -= 1;
        }
        self.unwritten -= 1;
        self.unwritten_bytes -= open.message.payload.len();
        self.by_packet.insert(packet_id, serial);
        Some(Event::Publish(open.id, PublishStep::Sent))
    }

    /// PUBREC came.
    pub(super) fn received(&self, ack: &Ack) -> Option<Event> {
        let serial = self.by_packet.get(&ack.packet_id)?;
        let open = self.open.get(serial)?;
        (!ack.reason.is_error()).then(|| Event::Publish(open.id, PublishStep::Received))
    }

    /// CONNACK began a new session: packet identifiers of the old one mean nothing any more, and rumqttc gives up
    /// what belonged to it. What was not written yet is collected to be handed over again.
    pub(super) fn session_lost(&mut self) {
        self.by_packet.clear();
        for open in self.open.values_mut().filter(|open| !open.written) {
            if !std::mem::replace(&mut open.settling, true) {
                self.settling += 1;
            }
        }
    }

    /// Waits for the next publish to finish; only to be called while [`Publishes::awaits_results`].
    pub(super) async fn next_result(&mut self) -> Option<(Serial, Published)> {
        self.results.join_next().await?.ok()
    }

    /// A result that is there already.
    pub(super) fn try_result(&mut self) -> Option<(Serial, Published)> {
        self.results.try_join_next()?.ok()
    }

    /// Whether results are to be waited for.
    pub(super) fn awaits_results(&self) -> bool {
        !self.results.is_empty()
    }

    /// Takes in a result. Returns what to tell; nothing when the publish will be sent after all.
    pub(super) fn finish(&mut self, serial: Serial, result: Published) -> Option<Event> {
        let open = self.forget(serial)?;
        let step = match result {
            Published::Written => PublishStep::Sent,
            Published::Completed(reason) => PublishStep::Done(reason),
            Published::Acknowledged(reason, _) if !reason.is_error() => PublishStep::Done(reason),
            Published::Acknowledged(reason, words) => PublishStep::Refused(reason, words),
            Published::SessionLost if !open.written => {
                self.again.insert(serial, (open.id, open.message));
                return None;
            }
            Published::SessionLost => PublishStep::Failed(
                "The connection was lost before the broker acknowledged the message, and the broker kept no session. \
                 It may have arrived or not: publish it again if a second copy does no harm."
                    .to_owned(),
            ),
            Published::NotWritten if open.message.qos != Qos::AtMostOnce => PublishStep::Failed(
                "The session gave the message up. It may have arrived or not: publish it again if a second copy does \
                 no harm."
                    .to_owned(),
            ),
            Published::NotWritten => PublishStep::Failed(
                "The connection was lost while the message was being written. Publish it again.".to_owned(),
            ),
            Published::Failed(words) => {
                PublishStep::Failed(format!(
                    "The message could not be sent ({words}). Check the topic and the options of the message, and publish \
                     it again."
                ))
            }
        };
        Some(Event::Publish(open.id, step))
    }

    /// Publishes to hand over again before any other, oldest first, once it is known which.
    pub(super) fn take_again(&mut self) -> Vec<(PublishId, Outgoing)> {
        if self.settling > 0 {
            return Vec::new();
        }
        std::mem::take(&mut self.again).into_values().collect()
    }

    /// Ends: everything that is not finished.
    pub(super) fn abandon(&mut self) -> Vec<PublishId> {
        self.results.abort_all();
        let open = std::mem::take(&mut self.open)
            .into_values()
            .map(|open| open.id);
        let again = std::mem::take(&mut self.again)
            .into_values()
            .map(|(id, _)| id);
        again.chain(open).collect()
    }

    fn forget(&mut self, serial: Serial) -> Option<Open> {
        let open = self.open.remove(&serial)?;
        if let Some(packet_id) = open.packet_id
            && self.by_packet.get(&packet_id) == Some(&serial)
        {
            self.by_packet.remove(&packet_id);
        }
        if !open.written {
            self.unwritten -= 1;
            self.unwritten_bytes -= open.message.payload.len();
            self.unseen.retain(|other| *other != serial);
        }
        if open.settling {
            self.settling -= 1;
        }
        Some(open)
    }
}

/// Why the broker of this CONNACK would not take the message: sending it would only cost the connection.
pub(super) fn refused_beforehand(
    message: &Outgoing,
    granted: &crate::mqtt::Properties,
) -> Option<ReasonCode> {
    if granted
        .maximum_qos
        .is_some_and(|limit| message.qos.as_u8() > limit)
    {
        return Some(ReasonCode(0x9B));
    }
    if message.retain && granted.retain_available == Some(0) {
        return Some(ReasonCode(0x9A));
    }
    let limit = usize::try_from(granted.maximum_packet_size?).unwrap_or(usize::MAX);
    (packet_size(message) > limit).then_some(ReasonCode(0x95))
}

/// Size of the PUBLISH in bytes, rounded up by a few (MQTT 5, 3.3).
fn packet_size(message: &Outgoing) -> usize {
    const HEADERS: usize = 16;
    let text = |field: &Option<String>| field.as_ref().map_or(0, |text| text.len() + 3);
    let properties = message.properties.as_ref().map_or(0, |properties| {
        let user: usize = properties
            .user
            .iter()
            .map(|(name, value)| name.len() + value.len() + 5)
            .sum();
        let correlation = properties
            .correlation_data
            .as_ref()
            .map_or(0, |data| data.len() + 3);
        user + correlation + text(&properties.content_type) + text(&properties.response_topic) + 8
    });
    HEADERS + message.topic.as_str().len() + message.payload.len() + properties
}

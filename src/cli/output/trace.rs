//! `-d`: every packet as a line in mosquitto's trace notation, read from the tap.

use std::io::{self, Write};

use crate::client::Direction;
use crate::mqtt::{Ack, Packet, PacketId, Publish, SubAck, Subscribe, Version};

use super::super::exit::connack_code;

/// Writes trace lines for one connection.
#[derive(Debug)]
pub struct Trace {
    client_id: String,
    version: Version,
    qos0_sent: u16,
}

impl Trace {
    /// A trace of the connection of `client_id`.
    pub fn new(client_id: &str, version: Version) -> Self {
        Self {
            client_id: client_id.to_owned(),
            version,
            qos0_sent: 0,
        }
    }

    /// Writes the lines of one packet; a SUBSCRIBE with several filters has one for each.
    ///
    /// # Errors
    /// That of the output.
    pub fn write(
        &mut self,
        out: &mut impl Write,
        direction: Direction,
        packet: &Packet,
    ) -> io::Result<()> {
        match direction {
            Direction::Outgoing => self.write_sent(out, packet),
            Direction::Incoming => self.write_received(out, packet),
        }
    }

    fn write_sent(&mut self, out: &mut impl Write, packet: &Packet) -> io::Result<()> {
        if let Packet::Publish(publish) = packet {
            let number = self.number(publish);
            write!(out, "Client {} sending ", self.client_id)?;
            return write_publish(out, publish, number);
        }
        let id = &self.client_id;
        match packet {
            Packet::Connect(_) => writeln!(out, "Client {id} sending CONNECT"),
            Packet::PubAck(ack) => write_sent_ack(out, id, "PUBACK", ack),
            Packet::PubRec(ack) => write_sent_ack(out, id, "PUBREC", ack),
            Packet::PubRel(ack) => {
                writeln!(out, "Client {id} sending PUBREL (m{})", ack.packet_id.get())
            }
            Packet::PubComp(ack) => {
                writeln!(
                    out,
                    "Client {id} sending PUBCOMP (m{})",
                    ack.packet_id.get()
                )
            }
            Packet::Subscribe(subscribe) => write_subscribe(out, id, subscribe),
            Packet::Unsubscribe(unsubscribe) => {
                let mid = unsubscribe.packet_id.get();
                unsubscribe.filters.iter().try_for_each(|filter| {
                    writeln!(
                        out,
                        "Client {id} sending UNSUBSCRIBE (Mid: {mid}, Topic: {filter})"
                    )
                })
            }
            Packet::PingReq => writeln!(out, "Client {id} sending PINGREQ"),
            Packet::Disconnect(_) => writeln!(out, "Client {id} sending DISCONNECT"),
            Packet::Auth(_) => writeln!(out, "Client {id} sending AUTH"),
            _ => Ok(()),
        }
    }

    fn write_received(&self, out: &mut impl Write, packet: &Packet) -> io::Result<()> {
        let id = &self.client_id;
        match packet {
            Packet::ConnAck(connack) => {
                let code = connack_code(self.version, connack.reason);
                writeln!(out, "Client {id} received CONNACK ({code})")
            }
            Packet::Publish(publish) => {
                write!(out, "Client {id} received ")?;
                write_publish(out, publish, publish.packet_id.map_or(0, PacketId::get))
            }
            Packet::PubAck(ack) => write_received_ack(out, id, "PUBACK", ack),
            Packet::PubComp(ack) => write_received_ack(out, id, "PUBCOMP", ack),
            Packet::PubRec(ack) => {
                writeln!(
                    out,
                    "Client {id} received PUBREC (Mid: {})",
                    ack.packet_id.get()
                )
            }
            Packet::PubRel(ack) => {
                writeln!(
                    out,
                    "Client {id} received PUBREL (Mid: {})",
                    ack.packet_id.get()
                )
            }
            Packet::SubAck(suback) => write_suback(out, id, suback),
            Packet::UnsubAck(_) => writeln!(out, "Client {id} received UNSUBACK"),
            Packet::PingResp => writeln!(out, "Client {id} received PINGRESP"),
            Packet::Disconnect(disconnect) => {
                writeln!(out, "Received DISCONNECT ({})", disconnect.reason.0)
            }
            Packet::Auth(auth) => writeln!(out, "Client {id} received AUTH (RC:{})", auth.reason.0),
            _ => Ok(()),
        }
    }

    /// The number of a message that is sent: its packet identifier, or for QoS 0 a running number.
    fn number(&mut self, publish: &Publish) -> u16 {
        if let Some(mid) = publish.packet_id {
            return mid.get();
        }
        self.qos0_sent = self.qos0_sent.checked_add(1).unwrap_or(1);
        self.qos0_sent
    }
}

fn write_publish(out: &mut impl Write, publish: &Publish, number: u16) -> io::Result<()> {
    writeln!(
        out,
        "PUBLISH (d{}, q{}, r{}, m{number}, '{}', ... ({} bytes))",
        u8::from(publish.dup),
        publish.qos,
        u8::from(publish.retain),
        publish.topic,
        publish.payload.len()
    )
}

fn write_sent_ack(out: &mut impl Write, id: &str, name: &str, ack: &Ack) -> io::Result<()> {
    let (mid, code) = (ack.packet_id.get(), ack.reason.0);
    writeln!(out, "Client {id} sending {name} (m{mid}, rc{code})")
}

fn write_received_ack(out: &mut impl Write, id: &str, name: &str, ack: &Ack) -> io::Result<()> {
    let (mid, code) = (ack.packet_id.get(), ack.reason.0);
    writeln!(out, "Client {id} received {name} (Mid: {mid}, RC:{code})")
}

fn write_subscribe(out: &mut impl Write, id: &str, subscribe: &Subscribe) -> io::Result<()> {
    let mid = subscribe.packet_id.get();
    subscribe.requests.iter().try_for_each(|request| {
        let options = u8::from(request.no_local) << 2
            | u8::from(request.retain_as_published) << 3
            | request.retain_handling << 4;
        writeln!(
            out,
            "Client {id} sending SUBSCRIBE (Mid: {mid}, Topic: {}, QoS: {}, Options: 0x{options:02x})",
            request.filter, request.qos
        )
    })
}

fn write_suback(out: &mut impl Write, id: &str, suback: &SubAck) -> io::Result<()> {
    let granted: Vec<String> = suback
        .reasons
        .iter()
        .map(|code| code.0.to_string())
        .collect();
    let mid = suback.packet_id.get();
    writeln!(out, "Client {id} received SUBACK")?;
    writeln!(out, "Subscribed (mid: {mid}): {}", granted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{
        ConnAck, Properties, Qos, ReasonCode, SubscribeRequest, TopicFilter, TopicName,
    };

    fn lines(direction: Direction, packets: &[Packet]) -> String {
        let mut out = Vec::new();
        let mut trace = Trace::new("c1", Version::V311);
        for packet in packets {
            trace.write(&mut out, direction, packet).expect("memory");
        }
        String::from_utf8(out).expect("text")
    }

    fn publish(qos: Qos, mid: Option<u16>) -> Packet {
        Packet::Publish(Publish {
            topic: TopicName::new("t").expect("topic"),
            payload: "hello".into(),
            qos,
            retain: false,
            dup: false,
            packet_id: mid.and_then(PacketId::new),
            properties: None,
        })
    }

    #[test]
    fn publishes_read_as_mosquitto_writes_them() {
        let sent = [
            publish(Qos::ExactlyOnce, Some(1)),
            publish(Qos::AtMostOnce, None),
        ];
        assert_eq!(
            lines(Direction::Outgoing, &sent),
            "Client c1 sending PUBLISH (d0, q2, r0, m1, 't', ... (5 bytes))\n\
             Client c1 sending PUBLISH (d0, q0, r0, m1, 't', ... (5 bytes))\n"
        );
        assert_eq!(
            lines(Direction::Incoming, &[publish(Qos::AtMostOnce, None)]),
            "Client c1 received PUBLISH (d0, q0, r0, m0, 't', ... (5 bytes))\n"
        );
    }

    #[test]
    fn a_refused_connack_shows_the_return_code_of_the_wire() {
        let connack = Packet::ConnAck(Box::new(ConnAck {
            session_present: false,
            reason: ReasonCode(0x87),
            properties: Properties::default(),
        }));
        assert_eq!(
            lines(Direction::Incoming, &[connack]),
            "Client c1 received CONNACK (5)\n"
        );
    }

    #[test]
    fn subscriptions_have_a_line_for_each_filter() {
        let request = |filter: &str, qos| SubscribeRequest {
            filter: TopicFilter::new(filter).expect("filter"),
            qos,
            no_local: false,
            retain_as_published: true,
            retain_handling: 2,
        };
        let packet_id = PacketId::new(7).expect("not zero");
        let subscribe = Packet::Subscribe(Box::new(Subscribe {
            packet_id,
            requests: vec![
                request("a", Qos::ExactlyOnce),
                request("b/#", Qos::AtMostOnce),
            ],
            properties: Properties::default(),
        }));
        let suback = Packet::SubAck(Box::new(SubAck {
            packet_id,
            reasons: vec![ReasonCode(2), ReasonCode(128)],
            properties: Properties::default(),
        }));
        assert_eq!(
            lines(Direction::Outgoing, &[subscribe]),
            "Client c1 sending SUBSCRIBE (Mid: 7, Topic: a, QoS: 2, Options: 0x28)\n\
             Client c1 sending SUBSCRIBE (Mid: 7, Topic: b/#, QoS: 0, Options: 0x28)\n"
        );
        assert_eq!(
            lines(Direction::Incoming, &[suback]),
            "Client c1 received SUBACK\nSubscribed (mid: 7): 2, 128\n"
        );
    }
}

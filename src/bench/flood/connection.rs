//! One client of the flood: it connects, subscribes, and gets what it asked for, as fast as its socket takes it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;

use super::Plan;
use super::packets::Packets;
use crate::mqtt::{Packet, PacketId, Qos, Version, codec};

/// Acknowledgements read at once, in bytes.
const READ: usize = 64 * 1024;

/// What a client got.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) messages: u64,
    pub(super) qos: Qos,
    pub(super) took: Duration,
}

/// Serves one client until it goes; the figures are those of the flood.
///
/// # Errors
/// What the socket says, or what the client did wrong.
pub(super) fn serve(stream: TcpStream, plan: &Plan) -> io::Result<Sent> {
    stream.set_nodelay(true)?;
    let mut client = Client::new(stream);
    let subscribed = client.subscribed()?;
    let qos = subscribed.min(plan.qos);
    let packets = Packets::new(&plan.topics, plan.size, qos, client.version);
    let started = Instant::now();
    let flood = Flood {
        packets,
        left: plan.messages,
        next: 0,
        until: plan.limit.map(|limit| started + limit),
    };
    let left = match qos {
        Qos::AtMostOnce => client.flood(flood)?,
        Qos::AtLeastOnce | Qos::ExactlyOnce => client.flood_acknowledged(flood, plan.window)?,
    };
    Ok(Sent {
        messages: plan.messages - left.messages,
        qos,
        took: left.finished.duration_since(started),
    })
}

/// What is still to be sent.
struct Flood {
    packets: Packets,
    left: u64,
    next: usize,
    until: Option<Instant>,
}

impl Flood {
    fn is_over(&self) -> bool {
        self.left == 0 || self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Goes on by `count` packets.
    fn advance(&mut self, count: usize) {
        self.left -= count as u64;
        self.next = (self.next + count) % self.packets.len();
    }
}

/// What was not sent when the flood was over, and when that was.
struct Left {
    messages: u64,
    finished: Instant,
}

struct Client {
    stream: TcpStream,
    waiting: BytesMut,
    version: Version,
    receive_maximum: u16,
}

impl Client {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            waiting: BytesMut::new(),
            version: Version::V311,
            receive_maximum: u16::MAX,
        }
    }

    /// Answers until the client has subscribed; the highest QoS that it wants.
    fn subscribed(&mut self) -> io::Result<Qos> {
        loop {
            match self.packet()? {
                Packet::Connect(connect) => {
                    self.version = connect.version;
                    if let Some(maximum) = connect.properties.receive_maximum {
                        self.receive_maximum = maximum.max(1);
                    }
                    let is_v5 = self.version == Version::V5;
                    self.stream.write_all(if is_v5 {
                        b"\x20\x03\0\0\0"
                    } else {
                        b"\x20\x02\0\0"
                    })?;
                }
                Packet::Subscribe(subscribe) => {
                    let wanted = subscribe.requests.iter().map(|request| request.qos);
                    let granted: Vec<Qos> = wanted.collect();
                    self.grant(subscribe.packet_id, &granted)?;
                    return Ok(granted.into_iter().max().unwrap_or_default());
                }
                Packet::PingReq => self.stream.write_all(&PINGRESP)?,
                Packet::Disconnect(_) => return Err(gone()),
                _ => {}
            }
        }
    }

    fn grant(&mut self, id: PacketId, granted: &[Qos]) -> io::Result<()> {
        let properties: &[u8] = if self.version == Version::V5 {
            &[0]
        } else {
            &[]
        };
        let remaining = u8::try_from(2 + properties.len() + granted.len());
        let remaining = remaining
            .ok()
            .filter(|&length| length < 128)
            .ok_or_else(|| {
                io::Error::new(
                    ErrorKind::InvalidData,
                    "it subscribed to too many filters at once",
                )
            })?;
        let mut answer = vec![0x90, remaining];
        answer.extend_from_slice(&id.get().to_be_bytes());
        answer.extend_from_slice(properties);
        answer.extend(granted.iter().map(|qos| qos.as_u8()));
        self.stream.write_all(&answer)
    }

    /// The next whole packet.
    fn packet(&mut self) -> io::Result<Packet> {
        loop {
            if let Some(frame) = next_frame(&mut self.waiting)? {
                return codec::decode(self.version, frame).map_err(broken);
            }
            let mut part = [0; 4_096];
            match self.stream.read(&mut part)? {
                0 => return Err(gone()),
                count => self.waiting.extend_from_slice(&part[..count]),
            }
        }
    }

    /// QoS 0: writes without looking; a thread beside answers PINGREQ between two writes.
    fn flood(mut self, mut flood: Flood) -> io::Result<Left> {
        let writer = Arc::new(Mutex::new(self.stream.try_clone()?));
        let answers = Arc::clone(&writer);
        let answering = std::thread::Builder::new()
            .name("flood-answers".to_owned())
            .spawn(move || {
                while let Ok(packet) = self.packet() {
                    let answered = match packet {
                        Packet::PingReq => answers.lock().write_all(&PINGRESP),
                        Packet::Disconnect(_) => Err(gone()),
                        _ => Ok(()),
                    };
                    if answered.is_err() {
                        break;
                    }
                }
                // a client that is gone is not written to any more; it may be gone already
                self.stream.shutdown(Shutdown::Both).ok();
            })?;
        while !flood.is_over() {
            let (bytes, count) = flood.packets.chunk(flood.next, flood.left);
            if writer.lock().write_all(bytes).is_err() {
                break;
            }
            flood.advance(count);
        }
        let finished = Instant::now();
        answering.join().map_err(|_panic| gone())?;
        Ok(Left {
            messages: flood.left,
            finished,
        })
    }

    /// QoS 1 and 2: as many as may be in flight, and one more for each that is through.
    fn flood_acknowledged(mut self, mut flood: Flood, window: u16) -> io::Result<Left> {
        let mut window = Window::new(window.min(self.receive_maximum));
        let mut finished = Instant::now();
        let (mut out, mut part) = (Vec::new(), vec![0; READ]);
        loop {
            while !flood.is_over() {
                let Some(id) = window.take() else { break };
                flood.packets.append(flood.next, id, &mut out);
                flood.advance(1);
            }
            let is_done = flood.is_over() && window.is_empty();
            if !is_done {
                finished = Instant::now();
            }
            // a client that has what it wanted may go
            if self.stream.write_all(&out).is_err() {
                break;
            }
            out.clear();
            match self.stream.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => self.waiting.extend_from_slice(&part[..count]),
            }
            while let Some(frame) = next_frame(&mut self.waiting)? {
                window.note(&frame, &mut out);
            }
        }
        Ok(Left {
            messages: flood.left,
            finished,
        })
    }
}

const PINGRESP: [u8; 2] = [0xd0, 0];

/// Packet identifiers in flight.
struct Window {
    busy: Vec<bool>,
    free: u16,
    last: u16,
    size: u16,
}

impl Window {
    fn new(size: u16) -> Self {
        Self {
            busy: vec![false; 1 << 16],
            free: size,
            last: 0,
            size,
        }
    }

    /// The next packet identifier, if one more may be in flight.
    fn take(&mut self) -> Option<u16> {
        self.free = self.free.checked_sub(1)?;
        loop {
            self.last = self.last.checked_add(1).unwrap_or(1);
            if !std::mem::replace(&mut self.busy[usize::from(self.last)], true) {
                return Some(self.last);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.free == self.size
    }

    /// Takes in what the client sent; what it must be answered goes to `out`.
    fn note(&mut self, frame: &[u8], out: &mut Vec<u8>) {
        match *frame {
            // PUBACK, PUBCOMP
            [0x40 | 0x70, _, high, low, ..] => {
                let id = usize::from(u16::from_be_bytes([high, low]));
                if std::mem::take(&mut self.busy[id]) {
                    self.free += 1;
                }
            }
            // PUBREC: PUBREL
            [0x50, _, high, low, ..] => out.extend_from_slice(&[0x62, 2, high, low]),
            [0xc0, ..] => out.extend_from_slice(&PINGRESP),
            _ => {}
        }
    }
}

fn next_frame(bytes: &mut BytesMut) -> io::Result<Option<Bytes>> {
    let length = codec::frame_length(bytes).map_err(broken)?;
    let whole = length.filter(|&length| bytes.len() >= length);
    Ok(whole.map(|length| bytes.split_to(length).freeze()))
}

fn broken(err: codec::DecodeError) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, err)
}

fn gone() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "it ended the connection")
}

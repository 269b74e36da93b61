//! An MQTT client that sends and reads bare packets, to see what really stands on the wire.
#![allow(
    dead_code,
    reason = "every test file is a crate of its own and uses a part of this"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long any answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that has sent CONNECT.
pub struct Raw {
    stream: TcpStream,
    level: u8,
}

/// What CONNECT says.
#[derive(Clone, Copy)]
pub struct Hello<'a> {
    /// 4 is 3.1.1, 5 is 5.
    pub level: u8,
    /// Client identifier.
    pub id: &'a str,
    /// User name and password.
    pub login: Option<(&'a str, &'a str)>,
    /// Topic and payload of the will (QoS 0).
    pub will: Option<(&'a str, &'a str)>,
    /// Keep alive in seconds.
    pub keep_alive: u16,
}

impl<'a> Hello<'a> {
    pub fn new(level: u8, id: &'a str) -> Self {
        Self {
            level,
            id,
            login: None,
            will: None,
            keep_alive: 60,
        }
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    out.extend(text.as_bytes());
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    let mut rest = body.len();
    loop {
        let low = u8::try_from(rest % 128).unwrap();
        rest /= 128;
        out.push(low | if rest > 0 { 0x80 } else { 0 });
        if rest == 0 {
            break;
        }
    }
    out.extend(body);
    out
}

/// A QoS 0 PUBLISH.
pub fn publish(level: u8, topic: &str, payload: &[u8], retain: bool) -> Vec<u8> {
    let mut body = Vec::new();
    text(&mut body, topic);
    if level == 5 {
        body.push(0);
    }
    body.extend(payload);
    packet(0x30 | u8::from(retain), &body)
}

impl Raw {
    /// Connects and returns the connection with CONNACK's return or reason code.
    pub fn connect(address: SocketAddr, hello: Hello<'_>) -> (Self, u8) {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut raw = Self {
            stream,
            level: hello.level,
        };
        raw.send(&connect_packet(hello));
        let (first, body) = raw.read().expect("CONNACK");
        assert_eq!(first, 0x20, "CONNACK");
        (raw, body[1])
    }

    /// Connects; CONNACK must say success.
    pub fn open(address: SocketAddr, hello: Hello<'_>) -> Self {
        let (raw, code) = Self::connect(address, hello);
        assert_eq!(code, 0, "connection refused");
        raw
    }

    /// A second handle to write with.
    pub fn writer(&self) -> TcpStream {
        self.stream.try_clone().unwrap()
    }

    /// Writes bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Subscribes at QoS 0 and waits for SUBACK; returns how many PUBLISH packets came before it.
    pub fn subscribe(&mut self, filter: &str) -> usize {
        let mut body = vec![0, 1];
        if self.level == 5 {
            body.push(0);
        }
        text(&mut body, filter);
        body.push(0);
        self.send(&packet(0x82, &body));
        let mut before = 0;
        loop {
            let (first, body) = self.read().expect("SUBACK");
            if first == 0x90 {
                assert_eq!(body.last(), Some(&0), "subscription refused");
                return before;
            }
            before += 1;
        }
    }

    /// The next packet: first byte and body. `None` when the other end closed.
    pub fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.byte()?;
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some((first, body))
    }

    /// The next PUBLISH: topic and all that follows it.
    pub fn message(&mut self) -> (String, Vec<u8>) {
        loop {
            let (first, body) = self.read().expect("a message");
            if first >> 4 == 3 {
                let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
                let topic = String::from_utf8(body[2..2 + length].to_vec()).unwrap();
                return (topic, body[2 + length..].to_vec());
            }
        }
    }

    /// Everything that still comes until the other end closes, as packets.
    pub fn rest(&mut self) -> Vec<(u8, Vec<u8>)> {
        std::iter::from_fn(|| self.read()).collect()
    }

    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(0) => None,
            Ok(_) => Some(byte[0]),
            Err(err) if err.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(err) => panic!("nothing came: {err}"),
        }
    }
}

fn connect_packet(hello: Hello<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    text(&mut body, "MQTT");
    body.push(hello.level);
    let flags = 0x02
        | if hello.will.is_some() { 0x04 } else { 0 }
        | if hello.login.is_some() { 0xc0 } else { 0 };
    body.push(flags);
    body.extend(hello.keep_alive.to_be_bytes());
    if hello.level == 5 {
        body.push(0);
    }
    text(&mut body, hello.id);
    if let Some((topic, payload)) = hello.will {
        if hello.level == 5 {
            body.push(0);
        }
        text(&mut body, topic);
        text(&mut body, payload);
    }
    if let Some((name, password)) = hello.login {
        text(&mut body, name);
        text(&mut body, password);
    }
    packet(0x10, &body)
}

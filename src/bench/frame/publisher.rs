//! Who publishes while frames are measured: a thread at the other end of a loopback socket that speaks as much MQTT 5 as a
//! client needs to be welcomed, and then sends messages at the rate that is asked for. They come in through the real client.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::super::BenchError;

/// Time between two writes to the socket.
const TICK: Duration = Duration::from_millis(2);
/// Bytes gathered before they are written.
const BUFFER: usize = 64 * 1024;
/// A prime that is larger than any number of topics: steps of its length visit each topic once, far from the last one.
const STRIDE: u64 = 7_368_787;
/// MQTT 5, 3.2: success, no session, no properties.
const CONNACK: [u8; 5] = [0x20, 3, 0, 0, 0];

/// A publisher that waits for one client.
pub(in crate::bench) struct Publisher {
    /// Where the client finds it.
    pub(in crate::bench) port: u16,
    wishes: Arc<Wishes>,
}

#[derive(Default)]
struct Wishes {
    /// Messages per second.
    rate: AtomicU32,
    is_over: AtomicBool,
}

impl Publisher {
    /// Listens. The client gets one retained message of every topic, in no order, and then as many as
    /// [`Publisher::set_rate`] says.
    pub(in crate::bench) fn start(topics: Vec<String>) -> Result<Self, BenchError> {
        let failed =
            |err: io::Error| BenchError::new(format!("The publisher could not start: {err}."));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let wishes = Arc::new(Wishes::default());
        let theirs = Arc::clone(&wishes);
        let work = move || {
            // a client that has gone ends it
            serve(&listener, &topics, &theirs).ok();
        };
        std::thread::Builder::new()
            .name("bench publisher".to_owned())
            .spawn(work)
            .map_err(failed)?;
        Ok(Self { port, wishes })
    }

    /// From now on so many messages per second.
    pub(super) fn set_rate(&self, rate: u32) {
        self.wishes.rate.store(rate, Ordering::Relaxed);
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.wishes.is_over.store(true, Ordering::Relaxed);
    }
}

fn serve(listener: &TcpListener, topics: &[String], wishes: &Wishes) -> io::Result<()> {
    let (mut socket, _) = listener.accept()?;
    socket.set_nodelay(true)?;
    welcome(&mut socket)?;
    let mut out = Vec::with_capacity(2 * BUFFER);
    let mut number = 0;
    for _ in topics {
        message(&mut out, topics, number, true);
        number += 1;
        if out.len() >= BUFFER {
            socket.write_all(&out)?;
            out.clear();
        }
    }
    socket.write_all(&out)?;
    let (mut began, mut sent, mut rate) = (Instant::now(), 0, 0);
    while !wishes.is_over.load(Ordering::Relaxed) {
        let wanted = wishes.rate.load(Ordering::Relaxed);
        if wanted != rate {
            (began, sent, rate) = (Instant::now(), 0, wanted);
        }
        let due = began.elapsed().as_micros() * u128::from(rate) / 1_000_000;
        out.clear();
        while sent < due && out.len() < BUFFER {
            message(&mut out, topics, number, false);
            number += 1;
            sent += 1;
        }
        socket.write_all(&out)?;
        std::thread::sleep(TICK);
    }
    Ok(())
}

/// Answers CONNECT and the first SUBSCRIBE.
fn welcome(socket: &mut TcpStream) -> io::Result<()> {
    packet(socket)?;
    socket.write_all(&CONNACK)?;
    let subscribe = packet(socket)?;
    let (high, low) = match subscribe.as_slice() {
        [high, low, ..] => (*high, *low),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    // MQTT 5, 3.9: no properties, granted QoS 0
    socket.write_all(&[0x90, 4, high, low, 0, 0])
}

/// The next packet without its fixed header (MQTT 5, 2.1).
fn packet(socket: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut byte = [0];
    socket.read_exact(&mut byte)?;
    let (mut length, mut shift) = (0, 0);
    loop {
        socket.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        shift += 7;
        if byte[0] < 0x80 || shift > 21 {
            break;
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body)?;
    Ok(body)
}

/// Appends message `number`: QoS 0, some 40 bytes of JSON.
fn message(out: &mut Vec<u8>, topics: &[String], number: u64, retain: bool) {
    let index = number * STRIDE % topics.len() as u64;
    let Some(topic) = usize::try_from(index)
        .ok()
        .and_then(|index| topics.get(index))
    else {
        return;
    };
    let payload = format!(
        "{{\"value\":{}.{},\"unit\":\"°C\",\"seq\":{number}}}",
        number % 90,
        number % 10
    );
    let length = 2 + topic.len() + 1 + payload.len();
    out.push(0x30 | u8::from(retain));
    let mut rest = length;
    while rest > 0x7f {
        out.push((rest % 0x80).to_le_bytes()[0] | 0x80);
        rest /= 0x80;
    }
    out.push(rest.to_le_bytes()[0]);
    let topic_length = u16::try_from(topic.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&topic_length.to_be_bytes());
    out.extend_from_slice(topic.as_bytes());
    out.push(0);
    out.extend_from_slice(payload.as_bytes());
}

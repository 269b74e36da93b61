//! A broker that follows a script, for what a real one never does, or not on demand.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::PATIENCE;

/// CONNACK: success, without and with a resumed session.
pub const CONNACK_V311: &[u8] = b"\x20\x02\x00\x00";
pub const CONNACK_V5: &[u8] = b"\x20\x03\x00\x00\x00";
pub const CONNACK_V5_RESUMED: &[u8] = b"\x20\x03\x01\x00\x00";

/// One step.
pub enum Step {
    /// Reads packets until one of this type (the upper half of the first byte) was read.
    Expect(u8),
    /// Writes these bytes.
    Send(Vec<u8>),
    /// Writes these bytes while the next steps go on.
    SendInBackground(Vec<u8>),
    /// Waits until the test says [`Script::go_on`].
    Wait,
    /// Closes the connection and accepts the next one.
    Reconnect,
    /// Reads until the client closes.
    ReadToEnd,
}

/// A running script.
pub struct Script {
    port: u16,
    go_on: SyncSender<()>,
    waits: Receiver<()>,
    received: Receiver<Vec<Vec<u8>>>,
}

impl Script {
    /// Starts it on a free port.
    pub fn start(steps: Vec<Step>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (go_on, wait) = sync_channel(8);
        let (tell_waits, waits) = sync_channel(8);
        let (tell, received) = sync_channel(1);
        std::thread::Builder::new()
            .name("script".to_owned())
            .spawn(move || {
                let packets = play(&listener, steps, &wait, &tell_waits);
                tell.send(packets).ok();
                // a client that comes back finds somebody who says nothing
                let rest: Vec<_> = listener.incoming().collect();
                drop(rest);
            })
            .unwrap();
        Self {
            port,
            go_on,
            waits,
            received,
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends the current [`Step::Wait`].
    pub fn go_on(&self) {
        self.go_on.send(()).unwrap();
    }

    /// Blocks until the script has come to [`Step::Wait`].
    pub fn waits(&self) {
        self.waits.recv_timeout(PATIENCE).expect("the script waits");
    }

    /// All packets that came, once the script is over.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.received
            .recv_timeout(PATIENCE)
            .expect("the script is over")
    }
}

fn play(
    listener: &TcpListener,
    steps: Vec<Step>,
    wait: &Receiver<()>,
    waits: &SyncSender<()>,
) -> Vec<Vec<u8>> {
    let mut received = Vec::new();
    let mut stream = listener.accept().unwrap().0;
    for step in steps {
        match step {
            Step::Expect(packet_type) => loop {
                let packet = read_packet(&mut stream).expect("a packet");
                let found = packet[0] >> 4 == packet_type;
                received.push(packet);
                if found {
                    break;
                }
            },
            Step::Send(bytes) => stream.write_all(&bytes).unwrap(),
            Step::SendInBackground(bytes) => {
                let mut stream = stream.try_clone().unwrap();
                std::thread::Builder::new()
                    .name("burst".to_owned())
                    .spawn(move || stream.write_all(&bytes).ok())
                    .unwrap();
            }
            Step::Wait => {
                waits.try_send(()).ok();
                if wait.recv().is_err() {
                    return received;
                }
            }
            Step::Reconnect => {
                drop(stream);
                stream = listener.accept().unwrap().0;
            }
            Step::ReadToEnd => {
                while let Some(packet) = read_packet(&mut stream) {
                    received.push(packet);
                }
            }
        }
    }
    received
}

/// One packet; `None` at the end.
fn read_packet(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut byte = [0];
    let mut packet = Vec::new();
    stream.read_exact(&mut byte).ok()?;
    packet.push(byte[0]);
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        stream.read_exact(&mut byte).ok()?;
        packet.push(byte[0]);
        length |= usize::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    packet.extend(body);
    Some(packet)
}

//! A light MQTT client on a blocking socket: connects, and cuts what comes into packets.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::bench::BenchError;
use crate::mqtt::codec::frame_length;
use crate::mqtt::{Qos, Version};

use super::packets::{self, kind};

/// A broker that sends nothing for so long has nothing more to send.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes read at once.
const READ: usize = 256 * 1024;

/// A connected client.
#[derive(Debug)]
pub(super) struct Client {
    stream: TcpStream,
    version: Version,
    buffer: Vec<u8>,
    /// Where the unread part of the buffer starts and ends.
    start: usize,
    end: usize,
}

impl Client {
    /// Connects and waits for CONNACK.
    ///
    /// # Errors
    /// When the broker is not there or refuses.
    pub(super) fn connect(
        address: SocketAddr,
        version: Version,
        id: &str,
        receive_maximum: u16,
    ) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).map_err(|err| failed(&err))?;
        stream.set_nodelay(true).map_err(|err| failed(&err))?;
        stream
            .set_read_timeout(Some(PATIENCE))
            .map_err(|err| failed(&err))?;
        let mut client = Self {
            stream,
            version,
            buffer: vec![0; READ],
            start: 0,
            end: 0,
        };
        client.send(&packets::connect(version, id, receive_maximum))?;
        let accepted = client.expect(kind::CONNACK)?;
        if accepted.get(3) != Some(&0) {
            return Err(BenchError::new(
                "The broker refused a client. Stop other benches and try again.",
            ));
        }
        Ok(client)
    }

    /// The version that it speaks.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Subscribes and waits for SUBACK.
    ///
    /// # Errors
    /// When the connection ends.
    pub(super) fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), BenchError> {
        self.send(&packets::subscribe(self.version, filter, qos))?;
        self.expect(kind::SUBACK).map(|_suback| ())
    }

    /// Sends whole packets.
    ///
    /// # Errors
    /// When the connection ends.
    pub(super) fn send(&mut self, packets: &[u8]) -> Result<(), BenchError> {
        self.stream.write_all(packets).map_err(|err| failed(&err))
    }

    /// Waits for more bytes. `false` when none came for long.
    ///
    /// # Errors
    /// When the connection ends.
    pub(super) fn wait(&mut self) -> Result<bool, BenchError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        match self.stream.read(&mut self.buffer[self.end..]) {
            Ok(0) => Err(BenchError::new(
                "A broker closed a connection of the bench. Its own log may say why.",
            )),
            Ok(count) => {
                self.end += count;
                Ok(true)
            }
            Err(err) if matches!(err.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Ok(false)
            }
            Err(err) => Err(failed(&err)),
        }
    }

    /// The next whole packet of what has come, if there is one.
    pub(super) fn packet(&mut self) -> Option<&[u8]> {
        let rest = &self.buffer[self.start..self.end];
        let length = frame_length(rest).ok()??;
        if length > rest.len() {
            return None;
        }
        self.start += length;
        Some(&self.buffer[self.start - length..self.start])
    }

    /// Waits for a packet of this type; there must be no other before it.
    fn expect(&mut self, kind: u8) -> Result<Vec<u8>, BenchError> {
        loop {
            if let Some(packet) = self.packet() {
                if packet.first() == Some(&kind) {
                    return Ok(packet.to_vec());
                }
                return Err(BenchError::new(
                    "A broker sent something else than the answer that was due.",
                ));
            }
            if !self.wait()? {
                return Err(BenchError::new("A broker did not answer in time."));
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The broker may have closed first.
        self.stream.write_all(&packets::DISCONNECT).ok();
    }
}

fn failed(err: &std::io::Error) -> BenchError {
    BenchError::new(format!(
        "A connection of the bench failed: {err}. Run it again."
    ))
}

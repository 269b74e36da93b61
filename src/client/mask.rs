//! Takes the password out of a captured CONNECT, so that no timeline and no recording ever holds it.

use bytes::{Bytes, BytesMut};

use crate::mqtt::Version;

use super::Direction;

const CONNECT: u8 = 0x10;
const HAS_WILL: u8 = 0b0000_0100;
const HAS_PASSWORD: u8 = 0b0100_0000;
const HAS_USER_NAME: u8 = 0b1000_0000;

/// Replaces the bytes of the password by `*` where `frame` is a CONNECT with one (MQTT 5, 3.1.3.6). Its length
/// stays, so that the packet can still be decoded. Everything else is returned as it is.
pub(super) fn mask_password(version: Version, direction: Direction, frame: Bytes) -> Bytes {
    if direction != Direction::Outgoing || frame.first() != Some(&CONNECT) {
        return frame;
    }
    let Some(password) = password_range(version, &frame) else {
        return frame;
    };
    let mut copy = BytesMut::from(&frame[..]);
    if let Some(bytes) = copy.get_mut(password) {
        bytes.fill(b'*');
    }
    copy.freeze()
}

/// Where the password is; `None` when there is none. It is the last field of the packet (MQTT 5, 3.1.3).
fn password_range(version: Version, frame: &[u8]) -> Option<std::ops::Range<usize>> {
    let mut reader = Reader { frame, at: 1 };
    reader.variable_integer()?; // remaining length
    reader.field()?; // protocol name
    reader.skip(1)?; // protocol level
    let flags = *frame.get(reader.at)?;
    if flags & HAS_PASSWORD == 0 {
        return None;
    }
    reader.skip(3)?; // flags and keep alive
    reader.properties(version)?;
    reader.field()?; // client identifier
    if flags & HAS_WILL != 0 {
        reader.properties(version)?;
        reader.field()?; // will topic
        reader.field()?; // will payload
    }
    if flags & HAS_USER_NAME != 0 {
        reader.field()?;
    }
    reader.field()
}

struct Reader<'a> {
    frame: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.frame.len()).then_some(())
    }

    /// Skips a field with a two-byte length and returns where its content is.
    fn field(&mut self) -> Option<std::ops::Range<usize>> {
        let length = self.frame.get(self.at..self.at + 2)?;
        let length = usize::from(u16::from_be_bytes([*length.first()?, *length.last()?]));
        let start = self.at + 2;
        self.skip(2 + length)?;
        Some(start..self.at)
    }

    fn properties(&mut self, version: Version) -> Option<()> {
        if version == Version::V311 {
            return Some(());
        }
        let length = self.variable_integer()?;
        self.skip(length)
    }

    fn variable_integer(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in [0, 7, 14, 21] {
            let byte = *self.frame.get(self.at)?;
            self.at += 1;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CONNECT with will, user name `me` and password `secret`.
    fn connect(version: Version) -> Bytes {
        let mut body = b"\x00\x04MQTT".to_vec();
        let is_v5 = version == Version::V5;
        body.push(if is_v5 { 5 } else { 4 });
        body.extend([0b1100_0110, 0, 60]);
        if is_v5 {
            body.extend([5, 0x11, 0, 0, 0, 9]); // session expiry
        }
        body.extend(b"\x00\x02id");
        if is_v5 {
            body.push(0);
        }
        body.extend(b"\x00\x04will\x00\x04gone\x00\x02me\x00\x06secret");
        let mut frame = vec![CONNECT, u8::try_from(body.len()).unwrap()];
        frame.extend(body);
        frame.into()
    }

    #[test]
    fn the_password_is_replaced_and_nothing_else() {
        for version in [Version::V311, Version::V5] {
            let frame = connect(version);
            let masked = mask_password(version, Direction::Outgoing, frame.clone());
            let kept = frame.len() - "secret".len();
            assert_eq!(masked[..kept], frame[..kept]);
            assert_eq!(&masked[kept..], b"******");
        }
    }

    #[test]
    fn truncated_and_other_packets_are_left_alone() {
        let frame = connect(Version::V5);
        for end in 0..frame.len() {
            let cut = frame.slice(..end);
            assert_eq!(
                mask_password(Version::V5, Direction::Outgoing, cut.clone()),
                cut
            );
        }
        let publish = Bytes::from_static(b"\x30\x03\x00\x01a");
        assert_eq!(
            mask_password(Version::V5, Direction::Outgoing, publish.clone()),
            publish
        );
    }
}

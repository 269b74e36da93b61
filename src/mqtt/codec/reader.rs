//! The data types of MQTT (MQTT 5, 1.5) read one after another from a frame, never past its end.

use bytes::Bytes;

use super::DecodeError;

/// The error for a broken `rule`.
pub(super) fn malformed(rule: &str) -> DecodeError {
    DecodeError::Malformed(rule.to_owned())
}

/// A frame and how far it has been read.
pub(super) struct Reader {
    frame: Bytes,
    position: usize,
}

impl Reader {
    /// Begins at `position`, behind the fixed header.
    pub(super) fn new(frame: Bytes, position: usize) -> Self {
        Self { frame, position }
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Bytes left.
    pub(super) fn left(&self) -> usize {
        self.frame.len().saturating_sub(self.position)
    }

    /// One byte (1.5.1).
    pub(super) fn u8(&mut self) -> Result<u8, DecodeError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// Two Byte Integer (1.5.2).
    pub(super) fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four Byte Integer (1.5.3).
    pub(super) fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// Variable Byte Integer (1.5.5): at most 268,435,455.
    pub(super) fn variable(&mut self) -> Result<u32, DecodeError> {
        let mut value = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.u8()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(malformed(
            "a variable byte integer has more than four bytes",
        ))
    }

    /// Binary Data (1.5.6), sharing the frame's memory.
    pub(super) fn shared(&mut self) -> Result<Bytes, DecodeError> {
        let start = self.position + 2;
        let length = self.slice()?.len();
        Ok(self.frame.slice(start..start + length))
    }

    /// Binary Data (1.5.6), copied so that the frame can go.
    pub(super) fn copied(&mut self) -> Result<Bytes, DecodeError> {
        self.slice().map(Bytes::copy_from_slice)
    }

    /// UTF-8 Encoded String (1.5.4).
    pub(super) fn text(&mut self) -> Result<String, DecodeError> {
        let Ok(text) = str::from_utf8(self.slice()?) else {
            return Err(malformed("a string is not valid UTF-8"));
        };
        if text.contains('\0') {
            return Err(malformed("a string contains the null character"));
        }
        Ok(text.to_owned())
    }

    /// The next byte, without reading it.
    pub(super) fn peek(&self) -> Option<u8> {
        self.frame.get(self.position).copied()
    }

    /// Everything that is left, sharing the frame's memory.
    pub(super) fn rest(mut self) -> Bytes {
        self.frame.split_off(self.position)
    }

    /// The bytes behind a two byte length.
    pub(super) fn slice(&mut self) -> Result<&[u8], DecodeError> {
        let length = usize::from(self.u16()?);
        let start = self.position;
        let bytes = self
            .frame
            .get(start..start + length)
            .ok_or_else(too_short)?;
        self.position += length;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let rest = self.frame.get(self.position..).unwrap_or_default();
        let bytes = rest.first_chunk().copied().ok_or_else(too_short)?;
        self.position += N;
        Ok(bytes)
    }
}

fn too_short() -> DecodeError {
    malformed("it ends before all of its fields")
}

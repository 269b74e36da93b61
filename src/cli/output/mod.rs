//! What `canopy sub` writes: messages in the chosen form, and the packets of `-d`.

mod format;
mod json;
mod pad;
mod trace;

pub use format::{Format, FormatError};
pub use trace::Trace;

use std::io::{self, Write};

use crate::mqtt::{Publish, Timestamp};

/// How messages are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Only the payload; nothing at all for an empty one.
    Payload,
    /// `-v`: topic and payload, `(null)` for an empty one.
    Verbose,
    /// `-F`
    Custom(Format),
}

/// Writes `message` byte for byte as mosquitto's subscriber does; `newline` is off with `-N`.
///
/// # Errors
/// That of the output.
pub fn write_message(
    out: &mut impl Write,
    form: &Form,
    newline: bool,
    message: &Publish,
    at: Timestamp,
) -> io::Result<()> {
    match form {
        Form::Custom(format) => format.write(out, &mut io::stderr(), message, at)?,
        Form::Payload if message.payload.is_empty() => return Ok(()),
        Form::Verbose if message.payload.is_empty() && !newline => return Ok(()),
        Form::Payload => out.write_all(&message.payload)?,
        Form::Verbose => {
            write!(out, "{} ", message.topic)?;
            match message.payload.as_ref() {
                [] => out.write_all(b"(null)")?,
                payload => out.write_all(payload)?,
            }
        }
    }
    if newline {
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Qos, TopicName};

    fn written(form: &Form, newline: bool, payload: &[u8]) -> Vec<u8> {
        let message = Publish {
            topic: TopicName::new("a/b").expect("topic"),
            payload: bytes::Bytes::copy_from_slice(payload),
            qos: Qos::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
            properties: None,
        };
        let mut out = Vec::new();
        write_message(&mut out, form, newline, &message, Timestamp::default()).expect("memory");
        out
    }

    // As mosquitto_sub 2.0.11 writes them.

    #[test]
    fn payloads_pass_untouched() {
        assert_eq!(
            written(&Form::Payload, true, b"\x00\xff\n"),
            b"\x00\xff\n\n"
        );
        assert_eq!(written(&Form::Payload, false, b"x"), b"x");
        assert_eq!(written(&Form::Payload, true, b""), b"");
    }

    #[test]
    fn verbose_names_the_topic() {
        assert_eq!(written(&Form::Verbose, true, b"x"), b"a/b x\n");
        assert_eq!(written(&Form::Verbose, true, b""), b"a/b (null)\n");
        assert_eq!(written(&Form::Verbose, false, b""), b"");
    }
}

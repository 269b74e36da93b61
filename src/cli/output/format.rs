//! `-F`: the output format of mosquitto's subscriber, taken apart once and written for every message.

use std::io::{self, Write};

use jiff::fmt::strtime;
use thiserror::Error;

use crate::mqtt::{Properties, Publish, Timestamp};

use super::json::{self, JsonPayload};
use super::pad::Pad;

/// Why a text is not a format.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormatError {
    /// `%`, `@` or `\` at the end, or only flags after a `%`.
    #[error(
        "The format ends in the middle of a “{0}” sequence. Write {0}{0} for the character itself."
    )]
    Incomplete(char),
    /// An unknown letter after `%`.
    #[error(
        "“%{0}” is not a part of a message. Use %t %p %x %X %q %r %l %m %j %J %I %U %A %C %D %E %F %P %R %S or %%."
    )]
    Parameter(char),
    /// An unknown letter after `\`.
    #[error("“\\{0}” is not an escape. Use \\\\ \\0 \\a \\e \\n \\r \\t or \\v.")]
    Escape(char),
    /// A letter after `@` that does not stand for a part of the time.
    #[error(
        "“@{0}” is not a part of the time. Use the letters of strftime, such as @Y-@m-@d @H:@M:@S."
    )]
    Time(char),
}

/// A format that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    pieces: Vec<Piece>,
    pretty: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// `%…`: a letter that [`PARAMETERS`] lists.
    Parameter(char, Pad),
    /// `@…`: a conversion of strftime, `%` included.
    Time(String),
    /// `@N`
    Nanoseconds,
}

const PARAMETERS: &str = "%ACDEFIjJlmPpqRrStUxX";

impl Format {
    /// Takes `text` apart; `pretty` lays out `%j` and `%J` over several lines.
    ///
    /// # Errors
    /// [`FormatError`] names the sequence that does not fit.
    pub fn new(text: &str, pretty: bool) -> Result<Self, FormatError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(['%', '@', '\\']) {
            let (before, from) = rest.split_at(start);
            push_literal(&mut pieces, before);
            let (piece, after) = match from.split_at(1) {
                ("%", after) => parameter(after)?,
                ("@", after) => time(after)?,
                (_, after) => escape(after)?,
            };
            match piece {
                Piece::Literal(text) => push_literal(&mut pieces, &text),
                piece => pieces.push(piece),
            }
            rest = after;
        }
        push_literal(&mut pieces, rest);
        Ok(Self { pieces, pretty })
    }

    /// Writes `message`, which arrived at `at`, without a line end. A `%J` whose payload is not JSON writes nothing and
    /// says so on `errors`.
    ///
    /// # Errors
    /// That of the output.
    pub fn write(
        &self,
        out: &mut impl Write,
        errors: &mut impl Write,
        message: &Publish,
        at: Timestamp,
    ) -> io::Result<()> {
        let time = local_time(at);
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => out.write_all(text.as_bytes())?,
                Piece::Nanoseconds => write!(out, "{:09}", time.subsec_nanosecond())?,
                Piece::Time(conversion) => write!(out, "{}", formatted(conversion, &time))?,
                Piece::Parameter(letter @ ('j' | 'J'), _) => {
                    self.write_json(out, errors, *letter, message, &time)?;
                }
                Piece::Parameter(letter, pad) => {
                    write_parameter(out, *letter, *pad, message, &time)?;
                }
            }
        }
        Ok(())
    }

    fn write_json(
        &self,
        out: &mut impl Write,
        errors: &mut impl Write,
        letter: char,
        message: &Publish,
        time: &jiff::Zoned,
    ) -> io::Result<()> {
        let form = if letter == 'j' {
            JsonPayload::Escaped
        } else {
            JsonPayload::Raw
        };
        let Some(document) = json::document(message, time, form) else {
            return writeln!(
                errors,
                "The payload on {} is not JSON. Use %j to print it as a string.",
                message.topic
            );
        };
        match crate::payload::json::pretty(document.as_bytes()).filter(|_| self.pretty) {
            Some(pretty) => out.write_all(pretty.text.as_bytes()),
            None => out.write_all(document.as_bytes()),
        }
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Piece::Literal(last)) = pieces.last_mut() {
        last.push_str(text);
    } else {
        pieces.push(Piece::Literal(text.to_owned()));
    }
}

/// The first character of `text`, and what follows it.
fn split_first(text: &str, kind: char) -> Result<(char, &str), FormatError> {
    let mut characters = text.chars();
    let first = characters.next().ok_or(FormatError::Incomplete(kind))?;
    Ok((first, characters.as_str()))
}

fn parameter(after: &str) -> Result<(Piece, &str), FormatError> {
    let (pad, after) = Pad::parse(after);
    let (letter, rest) = split_first(after, '%')?;
    match letter {
        '%' => Ok((Piece::Literal("%".to_owned()), rest)),
        letter if PARAMETERS.contains(letter) => Ok((Piece::Parameter(letter, pad), rest)),
        letter => Err(FormatError::Parameter(letter)),
    }
}

fn time(after: &str) -> Result<(Piece, &str), FormatError> {
    let (letter, rest) = split_first(after, '@')?;
    let piece = match letter {
        '@' => Piece::Literal("@".to_owned()),
        'N' => Piece::Nanoseconds,
        letter => {
            let conversion = format!("%{letter}");
            let example = local_time(Timestamp::default());
            if strtime::format(&conversion, &example).is_err() {
                return Err(FormatError::Time(letter));
            }
            Piece::Time(conversion)
        }
    };
    Ok((piece, rest))
}

fn escape(after: &str) -> Result<(Piece, &str), FormatError> {
    let (letter, rest) = split_first(after, '\\')?;
    let character = match letter {
        '\\' => '\\',
        '0' => '\0',
        'a' => '\x07',
        'e' => '\x1b',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        other => return Err(FormatError::Escape(other)),
    };
    Ok((Piece::Literal(character.to_string()), rest))
}

fn write_parameter(
    out: &mut impl Write,
    letter: char,
    pad: Pad,
    message: &Publish,
    time: &jiff::Zoned,
) -> io::Result<()> {
    let none = Properties::default();
    let properties = message.properties.as_deref().unwrap_or(&none);
    match letter {
        't' => pad.text(out, message.topic.as_str()),
        'p' => pad.payload(out, &message.payload),
        'x' => pad.hex(out, &message.payload, "0123456789abcdef"),
        'X' => pad.hex(out, &message.payload, "0123456789ABCDEF"),
        'q' => write!(out, "{}", message.qos),
        'r' => write!(out, "{}", u8::from(message.retain)),
        'l' => pad.number(out, Some(message.payload.len())),
        'm' => pad.number(
            out,
            Some(message.packet_id.map_or(0, |mid| mid.get().into())),
        ),
        'I' => pad.text(out, &formatted("%Y-%m-%dT%H:%M:%S%z", time)),
        'U' => {
            let since_epoch = time.timestamp();
            write!(
                out,
                "{}.{:09}",
                since_epoch.as_second(),
                since_epoch.subsec_nanosecond()
            )
        }
        'A' => pad.number(out, properties.topic_alias.map(usize::from)),
        'C' => pad.text(out, properties.content_type.as_deref().unwrap_or_default()),
        'D' => out.write_all(properties.correlation_data.as_deref().unwrap_or_default()),
        'E' => pad.number(out, properties.message_expiry.map(|it| it as usize)),
        'F' => pad.number(out, properties.payload_format.map(usize::from)),
        'R' => match &properties.response_topic {
            Some(topic) => pad.text(out, topic),
            None => Ok(()),
        },
        'S' => pad.number(
            out,
            properties.subscription_ids.first().map(|it| *it as usize),
        ),
        _ => write_user_properties(out, &properties.user),
    }
}

fn write_user_properties(out: &mut impl Write, user: &[(String, String)]) -> io::Result<()> {
    for (index, (name, value)) in user.iter().enumerate() {
        let space = if index == 0 { "" } else { " " };
        write!(out, "{space}{name}:{value}")?;
    }
    Ok(())
}

fn local_time(at: Timestamp) -> jiff::Zoned {
    jiff::Timestamp::from_microsecond(at.as_micros())
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::system())
}

/// Conversions were tried when the format was taken apart, so that they do not fail here.
fn formatted(conversion: &str, time: &jiff::Zoned) -> String {
    strtime::format(conversion, time).unwrap_or_default()
}

/// The time as `%j` writes it: `2026-11-22T16:47:41.595773Z+0000`.
pub fn json_time(time: &jiff::Zoned) -> String {
    formatted("%Y-%m-%dT%H:%M:%S.%6fZ%z", time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{PacketId, Qos, TopicName};

    fn message(payload: &str) -> Publish {
        Publish {
            topic: TopicName::new("fmt/x").expect("topic"),
            payload: payload.to_owned().into(),
            qos: Qos::AtLeastOnce,
            retain: false,
            dup: false,
            packet_id: PacketId::new(1),
            properties: Some(Box::new(Properties {
                content_type: Some("text/plain".to_owned()),
                message_expiry: Some(60),
                user: vec![("a".into(), "b".into()), ("c".into(), "d".into())],
                ..Properties::default()
            })),
        }
    }

    fn written(format: &str, payload: &str) -> String {
        let format = Format::new(format, false).expect("format");
        let (mut out, mut errors) = (Vec::new(), Vec::new());
        let at = Timestamp::from_micros(1_795_366_062_531_987);
        format
            .write(&mut out, &mut errors, &message(payload), at)
            .expect("memory");
        String::from_utf8(out).expect("text")
    }

    // The expected texts are what mosquitto_sub 2.0.11 writes for the same message.

    #[test]
    fn plain_parameters() {
        assert_eq!(
            written(r"%t|%p|%q|%r|%l|%m|%x|%X|%%|@@|\t|\\|", "hello"),
            "fmt/x|hello|1|0|5|1|68656c6c6f|68656C6C6F|%|@|\t|\\|"
        );
    }

    #[test]
    fn widths_and_flags() {
        assert_eq!(
            written(
                "%10t|%-10t|%.3t|%5.2t|%-5.2t|%010l|%-10l|%5l|%-05l|",
                "hello"
            ),
            "     fmt/x|fmt/x     |fmt|   fm|fm   |0000000005|5         |    5|5    |"
        );
        assert_eq!(
            written("%10p|%-10p|%010p|%2p|%14x|%-12x|%4x|%012x", "hello"),
            "     hello|hello     |00000hello|he|    68656c6c6f|68656c6c6f  |6865|0068656c6c6f"
        );
    }

    #[test]
    fn properties() {
        assert_eq!(
            written("%A|%C|%D|%E|%F|%P|%R|%S|%10A|%12C|%010E|%5S", "hello"),
            "|text/plain||60||a:b c:d|||          |  text/plain|0000000060|     "
        );
    }

    #[test]
    fn times() {
        assert_eq!(written("%U", "x"), "1795366062.531987000");
        assert_eq!(written("@N", "x"), "531987000");
        assert_eq!(written("@Y", "x"), "2026");
        assert_eq!(written("%I", "x").len(), "2026-11-22T16:47:42+0000".len());
    }

    #[test]
    fn json_has_every_part() {
        let line = written("%J", "{\"a\": 1.50}");
        let (time, rest) = line.split_at("{\"tst\":\"2026-11-22T16:47:42.531987Z+0000\"".len());
        assert!(time.contains(".531987Z"), "{time}");
        assert_eq!(
            rest,
            ",\"topic\":\"fmt/x\",\"qos\":1,\"retain\":0,\"payloadlen\":11,\"mid\":1,\
             \"properties\":{\"content-type\":\"text/plain\",\"user-properties\":{\"a\":\"b\",\"c\":\"d\"},\
             \"message-expiry-interval\":60},\"payload\":{\"a\":1.50}}"
        );
        assert_eq!(written("%J", "hello"), "");
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text| Format::new(text, false).expect_err("wrong");
        assert_eq!(error("%"), FormatError::Incomplete('%'));
        assert_eq!(error("%-"), FormatError::Incomplete('%'));
        assert_eq!(error("%z"), FormatError::Parameter('z'));
        assert_eq!(error("@"), FormatError::Incomplete('@'));
        assert_eq!(error(r"\q"), FormatError::Escape('q'));
        assert_eq!(error("\\"), FormatError::Incomplete('\\'));
    }
}

//! What a publisher's content type (MQTT 5, 3.3.2.3.9) says about a payload.

use super::reading::Format;

/// How the bytes of a text stand for characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// As everywhere.
    Utf8,
    /// Two bytes for most characters, least significant first.
    Utf16Le,
    /// Two bytes for most characters, most significant first.
    Utf16Be,
    /// One byte for each character.
    Latin1,
}

impl Charset {
    /// A name as registered with IANA.
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Self::Utf8,
            // without a byte order mark the most significant comes first (RFC 2781, 4.3)
            "utf-16" | "utf16" | "utf-16be" | "utf16be" => Self::Utf16Be,
            "utf-16le" | "utf16le" => Self::Utf16Le,
            "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" => Self::Latin1,
            _ => return None,
        })
    }

    /// The format that reads such text.
    pub(super) fn format(self) -> Format {
        match self {
            Self::Utf8 => Format::Text,
            Self::Utf16Le => Format::Utf16Le,
            Self::Utf16Be => Format::Utf16Be,
            Self::Latin1 => Format::Latin1,
        }
    }
}

/// What a content type says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Hint {
    /// The format, where it names one that Canopy reads.
    pub(super) format: Option<Format>,
    /// The characters of a text, where it names them.
    pub(super) charset: Option<Charset>,
}

/// Reads `type/subtype; name=value`. What is unknown, or no content type, says nothing.
pub(super) fn hint(content_type: &str) -> Hint {
    let mut parts = content_type.split(';');
    let name = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let parameters: Vec<_> = parts.filter_map(parameter).collect();
    let parameter = |wanted: &[&str]| {
        let is_wanted = |(name, _): &&(String, String)| wanted.contains(&name.as_str());
        parameters.iter().find(is_wanted).map(|(_, value)| value)
    };
    let message = parameter(&["proto", "messagetype", "message-type", "message", "type"]);
    Hint {
        format: format(&name, message),
        charset: parameter(&["charset"]).and_then(|name| Charset::named(name)),
    }
}

/// `name=value` or `name="value"`.
fn parameter(part: &str) -> Option<(String, String)> {
    let (name, value) = part.split_once('=')?;
    let value = value.trim().trim_matches('"');
    Some((name.trim().to_ascii_lowercase(), value.to_owned()))
}

fn format(name: &str, message: Option<&String>) -> Option<Format> {
    let (kind, rest) = name.split_once('/')?;
    if let Some(format) = rest
        .rsplit_once('+')
        .and_then(|(_, suffix)| by_suffix(suffix))
    {
        return Some(format);
    }
    Some(match (kind, rest.strip_prefix("x-").unwrap_or(rest)) {
        ("image", "png" | "apng" | "jpeg" | "jpg" | "gif" | "webp" | "bmp" | "ms-bmp") => {
            Format::Image
        }
        ("text", "csv" | "html" | "markdown" | "css" | "javascript") => Format::Text,
        ("application" | "text", rest) => match rest {
            "json" | "ndjson" | "jsonl" | "jsonlines" | "json-seq" => Format::Json,
            "cbor" | "cbor-seq" => Format::Cbor,
            "msgpack" | "messagepack" | "vnd.msgpack" => Format::MessagePack,
            "xml" => Format::Xml,
            "yaml" | "vnd.yaml" => Format::Yaml,
            "protobuf" | "vnd.google.protobuf" | "google.protobuf" => message
                .map_or(Format::ProtobufFields, |name| {
                    Format::Protobuf(name.clone())
                }),
            rest if rest.contains("sparkplug") => Format::SparkplugB,
            _ => return None,
        },
        _ => return None,
    })
}

/// Structured syntax suffixes (RFC 6839, 8949, 9512).
fn by_suffix(suffix: &str) -> Option<Format> {
    Some(match suffix {
        "json" | "json-seq" => Format::Json,
        "xml" => Format::Xml,
        "yaml" => Format::Yaml,
        "cbor" | "cbor-seq" => Format::Cbor,
        "msgpack" => Format::MessagePack,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_name_formats() {
        let format = |text: &str| hint(text).format;
        assert_eq!(format("application/json"), Some(Format::Json));
        assert_eq!(
            format("Application/JSON; charset=UTF-8"),
            Some(Format::Json)
        );
        assert_eq!(format("application/vnd.api+json"), Some(Format::Json));
        assert_eq!(format("application/senml+cbor"), Some(Format::Cbor));
        assert_eq!(format("application/x-msgpack"), Some(Format::MessagePack));
        assert_eq!(format("image/svg+xml"), Some(Format::Xml));
        assert_eq!(format("text/x-yaml"), Some(Format::Yaml));
        assert_eq!(format("image/jpeg"), Some(Format::Image));
        assert_eq!(
            format("application/x-protobuf"),
            Some(Format::ProtobufFields)
        );
        let named = Format::Protobuf("plant.Reading".to_owned());
        assert_eq!(
            format("application/protobuf; proto=\"plant.Reading\""),
            Some(named)
        );
        for unknown in [
            "",
            "json",
            "text/plain",
            "application/octet-stream",
            "a/b/c",
            ";;=",
            "/",
        ] {
            assert_eq!(format(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn charsets_are_known_by_their_names() {
        let charset = |text: &str| hint(text).charset;
        assert_eq!(
            charset("text/plain; charset=ISO-8859-1"),
            Some(Charset::Latin1)
        );
        assert_eq!(
            charset("text/plain;charset=\"utf-16le\""),
            Some(Charset::Utf16Le)
        );
        assert_eq!(charset("text/plain; charset=klingon"), None);
    }
}

//! What a profile says about TLS: whom to trust and who we are.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The SHA-256 of a certificate's DER bytes, as upper-case hexadecimal digits with colons.
///
/// Text from a file or a person is normalised as far as it can be; [`Fingerprint::is_valid`] tells whether it is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of the certificate whose SHA-256 is `digest`.
    pub fn from_sha256(digest: &[u8; 32]) -> Self {
        let mut text = String::with_capacity(95);
        for (index, byte) in digest.iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            if let Err(err) = write!(text, "{separator}{byte:02X}") {
                // A String takes every write.
                debug_assert!(false, "{err}");
            }
        }
        Self(text)
    }

    /// The fingerprint as a person wrote it: digits in any case, with colons, blanks or nothing in between.
    pub fn new(text: &str) -> Self {
        let plain = text.trim();
        let plain = plain
            .split_once('=')
            .map_or(plain, |(_name, digits)| digits);
        let digits: String = plain.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        if digits.len() != 64 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Self(text.trim().to_owned());
        }
        let mut normal = String::with_capacity(95);
        for (index, digit) in digits.to_ascii_uppercase().chars().enumerate() {
            if index > 0 && index % 2 == 0 {
                normal.push(':');
            }
            normal.push(digit);
        }
        Self(normal)
    }

    /// Whether this is the fingerprint of a certificate: 32 bytes.
    pub fn is_valid(&self) -> bool {
        self.0.len() == 95
            && self.0.char_indices().all(|(index, c)| match index % 3 {
                2 => c == ':',
                _ => c.is_ascii_digit() || matches!(c, 'A'..='F'),
            })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Fingerprint {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which brokers' certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Verify {
    /// Those that a known authority issued for this host and that are valid today.
    #[default]
    Full,
    /// Exactly these end-entity certificates, whatever else is wrong with them.
    Pinned(Vec<Fingerprint>),
    /// Those that a known authority issued and that are valid today, whatever host they are for: whoever has another
    /// certificate of that authority can pose as the broker. Always marked.
    AnyHost,
    /// Every certificate: whoever sits in between can read along. A deliberate choice, always marked.
    Nothing,
}

impl Verify {
    /// What nobody checks, as the beginning of a sentence; `None` where nothing is left out.
    pub fn left_out(&self) -> Option<&'static str> {
        match self {
            Self::Full | Self::Pinned(_) => None,
            Self::AnyHost => Some("the certificate's host name is not verified"),
            Self::Nothing => Some("the certificate is not verified"),
        }
    }
}

/// How the client shows who it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Identity {
    /// It does not.
    #[default]
    None,
    /// With a certificate and its key, each in a PEM file.
    Pem {
        /// The certificate, followed by those that issued it.
        certificate: PathBuf,
        /// The key: PKCS#8 (also encrypted), PKCS#1 or SEC1.
        key: PathBuf,
    },
    /// With both in one PKCS#12 file.
    Pkcs12 {
        /// The file (`.p12`, `.pfx`).
        file: PathBuf,
    },
}

/// A version of TLS.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1_2 => "TLS 1.2",
            Self::V1_3 => "TLS 1.3",
        })
    }
}

/// Everything about TLS; kept, but without effect, when the transport has none. The passphrase of the key is a secret
/// ([`super::SecretKind::KeyPassphrase`]).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSettings {
    /// Whom to trust.
    pub verify: Verify,
    /// A PEM file of authorities to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Who we are.
    pub identity: Identity,
    /// Protocols to offer by ALPN (RFC 7301), in order; empty offers none.
    pub alpn: Vec<String>,
    /// The name sent as SNI and expected in the certificate; empty is the host.
    pub server_name: String,
    /// The oldest version accepted.
    pub minimum: TlsVersion,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_normalised_and_wrong_ones_kept_as_typed() {
        let digest: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 7).unwrap());
        let fingerprint = Fingerprint::from_sha256(&digest);
        assert!(fingerprint.is_valid());
        assert!(fingerprint.as_str().starts_with("00:07:0E:15"));
        let plain = fingerprint.as_str().replace(':', "").to_lowercase();
        assert_eq!(Fingerprint::new(&plain), fingerprint);
        let openssl = format!("sha256 Fingerprint={fingerprint}\n");
        assert_eq!(Fingerprint::new(&openssl), fingerprint);
        for wrong in [
            "",
            "00:07",
            &format!("{plain}00"),
            &plain.replace('0', "x"),
            "ä",
        ] {
            assert!(!Fingerprint::new(wrong).is_valid(), "{wrong}");
            assert_eq!(Fingerprint::new(wrong).as_str(), wrong);
        }
    }
}

//! A certificate of the broker in plain words, without the types of any library.

use ring::digest::{SHA256, digest};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

use crate::mqtt::Timestamp;
use crate::profile::Fingerprint;

/// A certificate that the broker has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// Whom it is for, as `CN=broker, O=Example`.
    pub subject: String,
    /// Who issued it, in the same form.
    pub issuer: String,
    /// The host names and addresses it is for; the common name where it lists none.
    pub names: Vec<String>,
    /// From when on it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// The kind of its key, such as `RSA 2048` or `EC 256`.
    pub key: String,
    /// Serial number in hexadecimal digits.
    pub serial: String,
    /// Whether it may issue others.
    pub is_authority: bool,
    /// SHA-256 of the whole certificate.
    pub fingerprint: Fingerprint,
    /// The certificate itself (DER).
    pub der: Vec<u8>,
}

impl PeerCertificate {
    /// Reads a certificate; `None` when it is none.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        Some(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names: names(&certificate),
            not_before: timestamp(&validity.not_before),
            not_after: timestamp(&validity.not_after),
            key: key(&certificate),
            serial: certificate.raw_serial_as_string(),
            is_authority: certificate.is_ca(),
            fingerprint: fingerprint(der),
            der: der.to_vec(),
        })
    }

    /// Whether it names itself as its issuer.
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Who issued it, in one or two words: the common name, or else the organisation.
    pub fn issuer_name(&self) -> &str {
        short_name(&self.issuer)
    }
}

/// The value of `CN=`, or of `O=`, or all of it.
fn short_name(name: &str) -> &str {
    let part = |key: &str| name.split(", ").find_map(|part| part.strip_prefix(key));
    part("CN=").or_else(|| part("O=")).unwrap_or(name)
}

/// The fingerprint of a certificate.
pub(super) fn fingerprint(der: &[u8]) -> Fingerprint {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, der).as_ref());
    Fingerprint::from_sha256(&bytes)
}

fn timestamp(time: &ASN1Time) -> Timestamp {
    Timestamp::from_micros(time.timestamp().saturating_mul(1_000_000))
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let listed = certificate.subject_alternative_name().ok().flatten();
    let listed: Vec<String> = listed
        .iter()
        .flat_map(|names| &names.value.general_names)
        .filter_map(host_name)
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    common_name(certificate.subject()).into_iter().collect()
}

fn host_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes)
                .map(|bytes| std::net::Ipv4Addr::from(bytes).to_string());
            let v6 = <[u8; 16]>::try_from(*bytes)
                .map(|bytes| std::net::Ipv6Addr::from(bytes).to_string());
            v4.or(v6).ok()
        }
        _ => None,
    }
}

fn common_name(name: &X509Name<'_>) -> Option<String> {
    let first = name.iter_common_name().next()?;
    first.as_str().ok().map(str::to_owned)
}

fn key(certificate: &X509Certificate<'_>) -> String {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("EC {}", point.key_size()),
        Ok(PublicKey::DSA(_)) => "DSA".to_owned(),
        _ => match certificate
            .public_key()
            .algorithm
            .algorithm
            .to_id_string()
            .as_str()
        {
            "1.3.101.112" => "Ed25519".to_owned(),
            "1.3.101.113" => "Ed448".to_owned(),
            other => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_read_into_plain_words() {
        let names = ["broker.example".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names.to_vec()).unwrap();
        let certificate = PeerCertificate::from_der(made.cert.der()).unwrap();
        assert_eq!(certificate.names, names);
        assert!(certificate.is_self_issued());
        assert!(certificate.not_before < certificate.not_after);
        assert_eq!(certificate.key, "EC 256");
        assert!(certificate.fingerprint.is_valid());
        assert_eq!(PeerCertificate::from_der(b"nonsense"), None);
        assert_eq!(short_name("O=Example, CN=Root"), "Root");
        assert_eq!(short_name("C=DE, O=Example"), "Example");
    }
}

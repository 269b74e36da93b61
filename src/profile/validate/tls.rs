//! What a profile says about TLS, without looking at files.

use std::path::Path;

use super::super::{Identity, Profile, Verify};
use super::{Field, Problem, error, hint};

impl Profile {
    pub(super) fn check_tls(&self, found: &mut Vec<Problem>) {
        if !self.transport.uses_tls() {
            return;
        }
        self.check_trust(found);
        self.check_identity(found);
        for (index, protocol) in self.tls.alpn.iter().enumerate() {
            // RFC 7301, 3.1: one length byte.
            if protocol.is_empty() || protocol.len() > 255 {
                found.push(error(
                    Field::Alpn(index),
                    "A protocol's name has 1 to 255 bytes, such as “mqtt”. Correct it.",
                ));
            }
        }
        let name = &self.tls.server_name;
        if name.contains(|c: char| c.is_whitespace() || c.is_control() || "/:@[]".contains(c)) {
            found.push(error(
                Field::ServerName,
                "The server's name is a host name alone, such as “broker.example”. Correct it.",
            ));
        }
    }

    fn check_trust(&self, found: &mut Vec<Problem>) {
        if self.tls.verify == Verify::AnyHost {
            found.push(hint(
                Field::Verify,
                "Whoever has another certificate of the same authority can pose as the broker. Verify as usual, with the name it is for as server name.",
            ));
        }
        match &self.tls.verify {
            Verify::Full | Verify::AnyHost => {
                if let Some(file) = &self.tls.ca_file {
                    check_chosen(Field::CaFile, "file of authorities", file, found);
                }
            }
            Verify::Pinned(prints) => {
                if prints.is_empty() {
                    found.push(error(
                        Field::Verify,
                        "No certificate is pinned, so none is trusted. Add a fingerprint, or verify as usual.",
                    ));
                }
                for (index, fingerprint) in prints.iter().enumerate() {
                    if !fingerprint.is_valid() {
                        found.push(error(
                            Field::Fingerprint(index),
                            "A fingerprint is a SHA-256: 64 hexadecimal digits, with or without colons. Correct it.",
                        ));
                    }
                }
            }
            Verify::Nothing => found.push(hint(
                Field::Verify,
                "Whoever sits between here and the broker can read along and pose as the broker. Trust its certificate or its authority instead.",
            )),
        }
    }

    fn check_identity(&self, found: &mut Vec<Problem>) {
        match &self.tls.identity {
            Identity::None => {}
            Identity::Pem { certificate, key } => {
                check_chosen(Field::Certificate, "certificate", certificate, found);
                check_chosen(Field::Key, "key", key, found);
            }
            Identity::Pkcs12 { file } => {
                check_chosen(Field::Certificate, "PKCS#12 file", file, found);
            }
        }
    }
}

fn check_chosen(field: Field, what: &str, path: &Path, found: &mut Vec<Problem>) {
    if path.as_os_str().is_empty() {
        found.push(error(field, format!("No {what} is chosen. Choose one.")));
    }
}

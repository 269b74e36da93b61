//! Private keys from files: PKCS#8, PKCS#1 and SEC1 in PEM or DER form, and encrypted PKCS#8 with its passphrase.

use std::path::Path;

use pkcs8::EncryptedPrivateKeyInfoRef;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use x509_parser::pem::Pem;

use crate::profile::Secret;

use super::super::error::FileProblem;
use super::files::{SEQUENCE, blocks, problem, read};

const CHOOSE: &str = "Choose the file with the key in the profile.";

/// The first private key of a file.
pub(super) fn private_key(
    path: &Path,
    passphrase: Option<&Secret>,
) -> Result<PrivateKeyDer<'static>, FileProblem> {
    let bytes = read(path)?;
    if bytes.first() == Some(&SEQUENCE) {
        return from_der(path, bytes, passphrase);
    }
    // the old way of encrypting has headers inside the block, which is therefore no plain PEM
    if bytes
        .windows(21)
        .any(|window| window == b"Proc-Type: 4,ENCRYPTED")
        || has_old_header(&bytes)
    {
        return Err(problem(
            path,
            "is encrypted in an outdated way.",
            "Convert it with “openssl pkcs8 -topk8 -in OLD -out NEW”, and choose the new file in the profile.",
        ));
    }
    let blocks = blocks(path, &bytes)?;
    let key = blocks
        .iter()
        .find(|block| block.label.ends_with("PRIVATE KEY"));
    let Some(Pem { label, contents }) = key else {
        return Err(problem(path, "holds no private key.", CHOOSE));
    };
    match label.as_str() {
        "PRIVATE KEY" => Ok(PrivatePkcs8KeyDer::from(contents.clone()).into()),
        "RSA PRIVATE KEY" => Ok(PrivatePkcs1KeyDer::from(contents.clone()).into()),
        "EC PRIVATE KEY" => Ok(PrivateSec1KeyDer::from(contents.clone()).into()),
        "ENCRYPTED PRIVATE KEY" => decrypt(path, contents, passphrase),
        other => Err(problem(
            path,
            format!("holds a “{other}”, which TLS cannot use."),
            "Convert it with “openssl pkcs8 -topk8 -in OLD -out NEW”, and choose the new file in the profile.",
        )),
    }
}

fn has_old_header(bytes: &[u8]) -> bool {
    bytes.windows(9).any(|window| window == b"DEK-Info:")
}

fn from_der(
    path: &Path,
    bytes: Vec<u8>,
    passphrase: Option<&Secret>,
) -> Result<PrivateKeyDer<'static>, FileProblem> {
    if EncryptedPrivateKeyInfoRef::try_from(bytes.as_slice()).is_ok() {
        return decrypt(path, &bytes, passphrase);
    }
    PrivateKeyDer::try_from(bytes)
        .map_err(|_unknown| problem(path, "holds no private key.", CHOOSE))
}

fn decrypt(
    path: &Path,
    der: &[u8],
    passphrase: Option<&Secret>,
) -> Result<PrivateKeyDer<'static>, FileProblem> {
    let Some(passphrase) = passphrase else {
        return Err(problem(
            path,
            "is encrypted, and no passphrase was given.",
            "Enter the passphrase of the key.",
        ));
    };
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|err| {
        problem(
            path,
            format!("is damaged or encrypted in an unknown way ({err})."),
            "Convert it with “openssl pkcs8 -topk8 -in OLD -out NEW”, and choose the new file in the profile.",
        )
    })?;
    let opened = encrypted.decrypt(passphrase.reveal());
    let opened = opened.map_err(|_wrong| wrong_passphrase(path))?;
    Ok(PrivatePkcs8KeyDer::from(opened.as_bytes().to_vec()).into())
}

/// That the passphrase does not open `path`.
pub(super) fn wrong_passphrase(path: &Path) -> FileProblem {
    problem(
        path,
        "does not open with this passphrase.",
        "Enter the right passphrase of the key.",
    )
}

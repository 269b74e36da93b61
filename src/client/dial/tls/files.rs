//! Certificates from files of the profile: PEM with one or several, or DER. What is wrong with a file is said in a
//! sentence that names it.

use std::io;
use std::path::Path;

use rustls::pki_types::CertificateDer;
use x509_parser::pem::Pem;

use super::super::error::FileProblem;
use super::certificate::PeerCertificate;

/// No file of certificates or keys is larger, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;
/// The first byte of everything in DER that is read here.
pub(super) const SEQUENCE: u8 = 0x30;

/// A problem with `path`: what is wrong, and the cure.
pub(super) fn problem(
    path: &Path,
    what: impl Into<String>,
    cure: impl Into<String>,
) -> FileProblem {
    FileProblem {
        path: path.to_owned(),
        what: what.into(),
        cure: cure.into(),
    }
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, FileProblem> {
    const CHOOSE: &str = "Choose another file in the profile.";
    let cannot = |err: io::Error| match err.kind() {
        io::ErrorKind::NotFound => problem(path, "is not there.", CHOOSE),
        io::ErrorKind::PermissionDenied => problem(
            path,
            "may not be read by you.",
            "Change its permissions, or choose another file in the profile.",
        ),
        _ => problem(path, format!("cannot be read: {err}."), CHOOSE),
    };
    let facts = std::fs::metadata(path).map_err(cannot)?;
    if facts.is_dir() {
        return Err(problem(path, "is a directory.", CHOOSE));
    }
    if facts.len() > LARGEST {
        return Err(problem(path, "is far too large.", CHOOSE));
    }
    let bytes = std::fs::read(path).map_err(cannot)?;
    if bytes.is_empty() {
        return Err(problem(path, "is empty.", CHOOSE));
    }
    Ok(bytes)
}

/// The PEM blocks of a file.
pub(super) fn blocks(path: &Path, bytes: &[u8]) -> Result<Vec<Pem>, FileProblem> {
    let mut blocks = Vec::new();
    for block in Pem::iter_from_buffer(bytes) {
        let number = blocks.len() + 1;
        blocks.push(block.map_err(|err| {
            problem(
                path,
                format!("has a damaged PEM block (number {number}: {err})."),
                "Copy the file again, or choose another one in the profile.",
            )
        })?);
    }
    Ok(blocks)
}

/// All certificates of a file, in order; at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, FileProblem> {
    let bytes = read(path)?;
    let found: Vec<Vec<u8>> = if bytes.first() == Some(&SEQUENCE) {
        vec![bytes]
    } else {
        let blocks = blocks(path, &bytes)?;
        let is_certificate = |block: &&Pem| {
            matches!(
                block.label.as_str(),
                "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE"
            )
        };
        let found: Vec<_> = blocks.iter().filter(is_certificate).collect();
        if found.is_empty() {
            return Err(no_certificate(path, &blocks));
        }
        found
            .into_iter()
            .map(|block| block.contents.clone())
            .collect()
    };
    for (index, der) in found.iter().enumerate() {
        if PeerCertificate::from_der(der).is_none() {
            return Err(problem(
                path,
                format!(
                    "holds something that is no certificate (number {}).",
                    index + 1
                ),
                "Choose a file with certificates in PEM or DER form in the profile.",
            ));
        }
    }
    Ok(found.into_iter().map(CertificateDer::from).collect())
}

fn no_certificate(path: &Path, blocks: &[Pem]) -> FileProblem {
    let what = match blocks.first() {
        Some(block) if block.label.ends_with("PRIVATE KEY") => {
            "holds a private key and no certificate.".to_owned()
        }
        Some(block) if block.label.ends_with("CERTIFICATE REQUEST") => {
            "holds a certificate request, which nobody has signed yet.".to_owned()
        }
        Some(block) => format!("holds “{}” and no certificate.", block.label),
        None => "holds no certificate.".to_owned(),
    };
    problem(
        path,
        what,
        "Choose the file with the certificate in the profile.",
    )
}

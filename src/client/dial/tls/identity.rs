//! Who we are: the client's certificate and key, from PEM files or from PKCS#12, and noticing whether the broker asks.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use p12_keystore::Pkcs12Archive;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use crate::profile::{Identity, Secret};

use super::super::super::plan::Target;
use super::super::error::FileProblem;
use super::files::{certificates, problem, read};
use super::keys::{private_key, wrong_passphrase};

/// Gives the certificate when the broker asks, if there is one.
#[derive(Debug)]
pub(super) struct Answer {
    identity: Option<Arc<CertifiedKey>>,
    asked: Arc<AtomicBool>,
}

impl ResolvesClientCert for Answer {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        let fits = |key: &&Arc<CertifiedKey>| key.key.choose_scheme(schemes).is_some();
        self.identity.as_ref().filter(fits).cloned()
    }

    fn has_certs(&self) -> bool {
        // also without one, so that `resolve` is asked and we know that the broker wants it
        true
    }
}

/// Loads the identity of `target`; `asked` is set when the broker wants one.
///
/// # Errors
/// A sentence about the file that cannot be used.
pub(super) fn load(
    target: &Target,
    provider: &CryptoProvider,
    asked: Arc<AtomicBool>,
) -> Result<Answer, FileProblem> {
    let passphrase = target.key_passphrase.as_ref();
    let identity = match &target.tls.identity {
        Identity::None => None,
        Identity::Pem { certificate, key } => {
            let chain = certificates(certificate)?;
            let secret = private_key(key, passphrase)?;
            Some(joined(provider, chain, secret, (certificate, key))?)
        }
        Identity::Pkcs12 { file } => {
            let (chain, secret) = open_pkcs12(file, passphrase)?;
            Some(joined(provider, chain, secret, (file, file))?)
        }
    };
    Ok(Answer {
        identity: identity.map(Arc::new),
        asked,
    })
}

fn joined(
    provider: &CryptoProvider,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    (certificate_file, key_file): (&Path, &Path),
) -> Result<CertifiedKey, FileProblem> {
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|_unknown| {
            problem(
                key_file,
                "holds a key that Canopy cannot use.",
                "Use RSA with at least 2,048 bits, ECDSA with P-256 or P-384, or Ed25519.",
            )
        })?;
    let joined = CertifiedKey::new(chain, key);
    match joined.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            Ok(joined)
        }
        Err(_different) => Err(problem(
            key_file,
            format!(
                "does not belong to the certificate in “{}”.",
                certificate_file.display()
            ),
            "Choose the two files that belong together in the profile.",
        )),
    }
}

type Opened = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn open_pkcs12(path: &Path, passphrase: Option<&Secret>) -> Result<Opened, FileProblem> {
    let bytes = read(path)?;
    let secret = passphrase.map_or("", Secret::reveal);
    let archive = Pkcs12Archive::from_pkcs12(&bytes, secret).map_err(|err| match err {
        p12_keystore::error::Error::MacError(_) if passphrase.is_none() => problem(
            path,
            "is encrypted, and no passphrase was given.",
            "Enter the passphrase of the key.",
        ),
        p12_keystore::error::Error::MacError(_) => wrong_passphrase(path),
        other => problem(
            path,
            format!("cannot be read as PKCS#12 ({other})."),
            "Choose a .p12 or .pfx file in the profile.",
        ),
    })?;
    let Some(key) = archive.keys.first() else {
        return Err(problem(
            path,
            "holds no private key.",
            "Export it again together with its key.",
        ));
    };
    let id = key.local_key_id.as_ref().map(|id| id.0.as_slice());
    let is_own = |der: &Option<Vec<u8>>| id.is_some() && der.as_deref() == id;
    // the client's own certificate first, those that issued it behind
    let mut bags: Vec<_> = archive.certs.iter().collect();
    bags.sort_by_key(|bag| !is_own(&bag.local_key_id));
    if bags.is_empty() {
        return Err(problem(
            path,
            "holds no certificate.",
            "Export it again together with its certificate.",
        ));
    }
    let chain = bags
        .into_iter()
        .map(|bag| CertificateDer::from(bag.cert.as_der().to_vec()))
        .collect();
    Ok((
        chain,
        PrivatePkcs8KeyDer::from(key.key.as_der().to_vec()).into(),
    ))
}

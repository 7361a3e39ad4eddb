//! Which certificates are trusted: the machine's own, read when the first handshake needs them.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::Error;
use crate::request::Trust;

pub(crate) struct Roots {
    bundle: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
    system: OnceLock<Trusted>,
}

/// A verifier over some roots, or why there is none.
#[derive(Clone)]
pub(crate) struct Trusted {
    pub(crate) verifier: Result<Arc<WebPkiServerVerifier>, String>,
    pub(crate) provider: Arc<CryptoProvider>,
}

impl Roots {
    pub(crate) fn new(bundle: Option<PathBuf>) -> Result<Self, Error> {
        let bundle = match bundle {
            Some(path) => read_bundle(path)?,
            None => Vec::new(),
        };
        let provider = Arc::new(ring::default_provider());
        Ok(Self { bundle, provider, system: OnceLock::new() })
    }

    pub(crate) fn trusted(&self, trust: &Trust) -> Trusted {
        match trust {
            Trust::System => self.system.get_or_init(|| self.load_system()).clone(),
            Trust::Only(pem) => {
                let none =
                    || "the CA to be trusted here holds no usable PEM certificate".to_owned();
                self.over(certificates(pem), none)
            }
        }
    }

    fn load_system(&self) -> Trusted {
        let native = rustls_native_certs::load_native_certs();
        let roots = native.certs.into_iter().chain(self.bundle.iter().cloned()).collect();
        self.over(roots, || {
            let why = native.errors.first().map(|it| format!(" ({it})")).unwrap_or_default();
            format!(
                "no root certificates found on this machine{why}; \
                 set SSL_CERT_FILE to a file of PEM certificates"
            )
        })
    }

    fn over(&self, roots: Vec<CertificateDer<'static>>, none: impl FnOnce() -> String) -> Trusted {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots);
        let provider = Arc::clone(&self.provider);
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
            .build()
            .map_err(|_| none());
        Trusted { verifier, provider: Arc::clone(&self.provider) }
    }
}

fn read_bundle(path: PathBuf) -> Result<Vec<CertificateDer<'static>>, Error> {
    match std::fs::read(&path) {
        Err(source) => Err(Error::ReadBundle { path, source }),
        Ok(pem) => match certificates(&pem) {
            none if none.is_empty() => Err(Error::EmptyBundle(path)),
            some => Ok(some),
        },
    }
}

/// What is not a certificate in there is passed over, as other clients do with the same file.
fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect()
}

//! The TLS phase: a handshake, and whose certificate was presented in it.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use diagnosis::document::certificate::issuer;
use diagnosis::facts::Ended;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::error::Failure;
use crate::roots::Trusted;

/// Holds the issuer of the certificate that was presented, as soon as there is one; the handshake
/// may hang or fail after that.
pub(crate) type Presented = Arc<OnceLock<Option<String>>>;

pub(crate) async fn handshake<S>(
    stream: S,
    host: &str,
    trusted: Trusted,
    presented: Presented,
) -> Result<TlsStream<S>, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = match host.parse::<IpAddr>() {
        Ok(address) => ServerName::from(address),
        Err(_) => ServerName::try_from(host.to_owned()).map_err(|error| {
            Failure::new(Ended::TlsFailed, format!("no TLS to `{host}`: {error}"))
        })?,
    };
    let rootless = trusted.verifier.as_ref().err().cloned();
    let config = config(trusted, presented)?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| {
        let ended = classify(&error);
        match rootless {
            Some(why) if ended == Ended::TlsUntrusted => Failure::new(ended, why),
            _ => Failure::new(ended, error.to_string()),
        }
    })
}

fn config(trusted: Trusted, presented: Presented) -> Result<ClientConfig, Failure> {
    let Trusted { verifier, provider } = trusted;
    let witness = Witness { inner: verifier.ok(), provider: Arc::clone(&provider), presented };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new(Ended::TlsFailed, error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(witness))
        .with_no_client_auth();
    // Each measurement is a whole handshake.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// By type, never by the words of an error. Everything the verifier holds against a certificate
/// besides its name and its dates comes down to not being issued by whom we trust.
fn classify(error: &io::Error) -> Ended {
    let Some(rustls::Error::InvalidCertificate(reason)) =
        error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>())
    else {
        return if error.kind() == io::ErrorKind::TimedOut {
            Ended::TlsTimedOut
        } else {
            Ended::TlsFailed
        };
    };
    match reason {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Ended::TlsWrongName
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Ended::TlsExpired,
        CertificateError::BadEncoding
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            Ended::TlsFailed
        }
        _ => Ended::TlsUntrusted,
    }
}

/// Notes the issuer, then leaves the decision to rustls. Without any roots it refuses.
#[derive(Debug)]
struct Witness {
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    presented: Presented,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.presented.get_or_init(|| issuer(end_entity));
        match &self.inner {
            Some(inner) => {
                inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

//! Certificates of vendors on this machine: whatever is wrong with them is noted, and the connection is made.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Accepts every certificate and remembers what a careful client would have said. One serves one connection.
#[derive(Debug)]
pub(crate) struct Anyone {
    /// The judgement of the system's authorities; none where the system lists no authority.
    careful: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    noted: Mutex<Option<CertificateError>>,
}

impl Anyone {
    pub(crate) fn new(roots: &RootCertStore, provider: Arc<CryptoProvider>) -> Self {
        let careful = WebPkiServerVerifier::builder_with_provider(Arc::new(roots.clone()), Arc::clone(&provider));
        Self { careful: careful.build().ok(), provider, noted: Mutex::new(None) }
    }

    /// What was wrong with the certificate that was seen.
    pub(crate) fn noted(&self) -> Option<CertificateError> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = match &self.careful {
            Some(careful) => {
                careful.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map(drop)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        if let Err(Error::InvalidCertificate(error)) = verdict {
            *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
        Ok(ServerCertVerified::assertion())
    }

    // The server must still hold the key of the certificate that it shows, or the handshake is not sound.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

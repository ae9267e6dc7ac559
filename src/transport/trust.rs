//! Whom we trust on HTTPS, and what a failed handshake means.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};

use crate::wire::TlsTrouble;

use super::anyone::Anyone;
use super::endpoint::Endpoint;
use super::handed_over::HandedOver;

/// Whose signatures on certificates count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// The authorities that this system trusts.
    #[default]
    System,
    /// Those, and the certificates of this PEM text.
    Ca(Vec<u8>),
    /// Whoever answers; what the system's authorities would have said is noted in `wire::Tls::trouble`. Only for
    /// vendors on this machine, whose certificates nobody judges.
    Anyone,
}

/// Why trust cannot be established before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The text holds no certificate.
    #[error("no certificate in the PEM text")]
    Empty,
    /// A certificate cannot be used.
    #[error("certificate {number} of the PEM text: {problem}")]
    Certificate {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        problem: String,
    },
    /// The system names no authority at all, so no certificate could ever verify.
    #[error("this system lists no trusted certificate authorities{detail}")]
    NoAuthorities {
        /// What happened while looking, beginning with a colon; or empty.
        detail: String,
    },
    /// Certificates may be ignored on this machine only.
    #[error("certificates are ignored only for vendors on this machine")]
    NotLoopback,
    /// rustls refuses the settings.
    #[error("TLS cannot be set up: {detail}")]
    Setup {
        /// What rustls said.
        detail: String,
    },
}

impl Trust {
    /// The settings of clients of this endpoint. The system's list is read when it is first needed, once for the
    /// process, and never for `http`: that takes longer than all the rest of the start.
    pub(crate) fn client_config(&self, endpoint: &Endpoint) -> Result<ClientConfig, TrustError> {
        if !endpoint.https() {
            return config(RootCertStore::empty());
        }
        let mut roots = system_roots().clone();
        match self {
            Self::System if roots.is_empty() => {
                let detail = rustls_native_certs::load_native_certs().errors.into_iter().next();
                let detail = detail.map_or_else(String::new, |error| format!(": {error}"));
                return Err(TrustError::NoAuthorities { detail });
            }
            Self::System => {}
            Self::Ca(pem) => {
                let handed_over = add_pem(&mut roots, pem)?;
                let mut config = config(roots.clone())?;
                let provider = Arc::clone(config.crypto_provider());
                let verifier = HandedOver::new(roots, handed_over, provider)?;
                config.dangerous().set_certificate_verifier(Arc::new(verifier));
                return Ok(config);
            }
            Self::Anyone if !endpoint.loopback() => return Err(TrustError::NotLoopback),
            Self::Anyone => {
                let mut config = config(RootCertStore::empty())?;
                // A resumed session would show no certificate, and nothing would be noted.
                config.resumption = Resumption::disabled();
                let anyone = Anyone::new(system_roots(), Arc::clone(config.crypto_provider()));
                config.dangerous().set_certificate_verifier(Arc::new(anyone));
                return Ok(config);
            }
        }
        config(roots)
    }

    /// The settings of one connection, and where its certificate's trouble is noted instead of ending it.
    pub(crate) fn for_connection(&self, config: &Arc<ClientConfig>) -> (Arc<ClientConfig>, Option<Arc<Anyone>>) {
        if *self != Self::Anyone {
            return (Arc::clone(config), None);
        }
        let mut config = ClientConfig::clone(config);
        let anyone = Arc::new(Anyone::new(system_roots(), Arc::clone(config.crypto_provider())));
        let verifier: Arc<Anyone> = Arc::clone(&anyone);
        config.dangerous().set_certificate_verifier(verifier);
        (Arc::new(config), Some(anyone))
    }

    /// What a failed handshake or a broken TLS stream says about the server; none where TLS is not to blame.
    pub(crate) fn trouble(&self, error: &io::Error, host: &str) -> Option<TlsTrouble> {
        let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
        Some(self.classify(error, host))
    }

    fn classify(&self, error: &rustls::Error, host: &str) -> TlsTrouble {
        use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage, PeerIncompatible};
        let detail = || error.to_string();
        match error {
            InvalidCertificate(certificate) => self.classify_certificate(certificate, host),
            InvalidMessage(rustls::InvalidMessage::InvalidContentType) => TlsTrouble::NotTls,
            PeerIncompatible(_)
            | AlertReceived(
                AlertDescription::ProtocolVersion
                | AlertDescription::HandshakeFailure
                | AlertDescription::InsufficientSecurity,
            ) => TlsTrouble::Version { detail: detail() },
            _ => TlsTrouble::Handshake { detail: detail() },
        }
    }

    /// What a refused certificate says about the server.
    pub(crate) fn classify_certificate(&self, error: &CertificateError, host: &str) -> TlsTrouble {
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsTrouble::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsTrouble::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsTrouble::WrongName { name: host.to_owned() }
            }
            CertificateError::UnknownIssuer => TlsTrouble::UnknownIssuer,
            // `openssl req -x509` marks what it makes as an authority, so this is the usual self-signed certificate.
            // Handed over itself it is accepted (see `handed_over`), so this is another one: whoever named a CA needs to
            // hear about the mark, others do not.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => match self {
                Self::System | Self::Anyone => TlsTrouble::UnknownIssuer,
                Self::Ca(_) => TlsTrouble::Handshake {
                    detail: "the server presents the certificate of an authority (CA:TRUE) as its own".to_owned(),
                },
            },
            CertificateError::BadSignature => {
                TlsTrouble::Handshake { detail: "a signature was not made with the key of the one it names".to_owned() }
            }
            other => TlsTrouble::Handshake { detail: rustls::Error::InvalidCertificate(other.clone()).to_string() },
        }
    }
}

/// The authorities of this system, read once.
fn system_roots() -> &'static RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    })
}

fn add_pem(roots: &mut RootCertStore, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let mut added = Vec::new();
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        number += 1;
        let problem = |problem: String| TrustError::Certificate { number, problem };
        let certificate = certificate.map_err(|error| problem(error.to_string()))?;
        roots.add(certificate.clone()).map_err(|error| problem(error.to_string()))?;
        added.push(certificate);
    }
    if number == 0 { Err(TrustError::Empty) } else { Ok(added) }
}

/// The provider is named here, because rustls otherwise asks for one that the whole process agreed on.
fn config(roots: RootCertStore) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TrustError::Setup { detail: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vendor() -> Endpoint {
        Endpoint::parse("https://vendor.example").unwrap()
    }

    #[test]
    fn a_pem_text_without_certificates_is_refused() {
        for (pem, error) in [
            (&b""[..], TrustError::Empty),
            (b"no PEM at all", TrustError::Empty),
            (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", TrustError::Empty),
        ] {
            assert_eq!(Trust::Ca(pem.to_vec()).client_config(&vendor()).err(), Some(error));
        }
    }

    #[test]
    fn the_broken_certificate_is_counted() {
        let good = rcgen::generate_simple_self_signed(vec!["vendor.example".to_owned()]).unwrap().cert.pem();
        let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = Trust::Ca(format!("{good}{bad}").into_bytes()).client_config(&vendor()).err();
        assert!(matches!(error, Some(TrustError::Certificate { number: 2, .. })), "{error:?}");
    }

    #[test]
    fn a_good_certificate_is_taken() {
        let good = rcgen::generate_simple_self_signed(vec!["vendor.example".to_owned()]).unwrap().cert.pem();
        assert!(Trust::Ca(good.into_bytes()).client_config(&vendor()).is_ok());
    }

    #[test]
    fn certificates_are_ignored_on_this_machine_only() {
        assert_eq!(Trust::Anyone.client_config(&vendor()).err(), Some(TrustError::NotLoopback));
        assert!(Trust::Anyone.client_config(&Endpoint::parse("https://[::1]:8443").unwrap()).is_ok());
    }
}

//! HTTPS for marketplaces that stand on the user's own machine: an authority of their own, and its certificates.
//!
//! A client has to be told once whom to trust, so the authority stays: it is made in a folder where there is none, and
//! used again where there is one. A server's certificate is made at each start, for as long as browsers accept one. The
//! authority's key never leaves its file, which nobody else may read.

#![expect(clippy::disallowed_types, reason = "this is where the authority's files are opened")]

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{RootCertStore, ServerConfig};

/// The authority's certificate, which clients must trust.
const CERTIFICATE: &str = "ca.pem";
/// The authority's key.
const KEY: &str = "ca-key.pem";

/// Days for which a server's certificate is good: no browser accepts more than 398 (CA/Browser Forum, 6.3.2).
const DAYS: i64 = 397;
/// Years for which the authority is good.
const YEARS: i64 = 10;

/// Names that every certificate is for.
const OWN_NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// Longest file that is read as one of the authority's.
const MOST_BYTES: u64 = 64 * 1024;

/// Why there is no HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    System {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// Of certificate and key only one is there.
    #[error("{} is there and {} is not: put it back, or remove both to have a new authority made", there.display(), missing.display())]
    Alone {
        /// The file that is there.
        there: PathBuf,
        /// The one that is not.
        missing: PathBuf,
    },
    /// A file is not what its name says.
    #[error("{}: {problem}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The authority's certificate does not vouch for what its key signs.
    #[error(
        "{} does not vouch for what {KEY} signs ({problem}): both must have been made by storeproof, and together; \
         remove both to have a new authority made",
        path.display()
    )]
    NotTogether {
        /// The certificate.
        path: PathBuf,
        /// What rustls said.
        problem: String,
    },
    /// No certificate can be for this name.
    #[error("{name:?} is no host name or address that a certificate can be for")]
    Name {
        /// The name.
        name: String,
    },
    /// The certificate could not be made.
    #[error("no certificate can be made: {0}")]
    Making(String),
}

/// An authority that signs the certificates of marketplaces on this machine.
pub struct Authority {
    path: PathBuf,
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// The authority of a folder; made where there is none.
    ///
    /// # Errors
    ///
    /// See [`TlsError`]. What is there is never changed.
    pub fn of_folder(folder: &Path, now: Timestamp) -> Result<Self, TlsError> {
        let (path, key_path) = (folder.join(CERTIFICATE), folder.join(KEY));
        match (path.exists(), key_path.exists()) {
            (true, true) => {}
            (true, false) => return Err(TlsError::Alone { there: path, missing: key_path }),
            (false, true) => return Err(TlsError::Alone { there: key_path, missing: path }),
            (false, false) => make(folder, &path, &key_path, now)?,
        }
        let unusable = |path: &Path, problem: String| TlsError::Unusable { path: path.to_owned(), problem };
        let key = KeyPair::from_pem(&read(&key_path)?)
            .map_err(|error| unusable(&key_path, format!("no private key in PEM: {error}")))?;
        let certificate = CertificateDer::from_pem_slice(read(&path)?.as_bytes())
            .map_err(|error| unusable(&path, format!("no certificate in PEM: {error}")))?;
        let params = params(&key, now).map_err(making)?;
        Ok(Self { path, certificate, issuer: Issuer::new(params, key) })
    }

    /// The file that clients must trust.
    pub fn certificate(&self) -> &Path {
        &self.path
    }

    /// What a server speaks TLS with, under these names besides those of this machine.
    ///
    /// # Errors
    ///
    /// See [`TlsError`].
    pub fn server(&self, names: &[String], now: Timestamp) -> Result<Arc<ServerConfig>, TlsError> {
        if let Some(name) = names.iter().find(|name| ServerName::try_from(name.as_str()).is_err()) {
            return Err(TlsError::Name { name: name.clone() });
        }
        let mut all: Vec<String> = OWN_NAMES.iter().map(|&name| name.to_owned()).collect();
        for name in names {
            // `::1` has many spellings, and a certificate has one.
            let name = name.parse::<IpAddr>().map_or_else(|_| name.clone(), |address| address.to_string());
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let mut params = CertificateParams::new(all).map_err(making)?;
        params.distinguished_name.push(DnType::CommonName, "storeproof marketplace");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        good_for(&mut params, now, DAYS.days()).map_err(making)?;
        let key = KeyPair::generate().map_err(making)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(making)?;
        self.vouches(certificate.der(), now)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(making)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone(), self.certificate.clone()], key)
            .map_err(making)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Whether a client that trusts the authority's certificate would accept this one, seen before one does.
    fn vouches(&self, certificate: &CertificateDer<'_>, now: Timestamp) -> Result<(), TlsError> {
        let not_together = |problem: String| TlsError::NotTogether { path: self.path.clone(), problem };
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).map_err(|error| not_together(error.to_string()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        let verifier = verifier.map_err(|error| not_together(error.to_string()))?;
        let name = ServerName::try_from("localhost").map_err(making)?;
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        verifier
            .verify_server_cert(certificate, &[], &name, &[], now)
            .map(|_| ())
            .map_err(|error| not_together(error.to_string()))
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("path", &self.path).finish_non_exhaustive()
    }
}

fn making(error: impl ToString) -> TlsError {
    TlsError::Making(error.to_string())
}

/// What the authority's certificate says. Its name follows from its key, so that it can be told again.
fn params(key: &KeyPair, now: Timestamp) -> Result<CertificateParams, String> {
    let mut params = CertificateParams::new(Vec::new()).map_err(|error| error.to_string())?;
    let digest = ring::digest::digest(&ring::digest::SHA256, key.public_key_raw());
    let short: String = digest.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    params.distinguished_name.push(DnType::CommonName, format!("storeproof authority {short}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    good_for(&mut params, now, YEARS.years())?;
    Ok(params)
}

/// Good from yesterday on, since clocks differ.
fn good_for(params: &mut CertificateParams, now: Timestamp, span: jiff::Span) -> Result<(), String> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let moment = |date: Date| {
        let number = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(date.year().into(), number(date.month()), number(date.day()))
    };
    let begins = today.yesterday().map_err(|error| error.to_string())?;
    let ends = today.checked_add(span).map_err(|error| error.to_string())?;
    (params.not_before, params.not_after) = (moment(begins), moment(ends));
    Ok(())
}

/// Makes an authority: first its key, then what vouches for it.
fn make(folder: &Path, path: &Path, key_path: &Path, now: Timestamp) -> Result<(), TlsError> {
    let system = |path: &Path, error| TlsError::System { path: path.to_owned(), error };
    std::fs::create_dir_all(folder).map_err(|error| system(folder, error))?;
    let key = KeyPair::generate().map_err(making)?;
    let certificate = params(&key, now).map_err(making)?.self_signed(&key).map_err(making)?;
    put(key_path, &key.serialize_pem(), 0o600).map_err(|error| system(key_path, error))?;
    put(path, &certificate.pem(), 0o644).map_err(|error| {
        // A key that nobody vouches for would be in the way of the next try.
        let _ = std::fs::remove_file(key_path);
        system(path, error)
    })
}

/// A new file; one that is there stays.
fn put(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn read(path: &Path) -> Result<String, TlsError> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text))
        .map_err(|error| TlsError::System { path: path.to_owned(), error })?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-10T03:00:00Z".parse().expect("a time")
    }

    fn problem(folder: &Path) -> String {
        let server = Authority::of_folder(folder, now()).and_then(|authority| authority.server(&[], now()));
        server.expect_err("cannot be used").to_string()
    }

    #[test]
    fn an_authority_is_made_once_and_used_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("below/https");
        let authority = Authority::of_folder(&place, now()).expect("is made");
        let pem = std::fs::read_to_string(authority.certificate()).expect("is read");
        let names = ["store.test".to_owned(), "192.0.2.7".to_owned(), "0:0:0:0:0:0:0:1".to_owned()];
        authority.server(&names, now()).expect("is made");
        // Years later, it vouches for new certificates.
        let later = now() + jiff::SignedDuration::from_hours(24 * 3000);
        Authority::of_folder(&place, later).expect("is read").server(&[], later).expect("is made");
        assert_eq!(std::fs::read_to_string(authority.certificate()).expect("is read"), pem);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(place.join(KEY)).expect("is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "nobody else may read the key");
        }
    }

    #[test]
    fn what_does_not_belong_together_is_told_before_a_client_meets_it() {
        let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        for folder in [&one, &other] {
            Authority::of_folder(folder.path(), now()).expect("is made");
        }
        std::fs::copy(other.path().join(CERTIFICATE), one.path().join(CERTIFICATE)).expect("is copied");
        assert!(problem(one.path()).contains("does not vouch for"), "{}", problem(one.path()));
        std::fs::remove_file(one.path().join(CERTIFICATE)).expect("is removed");
        assert!(problem(one.path()).contains("ca-key.pem is there and"), "{}", problem(one.path()));
        std::fs::write(one.path().join(CERTIFICATE), "nonsense").expect("is written");
        assert!(problem(one.path()).contains("ca.pem: no certificate in PEM"), "{}", problem(one.path()));
        std::fs::write(one.path().join(KEY), "nonsense").expect("is written");
        assert!(problem(one.path()).contains("ca-key.pem: no private key in PEM"), "{}", problem(one.path()));
    }

    #[test]
    fn a_name_is_one_that_a_certificate_can_be_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::of_folder(folder.path(), now()).expect("is made");
        for name in ["", "two words", "http://store.test", "store.test:7703", "스토어.test"] {
            let refused = authority.server(&[name.to_owned()], now()).expect_err(name);
            assert!(matches!(refused, TlsError::Name { .. }), "{refused}");
        }
    }
}

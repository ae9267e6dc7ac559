//! The customer's browser: opens the address that a single sign-on leads to.

use std::sync::Arc;

use reqwest::cookie::Jar;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use url::Url;

use crate::wire::{Hop, Visit, VisitEnd};

use super::client::Limits;
use super::endpoint::Endpoint;
use super::trust::{Trust, TrustError};

/// Redirects that are followed at most.
const REDIRECTS: usize = 10;

/// How much of a page's text is kept, in bytes.
const TEXT_BYTES: usize = 64 * 1024;

/// Opens pages on the vendor's own origin, and where it is told on the marketplace's, as a browser with an empty profile would: scripts do not run.
#[derive(Debug)]
pub struct Browser {
    endpoint: Endpoint,
    /// The marketplace's own address, where it has pages that a vendor sends the browser to.
    store: Option<Url>,
    limits: Limits,
    tls: rustls::ClientConfig,
}

impl Browser {
    /// A browser for this vendor.
    ///
    /// # Errors
    ///
    /// When `https` is spoken and trust cannot be established.
    pub fn new(endpoint: Endpoint, limits: Limits, trust: &Trust) -> Result<Self, TrustError> {
        let tls = trust.client_config(&endpoint)?;
        Ok(Self { endpoint, store: None, limits, tls })
    }

    /// The same browser, which follows the vendor to the marketplace at this address too.
    #[must_use]
    pub fn with_store(self, base: &str) -> Self {
        Self { store: Url::parse(base).ok(), ..self }
    }

    /// Opens `location` and follows its redirects, at most ten, as long as they stay on the vendor's scheme, host and
    /// port. An address elsewhere is named and not opened.
    ///
    /// `from` is the target of the request whose answer led here (as in `Exchange::request`), and `cookies` the values
    /// of the `Set-Cookie` fields of that answer; a relative `location` is resolved against it. Cookies are kept for
    /// this visit only. `Limits::total` bounds the whole visit.
    pub async fn visit<C: AsRef<str>>(
        &self,
        location: &str,
        from: &str,
        cookies: impl IntoIterator<Item = C>,
    ) -> Visit {
        let jar = Jar::default();
        let from = Url::parse(&self.endpoint.url_of(from));
        if let Ok(from) = &from {
            for cookie in cookies {
                jar.add_cookie_str(cookie.as_ref(), from);
            }
        }
        let url = match &from {
            Ok(from) => from.join(location),
            Err(_) => Url::parse(location),
        };
        let mut visit = Visit { url: location.to_owned(), hops: Vec::new(), end: VisitEnd::NotAUrl };
        let Some(url) = url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
            return visit;
        };
        let walk = self.walk(url, jar, &mut visit.hops);
        let end = tokio::time::timeout(self.limits.total, walk).await;
        visit.end = end.unwrap_or_else(|_| VisitEnd::Failed { why: format!("no page within {:?}", self.limits.total) });
        visit
    }

    async fn walk(&self, mut url: Url, jar: Jar, hops: &mut Vec<Hop>) -> VisitEnd {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .cookie_provider(Arc::new(jar))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(self.limits.connect)
            .user_agent(concat!("Mozilla/5.0 (compatible; storeproof/", env!("CARGO_PKG_VERSION"), ")"))
            .build();
        let client = match client {
            Ok(client) => client,
            Err(error) => return failed(&error),
        };
        loop {
            let of_store = self.store.as_ref().is_some_and(|store| store.origin() == url.origin());
            if !self.endpoint.is_origin_of(&url) && !of_store {
                return VisitEnd::LeftOrigin { to: url.into() };
            }
            let mut response = match client.get(url.clone()).header("Accept", "text/html,*/*;q=0.8").send().await {
                Ok(response) => response,
                Err(error) => return failed(&error),
            };
            let status = response.status().as_u16();
            hops.push(Hop { url: url.to_string(), status });
            let next = match (status, response.headers().get(LOCATION)) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => location,
                _ => return page(&mut response).await,
            };
            if hops.len() > REDIRECTS {
                return VisitEnd::TooManyRedirects;
            }
            let next = String::from_utf8_lossy(next.as_bytes());
            url = match url.join(&next) {
                Ok(next) if matches!(next.scheme(), "http" | "https") => next,
                // A browser would hand other schemes to other programs; for us the trail ends there as well.
                Ok(next) => return VisitEnd::LeftOrigin { to: next.into() },
                Err(error) => return VisitEnd::Failed { why: format!("redirected to {next}: {error}") },
            };
        }
    }
}

/// Reads the beginning of a page.
async fn page(response: &mut reqwest::Response) -> VisitEnd {
    let media_type = response.headers().get(CONTENT_TYPE).map(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    });
    let mut bytes = Vec::new();
    while bytes.len() < TEXT_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk[..chunk.len().min(TEXT_BYTES - bytes.len())]),
            Ok(None) => break,
            Err(error) => return failed(&error),
        }
    }
    VisitEnd::Page { media_type, text: text(&bytes) }
}

/// Text as far as it goes; a character that the limit has cut in two is left out.
fn text(bytes: &[u8]) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    };
    String::from_utf8_lossy(whole).into_owned()
}

/// The innermost cause: the layers above it only say that sending failed.
fn failed(error: &reqwest::Error) -> VisitEnd {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    VisitEnd::Failed { why: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_cut_in_two_is_left_out_and_other_bytes_are_shown() {
        assert_eq!(text(&"한국".as_bytes()[..5]), "한");
        assert_eq!(text(b"a\xffb"), "a\u{fffd}b");
    }
}

//! The base address under which a vendor is reached.

use url::{Host, Url};

/// A vendor's base address: scheme, host, port and the path that is put before every target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// As configured.
    base: String,
    /// As understood; `http` or `https`, with a host, without user, query and fragment.
    url: Url,
    /// The path exactly as configured; empty where only a host was named.
    path: String,
    /// The value of `Host`: the port only where it is not the scheme's own.
    authority: String,
}

/// Why a text is no base address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It does not begin like one.
    #[error("a base address begins with http:// or https://")]
    Scheme,
    /// The parser met something else.
    #[error("not a base address: {problem}")]
    NotAUrl {
        /// What the parser said.
        problem: String,
    },
    /// A user name or password in front of the host; it would be written into reports.
    #[error("a base address names no user and no password")]
    UserInfo,
    /// A query cannot stand before the paths that are appended.
    #[error("a base address has no query (the part from `?` on)")]
    Query,
    /// A fragment is never sent.
    #[error("a base address has no fragment (the part from `#` on)")]
    Fragment,
}

impl Endpoint {
    /// Reads a base address such as `https://vendor.example/api` or `http://[::1]:8080`.
    ///
    /// # Errors
    ///
    /// Whatever is not plainly such an address; see [`EndpointError`].
    pub fn parse(base: &str) -> Result<Self, EndpointError> {
        let base = base.trim();
        let scheme = base.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if !matches!(scheme.as_deref(), Some("http" | "https")) {
            return Err(EndpointError::Scheme);
        }
        let url = Url::parse(base).map_err(|problem| EndpointError::NotAUrl { problem: problem.to_string() })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::UserInfo);
        }
        if url.query().is_some() {
            return Err(EndpointError::Query);
        }
        if url.fragment().is_some() {
            return Err(EndpointError::Fragment);
        }
        let host = url.host_str().unwrap_or_default();
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        // The parser turns "no path" into "/", which matters to targets that are only a query.
        let bare = url.path() == "/" && !base.ends_with('/');
        let path = if bare { String::new() } else { url.path().to_owned() };
        Ok(Self { base: base.to_owned(), url, path, authority })
    }

    /// The address as configured.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether the host is this machine: an address of the loopback network, or `localhost` and names under it
    /// (RFC 6761, 6.3).
    pub fn loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => {
                address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
            }
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            None => false,
        }
    }

    /// Whether TLS is spoken.
    pub fn https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The target as it goes on the wire: the base path, then the relative target. One `/` stands between the two;
    /// a target that is empty or only a query leaves the base path exactly as it was registered. A fragment is cut
    /// off (it is never sent), and bytes that cannot stand in a request line are percent-encoded.
    pub fn target(&self, relative: &str) -> String {
        let relative = relative.split('#').next().unwrap_or_default();
        let mut target = String::with_capacity(self.path.len() + relative.len() + 1);
        if relative.is_empty() || relative.starts_with('?') {
            target.push_str(if self.path.is_empty() { "/" } else { &self.path });
        } else {
            target.push_str(self.path.strip_suffix('/').unwrap_or(&self.path));
            if !relative.starts_with('/') {
                target.push('/');
            }
        }
        if relative.bytes().all(|byte| byte.is_ascii_graphic()) {
            target.push_str(relative);
        } else {
            for byte in relative.bytes() {
                if byte.is_ascii_graphic() {
                    target.push(char::from(byte));
                } else {
                    target.push_str(&format!("%{byte:02X}"));
                }
            }
        }
        target
    }

    /// The whole address of a target that already has the base path in front, as in `wire::Exchange::request`.
    pub fn url_of(&self, target: &str) -> String {
        format!("{}://{}{target}", self.url.scheme(), self.authority)
    }

    /// The value of the `Host` field.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The host without the brackets of IPv6.
    pub(crate) fn host(&self) -> Host<&str> {
        self.url.host().unwrap_or(Host::Domain(""))
    }

    /// The port, named or the scheme's own.
    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether an address has this scheme, host and port.
    pub(crate) fn is_origin_of(&self, url: &Url) -> bool {
        url.origin() == self.url.origin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("vendor.example", EndpointError::Scheme)]
    #[case("localhost:8080", EndpointError::Scheme)]
    #[case("ftp://vendor.example", EndpointError::Scheme)]
    #[case("http:vendor.example", EndpointError::Scheme)]
    #[case("", EndpointError::Scheme)]
    #[case("http://ann@vendor.example/", EndpointError::UserInfo)]
    #[case("http://:pw@vendor.example/", EndpointError::UserInfo)]
    #[case("http://vendor.example/?a=b", EndpointError::Query)]
    #[case("http://vendor.example/?", EndpointError::Query)]
    #[case("http://vendor.example/#a", EndpointError::Fragment)]
    fn what_is_no_base_address_is_refused(#[case] base: &str, #[case] error: EndpointError) {
        assert_eq!(Endpoint::parse(base), Err(error));
    }

    #[rstest]
    #[case("http://")]
    #[case("http://vendor.example:99999")]
    #[case("http://[::1")]
    #[case("http://a b/")]
    fn the_parser_names_other_problems(#[case] base: &str) {
        assert!(matches!(Endpoint::parse(base), Err(EndpointError::NotAUrl { .. })));
    }

    #[rstest]
    #[case("http://vendor.example", "", "/")]
    #[case("http://vendor.example", "?a=b", "/?a=b")]
    #[case("http://vendor.example/", "/x", "/x")]
    #[case("http://vendor.example/api", "/x?y", "/api/x?y")]
    #[case("http://vendor.example/api/", "/x", "/api/x")]
    #[case("http://vendor.example/api/", "x", "/api/x")]
    #[case("http://vendor.example/api", "?a=b", "/api?a=b")]
    #[case("http://vendor.example/api/", "?a=b", "/api/?a=b")]
    #[case("http://vendor.example/api", "", "/api")]
    #[case("http://vendor.example", "/#newInstance", "/")]
    #[case("http://vendor.example", "/a b\r\nX: 한", "/a%20b%0D%0AX:%20%ED%95%9C")]
    fn targets_stand_behind_the_base_path(#[case] base: &str, #[case] relative: &str, #[case] target: &str) {
        assert_eq!(Endpoint::parse(base).unwrap().target(relative), target);
    }

    #[rstest]
    #[case("https://vendor.example", "vendor.example", 443, false)]
    #[case("HTTP://Vendor.Example:80/a", "vendor.example", 80, false)]
    #[case("http://vendor.example:8080", "vendor.example:8080", 8080, false)]
    #[case("http://[::1]:81", "[::1]:81", 81, true)]
    #[case("http://[::ffff:127.0.0.1]", "[::ffff:7f00:1]", 80, true)]
    #[case("http://127.9.9.9", "127.9.9.9", 80, true)]
    #[case("http://api.localhost", "api.localhost", 80, true)]
    #[case("http://notlocalhost", "notlocalhost", 80, false)]
    fn host_and_port_are_understood(
        #[case] base: &str,
        #[case] authority: &str,
        #[case] port: u16,
        #[case] loopback: bool,
    ) {
        let endpoint = Endpoint::parse(base).unwrap();
        assert_eq!((endpoint.authority(), endpoint.port(), endpoint.loopback()), (authority, port, loopback));
    }
}

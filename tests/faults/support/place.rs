//! Where the vendor of a test stands: on this machine, or somewhere a store would find it.
//!
//! A vendor on loopback is judged as if TLS stood in front of it, so rules about HTTPS, host names and certificates are
//! never broken there. Without sockets a vendor stands wherever the test says.

use storeproof::wire::{Headers, Peer, Response, Tls, TlsTrouble};

/// A place, under the name that the tables give it (`at=http`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// On this machine.
    #[default]
    Here,
    /// At a domain name, without TLS.
    Http,
    /// At a domain name, with TLS and all that belongs to it.
    Https,
    /// The same at an IP address.
    Address,
    /// The same on another port than 443.
    Port,
    /// At a domain name whose certificate has expired.
    Expired,
}

impl Place {
    const ALL: [Self; 6] = [Self::Here, Self::Http, Self::Https, Self::Address, Self::Port, Self::Expired];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Http => "http",
            Self::Https => "https",
            Self::Address => "ip",
            Self::Port => "port",
            Self::Expired => "expired",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|place| place.name() == name).unwrap_or_else(|| panic!("{name} is no place"))
    }

    /// What stands there, for people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Here => "on this machine",
            Self::Http => "at a plain http address",
            Self::Https => "at an https address",
            Self::Address => "at an IP address",
            Self::Port => "on another port than 443",
            Self::Expired => "with a certificate that has expired",
        }
    }

    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::Here => "http://127.0.0.1:8080",
            Self::Http => "http://vendor.example",
            Self::Https | Self::Expired => "https://vendor.example",
            Self::Address => "https://203.0.113.7",
            Self::Port => "https://vendor.example:8443",
        }
    }

    /// What is between the two slashes and the end: the value of `Host`.
    pub(crate) fn host(self) -> &'static str {
        self.base().split("//").nth(1).expect("an absolute address")
    }

    pub(crate) fn peer(self) -> Peer {
        let tls = self.base().starts_with("https").then(|| Tls { version: "TLSv1.3".to_owned(), trouble: None });
        Peer { base: self.base().to_owned(), loopback: self == Self::Here, tls, ..Peer::default() }
    }

    /// What keeps TLS from coming about there.
    pub(crate) fn trouble(self) -> Option<TlsTrouble> {
        (self == Self::Expired).then_some(TlsTrouble::Expired)
    }

    /// The reference vendor knows no TLS: what ends TLS in front of it writes https into the addresses of its answers, as
    /// a proxy does.
    pub(crate) fn in_front(self, response: &mut Response) {
        if !self.base().starts_with("https") {
            return;
        }
        let mut headers = Headers::default();
        for header in &response.headers {
            let text = header.text();
            let led = header.name.eq_ignore_ascii_case("location");
            headers.push(header.name.clone(), if led { text.replacen("http://", "https://", 1) } else { text });
        }
        response.headers = headers;
    }
}

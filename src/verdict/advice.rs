//! What to change when an answer was lost: each way of losing one has its own usual reasons.

use crate::wire::{Loss, TlsTrouble};

/// What to look at for an answer that was lost in this way; nothing for those that no vendor is to blame for.
pub(super) fn for_loss(loss: &Loss) -> Option<&'static str> {
    let advice = match loss {
        Loss::ClosedBeforeAnswer => {
            "Your server took the request and closed the connection without a word. Look into its log at this moment: \
             an exception that ends the worker, a process that was killed, a reload, or a proxy whose upstream is gone. \
             A port that speaks TLS does so too when it is called with http://."
        }
        Loss::ShortBody { .. } => {
            "The header announced more than came. Content-Length must be the number of bytes (not of characters) that \
             follow, a chunked body must end with its last chunk, and nothing may close the connection before. A \
             handler that dies while it writes does this too."
        }
        Loss::ClosedInHead => {
            "The connection ended in the middle of the header fields. Look for a handler that dies while it writes, \
             and end the fields with an empty line."
        }
        Loss::Malformed { problem, .. } if problem.contains("speaks TLS") => "Write https:// in front of the address.",
        Loss::Malformed { .. } => {
            "What came is no HTTP/1.1. Check that the address is that of an HTTP server, and let a library write the \
             status line, the fields and the length."
        }
        Loss::HeadTooLarge { .. } => {
            "Send fewer and shorter header fields. Servers and proxies refuse more than a few kilobytes; endless ones \
             are most often cookies or a header that is added in a loop."
        }
        Loss::BodyTooLarge { .. } => "Answer with what was asked for and no more; a store does not read such bodies.",
        Loss::TimeOut { .. } => {
            "Answer first and do slow work afterwards; look for a lock, a pool without free connections, or a call to \
             another system that hangs. When only this machine is slow, `--timeout 60s` waits longer."
        }
        Loss::Tls(trouble) => return Some(for_tls(trouble)),
        _ => return None,
    };
    Some(advice)
}

/// What to change for a handshake that failed.
pub(super) fn for_tls(trouble: &TlsTrouble) -> &'static str {
    match trouble {
        TlsTrouble::UnknownIssuer => {
            "For the store, install a certificate of a public authority, and let your server send the intermediate \
             certificates with it. For a test with a certificate of your own, hand over that certificate, or its \
             authority's, in PEM: `--ca FILE`."
        }
        TlsTrouble::NotTls => {
            "This port answers in plain HTTP. Name it with http:// while you test on your own machine, or the port on \
             which your TLS ends (most often 443)."
        }
        TlsTrouble::Expired | TlsTrouble::NotYetValid => {
            "Renew the certificate and reload the server. When the dates are right, compare the clocks."
        }
        TlsTrouble::WrongName { .. } => {
            "Get a certificate for the very name that stands in the address, or use the name that the certificate has."
        }
        TlsTrouble::Version { .. } => "Switch TLS 1.2 or 1.3 on in your server or proxy, with its usual ciphers.",
        TlsTrouble::Handshake { .. } => {
            "Look into the log of what ends TLS for you (server, proxy, load balancer) at this moment. For a \
             certificate of your own, hand it over in PEM: `--ca FILE`."
        }
    }
}

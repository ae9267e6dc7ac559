//! Which of the vendor's addresses a request is for.

use percent_encoding::percent_decode_str;

use super::answer::Call;
use super::error::CallRefused;
use super::fault::{Fault, Faults};
use super::pages;
use crate::wire::Request;

/// Where a request goes, with the value from its path or query, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// What is asked for.
    pub(crate) call: Call,
    /// Customer key or day; empty for a page without a customer.
    pub(crate) value: String,
    /// Whether it is the page behind the login.
    pub(crate) is_home: bool,
}

impl Route {
    /// Finds the address. `mount` is the path of the vendor's base address, without a slash at its end.
    ///
    /// A slash inside a customer key arrives as `%2F` and does not part the path.
    pub(crate) fn find(request: &Request, mount: &str, faults: &Faults) -> Result<Self, CallRefused> {
        let path = request.path().strip_prefix(mount).ok_or(CallRefused::NoSuchPath)?;
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let (value, offered): (_, &[(&str, Call)]) = match segments.as_slice() {
            ["status", key] => (*key, &[("GET", Call::Status)]),
            ["customers", key] => (*key, &[("POST", Call::Apply), ("DELETE", Call::Resign)]),
            ["bill-list", "date", day] => (*day, &[("GET", Call::BillByDay)]),
            ["bill-list", "customer", key] => (*key, &[("GET", Call::BillByCustomer)]),
            [page @ ("login" | "home")] => {
                let value = pages::from_query(request, "customer").unwrap_or_default();
                return match request.method.as_str() {
                    "GET" => Ok(Self { call: Call::Page, value, is_home: *page == "home" }),
                    _ => Err(CallRefused::Method { allow: "GET" }),
                };
            }
            _ if faults.has(Fault::Path500) => return Err(CallRefused::Told(500)),
            _ => return Err(CallRefused::NoSuchPath),
        };
        if value.is_empty() {
            return Err(CallRefused::NoSuchPath);
        }
        let Some((_, call)) = offered.iter().find(|(method, _)| *method == request.method) else {
            let allow = if offered.len() == 1 { "GET" } else { "POST, DELETE" };
            return Err(CallRefused::Method { allow });
        };
        let value = match call {
            Call::BillByDay => decode(value)?,
            _ => customer_key(value, faults)?,
        };
        Ok(Self { call: *call, value, is_home: false })
    }
}

fn decode(text: &str) -> Result<String, CallRefused> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| CallRefused::BadRequest("the path is not percent-encoded UTF-8".to_owned()))
}

/// The customer key in a path segment, with the mistakes that vendors make in reading it.
fn customer_key(segment: &str, faults: &Faults) -> Result<String, CallRefused> {
    let mut key = decode(segment)?;
    if faults.has(Fault::KeyMojibake) {
        key = percent_decode_str(segment).map(char::from).collect();
    }
    if faults.has(Fault::KeyDecodedTwice) {
        key = decode(&key)?;
    }
    if faults.has(Fault::KeyPlusAsBlank) {
        key = key.replace('+', " ");
    }
    if faults.has(Fault::KeyTruncated) {
        key = key.chars().take(20).collect();
    }
    if faults.has(Fault::KeyUpperCased) {
        key = key.to_uppercase();
    }
    let digits = key.strip_prefix('M').unwrap_or_default();
    let is_m12345 = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if faults.has(Fault::KeyFormRefused) && !is_m12345 {
        return Err(CallRefused::BadRequest("the customer key is not M and digits".to_owned()));
    }
    if faults.has(Fault::KeyTrimmed) {
        key = key.trim().to_owned();
    }
    if faults.has(Fault::KeySlash404) && key.contains('/') {
        return Err(CallRefused::NoSuchPath);
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/status/M12345", "M12345")]
    #[case("/status/%ED%99%8D%EA%B8%B8%EB%8F%99", "홍길동")]
    #[case("/status/a%2Fb%20c+d", "a/b c+d")]
    #[case("/status/%2541", "%41")]
    #[case("/status/M1?x=1", "M1")]
    #[case("/status/..", "..")]
    fn keys_are_decoded_once(#[case] target: &str, #[case] key: &str) {
        let route = Route::find(&Request::new("GET", target), "", &Faults::default()).expect("found");
        assert_eq!((route.call, route.value.as_str()), (Call::Status, key));
    }

    #[rstest]
    #[case("GET", "/status/", 404)]
    #[case("GET", "/status/M1/x", 404)]
    #[case("GET", "/nothing", 404)]
    #[case("GET", "/status/%FF", 400)]
    #[case("PUT", "/customers/M1", 405)]
    #[case("POST", "/bill-list/date/2026-01-01", 405)]
    fn other_addresses_and_methods_are_refused(#[case] method: &str, #[case] target: &str, #[case] status: u16) {
        let refused = Route::find(&Request::new(method, target), "", &Faults::default()).expect_err("refused");
        assert_eq!(refused.status(), status);
    }

    #[test]
    fn a_base_path_is_taken_off() {
        let request = Request::new("DELETE", "/api/customers/M1");
        assert_eq!(Route::find(&request, "/api", &Faults::default()).map(|route| route.call), Ok(Call::Resign));
        assert_eq!(Route::find(&request, "/other", &Faults::default()), Err(CallRefused::NoSuchPath));
    }

    proptest! {
        #[test]
        fn no_target_panics(method in "GET|POST|DELETE|\\PC{0,5}", target in "(/|status|customers|bill-list|date|%|\\PC){0,12}") {
            let _ = Route::find(&Request::new(method, target), "", &Faults::default());
        }
    }
}

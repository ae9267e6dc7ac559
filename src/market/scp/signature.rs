//! The signature of a request, examined.

use jiff::Timestamp;

use super::store::Store;
use crate::market::Examined;
use crate::sign::scp::{self, RECIPE, SIGNATURE};
use crate::wire::Request;

/// The message that should have been signed beside the one that was; `scheme` is how the request arrived.
pub(crate) fn signature(store: &Store, request: &Request, scheme: &str, now: Timestamp) -> Examined {
    let explained = store.explain(request, scheme, now);
    let received = request.headers.text(SIGNATURE);
    let mistake = explained.diagnosis.iter().find_map(scp::Diagnosis::mistake).map(scp::Mistake::named);
    Examined::new(RECIPE, received, explained.expected, explained.signed, &explained.diagnosis, mistake)
}

/// Whether a request carries headers of this signature, or of the older one.
pub(crate) fn is_signed(request: &Request) -> bool {
    let begins =
        |name: &str, start: &str| name.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start));
    request.headers.iter().any(|header| begins(&header.name, "Scp-") || begins(&header.name, "X-Cmp-"))
}

/// When a request says that it was signed.
pub(crate) fn signed_at(request: &Request) -> Option<Timestamp> {
    scp::signed_at(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Market;
    use crate::market::setting::Values;
    use crate::sign::scp::{Mistake, forge, sign};
    use crate::wire::{Headers, Secret};

    fn examined(mistake: Option<Mistake>) -> Examined {
        let mut values = Values::default();
        values.set("access-key", "SCPDEMO");
        values.set("secret-key", "scp-demo-secret");
        let market = Market::new(Some("scp"), &values, None).unwrap();
        let now = "2026-03-04T05:06:07Z".parse().unwrap();
        let headers = Headers::from_iter([("Host", "127.0.0.1:7703")]);
        let request = Request { headers, ..Request::new("GET", "/v1/products?page=1&size=20") };
        let (base, secret) = ("http://127.0.0.1:7703", Secret::new("scp-demo-secret"));
        let signed = match mistake {
            None => sign(&request, base, "SCPDEMO", &secret, None, now).request,
            Some(mistake) => forge(mistake, &request, base, "SCPDEMO", &secret, None, now).request,
        };
        market.signature(&signed, "http", now).unwrap()
    }

    #[test]
    fn the_message_is_shown_as_it_should_be_and_as_it_was_signed() {
        let right = examined(None);
        assert_eq!(right.diagnosis, Vec::<String>::new());
        let wrong = examined(Some(Mistake::WithoutQuery));
        assert!(!wrong.diagnosis.is_empty(), "{wrong:?}");
        let message = |steps: &[crate::sign::Intermediate]| {
            steps.iter().find(|step| step.name == "message").map(|step| step.value.clone()).unwrap_or_default()
        };
        let expected = message(&wrong.expected);
        assert!(expected.contains("?page=1&size=20"), "{expected}");
        assert_eq!(message(wrong.signed.as_deref().unwrap()), expected.replace("?page=1&size=20", ""));
        assert!(wrong.expected.last().unwrap().value.ends_with('…'));
    }
}

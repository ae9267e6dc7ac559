//! The token of a call, examined.

use jiff::Timestamp;

use super::Settings;
use crate::market::Examined;
use crate::sign::kt_jwt::{self, HEADER, RECIPE, Window};
use crate::wire::Request;

/// What the token of a call says, and whether a strict vendor takes it.
pub(crate) fn signature(settings: &Settings, request: &Request, now: Timestamp) -> Option<Examined> {
    let received = request.headers.text(HEADER);
    if received.is_none()
        && let Some(token) = bearer(request)
    {
        let reason =
            format!("the token stands in {AUTHORIZATION}; the store sends it in the header {HEADER}, and nowhere else");
        let mistake = Some(kt_jwt::Mistake::AuthorizationBearer.named());
        return Some(Examined::new(RECIPE, None, kt_jwt::steps(&token), None, &[reason], mistake));
    }
    let mut window = Window::default();
    window.age = settings.token_window.unwrap_or(window.age);
    let diagnosis = kt_jwt::diagnose(received.as_deref(), settings.verifying_key(), now, &window);
    let steps = received.as_deref().map(kt_jwt::steps).unwrap_or_default();
    let signature = steps.last().map(|step| step.value.clone());
    let mistake = diagnosis.iter().find_map(kt_jwt::Diagnosis::mistake).map(kt_jwt::Mistake::named);
    Some(Examined::new(RECIPE, signature, steps, None, &diagnosis, mistake))
}

/// Where other interfaces carry their tokens.
const AUTHORIZATION: &str = "Authorization";

/// A token that stands in `Authorization: Bearer`, where it looks like one of the store's.
fn bearer(request: &Request) -> Option<String> {
    let value = request.headers.text(AUTHORIZATION)?;
    let steps = kt_jwt::steps(&value);
    let of_the_store = steps.iter().any(|step| step.name == "claims" && step.value.contains(kt_jwt::NAME));
    of_the_store.then_some(value)
}

/// Whether a request carries the store's token, or carries it in the wrong place.
pub(crate) fn is_signed(request: &Request) -> bool {
    request.headers.get(HEADER).is_some() || bearer(request).is_some()
}

/// When the token of a call says that it was made.
pub(crate) fn signed_at(request: &Request) -> Option<Timestamp> {
    kt_jwt::issued_at(&request.headers.text(HEADER).or_else(|| bearer(request))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::kt_bizstore::token;

    fn examined(tamper: Option<&str>) -> Examined {
        let (settings, now) = (Settings::default(), Timestamp::UNIX_EPOCH);
        let mut request = Request::new("GET", "/");
        if let Some(token) = token(&settings, tamper, now).unwrap() {
            request.headers.push(HEADER, token.expose());
        }
        signature(&settings, &request, now).unwrap()
    }

    #[test]
    fn a_token_is_read_and_its_mistake_named() {
        let right = examined(None);
        assert_eq!(right.diagnosis, Vec::<String>::new());
        assert_eq!(right.expected[0].value, r#"{"alg":"RS256","typ":"JWT"}"#);
        assert_eq!(right.expected.last().map(|step| step.name), Some("signature"));
        assert!(examined(Some("too-old-70s")).diagnosis[0].contains("70"), "{:?}", examined(Some("too-old-70s")));
        assert_eq!(examined(Some("missing-token")).expected, []);
        assert_eq!(examined(Some("missing-token")).diagnosis, ["the header encoded-jwt is missing"]);
    }
}

//! The answers of the identity centre.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::check::{Call, Trouble, check};
use super::grants::Grant;
use super::{CodeTrouble, Operation};
use crate::market::koogallery::store::Store;
use crate::wire::{Headers, Request, Response};

/// Answers a call the way a buyer's identity centre would.
pub(crate) fn answer(store: &Store, operation: Operation, request: &Request, now: Timestamp) -> Response {
    match check(store, operation, request, now) {
        Ok(call) => carry_out(store, call, now),
        Err(trouble) => refuse(operation, &trouble),
    }
}

fn carry_out(store: &Store, call: Call, now: Timestamp) -> Response {
    match call {
        Call::Authorize { tenant, redirect, state } => {
            let code = store.books().grants.code(&tenant, Some(&redirect), &store.settings, now);
            let Some((code, mut url)) = code.zip(url::Url::parse(&redirect).ok()) else {
                return json_answer(
                    400,
                    &json!({ "error": "access_denied", "error_description": "nobody may sign in" }),
                );
            };
            url.query_pairs_mut().append_pair("code", &code).extend_pairs(state.map(|state| ("state", state)));
            sent_to(url.as_str())
        }
        Call::Exchange { code, grant } => {
            let mut books = store.books();
            if let Some(known) = books.grants.codes.get_mut(&code) {
                known.used = true;
            }
            let tokens = books.grants.tokens(&grant, &store.settings, now);
            issued(store, &tokens)
        }
        Call::Refresh { grant } => {
            let tokens = store.books().grants.tokens(&grant, &store.settings, now);
            issued(store, &tokens)
        }
        Call::UserInfo { grant } => json_answer(200, &user_info(store, &grant)),
        Call::Logout { redirect } => sent_to(&redirect.unwrap_or_else(|| "/".to_owned())),
    }
}

fn issued(store: &Store, [access, refresh]: &[String; 2]) -> Response {
    let body = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": store.settings.token_lifetime.as_secs(),
        "scope": "get_user_info",
        "refresh_token": refresh,
    });
    let mut response = json_answer(200, &body);
    response.headers.push("Cache-Control", "no-store");
    response
}

fn user_info(store: &Store, grant: &Grant) -> Value {
    let books = store.books();
    let client = books.grants.clients.get(&grant.client);
    let tenant = client.map(|client| client.tenant.clone()).unwrap_or_default();
    let person = books.grants.person(&tenant, &grant.account).cloned().unwrap_or_default();
    json!({
        "id": grant.account,
        "userId": grant.account,
        "userName": grant.account,
        "name": person.name,
        "role": person.role,
        "email": null,
        "mobile": null,
        "organizationName": person.department,
        "organizationCode": person.department,
        "projectName": tenant,
        "tenant": tenant,
    })
}

/// Statuses and texts of the pages where they have any, else those of RFC 6749 (5.2).
fn refuse(operation: Operation, trouble: &Trouble) -> Response {
    let (status, error, text) = match trouble {
        Trouble::Method(..) => (405, "invalid_request", None),
        Trouble::Code(CodeTrouble::Unknown | CodeTrouble::Expired | CodeTrouble::OtherClient) => {
            (400, "invalid_grant", Some("Invalid authorization code"))
        }
        Trouble::Code(CodeTrouble::Used) => (400, "invalid_grant", Some("Invalid authorization code")),
        Trouble::RefreshToken => (400, "invalid_grant", Some("Invalid refresh token")),
        Trouble::NoBearer | Trouble::TokenInAddress | Trouble::AccessToken => {
            (401, "unauthorized", Some("Full authentication is required to access this resource"))
        }
        Trouble::Client(_) | Trouble::Secret if operation == Operation::Token => (401, "invalid_client", None),
        Trouble::Redirect { .. } => (400, "invalid_grant", None),
        Trouble::GrantType(_) => (400, "unsupported_grant_type", None),
        _ => (400, "invalid_request", None),
    };
    let text = text.map_or_else(|| trouble.to_string(), str::to_owned);
    json_answer(status, &json!({ "error": error, "error_description": text }))
}

fn json_answer(status: u16, body: &Value) -> Response {
    let headers = Headers::from_iter([("Content-Type", "application/json;charset=UTF-8")]);
    Response { headers, body: body.to_string().into_bytes(), ..Response::new(status) }
}

fn sent_to(location: &str) -> Response {
    // A line break would begin another header field.
    let location: String = location.chars().filter(|char| !char.is_control()).collect();
    Response { headers: Headers::from_iter([("Location", location.as_str())]), ..Response::new(302) }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use rstest::rstest;

    use super::super::{Client, Person};
    use super::*;
    use crate::market::koogallery::Settings;
    use crate::market::koogallery::kit;

    fn now() -> Timestamp {
        "2026-03-10T03:00:00Z".parse().expect("a time")
    }

    fn store() -> Store {
        let store = Store::new(Settings::default());
        let client = Client { tenant: "t".to_owned(), application: "a".to_owned(), encrypted: String::new() };
        let mut books = store.books();
        books.grants.clients.insert("c".to_owned(), client);
        let person = Person { account: "min".to_owned(), role: "admin".to_owned(), ..Person::default() };
        books.grants.grant("t", std::iter::once(person), true);
        drop(books);
        store
    }

    fn code(store: &Store, redirect: Option<&str>) -> String {
        store.books().grants.code("t", redirect, &store.settings, now()).expect("a client and a person")
    }

    fn asked(store: &Store, fields: &[(&str, &str)], now: Timestamp) -> (u16, Value) {
        let mut request = Request::new("POST", "/api/v1/oauth2/token");
        request.headers.push("Content-Type", "application/x-www-form-urlencoded");
        let secret = kit::secret_of(&store.settings, "c");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", "c").append_pair("client_secret", secret.expose()).extend_pairs(fields);
        request.body = form.finish().into_bytes();
        let response = answer(store, Operation::Token, &request, now);
        (response.status, response.json().expect("JSON"))
    }

    fn exchange(store: &Store, code: &str, more: &[(&str, &str)], now: Timestamp) -> (u16, Value) {
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code)];
        fields.extend(more);
        asked(store, &fields, now)
    }

    #[test]
    fn a_code_is_good_once_and_the_token_says_whose_it_is() {
        let store = store();
        let code = code(&store, None);
        let (status, token) = exchange(&store, &code, &[], now());
        assert_eq!((status, &token["token_type"], &token["expires_in"]), (200, &json!("Bearer"), &json!(7200)));
        let (status, again) = exchange(&store, &code, &[], now());
        assert_eq!((status, &again["error"]), (400, &json!("invalid_grant")));
        let mut request = Request::new("GET", "/api/v1/oauth2/userinfo");
        request.headers.push("Authorization", format!("Bearer {}", token["access_token"].as_str().expect("text")));
        let told = answer(&store, Operation::UserInfo, &request, now()).json().expect("JSON");
        assert_eq!((&told["userName"], &told["tenant"], &told["role"]), (&json!("min"), &json!("t"), &json!("admin")));
        let late = now() + SignedDuration::from_hours(2);
        assert_eq!(answer(&store, Operation::UserInfo, &request, late).status, 401);
        let refresh = token["refresh_token"].as_str().expect("text");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        assert_eq!(asked(&store, &fields, late).0, 200);
        assert_eq!(asked(&store, &fields, now() + SignedDuration::from_hours(31 * 24)).0, 400);
    }

    #[test]
    fn a_code_ends() {
        let store = store();
        let code = code(&store, None);
        assert_eq!(exchange(&store, &code, &[], now() + SignedDuration::from_mins(5)).0, 400);
    }

    #[rstest]
    #[case(&[], 200)]
    #[case(&[("redirect_uri", "https://app.vendor.example/in")], 200)]
    #[case(&[("redirect_uri", "https://app.vendor.example/in/")], 400)]
    fn another_redirect_is_refused(#[case] more: &[(&str, &str)], #[case] status: u16) {
        let store = store();
        let code = code(&store, Some("https://app.vendor.example/in"));
        assert_eq!(exchange(&store, &code, more, now()).0, status);
    }

    #[test]
    fn the_browser_is_sent_back_with_code_and_state() {
        let store = store();
        let target = "/api/v1/oauth2/authorize?client_id=c&response_type=code&state=s1&redirect_uri=https%3A%2F%2Fapp.vendor.example%2Fin%3Fa%3D1";
        let response = answer(&store, Operation::Authorize, &Request::new("GET", target), now());
        let location = response.headers.text("location").expect("is sent on");
        assert!(
            location.starts_with("https://app.vendor.example/in?a=1&code=") && location.ends_with("&state=s1"),
            "{location}"
        );
    }

    #[rstest]
    #[case("Authorization", "Basic YzpzZWNyZXQ=", "application/x-www-form-urlencoded", "HTTP Basic")]
    #[case("X-None", "", "application/json", "application/json")]
    fn credentials_elsewhere_are_refused_with_a_hint(
        #[case] header: &str,
        #[case] value: &str,
        #[case] media: &str,
        #[case] hint: &str,
    ) {
        let mut request = Request::new("POST", "/api/v1/oauth2/token");
        request.headers.push(header, value);
        request.headers.push("Content-Type", media);
        request.body = b"grant_type=authorization_code&code=x".to_vec();
        let told = answer(&store(), Operation::Token, &request, now()).json().expect("JSON");
        assert!(told["error_description"].as_str().expect("text").contains(hint), "{told}");
    }
}

//! The buyer's browser at the application of the reference vendor: OAuth with the identity centre of the tenant.
//!
//! With a code in its address the vendor exchanges it, asks whose the token is, and lets the account in that `authSync` has
//! told. Without one it sends the browser to the identity centre. Everything it needs it was told by the kit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fault::{Fault, Faults};
use super::kit::{Application, Books, Tenant};
use crate::market::Ask;
use crate::wire::{Headers, Reply, Request, Response};

/// The path under the production address.
const PATH: &str = "/login";

/// Whether a request is the browser's.
pub(crate) fn is_arrival(request: &Request) -> bool {
    request.path().ends_with(PATH) && request.method == "GET"
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(request.query().unwrap_or_default().as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Answers the browser.
pub(crate) fn answer(request: &Request, books: &Books, ask: &mut Ask<'_>, faults: &Faults) -> Reply {
    if faults.has(Fault::LoginNotServed) {
        return page(404, "there is nothing here").into();
    }
    if faults.has(Fault::LoginCrashes) {
        return page(500, "an internal error occurred").into();
    }
    let tenant = parameter(request, "tenant").unwrap_or_default();
    let Some((told, application)) = books.tenant(&tenant).zip(books.application(&tenant)) else {
        return page(403, "this enterprise is not known").into();
    };
    let login = Login { tenant: &tenant, told, application, request, faults };
    match parameter(request, "code") {
        None => login.send_away(),
        Some(_) if faults.has(Fault::OauthNeverCalled) => page(200, "welcome").into(),
        Some(code) => match login.user(&code, ask) {
            Some(user) if books.may_enter(&tenant, &user) => page(200, "welcome").into(),
            Some(_) => page(403, "this account may not enter").into(),
            None if faults.has(Fault::OauthBadCode500) => page(500, "an internal error occurred").into(),
            None => page(403, "please sign in again").into(),
        },
    }
}

struct Login<'a> {
    tenant: &'a str,
    told: &'a Tenant,
    application: &'a Application,
    request: &'a Request,
    faults: &'a Faults,
}

impl Login<'_> {
    /// The address to which the identity centre sends the browser back.
    fn redirect(&self) -> String {
        let host = self.request.headers.text("host").unwrap_or_default();
        let tenant: String = url::form_urlencoded::byte_serialize(self.tenant.as_bytes()).collect();
        format!("http://{host}{}?tenant={tenant}", self.request.path())
    }

    fn send_away(&self) -> Reply {
        let client = match self.faults.has(Fault::OauthAppId) {
            true => &self.application.id,
            false => &self.application.client,
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", client).append_pair("redirect_uri", &self.redirect());
        if !self.faults.has(Fault::OauthNoResponseType) {
            query.append_pair("response_type", "code");
        }
        query.append_pair("scope", "get_user_info").append_pair("state", "s1");
        let location = format!("{}/api/v1/oauth2/authorize?{}", self.told.domain, query.finish());
        Response { headers: Headers::from_iter([("Location", location.as_str())]), ..Response::new(302) }.into()
    }

    /// Whose a code is.
    fn user(&self, code: &str, ask: &mut Ask<'_>) -> Option<String> {
        let faults = self.faults;
        let mut fields = vec![("grant_type", "authorization_code".to_owned()), ("code", code.to_owned())];
        // The browser was sent back to the address that the vendor had named, with its state.
        if parameter(self.request, "state").is_some() && !faults.has(Fault::OauthNoRedirect) {
            let other = if faults.has(Fault::OauthOtherRedirect) { "&back=1" } else { "" };
            fields.push(("redirect_uri", format!("{}{other}", self.redirect())));
        }
        if faults.has(Fault::OauthCodeChanged) {
            fields[1].1.make_ascii_uppercase();
            fields[1].1.push('=');
        }
        if faults.has(Fault::OauthNoGrantType) {
            fields.remove(0);
        }
        let token = self.ask(&fields, false, ask)?;
        if faults.has(Fault::OauthCodeTwice) {
            self.ask(&fields, false, ask);
        }
        let text = |name: &str| token.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let (access, refresh) = (text("access_token")?, text("refresh_token").unwrap_or_default());
        if faults.has(Fault::OauthRefreshBasic) || faults.has(Fault::OauthRefreshes) {
            let fields = [("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh)];
            self.ask(&fields, faults.has(Fault::OauthRefreshBasic), ask);
        }
        if faults.has(Fault::OauthNoUserInfo) {
            return None;
        }
        let told = ask(self.question(&access))?.json().ok()?;
        told.get("userName")?.as_str().map(str::to_owned)
    }

    /// The question for a token.
    fn ask(&self, fields: &[(&str, String)], basic: bool, ask: &mut Ask<'_>) -> Option<serde_json::Value> {
        let faults = self.faults;
        let client = match faults.has(Fault::OauthAppId) {
            true => &self.application.id,
            false => &self.application.client,
        };
        let secret = match faults.has(Fault::OauthSecretEncrypted) {
            true => self.application.encrypted.as_str(),
            false => self.application.secret.expose(),
        };
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let basic = basic || faults.has(Fault::OauthBasic);
        if !basic {
            form.append_pair("client_id", client).append_pair("client_secret", secret);
        }
        let form = form.finish();
        let mut request = Request::new("POST", "/api/v1/oauth2/token");
        request.headers.push("Host", self.host());
        if basic {
            let pair = STANDARD.encode(format!("{client}:{secret}"));
            request.headers.push("Authorization", format!("Basic {pair}"));
        }
        if faults.has(Fault::OauthInAddress) {
            request.target = format!("{}?{form}", request.target);
        } else if faults.has(Fault::OauthJson) {
            let pairs = url::form_urlencoded::parse(form.as_bytes());
            let body: serde_json::Map<_, _> =
                pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
            request.body = serde_json::Value::Object(body).to_string().into_bytes();
            request.headers.push("Content-Type", "application/json");
        } else {
            request.body = form.into_bytes();
            request.headers.push("Content-Type", "application/x-www-form-urlencoded");
        }
        if faults.has(Fault::OauthGet) {
            "GET".clone_into(&mut request.method);
        }
        let response = ask(request)?;
        (response.status == 200).then(|| response.json().ok()).flatten()
    }

    /// The question for the user.
    fn question(&self, access: &str) -> Request {
        let faults = self.faults;
        let mut request = Request::new("GET", "/api/v1/oauth2/userinfo");
        request.headers.push("Host", self.host());
        if faults.has(Fault::OauthTokenInAddress) {
            request.target = format!("{}?access_token={access}", request.target);
        } else {
            request.headers.push("Authorization", format!("Bearer {access}"));
        }
        if !faults.has(Fault::OauthNoAccept) {
            request.headers.push("Accept", "application/json");
        }
        request
    }

    fn host(&self) -> String {
        let domain = url::Url::parse(&self.told.domain).ok();
        domain.map(|domain| domain.authority().to_owned()).unwrap_or_default()
    }
}

fn page(status: u16, text: &str) -> Response {
    let headers = Headers::from_iter([("Content-Type", "text/html;charset=UTF-8")]);
    let body = format!("<!doctype html>\n<html><body><p>{text}</p></body></html>");
    Response { headers, body: body.into_bytes(), ..Response::new(status) }
}

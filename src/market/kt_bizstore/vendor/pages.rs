//! The login page that `Location` names, and the page behind it.
//!
//! The link carries a ticket; the login sets a cookie and redirects to the customer's own page, as single sign-on
//! commonly does. A browser that follows the link with cookies ends on a page with status 200.

use url::form_urlencoded::byte_serialize;

use super::admission::ticket;
use super::answer;
use super::fault::{Fault, Faults};
use super::store::Customer;
use crate::wire::{Headers, Request, Response};

/// A value for a query. The customer's key stands there and not in the path: `..` is a possible key, and browsers
/// resolve it in paths.
fn in_query(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// A value of the request's query.
pub(crate) fn from_query(request: &Request, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(request.query()?.as_bytes());
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// Text for use inside HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"ko\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>{content}</body>\n</html>\n"
    )
}

/// The ticket of a customer's current registration.
fn ticket_of(customer: &Customer) -> String {
    ticket(&format!("{}\n{}", customer.registrations().len(), customer.mem_sq))
}

/// The path of the login page with its ticket, from the vendor's base address on.
pub(crate) fn login_path(customer: &Customer) -> String {
    format!("/login?customer={}&ticket={}", in_query(&customer.mem_sq), ticket_of(customer))
}

/// The body of the apply answer: the page that the store relays to the customer.
pub(crate) fn handed_over(location: &str, customer: &Customer) -> String {
    let (link, name) = (escape(location), escape(&customer.mem_sq));
    page("서비스 로그인", &format!("<h1>서비스 로그인</h1><p>{name}</p><p><a href=\"{link}\">로그인</a></p>"))
}

/// `GET /login?customer=…&ticket=…`
pub(crate) fn login(request: &Request, customer: Option<&Customer>, mount: &str, faults: &Faults) -> Response {
    if faults.has(Fault::Page404) {
        return answer::html(404, page("Not Found", "<h1>404</h1>"));
    }
    if faults.has(Fault::Page500) {
        return answer::html(500, page("Error", "<h1>500</h1>"));
    }
    let known = customer.filter(|customer| from_query(request, "ticket").as_deref() == Some(&ticket_of(customer)));
    let Some(customer) = known.filter(|customer| is_open(customer, faults)) else { return closed() };
    let location = if faults.has(Fault::PageLoops) {
        request.target.clone()
    } else if faults.has(Fault::PageLeavesOrigin) {
        "https://login.elsewhere.example/".to_owned()
    } else {
        format!("{mount}/home?customer={}", in_query(&customer.mem_sq))
    };
    let cookie = format!("session={}; Path=/; HttpOnly; SameSite=Lax", ticket_of(customer));
    Response { headers: Headers::from_iter([("Location", location), ("Set-Cookie", cookie)]), ..Response::new(302) }
}

/// `GET /home?customer=…`
pub(crate) fn home(request: &Request, customer: Option<&Customer>, faults: &Faults) -> Response {
    let session = |customer: &&Customer| {
        let ticket = ticket_of(customer);
        let cookies: Vec<String> = request.headers.all("cookie").map(crate::wire::Header::text).collect();
        let mut pairs = cookies.iter().flat_map(|cookies| cookies.split(';'));
        pairs.any(|pair| pair.trim().strip_prefix("session=") == Some(&ticket))
    };
    let known = customer.filter(session).filter(|customer| is_open(customer, faults));
    let Some(customer) = known.filter(|_| !faults.has(Fault::PageForgetsSession)) else { return closed() };
    if faults.has(Fault::PageEmpty) {
        return answer::html(200, String::new());
    }
    if faults.has(Fault::PageJson) {
        return answer::json(200, &serde_json::json!({ "login": "ok" }));
    }
    let notice = if customer.current().terms().suspended { "<p>이용이 정지되었습니다.</p>" } else { "" };
    let content = format!("<h1>환영합니다</h1><p>{}</p>{notice}", escape(&customer.mem_sq));
    answer::html(200, page("서비스", &content))
}

fn is_open(customer: &Customer, faults: &Faults) -> bool {
    customer.current().resigned.is_none() || faults.has(Fault::PageStaysAfterResign)
}

fn closed() -> Response {
    answer::html(403, page("로그인 필요", "<h1>로그인이 필요합니다</h1>"))
}

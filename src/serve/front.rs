//! What a person sees who opens the address of a marketplace's API in a browser: what it is for, and the way to the
//! console.
//!
//! It is nothing that a vendor's program calls, so it is neither judged nor written down. A program that asks for the same
//! address, without asking for a page, gets what the marketplace answers.

use maud::{DOCTYPE, html};

use super::console::Words;
use super::console::words::Language;
use super::storefront::STOREFRONTS;
use crate::wire::{Headers, Request, Response};

/// The answer to a browser that looks around; `None` for everybody else.
pub(super) fn page(name: &str, console: &str, is_operation: bool, request: &Request) -> Option<Response> {
    if is_operation || request.method != "GET" {
        return None;
    }
    let accepted = request.headers.text("accept").unwrap_or_default();
    match request.path() {
        "/" if accepted.contains("text/html") => Some(front(name, console, request)),
        // Browsers ask for it by themselves.
        "/favicon.ico" if accepted.contains("image/") => Some(Response::new(404)),
        _ => None,
    }
}

fn front(name: &str, console: &str, request: &Request) -> Response {
    let language = Language::accepted(&request.headers.text("accept-language").unwrap_or_default());
    let words = Words(language);
    let storefront = STOREFRONTS.iter().find(|storefront| storefront.marketplace == name);
    let title = storefront.map_or_else(|| name.to_owned(), |storefront| words.say(storefront.label));
    let way = storefront.map_or_else(|| console.to_owned(), |storefront| format!("{console}{}", storefront.href));
    let what = if super::storefront::calls_nothing(name) { "front-pulls" } else { "front-serves" };
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · storeproof" }
            }
            body {
                main {
                    h1 { (title) }
                    p { (words.say(what)) }
                    p { a href=(way) { (words.say("front-console")) } }
                    p { code { (way) } }
                }
            }
        }
    };
    let headers = Headers::from_iter([
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    ]);
    Response { headers, body: markup.into_string().into_bytes(), ..Response::new(200) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn asked(method: &str, target: &str, accept: &str) -> Request {
        let mut request = Request::new(method, target);
        request.headers.push("Accept", accept);
        request
    }

    const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

    #[rstest]
    #[case("GET", "/", BROWSER, false, Some(200))]
    #[case("GET", "/favicon.ico", "image/avif,image/webp,*/*", false, Some(404))]
    #[case("GET", "/", "*/*", false, None)]
    #[case("GET", "/", BROWSER, true, None)]
    #[case("POST", "/", BROWSER, false, None)]
    #[case("GET", "/orders", BROWSER, false, None)]
    fn only_a_browser_at_the_door_is_shown_a_page(
        #[case] method: &str,
        #[case] target: &str,
        #[case] accept: &str,
        #[case] is_operation: bool,
        #[case] status: Option<u16>,
    ) {
        let shown = page("nobody", "http://127.0.0.1:7700", is_operation, &asked(method, target, accept));
        assert_eq!(shown.map(|response| response.status), status);
    }

    #[test]
    fn the_page_leads_to_the_storefront_in_the_readers_language() {
        let mut request = asked("GET", "/", BROWSER);
        request.headers.push("Accept-Language", "ko");
        let name = STOREFRONTS[0].marketplace;
        let text = page(name, "http://127.0.0.1:7700", false, &request).expect("a page").text();
        let way = format!("href=\"http://127.0.0.1:7700{}\"", STOREFRONTS[0].href);
        assert!(text.contains(&way) && text.contains("lang=\"ko\""), "{text}");
    }
}

//! What stands around every page: the way to the others, the choice of a language, the heading.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets::{ICON, SCRIPT, STYLE};
use super::manners::PARAMETER;
use super::words::Language;
use super::{Reader, Words};
use crate::serve::storefront::STOREFRONTS;

/// A page's place in the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Section {
    /// The list of exchanges, and each of them.
    #[default]
    Exchanges,
    /// The storefront of this marketplace.
    Storefront(&'static str),
    /// The signature checker.
    Signature,
    /// Addresses, keys, versions.
    About,
}

/// What a page says of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// Its heading, and the window's title.
    pub(crate) title: String,
    /// Where it belongs.
    pub(crate) section: Section,
    /// What stands before the heading: where the reader came from, as (label, address).
    pub(crate) trail: Vec<(String, String)>,
    /// One sentence below the heading.
    pub(crate) lead: Option<String>,
    /// The status of the answer; 200 where it is left out.
    pub(crate) status: StatusCode,
}

/// A storefront as the navigation shows it.
pub(crate) struct Storefront {
    /// The marketplace; it is left out where that is not served.
    pub(crate) marketplace: &'static str,
    /// Its first page.
    pub(crate) href: &'static str,
    /// The key of its name.
    pub(crate) label: &'static str,
}

/// Those of the marketplaces that are served.
pub(crate) fn storefronts<'a>(served: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = &'static Storefront> {
    let served: Vec<&str> = served.into_iter().collect();
    STOREFRONTS.iter().filter(move |storefront| served.contains(&storefront.marketplace))
}

/// A whole page.
pub(crate) fn page(reader: &Reader, page: Page, content: Markup) -> Response {
    let words = reader.words;
    let markup = html! {
        (DOCTYPE)
        html lang=(words.language().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words.tell("title", &[("page", page.title.as_str().into())])) }
                link rel="icon" href=(ICON.path) type="image/svg+xml";
                link rel="stylesheet" href=(STYLE.path);
                script src=(SCRIPT.path) defer {}
            }
            body {
                a.skip href="#main" { (words.say("skip")) }
                header.top {
                    div.bar {
                        a.brand href="/" { (mark()) span translate="no" { "storeproof" } }
                        (navigation(reader, page.section))
                        (languages(reader))
                    }
                }
                main #main tabindex="-1" {
                    @if !page.trail.is_empty() {
                        nav.trail aria-label=(words.say("trail")) {
                            ol { @for (label, href) in &page.trail { li { a href=(href) { (label) } } } }
                        }
                    }
                    h1 { (page.title) }
                    @if let Some(lead) = &page.lead { p.lead { (lead) } }
                    (content)
                }
                footer.foot { p { (words.say("footer")) } }
            }
        }
    };
    (page.status, Html(markup.into_string())).into_response()
}

/// A page for what cannot be shown.
pub(crate) fn missing(reader: &Reader, section: Section, why: &str) -> Response {
    let title = reader.words.say("missing");
    let told = Page { title, section, status: StatusCode::NOT_FOUND, ..Page::default() };
    page(reader, told, html! { p { (why) } p { a href="/" { (reader.words.say("missing-back")) } } })
}

/// The page for an address that leads nowhere.
pub(super) async fn nowhere(reader: Reader) -> Response {
    let why = reader.words.say("nowhere");
    missing(&reader, Section::Exchanges, &why)
}

fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" aria-hidden="true" {
            rect width="32" height="32" rx="8" {}
            path d="M8 17.2l5.4 5.3L24 10.5" {}
        }
    }
}

fn navigation(reader: &Reader, here: Section) -> Markup {
    let words = reader.words;
    let link = |section: Section, href: &str, label: &str| {
        let current = (section == here).then_some("page");
        html! { li { a href=(href) aria-current=[current] { (words.say(label)) } } }
    };
    html! {
        nav.sections aria-label=(words.say("navigation")) {
            ul {
                (link(Section::Exchanges, "/exchanges", "exchanges"))
                @for storefront in storefronts(reader.served.iter().copied()) {
                    (link(Section::Storefront(storefront.marketplace), storefront.href, storefront.label))
                }
                (link(Section::Signature, "/signature", "signature"))
                (link(Section::About, "/about", "about"))
            }
        }
    }
}

/// Links to the same page in each language; [`manners`](super::manners()) remembers the one that is followed.
fn languages(reader: &Reader) -> Markup {
    let Words(chosen) = reader.words;
    let separator = if reader.here.contains('?') { '&' } else { '?' };
    let href = |language: Language| format!("{}{separator}{PARAMETER}={}", reader.here, language.code());
    html! {
        nav.languages aria-label=(reader.words.say("language")) {
            ul {
                @for language in Language::ALL {
                    li {
                        a href=(href(language)) lang=(language.tag()) hreflang=(language.tag())
                            aria-current=[(language == chosen).then_some("true")] translate="no" { (language.name()) }
                    }
                }
            }
        }
    }
}

//! One customer: what was ordered, what the portal shows, what is owed, and the buttons.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use maud::{Markup, html};

use super::forms::{again, of_customer};
use super::state::{Customer, Standing};
use super::tables::{bills, code, shown as visible, standing, status};
use super::{HOME, NAME, SECTION, page_of, stand, with};
use crate::serve::click::Deliver;
use crate::serve::console::layout::missing;
use crate::serve::console::{Page, Reader, Words, page};
use crate::serve::storefront::counter;
use crate::serve::storefront::pieces::{self, Fields, field};
use crate::serve::{Hall, Stand};

pub(super) async fn shown(
    State(hall): State<Arc<Hall>>,
    reader: Reader,
    Path(key): Path<String>,
    Query(query): Query<Fields>,
) -> Response {
    let stand = match stand(&hall, &reader) {
        Ok(stand) => stand,
        Err(missing) => return missing,
    };
    let words = reader.words;
    let Some(customer) = with(stand, |customers| customers.customer(&key).cloned()).flatten() else {
        return missing(&reader, SECTION, &words.say("kt-no-customer"));
    };
    let content = html! {
        (pieces::said(words, &hall, stand, &query))
        (buttons(words, stand, &customer))
        (facts(words, &customer))
        section aria-labelledby="owes" {
            h2 #owes { (words.say("kt-owes")) }
            (bills(words, "owed", &words.say("kt-owed"), &customer.bills, &|_| false))
        }
        section aria-labelledby="done" {
            h2 #done { (words.say("shop-acts")) }
            (pieces::acts(words, &customer.acts))
            p { a href={ (page_of(&key)) "/scenario" } { (words.say("shop-save")) } }
            p.muted { (words.say("shop-save-what")) }
        }
    };
    let told = Page {
        title: words.tell("kt-customer-title", &[("key", visible(&key).into())]),
        section: SECTION,
        trail: vec![(words.say("kt-name"), HOME.to_owned())],
        ..Page::default()
    };
    page(&reader, told, content)
}

/// The buttons that fit where the customer stands, in the order of a life.
fn buttons(words: Words, stand: &Stand, customer: &Customer) -> Markup {
    let press = |act: &str, label: &str, class: &str| {
        html! { button class=(class) type="submit" name="act" value=(act) { (words.say(label)) } }
    };
    let here = matches!(customer.standing, Standing::InUse | Standing::Suspended);
    html! {
        section aria-labelledby="buttons" {
            h2 #buttons { (words.say("kt-buttons")) }
            @if here { (login(words, stand, customer)) }
            form.panel method="post" action=(page_of(&customer.key)) {
                (pieces::ticketed(stand))
                div.actions {
                    (press("status", "kt-ask", "primary"))
                    @if here { (press("sign-on", "kt-sign-on", "")) }
                    (press("bills", "kt-owes-button", ""))
                    @match customer.standing {
                        Standing::InUse => (press("suspend", "kt-suspend", "")),
                        Standing::Suspended => (press("resume", "kt-resume", "")),
                        Standing::Refused | Standing::Leaving | Standing::Gone => (press("apply", "kt-apply-again", "")),
                    }
                    @if here { (press("resign", "kt-resign", "danger")) }
                }
                (pieces::delivery(words, NAME))
            }
        }
    }
}

/// The way to the vendor's login page, as the store's portal would send the customer there.
fn login(words: Words, stand: &Stand, customer: &Customer) -> Markup {
    let Some(location) = &customer.login else { return html! {} };
    let address = url::Url::parse(location).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let vendor = stand.vendor.as_ref().and_then(|vendor| url::Url::parse(vendor.endpoint().base()).ok());
    match address {
        Some(url) => html! {
            p {
                a.button.primary href=(url.as_str()) target="_blank" rel="noopener noreferrer external" {
                    (words.say("kt-login"))
                } " "
                @if vendor.is_some_and(|vendor| vendor.origin() != url.origin()) {
                    (words.tell("kt-login-elsewhere", &[("host", url.host_str().unwrap_or_default().into())]))
                }
            }
        },
        // Anything else than a web page is shown and leads nowhere.
        None => html! { p { (words.say("kt-login-wrong")) " " (crate::serve::console::show::value(words, location)) } },
    }
}

fn facts(words: Words, customer: &Customer) -> Markup {
    let told = |member: &str| customer.status.get(member).map(|value| visible(value));
    let dates = [("reg-date", "kt-registered"), ("install-complete-date", "kt-installed-on")];
    let contacts = [("service-manager", "kt-manager"), ("service-engineer", "kt-engineer")];
    html! {
        section aria-labelledby="portal" {
            h2 #portal { (words.say("kt-portal")) }
            dl.facts {
                dt { (words.say("kt-standing")) }
                dd { (standing(words, customer.standing)) }
                dt { (words.say("kt-status")) }
                dd {
                    @match (customer.status.get("status"), customer.asked) {
                        (Some(code), Some(asked)) => {
                            (status(words, code)) " "
                            span.muted { (words.tell("kt-asked", &[("time", asked.strftime("%Y-%m-%d %H:%M:%S UTC").to_string().into())])) }
                        }
                        _ => (words.say("kt-not-asked")),
                    }
                }
                @for (member, label) in dates.into_iter().chain(contacts) {
                    @if let Some(value) = told(member) {
                        dt { (words.say(label)) }
                        dd {
                            (value)
                            @if member == "install-complete-date" && value == "99999999" { " " (words.say("kt-installing")) }
                        }
                    }
                }
                @for (member, value) in &customer.ordered {
                    dt { code { (member) } }
                    dd { (code(words, member, value.as_str().unwrap_or_default())) }
                }
            }
        }
    }
}

pub(super) async fn pressed(
    State(hall): State<Arc<Hall>>,
    reader: Reader,
    Path(key): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let stand = match stand(&hall, &reader) {
        Ok(stand) => stand,
        Err(missing) => return missing,
    };
    let Some(customer) = with(stand, |customers| customers.customer(&key).cloned()).flatten() else {
        return missing(&reader, SECTION, &reader.words.say("kt-no-customer"));
    };
    let mut click = match field(&fields, "act") {
        "sign-on" => again(&key, &customer.ordered, "0", "The customer signs on; the vendor's page opens."),
        "suspend" => again(&key, &customer.ordered, "2", "The store suspends the customer."),
        "resume" => again(&key, &customer.ordered, "0", "The customer may work again."),
        "apply" => again(&key, &customer.ordered, "0", "The customer applies once more."),
        "bills" => of_customer("getBillByCustomer", &key),
        "resign" => of_customer("withdrawCustomer", &key),
        _ => of_customer("getStatus", &key),
    };
    click.deliver = Deliver { follow: field(&fields, "act") == "sign-on", ..pieces::deliver(&fields) };
    counter::press(stand, pieces::ticket(&fields), vec![click], &page_of(&key)).await
}

pub(super) async fn scenario(State(hall): State<Arc<Hall>>, reader: Reader, Path(key): Path<String>) -> Response {
    let stand = match stand(&hall, &reader) {
        Ok(stand) => stand,
        Err(missing) => return missing,
    };
    let clicks = with(stand, |customers| customers.clicks(&key)).unwrap_or_default();
    if clicks.is_empty() {
        return missing(&reader, SECTION, &reader.words.say("kt-no-customer"));
    }
    pieces::download("A customer, as it was clicked", &format!("customer-{key}"), &clicks)
}

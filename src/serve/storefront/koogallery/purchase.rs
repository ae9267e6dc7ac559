//! One purchase: its instance, its access data as the buyer sees them, and the buttons.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use maud::{Markup, html};

use super::home::{goods, standing};
use super::state::{Purchase, Standing, same};
use super::{HOME, NAME, SECTION, forms, page_of, stand, with};
use crate::market::koogallery::{Credential, Details, Settings, Store, details};
use crate::serve::console::layout::missing;
use crate::serve::console::show::value;
use crate::serve::console::{Page, Reader, Words, page};
use crate::serve::storefront::counter;
use crate::serve::storefront::pieces::{self, Fields, field};
use crate::serve::{Hall, Stand};
use crate::wire::printable_text;

pub(super) async fn shown(
    State(hall): State<Arc<Hall>>,
    reader: Reader,
    Path(order): Path<String>,
    Query(query): Query<Fields>,
) -> Response {
    let (stand, store) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let words = reader.words;
    let Some(purchase) = with(stand, |shop| shop.purchase(&order).cloned()).flatten() else {
        return missing(&reader, SECTION, &words.say("kg-no-purchase"));
    };
    let content = html! {
        (pieces::said(words, &hall, stand, &query))
        (buttons(words, stand, &purchase))
        section aria-labelledby="facts" {
            h2 #facts { (words.say("kg-purchase")) }
            dl.facts {
                dt { (words.say("kg-product")) } dd { (goods(words, &purchase.what)) }
                dt { (words.say("kg-interface")) } dd { @if purchase.v1 { "V1.0" } @else { "V2.0" } }
                dt { (words.say("kg-instance")) }
                dd { (value(words, purchase.instance.as_deref().unwrap_or("–"))) }
                dt { (words.say("kg-standing")) } dd { (standing(words, purchase.standing)) }
                dt { (words.say("kg-expires")) }
                dd { (expires(&purchase, store, stand)) }
            }
        }
        (access(words, &hall, &purchase, &store.settings))
        section aria-labelledby="done" {
            h2 #done { (words.say("shop-acts")) }
            (pieces::acts(words, &purchase.acts))
            p { a href={ (page_of(&order)) "/scenario" } { (words.say("shop-save")) } }
            p.muted { (words.say("shop-save-what")) }
        }
    };
    let told = Page {
        title: words.tell("kg-purchase-title", &[("order", printable_text(order.as_bytes()).into())]),
        section: SECTION,
        trail: vec![(words.say("kg-name"), HOME.to_owned())],
        ..Page::default()
    };
    page(&reader, told, content)
}

/// When the term ends: as a call has said, or else as the order has it.
pub(super) fn expires(purchase: &Purchase, store: &Store, stand: &Stand) -> String {
    let of_order = || {
        let order = store.order(&purchase.order, stand.clock.now())?;
        let end = order.lines.first()?.expires?;
        Some(end.strftime("%Y%m%d%H%M%S").to_string())
    };
    let told = purchase.expires.clone().or_else(of_order);
    told.as_deref().map_or_else(|| "–".to_owned(), read_time)
}

/// A time of the store's, which is written without anything between its figures, as people read it.
fn read_time(written: &str) -> String {
    // With or without milliseconds.
    if !matches!(written.len(), 14 | 17) || !written.bytes().all(|byte| byte.is_ascii_digit()) {
        return printable_text(written.as_bytes());
    }
    let (date, time) = written.split_at(8);
    format!("{}-{}-{} {}:{}:{} UTC", &date[..4], &date[4..6], &date[6..], &time[..2], &time[2..4], &time[4..6])
}

/// The buttons that fit the product and where its instance stands.
fn buttons(words: Words, stand: &Stand, purchase: &Purchase) -> Markup {
    let press = |act: &str, label: &str, class: &str| {
        html! { button class=(class) type="submit" name="act" value=(act) { (words.say(label)) } }
    };
    let live = purchase.instance.is_some() && purchase.standing != Standing::Released;
    let trial = purchase.what == "order-trial";
    let by_period = matches!(purchase.what.as_str(), "order-period" | "order-period-month");
    let freezes = purchase.what != "order-one-time";
    let frozen = purchase.standing == Standing::Frozen;
    html! {
        section aria-labelledby="buttons" {
            h2 #buttons { (words.say("kg-buttons")) }
            form.panel method="post" action=(page_of(&purchase.order)) {
                (pieces::ticketed(stand))
                div.actions {
                    @if live {
                        (press("details", "kg-details-button", "primary"))
                        @if trial { (press("formal", "kg-formal", "")) }
                        @if by_period {
                            (press("renew", "kg-renew", ""))
                            (press("cancel", "kg-cancel", ""))
                            (press("change", "kg-change", ""))
                            @if !purchase.v1 { (press("check", "kg-check", "")) }
                        }
                        @if freezes && !frozen { (press("freeze", "kg-freeze", "")) }
                        @if freezes && frozen && (!purchase.v1 || !by_period) { (press("unfreeze", "kg-unfreeze", "")) }
                        (press("release", "kg-release", "danger"))
                    }
                    @if !purchase.v1 { (press("notify", "kg-notify", "")) }
                }
                (pieces::delivery(words, NAME))
            }
        }
    }
}

/// The access data, out of the exchange that told them last.
fn access(words: Words, hall: &Hall, purchase: &Purchase, settings: &Settings) -> Markup {
    let told = purchase.details.and_then(|entry| hall.log.get(entry)).and_then(|entry| {
        let response = entry.seen.exchange.response()?;
        let body = hall.redacted(|redactor| redactor.bytes(&response.body));
        let body = serde_json::from_slice(&body).ok()?;
        details(&body, purchase.instance.as_deref()?, settings)
    });
    html! {
        section aria-labelledby="access" {
            h2 #access { (words.say("kg-details")) }
            @match told {
                None => p.muted { (words.say("kg-no-details")) },
                Some(told) => (shown_details(words, &told)),
            }
        }
    }
}

fn shown_details(words: Words, told: &Details) -> Markup {
    let link = |address: &Option<String>| {
        let Some(address) = address else { return html! { "–" } };
        match url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
            Some(url) => html! {
                a href=(url.as_str()) target="_blank" rel="noopener noreferrer external" {
                    (printable_text(super::super::act::bounded(address).as_bytes()))
                }
            },
            None => value(words, address),
        }
    };
    html! {
        dl.facts {
            dt { (words.say("kg-front-end")) } dd { (link(&told.front_end)) }
            @if told.admin.is_some() { dt { (words.say("kg-admin")) } dd { (link(&told.admin)) } }
            @for (label, credential) in [("kg-user", &told.user), ("kg-password", &told.password)] {
                dt { (words.say(label)) }
                dd { (shown_credential(words, credential.as_ref())) }
            }
            @if let Some(memo) = &told.memo { dt { (words.say("kg-memo")) } dd { (value(words, memo)) } }
        }
    }
}

fn shown_credential(words: Words, credential: Option<&Credential>) -> Markup {
    match credential {
        None => html! { "–" },
        Some(Credential::Plain(plain)) => html! {
            (value(words, plain.expose())) " " span.muted { (words.say("kg-plain")) }
        },
        Some(Credential::Decrypted(kind, plain)) => html! {
            (value(words, plain.expose())) " "
            span.muted { (words.tell("kg-decrypted", &[("kind", kind.to_string().into())])) }
        },
        Some(Credential::Unreadable(why)) => html! {
            (words.say("kg-unreadable")) " " span lang="en" { (printable_text(why.as_bytes())) }
        },
    }
}

pub(super) async fn pressed(
    State(hall): State<Arc<Hall>>,
    reader: Reader,
    Path(order): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let (stand, _) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let found = with(stand, |shop| Some((shop.purchase(&order)?.clone(), shop.clicks(&order)))).flatten();
    let Some((purchase, clicks)) = found else {
        return missing(&reader, SECTION, &reader.words.say("kg-no-purchase"));
    };
    let creation = clicks.iter().find(|clicked| clicked.click.operation == "newInstance").map(same);
    let back = page_of(&order);
    let Some(mut click) = forms::about(&purchase, field(&fields, "act"), creation.as_ref()) else {
        return pieces::refused(&reader, SECTION, &back, &[reader.words.say("kg-no-such-call")]);
    };
    click.deliver = pieces::deliver(&fields);
    if click.deliver.tamper.is_some() {
        click.awaited = None;
    }
    counter::press(stand, pieces::ticket(&fields), vec![click], &back).await
}

pub(super) async fn scenario(State(hall): State<Arc<Hall>>, reader: Reader, Path(order): Path<String>) -> Response {
    let (stand, _) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let clicks = with(stand, |shop| shop.clicks(&order)).unwrap_or_default();
    if clicks.is_empty() {
        return missing(&reader, SECTION, &reader.words.say("kg-no-purchase"));
    }
    pieces::download("A purchase, as it was clicked", &format!("purchase-{order}"), &clicks)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("20271128054308", "2027-11-28 05:43:08 UTC")]
    #[case("20271128054308123", "2027-11-28 05:43:08 UTC")]
    #[case("2027112805430", "2027112805430")]
    #[case("soon, or 日本語日本語", "soon, or 日本語日本語")]
    #[case("", "")]
    fn a_time_is_shown_as_people_read_it(#[case] written: &str, #[case] shown: &str) {
        assert_eq!(read_time(written), shown);
    }
}

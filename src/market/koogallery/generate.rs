//! Inputs that a scenario leaves to the store: orders that it places, times, and ids that nobody has.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::call::Session;
use super::kit;
use super::order::{Buyer, Charging, Order, OrderLine, OrderType, Period, Product};
use super::settings::{Settings, Site};
use super::store::end_of;
use crate::sign::koogallery::credential;

/// Names that `x-storeproof: { generate: … }` may give. An order is placed as it is generated: the order query then
/// knows it, with one line whose id is the order's with `-000001` behind.
pub const GENERATORS: &[&str] = &[
    "order-new",
    "order-period",
    "order-period-month",
    "order-one-time",
    "order-on-demand",
    "order-on-demand-two-lines",
    "order-package",
    "order-trial",
    "order-trial-to-formal",
    "order-renew",
    "order-renew-change",
    "order-change",
    "order-unsubscribe",
    "order-of-cancelled-renewal",
    "order-of-release",
    "order-in-chinese",
    "order-with-extend-params",
    "order-whose-query-fails",
    "order-whose-query-fails-once",
    "order-whose-query-fails-thrice",
    "unknown-order",
    "unknown-instance",
    "unknown-instances-97",
    "unknown-instances-98",
    "expire-time",
    "expire-time-14",
    "expire-time-17",
    "later-expire-time",
    "earlier-expire-time",
    "charging-mode",
    "product-id",
    "second-product-id",
    "bigger-product-id",
    "sku-code",
    "bigger-sku-code",
    "customer-id",
    "customer-name",
    "encrypted-phone",
    "encrypted-email",
    "tenant-id",
    "tenant-code",
    "identity-domain",
    "identity-centre",
    "unknown-code",
    "app-id",
    "client-id",
    "account",
    "an-hour-ago",
    "sync-time-14",
    "sync-time-17",
    "text-65",
    "text-100",
    "text-101",
    "text-129",
    "text-256",
    "text-65536",
];

const YEAR: Period = Period { unit: "year", number: 1 };
const MONTH: Period = Period { unit: "month", number: 1 };
const TRIAL: Period = Period { unit: "day", number: 7 };

/// A generated value; `None` for a name that nobody knows.
pub(crate) fn generate(
    session: &mut Session,
    generator: &str,
    now: Timestamp,
    random: &mut fastrand::Rng,
) -> Option<Value> {
    let id = |random: &mut fastrand::Rng| format!("{:016x}{:016x}", random.u64(..), random.u64(..));
    let ids = |count: usize, random: &mut fastrand::Rng| {
        (0..count).map(|_| format!("{:016x}{:016x}", random.u64(..), random.u64(..))).collect::<Vec<_>>().join(",")
    };
    let settings = &session.store().settings;
    let text = match generator {
        "unknown-order" => order_id(now, random),
        "unknown-instance" => id(random),
        "unknown-instances-97" => ids(97, random),
        "unknown-instances-98" => ids(98, random),
        "expire-time" => expire_time(settings.long_expire_time, end_of(YEAR, now)),
        "expire-time-14" => expire_time(false, end_of(YEAR, now)),
        "expire-time-17" => expire_time(true, end_of(YEAR, now)),
        "later-expire-time" => expire_time(settings.long_expire_time, end_of(Period { unit: "year", number: 2 }, now)),
        "earlier-expire-time" => expire_time(settings.long_expire_time, end_of(MONTH, now)),
        "product-id" => product(0).product_id,
        // Plain pay-per-use has no documented value, so that none is sent.
        "charging-mode" => return Some(Value::from(as_sold(settings).0.v1_code())),
        "second-product-id" => product(1).product_id,
        "bigger-product-id" => bigger_product().product_id,
        "sku-code" => product(0).sku_code,
        "bigger-sku-code" => bigger_product().sku_code,
        "customer-id" => session.buyer(random).customer_id,
        "customer-name" => session.buyer(random).customer_name,
        "encrypted-phone" => encrypted("13800000000", settings, random),
        "encrypted-email" => encrypted("minji.park@buyer.example", settings, random),
        "tenant-id" | "app-id" | "client-id" | "unknown-code" => id(random),
        "identity-centre" => session.store().identity_centre(),
        "tenant-code" => format!("tenant{}", random.u32(1000..10_000)),
        "identity-domain" => format!("https://buyer-{}.identity.example", random.u32(1000..10_000)),
        "account" => format!("account-{:08x}", random.u32(..)),
        "an-hour-ago" => kit::clock(now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(now), false),
        "sync-time-14" => kit::clock(now, true),
        "sync-time-17" => kit::clock(now, false),
        "text-65" => long_text(65, random),
        "text-100" => long_text(100, random),
        "text-101" => long_text(101, random),
        "text-129" => long_text(129, random),
        "text-256" => long_text(256, random),
        "text-65536" => long_text(65_536, random),
        // The sites name different orders in one call (see `specs/koogallery/saas-v2.yaml`).
        "order-of-cancelled-renewal" if settings.site != Site::Cn => session.latest(OrderType::Renew)?,
        "order-of-release" if settings.site == Site::Eu => session.opened()?,
        _ => {
            let order = order(session, generator, now, random)?;
            let id = order.id.clone();
            match generator {
                "order-whose-query-fails" => session.place_failing(order, None),
                "order-whose-query-fails-once" => session.place_failing(order, Some(1)),
                "order-whose-query-fails-thrice" => session.place_failing(order, Some(3)),
                _ => session.place(order),
            }
            id
        }
    };
    Some(Value::from(text))
}

/// How the user's product is bought: one that is charged in one way only is bought so.
fn as_sold(settings: &Settings) -> (Charging, Option<Period>) {
    match settings.charging.as_deref() {
        Some("one-time") => (Charging::OneTime, None),
        Some("on-demand") => (Charging::OnDemand, None),
        _ => (Charging::Period, Some(YEAR)),
    }
}

/// An order of the kind that the name says, of this session's buyer.
fn order(session: &mut Session, generator: &str, now: Timestamp, random: &mut fastrand::Rng) -> Option<Order> {
    let as_sold = as_sold(&session.store().settings);
    let (kind, charging, period) = match generator {
        "order-new"
        | "order-in-chinese"
        | "order-with-extend-params"
        | "order-whose-query-fails"
        | "order-whose-query-fails-once"
        | "order-whose-query-fails-thrice" => (OrderType::New, as_sold.0, as_sold.1),
        "order-period" => (OrderType::New, Charging::Period, Some(YEAR)),
        "order-period-month" => (OrderType::New, Charging::Period, Some(MONTH)),
        "order-one-time" => (OrderType::New, Charging::OneTime, None),
        "order-on-demand" | "order-on-demand-two-lines" => (OrderType::New, Charging::OnDemand, None),
        "order-package" => (OrderType::New, Charging::Package, None),
        "order-trial" => (OrderType::Trial, Charging::Period, Some(TRIAL)),
        "order-trial-to-formal" => (OrderType::TrialToFormal, Charging::Period, Some(YEAR)),
        "order-renew" | "order-renew-change" => (OrderType::Renew, Charging::Period, Some(YEAR)),
        "order-change" => (OrderType::Change, Charging::Period, Some(YEAR)),
        "order-unsubscribe" | "order-of-cancelled-renewal" | "order-of-release" => {
            (OrderType::Unsubscribe, as_sold.0, as_sold.1)
        }
        _ => return None,
    };
    let id = order_id(now, random);
    let lines = if generator == "order-on-demand-two-lines" { 2 } else { 1 };
    let changed = matches!(generator, "order-change" | "order-renew-change");
    let lines = (0..lines).map(|index| OrderLine {
        id: format!("{id}-{:06}", index + 1),
        charging,
        period,
        expires: period.map(|period| end_of(period, now)),
        product: if changed { bigger_product() } else { product(index) },
        price: "100.00".to_owned(),
    });
    let lines = lines.collect();
    let buyer = match generator {
        "order-in-chinese" => chinese_buyer(random),
        _ => session.buyer(random),
    };
    let extend = match generator {
        "order-with-extend-params" => vec![("emailDomain".to_owned(), "buyer.example".to_owned())],
        _ => Vec::new(),
    };
    Some(Order { id, kind, created: now, lines, buyer, extend })
}

/// Ids look like those of the examples: `CS`, the time of ordering, and letters.
fn order_id(now: Timestamp, random: &mut fastrand::Rng) -> String {
    let letters: String = (0..6).map(|_| random.uppercase()).collect();
    format!("CS{}{letters}", now.strftime("%y%m%d%H%M"))
}

fn product(index: usize) -> Product {
    let number = u32::try_from(index).unwrap_or_default();
    Product {
        product_id: format!("00301-11023{}-0--0", 3 + number),
        sku_code: format!("d0abcd12-1234-5678-ab90-11ab012aaaa{}", 1 + number),
        name: "Standard".to_owned(),
        linear_value: Some(10),
    }
}

/// The product after a change of specification.
fn bigger_product() -> Product {
    Product {
        product_id: "00301-110240-0--0".to_owned(),
        sku_code: "d0abcd12-1234-5678-ab90-11ab012bbbb1".to_owned(),
        name: "Enterprise".to_owned(),
        linear_value: Some(50),
    }
}

/// A buyer with an invented name.
pub(crate) fn buyer(random: &mut fastrand::Rng) -> Buyer {
    let number = random.u32(1000..10_000);
    Buyer {
        customer_id: format!("{:016x}{:016x}", random.u64(..), random.u64(..)),
        customer_name: format!("buyer-{number}"),
        user: Some((format!("{:032x}", random.u128(..)), format!("user-{number}"))),
        contact: None,
    }
}

fn chinese_buyer(random: &mut fastrand::Rng) -> Buyer {
    Buyer { customer_name: "示例客户（上海）有限公司 & 子公司".to_owned(), user: None, ..buyer(random) }
}

/// `yyyyMMddHHmmss` in UTC, with milliseconds behind where 17 digits are asked for.
pub(crate) fn expire_time(long: bool, time: Timestamp) -> String {
    if long { time.strftime("%Y%m%d%H%M%S%3f").to_string() } else { crate::check::calendar::compact_time(time) }
}

/// A text as version 1.0 encrypts the buyer's phone and e-mail.
fn encrypted(plain: &str, settings: &Settings, random: &mut fastrand::Rng) -> String {
    let iv: [u8; credential::IV_LENGTH] = std::array::from_fn(|_| random.alphanumeric() as u8);
    credential::encrypt(&settings.access_key, settings.encrypt_type, &iv, plain)
}

fn long_text(length: usize, random: &mut fastrand::Rng) -> String {
    (0..length).map(|_| random.lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;

    use super::super::store::Store;
    use super::*;

    fn session(settings: Settings) -> Session {
        Session::new(Arc::new(Store::new(settings)))
    }

    fn made(session: &mut Session, generator: &str) -> String {
        let now = "2026-03-10T03:00:00Z".parse().expect("a time");
        let mut random = fastrand::Rng::with_seed(u64::try_from(generator.len()).expect("short"));
        let made = session.generate(generator, now, &mut random).unwrap_or_else(|| panic!("{generator} makes nothing"));
        made.as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_generator_makes_something() {
        let mut session = session(Settings::default());
        for generator in GENERATORS {
            made(&mut session, generator);
        }
    }

    #[rstest]
    #[case(Site::Cn, false, false)]
    #[case(Site::Intl, true, false)]
    #[case(Site::Eu, true, true)]
    fn sites_name_other_orders(#[case] site: Site, #[case] of_renewal: bool, #[case] of_purchase: bool) {
        let mut session = session(Settings { site, ..Settings::default() });
        let (bought, renewed) = (made(&mut session, "order-new"), made(&mut session, "order-renew"));
        assert_eq!(made(&mut session, "order-of-cancelled-renewal") == renewed, of_renewal);
        assert_eq!(made(&mut session, "order-of-release") == bought, of_purchase);
    }

    #[rstest]
    #[case(None, "1", Charging::Period)]
    #[case(Some("one-time"), "3", Charging::OneTime)]
    #[case(Some("on-demand"), "", Charging::OnDemand)]
    fn orders_are_of_the_product_that_is_sold(
        #[case] sold: Option<&str>,
        #[case] code: &str,
        #[case] charging: Charging,
    ) {
        let mut session = session(Settings { charging: sold.map(str::to_owned), ..Settings::default() });
        assert_eq!(made(&mut session, "charging-mode"), code);
        let order = made(&mut session, "order-new");
        let known = session.store().order(&order, Timestamp::UNIX_EPOCH).expect("is placed");
        assert_eq!(known.lines[0].charging, charging);
    }

    #[rstest]
    #[case("order-whose-query-fails-once", &[false, true, true])]
    #[case("order-whose-query-fails", &[false, false, false])]
    fn a_query_fails_once_or_for_ever(#[case] generator: &str, #[case] told: &[bool]) {
        let mut session = session(Settings::default());
        let order = made(&mut session, generator);
        for expected in told {
            session.store().asked(&order);
            assert_eq!(session.store().order(&order, Timestamp::UNIX_EPOCH).is_some(), *expected);
            assert_eq!(session.store().fails(&order), !expected);
        }
    }
}

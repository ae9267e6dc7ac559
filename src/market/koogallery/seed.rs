//! Orders and instances that a user puts into the store, in the forms of the documents.
//!
//! An order is the `orderInfo` of the order query, so that what the store tells can be put back; an instance is the
//! answer to a creation with the order it was opened for, which the usage push needs.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::order::{Buyer, Charging, Order, OrderLine, OrderType, Period, Product};
use super::store::{Books, Instance, Store};
use crate::market::{Misfit, Seeded};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Objects {
    orders: Vec<OrderInfo>,
    instances: Vec<Opened>,
}

/// `orderInfo` of the order query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OrderInfo {
    order_id: String,
    order_type: OrderType,
    #[serde(default)]
    create_time: Option<String>,
    order_line: Vec<Line>,
    #[serde(default)]
    buyer_info: BuyerInfo,
    #[serde(default)]
    extend_params: Vec<Extend>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    order_line_id: String,
    charging_mode: Charging,
    #[serde(default)]
    period_type: Option<String>,
    #[serde(default)]
    period_number: Option<u32>,
    #[serde(default)]
    expire_time: Option<String>,
    product_info: Vec<ProductInfo>,
    #[serde(default)]
    extend_params: Vec<Extend>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    currency_after_discount: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProductInfo {
    product_id: String,
    sku_code: String,
    product_name: String,
    #[serde(default)]
    linear_value: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct BuyerInfo {
    mobile_phone: Option<String>,
    email: Option<String>,
    customer_id: Option<String>,
    customer_name: Option<String>,
    customer_real_name: Option<String>,
    customer_type: Option<i64>,
    user_id: Option<String>,
    user_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extend {
    name: String,
    value: String,
}

/// An instance that a vendor has opened.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Opened {
    instance_id: String,
    order_id: String,
    charging_mode: Charging,
    /// RFC 3339.
    opened: Timestamp,
    #[serde(default)]
    released: Option<Timestamp>,
}

impl Store {
    /// Puts orders and instances into the books, all of them or none.
    pub(crate) fn seed(&self, objects: &Value) -> Result<Seeded, Misfit> {
        let Objects { orders, instances } = Misfit::typed(objects)?;
        let read = |(index, order): (usize, OrderInfo)| {
            order.order().map_err(|misfit| misfit.below(&format!("/orders/{index}")))
        };
        let orders: Vec<Order> = orders.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let seeded = Seeded::from([("orders", orders.len()), ("instances", instances.len())]);
        let mut books = self.books();
        let Books { orders: kept, failing, instances: open, .. } = &mut *books;
        for order in orders {
            failing.remove(&order.id);
            kept.insert(order.id.clone(), order);
        }
        for Opened { instance_id, order_id, charging_mode, opened, released } in instances {
            open.insert(instance_id, Instance { order: order_id, charging: charging_mode, opened, released });
        }
        Ok(seeded)
    }
}

impl OrderInfo {
    fn order(self) -> Result<Order, Misfit> {
        if self.order_id.is_empty() || self.order_id.chars().count() > 64 {
            return Err(Misfit::new("/orderId", "an order id has 1 to 64 characters"));
        }
        if self.order_line.is_empty() {
            return Err(Misfit::new("/orderLine", "an order has at least one line"));
        }
        let created = match &self.create_time {
            None => Timestamp::UNIX_EPOCH,
            Some(written) => time(written).ok_or_else(|| no_time("/createTime", written))?,
        };
        let read =
            |(index, line): (usize, Line)| line.line().map_err(|misfit| misfit.below(&format!("/orderLine/{index}")));
        let lines = self.order_line.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let extend = self.extend_params.into_iter().map(|Extend { name, value }| (name, value)).collect();
        let buyer = self.buyer_info.buyer();
        Ok(Order { id: self.order_id, kind: self.order_type, created, lines, buyer, extend })
    }
}

impl Line {
    fn line(self) -> Result<OrderLine, Misfit> {
        let period = match (self.period_type.as_deref(), self.period_number) {
            (None, None) => None,
            (Some(written), Some(number)) => {
                let unit = Period::UNITS.iter().find(|unit| **unit == written).copied();
                let problem = || format!("{written:?} is none of {}", Period::UNITS.join(", "));
                Some(Period { unit: unit.ok_or_else(|| Misfit::new("/periodType", problem()))?, number })
            }
            (Some(_), None) => return Err(Misfit::new("/periodNumber", "is missing beside periodType")),
            (None, Some(_)) => return Err(Misfit::new("/periodType", "is missing beside periodNumber")),
        };
        let expires = match &self.expire_time {
            None => None,
            Some(written) => Some(time(written).ok_or_else(|| no_time("/expireTime", written))?),
        };
        // The price after discounts is the one that is told; both are one in all that the store sells here.
        let price = self.currency_after_discount.or(self.currency).unwrap_or_else(|| "0.00".to_owned());
        if !self.extend_params.is_empty() {
            return Err(Misfit::new("/extendParams", "parameters of a line are not kept; put them beside orderLine"));
        }
        let mut products = self.product_info.into_iter();
        let (Some(product), None) = (products.next(), products.next()) else {
            return Err(Misfit::new("/productInfo", "a line has exactly one product"));
        };
        let ProductInfo { product_id, sku_code, product_name: name, linear_value } = product;
        let product = Product { product_id, sku_code, name, linear_value };
        Ok(OrderLine { id: self.order_line_id, charging: self.charging_mode, period, expires, product, price })
    }
}

impl BuyerInfo {
    fn buyer(self) -> Buyer {
        // The store tells the name twice and the type always as 1.
        let _ = (self.customer_real_name, self.customer_type);
        Buyer {
            customer_id: self.customer_id.unwrap_or_else(|| "seeded-customer".to_owned()),
            customer_name: self.customer_name.unwrap_or_else(|| "seeded-buyer".to_owned()),
            user: self.user_id.zip(self.user_name),
            contact: self.mobile_phone.zip(self.email),
        }
    }
}

/// A time of 14 digits in UTC, as the order query writes it.
fn time(written: &str) -> Option<Timestamp> {
    let digits = written.len() == 14 && written.bytes().all(|byte| byte.is_ascii_digit());
    let civil = digits.then(|| DateTime::strptime("%Y%m%d%H%M%S", written).ok()).flatten()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn no_time(pointer: &str, written: &str) -> Misfit {
    Misfit::new(pointer, format!("{written:?} is no time yyyyMMddHHmmss in UTC"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::settings::Settings;
    use super::super::store::MOCKS;
    use super::*;

    fn now() -> Timestamp {
        "2026-03-10T03:00:00Z".parse().expect("a time")
    }

    #[test]
    fn what_the_store_tells_can_be_put_back_and_survives_a_restart() {
        let store = Store::new(Settings::default());
        let told: Vec<Value> =
            MOCKS.iter().map(|(id, ..)| store.order(id, now()).expect("a mock").to_json(None)).collect();
        let instance =
            json!({ "instanceId": "i-1", "orderId": "MOCKONDEMAND", "chargingMode": "ON_DEMAND", "opened": now() });
        let seeded = store.seed(&json!({ "orders": told, "instances": [instance] })).expect("fits");
        assert_eq!(seeded, Seeded::from([("orders", MOCKS.len()), ("instances", 1)]));
        let after = Store::new(Settings::default());
        after.restore(&store.state()).expect("its own state");
        assert_eq!(after.state(), store.state());
        for told in told {
            let id = told["orderId"].as_str().expect("an id");
            assert_eq!(after.books().orders[id].to_json(None), told, "{id}");
        }
        after.reset();
        assert_eq!(after.state(), Store::new(Settings::default()).state());
    }

    fn order(change: impl FnOnce(&mut Value)) -> Value {
        let mut order =
            Store::new(Settings::default()).order("MOCKPERIODYEARNEW", now()).expect("a mock").to_json(None);
        change(&mut order);
        json!({ "orders": [{ "orderId": "CS1", "orderType": "NEW", "orderLine": [
            { "orderLineId": "CS1-000001", "chargingMode": "ON_DEMAND",
              "productInfo": [{ "productId": "p", "skuCode": "s", "productName": "n" }] }] }, order] })
    }

    #[rstest]
    #[case("/orders/1/orderType", json!("BUY"), "unknown variant")]
    #[case("/orders/1/createTime", json!("yesterday"), "is no time")]
    #[case("/orders/1/orderLine", json!([]), "at least one line")]
    #[case("/orders/1/orderLine/0/productInfo", json!([]), "exactly one product")]
    #[case("/orders/1/orderLine/0/periodType", json!("week"), "none of year, month, day")]
    #[case("/orders/1/orderLine/0/chargingMode", json!(1), "invalid type")]
    #[case("/orders/1/orderId", json!(""), "1 to 64")]
    fn all_or_nothing_with_the_place_of_what_is_wrong(
        #[case] pointer: &str,
        #[case] value: Value,
        #[case] problem: &str,
    ) {
        let store = Store::new(Settings::default());
        let objects = order(|order| {
            *order.pointer_mut(pointer.trim_start_matches("/orders/1")).expect("is there") = value;
        });
        let misfit = store.seed(&objects).expect_err("does not fit");
        assert!(misfit.pointer.starts_with(pointer) && misfit.problem.contains(problem), "{misfit}");
        assert!(store.books().orders.is_empty(), "the order before it was not put there either");
    }

    #[test]
    fn a_state_of_something_else_is_refused() {
        let store = Store::new(Settings::default());
        let misfit = store.restore(&json!({ "orders": { "CS1": 5 } })).expect_err("no order");
        assert_eq!(misfit.pointer, "/orders/CS1");
        assert!(store.restore(&json!({ "shelves": [] })).is_err());
        assert!(store.restore(&Value::Null).is_err());
    }

    #[test]
    fn times_have_14_digits() {
        assert_eq!(time("20260310030000"), Some(now()));
        assert_eq!(time("2026031003000"), None);
        assert_eq!(time("20260230030000"), None);
    }
}

//! Orders, as the order query tells them.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use crate::check::calendar::compact_time;

/// What kind of order it is (order query, `orderType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderType {
    /// A purchase.
    New,
    /// A trial.
    Trial,
    /// A trial becomes a purchase.
    TrialToFormal,
    /// An order is cancelled.
    Unsubscribe,
    /// A renewal.
    Renew,
    /// Another specification or capacity.
    Change,
}

impl OrderType {
    /// As the order query writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Trial => "TRIAL",
            Self::TrialToFormal => "TRIAL_TO_FORMAL",
            Self::Unsubscribe => "UNSUBSCRIBE",
            Self::Renew => "RENEW",
            Self::Change => "CHANGE",
        }
    }
}

/// How an order line is charged (order query, `chargingMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Charging {
    /// By month or year.
    Period,
    /// Once.
    OneTime,
    /// By use.
    OnDemand,
    /// A package of use.
    #[serde(rename = "ON_DEMAND_PKG")]
    Package,
}

impl Charging {
    /// As the order query writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Period => "PERIOD",
            Self::OneTime => "ONE_TIME",
            Self::OnDemand => "ON_DEMAND",
            Self::Package => "ON_DEMAND_PKG",
        }
    }

    /// The code of version 1.0 (`chargingMode`); plain pay-per-use has none that is documented.
    pub fn v1_code(self) -> Option<&'static str> {
        match self {
            Self::Period => Some("1"),
            Self::OneTime => Some("3"),
            Self::Package => Some("5"),
            Self::OnDemand => None,
        }
    }
}

/// A term, such as one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// `year`, `month` or, for trials, `day`.
    pub unit: &'static str,
    /// How many.
    pub number: u32,
}

/// A term as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPeriod {
    unit: String,
    number: u32,
}

// serde would derive one only for texts that live as long as the program.
impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenPeriod { unit: written, number } = WrittenPeriod::deserialize(deserializer)?;
        let known = Self::UNITS.iter().find(|unit| **unit == written).copied();
        let unit = known.ok_or_else(|| serde::de::Error::unknown_variant(&written, Self::UNITS))?;
        Ok(Self { unit, number })
    }
}

impl Period {
    /// The units that there are.
    pub const UNITS: &'static [&'static str] = &["year", "month", "day"];
}

/// What was bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Changes with the cycle.
    pub product_id: String,
    /// Stays the same over cycles.
    pub sku_code: String,
    /// Its name.
    pub name: String,
    /// Quantity, where the product has one.
    pub linear_value: Option<u32>,
}

/// Who bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// The buyer's account.
    pub customer_id: String,
    /// Its name.
    pub customer_name: String,
    /// Its user, where one is told.
    pub user: Option<(String, String)>,
    /// Phone and e-mail, where the buyer has agreed.
    pub contact: Option<(String, String)>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// In all examples the order with `-000001` behind.
    pub id: String,
    /// How it is charged.
    pub charging: Charging,
    /// Its term, where it has one.
    pub period: Option<Period>,
    /// When the term ends.
    pub expires: Option<Timestamp>,
    /// What was bought.
    pub product: Product,
    /// Its price, as a decimal.
    pub price: String,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: OrderType,
    /// When it was placed; not when it takes effect.
    pub created: Timestamp,
    /// Its lines, at least one.
    pub lines: Vec<OrderLine>,
    /// Who bought.
    pub buyer: Buyer,
    /// Parameters of the vendor's own, by name.
    pub extend: Vec<(String, String)>,
}

impl Order {
    /// `orderInfo` of the order query, with the line that was asked for, or all.
    pub fn to_json(&self, line: Option<&str>) -> Value {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .filter(|known| line.is_none_or(|line| known.id == line))
            .map(OrderLine::to_json)
            .collect();
        let extend = self.extend.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        let extend: Vec<Value> = extend.collect();
        json!({
            "orderId": self.id,
            "orderType": self.kind.name(),
            "createTime": compact_time(self.created),
            "orderLine": lines,
            "buyerInfo": self.buyer.to_json(),
            "extendParams": extend,
        })
    }
}

impl OrderLine {
    fn to_json(&self) -> Value {
        let mut line = Map::new();
        line.insert("orderLineId".to_owned(), json!(self.id));
        line.insert("chargingMode".to_owned(), json!(self.charging.name()));
        if let Some(period) = self.period {
            line.insert("periodType".to_owned(), json!(period.unit));
            line.insert("periodNumber".to_owned(), json!(period.number));
        }
        if let Some(expires) = self.expires {
            line.insert("expireTime".to_owned(), json!(compact_time(expires)));
        }
        let mut product = json!({
            "productId": self.product.product_id,
            "skuCode": self.product.sku_code,
            "productName": self.product.name,
        });
        if let Some(value) = self.product.linear_value {
            product["linearValue"] = json!(value);
        }
        line.insert("productInfo".to_owned(), json!([product]));
        line.insert("extendParams".to_owned(), json!([]));
        // Named like a currency, these are the price before and after discounts.
        line.insert("currency".to_owned(), json!(self.price));
        line.insert("currencyAfterDiscount".to_owned(), json!(self.price));
        Value::Object(line)
    }
}

impl Buyer {
    fn to_json(&self) -> Value {
        let (user_id, user_name) = self.user.clone().unzip();
        let (phone, email) = self.contact.clone().unzip();
        json!({
            "mobilePhone": phone,
            "email": email,
            "customerId": self.customer_id,
            "customerName": self.customer_name,
            "customerRealName": self.customer_name,
            "customerType": 1,
            "userId": user_id,
            "userName": user_name,
        })
    }
}

//! The order query: what was bought stands in no call of version 2.0.

use jiff::Timestamp;
use serde_json::Value;

use super::admission::utc;
use super::error::Refused;
use super::fault::{Fault, Faults};
use super::open_api::OpenApi;
use super::store::Plan;
use crate::market::Ask;
use crate::market::koogallery::Charging;

const PATH: &str = "/api/mkp-openapi-public/global/v1/order/query";

/// One line of an order, as far as the vendor needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bought {
    pub(crate) charging: Charging,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) plan: Plan,
    pub(crate) buyer: String,
    /// `orderType`, such as `NEW`.
    pub(crate) kind: String,
}

impl Default for Bought {
    /// What a vendor takes an order for when there is no store to ask.
    fn default() -> Self {
        let plan = Plan { seats: 10, ..Plan::default() };
        Self { charging: Charging::Period, expires: None, plan, buyer: "somebody".to_owned(), kind: "NEW".to_owned() }
    }
}

/// Asks the store for a line of an order.
pub(crate) fn query(
    api: &OpenApi,
    (order, line): (&str, &str),
    now: Timestamp,
    ask: &mut Ask<'_>,
    faults: &Faults,
) -> Result<Bought, Refused> {
    if !api.is_known() || faults.has(Fault::OrderNeverQueried) {
        return Ok(Bought::default());
    }
    if order.is_empty() || line.is_empty() {
        // Only a vendor who does not mind missing members gets here.
        return Ok(Bought::default());
    }
    let target = target(order, line, faults);
    let method = if faults.has(Fault::OrderQueriedByPost) { "POST" } else { "GET" };
    let request = api.request(method, target);
    if faults.has(Fault::OrderQueriedOften) {
        for _ in 0..9 {
            api.send(&request, now, ask, faults);
        }
    }
    let told = api.send(&request, now, ask, faults);
    match read(told.as_ref(), order, line, faults) {
        Err(Refused::Order(_)) if faults.has(Fault::UnknownOrderOpened) => Ok(Bought::default()),
        Err(Refused::StoreSilent(_)) if faults.has(Fault::OrderFailureIgnored) => Ok(Bought::default()),
        read => read,
    }
}

fn target(order: &str, line: &str, faults: &Faults) -> String {
    let escape = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    // A form writes a blank as +, the open API wants %20.
    let escape = |text: &str| escape(text).replace('+', "%20");
    let path = if faults.has(Fault::OrderQueriedElsewhere) { "/api/mkp-openapi-public/v1/order/query" } else { PATH };
    let order = if faults.has(Fault::OrderOtherId) { line } else { order };
    let mut parameters = vec![format!("orderId={}", escape(order))];
    if !faults.has(Fault::OrderWithoutLine) {
        let line = match () {
            () if faults.has(Fault::OrderOtherLine) => format!("{order}-000009"),
            () if faults.has(Fault::OrderFirstLineOnly) => format!("{order}-000001"),
            () => line.to_owned(),
        };
        parameters.push(format!("orderLineId={}", escape(&line)));
    }
    if faults.has(Fault::AkSkQueryUnsorted) {
        parameters.reverse();
    }
    if faults.has(Fault::OrderMoreParameters) {
        parameters.push("pageSize=10".to_owned());
    }
    format!("{path}?{}", parameters.join("&"))
}

/// Reads the answer. Optional members may be missing or null, and there may be more of them.
fn read(told: Option<&crate::wire::Response>, order: &str, line: &str, faults: &Faults) -> Result<Bought, Refused> {
    let refused = |why: String| Err(Refused::Order(why));
    let Some(answer) = told else {
        return Err(Refused::StoreSilent(format!("the order query for {order} was not answered")));
    };
    let body = answer.json().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let code = body["resultCode"].as_str().unwrap_or("no code");
    let taken = match code.split_once('.') {
        Some(("CBC", "0000")) => !faults.has(Fault::OrderPrefixFixed),
        Some((_, "0000")) => true,
        _ => false,
    };
    let internal = code.ends_with(".0999");
    if answer.status == 406 || answer.status > 500 || internal || body.get("resultCode").is_none() {
        return Err(Refused::StoreSilent(format!("the order query for {order} failed with {}", answer.status)));
    }
    if answer.status != 200 || !taken {
        return refused(format!("the order query for {order} was answered with {} and {code}", answer.status));
    }
    let info = &body["orderInfo"];
    let lines = info["orderLine"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = lines.iter().find(|found| found["orderLineId"] == *line);
    let lax = || lines.first().filter(|_| faults.has(Fault::OrderOtherId) || faults.has(Fault::OrderOtherLine));
    let Some(found) = found.or_else(lax) else {
        return refused(format!("the order {order} has no line {line}"));
    };
    if faults.has(Fault::OrderNullBreaks) && info["buyerInfo"]["email"].is_null()
        || faults.has(Fault::OrderMoreBreaks) && info["extendParams"].as_array().is_some_and(|more| !more.is_empty())
    {
        return Err(Refused::Crash);
    }
    let product = &found["productInfo"][0];
    let charging = match found["chargingMode"].as_str() {
        Some("ONE_TIME") => Charging::OneTime,
        Some("ON_DEMAND") => Charging::OnDemand,
        Some("ON_DEMAND_PKG") => Charging::Package,
        _ => Charging::Period,
    };
    let plan = Plan {
        product_id: text(&product["productId"]),
        sku_code: text(&product["skuCode"]),
        seats: product["linearValue"].as_u64().unwrap_or(1),
    };
    let expires = found["expireTime"].as_str().and_then(utc);
    Ok(Bought {
        charging,
        expires,
        plan,
        buyer: text(&info["buyerInfo"]["customerId"]),
        kind: text(&info["orderType"]),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::wire::Response;

    #[rstest]
    #[case(200, json!({ "resultCode": "MKT.0000", "orderInfo": { "orderLine": [{ "orderLineId": "O-1" }] } }), None)]
    #[case(200, json!({ "resultCode": "CBC.0000", "orderInfo": { "orderLine": [{ "orderLineId": "O-1" }] } }), None)]
    #[case(200, json!({ "resultCode": "MKT.0000", "orderInfo": { "orderLine": [{ "orderLineId": "O-2" }] } }), Some("the order O has no line O-1"))]
    #[case(200, json!({ "resultCode": "MKT.0000" }), Some("the order O has no line O-1"))]
    #[case(400, json!({ "resultCode": "MKT.0101" }), Some("the order query for O was answered with 400 and MKT.0101"))]
    #[case(401, json!({ "error_code": "APIG.0301" }), Some("the order query for O failed with 401"))]
    #[case(500, json!(null), Some("the order query for O failed with 500"))]
    fn only_a_line_that_was_told_is_taken(#[case] status: u16, #[case] body: Value, #[case] why: Option<&str>) {
        let answer = Response { body: body.to_string().into_bytes(), ..Response::new(status) };
        let read = read(Some(&answer), "O", "O-1", &Faults::default());
        assert_eq!(read.err().map(|refused| refused.to_string()).as_deref(), why);
    }
}

//! A vendor under test, with a store that calls it and answers its calls.

use super::*;

pub(super) const START: &str = "2026-03-10T03:00:00.250Z";
pub(super) const STORE: &str = "127.0.0.1:7702";

/// How the store answers the vendor's calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Good,
    Down,
    /// Usage is answered with status 200 and a failure.
    Picky,
}

/// A vendor, and a store that calls it at times of its own and answers its calls.
pub(super) struct Course {
    pub(super) vendor: Vendor,
    pub(super) now: Timestamp,
    pub(super) nonces: u32,
    pub(super) previous: Option<String>,
    pub(super) mood: Mood,
    /// The vendor's calls since they were last taken.
    pub(super) asked: Vec<Request>,
}

/// An order that the store knows: the first letter says how it is charged, and the rest whose it is.
pub(super) fn order(id: &str, line: Option<&str>) -> Option<Value> {
    let (mode, period) = match id.chars().next()? {
        'P' | 'M' | 'C' => ("PERIOD", true),
        'T' => ("ONE_TIME", false),
        'D' => ("ON_DEMAND", false),
        'K' => ("ON_DEMAND_PKG", false),
        _ => return None,
    };
    let number = line.and_then(|line| line.chars().last()).unwrap_or('1');
    let mut told = json!({
        "orderLineId": line.map_or(format!("{id}-000001"), str::to_owned),
        "chargingMode": mode,
        "productInfo": [{ "productId": format!("p-{number}"), "skuCode": "sku-1", "productName": "Standard",
                          "linearValue": if id.ends_with("BIG") { 50 } else { 10 } }],
    });
    if period {
        told["expireTime"] = json!("20270310030000");
    }
    let code = if id.starts_with('C') { "CBC.0000" } else { "MKT.0000" };
    let mut found = json!({
        "resultCode": code, "resultMsg": "Success",
        "orderInfo": { "orderId": id, "orderType": if id.contains("-R") { "RENEW" } else { "NEW" }, "createTime": "20260310030000", "orderLine": [told],
                       "buyerInfo": { "customerId": "buyer-1", "email": null }, "extendParams": [{ "name": "n", "value": "v" }] },
    });
    // What is optional is not in every order.
    match mode {
        "ONE_TIME" => drop(found["orderInfo"].as_object_mut().and_then(|info| info.shift_remove("extendParams"))),
        "ON_DEMAND" => found["orderInfo"]["buyerInfo"]["email"] = json!("buyer@customer.example"),
        _ => {}
    }
    Some(found)
}

pub(super) fn answered(request: &Request, mood: Mood) -> Option<Response> {
    let json = |status, body: Value| Some(Response { body: body.to_string().into_bytes(), ..Response::new(status) });
    if mood == Mood::Down {
        return None;
    }
    if request.path().ends_with("usage-data") {
        let code = if mood == Mood::Picky { "94060999" } else { "MKT.0000" };
        return json(200, json!({ "error_code": code, "error_msg": "" }));
    }
    let parameters = auth_token::parameters_of(request.query().unwrap_or_default());
    let value = |name: &str| parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    match order(value("orderId").unwrap_or_default(), value("orderLineId")) {
        Some(found) => json(200, found),
        None => json(400, json!({ "resultCode": "MKT.0101", "resultMsg": "no such order" })),
    }
}

impl Course {
    pub(super) fn new(options: Options) -> Self {
        let options = Options { store: Some(STORE.to_owned()), setup_delay: Duration::from_secs(10), ..options };
        let now = START.parse().expect("a time");
        Self { vendor: Vendor::new(options), now, nonces: 0, previous: None, mood: Mood::Good, asked: Vec::new() }
    }

    pub(super) fn with(fault: Fault) -> Self {
        Self::new(Options { faults: vec![fault], ..Options::default() })
    }

    pub(super) fn good() -> Self {
        Self::new(Options::default())
    }

    pub(super) fn later(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.saturating_add(SignedDuration::from_secs(seconds)).expect("a time");
        self
    }

    pub(super) fn raw(&mut self, request: &Request) -> Reply {
        let (mood, asked) = (self.mood, &mut self.asked);
        let reply = self.vendor.answer(request, self.now, &mut |request| {
            let answer = answered(&request, mood);
            asked.push(request);
            answer
        });
        self.now = self.now.saturating_add(SignedDuration::from_millis(1)).expect("a time");
        reply
    }

    /// A call of version 2.0 with exactly this body.
    pub(super) fn signed(&mut self, body: &str, mistake: Option<v2::Mistake>, sent: Timestamp) -> Request {
        self.nonces += 1;
        let nonce = format!("NONCE{:027}", self.nonces);
        let (key, kit) = (test_key(), test_kit_key());
        let delivery = v2::Delivery {
            scheme: v2::Scheme::Query,
            key: &key,
            other_interface_key: Some(&kit),
            body: body.as_bytes(),
            nonce: &nonce,
            previous_nonce: self.previous.as_deref(),
            now: sent,
            settings: v2::Settings::default(),
        };
        let signed = match mistake {
            None => v2::sign(&delivery),
            Some(mistake) => v2::forge(mistake, &delivery),
        };
        let mut request = Request::new("POST", format!("/produce?{}", signed.query()));
        request.headers.push("Content-Type", "application/json;charset=utf8");
        request.body = signed.body;
        if mistake.is_none() {
            self.previous = Some(nonce);
        }
        request
    }

    pub(super) fn v2(&mut self, body: &Value) -> Reply {
        let mut body = body.clone();
        body.sort_all_objects();
        if body["activity"] == "newInstance" && body.get("businessId").is_none() {
            body["businessId"] = json!(format!("b-{}", self.nonces));
            body.sort_all_objects();
        }
        let request = self.signed(&body.to_string(), None, self.now);
        self.raw(&request)
    }

    pub(super) fn query_v1(&mut self, parameters: &[(&str, &str)], mistake: Option<auth_token::Mistake>) -> Request {
        self.nonces += 1;
        let mut all: Vec<(String, String)> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if parameters[0].1 == "newInstance" {
            all.push(("businessId".to_owned(), format!("b-{}", self.nonces)));
        }
        all.push(("timeStamp".to_owned(), self.now.strftime("%Y%m%d%H%M%S%3f").to_string()));
        let (key, settings) = (test_key(), auth_token::Settings::default());
        let query = match mistake {
            None => {
                let signed = auth_token::sign(&key, &all, &settings);
                auth_token::query(&all, &signed.token, settings.form)
            }
            Some(mistake) => auth_token::forge(mistake, &key, &all, &settings).query,
        };
        Request::new("GET", format!("/produce?{query}"))
    }

    pub(super) fn v1(&mut self, parameters: &[(&str, &str)]) -> Reply {
        let request = self.query_v1(parameters, None);
        self.raw(&request)
    }

    /// The answer to a call of version 2.0 as JSON.
    pub(super) fn say(&mut self, body: Value) -> Value {
        body_of(&self.v2(&body))
    }

    pub(super) fn create(&mut self, order: &str) -> Value {
        self.say(creation(order, &format!("{order}-000001")))
    }

    pub(super) fn id(&mut self, order: &str) -> String {
        self.create(order)["instanceId"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn info(&mut self, id: &str) -> Value {
        self.say(json!({ "activity": "queryInstance", "instanceId": id }))
    }
}

pub(super) fn creation(order: &str, line: &str) -> Value {
    json!({ "activity": "newInstance", "orderId": order, "orderLineId": line })
}

pub(super) fn response(reply: &Reply) -> &Response {
    match &reply.kind {
        ReplyKind::Response(response) => response,
        other => panic!("{other:?}"),
    }
}

pub(super) fn body_of(reply: &Reply) -> Value {
    let response = response(reply);
    assert_eq!((response.status, response.media_type().as_deref()), (200, Some("application/json")));
    let verified = body_sign::verify(&response.headers, &response.body, &test_key());
    assert_eq!(verified, [], "{}", response.text());
    response.json().expect("JSON")
}

pub(super) fn refused(code: &str, body: &Value) -> bool {
    body["resultCode"] == code && body["resultMsg"].is_string() && body.as_object().is_some_and(|all| all.len() == 2)
}

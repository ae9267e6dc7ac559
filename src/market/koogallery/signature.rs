//! The signatures of calls, answers and callbacks, examined.
//!
//! Which recipe a message was signed by shows in its fields: the store's calls carry their signature in the query, answers
//! in `Body-Sign`, the vendor's calls in `Authorization` (AK/SK) or, for a usage push, in three headers.

use jiff::Timestamp;

use super::answer::{self, Operation};
use super::encrypted;
use super::store::Store;
use crate::market::{Carrier, Examined};
use crate::sign::koogallery::{auth_token, body_sign, usage_push, v2};
use crate::sign::{Intermediate, sdk_hmac};
use crate::wire::{Caller, Exchange, Request, Response};

/// The signatures of an exchange, those of the request first.
pub(crate) fn signatures(store: &Store, exchange: &Exchange) -> Vec<Examined> {
    let request = &exchange.request;
    match exchange.caller {
        Caller::Vendor => callbacks(store, request, exchange.started),
        Caller::Marketplace => {
            let call = call(store, request, exchange.started);
            let secret = encrypted::secret(store, request);
            let answer = exchange.response().and_then(|response| of_answer(store, request, response));
            std::iter::once(call).chain(secret).chain(answer).collect()
        }
    }
}

/// The signature of a request, whoever sent it.
pub(crate) fn signature(store: &Store, request: &Request, now: Timestamp) -> Option<Examined> {
    match is_callback(request) {
        true => callbacks(store, request, now).into_iter().next(),
        false => Some(call(store, request, now)),
    }
}

/// Whether a request is one of the vendor's, by its address or its fields.
fn is_callback(request: &Request) -> bool {
    Operation::of(request).is_some()
        || request.headers.get(sdk_hmac::AUTHORIZATION).is_some()
        || request.headers.get(sdk_hmac::DATE).is_some()
        || request.headers.get(usage_push::SIGNATURE).is_some()
}

/// The signatures of captured messages, and the encrypted values of an answer.
pub(crate) fn captured(
    store: &Store,
    request: Option<&Request>,
    response: Option<&Response>,
    now: Timestamp,
) -> Vec<Examined> {
    let own = request.is_none_or(|request| !is_callback(request));
    let calls = match request {
        Some(request) if own => {
            std::iter::once(call(store, request, now)).chain(encrypted::secret(store, request)).collect()
        }
        Some(request) => callbacks(store, request, now),
        None => Vec::new(),
    };
    let nothing = Request::default();
    let answer = response.filter(|_| own).and_then(|response| of_answer(store, request.unwrap_or(&nothing), response));
    let is_first = request.is_some_and(is_first);
    let values = response.filter(|_| own).map(|response| encrypted::values(store, is_first, response));
    calls.into_iter().chain(answer).chain(values.unwrap_or_default()).collect()
}

/// Whether a request carries a signature of one of the recipes, or what belongs to one.
pub(crate) fn is_signed(request: &Request) -> bool {
    let query = auth_token::parameters_of(request.query().unwrap_or_default());
    let in_query = |name: &str| query.iter().any(|(found, _)| found == name);
    let of_second = v2::Scheme::Query.names().into_iter().filter(|name| in_query(name)).count() >= 2;
    let of_kit = v2::Scheme::Kit.names().into_iter().filter(|name| request.headers.get(name).is_some()).count() >= 2;
    let authorization = request.headers.text(sdk_hmac::AUTHORIZATION).unwrap_or_default();
    let ak_sk = authorization.contains("HMAC-SHA256") || request.headers.get(sdk_hmac::DATE).is_some();
    let pushed = [usage_push::SIGNATURE, usage_push::TS, usage_push::NONCE];
    let pushed = pushed.into_iter().filter(|name| request.headers.get(name).is_some()).count() >= 2;
    let first_kit = request.headers.get(auth_token::TOKEN).is_some();
    first_kit || is_first(request) || of_second || of_kit || ak_sk || pushed || Operation::of(request).is_some()
}

/// Whether an answer carries `Body-Sign`, however it is spelled.
pub(crate) fn is_signed_answer(response: &Response) -> bool {
    response.headers.get(body_sign::HEADER).is_some()
}

/// When a request says that it was signed.
pub(crate) fn signed_at(request: &Request) -> Option<Timestamp> {
    if is_callback(request) {
        return sdk_hmac::signed_at(request).or_else(|| usage_push::signed_at(&request.headers));
    }
    if let Some(query) = first_kit(request) {
        // The store's local time in UTC+8.
        let parameters = auth_token::parameters_of(&query);
        let (_, value) = parameters.iter().find(|(name, _)| name == auth_token::TIME_STAMP)?;
        return auth_token::read_time_stamp(value)?.checked_sub(jiff::SignedDuration::from_hours(8)).ok();
    }
    if !is_first(request) {
        return v2::Received::from_request(scheme(request), request).signed_at();
    }
    let parameters = auth_token::parameters_of(request.query().unwrap_or_default());
    let (_, value) = parameters.iter().find(|(name, _)| name == auth_token::TIME_STAMP)?;
    auth_token::read_time_stamp(value)
}

/// Version 1.0 says what it wants in the query, version 2.0 in the body.
fn is_first(request: &Request) -> bool {
    let query = request.query().unwrap_or_default();
    query.contains(auth_token::TOKEN) || auth_token::parameters_of(query).iter().any(|(name, _)| name == "activity")
}

/// Calls of the joint-operation kit carry their signature in headers.
fn scheme(request: &Request) -> v2::Scheme {
    let kit = v2::Scheme::Kit.names().into_iter().any(|name| request.headers.get(name).is_some());
    if kit { v2::Scheme::Kit } else { v2::Scheme::Query }
}

/// A call of the kit of version 1 carries its token in a header.
fn first_kit(request: &Request) -> Option<String> {
    let carries = request.headers.get(auth_token::TOKEN).is_some();
    let called =
        request.path().contains("/produceAPI/") && scheme(request) != v2::Scheme::Kit && !request.body.is_empty();
    if carries || called { auth_token::query_of_kit(request) } else { None }
}

/// A call of the store's, of version 1.0 or 2.0.
fn call(store: &Store, request: &Request, now: Timestamp) -> Examined {
    let of_kit = first_kit(request);
    let (recipe, query, key) = match &of_kit {
        Some(query) => (auth_token::KIT_RECIPE, query.as_str(), &store.settings.kit_access_key),
        None => (auth_token::RECIPE, request.query().unwrap_or_default(), &store.settings.access_key),
    };
    if of_kit.is_some() || is_first(request) {
        let diagnosis = auth_token::diagnose(query, key);
        let signed = diagnosis.iter().find_map(|diagnosis| match diagnosis {
            auth_token::Diagnosis::Deviates(how) => Some(auth_token::steps(query, key, how)),
            _ => None,
        });
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let received = pairs.find(|(name, _)| name == auth_token::TOKEN).map(|(_, value)| value.replace(' ', "+"));
        let mistake = diagnosis.iter().find_map(auth_token::Diagnosis::mistake).map(auth_token::Mistake::named);
        let expected = auth_token::steps(query, key, &[]);
        return Examined::new(recipe, received, expected, signed, &diagnosis, mistake);
    }
    let scheme = scheme(request);
    let (recipe, key, other) = match scheme {
        v2::Scheme::Query => (v2::RECIPE, key, &store.settings.kit_access_key),
        v2::Scheme::Kit => (v2::KIT_RECIPE, &store.settings.kit_access_key, key),
    };
    let received = v2::Received::from_request(scheme, request);
    let known = v2::Known {
        key,
        other_interface_key: Some(other),
        used_nonces: &[],
        settings: store.settings.signature,
        now,
        window: v2::Window::default(),
    };
    let mut diagnosis = v2::diagnose(&received, &known);
    // Where the user has asked for seconds they are what the vendor expects.
    diagnosis.retain(|found| !(store.settings.timestamp_in_seconds && *found == v2::Diagnosis::TimestampInSeconds));
    let signed = diagnosis.iter().find_map(|diagnosis| match diagnosis {
        v2::Diagnosis::Deviates(how) => Some(v2::steps(&received, &known, how)),
        _ => None,
    });
    let signature = received.signature.as_deref().map(str::to_owned);
    let mistake = diagnosis.iter().find_map(v2::Diagnosis::mistake).map(v2::Mistake::named);
    Examined::new(recipe, signature, v2::steps(&received, &known, &[]), signed, &diagnosis, mistake)
}

/// `Body-Sign` of an answer; nothing where there is none and version 2.0 was spoken, which does not insist on it.
fn of_answer(store: &Store, request: &Request, response: &Response) -> Option<Examined> {
    let received = response.headers.text(body_sign::HEADER);
    if received.is_none() && !is_first(request) {
        return None;
    }
    let parameters = auth_token::parameters_of(request.query().unwrap_or_default());
    let time_stamp = parameters.iter().find(|(name, _)| name == auth_token::TIME_STAMP);
    let known = body_sign::Known {
        key: &store.settings.access_key,
        other_interface_key: Some(&store.settings.kit_access_key),
        time_stamp: time_stamp.map(|(_, value)| value.as_str()),
    };
    let diagnosis = body_sign::diagnose(&response.headers, &response.body, &known);
    let other = diagnosis
        .iter()
        .find_map(|diagnosis| body_sign::signed_body(&response.headers, &response.body, &known, diagnosis));
    let signed = other.map(|body| vec![Intermediate::new("signed body", String::from_utf8_lossy(&body))]);
    // The header says twice what the signature says.
    let mut expected = body_sign::sign(known.key, &response.body).steps;
    let header = expected.pop().map(|header| header.value);
    let right = header.is_some() && header == received;
    let signature = expected.last().map(|step| step.value.clone()).filter(|_| right);
    let mistake = diagnosis.iter().find_map(body_sign::Diagnosis::mistake).map(body_sign::Mistake::named);
    let mut examined = Examined::new(body_sign::RECIPE, signature, expected, signed, &diagnosis, mistake);
    (examined.carrier, examined.received) = (Carrier::Answer, received);
    Some(examined)
}

/// A call of the vendor's. The usage push may carry both kinds of signature.
fn callbacks(store: &Store, request: &Request, now: Timestamp) -> Vec<Examined> {
    let push = Operation::of(request) == Some(Operation::PushUsage);
    let mut examined = Vec::new();
    let signed_by_key = request.headers.get(usage_push::SIGNATURE).is_some();
    if push || (Operation::of(request).is_none() && signed_by_key) {
        examined.push(usage(store, request, now));
    }
    if !push || request.headers.get(sdk_hmac::AUTHORIZATION).is_some() || store.settings.usage_ak_sk == Some(true) {
        examined.push(ak_sk(store, request, now));
    }
    examined
}

fn usage(store: &Store, request: &Request, now: Timestamp) -> Examined {
    let (headers, body) = (&request.headers, request.body.as_slice());
    let keys = usage_push::Keys { access_key: &store.settings.access_key, secret_key: Some(&store.settings.sk) };
    let diagnosis = usage_push::diagnose(headers, body, &keys, now, None);
    let signed = diagnosis.iter().find_map(|diagnosis| match diagnosis {
        usage_push::Diagnosis::Deviates(how) => Some(usage_push::steps(headers, body, &keys, how)),
        _ => None,
    });
    let received = headers.text(usage_push::SIGNATURE);
    let expected = usage_push::steps(headers, body, &keys, &[]);
    let mistake = diagnosis.iter().find_map(usage_push::Diagnosis::mistake).map(usage_push::Mistake::named);
    Examined::new(usage_push::RECIPE, received, expected, signed, &diagnosis, mistake)
}

fn ak_sk(store: &Store, request: &Request, now: Timestamp) -> Examined {
    let (credentials, settings) = (answer::credentials(store), answer::verification(store));
    let diagnosis = sdk_hmac::diagnose(request, &credentials, now, &settings);
    let signed = diagnosis.iter().find_map(|diagnosis| match diagnosis {
        sdk_hmac::Diagnosis::Deviates(how) => sdk_hmac::steps(request, &credentials, &settings, how),
        _ => None,
    });
    let received = request.headers.text(sdk_hmac::AUTHORIZATION);
    let signature = received.as_deref().and_then(|value| sdk_hmac::Authorization::parse(value).ok());
    let expected = sdk_hmac::steps(request, &credentials, &settings, &[]).unwrap_or_default();
    let mistake = diagnosis.iter().find_map(sdk_hmac::Diagnosis::mistake).map(sdk_hmac::Mistake::named);
    let signature = signature.map(|parsed| parsed.signature);
    let mut examined = Examined::new(sdk_hmac::RECIPE, signature, expected, signed, &diagnosis, mistake);
    examined.received = examined.received.or(received);
    examined
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;
    use crate::wire::{Headers, Secret};

    fn store() -> Store {
        Store::new(Settings::default())
    }

    fn now() -> Timestamp {
        "2026-03-04T05:06:07Z".parse().unwrap()
    }

    fn call_of(key: &Secret, mistake: Option<v2::Mistake>) -> Request {
        let delivery = v2::Delivery {
            scheme: v2::Scheme::Query,
            key,
            other_interface_key: None,
            body: br#"{"m":1,"activity":"newInstance","z":2}"#,
            nonce: "n-1",
            previous_nonce: None,
            now: now(),
            settings: v2::Settings::default(),
        };
        let signed = mistake.map_or_else(|| v2::sign(&delivery), |mistake| v2::forge(mistake, &delivery));
        let mut request = Request::new("POST", format!("/produce?{}", signed.query()));
        request.body = signed.body;
        request
    }

    fn value<'a>(steps: &'a [Intermediate], name: &str) -> &'a str {
        steps.iter().find(|step| step.name == name).map_or("", |step| &step.value)
    }

    #[test]
    fn what_was_signed_stands_beside_what_should_have_been() {
        let store = store();
        let wrong = call_of(&store.settings.access_key, Some(v2::Mistake::DescendingSort));
        let examined = signature(&store, &wrong, now()).unwrap();
        assert_eq!(examined.recipe, v2::RECIPE);
        assert_eq!(value(&examined.expected, "payload"), r#"{"activity":"newInstance","m":1,"z":2}"#);
        let signed = examined.signed.as_deref().unwrap();
        assert_eq!(value(signed, "payload"), r#"{"z":2,"m":1,"activity":"newInstance"}"#);
        assert_eq!(value(signed, "signature"), examined.received.as_deref().unwrap());
        assert!(examined.diagnosis[0].contains("descending"), "{:?}", examined.diagnosis);
    }

    #[test]
    fn a_right_signature_is_told_only_to_who_has_it() {
        let store = store();
        let right = signature(&store, &call_of(&store.settings.access_key, None), now()).unwrap();
        assert_eq!(right.diagnosis, Vec::<String>::new());
        assert_eq!(Some(value(&right.expected, "signature")), right.received.as_deref());
        let wrong = call_of(&store.settings.access_key, Some(v2::Mistake::ChangedSignature));
        let examined = signature(&store, &wrong, now()).unwrap();
        assert_eq!(value(&examined.expected, "signature").chars().count(), SHOWN_AND_MORE);
    }

    /// Six characters and the sign that there are more.
    const SHOWN_AND_MORE: usize = 7;

    #[test]
    fn seconds_are_right_where_the_user_has_asked_for_them() {
        let mut settings = Settings::default();
        let call = call_of(&settings.access_key, Some(v2::Mistake::TimestampInSeconds));
        assert_ne!(signature(&store(), &call, now()).unwrap().diagnosis, Vec::<String>::new());
        settings.timestamp_in_seconds = true;
        assert_eq!(signature(&Store::new(settings), &call, now()).unwrap().diagnosis, Vec::<String>::new());
    }

    #[test]
    fn each_recipe_is_known_by_its_fields() {
        let store = store();
        let mut first = Request::new("GET", "/produce?activity=newInstance&timeStamp=20260304050607890&authToken=x");
        assert_eq!(signature(&store, &first, now()).map(|it| it.recipe), Some(auth_token::RECIPE));
        first.target = Operation::QueryOrder.route().1.to_owned();
        let order = signature(&store, &first, now()).unwrap();
        assert_eq!((order.recipe, order.expected.len()), (sdk_hmac::RECIPE, 0));
        assert_eq!(order.diagnosis, ["the header Authorization is missing"]);
        let signed = sdk_hmac::sign(
            &Request { headers: Headers::from_iter([("Host", "h")]), ..first },
            &store.settings.ak,
            &store.settings.sk,
            now(),
        );
        let order = signature(&store, &signed.request, now()).unwrap();
        assert_eq!((order.diagnosis, order.expected), (Vec::new(), signed.steps));
        let kit = v2::Delivery {
            scheme: v2::Scheme::Kit,
            key: &store.settings.kit_access_key,
            other_interface_key: None,
            body: b"{}",
            nonce: "n-1",
            previous_nonce: None,
            now: now(),
            settings: v2::Settings::default(),
        };
        let fields = v2::sign(&kit);
        let mut kit = Request::new("POST", "/kit");
        (kit.headers, kit.body) = (fields.fields().into_iter().collect(), b"{}".to_vec());
        let kit = signature(&store, &kit, now()).unwrap();
        assert_eq!((kit.recipe, kit.diagnosis), (v2::KIT_RECIPE, Vec::new()));
        let mut push = Request::new("POST", Operation::PushUsage.route().1);
        push.headers = usage_push::sign(&store.settings.access_key, b"{}", "n", now()).headers();
        push.body = b"{}".to_vec();
        let push = signature(&store, &push, now()).unwrap();
        assert_eq!((push.recipe, push.diagnosis), (usage_push::RECIPE, Vec::new()));
    }

    #[test]
    fn an_answer_that_was_written_twice_shows_both_texts() {
        let store = store();
        let mut response = Response::new(200);
        response.body = br#"{"a": 1}"#.to_vec();
        let header = body_sign::sign(&store.settings.access_key, br#"{"a":1}"#).value;
        response.headers.push(body_sign::HEADER, header.expose());
        let examined = of_answer(&store, &Request::new("POST", "/"), &response).unwrap();
        assert_eq!(value(examined.signed.as_deref().unwrap(), "signed body"), r#"{"a":1}"#);
        assert_eq!(value(&examined.expected, "signed body"), r#"{"a": 1}"#);
        assert_eq!(examined.carrier, Carrier::Answer);
    }
}

//! Calls of the vendor: which case they belong to, and whether the order query is called as the store wants it.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::Value;

use super::super::answer::{self, Operation, Trouble, parameters};
use super::super::identity;
use super::super::memory::Memory;
use super::super::order::Charging;
use super::super::rule;
use super::super::store::Store;
use super::push;
use crate::sign::koogallery::usage_push;
use crate::sign::sdk_hmac;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Exchange, Request};

/// How often one order is asked for within [`LATELY`] before it is told; a vendor may ask again for each of the store's
/// calls, which begins the count anew.
const OFTEN: usize = 10;

/// The documents name no span of time. A vendor that looks an order up now and then is far slower than this, also at a
/// store that stays up for days; one that asks in a loop is far quicker.
const LATELY: SignedDuration = SignedDuration::from_mins(10);

/// What the store has named in a case.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Named {
    /// Orders that the case has placed or named.
    pub(crate) orders: BTreeSet<String>,
    /// Lines, with the order that was named beside them.
    pub(crate) lines: BTreeSet<(String, String)>,
    /// The order that the latest call names which names one.
    #[serde(default)]
    pub(crate) latest: Option<String>,
}

impl Named {
    /// Whether this is the id of an order or of a line.
    fn has(&self, id: &str) -> bool {
        self.orders.contains(id) || self.lines.iter().any(|(_, line)| line == id)
    }
}

/// Whether a call is about an order or an instance of this case.
pub(crate) fn concerns(request: &Request, named: &Named, memory: &Memory) -> bool {
    let ordered = parameters(request).iter().any(|(name, value)| name == "orderId" && named.has(value));
    let used = || {
        let body = String::from_utf8_lossy(&request.body);
        memory.instances.keys().any(|instance| body.contains(instance.as_str()))
    };
    ordered || used()
}

/// Whether a call that is about nothing of this case is taken up by it all the same, so that no call is lost: the first
/// case takes it that is asked, where no other one that is being played knows what it is about.
pub(crate) fn takes_up(exchange: &Exchange, store: &Store) -> bool {
    let request = &exchange.request;
    let body = String::from_utf8_lossy(&request.body);
    let ours = Operation::of(request).is_some()
        || identity::Operation::of(request).is_some()
        || body.contains("usage_records")
        || parameters(request).iter().any(|(name, _)| name == "orderId");
    if !ours {
        return false;
    }
    let mut books = store.books();
    let parameters = parameters(request);
    let of_another = parameters.iter().any(|(name, value)| name == "orderId" && books.playing.contains(value))
        || books.instances.iter().any(|(id, known)| books.playing.contains(&known.order) && body.contains(id.as_str()))
        || super::identity::concerns(request, &books, &books.signing);
    !of_another && books.taken_up.insert((exchange.started, request.target.clone(), request.body.clone()))
}

/// The rule that a vendor breaks by not calling this operation.
pub(crate) fn awaited(operation: &str) -> Option<RequirementId> {
    match operation {
        "queryOrder" => Some(rule::ORDER_CALLED),
        "pushUsage" | "pushUsageOld" => Some(rule::USAGE_CALLED),
        other => super::identity::awaited(other),
    }
}

/// The rule that a vendor has broken because this call did not come in time. A vendor may push by the hour: one push in a
/// case is enough.
pub(crate) fn missed(operation: &str, memory: &Memory) -> Option<RequirementId> {
    let rule = awaited(operation)?;
    if [rule::OAUTH_CALLED, rule::CAS_CALLED].contains(&rule) {
        // Why the one before was refused is told.
        return (!memory.login_refused).then_some(rule);
    }
    if rule == rule::USAGE_CALLED {
        return (!memory.pushed).then_some(rule);
    }
    if rule == rule::ORDER_CALLED && memory.strayed {
        return Some(rule::ORDER_IDS);
    }
    Some(rule)
}

/// Judges a call, and names the operation that was called. One that was merely taken up counts as called only where it
/// was refused: its findings then say what became of the call that was waited for.
pub(crate) fn judge(
    exchange: &Exchange,
    store: &Store,
    memory: &mut Memory,
    named: &Named,
) -> (Option<String>, Judgement) {
    memory.bound();
    if let Some(operation) = identity::Operation::of(&exchange.request) {
        return (Some(operation.id().to_owned()), super::identity::judge(operation, exchange, store, memory));
    }
    let mut judgement = Judgement::default();
    let request = &exchange.request;
    let own = concerns(request, named, memory);
    let operation = Operation::of(request);
    let trouble = answer::check(store, request, exchange.started).err();
    match operation {
        None => {
            let routes = [Operation::QueryOrder, Operation::PushUsage].map(|operation| operation.route().1.to_owned());
            let breach = Breach::Url {
                problem: "no path of the store's open API".to_owned(),
                expected: routes.join(" or "),
                actual: request.path().to_owned(),
            };
            judgement.find(Finding::new(rule::ORDER_CALL, Place::Status, breach));
        }
        Some(Operation::QueryOrder) => {
            let as_named = |trouble: &Trouble| is_as_named(trouble, request, named, own, store);
            let unexpected = trouble.as_ref().filter(|trouble| !as_named(trouble));
            order(exchange, unexpected, store, memory, &mut judgement);
            memory.misasked |= unexpected.is_some();
            if trouble.is_none() {
                memory.asked_lines.insert(asked(request));
            }
        }
        Some(operation) => {
            memory.pushed |= own || trouble.is_some();
            push::judge(operation, exchange, trouble.as_ref(), store, memory, &mut judgement);
        }
    }
    // A question about an earlier order tells nothing of the one that the latest call is about.
    let strays = operation == Some(Operation::QueryOrder)
        && named.latest.as_ref().is_some_and(|latest| asked(request).0 != *latest);
    memory.strayed |= own && trouble.is_none() && strays;
    let counts = (own && !strays) || trouble.is_some();
    // Either push tells what was used, so that whoever waits for one waits for both.
    let called = operation.filter(|_| counts).map(|operation| match operation {
        Operation::PushUsageOld => Operation::PushUsage.id(),
        other => other.id(),
    });
    (called.map(str::to_owned), judgement)
}

/// Order and line that a question is about.
fn asked(request: &Request) -> (String, Option<String>) {
    let parameters = parameters(request);
    let of = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    (of("orderId").unwrap_or_default(), of("orderLineId"))
}

/// Whether the vendor has asked for other lines of an order alone than the one that a creation names: it does not know what
/// was bought.
pub(super) fn other_line(order: &str, line: &str, memory: &Memory, judgement: &mut Judgement) -> bool {
    let lines: Vec<Option<&str>> =
        memory.asked_lines.iter().filter(|(asked, _)| asked == order).map(|(_, line)| line.as_deref()).collect();
    if lines.iter().any(|asked| asked.is_none_or(|asked| asked == line)) {
        return false;
    }
    let Some(other) = lines.into_iter().flatten().next() else { return false };
    let breach = Breach::Form {
        expected: format!("an order query with orderLineId={line}, the line of this call"),
        actual: format!("only ones with orderLineId={other}"),
    };
    let cause = "the line is made up, or kept from an earlier call: pass orderLineId on as it came";
    judgement.find(Finding::new(rule::ORDER_IDS, Place::Course, breach).because(cause));
    true
}

/// A push may overtake the answer that tells its instance: then the instance was right, although the store refused it.
pub(crate) fn reconsider(exchange: &Exchange, store: &Store, judgement: &mut Judgement) {
    if !judgement.findings.iter().any(|finding| finding.requirement == rule::USAGE_INSTANCE) {
        return;
    }
    let Ok(body) = serde_json::from_slice::<Value>(&exchange.request.body) else { return };
    let books = store.books();
    judgement.findings.retain(|finding| {
        let Place::Body(pointer) = &finding.place else { return true };
        let instance = body.pointer(pointer).and_then(Value::as_str).and_then(|id| books.instances.get(id));
        finding.requirement != rule::USAGE_INSTANCE
            || instance.is_none_or(|instance| instance.charging != Charging::OnDemand)
    });
}

/// Whether a question is refused for what the store itself had named: an order that does not exist, or one on which it
/// fails. The vendor has done nothing wrong.
fn is_as_named(trouble: &Trouble, request: &Request, named: &Named, own: bool, store: &Store) -> bool {
    match trouble {
        Trouble::Internal => true,
        Trouble::Order(_) | Trouble::Line { .. } | Trouble::Length { .. } => {
            let (order, line) = asked(request);
            if !own {
                // A question of an earlier case, asked again.
                let books = store.books();
                return books.named.contains(&order) && line.is_none_or(|line| books.named.contains(&line));
            }
            let line_fits = line.is_none_or(|line| named.lines.contains(&(order.clone(), line)));
            named.orders.contains(&order) && line_fits
        }
        _ => false,
    }
}

fn order(
    exchange: &Exchange,
    trouble: Option<&Trouble>,
    store: &Store,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let request = &exchange.request;
    let id = parameters(request).into_iter().find(|(name, _)| name == "orderId").map(|(_, id)| id).unwrap_or_default();
    let asked = memory.asked.entry(id).or_default();
    // A clock that was moved back says nothing of what was before.
    asked.retain(|before| (SignedDuration::ZERO..LATELY).contains(&exchange.started.duration_since(*before)));
    asked.push(exchange.started);
    if asked.len() == OFTEN {
        asked.clear();
        let what = format!("the {OFTEN}th question for one order within {} minutes", LATELY.as_mins());
        let because = "the store answers 406 (0250) to those who ask too often; keep what an order said".to_owned();
        judgement.find(Finding::new(rule::ORDER_RATE, Place::Course, Breach::Unwanted { what, because }));
    }
    match trouble {
        None => signed(exchange, store, judgement),
        Some(Trouble::Method { what, method, sent }) => {
            let (what, expected) = ((*what).to_owned(), (*method).to_owned());
            let breach = Breach::Method { what, expected, actual: sent.clone() };
            judgement.find(Finding::new(rule::ORDER_CALL, Place::Status, breach));
        }
        Some(Trouble::AkSk(refusal)) => ak_sk(refusal, "the order query", exchange, store, judgement),
        Some(trouble) => {
            let breach = Breach::Form {
                expected: "a question that the store can answer".to_owned(),
                actual: trouble.to_string(),
            };
            let cause = match trouble {
                Trouble::Order(_) | Trouble::Line { .. } => {
                    "the store had named another order: pass on orderId and orderLineId of its call as they came"
                }
                _ => "the parameters are orderId and orderLineId, and no others",
            };
            judgement.find(Finding::new(rule::ORDER_IDS, Place::Course, breach).because(cause));
        }
    }
}

/// What an accepted signature needed to be accepted.
fn signed(exchange: &Exchange, store: &Store, judgement: &mut Judgement) {
    let Ok(accepted) = answer::ak_sk(store, &exchange.request, exchange.started) else { return };
    for reading in accepted.readings {
        let met = match reading {
            sdk_hmac::Reading::DefaultPort => "Host signed with, or without, the default port",
            sdk_hmac::Reading::PublicHost => "Host signed as the store's own",
            sdk_hmac::Reading::PublicPath => "the path of the store's own address signed",
            sdk_hmac::Reading::PlusIsBlank => "a plus sign in the query signed as a blank",
            sdk_hmac::Reading::EscapedSlash => "an escaped slash in the path signed as one",
            sdk_hmac::Reading::EmptyBody => "the hash of an empty body signed",
        };
        judgement.read(rule::ORDER_SIGNED, Place::Header(sdk_hmac::AUTHORIZATION.to_owned()), met);
    }
}

/// A refused AK/SK signature, with the mistake that explains it.
pub(super) fn ak_sk(
    refusal: &sdk_hmac::Refusal,
    of: &str,
    exchange: &Exchange,
    store: &Store,
    judgement: &mut Judgement,
) {
    let (requirement, header) = match refusal {
        sdk_hmac::Refusal::Expired { .. } | sdk_hmac::Refusal::DateForm { .. } => (rule::ORDER_CLOCK, sdk_hmac::DATE),
        sdk_hmac::Refusal::MissingDate | sdk_hmac::Refusal::DateNotSigned => (rule::ORDER_SIGNED, sdk_hmac::DATE),
        sdk_hmac::Refusal::ContentHash => (rule::ORDER_SIGNED, sdk_hmac::CONTENT_SHA256),
        _ => (rule::ORDER_SIGNED, sdk_hmac::AUTHORIZATION),
    };
    let breach = Breach::Signature { of: of.to_owned(), problem: refusal.to_string() };
    let finding = Finding::new(requirement, Place::Header(header.to_owned()), breach);
    let cause = match refusal {
        sdk_hmac::Refusal::UnknownAccessKey { .. } => Some(format!(
            "this store knows {:?}; set open-api.ak and open-api.sk in storeproof.toml, or use those in your program",
            store.settings.ak
        )),
        sdk_hmac::Refusal::Signature => answer::why(store, &exchange.request, exchange.started)
            .filter(|why| *why != refusal.to_string())
            .or_else(|| Some("no known mistake explains it; most likely the secret key is another one".to_owned())),
        sdk_hmac::Refusal::Expired { .. } => {
            answer::why(store, &exchange.request, exchange.started).filter(|why| *why != refusal.to_string())
        }
        _ => None,
    };
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

/// A refused header signature of the usage push, with the mistake that explains it.
pub(super) fn usage_signature(
    refusal: &usage_push::Refusal,
    exchange: &Exchange,
    store: &Store,
    judgement: &mut Judgement,
) {
    let (requirement, header) = match refusal {
        usage_push::Refusal::Missing { name } if *name == usage_push::TS => (rule::USAGE_TS, usage_push::TS),
        usage_push::Refusal::Missing { name } if *name == usage_push::NONCE => (rule::USAGE_NONCE, usage_push::NONCE),
        usage_push::Refusal::TsForm | usage_push::Refusal::Untimely { .. } => (rule::USAGE_TS, usage_push::TS),
        usage_push::Refusal::NonceLength { .. } => (rule::USAGE_NONCE, usage_push::NONCE),
        _ => (rule::USAGE_SIGNATURE, usage_push::SIGNATURE),
    };
    let breach = Breach::Signature { of: "the usage push".to_owned(), problem: refusal.to_string() };
    let finding = Finding::new(requirement, Place::Header(header.to_owned()), breach);
    let (headers, body) = (&exchange.request.headers, &exchange.request.body);
    let keys = usage_push::Keys { access_key: &store.settings.access_key, secret_key: Some(&store.settings.sk) };
    let found = usage_push::diagnose(headers, body, &keys, exchange.started, None);
    let cause = found.first().map(ToString::to_string).filter(|cause| *cause != refusal.to_string());
    let unexplained =
        "the key is not the access key bound to the basic interface; no known mistake reproduces the signature";
    let unknown = matches!(refusal, usage_push::Refusal::Signature).then(|| unexplained.to_owned());
    let cause = cause.or(unknown);
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use rstest::rstest;
    use serde_json::json;

    use super::super::super::call::Session;
    use super::super::super::order::{Buyer, Order, OrderLine, OrderType, Product};
    use super::super::super::settings::Settings;
    use super::*;
    use crate::wire::{Caller, Peer, Raw, Timing};

    fn now() -> Timestamp {
        "2026-03-10T03:00:00Z".parse().expect("a time")
    }

    /// A case that has placed an order of two lines.
    fn case(store: &Arc<Store>, id: &str) -> Session {
        let mut session = Session::new(Arc::clone(store));
        let line = |number: u32| OrderLine {
            id: format!("{id}-00000{number}"),
            charging: Charging::OnDemand,
            period: None,
            expires: None,
            product: Product {
                product_id: "p".to_owned(),
                sku_code: "s".to_owned(),
                name: "Standard".to_owned(),
                linear_value: None,
            },
            price: "1.00".to_owned(),
        };
        let buyer = Buyer { customer_id: "c".to_owned(), customer_name: "buyer".to_owned(), user: None, contact: None };
        let (id, kind, lines) = (id.to_owned(), OrderType::New, vec![line(1), line(2)]);
        session.place(Order { id, kind, created: now(), lines, buyer, extend: Vec::new() });
        session
    }

    fn exchange(store: &Store, request: Request) -> Exchange {
        Exchange {
            answer: Ok(answer::answer(store, &request, now())),
            request,
            raw: Raw::default(),
            started: now(),
            timing: Timing::default(),
            peer: Peer::default(),
            caller: Caller::Vendor,
        }
    }

    fn question(store: &Store, query: &str) -> Exchange {
        let mut request = Request::new("GET", format!("{}?{query}", Operation::QueryOrder.route().1));
        request.headers.push("Host", "127.0.0.1:7702");
        let signed = sdk_hmac::sign(&request, &store.settings.ak, &store.settings.sk, now());
        exchange(store, signed.request)
    }

    fn push(store: &Store, records: &Value) -> Exchange {
        let mut request = Request::new("POST", Operation::PushUsage.route().1);
        request.body = json!({ "usage_records": records }).to_string().into_bytes();
        request.headers = usage_push::sign(&store.settings.access_key, &request.body, "nonce-1", now()).headers();
        exchange(store, request)
    }

    fn rules((_, judgement): (Option<String>, Judgement)) -> Vec<String> {
        judgement.findings.iter().map(|finding| finding.requirement.to_string()).collect()
    }

    #[rstest]
    #[case::as_it_came("orderId=CS1&orderLineId=CS1-000001", &[])]
    #[case::the_line_for_the_order("orderId=CS1-000001&orderLineId=CS1-000001", &["KG-ORDER-IDS"])]
    #[case::a_line_that_is_not_there("orderId=CS1&orderLineId=CS1-000009", &["KG-ORDER-IDS"])]
    #[case::of_nobody("orderId=CS7&orderLineId=CS7-000001", &["KG-ORDER-IDS"])]
    fn another_id_is_told_with_the_question(#[case] query: &str, #[case] expected: &[&str]) {
        let store = Arc::new(Store::new(Settings::default()));
        let mut session = case(&store, "CS1");
        let asked = question(&store, query);
        assert!(session.claims(&asked));
        assert_eq!(rules(session.judge_callback(&asked)), expected);
    }

    /// Of a vendor that has done nothing wrong: it looks the order up every hour, or once for each of the store's calls.
    #[test]
    fn questions_are_too_many_in_a_short_time_only_and_each_call_allows_new_ones() {
        let store = Arc::new(Store::new(Settings::default()));
        let mut session = case(&store, "CS1");
        let started = now();
        let ask = |session: &mut Session, after: SignedDuration| {
            let asked = question(&store, "orderId=CS1&orderLineId=CS1-000001");
            rules(session.judge_callback(&Exchange { started: started + after, ..asked }))
        };
        let too_many = |told: Vec<String>| told.iter().any(|rule| rule == "KG-ORDER-RATE");
        for hour in 0..30 {
            assert!(!too_many(ask(&mut session, SignedDuration::from_hours(hour))), "every hour");
        }
        for call in 0..30 {
            session.note_orders(Some(&json!("CS1")), None);
            assert!(!too_many(ask(&mut session, SignedDuration::from_hours(40) + SignedDuration::from_secs(call))));
        }
        let mut found = (0..8).map(|second| ask(&mut session, SignedDuration::from_secs(144_030 + second)));
        assert!(!found.any(too_many), "nine of them");
        assert!(too_many(ask(&mut session, SignedDuration::from_secs(144_038))));
        assert!(!too_many(ask(&mut session, SignedDuration::from_secs(144_039))), "told once");
    }

    #[test]
    fn a_line_is_not_an_order_although_the_store_has_named_both() {
        let store = Arc::new(Store::new(Settings::default()));
        let named = Named {
            orders: BTreeSet::from(["CS1".to_owned()]),
            lines: BTreeSet::from([("CS1".to_owned(), "CS1-1".to_owned())]),
            latest: None,
        };
        let mut memory = Memory::default();
        let mut told = |query| rules(judge(&question(&store, query), &store, &mut memory, &named));
        assert_eq!(told("orderId=CS1-1&orderLineId=CS1-1"), ["KG-ORDER-IDS"]);
        assert_eq!(
            told("orderId=CS1&orderLineId=CS1-1"),
            Vec::<String>::new(),
            "the store has named it and knows it not"
        );
    }

    #[test]
    fn other_lines_of_the_order_say_nothing_of_this_one() {
        let told = |asked: &[Option<&str>]| {
            let asked = asked.iter().map(|line| ("CS1".to_owned(), line.map(str::to_owned)));
            let mut memory = Memory::default();
            memory.asked_lines.extend(asked);
            other_line("CS1", "CS1-000002", &memory, &mut Judgement::default())
        };
        assert!(told(&[Some("CS1-000001")]));
        assert!(!told(&[Some("CS1-000001"), Some("CS1-000002")]));
        assert!(!told(&[None]));
        assert!(!told(&[]));
    }

    #[test]
    fn a_question_about_an_earlier_order_is_not_the_one_that_is_waited_for() {
        let store = Arc::new(Store::new(Settings::default()));
        let mut session = case(&store, "MOCKPERIODYEARNEW");
        session.note_orders(Some(&json!("MOCKMONTYCHANGE")), None);
        assert_eq!(session.judge_callback(&question(&store, "orderId=MOCKPERIODYEARNEW")).0, None);
        assert_eq!(session.missed("queryOrder"), Some(rule::ORDER_IDS));
        let called = session.judge_callback(&question(&store, "orderId=MOCKMONTYCHANGE")).0;
        assert_eq!(called.as_deref(), Some("queryOrder"));
        session.note_orders(Some(&json!("MOCKMONTYCHANGE")), None);
        assert_eq!(session.missed("queryOrder"), Some(rule::ORDER_CALLED));
    }

    #[test]
    fn one_push_in_a_case_is_enough() {
        let mut memory = Memory::default();
        assert_eq!(missed("pushUsage", &memory), Some(rule::USAGE_CALLED));
        memory.pushed = true;
        assert_eq!(missed("pushUsage", &memory), None);
        assert_eq!(missed("queryOrder", &memory), Some(rule::ORDER_CALLED), "each order has a question of its own");
    }

    #[test]
    fn a_call_that_belongs_to_no_case_is_taken_up_once() {
        let store = Arc::new(Store::new(Settings::default()));
        let (mut first, second) = (case(&store, "CS1"), case(&store, "CS2"));
        let empty = push(&store, &json!([]));
        assert!(first.claims(&empty));
        assert!(!second.claims(&empty), "one finding is enough");
        assert_eq!(rules(first.judge_callback(&empty)), ["KG-USAGE-BODY"]);
        let of_second = question(&store, "orderId=CS2&orderLineId=CS2-000007");
        assert!(!first.claims(&of_second), "it is the other one's");
        drop(second);
        assert!(first.claims(&of_second), "the other one has ended");
        let elsewhere = exchange(&store, Request::new("GET", "/favicon.ico"));
        assert!(!first.claims(&elsewhere));
    }

    /// A code that nobody has given is refused by the store, and rightly: another case, which did not send the browser
    /// with it, must not hold that against the vendor.
    #[test]
    fn a_login_of_another_case_is_not_taken_up() {
        let store = Arc::new(Store::new(Settings::default()));
        let (first, mut second) = (case(&store, "CS1"), case(&store, "CS2"));
        let mut exchanged = Request::new("POST", "/api/v1/oauth2/token");
        exchanged.body = b"grant_type=authorization_code&code=made-up-1&client_id=client-2".to_vec();
        let mut validated =
            Request::new("GET", "/api/v1/cas/p3/serviceValidate?ticket=ST-made-up-2&service=http%3A%2F%2Fv");
        validated.headers.push("Host", "127.0.0.1:7702");
        let calls = [exchange(&store, exchanged), exchange(&store, validated)];
        second.signs_in_with("client-2");
        second.signs_in_with("ST-made-up-2");
        for call in &calls {
            assert!(!first.claims(call), "it is the other one's");
            assert!(second.claims(call));
        }
        drop(second);
        for call in &calls {
            assert!(first.claims(call), "the other one has ended");
        }
    }

    #[test]
    fn a_push_of_an_unknown_instance_is_told_unless_its_creation_is_answered_meanwhile() {
        let store = Arc::new(Store::new(Settings::default()));
        let mut session = case(&store, "CS1");
        let pushed = push(
            &store,
            &json!([{
                "instance_id": "i-1", "record_time": "20260310T030000Z", "begin_time": "20260310T025959Z",
                "end_time": "20260310T030000Z", "usage_value": "1", "metering_sn": "m-1",
            }]),
        );
        assert!(session.claims(&pushed));
        let (_, mut judgement) = session.judge_callback(&pushed);
        session.reconsider(&pushed, &mut judgement);
        assert_eq!(rules((None, judgement.clone())), ["KG-USAGE-INSTANCE"]);
        let (order, charging, opened) = ("CS1".to_owned(), Charging::OnDemand, now());
        let instance = super::super::super::store::Instance { order, charging, opened, released: None };
        store.books().instances.insert("i-1".to_owned(), instance);
        session.reconsider(&pushed, &mut judgement);
        assert_eq!(rules((None, judgement)), Vec::<String>::new());
    }
}

//! From an operation and its inputs to a signed call, as the store sends it.
//!
//! A scenario gives what the case is about; the store fills in the rest, as it does in life: `activity`, `businessId`
//! (another one on every delivery, also of the same order), `testFlag` by the setting, `timeStamp`, signature and nonce.
//! A member or parameter that the scenario gives stays as it is; one that it gives as null is not sent at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::generate;
use super::identity;
use super::judge;
use super::judge::callback::Named;
use super::kit;
use super::memory::Memory;
use super::order::{Buyer, Order, OrderType};
use super::settings::{Flag, Interface, Settings};
use super::store::{Failing, Store};
use crate::check::body::text_of;
use crate::market::{CallError, Delivery, Draft, Misfit};
use crate::sign::koogallery::{auth_token, client_secret, v2};
use crate::verdict::{Judgement, RequirementId};
use crate::wire::{Exchange, Request, Visit};

/// The store playing one case.
#[derive(Debug)]
pub struct Session {
    store: Arc<Store>,
    memory: Memory,
    /// Orders that this case has placed or named, and the lines that it has named.
    named: Named,
    /// Those that it has placed, oldest first.
    placed: Vec<(OrderType, String)>,
    buyer: Option<Buyer>,
    /// Nonces and business ids; begun with the time, so that no two runs send the same.
    random: Option<fastrand::Rng>,
    previous_nonce: Option<String>,
    /// Clients of identity centres that this case has handed out, and codes and tickets that it has made up.
    signing: BTreeSet<String>,
    /// Whether the next token of version 1.0 is to have a `+`.
    plus_next: bool,
}

impl Session {
    /// A store at which this case has bought nothing yet.
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            memory: Memory::default(),
            named: Named::default(),
            placed: Vec::new(),
            buyer: None,
            random: None,
            previous_nonce: None,
            signing: BTreeSet::new(),
            plus_next: false,
        }
    }

    /// What it remembers, as a value: instances, and the orders that it has placed or named.
    pub(crate) fn remembered(&self) -> Value {
        let Self { memory, named, placed, .. } = self;
        serde_json::to_value((memory, named, placed)).unwrap_or_default()
    }

    /// Takes what another one remembered.
    pub(crate) fn remember(&mut self, remembered: &Value) -> Result<(), Misfit> {
        let (memory, named, placed): (Memory, Named, Vec<(OrderType, String)>) = Misfit::typed(remembered)?;
        named.orders.iter().for_each(|order| self.name(order));
        (self.memory, self.named, self.placed) = (memory, named, placed);
        Ok(())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The buyer of this case's orders.
    pub(crate) fn buyer(&mut self, random: &mut fastrand::Rng) -> Buyer {
        self.buyer.get_or_insert_with(|| generate::buyer(random)).clone()
    }

    /// Places an order: the order query knows it from now on.
    pub(crate) fn place(&mut self, order: Order) {
        self.name(&order.id);
        self.placed.push((order.kind, order.id.clone()));
        self.store.books().orders.insert(order.id.clone(), order);
    }

    /// Places an order whose query fails this many times, or for ever.
    pub(crate) fn place_failing(&mut self, order: Order, times: Option<u32>) {
        self.name(&order.id);
        let failing = Failing { order: times.map(|_| order.clone()), left: times.unwrap_or_default() };
        self.store.books().failing.insert(order.id, failing);
    }

    /// The order of this kind that was placed last.
    pub(crate) fn latest(&self, kind: OrderType) -> Option<String> {
        self.placed.iter().rev().find(|(placed, _)| *placed == kind).map(|(_, order)| order.clone())
    }

    /// The order that opened an instance and was placed last.
    pub(crate) fn opened(&self) -> Option<String> {
        self.latest(OrderType::New).or_else(|| self.latest(OrderType::Trial))
    }

    /// A generated input.
    pub(crate) fn generate(&mut self, generator: &str, now: Timestamp, random: &mut fastrand::Rng) -> Option<Value> {
        generate::generate(self, generator, now, random)
    }

    /// Signs a draft for one delivery.
    pub(crate) fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        self.store.books().since.get_or_insert(delivery.now);
        match draft.operation.id.as_str() {
            judge::identity::ARRIVE => return Ok(self.arrive(draft, "code", delivery.now)),
            judge::identity::ARRIVE_BY_TICKET => return Ok(self.arrive(draft, "ticket", delivery.now)),
            _ => {}
        }
        let recipe = draft.operation.signatures.first().map_or(v2::RECIPE, String::as_str);
        let request = match recipe {
            v2::RECIPE => self.sign_body(draft, delivery)?,
            auth_token::RECIPE => self.sign_parameters(draft, delivery)?,
            v2::KIT_RECIPE | auth_token::KIT_RECIPE => self.sign_kit(draft, delivery)?,
            other => return Err(CallError::UnknownRecipe(other.to_owned())),
        };
        self.memory.sent(&draft.operation.id, &request);
        Ok(request)
    }

    /// Version 2.0: a JSON body, signed in the query.
    fn sign_body(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        let body = match &draft.payload {
            Some(Value::Object(members)) if draft.verbatim => {
                self.note_orders(members.get("orderId"), members.get("orderLineId"));
                draft.request.body.clone()
            }
            Some(Value::Object(members)) => self.body(&draft.operation.id, members, delivery.now),
            _ => draft.request.body.clone(),
        };
        let nonce = self.hex(32, delivery.now);
        let settings = &self.store.settings;
        let to_sign = v2::Delivery {
            scheme: v2::Scheme::Query,
            key: &settings.access_key,
            other_interface_key: Some(&settings.kit_access_key),
            body: &body,
            nonce: &nonce,
            previous_nonce: self.previous_nonce.as_deref(),
            now: delivery.now,
            settings: settings.signature,
        };
        let signed = match &delivery.tamper {
            None => v2::sign(&to_sign),
            Some(name) => v2::forge(mistake(name, v2::RECIPE)?, &to_sign),
        };
        let mut request = draft.request.clone();
        request.target = format!("{}?{}", draft.behind.as_deref().unwrap_or_default(), signed.query());
        request.body = signed.body.clone();
        request.secrets.extend(signed.signature.clone());
        self.dress(&mut request);
        // A vendor keeps the nonces of calls that it accepts; what was wrong on purpose shows no replay.
        if delivery.tamper.is_none() {
            self.previous_nonce = Some(nonce);
        }
        Ok(request)
    }

    /// The body with what the store fills in, as the store writes it: compact, sorted, all values as the scenario has
    /// them.
    fn body(&mut self, operation: &str, given: &Map<String, Value>, now: Timestamp) -> Vec<u8> {
        let mut members = given.clone();
        members.entry("activity").or_insert_with(|| Value::from(operation));
        if operation == "newInstance" && !members.contains_key("businessId") {
            members.insert("businessId".to_owned(), Value::from(self.hex(32, now)));
        }
        let flag = match (operation, self.store.settings.real_test_flag) {
            // The table of the notification makes it mandatory.
            ("orderNotify", _) | (_, Flag::Zero) => Some("0"),
            (_, Flag::Absent) => None,
        };
        if let Some(flag) = flag {
            members.entry("testFlag").or_insert_with(|| Value::from(flag));
        }
        self.note_orders(members.get("orderId"), members.get("orderLineId"));
        self.written(members)
    }

    /// Members as the store writes them: without nulls, sorted, compact.
    fn written(&self, mut members: Map<String, Value>) -> Vec<u8> {
        members.retain(|_, value| !value.is_null());
        let mut names: Vec<String> = members.keys().cloned().collect();
        names.sort();
        if self.store.settings.unsorted_wire {
            names.reverse();
        }
        let ordered: Map<String, Value> = names
            .into_iter()
            .filter_map(|name| members.remove_entry(&name))
            .map(|(name, value)| (name, self.nested(value)))
            .collect();
        Value::Object(ordered).to_string().into_bytes()
    }

    /// The joint-operation kit: a JSON body at a path of its own, signed in headers.
    fn sign_kit(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        let wrong_secret = delivery.tamper.as_deref().and_then(|name| name.parse::<client_secret::Mistake>().ok());
        let mut secret = None;
        let body = match &draft.payload {
            Some(Value::Object(given)) => {
                let seed = self.hex(client_secret::SEED_LENGTH, delivery.now);
                let fill = kit::Fill { settings: &self.store.settings, now: delivery.now, seed: &seed, wrong_secret };
                let filled = fill.members(&draft.operation.id, given);
                secret = filled.secret;
                if delivery.tamper.is_none() {
                    self.tell_centre(&draft.operation.id, &filled.members);
                }
                self.written(filled.members)
            }
            _ => draft.request.body.clone(),
        };
        let mut request = draft.request.clone();
        request.secrets.extend(secret);
        if kit::Edition::of(&draft.operation) == Some(kit::Edition::V1) {
            let tamper = delivery.tamper.as_deref().filter(|_| wrong_secret.is_none());
            self.sign_first_kit(&mut request, body, tamper)?;
            self.dress(&mut request);
            return Ok(request);
        }
        let nonce = self.hex(32, delivery.now);
        let settings = &self.store.settings;
        let to_sign = v2::Delivery {
            scheme: v2::Scheme::Kit,
            key: &settings.kit_access_key,
            other_interface_key: Some(&settings.access_key),
            body: &body,
            nonce: &nonce,
            previous_nonce: self.previous_nonce.as_deref(),
            now: delivery.now,
            settings: settings.signature,
        };
        let signed = match &delivery.tamper {
            Some(name) if wrong_secret.is_none() => v2::forge(mistake(name, v2::KIT_RECIPE)?, &to_sign),
            _ => v2::sign(&to_sign),
        };
        for (name, value) in signed.fields() {
            request.headers.push(name, value);
        }
        request.body = signed.body.clone();
        request.secrets.extend(signed.signature.clone());
        self.dress(&mut request);
        if delivery.tamper.is_none() {
            self.previous_nonce = Some(nonce);
        }
        Ok(request)
    }

    /// The kit of version 1: `authToken` in a header, over the members of the body.
    fn sign_first_kit(&self, request: &mut Request, body: Vec<u8>, tamper: Option<&str>) -> Result<(), CallError> {
        let key = &self.store.settings.kit_access_key;
        // A body that is no object has no members, and is signed as an empty one.
        let members: Map<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
        let parameters = auth_token::members_of_kit(&members);
        let token = match tamper {
            None => {
                request.body = body;
                Some(auth_token::sign(key, &parameters, &auth_token::KIT).token)
            }
            Some(name) => {
                let mistake = mistake(name, auth_token::KIT_RECIPE)?;
                let forged = auth_token::forge(mistake, key, &parameters, &auth_token::KIT);
                // Numbers stay numbers; what the mistake has changed or added is text.
                let sent = auth_token::parameters_of(&forged.query).into_iter().map(|(name, text)| {
                    let known = members.get(&name).filter(|value| value.is_number() && value.to_string() == text);
                    let value = known.cloned().unwrap_or(Value::String(text));
                    (name, value)
                });
                request.body = Value::Object(sent.collect()).to_string().into_bytes();
                forged.token
            }
        };
        if let Some(token) = token {
            request.headers.push(auth_token::TOKEN, token.expose());
            request.secrets.push(token);
        }
        Ok(())
    }

    /// What the identity centre of the tenant knows from now on: the client, and who may sign in.
    fn tell_centre(&mut self, operation: &str, members: &Map<String, Value>) {
        if members.get("testFlag") == Some(&Value::from(1)) {
            return;
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let removes = matches!(members.get("flag").and_then(Value::as_i64), Some(0 | 3));
        let mut books = self.store.books();
        match kit::Call::of(operation) {
            Some(kit::Call::Application) => {
                let client = text("clientId");
                if removes {
                    books.grants.clients.remove(&client);
                } else {
                    let (tenant, application) = (text("tenantId"), text("appId"));
                    let encrypted = text(client_secret::MEMBER);
                    books.grants.clients.insert(client.clone(), identity::Client { tenant, application, encrypted });
                }
                drop(books);
                self.signs_in_with(&client);
            }
            Some(kit::Call::Users) => {
                let users = members.get("userList").and_then(Value::as_array).into_iter().flatten();
                let people = users.map(|user| {
                    let text = |name: &str| user.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                    let (account, name) = (text("userName"), text("name"));
                    identity::Person { account, name, role: text("role"), department: text("orgCode") }
                });
                books.grants.grant(&text("tenantId"), people, !removes);
            }
            _ => {}
        }
    }

    /// A client, or a made-up code or ticket, is this case's from now on.
    pub(crate) fn signs_in_with(&mut self, name: &str) {
        if self.signing.insert(name.to_owned()) {
            self.store.books().signing.insert(name.to_owned());
        }
    }

    /// The buyer's browser at the vendor's application, sent there by the identity centre with a code, or a ticket of CAS.
    fn arrive(&mut self, draft: &Draft, with: &'static str, now: Timestamp) -> Request {
        let given = |name: &str| draft.argument(name).and_then(Value::as_str).map(str::to_owned);
        let tenant = given("tenant").unwrap_or_default();
        let code = match (draft.argument(with), given(with)) {
            // Somebody opens the application without having signed in.
            (Some(Value::Null), _) => None,
            (_, Some(code)) => {
                self.memory.made_up_codes.insert(code.clone());
                self.signs_in_with(&code);
                Some(code)
            }
            (_, None) if with == "ticket" => self.store.books().grants.ticket(&tenant, &self.store.settings, now),
            (_, None) => self.store.books().grants.code(&tenant, None, &self.store.settings, now),
        };
        self.memory.login_refused = false;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(code.map(|code| (with, code))).append_pair("tenant", &tenant);
        let mut request = draft.request.clone();
        request.target = format!("{}?{}", self.store.settings.login, query.finish());
        if request.headers.get("accept").is_none() {
            request.headers.push("Accept", "text/html,*/*;q=0.8");
        }
        request
    }

    /// Objects inside are sorted too, unless the setting says otherwise.
    fn nested(&self, value: Value) -> Value {
        match value {
            Value::Object(mut members) if !self.store.settings.unsorted_nested => {
                members.sort_keys();
                Value::Object(members.into_iter().map(|(name, value)| (name, self.nested(value))).collect())
            }
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.nested(item)).collect()),
            other => other,
        }
    }

    /// Version 1.0: everything in the query, `authToken` behind it.
    fn sign_parameters(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        let operation = draft.operation.id.as_str();
        let given = |name: &str| draft.arguments.iter().any(|(known, _)| known == name);
        let mut parameters: Vec<(String, String)> = Vec::new();
        if !given("activity") {
            parameters.push(("activity".to_owned(), operation.to_owned()));
        }
        for (name, value) in &draft.arguments {
            match value {
                Value::Null => {}
                Value::String(text) => parameters.push((name.clone(), text.clone())),
                // Parameters that are described together, by the object whose members they are.
                Value::Object(members) => parameters.extend(members.iter().map(|(name, value)| {
                    (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                })),
                other => parameters.push((name.clone(), other.to_string())),
            }
        }
        if operation == "newInstance" && !given("businessId") {
            parameters.push(("businessId".to_owned(), self.hex(32, delivery.now)));
        }
        if self.store.settings.real_test_flag == Flag::Zero && !given("testFlag") {
            parameters.push(("testFlag".to_owned(), "0".to_owned()));
        }
        if !given(auth_token::TIME_STAMP) {
            // The first call has no `+`, the second one has; a call that is wrong on purpose may be about it.
            let plus = delivery.tamper.is_some() || self.plus_next;
            self.plus_next = !plus;
            let stamp = self.telling_stamp(&parameters, plus, delivery.now);
            parameters.push((auth_token::TIME_STAMP.to_owned(), stamp));
        }
        let order = parameters.iter().find(|(name, _)| name == "orderId").map(|(_, id)| Value::from(id.as_str()));
        self.note_orders(order.as_ref(), None);
        let settings = &self.store.settings;
        let mut request = draft.request.clone();
        let (query, token) = match &delivery.tamper {
            None => {
                let signed = auth_token::sign(&settings.access_key, &parameters, &settings.auth_token);
                let query = auth_token::query(&parameters, &signed.token, settings.auth_token.form);
                (query, Some(signed.token))
            }
            Some(name) => {
                let mistake = mistake(name, auth_token::RECIPE)?;
                let forged = auth_token::forge(mistake, &settings.access_key, &parameters, &settings.auth_token);
                (forged.query, forged.token)
            }
        };
        request.target = format!("{}?{query}", draft.behind.as_deref().unwrap_or_default());
        request.secrets.extend(token);
        self.dress(&mut request);
        Ok(request)
    }

    /// The time of a call of version 1.0, at most a tenth of a second back: the last one whose token has a `/`, and a `+`
    /// or none as asked. Every case then has calls of both kinds, so that a vendor that reads a `+` as a blank is seen
    /// with every seed, and told from one that refuses all.
    fn telling_stamp(&self, parameters: &[(String, String)], plus: bool, now: Timestamp) -> String {
        const FURTHEST_BACK_MS: i64 = 100;
        let settings = &self.store.settings;
        let mut stamped = parameters.to_vec();
        stamped.push((auth_token::TIME_STAMP.to_owned(), String::new()));
        for back in 0..FURTHEST_BACK_MS {
            let time = now.checked_sub(jiff::SignedDuration::from_millis(back)).unwrap_or(now);
            let stamp = generate::expire_time(true, time);
            if let Some((_, value)) = stamped.last_mut() {
                value.clone_from(&stamp);
            }
            let token = auth_token::sign(&settings.access_key, &stamped, &settings.auth_token).token;
            if token.expose().contains('/') && token.expose().contains('+') == plus {
                return stamp;
            }
        }
        generate::expire_time(true, now)
    }

    /// Remembers which orders are this case's, so that the vendor's questions about them are too.
    pub(super) fn note_orders(&mut self, order: Option<&Value>, line: Option<&Value>) {
        // An id of another type on purpose is asked for as text.
        let text = |value: &Value| match value {
            Value::Null => None,
            value => Some(text_of(value)),
        };
        let (order, line) = (order.and_then(text), line.and_then(text));
        if let Some(order) = &order {
            self.name(order);
            self.memory.asked.remove(order);
            self.memory.strayed = false;
            self.named.latest = Some(order.clone());
        }
        if let Some(line) = line {
            self.store.books().named.insert(line.clone());
            self.named.lines.insert((order.unwrap_or_default(), line));
        }
    }

    /// An order is this case's from now on.
    fn name(&mut self, order: &str) {
        if self.named.orders.insert(order.to_owned()) {
            let mut books = self.store.books();
            books.named.insert(order.to_owned());
            books.playing.insert(order.to_owned());
        }
    }

    /// Header fields as in every example of the documents.
    fn dress(&self, request: &mut Request) {
        if request.headers.get("accept").is_none() {
            request.headers.push("Accept", "application/json");
        }
        // What a scenario writes out stays; the plain name is how it says "as the store does".
        if request.headers.text("content-type").as_deref() == Some("application/json") {
            request.headers.remove("content-type");
            request.headers.push("Content-Type", self.store.settings.content_type);
        }
    }

    /// Random hexadecimal digits in capitals, as in the examples.
    fn hex(&mut self, digits: usize, now: Timestamp) -> String {
        let random = self.random.get_or_insert_with(|| {
            // Cases that begin at one instant have placed other orders.
            let orders = self.named.orders.iter().flat_map(|order| order.bytes());
            let seed = now.as_nanosecond().to_le_bytes().into_iter().chain(orders);
            fastrand::Rng::with_seed(seed.fold(7, |seed, byte| seed.wrapping_mul(31) ^ u64::from(byte)))
        });
        (0..digits).map(|_| random.digit(16).to_ascii_uppercase()).collect()
    }

    /// Judges what became of one delivery.
    pub(crate) fn judge(&mut self, draft: &Draft, delivery: &Delivery, exchange: &Exchange) -> Judgement {
        let case = judge::Case { draft, delivery, exchange, store: &self.store };
        judge::exchange(&case, &mut self.memory)
    }

    /// Judges where the buyer's browser was led.
    pub(crate) fn judge_visit(&mut self, draft: &Draft, visit: &Visit) -> Judgement {
        match draft.operation.id == judge::identity::ARRIVE {
            true => judge::identity::visited(visit, &self.memory),
            false => Judgement::default(),
        }
    }

    /// Whether a call of the vendor's is about an order or an instance of this case, or of none.
    pub(crate) fn claims(&self, exchange: &Exchange) -> bool {
        judge::callback::concerns(&exchange.request, &self.named, &self.memory)
            || judge::identity::concerns(&exchange.request, &self.store.books(), &self.signing)
            || judge::callback::takes_up(exchange, &self.store)
    }

    /// Judges a call of the vendor's.
    pub(crate) fn judge_callback(&mut self, exchange: &Exchange) -> (Option<String>, Judgement) {
        judge::callback::judge(exchange, &self.store, &mut self.memory, &self.named)
    }

    /// Takes back what a later answer of the vendor's has put right about one of its calls.
    pub(crate) fn reconsider(&self, exchange: &Exchange, judgement: &mut Judgement) {
        judge::callback::reconsider(exchange, &self.store, judgement);
    }

    /// The rule that a vendor breaks by not calling this operation.
    pub(crate) fn awaited(&self, operation: &str) -> Option<RequirementId> {
        judge::callback::awaited(operation)
    }

    /// The rule that the vendor has broken because this call did not come in time.
    pub(crate) fn missed(&self, operation: &str) -> Option<RequirementId> {
        judge::callback::missed(operation, &self.memory)
    }

    /// Asks for an instance that the vendor knows, else for one that it cannot know. Either way any answer shows that it
    /// lives.
    pub(crate) fn probe(&mut self, now: Timestamp) -> Option<Request> {
        let instance = self.memory.any().unwrap_or("storeproof-probe").to_owned();
        let settings: &Settings = &self.store.settings;
        let request = match self.memory.interface() {
            Interface::SaasV2 => {
                let body = serde_json::json!({ "activity": "queryInstance", "instanceId": instance }).to_string();
                let nonce = self.hex(32, now);
                let settings = &self.store.settings;
                let signed = v2::sign(&v2::Delivery {
                    scheme: v2::Scheme::Query,
                    key: &settings.access_key,
                    other_interface_key: None,
                    body: body.as_bytes(),
                    nonce: &nonce,
                    previous_nonce: None,
                    now,
                    settings: settings.signature,
                });
                let mut request = Request::new("POST", format!("?{}", signed.query()));
                request.headers.push("Content-Type", settings.content_type);
                request.body = signed.body;
                request.secrets.extend(signed.signature);
                request
            }
            Interface::SaasV1 => {
                let parameters = [
                    ("activity".to_owned(), "queryInstance".to_owned()),
                    ("instanceId".to_owned(), instance),
                    (auth_token::TIME_STAMP.to_owned(), generate::expire_time(true, now)),
                ];
                let signed = auth_token::sign(&settings.access_key, &parameters, &settings.auth_token);
                let query = auth_token::query(&parameters, &signed.token, settings.auth_token.form);
                let mut request = Request::new("GET", format!("?{query}"));
                request.secrets.push(signed.token);
                request
            }
        };
        Some(request)
    }
}

impl Drop for Session {
    /// The case has ended: calls about its orders are taken up by whoever is left.
    fn drop(&mut self) {
        let mut books = self.store.books();
        self.named.orders.iter().for_each(|order| {
            books.playing.remove(order);
        });
        self.signing.iter().for_each(|name| {
            books.signing.remove(name);
        });
    }
}

/// A mistake of a recipe by its name.
fn mistake<M: std::str::FromStr>(name: &str, recipe: &str) -> Result<M, CallError> {
    name.parse().map_err(|_| CallError::UnknownMistake { mistake: name.to_owned(), recipe: recipe.to_owned() })
}

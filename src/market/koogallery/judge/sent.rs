//! What a call said, read back from the bytes that were sent, and whether it was wrong on purpose.

use serde_json::{Map, Value};

use super::Case;
use crate::check::oddity;
use crate::market::koogallery::settings::Interface;
use crate::sign::koogallery::auth_token;
use crate::spec::ParameterPlace;

/// The longest id of an order or an instance (all request tables).
const LONGEST_ID: usize = 64;

/// The longest code of a way of charging; those of the tables have one digit or two.
const LONGEST_CODE: usize = 4;

/// How deeply nested a body our own reader reads.
const MOST_READABLE: usize = 127;

/// How deep what the tables list stands in a body: the members of productInfo.
const DEEPEST_MEMBER: usize = 2;

/// The members of a call's body, or the parameters of its query.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    members: Map<String, Value>,
    /// Whether there was an object to read.
    readable: bool,
}

impl Sent {
    /// Reads a call as a vendor does.
    pub(super) fn of(case: &Case<'_>) -> Self {
        let request = &case.exchange.request;
        if case.interface() == Interface::SaasV1 {
            let parameters = auth_token::parameters_of(request.query().unwrap_or_default());
            let own = parameters.into_iter().filter(|(name, _)| name != auth_token::TIME_STAMP);
            return Self { members: own.map(|(name, value)| (name, Value::from(value))).collect(), readable: true };
        }
        let read = match oddity::depth(&request.body) > MOST_READABLE {
            true => serde_json::from_slice(&oddity::shallow(&request.body, DEEPEST_MEMBER)),
            false => serde_json::from_slice(&request.body),
        };
        match read {
            Ok(Value::Object(members)) => Self { members, readable: true },
            _ => Self::default(),
        }
    }

    /// Whether there was an object to read.
    pub(super) fn is_readable(&self) -> bool {
        self.readable
    }

    /// A member that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    /// Whether a member is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// All members.
    pub(super) fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// The order; empty where none is named.
    pub(super) fn order(&self) -> &str {
        self.text("orderId").unwrap_or_default()
    }

    /// The instance; empty where none is named.
    pub(super) fn instance(&self) -> &str {
        self.text("instanceId").unwrap_or_default()
    }

    /// Whether it is a call from the debugging console, or says so.
    pub(super) fn test(&self) -> bool {
        self.text("testFlag") == Some("1")
    }

    /// The call without what differs on every delivery.
    pub(super) fn lasting(&self) -> String {
        let mut members = self.members.clone();
        members.remove("businessId");
        members.sort_keys();
        Value::Object(members).to_string()
    }
}

/// What is wrong with a call that was made wrong on purpose; of several the one that a vendor meets first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flaw {
    /// No JSON object.
    Broken,
    /// No activity, or none that is documented.
    Activity,
    /// A mandatory member is missing.
    Missing(String),
    /// A mandatory member is null.
    Null(String),
    /// A mandatory member is empty.
    Empty(String),
    /// A member of another type.
    Type(String),
    /// A value that the member cannot have.
    Value(String),
    /// A member that is too long.
    Long(String),
    /// What no table rules out, or of which nobody says what becomes of it, as words that follow "a call with": any answer
    /// in good order is right.
    Odd(String),
}

impl Flaw {
    /// What is wrong, by the description of the operation; `None` for a sound call. Unknown members are sound.
    pub(super) fn of(case: &Case<'_>, sent: &Sent) -> Option<Self> {
        let v2 = case.interface() == Interface::SaasV2;
        let odd = if v2 { oddity::of_body(&case.exchange.request) } else { None };
        if !sent.readable {
            // What is nested too deeply for our own reader may be read by another.
            let deep = oddity::depth(&case.exchange.request.body) > MOST_READABLE;
            return Some(odd.filter(|_| deep).map_or(Self::Broken, Self::Odd));
        }
        let mut flaws = match case.interface() {
            Interface::SaasV2 => of_body(case, sent),
            Interface::SaasV1 => of_parameters(case, sent),
        };
        if case.operation() == "queryInstance" {
            // The table's 100 characters and the text's 100 ids contradict each other; only a single id can be too long.
            flaws.retain(|flaw| !matches!(flaw, Self::Long(member) if member == "instanceId"));
            if sent.instance().split(',').any(|id| id.chars().count() > LONGEST_ID) {
                flaws.push(Self::Long("instanceId".to_owned()));
            }
        }
        if let Some(time) = sent.text("expireTime").filter(|_| case.operation() == "refreshInstance")
            && flaws.is_empty()
            && super::usage::moment(time).is_none()
        {
            flaws.push(Self::Value("expireTime".to_owned()));
        }
        flaws.extend(odd.map(Self::Odd));
        if flaws.is_empty() {
            flaws.extend(odd_value(sent).map(Self::Odd));
        }
        flaws.into_iter().min()
    }
}

fn of_body(case: &Case<'_>, sent: &Sent) -> Vec<Flaw> {
    let body = case.draft.operation.body.as_ref();
    let media =
        body.and_then(|body| body.content.iter().find(|media| media.media_type.starts_with("application/json")));
    let Some(schema) = media.and_then(|media| media.schema.as_ref()) else { return Vec::new() };
    let violations = schema.validate(&Value::Object(sent.members.clone()));
    let required = schema.text().get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let flaws = violations.into_iter().map(|violation| {
        let named = violation.expected.strip_prefix("property ").unwrap_or_default().to_owned();
        let member = violation.pointer.split('/').nth(1).unwrap_or_default().to_owned();
        let inside = violation.pointer.matches('/').count() > 1;
        let mandatory = required.iter().any(|name| name.as_str() == Some(&member)) && !inside;
        let null = sent.members.get(&member).is_some_and(Value::is_null);
        match violation.keyword.as_str() {
            "required" if named == "activity" => Flaw::Activity,
            "required" if member.is_empty() => Flaw::Missing(named),
            // What is no text is a value of another kind for every member; null is none at all.
            "type" if member == "activity" && !null => Flaw::Type(member),
            _ if member == "activity" => Flaw::Activity,
            _ if mandatory && null => Flaw::Null(member),
            // What need not be there may be there in any form, for all that the tables say.
            _ if inside => Flaw::Odd(format!("a {} that does not fit", violation.pointer[1..].replace('/', "."))),
            "minLength" if !mandatory => Flaw::Odd(format!("an empty {member}, which is optional")),
            _ if null => Flaw::Odd(format!("a {member} that is null")),
            keyword => by_keyword(keyword, member),
        }
    });
    flaws.collect()
}

fn of_parameters(case: &Case<'_>, sent: &Sent) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for parameter in &case.draft.operation.parameters {
        if parameter.place != ParameterPlace::Query {
            continue;
        }
        let name = parameter.name.clone();
        let Some(value) = sent.members.get(&name) else {
            if parameter.required {
                flaws.push(if name == "activity" { Flaw::Activity } else { Flaw::Missing(name) });
            }
            continue;
        };
        let violations = parameter.schema.as_ref().map(|schema| schema.validate(value)).unwrap_or_default();
        flaws.extend(violations.into_iter().map(|violation| match name.as_str() {
            "activity" => Flaw::Activity,
            _ => by_keyword(&violation.keyword, name.clone()),
        }));
    }
    flaws
}

/// Members that name something of the store's or the vendor's.
const NAMES: [&str; 6] = ["orderId", "orderLineId", "businessId", "instanceId", "productId", "skuCode"];

/// A value that its schema allows and that no order has.
fn odd_value(sent: &Sent) -> Option<String> {
    let named = NAMES.iter().find_map(|name| oddity::of_text(name, sent.text(name)?));
    let number = || {
        let value = sent.members.get("productInfo")?.get("linearValue")?.as_f64()?;
        let sold = (1.0..=1e6).contains(&value) && value.fract() == 0.0;
        (!sold).then(|| format!("the linearValue {value}"))
    };
    let code = || {
        let code = sent.text("chargingMode").or_else(|| sent.text("provisionType"))?;
        (code.len() > LONGEST_CODE).then(|| format!("the code {code}"))
    };
    named.or_else(number).or_else(code)
}

fn by_keyword(keyword: &str, member: String) -> Flaw {
    match keyword {
        "minLength" => Flaw::Empty(member),
        "maxLength" => Flaw::Long(member),
        "type" => Flaw::Type(member),
        _ => Flaw::Value(member),
    }
}

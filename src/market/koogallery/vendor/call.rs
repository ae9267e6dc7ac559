//! A call as the vendor reads it: what is wanted, and its members, each of the documented type and length.

use serde_json::{Map, Value};

use super::error::Refused;
use super::fault::{Fault, Faults};
use crate::sign::koogallery::auth_token;

/// The version of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    V2,
    V1,
}

/// What a call wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    Create,
    Query,
    Refresh,
    Status,
    /// Version 1.0 only: the term has ended.
    Expire,
    Release,
    Upgrade,
    Check,
    Notify,
}

impl Activity {
    fn find(name: &str, edition: Edition) -> Option<Self> {
        let v2 = edition == Edition::V2;
        Some(match name {
            "newInstance" => Self::Create,
            "queryInstance" => Self::Query,
            "refreshInstance" => Self::Refresh,
            "releaseInstance" => Self::Release,
            "updateInstanceStatus" if v2 => Self::Status,
            "upgradeInstance" if v2 => Self::Upgrade,
            "changeInstanceCheck" if v2 => Self::Check,
            "orderNotify" if v2 => Self::Notify,
            "instanceStatus" if !v2 => Self::Status,
            "upgrade" if !v2 => Self::Upgrade,
            "expireInstance" if !v2 => Self::Expire,
            _ => return None,
        })
    }
}

/// What may stand in a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Text of so many characters at most.
    Text(usize),
    /// Digits, so many at most.
    Digits(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Ids with commas between.
    Ids,
    /// An object.
    Object,
}

/// One documented member; `true` for a mandatory one.
type Member = (&'static str, Form, bool);

const FLAG: Member = ("testFlag", Form::Word(&["0", "1"]), false);
const INSTANCE: Member = ("instanceId", Form::Text(64), true);
const ORDER: Member = ("orderId", Form::Text(64), true);
const LINE: Member = ("orderLineId", Form::Text(64), true);
const PRODUCT: Member = ("productId", Form::Text(64), false);
const SKU: Member = ("skuCode", Form::Text(64), false);
const QUANTITIES: [Member; 3] =
    [("amount", Form::Digits(7), false), ("diskSize", Form::Digits(7), false), ("bandWidth", Form::Digits(7), false)];
const PERIOD: [Member; 3] = [
    ("periodType", Form::Word(&["year", "month", "day"]), false),
    ("periodNumber", Form::Digits(2), false),
    ("orderAmount", Form::Text(20), false),
];
const EXTENDED: Member = ("saasExtendParams", Form::Text(2048), false);

/// The members of an activity (V2: the call pages; V1: the tables of the calls).
fn members(edition: Edition, activity: Activity) -> Vec<Member> {
    let own: &[&[Member]] = match (edition, activity) {
        (Edition::V2, Activity::Create) => &[&[ORDER, LINE, ("businessId", Form::Text(64), true)]],
        (_, Activity::Query) => &[&[("instanceId", Form::Ids, true)]],
        (Edition::V2, Activity::Refresh) => {
            const SCENE: Member = ("scene", Form::Text(64), true);
            &[&[SCENE, ORDER, LINE, INSTANCE, PRODUCT, ("expireTime", Form::Text(20), true)]]
        }
        (Edition::V2, Activity::Status) => &[&[INSTANCE, ("status", Form::Text(32), true)]],
        (Edition::V2, Activity::Release) => {
            &[&[INSTANCE, ("orderId", Form::Text(64), false), ("orderLineId", Form::Text(64), false)]]
        }
        (Edition::V2, Activity::Upgrade) => &[&[INSTANCE, ORDER, LINE]],
        (_, Activity::Check) => &[&[INSTANCE, ("productInfo", Form::Object, true)]],
        (_, Activity::Notify) => &[&[ORDER, LINE]],
        (Edition::V1, Activity::Create) => {
            const BUYER: [Member; 8] = [
                ("customerId", Form::Text(100), true),
                ("customerName", Form::Text(64), false),
                ("userId", Form::Text(64), false),
                ("userName", Form::Text(64), false),
                ("businessId", Form::Text(64), true),
                ("productId", Form::Text(64), true),
                ("trialFlag", Form::Word(&["1"]), false),
                ("expireTime", Form::Text(20), false),
            ];
            const MODE: [Member; 2] = [("chargingMode", Form::Digits(4), false), EXTENDED];
            &[&[ORDER, SKU], &BUYER, &MODE, &QUANTITIES, &PERIOD]
        }
        (Edition::V1, Activity::Refresh) => {
            const TRIAL: Member = ("trialToFormal", Form::Word(&["1"]), false);
            &[&[ORDER, INSTANCE, PRODUCT, TRIAL, ("expireTime", Form::Text(20), true)], &PERIOD]
        }
        (Edition::V1, Activity::Status) => &[&[INSTANCE, ("instanceStatus", Form::Text(32), true)]],
        (Edition::V1, Activity::Release) => &[&[INSTANCE, ORDER, ("orderAmount", Form::Text(20), false)]],
        (Edition::V1, Activity::Upgrade) => &[&[INSTANCE, ORDER, SKU, PRODUCT, EXTENDED], &QUANTITIES],
        (_, Activity::Expire) => &[&[INSTANCE, ORDER]],
    };
    own.iter().copied().flatten().copied().chain([FLAG]).collect()
}

/// A call whose members are there, and of the documented type and length.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) edition: Edition,
    pub(crate) activity: Activity,
    /// Whether it was sent from debugging or a probe.
    pub(crate) test: bool,
    members: Map<String, Value>,
}

impl Call {
    /// A call of which nothing is known, for the fault that does nothing and says success.
    pub(crate) fn unknown(edition: Edition) -> Self {
        Self { edition, activity: Activity::Check, test: false, members: Map::new() }
    }

    /// Reads the body of a call of version 2.0.
    pub(crate) fn from_body(body: &[u8], faults: &Faults) -> Result<Self, Refused> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Self::new(Edition::V2, members, faults),
            _ if faults.has(Fault::BrokenJson500) => Err(Refused::Crash),
            _ => Err(Refused::parameter("the body is no JSON object")),
        }
    }

    /// Reads the query of a call of version 1.0.
    pub(crate) fn from_query(query: &str, faults: &Faults) -> Result<Self, Refused> {
        let members = auth_token::parameters_of(query).into_iter().map(|(name, value)| (name, Value::String(value)));
        Self::new(Edition::V1, members.collect(), faults)
    }

    fn new(edition: Edition, mut members: Map<String, Value>, faults: &Faults) -> Result<Self, Refused> {
        let activity = match members.get("activity").and_then(Value::as_str) {
            Some(name) => match Activity::find(name, edition) {
                Some(activity) => activity,
                None if faults.has(Fault::UnknownActivity500) => return Err(Refused::Crash),
                // The signature has been checked; the rest of a call that nobody knows is made up.
                None if faults.has(Fault::UnknownActivityCreates) => Activity::Create,
                None => return Err(Refused::Activity),
            },
            None if faults.has(Fault::MissingActivity500) => return Err(Refused::Crash),
            None => return Err(Refused::parameter("activity is missing")),
        };
        for (name, form, mandatory) in self::members(edition, activity) {
            check(&mut members, name, form, mandatory, faults)?;
        }
        let flag = members.get("testFlag").and_then(Value::as_str);
        let refused = match flag {
            None => Fault::RefuseWithoutTestFlag,
            Some("0") => Fault::RefuseTestFlag0,
            Some(_) => Fault::RefuseTestFlag1,
        };
        if faults.has(refused) && !(activity == Activity::Notify && flag.is_some()) {
            return Err(Refused::parameter("testFlag is wrong"));
        }
        if activity == Activity::Notify && flag.is_none() && faults.has(Fault::NotifyWantsTestFlag) {
            return Err(Refused::parameter("testFlag is missing"));
        }
        let test = flag == Some("1");
        Ok(Self { edition, activity, test, members })
    }

    /// A member's text; `None` where it is missing or empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The text of a member that was checked to be there.
    pub(crate) fn needed(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A member that is no text.
    pub(crate) fn value(&self, name: &str) -> &Value {
        self.members.get(name).unwrap_or(&Value::Null)
    }

    /// The instance that the call is about.
    pub(crate) fn instance(&self) -> &str {
        self.needed("instanceId")
    }
}

/// Checks one member, and takes an empty or null optional one away.
fn check(
    members: &mut Map<String, Value>,
    name: &str,
    form: Form,
    mandatory: bool,
    faults: &Faults,
) -> Result<(), Refused> {
    let value = members.get_mut(name);
    let empty = value.as_ref().is_some_and(|value| value.as_str().is_some_and(|text| text.trim().is_empty()));
    let null = value.as_ref().is_some_and(|value| value.is_null());
    let Some(value) = value.filter(|value| !value.is_null() && !empty) else {
        let forgiven = faults.has(if empty { Fault::EmptyAccepted } else { Fault::MissingAccepted })
            || (null && faults.has(Fault::NullAccepted));
        let crashes = faults.has(if empty { Fault::Empty500 } else { Fault::Missing500 });
        return match mandatory {
            true if crashes => Err(Refused::Crash),
            true if !forgiven => Err(Refused::parameter(format!("{name} is missing"))),
            _ => Ok(()),
        };
    };
    let text = match (form, &value) {
        (Form::Object, Value::Object(_)) => return Ok(()),
        (Form::Object, _) => None,
        (_, Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let Some(text) = text else {
        if faults.has(Fault::WrongType500) {
            return Err(Refused::Crash);
        }
        if faults.has(Fault::WrongTypeAccepted) {
            *value = Value::String(value.to_string());
            return Ok(());
        }
        return Err(Refused::parameter(format!("{name} has the wrong type")));
    };
    let (length, limit) = match form {
        Form::Text(limit) | Form::Digits(limit) => (text.chars().count(), limit),
        Form::Ids => (text.split(',').map(|id| id.chars().count()).max().unwrap_or_default(), 64),
        Form::Word(_) | Form::Object => (0, 0),
    };
    if length > limit {
        if faults.has(Fault::Long500) {
            return Err(Refused::Crash);
        }
        return Err(Refused::parameter(format!("{name} is longer than {limit} characters")));
    }
    let fits = match form {
        Form::Digits(_) => text.bytes().all(|byte| byte.is_ascii_digit()),
        Form::Word(words) => words.contains(&text),
        Form::Text(_) | Form::Ids | Form::Object => true,
    };
    if fits { Ok(()) } else { Err(Refused::parameter(format!("{name} has a value that is not documented"))) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn read(body: &str) -> Result<Call, Refused> {
        Call::from_body(body.as_bytes(), &Faults::default())
    }

    #[rstest]
    #[case(r#"{"activity":"queryInstance"}"#, "instanceId is missing")]
    #[case(r#"{"activity":"queryInstance","instanceId":""}"#, "instanceId is missing")]
    #[case(r#"{"activity":"queryInstance","instanceId":null}"#, "instanceId is missing")]
    #[case(r#"{"activity":"queryInstance","instanceId":7}"#, "instanceId has the wrong type")]
    #[case(
        r#"{"activity":"queryInstance","instanceId":"i","testFlag":"2"}"#,
        "testFlag has a value that is not documented"
    )]
    #[case(
        r#"{"activity":"changeInstanceCheck","instanceId":"i","productInfo":"{}"}"#,
        "productInfo has the wrong type"
    )]
    #[case(r#"{"activity":"expireInstance","instanceId":"i","orderId":"o"}"#, "the activity is not known")]
    #[case(r#"{"activity":7}"#, "activity is missing")]
    #[case("[]", "the body is no JSON object")]
    fn what_is_wrong_is_said(#[case] body: &str, #[case] why: &str) {
        assert_eq!(read(body).expect_err("refused").to_string(), why);
    }

    #[test]
    fn members_beyond_the_table_are_ignored_and_empty_optional_ones_are_missing() {
        let call =
            read(r#"{"activity":"releaseInstance","instanceId":"i","orderId":"","more":{"a":1}}"#).expect("read");
        assert_eq!((call.activity, call.test, call.text("orderId")), (Activity::Release, false, None));
        let query = "activity=instanceStatus&instanceId=i&instanceStatus=NORMAL&testFlag=1&timeStamp=1&authToken=t";
        let call = Call::from_query(query, &Faults::default()).expect("read");
        assert_eq!((call.activity, call.test, call.instance()), (Activity::Status, true, "i"));
    }

    proptest! {
        #[test]
        fn no_body_panics(body in "(\\PC|[{}\":,]|activity|newInstance){0,30}") {
            let _ = read(&body);
            let _ = Call::from_query(&body, &Faults::default());
        }
    }
}

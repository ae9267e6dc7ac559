//! A call of the kit as the vendor reads it: what is told of what, each member of the documented type and length.

use serde_json::{Map, Value};

use super::super::fault::{Fault, Faults};
use super::{Refusal, refused};
use crate::market::koogallery::kit;

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    Delete,
    Add,
    Modify,
    /// Of authSync only: the users may no longer enter.
    Cancel,
}

impl Flag {
    /// Whether something goes.
    pub(crate) fn removes(self) -> bool {
        matches!(self, Self::Delete | Self::Cancel)
    }
}

/// What may stand in a member.
#[derive(Clone, Copy)]
enum Form {
    /// Text of so many characters at most; 0 for any number.
    Text(usize),
    /// One of these texts.
    Word(&'static [&'static str]),
    /// A whole number of this range.
    Number(i64, i64),
}

/// One member, and what becomes of a call in which it is missing or empty.
type Member = (&'static str, Form, Presence);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Needed,
    /// Must be there and may be empty.
    MayBeEmpty,
    Optional,
}

use Presence::{MayBeEmpty, Needed, Optional};

/// The members of every call of the kit.
const COMMON: [Member; 4] = [
    ("instanceId", Form::Text(64), MayBeEmpty),
    ("tenantId", Form::Text(64), Needed),
    ("testFlag", Form::Number(0, 1), Needed),
    ("timeStamp", Form::Text(17), Needed),
];

const FLAG: Member = ("flag", Form::Number(0, 2), Needed);

/// Those of one call (the tables of the five pages).
fn own(kind: kit::Call) -> &'static [Member] {
    match kind {
        kit::Call::Tenant => &[
            ("orderId", Form::Text(64), MayBeEmpty),
            ("tenantCode", Form::Text(64), Needed),
            ("name", Form::Text(255), Needed),
            ("domainName", Form::Text(255), Needed),
            FLAG,
        ],
        kit::Call::Application => &[
            ("appId", Form::Text(64), Needed),
            ("clientId", Form::Text(64), Needed),
            ("clientSecret", Form::Text(0), Needed),
            FLAG,
        ],
        kit::Call::Users => &[
            ("appId", Form::Text(64), Needed),
            ("currentSyncTime", Form::Text(17), Needed),
            ("flag", Form::Number(0, 3), Needed),
        ],
        kit::Call::Department => &[
            ("orgCode", Form::Text(64), Needed),
            ("orgName", Form::Text(128), Needed),
            ("parentCode", Form::Text(64), Optional),
            FLAG,
        ],
        kit::Call::Departments => &[],
    }
}

const USER: [Member; 11] = [
    ("userName", Form::Text(64), Needed),
    ("name", Form::Text(64), Needed),
    ("orgCode", Form::Text(64), Needed),
    ("position", Form::Text(64), Optional),
    ("employeeCode", Form::Text(64), Optional),
    ("employeeType", Form::Number(1, 4), Optional),
    ("role", Form::Word(&["user", "admin"]), Needed),
    ("enable", Form::Word(&["true", "false"]), Needed),
    ("mobile", Form::Text(32), Optional),
    ("email", Form::Text(128), Optional),
    ("workPlace", Form::Text(0), Optional),
];

const DEPARTMENT: [Member; 3] = [
    ("orgCode", Form::Text(64), Needed),
    ("orgName", Form::Text(128), Needed),
    ("parentCode", Form::Text(64), Optional),
];

/// A call whose members are there, and of the documented type and length.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) kind: kit::Call,
    pub(crate) flag: Flag,
    /// Whether it was sent from debugging.
    pub(crate) test: bool,
    members: Map<String, Value>,
}

/// `clientSecret` of a body, whoever sent it.
pub(super) fn secret_in(body: &[u8]) -> Option<String> {
    let members: Value = serde_json::from_slice(body).ok()?;
    members.get("clientSecret")?.as_str().map(str::to_owned)
}

impl Call {
    /// Reads a body.
    pub(super) fn read(
        edition: kit::Edition,
        kind: kit::Call,
        body: &[u8],
        faults: &Faults,
    ) -> Result<Self, Option<Refusal>> {
        let members = match serde_json::from_slice(body) {
            Ok(Value::Object(members)) if edition == kit::Edition::V1 => first(members, faults)?,
            Ok(Value::Object(members)) => members,
            _ => return Err(refused("000002", "the body is no JSON object")),
        };
        for member in COMMON.iter().chain(own(kind)) {
            check(&members, member, "", faults)?;
        }
        let known = |name: &str| COMMON.iter().chain(own(kind)).any(|(known, ..)| *known == name);
        let unknown = members.keys().find(|name| !known(name) && !matches!(name.as_str(), "userList" | "orgInfoList"));
        if let Some(unknown) = unknown.filter(|_| faults.has(Fault::KitUnknownRefused)) {
            return Err(refused("000002", &format!("{unknown} is not known")));
        }
        let mut call = Self { kind, flag: Flag::Add, test: members.get("testFlag") == Some(&Value::from(1)), members };
        call.flag = match call.members.get("flag").and_then(Value::as_i64) {
            Some(0) => Flag::Delete,
            Some(2) => Flag::Modify,
            Some(3) => Flag::Cancel,
            _ => Flag::Add,
        };
        match kind {
            kit::Call::Users => call.check_list("userList", &USER, faults)?,
            kit::Call::Departments => call.check_departments(faults)?,
            _ => {}
        }
        Ok(call)
    }

    fn check_list(&self, name: &str, members: &[Member], faults: &Faults) -> Result<(), Option<Refusal>> {
        let missing = || refused("000002", &format!("{name} is missing, empty or no list"));
        let list = match self.members.get(name) {
            Some(Value::Array(list)) if !list.is_empty() => list,
            None if faults.has(Fault::KitMissingAccepted) => return Ok(()),
            None if faults.has(Fault::KitMissing500) => return Err(None),
            _ => return Err(missing()),
        };
        for (at, entry) in list.iter().enumerate() {
            let entry = entry.as_object().ok_or_else(missing)?;
            for member in members {
                check(entry, member, &format!("{name}/{at}/"), faults)?;
            }
            if faults.has(Fault::KitAdminRefused) && entry.get("role") == Some(&Value::from("admin")) {
                return Err(refused("000002", "role is wrong"));
            }
            if faults.has(Fault::KitUsersOptional) && name == "userList" && !entry.contains_key("email") {
                return Err(refused("000002", "email is missing"));
            }
        }
        Ok(())
    }

    /// `orgInfoList` as a list, or as a text, which is not read: the printed one is no JSON.
    fn check_departments(&self, faults: &Faults) -> Result<(), Option<Refusal>> {
        match self.members.get("orgInfoList") {
            Some(Value::String(text)) if !text.is_empty() && !faults.has(Fault::KitOrgListOnly) => Ok(()),
            Some(Value::Array(_)) if faults.has(Fault::KitOrgListText) => {
                Err(refused("000002", "orgInfoList is no text"))
            }
            Some(Value::Array(list)) if list.is_empty() => Ok(()),
            _ => self.check_list("orgInfoList", &DEPARTMENT, faults),
        }
    }

    /// A member's text; empty where it has none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.members.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The entries of a list.
    pub(crate) fn entries(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.members.get(name).and_then(Value::as_array).into_iter().flatten()
    }
}

/// The members of a call of version 1, whose lists are texts, as version 2 has them.
fn first(mut members: Map<String, Value>, faults: &Faults) -> Result<Map<String, Value>, Option<Refusal>> {
    let list = |members: &mut Map<String, Value>, name: &str| -> Result<Option<Vec<Value>>, Option<Refusal>> {
        match members.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => match serde_json::from_str(&text) {
                Ok(list) => Ok(Some(list)),
                Err(_) => Err(refused("000002", &format!("{name} is no list in JSON"))),
            },
            Some(_) => Err(refused("000002", &format!("{name} is no text"))),
        }
    };
    if let Some(mut users) = list(&mut members, "userList")? {
        for user in users.iter_mut().filter_map(Value::as_object_mut) {
            let Some(Value::Object(extension)) = user.remove("extension") else { continue };
            if faults.has(Fault::KitFirstNoExtension) {
                return Err(refused("000002", "extension is not known"));
            }
            for (name, value) in extension {
                let number = value.as_str().and_then(|text| text.parse::<i64>().ok());
                let value = number.filter(|_| name == "employeeType").map_or(value, Value::from);
                user.insert(name, value);
            }
        }
        members.insert("userList".to_owned(), Value::Array(users));
    }
    if let Some(mut departments) = list(&mut members, "orgInfo")? {
        for department in departments.iter_mut().filter_map(Value::as_object_mut) {
            if let Some(name) = department.remove("name") {
                department.insert("orgName".to_owned(), name);
            }
        }
        members.insert("orgInfoList".to_owned(), Value::Array(departments));
    }
    Ok(members)
}

fn check(
    members: &Map<String, Value>,
    (name, form, presence): &Member,
    within: &str,
    faults: &Faults,
) -> Result<(), Option<Refusal>> {
    let wrong = |what: &str| Err(refused("000002", &format!("{within}{name} {what}")));
    let Some(value) = members.get(*name).filter(|value| !value.is_null()) else {
        return match presence {
            Optional => Ok(()),
            _ if faults.has(Fault::KitMissing500) => Err(None),
            _ if faults.has(Fault::KitMissingAccepted) => Ok(()),
            _ => wrong("is missing"),
        };
    };
    if value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return match presence {
            Needed if !faults.has(Fault::KitEmptyAccepted) => wrong("is empty"),
            _ => Ok(()),
        };
    }
    match (form, value) {
        (Form::Text(limit), Value::String(text)) => match *limit > 0 && text.chars().count() > *limit {
            true if faults.has(Fault::KitLong500) => Err(None),
            true => wrong("is too long"),
            false => Ok(()),
        },
        (Form::Word(words), Value::String(text)) if words.contains(&text.as_str()) => Ok(()),
        (Form::Number(least, most), Value::Number(number))
            if number.as_i64().is_some_and(|number| (*least..=*most).contains(&number)) =>
        {
            Ok(())
        }
        (Form::Word(_), Value::String(_)) | (Form::Number(..), Value::Number(_))
            if faults.has(Fault::KitValuesUnchecked) =>
        {
            Ok(())
        }
        _ => wrong("has a value that is not documented"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"tenantId":"t","testFlag":0,"timeStamp":"1"}"#, "instanceId is missing")]
    #[case(r#"{"instanceId":"","testFlag":0,"timeStamp":"1"}"#, "tenantId is missing")]
    #[case(r#"{"instanceId":"","tenantId":" ","testFlag":0,"timeStamp":"1"}"#, "tenantId is empty")]
    #[case(
        r#"{"instanceId":"","tenantId":"t","testFlag":"0","timeStamp":"1"}"#,
        "testFlag has a value that is not documented"
    )]
    #[case(
        r#"{"instanceId":"","tenantId":"t","testFlag":0,"timeStamp":"1","orgInfoList":[{"orgCode":"1"}]}"#,
        "orgInfoList/0/orgName is missing"
    )]
    #[case("[]", "the body is no JSON object")]
    fn what_is_wrong_is_said(#[case] body: &str, #[case] why: &str) {
        let refused = Call::read(kit::Edition::V2, kit::Call::Departments, body.as_bytes(), &Faults::default())
            .expect_err("refused");
        assert_eq!(refused, Some(("000002", why.to_owned())));
    }

    proptest! {
        #[test]
        fn no_body_panics(body in "(\\PC|[{}\":,\\[\\]]|flag|userList|orgInfoList){0,30}", kind in 0..5_usize) {
            for edition in [kit::Edition::V2, kit::Edition::V1] {
                let _ = Call::read(edition, kit::Call::ALL[kind], body.as_bytes(), &Faults::default());
            }
        }
    }
}

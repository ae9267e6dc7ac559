//! Values at limits and of kinds that programs stumble over: numbers, times that do not exist, and text of the world.

use serde_json::{Value, json};

use super::ground::Ground;
use super::member::Member;
use super::members::{change, is_varied, refused};
use super::mutation::{Flaw, Mutation};

/// Texts of the scripts that buyers of these stores write, and of what breaks programs that count bytes, or code units, or
/// take a character for a column. None has more than 20 characters.
const TEXTS: [(&str, &str, &str); 5] = [
    ("hangul", "주문-확인", "text in Hangul"),
    ("chinese", "订单-確認", "text in Chinese"),
    ("emoji", "order-🧾🚀", "emoji, which are beyond the first 65,536 characters"),
    ("combining", "e\u{301}te\u{301}-\u{1112}\u{1161}\u{11ab}", "letters made of combining marks"),
    ("control", "order\u{7}\u{1b}[0m\t1", "control characters"),
];

pub(super) fn mutations(ground: &Ground<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for member in ground.members.iter().filter(|member| is_varied(member) && ground.may_be_odd(member)) {
        all.extend(numbers(ground, member));
        all.extend(dates(ground, member));
        all.extend(texts(ground, member));
    }
    all
}

/// A mutation of a member that the call gives, with a value that its schema may allow: what is odd about it is told.
fn odd(
    ground: &Ground<'_>,
    member: &Member,
    kind: &'static str,
    id: String,
    (what, allowed): (String, &str),
    value: Value,
) -> Option<Mutation> {
    let refused = refused(ground, member, kind, id.clone(), what.clone(), value.clone());
    if refused.is_some() || !(member.given || member.filled.is_some()) {
        return refused;
    }
    let flaw = Flaw { kind, member: Some(member), forbidden: false };
    let why = format!("the schema of {} allows it; {allowed}", member.name);
    Some(Mutation::new(ground, &flaw, (id, member.place()), (what, why), change(member, Some(value))))
}

/// Numbers at the limits of what programs can hold, and what is no number.
fn numbers(ground: &Ground<'_>, member: &Member) -> Vec<Mutation> {
    let numeric = member.in_body() && (member.is("number") || member.is("integer"));
    let digits = member.is("string")
        && member.has("pattern")
        && member.refuses(&json!("1")).is_none()
        && member.refuses(&json!("a")).is_some();
    let all: Vec<(&str, Value)> = if numeric {
        vec![
            ("zero", json!(0)),
            ("negative", json!(-1)),
            ("fraction", json!(0.5)),
            ("beyond-double", json!(9_007_199_254_740_993_u64)),
            ("huge", json!(1e300)),
        ]
    } else if digits {
        vec![
            ("negative", json!("-1")),
            ("fraction", json!("1.5")),
            ("exponent", json!("1e3")),
            ("letters", json!("one")),
            ("huge", json!("99999999999999999999")),
        ]
    } else {
        Vec::new()
    };
    let mutations = all.into_iter().filter_map(|(word, value)| {
        let what = format!("{} is {value}.", member.name);
        let allowed = "what a vendor makes of such a number is its own affair, as long as it does not fail";
        odd(ground, member, "number", format!("{word}-{}", member.id()), (what, allowed), value)
    });
    mutations.collect()
}

/// A form in which times are written, with what no calendar has.
struct Form {
    /// A time of this form that exists.
    exists: &'static str,
    /// Those that do not, and how: word for the id, value, words.
    not: &'static [(&'static str, &'static str, &'static str)],
}

const FORMS: [Form; 4] = [
    Form {
        exists: "20280229120000",
        not: &[
            ("february-30", "20270230120000", "the 30th of February"),
            ("no-leap-day", "20270229120000", "the 29th of February of a common year"),
            ("month-13", "20271301120000", "the thirteenth month"),
            ("day-0", "20270100120000", "the day before the first"),
            ("hour-25", "20270101250000", "the hour 25"),
            ("minute-60", "20270101126000", "the minute 60"),
            ("dashes", "2027-01-01 12:00:00", "a time in another form"),
            ("short", "2027010112000", "a digit short"),
        ],
    },
    Form {
        exists: "20280229",
        not: &[
            ("february-30", "20270230", "the 30th of February"),
            ("no-leap-day", "20270229", "the 29th of February of a common year"),
            ("month-13", "20271301", "the thirteenth month"),
            ("zero", "00000000", "nothing but zeros"),
            ("dashes", "2027-01-01", "a day in another form"),
            ("nine-digits", "202701010", "a digit too many"),
        ],
    },
    Form {
        exists: "20270301~20280229",
        not: &[
            ("february-30", "20270230~20280229", "a period from the 30th of February"),
            ("backwards", "20280229~20270301", "a period that ends before it begins"),
            ("one-day", "20270301", "a period without its end"),
            ("nine-digits", "20270301~202802290", "a digit too many"),
        ],
    },
    Form {
        exists: "2028-02-29",
        not: &[
            ("february-30", "2027-02-30", "the 30th of February"),
            ("no-leap-day", "2027-02-29", "the 29th of February of a common year"),
            ("month-13", "2027-13-01", "the thirteenth month"),
            ("zero", "0000-00-00", "nothing but zeros"),
            ("words", "yesterday", "no day at all"),
            ("nine-digits", "202701010", "a digit too many"),
        ],
    },
];

/// Times that no calendar has, and times in another form.
fn dates(ground: &Ground<'_>, member: &Member) -> Vec<Mutation> {
    let Some(form) = FORMS.iter().find(|form| is_of(member, form)).filter(|_| member.given) else { return Vec::new() };
    let mutations = form.not.iter().filter_map(|(word, value, words)| {
        let what = format!("{} is {value}: {words}.", member.name);
        let allowed = "no calendar has it";
        odd(ground, member, "date", format!("{}-{word}", member.id()), (what, allowed), json!(value))
    });
    mutations.collect()
}

/// Whether a member is a time of this form: its schema takes one, and not just any text or digits.
fn is_of(member: &Member, form: &Form) -> bool {
    let takes = |text: &str| member.refuses(&json!(text)).is_none();
    let named = member.keywords.get("format").and_then(Value::as_str) == Some("date");
    let dashed = form.exists.contains('-');
    if named || dashed {
        return named && dashed;
    }
    member.is("string") && takes(form.exists) && !takes("1") && !takes("a")
}

/// Text in other scripts, where any text may stand.
fn texts(ground: &Ground<'_>, member: &Member) -> Vec<Mutation> {
    let free = member.is("string") && !["enum", "pattern", "format"].iter().any(|keyword| member.has(keyword));
    if !free || !(member.given || member.filled.is_some()) {
        return Vec::new();
    }
    let mutations = TEXTS.iter().filter_map(|(word, text, words)| {
        let what = format!("{} is {words}.", member.name);
        let allowed = "it is text like any other, whether it names something or not";
        odd(ground, member, "text", format!("{word}-{}", member.id()), (what, allowed), json!(text))
    });
    mutations.collect()
}

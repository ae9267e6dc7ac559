//! Customers and bills as tables, and documented codes in words.

use maud::{Markup, html};

use super::page_of;
use super::state::{BILL, Bills, Customer, Standing};
use crate::serve::console::Words;
use crate::serve::console::show::table;
use crate::wire::printable_text;

/// A foreign text as it can be shown.
pub(super) fn shown(text: &str) -> String {
    printable_text(text.as_bytes())
}

/// Where a customer stands, in a word.
pub(super) fn standing(words: Words, standing: Standing) -> String {
    words.say(match standing {
        Standing::Refused => "kt-refused",
        Standing::InUse => "kt-in-use",
        Standing::Suspended => "kt-suspended",
        Standing::Leaving => "kt-leaving",
        Standing::Gone => "kt-gone",
    })
}

/// A code of a status in words; a code that is not documented stands for itself.
pub(super) fn status(words: Words, code: &str) -> String {
    match code {
        "0" => words.say("kt-status-0"),
        "1" => words.say("kt-status-1"),
        "98" => words.say("kt-status-98"),
        "99" => words.say("kt-status-99"),
        "401" => words.say("kt-status-401"),
        other => words.tell("kt-status-unknown", &[("code", shown(other).into())]),
    }
}

/// The documented code of a member of an application in words.
pub(super) fn code(words: Words, member: &str, code: &str) -> String {
    let key = match (member, code) {
        ("service-info", "2") => "kt-plan-2",
        ("service-info", "3") => "kt-plan-3",
        ("service-info", "4") => "kt-plan-4",
        ("service-info", "5") => "kt-plan-5",
        ("onetime-type", "0") => "kt-fee-0",
        ("onetime-type", "1") => "kt-fee-1",
        ("onetime-type", "2") => "kt-fee-2",
        ("license-states-cd", "0") => "kt-state-0",
        ("license-states-cd", "1") => "kt-state-1",
        ("license-states-cd", "2") => "kt-state-2",
        _ => return shown(code),
    };
    format!("{} ({code})", words.say(key))
}

/// All customers.
pub(super) fn customers(words: Words, customers: &[Customer]) -> Markup {
    let heads = ["kt-customer", "kt-standing", "kt-plan", "kt-status"].map(|key| words.say(key));
    let plan = |customer: &Customer| {
        let plan = customer.ordered.get("service-info").and_then(|plan| plan.as_str());
        plan.map(|plan| code(words, "service-info", plan))
    };
    let rows = html! {
        @for customer in customers {
            tr {
                th scope="row" { a href=(page_of(&customer.key)) { (shown(&customer.key)) } }
                td { (standing(words, customer.standing)) }
                td { (plan(customer).unwrap_or_default()) }
                td { @if let Some(code) = customer.status.get("status") { (status(words, code)) } @else { "–" } }
            }
        }
    };
    table("customers", &words.say("kt-customers"), &heads, rows)
}

/// Bills, one a row. The customer of each leads to its page where it is one of the store's.
pub(super) fn bills(words: Words, id: &str, caption: &str, bills: &Bills, known: &dyn Fn(&str) -> bool) -> Markup {
    let Bills { kept: bills, more } = bills;
    let label = |member: &str| match member {
        "bill-date" => words.say("kt-bill-date"),
        "mem-sq" => words.say("kt-customer"),
        "service-info" => words.say("kt-plan"),
        "license-count" => words.say("kt-licenses"),
        "usage-pay-amt" => words.say("kt-usage"),
        "onetime-pay-amt" => words.say("kt-onetime"),
        "pay-amt" => words.say("kt-total"),
        "free-period" => words.say("kt-free"),
        "contract-discount-period" => words.say("kt-discount"),
        "install-complete-date" => words.say("kt-installed-on"),
        other => other.to_owned(),
    };
    let used: Vec<&str> =
        BILL.into_iter().filter(|member| bills.iter().any(|bill| bill.contains_key(*member))).collect();
    let heads: Vec<String> = used.iter().map(|member| label(member)).collect();
    let amount = |member: &str| member.ends_with("-amt") || member == "license-count";
    let rows = html! {
        @for bill in bills {
            tr {
                @for member in &used {
                    @let value = bill.get(*member).map_or("", String::as_str);
                    @match *member {
                        "mem-sq" if known(value) => td { a href=(page_of(value)) { (shown(value)) } },
                        "service-info" => td { (code(words, member, value)) },
                        member if amount(member) => td.number { (won(value)) },
                        _ => td.nowrap { (shown(value)) },
                    }
                }
            }
        }
    };
    html! {
        @if bills.is_empty() { p.muted { (caption) ": " (words.say("kt-no-bills")) } }
        @else { (table(id, caption, &heads, rows)) }
        @if *more > 0 { p.muted { (words.tell("kt-more-bills", &[("count", (*more).into())])) } }
    }
}

/// A whole number with its thousands apart; anything else as it is.
fn won(value: &str) -> String {
    let (sign, digits) = value.strip_prefix('-').map_or(("", value), |digits| ("-", digits));
    if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return shown(value);
    }
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0", "0")]
    #[case("1000", "1,000")]
    #[case("-1234567", "-1,234,567")]
    #[case("12.5", "12.5")]
    #[case("", "")]
    #[case("\u{1b}[31m", "␛[31m")]
    fn amounts_are_grouped_and_other_texts_are_shown(#[case] value: &str, #[case] expected: &str) {
        assert_eq!(won(value), expected);
    }
}

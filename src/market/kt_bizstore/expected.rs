//! What KT's document allows as the answer to a call that is wrong, or odd, on purpose.
//!
//! The catalogue of responses names the refusals: 400 for a wrong request, 401 for a token that is not accepted, 404 for
//! what is not there, 405 for a method that the path does not have. No member of the application is mandatory, and
//! nothing says what becomes of one that cannot be read: refusing the application and leaving the member out are both
//! right.

use crate::market::expected::{Expected, Oddity};
use crate::spec::Operation;
use crate::verdict::RequirementId;

const BROKEN: RequirementId = RequirementId::known("KT-APPLY-BROKEN");
const MORE: RequirementId = RequirementId::known("KT-APPLY-MORE");

/// What a customer applied with stands in the bills of the day, which every case reads, to the end of the month.
pub(crate) fn keeps(operation: &Operation) -> bool {
    operation.id == "applyCustomer"
}

pub(crate) fn expected(oddity: &Oddity<'_>) -> Expected {
    let apply = oddity.operation.id == "applyCustomer";
    let bills = oddity.operation.id.starts_with("getBill");
    match oddity.flaw {
        "authentication" if bills => Expected::answers(["HTTP 401", "HTTP 403"]),
        "authentication" => Expected::answers(["HTTP 401"]),
        "method" => Expected::answers(["HTTP 405", "another HTTP 4xx"]),
        "path" => Expected::answers(["HTTP 404", "another status below 500"]),
        "broken-json" => Expected {
            criterion: Some(("$statusCode >= 400 && $statusCode < 500", BROKEN)),
            ..Expected::answers(["HTTP 400", "another HTTP 4xx"])
        },
        "extra" if apply => Expected {
            criterion: Some(("$statusCode == 201 || $statusCode == 200", MORE)),
            ..Expected::answers(["HTTP 201, or 200 for a customer who is known", "as without the member"])
        },
        "date" if !apply => Expected::answers(["HTTP 400", "another HTTP 4xx", "HTTP 200 with an empty list"]),
        _ if apply => Expected::answers([
            "HTTP 400 or another 4xx",
            "HTTP 201, or 200 for a customer who is known, with the value left out or kept",
        ]),
        _ => Expected::answers(["HTTP 404", "another HTTP 4xx"]),
    }
}

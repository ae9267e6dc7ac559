//! How values compare in simple conditions.
//!
//! The specification asks for "loose comparisons" and for text to be compared without case; it says no more on types.
//! We compare like this, which is what runners in JavaScript do wherever that is no trap:
//!
//! - text with text: without case, in order of characters;
//! - number with number, and number with a text that is a number (header fields are always text): by value;
//! - `null` equals `null` and what is missing, and nothing else;
//! - lists and objects are equal when their contents are, by the rules above but without reading text as numbers;
//! - everything else differs. It has no order: `<` and its like cannot be evaluated on it.

use std::cmp::Ordering;

use serde_json::Value;

/// Whether two values are equal; `None` is a missing one.
pub(super) fn equal(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left.unwrap_or(&Value::Null), right.unwrap_or(&Value::Null)) {
        (Value::Number(_), Value::String(_)) | (Value::String(_), Value::Number(_)) => {
            ordered(left, right) == Some(Ordering::Equal)
        }
        (left, right) => same(left, right),
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left == right || fold(left) == fold(right),
        (Value::Number(_), Value::Number(_)) => ordered(Some(left), Some(right)) == Some(Ordering::Equal),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| same(left, right)))
        }
        (left, right) => left == right,
    }
}

/// The order of two values, where they have one.
pub(super) fn ordered(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::String(left), Value::String(right)) => Some(fold(left).cmp(&fold(right))),
        (left, right) => Number::of(left)?.compare(Number::of(right)?),
    }
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// A number by its value: whole ones exactly, also beyond what a floating-point number can hold.
#[derive(Clone, Copy, Debug)]
enum Number {
    Whole(i128),
    Float(f64),
}

impl Number {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => {
                let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
                whole.map(Self::Whole).or_else(|| number.as_f64().map(Self::Float))
            }
            Value::String(text) => {
                let text = text.trim();
                // Rust also reads `inf` and `nan`, which are no numbers to anybody who writes a header field.
                if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
                    return None;
                }
                text.parse().map(Self::Whole).or_else(|_| text.parse().map(Self::Float)).ok()
            }
            _ => None,
        }
    }

    fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(left), Self::Whole(right)) => Some(left.cmp(&right)),
            (left, right) => left.float().partial_cmp(&right.float()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with a floating-point number, which is no more exact")]
    fn float(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Float(float) => float,
        }
    }
}

//! What was done to an answer on purpose, in words.

use std::time::Duration;

use crate::wire::disturbance::{Disturbance, Harm};

/// A phrase for the log: `held back for 3s and closed without an answer`.
pub(super) fn told(disturbance: &Disturbance) -> String {
    let late = (disturbance.after > Duration::ZERO).then(|| format!("held back for {:?}", disturbance.after));
    let harm = match &disturbance.harm {
        Harm::None => None,
        Harm::Replaced { status, .. } => Some(format!("answered with status {status}")),
        Harm::Closed => Some("closed without an answer".to_owned()),
        Harm::Cut => Some("cut off inside the body".to_owned()),
        Harm::Malformed => Some("sent with broken JSON".to_owned()),
    };
    let parts: Vec<String> = late.into_iter().chain(harm).collect();
    parts.join(" and ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"status": 500}"#, "answered with status 500")]
    #[case(r#"{"after": "3s"}"#, "held back for 3s")]
    #[case(r#"{"after": "500ms", "close": true}"#, "held back for 500ms and closed without an answer")]
    #[case(r#"{"cut": true}"#, "cut off inside the body")]
    #[case(r#"{"malformed": true}"#, "sent with broken JSON")]
    fn every_harm_has_a_phrase(#[case] rule: &str, #[case] phrase: &str) {
        assert_eq!(told(&serde_json::from_str(rule).expect("a rule")), phrase);
    }
}

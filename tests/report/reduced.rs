//! Reduced scenarios in every report that has them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use storeproof::engine::{Event, Reduced, Totals};
use storeproof::report::{Detail, Human, Json, Layout, Style, json};
use storeproof::verdict::RequirementId;

use crate::ci::markdown;
use crate::records;

/// A scenario with a secret in it, and a line that would end a block of code.
fn events() -> Vec<Event> {
    let scenario = format!("arazzo: \"1.0.1\"\ninfo:\n  title: {}\n  description: |\n    ```\n", records::KEY);
    let reduced = Reduced {
        case: "shop/create".into(),
        requirement: RequirementId::known("KT-BILL-SUM"),
        before: 24,
        after: 2,
        scenario,
    };
    let totals = Totals { break_: 1, ..Totals::default() };
    let end = Event::RunFinished { totals, interrupted: false, elapsed: Duration::from_millis(20) };
    vec![Event::Reduced(Arc::new(reduced)), end]
}

#[test]
fn it_is_a_block_for_people() {
    let layout = Layout { style: Style::Plain, detail: Detail::Cases, width: 100 };
    let human = records::report_of(&events(), |out, background| Box::new(Human::new(out, layout, background)));
    assert!(human.contains("The smallest scenario that still breaks KT-BILL-SUM: 2 of the 24 steps of shop/create\n"));
    assert!(
        human.contains("save it as kt-bill-sum.arazzo.yaml, and play it by storeproof run kt-bill-sum.arazzo.yaml\n")
    );
    assert!(human.contains("\n    info:\n      title: [redacted]\n"), "{human}");
    let told = markdown(&events());
    assert!(told.contains("2 of the 24 steps of shop/create"), "{told}");
    assert!(told.contains("````yaml\narazzo: ") && told.contains("\n````\n\n</details>\n"), "{told}");
    assert!(!told.contains(records::KEY));
}

#[test]
fn it_is_a_member_of_the_document() {
    let text = records::report_of(&events(), |out, background| Box::new(Json::new(out, background)));
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let schema: Value = serde_json::from_str(&json::schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a good schema");
    assert!(validator.is_valid(&document), "{text}");
    let reduced = &document["reduced"][0];
    assert_eq!(
        (&reduced["requirement"], &reduced["before"], &reduced["after"]),
        (&"KT-BILL-SUM".into(), &24.into(), &2.into())
    );
    assert!(reduced["scenario"].as_str().is_some_and(|text| text.contains("title: [redacted]")), "{reduced}");
}

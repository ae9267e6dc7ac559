//! A reduced document as a file that `storeproof run` takes.

use serde_json::{Value, json};

use super::reduction::steps;
use crate::verdict::RequirementId;

/// The document as YAML, with a title and a description that say what it was made from.
pub fn written(document: &Value, case: &str, requirement: &RequirementId, before: usize) -> String {
    let mut document = document.clone();
    let title = document["info"]["title"].as_str().unwrap_or_default().trim().to_owned();
    let description = document["info"]["description"].as_str().unwrap_or_default().trim().to_owned();
    let made = format!(
        "Made from {case}: {} of its {before} steps, with which {requirement} is still broken.",
        steps(&document)
    );
    if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
        info.insert("title".to_owned(), json!(format!("{title} (reduced)")));
        let about = if description.is_empty() { made } else { format!("{made} That case: {description}") };
        info.insert("description".to_owned(), json!(about));
    }
    // Writing into a text cannot fail; JSON is YAML, so that even then there is a document.
    serde_saphyr::to_string(&document).unwrap_or_else(|_| format!("{document:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Document;

    #[test]
    fn what_it_was_made_from_stands_in_it() {
        let document = json!({
            "arazzo": "1.0.1",
            "info": { "title": "A: b", "version": "1.0.0" },
            "workflows": [{ "workflowId": "w", "steps": [{ "stepId": "a", "text": "2" }] }],
        });
        let text = written(&document, "shop/a", &RequirementId::known("R"), 7);
        let read = Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read.value["info"]["title"], "A: b (reduced)");
        let made = "Made from shop/a: 1 of its 7 steps, with which R is still broken.";
        assert_eq!(read.value["info"]["description"], made);
        assert_eq!(read.value["workflows"], document["workflows"]);
    }
}

//! The control API as an OpenAPI document.

use std::sync::LazyLock;

use axum::Json;
use serde_json::Value;

use super::ask::Plain;
use crate::spec::Document;

/// The document as it is written.
const TEXT: &str = include_str!("openapi.yaml");

/// Serves the document. It is read from YAML when it is first asked for, so that starting does not wait for it.
pub(super) async fn read(_: Plain) -> Json<&'static Value> {
    static READ: LazyLock<Value> = LazyLock::new(|| {
        let document = Document::parse(TEXT).expect("a test reads the document");
        document.value
    });
    Json(&READ)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Interface;

    #[test]
    fn the_document_is_sound_openapi() {
        let document = Document::parse(TEXT).unwrap_or_else(|error| panic!("{error:?}"));
        let interface =
            Interface::from_document(&document).unwrap_or_else(|it| panic!("{}", it.in_file("openapi.yaml")));
        assert!(interface.operations.iter().all(|operation| !operation.id.contains(' ')), "each has a name");
    }
}

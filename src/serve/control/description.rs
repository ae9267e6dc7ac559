//! The control API as an OpenAPI document.

use std::sync::LazyLock;

use serde_json::Value;

use super::ask::Plain;
use super::shown::Shown;
use crate::spec::Document;

/// The document as it is written.
const TEXT: &str = include_str!("openapi.yaml");

/// Serves the document. It is read from YAML when it is first asked for, so that starting does not wait for it.
pub(super) async fn read(_: Plain) -> Shown<&'static Value> {
    static READ: LazyLock<Value> = LazyLock::new(|| {
        let document = Document::parse(TEXT).expect("a test reads the document");
        document.value
    });
    Shown(&READ)
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::spec::Interface;

    #[test]
    fn the_document_is_sound_openapi() {
        let document = Document::parse(TEXT).unwrap_or_else(|error| panic!("{error:?}"));
        let interface =
            Interface::from_document(&document).unwrap_or_else(|it| panic!("{}", it.in_file("openapi.yaml")));
        assert!(interface.operations.iter().all(|operation| !operation.id.contains(' ')), "each has a name");
    }

    /// The routes as they are written beside this file: a route that is not described is found here, one that is described
    /// and not there by calling it (`tests/serve/control.rs`).
    #[test]
    fn every_route_is_described() {
        let routes = Regex::new(r#"\.route\(\s*"(/[^"]*)",([^;]*?)(?:\.route|\.fallback|$)"#).expect("a pattern");
        let methods = Regex::new(r"\b(get|put|post|delete)\(").expect("a pattern");
        let document = Document::parse(TEXT).expect("a test above reads it");
        let source = include_str!("mod.rs");
        let start = source.find("fn api(").expect("the routes");
        let (mut at, mut found) = (start, 0);
        while let Some(route) = routes.captures_at(source, at) {
            let pointer = format!("/paths/{}", format!("/api{}", &route[1]).replace('/', "~1"));
            for method in methods.captures_iter(&route[2]) {
                assert!(
                    document.value.pointer(&format!("{pointer}/{}", &method[1])).is_some(),
                    "{pointer} {}",
                    &method[1]
                );
                found += 1;
            }
            at = route.get(2).expect("it is there").end();
        }
        let described = document.value["paths"].as_object().expect("paths").values();
        let described: usize = described
            .map(|item| ["get", "put", "post", "delete"].iter().filter(|method| item.get(**method).is_some()).count())
            .sum();
        assert_eq!(found, described);
    }
}

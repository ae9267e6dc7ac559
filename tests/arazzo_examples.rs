//! Arazzo documents from files: the specification's own examples, documents that use everything, and documents that
//! are wrong in one way each.
//!
//! A wrong document's snapshot, beside it, is what its author reads. A file whose first line is `# strict` calls the
//! interface of a marketplace; the others are anybody's.

mod support;

use std::path::{Path, PathBuf};

use rstest::rstest;
use storeproof::scenario::{Severity, lint, resolve};
use storeproof::spec::Document;
use support::library::Folder;

fn sources() -> Folder {
    Folder::new("tests/fixtures/arazzo/sources")
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a file has a name").to_string_lossy().into_owned()
}

#[rstest]
fn a_wrong_document_is_explained(#[files("tests/fixtures/arazzo/bad/*.yaml")] path: PathBuf) {
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    let name = file_name(&path);
    let shown = match Document::parse(&text) {
        Err(error) => format!("{name}: {error}\n"),
        Ok(document) => {
            let problems = resolve(&document, &name, &sources()).expect_err("the document is wrong");
            assert!(problems.has_errors());
            problems.render(&name, Some(&text))
        }
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/arazzo/bad");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name.trim_end_matches(".yaml"), shown));
}

fn spec_library() -> Folder {
    let store = "https://raw.githubusercontent.com/swagger-api/swagger-petstore/master/src/main/resources/openapi.yaml";
    let bnpl = "https://raw.githubusercontent.com/OAI/Arazzo-Specification/main/examples/1.0.0/bnpl-openapi.yaml";
    Folder::new("tests/fixtures/arazzo/spec-examples")
        .with("./animals.yaml", "../spec-sources/animals.yaml")
        .with(store, "../spec-sources/petstore.yaml")
        .with(bnpl, "bnpl-openapi.yaml")
}

/// The specification's own examples resolve. What is wrong in them by the specification's text is read as it was meant,
/// and each such place is a warning in the snapshot.
#[rstest]
fn an_example_of_the_specification_resolves(
    #[files("tests/fixtures/arazzo/spec-examples/*arazzo.yaml")] path: PathBuf,
) {
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    let name = file_name(&path);
    let document = Document::parse(&text).expect("the example is YAML");
    let library = spec_library();
    let plan = resolve(&document, &name, &library).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(plan.workflows.iter().all(|workflow| !workflow.steps.is_empty()));

    let problems = lint(&document, &name, &library);
    assert!(problems.iter().all(|problem| problem.severity == Severity::Warning));
    let shown = if problems.is_empty() { "nothing to say\n".to_owned() } else { problems.render(&name, Some(&text)) };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/arazzo/spec-sources");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name.trim_end_matches(".yaml"), shown));
}

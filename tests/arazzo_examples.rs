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

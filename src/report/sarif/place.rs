//! Where a result is, and what it is recognised by in the next run.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{SHA256, digest};

use crate::engine::{CaseRecord, StepRecord};
use crate::verdict::{Finding, Place};

use super::super::group::Group;
use super::super::scenario_file;
use super::super::written::export;
use super::Told;
use super::log::{ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region, Text};

/// The base of the embedded scenarios, which are in no repository of the user's.
pub(super) const OURS: &str = "STOREPROOF";
/// The base of the user's files; the name that consumers know for the root of a repository.
const ROOT: &str = "%SRCROOT%";

/// What stands in a path as it is (RFC 3986, 3.3).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

impl Told<'_> {
    /// The step in its file, and beside it the operation and the place in the exchange.
    pub(super) fn location(&self, case: &CaseRecord, step: &StepRecord, finding: &Finding) -> Location {
        let operation = step.operation.as_deref().map(|operation| self.words(operation));
        let mut logical = Vec::new();
        if let Some(operation) = &operation {
            logical.push(LogicalLocation {
                name: operation.clone(),
                fully_qualified_name: operation.clone(),
                kind: "function",
            });
        }
        let name = self.words(&finding.place.to_string());
        let kind = match finding.place {
            Place::Body(_) => "property",
            Place::Query(_) => "parameter",
            Place::Header(_) => "attribute",
            _ => "element",
        };
        let whole = operation.map_or(name.clone(), |operation| format!("{operation} {name}"));
        logical.push(LogicalLocation { name, fully_qualified_name: whole, kind });
        Location {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: self.file(case),
                region: Region { start_line: step.spot.line.max(1), start_column: step.spot.column.max(1) },
            },
            logical_locations: logical,
            message: None,
        }
    }

    fn file(&self, case: &CaseRecord) -> ArtifactLocation {
        let name = scenario_file(&case.name);
        let (path, base) = match self.background.reproduce.own_file(case) {
            Some(path) => (path, Some(ROOT)),
            None if name != *case.name => (name, Some(OURS)),
            // A file outside of the repository has no base that a reader would know.
            None => (name.replace('\\', "/"), None),
        };
        let path = self.redactor.text(&path);
        let description = export(self.background, case, self.redactor)
            .map(|command| Text::new(format!("The case is computed and stands in no file; `{command}` writes it.")));
        let scheme = if base.is_none() && path.starts_with('/') { "file://" } else { "" };
        let uri = format!("{scheme}{}", utf8_percent_encode(&path, PATH));
        ArtifactLocation { uri: Some(uri), uri_base_id: base, description }
    }

    /// What makes it the same in the next run: case, step, rule and place, and no value of an answer.
    pub(super) fn fingerprint(&self, case: &CaseRecord, group: &Group<'_>) -> String {
        let parts = [&*case.name, &group.step.id, &group.key.lasting()].map(|part| self.redactor.text(part));
        let hash = digest(&SHA256, parts.join("\0").as_bytes());
        hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

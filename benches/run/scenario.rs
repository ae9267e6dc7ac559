//! The scenarios that are measured, written to a folder of their own.

use std::fmt::{self, Write as _};
use std::path::Path;

use tempfile::TempDir;

use super::Outcome;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Calls of KT Cloud Biz Store: an application, then states.
    Signed,
    /// Calls of a plain OpenAPI document.
    Plain,
}

impl Work {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Plain => "plain",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Signed, Self::Plain].into_iter().find(|work| work.name() == name)
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The state of a customer, and the items of the plain document: the same members, the same limits.
pub(crate) const STATE_SCHEMA: &str = r##"{
  "type": "object",
  "required": ["mem-sq", "reg-date", "install-complete-date", "status", "service-manager", "service-engineer"],
  "properties": {
    "mem-sq": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    "license-start-date": {"$ref": "#/$defs/day"},
    "reg-date": {"$ref": "#/$defs/day"},
    "install-complete-date": {"$ref": "#/$defs/day"},
    "status": {"type": "string", "enum": ["0", "1", "98", "99"]}
  },
  "$defs": {
    "day": {"anyOf": [{"type": "string"}, {"type": "integer"}]}
  }
}"##;

/// The folder of the scenarios; it goes with this value.
pub(crate) struct Files {
    folder: TempDir,
}

impl Files {
    pub(crate) fn new() -> Outcome<Self> {
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("items.json"), items())?;
        Ok(Self { folder })
    }

    /// Writes a scenario of so many steps; files of other numbers are other cases.
    pub(crate) fn write(&self, work: Work, steps: usize, number: usize) -> Outcome<String> {
        let path = self.folder.path().join(format!("{work}-{steps}-{number}.arazzo.yaml"));
        let text = match work {
            Work::Signed => signed(steps),
            Work::Plain => plain(steps),
        };
        std::fs::write(&path, text)?;
        text_of(&path)
    }

    /// Writes any other file.
    pub(crate) fn keep(&self, name: &str, text: &str) -> Outcome<String> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text)?;
        text_of(&path)
    }
}

fn text_of(path: &Path) -> Outcome<String> {
    Ok(path.to_str().ok_or("the folder's name is no text")?.to_owned())
}

fn signed(steps: usize) -> String {
    let mut text = String::from(
        r#"arazzo: 1.0.1
info:
  title: A customer is applied for and its state asked for
  version: 1.0.0
  x-storeproof: { marketplace: kt-bizstore, dialect: bizstore-2.1.2 }
sourceDescriptions:
  - { name: bizstore, url: specs/kt-bizstore/bizstore-2.1.2.yaml, type: openapi }
workflows:
  - workflowId: states
    inputs:
      type: object
      properties:
        mem-sq: { type: string, x-storeproof: { generate: mem-sq } }
    steps:
      - stepId: apply
        operationId: applyCustomer
        parameters:
          - { name: mem-sq, in: path, value: $inputs.mem-sq }
        requestBody:
          contentType: application/json
          payload: { service-info: '2', license-states-cd: '0' }
        successCriteria:
          - condition: $statusCode == 201
"#,
    );
    for step in 1..steps {
        let _ = write!(
            text,
            "      - stepId: state-{step}
        operationId: getStatus
        parameters:
          - {{ name: mem-sq, in: path, value: $inputs.mem-sq }}
        successCriteria:
          - condition: $statusCode == 200
          - condition: $response.body#/status == '1'
"
        );
    }
    text
}

fn plain(steps: usize) -> String {
    let mut text = String::from(
        r"arazzo: 1.0.1
info: { title: One item is asked for again and again, version: 1.0.0 }
sourceDescriptions:
  - { name: items, url: items.json, type: openapi }
workflows:
  - workflowId: items
    inputs:
      type: object
      properties:
        item: { type: string, default: M12345 }
    steps:
",
    );
    for step in 0..steps {
        let _ = write!(
            text,
            "      - stepId: item-{step}
        operationId: getItem
        parameters:
          - {{ name: item, in: path, value: $inputs.item }}
        successCriteria:
          - condition: $statusCode == 200
          - condition: $response.body#/status == '1'
"
        );
    }
    text
}

/// The OpenAPI document of the plain scenario.
fn items() -> String {
    let schema = STATE_SCHEMA.replace("#/$defs/day", "#/components/schemas/day");
    let (schema, _) = schema.split_once(",\n  \"$defs\"").unwrap_or((&schema, ""));
    format!(
        r##"{{
  "openapi": "3.0.3",
  "info": {{ "title": "Items", "version": "1" }},
  "paths": {{
    "/items/{{item}}": {{
      "get": {{
        "operationId": "getItem",
        "parameters": [{{ "name": "item", "in": "path", "required": true, "schema": {{ "type": "string" }} }}],
        "responses": {{
          "200": {{ "description": "The item", "content": {{ "application/json": {{ "schema": {schema} }} }} }} }}
        }}
      }}
    }}
  }},
  "components": {{
    "schemas": {{ "day": {{ "anyOf": [{{ "type": "string" }}, {{ "type": "integer" }}] }} }}
  }}
}}
"##
    )
}

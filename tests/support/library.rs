//! A library that reads its sources from a folder.
//!
//! The OpenAPI documents are read by a small stand-in that knows what resolving a scenario needs: operations with
//! their parameters, content types, answers and signature recipes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use storeproof::scenario::{Library, plan::Plan, resolve};
use storeproof::spec::{
    Answer, Body, Caller, Document, Interface, Media, Operation, Parameter, ParameterPlace, Schema, StatusRange, Style,
};

/// Sources in a folder; some urls may stand for other files.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    instead: HashMap<&'static str, &'static str>,
    read: RefCell<HashMap<String, Arc<Interface>>>,
}

impl Folder {
    /// The folder at a path below the crate.
    pub(crate) fn new(path: &str) -> Self {
        Self {
            path: Path::new(env!("CARGO_MANIFEST_DIR")).join(path),
            instead: HashMap::new(),
            read: RefCell::default(),
        }
    }

    /// The same with a file that is read for a url.
    pub(crate) fn with(mut self, url: &'static str, file: &'static str) -> Self {
        self.instead.insert(url, file);
        self
    }

    fn document(&self, url: &str) -> Result<Document, String> {
        let file = self.instead.get(url).copied().unwrap_or(url.trim_start_matches("./"));
        let bytes = std::fs::read(self.path.join(file)).map_err(|_| format!("there is no file {file}"))?;
        Document::from_bytes(&bytes).map_err(|error| error.to_string())
    }
}

fn names(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

impl Library for Folder {
    fn interface(&self, url: &str) -> Result<Arc<Interface>, String> {
        if let Some(known) = self.read.borrow().get(url) {
            return Ok(Arc::clone(known));
        }
        let interface = Arc::new(interface(&self.document(url)?.value));
        self.read.borrow_mut().insert(url.to_owned(), Arc::clone(&interface));
        Ok(interface)
    }

    fn plan(&self, url: &str) -> Result<Arc<Plan>, String> {
        resolve(&self.document(url)?, url, self).map(Arc::new).map_err(|problems| problems.to_string())
    }

    fn known_mistakes(&self, _recipe: &str) -> Option<Vec<String>> {
        names(&["missing-token", "other-key", "too-old"])
    }

    fn known_generators(&self, _marketplace: &str) -> Option<Vec<String>> {
        names(&["customer-key", "order-id"])
    }

    fn known_requirements(&self) -> Option<Vec<String>> {
        names(&["DEMO-AUTH", "DEMO-STATUS"])
    }

    fn known_checks(&self, _marketplace: &str) -> Option<Vec<String>> {
        names(&["month-to-date"])
    }

    fn known_forms(&self) -> Option<Vec<String>> {
        names(&["uuid", "timestamp"])
    }
}

/// Follows a reference inside of a document.
fn followed<'v>(root: &'v Value, value: &'v Value) -> &'v Value {
    let target = value.get("$ref").and_then(Value::as_str).and_then(|text| root.pointer(text.strip_prefix('#')?));
    target.unwrap_or(value)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn interface(root: &Value) -> Interface {
    let info = &root["info"];
    let extension = &info["x-storeproof"];
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for (method, described) in item.as_object().into_iter().flatten() {
            if matches!(method.as_str(), "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace") {
                operations.push(Arc::new(operation(root, path, method, item, described)));
            }
        }
    }
    Interface {
        title: text(info, "title").unwrap_or_default(),
        version: text(info, "version").unwrap_or_default(),
        marketplace: text(extension, "marketplace"),
        dialect: text(extension, "dialect"),
        caller: if extension["caller"] == "vendor" { Caller::Vendor } else { Caller::Marketplace },
        operations,
    }
}

fn operation(root: &Value, path: &str, method: &str, item: &Value, described: &Value) -> Operation {
    let both = [&described["parameters"], &item["parameters"]];
    let parameters = both.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
    let signatures = described["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
    Operation {
        id: text(described, "operationId").unwrap_or_else(|| format!("{} {path}", method.to_uppercase())),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(described, "summary"),
        parameters: parameters.map(|one| parameter(followed(root, one))).collect(),
        body: described.get("requestBody").map(|body| {
            let body = followed(root, body);
            Body { required: body["required"] == json!(true), content: content(root, body) }
        }),
        answers: described["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(code, one)| answer(root, code, one))
            .collect(),
        signatures: signatures
            .flat_map(|schemes| schemes.keys())
            .filter_map(|scheme| {
                let scheme = &root["components"]["securitySchemes"][scheme];
                text(&scheme["x-storeproof"], "signature")
            })
            .collect(),
    }
}

fn parameter(described: &Value) -> Parameter {
    let place = match described["in"].as_str() {
        Some("path") => ParameterPlace::Path,
        Some("header") => ParameterPlace::Header,
        Some("cookie") => ParameterPlace::Cookie,
        _ => ParameterPlace::Query,
    };
    Parameter {
        name: text(described, "name").unwrap_or_default(),
        place,
        required: described["required"] == json!(true),
        style: Style::Simple,
        explode: false,
        schema: None,
    }
}

fn answer(root: &Value, code: &str, described: &Value) -> Answer {
    let described = followed(root, described);
    let status = match (code.parse(), code.strip_suffix("XX").and_then(|class| class.parse().ok())) {
        (Ok(code), _) => StatusRange::Code(code),
        (_, Some(class)) => StatusRange::Class(class),
        _ => StatusRange::Default,
    };
    let description = text(described, "description").unwrap_or_default();
    Answer { status, description, headers: Vec::new(), content: content(root, described) }
}

fn content(root: &Value, described: &Value) -> Vec<Media> {
    let content = described["content"].as_object().into_iter().flatten();
    let media = content.map(|(media_type, media)| {
        let schema = media.get("schema").map(|schema| {
            let mut schema = schema.clone();
            if let (Some(schema), Some(components)) = (schema.as_object_mut(), root.get("components")) {
                schema.insert("components".to_owned(), components.clone());
            }
            Schema::new(schema)
        });
        Media { media_type: media_type.clone(), schema }
    });
    media.collect()
}

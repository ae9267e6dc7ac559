//! Source descriptions: the interfaces and documents that a scenario names.

use std::collections::HashSet;
use std::sync::Arc;

use super::Context;
use super::fields::Node;
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Plan, Source, SourceKind};
use crate::scenario::problem::What;
use crate::spec::Interface;

/// A source description and what was found at its `url`.
pub(super) struct Origin {
    pub(super) name: String,
    pub(super) url: String,
    /// `None` when it could not be loaded; that has been reported.
    pub(super) kind: Option<SourceKind>,
}

impl Origin {
    pub(super) fn source(&self) -> Option<Source> {
        Some(Source { name: self.name.clone(), url: self.url.clone(), kind: self.kind.clone()? })
    }

    pub(super) fn interface(&self) -> Option<&Arc<Interface>> {
        match &self.kind {
            Some(SourceKind::OpenApi(interface)) => Some(interface),
            _ => None,
        }
    }

    pub(super) fn plan(&self) -> Option<&Arc<Plan>> {
        match &self.kind {
            Some(SourceKind::Arazzo(plan)) => Some(plan),
            _ => None,
        }
    }
}

impl<'d> Context<'d> {
    pub(super) fn read_sources(&self, root: &Node<'d>) -> Vec<Origin> {
        let mut seen = HashSet::new();
        let mut origins = Vec::new();
        for node in self.required_list(root, "the document", "sourceDescriptions") {
            if self.mapping(&node, "a Source Description Object", &["name", "url", "type"]).is_none() {
                continue;
            }
            let name = self.required_text(&node, "the source description", "name");
            let url = self.required_text(&node, "the source description", "url");
            if let Some((node, name)) = &name {
                self.unique(&mut seen, node, "the source description", name);
            }
            let kind = self.text(&node, "type");
            let kind = match (kind, &url) {
                (Some((_, kind @ ("openapi" | "arazzo"))), _) => kind,
                (Some((node, other)), _) => {
                    let what =
                        What::WrongChoice { name: "type of source description".to_owned(), found: other.to_owned() };
                    self.error_near(&node, what, nearby(other, ["openapi", "arazzo"]));
                    continue;
                }
                // The type is optional; the name of the file is all there is to tell it from.
                (None, Some((_, url))) if url.contains(".arazzo.") => "arazzo",
                (None, _) => "openapi",
            };
            let (Some((_, name)), Some((url_node, url))) = (name, url) else { continue };
            let loaded = match kind {
                "arazzo" => self.library.plan(url).map(SourceKind::Arazzo),
                _ => self.library.interface(url).map(SourceKind::OpenApi),
            };
            let kind = loaded.map_err(|why| self.error(&url_node, What::Source { name: name.to_owned(), why })).ok();
            origins.push(Origin { name: name.to_owned(), url: url.to_owned(), kind });
        }
        origins
    }

    /// Position of a source by its name, with an error if there is none.
    pub(super) fn origin(&self, node: &Node<'_>, name: &str) -> Option<usize> {
        let found = self.origins.iter().position(|origin| origin.name == name);
        if found.is_none() {
            let what = What::Unknown { kind: "source description", name: name.to_owned(), of: String::new() };
            self.error_near(node, what, nearby(name, self.origins.iter().map(|origin| origin.name.as_str())));
        }
        found
    }

    /// Whether a name may be missing only because its source is.
    pub(super) fn misses_a_source(&self) -> bool {
        self.origins.is_empty() || self.origins.iter().any(|origin| origin.kind.is_none())
    }
}

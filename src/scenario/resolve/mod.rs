//! From a document to a [`Plan`]: every name looked up, every expression and condition read, all problems collected.
//!
//! The ids, inputs and outputs of the whole document are gathered first ([`outline`]), so that expressions may refer
//! forward; then workflows are built one by one. What can be seen only from the finished steps (what leads where, what
//! can have run before) is judged last ([`flow`], [`rings`]).
//!
//! Documents of a marketplace are read strictly. In other people's documents a few slips that leave one reading only
//! are read as they were meant, with a warning ([`repair`]); the specification's own examples have them.

mod actions;
mod applies;
mod body;
mod criteria;
mod derived;
mod exec;
mod extension;
mod fields;
mod flow;
mod inputs;
mod outline;
mod parameters;
mod references;
mod repair;
mod rings;
mod schemas;
mod sources;
mod steps;
mod targets;
mod values;

use std::cell::RefCell;

use fields::Node;
use outline::Outline;
use references::Deferred;
use serde_json::Value;
use sources::Origin;

use super::library::Library;
use super::plan::Plan;
use super::problem::{Problem, Problems, What};
use crate::scenario::nearby::nearby;
use crate::spec::{Caller, Document};

/// Resolves a document into a plan.
///
/// `name` is the case's name. The error holds every problem of the document, warnings included; warnings alone are no
/// error (see [`lint`]).
pub fn resolve(document: &Document, name: &str, library: &dyn Library) -> Result<Plan, Problems> {
    match examine(document, name, library) {
        (Some(plan), problems) if !problems.has_errors() => Ok(plan),
        (_, problems) => Err(problems),
    }
}

/// All problems of a document, with the warnings of one that can be played.
pub fn lint(document: &Document, name: &str, library: &dyn Library) -> Problems {
    examine(document, name, library).1
}

/// The plan as far as there is one, and all problems.
pub fn examine(document: &Document, name: &str, library: &dyn Library) -> (Option<Plan>, Problems) {
    let mut context = Context {
        document,
        library,
        origins: Vec::new(),
        marketplace: None,
        outline: Outline::default(),
        problems: RefCell::default(),
        deferred: RefCell::default(),
        implied: RefCell::default(),
    };
    let plan = context.plan(name);
    (plan, Problems::new(context.problems.into_inner()))
}

/// Stands for values that are not there.
static NOTHING: Value = Value::Null;

/// What is known while a document is read.
struct Context<'d> {
    document: &'d Document,
    library: &'d dyn Library,
    /// Source descriptions, those that could not be loaded included.
    origins: Vec<Origin>,
    /// The marketplace whose interface is called.
    marketplace: Option<String>,
    outline: Outline<'d>,
    problems: RefCell<Vec<Problem>>,
    /// Expressions whose value depends on what runs before.
    deferred: RefCell<Vec<Deferred>>,
    /// Outputs that a step does not declare and that were read from its answer nevertheless.
    implied: RefCell<Vec<repair::Implied>>,
}

const ROOT_KEYS: [&str; 5] = ["arazzo", "info", "sourceDescriptions", "workflows", "components"];

impl<'d> Context<'d> {
    /// Whether the document is a marketplace's scenario rather than anybody's.
    fn is_strict(&self) -> bool {
        self.marketplace.is_some()
    }

    fn root(&self) -> Node<'d> {
        Node { value: &self.document.value, pointer: String::new() }
    }

    fn plan(&mut self, name: &str) -> Option<Plan> {
        let root = self.root();
        self.mapping(&root, "an Arazzo document", &ROOT_KEYS)?;
        self.version(&root);
        let info = self.info(&root);
        self.origins = self.read_sources(&root);
        let (marketplace, dialect) = self.settle_marketplace(&info);
        self.marketplace.clone_from(&marketplace);
        let applies = info.extension.as_ref().map(|node| self.applies(node)).unwrap_or_default();
        self.outline = self.read_outline(&root);
        self.settle_targets();
        self.read_unused_components();
        let mut workflows = self.workflows();
        repair::add_implied(&mut workflows, &self.implied.borrow());
        self.judge_flow(&workflows);
        let varies = info.extension.as_ref().and_then(|node| self.varies(node, &workflows));
        let sources = self.origins.iter().filter_map(Origin::source).collect();
        Some(Plan {
            name: name.to_owned(),
            title: info.title,
            summary: info.summary,
            marketplace,
            dialect,
            applies,
            varies,
            sources,
            workflows,
            components: Vec::new(),
        })
    }

    fn version(&self, root: &Node<'d>) {
        let Some((node, version)) = self.required_text(root, "the document", "arazzo") else { return };
        let patch = version.strip_prefix("1.0.").unwrap_or_default();
        let digits = patch.split('-').next().unwrap_or_default();
        if digits.is_empty() || !digits.chars().all(|char| char.is_ascii_digit()) {
            self.error(&node, What::Version(version.to_owned()));
        }
    }

    fn info(&self, root: &Node<'d>) -> Info<'d> {
        let mut read = Info::default();
        let Some(info) = root.get("info") else {
            self.error(root, What::MissingField { object: "the document", field: "info" });
            return read;
        };
        let keys = ["title", "summary", "description", "version", "x-storeproof"];
        if self.mapping(&info, "the Info Object", &keys).is_none() {
            return read;
        }
        read.title = self.required_text(&info, "`info`", "title").map(|(_, text)| text.to_owned()).unwrap_or_default();
        self.required_text(&info, "`info`", "version");
        let summary = self.text(&info, "summary");
        let description = self.text(&info, "description");
        read.summary = summary.or(description).map(|(_, text)| text.trim().to_owned());
        let keys = ["marketplace", "dialect", "applies", "varies"];
        if let Some(extension) = info.get("x-storeproof")
            && self.mapping(&extension, "`x-storeproof` of `info`", &keys).is_some()
        {
            read.marketplace = self.text(&extension, "marketplace");
            read.dialect = self.text(&extension, "dialect");
            read.extension = Some(extension);
        }
        read
    }

    /// The marketplace and dialect: what `info` says, else what the called interfaces say. An interface that the vendor
    /// calls, beside one that the marketplace calls, only says what can be waited for.
    fn settle_marketplace(&self, info: &Info<'d>) -> (Option<String>, Option<String>) {
        let all = || self.origins.iter().filter_map(Origin::interface);
        let is_called = all().any(|one| one.caller == Caller::Marketplace);
        let interfaces = || all().filter(move |one| !is_called || one.caller == Caller::Marketplace);
        let mut marketplaces: Vec<&str> = interfaces().filter_map(|one| one.marketplace.as_deref()).collect();
        marketplaces.dedup();
        if let Some((node, wanted)) = &info.marketplace {
            if !marketplaces.is_empty() && !marketplaces.contains(wanted) {
                let what = What::Lacks {
                    owner: "the document".to_owned(),
                    kind: "source description of the marketplace",
                    name: (*wanted).to_owned(),
                };
                self.error_near(node, what, nearby(wanted, marketplaces.iter().copied()));
            }
            marketplaces = vec![wanted];
        }
        let marketplace = marketplaces.first().map(|name| (*name).to_owned());
        let of_interface = interfaces()
            .filter(|one| one.marketplace == marketplace && one.marketplace.is_some())
            .find_map(|one| one.dialect.clone());
        let dialect = info.dialect.as_ref().map(|(_, dialect)| (*dialect).to_owned()).or(of_interface);
        (marketplace, dialect)
    }
}

/// What `info` says.
#[derive(Default)]
struct Info<'d> {
    title: String,
    summary: Option<String>,
    marketplace: Option<(Node<'d>, &'d str)>,
    dialect: Option<(Node<'d>, &'d str)>,
    extension: Option<Node<'d>>,
}

//! Scenarios and the documents they name, from files and from the binary.
//!
//! An embedded scenario names its interface as its file in the source tree does (`../../../specs/…`). A user's file may
//! do the same although the user has no such tree: where no file stands at the address, the embedded document of that
//! path is taken. `--specs` puts a folder in the place of the embedded ones. Nothing is fetched from the network.

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::files;
use crate::check::snapshot::Form;
use crate::market;
use crate::scenario::plan::Plan;
use crate::scenario::{Library, Problems, lint, resolve};
use crate::spec::{Document, Interface, embedded};
use crate::verdict::Catalogue;

/// Why a scenario cannot be played; the text points at the place.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(pub String);

/// Where a scenario comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The binary; the path in the source tree.
    Embedded(&'static str),
    /// Made here; the path in the source tree at which it would stand.
    Computed(String),
    /// A file of the user's.
    File(PathBuf),
}

impl Origin {
    /// The same for every way of writing it: a ring of documents may go through `..` and links.
    fn place(&self) -> Self {
        match self {
            Self::File(path) => Self::File(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())),
            of_ours => of_ours.clone(),
        }
    }
}

/// Loads scenarios.
pub struct Loader {
    /// A folder that takes the place of the embedded `specs/`.
    specs: Option<PathBuf>,
    catalogue: Arc<Catalogue>,
}

impl Loader {
    /// A loader; `catalogue` holds every requirement that a scenario may name.
    pub fn new(specs: Option<PathBuf>, catalogue: Arc<Catalogue>) -> Self {
        Self { specs, catalogue }
    }

    /// The scenario of this origin under this name.
    pub fn plan(&self, origin: &Origin, name: &str) -> Result<Arc<Plan>, LoadError> {
        let (document, shown, text) = self.document(origin)?;
        let shelf = Shelf { loader: self, origin, above: RefCell::new(vec![origin.place()]) };
        match resolve(&document, name, &shelf) {
            Ok(plan) => Ok(Arc::new(plan)),
            Err(problems) => Err(LoadError(problems.render(&shown, Some(&text)))),
        }
    }

    /// The plan of a document that stands in no file. It names interfaces as an embedded scenario of this name does.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn plan_of(&self, document: &Document, name: &str) -> Result<Arc<Plan>, Problems> {
        self.plan_at(document, &Origin::Computed(format!("scenarios/{name}.arazzo.yaml")), name)
    }

    /// The plan of a document as if it stood there. It names interfaces from that place.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn plan_at(&self, document: &Document, origin: &Origin, name: &str) -> Result<Arc<Plan>, Problems> {
        let shelf = Shelf { loader: self, origin, above: RefCell::new(Vec::new()) };
        resolve(document, name, &shelf).map(Arc::new)
    }

    /// The text of a scenario as a value.
    ///
    /// # Errors
    ///
    /// When there is none, or it is neither YAML nor JSON.
    pub fn value(&self, origin: &Origin) -> Result<Value, LoadError> {
        self.document(origin).map(|(document, ..)| document.value)
    }

    /// Everything that is wrong with a scenario, warnings included, as text; empty when it is sound.
    pub fn lint(&self, origin: &Origin, name: &str) -> Result<(Problems, String), LoadError> {
        let (document, shown, text) = self.document(origin)?;
        let shelf = Shelf { loader: self, origin, above: RefCell::new(vec![origin.place()]) };
        let problems = lint(&document, name, &shelf);
        let rendered = problems.render(&shown, Some(&text));
        Ok((problems, rendered))
    }

    fn document(&self, origin: &Origin) -> Result<(Document, String, String), LoadError> {
        match origin {
            Origin::Embedded(path) => {
                let file = embedded::file(path).ok_or_else(|| LoadError(format!("{path} is not in this binary")))?;
                Ok((file.document(), (*path).to_owned(), file.text.to_owned()))
            }
            // Its document was handed over.
            Origin::Computed(path) => Err(LoadError(format!("{path} stands in no file"))),
            Origin::File(path) => {
                let shown = path.display().to_string();
                let bytes = files::bytes(path).map_err(|error| LoadError(error.to_string()))?;
                let document = Document::from_bytes(&bytes).map_err(|error| {
                    LoadError(format!("{shown}:{}:{}: {}", error.position.line, error.position.column, error.problem))
                })?;
                Ok((document, shown, String::from_utf8_lossy(&bytes).into_owned()))
            }
        }
    }

    /// The interface at a path of the source tree, such as `specs/kt-bizstore/bizstore-2.1.2.yaml`.
    fn embedded_interface(&self, path: &str) -> Option<Result<Arc<Interface>, String>> {
        let below = path.strip_prefix("specs/")?;
        if let Some(folder) = &self.specs {
            let file = folder.join(below);
            return Some(interface_of(&file));
        }
        embedded::interface(below.strip_suffix(".yaml")?).map(Ok)
    }
}

/// An OpenAPI document of the user's.
pub fn interface_of(file: &Path) -> Result<Arc<Interface>, String> {
    let bytes = files::bytes(file).map_err(|error| error.to_string())?;
    let shown = file.display().to_string();
    let document = Document::from_bytes(&bytes)
        .map_err(|error| format!("{shown}:{}:{}: {}", error.position.line, error.position.column, error.problem))?;
    Interface::from_document(&document).map(Arc::new).map_err(|problems| problems.in_file(&shown))
}

/// What one scenario may name, seen from where it stands.
struct Shelf<'a> {
    loader: &'a Loader,
    origin: &'a Origin,
    /// The documents that led here, so that one that names itself is found.
    above: RefCell<Vec<Origin>>,
}

impl Shelf<'_> {
    fn find(&self, url: &str) -> Result<Place, String> {
        if url.contains("://") {
            return Err(format!("{url} is not fetched: documents are read from files; save it and name the file"));
        }
        let path = match self.origin {
            Origin::Embedded(path) => path,
            Origin::Computed(path) => path.as_str(),
            Origin::File(scenario) => return self.find_beside(scenario, url),
        };
        let place = normal(&Path::new(path).parent().unwrap_or(Path::new("")).join(url));
        match self.origin {
            // One that was a file of the user's says like any other which embedded document is meant.
            Origin::Computed(_) if embedded::file(&place).is_none() => Ok(Place::InTree(tail(url).unwrap_or(place))),
            _ => Ok(Place::InTree(place)),
        }
    }

    /// A file, or the embedded document that is meant where there is none.
    fn find_beside(&self, scenario: &Path, url: &str) -> Result<Place, String> {
        let file = scenario.parent().unwrap_or(Path::new("")).join(url);
        if file.exists() {
            return Ok(Place::File(file));
        }
        match tail(url).filter(|path| self.loader.embedded_interface(path).is_some()) {
            Some(path) => Ok(Place::InTree(path)),
            None => Err(format!("{} does not exist", file.display())),
        }
    }
}

enum Place {
    InTree(String),
    File(PathBuf),
}

/// Only the part from `specs/` on says which embedded document is meant.
fn tail(url: &str) -> Option<String> {
    let written = normal(Path::new(url));
    written.find("specs/").map(|at| written[at..].to_owned())
}

/// A path without `.` and `..`, with `/` between its parts.
fn normal(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    parts.join("/")
}

impl Library for Shelf<'_> {
    fn interface(&self, url: &str) -> Result<Arc<Interface>, String> {
        match self.find(url)? {
            Place::InTree(path) => match self.loader.embedded_interface(&path) {
                Some(interface) => interface,
                None => {
                    let known: Vec<&str> = embedded::interface_texts().map(|file| file.path).collect();
                    Err(format!("{path} is not in this binary; it has {}", known.join(", ")))
                }
            },
            Place::File(file) => interface_of(&file),
        }
    }

    fn plan(&self, url: &str) -> Result<Arc<Plan>, String> {
        let origin = match self.find(url)? {
            Place::File(file) => Origin::File(file),
            Place::InTree(path) => match embedded::scenarios().find(|file| file.path == path) {
                Some(file) => Origin::Embedded(file.path),
                None => return Err(format!("{path} is not in this binary")),
            },
        };
        let place = origin.place();
        if self.above.borrow().contains(&place) {
            return Err(format!("{url} leads back to a document that names it"));
        }
        let (document, shown, text) = self.loader.document(&origin).map_err(|error| error.to_string())?;
        let mut above = self.above.borrow().clone();
        above.push(place);
        let shelf = Shelf { loader: self.loader, origin: &origin, above: RefCell::new(above) };
        resolve(&document, url, &shelf).map(Arc::new).map_err(|problems| problems.render(&shown, Some(&text)))
    }

    fn known_mistakes(&self, recipe: &str) -> Option<Vec<String>> {
        market::known_mistakes(recipe)
    }

    fn known_generators(&self, marketplace: &str) -> Option<Vec<String>> {
        market::known_generators(marketplace)
    }

    fn known_traits(&self, marketplace: &str) -> Option<Vec<(String, Vec<String>)>> {
        let traits = market::traits(marketplace).iter();
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Some(traits.map(|&(name, values)| (name.to_owned(), words(values))).collect())
    }

    fn known_requirements(&self) -> Option<Vec<String>> {
        Some(self.loader.catalogue.iter().map(|requirement| requirement.id.to_string()).collect())
    }

    fn known_forms(&self) -> Option<Vec<String>> {
        Some(Form::ALL.iter().map(|form| form.name().to_owned()).collect())
    }
}

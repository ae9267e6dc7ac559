//! Snapshot files: where they are, how they are written, what is pending.
//!
//! Files have the format of the `insta` crate (front matter in YAML, then the contents), so `cargo insta review
//! --workspace-root .` reviews them too. `<root>/snapshots/<marketplace>/<case>/<step>.snap` is the reviewed answer,
//! `….snap.new` beside it one that nobody has reviewed. A [`Store`] is made once a run; each case takes its own
//! [`CaseSnapshots`], so cases can be played side by side.

mod file;
mod path;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::check::snapshot::{Comparison, compare};

pub use file::{Snapshot, SnapshotError};

/// Folder of the snapshots below the root.
const FOLDER: &str = "snapshots";

/// What is done about answers that differ from what was reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are reported; nothing is written.
    Check,
    /// They are reported and kept as `.snap.new` for review.
    Review,
    /// They become the reviewed snapshots.
    Accept,
    /// Snapshots are neither taken nor read.
    Off,
}

impl Mode {
    /// The mode that holds in a continuous-integration run: nothing is written there, whatever was asked for.
    #[must_use]
    pub fn in_ci(self) -> Self {
        match self {
            Self::Check | Self::Review | Self::Accept => Self::Check,
            Self::Off => Self::Off,
        }
    }
}

/// The snapshots of one workspace.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    mode: Mode,
}

/// What became of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Snapshots are off.
    Off,
    /// It is as reviewed.
    Same,
    /// Nobody has reviewed it.
    Unreviewed {
        /// Name of the snapshot: its path below the root, with `/`, such as
        /// `snapshots/kt-bizstore/lifecycle/first-month/register.snap`.
        name: String,
        /// Whether it is new or differs, never `Same`.
        comparison: Comparison,
    },
    /// It was new or different and has become the reviewed one.
    Accepted {
        /// Name of the snapshot.
        name: String,
    },
}

/// Where an answer comes from; kept in the file for whoever reviews it.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The scenario file as the report names it.
    pub source: String,
    /// Line of the step in it, counted from 1.
    pub line: usize,
    /// What was called: operation or step.
    pub expression: String,
    /// The step's description.
    pub description: Option<String>,
}

impl Store {
    /// The snapshots below `root`, the folder of the user's `storeproof.toml`.
    pub fn new(root: impl Into<PathBuf>, mode: Mode) -> Self {
        Self { root: root.into(), mode }
    }

    /// The snapshots of one case. `marketplace` is `None` for a plain document.
    pub fn case(&self, marketplace: Option<&str>, case: &str) -> CaseSnapshots {
        let folder = Path::new(FOLDER).join(path::case_folder(marketplace, case));
        CaseSnapshots { store: self.clone(), folder, used: BTreeSet::new() }
    }

    /// Reviewed snapshots that no step of a run has referred to, as names, each with the scenario that it came from.
    pub fn unreferenced(&self, referenced: &BTreeSet<String>) -> Result<Vec<(String, Option<String>)>, SnapshotError> {
        let mut unreferenced = Vec::new();
        for path in files(&self.root.join(FOLDER), ".snap")? {
            let name = name_of(&self.root, &path);
            if !referenced.contains(&name) {
                let source = Snapshot::load(&path)?.and_then(|snapshot| snapshot.source);
                unreferenced.push((name, source));
            }
        }
        Ok(unreferenced)
    }
}

/// The snapshots of one case while it is played.
#[derive(Clone, Debug)]
pub struct CaseSnapshots {
    store: Store,
    folder: PathBuf,
    /// Names that were given out, so that a step played twice gets two.
    used: BTreeSet<String>,
}

impl CaseSnapshots {
    /// Compares an answer with its reviewed snapshot, and writes what the mode asks for.
    ///
    /// A step played again in the same case is compared with `<step>-2.snap`, and so on. Attempts that a later one
    /// superseded have no snapshot: do not call this for them.
    pub fn compare(&mut self, step: &str, contents: &str, origin: &Origin) -> Result<Compared, SnapshotError> {
        if self.store.mode == Mode::Off {
            return Ok(Compared::Off);
        }
        let relative = self.folder.join(self.file_name(step));
        let name = slashed(&relative);
        self.used.insert(name.clone());
        let reviewed = self.store.root.join(&relative);
        let pending = reviewed.with_extension("snap.new");
        let stored = Snapshot::load(&reviewed)?;
        let comparison = compare(stored.as_ref().map(|stored| stored.contents.as_str()), contents);
        let snapshot = || Snapshot::new(origin, contents);
        match (&comparison, self.store.mode) {
            (_, Mode::Off) => Ok(Compared::Off),
            (Comparison::Same, Mode::Check) => Ok(Compared::Same),
            (Comparison::Same, _) => {
                file::remove(&pending)?;
                Ok(Compared::Same)
            }
            (_, Mode::Check) => Ok(Compared::Unreviewed { name, comparison }),
            (_, Mode::Review) => {
                snapshot().save_pending(&pending)?;
                Ok(Compared::Unreviewed { name, comparison })
            }
            (_, Mode::Accept) => {
                snapshot().save(&reviewed)?;
                file::remove(&pending)?;
                Ok(Compared::Accepted { name })
            }
        }
    }

    /// Reads all reviewed snapshots of the case, so that a broken file is told before anything is sent.
    pub fn check(&self) -> Result<(), SnapshotError> {
        for path in files(&self.store.root.join(&self.folder), ".snap")? {
            Snapshot::load(&path)?;
        }
        Ok(())
    }

    /// Names of all snapshots that the case has referred to.
    pub fn referenced(&self) -> &BTreeSet<String> {
        &self.used
    }

    fn file_name(&self, step: &str) -> String {
        let stem = path::segment(step);
        let named = |stem: &str| format!("{stem}.snap");
        let free = |name: &String| !self.used.contains(&slashed(&self.folder.join(name)));
        std::iter::once(named(&stem))
            .chain((2_u32..).map(|nth| named(&format!("{stem}-{nth}"))))
            .find(free)
            .expect("names without end are tried, and only some are used")
    }
}

/// An answer that waits for review.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Name of the snapshot that it would become.
    pub name: String,
    /// The answer.
    pub new: Snapshot,
    /// What was reviewed before, if anything.
    pub old: Option<Snapshot>,
    reviewed: PathBuf,
    pending: PathBuf,
}

impl Pending {
    /// Every answer below `root` that waits for review, by name.
    pub fn all(root: &Path) -> Result<Vec<Self>, SnapshotError> {
        let mut all = Vec::new();
        for pending in files(&root.join(FOLDER), ".snap.new")? {
            let reviewed = pending.with_extension("");
            // Gone since it was listed: someone else has reviewed it.
            let Some(new) = Snapshot::load(&pending)? else { continue };
            let old = Snapshot::load(&reviewed)?;
            all.push(Self { name: name_of(root, &reviewed), new, old, reviewed, pending });
        }
        Ok(all)
    }

    /// Makes it the reviewed snapshot.
    pub fn accept(&self) -> Result<(), SnapshotError> {
        self.new.save(&self.reviewed)?;
        file::remove(&self.pending)
    }

    /// Throws it away.
    pub fn reject(&self) -> Result<(), SnapshotError> {
        file::remove(&self.pending)
    }
}

/// Files below a folder whose names end so, in order. Symbolic links are not followed: they could lead anywhere.
#[expect(clippy::disallowed_methods, reason = "the folders of snapshots are listed here")]
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, SnapshotError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(SnapshotError::Io { path: folder, source }),
        };
        for entry in entries {
            let entry = entry.map_err(|source| SnapshotError::Io { path: folder.clone(), source })?;
            let kind = entry.file_type().map_err(|source| SnapshotError::Io { path: entry.path(), source })?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && entry.file_name().to_string_lossy().ends_with(ending) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn name_of(root: &Path, path: &Path) -> String {
    slashed(path.strip_prefix(root).unwrap_or(path))
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

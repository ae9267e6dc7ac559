//! The file in which marketplaces keep what they remember over a restart.
//!
//! It is written beside its place, flushed, and moved there, so that whoever kills the process at any moment finds the
//! old file or the new one and nothing in between. A file that is not understood is never replaced: its owner is told
//! what is wrong and where. One server at a time may use a file; a second one is refused by a lock beside it.
//!
//! ```json
//! { "kind": "storeproof state", "version": 1, "marketplaces": { "scp": { "ahead_ms": 0, "market": {} } } }
//! ```

#![expect(clippy::disallowed_types, reason = "this is where the state's file is opened, locked and flushed")]

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Stand;
use crate::market::Misfit;
use crate::spec::Document;

/// What `version` is in the files that are written here. It grows when an older storeproof would misread them.
const VERSION: u64 = 1;

/// What `kind` is, so that no other JSON file is taken for one of ours.
const KIND: &str = "storeproof state";

/// Why a state cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// Another server uses the file.
    #[error(
        "{}: another storeproof keeps its state there (it holds {}); end that one, or name another file",
        path.display(),
        lock.display()
    )]
    Taken {
        /// The file.
        path: PathBuf,
        /// The lock beside it.
        lock: PathBuf,
    },
    /// It is no file that could be replaced by another.
    #[error("{}: is no ordinary file", path.display())]
    NotAFile {
        /// What is there.
        path: PathBuf,
    },
    /// What is in it was not written by us, or is damaged.
    #[error(
        "{}{place}: {problem}; nothing was changed: put the file right, or move it away to begin with an empty state",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Line, column and JSON pointer, as far as known, beginning with a colon.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: String,
    version: u64,
    marketplaces: Map<String, Value>,
}

/// A state file that this process alone uses.
#[derive(Debug)]
pub struct StateFile {
    /// As the user named it.
    path: PathBuf,
    /// Where it is, links followed.
    place: PathBuf,
    /// By marketplace; those that are not served now keep what they have.
    marketplaces: Map<String, Value>,
    /// The text that is in the file.
    text: String,
    /// Held as long as this lives.
    _lock: File,
}

impl StateFile {
    /// Locks and reads a file; one that is not there yet is an empty state, and is made when there is something to keep.
    ///
    /// # Errors
    ///
    /// See [`StateError`].
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let system = |error| StateError::System { path: path.to_owned(), error };
        if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            return Err(StateError::NotAFile { path: path.to_owned() });
        }
        // A link keeps leading where it leads, and both of its names are one state.
        let place = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let lock_at = beside(&place, ".lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_at).map_err(system)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StateError::Taken { path: path.to_owned(), lock: lock_at });
            }
            Err(TryLockError::Error(error)) => return Err(system(error)),
        }
        let bytes = match std::fs::read(&place) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (path, marketplaces) = (path.to_owned(), Map::new());
                return Ok(Self { path, place, marketplaces, text: String::new(), _lock: lock });
            }
            Err(error) => return Err(system(error)),
        };
        let marketplaces = read(path, &bytes)?;
        let text = String::from_utf8(bytes).unwrap_or_default();
        Ok(Self { path: path.to_owned(), place, marketplaces, text, _lock: lock })
    }

    /// The file as the user named it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The marketplaces of which something is kept.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.marketplaces.keys().map(String::as_str)
    }

    /// Lets marketplaces go on from what was kept for them.
    ///
    /// # Errors
    ///
    /// When what was kept is not theirs; the file is untouched.
    pub fn resume(&self, stands: &[Arc<Stand>]) -> Result<(), StateError> {
        for stand in stands {
            if let Some(kept) = self.marketplaces.get(stand.name) {
                let below = format!("/marketplaces/{}", stand.name);
                stand.resume(kept).map_err(|misfit| damaged(&self.path, self.text.as_bytes(), misfit.below(&below)))?;
            }
        }
        Ok(())
    }

    /// Writes what these marketplaces remember; says whether it was another state than the one in the file.
    ///
    /// # Errors
    ///
    /// When the system refuses; the file is then the one from before.
    pub fn write(&mut self, stands: &[Arc<Stand>]) -> Result<bool, StateError> {
        for stand in stands {
            // Texts, numbers, lists and maps by text: JSON can hold all of it.
            let kept = serde_json::to_value(stand.kept()).unwrap_or_default();
            self.marketplaces.insert(stand.name.to_owned(), kept);
        }
        let marketplaces = std::mem::take(&mut self.marketplaces);
        let written = Written { kind: KIND.to_owned(), version: VERSION, marketplaces };
        let mut text = serde_json::to_string_pretty(&written).unwrap_or_default();
        text.push('\n');
        self.marketplaces = written.marketplaces;
        if text == self.text {
            return Ok(false);
        }
        replace(&self.place, text.as_bytes()).map_err(|error| StateError::System { path: self.path.clone(), error })?;
        self.text = text;
        Ok(true)
    }
}

/// The file's name with something behind it.
fn beside(place: &Path, ending: &str) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Puts these bytes in the place of a file: all of them, or the file stays as it was, whatever ends the process or the
/// machine. The lock is held, so that nobody else uses the name of the new file, and what a kill left there is litter.
fn replace(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(place, ".new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // It can hold what a vendor told in confidence.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    if let Ok(there) = std::fs::metadata(place) {
        file.set_permissions(there.permissions())?;
    }
    drop(file);
    std::fs::rename(&new, place)?;
    // The name is in the folder, which has to reach the disk as well.
    #[cfg(unix)]
    {
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What was kept, by marketplace.
fn read(path: &Path, bytes: &[u8]) -> Result<Map<String, Value>, StateError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let problem = match error.to_string() {
            text if bytes.is_empty() => format!("the file is empty ({text})"),
            text => text.rsplit_once(" at line ").map_or(text.clone(), |(problem, _)| problem.to_owned()),
        };
        let place = format!(":{}:{}", error.line().max(1), error.column().max(1));
        StateError::Damaged { path: path.to_owned(), place, problem }
    })?;
    let misfit = |pointer: &str, problem: String| damaged(path, bytes, Misfit::new(pointer, problem));
    // First whether it is ours at all, then of which version, and only then what is in it.
    if value.get("kind").and_then(Value::as_str) != Some(KIND) {
        return Err(misfit("", format!("this is no state of storeproof's: \"kind\" is not {KIND:?}")));
    }
    let version = value.get("version").cloned().unwrap_or_default();
    if version.as_u64() != Some(VERSION) {
        let problem = format!("this storeproof reads version {VERSION} of the state, and the file says {version}");
        return Err(misfit("/version", problem));
    }
    let written: Written = Misfit::typed(&value).map_err(|misfit| damaged(path, bytes, misfit))?;
    Ok(written.marketplaces)
}

fn damaged(path: &Path, bytes: &[u8], misfit: Misfit) -> StateError {
    let Misfit { pointer, problem } = misfit;
    let line = Document::from_bytes(bytes).ok().map(|document| document.position(&pointer));
    let mut place = line.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
    if !pointer.is_empty() {
        place.push_str(&format!(": {pointer}"));
    }
    StateError::Damaged { path: path.to_owned(), place, problem }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn text(path: &Path) -> String {
        std::fs::read_to_string(path).expect("is read")
    }

    #[test]
    fn a_state_that_is_not_there_is_empty_and_made_when_there_is_something_to_keep() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        let mut file = StateFile::open(&path).expect("is opened");
        assert!(!path.exists());
        assert!(file.write(&[]).expect("is written"));
        assert!(!file.write(&[]).expect("is written"), "the same is not written twice");
        drop(file);
        let kept = text(&path);
        assert!(StateFile::open(&path).expect("is opened").marketplaces.is_empty());
        assert_eq!(text(&path), kept);
    }

    #[test]
    fn what_is_kept_for_others_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        let whole = r#"{"kind":"storeproof state","version":1,"marketplaces":{"elsewhere":{"a":1}}}"#;
        std::fs::write(&path, whole).expect("is written");
        StateFile::open(&path).expect("is opened").write(&[]).expect("is written");
        let file = StateFile::open(&path).expect("is opened");
        assert_eq!(file.marketplaces["elsewhere"]["a"], 1);
    }

    #[test]
    fn two_servers_do_not_share_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        let first = StateFile::open(&path).expect("is opened");
        let refused = StateFile::open(&path).expect_err("is taken").to_string();
        assert!(refused.contains("another storeproof") && refused.contains("state.json.lock"), "{refused}");
        drop(first);
        assert!(StateFile::open(&path).is_ok(), "free again");
    }

    #[rstest]
    #[case("", "state.json:1:1: the file is empty")]
    #[case("{\"kind\": \"storeproof state\",\n \"version\": 1, \"marketpl", "state.json:2:24: EOF while parsing")]
    #[case("[]", "state.json:1:1: this is no state of storeproof's")]
    #[case("{\"name\": \"other\"}", "state.json:1:1: this is no state of storeproof's")]
    #[case(
        "{\"kind\": \"storeproof state\",\n\"version\": 2, \"marketplaces\": {}}",
        "state.json:2:12: /version: this storeproof reads version 1 of the state, and the file says 2"
    )]
    #[case(
        "{\"kind\": \"storeproof state\", \"version\": 1,\n\"marketplaces\": []}",
        "state.json:2:17: /marketplaces: invalid type"
    )]
    #[case("{\"kind\": \"storeproof state\", \"version\": 1, \"marketplaces\": {}, \"x\": 1}", "unknown field `x`")]
    fn what_is_not_understood_is_told_with_its_place_and_left_alone(#[case] written: &str, #[case] told: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        std::fs::write(&path, written).expect("is written");
        let error = StateFile::open(&path).expect_err("is no state").to_string();
        assert!(error.contains(told) && error.contains("nothing was changed"), "{error}");
        assert_eq!(text(&path), written);
    }

    #[test]
    fn a_folder_is_no_state() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(StateFile::open(folder.path()), Err(StateError::NotAFile { .. })));
        assert!(matches!(StateFile::open(&folder.path().join("none/state.json")), Err(StateError::System { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay_what_they_are() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real.json"), folder.path().join("state.json"));
        StateFile::open(&real).expect("is opened").write(&[]).expect("is written");
        let mode = |path: &Path| std::fs::metadata(path).expect("is there").permissions().mode() & 0o777;
        assert_eq!(mode(&real), 0o600, "nobody else may read it");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("is set");
        std::fs::write(&real, text(&real).replace('}', " }")).expect("is written");
        std::os::unix::fs::symlink("real.json", &link).expect("is made");
        // What a kill left behind is no obstacle.
        std::fs::write(folder.path().join("real.json.new"), "half").expect("is written");
        let mut file = StateFile::open(&link).expect("is opened");
        assert!(matches!(StateFile::open(&real), Err(StateError::Taken { .. })), "two names, one file");
        assert!(file.write(&[]).expect("is written"));
        assert!(link.is_symlink());
        assert_eq!(mode(&real), 0o640);
        assert!(!folder.path().join("real.json.new").exists());
    }
}

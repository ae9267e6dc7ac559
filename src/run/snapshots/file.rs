//! One snapshot file in insta's format.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use saphyr_parser::{Event, Parser};

use super::Origin;

/// Larger files are none of ours.
const LARGEST: u64 = 8 * 1024 * 1024;

/// A snapshot as it stands in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The scenario file that the answer comes from.
    pub source: Option<String>,
    /// Line in it; only pending snapshots keep it.
    pub line: Option<usize>,
    /// The step's description.
    pub description: Option<String>,
    /// What was called.
    pub expression: Option<String>,
    /// The contents, without the line feed at the end.
    pub contents: String,
}

/// What is wrong with a snapshot file.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no snapshot.
    #[error("{}:{line}: {problem}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

impl Snapshot {
    /// A snapshot of an answer.
    pub(super) fn new(origin: &Origin, contents: &str) -> Self {
        Self {
            source: Some(origin.source.clone()),
            line: Some(origin.line),
            description: origin.description.clone(),
            expression: Some(origin.expression.clone()),
            contents: contents.trim_end().to_owned(),
        }
    }

    /// Reads a file; `None` where there is none.
    #[expect(clippy::disallowed_types, reason = "snapshot files are read here, and no further than they may be long")]
    pub fn load(path: &Path) -> Result<Option<Self>, SnapshotError> {
        let io = |source| SnapshotError::Io { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        match fs::File::open(path) {
            Ok(file) => file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        let broken = |(line, problem)| SnapshotError::Broken { path: path.to_owned(), line, problem };
        if bytes.len() as u64 > LARGEST {
            return Err(broken((1, format!("the file is larger than {LARGEST} bytes"))));
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            broken((line, "the file is not UTF-8 text".to_owned()))
        })?;
        Self::parse(text).map(Some).map_err(broken)
    }

    /// Reads the text of a file; an error is a line, counted from 1, and what is wrong there.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut lines = text.split_inclusive('\n');
        if lines.next().map(str::trim_end) != Some("---") {
            return Err((1, "a snapshot begins with a line `---`".to_owned()));
        }
        let mut front = String::new();
        let mut closed = false;
        for line in lines.by_ref() {
            if line.trim_end() == "---" {
                closed = true;
                break;
            }
            front.push_str(line);
        }
        if !closed {
            let line = 1 + front.lines().count();
            return Err((line, "the front matter does not end; a second line `---` is missing".to_owned()));
        }
        let mut snapshot =
            Self { contents: lines.collect::<String>().trim_end().replace("\r\n", "\n"), ..Self::default() };
        snapshot.read_front(&front)?;
        Ok(snapshot)
    }

    /// Takes what we know from the front matter; other keys are insta's business.
    fn read_front(&mut self, front: &str) -> Result<(), (usize, String)> {
        let last = 1 + front.lines().count();
        let mut depth = 0_usize;
        let mut key: Option<String> = None;
        for event in Parser::new_from_str(front) {
            // The front matter begins on the second line of the file.
            let (event, span) =
                event.map_err(|error| ((1 + error.marker().line()).min(last), error.info().to_owned()))?;
            let line = 1 + span.start.line();
            match event {
                Event::MappingStart(..) | Event::SequenceStart(..) => {
                    if depth == 0 && matches!(event, Event::SequenceStart(..)) {
                        return Err((line, "the front matter is a list; keys with values belong there".to_owned()));
                    }
                    depth += 1;
                    if depth > 1 {
                        key = None;
                    }
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    depth = depth.saturating_sub(1);
                    if depth == 1 {
                        key = None;
                    }
                }
                Event::Scalar(value, ..) if depth == 0 && !value.is_empty() => {
                    return Err((line, format!("the front matter is {value:?}; keys with values belong there")));
                }
                Event::Scalar(value, ..) if depth == 1 => match key.take() {
                    None => key = Some(value.into_owned()),
                    Some(key) => self.set(&key, value.into_owned(), line)?,
                },
                _ => {}
            }
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: String, line: usize) -> Result<(), (usize, String)> {
        match key {
            "source" => self.source = Some(value),
            "assertion_line" => self.line = value.parse().ok(),
            "description" => self.description = Some(value),
            "expression" => self.expression = Some(value),
            "snapshot_kind" if value != "text" => {
                return Err((line, format!("this is a snapshot of kind {value}; answers are kept as text")));
            }
            _ => {}
        }
        Ok(())
    }

    /// The text of the file; the line belongs to pending snapshots only, as in insta.
    fn render(&self, pending: bool) -> String {
        // JSON strings are YAML too, and need no thought about what YAML would take for something else.
        let entry = |key: &str, value: &Option<String>| {
            let value = value.as_deref().filter(|value| !value.is_empty())?;
            Some(format!("{key}: {}\n", serde_json::Value::from(value)))
        };
        let entries = [
            entry("source", &self.source),
            self.line.filter(|_| pending).map(|line| format!("assertion_line: {line}\n")),
            entry("description", &self.description),
            entry("expression", &self.expression),
        ];
        let front: String = entries.into_iter().flatten().collect();
        format!("---\n{front}---\n{}\n", self.contents)
    }

    pub(super) fn save(&self, path: &Path) -> Result<(), SnapshotError> {
        write_whole(path, &self.render(false))
    }

    pub(super) fn save_pending(&self, path: &Path) -> Result<(), SnapshotError> {
        write_whole(path, &self.render(true))
    }
}

/// Writes beside the place and moves there, so that no reader ever sees half a file.
#[expect(clippy::disallowed_methods, reason = "the folders of snapshots are made here")]
fn write_whole(path: &Path, text: &str) -> Result<(), SnapshotError> {
    let io = |source| SnapshotError::Io { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(io)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".snapshot-");
    // Temporary files are private by default; these are to be committed, with whatever the user's mask leaves.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    file.persist(path).map_err(|error| io(error.error))?;
    Ok(())
}

/// Removes a file that may not be there.
#[expect(clippy::disallowed_methods, reason = "pending snapshots are removed here")]
pub(super) fn remove(path: &Path) -> Result<(), SnapshotError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SnapshotError::Io { path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("", 1, "begins with")]
    #[case("HTTP 200\n", 1, "begins with")]
    #[case("---\nsource: a\n", 2, "does not end")]
    #[case("---\nsource: a\nb: [\n---\nx\n", 3, "")]
    #[case("---\n- a\n---\nx\n", 2, "is a list")]
    #[case("---\nsource: a\nsnapshot_kind: binary\n---\n", 3, "kind binary")]
    fn broken_files_name_the_line(#[case] text: &str, #[case] line: usize, #[case] says: &str) {
        let (at, problem) = Snapshot::parse(text).expect_err("the file is broken");
        assert!(problem.contains(says), "{problem}");
        assert_eq!(at, line, "{problem}");
    }

    #[test]
    fn what_insta_writes_is_understood() {
        let text = "---\nsource: scenarios/a.arazzo.yaml\ndescription: \"a: b\"\nexpression: |-\n  two\n  lines\ninfo:\n  \
                    description: inner\n  list:\n    - source\nextra: 1\n---\nHTTP 200\n---\nx\n\n";
        let snapshot = Snapshot::parse(text).expect("a good file");
        assert_eq!(snapshot.source.as_deref(), Some("scenarios/a.arazzo.yaml"));
        assert_eq!(snapshot.description.as_deref(), Some("a: b"));
        assert_eq!(snapshot.expression.as_deref(), Some("two\nlines"));
        assert_eq!(snapshot.contents, "HTTP 200\n---\nx");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(source: String, description in "\\PC*", contents in "HTTP [0-9]{3}(\n[ -~가-힣]{0,20}){0,5}x") {
            let snapshot = Snapshot {
                source: Some(source).filter(|source| !source.is_empty()),
                line: Some(7),
                description: Some(description).filter(|description| !description.is_empty()),
                expression: None,
                contents,
            };
            prop_assert_eq!(Snapshot::parse(&snapshot.render(true)), Ok(snapshot));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String, front: String) {
            let _ = Snapshot::parse(&text);
            let _ = Snapshot::parse(&format!("---\n{front}\n---\n{text}"));
        }
    }
}

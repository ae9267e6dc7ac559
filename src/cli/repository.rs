//! Where the user's files stand in their repository: who shows a report finds them by that path.

use std::path::{Component, Path, PathBuf};

/// The repository around the working directory.
pub(super) struct Repository {
    here: PathBuf,
    root: PathBuf,
}

impl Repository {
    /// The nearest folder upwards with a `.git`; the working directory itself where there is none. `None` where there
    /// is no working directory.
    #[expect(clippy::disallowed_methods, reason = "this is where the repository is looked for")]
    pub(super) fn around() -> Option<Self> {
        let here = std::env::current_dir().ok()?;
        let root = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here).to_owned();
        Some(Self { here, root })
    }

    /// The path of a file from the root on, with slashes; `None` for one that is outside.
    pub(super) fn path(&self, typed: &str) -> Option<String> {
        let mut whole = PathBuf::new();
        for part in self.here.join(Path::new(typed)).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    whole.pop();
                }
                part => whole.push(part),
            }
        }
        let inside = whole.strip_prefix(&self.root).ok()?;
        let parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        (!parts.is_empty()).then(|| parts.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a.yaml", Some("tests/store/a.yaml"))]
    #[case("./b/../a.yaml", Some("tests/store/a.yaml"))]
    #[case("../a.yaml", Some("tests/a.yaml"))]
    #[case("/repo/x/a.yaml", Some("x/a.yaml"))]
    #[case("../../../a.yaml", None)]
    #[case("/elsewhere/a.yaml", None)]
    fn paths_begin_at_the_root(#[case] typed: &str, #[case] path: Option<&str>) {
        let repository = Repository { here: "/repo/tests/store".into(), root: "/repo".into() };
        assert_eq!(repository.path(typed).as_deref(), path);
    }
}

//! The command, run in an empty folder.

use std::process::{Command, Output, Stdio};

/// What the command wrote and how it ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// The folder in which it ran; it goes with this.
    pub(crate) folder: tempfile::TempDir,
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {:?}\n{}\n--- standard error ---\n{}", self.code, self.out, self.err)
    }
}

/// Runs words that are separated by blanks.
pub(crate) fn storeproof(words: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_storeproof"));
    command.args(words.split_whitespace()).current_dir(folder.path()).env_clear().stdin(Stdio::null());
    let Output { status, stdout, stderr } = command.output().expect("the command runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ran { code: status.code(), out: text(stdout), err: text(stderr), folder }
}

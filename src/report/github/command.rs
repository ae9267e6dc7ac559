//! The commands that a runner of GitHub obeys when they stand in a log.

use std::fmt;
use std::io::{self, Write};

/// How grave an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Error,
    Warning,
    Notice,
}

/// One annotation; `Display` writes it as the runner reads it.
#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) kind: Kind,
    /// A file of the repository, a line and a column, both counted from 1.
    pub(super) place: Option<(String, usize, usize)>,
    pub(super) title: String,
    /// What is shown, with line feeds.
    pub(super) message: String,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Error => "::error ",
            Kind::Warning => "::warning ",
            Kind::Notice => "::notice ",
        })?;
        if let Some((file, line, column)) = &self.place {
            write!(f, "file={},line={line},col={column},", property(file))?;
        }
        write!(f, "title={}::{}", property(&self.title), data(&self.message))
    }
}

/// Text behind the second pair of colons, as `escapeData` of the runner's toolkit (`@actions/core`) writes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, as its `escapeProperty` does.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Passes text on so that no line of it is a command for the runner.
///
/// What a vendor sent stands in the report beside the annotations. The runner takes a line for a command when it begins
/// with two colons behind blanks, or holds `##[` (`ActionCommand` of actions/runner). A dot in the middle of the line
/// breaks either; `::stop-commands::` from a vendor would otherwise switch our annotations off.
pub struct Harmless<'a> {
    out: &'a mut dyn Write,
    /// The line that has no end yet.
    line: Vec<u8>,
}

impl<'a> Harmless<'a> {
    /// In front of a writer.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out, line: Vec::new() }
    }

    fn pass(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let mut rest = line.as_slice();
        let blanks = rest.len() - rest.trim_ascii_start().len();
        if rest[blanks..].starts_with(b"::") {
            self.out.write_all(&rest[..blanks])?;
            self.out.write_all("·".as_bytes())?;
            rest = &rest[blanks..];
        }
        while let Some(at) = rest.windows(3).position(|window| window == b"##[") {
            self.out.write_all(&rest[..at + 2])?;
            self.out.write_all("·".as_bytes())?;
            rest = &rest[at + 2..];
        }
        self.out.write_all(rest)
    }
}

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.pass()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Harmless<'_> {
    fn drop(&mut self) {
        // A report ends with a line feed; should one not, the reader gets the rest all the same.
        let _ = self.pass();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn commands_are_escaped_as_the_toolkit_does() {
        let command = Command {
            kind: Kind::Warning,
            place: Some(("a,b/c:d.yaml".to_owned(), 3, 7)),
            title: "50%: x,\r\ny".to_owned(),
            message: "50%: x,\r\n::error::y".to_owned(),
        };
        assert_eq!(
            command.to_string(),
            "::warning file=a%2Cb/c%3Ad.yaml,line=3,col=7,title=50%25%3A x%2C%0D%0Ay::50%25: x,%0D%0A::error::y"
        );
    }

    #[rstest]
    #[case("::stop-commands::x\n", "·::stop-commands::x\n")]
    #[case("   ::error::x\nfine\n", "   ·::error::x\nfine\n")]
    #[case("a ##[error]x ##[", "a ##·[error]x ##·[")]
    #[case("a :: b\n#[x]\n", "a :: b\n#[x]\n")]
    fn no_line_is_a_command(#[case] text: &str, #[case] harmless: &str) {
        for size in 1..=text.len() {
            let mut out = Vec::new();
            let mut writer = Harmless::new(&mut out);
            for piece in text.as_bytes().chunks(size) {
                writer.write_all(piece).expect("memory takes everything");
            }
            drop(writer);
            assert_eq!(String::from_utf8_lossy(&out), harmless, "in pieces of {size}");
        }
    }
}

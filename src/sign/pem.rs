//! PEM text (RFC 7468) with the lines at which it is damaged.
//!
//! Key files are edited, pasted and cut by people; a reader that only says "invalid key" leaves them alone with it.

use base64::Engine as _;

/// One block of a PEM text.
pub(super) struct Block {
    /// What the block says it is: `PRIVATE KEY`.
    pub(super) label: String,
    /// Whether the block declares itself encrypted in its own header (`Proc-Type: 4,ENCRYPTED`).
    pub(super) encrypted: bool,
    /// Line of its first boundary, counted from 1.
    pub(super) line: usize,
    /// Its content; empty for an encrypted block.
    pub(super) der: Vec<u8>,
}

/// What is wrong with a PEM text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// There is no line `-----BEGIN …-----`.
    #[error("there is no PEM block in it (a line `-----BEGIN PRIVATE KEY-----` is expected)")]
    NoBlock,
    /// A block is not closed.
    #[error("the block {label} that begins in line {line} has no end; the text was cut off")]
    NoEnd {
        /// What the block says it is.
        label: String,
        /// Where it begins.
        line: usize,
    },
    /// A block is closed by the boundary of another.
    #[error("line {line} ends a block {found}, but {label} was begun")]
    OtherEnd {
        /// Where.
        line: usize,
        /// What was begun.
        label: String,
        /// What is ended.
        found: String,
    },
    /// A character that base64 does not have.
    #[error("line {line} contains {found:?}, which is not base64")]
    NotBase64 {
        /// Where.
        line: usize,
        /// The character.
        found: char,
    },
    /// The lines are base64 characters, but not a whole number of bytes: something is missing.
    #[error("the base64 between line {first} and line {last} is not whole; characters are missing")]
    Incomplete {
        /// First line of the block.
        first: usize,
        /// Last line of the block.
        last: usize,
    },
}

/// The label of a boundary line.
fn boundary<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.strip_prefix("-----")?.strip_prefix(word)?.strip_prefix(' ')?.strip_suffix("-----")
}

/// The first block of a text. Text before the block is ignored, as RFC 7468 (5.2) allows.
pub(super) fn first_block(text: &str) -> Result<Block, PemError> {
    let mut lines = text.lines().zip(1usize..).map(|(line, number)| (line.trim(), number));
    let (label, begin) =
        lines.find_map(|(line, number)| Some((boundary(line, "BEGIN")?, number))).ok_or(PemError::NoBlock)?;
    let mut encrypted = false;
    let mut base64 = String::new();
    for (line, number) in lines {
        if let Some(found) = boundary(line, "END") {
            if found != label {
                return Err(PemError::OtherEnd { line: number, label: label.to_owned(), found: found.to_owned() });
            }
            let der = if encrypted { Vec::new() } else { decode(&base64, begin, number)? };
            return Ok(Block { label: label.to_owned(), encrypted, line: begin, der });
        }
        if let Some((name, value)) = line.split_once(':') {
            encrypted |= name.eq_ignore_ascii_case("Proc-Type") && value.contains("ENCRYPTED");
            continue;
        }
        if let Some(found) = line.chars().find(|found| !(found.is_ascii_alphanumeric() || "+/=".contains(*found))) {
            return Err(PemError::NotBase64 { line: number, found });
        }
        base64.push_str(line);
    }
    Err(PemError::NoEnd { label: label.to_owned(), line: begin })
}

fn decode(base64: &str, first: usize, last: usize) -> Result<Vec<u8>, PemError> {
    base64::engine::general_purpose::STANDARD.decode(base64).map_err(|_| PemError::Incomplete { first, last })
}

/// A block as text, in lines of 64 characters that end with a line feed.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> PemError {
        match first_block(text) {
            Ok(block) => panic!("read as {}", block.label),
            Err(error) => error,
        }
    }

    #[test]
    fn damage_is_reported_with_its_line() {
        assert_eq!(error("no key here"), PemError::NoBlock);
        assert_eq!(error("\n-----BEGIN A-----\nAAAA\n"), PemError::NoEnd { label: "A".into(), line: 2 });
        assert_eq!(
            error("-----BEGIN A-----\nAAAA\nAA!A\n-----END A-----"),
            PemError::NotBase64 { line: 3, found: '!' }
        );
        assert_eq!(error("-----BEGIN A-----\nAAA\n-----END A-----"), PemError::Incomplete { first: 1, last: 3 });
        assert_eq!(
            error("-----BEGIN A-----\nAAAA\n-----END B-----"),
            PemError::OtherEnd { line: 3, label: "A".into(), found: "B".into() }
        );
    }

    #[test]
    fn windows_line_ends_and_text_around_a_block_do_no_harm() {
        let block = first_block("note\r\n-----BEGIN A B-----\r\nAQID\r\n-----END A B-----\r\nend").expect("a block");
        assert_eq!((block.label.as_str(), block.der.as_slice()), ("A B", [1u8, 2, 3].as_slice()));
        assert!(!block.encrypted);
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_read_back(der in proptest::collection::vec(any::<u8>(), 0..300)) {
            let block = first_block(&encode("X", &der)).expect("our own text");
            prop_assert_eq!(block.der, der);
        }

        #[test]
        fn no_text_panics(text in "(-----(BEGIN|END) [A-C]-----\n|[ -~]{0,8}\n|\\PC){0,12}") {
            let _ = first_block(&text);
        }
    }
}

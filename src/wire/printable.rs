//! Foreign text made safe to print.
//!
//! What a vendor sends ends on terminals, in files and in browsers of people who trust us. Characters that a terminal
//! obeys, that reverse the direction of what follows, or that cannot be seen, are therefore shown and never written.

use std::fmt::Write as _;

/// Whether a character must not be written as it is: control characters, marks that change the direction of text,
/// invisible ones, and those that XML cannot hold.
pub fn is_treacherous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Bytes as one line of text that is safe to print: control characters as their pictures (`␛`, `␍`, `␊`), other
/// treacherous characters as `\u{202e}`, bytes that are no UTF-8 as `\xff`.
pub fn printable(bytes: &[u8]) -> String {
    render(bytes, |_| false)
}

/// The same with line feeds kept.
pub fn printable_text(bytes: &[u8]) -> String {
    render(bytes, |character| character == '\n')
}

fn render(bytes: &[u8], keep: impl Fn(char) -> bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if keep(character) || !is_treacherous(character) {
                text.push(character);
            } else {
                picture(character, &mut text);
            }
        }
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}").expect("writing to a string cannot fail");
        }
    }
    text
}

/// Unicode has a picture for each control character of ASCII (U+2400 to U+2421).
fn picture(character: char, text: &mut String) {
    let code = u32::from(character);
    let shown = match code {
        0..0x20 => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => None,
    };
    match shown {
        Some(shown) => text.push(shown),
        None => write!(text, "\\u{{{code:x}}}").expect("writing to a string cannot fail"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(printable(b"\x1b[31mred\r\n\x7f"), "␛[31mred␍␊␡");
        assert_eq!(printable("a\u{202e}b\u{9b}c".as_bytes()), "a\\u{202e}b\\u{9b}c");
        assert_eq!(printable(b"caf\xe9"), "caf\\xe9");
        assert_eq!(printable("홍길동 é".as_bytes()), "홍길동 é");
        assert_eq!(printable_text(b"a\tb\nc"), "a␉b\nc");
    }

    proptest! {
        #[test]
        fn any_bytes_become_harmless_text(bytes: Vec<u8>) {
            prop_assert!(!printable(&bytes).chars().any(is_treacherous));
        }
    }
}

//! Treacherous characters as each format of ours can hold them.

use crate::wire::{is_treacherous, printable_text};

/// JSON text in which no string holds a treacherous character as it is. The value stays the same: outside strings JSON
/// has no such characters but line feeds.
pub(crate) fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' || !is_treacherous(character) {
            safe.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            safe.push_str(&format!("\\u{unit:04x}"));
        }
    }
    safe
}

/// Text that XML can hold: pictures in the place of control characters, line feeds kept.
pub(crate) fn xml(text: &str) -> String {
    printable_text(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn json_keeps_its_value(text: String) {
            let value = serde_json::Value::from(text);
            let safe = json(&format!("{value:#}"));
            prop_assert!(!safe.chars().any(|character| character != '\n' && is_treacherous(character)));
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).ok(), Some(value));
        }
    }
}

//! Customer keys that the store does not give, and what becomes of keys on their way through a vendor.
//!
//! MEM-SQ is text without a form, and the one example is `M12345`. A vendor may say that it takes no other keys: a clean
//! refusal is read, not found. To take one key for another is a mistake, and the key that comes back often shows which.

use percent_encoding::percent_decode_str;

use super::super::memory::Memory;

/// How a key differs from the example's form, `M` and digits, as words after "keys with …"; `None` for one that does not.
pub(super) fn oddness(key: &str) -> Option<&'static str> {
    let digits = key.strip_prefix('M').unwrap_or_default();
    if !digits.is_empty() && digits.len() <= 20 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let has = |character| key.contains(character);
    Some(if !key.is_ascii() {
        "characters beyond ASCII"
    } else if has('/') {
        "a slash"
    } else if has('%') {
        "a percent sign"
    } else if has('+') {
        "a plus sign"
    } else if has(' ') {
        "a blank"
    } else if has('.') {
        "dots"
    } else if key.len() > 40 {
        "more than 40 characters"
    } else if has('-') {
        "a hyphen"
    } else if key.bytes().all(|byte| byte.is_ascii_digit()) {
        "digits alone"
    } else {
        "another form than M and digits"
    })
}

/// What turns the key that was sent into the one that came back, where it is a known mistake.
pub(super) fn mangled(sent: &str, back: &str) -> Option<String> {
    if sent == back {
        return None;
    }
    let latin1: String = sent.bytes().map(char::from).collect();
    let escaped = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
    let digits: String = sent.chars().filter(char::is_ascii_digit).collect();
    let without_zeros = sent.trim_start_matches('0');
    let cause = if back == latin1 {
        "the key was read as Latin-1; the bytes of the path are UTF-8"
    } else if escaped(sent).as_deref() == Some(back) {
        "the key was percent-decoded twice"
    } else if escaped(back).as_deref() == Some(sent) {
        "the key was not percent-decoded"
    } else if back == sent.replace('+', " ") {
        "a plus sign was read as a blank; that is the rule for forms, not for paths"
    } else if back == sent.to_lowercase() {
        "the key was turned into lower case"
    } else if back == sent.to_uppercase() {
        "the key was turned into upper case"
    } else if back.to_lowercase() == sent.to_lowercase() {
        "upper and lower case were taken for the same"
    } else if back == sent.trim() {
        "the blanks around the key were cut off"
    } else if back.trim() == sent.trim() {
        "blanks were put around the key, as a field of fixed width in a database does"
    } else if !back.is_empty() && sent.starts_with(back) {
        return Some(format!("the key was cut after {} characters", back.chars().count()));
    } else if back == without_zeros {
        "the key was read as a number, which has no leading zeros"
    } else if back == digits {
        "only the digits of the key were kept"
    } else {
        return None;
    };
    Some(cause.to_owned())
}

/// The customer of this case whom the vendor seems to take for this one, and by which mistake.
pub(super) fn taken_for(memory: &Memory, mem_sq: &str) -> Option<(String, String)> {
    let mut others: Vec<&String> = memory.all().map(|(other, _)| other).collect();
    others.sort();
    others.into_iter().filter(|other| memory.known(other).is_some()).find_map(|other| {
        let alike = other != mem_sq && other.to_lowercase() == mem_sq.to_lowercase();
        alike.then(|| (other.clone(), "upper and lower case are taken for the same".to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("M12345", None)]
    #[case("M000000001", None)]
    #[case("고객-M1", Some("characters beyond ASCII"))]
    #[case("M/1", Some("a slash"))]
    #[case("0001", Some("digits alone"))]
    #[case("m12", Some("another form than M and digits"))]
    #[case("M", Some("another form than M and digits"))]
    fn the_form_of_the_example_is_not_odd(#[case] key: &str, #[case] odd: Option<&str>) {
        assert_eq!(oddness(key), odd);
    }

    #[rstest]
    #[case("M1", "M1", None)]
    #[case("M1", "M2", None)]
    #[case("가1", "\u{ea}\u{b0}\u{80}1", Some("Latin-1"))]
    #[case("100%25-M1", "100%-M1", Some("decoded twice"))]
    #[case("M 1", "M%201", Some("not percent-decoded"))]
    #[case("M+1", "M 1", Some("plus sign"))]
    #[case("M1", "m1", Some("lower case"))]
    #[case("m1", "M1", Some("upper case"))]
    #[case("M1 ", "M1", Some("cut off"))]
    #[case("M1", "   M1", Some("put around"))]
    #[case("M123456789", "M1234567", Some("after 8 characters"))]
    #[case("00012", "12", Some("leading zeros"))]
    #[case("M-12", "12", Some("only the digits"))]
    fn what_became_of_a_key_is_named(#[case] sent: &str, #[case] back: &str, #[case] cause: Option<&str>) {
        let told = mangled(sent, back);
        assert_eq!(told.is_some(), cause.is_some(), "{told:?}");
        assert!(told.unwrap_or_default().contains(cause.unwrap_or_default()));
    }
}

//! The two lines that reproduce a failure.

use crate::engine::{CaseRecord, StepRecord};
use crate::wire::{Exchange, Header, Redactor, is_treacherous};

use super::Background;

/// Longer bodies do not fit on a command line that one would want to read.
const LONGEST_BODY: usize = 4_000;

/// Fields that `curl` makes itself, or that belong to one connection only.
const MADE_BY_CURL: [&str; 4] = ["host", "content-length", "connection", "transfer-encoding"];

/// The command that sends the same request again, secrets replaced by commands that make fresh ones.
pub(crate) fn curl(
    background: &Background<'_>,
    case: &CaseRecord,
    step: &StepRecord,
    exchange: &Exchange,
    redactor: &Redactor,
) -> String {
    curl_with(exchange, redactor, &|header| background.reproduce.stand_in(case, step, header))
}

/// The same for an exchange that belongs to no case. `stand_in` gives the words of a command that prints a fresh value
/// for a header field whose value is secret.
pub(crate) fn curl_with(
    exchange: &Exchange,
    redactor: &Redactor,
    stand_in: &dyn Fn(&str) -> Option<Vec<String>>,
) -> String {
    let request = &exchange.request;
    let mut words = vec!["curl".to_owned(), "-i".to_owned()];
    if request.target.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    if request.path().contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    match request.method.as_str() {
        "GET" if request.body.is_empty() => {}
        "HEAD" => words.push("--head".to_owned()),
        method => words.extend(["-X".to_owned(), word(method.as_bytes())]),
    }
    for header in &request.headers {
        if MADE_BY_CURL.iter().any(|name| header.name.eq_ignore_ascii_case(name)) {
            continue;
        }
        words.extend(["-H".to_owned(), field(header, redactor, stand_in)]);
    }
    let mut before = String::new();
    if !request.body.is_empty() {
        if request.headers.get("content-type").is_none() {
            words.extend(["-H".to_owned(), "'Content-Type:'".to_owned()]);
        }
        let body = redactor.bytes(&request.body);
        if body.len() > LONGEST_BODY {
            words.extend(["--data-binary".to_owned(), "@BODY".to_owned()]);
        } else if body.contains(&0) || std::str::from_utf8(&body).is_err() {
            let octal: String = body.iter().map(|byte| format!("\\{byte:03o}")).collect();
            before = format!("printf '{octal}' | ");
            words.extend(["--data-binary".to_owned(), "@-".to_owned()]);
        } else {
            words.extend(["--data-raw".to_owned(), word(&body)]);
        }
    }
    words.push(word(&redactor.bytes(address(exchange).as_bytes())));
    let after = if request.body.len() > LONGEST_BODY { "  # BODY: the request's body, in a file" } else { "" };
    format!("{before}{}{after}", words.join(" "))
}

/// The command that plays the case again.
pub(crate) fn rerun(background: &Background<'_>, case: &CaseRecord, redactor: &Redactor) -> String {
    line(&background.reproduce.rerun(case), redactor)
}

/// The words of a command as one line for a shell, without secrets.
pub(crate) fn line(words: &[String], redactor: &Redactor) -> String {
    words.iter().map(|text| word(&redactor.bytes(text.as_bytes()))).collect::<Vec<_>>().join(" ")
}

fn field(header: &Header, redactor: &Redactor, stand_in: &dyn Fn(&str) -> Option<Vec<String>>) -> String {
    if !redactor.find(&header.value).is_empty()
        && let Some(command) = stand_in(&header.name)
    {
        let command: Vec<String> = command.iter().map(|text| word(text.as_bytes())).collect();
        // A field's name is a token (RFC 9110, 5.1) and holds nothing that means something between double quotes, but
        // for the dollar sign and the grave accent.
        let name: String = header.name.chars().filter(|character| !"$`\"\\".contains(*character)).collect();
        return format!("\"{name}: $({})\"", command.join(" "));
    }
    let value = redactor.bytes(&header.value);
    // `Name;` is how curl spells an empty field; with a colon it would leave the field out.
    let separator: &[u8] = if value.is_empty() { b";" } else { b": " };
    word(&[header.name.as_bytes(), separator, &value].concat())
}

/// The full address: the target is already the whole of what goes into the request line.
fn address(exchange: &Exchange) -> String {
    let base = &exchange.peer.base;
    match url::Url::parse(base).map(|url| url.origin()) {
        Ok(origin) if origin.is_tuple() => format!("{}{}", origin.ascii_serialization(), exchange.request.target),
        _ => format!("{base}{}", exchange.request.target),
    }
}

/// A word for a shell. What a terminal would obey is written as an escape (`$'…'` of bash and zsh).
pub(crate) fn word(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(is_treacherous)
        && let Ok(quoted) = shlex::try_quote(text)
    {
        return quoted.into_owned();
    }
    let mut quoted = "$'".to_owned();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' => quoted.push_str("\\n"),
                '\'' | '\\' => quoted.extend(['\\', character]),
                _ if is_treacherous(character) => {
                    let mut buffer = [0; 4];
                    let bytes = character.encode_utf8(&mut buffer).as_bytes();
                    quoted.extend(bytes.iter().map(|byte| format!("\\x{byte:02x}")));
                }
                _ => quoted.push(character),
            }
        }
        quoted.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"plain", "plain")]
    #[case(b"two words", "'two words'")]
    #[case(b"it's\n", "$'it\\'s\\n'")]
    #[case(b"\x1b[31m", "$'\\x1b[31m'")]
    #[case(b"\xff", "$'\\xff'")]
    #[case("가".as_bytes(), "'가'")]
    fn words_are_quoted_for_a_shell(#[case] raw: &[u8], #[case] quoted: &str) {
        assert_eq!(word(raw), quoted);
    }
}

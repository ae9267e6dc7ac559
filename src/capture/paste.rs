//! A request that somebody pasted: as it stands on the wire, as a `curl` command, or as an address with header fields.

use crate::wire::{Headers, Request};

/// A request that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pasted {
    /// The request; its `Host` is that of the address where no field says otherwise.
    pub(crate) request: Request,
    /// `http` or `https`, where the address says which.
    pub(crate) scheme: Option<String>,
}

/// Why a text is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasteError {
    /// There is nothing.
    #[error("there is no text")]
    Empty,
    /// The first line is none of the three forms.
    #[error("the first line is neither a request line nor a curl command nor an address")]
    NoRequest,
    /// A line between the first and the empty one is no header field.
    #[error("line {line} is no header field")]
    Field {
        /// Its number, counted from 1.
        line: usize,
    },
    /// A quotation mark of a command is not closed.
    #[error("a quotation mark is not closed")]
    Quotes,
    /// A command without an address.
    #[error("the command has no address")]
    NoAddress,
    /// The address cannot be read.
    #[error("the address is not one of http or https")]
    Address,
    /// The command takes its body from a file.
    #[error("the body is in a file")]
    File,
}

/// Reads a pasted request.
///
/// The body is kept byte for byte, as signatures are made over it. Line feeds at its very end are read as left over from
/// copying, unless `Content-Length` counts them.
pub(crate) fn read(text: &str) -> Result<Pasted, PasteError> {
    let text = text.trim_start();
    if text.trim().is_empty() {
        return Err(PasteError::Empty);
    }
    let first = text.lines().next().unwrap_or_default().trim();
    if first.starts_with("curl ") || first == "curl" {
        return command(&words(&text.replace("\r\n", "\n"))?);
    }
    let mut parts = first.split_ascii_whitespace();
    let (method, target) = match (parts.next(), parts.next()) {
        (Some(address), None) if address.contains("://") => ("GET", address),
        (Some(method), Some(target)) if is_method(method) && (target.starts_with('/') || target.contains("://")) => {
            (method, target)
        }
        _ => return Err(PasteError::NoRequest),
    };
    let (headers, body) = behind_first_line(text)?;
    addressed(Request { headers, body, ..Request::new(method, "/") }, target)
}

/// Header fields and body of a message, its first line passed over.
pub(super) fn behind_first_line(text: &str) -> Result<(Headers, Vec<u8>), PasteError> {
    let mut headers = Headers::new();
    let mut rest = "";
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        at += line.len();
        let line = line.trim_end_matches(['\r', '\n']);
        if index == 0 {
            continue;
        }
        if line.trim().is_empty() {
            rest = &text[at..];
            break;
        }
        let (name, value) = line
            .split_once(':')
            .filter(|(name, _)| is_token(name.trim()))
            .ok_or(PasteError::Field { line: index + 1 })?;
        headers.push(name.trim(), value.trim());
    }
    let body = body(rest, headers.text("content-length").and_then(|length| length.trim().parse().ok()));
    Ok((headers, body))
}

/// The body without what was left over from copying. An editor may have changed its line ends: the length tells.
fn body(rest: &str, announced: Option<usize>) -> Vec<u8> {
    let counted = |text: &str| {
        let (body, more) = text.split_at_checked(announced?)?;
        more.trim().is_empty().then(|| body.as_bytes().to_vec())
    };
    let exactly = counted(rest).or_else(|| counted(&rest.replace("\r\n", "\n")));
    exactly.unwrap_or_else(|| rest.trim_end_matches(['\r', '\n']).as_bytes().to_vec())
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte))
}

fn is_method(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

/// Puts the address into target, scheme and `Host`. The target stays as it was written: signatures are made over it.
pub(super) fn addressed(mut request: Request, address: &str) -> Result<Pasted, PasteError> {
    let Some((scheme, rest)) = address.split_once("://") else {
        request.target = address.to_owned();
        return Ok(Pasted { request, scheme: None });
    };
    let scheme = scheme.to_ascii_lowercase();
    let rest = rest.split('#').next().unwrap_or_default();
    let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    if !["http", "https"].contains(&scheme.as_str()) || authority.is_empty() {
        return Err(PasteError::Address);
    }
    let host = authority.rsplit('@').next().unwrap_or_default();
    if request.headers.get("host").is_none() {
        request.headers.push_first("Host", host);
    }
    request.target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    Ok(Pasted { request, scheme: Some(scheme) })
}

/// Options of `curl` with a value that does not change the request.
const WITH_VALUE: &[&str] = &[
    "-o",
    "--output",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--cacert",
    "--resolve",
    "--retry",
    "-w",
    "--write-out",
    "-x",
    "--proxy",
    "--cert",
    "--key",
    "-c",
    "--cookie-jar",
];

fn command(words: &[String]) -> Result<Pasted, PasteError> {
    let mut request = Request::new("", "/");
    let (mut address, mut body, mut in_query) = (None, None::<String>, false);
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        // `-XPOST`, `-H'a: b'` and `--request=POST` hold their value in the same word.
        let (option, inside) = match word.split_once('=') {
            Some((option, value)) if word.starts_with("--") => (option, Some(value.to_owned())),
            _ if word.len() > 2 && ["-X", "-H", "-d"].iter().any(|short| word.starts_with(short)) => {
                (&word[..2], Some(word[2..].to_owned()))
            }
            _ => (word.as_str(), None),
        };
        let mut value = || inside.clone().or_else(|| words.next().cloned()).unwrap_or_default();
        match option {
            "-X" | "--request" => request.method = value(),
            "-H" | "--header" => {
                let field = value();
                // `Name;` is an empty field, and `Name:` one that is left out.
                match field.split_once(':') {
                    Some((_, content)) if content.trim().is_empty() => {}
                    Some((name, content)) => request.headers.push(name.trim(), content.trim()),
                    None => request.headers.push(field.trim_end_matches(';'), ""),
                }
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json" => {
                let more = value();
                if more.starts_with('@') && option != "--data-raw" {
                    return Err(PasteError::File);
                }
                if option == "--json" {
                    request.headers.push("Content-Type", "application/json");
                }
                body = Some(body.map_or(more.clone(), |before| format!("{before}&{more}")));
            }
            "-A" | "--user-agent" => request.headers.push("User-Agent", value()),
            "-b" | "--cookie" => request.headers.push("Cookie", value()),
            "--url" => address = Some(value()),
            "-G" | "--get" => in_query = true,
            "-I" | "--head" => request.method = "HEAD".to_owned(),
            other if WITH_VALUE.contains(&other) => {
                value();
            }
            other if other.starts_with('-') => {}
            other => address = Some(other.to_owned()),
        }
    }
    let mut address = address.ok_or(PasteError::NoAddress)?;
    if !address.contains("://") {
        address = format!("http://{address}");
    }
    if let Some(body) = body {
        if in_query {
            address += if address.contains('?') { "&" } else { "?" };
            address += &body;
        } else {
            if request.method.is_empty() {
                request.method = "POST".to_owned();
            }
            if request.headers.get("content-type").is_none() {
                request.headers.push("Content-Type", "application/x-www-form-urlencoded");
            }
            request.body = body.into_bytes();
        }
    }
    if request.method.is_empty() {
        request.method = "GET".to_owned();
    }
    addressed(request, &address)
}

/// The words of a command, as a shell reads them (POSIX shell, 2.2, and `$'…'` of bash, which browsers write).
fn words(text: &str) -> Result<Vec<String>, PasteError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                // The line goes on. Windows' shell has `^` there, which ends as a word of its own that means nothing.
                Some('\n') | None => {}
                Some(other) => word.get_or_insert_default().push(other),
            },
            '\'' => quoted(&mut characters, word.get_or_insert_default())?,
            '$' if characters.peek() == Some(&'\'') => {
                characters.next();
                escaped(&mut characters, word.get_or_insert_default())?;
            }
            '"' => double(&mut characters, word.get_or_insert_default())?,
            // What follows is another command.
            '|' | ';' | '&' | '>' if word.is_none() => break,
            other if other.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn quoted(characters: &mut Characters<'_>, word: &mut String) -> Result<(), PasteError> {
    loop {
        match characters.next().ok_or(PasteError::Quotes)? {
            '\'' => return Ok(()),
            other => word.push(other),
        }
    }
}

fn double(characters: &mut Characters<'_>, word: &mut String) -> Result<(), PasteError> {
    loop {
        match characters.next().ok_or(PasteError::Quotes)? {
            '"' => return Ok(()),
            '\\' => match characters.next().ok_or(PasteError::Quotes)? {
                '\n' => {}
                escaped @ ('"' | '\\' | '$' | '`') => word.push(escaped),
                other => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
}

fn escaped(characters: &mut Characters<'_>, word: &mut String) -> Result<(), PasteError> {
    loop {
        match characters.next().ok_or(PasteError::Quotes)? {
            '\'' => return Ok(()),
            '\\' => match characters.next().ok_or(PasteError::Quotes)? {
                'n' => word.push('\n'),
                'r' => word.push('\r'),
                't' => word.push('\t'),
                'u' => word.extend(code(characters, 4)),
                'x' => word.extend(code(characters, 2)),
                other => word.push(other),
            },
            other => word.push(other),
        }
    }
}

/// A character by so many hex digits.
fn code(characters: &mut Characters<'_>, most: usize) -> Option<char> {
    let mut number = 0;
    for _ in 0..most {
        let Some(digit) = characters.next_if(char::is_ascii_hexdigit).and_then(|digit| digit.to_digit(16)) else {
            break;
        };
        number = number * 16 + digit;
    }
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn seen(text: &str) -> String {
        let Pasted { request, scheme } = read(text).expect("a request");
        let fields: Vec<String> =
            request.headers.iter().map(|field| format!("{}: {}", field.name, field.text())).collect();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let scheme = scheme.unwrap_or_else(|| "-".to_owned());
        format!("{scheme} {} {} [{}] {body}", request.method, request.target, fields.join(", "))
    }

    #[rstest]
    #[case("GET /a?b=%2F HTTP/1.1\r\nHost: h:1\r\nX-A:  1 \r\n\r\n", "- GET /a?b=%2F [Host: h:1, X-A: 1] ")]
    #[case("POST http://h/a HTTP/1.1\nA: 1\n\n{\n}\n", "http POST /a [Host: h, A: 1] {\n}")]
    #[case("POST /a\nContent-Length: 3\n\n{}\n", "- POST /a [Content-Length: 3] {}\n")]
    #[case("POST /a\nContent-Length: 2\n\n{}\n", "- POST /a [Content-Length: 2] {}")]
    #[case("POST /a\r\nContent-Length: 4\r\n\r\n{\r\n}", "- POST /a [Content-Length: 4] {\r\n}")]
    #[case("POST /a\r\nContent-Length: 3\r\n\r\n{\r\n}\r\n", "- POST /a [Content-Length: 3] {\n}")]
    #[case("https://h:8443?x=1\nA: 1", "https GET /?x=1 [Host: h:8443, A: 1] ")]
    #[case(
        "curl 'https://h/a?b=1&c=2' -H 'A: 1' -H \"B: \\\"2\\\"\"",
        "https GET /a?b=1&c=2 [Host: h, A: 1, B: \"2\"] "
    )]
    #[case(
        "curl -sS -XPOST h/a \\\n  --data-raw $'{\\u0021\\'\\n}' -o out",
        "http POST /a [Host: h, Content-Type: application/x-www-form-urlencoded] {!'\n}"
    )]
    #[case(
        "curl --request=PUT --url=http://h/ -d a=1 -d b=2 | jq .",
        "http PUT / [Host: h, Content-Type: application/x-www-form-urlencoded] a=1&b=2"
    )]
    #[case("curl -G http://h/a?x=1 -d y=2 -H 'Host: other'", "http GET /a?x=1&y=2 [Host: other] ")]
    fn every_form_is_read(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(seen(text), expected);
    }

    #[rstest]
    #[case("", PasteError::Empty)]
    #[case("\r\n ", PasteError::Empty)]
    #[case("hello", PasteError::NoRequest)]
    #[case("{\"a\": 1}", PasteError::NoRequest)]
    #[case("GET / HTTP/1.1\nHost: h\nnonsense", PasteError::Field { line: 3 })]
    #[case("curl 'http://h", PasteError::Quotes)]
    #[case("curl -s", PasteError::NoAddress)]
    #[case("curl ftp://h/", PasteError::Address)]
    #[case("curl http://h/ -d @body.json", PasteError::File)]
    fn what_is_no_request_says_why(#[case] text: &str, #[case] expected: PasteError) {
        assert_eq!(read(text), Err(expected));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(curl |GET /|-H |'|\"|\\$'|\\\\|://|\n|:|\\PC){0,20}") {
            let _ = read(&text);
        }
    }
}

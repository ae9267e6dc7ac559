//! Whether text survives: declared and real character sets.

use super::message;
use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::Response;

/// The bytes of a text body are what the content type says they are.
///
/// JSON is always UTF-8 (RFC 8259, 8.1). HTML without a declaration is guessed by browsers, so text beyond ASCII
/// needs one, in the header or in the page.
pub fn text(requirement: &RequirementId, response: &Response) -> Option<Finding> {
    let media_type = response.media_type().unwrap_or_default();
    let is_json = media_type == "application/json" || media_type.ends_with("+json");
    let declared = response.charset();
    let found = |declared: &str, problem: String, place: Place| {
        Some(Finding::new(requirement.clone(), place, Breach::Charset { declared: declared.to_owned(), problem }))
    };
    if is_json {
        return match declared.as_deref() {
            None | Some("utf-8" | "utf8") => None,
            Some(other) => {
                let name = response.headers.get("content-type").map_or("Content-Type", |header| &header.name);
                found(other, "JSON between systems is UTF-8".to_owned(), Place::Header(name.to_owned()))
            }
        };
    }
    let in_page = || page_charset(&response.body);
    let effective = declared.or_else(in_page);
    let bad = std::str::from_utf8(&response.body).err();
    match (effective.as_deref(), bad) {
        (Some("utf-8" | "utf8"), Some(error)) => {
            let problem = format!("byte {} is not UTF-8", error.valid_up_to());
            let finding = found("utf-8", problem, Place::Body(String::new()));
            match message::compressed(response) {
                Some(cause) => finding.map(|finding| finding.because(cause)),
                None => finding,
            }
        }
        (None, _) if !response.body.is_ascii() => {
            let problem = "it has characters beyond ASCII, which a browser then has to guess".to_owned();
            let name = response.headers.get("content-type").map_or("Content-Type", |header| &header.name);
            found("nothing", problem, Place::Header(name.to_owned()))
        }
        _ => None,
    }
}

/// The character set that an HTML page declares in its first 1024 bytes (HTML, "prescan").
fn page_charset(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&body[..body.len().min(1024)]).to_ascii_lowercase();
    let (_, behind) = head.split_once("charset=")?;
    let name: String = behind
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_'))
        .collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::wire::Headers;

    #[rstest]
    #[case::declared("text/html; charset=utf-8", "가".as_bytes(), None)]
    #[case::in_the_page("text/html", "<meta charset=\"utf-8\">가".as_bytes(), None)]
    #[case::ascii("text/html", b"<p>hello", None)]
    #[case::guessed("text/html", "가".as_bytes(), Some("has to guess"))]
    #[case::euc_kr_declared_as_utf8("text/html; charset=UTF-8", b"\xb0\xa1", Some("byte 0 is not UTF-8"))]
    #[case::euc_kr("text/html; charset=euc-kr", b"\xb0\xa1", None)]
    #[case::json_in_another("application/json; charset=euc-kr", b"{}", Some("UTF-8"))]
    #[case::json("application/json", "{\"a\":\"가\"}".as_bytes(), None)]
    fn text_is_what_it_is_declared_to_be(
        #[case] content_type: &str,
        #[case] body: &[u8],
        #[case] problem: Option<&str>,
    ) {
        let headers = Headers::from_iter([("Content-Type", content_type)]);
        let response = Response { headers, body: body.to_vec(), ..Response::new(200) };
        let found = text(&RequirementId::known("TEST"), &response).map(|finding| finding.breach.to_string());
        assert_eq!(found.is_some(), problem.is_some(), "{found:?}");
        assert!(found.unwrap_or_default().contains(problem.unwrap_or_default()));
    }
}

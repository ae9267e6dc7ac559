//! Status, header fields, content type and time of an answer.

use std::time::Duration;

use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::Response;

/// The status is one of these.
pub fn status(requirement: &RequirementId, expected: &[u16], response: &Response) -> Option<Finding> {
    let actual = response.status;
    (!expected.contains(&actual)).then(|| {
        let expected = expected.iter().map(u16::to_string).collect();
        Finding::new(requirement.clone(), Place::Status, Breach::Status { expected, actual })
    })
}

/// The vendor's server did not fail.
pub fn server_error(requirement: &RequirementId, response: &Response) -> Option<Finding> {
    (response.status >= 500).then(|| {
        let breach = Breach::ServerError { actual: response.status };
        Finding::new(requirement.clone(), Place::Status, breach)
    })
}

/// The header field is there, once.
pub fn header_once(requirement: &RequirementId, name: &str, response: &Response) -> Option<Finding> {
    match response.headers.all(name).count() {
        1 => None,
        0 => {
            let place = Place::Header(name.to_owned());
            Some(Finding::new(requirement.clone(), place, Breach::HeaderMissing { name: name.to_owned() }))
        }
        count => {
            let place = Place::Header(name.to_owned());
            Some(Finding::new(requirement.clone(), place, Breach::HeaderRepeated { name: name.to_owned(), count }))
        }
    }
}

/// The media type is one of these; a suffix such as `application/problem+json` counts as `application/json`.
pub fn content_type(requirement: &RequirementId, expected: &[&str], response: &Response) -> Option<Finding> {
    let declared: Vec<String> = response.headers.all("content-type").map(|header| header.text()).collect();
    if declared.iter().any(|other| !other.eq_ignore_ascii_case(&declared[0])) {
        let breach = Breach::HeaderRepeated { name: "Content-Type".to_owned(), count: declared.len() };
        let finding = Finding::new(requirement.clone(), Place::Header("Content-Type".to_owned()), breach);
        return Some(finding.because(format!("two parts of the server set it, to {}", declared.join(" and to "))));
    }
    let actual = response.media_type();
    let fits = actual.as_deref().is_some_and(|actual| {
        expected.iter().any(|expected| {
            let expected = expected.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            actual == expected || (expected == "application/json" && actual.ends_with("+json"))
        })
    });
    (!fits).then(|| {
        let name = response.headers.get("content-type").map_or("Content-Type", |header| header.name.as_str());
        let expected = expected.iter().map(|&expected| expected.to_owned()).collect();
        let actual = response.headers.text("content-type").filter(|text| !text.is_empty());
        let place = Place::Header(name.to_owned());
        Finding::new(requirement.clone(), place, Breach::ContentType { expected, actual })
    })
}

/// The answer came within the limit.
pub fn time(requirement: &RequirementId, limit: Duration, actual: Duration) -> Option<Finding> {
    (actual > limit).then(|| {
        let actual = Duration::from_millis(u64::try_from(actual.as_millis()).unwrap_or(u64::MAX));
        Finding::new(requirement.clone(), Place::Time, Breach::Slow { limit, actual })
    })
}

/// Why a body cannot be read: it is compressed, which no request of ours asks for (RFC 9110, 12.5.3).
pub(crate) fn compressed(response: &Response) -> Option<&'static str> {
    match response.body.as_slice() {
        [0x1f, 0x8b, ..] => {
            return Some("the body is compressed with gzip (it begins with 1f 8b), though no Accept-Encoding was sent");
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            return Some(
                "the body is compressed with zstd (it begins with 28 b5 2f fd), though no Accept-Encoding was sent",
            );
        }
        _ => {}
    }
    let coding = response.headers.text("content-encoding")?;
    (!coding.is_empty() && !coding.eq_ignore_ascii_case("identity")).then_some(
        "the body is compressed (its Content-Encoding says how) although the request has no Accept-Encoding: \
         compress only for those who ask",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Headers;

    const RULE: RequirementId = RequirementId::known("TEST");

    #[test]
    fn a_status_outside_of_the_list_is_found() {
        assert_eq!(status(&RULE, &[200, 201], &Response::new(201)), None);
        let finding = status(&RULE, &[200, 201], &Response::new(302)).expect("is found");
        assert_eq!(finding.breach.to_string(), "the status is 302, but this call answers 200 or 201");
        assert!(server_error(&RULE, &Response::new(503)).is_some());
        assert!(server_error(&RULE, &Response::new(499)).is_none());
    }

    #[test]
    fn content_types_compare_without_parameters_and_case() {
        let typed =
            |value: &str| Response { headers: Headers::from_iter([("content-TYPE", value)]), ..Response::new(200) };
        assert_eq!(content_type(&RULE, &["application/json"], &typed("Application/JSON; charset=utf-8")), None);
        assert_eq!(content_type(&RULE, &["application/json"], &typed("application/problem+json")), None);
        let finding = content_type(&RULE, &["application/json"], &typed("text/html")).expect("is found");
        assert_eq!(finding.place, Place::Header("content-TYPE".to_owned()));
        let finding = content_type(&RULE, &["text/html"], &Response::new(200)).expect("is found");
        assert_eq!(finding.breach.to_string(), "the content type is missing, expected text/html");
    }

    #[test]
    fn content_types_that_contradict_each_other_are_found() {
        let typed = |other| Response {
            headers: Headers::from_iter([("Content-Type", "application/json"), ("content-type", other)]),
            ..Response::new(200)
        };
        assert_eq!(content_type(&RULE, &["application/json"], &typed("Application/JSON")), None);
        let finding = content_type(&RULE, &["application/json"], &typed("text/plain")).expect("is found");
        assert_eq!(finding.breach.to_string(), "header Content-Type appears 2 times");
    }

    #[test]
    fn a_header_is_there_once() {
        let with = |count: usize| Response {
            headers: std::iter::repeat_n(("Location", "/"), count).collect(),
            ..Response::new(200)
        };
        assert_eq!(header_once(&RULE, "location", &with(1)), None);
        assert!(matches!(
            header_once(&RULE, "location", &with(0)).map(|finding| finding.breach),
            Some(Breach::HeaderMissing { .. })
        ));
        assert!(matches!(
            header_once(&RULE, "location", &with(2)).map(|finding| finding.breach),
            Some(Breach::HeaderRepeated { count: 2, .. })
        ));
    }
}

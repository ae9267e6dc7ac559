//! What an answer must not give away.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::{Request, Response};

/// Traces of the languages that vendors commonly write in: the frames, not the mere word "exception".
static TRACES: LazyLock<Regex> = LazyLock::new(|| {
    let frames = [
        r"(?m)^\s*at [\w$.<>/]+\([\w$]+\.(java|kt|scala|groovy):\d+\)",
        r"Traceback \(most recent call last\)",
        r#"(?m)^\s*File "[^"]+", line \d+, in "#,
        r"(?m)^\s*at .+ \(?(/|[A-Za-z]:\\|file:|node:)[^\s)]*:\d+:\d+\)?",
        r"(?m)^\s*at [\w.<>`]+\(.*\) in .+:line \d+",
        r"goroutine \d+ \[running\]",
        r"(?m)^#\d+ /.+\.php\(\d+\)",
        r"Whitelabel Error Page|Werkzeug Debugger|PHP Fatal error",
        r"(?m)^\s*from /.+\.rb:\d+:in ",
        r"thread '[^']+' panicked at",
    ];
    Regex::new(&frames.join("|")).expect("the patterns are constants and a test compiles them")
});

/// Whether there can be a trace at all. Compiling the patterns takes longer than a whole short run, and hardly any
/// answer holds the words without which none of them matches.
fn may_show_a_trace(lines: &str) -> bool {
    let beginnings = ["at ", "File \"", "from /", "#"];
    let words =
        ["Traceback (", "goroutine ", "Whitelabel Error Page", "Werkzeug Debugger", "PHP Fatal error", "panicked at"];
    words.iter().any(|word| lines.contains(word))
        || lines.lines().any(|line| beginnings.iter().any(|word| line.trim_start().starts_with(word)))
}

/// The answer shows no stack trace and repeats no token.
pub fn answer(requirement: &RequirementId, request: &Request, response: &Response) -> Vec<Finding> {
    let mut findings = Vec::new();
    let text = response.text();
    // Inside a JSON string the lines of a trace are escaped.
    let lines = match text.contains('\\') {
        true => text.replace("\\n", "\n").replace("\\t", "\t").into(),
        false => Cow::Borrowed(text.as_str()),
    };
    let mut find = |place: Place, what: &str, because: &str| {
        let breach = Breach::Unwanted { what: what.to_owned(), because: because.to_owned() };
        findings.push(Finding::new(requirement.clone(), place, breach));
    };
    if may_show_a_trace(&lines) && TRACES.is_match(&lines) {
        let because = "it shows the inside of the server to whoever calls it";
        find(Place::Body(String::new()), "a stack trace", because);
    }
    for secret in request.secrets.iter().filter(|secret| secret.expose().len() >= 16) {
        let because = "whoever reads the answer could use it";
        if text.contains(secret.expose()) {
            find(Place::Body(String::new()), "the token of the request", because);
        }
        for header in &response.headers {
            if header.text().contains(secret.expose()) {
                find(Place::Header(header.name.clone()), "the token of the request", because);
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::wire::{Headers, Secret};

    const RULE: RequirementId = RequirementId::known("TEST");

    #[rstest]
    #[case("java.lang.NullPointerException\n\tat com.vendor.Api.get(Api.java:12)\n", true)]
    #[case("Traceback (most recent call last):\n", true)]
    #[case("Error: x\n    at Object.<anonymous> (/srv/app/index.js:3:9)\n", true)]
    #[case("thread 'main' panicked at src/main.rs:1:1", true)]
    #[case("x\n  File \"/srv/app.py\", line 3, in get\n", true)]
    #[case("x\n\u{a0}at Vendor.Api.Get() in /srv/Api.cs:line 12\r\n", true)]
    #[case("x\n   at vendor (C:\\\\srv\\\\app.js:3:9)", true)]
    #[case("goroutine 1 [running]:\nmain.main()", true)]
    #[case("x\n#0 /srv/index.php(12): get()\n", true)]
    #[case("<h1>Whitelabel Error Page</h1>", true)]
    #[case("<title>x // Werkzeug Debugger</title>", true)]
    #[case("PHP Fatal error:  Uncaught Error", true)]
    #[case("app.rb:1:in `x'\n\tfrom /srv/app.rb:12:in `get'\n", true)]
    #[case("#1 of 3: at home", false)]
    #[case("{\"message\":\"an exception to the rule at the office (room 12:30)\"}", false)]
    #[case(r#"{"trace":"java.lang.IllegalStateException: x\n\tat a.b.C.d(C.java:42)"}"#, true)]
    #[case("look at this", false)]
    fn traces_are_told_from_prose(#[case] body: &str, #[case] found: bool) {
        let response = Response { body: body.into(), ..Response::new(500) };
        assert_eq!(!answer(&RULE, &Request::default(), &response).is_empty(), found);
    }

    #[test]
    fn a_token_that_comes_back_is_found_wherever_it_stands() {
        let secret = Secret::new("aaaaaaaa.bbbbbbbb.cccccccc");
        let request = Request { secrets: vec![secret.clone()], ..Request::default() };
        let response = Response {
            headers: Headers::from_iter([("X-Echo", secret.expose())]),
            body: secret.expose().into(),
            ..Response::new(200)
        };
        assert_eq!(answer(&RULE, &request, &response).len(), 2);
    }
}

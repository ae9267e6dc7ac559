//! What an answer must not give away.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::{Request, Response};

/// What a pattern shows of a server's inside.
struct Trace {
    /// Names the thing in a sentence.
    what: &'static str,
    patterns: &'static [&'static str],
}

/// Traces of the languages and servers that vendors commonly use. Each asks for more than a word of everyday language:
/// for the form of a frame, a path of a source file, a sentence that only a database writes.
const TRACES: &[Trace] = &[
    Trace {
        what: "a stack trace",
        patterns: &[
            // Java, Kotlin, Scala, Groovy.
            r"\bat [\w$.<>/]+\([\w$]+\.(java|kt|scala|groovy):\d+\)",
            r"\bat [\w$.]+\((Native Method|Unknown Source)\)",
            // Python.
            r"Traceback \(most recent call last\)",
            r#"File "[^"]+\.py", line \d+"#,
            // JavaScript.
            r"(?m)^\s*at .+ \(?(/|[A-Za-z]:\\|file:|node:)[^\s)]*:\d+:\d+\)?",
            r"\bat [\w.<>$]+ \((/|[A-Za-z]:\\|file:|node:)[^\s)]*:\d+:\d+\)",
            // .NET.
            r"\bat [\w.<>`]+\(.*?\) in .+?:line \d+",
            r"goroutine \d+ \[running\]",
            // PHP.
            r"#\d+ (/|[A-Za-z]:\\)[^\s(]+\.php\(\d+\)",
            r"(Fatal error|Warning|Notice)(</b>)?: .{0,300} in (<b>)?\S+\.php",
            r"Whitelabel Error Page|Werkzeug Debugger|PHP Fatal error",
            // Ruby.
            r"(?m)^\s*from /.+\.rb:\d+:in ",
            r"thread '[^']+' panicked at",
        ],
    },
    Trace {
        what: "the path of a source file on the server",
        patterns: &[
            // Pages refer to scripts by paths too, so a path alone needs the beginning that only a server's has.
            r"(?:^|[^\w:/.])/(?:home|srv|var|usr|opt|root|Users|mnt)/(?:[\w.@+-]+/)*[\w.-]+\.(?:java|kt|py|js|ts|php|rb|go|rs|cs|jsp|class)\b",
            r"(?:^|[^\w:/.])/(?:[\w.@+-]+/)+[\w.-]+\.(?:java|kt|py|js|ts|php|rb|go|rs|cs|jsp):\d+",
            r"\b[A-Za-z]:\\{1,2}(?:[\w. @+-]+\\{1,2})+[\w.-]+\.(?:java|kt|py|js|ts|php|rb|go|cs|vb|aspx|jsp)\b",
        ],
    },
    Trace {
        what: "the error of a database",
        patterns: &[
            r"You have an error in your SQL syntax",
            r"\bORA-\d{5}\b",
            r"\bSQLSTATE\b\W{0,3}[0-9A-Z]{5}\b",
            r"\b(java\.sql\.|org\.hibernate\.|com\.mysql\.|org\.postgresql\.)\w",
            r"(psycopg2?|sqlite3|pymysql|sqlalchemy)\.\w*\.?\w*(Error|Exception|exc)\b",
            r"(Duplicate entry '.*' for key|duplicate key value violates unique constraint|UNIQUE constraint failed: )",
            r"Unclosed quotation mark after the character string",
        ],
    },
];

static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let compile = |trace: &Trace| {
        let pattern = trace.patterns.join("|");
        (trace.what, Regex::new(&pattern).expect("the patterns are constants and a test compiles them"))
    };
    TRACES.iter().map(compile).collect()
});

/// Whether there can be a trace at all. Compiling the patterns takes longer than a whole short run, and hardly any
/// answer holds the words without which none of them matches; a test holds that.
fn may_show_a_trace(lines: &str) -> bool {
    const WORDS: &[&str] = &[
        "at ",
        "File \"",
        "Traceback (",
        "goroutine ",
        "Fatal error",
        "Warning",
        "Notice",
        "Whitelabel Error Page",
        "Werkzeug Debugger",
        "from /",
        "panicked at",
        ".php(",
        "/home/",
        "/srv/",
        "/var/",
        "/usr/",
        "/opt/",
        "/root/",
        "/Users/",
        "/mnt/",
        ".java:",
        ".kt:",
        ".py:",
        ".js:",
        ".ts:",
        ".php:",
        ".rb:",
        ".go:",
        ".rs:",
        ".cs:",
        ".jsp:",
        ":\\",
        "SQL",
        "ORA-",
        "java.sql.",
        "org.hibernate.",
        "com.mysql.",
        "org.postgresql.",
        "psycopg",
        "sqlite3",
        "pymysql",
        "sqlalchemy",
        "Duplicate entry",
        "duplicate key",
        "UNIQUE constraint",
        "Unclosed quotation",
    ];
    WORDS.iter().any(|word| lines.contains(word))
}

/// The answer shows nothing of the server's inside and repeats no token.
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
    // A trace has paths in it and a database's error comes with one: what is told first tells all.
    if may_show_a_trace(&lines)
        && let Some((what, _)) = PATTERNS.iter().find(|(_, pattern)| pattern.is_match(&lines))
    {
        find(Place::Body(String::new()), what, "it shows the inside of the server to whoever calls it");
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
    #[case(r#"{"error":"/home/app/vendor/src/main/java/Auth.java:31"}"#, true)]
    #[case(r#"{"error":"C:\\inetpub\\vendor\\Auth.cs"}"#, true)]
    #[case(r#"{"error":"You have an error in your SQL syntax near M1"}"#, true)]
    #[case("ORA-00942: table or view does not exist", true)]
    #[case(r#"{"debug":"at com.vendor.Status.get(Status.java:31)"}"#, true)]
    #[case(r#"{"debug":"File \"/srv/app/auth.py\", line 12, in check"}"#, true)]
    #[case("Error: at check (/srv/app/auth.js:3:9)", true)]
    #[case("<b>Warning</b>: Undefined index: jwt in <b>/var/www/auth.php</b> on line 3", true)]
    #[case("   at Vendor.Auth.Check(String token) in D:\\src\\Auth.cs:line 42", true)]
    #[case("sqlite3.IntegrityError: UNIQUE constraint failed: c.memsq", true)]
    #[case("<script src=\"/static/js/login.min.js\"></script><a href='/a/b.php'>log in</a>", false)]
    #[case("<script src=\"/app/main.js\"></script>", false)]
    #[case("<script src=\"https://cdn.vendor.example/lib/app.js?v=1\"></script>", false)]
    #[case("see https://vendor.example/docs/api/index.js for more", false)]
    #[case("Warning: the trial is over in May", false)]
    #[case("C:\\ is where your documents are", false)]
    #[case("Order ORA-1 at shop (node: 3)", false)]
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

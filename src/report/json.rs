//! For programs: everything that happened, as one JSON document.
//!
//! [`Document`] is what is written; its JSON Schema is published as `specs/report.schema.json`. `version` grows when a
//! member changes its meaning or goes; new members may come at any time.

pub mod assessment;
mod convert;

pub(crate) use convert::{content, exchange, text};

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::course::Course;
use super::{Background, Reporter, RunOutcome, conclusion, escape};
use crate::engine::Event;

/// The version of the document.
///
/// 2 since attempts between the first and the last that a later one superseded are counted instead of written, and a
/// remark stands once for a case instead of once for each of its steps.
pub const VERSION: u32 = 2;

/// The report as it is written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "storeproof report")]
pub struct Document {
    /// 2. Grows when a member changes its meaning or goes.
    #[schemars(extend("const" = 2))]
    pub version: u32,
    /// How the run came out.
    pub outcome: RunOutcome,
    /// Whether the user ended the run before its time; the cases are then those that had ended.
    pub interrupted: bool,
    /// Seed of all generated values.
    pub seed: u64,
    /// The vendor as the user named it.
    pub vendor: String,
    /// How long the run took, in milliseconds.
    pub elapsed_ms: f64,
    /// Counts over all cases.
    pub totals: Counts,
    /// What a certification comes to; none for a run of single cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<assessment::Assessment>,
    /// The smallest scenarios that still break a rule, where cases were reduced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reduced: Vec<Reduced>,
    /// The cases in the order in which they were selected, whichever ended first.
    pub cases: Vec<Case>,
}

/// The smallest scenario that still breaks a rule.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reduced {
    /// Name of the case that it was made from.
    pub case: String,
    /// Name of the requirement that it breaks.
    pub requirement: String,
    /// Steps of that case.
    pub before: usize,
    /// Steps that are left.
    pub after: usize,
    /// The scenario, as YAML.
    pub scenario: String,
}

/// How many cases came out which way.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Cases in which every check held.
    pub conforms: usize,
    /// Cases that broke the contract.
    pub breaks: usize,
    /// Cases in which only a snapshot stands in the way.
    pub unreviewed: usize,
    /// Cases that were not judged.
    pub not_judged: usize,
    /// Cases that were left out, since the vendor's program does not do what they are about.
    #[serde(default)]
    pub left_out: usize,
    /// Steps that were played.
    pub steps: usize,
    /// Exchanges with the vendor.
    pub exchanges: usize,
}

/// How a case came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseOutcome {
    /// Every check held.
    Conforms,
    /// The contract was broken.
    Breaks,
    /// Everything held, but a snapshot is new or differs from the reviewed one.
    Unreviewed,
    /// The vendor was not judged.
    NotJudged,
    /// The vendor's program says that it does not do what the case is about.
    LeftOut,
}

/// One case.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Title of its document.
    pub title: String,
    /// The file in which it is written. A computed case stands in none until `export` was run.
    pub file: String,
    /// The command that writes the file of a computed case into a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
    /// The marketplace that was played; `null` for a plain document.
    pub marketplace: Option<String>,
    /// Its dialect.
    pub dialect: Option<String>,
    /// How it came out.
    pub outcome: CaseOutcome,
    /// Why it was not judged, or left out, when it was.
    pub blocked: Option<String>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: f64,
    /// What is held against the vendor.
    pub findings: Vec<Finding>,
    /// Documented readings that were met where the documents leave more than one.
    pub readings: Vec<Note>,
    /// Rules that could not be judged.
    pub not_judged: Vec<Note>,
    /// Steps in the order in which they were played. Of the attempts that were superseded one after the other, the first
    /// and the last are here.
    pub steps: Vec<Step>,
    /// The command that plays the case again.
    pub rerun: String,
}

/// One way in which an exchange broke the contract.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The kind of check.
    pub rule: String,
    /// Name of the requirement that was broken.
    pub requirement: String,
    /// Its weight: `must`, `should`, `advice` or `manual`.
    pub level: Level,
    /// Id of the step.
    pub step: String,
    /// Attempt of the step, counted from 1.
    pub attempt: u32,
    /// Position of the exchange among those of its step, when one shows it.
    pub exchange: Option<usize>,
    /// Line of the step in the case's file, counted from 1.
    pub line: usize,
    /// Where in the exchange, such as `status`, `header Location` or `body /0/pay-amt`.
    pub place: String,
    /// Whose entry it is, where the place is one of a list: `customer M12345`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// What the contract asks for.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// Both in a sentence.
    pub message: String,
    /// A likely cause, when the exchange shows one.
    pub cause: Option<String>,
    /// What may come of just this breach.
    pub consequence: Option<String>,
    /// What else is worth knowing of how it was found.
    pub remark: Option<String>,
    /// By what it is accepted for a time, when it is a known failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    /// What to change.
    pub hint: Option<String>,
    /// Page or document and edition behind the requirement.
    pub source: Option<String>,
    /// How the requirement is known.
    pub provenance: Option<Provenance>,
    /// A command that sends the same request again.
    pub curl: Option<String>,
}

/// An entry of the list of known failures.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// Why the failure is accepted.
    pub reason: String,
    /// Who answers for it; absent in reports of earlier versions.
    #[serde(default)]
    pub owner: String,
    /// The last day on which it is.
    #[schemars(extend("format" = "date"))]
    pub until: Option<String>,
}

/// How much a requirement weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing a program can judge.
    Manual,
    /// Good practice; never a failure.
    Advice,
    /// Said without being binding; never a failure.
    Should,
    /// The contract.
    Must,
}

/// How a requirement is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// The store's documents say it.
    Documented,
    /// It follows from what they say.
    Inferred,
    /// They say it in more than one way.
    Contradictory,
}

/// What is remarked on a requirement without being a finding.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// Name of the requirement.
    pub requirement: String,
    /// Id of the first step that showed it.
    pub step: String,
    /// How often the steps of the case showed it.
    pub times: usize,
    /// Which reading was met, or why nothing was judged.
    pub text: String,
}

/// The proof of a computed call.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Derived {
    /// Kind of flaw, such as `missing`.
    pub flaw: String,
    /// What has it: a JSON pointer into the body, or words.
    pub at: String,
    /// Why it is a flaw, or none.
    pub why: String,
    /// The answers that the documents allow, in words.
    pub answers: Vec<String>,
}

/// One attempt of one step.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// The workflow it belongs to.
    pub workflow: String,
    /// Its description.
    pub description: Option<String>,
    /// Line in the case's file, counted from 1.
    pub line: usize,
    /// The operation that was called.
    pub operation: Option<String>,
    /// What the vendor's program was to do, where it calls and the marketplace answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// The mistake that was made on purpose.
    pub tamper: Option<String>,
    /// Why a computed call is wrong, or odd and right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<Derived>,
    /// When each delivery after the first comes by the store's schedule, counted from the first: `2h`. Nobody waited for
    /// it; the exchanges have the times that they had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<String>,
    /// Attempt, counted from 1.
    pub attempt: u32,
    /// Whether a later attempt took its place.
    pub superseded: bool,
    /// How many further attempts followed this one, were superseded too, and are left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
    /// What was wrong with an attempt that a later one superseded; nothing is held against the vendor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Finding>,
    /// Every delivery and the probe behind it.
    pub exchanges: Vec<Exchange>,
    /// Pages that were opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Visit>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What a vendor's program was to do, and how it ended.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// Name of the task.
    pub name: String,
    /// What it was to call with, as `name=value`; a list has an entry for each value.
    pub arguments: Vec<String>,
    /// How the program ended, as a phrase behind "the program".
    pub ended: String,
    /// Its exit code, where it has one and it was seen.
    pub exit_code: Option<i32>,
    /// The end of what it wrote.
    pub output: String,
}

/// Who made a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// The marketplace; the answer is the vendor's.
    Marketplace,
    /// The vendor; the answer is the marketplace's.
    Vendor,
}

/// One request and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Exchange {
    /// When sending began, RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub started: String,
    /// Who called.
    pub caller: Caller,
    /// Base address of who was called.
    pub base: String,
    /// The TLS version, when TLS was spoken.
    pub tls: Option<String>,
    /// The request.
    pub request: Request,
    /// The whole answer; `null` when it was lost.
    pub response: Option<Response>,
    /// How the answer was lost, when it was.
    pub loss: Option<Loss>,
    /// How long it took.
    pub timing: Timing,
}

/// A request.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Fields in the order in which they were sent.
    pub headers: Vec<Header>,
    /// The body; `null` for none.
    pub body: Option<Content>,
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Fields in the order and spelling of the sender.
    pub headers: Vec<Header>,
    /// The body; `null` for none.
    pub body: Option<Content>,
}

/// A header field.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// The name with its own upper and lower case.
    pub name: String,
    /// The value; bytes that are no UTF-8 are written as `\xff`.
    pub value: String,
}

/// A body without secrets.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// How `data` is written.
    pub encoding: Encoding,
    /// The body, or its beginning.
    pub data: String,
    /// Length of the whole body in bytes, as it was on the wire.
    pub bytes: usize,
    /// Whether `data` holds only the beginning.
    pub truncated: bool,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// As text.
    Text,
    /// In base64 (RFC 4648, 4), because it is no UTF-8.
    Base64,
}

/// How an answer was lost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Loss {
    /// In words.
    pub message: String,
    /// Whether the vendor was never reached.
    pub unreachable: bool,
    /// What was received, when anything was.
    pub received: Option<Content>,
}

/// How long an exchange took, in milliseconds from the start of sending.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// Until the connection stood; 0 where an open one was used.
    pub connected_ms: f64,
    /// Until the first byte of the answer.
    pub first_byte_ms: Option<f64>,
    /// Until the end.
    pub total_ms: f64,
}

/// A page that was opened as a browser opens it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Visit {
    /// The address that was opened.
    pub url: String,
    /// Each answer on the way; the last is the page itself.
    pub hops: Vec<Hop>,
    /// How the visit ended, in words.
    pub end: String,
}

/// One answer on the way to a page.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Hop {
    /// The address that was asked.
    pub url: String,
    /// The status that came.
    pub status: u16,
}

/// The JSON Schema of [`Document`], as published.
pub fn schema() -> String {
    let mut text = format!("{:#}", schemars::schema_for!(Document).to_value());
    text.push('\n');
    text
}

/// Writes the document when the run ends.
pub struct Json<'a> {
    out: &'a mut dyn Write,
    background: Background<'a>,
    course: Course,
}

impl<'a> Json<'a> {
    /// A report to a writer.
    pub fn new(out: &'a mut dyn Write, background: Background<'a>) -> Self {
        Self { out, background, course: Course::new(background.secrets) }
    }
}

impl Reporter for Json<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(closing) = self.course.event(event) else { return Ok(()) };
        let redactor = self.course.redactor();
        let course = &self.course;
        let document = Document {
            version: VERSION,
            outcome: conclusion(&closing.totals),
            interrupted: closing.interrupted,
            seed: course.seed,
            vendor: redactor.text(&course.vendor),
            elapsed_ms: convert::millis(closing.elapsed),
            totals: convert::counts(&closing.totals),
            assessment: course.assessment.as_ref().map(|told| assessment::assessment(told, &redactor)),
            reduced: course.reduced.iter().map(|reduced| convert::reduced(reduced, &redactor)).collect(),
            cases: course.cases.iter().map(|case| convert::case(&self.background, case, &redactor)).collect(),
        };
        let text = serde_json::to_string_pretty(&document).map_err(io::Error::from)?;
        writeln!(self.out, "{}", escape::json(&text))?;
        self.out.flush()
    }
}

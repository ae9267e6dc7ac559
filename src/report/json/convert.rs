//! From records to the document.

use std::time::Duration;

use base64::Engine as _;

use crate::engine::{self, CaseRecord, StepRecord, TaskRecord, Totals};
use crate::verdict::{Blocked, Level as Weight, Outcome, Provenance as Sourced, RequirementId, Weighed};
use crate::wire::{self, Headers, Redactor, VisitEnd, printable};

use super::super::{Background, reproduce, scenario_file, written};
use super::{
    Caller, Case, CaseOutcome, Content, Counts, Derived, Encoding, Exchange, Finding, Header, Hop, Known, Level, Loss,
    Note, Provenance, Reduced, Request, Response, Step, Task, Timing, Visit,
};

/// A weight as it is written.
pub(super) fn level(weight: Weight) -> Level {
    match weight {
        Weight::Manual => Level::Manual,
        Weight::Advice => Level::Advice,
        Weight::Should => Level::Should,
        Weight::Must => Level::Must,
    }
}

/// Bodies are kept up to this many bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// Texts of findings are kept up to this many bytes: enough for the difference of a snapshot.
const LONGEST_TEXT: usize = 16 * 1024;

pub(super) fn reduced(reduced: &engine::Reduced, redactor: &Redactor) -> Reduced {
    Reduced {
        case: redactor.text(&reduced.case),
        requirement: reduced.requirement.to_string(),
        before: reduced.before,
        after: reduced.after,
        scenario: redactor.text(&reduced.scenario),
    }
}

pub(super) fn counts(totals: &Totals) -> Counts {
    Counts {
        conforms: totals.conform,
        breaks: totals.break_,
        unreviewed: totals.unreviewed,
        not_judged: totals.not_judged,
        left_out: totals.declined,
        steps: totals.steps,
        exchanges: totals.exchanges,
    }
}

/// Milliseconds, to the microsecond.
pub(super) fn millis(time: Duration) -> f64 {
    // Below 2^53 microseconds (285 years) nothing is lost.
    time.as_micros() as f64 / 1_000.0
}

pub(super) fn case(background: &Background<'_>, case: &CaseRecord, redactor: &Redactor) -> Case {
    let cut = Cut { redactor, background, case };
    let judged = || case.steps.iter().filter(|step| !step.superseded);
    let (outcome, blocked) = match &case.outcome {
        Outcome::Conforms => (CaseOutcome::Conforms, None),
        Outcome::Breaks => (CaseOutcome::Breaks, None),
        Outcome::Unreviewed => (CaseOutcome::Unreviewed, None),
        Outcome::NotJudged(blocked @ Blocked::Declined { .. }) => {
            (CaseOutcome::LeftOut, Some(cut.text(&blocked.to_string())))
        }
        Outcome::NotJudged(blocked) => (CaseOutcome::NotJudged, Some(cut.text(&blocked.to_string()))),
    };
    let mut readings = Vec::new();
    let mut not_judged = Vec::new();
    for step in judged() {
        for reading in &step.readings {
            cut.note(&mut readings, &reading.requirement, step, &reading.met);
        }
        for skipped in &step.skipped {
            cut.note(&mut not_judged, &skipped.requirement, step, &skipped.why);
        }
    }
    Case {
        name: cut.text(&case.name),
        title: cut.text(&case.title),
        file: cut.text(&scenario_file(&case.name)),
        export: written::export(background, case, redactor),
        marketplace: case.marketplace.clone(),
        dialect: case.dialect.clone(),
        outcome,
        blocked,
        elapsed_ms: millis(case.elapsed),
        findings: judged().flat_map(|step| cut.findings(step)).collect(),
        readings,
        not_judged,
        steps: cut.steps(),
        rerun: reproduce::rerun(background, case, redactor),
    }
}

/// What turns pieces of one case into pieces of the document, without its secrets.
struct Cut<'a> {
    redactor: &'a Redactor,
    background: &'a Background<'a>,
    case: &'a CaseRecord,
}

impl Cut<'_> {
    fn text(&self, foreign: &str) -> String {
        text(self.redactor, foreign)
    }

    /// Remarks once: what was remarked before is counted.
    fn note(&self, notes: &mut Vec<Note>, requirement: &RequirementId, step: &StepRecord, text: &str) {
        let text = self.text(text);
        match notes.iter_mut().find(|note| note.requirement == requirement.as_str() && note.text == text) {
            Some(note) => note.times += 1,
            None => {
                let (requirement, step) = (requirement.to_string(), self.text(&step.id));
                notes.push(Note { requirement, step, times: 1, text });
            }
        }
    }

    /// The steps without the attempts in the middle of a long wait, which say what the first and the last say.
    fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let records = &self.case.steps;
        let waits = |one: &StepRecord, other: &StepRecord| {
            one.superseded && other.superseded && one.id == other.id && one.workflow == other.workflow
        };
        for (index, record) in records.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| &records[before]);
            let after = records.get(index + 1);
            let inside =
                before.is_some_and(|before| waits(before, record)) && after.is_some_and(|after| waits(record, after));
            match steps.last_mut().filter(|_| inside) {
                Some(first) => first.left_out += 1,
                None => steps.push(self.step(record)),
            }
        }
        steps
    }

    fn findings(&self, step: &StepRecord) -> Vec<Finding> {
        step.findings.iter().map(|weighed| self.finding(step, weighed)).collect()
    }

    fn finding(&self, step: &StepRecord, weighed: &Weighed) -> Finding {
        let finding = &weighed.finding;
        let requirement = self.background.catalogue.get(&finding.requirement);
        let exchange = weighed.exchange.and_then(|index| step.exchanges.get(index));
        Finding {
            rule: finding.breach.rule().to_owned(),
            requirement: finding.requirement.to_string(),
            level: level(weighed.level),
            step: self.text(&step.id),
            attempt: step.attempt,
            exchange: weighed.exchange,
            line: step.spot.line,
            place: self.text(&finding.place.to_string()),
            entry: finding.entry.as_deref().map(|entry| self.text(entry)),
            expected: self.text(&finding.breach.expected()),
            actual: self.text(&finding.breach.actual()),
            message: self.text(&finding.problem()),
            cause: finding.cause.as_deref().map(|cause| self.text(cause)),
            consequence: finding.consequence.as_deref().map(|text| self.text(text)),
            remark: finding.remark.as_deref().map(|text| self.text(text)),
            known: finding.known.as_ref().map(|known| Known {
                reason: self.text(&known.reason),
                owner: self.text(&known.owner),
                until: Some(known.expires.to_string()),
            }),
            hint: match finding.breach.mend() {
                Some(mend) => Some(mend.to_owned()),
                None => requirement.map(|requirement| requirement.mend.clone()),
            },
            source: requirement.map(|requirement| requirement.source.clone()),
            provenance: requirement.map(|requirement| match requirement.provenance {
                Sourced::Documented => Provenance::Documented,
                Sourced::Inferred => Provenance::Inferred,
                Sourced::Contradictory => Provenance::Contradictory,
            }),
            // What the vendor called is gone when the run has ended.
            curl: exchange
                .filter(|exchange| exchange.caller == wire::Caller::Marketplace)
                .map(|exchange| reproduce::curl(self.background, self.case, step, exchange, self.redactor)),
        }
    }

    fn step(&self, step: &StepRecord) -> Step {
        Step {
            id: self.text(&step.id),
            workflow: self.text(&step.workflow),
            description: step.description.as_deref().map(|text| self.text(text)),
            line: step.spot.line,
            operation: step.operation.as_deref().map(|text| self.text(text)),
            task: step.task.as_ref().map(|task| self.task(task)),
            tamper: step.tamper.as_deref().map(|text| self.text(text)),
            derived: step.derived.as_ref().map(|derived| Derived {
                flaw: self.text(&derived.flaw),
                at: self.text(&derived.at),
                why: self.text(&derived.why),
                answers: derived.answers.iter().map(|answer| self.text(answer)).collect(),
            }),
            later: step.later.iter().map(|time| engine::event::span(*time)).collect(),
            attempt: step.attempt,
            superseded: step.superseded,
            left_out: 0,
            evidence: if step.superseded { self.findings(step) } else { Vec::new() },
            exchanges: step.exchanges.iter().map(|it| exchange(self.redactor, it)).collect(),
            visits: step.visits.iter().map(|visit| self.visit(visit)).collect(),
        }
    }

    fn task(&self, task: &TaskRecord) -> Task {
        Task {
            name: self.text(&task.name),
            arguments: task.arguments.iter().map(|argument| self.text(argument)).collect(),
            ended: self.text(&task.ended.to_string()),
            exit_code: task.ended.exit_code(),
            output: self.text(task.ended.output()),
        }
    }

    fn visit(&self, visit: &wire::Visit) -> Visit {
        let end = match &visit.end {
            VisitEnd::Page { media_type, .. } => {
                format!("a page of type {}", media_type.as_deref().unwrap_or("unknown"))
            }
            VisitEnd::LeftOrigin { to } => format!("a redirect to another origin, not followed: {to}"),
            VisitEnd::TooManyRedirects => "more than ten redirects".to_owned(),
            VisitEnd::NotAUrl => "no address that can be opened".to_owned(),
            VisitEnd::Failed { why } => format!("the page could not be read: {why}"),
        };
        Visit {
            url: self.text(&visit.url),
            hops: visit.hops.iter().map(|hop| Hop { url: self.text(&hop.url), status: hop.status }).collect(),
            end: self.text(&end),
        }
    }
}

/// Foreign text without secrets, of bounded length.
pub(crate) fn text(redactor: &Redactor, text: &str) -> String {
    let mut text = redactor.text(text);
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.push('…');
    }
    text
}

/// An exchange without secrets.
pub(crate) fn exchange(redactor: &Redactor, exchange: &wire::Exchange) -> Exchange {
    let request = &exchange.request;
    let text = |foreign: &str| text(redactor, foreign);
    let whole = |body: &[u8]| content(redactor, body, body.len(), LONGEST_BODY);
    Exchange {
        started: exchange.started.to_string(),
        caller: match exchange.caller {
            wire::Caller::Marketplace => Caller::Marketplace,
            wire::Caller::Vendor => Caller::Vendor,
        },
        base: text(&exchange.peer.base),
        tls: exchange.peer.tls.as_ref().map(|tls| text(&tls.version)),
        request: Request {
            method: text(&request.method),
            target: text(&request.target),
            headers: headers(redactor, &request.headers),
            body: whole(&request.body),
        },
        response: exchange.response().map(|response| Response {
            status: response.status,
            reason: text(&response.reason),
            headers: headers(redactor, &response.headers),
            body: whole(&response.body),
        }),
        loss: exchange.answer.as_ref().err().map(|loss| {
            let total = usize::try_from(exchange.raw.received_total).unwrap_or(usize::MAX);
            let total = total.max(exchange.raw.received.len());
            Loss {
                message: text(&loss.to_string()),
                unreachable: loss.unreachable(),
                received: content(redactor, &exchange.raw.received, total, LONGEST_BODY),
            }
        }),
        timing: Timing {
            connected_ms: millis(exchange.timing.connected),
            first_byte_ms: exchange.timing.first_byte.map(millis),
            total_ms: millis(exchange.timing.total),
        },
    }
}

fn headers(redactor: &Redactor, headers: &Headers) -> Vec<Header> {
    let header = |header: &wire::Header| Header {
        name: text(redactor, &header.name),
        value: match std::str::from_utf8(&header.value) {
            Ok(value) => text(redactor, value),
            Err(_) => text(redactor, &printable(&redactor.bytes(&header.value))),
        },
    };
    headers.iter().map(header).collect()
}

/// Bytes, redacted before they are cut to `longest`: a piece of a secret at the cut would not be recognised. `bytes` is
/// how many there were; none are `None`.
pub(crate) fn content(redactor: &Redactor, body: &[u8], bytes: usize, longest: usize) -> Option<Content> {
    if body.is_empty() {
        return None;
    }
    let kept = redactor.bytes(body);
    let truncated = kept.len() > longest || bytes > body.len();
    let (encoding, data) = match String::from_utf8(kept) {
        Ok(mut text) => {
            text.truncate(text.floor_char_boundary(longest));
            (Encoding::Text, text)
        }
        Err(error) => {
            let kept = error.into_bytes();
            let kept = &kept[..kept.len().min(longest)];
            (Encoding::Base64, base64::engine::general_purpose::STANDARD.encode(kept))
        }
    };
    Some(Content { encoding, data, bytes, truncated })
}

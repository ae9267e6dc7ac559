//! The client at a task: from one call to the next, and to its end.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::fault::{Fault, Faulty};
use super::request::Asked;
use crate::market::fault::Faults;
use crate::market::{Act, Task};
use crate::sign::scp::{self, Mistake};
use crate::wire::{Loss, Request, Response, Secret};

/// Attempts at one call.
const ATTEMPTS: u32 = 5;
/// The pause after the first failure; it doubles with each further one.
const PAUSE: Duration = Duration::from_millis(200);
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The patience of one that has little.
const IMPATIENCE: Duration = Duration::from_secs(2);

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Options {
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: Secret,
    /// What it does wrong.
    pub faults: Vec<Faulty>,
}

/// A client at one task.
#[derive(Debug)]
pub struct Client {
    access_key: String,
    secret_key: Secret,
    mistake: Option<Mistake>,
    faults: Faults<Fault>,
    task: Task,
    /// The store's address, without a slash at its end.
    base: String,
    /// The page that is read; `None` where the task is about no list.
    page: Option<i64>,
    first: i64,
    /// How often the call in hand has failed.
    failed: u32,
    /// How often the page in hand was read well.
    read: u32,
    /// The attempt before, for one that repeats it as it was.
    sent: Option<Request>,
    then: Then,
}

/// What is done next.
#[derive(Clone, Debug)]
enum Then {
    Call,
    Wait(Duration),
    Hang,
    End { code: Option<i32>, output: String },
}

/// What an answer means to the client.
enum Met {
    Well(Value),
    Refused(u16),
    Failed { what: String, retry_after: Option<Duration>, cut: bool },
}

impl Client {
    /// One that does a task against the store at this base address.
    pub fn new(options: &Options, task: &Task, base: &str) -> Self {
        let mistake = options.faults.iter().find_map(|fault| match fault {
            Faulty::Signs(mistake) => Some(*mistake),
            Faulty::Does(_) => None,
        });
        let faults = options.faults.iter().filter_map(|fault| match fault {
            Faulty::Does(fault) => Some(*fault),
            Faulty::Signs(_) => None,
        });
        let faults = Faults::new(faults.collect());
        let first = match () {
            () if faults.has(Fault::PageZero) => 0,
            () if faults.has(Fault::FirstPageSkipped) => 2,
            () => 1,
        };
        let is_list = matches!(task.operation.id.as_str(), "ListProducts" | "ListProductCategories");
        let asked = task.arguments.iter().find(|(name, _)| name == "page").and_then(|(_, page)| page.as_i64());
        let then = match faults.has(Fault::CallsNothing) {
            true => Then::End { code: Some(0), output: "done\n".to_owned() },
            false => Then::Call,
        };
        Self {
            access_key: options.access_key.clone(),
            secret_key: options.secret_key.clone(),
            mistake,
            faults,
            task: task.clone(),
            base: base.trim_end_matches('/').to_owned(),
            page: is_list.then(|| asked.unwrap_or(first)),
            first: asked.unwrap_or(first),
            failed: 0,
            read: 0,
            sent: None,
            then,
        }
    }

    /// What it does now.
    pub fn next(&mut self, now: Timestamp) -> Act {
        match self.then.clone() {
            Then::Wait(time) => {
                self.then = Then::Call;
                Act::Wait(time)
            }
            Then::Hang => Act::Hang,
            Then::End { code, output } => Act::End { code, output },
            Then::Call => {
                let impatient = self.faults.has(Fault::Impatient) || self.faults.has(Fault::ImpatientForGood);
                let patience = if impatient { IMPATIENCE } else { PATIENCE };
                Act::Call { request: self.request(now), patience }
            }
        }
    }

    fn request(&mut self, now: Timestamp) -> Request {
        if self.failed > 0
            && self.faults.has(Fault::RetriesWithOldSignature)
            && let Some(sent) = &self.sent
        {
            return sent.clone();
        }
        let authority = self.base.split("://").last().unwrap_or_default();
        let asked = Asked { task: &self.task, page: self.page, first: self.first, faults: &self.faults };
        let plain = asked.request(authority);
        // The list of versions needs no signature.
        let signed = if self.task.operation.signatures.is_empty() { plain } else { self.sign(&plain, now) };
        self.sent = Some(signed.clone());
        signed
    }

    fn sign(&self, request: &Request, now: Timestamp) -> Request {
        let (key, secret) = (self.access_key.as_str(), &self.secret_key);
        match self.mistake {
            None => scp::sign(request, &self.base, key, secret, None, now).request,
            Some(mistake) => scp::forge(mistake, request, &self.base, key, secret, None, now).request,
        }
    }

    /// Takes what became of its last call.
    pub fn received(&mut self, answer: Result<Response, Loss>) {
        let has = |fault| self.faults.has(fault);
        self.then = match met(answer) {
            Met::Well(body) => self.well(&body),
            Met::Refused(404) if has(Fault::CrashesOnUnknown) => Then::End { code: None, output: String::new() },
            Met::Refused(404) if has(Fault::TraceOnUnknown) => {
                let output =
                    "Traceback (most recent call last):\n  File \"client.py\", line 7\nKeyError: 'product_id'\n";
                self.end(1, output)
            }
            Met::Refused(status) if has(Fault::RetriesRefused) && self.failed < 2 => {
                self.failed += 1;
                let _ = status;
                Then::Wait(PAUSE)
            }
            Met::Refused(404) => self.end(4, "there is no such id\n"),
            Met::Refused(status) => self.end(1, &format!("the store refused the call with {status}\n")),
            Met::Failed { cut: true, .. } if has(Fault::HangsOnCut) => Then::Hang,
            Met::Failed { what, retry_after, .. } => self.failed(&what, retry_after),
        };
    }

    fn failed(&mut self, what: &str, retry_after: Option<Duration>) -> Then {
        let has = |fault| self.faults.has(fault);
        self.failed += 1;
        if has(Fault::FailedPageSkipped)
            && let Some(page) = &mut self.page
        {
            *page += 1;
            self.failed = 0;
            return Then::Call;
        }
        let ends = has(Fault::NeverRetries) || has(Fault::ImpatientForGood) && what.contains("within");
        if ends || self.failed >= ATTEMPTS && !has(Fault::RetriesForEver) {
            return self.end(1, &format!("gave up: {what}\n"));
        }
        match retry_after {
            _ if has(Fault::RetriesAtOnce) => Then::Call,
            _ if has(Fault::RetriesForEver) => Then::Wait(PAUSE / 2),
            Some(_) if has(Fault::IgnoresRetryAfter) => Then::Wait(PAUSE),
            // A little longer, since clocks and nets are not exact.
            Some(asked) => Then::Wait(asked + PAUSE / 2),
            None => Then::Wait(PAUSE * 2_u32.pow(self.failed.min(6) - 1)),
        }
    }

    fn well(&mut self, body: &Value) -> Then {
        let has = |fault| self.faults.has(fault);
        self.failed = 0;
        self.read += 1;
        let asked = self.task.arguments.iter().any(|(name, _)| name == "page");
        let Some(page) = self.page.filter(|_| !asked) else { return self.done() };
        if has(Fault::PageTwice) && self.read < 2 {
            return Then::Call;
        }
        let count = body.get("count").and_then(Value::as_i64).unwrap_or_default();
        let mut pages = body.get("total_pages").and_then(Value::as_i64).unwrap_or(1);
        if has(Fault::LastPageSkipped) {
            pages -= 1;
        }
        let more = match () {
            () if has(Fault::FirstPageOnly) => false,
            () if has(Fault::ReadsPastEnd) => count > 0,
            () => page < pages,
        };
        if !more {
            return self.done();
        }
        let step = if has(Fault::PageSkipped) && page == self.first { 2 } else { 1 };
        self.page = Some(page + step);
        self.read = 0;
        Then::Call
    }

    fn done(&self) -> Then {
        match () {
            () if self.faults.has(Fault::ExitsWith1) => self.end(1, "done\n"),
            () if self.faults.has(Fault::CrashesWhenDone) => Then::End { code: None, output: "done\n".to_owned() },
            () if self.faults.has(Fault::HangsWhenDone) => Then::Hang,
            () => self.end(0, "done\n"),
        }
    }

    fn end(&self, code: i32, output: &str) -> Then {
        let code = if self.faults.has(Fault::SwallowsErrors) { 0 } else { code };
        Then::End { code: Some(code), output: output.to_owned() }
    }
}

fn met(answer: Result<Response, Loss>) -> Met {
    let failed = |what: String| Met::Failed { what, retry_after: None, cut: false };
    match answer {
        Err(loss @ Loss::ShortBody { .. }) => Met::Failed { what: loss.to_string(), retry_after: None, cut: true },
        Err(loss) => failed(loss.to_string()),
        Ok(answer) => match answer.status {
            408 | 429 | 500.. => {
                let asked = answer.headers.text("retry-after").and_then(|text| text.trim().parse().ok());
                let what = format!("the store answered {}", answer.status);
                Met::Failed { what, retry_after: asked.map(Duration::from_secs), cut: false }
            }
            400..=499 => Met::Refused(answer.status),
            _ => match answer.json() {
                Ok(body) => Met::Well(body),
                Err(problem) => failed(format!("the answer is no JSON: {problem}")),
            },
        },
    }
}

//! No marketplace: a plain Arazzo document with an OpenAPI document of its own.
//!
//! Calls go out unsigned; answers are held against the OpenAPI document, so that other Arazzo runners and we come to
//! the same verdict on the same file: status, content type, body and header fields as described.

use std::time::Duration;

use super::{CallError, Delivery, Draft, Expects};
use crate::check::{body, message};
use crate::spec::Answer;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Exchange, Loss, Request, Response};

const STATUS: RequirementId = RequirementId::known("OPENAPI-STATUS");
const BODY: RequirementId = RequirementId::known("OPENAPI-BODY");
const HEADER: RequirementId = RequirementId::known("OPENAPI-HEADER");
const CONTENT_TYPE: RequirementId = RequirementId::known("OPENAPI-CONTENT-TYPE");
const TIME: RequirementId = RequirementId::known("OPENAPI-TIME");
const HTTP_ANSWER: RequirementId = RequirementId::known("HTTP-ANSWER");

/// One case of a plain document.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// How long an answer may take.
    pub time_limit: Duration,
}

pub(super) fn sign(draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
    match &delivery.tamper {
        None => Ok(draft.request.clone()),
        Some(mistake) => {
            let recipe = "(none: a plain document is not signed)".to_owned();
            Err(CallError::UnknownMistake { mistake: mistake.clone(), recipe })
        }
    }
}

impl Session {
    /// Holds one answer against the operation's description.
    pub(super) fn judge(&self, draft: &Draft, exchange: &Exchange) -> Judgement {
        let mut judgement = Judgement::default();
        let response = match &exchange.answer {
            Ok(response) => response,
            Err(loss) => {
                judgement.findings.extend(lost(loss));
                return judgement;
            }
        };
        judgement.findings.extend(message::time(&TIME, self.time_limit, exchange.timing.total));
        // Whether the status is the right one is the criteria's affair; without criteria a success is expected.
        if draft.expects == Expects::Success && response.status >= 400 {
            let expected = vec!["a success (2XX)".to_owned()];
            judgement.find(Finding::new(STATUS, Place::Status, Breach::Status { expected, actual: response.status }));
        }
        match draft.operation.answer(response.status) {
            Some(answer) => described(answer, response, &mut judgement),
            None if draft.operation.answers.is_empty() => {}
            None => {
                let expected = draft.operation.answers.iter().map(|answer| answer.status.to_string()).collect();
                let breach = Breach::Status { expected, actual: response.status };
                judgement.find(Finding::new(STATUS, Place::Status, breach));
            }
        }
        judgement
    }
}

fn lost(loss: &Loss) -> Option<Finding> {
    if loss.unreachable() || *loss == Loss::HungUp {
        return None;
    }
    let requirement = if matches!(loss, Loss::TimeOut { .. }) { TIME } else { HTTP_ANSWER };
    Some(Finding::new(requirement, Place::Connection, Breach::Lost { loss: loss.clone() }))
}

fn described(answer: &Answer, response: &Response, judgement: &mut Judgement) {
    for header in &answer.headers {
        let found = response.headers.get(&header.name);
        if found.is_none() && header.required {
            let breach = Breach::HeaderMissing { name: header.name.clone() };
            judgement.find(Finding::new(HEADER, Place::Header(header.name.clone()), breach));
        }
    }
    if answer.content.is_empty() {
        return;
    }
    let names: Vec<&str> = answer.content.iter().map(|media| media.media_type.as_str()).collect();
    let any = names.iter().any(|name| name.contains('*'));
    if let Some(finding) = message::content_type(&CONTENT_TYPE, &names, response).filter(|_| !any) {
        judgement.find(finding);
        return;
    }
    let actual = response.media_type().unwrap_or_default();
    let is_json = actual == "application/json" || actual.ends_with("+json");
    let media = answer
        .content
        .iter()
        .find(|media| media.media_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(&actual)))
        .or_else(|| answer.content.first());
    let (true, Some(schema)) = (is_json, media.and_then(|media| media.schema.as_ref())) else { return };
    match body::json(&BODY, response) {
        Ok(value) => judgement.findings.extend(body::shape(schema, &value, |_, _| BODY)),
        Err(finding) => judgement.find(*finding),
    }
}

//! Which exchanges of the list are shown.

use crate::serve::{Entry, Verdict};
use crate::wire::{Caller, Exchange};

/// What the form above the list asks for. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Name of a marketplace.
    pub(super) marketplace: String,
    /// `store` or `vendor`.
    pub(super) caller: String,
    /// Name of a verdict, as [`name_of`] writes it.
    pub(super) verdict: String,
    /// An `operationId`.
    pub(super) operation: String,
    /// What stands somewhere in it.
    pub(super) text: String,
    /// Only entries with smaller numbers.
    pub(super) before: Option<u64>,
}

/// Who called, as the form names it.
pub(super) fn name_of_caller(caller: Caller) -> &'static str {
    match caller {
        Caller::Marketplace => "store",
        Caller::Vendor => "vendor",
    }
}

/// A verdict, as the form names it.
pub(super) fn name_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conforms => "conforms",
        Verdict::Noted => "noted",
        Verdict::Breaks => "breaks",
        Verdict::NotJudged => "not-judged",
    }
}

impl Filter {
    /// Reads a query. What is no field of the form asks for nothing.
    pub(super) fn of(query: Option<&str>) -> Self {
        let mut filter = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = value.trim().to_owned();
            match &*name {
                "marketplace" => filter.marketplace = value,
                "caller" => filter.caller = value,
                "verdict" => filter.verdict = value,
                "operation" => filter.operation = value,
                "text" => filter.text = value,
                "before" => filter.before = value.parse().ok(),
                _ => {}
            }
        }
        filter
    }

    /// Whether an entry is shown.
    pub(super) fn fits(&self, entry: &Entry) -> bool {
        let seen = &entry.seen;
        let asked = |field: &str, value: &str| field.is_empty() || field == value;
        self.before.is_none_or(|before| entry.id < before)
            && asked(&self.marketplace, seen.marketplace)
            && asked(&self.caller, name_of_caller(seen.exchange.caller))
            && asked(&self.verdict, name_of(entry.verdict()))
            && asked(&self.operation, seen.operation.as_deref().unwrap_or_default())
            && (self.text.is_empty() || self.found_in(entry))
    }

    fn found_in(&self, entry: &Entry) -> bool {
        let seen = &entry.seen;
        let Exchange { request, answer, .. } = &seen.exchange;
        let wanted = self.text.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let bytes = |bytes: &[u8]| has(&String::from_utf8_lossy(bytes));
        has(&request.target)
            || has(&request.method)
            || seen.operation.as_deref().is_some_and(has)
            || seen.findings.iter().any(|weighed| has(weighed.finding.requirement.as_str()))
            || answer.as_ref().is_ok_and(|response| has(&response.status.to_string()) || bytes(&response.body))
            || bytes(&request.body)
    }

    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        Self { before: None, ..self.clone() } == Self::default()
    }

    /// The fields as a query, without the place in the list.
    pub(super) fn query(&self) -> String {
        let fields = [
            ("marketplace", &self.marketplace),
            ("caller", &self.caller),
            ("verdict", &self.verdict),
            ("operation", &self.operation),
            ("text", &self.text),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        query.finish()
    }

    /// The address of `path` with these fields and one more.
    pub(super) fn address(&self, path: &str, name: &str, value: u64) -> String {
        match self.query() {
            query if query.is_empty() => format!("{path}?{name}={value}"),
            query => format!("{path}?{query}&{name}={value}"),
        }
    }
}

//! The requests of the reference client, without their signatures.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::moment;
use super::fault::Fault;
use crate::market::Task;
use crate::market::fault::Faults;
use crate::spec::ParameterPlace;
use crate::wire::Request;

/// All but what RFC 3986 (2.3) never has escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is asked for in one call.
pub(super) struct Asked<'a> {
    pub(super) task: &'a Task,
    /// The page of a list; `None` where the task is about no list.
    pub(super) page: Option<i64>,
    /// The page with which the list is begun.
    pub(super) first: i64,
    pub(super) faults: &'a Faults<Fault>,
}

impl Asked<'_> {
    /// The request, for a store at this authority.
    pub(super) fn request(&self, authority: &str) -> Request {
        let has = |fault| self.faults.has(fault);
        let mut target = self.path();
        let query = self.query();
        if !query.is_empty() {
            target.push('?');
            target.push_str(&query.join("&"));
        }
        let list = self.page.is_some();
        let mut request = Request::new(if list && has(Fault::Post) { "POST" } else { "GET" }, target);
        request.headers.push("Host", authority);
        request.headers.push("Accept", "application/json");
        if !has(Fault::NoLanguage) {
            request.headers.push("Accept-Language", "en-US");
        }
        let version = if has(Fault::VersionWithoutService) { "1.0" } else { "product 1.0" };
        request.headers.push("Scp-Api-Version", version);
        if has(Fault::BodyOnGet) {
            request.headers.push("Content-Type", "application/json");
            request.body = b"{}".to_vec();
        }
        request
    }

    fn path(&self) -> String {
        let mut path = self.task.operation.path.clone();
        for (name, value) in self.task.arguments.iter().filter(|(name, _)| self.is_path(name)) {
            let mut text = Task::texts(value).concat();
            if self.faults.has(Fault::LowerCaseId) {
                text = text.to_lowercase();
            }
            path = path.replace(&format!("{{{name}}}"), &escaped(&text));
        }
        if self.faults.has(Fault::OldPath) && path != "/" {
            path.insert_str(0, "/product");
        }
        if self.faults.has(Fault::PathSlash) && path != "/" {
            path.push('/');
        }
        path
    }

    fn is_path(&self, name: &str) -> bool {
        let parameters = &self.task.operation.parameters;
        parameters.iter().any(|parameter| parameter.name == name && parameter.place == ParameterPlace::Path)
    }

    fn query(&self) -> Vec<String> {
        let has = |fault| self.faults.has(fault);
        let mut query = Vec::new();
        for (name, value) in self.task.arguments.iter().filter(|(name, _)| !self.is_path(name) && name != "page") {
            let later = self.page.is_some_and(|page| page > self.first);
            let mut name = name.as_str();
            let mut texts = Task::texts(value);
            match name {
                "sort" if later && has(Fault::SortForgotten) => continue,
                "sort" if has(Fault::SortWithBlank) => {
                    texts = texts.iter().map(|text| text.replace(':', " ")).collect()
                }
                "sort" if has(Fault::SortInCamelCase) => texts = texts.iter().map(|text| camel_case(text)).collect(),
                "limit" if has(Fault::SizeForLimit) => name = "size",
                "limit" if later && has(Fault::LimitChanges) => texts = vec!["7".to_owned()],
                "is_exposed_menu" if has(Fault::BooleanInKorean) => texts = vec!["예".to_owned()],
                "created_start_date" if has(Fault::DatesExchanged) => name = "created_end_date",
                "created_end_date" if has(Fault::DatesExchanged) => name = "created_start_date",
                _ => {}
            }
            if name.ends_with("_date") && has(Fault::DateAsMilliseconds) {
                let milliseconds = |text: &String| moment::asked(text).map(Timestamp::as_millisecond);
                texts = texts.iter().filter_map(milliseconds).map(|time| time.to_string()).collect();
            }
            if texts.len() > 1 && has(Fault::CommaList) {
                texts = vec![texts.join(",")];
            }
            if has(Fault::FirstValueOnly) {
                texts.truncate(1);
            }
            query.extend(texts.iter().map(|text| format!("{name}={}", self.value(text))));
        }
        if let Some(page) = self.page {
            if page > self.first && has(Fault::LimitChanges) && !query.iter().any(|part| part.starts_with("limit=")) {
                query.push("limit=7".to_owned());
            }
            if has(Fault::EmptyLimit) && !query.iter().any(|part| part.starts_with("limit=")) {
                query.push("limit=".to_owned());
            }
            query.push(format!("page={page}"));
            query.extend(has(Fault::PageSentTwice).then(|| format!("page={page}")));
        }
        query
    }

    fn value(&self, text: &str) -> String {
        if self.faults.has(Fault::KoreanInEucKr) && !text.is_ascii() {
            // The word for a network, as EUC-KR has it.
            return "%B3%D7%C6%AE%BF%F6%C5%A9".to_owned();
        }
        let once = escaped(text);
        if self.faults.has(Fault::EncodedTwice) { escaped(&once) } else { once }
    }
}

fn camel_case(text: &str) -> String {
    let mut words = text.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |made, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        made + &capital.into_iter().chain(letters).collect::<String>()
    })
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

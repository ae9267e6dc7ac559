//! What a list is asked for: filters, sort, page.

use std::borrow::Cow;

use jiff::Timestamp;

use super::model::{Field, List};
use super::moment;
use super::query::{self, Pair, Unreadable};
use super::settings::Settings;
use super::words::{Booleans, DateBounds, Mode, NameMatch, OverLimit, PageZero, Repeated, ReversedDates};

/// A question that can be answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Question {
    /// How many items a page has; at least 1.
    pub(crate) limit: u64,
    /// Which page; at least 1.
    pub(crate) page: u64,
    /// All of these must hold.
    pub(crate) filters: Vec<Filter>,
    /// Position of the member, and the direction.
    pub(crate) sort: Option<(usize, Direction)>,
}

/// What an item must be like. `at` is the position of the member in [`List::fields`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    /// A text that is one of these.
    Texts { at: usize, any: Vec<String>, compared: NameMatch },
    /// A flag that is one of these.
    Flags { at: usize, any: Vec<bool> },
    /// A time from this one on.
    From { at: usize, time: Timestamp, inclusive: bool },
    /// A time up to this one.
    Until { at: usize, time: Timestamp, inclusive: bool },
}

impl Filter {
    /// Position of the member.
    pub(crate) fn at(&self) -> usize {
        match self {
            Self::Texts { at, .. } | Self::Flags { at, .. } | Self::From { at, .. } | Self::Until { at, .. } => *at,
        }
    }
}

/// The direction of a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// What is wrong with a parameter. The texts are those of the store's answers, and go on behind "NAME: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("{0}")]
    Unreadable(Unreadable),
    #[error("an empty value is no whole number")]
    Empty,
    #[error("{0:?} is no whole number from 1 on")]
    Number(String),
    #[error("{0} is less than 1")]
    Below(u64),
    #[error("{value} is more than {most}")]
    Above { value: u64, most: u64 },
    #[error("unable to interpret input {0:?}, expected true or false")]
    Boolean(String),
    #[error("{0:?} is no time such as 2024-01-01T00:00:00")]
    Date(String),
    #[error("{0:?} is not of the form field:asc or field:desc")]
    SortForm(String),
    #[error("there is no field {0:?} to sort by")]
    SortField(String),
    #[error("{0:?} is neither asc nor desc")]
    SortDirection(String),
    #[error("it is sent {0} times and takes one value")]
    Repeated(usize),
    #[error("it is earlier than {0}")]
    Reversed(&'static str),
}

/// What became of a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// The question, as far as it can be used.
    pub(crate) question: Question,
    /// What is wrong, by parameter.
    pub(crate) problems: Vec<(String, Problem)>,
    /// Parameters that the operation does not have.
    pub(crate) ignored: Vec<String>,
}

/// What a parameter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Limit,
    Page,
    Sort,
    /// A list of texts.
    Texts(Field),
    /// A list of booleans.
    Flags(Field),
    /// One text, the id of a person.
    Person(Field),
    /// The beginning of a range of times.
    From(Field),
    /// Its end, with the parameter of its beginning.
    Until(Field, &'static str),
}

/// The parameters of a list (Product API reference).
pub(crate) fn parameters(list: List) -> &'static [(&'static str, Parameter)] {
    match list {
        List::Categories => &[
            ("limit", Parameter::Limit),
            ("page", Parameter::Page),
            ("display_name", Parameter::Texts(Field::DisplayName)),
            ("display_name_ko", Parameter::Texts(Field::DisplayNameKo)),
            ("is_exposed_menu", Parameter::Flags(Field::IsExposedMenu)),
            ("created_by", Parameter::Person(Field::CreatedBy)),
            ("modified_by", Parameter::Person(Field::ModifiedBy)),
            ("created_start_date", Parameter::From(Field::CreatedAt)),
            ("created_end_date", Parameter::Until(Field::CreatedAt, "created_start_date")),
            ("modified_start_date", Parameter::From(Field::ModifiedAt)),
            ("modified_end_date", Parameter::Until(Field::ModifiedAt, "modified_start_date")),
            ("sort", Parameter::Sort),
        ],
        List::Products => &[
            ("limit", Parameter::Limit),
            ("page", Parameter::Page),
            ("product_category_id", Parameter::Texts(Field::ProductCategoryId)),
            ("product_id", Parameter::Texts(Field::ProductId)),
            ("display_name", Parameter::Texts(Field::DisplayName)),
            ("display_name_ko", Parameter::Texts(Field::DisplayNameKo)),
            ("kind", Parameter::Texts(Field::Kind)),
            ("created_start_date", Parameter::From(Field::CreatedAt)),
            ("created_end_date", Parameter::Until(Field::CreatedAt, "created_start_date")),
            ("modified_start_date", Parameter::From(Field::ModifiedAt)),
            ("modified_end_date", Parameter::Until(Field::ModifiedAt, "modified_start_date")),
            ("sort", Parameter::Sort),
        ],
    }
}

/// Reads the query of a list.
pub(crate) fn read(list: List, query: Option<&str>, settings: &Settings) -> Asked {
    let question = Question { limit: settings.default_limit, page: 1, filters: Vec::new(), sort: None };
    let mut asked = Asked { question, problems: Vec::new(), ignored: Vec::new() };
    let Some(query) = query.filter(|query| !query.is_empty()) else { return asked };
    let pairs = match query::pairs(query, settings.mode, settings.plus_sign) {
        Ok(pairs) => pairs,
        Err((name, problem)) => {
            asked.problems.push((name, Problem::Unreadable(problem)));
            return asked;
        }
    };
    let known = parameters(list);
    for (name, _) in &pairs {
        if !known.iter().any(|(one, _)| one == name) && !asked.ignored.iter().any(|one| one == name) {
            asked.ignored.push(name.clone().into_owned());
        }
    }
    let mut reader = Reader { list, settings, asked };
    for (name, parameter) in known {
        let values: Vec<&str> = pairs.iter().filter(|(one, _)| one == name).map(value).collect();
        if let Err(problem) = reader.take(*parameter, &values) {
            reader.asked.problems.push(((*name).to_owned(), problem));
        }
    }
    reader.asked
}

/// The parameters of a call that takes none, as they are written.
pub(crate) fn superfluous(query: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in query.unwrap_or_default().split('&').filter(|part| !part.is_empty()) {
        let name: String = part.split('=').next().unwrap_or_default().chars().take(64).collect();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn value<'a>((_, value): &'a Pair<'_>) -> &'a str {
    value
}

struct Reader<'a> {
    list: List,
    settings: &'a Settings,
    asked: Asked,
}

impl Reader<'_> {
    fn take(&mut self, parameter: Parameter, values: &[&str]) -> Result<(), Problem> {
        if values.is_empty() {
            return Ok(());
        }
        match parameter {
            Parameter::Limit => {
                let Some(limit) = self.number(values)? else { return Ok(()) };
                self.asked.question.limit = match self.settings.max_limit {
                    _ if limit == 0 => return Err(Problem::Below(limit)),
                    Some(most) if limit > most => match self.settings.over_limit {
                        OverLimit::Refused => return Err(Problem::Above { value: limit, most }),
                        OverLimit::Capped => most,
                    },
                    _ => limit,
                };
            }
            Parameter::Page => {
                let Some(page) = self.number(values)? else { return Ok(()) };
                if page == 0 && self.settings.page_zero == PageZero::Refused {
                    return Err(Problem::Below(page));
                }
                self.asked.question.page = page.max(1);
            }
            Parameter::Sort => self.asked.question.sort = self.sort(values)?,
            Parameter::Texts(field) => {
                let any: Vec<String> =
                    values.iter().filter(|value| !value.is_empty()).map(|&value| value.to_owned()).collect();
                let compared = if field.is_name() { self.settings.name_match } else { NameMatch::Exact };
                if !any.is_empty() {
                    self.filter(Filter::Texts { at: self.at(field), any, compared });
                }
            }
            Parameter::Flags(field) => {
                let given = values.iter().filter(|value| !value.is_empty());
                let any: Vec<bool> = given.map(|value| self.boolean(value)).collect::<Result<_, _>>()?;
                if !any.is_empty() {
                    self.filter(Filter::Flags { at: self.at(field), any });
                }
            }
            Parameter::Person(field) => {
                if let Some(person) = self.one(values)? {
                    let id = self.settings.created_by_names.get(person).map_or(person, String::as_str).to_owned();
                    self.filter(Filter::Texts { at: self.at(field), any: vec![id], compared: NameMatch::Exact });
                }
            }
            Parameter::From(field) => {
                if let Some(time) = self.time(values)? {
                    self.filter(Filter::From { at: self.at(field), time, inclusive: self.inclusive() });
                }
            }
            Parameter::Until(field, start) => {
                if let Some(time) = self.time(values)? {
                    let at = self.at(field);
                    let begins_later = self.asked.question.filters.iter().any(
                        |filter| matches!(filter, Filter::From { at: other, time: from, .. } if *other == at && *from > time),
                    );
                    if begins_later && self.settings.reversed_dates == ReversedDates::Refused {
                        return Err(Problem::Reversed(start));
                    }
                    self.filter(Filter::Until { at, time, inclusive: self.inclusive() });
                }
            }
        }
        Ok(())
    }

    fn filter(&mut self, filter: Filter) {
        self.asked.question.filters.push(filter);
    }

    fn at(&self, field: Field) -> usize {
        self.list.fields().iter().position(|one| *one == field).unwrap_or(usize::MAX)
    }

    fn inclusive(&self) -> bool {
        self.settings.date_bounds == DateBounds::Inclusive
    }

    /// The value that holds of a parameter that is no list; an empty one is none.
    fn one<'v>(&self, values: &[&'v str]) -> Result<Option<&'v str>, Problem> {
        Ok(self.holding(values)?.filter(|value| !value.is_empty()))
    }

    fn holding<'v>(&self, values: &[&'v str]) -> Result<Option<&'v str>, Problem> {
        match self.settings.repeated {
            Repeated::Refused if values.len() > 1 => Err(Problem::Repeated(values.len())),
            Repeated::First => Ok(values.first().copied()),
            Repeated::Last | Repeated::Refused => Ok(values.last().copied()),
        }
    }

    fn number(&self, values: &[&str]) -> Result<Option<u64>, Problem> {
        match self.holding(values)? {
            Some("") if self.settings.mode == Mode::Strict => Err(Problem::Empty),
            None | Some("") => Ok(None),
            // So great a number is behind every last page.
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(text.parse().unwrap_or(u64::MAX))),
            Some(text) => Err(Problem::Number(shown(text))),
        }
    }

    fn boolean(&self, text: &str) -> Result<bool, Problem> {
        let word = text.to_ascii_lowercase();
        match (word.as_str(), self.settings.booleans) {
            ("true", _) | ("1" | "yes" | "on" | "t" | "y", Booleans::Lenient) => Ok(true),
            ("false", _) | ("0" | "no" | "off" | "f" | "n", Booleans::Lenient) => Ok(false),
            _ => Err(Problem::Boolean(shown(text))),
        }
    }

    fn time(&self, values: &[&str]) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.one(values)? else { return Ok(None) };
        moment::asked(text).map(Some).ok_or_else(|| Problem::Date(shown(text)))
    }

    /// Member and direction; a lenient store overlooks what it cannot use.
    fn sort(&self, values: &[&str]) -> Result<Option<(usize, Direction)>, Problem> {
        let Some(text) = self.one(values)? else { return Ok(None) };
        let strict = self.settings.mode == Mode::Strict;
        let overlooked = |problem| if strict { Err(problem) } else { Ok(None) };
        let (name, direction) = match text.split_once(':') {
            Some(parts) => parts,
            None if strict => return Err(Problem::SortForm(shown(text))),
            None => (text, "asc"),
        };
        let Some(field) = self.list.field(name) else { return overlooked(Problem::SortField(shown(name))) };
        let word = if strict { Cow::Borrowed(direction) } else { Cow::Owned(direction.to_ascii_lowercase()) };
        let direction = match word.as_ref() {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            _ => return overlooked(Problem::SortDirection(shown(direction))),
        };
        Ok(Some((self.at(field), direction)))
    }
}

/// The beginning of a value, which may be as long as a request line.
fn shown(text: &str) -> String {
    match text.char_indices().nth(64) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

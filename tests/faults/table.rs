//! The tables of faults: which case shows each, and the requirement that it breaks.
//!
//! `tests/fixtures/faults/<marketplace>.tsv` has a row for each fault: its name, the case, the requirement. A case `-` means
//! that no judge can tell the vendor from a conforming one; the third column says why. A fourth column says what has to
//! be so for the fault to show: settings of the user's (`usage-ak-sk=required`), and where the vendor stands (`at=http`).
//! Rows whose fault is `-` are of the faultless vendor in such a place.

use std::fmt;

use super::support::place::Place;

/// The tables, by marketplace.
pub(crate) const TABLES: [(&str, &str); 3] = [
    ("kt-bizstore", include_str!("../fixtures/faults/kt-bizstore.tsv")),
    ("koogallery", include_str!("../fixtures/faults/koogallery.tsv")),
    ("scp", include_str!("../fixtures/faults/scp.tsv")),
];

/// One row.
pub(crate) struct Row {
    /// The fault; none for the faultless vendor.
    pub(crate) fault: Option<&'static str>,
    pub(crate) shown: Shown,
    pub(crate) under: Circumstances,
}

impl Row {
    /// Its name in lists.
    pub(crate) fn name(&self) -> String {
        name(self.fault, &self.under)
    }
}

/// The name of a vendor in lists: its fault, and behind it what else has to be so.
pub(crate) fn name(fault: Option<&str>, under: &Circumstances) -> String {
    let under = under.to_string();
    match (fault, under.is_empty()) {
        (Some(fault), true) => fault.to_owned(),
        (Some(fault), false) => format!("{fault} {under}"),
        (None, _) => under,
    }
}

pub(crate) enum Shown {
    /// A case reports this requirement.
    In { case: &'static str, requirement: &'static str },
    /// No judge can tell it from a conforming vendor, and why.
    Never(&'static str),
}

/// What has to be so for a fault to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Circumstances {
    pub(crate) settings: Vec<(&'static str, &'static str)>,
    pub(crate) place: Place,
}

impl Circumstances {
    /// The same in words, to stand behind what a vendor does; nothing where all is as usual.
    pub(crate) fn words(&self) -> String {
        let place = (self.place != Place::Here).then(|| format!(", {}", self.place.words()));
        let settings = self.settings.iter().map(|(name, value)| format!(", with {name} = {value}"));
        place.into_iter().chain(settings).collect()
    }

    /// Reads a column: `name=value`, several with blanks between.
    fn read(column: &'static str) -> Self {
        let mut read = Self::default();
        for part in column.split(' ').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("at", place)) => read.place = Place::named(place),
                Some(setting) => read.settings.push(setting),
                None => panic!("{part:?} is no name=value"),
            }
        }
        read
    }
}

impl fmt::Display for Circumstances {
    /// As the table writes them; nothing where all is as usual.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = (self.place != Place::Here).then(|| format!("at={}", self.place.name()));
        let settings = self.settings.iter().map(|(name, value)| format!("{name}={value}"));
        f.write_str(&place.into_iter().chain(settings).collect::<Vec<_>>().join(" "))
    }
}

/// The rows of a marketplace.
pub(crate) fn rows(marketplace: &str) -> Vec<Row> {
    let (_, table) = TABLES.iter().find(|(name, _)| *name == marketplace).expect("each marketplace has a table");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut columns = line.split('\t');
            let mut next = || columns.next().unwrap_or_else(|| panic!("{line:?} has three columns"));
            let (fault, case, third) = (next(), next(), next());
            let shown = if case == "-" { Shown::Never(third) } else { Shown::In { case, requirement: third } };
            let under = Circumstances::read(columns.next().unwrap_or_default());
            Row { fault: (fault != "-").then_some(fault), shown, under }
        })
        .collect()
}

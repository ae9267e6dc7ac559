//! The smallest scenario that still breaks a rule, as a block that a reader saves and plays.

use crate::engine::Reduced;
use crate::wire::{Redactor, printable};

use super::Background;
use super::redact::words;
use super::reproduce::word;
use super::summary::counted;

/// A reduced scenario as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What it is, as a sentence without its end.
    pub(crate) title: String,
    /// The file as which it is to be saved.
    pub(crate) file: String,
    /// The command that plays that file.
    pub(crate) play: String,
    /// The scenario, line by line.
    pub(crate) lines: Vec<String>,
}

/// Words and lines of a reduced scenario.
pub(crate) fn told(reduced: &Reduced, background: &Background<'_>, redactor: &Redactor) -> Told {
    let requirement = reduced.requirement.as_str();
    let case = words(redactor, &reduced.case);
    let of = match (reduced.before, reduced.after) {
        (1, _) => "made from the one step".to_owned(),
        (before, after) if before == after => format!("made from the {before} steps"),
        (before, after) => format!("{after} of the {}", counted(before, "step")),
    };
    let file = words(redactor, &file(reduced));
    let play = background.reproduce.play(&file, &reduced.scenario);
    let play = play.iter().map(|text| word(&redactor.bytes(text.as_bytes()))).collect::<Vec<_>>().join(" ");
    Told {
        title: format!("The smallest scenario that still breaks {requirement}: {of} of {case}"),
        file,
        play,
        lines: redactor.text(&reduced.scenario).lines().map(|line| printable(line.as_bytes())).collect(),
    }
}

/// A name for the file: beside a scenario of the user's, since both name interfaces from where they stand.
fn file(reduced: &Reduced) -> String {
    let name = format!("{}.arazzo.yaml", reduced.requirement.as_str().to_ascii_lowercase());
    let is_file = [".yaml", ".yml", ".json"].iter().any(|ending| reduced.case.ends_with(ending));
    match reduced.case.rsplit_once('/').filter(|_| is_file) {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::verdict::RequirementId;

    #[rstest]
    #[case("shop/creation/missing", "shop-a.arazzo.yaml")]
    #[case("mine/a.arazzo.yaml", "mine/shop-a.arazzo.yaml")]
    #[case("a.arazzo.json", "shop-a.arazzo.yaml")]
    fn it_is_saved_where_its_interfaces_are_found(#[case] case: &str, #[case] expected: &str) {
        let reduced = Reduced {
            case: case.into(),
            requirement: RequirementId::known("SHOP-A"),
            before: 3,
            after: 1,
            scenario: String::new(),
        };
        assert_eq!(file(&reduced), expected);
    }
}

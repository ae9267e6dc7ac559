//! `certify --plan`: what would be played, and which requirements that looks at.

use std::fmt::Write as _;
use std::io::Write;

use crate::certify::{LookedAt, Programme};
use crate::cli::args::Playing;
use crate::cli::settings::UsageError;
use crate::verdict::{Catalogue, Level};

/// Writes the programme for a person, or as JSON where that was asked for.
pub(super) fn programme(
    programme: &Programme,
    catalogue: &Catalogue,
    playing: &Playing,
    out: &mut dyn Write,
) -> Result<(), UsageError> {
    let text = match playing.report.as_slice() {
        [] => for_a_person(programme, catalogue, playing.verbose),
        [one] if one == "human" => for_a_person(programme, catalogue, playing.verbose),
        [one] if one == "json" => serde_json::to_string_pretty(programme).map_err(UsageError::new)? + "\n",
        _ => return Err(UsageError("--plan is printed for a person, or with --report json as JSON".to_owned())),
    };
    crate::cli::write(out, text.as_bytes())
}

fn for_a_person(programme: &Programme, catalogue: &Catalogue, verbose: bool) -> String {
    let mut text = String::new();
    let Programme { marketplace, dialects, traits, cases, left_out, requirements } = programme;
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&format!("Programme for {marketplace}, {}", dialects.join(", ")));
    if !traits.is_empty() {
        let traits: Vec<String> = traits.iter().map(|(name, value)| format!("{name} {value}")).collect();
        line(&format!("Product: {}", traits.join(", ")));
    }
    line("");
    let computed = cases.iter().filter(|case| case.computed).count();
    line(&format!("{} cases are played, {computed} of them computed:", cases.len()));
    for (folder, count) in folders(programme) {
        line(&format!("  {count:>4}  {folder}"));
    }
    if verbose {
        line("");
        cases.iter().for_each(|case| line(&format!("  {}  {}", case.name, case.title)));
    }
    for (why, names) in left_out {
        line(&format!("{} cases are left out ({why})", names.len()));
        if verbose {
            names.iter().for_each(|name| line(&format!("  {name}")));
        }
    }
    line("");
    line("Requirements, by what their breach means:");
    for level in [Level::Must, Level::Should, Level::Advice, Level::Manual] {
        let of: Vec<_> = requirements
            .iter()
            .filter(|one| one.level == level && !matches!(one.looked_at, LookedAt::Nothing { .. }))
            .collect();
        line("");
        line(&format!("{} ({})", meaning(level), of.len()));
        for scheduled in of {
            let rule = catalogue.get(&scheduled.requirement).map_or("", |known| known.rule.as_str());
            line(&format!("  {}  {}", scheduled.requirement, looked_at(&scheduled.looked_at)));
            line(&format!("      {rule}"));
        }
    }
    let apart: Vec<_> = requirements
        .iter()
        .filter_map(|one| match &one.looked_at {
            LookedAt::Nothing { why } => Some((&one.requirement, why)),
            _ => None,
        })
        .collect();
    if !apart.is_empty() {
        line("");
        line(&format!("Not about this product ({})", apart.len()));
        apart.iter().for_each(|(requirement, why)| line(&format!("  {requirement}  {why}")));
    }
    text
}

/// How many cases each topic has, in the order in which they are played.
fn folders(programme: &Programme) -> Vec<(String, usize)> {
    let mut folders: Vec<(String, usize)> = Vec::new();
    for case in &programme.cases {
        let folder = case.name.rsplit_once('/').map_or(case.name.as_str(), |(folder, _)| folder);
        match folders.iter_mut().find(|(known, _)| known == folder) {
            Some((_, count)) => *count += 1,
            None => folders.push((folder.to_owned(), 1)),
        }
    }
    folders
}

fn meaning(level: Level) -> &'static str {
    match level {
        Level::Must => "Must: the store refuses a vendor that breaks it",
        Level::Should => "Should: a warning",
        Level::Advice => "Advice: a note",
        Level::Manual => "Manual: somebody states it in storeproof.toml",
    }
}

fn looked_at(looked_at: &LookedAt) -> String {
    let mut text = String::new();
    match looked_at {
        LookedAt::Cases { cases } if cases.is_empty() => text.push_str("by no case, with this --filter"),
        LookedAt::Cases { cases } => {
            let more = cases.len().saturating_sub(2);
            text.push_str(&cases.iter().take(2).cloned().collect::<Vec<_>>().join(", "));
            if more > 0 {
                let _ = write!(text, " and {more} more");
            }
        }
        LookedAt::Judge => text.push_str("wherever it shows"),
        LookedAt::Statement => text.push_str("by a statement"),
        LookedAt::Nothing { why } => text.push_str(why),
    }
    text
}

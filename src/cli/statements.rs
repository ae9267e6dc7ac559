//! `[[statement]]` of `storeproof.toml`: what people state of requirements that no program can judge.

use jiff::civil::Date;
use toml::Spanned;

use super::config::Config;
use super::select;
use super::settings::UsageError;
use crate::certify::Statements;
use crate::verdict::assessment::Statement;
use crate::verdict::{Catalogue, Level, RequirementId};

/// The statements of a configuration. One of the future, or of a rule that cases judge, is refused: it would stand for
/// something that nobody has looked at. Rules that a vendor may rightly hide from every case can be stated too; that
/// counts where the cases were played and saw nothing.
pub(super) fn statements(config: &Config, catalogue: &Catalogue, today: Date) -> Result<Statements, UsageError> {
    let mut statements = Statements::new();
    let refuse = |at: &Spanned<String>, problem: String| Err(UsageError::new(config.error(at, problem)));
    for entry in &config.file.statement {
        let id = RequirementId::new(entry.requirement.get_ref());
        let Some(requirement) = catalogue.get(&id) else {
            let known: Vec<&str> = catalogue.iter().map(|requirement| requirement.id.as_str()).collect();
            let near = select::nearest(id.as_str(), &known).map(|near| format!("; did you mean {near}?"));
            return refuse(&entry.requirement, format!("{id} is no requirement{}", near.unwrap_or_default()));
        };
        if requirement.level != Level::Manual && !requirement.may_be_stated {
            return refuse(&entry.requirement, format!("{id} is judged by cases; a statement cannot stand for them"));
        }
        for (name, text) in [("who", &entry.who), ("where", &entry.r#where)] {
            if text.get_ref().trim().is_empty() {
                return refuse(text, format!("{name} is empty; a statement that nobody can follow up states nothing"));
            }
        }
        let Ok(when) = entry.when.get_ref().parse::<Date>() else {
            return refuse(&entry.when, format!("{:?} is no date yyyy-mm-dd", entry.when.get_ref()));
        };
        if when > today {
            return refuse(&entry.when, format!("{when} is yet to come: a statement says when it was looked at"));
        }
        let statement = Statement {
            who: entry.who.get_ref().clone(),
            when: when.to_string(),
            r#where: entry.r#where.get_ref().clone(),
        };
        if statements.insert(id.clone(), statement).is_some() {
            return refuse(&entry.requirement, format!("{id} is stated twice"));
        }
    }
    Ok(statements)
}

//! What one finding says: where the rule was broken, how, and by which cases.

use std::sync::Arc;

use crate::verdict::{Breach, Place};

use super::super::broken::Broken;
use super::super::human::block::{proof, step_line};
use super::super::written::{Written, written};
use super::Page;
use super::inline::{block, code, prose};
use super::{said, shorten};

/// Further steps and cases that are named.
const MOST_OTHERS: usize = 6;
/// Lines of a snapshot's difference, or of a remark, that are shown.
const LONGEST_DIFF: usize = 40;

impl Page<'_> {
    /// The problem as a sentence, and a list of what belongs to it.
    pub(super) fn problem(&self, broken: &Broken<'_>) -> String {
        let (finding, step) = (broken.finding(), broken.first().step);
        let mut text = String::new();
        let mut diff = Vec::new();
        match &finding.breach {
            Breach::Snapshot { name, diff: changed } => {
                text +=
                    &format!("\nNot as in {}. Decide with {}.\n\n", code(&self.words(name)), code("storeproof review"));
                let changed = self.redactor.text(changed);
                diff = changed.lines().take(LONGEST_DIFF).map(|line| crate::wire::printable(line.as_bytes())).collect();
                let more = changed.lines().count().saturating_sub(LONGEST_DIFF);
                if more > 0 {
                    diff.push(format!("… {} more", super::counted(more, "line")));
                }
            }
            _ => match broken.problems(self.redactor).as_slice() {
                [problem] => text += &format!("\n**Problem:** {}\n\n", prose(problem)),
                problems => {
                    text += "\n**Problems:**\n\n";
                    for (index, problem) in problems.iter().enumerate() {
                        text += &format!("{}. {}\n", index + 1, prose(problem));
                    }
                    text.push('\n');
                }
            },
        }
        let mut entry = |label: &str, value: String| text += &format!("- {label}: {value}\n");
        if finding.place != Place::Course && broken.groups.len() == 1 {
            let of = finding.entry.as_deref().map(|entry| format!(" (of {})", prose(&self.words(entry))));
            entry("place", code(&self.words(&finding.place.to_string())) + &of.unwrap_or_default());
        }
        if let Some(cause) = &finding.cause {
            entry("likely cause", prose(&self.words(cause)));
        }
        if let Some(mend) = finding.breach.mend() {
            entry("to mend", prose(&said(mend)));
        }
        if let Some(consequence) = &finding.consequence {
            entry("what may come of it", prose(&self.words(consequence)));
        }
        if let Some(known) = &finding.known {
            entry("accepted because", prose(&self.words(&known.terms())));
        }
        // The last words of a program have lines.
        let remark = finding.remark.as_ref().filter(|_| finding.known.is_none());
        let remark: Vec<String> = remark.iter().flat_map(|text| text.lines()).map(|line| self.words(line)).collect();
        if let [remark] = remark.as_slice() {
            entry("remark", prose(remark));
        }
        entry("case", code(&self.words(&broken.case.name)));
        entry("step", prose(&step_line(step, self.redactor)));
        entry(
            "scenario",
            match written(self.background, broken.case, step, self.redactor) {
                Written::In(place) => code(&place),
                Written::By(command) => format!("computed; {} writes it", code(&command)),
            },
        );
        proof(step, self.redactor).iter().for_each(|(label, text)| entry(label, prose(text)));
        if let Some(task) = &step.task {
            let what = [std::slice::from_ref(&task.name), &task.arguments].concat().join(" ");
            entry("task", prose(&self.words(&format!("{what}; the vendor's program {}", task.ended))));
        }
        let mut steps: Vec<String> = Vec::new();
        for (other, _) in broken.groups.iter().flat_map(|group| &group.others) {
            let name = code(&self.words(&other.id));
            // Another entry of the same answer is marked in it.
            if !Arc::ptr_eq(other, step) && !steps.contains(&name) {
                steps.push(name);
            }
        }
        shorten(&mut steps, MOST_OTHERS);
        let mut cases: Vec<String> = broken.again.iter().map(|case| code(&self.words(&case.name))).collect();
        shorten(&mut cases, MOST_OTHERS);
        for (label, names) in [("also at steps", steps), ("again in", cases)] {
            if !names.is_empty() {
                entry(label, names.join(", "));
            }
        }
        if remark.len() > 1 {
            let more = remark.len().saturating_sub(LONGEST_DIFF);
            let mut remark = remark;
            remark.truncate(LONGEST_DIFF);
            remark.extend((more > 0).then(|| format!("… {} more", super::counted(more, "line"))));
            text += &format!("\nRemark:\n\n{}", block("text", &remark));
        }
        if !diff.is_empty() {
            text += &format!("\n{}", block("diff", &diff));
        }
        text
    }
}

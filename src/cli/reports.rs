//! The reports that were asked for with `--report FORMAT[=PATH]`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::exit::Ended;
use super::settings::UsageError;
use crate::report::{Background, Edition, Github, Html, Human, Json, Junit, Layout, Markdown, Reporter, Sarif};
use crate::spec::embedded;
use crate::words::Language;

/// A report that was asked for.
pub(super) struct Report {
    format: Format,
    /// Its file; standard output without one.
    pub(super) path: Option<PathBuf>,
    /// The language of its readers, where the format has several.
    language: Language,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Human,
    Html,
    Json,
    Junit,
    Markdown,
    Sarif,
    Github,
}

impl Format {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "human" => Self::Human,
            "html" => Self::Html,
            "json" => Self::Json,
            "junit" => Self::Junit,
            "markdown" => Self::Markdown,
            "sarif" => Self::Sarif,
            "github" => Self::Github,
            _ => return None,
        })
    }
}

impl Report {
    /// Whether it is written into the log behind the report for a person: annotations are for the runner, which reads
    /// the same standard output.
    pub(super) fn is_beside(&self) -> bool {
        self.format == Format::Github && self.path.is_none()
    }

    /// What writes it.
    pub(super) fn reporter<'a>(
        &self,
        out: &'a mut dyn Write,
        layout: Layout,
        background: Background<'a>,
    ) -> Box<dyn Reporter + 'a> {
        match self.format {
            Format::Human => Box::new(Human::new(out, layout, background)),
            Format::Html => {
                let (language, translations) = (self.language, embedded::translations(self.language.code()));
                let edition = Edition { language, made: super::now(), translations };
                Box::new(Html::new(out, background, edition))
            }
            Format::Json => Box::new(Json::new(out, background)),
            Format::Junit => Box::new(Junit::new(out, background)),
            Format::Markdown => Box::new(Markdown::new(out, background)),
            Format::Sarif => Box::new(Sarif::new(out, background, |verdict| Ended::from(verdict).code())),
            Format::Github => Box::new(Github::new(out, background)),
        }
    }
}

/// What was asked for, and the report for a person where nothing else goes to standard output.
pub(super) fn reports(asked: &[String], language: Language) -> Result<Vec<Report>, UsageError> {
    let mut reports = Vec::new();
    for asked in asked {
        let (format, path) = match asked.split_once('=') {
            Some((format, path)) => (format, Some(PathBuf::from(path))),
            None => (asked.as_str(), None),
        };
        let Some(format) = Format::of(format) else {
            return Err(UsageError(format!(
                "--report {format}: there are human, html, json, junit, markdown, sarif and github; FORMAT=PATH writes a file"
            )));
        };
        if path.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
            return Err(UsageError(format!("--report {asked}: the path is empty")));
        }
        // Before the run: nobody wants to learn this after it.
        if let Some(folder) = path.as_deref().filter(|path| path.is_dir()) {
            return Err(UsageError(format!("--report {asked}: {} is a folder; name a file", folder.display())));
        }
        if let Some(folder) = path.as_deref().and_then(Path::parent)
            && !folder.as_os_str().is_empty()
            && !folder.is_dir()
        {
            return Err(UsageError(format!("--report {asked}: {} is no folder", folder.display())));
        }
        reports.push(Report { format, path, language });
    }
    if !reports.iter().any(|report| report.path.is_none() && !report.is_beside()) {
        reports.push(Report { format: Format::Human, path: None, language });
    }
    let standard: Vec<&Report> = reports.iter().filter(|report| report.path.is_none()).collect();
    if standard.iter().filter(|report| !report.is_beside()).count() > 1 {
        return Err(UsageError(
            "--report: only one report can go to standard output; give the others a path".to_owned(),
        ));
    }
    let annotated = standard.iter().any(|report| report.is_beside());
    if annotated && standard.iter().any(|report| !matches!(report.format, Format::Human | Format::Github)) {
        return Err(UsageError(
            "--report github: annotations stand on standard output beside the report for a person only; give the \
             other report a path"
                .to_owned(),
        ));
    }
    Ok(reports)
}

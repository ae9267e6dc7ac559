//! Gathers what happens and writes the file when the run ends.

use std::io::{self, Write};
use std::sync::Arc;

use jiff::Timestamp;

use super::frame;
use super::scene::{Scene, Surroundings};
use super::words::Words;
use crate::engine::Event;
use crate::engine::event::Reduced;
use crate::report::broken::broken;
use crate::report::course::Course;
use crate::report::{Background, Reporter};
use crate::verdict::Translations;
use crate::words::Language;

/// For whom an HTML report is written, and when.
#[derive(Clone, Debug, Default)]
pub struct Edition {
    /// The language of its readers.
    pub language: Language,
    /// When it was made.
    pub made: Timestamp,
    /// Requirements in that language; those that are missing are told in English.
    pub translations: Translations,
}

/// The report as HTML, written when the run ends.
pub struct Html<'a> {
    out: &'a mut dyn Write,
    background: Background<'a>,
    edition: Edition,
    course: Course,
    reduced: Vec<Arc<Reduced>>,
}

impl<'a> Html<'a> {
    /// A report to a writer.
    pub fn new(out: &'a mut dyn Write, background: Background<'a>, edition: Edition) -> Self {
        let course = Course::new(background.secrets);
        Self { out, background, edition, course, reduced: Vec::new() }
    }
}

impl Reporter for Html<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Reduced(reduced) = event {
            self.reduced.push(Arc::clone(reduced));
        }
        let Some(closing) = self.course.event(event) else { return Ok(()) };
        let redactor = self.course.redactor();
        let broken = broken(&self.course.cases);
        let surroundings = Surroundings {
            words: Words(self.edition.language),
            edition: &self.edition,
            background: &self.background,
            course: &self.course,
            closing,
            redactor: &redactor,
            reduced: &self.reduced,
        };
        let scene = Scene::new(surroundings, &broken);
        self.out.write_all(frame::page(&scene, &broken).into_string().as_bytes())?;
        self.out.flush()
    }
}

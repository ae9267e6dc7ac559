//! Lines, wrapping and colour.

use std::io::{self, Write};

use console::measure_text_width;

use super::Style;

/// Narrower terminals get lines of this width, which they wrap themselves.
const NARROWEST: usize = 60;
/// Longer lines of prose are hard to read.
const WIDEST_PROSE: usize = 110;

/// What a piece of text is; colours follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Good,
    Bad,
    Open,
    Strong,
    Faint,
}

/// A writer that knows the layout.
pub(crate) struct Printer<'a> {
    out: &'a mut dyn Write,
    style: Style,
    width: usize,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, style: Style, width: usize) -> Self {
        Self { out, style, width: width.max(NARROWEST) }
    }

    /// Columns that a line may have.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        if self.style == Style::Plain {
            return text.to_owned();
        }
        let style = console::Style::new().force_styling(true);
        let style = match paint {
            Paint::Good => style.green(),
            Paint::Bad => style.red().bold(),
            Paint::Open => style.yellow(),
            Paint::Strong => style.bold(),
            Paint::Faint => style.dim(),
        };
        style.apply_to(text).to_string()
    }

    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text.trim_end())
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Prose, indented; further lines two columns deeper.
    pub(crate) fn wrapped(&mut self, indent: usize, text: &str) -> io::Result<()> {
        let prefix = " ".repeat(indent);
        self.hanging(&prefix, indent + 2, text)
    }

    /// A label and what it says, in two columns.
    pub(crate) fn entry(&mut self, label: &str, text: &str) -> io::Result<()> {
        let label = self.paint(Paint::Faint, &format!("{label:<9}"));
        self.hanging(&format!("    {label} "), 14, text)
    }

    /// Text behind a prefix; further lines begin at a column.
    pub(crate) fn hanging(&mut self, prefix: &str, indent: usize, text: &str) -> io::Result<()> {
        let widest = self.width.min(WIDEST_PROSE);
        let mut line = prefix.to_owned();
        let mut used = measure_text_width(prefix);
        for (index, paragraph) in text.split('\n').enumerate() {
            if index > 0 {
                self.line(&line)?;
                line = " ".repeat(indent);
                used = indent;
            }
            let mut first = true;
            for word in paragraph.split(' ') {
                let width = measure_text_width(word);
                if !first && used + 1 + width > widest {
                    self.line(&line)?;
                    line = " ".repeat(indent);
                    used = indent;
                    first = true;
                }
                if !first {
                    line.push(' ');
                    used += 1;
                }
                line.push_str(word);
                used += width;
                first = false;
            }
        }
        self.line(&line)
    }
}

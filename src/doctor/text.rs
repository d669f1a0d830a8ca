//! A report in words.

use std::fmt::{self, Write as _};

use super::report::{Check, Outcome, Report};
use crate::plain::Plain;

/// The most findings of one check that are shown; the JSON has all.
const SHOWN: usize = 24;

/// The report as text. The verdict stands at the end, where a terminal shows it.
pub fn render(report: &Report, colours: bool) -> String {
    let mut view = View { text: String::new(), colours };
    // Writing to a string does not fail.
    let _ = view.report(report);
    view.text
}

struct View {
    text: String,
    colours: bool,
}

impl View {
    fn report(&mut self, report: &Report) -> fmt::Result {
        let mut group = "";
        for check in &report.checks {
            let own = check.id.split('.').next().unwrap_or_default();
            if !group.is_empty() && group != own {
                writeln!(self.text)?;
            }
            group = own;
            self.check(check)?;
        }
        self.verdict(report)
    }

    fn check(&mut self, check: &Check) -> fmt::Result {
        let Check { id, title, otherwise, result, findings, .. } = check;
        let word = self.coloured(&format!("{:<7}", result.name()), *result);
        writeln!(self.text, "{word}  {id:<22}  {title}")?;
        for (place, finding) in findings.iter().enumerate().take(SHOWN) {
            // A check of several things says which of them is to blame.
            let blame = if finding.result == *result {
                String::new()
            } else {
                format!("{}: ", finding.result.name())
            };
            writeln!(self.text, "           {blame}{}", Plain(&finding.found))?;
            // The same advice to several in a row stands behind the last.
            let next = findings.get(place + 1).filter(|_| place + 1 < SHOWN);
            if let Some(help) = &finding.help
                && next.is_none_or(|next| next.help.as_ref() != Some(help))
            {
                writeln!(self.text, "           help: {}", Plain(help))?;
            }
        }
        if let Some(more @ 1..) = findings.len().checked_sub(SHOWN) {
            writeln!(self.text, "           and {more} more; --json prints all")?;
        }
        match result {
            Outcome::Fail => writeln!(self.text, "           otherwise: {otherwise}"),
            _ => Ok(()),
        }
    }

    fn verdict(&mut self, report: &Report) -> fmt::Result {
        let [passed, warned, failed, skipped] =
            [Outcome::Pass, Outcome::Warn, Outcome::Fail, Outcome::Skipped].map(|result| report.with(result));
        let counts = format!(
            "{} passed, {} with warnings, {} failed, {} not made",
            passed.len(),
            warned.len(),
            failed.len(),
            skipped.len()
        );
        let sentence = match report.result {
            Outcome::Fail => format!("the ceremony would fail: {}", failed.join(", ")),
            Outcome::Warn => {
                format!("nothing stands in the way, but read the warnings: {}", warned.join(", "))
            }
            Outcome::Pass | Outcome::Skipped => "nothing stands in the way of the ceremony".to_owned(),
        };
        let sentence = self.coloured(&sentence, report.result);
        writeln!(self.text, "\n{counts}\n{sentence}")
    }

    fn coloured(&self, text: &str, result: Outcome) -> String {
        // Codes of ECMA-48: red, yellow, green, dim.
        let code = match result {
            Outcome::Fail => 31,
            Outcome::Warn => 33,
            Outcome::Pass => 32,
            Outcome::Skipped => 2,
        };
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

//! A report in words: checks, statements and verdict here, cluster and ceremony in `text/cluster.rs`.

mod cluster;

use std::fmt::{self, Write as _};
use std::time::Duration;

use coram_ceremony::verify::report::Anchor;
use coram_ceremony::verify::{Check, Outcome, Report, Verdict};

use crate::cli::verify::outputs::Shown;
use crate::plain::Plain;

/// How many items of a list are shown; the JSON has all.
const SHOWN: usize = 16;

impl Shown for Report {
    /// The verdict stands at the end, where a terminal shows it.
    fn text(&self, colours: bool) -> String {
        let mut view = View { text: String::new(), colours };
        // Writing to a string does not fail.
        let _ = view.report(self);
        view.text
    }

    fn html(&self) -> String {
        coram_views::page(self)
    }

    fn badge(&self) -> Option<String> {
        Some(coram_views::badge(self))
    }
}

struct View {
    text: String,
    colours: bool,
}

impl View {
    fn report(&mut self, report: &Report) -> fmt::Result {
        if let Some(cluster) = &report.cluster {
            self.cluster(cluster)?;
        }
        if let Some(ceremony) = &report.ceremony {
            self.ceremony(ceremony)?;
        }
        self.operators(report)?;
        self.validators(report)?;
        self.checks(&report.checks)?;
        self.statements(report)?;
        self.notes(report)?;
        self.inputs(report)?;
        self.verdict(report)
    }

    fn checks(&mut self, checks: &[Check]) -> fmt::Result {
        self.heading("Checks")?;
        for check in checks {
            let Check { id, title, detail, stops, .. } = check;
            let (word, colour) = outcome(check.outcome);
            let word = self.coloured(&format!("{word:<9}"), colour);
            writeln!(self.text, "  {word} {id:<32} {:>10}  {title}", took(check.micros))?;
            if !detail.is_empty() {
                writeln!(self.text, "            {}", Plain(detail))?;
            }
            for failure in check.failures.iter().take(SHOWN) {
                writeln!(self.text, "            {}: {}", Plain(&failure.path), Plain(&failure.what))?;
            }
            self.more(check.failures.len())?;
            if matches!(check.outcome, Outcome::Failed | Outcome::Accepted) {
                writeln!(self.text, "            It stops: {stops}")?;
            }
        }
        let total: u64 = checks.iter().map(|check| check.micros).fold(0, u64::saturating_add);
        writeln!(self.text, "  {} checks in {}\n", checks.len(), took(total).trim_start())
    }

    fn statements(&mut self, report: &Report) -> fmt::Result {
        let statements = &report.statements;
        for (heading, holds) in [("Proved", true), ("Not proved, since checks did not pass", false)] {
            let claims: Vec<_> = statements.proved.iter().filter(|claim| claim.holds == holds).collect();
            if claims.is_empty() {
                continue;
            }
            self.heading(heading)?;
            for claim in claims {
                writeln!(self.text, "  - {}", claim.text)?;
            }
            writeln!(self.text)?;
        }
        for (heading, words) in [
            ("Asserted by the operators, not proved", &statements.asserted),
            (report.subject.cannot_show(), &statements.cannot_be_shown),
        ] {
            if words.is_empty() {
                continue;
            }
            self.heading(heading)?;
            for word in words {
                writeln!(self.text, "  - {}", word.text)?;
            }
            writeln!(self.text)?;
        }
        Ok(())
    }

    fn notes(&mut self, report: &Report) -> fmt::Result {
        for note in &report.notes {
            writeln!(self.text, "note[{}]: {}", note.id, Plain(&note.text))?;
        }
        if report.notes.is_empty() { Ok(()) } else { writeln!(self.text) }
    }

    fn inputs(&mut self, report: &Report) -> fmt::Result {
        self.heading("Files")?;
        for input in report.inputs.iter().take(SHOWN) {
            let name = input.name.as_deref().unwrap_or("standard input");
            self.row(input.role.name(), format_args!("{}, {} bytes", Plain(name), input.bytes))?;
            self.row("", format_args!("SHA-256 {}", input.sha256))?;
        }
        self.more(report.inputs.len())?;
        writeln!(self.text)
    }

    fn verdict(&mut self, report: &Report) -> fmt::Result {
        let list = |anchors: &[Anchor]| match anchors {
            [] => "none".to_owned(),
            anchors => anchors.iter().map(|anchor| anchor.name()).collect::<Vec<_>>().join(", "),
        };
        self.row(
            "verified by",
            format_args!("{}, report of version {}", report.verifier, report.report_version),
        )?;
        self.row("anchored", list(&report.anchored))?;
        self.row("not anchored", list(&report.not_anchored))?;
        if !report.accepted.is_empty() {
            self.row("accepted", report.accepted.join(", "))?;
        }
        let verdict = report.verdict.name();
        let colour = match report.verdict {
            Verdict::Valid => Colour::Green,
            Verdict::Invalid => Colour::Red,
            Verdict::Indeterminate => Colour::Yellow,
        };
        // The headline starts with the verdict, which gets its colour here.
        let reasons = report.headline.strip_prefix(verdict).unwrap_or(&report.headline);
        let verdict = self.coloured(verdict, colour);
        writeln!(self.text, "\n{verdict}{}", Plain(reasons))
    }

    fn heading(&mut self, text: &str) -> fmt::Result {
        let text = self.coloured(text, Colour::Bold);
        writeln!(self.text, "{text}")
    }

    fn row(&mut self, name: &str, value: impl fmt::Display) -> fmt::Result {
        writeln!(self.text, "  {name:<16} {value}")
    }

    fn more(&mut self, len: usize) -> fmt::Result {
        match len.checked_sub(SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => writeln!(self.text, "            and {more} more; --json prints all"),
        }
    }

    fn coloured(&self, text: &str, colour: Colour) -> String {
        if self.colours { format!("\u{1b}[{}m{text}\u{1b}[0m", colour as u8) } else { text.to_owned() }
    }
}

/// Codes of ECMA-48.
#[derive(Clone, Copy)]
enum Colour {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
}

const fn outcome(outcome: Outcome) -> (&'static str, Colour) {
    match outcome {
        Outcome::Passed => ("passed", Colour::Green),
        Outcome::Failed => ("FAILED", Colour::Red),
        Outcome::Undecided => ("undecided", Colour::Yellow),
        Outcome::NotApplicable => ("n/a", Colour::Dim),
        Outcome::Accepted => ("ACCEPTED", Colour::Yellow),
    }
}

fn took(micros: u64) -> String {
    format!("{:.1} ms", Duration::from_micros(micros).as_secs_f64() * 1e3)
}

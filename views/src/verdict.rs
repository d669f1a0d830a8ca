//! The verdict in words, what it rests on, and what to know beside it.

use coram_ceremony::verify::{Check, CheckId, Outcome, Report};
use maud::{Markup, html};

use crate::outcome::Tone;
use crate::parts::{more, section};
use crate::plain::{Plain, words};

/// How many checks are named before the list of all.
const NAMED: usize = 20;

/// The verdict, with what is not anchored.
pub fn banner(report: &Report) -> Markup {
    let tone = Tone::of_report(report);
    let name = report.verdict.name();
    let reasons = report.headline.strip_prefix(name).unwrap_or(&report.headline);
    let reasons = reasons.trim_start_matches([':', ' ']);
    html! {
        header class={ "banner " (tone.class()) } {
            (tone.sign())
            div {
                h1 { "This " (report.subject.name()) " is " strong { (name) } }
                p.headline { (Plain(&capital(reasons))) }
            }
        }
    }
}

/// A sentence, with its first letter as sentences have it. The name of a check stays as it is.
fn capital(text: &str) -> String {
    let is_name = text.split(' ').next().is_some_and(|word| word.contains('.'));
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !is_name => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// The checks that decided, if not all passed.
pub fn reasons(report: &Report) -> Markup {
    let with = |outcome| -> Vec<&Check> {
        report.checks.iter().filter(|check| check.outcome == outcome && !follows(check, report)).collect()
    };
    let failed = with(Outcome::Failed);
    // Beside failures, what is undecided does not matter any more.
    let undecided = if failed.is_empty() { with(Outcome::Undecided) } else { Vec::new() };
    let lists = [
        ("failed", "What does not hold", failed),
        ("undecided", "What could not be decided", undecided),
        ("accepted", "What did not pass and was accepted", with(Outcome::Accepted)),
    ];
    html! {
        @for (id, title, checks) in lists.iter().filter(|(_, _, checks)| !checks.is_empty()) {
            (section(id, title, &reasons_list(checks)))
        }
    }
}

/// Whether a check could only not be made because another one did not pass.
fn follows(check: &Check, report: &Report) -> bool {
    let passed =
        |need: &CheckId| report.check(need.name()).is_some_and(|need| need.outcome == Outcome::Passed);
    let needs = CheckId::by_name(check.id).map_or(&[][..], |id| id.entry().needs);
    check.outcome == Outcome::Undecided && !needs.iter().all(passed)
}

fn reasons_list(checks: &[&Check]) -> Markup {
    html! {
        ul.reasons {
            @for check in checks.iter().take(NAMED) {
                li class=(Tone::of(check.outcome).class()) {
                    p {
                        (Tone::of(check.outcome).sign()) " "
                        a href={ "#check-" (check.id) } { (words(check.title)) }
                    }
                    @if check.outcome == Outcome::Undecided { p { (words(&check.detail)) } }
                    p.fine { "This check stops: " (words(check.stops)) }
                }
            }
        }
        (more(checks.len(), NAMED))
    }
}

/// What no check fails on and a reader must know.
pub fn notes(report: &Report) -> Markup {
    if report.notes.is_empty() {
        return Markup::default();
    }
    let list = html! { ul.notes { @for note in &report.notes { li id={ "note-" (note.id) } { (Plain(&note.text)) } } } };
    section("notes", "To know beside the verdict", &list)
}

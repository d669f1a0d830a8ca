//! Every check: what became of it, and what it is good for.

use coram_ceremony::verify::{Check, CheckId, Failure, Outcome};
use maud::{Markup, html};

use crate::outcome::{Tone, word};
use crate::parts::{count, more, section as titled, took};
use crate::plain::{Plain, words};

/// How many failing items of one check are shown.
const FAILURES: usize = 100;

/// All checks, in groups by the first part of their names.
pub fn section(checks: &[Check]) -> Markup {
    let total = checks.iter().map(|check| check.micros).fold(0, u64::saturating_add);
    let content = html! {
        p { (count(checks.len(), "check")) " in " (took(total)) ": " (tally(checks)) "." }
        p.fine { "Each of them opens: what it establishes, which attack it stops, what it compares." }
        @for name in prefixes(checks) {
            h3 id={ "checks-" (name) } { (title(name)) }
            ul.checks { @for check in checks.iter().filter(|check| prefix(check.id) == name) { (row(check)) } }
        }
    };
    titled("checks", "Checks", &content)
}

/// One check, as an item of a list.
#[must_use]
pub fn check_row(check: &Check) -> String {
    row(check).into_string()
}

fn row(check: &Check) -> Markup {
    let tone = Tone::of(check.outcome);
    let is_open = matches!(check.outcome, Outcome::Failed | Outcome::Accepted);
    html! {
        li.check id={ "check-" (check.id) } data-outcome=(tone.class()) {
            details open[is_open] {
                summary {
                    (tone.tag(word(check.outcome)))
                    span.title { (words(check.title)) }
                    code.id { (check.id) }
                    span.time { (took(check.micros)) }
                    @if !check.detail.is_empty() { span.detail { (words(&check.detail)) } }
                }
                (meaning(check))
            }
            @if !check.failures.is_empty() { (failures(&check.failures)) }
        }
    }
}

fn meaning(check: &Check) -> Markup {
    let entry = CheckId::by_name(check.id).map(CheckId::entry);
    html! {
        dl.meaning {
            div { dt { "It establishes" } dd { (words(check.establishes)) } }
            div { dt { "It stops" } dd { (words(check.stops)) } }
            @if let Some(entry) = entry {
                div { dt { "It compares" } dd { (words(entry.compares)) } }
                @if !entry.needs.is_empty() {
                    div {
                        dt { "It needs" }
                        dd {
                            @for (place, need) in entry.needs.iter().enumerate() {
                                @if place > 0 { ", " }
                                a href={ "#check-" (need.name()) } { (need.name()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn failures(failures: &[Failure]) -> Markup {
    html! {
        ul.failures {
            @for failure in failures.iter().take(FAILURES) {
                li { code { (Plain(&failure.path)) } ": " (words(&failure.what)) }
            }
        }
        (more(failures.len(), FAILURES))
    }
}

/// How many came out how.
fn tally(checks: &[Check]) -> String {
    let outcomes =
        [Outcome::Passed, Outcome::Failed, Outcome::Undecided, Outcome::Accepted, Outcome::NotApplicable];
    let of = |outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    let counts = outcomes.map(|outcome| (of(outcome), word(outcome)));
    let named = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    named.collect::<Vec<_>>().join(", ")
}

/// The first parts of the names, each once.
fn prefixes(checks: &[Check]) -> Vec<&str> {
    let mut found = Vec::new();
    for check in checks {
        if !found.contains(&prefix(check.id)) {
            found.push(prefix(check.id));
        }
    }
    found
}

fn prefix(id: &str) -> &str {
    id.split_once('.').map_or(id, |(prefix, _)| prefix)
}

/// What a group of checks is about.
fn title(prefix: &str) -> &str {
    match prefix {
        "json" => "The file",
        "definition" => "The cluster definition",
        "lock" => "The lock",
        "registrations" => "The builder registrations",
        "deposits" => "The deposits",
        "deposit-data" => "The deposit data",
        "keystores" => "The keystores",
        "transcript" => "The transcript",
        "setup" => "The setups",
        "joins" => "Joins: who takes part",
        "commits" => "Commits: dealings before they are open",
        "deals" => "Deals: the dealings",
        "keys" => "Keys: what the dealings come to",
        "attests" => "Attests: what the shares sign",
        "seals" => "Seals: what everybody signs in the end",
        "expect" => "What you expect",
        other => other,
    }
}

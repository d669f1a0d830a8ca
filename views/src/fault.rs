//! A fault file: what it proves, and against whom.

use coram_ceremony::verify::{FaultReport, FaultVerdict};
use maud::{Markup, html};

use crate::outcome::Tone;
use crate::page::whole;
use crate::parts::{exact, fact, section};
use crate::plain::Plain;

/// A whole page on a fault file.
#[must_use]
pub fn fault_page(report: &FaultReport) -> String {
    whole(&format!("Fault file: {}", words(report.verdict).1), &all(report)).into_string()
}

/// The same as fragments of a page that has [`STYLE`](crate::STYLE).
#[must_use]
pub fn fault_sections(report: &FaultReport) -> String {
    all(report).into_string()
}

fn all(report: &FaultReport) -> Markup {
    let (tone, name, sentence) = words(report.verdict);
    let details = html! {
        dl {
            @if let Some(breach) = report.breach { (fact("Breach", exact(breach))) }
            (fact("What happened", Plain(&report.detail)))
            @for culprit in &report.culprits {
                (fact("Culprit", html! { "operator " (culprit.index) ", peer " (exact(&culprit.peer_id)) }))
            }
            @if let Some(id) = report.ceremony { (fact("Ceremony id", exact(&id.to_string()))) }
            @if let Some(attempt) = report.attempt { (fact("Attempt", html! { (attempt) })) }
            @if let Some(hash) = &report.definition_hash { (fact("Definition hash", exact(hash))) }
        }
    };
    html! {
        div.report {
            header class={ "banner " (tone.class()) } {
                (tone.sign())
                div { h1 { "This fault file: " strong { (name) } } p.headline { (sentence) } }
            }
            (section("fault", "What it shows", &details))
        }
    }
}

const fn words(verdict: FaultVerdict) -> (Tone, &'static str, &'static str) {
    match verdict {
        FaultVerdict::Proved => (
            Tone::Bad,
            "PROVED",
            "The messages in the file, signed by the culprits themselves, break the protocol. The file brings its own cluster \
             definition: compare the definition hash with that of the cluster that you have in mind.",
        ),
        FaultVerdict::Rejected => (Tone::None, "REJECTED", "Nothing is proved, and nobody is accused."),
        FaultVerdict::Indeterminate => {
            (Tone::Open, "INDETERMINATE", "The file follows rules that this version does not know.")
        }
    }
}

//! The content of a page, in order: first what everybody asks, then what auditors ask.

use coram_ceremony::verify::Report;
use maud::{Markup, html};

use crate::{ceremony, checks, cluster, glance, inputs, operators, statements, verdict};

/// All that a report says, as fragments of a page that has [`STYLE`](crate::STYLE).
#[must_use]
pub fn sections(report: &Report) -> String {
    all(report).into_string()
}

/// The same, as it stands in a page.
pub fn all(report: &Report) -> Markup {
    html! {
        div.report {
            (verdict::banner(report))
            (contents(report))
            (verdict::reasons(report))
            (glance::section(report))
            (ceremony::root(report))
            (verdict::notes(report))
            (operators::section(report))
            (cluster::section(report))
            (cluster::validators(report))
            (ceremony::section(report))
            (statements::section(report))
            (checks::section(&report.checks))
            (inputs::section(report))
        }
    }
}

/// Links to the sections that are there.
fn contents(report: &Report) -> Markup {
    let links = [
        ("glance", "At a glance", glance::is_there(report)),
        ("operators", "Operators", !report.operators.is_empty()),
        ("cluster", "Cluster", report.cluster.is_some()),
        ("validators", "Validators", !report.validators.is_empty()),
        ("ceremony", "Ceremony", report.ceremony.is_some()),
        ("statements", "What is proved", true),
        ("checks", "Checks", true),
        ("inputs", "Files", true),
    ];
    html! {
        nav aria-label="Parts of this report" {
            ul {
                @for (id, title, _) in links.iter().filter(|(_, _, is_there)| *is_there) {
                    li { a href={ "#" (id) } { (title) } }
                }
            }
        }
    }
}

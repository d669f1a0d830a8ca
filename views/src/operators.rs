//! The operators: who they are, and what each of them did.

use coram_ceremony::verify::Report;
use coram_ceremony::verify::report::{Contributor, OperatorSummary};
use maud::{Markup, html};

use crate::outcome::Tone;
use crate::parts::{ROWS, exact_or, section as titled, table};
use crate::plain::Plain;

/// All operators, in index order.
pub fn section(report: &Report) -> Markup {
    if report.operators.is_empty() {
        return Markup::default();
    }
    let rows: Vec<Vec<Markup>> =
        report.operators.iter().take(ROWS).map(|operator| row(operator, report)).collect();
    let columns = ["No.", "Ethereum account, peer ID", "Contributed", "Says it ran", "Who says so"];
    let caption = "Who holds shares of every key. Accounts that did not sign the definition are only claims.";
    titled("operators", "Operators", &table(caption, &columns, &rows, report.operators.len()))
}

fn row(operator: &OperatorSummary, report: &Report) -> Vec<Markup> {
    let software = operator.software.as_deref().filter(|software| !software.is_empty());
    vec![
        html! { (operator.index) },
        html! {
            div { (exact_or(operator.address.as_deref(), "no account")) }
            div.fine { (exact_or(operator.peer_id.as_deref(), "no valid node record")) }
        },
        contributed(operator, report),
        html! { @match software { Some(software) => (Plain(software)), None => span.missing { "not known" } } },
        if operator.anchored {
            Tone::Good.tag("as you expect")
        } else {
            Tone::Open.tag("only the file says so")
        },
    ]
}

/// To the keys, and to the setups where there are some.
fn contributed(operator: &OperatorSummary, report: &Report) -> Markup {
    let to_setups = setup_phases(operator.index, report);
    html! {
        @match operator.dealt {
            Some(true) => "to every key",
            Some(false) => "to no key",
            None => span.missing { "not established" },
        }
        @if !to_setups.is_empty() { "; to the setups, " (to_setups) }
    }
}

fn setup_phases(index: u16, report: &Report) -> String {
    let setups = report.ceremony.iter().flat_map(|ceremony| &ceremony.setups);
    let contributions = setups.flat_map(|setup| setup.contributions.iter().flatten());
    let mut phases: Vec<u8> = contributions
        .filter(|one| matches!(one.contributor, Contributor::Operator { index: of, .. } if of == index))
        .map(|one| one.phase)
        .collect();
    phases.sort_unstable();
    phases.dedup();
    match phases.as_slice() {
        [] => String::new(),
        [phase] => format!("phase {phase}"),
        [first, .., last] => format!("phases {first} and {last}"),
    }
}

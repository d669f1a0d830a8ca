//! The ceremony that made the keys, and the setups of its proofs.

use coram_ceremony::verify::Report;
use coram_ceremony::verify::report::{CeremonySummary, ContributionSummary, Contributor, SetupSummary};
use maud::{Markup, html};

use crate::parts::{ROWS, count, exact, exact_or, fact, grouped, section as titled, table};

/// The root of the transcript, to compare.
pub fn root(report: &Report) -> Markup {
    let Some(root) = report.ceremony.as_ref().and_then(|ceremony| ceremony.transcript_root) else {
        return Markup::default();
    };
    let content = html! {
        p.root { (grouped(&root.to_string())) }
        p.fine {
            "Compare it with what the operators publish, or let one of them read it to you: if it is the same, you and they speak "
            "of the same ceremony. A genuine ceremony of others has another root."
        }
    };
    titled("root", "Transcript root", &content)
}

/// All that is known of the ceremony.
pub fn section(report: &Report) -> Markup {
    let Some(ceremony) = &report.ceremony else { return Markup::default() };
    let content = html! {
        (facts(ceremony))
        @for setup in &ceremony.setups { (self::setup(setup)) }
    };
    titled("ceremony", "Ceremony", &content)
}

fn facts(ceremony: &CeremonySummary) -> Markup {
    let dealers: Vec<String> = ceremony.dealers.iter().map(u16::to_string).collect();
    let commits = if ceremony.commits {
        "yes: everybody committed to a dealing before any was opened"
    } else {
        "no: the last dealer saw all other dealings before it chose its own"
    };
    html! {
        dl {
            (fact("Kind", format_args!("{}, protocol version {}", ceremony.kind, ceremony.protocol_version)))
            (fact("Attempt", html! { (ceremony.attempt) (before(ceremony.attempt)) }))
            (fact("Who dealt", format_args!("operators {}", dealers.join(", "))))
            (fact("Keys", extraction(ceremony)))
            (fact("Commits", commits))
            (fact("Encryption keys", encryption_keys(ceremony.encryption_keys)))
            (fact("Proofs", html! { (ceremony.proof_system) }))
            @if let Some(setup) = &ceremony.setup { (fact("Setups agreed on", exact(setup))) }
            (fact("Genesis time agreed on", html! { (ceremony.genesis_time) " (Unix seconds)" }))
            (fact("Ceremony id", exact(&ceremony.id.to_string())))
            (fact("Transcript root", exact_or(ceremony.transcript_root.map(|root| root.to_string()).as_deref(), "cannot be computed")))
        }
    }
}

/// How many attempts were abandoned before one.
fn before(attempt: u32) -> String {
    match attempt {
        0 => ": the first".to_owned(),
        1 => ": 1 was abandoned before it".to_owned(),
        _ => format!(": {attempt} were abandoned before it"),
    }
}

fn extraction(ceremony: &CeremonySummary) -> String {
    match ceremony.extraction {
        "sum" => "each the sum of one polynomial of every dealer".to_owned(),
        rule => format!(
            "{rule}: up to {} of one polynomial of every dealer, {} from each",
            ceremony.keys_per_polynomial,
            count(ceremony.polynomials, "polynomial")
        ),
    }
}

fn encryption_keys(name: &'static str) -> &'static str {
    match name {
        "fresh" => "made for this ceremony alone",
        "from_identity" => "derived from the identity keys",
        other => other,
    }
}

fn setup(setup: &SetupSummary) -> Markup {
    let shape = format!(
        "Setup for {} and chunks of {}",
        count(setup.operators, "operator"),
        count(setup.validators, "validator")
    );
    let string =
        if setup.rechecked { "rechecked here" } else { "not given; the operators say that they checked it" };
    let contributions = setup.contributions.as_deref();
    html! {
        h3 { (shape) }
        dl {
            (fact("Digest", exact(&setup.digest)))
            (fact("Powers", html! { "2" sup { (setup.powers_log) } }))
            (fact("Whole reference string", string))
        }
        @match contributions {
            None => p.missing { "Who contributed is not shown: the signatures are not verified." },
            Some(list) => {
                @let rows: Vec<Vec<Markup>> = list.iter().take(ROWS).map(contribution).collect();
                (table("Contributions: one of each phase that was honest is enough", &["Phase", "No.", "By"], &rows, list.len()))
            }
        }
    }
}

fn contribution(one: &ContributionSummary) -> Vec<Markup> {
    vec![html! { (one.phase) }, html! { (one.number) }, contributor(&one.contributor)]
}

fn contributor(contributor: &Contributor) -> Markup {
    match contributor {
        Contributor::Operator { index, address, peer_id } => html! {
            "operator " (index) ", " (exact_or(address.as_deref(), "no account")) ", peer " (exact(peer_id))
        },
        Contributor::Identity { peer_id } => html! { "no operator of this cluster, peer " (exact(peer_id)) },
        Contributor::Anonymous => html! { "somebody who does not say" },
        Contributor::Beacon { value, iterations_log } => html! {
            "public randomness " (exact(value)) ", hashed 2" sup { (iterations_log) } " times"
        },
    }
}

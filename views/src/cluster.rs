//! Cluster and validators.

use coram_ceremony::verify::Report;
use coram_ceremony::verify::report::{Cluster, Subject, ValidatorSummary};
use maud::{Markup, html};

use crate::parts::{eth, exact, exact_or, fact, section as titled, table};
use crate::plain::Plain;

/// The cluster as the file describes it.
pub fn section(report: &Report) -> Markup {
    report.cluster.as_ref().map(|cluster| titled("cluster", "Cluster", &facts(cluster))).unwrap_or_default()
}

fn facts(cluster: &Cluster) -> Markup {
    let amounts: Vec<String> = cluster.deposit_amounts.iter().map(|gwei| eth(*gwei)).collect();
    let credentials =
        if cluster.compounding { "0x02: rewards compound" } else { "0x01: rewards are paid out" };
    html! {
        dl {
            (fact("Name", name(cluster)))
            (fact("Network", html! {
                (Plain(cluster.network.as_deref().unwrap_or("not known")))
                ", fork version " (exact(&cluster.fork_version))
            }))
            (fact("Threshold", Plain(&cluster.tolerance)))
            (fact("Deposits of each validator", amounts.join(", ")))
            (fact("Withdrawal credentials", credentials))
            (fact("Version", html! { (cluster.version) }))
            (fact("UUID", Plain(&cluster.uuid)))
            (fact("Config hash, as stated", exact(&cluster.config_hash)))
            (fact("Definition hash, computed", exact(&cluster.definition_hash)))
            (fact("Lock hash, computed", exact(&cluster.lock_hash)))
        }
    }
}

fn name(cluster: &Cluster) -> Markup {
    html! {
        @if cluster.name.is_empty() {
            span.missing { "none" }
        } @else {
            (Plain(&cluster.name))
            " " span.fine { "(anybody can choose any name: it says nothing of who they are)" }
        }
    }
}

/// The keys, and where their money goes.
pub fn validators(report: &Report) -> Markup {
    if report.validators.is_empty() {
        return Markup::default();
    }
    let rows: Vec<Vec<Markup>> =
        report.validators.iter().take(crate::parts::ROWS).enumerate().map(row).collect();
    let columns: &[&str] = &["No.", "Public key", "Stake goes back to", "Fees go to"];
    let (caption, columns) = match report.subject {
        Subject::Lock => {
            ("In the order of the lock. Both addresses are those of the definition, for each key.", columns)
        }
        // A deposit says nothing of fees.
        Subject::DepositData => ("In the order of the file.", columns.get(..3).unwrap_or(columns)),
    };
    titled("validators", "Validators", &table(caption, columns, &rows, report.validators.len()))
}

fn row((index, validator): (usize, &ValidatorSummary)) -> Vec<Markup> {
    vec![
        html! { (index) },
        exact(&validator.public_key),
        exact_or(validator.withdrawal.as_deref(), "no address"),
        exact_or(validator.fee_recipient.as_deref(), "no address"),
    ]
}

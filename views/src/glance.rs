//! What a delegator asks before anything else. To each question belongs who answers it: the outsider, who brought an
//! expectation along, or the file alone.

use std::collections::BTreeSet;

use coram_ceremony::verify::report::{Anchor, Cluster};
use coram_ceremony::verify::{CheckId, Outcome, Report};
use maud::{Markup, html};

use crate::outcome::Tone;
use crate::parts::{count, eth, exact, section as titled, short};
use crate::plain::Plain;

/// Questions and answers.
pub fn section(report: &Report) -> Markup {
    if !is_there(report) {
        return Markup::default();
    }
    let anchors = || report.anchored.iter().chain(&report.not_anchored);
    let known = [
        Anchor::Threshold,
        Anchor::Operators,
        Anchor::Withdrawal,
        Anchor::Amounts,
        Anchor::Network,
        Anchor::Transcript,
        Anchor::Setup,
    ];
    let table = html! {
        table.glance role="table" {
            caption.hidden { "Questions, answers, and who says so" }
            thead.hidden role="rowgroup" {
                tr role="row" {
                    @for column in ["Question", "Answer", "Who says so"] {
                        th scope="col" role="columnheader" { (column) }
                    }
                }
            }
            tbody role="rowgroup" {
                @for anchor in known.into_iter().filter(|anchor| anchors().any(|other| other == anchor)) {
                    tr role="row" {
                        th scope="row" role="rowheader" { (question(anchor)) }
                        td role="cell" { (answer(anchor, report)) }
                        td role="cell" { (source(anchor, report)) }
                    }
                }
            }
        }
    };
    titled("glance", "At a glance", &table)
}

const fn question(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Operators => "Who are the operators?",
        Anchor::Withdrawal => "Where does the stake go back to?",
        Anchor::Network => "Which network is it for?",
        Anchor::Amounts => "How much is deposited?",
        Anchor::Threshold => "Who can sign?",
        Anchor::Transcript => "Which ceremony is it?",
        Anchor::Setup => "Which setup do the proofs need?",
    }
}

/// Whether there is anything to answer with.
pub fn is_there(report: &Report) -> bool {
    report.cluster.is_some() || !report.validators.is_empty()
}

fn answer(anchor: Anchor, report: &Report) -> Markup {
    match (anchor, &report.cluster) {
        (Anchor::Withdrawal, _) => withdrawal(report),
        (Anchor::Transcript, _) => transcript(report),
        (Anchor::Setup, _) => setup(report),
        (Anchor::Operators, _) => {
            html! { a href="#operators" { (count(report.operators.len(), "operator")) } }
        }
        (Anchor::Threshold, Some(cluster)) => html! { (Plain(&cluster.tolerance)) },
        (Anchor::Network, Some(cluster)) => html! {
            (Plain(cluster.network.as_deref().unwrap_or("not a known network")))
            span.fine { ", fork version " (exact(&cluster.fork_version)) }
        },
        (Anchor::Amounts, Some(cluster)) => amounts(cluster),
        (Anchor::Network, None) => seen(CheckId::DepositDataNetwork, report),
        (Anchor::Amounts, None) => seen(CheckId::DepositDataContent, report),
        (Anchor::Threshold, None) => html! { "the file does not say" },
    }
}

/// What a check saw.
fn seen(check: CheckId, report: &Report) -> Markup {
    let detail = report.check(check.name()).map_or("", |check| &check.detail);
    html! { a href={ "#check-" (check.name()) } { (Plain(detail)) } }
}

fn transcript(report: &Report) -> Markup {
    match report.ceremony.as_ref().map(|ceremony| ceremony.transcript_root) {
        Some(Some(root)) => html! { "transcript " (exact(&short(&root.to_string()))) },
        Some(None) => html! { "its transcript has no root that could be computed" },
        None if has_transcript(report) => html! { "its transcript could not be read" },
        None => html! { "there is no transcript: nothing shows how the keys were made" },
    }
}

fn setup(report: &Report) -> Markup {
    match report.ceremony.as_ref().and_then(|ceremony| ceremony.setup.as_deref()) {
        Some(digest) => html! { "setup " (exact(&short(digest))) },
        None => html! { "none is named" },
    }
}

fn withdrawal(report: &Report) -> Markup {
    let addresses: BTreeSet<Option<&str>> =
        report.validators.iter().map(|validator| validator.withdrawal.as_deref()).collect();
    let mut all = addresses.iter();
    match (all.next(), all.next()) {
        (Some(Some(address)), None) => exact(address),
        (None | Some(None), None) => html! { "no address could be read" },
        _ => html! { a href="#validators" { (addresses.len()) " different addresses" } },
    }
}

fn amounts(cluster: &Cluster) -> Markup {
    let amounts: Vec<String> = cluster.deposit_amounts.iter().map(|gwei| eth(*gwei)).collect();
    html! {
        (amounts.join(" and ")) " for each of " (count(cluster.validators, "validator"))
    }
}

/// Whether there is a transcript, readable or not.
pub fn has_transcript(report: &Report) -> bool {
    let present = report.check(CheckId::TranscriptPresent.name());
    present.is_some_and(|check| check.outcome == Outcome::Passed)
}

fn source(anchor: Anchor, report: &Report) -> Markup {
    let check = match anchor {
        Anchor::Operators => CheckId::ExpectOperators,
        Anchor::Withdrawal => CheckId::ExpectWithdrawal,
        Anchor::Network => CheckId::ExpectNetwork,
        Anchor::Amounts => CheckId::ExpectAmounts,
        Anchor::Threshold => CheckId::ExpectThreshold,
        Anchor::Transcript => CheckId::ExpectTranscript,
        Anchor::Setup => CheckId::ExpectSetup,
    };
    if report.anchored.contains(&anchor) {
        return Tone::Good.tag("as you expect");
    }
    if anchor == Anchor::Transcript && report.ceremony.is_none() && !has_transcript(report) {
        return Tone::Open.tag("nothing to compare");
    }
    match report.check(check.name()).map(|check| check.outcome) {
        Some(Outcome::Failed) => Tone::Bad.tag("not what you expect"),
        Some(Outcome::Accepted) => Tone::Accepted.tag("not what you expect; accepted"),
        Some(Outcome::Passed) => Tone::Open.tag("as far as you named it"),
        _ => Tone::Open.tag("only the file says so"),
    }
}

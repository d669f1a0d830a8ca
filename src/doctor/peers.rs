//! The other operators: whether they can be reached, and run the same ceremony.

use std::sync::Arc;

use coram_ceremony::frame::Answer;
use coram_ceremony::message::Rejection;
use coram_ceremony::{Board, Ceremony, Inserted};
use libp2p::PeerId;

use super::network::{Gathered, left_alone};
use super::relays::failed;
use super::report::Finding;
use super::tries::{Contact, Results, Tried, Way};
use super::{Facts, Found, Subject, found};
use crate::driver::name;
use crate::failure::{Exit, Failure};
use crate::network::Objection;
use crate::objections::say;

/// `peer.reachable`.
pub fn reachable(subject: &Subject<'_>, facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    if let Some(skipped) = left_alone(subject, facts) {
        return found(Ok(skipped));
    }
    let gathered = facts.network.as_ref()?;
    let results = match &gathered.results {
        Ok(results) => results,
        Err(failure) => return Some(vec![failed(failure)]),
    };
    let operators = gathered.operators.iter();
    let mut judged: Vec<(u16, Finding)> = operators
        .map(|(peer, index)| {
            (*index, judge_ways(&name(ceremony, *index), peer, gathered, results).value("operator", *index))
        })
        .collect();
    judged.sort_by_key(|(index, _)| *index);
    let mut findings: Vec<Finding> = judged.into_iter().map(|(_, finding)| finding).collect();
    findings.extend(nameless(gathered, results));
    Some(findings)
}

/// What was tried for one peer.
fn tried<'a>(
    peer: &PeerId,
    gathered: &'a Gathered,
    results: &'a Results,
) -> impl Iterator<Item = (Option<&'a Way>, &'a Tried)> {
    let peer = *peer;
    // What was found on the local network stands behind what was planned.
    let ways = gathered.ways.iter().map(Some).chain(std::iter::repeat(None));
    ways.zip(&results.ways).filter(move |(way, tried)| {
        let meant = way.is_some_and(|way| way.peer == Some(peer));
        meant || matches!(tried, Tried::Reached { peer: reached, .. } if *reached == peer)
    })
}

fn judge_ways(who: &str, peer: &PeerId, gathered: &Gathered, results: &Results) -> Finding {
    let (mut reached, mut missed, mut others) = (Vec::new(), Vec::new(), false);
    for (way, tried) in tried(peer, gathered, results) {
        let relayed = way.is_some_and(|way| way.through.is_some());
        let how = if relayed { "through a relay" } else { "directly" };
        match tried {
            Tried::Reached { took, address, .. } => {
                reached.push(format!("{how} in {} ms, {address}", took.as_millis()));
            }
            Tried::Other(other) => {
                others = true;
                missed.push(format!("{how}: another peer answers there, {other}"));
            }
            Tried::Failed(reason) => missed.push(format!("{how}: {reason}")),
            Tried::Silent => missed.push(format!("{how}: nobody answers in time")),
        }
    }
    if !reached.is_empty() {
        return Finding::pass(format!("{who}: connected {}", reached.join("; ")));
    }
    if missed.is_empty() {
        let help = "nothing, if it knows where we are; else agree on a relay, or ask for its address";
        return Finding::warn(format!("{who}: not tried, since no way to it is known"), help);
    }
    let what = format!("{who}: not reachable now; {}", missed.join("; "));
    if others {
        return Failure::new(Exit::TimedOut, "network.other-peer", what)
            .help("the address is somebody else's: correct it, in --peer or in the node record")
            .into();
    }
    Finding::warn(
        what,
        "nothing, if it has not started yet: `coram dkg` waits for it; else ask it for its address",
    )
}

/// What became of addresses that were given without a peer ID, unless an operator answered.
fn nameless(gathered: &Gathered, results: &Results) -> Vec<Finding> {
    let ways = gathered.ways.iter().zip(&results.ways).filter(|(way, _)| way.peer.is_none());
    ways.filter_map(|(way, tried)| {
        let address = way.addresses.first()?;
        let what = match tried {
            Tried::Reached { peer, .. } if gathered.operators.contains_key(peer) => return None,
            Tried::Reached { peer, .. } | Tried::Other(peer) => {
                let what = format!("{address}: who answers there is no operator of the definition: {peer}");
                let failure = Failure::new(Exit::TimedOut, "network.other-peer", what);
                return Some(failure.help("the address is somebody else's: correct it, in --peer").into());
            }
            Tried::Failed(reason) => reason.clone(),
            Tried::Silent => format!("{address}: nobody answers in time"),
        };
        Some(Finding::warn(what, "nothing, if the operator has not started yet; else correct --peer"))
    })
    .collect()
}

/// `peer.agrees`.
pub fn agrees(subject: &Subject<'_>, facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    if let Some(skipped) = left_alone(subject, facts) {
        return found(Ok(skipped));
    }
    let gathered = facts.network.as_ref()?;
    let results = gathered.results.as_ref().ok()?;
    let met =
        gathered.operators.iter().filter_map(|(peer, index)| Some((*index, results.contacts.get(peer)?)));
    let mut judged: Vec<(u16, Finding)> = met
        .map(|(index, contact)| (index, judge_contact(ceremony, index, contact).value("operator", index)))
        .collect();
    if judged.is_empty() {
        return found(Ok(Finding::skipped("no operator was reached")));
    }
    judged.sort_by_key(|(index, _)| *index);
    Some(judged.into_iter().map(|(_, finding)| finding).collect())
}

fn judge_contact(ceremony: &Arc<Ceremony>, index: u16, contact: &Contact) -> Finding {
    let who = name(ceremony, index);
    let agent = contact.agent.clone().unwrap_or_else(|| "unknown software".to_owned());
    let objection = match &contact.answer {
        Some(Ok(Answer::Have { ids })) => {
            let found = format!("{who}: runs {agent}, in this ceremony, and has {} messages", ids.len());
            return Finding::pass(found).value("messages", ids.len()).value("software", agent);
        }
        Some(Ok(Answer::Refused { reason })) => {
            let help = "wait until it runs `coram dkg`, then run this again";
            return Finding::warn(format!("{who}: runs {agent}, and does not say: {reason}"), help);
        }
        Some(Ok(Answer::Other { join, .. })) => disagreement(ceremony, index, join),
        Some(Ok(_)) => Objection::Ceremony,
        _ if contact.keeps_boards == Some(false) => Objection::Version { agent },
        _ if contact.closed => Objection::Identity { relayed: false },
        Some(Err(reason)) => {
            let help = "run this again; if it stays so, ask the operator what its log says";
            return Finding::warn(format!("{who}: runs {agent}, and does not answer: {reason}"), help);
        }
        None => {
            let help = "run this again; if it stays so, ask the operator what its log says";
            return Finding::warn(format!("{who}: runs {agent}, and has not answered in time"), help);
        }
    };
    let (what, help) = say(ceremony, index, &objection);
    Failure::new(Exit::Disagreement, "ceremony.disagreement", what).help(help).into()
}

/// On what a peer disagrees, if its own Join says so: anybody else's would accuse somebody who may have corrected itself.
fn disagreement(ceremony: &Arc<Ceremony>, index: u16, join: &[u8]) -> Objection {
    match Board::new(Arc::clone(ceremony)).insert(join) {
        Inserted::Disagreement(disagreement) if disagreement.author == index => {
            Objection::Terms(disagreement)
        }
        Inserted::Rejected(Rejection::EarlierAttempt { author, theirs, .. }) if author == index => {
            Objection::EarlierAttempt { attempt: theirs }
        }
        _ => Objection::Ceremony,
    }
}

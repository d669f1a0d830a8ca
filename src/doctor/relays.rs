//! Relays: whether they answer, let others reach us, and keep boards.

use jiff::Timestamp;
use libp2p::PeerId;

use super::network::{Gathered, Relay, left_alone};
use super::report::Finding;
use super::tries::{Contact, Tried};
use super::{Facts, Found, Subject, found};
use crate::failure::{Exit, Failure};
use crate::network::relays::{RelayName, peer_of};

/// How far this machine's clock may be from a relay's. HTTP gives whole seconds, and the answer takes its time.
const DRIFT_MILLIS: i64 = 5_000;

/// Why there is nothing to say of relays, if so.
fn none_named(subject: &Subject<'_>, facts: &Facts) -> Option<Finding> {
    let none = || Finding::skipped("no relay is named by --p2p-relays");
    left_alone(subject, facts).or_else(|| subject.network.relays.is_empty().then(none))
}

/// `relay.answers`.
pub fn answers(subject: &Subject<'_>, facts: &Facts) -> Found {
    if let Some(skipped) = none_named(subject, facts) {
        return found(Ok(skipped));
    }
    let relays = &facts.network.as_ref()?.relays;
    let judge = |relay: &Relay| match (&relay.name, &relay.addresses) {
        (RelayName::Address(address), _) => Finding::pass(format!("{address}: named by its address")),
        (RelayName::Url(url), Ok(addresses)) => {
            let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            Finding::pass(format!("{url}: {}", list.join(", ")))
                .value("url", url.as_str())
                .value("addresses", list)
        }
        (RelayName::Url(url), Err(failure)) => failed(failure).value("url", url.as_str()),
    };
    Some(softened(relays.iter().map(judge).collect()))
}

/// The addresses and peers of the relays that were found.
fn peers(gathered: &Gathered) -> Vec<PeerId> {
    let addresses = gathered.relays.iter().filter_map(|relay| relay.addresses.as_ref().ok()).flatten();
    let mut peers: Vec<PeerId> = addresses.filter_map(peer_of).collect();
    peers.sort_unstable();
    peers.dedup();
    peers
}

/// `relay.reserves`.
pub fn reserves(subject: &Subject<'_>, facts: &Facts) -> Found {
    if let Some(skipped) = none_named(subject, facts) {
        return found(Ok(skipped));
    }
    let gathered = facts.network.as_ref()?;
    let results = match &gathered.results {
        Ok(results) => results,
        Err(failure) => return Some(vec![failed(failure)]),
    };
    let judge = |peer: PeerId| {
        let tried = gathered.ways.iter().position(|way| way.peer == Some(peer));
        let tried = tried.and_then(|index| results.ways.get(index)).unwrap_or(&Tried::Silent);
        let reservation = results.contacts.get(&peer).and_then(|contact| contact.reservation.as_ref());
        judge_relay(peer, tried, reservation).value("peer_id", peer.to_string())
    };
    let peers = peers(gathered);
    if peers.is_empty() {
        return None;
    }
    Some(softened(peers.into_iter().map(judge).collect()))
}

fn judge_relay(peer: PeerId, tried: &Tried, reservation: Option<&Result<(), String>>) -> Finding {
    let why = match (tried, reservation) {
        (Tried::Reached { took, address, .. }, Some(Ok(()))) => {
            let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let found = format!("{peer}: connected in {millis} ms, and others can reach us through it");
            return Finding::pass(found).value("millis", millis).value("address", address.to_string());
        }
        (Tried::Reached { .. }, Some(Err(reason))) => format!("it lets nobody reach us through it: {reason}"),
        (Tried::Reached { .. }, None) => "it is connected, but has granted no reservation in time".to_owned(),
        (Tried::Other(other), _) => format!("another peer answers there: {other}"),
        (Tried::Failed(reason), _) => reason.clone(),
        (Tried::Silent, _) => "nobody answers in time".to_owned(),
    };
    let what = format!("the relay {peer} cannot be used: {why}");
    Failure::new(Exit::TimedOut, "network.relay", what)
        .help("ask whoever runs the relay, or name another with --p2p-relays")
        .into()
}

/// `relay.boards`.
pub fn boards(subject: &Subject<'_>, facts: &Facts) -> Found {
    if let Some(skipped) = none_named(subject, facts) {
        return found(Ok(skipped));
    }
    let gathered = facts.network.as_ref()?;
    let results = gathered.results.as_ref().ok()?;
    let reached: Vec<(PeerId, &Contact)> =
        peers(gathered).into_iter().filter_map(|peer| Some((peer, results.contacts.get(&peer)?))).collect();
    if reached.is_empty() {
        return None;
    }
    let keepers: Vec<String> = reached
        .iter()
        .filter(|(_, contact)| contact.keeps_boards == Some(true))
        .map(|(peer, _)| peer.to_string())
        .collect();
    found(Ok(if keepers.is_empty() {
        Finding::warn(
            "no relay keeps boards: a message reaches an operator only while somebody who has it is online too",
            "name a `coram relay --boards`, or see to it that operators are online at the same time",
        )
    } else {
        Finding::pass(format!("{}: keeps boards for operators that are offline", keepers.join(", ")))
            .value("relays", keepers)
    }))
}

/// `clock.compared`.
pub fn clock(subject: &Subject<'_>, facts: &Facts) -> Found {
    if let Some(skipped) = none_named(subject, facts) {
        return found(Ok(skipped));
    }
    let relays = &facts.network.as_ref()?.relays;
    let compared: Vec<Finding> = relays.iter().filter_map(compare_clocks).collect();
    if compared.is_empty() {
        return found(Ok(Finding::skipped(
            "no relay says what time it has: none is named by a URL that answers",
        )));
    }
    Some(compared)
}

fn compare_clocks(relay: &Relay) -> Option<Finding> {
    let (before, date, after) = relay.clock.as_ref()?;
    let theirs = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    let ahead = ahead_millis(*before, theirs, *after);
    let text = format!("{}: this clock is {:.1} s ahead of its clock", relay.text(), ahead as f64 / 1e3);
    let finding = if ahead.abs() > DRIFT_MILLIS {
        Finding::warn(text, "set the clock, and let it be kept by NTP; or theirs is wrong")
    } else {
        Finding::pass(text)
    };
    Some(finding.value("ahead_millis", ahead))
}

/// How far a clock that showed `before` and `after` is ahead of one that showed `theirs`, cut to seconds, in between.
fn ahead_millis(before: Timestamp, theirs: Timestamp, after: Timestamp) -> i64 {
    let ours = before.as_millisecond().midpoint(after.as_millisecond());
    ours - (theirs.as_millisecond() + 500)
}

/// A failure that is somebody else's to keep.
pub fn failed(failure: &Failure) -> Finding {
    let copy = Failure::new(failure.exit, failure.code, failure.what.clone());
    match &failure.help {
        Some(help) => copy.help(help.clone()),
        None => copy,
    }
    .into()
}

/// One relay that works is enough: the others are worth a warning then.
fn softened(findings: Vec<Finding>) -> Vec<Finding> {
    let any_works = findings.iter().any(Finding::is_pass);
    findings.into_iter().map(|finding| if any_works { finding.softened() } else { finding }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_in_the_middle_of_the_answer() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let ahead = |ours: &str| ahead_millis(at(ours), at("2026-11-22T12:00:00Z"), at(ours));
        assert_eq!(ahead("2026-11-22T12:00:00.5Z"), 0);
        assert_eq!(ahead("2026-11-22T12:00:10.5Z"), 10_000);
        assert_eq!(ahead("2026-11-22T11:59:50.5Z"), -10_000);
    }

    #[test]
    fn the_date_of_http_is_read() {
        let read = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(read.unwrap(), "1994-11-06T08:49:37Z".parse().unwrap());
    }
}

//! Operators and peers, as they are called.

use coram_ceremony::Ceremony;
use coram_cluster::identity;

use crate::driver::name;
use crate::event::Party;

/// What an operator is known as: its account, or its peer ID where the definition names no account.
pub fn known_as(ceremony: &Ceremony, operator: u16) -> String {
    let index = usize::from(operator).saturating_sub(1);
    let address = ceremony.definition().operators().get(index).and_then(|operator| operator.address());
    let known_as = address.map(ToString::to_string);
    known_as.or_else(|| peer_id(ceremony, operator)).unwrap_or_default()
}

/// The libp2p peer ID of an operator; none if there is no such operator.
pub fn peer_id(ceremony: &Ceremony, operator: u16) -> Option<String> {
    ceremony.identity(operator).map(identity::peer_id)
}

/// What is out of the ordinary about an attempt: that others were abandoned before it, that not all operators deal.
pub fn particulars(ceremony: &Ceremony) -> Option<String> {
    let (attempt, dealers) = (ceremony.terms().attempt, &ceremony.parameters().dealers);
    let abandoned = match attempt {
        0 => None,
        1 => Some("attempt 1, after 1 that was abandoned".to_owned()),
        _ => Some(format!("attempt {attempt}, after {attempt} that were abandoned")),
    };
    let few = (dealers.len() < usize::from(ceremony.operators())).then(|| {
        let numbers: Vec<String> = dealers.iter().map(u16::to_string).collect();
        format!("not all operators deal, only {}", numbers.join(", "))
    });
    let all: Vec<String> = abandoned.into_iter().chain(few).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// A peer for people.
pub fn party(ceremony: &Ceremony, party: &Party) -> String {
    match party {
        Party::Operator(index) => name(ceremony, *index),
        Party::Relay(peer) => format!("relay {peer}"),
        Party::Stranger(peer) => format!("stranger {peer}"),
    }
}

/// The peer ID of a peer.
pub fn party_id(ceremony: &Ceremony, party: &Party) -> Option<String> {
    match party {
        Party::Operator(index) => peer_id(ceremony, *index),
        Party::Relay(peer) | Party::Stranger(peer) => Some(peer.clone()),
    }
}

/// Where a peer is, without what is known of it anyway: its address without its peer ID, or the relay between.
pub fn place(address: &str, relayed: bool) -> String {
    let before = |mark: &str| address.split(mark).next().unwrap_or(address);
    if !relayed {
        return before("/p2p/").to_owned();
    }
    let relay = before("/p2p-circuit");
    let peer = relay.rsplit_once("/p2p/").map_or_else(|| relay.to_owned(), |(_, peer)| short(peer));
    format!("via relay {peer}")
}

/// The beginning and the end of something long: both halves of an account, the distinct end of a peer ID.
pub fn short(text: &str) -> String {
    const HEAD: usize = 6;
    const TAIL: usize = 6;
    let chars: Vec<char> = text.chars().collect();
    let head = chars.get(..HEAD).unwrap_or_default();
    let tail = chars.len().checked_sub(TAIL).and_then(|start| chars.get(start..)).unwrap_or_default();
    if chars.len() <= HEAD + TAIL + 1 {
        return text.to_owned();
    }
    head.iter().chain(['…'].iter()).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_or_a_relay() {
        assert_eq!(place("/ip4/10.0.0.2/tcp/3610", false), "/ip4/10.0.0.2/tcp/3610");
        assert_eq!(place("/ip4/10.0.0.2/tcp/3610/p2p/16Uiu2HAm", false), "/ip4/10.0.0.2/tcp/3610");
        let relayed = "/ip4/10.0.0.9/tcp/1/p2p/16Uiu2HAm1234567890/p2p-circuit/p2p/16Uiu2HAmTarget";
        assert_eq!(place(relayed, true), "via relay 16Uiu2…567890");
        assert_eq!(
            place("/dns4/relay.example/tcp/1/p2p-circuit", true),
            "via relay /dns4/relay.example/tcp/1"
        );
        assert_eq!(place("", true), "via relay ");
    }

    #[test]
    fn what_is_long_is_shortened_in_the_middle() {
        assert_eq!(short(""), "");
        assert_eq!(short("0123456789abc"), "0123456789abc");
        assert_eq!(short("0x52908400098527886e0f7030069857d2e4169ee7"), "0x5290…169ee7");
    }
}

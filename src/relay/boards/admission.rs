//! Whether a board is opened: for whom, for what, how often.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Instant;

use coram_ceremony::Ceremony;
use coram_ceremony::id::CeremonyId;
use coram_ceremony::parameters::Terms;
use coram_cluster::definition::Definition;
use libp2p::PeerId;
use ssz::Decode as _;

use super::codec::MAX_FRAME;
use crate::network::origin::Origin;
use crate::network::rate::Bucket;
use crate::network::relays;
use crate::relay::BoardBounds;
use crate::relay::metrics::Refusal;

/// The largest definition of a board, in bytes.
const MAX_DEFINITION: usize = 4 << 20;
/// The largest terms of a board, in bytes: one dealer has two.
const MAX_TERMS: usize = 4096;
/// Room in a frame for what is not the message.
const FRAME_OVERHEAD: usize = 64 * 1024;
/// What one operator publishes beside dealing and signatures, in bytes.
const SMALL_MESSAGES: usize = 8 * 1024;
/// Most origins that are remembered; beyond, nobody new opens anything.
const MAX_ORIGINS: usize = 1 << 16;

/// A request for a board.
pub struct Opening<'a> {
    /// Who asks; the transport has shown that it holds this identity.
    pub peer: PeerId,
    /// From where.
    pub origin: Option<Origin>,
    /// For which ceremony.
    pub ceremony: CeremonyId,
    /// The definition, as JSON.
    pub definition: &'a [u8],
    /// The terms, as SSZ.
    pub terms: &'a [u8],
}

/// Why no board is opened.
#[derive(Debug)]
pub enum Denied {
    /// The asker is told why.
    No(String, Refusal),
    /// No honest peer sends this.
    Cheat(String),
}

/// How often boards were opened from where.
pub struct Admission {
    bounds: BoardBounds,
    origins: BTreeMap<Option<Origin>, Bucket>,
}

impl Admission {
    /// Nothing was opened yet.
    pub const fn new(bounds: BoardBounds) -> Self {
        Self { bounds, origins: BTreeMap::new() }
    }

    /// The ceremony to keep a board for. `kept` boards there are already, `by_peer` of them opened by the asker.
    ///
    /// What is cheap comes first: whoever is over its rate costs no parsing.
    pub fn judge(
        &mut self,
        opening: &Opening<'_>,
        kept: usize,
        by_peer: usize,
        now: Instant,
    ) -> Result<Ceremony, Denied> {
        if kept >= self.bounds.ceremonies {
            return Err(no("this relay keeps as many boards as it can", Refusal::TooMany));
        }
        if by_peer >= self.bounds.per_operator {
            return Err(no("this operator has opened as many boards as it may", Refusal::TooMany));
        }
        if opening.definition.len() > MAX_DEFINITION || opening.terms.len() > MAX_TERMS {
            return Err(no("the definition is too large", Refusal::Large));
        }
        if !self.take_turn(opening.origin, now) {
            return Err(no(
                "too many boards were asked for from this network: try again later",
                Refusal::Rate,
            ));
        }
        let ceremony = read(opening.ceremony, opening.definition, opening.terms)?;
        let is_operator = ceremony.identities().iter().any(|key| relays::peer_id(key) == Some(opening.peer));
        if !is_operator {
            return Err(no("not an operator of this ceremony", Refusal::Stranger));
        }
        self.check_size(&ceremony)?;
        Ok(ceremony)
    }

    /// Counted whether or not a board comes of it: it is the judging that costs.
    fn take_turn(&mut self, origin: Option<Origin>, now: Instant) -> bool {
        if self.origins.len() >= MAX_ORIGINS && !self.origins.contains_key(&origin) {
            return false;
        }
        let per_hour = f64::from(self.bounds.openings_per_hour);
        let bucket =
            self.origins.entry(origin).or_insert_with(|| Bucket::new(per_hour / 3600.0, per_hour, now));
        bucket.take(1.0, now)
    }

    /// Refused now rather than when the board is full and the operators are in the middle of their ceremony.
    fn check_size(&self, ceremony: &Ceremony) -> Result<(), Denied> {
        let limits = ceremony.limits();
        let signatures = 96 * (limits.attest_signatures() + limits.validators);
        let of_operator = limits.dealing() + signatures + SMALL_MESSAGES + 32 * limits.operators;
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let (expected, most) = ((of_operator * limits.operators) as u64, self.bounds.board_bytes);
        if expected > most {
            let reason = format!(
                "its messages may have {} MiB, and this relay keeps {} MiB for a ceremony",
                mib(expected),
                mib(most)
            );
            return Err(no(&reason, Refusal::Large));
        }
        if limits.message() + FRAME_OVERHEAD > MAX_FRAME {
            return Err(no("a message of this ceremony may be larger than this relay reads", Refusal::Large));
        }
        Ok(())
    }

    /// Forgets origins that have their full rate again.
    pub fn sweep(&mut self, now: Instant) {
        let per_hour = f64::from(self.bounds.openings_per_hour);
        self.origins.retain(|_, bucket| !bucket.clone().take(per_hour, now));
    }
}

fn no(reason: &str, kind: Refusal) -> Denied {
    Denied::No(reason.to_owned(), kind)
}

/// The ceremony that has this id, from its definition and terms.
///
/// # Errors
///
/// What this version cannot read is refused: it may be a later version's. What it can, and has another id, is a lie.
pub fn read(id: CeremonyId, definition: &[u8], terms: &[u8]) -> Result<Ceremony, Denied> {
    let unreadable = |what: &str, error: &dyn Display| no(&format!("{what}: {error}"), Refusal::Malformed);
    let definition = Definition::parse(definition).map_err(|error| unreadable("the definition", &error))?;
    let terms = Terms::from_ssz_bytes(terms)
        .map_err(|_| no("the terms: not those of this version", Refusal::Malformed))?;
    let ceremony = Ceremony::new(definition, terms.parameters.clone(), terms.attempt)
        .map_err(|error| unreadable("no ceremony", &error))?;
    // The id is the hash of all terms: it leaves no room for others that would be read alike.
    if ceremony.id() != id || *ceremony.terms() != terms {
        return Err(Denied::Cheat("it asked for a board under an id that is not the ceremony's".to_owned()));
    }
    Ok(ceremony)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ssz::Encode as _;

    use super::*;
    use crate::relay::boards::shelf::tests::{bounds, ceremony, operator};

    fn judge(
        admission: &mut Admission,
        ceremony: &Ceremony,
        peer: PeerId,
        id: CeremonyId,
        now: Instant,
    ) -> Result<Ceremony, Denied> {
        let (definition, terms) = (ceremony.definition().to_json().unwrap(), ceremony.terms().as_ssz_bytes());
        let origin = Some(Origin::of_ip([192, 0, 2, 1].into()));
        let opening = Opening { peer, origin, ceremony: id, definition: &definition, terms: &terms };
        admission.judge(&opening, 0, 0, now)
    }

    #[test]
    fn an_operator_opens_a_board_and_a_stranger_does_not() {
        let (ceremony, now) = (ceremony(0), Instant::now());
        let mut admission = Admission::new(bounds());
        let id = ceremony.id();
        for index in 1..=ceremony.operators() {
            let opened = judge(&mut admission, &ceremony, operator(&ceremony, index), id, now);
            assert_eq!(opened.unwrap().id(), id);
        }
        let denied = judge(&mut admission, &ceremony, PeerId::random(), id, now);
        assert!(matches!(denied, Err(Denied::No(_, Refusal::Stranger))));
    }

    #[test]
    fn another_id_is_a_lie() {
        let (ceremony, other, now) = (ceremony(0), ceremony(1), Instant::now());
        let mut admission = Admission::new(bounds());
        let denied = judge(&mut admission, &ceremony, operator(&ceremony, 1), other.id(), now);
        assert!(matches!(denied, Err(Denied::Cheat(_))));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let ceremony = ceremony(0);
        let (definition, terms) = (ceremony.definition().to_json().unwrap(), ceremony.terms().as_ssz_bytes());
        let refused = |definition: &[u8], terms: &[u8]| {
            matches!(read(ceremony.id(), definition, terms), Err(Denied::No(_, Refusal::Malformed)))
        };
        assert!(refused(b"{}", &terms));
        assert!(refused(&definition, &terms[1..]));
        assert!(refused(&definition[1..], &terms));
    }

    #[test]
    fn openings_are_bounded_in_number_and_rate() {
        let (ceremony, start) = (ceremony(0), Instant::now());
        let peer = operator(&ceremony, 1);
        let bounds = BoardBounds { openings_per_hour: 2, ..bounds() };
        let mut admission = Admission::new(bounds);
        for _ in 0..2 {
            assert!(judge(&mut admission, &ceremony, peer, ceremony.id(), start).is_ok());
        }
        let denied = judge(&mut admission, &ceremony, peer, ceremony.id(), start);
        assert!(matches!(denied, Err(Denied::No(_, Refusal::Rate))));
        admission.sweep(start);
        let later = start + Duration::from_secs(1800);
        assert!(judge(&mut admission, &ceremony, peer, ceremony.id(), later).is_ok());
        admission.sweep(later + Duration::from_secs(7200));
        assert!(admission.origins.is_empty());

        let (definition, terms) = (ceremony.definition().to_json().unwrap(), ceremony.terms().as_ssz_bytes());
        let opening =
            Opening { peer, origin: None, ceremony: ceremony.id(), definition: &definition, terms: &terms };
        for (kept, by_peer) in [(bounds.ceremonies, 0), (0, bounds.per_operator)] {
            let denied = admission.judge(&opening, kept, by_peer, start);
            assert!(matches!(denied, Err(Denied::No(_, Refusal::TooMany))));
        }
    }

    #[test]
    fn a_ceremony_that_will_not_fit_is_refused_before_it_begins() {
        let (ceremony, now) = (ceremony(0), Instant::now());
        let mut admission = Admission::new(BoardBounds { board_bytes: 100_000, ..bounds() });
        let denied = judge(&mut admission, &ceremony, operator(&ceremony, 1), ceremony.id(), now);
        assert!(matches!(denied, Err(Denied::No(_, Refusal::Large))));
    }
}

//! Who contributed to a setup, and who of a definition did not.

use std::collections::{BTreeMap, BTreeSet};

use coram_ceremony::verify::report::Contributor;
use coram_cluster::definition::Definition;
use coram_cluster::enr::Enr;
use coram_cluster::identity::{self, PublicKey};
use coram_proofs::setup::{Contribution, OriginRecord, Phase};
use serde::Serialize;

use crate::failure::{Exit, Failure};

/// The phases, in order.
pub const PHASES: [Phase; 2] = [Phase::Powers, Phase::Key];

/// The operators of a definition, as contributors are compared with them.
#[derive(Debug, Default)]
pub struct Operators(Vec<Operator>);

#[derive(Debug)]
struct Operator {
    index: u16,
    identity: PublicKey,
    address: Option<String>,
}

impl Operator {
    fn name(&self) -> String {
        let known_as = self.address.clone().unwrap_or_else(|| identity::peer_id(&self.identity));
        format!("operator {} ({known_as})", self.index)
    }
}

impl Operators {
    /// Those of a definition, all of which must have node records.
    ///
    /// # Errors
    ///
    /// A node record that is missing or wrong.
    pub fn of(definition: &Definition) -> Result<Self, Failure> {
        let operator = |(index, operator): (u16, &coram_cluster::definition::Operator)| {
            let identity = Enr::parse(operator.enr())?.public_key();
            Ok(Operator { index, identity, address: operator.address().map(ToString::to_string) })
        };
        (1..).zip(definition.operators()).map(operator).collect::<Result<_, Failure>>().map(Self)
    }

    /// Those who signed no contribution to a phase, by the phase; a phase with all of them is not listed.
    pub fn missing(&self, contributions: &[Contribution], phases: &[Phase]) -> BTreeMap<Phase, Vec<u16>> {
        let missing = |phase: &Phase| {
            let signed = signed(contributions, *phase);
            let operators = self.0.iter().filter(|operator| !signed.contains(&operator.identity));
            (*phase, operators.map(|operator| operator.index).collect::<Vec<_>>())
        };
        phases.iter().map(missing).filter(|(_, operators)| !operators.is_empty()).collect()
    }

    /// Operators for people.
    pub fn names(&self, operators: &[u16]) -> String {
        let named = self.0.iter().filter(|operator| operators.contains(&operator.index));
        named.map(Operator::name).collect::<Vec<_>>().join(", ")
    }

    fn find(&self, identity: &PublicKey) -> Option<&Operator> {
        self.0.iter().find(|operator| operator.identity == *identity)
    }
}

/// Who signed contributions to a phase.
pub fn signed(contributions: &[Contribution], phase: Phase) -> BTreeSet<PublicKey> {
    let of_phase = contributions.iter().filter(|contribution| contribution.phase == phase);
    of_phase.filter_map(|contribution| identity_of(&contribution.origin)).collect()
}

/// The identity that an origin names.
pub fn identity_of(origin: &OriginRecord) -> Option<PublicKey> {
    match origin {
        OriginRecord::Signed { identity, .. } => Some(*identity),
        OriginRecord::Anonymous | OriginRecord::Beacon { .. } => None,
    }
}

/// Checks the signature of every contribution that names somebody: or anybody could be named.
///
/// # Errors
///
/// The first that is wrong.
pub fn check_signatures(contributions: &[Contribution]) -> Result<(), Failure> {
    for Contribution { phase, number, id, origin } in contributions {
        if let OriginRecord::Signed { identity, signature } = origin {
            identity::verify_signature(identity, id, signature).map_err(|_| {
                let peer = identity::peer_id(identity);
                let what = format!(
                    "contribution {number} to the {} is not signed by {peer}, whom it names",
                    short(*phase)
                );
                Failure::new(Exit::Invalid, "setup.signature", what)
                    .help("get the file again from whoever contributed last")
            })?;
        }
    }
    Ok(())
}

/// What a phase makes, for people.
pub const fn short(phase: Phase) -> &'static str {
    match phase {
        Phase::Powers => "powers",
        Phase::Key => "key",
    }
}

/// A contribution for people and programs. Its signature was checked, unless nothing was.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// The phase: 1 or 2.
    pub phase: u8,
    /// Its place in the phase, from 1.
    pub number: usize,
    /// Its id, with 0x.
    pub id: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub contributor: Contributor,
}

impl Entry {
    /// Says who it was, as far as the operators of a definition are known.
    pub fn new(contribution: &Contribution, operators: &Operators) -> Self {
        let Contribution { phase, number, id, origin } = contribution;
        let contributor = contributor(origin, operators);
        let phase = if *phase == Phase::Powers { 1 } else { 2 };
        Self { phase, number: *number, id: hex0x(id), contributor }
    }
}

/// Where a contribution says it comes from, as far as the operators of a definition are known.
pub fn contributor(origin: &OriginRecord, operators: &Operators) -> Contributor {
    match origin {
        OriginRecord::Anonymous => Contributor::Anonymous,
        OriginRecord::Signed { identity, .. } => {
            let peer_id = identity::peer_id(identity);
            match operators.find(identity) {
                Some(Operator { index, address, .. }) => {
                    Contributor::Operator { index: *index, address: address.clone(), peer_id }
                }
                None => Contributor::Identity { peer_id },
            }
        }
        OriginRecord::Beacon { value, iterations_log } => {
            Contributor::Beacon { value: hex0x(value), iterations_log: *iterations_log }
        }
    }
}

/// A contributor for people.
pub fn who(contributor: &Contributor) -> String {
    match contributor {
        Contributor::Operator { index, address, peer_id } => {
            format!("operator {index} ({})", address.as_ref().unwrap_or(peer_id))
        }
        Contributor::Identity { peer_id } => format!("peer {peer_id}"),
        Contributor::Anonymous => "nobody says who".to_owned(),
        Contributor::Beacon { value, iterations_log } => {
            format!("beacon {value}, hashed 2^{iterations_log} times")
        }
    }
}

/// Bytes as hex with 0x.
pub fn hex0x(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

#[cfg(test)]
pub mod fixture {
    //! Contributions by identities that follow from one byte.

    use coram_cluster::identity::IdentityKey;

    use super::*;

    fn key(secret: u8) -> IdentityKey {
        IdentityKey::from_bytes(&[secret; 32]).unwrap()
    }

    pub fn identity(secret: u8) -> PublicKey {
        key(secret).public_key()
    }

    pub fn contribution(phase: Phase, secret: u8) -> Contribution {
        let id = [secret; 32];
        let origin = OriginRecord::Signed { identity: identity(secret), signature: key(secret).sign(&id) };
        Contribution { phase, number: 1, id, origin }
    }

    pub fn operators(secrets: &[u8]) -> Operators {
        let operator =
            |(index, secret): (u16, &u8)| Operator { index, identity: identity(*secret), address: None };
        Operators((1..).zip(secrets).map(operator).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::contribution;
    use super::*;

    #[test]
    fn a_name_without_a_signature_is_refused() {
        let mut contributions = [contribution(Phase::Powers, 7), contribution(Phase::Key, 8)];
        check_signatures(&contributions).unwrap();
        contributions[1].id = [9; 32];
        let failure = check_signatures(&contributions).unwrap_err();
        assert_eq!((failure.exit, failure.code), (Exit::Invalid, "setup.signature"));
        assert!(failure.what.contains("contribution 1 to the key"), "{}", failure.what);
    }
}

//! What a proof system has to offer.

use std::ops::Range;

use ark_bls12_381::Fr;
use coram_circuits::share_encryption::{EphemeralScalar, Statement};
use merlin::Transcript;
use zeroize::Zeroizing;

use crate::{
    batch::Weights,
    dealing::EncodedProof,
    error::ProofError,
    groth16::{Keys, PairingSum},
    group::GroupSum,
};

/// The proof systems that a ceremony can choose from. The numbers are part of the protocol and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ProofSystemId {
    /// Sumchecks and a discrete-logarithm commitment: no setup that anybody has to be trusted for.
    Transparent = 1,
    /// Pairings, under a reference string that several parties made together.
    Groth16 = 2,
}

impl ProofSystemId {
    /// All proof systems.
    pub const ALL: [Self; 2] = [Self::Transparent, Self::Groth16];

    /// The number that stands in messages and hashes.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The name that stands in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Transparent => "transparent",
            Self::Groth16 => "groth16",
        }
    }

    /// The proof system of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.name() == name)
    }
}

impl TryFrom<u8> for ProofSystemId {
    type Error = ProofError;

    fn try_from(number: u8) -> Result<Self, ProofError> {
        let known = Self::ALL.into_iter().find(|system| system.number() == number);
        known.ok_or(ProofError::UnknownSystem(number))
    }
}

/// A proof system with all that it needs beside a setting.
#[derive(Clone, Debug)]
pub enum Backend {
    /// Needs nothing.
    Transparent,
    /// Needs keys: each is for one number of recipients and one size of chunk.
    Groth16(Keys),
}

impl Backend {
    /// The proof system.
    #[must_use]
    pub fn id(&self) -> ProofSystemId {
        match self {
            Self::Transparent => ProofSystemId::Transparent,
            Self::Groth16(_) => ProofSystemId::Groth16,
        }
    }
}

/// The equations of a batch: proofs and links add to them, each with a random weight.
pub(crate) struct Equations {
    /// A sum in G1 that must be the identity.
    pub(crate) group: GroupSum,
    /// A product of pairings that must be one.
    pub(crate) pairing: PairingSum,
}

impl Equations {
    /// Joins the equations of two parts of a batch under the same system.
    pub(crate) fn merge(self, other: Self) -> Self {
        Self { group: self.group.merge(other.group), pairing: self.pairing.merge(other.pairing) }
    }
}

/// A proof system for the share-encryption relation, set up for one roster and one size of chunk.
///
/// A proof shows knowledge of the ephemeral scalar for which the relation of [`coram_circuits::share_encryption`] holds. The
/// Fiat–Shamir state that is handed in has absorbed everything that the statement was hashed from.
pub(crate) trait ProofSystem: Send + Sync {
    /// The proof system.
    fn id(&self) -> ProofSystemId;

    /// Names the relation down to its last constant: part of every pad.
    fn relation_digest(&self) -> [u8; 32];

    /// Rows of the constraint system.
    fn constraints(&self) -> usize;

    /// Bytes of a proof.
    fn proof_len(&self) -> usize;

    /// Where a proof has points of G1.
    fn points(&self) -> Vec<Range<usize>>;

    /// `u(K[i])` of every recipient in order, then `u(s*H)`. In variable time.
    fn shared_secrets(&self, scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>>;

    /// No equations yet.
    fn equations(&self) -> Equations;

    /// Proves `statement`. The same arguments give the same proof.
    fn prove(
        &self,
        fs: Transcript,
        statement: &Statement,
        scalar: &EphemeralScalar,
        seed: &[u8; 32],
    ) -> Result<Vec<u8>, ProofError>;

    /// Decodes a proof and adds its equations: it holds if they do.
    fn verify(
        &self,
        fs: Transcript,
        statement: &Statement,
        proof: &EncodedProof,
        weights: &mut Weights,
        equations: &mut Equations,
    ) -> Result<(), ProofError>;

    /// Whether all equations hold.
    fn hold(&self, equations: Equations) -> bool;
}

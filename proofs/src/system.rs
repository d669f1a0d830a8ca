//! What a proof system has to offer.

use ark_bls12_381::G1Affine;
use coram_circuits::share_encryption::{EphemeralScalar, Statement};
use merlin::Transcript;

use crate::{batch::Weights, error::ProofError, group::GroupSum};

/// The proof systems that a ceremony can choose from. The numbers are part of the protocol and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ProofSystemId {
    /// Sumchecks and a discrete-logarithm commitment: no setup that anybody has to be trusted for.
    Transparent = 1,
}

impl ProofSystemId {
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
        }
    }
}

impl TryFrom<u8> for ProofSystemId {
    type Error = ProofError;

    fn try_from(number: u8) -> Result<Self, ProofError> {
        match number {
            1 => Ok(Self::Transparent),
            unknown => Err(ProofError::UnknownSystem(unknown)),
        }
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

    /// The fixed points over which [`GroupSum`]s of this system are formed.
    fn fixed_points(&self) -> &[G1Affine];

    /// Proves `statement`. The same arguments give the same proof.
    fn prove(
        &self,
        fs: Transcript,
        statement: &Statement,
        scalar: &EphemeralScalar,
        seed: &[u8; 32],
    ) -> Result<Vec<u8>, ProofError>;

    /// Decodes a proof and adds its equations to `sum`: the proof holds if the sum is zero.
    fn verify(
        &self,
        fs: Transcript,
        statement: &Statement,
        proof: &[u8],
        weights: &mut Weights,
        sum: &mut GroupSum,
    ) -> Result<(), ProofError>;
}

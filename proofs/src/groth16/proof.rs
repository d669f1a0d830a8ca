//! The bytes of a proof.

use std::ops::Range;

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::AffineRepr;

use crate::{
    dealing::EncodedProof,
    error::ProofError,
    group::{self, g2},
};

/// A proof whose points are in their groups, and none the identity.
pub(super) struct Proof {
    pub(super) a: G1Affine,
    pub(super) b: G2Affine,
    pub(super) c: G1Affine,
}

impl Proof {
    /// Bytes of a proof: `A | B | C`, compressed.
    pub(super) const LEN: usize = 2 * group::POINT_LEN + g2::POINT_LEN;

    /// Where `A` and `C` stand.
    pub(super) const POINTS: [Range<usize>; 2] =
        [0..group::POINT_LEN, group::POINT_LEN + g2::POINT_LEN..Self::LEN];

    /// Decodes a proof. With a point outside its group, a batch would hold by chance more often than its weights allow;
    /// no honest proof has an identity.
    pub(super) fn decode(proof: &EncodedProof) -> Result<Self, ProofError> {
        let bytes: &[u8; Self::LEN] = proof.as_slice().try_into().map_err(|_| ProofError::Length)?;
        let (a, rest) = bytes.split_first_chunk().ok_or(ProofError::Length)?;
        let (b, rest) = rest.split_first_chunk().ok_or(ProofError::Length)?;
        let (c, _) = rest.split_first_chunk().ok_or(ProofError::Length)?;
        let known = |index: usize| proof.points().and_then(|points| points.get(index).copied());
        let first = |index: usize, encoding: &[u8; group::POINT_LEN]| {
            let point = known(index).or_else(|| group::decode(encoding));
            point.filter(|point| !point.is_zero()).ok_or(ProofError::Point)
        };
        let second = g2::decode(b).filter(|point| !point.is_zero());
        Ok(Self { a: first(0, a)?, b: second.ok_or(ProofError::PointOfG2)?, c: first(1, c)? })
    }

    #[cfg(test)]
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        Self::decode(&bytes.to_vec().into())
    }

    /// The bytes that [`Self::decode`] reads.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        [&group::encode(&self.a)[..], &g2::encode(&self.b), &group::encode(&self.c)].concat()
    }
}

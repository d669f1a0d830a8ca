//! The messages of the prover, and their bytes.

use std::ops::Range;

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::{BigInt, PrimeField};

use super::{dimensions::Dimensions, opening::OpeningProof, product::ProductProof};
use crate::{
    dealing::EncodedProof,
    error::ProofError,
    fiat_shamir::scalar_bytes,
    group::{self, POINT_LEN},
};

/// Bytes of a scalar.
const SCALAR_LEN: usize = 32;

/// A proof, decoded: every point is in the subgroup of order r, every scalar canonical.
#[derive(Clone)]
pub(super) struct Proof {
    /// `C_i`: one commitment for each row of the private assignment.
    pub(super) rows: Vec<G1Affine>,
    /// `S_j`: one for each round of the first sumcheck.
    pub(super) constraint_rounds: Vec<G1Affine>,
    /// `C_A, C_B, C_C, C_AB`.
    pub(super) values: [G1Affine; 4],
    /// `v_AB = v_A v_B`.
    pub(super) product: ProductProof,
    /// `S_j`: one for each round of the second sumcheck.
    pub(super) assignment_rounds: Vec<G1Affine>,
    /// The opening of all linear claims.
    pub(super) opening: OpeningProof,
}

/// Points and scalars outside the repeated parts: four values, three announcements, one announcement of the opening.
const SINGLE_POINTS: usize = 4 + 3 + 1;
const SCALARS: usize = 5 + 2;

fn count(dimensions: Dimensions) -> usize {
    dimensions.rows() + dimensions.rounds() + 2 * dimensions.opening_rounds() + SINGLE_POINTS
}

impl Proof {
    /// Bytes of a proof.
    pub(super) fn len(dimensions: Dimensions) -> usize {
        count(dimensions) * POINT_LEN + SCALARS * SCALAR_LEN
    }

    /// Where the points are.
    pub(super) fn points(dimensions: Dimensions) -> Range<usize> {
        0..count(dimensions) * POINT_LEN
    }

    /// All points, then all scalars:
    ///
    /// ```text
    /// C_i … | S_j … (first sumcheck) | C_A C_B C_C C_AB | α β δ | S_j … (second) | L R … | D    48 bytes each
    /// z_1 … z_5 | z z'                                                                  32 bytes each, big-endian
    /// ```
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let opening = &self.opening;
        let points = self
            .rows
            .iter()
            .chain(&self.constraint_rounds)
            .chain(&self.values)
            .chain(&self.product.announcements)
            .chain(&self.assignment_rounds)
            .chain(opening.rounds.iter().flatten())
            .chain([&opening.announcement]);
        let scalars = self.product.responses.iter().chain([&opening.response, &opening.blinding_response]);
        points.flat_map(group::encode).chain(scalars.flat_map(scalar_bytes)).collect()
    }

    /// Decodes a proof of exactly [`Proof::len`] bytes.
    ///
    /// # Errors
    ///
    /// [`ProofError::Length`], [`ProofError::Point`], [`ProofError::Scalar`].
    pub(super) fn decode(dimensions: Dimensions, proof: &EncodedProof) -> Result<Self, ProofError> {
        if proof.len() != Self::len(dimensions) {
            return Err(ProofError::Length);
        }
        let (points, scalars) = proof.split_at(Self::points(dimensions).end);
        let known =
            proof.points().filter(|points| points.len() == count(dimensions)).map(<[G1Affine]>::to_vec);
        let points = known.or_else(|| group::decode_all(points)).ok_or(ProofError::Point)?;
        Self::from_parts(dimensions, points, scalars)
    }

    #[cfg(test)]
    pub(super) fn from_bytes(dimensions: Dimensions, bytes: &[u8]) -> Result<Self, ProofError> {
        Self::decode(dimensions, &bytes.to_vec().into())
    }

    fn from_parts(dimensions: Dimensions, points: Vec<G1Affine>, scalars: &[u8]) -> Result<Self, ProofError> {
        let mut points = points.into_iter();
        let (scalars, _) = scalars.as_chunks::<SCALAR_LEN>();
        let scalars: Vec<Fr> =
            scalars.iter().map(scalar_from_bytes).collect::<Option<_>>().ok_or(ProofError::Scalar)?;
        let &[z_1, z_2, z_3, z_4, z_5, response, blinding_response] = scalars.as_slice() else {
            return Err(ProofError::Length);
        };
        let rows = points.by_ref().take(dimensions.rows()).collect();
        let constraint_rounds = points.by_ref().take(dimensions.constraint_bits).collect();
        let values = take(&mut points)?;
        let announcements = take(&mut points)?;
        let assignment_rounds = points.by_ref().take(dimensions.assignment_bits()).collect();
        let rounds = (0..dimensions.opening_rounds()).map(|_| take(&mut points)).collect::<Result<_, _>>()?;
        let [announcement] = take(&mut points)?;
        Ok(Self {
            rows,
            constraint_rounds,
            values,
            product: ProductProof { announcements, responses: [z_1, z_2, z_3, z_4, z_5] },
            assignment_rounds,
            opening: OpeningProof { rounds, announcement, response, blinding_response },
        })
    }
}

fn take<const N: usize>(points: &mut impl Iterator<Item = G1Affine>) -> Result<[G1Affine; N], ProofError> {
    let taken: Vec<G1Affine> = points.take(N).collect();
    taken.try_into().map_err(|_| ProofError::Length)
}

/// A scalar below r from 32 big-endian bytes.
pub(crate) fn scalar_from_bytes(bytes: &[u8; SCALAR_LEN]) -> Option<Fr> {
    let mut limbs = [0_u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_be_bytes(*chunk);
    }
    Fr::from_bigint(BigInt(limbs))
}

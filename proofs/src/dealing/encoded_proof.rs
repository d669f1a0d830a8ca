//! The bytes of a proof, with what is known about the points in them.

use std::ops::{Deref, DerefMut};

use ark_bls12_381::G1Affine;

/// An encoded proof. The points of G1 in it are decoded already where a dealing was read together with others; whoever changes the
/// bytes loses them.
#[derive(Clone, Debug, Default)]
pub(crate) struct EncodedProof {
    bytes: Vec<u8>,
    points: Option<Vec<G1Affine>>,
}

impl EncodedProof {
    /// `points` are what is decoded from the ranges that [`ProofSystem::points`](crate::system::ProofSystem::points) tells, if all of
    /// them are in the group.
    pub(super) fn new(bytes: Vec<u8>, points: Option<Vec<G1Affine>>) -> Self {
        Self { bytes, points }
    }

    /// The points of G1, if they are known.
    pub(crate) fn points(&self) -> Option<&[G1Affine]> {
        self.points.as_deref()
    }
}

impl From<Vec<u8>> for EncodedProof {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, points: None }
    }
}

impl Deref for EncodedProof {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for EncodedProof {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        self.points = None;
        &mut self.bytes
    }
}

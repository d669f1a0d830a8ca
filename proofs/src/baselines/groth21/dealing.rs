//! What a dealer publishes, and its bytes.

use ark_bls12_381::{Fr, G1Affine};

use super::{
    CHUNKS,
    chunking::{self, REPETITIONS},
    ciphertext::Ciphertext,
    sharing,
};
use crate::{
    baselines::Numbers,
    error::ProofError,
    fiat_shamir::scalar_bytes,
    group::{self, POINT_LEN},
    transparent::scalar_from_bytes,
};

/// Bytes of a scalar.
const SCALAR_LEN: usize = 32;
/// Bytes of `z_k`.
const SIZE_LEN: usize = 8;

/// Commitments of all keys, and what is proved about each.
#[derive(Clone, Debug)]
pub(super) struct Dealing {
    /// `A[j][k]`, key by key.
    pub(super) commitments: Vec<G1Affine>,
    pub(super) parts: Vec<Part>,
}

/// The shares of one key.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) ciphertext: Ciphertext,
    pub(super) sharing: sharing::Proof,
    pub(super) chunking: chunking::Proof,
}

/// Points of a part: `16 + 16 n`, 3, and `1 + 64 + n + 2`.
fn part_points(n: usize) -> usize {
    CHUNKS * (n + 1) + 3 + 1 + 2 * REPETITIONS + n + 2
}

/// Bytes of the numbers of a part: `z_r, z_a, z_r[1], …, z_r[n], z_b`, and `z_1, …, z_32`.
fn part_numbers(n: usize) -> usize {
    (n + 3) * SCALAR_LEN + REPETITIONS * SIZE_LEN
}

impl Dealing {
    /// All points, first the commitments and then part by part; then all numbers, part by part. For each key
    /// `48 t + 848 n + 4480` bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let parts = self.parts.iter().flat_map(Part::points);
        let mut bytes: Vec<u8> = self.commitments.iter().chain(parts).flat_map(group::encode).collect();
        for part in &self.parts {
            bytes.extend(part.scalars().flat_map(scalar_bytes));
            bytes.extend(part.chunking.sizes.iter().flat_map(|size| size.to_be_bytes()));
        }
        bytes
    }

    /// Decodes a dealing.
    pub(super) fn from_bytes(numbers: Numbers, bytes: &[u8]) -> Result<Self, ProofError> {
        let Numbers { n, t, m } = numbers;
        let (points, rest) = split(numbers, bytes)?;
        let mut points = group::decode_all(points).ok_or(ProofError::Point)?.into_iter();
        let commitments = points.by_ref().take(m * t).collect();
        let parts = rest.chunks(part_numbers(n)).map(|bytes| Part::read(n, &mut points, bytes));
        Ok(Self { commitments, parts: parts.collect::<Result<_, _>>()? })
    }
}

/// The points and the numbers of a dealing of the right length.
fn split(Numbers { n, t, m }: Numbers, bytes: &[u8]) -> Result<(&[u8], &[u8]), ProofError> {
    let points = m * (t + part_points(n)) * POINT_LEN;
    let expected = points + m * part_numbers(n);
    let split = bytes.split_at_checked(points).filter(|_| bytes.len() == expected);
    split.ok_or(ProofError::DealingLength { expected, found: bytes.len() })
}

impl Part {
    fn points(&self) -> impl Iterator<Item = &G1Affine> {
        let Self { ciphertext, sharing, chunking } = self;
        let encrypted = ciphertext.randomizers.iter().chain(&ciphertext.chunks);
        let proofs = sharing.points.iter().chain([&chunking.base]).chain(&chunking.masks);
        encrypted.chain(proofs).chain(&chunking.blinders)
    }

    fn scalars(&self) -> impl Iterator<Item = &Fr> {
        [&self.sharing.randomness, &self.sharing.share].into_iter().chain(&self.chunking.randomness)
    }

    fn read(n: usize, points: &mut impl Iterator<Item = G1Affine>, bytes: &[u8]) -> Result<Self, ProofError> {
        let mut take = |count: usize| points.by_ref().take(count).collect::<Vec<_>>();
        let ciphertext = Ciphertext { randomizers: take(CHUNKS), chunks: take(n * CHUNKS) };
        let sharing = take(3).try_into().map_err(|_| ProofError::Length)?;
        let base = take(1).pop().ok_or(ProofError::Length)?;
        let (masks, blinders) = (take(2 * REPETITIONS), take(n + 2));
        let (scalars, sizes) = bytes.split_at_checked((n + 3) * SCALAR_LEN).ok_or(ProofError::Length)?;
        let scalars =
            scalars.as_chunks().0.iter().map(|bytes| scalar_from_bytes(bytes).ok_or(ProofError::Scalar));
        let mut scalars = scalars.collect::<Result<Vec<Fr>, _>>()?;
        let randomness = scalars.split_off(2);
        let [z_r, z_a] = scalars.try_into().map_err(|_| ProofError::Length)?;
        let sizes = sizes.as_chunks().0.iter().map(|bytes| u64::from_be_bytes(*bytes)).collect();
        Ok(Self {
            ciphertext,
            sharing: sharing::Proof { points: sharing, randomness: z_r, share: z_a },
            chunking: chunking::Proof { base, masks, blinders, randomness, sizes },
        })
    }
}

/// What a recipient decrypts: the rest of the dealing is for verifiers.
pub(super) struct Received {
    /// `A[j][k]`, key by key.
    pub(super) commitments: Vec<G1Affine>,
    /// `R_1 … R_16` and `C[i][1] … C[i][16]` of each key.
    pub(super) chunks: Vec<Vec<G1Affine>>,
}

impl Received {
    /// Decodes what is for recipient `index`, from 1.
    pub(super) fn from_bytes(numbers: Numbers, index: u16, bytes: &[u8]) -> Result<Self, ProofError> {
        let Numbers { n, t, m } = numbers;
        let (points, _) = split(numbers, bytes)?;
        let decode = |first: usize, count: usize| {
            let bytes =
                points.get(first * POINT_LEN..(first + count) * POINT_LEN).ok_or(ProofError::Length)?;
            group::decode_all(bytes).ok_or(ProofError::Point)
        };
        let chunks = |key: usize| {
            let first = m * t + key * part_points(n);
            Ok::<_, ProofError>(
                [decode(first, CHUNKS)?, decode(first + usize::from(index) * CHUNKS, CHUNKS)?].concat(),
            )
        };
        Ok(Self { commitments: decode(0, m * t)?, chunks: (0..m).map(chunks).collect::<Result<_, _>>()? })
    }
}

//! A dealing: what a dealer publishes, and its bytes.

mod encoded_proof;

use std::ops::Range;

use ark_bls12_381::{Fr, G1Affine};
use coram_circuits::jubjub::Point;
pub(crate) use encoded_proof::EncodedProof;

use crate::{
    error::ProofError,
    fiat_shamir::scalar_bytes,
    group::{self, POINT_LEN},
    transparent::scalar_from_bytes,
};

/// Bytes of a scalar and of a point of Jubjub.
const WORD_LEN: usize = 32;

/// The numbers that fix the layout of a dealing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) recipients: usize,
    pub(crate) threshold: usize,
    pub(crate) validators: usize,
    pub(crate) chunks: usize,
    pub(crate) proof_len: usize,
}

impl Layout {
    fn commitments(self) -> usize {
        self.validators * self.threshold
    }

    fn ciphertexts(self) -> usize {
        self.validators * self.recipients
    }

    /// Bytes of the commitments, with which a dealing begins.
    fn commitments_len(self) -> usize {
        self.commitments() * POINT_LEN
    }

    /// Bytes before the first chunk.
    fn before_chunks(self) -> usize {
        self.commitments_len() + WORD_LEN + self.ciphertexts() * WORD_LEN
    }

    fn chunk_len(self) -> usize {
        POINT_LEN + WORD_LEN + self.proof_len
    }

    /// The points that a dealing holds in G1, `proof_points` of them in each proof.
    pub(crate) fn points(self, proof_points: &[Range<usize>]) -> usize {
        let lists = self.point_places(proof_points);
        lists.iter().map(ExactSizeIterator::len).sum::<usize>() / POINT_LEN
    }

    /// Where lists of points stand in a dealing: the commitments, then for each chunk `D0` and the lists in the proof.
    fn point_places(self, proof_points: &[Range<usize>]) -> Vec<Range<usize>> {
        let commitments = 0..self.commitments_len();
        let mut places = Vec::from([commitments]);
        for chunk in 0..self.chunks {
            let start = self.before_chunks() + chunk * self.chunk_len();
            let proof = start + POINT_LEN + WORD_LEN;
            places.push(start..start + POINT_LEN);
            places.extend(proof_points.iter().map(|place| proof + place.start..proof + place.end));
        }
        places
    }

    /// Bytes of a dealing: `48 m t + 32 + 32 n m`, and for each chunk 80 and the proof.
    pub(crate) fn dealing_len(self) -> usize {
        self.before_chunks() + self.chunks * self.chunk_len()
    }
}

/// One dealer's contribution, decoded but not verified: every point is in its group of prime order and every scalar is
/// canonical, and nothing more is known.
#[derive(Clone, Debug)]
pub struct Dealing {
    /// `A[j][k]`, validator by validator, `t` for each.
    pub(crate) commitments: Vec<G1Affine>,
    /// `R`.
    pub(crate) ephemeral: Point,
    /// `c_l`: validator by validator, one for each recipient.
    pub(crate) ciphertexts: Vec<Fr>,
    /// What is proved about the pads, chunk by chunk.
    pub(crate) chunks: Vec<Chunk>,
    layout: Layout,
}

/// What a dealing says about one chunk of validators.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    /// `D0 = p0·G1`.
    pub(crate) blinder: G1Affine,
    /// `y = p0 + sum_l e^l p_l`.
    pub(crate) masked_sum: Fr,
    /// The proof that `y` is made of the pads.
    pub(crate) proof: EncodedProof,
}

impl Dealing {
    pub(crate) fn new(
        layout: Layout,
        commitments: Vec<G1Affine>,
        ephemeral: Point,
        ciphertexts: Vec<Fr>,
        chunks: Vec<Chunk>,
    ) -> Self {
        Self { commitments, ephemeral, ciphertexts, chunks, layout }
    }

    /// Decodes dealings of exactly [`Layout::dealing_len`] bytes:
    ///
    /// ```text
    /// A[0][0] … A[m-1][t-1]     48 bytes each, compressed, validator by validator
    /// R                         32 bytes
    /// c_1 … c_nm                32 bytes each, big-endian, validator by validator
    /// D0 | y | proof            48 bytes, 32 bytes and the proof, for each chunk
    /// ```
    ///
    /// `proof_points` is where a proof has points of G1. Whether the points are in the group is found for those of all dealings together.
    pub(crate) fn decode_all(
        layout: Layout,
        proof_points: &[Range<usize>],
        dealings: &[&[u8]],
    ) -> Vec<Result<Self, ProofError>> {
        let places = layout.point_places(proof_points);
        let is_whole = |dealing: &&&[u8]| dealing.len() == layout.dealing_len();
        let lists: Vec<&[u8]> = dealings
            .iter()
            .filter(is_whole)
            .flat_map(|dealing| places.iter().map(|place| dealing.get(place.clone()).unwrap_or_default()))
            .collect();
        let mut points = group::decode_lists(&lists).into_iter();
        let read = |bytes: &&[u8]| {
            let mut reader = Reader::new(layout, bytes)?;
            reader.points = points.by_ref().take(places.len()).collect::<Vec<_>>().into_iter();
            reader.dealing(proof_points.len())
        };
        dealings.iter().map(read).collect()
    }

    /// The bytes of the dealing.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.layout.dealing_len());
        self.commitments.iter().for_each(|point| bytes.extend(group::encode(point)));
        bytes.extend(self.ephemeral.to_bytes());
        self.ciphertexts.iter().for_each(|scalar| bytes.extend(scalar_bytes(scalar)));
        for chunk in &self.chunks {
            bytes.extend(group::encode(&chunk.blinder));
            bytes.extend(scalar_bytes(&chunk.masked_sum));
            bytes.extend(chunk.proof.iter());
        }
        bytes
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// Whether the dealing has this layout and all parts that it calls for. Equations are formed part by part: one that
    /// was missing would be left out.
    pub(crate) fn fills(&self, layout: Layout) -> bool {
        self.layout == layout
            && self.commitments.len() == layout.commitments()
            && self.ciphertexts.len() == layout.ciphertexts()
            && self.chunks.len() == layout.chunks
    }

    /// The commitments for validator `j`, from 0: `A[j][0] … A[j][t-1]`.
    pub(crate) fn commitments_of(&self, validator: usize) -> &[G1Affine] {
        let t = self.layout.threshold;
        self.commitments.get(validator * t..(validator + 1) * t).unwrap_or_default()
    }

    /// The encrypted shares of validator `j`, from 0, for recipients 1, 2, ….
    pub(crate) fn ciphertexts_of(&self, validator: usize) -> &[Fr] {
        let n = self.layout.recipients;
        self.ciphertexts.get(validator * n..(validator + 1) * n).unwrap_or_default()
    }
}

/// Reads the parts of a dealing whose length has been checked.
struct Reader<'a> {
    layout: Layout,
    rest: &'a [u8],
    /// What the lists of points were decoded to, in the order of [`Layout::point_places`].
    points: std::vec::IntoIter<Result<Vec<G1Affine>, usize>>,
}

impl<'a> Reader<'a> {
    fn new(layout: Layout, bytes: &'a [u8]) -> Result<Self, ProofError> {
        let (expected, found) = (layout.dealing_len(), bytes.len());
        if expected == found {
            Ok(Self { layout, rest: bytes, points: Vec::new().into_iter() })
        } else {
            Err(ProofError::DealingLength { expected, found })
        }
    }

    /// `proof_lists` of the lists of points are of one proof.
    fn dealing(mut self, proof_lists: usize) -> Result<Dealing, ProofError> {
        let layout = self.layout;
        let commitments = self.commitments()?;
        let ephemeral = Point::from_bytes(self.take()?).map_err(|_| ProofError::EphemeralKey)?;
        let ciphertexts = self.ciphertexts()?;
        let chunks =
            (0..layout.chunks).map(|chunk| self.chunk(chunk, proof_lists)).collect::<Result<_, _>>()?;
        Ok(Dealing { commitments, ephemeral, ciphertexts, chunks, layout })
    }

    fn slice(&mut self, len: usize) -> Result<&'a [u8], ProofError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(ProofError::Length)?;
        self.rest = rest;
        Ok(taken)
    }

    fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], ProofError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(ProofError::Length)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next list of points, or the place of the first that is none of the group.
    fn points(&mut self) -> Result<Vec<G1Affine>, usize> {
        self.points.next().unwrap_or(Err(0))
    }

    fn commitments(&mut self) -> Result<Vec<G1Affine>, ProofError> {
        self.slice(self.layout.commitments_len())?;
        let t = self.layout.threshold;
        self.points().map_err(|bad| ProofError::Commitment { validator: bad / t, coefficient: bad % t })
    }

    fn ciphertexts(&mut self) -> Result<Vec<Fr>, ProofError> {
        let n = self.layout.recipients;
        let (words, _) = self.slice(self.layout.ciphertexts() * WORD_LEN)?.as_chunks();
        let decode = |(position, word)| {
            scalar_from_bytes(word).ok_or(ProofError::Ciphertext {
                validator: position / n,
                recipient: (position % n + 1) as u16,
            })
        };
        words.iter().enumerate().map(decode).collect()
    }

    fn chunk(&mut self, chunk: usize, proof_lists: usize) -> Result<Chunk, ProofError> {
        self.slice(POINT_LEN)?;
        let blinder = self
            .points()
            .ok()
            .and_then(|points| points.first().copied())
            .filter(|point| !ark_ec::AffineRepr::is_zero(point))
            .ok_or(ProofError::Blinder { chunk })?;
        let masked_sum = scalar_from_bytes(self.take()?).ok_or(ProofError::MaskedSum { chunk })?;
        let proof = self.slice(self.layout.proof_len)?.to_vec();
        // What is wrong with a proof is found when it is verified.
        let lists: Vec<_> = self.points.by_ref().take(proof_lists).collect();
        let points = lists.into_iter().collect::<Result<Vec<_>, _>>().ok().map(|lists| lists.concat());
        Ok(Chunk { blinder, masked_sum, proof: EncodedProof::new(proof, points) })
    }
}

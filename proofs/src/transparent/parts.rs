//! The parts of dealing and verifying, each by itself, for benches alone: sizes are those of a real proof, values are random.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ff::UniformRand;
use merlin::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{
    dimensions::Dimensions,
    generators::Generators,
    multilinear::eq_table,
    opening::{Opening, OpeningProof, PublicVector},
    sumcheck::Constraints,
};
use crate::{
    dealing::Dealing,
    error::ProofError,
    fiat_shamir::FiatShamir as _,
    group::{self, FixedBases, GroupSum},
    link,
};

fn randoms(count: usize) -> Vec<Fr> {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    (0..count).map(|_| Fr::rand(&mut rng)).collect()
}

/// A sum over points that are met once, and one over points that stay.
pub struct MultiScalar {
    points: Vec<G1Affine>,
    scalars: Vec<Fr>,
    tables: FixedBases,
}

impl MultiScalar {
    /// Over so many points.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let hashed: Vec<_> = (0..count as u32).map(|index| group::hash_to_curve(b"bench", index)).collect();
        let points = group::normalize(&hashed);
        Self { tables: FixedBases::new(&points), scalars: randoms(count), points }
    }

    /// `sum scalar·point` on one thread.
    pub fn sum(&self) -> G1Projective {
        group::msm(&self.points, &self.scalars)
    }

    /// The same by tables.
    pub fn sum_by_tables(&self) -> G1Projective {
        self.tables.sum(&[(0, &self.scalars)])
    }

    /// Makes the tables.
    #[must_use]
    pub fn tables(&self) -> impl Sized + use<> {
        FixedBases::new(&self.points)
    }
}

/// The first sumcheck, without its commitments, over `2^bits` constraints.
///
/// # Errors
///
/// None.
pub fn sumcheck(bits: usize) -> Result<usize, ProofError> {
    let values = randoms(3 << bits);
    let (a, rest) = values.split_at(1 << bits);
    let (b, c) = rest.split_at(1 << bits);
    let eq = eq_table(&values[..bits], Fr::from(1u64));
    let mut tables = Constraints { eq, a: a.to_vec(), b: b.to_vec(), c: c.to_vec() };
    tables.run(|round| Ok(round[0])).map(|point| point.len())
}

/// The opening of a proof with `2^column_bits` columns.
pub struct Openings {
    generators: std::sync::Arc<Generators>,
    dimensions: Dimensions,
}

impl Openings {
    /// With tables made.
    #[must_use]
    pub fn new(column_bits: usize) -> Self {
        let dimensions = Dimensions { constraint_bits: column_bits + 4, row_bits: 4, column_bits };
        let generators = Generators::of(dimensions);
        let _ = generators.commit_value(&Fr::from(1u64), &Fr::from(1u64));
        Self { generators, dimensions }
    }

    /// Proves.
    ///
    /// # Errors
    ///
    /// None.
    pub fn prove(&self) -> Result<impl Sized + use<>, ProofError> {
        let (columns, slots) = (randoms(self.dimensions.columns()), randoms(self.dimensions.slots()));
        let opening = Opening { columns: columns.clone(), slots: slots.clone(), blinding: Fr::from(5u64) };
        let public = PublicVector { columns, slots, value_weight: Fr::from(7u64) };
        let mut fs = Transcript::new(b"bench");
        let mut nonces = fs.nonces(&[], &[0; 32]);
        OpeningProof::prove(&mut fs, &self.generators, opening, public, &mut nonces)
    }
}

/// Forms the link of a dealing of one chunk.
#[must_use]
pub fn link(dealing: &Dealing, validators: usize) -> impl Sized + use<> {
    let mut sum = GroupSum::new(0);
    if let Some(chunk) = dealing.chunks.first() {
        link::add(dealing, chunk, 0..validators, Fr::from(3u64), Fr::from(5u64), &mut sum);
    }
    sum
}

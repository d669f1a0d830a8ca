//! The parts of dealing and verifying, each by itself, for benches alone: sizes are those of a real proof, values are random.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ff::UniformRand;
use coram_circuits::share_encryption::{Circuit, EphemeralScalar, Statement, Witness, masked_sum};
use merlin::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

use super::{
    Setup,
    closing::SumcheckPoint,
    dimensions::Dimensions,
    generators::Generators,
    matrix,
    multilinear::eq_table,
    opening::{Opening, OpeningProof, PublicVector},
    sumcheck::Constraints,
};
use crate::{
    dealing::Dealing,
    encryption_key::DecryptionKey,
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

/// A circuit with matrices, and a witness that satisfies it.
pub struct Relation {
    circuit: Circuit,
    setup: Setup,
    scalar: EphemeralScalar,
    statement: Statement,
    point: SumcheckPoint,
}

impl Relation {
    /// For `n` recipients of `m` shares each.
    ///
    /// # Errors
    ///
    /// [`ProofError::Circuit`] if there is no such circuit.
    pub fn new(n: u8, m: usize) -> Result<Self, ProofError> {
        let key = |seed| DecryptionKey::derive(&[seed; 32], b"bench").encryption_key().0;
        let keys: Vec<_> = (1..=n).map(key).collect();
        let circuit = Circuit::new(&keys, m)?;
        let setup = Setup::new(circuit.matrices());
        let scalar = EphemeralScalar::from_uniform_bytes(&[7; 32]);
        let [ctx, blind, challenge] = [1, 2, 3u64].map(Fr::from);
        let witness = Witness::new(&keys, m, ctx, blind, &scalar);
        let masked_sum = masked_sum(challenge, witness.blinder, &witness.pads);
        let statement = Statement { ephemeral: scalar.ephemeral_key(), ctx, blind, challenge, masked_sum };
        let dimensions = setup.dimensions;
        let point = SumcheckPoint {
            constraint_point: randoms(dimensions.constraint_bits),
            constraint_challenges: randoms(dimensions.constraint_bits),
            matrix_weights: [5, 7, 11u64].map(Fr::from),
            assignment_challenges: randoms(dimensions.private_bits() + 1),
        };
        Ok(Self { circuit, setup, scalar, statement, point })
    }

    /// The values of all variables.
    #[must_use]
    pub fn witness(&self) -> Zeroizing<Vec<Fr>> {
        self.circuit.assign(&self.statement, &self.scalar)
    }

    /// The matrices at a random point, as the verifier computes them for each proof.
    #[must_use]
    pub fn evaluate(&self) -> Fr {
        matrix::evaluate(&self.setup, &self.point)
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

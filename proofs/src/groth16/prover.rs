//! The prover.

use ark_bls12_381::{Bls12_381, Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use ark_groth16::ProvingKey;
use coram_circuits::{
    jubjub::Point,
    r1cs::Matrices,
    share_encryption::{EphemeralScalar, ShapeCircuit, Statement},
};
use merlin::Transcript;
use zeroize::{Zeroize, Zeroizing};

use super::{proof::Proof, quotient::quotient};
use crate::{
    error::ProofError,
    fiat_shamir::FiatShamir,
    group::{self, g2},
    parallel,
};

/// Sums that a proof is made of.
const SUMS: usize = 5;

/// What a dealer needs beside the verifying key: the circuit, whose matrices are built once, and the queries of the reference
/// string.
pub(super) struct Prover {
    circuit: ShapeCircuit,
    key: ProvingKey<Bls12_381>,
}

impl Prover {
    /// The proving key must be that of the circuit.
    pub(super) fn new(circuit: ShapeCircuit, key: ProvingKey<Bls12_381>) -> Self {
        Self { circuit, key }
    }

    /// The private variables.
    pub(super) fn assign(
        &self,
        statement: &Statement,
        recipients: &[Point],
        scalar: &EphemeralScalar,
    ) -> Zeroizing<Vec<Fr>> {
        self.circuit.assign(statement, recipients, scalar)
    }

    /// Proves that the constraint system is satisfied by `public`, which starts with the constant one, and the secret
    /// `private`. `fs` has absorbed the statement.
    pub(super) fn prove(
        &self,
        fs: &Transcript,
        public: &[Fr],
        private: &[Fr],
        seed: &[u8; 32],
    ) -> Result<Proof, ProofError> {
        let mut nonces = fs.nonces(private, seed);
        let blinding = Zeroizing::new([Fr::rand(&mut nonces), Fr::rand(&mut nonces)]);
        prove(&self.key, self.circuit.matrices(), public, private, &blinding)
    }
}

/// The proof with the blinding `[r, s]`. `public` starts with the constant one.
pub(super) fn prove(
    key: &ProvingKey<Bls12_381>,
    matrices: &Matrices,
    public: &[Fr],
    private: &[Fr],
    blinding: &[Fr; 2],
) -> Result<Proof, ProofError> {
    let [r, s] = blinding;
    let quotient = quotient(matrices, public, private).ok_or(ProofError::ProvingKey)?;
    let mut all = Zeroizing::new(Vec::with_capacity(public.len() + private.len()));
    all.extend_from_slice(public);
    all.extend_from_slice(private);
    let h = quotient.get(..key.h_query.len()).ok_or(ProofError::ProvingKey)?;
    let lengths = [key.a_query.len(), key.b_g1_query.len(), key.b_g2_query.len()];
    if lengths != [all.len(); 3] || key.l_query.len() != private.len() {
        return Err(ProofError::ProvingKey);
    }
    // Five sums side by side are about as many as there are cores: then each is done in one piece.
    let pieces = parallel::threads().div_ceil(SUMS);
    let sum = |points: &[G1Affine], scalars: &[Fr]| group::msm_in_pieces(points, scalars, pieces);
    let (mut in_g2, ((mut of_a, mut of_l), (mut of_h, mut of_b1))) = parallel::join(
        || g2::msm_in_pieces(&key.b_g2_query, &all, pieces),
        || {
            parallel::join(
                || parallel::join(|| sum(&key.a_query, &all), || sum(&key.l_query, private)),
                || parallel::join(|| sum(&key.h_query, h), || sum(&key.b_g1_query, &all)),
            )
        },
    );
    let delta = |scalar: &Fr| group::multiply(&key.delta_g1, scalar);

    let a = of_a + key.vk.alpha_g1 + delta(r);
    let b1 = of_b1 + key.beta_g1 + delta(s);
    let b2 = in_g2 + key.vk.beta_g2 + g2::multiply(&key.vk.delta_g2, s);
    let a = a.into_affine();
    let mut b1 = b1.into_affine();
    let mut rs = *r * s;
    let c = of_l + of_h + group::multiply(&a, s) + group::multiply(&b1, r) - delta(&rs);
    // Without their blinding, the sums are functions of the witness, which a guess can be held against.
    [&mut of_a, &mut of_l, &mut of_h, &mut of_b1].into_iter().for_each(Zeroize::zeroize);
    in_g2.zeroize();
    b1.zeroize();
    rs.zeroize();
    Ok(Proof { a, b: b2.into_affine(), c: c.into_affine() })
}

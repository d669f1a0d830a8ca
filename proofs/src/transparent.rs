//! The transparent proof system: sumchecks over a rank-one constraint system, committed row by row.
//!
//! A constraint system `A z ∘ B z = C z` is proved in the manner of Spartan (Setty 2020): one sumcheck moves the claim about all
//! constraints to one random row, a second one moves the three claims about that row to one random entry of `z`. The private
//! part of `z` is committed as in Hyrax (Wahby et al. 2018): Pedersen commitments to the rows of a table. All messages of both
//! sumchecks are commitments too, so nothing is revealed, and one blinded inner-product argument opens every linear claim
//! at once. There is no setup: all generators are hashed to the curve.
//!
//! | step | prover sends                                     | verifier draws         | file             |
//! |------|--------------------------------------------------|------------------------|------------------|
//! | 1    | `C_i`, commitments to the rows of `w`            | `τ`                    | [`generators`]   |
//! | 2    | `S_j`, round by round: the constraints           | `r_x`                  | [`sumcheck`]     |
//! | 3    | `C_A, C_B, C_C, C_AB`, proof of their product    | `r_A, r_B, r_C`        | [`product`]      |
//! | 4    | `S_j`, round by round: the assignment            | `r_y`                  | [`sumcheck`]     |
//! | 5    |                                                  | `η, ζ, u`              | [`closing`]      |
//! | 6    | the opening of `sum L_i C_i + sum η^j S_j + u V` | its rounds' challenges | [`opening`]      |
//!
//! The soundness and zero-knowledge arguments are in `docs/proofs.md`, with the equations under the same letters.

mod bases;
mod closing;
mod commitment;
mod dimensions;
mod generators;
mod matrix;
mod multilinear;
mod opening;
#[cfg(feature = "bench-parts")]
pub mod parts;
mod product;
mod proof;
mod prover;
mod sumcheck;
mod verifier;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

use std::{ops::Range, sync::Arc};

use ark_bls12_381::Fr;
use coram_circuits::{
    jubjub::Point,
    r1cs::{CompactMatrices, Matrices},
    share_encryption::{Circuit, EphemeralScalar, Statement},
};
use dimensions::Dimensions;
use generators::Generators;
use merlin::Transcript;
use proof::Proof;
use zeroize::Zeroizing;

pub(crate) use proof::scalar_from_bytes;

use crate::{
    batch::Weights,
    dealing::EncodedProof,
    error::ProofError,
    fiat_shamir::FiatShamir,
    groth16::PairingSum,
    group::GroupSum,
    system::{Equations, ProofSystem, ProofSystemId},
};

/// What prover and verifier derive from the constraint system.
pub(crate) struct Setup {
    matrices: CompactMatrices,
    /// As the circuit made them.
    #[cfg(test)]
    original: Matrices,
    digest: [u8; 32],
    dimensions: Dimensions,
    generators: Arc<Generators>,
}

impl Setup {
    fn new(matrices: &Matrices) -> Self {
        let dimensions = Dimensions::of(matrices);
        Self::from_parts(matrices, matrices.digest(), dimensions, Generators::of(dimensions))
    }

    fn from_parts(
        matrices: &Matrices,
        digest: [u8; 32],
        dimensions: Dimensions,
        generators: Arc<Generators>,
    ) -> Self {
        Self {
            matrices: CompactMatrices::new(matrices),
            #[cfg(test)]
            original: matrices.clone(),
            digest,
            dimensions,
            generators,
        }
    }
}

/// Opens a proof: binds the constraint system, the layout and the public inputs.
fn absorb_setup(setup: &Setup, fs: &mut Transcript, public: &[Fr]) {
    let Dimensions { constraint_bits, row_bits, column_bits } = setup.dimensions;
    fs.append_message(b"constraint system", &setup.digest);
    fs.append_number(b"constraint bits", constraint_bits);
    fs.append_number(b"row bits", row_bits);
    fs.append_number(b"column bits", column_bits);
    fs.append_scalars(b"public inputs", public);
}

/// The transparent proof system for one roster.
pub(crate) struct Transparent {
    circuit: Circuit,
    setup: Setup,
}

impl Transparent {
    /// Builds the circuit for the recipients' keys, `outputs` pads each, and derives the generators.
    pub(crate) fn new(keys: &[Point], outputs: usize) -> Result<Self, ProofError> {
        let circuit = Circuit::new(keys, outputs)?;
        let setup = Setup::new(circuit.matrices());
        Ok(Self { circuit, setup })
    }
}

impl ProofSystem for Transparent {
    fn id(&self) -> ProofSystemId {
        ProofSystemId::Transparent
    }

    fn relation_digest(&self) -> [u8; 32] {
        self.setup.digest
    }

    fn constraints(&self) -> usize {
        self.circuit.matrices().constraints
    }

    fn proof_len(&self) -> usize {
        Proof::len(self.setup.dimensions)
    }

    fn points(&self) -> Vec<Range<usize>> {
        vec![Proof::points(self.setup.dimensions)]
    }

    fn shared_secrets(&self, scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>> {
        self.circuit.shared_secrets(scalar)
    }

    fn equations(&self) -> Equations {
        Equations { group: GroupSum::new(self.setup.generators.all().len()), pairing: PairingSum::new(0) }
    }

    fn prove(
        &self,
        mut fs: Transcript,
        statement: &Statement,
        scalar: &EphemeralScalar,
        seed: &[u8; 32],
    ) -> Result<Vec<u8>, ProofError> {
        let public = self.circuit.public_inputs(statement);
        let private = self.circuit.assign(statement, scalar);
        Ok(prover::prove(&self.setup, &mut fs, &public, &private, seed)?.to_bytes())
    }

    fn verify(
        &self,
        mut fs: Transcript,
        statement: &Statement,
        proof: &EncodedProof,
        weights: &mut Weights,
        equations: &mut Equations,
    ) -> Result<(), ProofError> {
        let proof = Proof::decode(self.setup.dimensions, proof)?;
        let public = self.circuit.public_inputs(statement);
        verifier::verify(&self.setup, &mut fs, &public, &proof, weights, &mut equations.group)
    }

    fn hold(&self, equations: Equations) -> bool {
        equations.group.vanishes(self.setup.generators.all())
    }
}

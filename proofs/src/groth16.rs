//! Groth16 (Groth 2016): proofs of 192 bytes, under a reference string that several parties made together.
//!
//! With the quadratic arithmetic program `a_j, b_j, c_j` of the constraint system, `z = (1, public inputs, private variables)`,
//! and the trapdoors `tau, alpha, beta, delta` of the string, of which nobody knows all, a proof is
//!
//! ```text
//! A = alpha + sum z_j a_j(tau) + r delta          in G1
//! B = beta  + sum z_j b_j(tau) + s delta          in G2
//! C = (sum_private z_j (beta a_j(tau) + alpha b_j(tau) + c_j(tau)) + h(tau) Z(tau)) / delta + s A + r B - r s delta
//! ```
//!
//! and holds if `e(A, B) = e(alpha, beta) e(sum_public z_j IC_j, gamma) e(C, delta)`, with `gamma = 1`.
//!
//! The recipients' keys are public inputs, so that one string serves every cluster of a [`Shape`](crate::setup::Shape).

mod batch;
mod key;
mod proof;
mod prover;
mod quotient;
#[cfg(test)]
pub(crate) mod tests;
mod verifying_key;

pub(crate) use batch::PairingSum;
pub use key::{Key, Keys, MAX_CHUNKS};
pub use verifying_key::VerifyingKey;

use std::{ops::Range, sync::Arc};

use ark_bls12_381::Fr;
use coram_circuits::{
    jubjub::{Point, blinder_base},
    share_encryption::{EphemeralScalar, ShapeCircuit, Statement, shared_secret_u},
};
use merlin::Transcript;
use proof::Proof;
use zeroize::Zeroizing;

use crate::{
    batch::Weights,
    dealing::EncodedProof,
    error::ProofError,
    fiat_shamir::FiatShamir,
    group::GroupSum,
    system::{Equations, ProofSystem, ProofSystemId},
};

/// Groth16 for one roster and one size of chunk.
pub(crate) struct Groth16 {
    key: Arc<Key>,
    recipients: Vec<Point>,
}

impl Groth16 {
    /// Under `key`, for recipients of the number that it is for.
    pub(crate) fn new(key: Arc<Key>, recipients: Vec<Point>) -> Result<Self, ProofError> {
        if key.recipients() == recipients.len() {
            Ok(Self { key, recipients })
        } else {
            Err(ProofError::KeyRecipients { key: key.recipients(), setting: recipients.len() })
        }
    }

    /// The constant one and the public inputs. The keys are the roster's, whose orders were checked, never a prover's.
    fn inputs(&self, statement: &Statement) -> Vec<Fr> {
        let inputs = ShapeCircuit::inputs_of(statement, &self.recipients);
        std::iter::once(Fr::from(1u64)).chain(inputs).collect()
    }
}

impl ProofSystem for Groth16 {
    fn id(&self) -> ProofSystemId {
        ProofSystemId::Groth16
    }

    fn relation_digest(&self) -> [u8; 32] {
        self.key.relation_digest()
    }

    fn constraints(&self) -> usize {
        self.key.constraints()
    }

    fn proof_len(&self) -> usize {
        Proof::LEN
    }

    fn points(&self) -> Vec<Range<usize>> {
        Proof::POINTS.to_vec()
    }

    fn shared_secrets(&self, scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>> {
        let bases = self.recipients.iter().copied().chain([blinder_base()]);
        Zeroizing::new(bases.map(|base| shared_secret_u(scalar, &base)).collect())
    }

    fn equations(&self) -> Equations {
        let inputs = self.key.verifying_key().inputs.len();
        Equations { group: GroupSum::new(0), pairing: PairingSum::new(inputs) }
    }

    fn prove(
        &self,
        mut fs: Transcript,
        statement: &Statement,
        scalar: &EphemeralScalar,
        seed: &[u8; 32],
    ) -> Result<Vec<u8>, ProofError> {
        let public = self.inputs(statement);
        fs.append_scalars(b"public inputs", &public);
        let prover = self.key.prover()?;
        let private = prover.assign(statement, &self.recipients, scalar);
        Ok(prover.prove(&fs, &public, &private, seed)?.to_bytes())
    }

    /// `e(A, B) = e(alpha, beta) e(sum z_j IC_j, gamma) e(C, delta)`. Nothing is drawn from `fs`: the statement reaches the
    /// equation through the public inputs, each of which is a hash or a coordinate of what `fs` has absorbed.
    fn verify(
        &self,
        _: Transcript,
        statement: &Statement,
        proof: &EncodedProof,
        weights: &mut Weights,
        equations: &mut Equations,
    ) -> Result<(), ProofError> {
        let proof = Proof::decode(proof)?;
        equations.pairing.add(weights.draw(), &self.inputs(statement), &proof);
        Ok(())
    }

    fn hold(&self, equations: Equations) -> bool {
        equations.group.vanishes(&[]) && equations.pairing.holds(self.key.verifying_key())
    }
}

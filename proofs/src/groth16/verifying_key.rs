//! The verifying key.

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use coram_circuits::{hash::TaggedHash, share_encryption::ShapeCircuit};

use crate::{
    error::ProofError,
    group::{self, g2},
};

/// What a verifier needs of a reference string.
///
/// `gamma` is one: `gamma·G2` is the generator, and stands in no encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    /// `alpha·G1`.
    pub(crate) alpha: G1Affine,
    /// `beta·G2`.
    pub(crate) beta: G2Affine,
    /// `delta·G2`.
    pub(crate) delta: G2Affine,
    /// `IC_j = (beta a_j(tau) + alpha b_j(tau) + c_j(tau))·G1`: of the constant one, then of every public input.
    pub(crate) inputs: Vec<G1Affine>,
}

impl VerifyingKey {
    /// Bytes of the key of a circuit for so many recipients.
    #[must_use]
    pub fn encoded_len(recipients: usize) -> usize {
        group::POINT_LEN * (2 + ShapeCircuit::public_of(recipients)) + 2 * g2::POINT_LEN
    }

    /// Decodes `alpha·G1 | beta·G2 | delta·G2 | IC_0 | IC_1 | …`, all compressed, for a circuit with so many recipients.
    ///
    /// # Errors
    ///
    /// [`ProofError::VerifyingKey`] if the length is another, a point is not in its group or the identity, or `delta` is
    /// `gamma`: then the second phase of the setup was skipped, and whoever knows how the first was made can prove anything.
    pub fn from_bytes(recipients: usize, bytes: &[u8]) -> Result<Self, ProofError> {
        let wrong = |problem| ProofError::VerifyingKey { problem };
        if bytes.len() != Self::encoded_len(recipients) {
            return Err(wrong("its length is not that of its shape"));
        }
        let outside = || wrong("a point is not in its group");
        let (alpha, rest) = bytes.split_first_chunk().ok_or_else(outside)?;
        let (beta, rest) = rest.split_first_chunk().ok_or_else(outside)?;
        let (delta, rest) = rest.split_first_chunk().ok_or_else(outside)?;
        let key = Self {
            alpha: group::decode(alpha).ok_or_else(outside)?,
            beta: g2::decode(beta).ok_or_else(outside)?,
            delta: g2::decode(delta).ok_or_else(outside)?,
            inputs: group::decode_each(rest).ok_or_else(outside)?,
        };
        key.check().map_err(wrong)?;
        Ok(key)
    }

    fn check(&self) -> Result<(), &'static str> {
        // With an identity, an equation would hold whatever is proved, or an input would not count.
        let identity = self.alpha.is_zero() || self.beta.is_zero() || self.delta.is_zero();
        if identity || self.inputs.iter().any(AffineRepr::is_zero) {
            return Err("a point is the identity");
        }
        if self.delta == g2::generator() {
            return Err("delta is gamma: its second phase was skipped");
        }
        Ok(())
    }

    /// The bytes that [`Self::from_bytes`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = group::encode(&self.alpha).to_vec();
        bytes.extend(g2::encode(&self.beta));
        bytes.extend(g2::encode(&self.delta));
        self.inputs.iter().for_each(|point| bytes.extend(group::encode(point)));
        bytes
    }

    /// `IC_0 | IC_1 | …` out of the bytes of a key; nothing, if there are too few.
    pub(crate) fn encoded_inputs(bytes: &[u8]) -> &[u8] {
        bytes.get(group::POINT_LEN + 2 * g2::POINT_LEN..).unwrap_or_default()
    }

    /// ```text
    /// relation digest = H("groth16"; digest of the circuit, verifying key)
    /// ```
    pub(crate) fn relation_digest(&self, circuit: &[u8; 32]) -> [u8; 32] {
        TaggedHash::new("groth16").bytes(circuit).bytes(&self.to_bytes()).digest()
    }
}

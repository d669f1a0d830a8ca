//! The checks that need no more than what a transcript carries.

use ark_bls12_381::G1Affine;
use coram_circuits::hash::TaggedHash;

use super::{
    Head, MAX_LOG, MIN_LOG, SetupError, Shape,
    chain::{Chain, Scope},
    phase::Phase,
    record::{OriginRecord, SetupRecord},
};
use crate::{
    groth16::VerifyingKey,
    group::{self, g2, pairing},
};

/// A contribution to a verified setup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The phase.
    pub phase: Phase,
    /// Its number in its phase, from 1.
    pub number: usize,
    /// What its author signs: it names the contribution, all before it, the shape and the circuit.
    pub id: [u8; 32],
    /// Where it comes from. **A signature in here has not been checked**: this crate knows no secp256k1.
    pub origin: OriginRecord,
}

/// A setup whose form is right: numbers fit, points are points, nothing follows a beacon, no secret is repeated, `delta` is
/// not `gamma`. Whether its equations hold is for the checks below, each of which stands for itself.
#[derive(Clone, Debug)]
pub struct UncheckedSetup {
    record: SetupRecord,
    shape: Shape,
    circuit: [u8; 32],
    powers: Chain,
    key: Chain,
    verifying_key: VerifyingKey,
}

impl SetupRecord {
    /// Checks everything that can be checked without the reference string: both chains, and that the verifying key's
    /// `alpha`, `beta` and `delta` are what the contributions end with.
    ///
    /// `circuit_digest` is that of the verifier's own [`ShapeCircuit`](coram_circuits::share_encryption::ShapeCircuit) of this shape. **The signatures of contributors are
    /// for the caller to check**, over [`Contribution::id`]; and that the elements of the public inputs follow from the circuit
    /// shows only in the reference string.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn verify(&self, circuit_digest: [u8; 32]) -> Result<Setup, SetupError> {
        self.decode(circuit_digest)?.verify()
    }

    /// Checks the form.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn decode(&self, circuit_digest: [u8; 32]) -> Result<UncheckedSetup, SetupError> {
        let shape = Shape::new(self.recipients, self.validators)?;
        if self.powers_log < shape.domain_log() {
            return Err(SetupError::PowersTooSmall { powers: self.powers_log, circuit: shape.domain_log() });
        }
        self.decode_for(shape, circuit_digest)
    }

    /// The contributions to the powers, then those to the key, of which there may be none yet. Nothing is checked but their
    /// form.
    ///
    /// # Errors
    ///
    /// What is wrong with the form.
    pub fn contributions(&self, circuit_digest: [u8; 32]) -> Result<Vec<Contribution>, SetupError> {
        let shape = Shape::new(self.recipients, self.validators)?;
        let powers = self.decode_powers()?;
        let key = self.decode_key(shape, circuit_digest, &powers)?;
        Ok([&powers, &key].into_iter().flat_map(contributions).collect())
    }

    /// [`SetupRecord::decode`] for a circuit of any size.
    pub(super) fn decode_for(&self, shape: Shape, circuit: [u8; 32]) -> Result<UncheckedSetup, SetupError> {
        let powers = self.decode_powers()?;
        let key = self.decode_key(shape, circuit, &powers)?;
        powers.check_contributed()?;
        key.check_contributed()?;
        let verifying_key = self.decode_verifying_key()?;
        Ok(UncheckedSetup { record: self.clone(), shape, circuit, powers, key, verifying_key })
    }

    pub(super) fn decode_powers(&self) -> Result<Chain, SetupError> {
        check_size(self.powers_log)?;
        Chain::decode(Scope::Powers { log: self.powers_log }, &self.powers)
    }

    /// The contributions to the key, after those to the powers.
    pub(super) fn decode_key(
        &self,
        shape: Shape,
        circuit: [u8; 32],
        powers: &Chain,
    ) -> Result<Chain, SetupError> {
        let inputs = VerifyingKey::encoded_inputs(&self.verifying_key).to_vec();
        Chain::decode(Scope::Key { shape, circuit, powers: powers.last_id(), inputs }, &self.key)
    }

    fn decode_verifying_key(&self) -> Result<VerifyingKey, SetupError> {
        let delta = self.verifying_key.get(group::POINT_LEN + g2::POINT_LEN..).unwrap_or_default();
        if delta.starts_with(&g2::encode(&g2::generator())) {
            return Err(SetupError::DeltaIsGamma);
        }
        Ok(VerifyingKey::from_bytes(usize::from(self.recipients), &self.verifying_key)?)
    }
}

/// Refuses sizes of powers outside the limits.
pub(super) fn check_size(log: u8) -> Result<(), SetupError> {
    if (MIN_LOG..=MAX_LOG).contains(&log) { Ok(()) } else { Err(SetupError::Size { log }) }
}

impl UncheckedSetup {
    /// Checks the contributions to the first phase.
    ///
    /// # Errors
    ///
    /// [`SetupError::Step`]: the first step that is wrong.
    pub fn verify_powers(&self) -> Result<(), SetupError> {
        self.powers.verify()
    }

    /// Checks the contributions to the second phase.
    ///
    /// # Errors
    ///
    /// [`SetupError::Step`]: the first step that is wrong.
    pub fn verify_key(&self) -> Result<(), SetupError> {
        self.key.verify()
    }

    /// Checks that the verifying key's elements are those in which the chains end. `beta` and `delta` are in G2 here and in
    /// G1 there: `e(beta·G1, G2) = e(G1, beta·G2)`.
    ///
    /// # Errors
    ///
    /// [`SetupError::Head`]: the first element that is another.
    pub fn verify_heads(&self) -> Result<(), SetupError> {
        let key = &self.verifying_key;
        let same = |in_g1, in_g2| pairing::same_ratio((group::generator(), in_g1), (g2::generator(), in_g2));
        let holds = match (self.powers.heads().as_slice(), self.key.heads().as_slice()) {
            (&[_, alpha, beta], &[delta]) => [
                (alpha == key.alpha, Head::Alpha),
                (same(beta, key.beta), Head::Beta),
                (same(delta, key.delta), Head::Delta),
            ],
            _ => unreachable!("a head for each step of a phase"),
        };
        match holds.into_iter().find(|(holds, _)| !holds) {
            Some((_, element)) => Err(SetupError::Head { element }),
            None => Ok(()),
        }
    }

    /// The key of the proofs, whose elements for the public inputs show only in the reference string whether they are right.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// `beta` and `delta` in G1.
    pub(super) fn heads(&self) -> (G1Affine, G1Affine) {
        match (self.powers.heads().as_slice(), self.key.heads().as_slice()) {
            (&[_, _, beta], &[delta]) => (beta, delta),
            _ => unreachable!("a head for each step of a phase"),
        }
    }

    /// All three checks.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn verify(self) -> Result<Setup, SetupError> {
        self.verify_powers()?;
        self.verify_key()?;
        self.verify_heads()?;
        Ok(self.assume_verified())
    }

    /// The setup, once all checks have passed.
    fn assume_verified(self) -> Setup {
        let digest = self.digest();
        let contributions = [&self.powers, &self.key].into_iter().flat_map(contributions).collect();
        let Self { record, shape, circuit, verifying_key, .. } = self;
        Setup { record, shape, circuit, verifying_key, digest, contributions }
    }

    /// ```text
    /// H("setup"; n, k, digest of the circuit, last ids of both phases, verifying key)
    /// ```
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let hash = self.shape.absorb_into(TaggedHash::new("setup")).bytes(&self.circuit);
        hash.bytes(&self.powers.last_id())
            .bytes(&self.key.last_id())
            .bytes(&self.record.verifying_key)
            .digest()
    }
}

/// The contributions to a phase, in order.
pub(super) fn contributions(chain: &Chain) -> impl Iterator<Item = Contribution> {
    (1..).zip(chain.links()).map(|(number, link)| Contribution {
        phase: chain.phase(),
        number,
        id: link.id,
        origin: link.origin.clone(),
    })
}

/// A setup for one shape: what a transcript carries, verified. It holds both chains' secrets as long as one contributor to
/// each phase was honest; who they were is [`Setup::contributions`], with signatures that the caller checks.
#[derive(Clone, Debug)]
pub struct Setup {
    record: SetupRecord,
    shape: Shape,
    circuit: [u8; 32],
    verifying_key: VerifyingKey,
    digest: [u8; 32],
    contributions: Vec<Contribution>,
}

impl Setup {
    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// `H("setup"; n, k, digest of the circuit, last id of the first phase, last id of the second, verifying key)`.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The key of the proofs.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// The digest of the circuit that it is for.
    #[must_use]
    pub fn circuit_digest(&self) -> [u8; 32] {
        self.circuit
    }

    /// The bytes that were verified.
    #[must_use]
    pub fn record(&self) -> &SetupRecord {
        &self.record
    }

    /// The contributions to the first phase, then those to the second. Their signatures have not been checked.
    #[must_use]
    pub fn contributions(&self) -> &[Contribution] {
        &self.contributions
    }
}

/// `H("setups"; [digest of each setup])`: the setups of a ceremony, in the order in which the caller gives them.
#[must_use]
pub fn setups_digest(digests: &[[u8; 32]]) -> [u8; 32] {
    TaggedHash::new("setups").list(digests).digest()
}

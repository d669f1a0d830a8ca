//! A small constraint system, its proofs, and both verifiers.

use std::sync::OnceLock;

use ark_bls12_381::Fr;
use ark_ff::One;
use coram_circuits::r1cs::{Builder, Linear, LinearCombination, Synthesizer};
use merlin::Transcript;

use crate::{
    batch::Weights,
    error::ProofError,
    group::GroupSum,
    transparent::{
        Setup,
        dimensions::Dimensions,
        generators::Generators,
        proof::Proof,
        prover,
        reference::{self, Equation, Rules},
        verifier,
    },
};

/// Private variables: all four rows of the table are used.
const PRIVATE: usize = 110;
const CONSTRAINTS: usize = 12;
/// The variable that each constraint determines starts here.
const DETERMINED: usize = 90;

pub(super) const SEED: [u8; 32] = [5; 32];

/// A constraint system with an assignment that satisfies it:
///
/// ```text
/// (w_k + 2 w_{k+20} + x_0) (w_{k+1} - 3 w_{k+50} + 1) = w_{k+90} + k x_1        k = 0 … 11
/// w_0 w_1 = x_2
/// ```
pub(super) struct System {
    pub(super) setup: Setup,
    pub(super) public: Vec<Fr>,
    pub(super) private: Vec<Fr>,
}

impl System {
    pub(super) fn get() -> &'static Self {
        static SYSTEM: OnceLock<System> = OnceLock::new();
        SYSTEM.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut private: Vec<Fr> = (0..PRIVATE as u64).map(|index| Fr::from(index * index + 3)).collect();
        let mut public = vec![Fr::from(17u64), Fr::from(23u64), private[0] * private[1]];
        for k in 0..CONSTRAINTS {
            let (a, b, rest) = factors(k, &private, &public);
            private[DETERMINED + k] = a * b - rest;
        }
        let mut builder = Builder::new(public.len());
        let variables: Vec<LinearCombination> = (0..PRIVATE).map(|_| builder.private()).collect();
        let inputs: Vec<LinearCombination> = (0..3).map(|index| builder.public(index)).collect();
        for k in 0..CONSTRAINTS {
            let (a, b, rest) = factors(k, &variables, &inputs);
            builder.enforce(&a, &b, &rest.plus(&variables[DETERMINED + k]));
        }
        builder.enforce(&variables[0], &variables[1], &inputs[2]);
        let (matrices, _) = builder.finish();
        matrices.is_satisfied(&private, &public).unwrap();
        // More rows than so small a system would get by itself.
        let dimensions = Dimensions { constraint_bits: 4, row_bits: 2, column_bits: 5 };
        let generators = Generators::of(dimensions);
        public.shrink_to_fit();
        Self {
            setup: Setup::from_parts(&matrices, matrices.digest(), dimensions, generators),
            public,
            private,
        }
    }

    pub(super) fn statement(&self) -> Transcript {
        Transcript::new(b"test")
    }

    /// The protocol's prover on any assignment.
    pub(super) fn prove(&self, private: &[Fr], seed: &[u8; 32]) -> Proof {
        prover::prove(&self.setup, &mut self.statement(), &self.public, private, seed).unwrap()
    }

    /// An honest proof.
    pub(super) fn honest(&self) -> Proof {
        static PROOF: OnceLock<Proof> = OnceLock::new();
        PROOF.get_or_init(|| self.prove(&self.private, &SEED)).clone()
    }

    /// The verifier of the protocol.
    pub(super) fn accepts(&self, proof: &Proof) -> bool {
        verify(&self.setup, self.statement(), &self.public, proof) == Ok(true)
    }

    /// The equations that do not hold, by the reference verifier, with which the verifier has to agree.
    pub(super) fn failures(&self, proof: &Proof) -> Vec<Equation> {
        let failures = reference::failures(&self.setup, &self.statement(), &self.public, proof).unwrap();
        assert_eq!(self.accepts(proof), failures.is_empty(), "the two verifiers disagree: {failures:?}");
        failures
    }

    /// Whether a verifier with weaker rules would accept.
    pub(super) fn would_accept(&self, rules: Rules, proof: &Proof) -> bool {
        let failures =
            reference::failures_under(rules, &self.setup, &self.statement(), &self.public, proof).unwrap();
        failures.is_empty()
    }

    /// The index of constraint `k`'s own variable, which no other constraint uses.
    pub(super) fn determined(k: usize) -> usize {
        DETERMINED + k
    }
}

/// The factors of constraint `k`, and its product without the determined variable.
fn factors<L: Linear>(k: usize, private: &[L], public: &[L]) -> (L, L, L) {
    let a = private[k].clone().plus(&private[k + 20].times(Fr::from(2u64))).plus(&public[0]);
    let b = private[k + 1].clone().minus(&private[k + 50].times(Fr::from(3u64))).plus_constant(Fr::one());
    (a, b, public[1].times(Fr::from(k as u64)))
}

/// The verifier of the protocol, on a proof that need not have gone through its encoding.
pub(super) fn verify(
    setup: &Setup,
    mut fs: Transcript,
    public: &[Fr],
    proof: &Proof,
) -> Result<bool, ProofError> {
    verify_weighing(setup, &mut fs, public, proof, [9; 32])
}

/// [`verify`] with the weights that come from `seed`.
pub(super) fn verify_weighing(
    setup: &Setup,
    fs: &mut Transcript,
    public: &[Fr],
    proof: &Proof,
    seed: [u8; 32],
) -> Result<bool, ProofError> {
    let fixed = setup.generators.all();
    let mut sum = GroupSum::new(fixed.len());
    verifier::verify(setup, fs, public, proof, &mut Weights::new(seed), &mut sum)?;
    Ok(sum.vanishes(fixed))
}

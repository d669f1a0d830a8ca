//! How large anything may be, computed from the definition before a byte of a message is read.

/// Most operators of a ceremony.
pub const MAX_OPERATORS: usize = 255;
/// Longest text by which an operator's software names itself, in bytes.
pub const MAX_SOFTWARE: usize = 64;
/// Room for the proofs of one dealing, in bytes: some three times the largest proof at 255 operators.
const MAX_PROOF: usize = 64 * 1024;
/// Room for what is not a list: hashes, keys, counters and the offsets of the encoding.
const FIXED: usize = 1024;

/// The shape of a ceremony and the bounds that follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Operators, `n`.
    pub operators: usize,
    /// Shares that sign together, `t`.
    pub threshold: usize,
    /// Validators, `m`.
    pub validators: usize,
    /// Deposits signed for each validator.
    pub deposits: usize,
    /// Builder registrations signed for each validator: 1, or 0 where the lock has no place for one.
    pub registrations: usize,
}

impl Limits {
    /// Longest encoding of a dealing, in bytes: commitments, encrypted shares, the rest.
    ///
    /// Its exact length is known, and demanded, once the roster is.
    #[must_use]
    pub fn dealing(&self) -> usize {
        let commitments = 48 * self.validators * self.threshold;
        let ciphertexts = 32 * self.validators * self.operators;
        commitments + ciphertexts + MAX_PROOF
    }

    /// Partial signatures in one Attest.
    #[must_use]
    pub fn attest_signatures(&self) -> usize {
        self.validators * (1 + self.deposits + self.registrations)
    }

    /// Longest message of any kind, in bytes: more is not looked at.
    #[must_use]
    pub fn message(&self) -> usize {
        let join = 2 * MAX_OPERATORS + MAX_SOFTWARE;
        let commit = 32 * self.operators;
        let attest = 96 * self.attest_signatures();
        let seal = 96 * self.validators;
        FIXED + join.max(commit).max(self.dealing()).max(attest).max(seal)
    }
}

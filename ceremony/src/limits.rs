//! How large anything may be, computed from the definition before a byte of a message is read.

/// Most operators of a ceremony.
pub const MAX_OPERATORS: usize = coram_proofs::MAX_RECIPIENTS;
/// Longest text by which an operator's software names itself, in bytes.
pub const MAX_SOFTWARE: usize = 64;
/// Room for the rest of one dealing, in bytes: its largest proof has 29,072, and the points and scalars beside it 112.
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

    /// The size of the lock with its transcript if all operators deal, in bytes, rounded up by some parts in a hundred.
    /// A fault file, which holds the same messages, is not larger.
    #[must_use]
    pub fn lock_bytes(&self) -> u64 {
        // A line of `len` bytes in hex: quotes, prefix, comma, line feed, indent and `name`.
        let line = |name: u64, len: u64| 12 + name + 2 * len;
        let Self { operators, threshold, validators, deposits, registrations } = *self;
        // On a machine of 32 bits, the product would be less than it is.
        let [n, t, m, g, h] =
            [operators, threshold, validators, deposits, registrations].map(|number| number as u64);
        let addresses = 16 + 2 * line(24, 20);
        let deposit = 16 + line(8, 48) + line(26, 32) + line(8, 13) + line(12, 96);
        let registration = 64 + line(16, 20) + 2 * line(12, 10) + line(8, 48) + line(12, 96);
        let keys = 96 + line(26, 48) + n * line(0, 48) + g * deposit + h * registration;
        let dealings = n * (line(0, 48 * t) + line(0, 32 * n));
        let partials = n * (2 + g + h) * line(0, 96);
        // Records, signatures of the definition and of messages, proofs; in a fault file the terms and lists of Joins.
        let (proof, fixed) = (MAX_PROOF as u64, FIXED as u64);
        let of_operator = proof + 16 * fixed + 2 * (32 + 2) * n;
        64 * fixed + n * of_operator + m * (addresses + keys + dealings + partials)
    }

    /// The number of JSON values in the lock with its transcript, if all operators deal: what a reader of JSON counts.
    #[must_use]
    pub fn lock_values(&self) -> usize {
        let Self { operators: n, deposits: g, registrations: h, .. } = *self;
        let keys = 3 + n + usize::from(g > 0) + 5 * g + 7 * h;
        let of_validator = 3 + keys + 2 * n + n * (1 + g + h) + n;
        64 + g + 64 * n + self.validators * of_validator
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

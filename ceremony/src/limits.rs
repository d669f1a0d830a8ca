//! How large anything may be, computed from definition and proof system before a byte of a message is read.

use coram_proofs::ProofSystemId;
use coram_proofs::groth16::MAX_CHUNKS;
use coram_proofs::setup::{MAX_BEACON_LEN, MAX_CONTRIBUTIONS};

/// Most operators of a ceremony.
pub const MAX_OPERATORS: usize = coram_proofs::MAX_RECIPIENTS;
/// Longest text by which an operator's software names itself, in bytes.
pub const MAX_SOFTWARE: usize = 64;
/// Most setups of one ceremony: one for each size of chunk.
pub const MAX_SETUPS: usize = 8;
/// Bytes of one chunk of a Groth16 dealing: blinder, masked sum, proof.
pub(crate) const GROTH16_CHUNK: usize = 48 + 32 + 192;
/// Room for the rest of one dealing, in bytes. The largest transparent proof has 29,072, and the points and scalars beside
/// it 112; 128 chunks of Groth16 have 34,816, and the ephemeral key 32.
const MAX_PROOF: usize = 64 * 1024;
/// Room for what is not a list: hashes, keys, counters and the offsets of the encoding.
const FIXED: usize = 1024;

/// The shape of a ceremony and the bounds that follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The proof system, on which the form of a dealing depends.
    pub system: ProofSystemId,
    /// Operators, `n`.
    pub operators: usize,
    /// Shares that sign together, `t`.
    pub threshold: usize,
    /// Validators, `m`.
    pub validators: usize,
    /// Polynomials of each dealer: as many as validators, or as batches of them.
    pub polynomials: usize,
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
        let commitments = 48 * self.polynomials * self.threshold;
        let ciphertexts = 32 * self.polynomials * self.operators;
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
        let Self { operators, threshold, validators, polynomials, deposits, registrations, .. } = *self;
        // On a machine of 32 bits, the product would be less than it is.
        let [n, t, m, p, g, h] = [operators, threshold, validators, polynomials, deposits, registrations]
            .map(|number| number as u64);
        let addresses = 16 + 2 * line(24, 20);
        let deposit = 16 + line(8, 48) + line(26, 32) + line(8, 13) + line(12, 96);
        let registration = 64 + line(16, 20) + 2 * line(12, 10) + line(8, 48) + line(12, 96);
        let keys = 96 + line(26, 48) + n * line(0, 48) + g * deposit + h * registration;
        let dealings = n * (line(0, 48 * t) + line(0, 32 * n));
        let partials = n * (2 + g + h) * line(0, 96);
        // Records, signatures of the definition and of messages, proofs; in a fault file the terms and lists of Joins.
        let fixed = FIXED as u64;
        let of_operator = self.proofs_bytes() + 16 * fixed + 2 * (32 + 2) * n;
        let of_validators = m * (addresses + keys + partials) + p * dealings;
        64 * fixed + n * of_operator + of_validators + self.setups_bytes()
    }

    /// Room in the lock for the proofs of one dealing.
    fn proofs_bytes(&self) -> u64 {
        match self.system {
            ProofSystemId::Transparent => MAX_PROOF as u64,
            ProofSystemId::Groth16 => {
                let chunk = 64 + line(7, 48) + line(10, 32) + line(5, 192);
                self.chunks() as u64 * chunk
            }
        }
    }

    /// Room in the lock for the setups of a proof system that needs some.
    fn setups_bytes(&self) -> u64 {
        let ProofSystemId::Groth16 = self.system else { return 0 };
        let step = 32 + line(5, 48) + line(3, 48) + line(5, 96);
        let origin = 64 + line(8, 33) + line(9, 64) + line(5, MAX_BEACON_LEN as u64);
        // One to each phase: three steps, and one.
        let contributions = MAX_CONTRIBUTIONS as u64 * (4 * step + 2 * origin);
        let verifying_key = line(13, 2 * 96 + (8 + 2 * self.operators as u64) * 48);
        self.setups() as u64 * (FIXED as u64 + contributions + verifying_key)
    }

    /// The number of JSON values in the lock with its transcript, if all operators deal: what a reader of JSON counts.
    #[must_use]
    pub fn lock_values(&self) -> usize {
        let Self { operators: n, deposits: g, registrations: h, .. } = *self;
        let keys = 3 + n + usize::from(g > 0) + 5 * g + 7 * h;
        let of_validator = 3 + keys + n * (1 + g + h) + n;
        let of_polynomial = 2 * n;
        let (of_dealing, setups) = match self.system {
            ProofSystemId::Transparent => (0, 0),
            ProofSystemId::Groth16 => {
                let (step, origin) = (4, 3);
                let contributions = MAX_CONTRIBUTIONS * (2 + 4 * step + 2 * origin);
                (4 * self.chunks(), 1 + self.setups() * (7 + contributions))
            }
        };
        let lists = self.validators * of_validator + self.polynomials * of_polynomial;
        64 + g + (64 + of_dealing) * n + lists + setups
    }

    /// The most chunks that these polynomials can be divided into.
    fn chunks(&self) -> usize {
        self.polynomials.min(MAX_CHUNKS)
    }

    /// The most setups that these polynomials can make use of: each has another size of chunk.
    fn setups(&self) -> usize {
        self.polynomials.min(MAX_SETUPS)
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

/// A line of `len` bytes in hex: quotes, prefix, comma, line feed, indent and a name of `name` bytes.
const fn line(name: u64, len: u64) -> u64 {
    12 + name + 2 * len
}

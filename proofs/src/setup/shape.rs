//! What circuit a setup is for.

use coram_circuits::{hash::TaggedHash, share_encryption::ShapeCircuit};

use super::{MAX_LOG, SetupError};
use crate::setting::{MAX_RECIPIENTS, MAX_SHARES, MAX_VALIDATORS};

/// Rows of the circuit that only compare: two of E1, two of E2, one of E6. Every other one makes a private variable.
const COMPARISONS: usize = 5;

/// The numbers that a circuit depends on. Shapes are ordered by recipients, then by validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    recipients: u16,
    validators: u32,
}

impl Shape {
    /// The shape for `n` recipients and chunks of `k` validators.
    ///
    /// # Errors
    ///
    /// [`SetupError::Shape`] if there is no such circuit, or its domain is larger than 2^[`MAX_LOG`].
    pub fn new(recipients: u16, validators: u32) -> Result<Self, SetupError> {
        let shape = Self { recipients, validators };
        let shares = u64::from(recipients) * u64::from(validators);
        let fits = (1..=MAX_RECIPIENTS).contains(&usize::from(recipients))
            && (1..=MAX_VALIDATORS).contains(&validators)
            && shares <= MAX_SHARES as u64
            && shape.domain_log() <= MAX_LOG;
        if fits { Ok(shape) } else { Err(SetupError::Shape { recipients, validators }) }
    }

    /// The largest shape for so many recipients whose domain is at most `2^domain_log`.
    #[must_use]
    pub fn fitting(recipients: u16, domain_log: u8) -> Option<Self> {
        let fits = |validators: u32| {
            Self::new(recipients, validators).ok().filter(|shape| shape.domain_log() <= domain_log)
        };
        // Rows grow with the validators, so those that fit come first.
        let (mut low, mut high) = (0, MAX_VALIDATORS + 1);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if fits(middle).is_some() { low = middle } else { high = middle }
        }
        fits(low)
    }

    /// `n`: recipients of a dealing.
    #[must_use]
    pub fn recipients(self) -> u16 {
        self.recipients
    }

    /// `k`: validators of a chunk.
    #[must_use]
    pub fn validators(self) -> u32 {
        self.validators
    }

    /// Rows of the circuit.
    #[must_use]
    pub fn constraints(self) -> usize {
        ShapeCircuit::constraints_of(usize::from(self.recipients), self.validators as usize)
    }

    /// Private variables of the circuit.
    #[must_use]
    pub fn private(self) -> usize {
        self.constraints() - COMPARISONS
    }

    /// Public inputs of the circuit, without the constant one.
    #[must_use]
    pub fn public(self) -> usize {
        ShapeCircuit::public_of(usize::from(self.recipients))
    }

    /// The digest of the circuit, which is built for that.
    ///
    /// # Errors
    ///
    /// [`SetupError::Shape`] if there is no such circuit.
    pub fn circuit_digest(self) -> Result<[u8; 32], SetupError> {
        let Self { recipients, validators } = self;
        let circuit = ShapeCircuit::new(usize::from(recipients), validators as usize);
        circuit.map(|circuit| circuit.digest()).map_err(|_| SetupError::Shape { recipients, validators })
    }

    /// Binary logarithm of the domain: the next power of two of the rows and one more for each public input and the constant
    /// one.
    #[must_use]
    pub fn domain_log(self) -> u8 {
        domain_log(self.constraints() + 1 + self.public())
    }

    /// Appends both numbers to a hash.
    pub(super) fn absorb_into(self, hash: TaggedHash) -> TaggedHash {
        hash.number(u64::from(self.recipients)).number(u64::from(self.validators))
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} recipients, {} validators a chunk", self.recipients, self.validators)
    }
}

/// Binary logarithm of the next power of two.
pub(super) fn domain_log(rows: usize) -> u8 {
    rows.next_power_of_two().ilog2() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_circuit() {
        for (recipients, validators) in [(1, 1), (1, 2), (2, 3), (3, 1), (4, 5)] {
            let shape = Shape::new(recipients, validators).unwrap();
            let circuit = ShapeCircuit::new(usize::from(recipients), validators as usize).unwrap();
            let matrices = circuit.matrices();
            assert_eq!(
                (shape.constraints(), shape.private(), shape.public()),
                (matrices.constraints, matrices.private, matrices.public)
            );
            let rows = matrices.constraints + matrices.public + 1;
            assert!(rows <= 1 << shape.domain_log() && rows > 1 << (shape.domain_log() - 1));
        }
    }

    #[test]
    fn the_largest_chunk_fills_its_domain() {
        for (recipients, log) in [(1, 12), (4, 14), (10, 15), (10, 19)] {
            let shape = Shape::fitting(recipients, log).unwrap();
            assert_eq!((shape.recipients(), shape.domain_log()), (recipients, log));
            let larger = Shape::new(recipients, shape.validators() + 1).unwrap();
            assert_eq!(larger.domain_log(), log + 1);
        }
        assert_eq!(Shape::fitting(4, 13), None);
        assert_eq!(Shape::fitting(0, 20), None);
    }

    #[test]
    fn shapes_are_bounded() {
        for (recipients, validators) in
            [(0, 1), (1, 0), (256, 1), (1, MAX_VALIDATORS + 1), (255, 65_536), (1, u32::MAX)]
        {
            assert_eq!(Shape::new(recipients, validators), Err(SetupError::Shape { recipients, validators }));
        }
    }

    #[test]
    fn shapes_are_ordered_by_recipients_first() {
        let shape = |n, k| Shape::new(n, k).unwrap();
        assert!(shape(3, 5) < shape(4, 1) && shape(4, 1) < shape(4, 2));
    }
}

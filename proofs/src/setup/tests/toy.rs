//! A small circuit, and setups for it.

use ark_bls12_381::Fr;
use coram_circuits::r1cs::{Builder, Linear, Matrices, Synthesizer};

use super::super::{Draft, Observer, Powers, Shape, relation::Relation};

/// Nobody watches.
pub(super) const QUIET: Observer<'static> = &|_| {};

/// The identities that sign in these tests.
pub(super) fn identity(number: u8) -> [u8; 33] {
    [number; 33]
}

/// A circuit with the public inputs of one recipient, and `rows` rows more than its 8 inputs and the constant one take up.
pub(super) struct Toy {
    pub(super) matrices: Matrices,
}

impl Toy {
    /// `x` is a bit; `p_1 = (x + 3 p_0 + 5) p_0`, and so on; combinations with ones, minus ones, small and large coefficients.
    pub(super) fn new(rows: usize) -> Self {
        let mut builder = Builder::new(8);
        let public: Vec<_> = (0..8).map(|index| builder.public(index)).collect();
        let mut word = builder.bit();
        for row in 1..rows {
            let input = &public[row % 8];
            let large = Fr::from(row as u64 + 2).pow_large();
            let left = word.clone().plus(&input.times(Fr::from(3u64))).plus_constant(large);
            let right = input.clone().minus(&word);
            word = match row % 3 {
                0 => builder.quotient(&left, &right),
                1 => builder.product(&left, &right, &word.times(large)),
                _ => builder.product(&left, &left, &input.clone()),
            };
        }
        Self { matrices: builder.finish().0 }
    }

    pub(super) fn relation(&self) -> Relation<'_> {
        let shape = Shape::new(1, 1).unwrap();
        Relation { shape, digest: self.matrices.digest(), matrices: &self.matrices }
    }
}

/// A number with 255 bits.
trait PowLarge {
    fn pow_large(self) -> Self;
}

impl PowLarge for Fr {
    fn pow_large(self) -> Self {
        use ark_ff::Field;
        self.pow([u64::MAX])
    }
}

/// Powers by two identities.
pub(super) fn powers(log: u8) -> Powers {
    (1..=2).fold(Powers::start(log).unwrap(), |powers, number| {
        let pending = powers.contribute_as(identity(number), &[number; 64], QUIET).unwrap();
        pending.attach([number; 64])
    })
}

/// A key by two identities.
pub(super) fn draft(powers: &Powers, toy: &Toy) -> Draft {
    let start = Draft::start_for(powers, &toy.relation(), &(), QUIET).unwrap();
    (1..=2).fold(start, |draft, number| {
        let pending = draft.contribute_as(identity(number), &[number; 64], QUIET).unwrap();
        pending.attach([number; 64])
    })
}

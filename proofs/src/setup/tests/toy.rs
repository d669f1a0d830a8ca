//! A small circuit, and setups for it.

use std::sync::LazyLock;

use ark_bls12_381::Fr;
use ark_ec::{AffineRepr, CurveGroup};
use coram_circuits::r1cs::{Builder, Linear, Matrices, Synthesizer};

use super::super::{
    Draft, Observer, OriginRecord, Phase, Powers, Setup, SetupError, SetupRecord, Shape, Step, StepProblem,
    UncheckedPowers, UncheckedReference,
    chain::Chain,
    knowledge::{Knowledge, Place},
    relation::Relation,
};

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

static TOY: LazyLock<Toy> = LazyLock::new(|| Toy::new(7));
static DRAFT: LazyLock<Draft> = LazyLock::new(|| draft(&powers(5), &TOY));

/// The circuit of most tests, with a domain of 16.
pub(super) fn toy() -> &'static Toy {
    &TOY
}

/// An honest setup for it, from powers of size 32.
pub(super) fn honest() -> Draft {
    DRAFT.clone()
}

/// What the public door says of a record for the toy.
pub(super) fn verify(record: &SetupRecord) -> Result<Setup, SetupError> {
    record.decode_for(Shape::new(1, 1).unwrap(), toy().matrices.digest())?.verify()
}

/// What the public door says of powers: written, read and checked.
pub(super) fn reread_powers(powers: &Powers) -> Result<Powers, SetupError> {
    let mut file = Vec::new();
    powers.write(&mut file, QUIET).unwrap();
    UncheckedPowers::read(&mut file.as_slice(), QUIET)?.verify(QUIET)
}

/// What the public door says of a reference string.
pub(super) fn reread(draft: &Draft) -> Result<Draft, SetupError> {
    let mut file = Vec::new();
    draft.write(&mut file, QUIET).unwrap();
    UncheckedReference::read(&mut file.as_slice(), QUIET)?.verify_for(&toy().relation(), QUIET)
}

/// Appends a contribution to powers whose first proof is for another step.
pub(super) fn append_forged(chain: &mut Chain) -> SetupError {
    chain.append_with(OriginRecord::Anonymous, |context, heads| {
        let steps = [Step::Beta, Step::Alpha, Step::Beta].into_iter().zip([2u64, 3, 5]).zip(heads);
        steps.map(|((step, x), head)| Knowledge::new(Place { step, context }, &x.into(), head)).collect()
    });
    let (contribution, problem) = (chain.links().len(), StepProblem::NotProved);
    SetupError::Step { phase: Phase::Powers, contribution, step: Step::Tau, problem }
}

/// Another point of the same group.
pub(super) fn doubled<P: AffineRepr>(point: P) -> P {
    (point + point).into_affine()
}

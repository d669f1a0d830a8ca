//! The permutation.

use super::Field;

/// Full rounds, half of them before the partial rounds and half after.
pub const FULL_ROUNDS: usize = 8;

/// The number of words of the state. Only widths with published parameters for this field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Three words, two of them output: 57 partial rounds.
    W3,
    /// Five words, four of them output: 60 partial rounds.
    W5,
}

impl Width {
    /// The width that needs fewer constraints for so many outputs.
    #[must_use]
    pub fn for_outputs(outputs: usize) -> Self {
        if outputs <= 2 { Self::W3 } else { Self::W5 }
    }

    /// Words of the state.
    #[must_use]
    pub fn words(self) -> usize {
        match self {
            Self::W3 => 3,
            Self::W5 => 5,
        }
    }

    /// Partial rounds.
    #[must_use]
    pub fn partial_rounds(self) -> usize {
        match self {
            Self::W3 => 57,
            Self::W5 => 60,
        }
    }

    /// The place in a table by width.
    pub(super) fn slot(self) -> usize {
        match self {
            Self::W3 => 0,
            Self::W5 => 1,
        }
    }
}

/// Round constants, one list for each round, and the rows of the matrix.
#[derive(Clone, Debug)]
pub struct Parameters<F> {
    pub(super) round_constants: Vec<Vec<F>>,
    pub(super) matrix: Vec<Vec<F>>,
}

impl<F> Parameters<F> {
    pub(super) fn map<G>(&self, convert: impl Fn(F) -> G + Copy) -> Parameters<G>
    where
        F: Copy,
    {
        let table =
            |rows: &[Vec<F>]| rows.iter().map(|row| row.iter().map(|&x| convert(x)).collect()).collect();
        Parameters { round_constants: table(&self.round_constants), matrix: table(&self.matrix) }
    }

    /// The rounds in order: constants, and whether the S-box applies to every word or to the first alone.
    pub(super) fn rounds(&self) -> impl Iterator<Item = (&[F], bool)> {
        let first_half = FULL_ROUNDS / 2;
        let second_half = self.round_constants.len() - FULL_ROUNDS / 2;
        let full = move |round| round < first_half || round >= second_half;
        self.round_constants
            .iter()
            .enumerate()
            .map(move |(round, constants)| (constants.as_slice(), full(round)))
    }
}

/// Applies the permutation to a state of `width.words()` words: each round adds its constants, raises all words or the first
/// to the fifth power, and multiplies by the matrix.
pub fn permute<F: Field>(width: Width, state: &mut [F]) {
    let parameters = F::parameters(width);
    for (constants, full) in parameters.rounds() {
        for (word, constant) in state.iter_mut().zip(constants) {
            *word = *word + *constant;
        }
        let raised = if full { state.len() } else { 1 };
        for word in state.iter_mut().take(raised) {
            *word = fifth_power(*word);
        }
        mix(&parameters.matrix, state);
    }
}

/// The S-box.
pub(super) fn fifth_power<F: Field>(x: F) -> F {
    let square = x * x;
    square * square * x
}

fn mix<F: Field>(matrix: &[Vec<F>], state: &mut [F]) {
    let mut mixed = [state[0]; 5];
    for (word, row) in mixed.iter_mut().zip(matrix) {
        let mut terms = row.iter().zip(state.iter()).map(|(entry, word)| *entry * *word);
        if let Some(first) = terms.next() {
            *word = terms.fold(first, |sum, term| sum + term);
        }
    }
    let words = state.len();
    state.copy_from_slice(&mixed[..words]);
}

#[cfg(test)]
mod tests {
    use ark_bls12_381::Fr;
    use ark_ff::{BigInteger, PrimeField};

    use super::*;

    /// The published outputs of the reference implementation for the inputs 0, 1, 2, …
    const X5_255_3: [&str; 3] = [
        "28ce19420fc246a05553ad1e8c98f5c9d67166be2c18e9e4cb4b4e317dd2a78a",
        "51f3e312c95343a896cfd8945ea82ba956c1118ce9b9859b6ea56637b4b1ddc4",
        "3b2b69139b235626a0bfb56c9527ae66a7bf486ad8c11c14d1da0c69bbe0f79a",
    ];
    const X5_255_5: [&str; 5] = [
        "2a918b9c9f9bd7bb509331c81e297b5707f6fc7393dcee1b13901a0b22202e18",
        "65ebf8671739eeb11fb217f2d5c5bf4a0c3f210e3f3cd3b08b5db75675d797f7",
        "2cc176fc26bc70737a696a9dfd1b636ce360ee76926d182390cdb7459cf585ce",
        "4dc4e29d283afd2a491fe6aef122b9a968e74eff05341f3cc23fda1781dcb566",
        "03ff622da276830b9451b88b85e6184fd6ae15c8ab3ee25a5667be8592cce3b1",
    ];

    fn permuted<F: Field>(width: Width) -> Vec<F> {
        let mut state: Vec<F> = (0..width.words() as u64).map(|k| F::from_fr(Fr::from(k))).collect();
        permute(width, &mut state);
        state
    }

    #[test]
    fn published_vectors() {
        for (width, expected) in [(Width::W3, X5_255_3.as_slice()), (Width::W5, X5_255_5.as_slice())] {
            let found: Vec<String> = permuted::<Fr>(width)
                .iter()
                .map(|word| hex::encode(word.into_bigint().to_bytes_be()))
                .collect();
            assert_eq!(found, expected, "{width:?}");
        }
    }

    #[test]
    fn both_fields_agree() {
        for width in [Width::W3, Width::W5] {
            let converted: Vec<_> =
                permuted::<Fr>(width).into_iter().map(bls12_381::Scalar::from_fr).collect();
            assert_eq!(converted, permuted::<bls12_381::Scalar>(width));
        }
    }
}

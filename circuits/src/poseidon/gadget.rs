//! The sponge in a circuit: three rows for each S-box, all else is linear.
//!
//! In a partial round only the first word passes an S-box; the others stay linear combinations that take up one more
//! variable in each round. They are renamed from time to time, which costs a row each and keeps later rows short:
//! every [`renaming_period`] rounds, and in the last partial round, before the mixing that would spread
//! long combinations over all words.

use ark_bls12_381::Fr;
use ark_ff::Zero;
use zeroize::{Zeroize, Zeroizing};

use super::{FULL_ROUNDS, Field, Parameters, Purpose, Width, permutation};
use crate::r1cs::{Linear, Synthesizer};

/// A word of the state. Constants go through S-boxes without a row, so the first round is cheaper than the others.
#[derive(Clone, Zeroize)]
enum Word<W: Linear> {
    Constant(Fr),
    Variable(W),
}

impl<W: Linear> Word<W> {
    fn add_constant(&mut self, value: Fr) {
        match self {
            Self::Constant(constant) => *constant += value,
            Self::Variable(word) => word.add_scaled(value, &W::constant(Fr::from(1u64))),
        }
    }

    fn into_linear(self) -> W {
        match self {
            Self::Constant(value) => W::constant(value),
            Self::Variable(word) => word,
        }
    }
}

type State<W> = Zeroizing<Vec<Word<W>>>;

/// Partial rounds from one renaming to the next, chosen by counting entries against rows.
fn renaming_period(width: Width) -> usize {
    match width {
        Width::W3 => 10,
        Width::W5 => 15,
    }
}

/// [`sponge`](super::sponge()) as constraints.
pub fn sponge<S: Synthesizer>(
    cs: &mut S,
    purpose: Purpose,
    key: &S::Word,
    message: &S::Word,
    outputs: usize,
) -> Vec<S::Word> {
    let width = Width::for_outputs(outputs);
    let mut state = Zeroizing::new(vec![Word::Constant(Fr::zero()); width.words()]);
    state[0] = Word::Constant(purpose.initial(width, outputs));
    state[1] = Word::Variable(key.clone());
    state[2] = Word::Variable(message.clone());
    let mut squeezed = Vec::with_capacity(outputs);
    while squeezed.len() < outputs {
        permute(cs, width, &mut state);
        let wanted = outputs - squeezed.len();
        squeezed.extend(state.iter().skip(1).take(wanted).cloned().map(Word::into_linear));
    }
    squeezed
}

/// Rows of [`sponge`] with two words that are not constant.
#[must_use]
pub fn sponge_rows(outputs: usize) -> usize {
    let width = Width::for_outputs(outputs);
    let words = width.words();
    let permutations = outputs.div_ceil(words - 1);
    let raised = FULL_ROUNDS * words + width.partial_rounds();
    let renamed = (words - 1) * width.partial_rounds().div_ceil(renaming_period(width));
    // In the first round all words but two are constant.
    permutations * (3 * raised + renamed) - 3 * (words - 2)
}

fn permute<S: Synthesizer>(cs: &mut S, width: Width, state: &mut State<S::Word>) {
    let parameters = Fr::parameters(width);
    for (round, (constants, full)) in parameters.rounds().enumerate() {
        for (word, constant) in state.iter_mut().zip(constants) {
            word.add_constant(*constant);
        }
        let raised = if full { state.len() } else { 1 };
        for word in state.iter_mut().take(raised) {
            fifth_power(cs, word);
        }
        if renames(width, round) {
            for word in state.iter_mut().skip(1) {
                rename(cs, word);
            }
        }
        *state = mix(parameters, state);
    }
}

/// Whether the words without S-box get new names in this round.
fn renames(width: Width, round: usize) -> bool {
    let partial = (round + 1).checked_sub(FULL_ROUNDS / 2);
    let done = partial.filter(|done| (1..=width.partial_rounds()).contains(done));
    done.is_some_and(|done| done % renaming_period(width) == 0 || done == width.partial_rounds())
}

fn fifth_power<S: Synthesizer>(cs: &mut S, word: &mut Word<S::Word>) {
    match word {
        Word::Constant(x) => *x = permutation::fifth_power(*x),
        Word::Variable(x) => {
            let nothing = S::Word::constant(Fr::zero());
            let square = cs.product(x, x, &nothing);
            let fourth = cs.product(&square, &square, &nothing);
            *x = cs.product(&fourth, x, &nothing);
        }
    }
}

fn rename<S: Synthesizer>(cs: &mut S, word: &mut Word<S::Word>) {
    if let Word::Variable(combination) = word {
        *combination = cs.rename(combination);
    }
}

fn mix<W: Linear>(parameters: &Parameters<Fr>, state: &[Word<W>]) -> State<W> {
    let row_times_state = |row: &Vec<Fr>| {
        let mut sum = W::constant(Fr::zero());
        for (entry, word) in row.iter().zip(state) {
            match word {
                Word::Constant(value) => sum.add_scaled(*entry * value, &W::constant(Fr::from(1u64))),
                Word::Variable(combination) => sum.add_scaled(*entry, combination),
            }
        }
        Word::Variable(sum)
    };
    Zeroizing::new(parameters.matrix.iter().map(row_times_state).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poseidon;
    use crate::r1cs::{Assignment, Builder};

    /// Rows of the sponge, and whether its values are those of the native one.
    fn build(purpose: Purpose, outputs: usize) -> (usize, bool) {
        let public = [Fr::from(3u64), Fr::from(4u64)];
        let mut values = Assignment::new(&public, &[], &[], 0);
        let [key, message] = [0, 1].map(|index| values.public(index));
        let found = sponge(&mut values, purpose, &key, &message, outputs);

        let mut builder = Builder::new(2);
        let [key, message] = [0, 1].map(|index| builder.public(index));
        let words = sponge(&mut builder, purpose, &key, &message, outputs);
        assert_eq!(words.len(), outputs);
        let (matrices, _) = builder.finish();
        assert_eq!(matrices.is_satisfied(&values.finish(), &public), Ok(()));

        (matrices.constraints, found == poseidon::sponge(purpose, public[0], public[1], outputs))
    }

    #[test]
    fn the_circuit_computes_the_sponge() {
        for purpose in [Purpose::Pad, Purpose::Blinder] {
            for outputs in [1, 2, 3, 4, 5, 8, 9] {
                assert!(build(purpose, outputs).1, "{purpose:?}, {outputs} outputs");
            }
        }
    }

    #[test]
    fn rows() {
        // Three for each S-box on a variable, and one for each renamed word.
        let (w3, w5) = (8 * 3 + 57, 8 * 5 + 60);
        assert_eq!(build(Purpose::Pad, 1).0, 3 * (w3 - 1) + 6 * 2);
        assert_eq!(build(Purpose::Pad, 4).0, 3 * (w5 - 3) + 4 * 4);
        assert_eq!(build(Purpose::Pad, 5).0, 3 * (2 * w5 - 3) + 2 * 4 * 4);
        for outputs in 1..=13 {
            assert_eq!(sponge_rows(outputs), build(Purpose::Pad, outputs).0, "{outputs} outputs");
        }
    }
}

//! The sponge with two input words.

use ark_bls12_381::Fr;
use zeroize::Zeroizing;

use super::{Field, Width, permute};
use crate::hash::TaggedHash;

/// What a sponge is for. Different purposes never share an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The pads of one recipient.
    Pad,
    /// The blinder of a dealing.
    Blinder,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Pad => b"pad",
            Self::Blinder => b"blinder",
        }
    }

    /// The capacity at the start: `Hr("poseidon"; purpose, width, outputs)`.
    pub(super) fn initial(self, width: Width, outputs: usize) -> Fr {
        let hash = TaggedHash::new("poseidon").bytes(self.label());
        hash.number(width.words() as u64).number(outputs as u64).field()
    }
}

/// `outputs` words from `key` and `message`. In constant time if arithmetic in `F` is.
#[must_use]
pub fn sponge<F: Field>(purpose: Purpose, key: F, message: F, outputs: usize) -> Vec<F> {
    let width = Width::for_outputs(outputs);
    // The permutation can be inverted: whoever finds the last state has the message.
    let mut state = Zeroizing::new(vec![F::from_fr(Fr::from(0u64)); width.words()]);
    state[0] = F::from_fr(purpose.initial(width, outputs));
    state[1] = key;
    state[2] = message;
    let mut squeezed = Vec::with_capacity(outputs);
    while squeezed.len() < outputs {
        permute(width, &mut state);
        let wanted = outputs - squeezed.len();
        squeezed.extend(state.iter().skip(1).take(wanted));
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs<F: Field>(purpose: Purpose, number: usize) -> Vec<F> {
        sponge(purpose, F::from_fr(Fr::from(7u64)), F::from_fr(Fr::from(9u64)), number)
    }

    #[test]
    fn both_fields_agree() {
        for number in [1, 2, 3, 9] {
            let converted: Vec<_> =
                outputs::<Fr>(Purpose::Pad, number).into_iter().map(bls12_381::Scalar::from_fr).collect();
            assert_eq!(converted, outputs::<bls12_381::Scalar>(Purpose::Pad, number));
        }
    }

    #[test]
    fn purpose_and_number_of_outputs_separate() {
        let one = outputs::<Fr>(Purpose::Pad, 1);
        let two = outputs::<Fr>(Purpose::Pad, 2);
        assert_ne!(one[0], two[0]);
        assert_ne!(one, outputs::<Fr>(Purpose::Blinder, 1));
    }

    #[test]
    fn no_two_outputs_are_equal_and_none_is_the_capacity() {
        let mut all = outputs::<Fr>(Purpose::Pad, 9);
        assert_eq!(all.len(), 9);
        let mut state = vec![Purpose::Pad.initial(Width::W5, 9), 7.into(), 9.into(), 0.into(), 0.into()];
        for _ in 0..3 {
            permute(Width::W5, &mut state);
            all.push(state[0]);
        }
        assert!((1..all.len()).all(|k| !all[..k].contains(&all[k])));
    }
}

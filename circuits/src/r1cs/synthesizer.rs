//! One description of a circuit, run twice: for its structure and for the values of its private variables.

use ark_bls12_381::Fr;
use ark_ff::{Field, One, Zero};
use zeroize::Zeroizing;

use super::Linear;

/// Where a circuit is written down. [`Builder`](super::Builder) keeps the rows, [`Assignment`] the values; since one
/// piece of code drives both, they have the same private variables in the same order.
pub trait Synthesizer {
    /// A linear combination of variables, or its value.
    type Word: Linear;

    /// Says which clause the rows from here on belong to.
    fn clause(&mut self, number: u8);

    /// Public input `index`, from 0.
    fn public(&self, index: u32) -> Self::Word;

    /// The next bit `x` of the witness. Row: `x * x = x`.
    fn bit(&mut self) -> Self::Word;

    /// A new variable `x = a * b - rest`. Row: `a * b = x + rest`.
    fn product(&mut self, a: &Self::Word, b: &Self::Word, rest: &Self::Word) -> Self::Word;

    /// A new variable `q = numerator / denominator`. Row: `q * denominator = numerator`.
    ///
    /// When both are zero the row holds for every `q`: whoever calls this says why that cannot happen.
    fn quotient(&mut self, numerator: &Self::Word, denominator: &Self::Word) -> Self::Word;

    /// Row: `a * b = c`.
    fn enforce(&mut self, a: &Self::Word, b: &Self::Word, c: &Self::Word);

    /// A new variable equal to `word`, to keep later rows short. Row: `word * 1 = x`.
    fn rename(&mut self, word: &Self::Word) -> Self::Word {
        self.product(word, &Self::Word::constant(Fr::one()), &Self::Word::constant(Fr::zero()))
    }
}

/// The values of the private variables.
pub struct Assignment<'a> {
    public: &'a [Fr],
    bits: std::slice::Iter<'a, bool>,
    quotients: std::slice::Iter<'a, Fr>,
    private: Zeroizing<Vec<Fr>>,
}

impl<'a> Assignment<'a> {
    /// Starts an assignment. `bits` are the witness. `quotients` are the values of all [`quotient`](Synthesizer::quotient)s in order,
    /// since inverting them together is much cheaper; where they run out, each is computed. `capacity` is the number of private
    /// variables: with too small a number the vector grows, and leaves copies of secrets behind.
    #[must_use]
    pub fn new(public: &'a [Fr], bits: &'a [bool], quotients: &'a [Fr], capacity: usize) -> Self {
        let private = Zeroizing::new(Vec::with_capacity(capacity));
        Self { public, bits: bits.iter(), quotients: quotients.iter(), private }
    }

    /// The private variables.
    #[must_use]
    pub fn finish(self) -> Zeroizing<Vec<Fr>> {
        self.private
    }

    fn push(&mut self, value: Fr) -> Fr {
        self.private.push(value);
        value
    }
}

impl Synthesizer for Assignment<'_> {
    type Word = Fr;

    fn clause(&mut self, _: u8) {}

    fn public(&self, index: u32) -> Fr {
        self.public.get(index as usize).copied().unwrap_or_default()
    }

    fn bit(&mut self) -> Fr {
        let bit = self.bits.next().copied().unwrap_or_default();
        self.push(Fr::from(u64::from(bit)))
    }

    fn product(&mut self, a: &Fr, b: &Fr, rest: &Fr) -> Fr {
        self.push(*a * b - rest)
    }

    fn quotient(&mut self, numerator: &Fr, denominator: &Fr) -> Fr {
        let computed = || *numerator * denominator.inverse().unwrap_or_default();
        let quotient = self.quotients.next().copied().unwrap_or_else(computed);
        self.push(quotient)
    }

    fn enforce(&mut self, _: &Fr, _: &Fr, _: &Fr) {}
}

//! The builder of matrices.

use super::{Linear, LinearCombination, Matrices, Synthesizer, Variable};

/// Builds the matrices row by row.
#[derive(Default)]
pub struct Builder {
    matrices: Matrices,
    clauses: Vec<(usize, u8)>,
}

impl Builder {
    /// Starts a system with `public` public inputs.
    #[must_use]
    pub fn new(public: usize) -> Self {
        Self { matrices: Matrices { public, ..Matrices::default() }, clauses: Vec::new() }
    }

    /// A new private variable.
    pub fn private(&mut self) -> LinearCombination {
        let index = self.matrices.private as u32;
        self.matrices.private += 1;
        Variable::Private(index).into()
    }

    /// The matrices, and the first row of each clause with its number.
    #[must_use]
    pub fn finish(self) -> (Matrices, Vec<(usize, u8)>) {
        (self.matrices, self.clauses)
    }
}

impl Synthesizer for Builder {
    type Word = LinearCombination;

    fn clause(&mut self, number: u8) {
        self.clauses.push((self.matrices.constraints, number));
    }

    fn public(&self, index: u32) -> LinearCombination {
        Variable::Public(index).into()
    }

    fn bit(&mut self) -> LinearCombination {
        let bit = self.private();
        self.enforce(&bit, &bit, &bit);
        bit
    }

    fn product(&mut self, a: &Self::Word, b: &Self::Word, rest: &Self::Word) -> Self::Word {
        let product = self.private();
        self.enforce(a, b, &rest.clone().plus(&product));
        product
    }

    fn quotient(&mut self, numerator: &Self::Word, denominator: &Self::Word) -> Self::Word {
        let quotient = self.private();
        self.enforce(&quotient, denominator, numerator);
        quotient
    }

    fn enforce(&mut self, a: &Self::Word, b: &Self::Word, c: &Self::Word) {
        self.matrices.a.push(a);
        self.matrices.b.push(b);
        self.matrices.c.push(c);
        self.matrices.constraints += 1;
    }
}

//! A dishonest prover: it tells lies about private variables, and makes everything that follows fit.

use std::slice::Iter;

use ark_bls12_381::Fr;
use ark_ff::{Field, Zero};

use super::Clause;
use super::form::Form;
use crate::r1cs::Synthesizer;

/// What a private variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bit,
    Product,
    Quotient,
}

/// A private variable at the moment of its assignment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) clause: Clause,
    pub(super) kind: Kind,
    /// Counts the variables of this kind in this clause, from 0.
    pub(super) index: usize,
    /// The value that fits its row, given all values before.
    pub(super) fitting: Fr,
}

/// An assignment of all variables.
pub(super) struct Forgery {
    pub(super) private: Vec<Fr>,
    pub(super) public: Vec<Fr>,
    /// The steps, one for each private variable.
    pub(super) steps: Vec<Step>,
}

impl Forgery {
    /// The rows that do not hold, each with its clause.
    pub(super) fn failures(&self, form: &Form) -> Vec<(usize, Clause)> {
        let rows = form.matrices().failing_rows(&self.private, &self.public);
        rows.map(|row| (row, form.clause(row).unwrap())).collect()
    }

    /// The clauses of the rows that do not hold, each once.
    pub(super) fn broken(&self, form: &Form) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = self.failures(form).into_iter().map(|failure| failure.1).collect();
        clauses.dedup();
        clauses
    }
}

/// Runs the circuit on `bits` and the public inputs, without the constant one. Each variable gets the value that `lie` returns for it. Then the prover publishes the `R` and the
/// `y` that fit what came out, on the curve or not, so that nothing fails but the lies.
pub(super) fn forge(form: &Form, public: &[Fr], bits: &[bool], lie: impl FnMut(&Step) -> Fr) -> Forgery {
    let mut public = public.to_vec();
    // Zero for now: see `Forger::enforce`.
    public[0] = Fr::zero();
    public[1] = Fr::zero();
    public[5] = Fr::zero();
    let forgery = Forgery { private: Vec::new(), public, steps: Vec::new() };
    let mut forger =
        Forger { forgery, bits: bits.iter(), lie, clause: Clause::Scalar, enforced: 0, counts: [0; 3] };
    form.synthesize(&mut forger);
    forger.forgery
}

struct Forger<'a, L> {
    forgery: Forgery,
    bits: Iter<'a, bool>,
    lie: L,
    clause: Clause,
    enforced: usize,
    /// Variables of each kind in this clause so far.
    counts: [usize; 3],
}

impl<L: FnMut(&Step) -> Fr> Forger<'_, L> {
    fn assign(&mut self, kind: Kind, fitting: Fr) -> Fr {
        let count = &mut self.counts[kind as usize];
        let step = Step { clause: self.clause, kind, index: *count, fitting };
        *count += 1;
        let value = (self.lie)(&step);
        self.forgery.steps.push(step);
        self.forgery.private.push(value);
        value
    }
}

impl<L: FnMut(&Step) -> Fr> Synthesizer for Forger<'_, L> {
    type Word = Fr;

    fn clause(&mut self, number: u8) {
        self.clause = Clause::ALL[usize::from(number) - 1];
        self.counts = [0; 3];
    }

    fn public(&self, index: u32) -> Fr {
        self.forgery.public[index as usize]
    }

    fn bit(&mut self) -> Fr {
        let bit = *self.bits.next().unwrap();
        self.assign(Kind::Bit, Fr::from(u64::from(bit)))
    }

    fn product(&mut self, a: &Fr, b: &Fr, rest: &Fr) -> Fr {
        self.assign(Kind::Product, *a * b - rest)
    }

    fn quotient(&mut self, numerator: &Fr, denominator: &Fr) -> Fr {
        self.assign(Kind::Quotient, *numerator * denominator.inverse().unwrap())
    }

    /// The rows `sign = 1`, `b2 = 1`, `λ (B λ) = … + u(R)`, `λ (U - u(R)) = … + v(R)`, `tail * e = y - p0`.
    fn enforce(&mut self, a: &Fr, b: &Fr, c: &Fr) {
        let u = self.forgery.public[0];
        match self.enforced {
            2 => self.forgery.public[0] = *a * b - c,
            3 => self.forgery.public[1] = *a * (*b - u) - c,
            4 => self.forgery.public[5] = *a * b - c,
            _ => {}
        }
        self.enforced += 1;
    }
}

//! The relation as constraints, with the recipients' keys as constants.

use std::ops::Range;

use ark_bls12_381::Fr;
use ark_ff::Zero;
use zeroize::Zeroizing;

use super::assignment::assign;
use super::chain::{self, Window};
use super::statement::input;
use super::table::Table;
use super::walk::Walk;
use super::{Clause, EphemeralScalar, PUBLIC_INPUTS, Statement, WINDOWS};
use crate::CircuitError;
use crate::jubjub::{Point, base, blinder_base};
use crate::poseidon::{Purpose, sponge_gadget};
use crate::r1cs::{Builder, Linear, Matrices, Synthesizer};

/// The largest number of recipients.
pub const MAX_RECIPIENTS: usize = 1_000;

/// The largest number of pads in all: recipients times outputs.
pub const MAX_PADS: usize = 1 << 17;

/// The circuit for a list of recipients and a number of pads: made once, used by every dealer and verifier of a ceremony.
pub struct Circuit {
    layout: Layout,
    matrices: Matrices,
    digest: [u8; 32],
    /// The first row of each clause, in order.
    clauses: Vec<(usize, Clause)>,
}

/// What the description of the circuit depends on.
pub(super) struct Layout {
    /// The tables of `B`, of every recipient's key in order, and of `H`.
    pub(super) tables: Vec<Table>,
    /// Pads for each recipient.
    pub(super) outputs: usize,
}

impl Circuit {
    /// Builds the circuit for these recipients, in the order of their indices from 1, with `outputs` pads for each.
    ///
    /// # Errors
    ///
    /// [`CircuitError::Recipients`] or [`CircuitError::Outputs`] outside the limits.
    pub fn new(keys: &[Point], outputs: usize) -> Result<Self, CircuitError> {
        if keys.is_empty() || keys.len() > MAX_RECIPIENTS {
            return Err(CircuitError::Recipients { found: keys.len(), limit: MAX_RECIPIENTS });
        }
        let limit = MAX_PADS / keys.len();
        if outputs == 0 || outputs > limit {
            return Err(CircuitError::Outputs { found: outputs, limit });
        }
        let bases = std::iter::once(base()).chain(keys.iter().copied()).chain([blinder_base()]);
        let layout = Layout { tables: bases.map(|point| Table::new(&point)).collect(), outputs };
        let mut builder = Builder::new(PUBLIC_INPUTS);
        layout.synthesize(&mut builder);
        let (matrices, starts) = builder.finish();
        let named = |(row, number)| Clause::ALL.into_iter().find(|c| c.number() == number).map(|c| (row, c));
        let clauses = starts.into_iter().filter_map(named).collect();
        Ok(Self { layout, digest: matrices.digest(), matrices, clauses })
    }

    /// The constraint system. Row, column and entry are the same wherever this is built.
    #[must_use]
    pub fn matrices(&self) -> &Matrices {
        &self.matrices
    }

    /// The digest of the matrices, and so of the relation with the recipients' keys.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The public inputs in the order of the matrices, without the constant one.
    #[must_use]
    pub fn public_inputs(&self, statement: &Statement) -> Vec<Fr> {
        statement.public_inputs().to_vec()
    }

    /// The private variables in the order of the matrices. In variable time. A statement that does not hold gives
    /// variables that do not satisfy the system.
    #[must_use]
    pub fn assign(&self, statement: &Statement, scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>> {
        assign(&self.layout, self.matrices.private, statement, scalar)
    }

    /// `u(K[i])` of every recipient in order, then `u(s*H)`, by the tables of the circuit. In variable time.
    #[must_use]
    pub fn shared_secrets(&self, scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>> {
        Zeroizing::new(Walk::new(&self.layout.tables, scalar).abscissas[1..].to_vec())
    }

    /// Number of recipients.
    #[must_use]
    pub fn recipients(&self) -> usize {
        self.layout.recipients()
    }

    /// Number of pads for each recipient.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.layout.outputs
    }

    /// The clause that a row belongs to.
    #[must_use]
    pub fn clause(&self, row: usize) -> Option<Clause> {
        Clause::ALL.into_iter().find(|clause| self.rows(*clause).contains(&row))
    }

    /// The rows of a clause.
    #[must_use]
    pub fn rows(&self, clause: Clause) -> Range<usize> {
        let start = |index: usize| self.clauses.get(index).map_or(self.matrices.constraints, |(row, _)| *row);
        let index = usize::from(clause.number());
        start(index - 1)..start(index)
    }

    /// Checks an assignment of all variables; `public` is without the constant one.
    ///
    /// # Errors
    ///
    /// The clause of the first row that does not hold.
    pub fn is_satisfied(&self, private: &[Fr], public: &[Fr]) -> Result<(), Clause> {
        let failure = self.matrices.is_satisfied(private, public);
        failure.map_err(|row| self.clause(row).unwrap_or(Clause::Scalar))
    }

    #[cfg(test)]
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }
}

impl Layout {
    pub(super) fn recipients(&self) -> usize {
        self.tables.len() - 2
    }

    /// The circuit. `Witness::check` says the same without constraints.
    pub(super) fn synthesize<S: Synthesizer>(&self, cs: &mut S) {
        let ephemeral = (cs.public(input::EPHEMERAL_U), cs.public(input::EPHEMERAL_V));
        let [ctx, blind, challenge, sum] =
            [input::CTX, input::BLIND, input::CHALLENGE, input::MASKED_SUM].map(|index| cs.public(index));
        let (base, keys, blinder_base) = self.bases();

        // E1. s = sum d[w] 16^w, signed odd digits, the top one at least nine.
        cs.clause(Clause::Scalar.number());
        let s: Vec<Window<S::Word>> = (0..WINDOWS).map(|_| Window::new(cs)).collect();
        s[WINDOWS - 1].enforce_top(cs);

        // E2. R = s*B.
        cs.clause(Clause::Ephemeral.number());
        chain::enforce_equal(cs, base, &s, &ephemeral);

        // E3. K[i] = s*ek[i].
        cs.clause(Clause::SharedSecrets.number());
        let multiply = |key| chain::abscissa(cs, key, &s);
        let secrets: Zeroizing<Vec<S::Word>> = Zeroizing::new(keys.iter().map(multiply).collect());

        // E4. p0 = Poseidon_blinder(b, u(s*H)).
        cs.clause(Clause::Blinder.number());
        let u = chain::abscissa(cs, blinder_base, &s);
        let p0 = sponge_gadget(cs, Purpose::Blinder, &blind, &u, 1).swap_remove(0);

        // E5. p[i][j] = Poseidon_pad(ctx + i, u(K[i]))_j.
        cs.clause(Clause::Pads.number());
        let pads_of = |(i, u): (u64, &S::Word)| {
            let key = ctx.clone().plus_constant(Fr::from(i));
            sponge_gadget(cs, Purpose::Pad, &key, u, self.outputs)
        };
        let pads: Zeroizing<Vec<Vec<S::Word>>> =
            Zeroizing::new((1..).zip(secrets.iter()).map(pads_of).collect());

        // E6. y = p0 + sum e^l p[l], l = (j-1) n + i, by Horner's rule from the last pad.
        cs.clause(Clause::MaskedSum.number());
        let numbered: Vec<&S::Word> =
            (0..self.outputs).flat_map(|j| pads.iter().map(move |p| &p[j])).collect();
        if let Some((last, others)) = numbered.split_last() {
            let negative = |word: &S::Word| S::Word::constant(Fr::zero()).minus(word);
            let step = |tail: S::Word, pad: &&S::Word| cs.product(&tail, &challenge, &negative(pad));
            let tail = others.iter().rev().fold((*last).clone(), step);
            cs.enforce(&tail, &challenge, &sum.minus(&p0));
        }
    }

    /// The tables of `B`, of the keys, and of `H`.
    fn bases(&self) -> (&Table, &[Table], &Table) {
        let last = self.tables.len() - 1;
        (&self.tables[0], &self.tables[1..last], &self.tables[last])
    }
}

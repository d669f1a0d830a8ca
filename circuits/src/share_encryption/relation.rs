//! The relation as constraints, whether the recipients' keys are constants or inputs.

use ark_bls12_381::Fr;
use ark_ff::Zero;
use zeroize::Zeroizing;

use super::statement::input;
use super::table::Table;
use super::window::Window;
use super::{Clause, EphemeralScalar, WINDOWS, chain};
use crate::jubjub::{base, blinder_base};
use crate::poseidon::{Purpose, sponge_gadget};
use crate::r1cs::{Assignment, Linear, Synthesizer};

/// How the recipients' keys are multiplied: all in which the two forms of the relation differ.
pub(super) trait Keys {
    /// Number of public inputs that the keys take up, after those of the statement.
    fn public_inputs(&self) -> usize;

    /// `u(s*ek[i])` of every recipient in order.
    fn shared_secrets<S: Synthesizer>(&self, cs: &mut S, s: &[Window<S::Word>]) -> Zeroizing<Vec<S::Word>>;
}

/// What the description of the circuit depends on.
pub(super) struct Relation<K> {
    /// The table of `B`.
    pub(super) base: Table,
    /// The recipients' keys.
    pub(super) keys: K,
    /// The table of `H`.
    pub(super) blinder_base: Table,
    /// Pads for each recipient.
    pub(super) outputs: usize,
}

impl<K: Keys> Relation<K> {
    pub(super) fn new(keys: K, outputs: usize) -> Self {
        Self { base: Table::new(&base()), keys, blinder_base: Table::new(&blinder_base()), outputs }
    }

    /// The circuit. `Witness::check` says the same without constraints.
    pub(super) fn synthesize<S: Synthesizer>(&self, cs: &mut S) {
        let ephemeral = (cs.public(input::EPHEMERAL_U), cs.public(input::EPHEMERAL_V));
        let [ctx, blind, challenge, sum] =
            [input::CTX, input::BLIND, input::CHALLENGE, input::MASKED_SUM].map(|index| cs.public(index));

        // E1. s = sum d[w] 16^w, signed odd digits, the top one at least nine.
        cs.clause(Clause::Scalar.number());
        let s: Vec<Window<S::Word>> = (0..WINDOWS).map(|_| Window::new(cs)).collect();
        s[WINDOWS - 1].enforce_top(cs);

        // E2. R = s*B.
        cs.clause(Clause::Ephemeral.number());
        chain::enforce_equal(cs, &self.base, &s, &ephemeral);

        // E3. K[i] = s*ek[i].
        cs.clause(Clause::SharedSecrets.number());
        let secrets = self.keys.shared_secrets(cs, &s);

        // E4. p0 = Poseidon_blinder(b, u(s*H)).
        cs.clause(Clause::Blinder.number());
        let u = chain::abscissa(cs, &self.blinder_base, &s);
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

    /// The `private` private variables. `quotients` are those of E2, E3 and E4 in order.
    pub(super) fn assign(
        &self,
        private: usize,
        public: &[Fr],
        scalar: &EphemeralScalar,
        quotients: &[Fr],
    ) -> Zeroizing<Vec<Fr>> {
        let bits = scalar.bits();
        let mut assignment = Assignment::new(public, &bits, quotients, private);
        self.synthesize(&mut assignment);
        assignment.finish()
    }
}

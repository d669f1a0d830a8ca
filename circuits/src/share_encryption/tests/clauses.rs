//! Each clause rejects alone what it is there to reject, natively and as constraints.

use ark_bls12_381::Fr;
use ark_ff::{Field, UniformRand};
use ark_std::test_rng;

use super::forger::{Forgery, Kind, Step, forge};
use super::form::Form;
use super::*;

const RECIPIENTS: usize = 2;

/// The relation in one form, with a true statement, to be broken.
struct Setup {
    keys: Vec<Point>,
    outputs: usize,
    form: Form,
    statement: Statement,
    witness: Witness,
}

impl Setup {
    fn new(form: Form, keys: &[Point], outputs: usize) -> Self {
        let (statement, witness) = statement(keys, outputs, &scalar(5));
        Self { keys: keys.to_vec(), outputs, form, statement, witness }
    }

    /// One for each form.
    fn both(outputs: usize) -> [Self; 2] {
        let keys = keys(RECIPIENTS);
        Form::both(&keys, outputs).map(|form| Self::new(form, &keys, outputs))
    }

    /// A dishonest prover's assignment.
    fn forge(&self, lie: impl FnMut(&Step) -> Fr) -> Forgery {
        let public = self.form.public_inputs(&self.statement, &self.keys);
        forge(&self.form, &public, &self.witness.scalar.bits(), lie)
    }

    /// The native verdict on a scalar whose digits may be none, all else being true.
    fn check_digits(&self, change: impl Fn(&mut [i8; WINDOWS])) -> Result<(), Clause> {
        let mut digits = *self.witness.scalar.digits();
        change(&mut digits);
        let scalar = EphemeralScalar::from_digits(digits);
        let (statement, witness) = statement(&self.keys, self.outputs, &scalar);
        witness.check(&self.keys, self.outputs, &statement)
    }

    /// The native verdict on a witness that was changed; the prover then publishes the `y` that fits.
    fn check_witness(&self, change: impl Fn(&mut Witness)) -> Result<(), Clause> {
        let mut witness = self.witness.clone();
        change(&mut witness);
        let masked_sum = masked_sum(self.statement.challenge, witness.blinder, &witness.pads);
        assert_ne!(masked_sum, self.statement.masked_sum);
        witness.check(&self.keys, self.outputs, &Statement { masked_sum, ..self.statement.clone() })
    }

    /// The clauses broken by true private variables under other public inputs.
    fn broken_by_public(&self, change: impl Fn(&mut Vec<Fr>)) -> Vec<Clause> {
        let private = self.form.assign(&self.statement, &self.keys, &self.witness.scalar);
        let mut public = self.form.public_inputs(&self.statement, &self.keys);
        change(&mut public);
        Forgery { private, public, steps: Vec::new() }.broken(&self.form)
    }
}

/// A lie about one variable.
fn at(clause: Clause, kind: Kind, index: usize, value: Fr) -> impl Fn(&Step) -> Fr {
    move |step| {
        let here = step.clause == clause && step.kind == kind && step.index == index;
        if here { value } else { step.fitting }
    }
}

/// The bit `bit` of digit `window`: 0, 1, 2 for the magnitude, 3 for the sign.
fn bit(window: usize, bit: usize, value: Fr) -> impl Fn(&Step) -> Fr {
    at(Clause::Scalar, Kind::Bit, 4 * window + bit, value)
}

#[test]
fn scalar_every_bit_is_a_bit() {
    for setup in Setup::both(1) {
        for window in [0, 1, 30, WINDOWS - 2] {
            for position in 0..4 {
                let forgery = setup.forge(bit(window, position, Fr::from(2u64)));
                assert_eq!(forgery.broken(&setup.form), [Clause::Scalar]);
            }
            // A digit of magnitude 17 natively; one half in place of a bit makes the digit even.
            assert_eq!(setup.check_digits(|digits| digits[window] = 17), Err(Clause::Scalar));
            let half = Fr::from(2u64).inverse().unwrap();
            assert_eq!(setup.forge(bit(window, 0, half)).broken(&setup.form), [Clause::Scalar]);
            assert_eq!(setup.check_digits(|digits| digits[window] = 4), Err(Clause::Scalar));
        }
    }
}

#[test]
fn scalar_the_top_digit_is_positive() {
    for setup in Setup::both(1) {
        let forgery = setup.forge(bit(WINDOWS - 1, 3, Fr::from(1u64)));
        assert_eq!(forgery.broken(&setup.form), [Clause::Scalar]);
        assert_eq!(setup.check_digits(|digits| digits[WINDOWS - 1] = -9), Err(Clause::Scalar));
    }
}

#[test]
fn scalar_the_top_digit_is_at_least_nine() {
    for setup in Setup::both(1) {
        let forgery = setup.forge(bit(WINDOWS - 1, 2, Fr::from(0u64)));
        assert_eq!(forgery.broken(&setup.form), [Clause::Scalar]);
        assert_eq!(setup.check_digits(|digits| digits[WINDOWS - 1] = 7), Err(Clause::Scalar));
    }
}

#[test]
fn scalar_the_products_of_bits_are_products() {
    for setup in Setup::both(1) {
        for index in 0..11 * WINDOWS {
            let lie = |step: &Step| {
                let here = step.clause == Clause::Scalar && step.kind == Kind::Product && step.index == index;
                if here { step.fitting + Fr::from(1u64) } else { step.fitting }
            };
            assert_eq!(setup.forge(lie).broken(&setup.form), [Clause::Scalar], "product {index}");
        }
    }
}

#[test]
fn ephemeral_both_coordinates_are_bound() {
    for setup in Setup::both(1) {
        let one = Fr::from(1u64);
        assert_eq!(setup.broken_by_public(|public| public[0] += one), [Clause::Ephemeral]);
        assert_eq!(setup.broken_by_public(|public| public[1] += one), [Clause::Ephemeral]);
        // The negative of R makes the same pads, but it is not s*B.
        assert_eq!(setup.broken_by_public(|public| public[1] = -public[1]), [Clause::Ephemeral]);
        let negated = Statement { ephemeral: -setup.statement.ephemeral, ..setup.statement.clone() };
        assert_eq!(setup.witness.check(&setup.keys, 1, &negated), Err(Clause::Ephemeral));
    }
}

#[test]
fn ephemeral_is_not_the_key_of_another_scalar() {
    for setup in Setup::both(1) {
        let (u, v) = scalar(6).ephemeral_key().montgomery();
        let broken = setup.broken_by_public(|public| (public[0], public[1]) = (u, v));
        assert_eq!(broken, [Clause::Ephemeral]);
        let other = Statement { ephemeral: scalar(6).ephemeral_key(), ..setup.statement.clone() };
        assert_eq!(setup.witness.check(&setup.keys, 1, &other), Err(Clause::Ephemeral));
    }
}

#[test]
fn shared_secrets_are_the_recipients_own() {
    for setup in Setup::both(1) {
        // The prover claims the secret that it shares with another key, and goes on from there.
        let other = shared_secret_u(&setup.witness.scalar, &keys(3)[2]);
        for recipient in 0..RECIPIENTS {
            let last = (recipient + 1) * setup.form.products_of_a_secret() - 1;
            let forgery = setup.forge(at(Clause::SharedSecrets, Kind::Product, last, other));
            assert_eq!(forgery.broken(&setup.form), [Clause::SharedSecrets]);
            let verdict = setup.check_witness(|witness| {
                witness.shared_secrets[recipient] = other;
                witness.pads[recipient] = pads(setup.statement.ctx, recipient as u16 + 1, other, 1);
            });
            assert_eq!(verdict, Err(Clause::SharedSecrets));
        }
    }
}

#[test]
fn blinder_is_not_free() {
    for setup in Setup::both(1) {
        let steps = setup.forge(|step| step.fitting).steps;
        let of_blinder = |step: &&Step| step.clause == Clause::Blinder && step.kind == Kind::Product;
        let last = steps.iter().filter(of_blinder).count() - 1;
        let forgery = setup.forge(at(Clause::Blinder, Kind::Product, last, field("free")));
        assert_eq!(forgery.broken(&setup.form), [Clause::Blinder]);
        assert_ne!(forgery.public[5], setup.statement.masked_sum);
        assert_eq!(setup.check_witness(|witness| witness.blinder = field("free")), Err(Clause::Blinder));
    }
}

#[test]
fn blinder_belongs_to_its_context() {
    for setup in Setup::both(1) {
        assert_eq!(setup.broken_by_public(|public| public[3] += Fr::from(1u64)), [Clause::Blinder]);
        let other = Statement { blind: field("other"), ..setup.statement.clone() };
        assert_eq!(setup.witness.check(&setup.keys, 1, &other), Err(Clause::Blinder));
    }
}

#[test]
fn pads_are_not_free() {
    for outputs in [1, 3] {
        for setup in Setup::both(outputs) {
            let steps = setup.forge(|step| step.fitting).steps;
            let of_pads = steps.iter().filter(|step| step.clause == Clause::Pads).count();
            for last in [of_pads / RECIPIENTS - 1, of_pads - 1] {
                let forgery = setup.forge(at(Clause::Pads, Kind::Product, last, field("free")));
                assert_eq!(forgery.broken(&setup.form), [Clause::Pads]);
            }
            for recipient in 0..RECIPIENTS {
                for output in 0..outputs {
                    let verdict =
                        setup.check_witness(|witness| witness.pads[recipient][output] = field("free"));
                    assert_eq!(verdict, Err(Clause::Pads));
                }
            }
        }
    }
}

#[test]
fn pads_of_two_recipients_cannot_be_exchanged() {
    for setup in Setup::both(1) {
        let honest: Vec<Fr> = (setup.forge(|step| step.fitting).steps.iter())
            .filter(|step| step.clause == Clause::Pads)
            .map(|step| step.fitting)
            .collect();
        let block = honest.len() / RECIPIENTS;
        let forgery = setup.forge(|step| match step.clause {
            Clause::Pads => honest[(step.index + block) % honest.len()],
            _ => step.fitting,
        });
        assert_eq!(forgery.broken(&setup.form), [Clause::Pads]);
        assert_ne!(forgery.public[5], setup.statement.masked_sum);
        assert_eq!(setup.check_witness(|witness| witness.pads.swap(0, 1)), Err(Clause::Pads));
    }
}

#[test]
fn pads_of_two_validators_cannot_be_exchanged() {
    for setup in Setup::both(2) {
        assert_eq!(setup.check_witness(|witness| witness.pads[0].swap(0, 1)), Err(Clause::Pads));
        // In the circuit the pads are not variables, but the sum in the other order is a lie about y.
        let mut exchanged = setup.witness.clone();
        exchanged.pads[0].swap(0, 1);
        let sum = masked_sum(setup.statement.challenge, exchanged.blinder, &exchanged.pads);
        assert_eq!(setup.broken_by_public(|public| public[5] = sum), [Clause::MaskedSum]);
    }
}

#[test]
fn pads_belong_to_their_context() {
    for setup in Setup::both(1) {
        assert_eq!(setup.broken_by_public(|public| public[2] += Fr::from(1u64)), [Clause::Pads]);
        let other = Statement { ctx: field("other"), ..setup.statement.clone() };
        assert_eq!(setup.witness.check(&setup.keys, 1, &other), Err(Clause::Pads));
    }
}

/// Sums that are not the masked sum.
fn wrong_sums(setup: &Setup) -> Vec<(&'static str, Fr)> {
    let e = setup.statement.challenge;
    let Witness { blinder, pads, .. } = &setup.witness;
    let zero = Fr::from(0u64);
    let without_blinder = masked_sum(e, zero, pads);
    let reversed: Vec<Vec<Fr>> = pads.iter().rev().cloned().collect();
    let by_recipient: Vec<Vec<Fr>> = vec![pads[0].clone().into_iter().chain(pads[1].clone()).collect()];
    vec![
        ("e^0 for the first pad", *blinder + without_blinder * e.inverse().unwrap()),
        ("e^1 for the blinder", *blinder * e + without_blinder),
        ("no blinder", without_blinder),
        ("recipients in another order", masked_sum(e, *blinder, &reversed)),
        ("recipient by recipient", masked_sum(e, *blinder, &by_recipient)),
        ("one more", setup.statement.masked_sum + Fr::from(1u64)),
    ]
}

#[test]
fn masked_sum_is_the_sum() {
    for setup in Setup::both(2) {
        for (name, masked_sum) in wrong_sums(&setup) {
            assert_eq!(
                setup.broken_by_public(|public| public[5] = masked_sum),
                [Clause::MaskedSum],
                "{name}"
            );
            let statement = Statement { masked_sum, ..setup.statement.clone() };
            assert_eq!(setup.witness.check(&setup.keys, 2, &statement), Err(Clause::MaskedSum), "{name}");
        }
        assert_eq!(setup.broken_by_public(|public| public[4] += Fr::from(1u64)), [Clause::MaskedSum]);
    }
}

/// Whatever single variable the prover lies about, with everything after it made to fit, exactly the row that made it
/// fails: no variable is free, and no row says what others have said already. Two bits of the top digit have a second row.
fn every_variable_is_bound_by_its_row(setup: &Setup, wanted: impl Fn(Clause) -> bool) {
    let steps = setup.forge(|step| step.fitting).steps;
    assert_eq!(steps.len(), setup.form.matrices().private);
    let another = Fr::rand(&mut test_rng());
    for (variable, lied) in steps.iter().enumerate().filter(|(_, step)| wanted(step.clause)) {
        let mut count = 0;
        let forgery = setup.forge(|step| {
            count += 1;
            if count == variable + 1 { another } else { step.fitting }
        });
        let of_top_digit = lied.kind == Kind::Bit && lied.index >= 4 * WINDOWS - 2;
        let failures = forgery.failures(&setup.form);
        assert_eq!(failures.len(), if of_top_digit { 2 } else { 1 }, "{lied:?}");
        assert_eq!(forgery.broken(&setup.form), [lied.clause], "{lied:?}");
    }
}

#[test]
fn every_variable_is_bound() {
    let [constants, _] = Setup::both(1);
    every_variable_is_bound_by_its_row(&constants, |_| true);
}

#[test]
fn every_variable_of_a_ladder_is_bound() {
    let setup = Setup::new(Form::inputs(1, 1), &keys(1), 1);
    every_variable_is_bound_by_its_row(&setup, |clause| clause == Clause::SharedSecrets);
}

#[test]
fn every_variable_is_bound_in_wide_sponges() {
    let [constants, _] = Setup::both(5);
    every_variable_is_bound_by_its_row(&constants, |clause| clause >= Clause::Pads);
}

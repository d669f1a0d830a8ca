//! Keys as inputs: only those of the recipients, in their order, will do.

use super::forger::Forgery;
use super::form::Form;
use super::*;

const RECIPIENTS: usize = 3;

struct Setup {
    keys: Vec<Point>,
    form: Form,
    statement: Statement,
    scalar: EphemeralScalar,
}

impl Setup {
    fn new() -> Self {
        let (keys, scalar) = (keys(RECIPIENTS), scalar(5));
        let (statement, _) = statement(&keys, 1, &scalar);
        Self { form: Form::inputs(RECIPIENTS, 1), keys, statement, scalar }
    }

    /// The clauses broken when the keys in the inputs are `stated`, and the prover multiplies `multiplied`.
    fn broken(&self, stated: &[Point], multiplied: &[Point]) -> Vec<Clause> {
        let private = self.form.assign(&self.statement, multiplied, &self.scalar);
        let public = self.form.public_inputs(&self.statement, stated);
        Forgery { private, public, steps: Vec::new() }.broken(&self.form)
    }
}

/// The keys that are stated and those that are multiplied must be the same, and `y` must be theirs.
fn belong_to_other_pads(setup: &Setup, others: &[Point]) {
    assert_eq!(setup.broken(others, &setup.keys), [Clause::SharedSecrets]);
    assert_eq!(setup.broken(&setup.keys, others), [Clause::SharedSecrets, Clause::MaskedSum]);
    assert_eq!(setup.broken(others, others), [Clause::MaskedSum]);
    assert_eq!(check(others, 1, &setup.statement, &setup.scalar), Err(Clause::MaskedSum));
}

#[test]
fn inputs_are_those_of_the_statement_and_then_the_keys() {
    let Setup { keys, form, statement, .. } = Setup::new();
    let inputs = form.public_inputs(&statement, &keys);
    assert_eq!(inputs[..PUBLIC_INPUTS], statement.public_inputs());
    let coordinates: Vec<(Fr, Fr)> = keys.iter().map(Point::montgomery).collect();
    let pairs: Vec<(Fr, Fr)> = inputs[PUBLIC_INPUTS..].chunks(2).map(|pair| (pair[0], pair[1])).collect();
    assert_eq!(pairs, coordinates);
}

#[test]
fn keys_cannot_be_swapped() {
    let setup = Setup::new();
    assert_eq!(setup.broken(&setup.keys, &setup.keys), []);
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        let mut swapped = setup.keys.clone();
        swapped.swap(one, other);
        belong_to_other_pads(&setup, &swapped);
    }
}

#[test]
fn a_key_cannot_be_replaced() {
    let setup = Setup::new();
    for recipient in 0..RECIPIENTS {
        for another in [keys(RECIPIENTS + 1)[RECIPIENTS], setup.keys[(recipient + 1) % RECIPIENTS]] {
            let mut replaced = setup.keys.clone();
            replaced[recipient] = another;
            belong_to_other_pads(&setup, &replaced);
        }
    }
}

/// `u(s (-ek)) = u(s ek)`: the same pads, so the same statement is true of a key and of its negative, in both forms of the relation.
/// Recipients whose keys are negatives of each other are refused where keys are accepted.
#[test]
fn a_key_and_its_negative_make_the_same_pads() {
    let setup = Setup::new();
    for recipient in 0..RECIPIENTS {
        let mut negated = setup.keys.clone();
        negated[recipient] = -negated[recipient];
        assert_eq!(check(&negated, 1, &setup.statement, &setup.scalar), Ok(()));
        assert_eq!(setup.broken(&negated, &negated), []);
        // But they are other points, and one ladder does not serve both.
        assert_eq!(setup.broken(&negated, &setup.keys), [Clause::SharedSecrets]);
        assert_eq!(setup.broken(&setup.keys, &negated), [Clause::SharedSecrets]);
    }
}

#[test]
fn both_coordinates_of_every_key_are_bound() {
    let setup = Setup::new();
    let private = setup.form.assign(&setup.statement, &setup.keys, &setup.scalar);
    let public = setup.form.public_inputs(&setup.statement, &setup.keys);
    for place in PUBLIC_INPUTS..public.len() {
        let mut public = public.clone();
        public[place] += Fr::from(1u64);
        let forgery = Forgery { private: private.clone(), public, steps: Vec::new() };
        assert_eq!(forgery.broken(&setup.form), [Clause::SharedSecrets], "input {place}");
    }
}

#[test]
fn another_number_of_keys_satisfies_nothing() {
    let setup = Setup::new();
    for others in [&[][..], &setup.keys[1..], &keys(RECIPIENTS + 1)] {
        let private = setup.form.assign(&setup.statement, others, &setup.scalar);
        let public = setup.form.public_inputs(&setup.statement, others);
        assert!(setup.form.is_satisfied(&private, &public).is_err());
        let public = setup.form.public_inputs(&setup.statement, &setup.keys);
        assert!(setup.form.is_satisfied(&private, &public).is_err());
    }
}

//! Keys that do not follow from powers and circuit.

use ark_bls12_381::Fr;
use ark_ec::{AffineRepr, CurveGroup};

use super::{
    super::{
        Draft, Head, OriginRecord, Phase, Query, SetupError, Step, StepProblem, UncheckedReference,
        chain::{Chain, Scope},
        contribute::Source,
        knowledge::{Knowledge, Place},
        queries::Queries,
    },
    toy::{QUIET, Toy, append_forged, doubled, draft, honest, powers, reread, toy},
};

fn query(query: Query) -> Option<SetupError> {
    Some(SetupError::Query { query })
}

fn refused(change: impl FnOnce(&mut Queries)) -> Option<SetupError> {
    let mut draft = honest();
    change(&mut draft.queries);
    reread(&draft).err()
}

/// Checks that every element of a list counts: another point, the identity, and the exchange with a neighbour.
fn change_each<P: AffineRepr>(list: impl Fn(&mut Queries) -> &mut Vec<P>, expected: Query) {
    let count = list(&mut honest().queries).len();
    assert!(count > 1);
    for index in 0..count {
        let found = refused(|queries| {
            let list = list(queries);
            list[index] = if list[index].is_zero() { P::generator() } else { doubled(list[index]) };
        });
        assert_eq!(found, query(expected), "{expected}, element {index}");
    }
    let exchanged = refused(|queries| list(queries).swap(0, 1));
    assert_eq!(exchanged, query(expected), "{expected}, exchanged");
    let shifted = refused(|queries| {
        let list = list(queries);
        list[0] = (list[0] + P::generator()).into_affine();
        list[1] = (list[1] - P::generator()).into_affine();
    });
    assert_eq!(shifted, query(expected), "{expected}, with errors that cancel");
}

#[test]
fn honest_keys_are_accepted_at_every_stage() {
    let start = Draft::start_for(&powers(5), &toy().relation(), &(), QUIET).unwrap();
    assert_eq!(reread(&start).unwrap().contributions().len(), 2);
    assert_eq!(reread(&honest()).unwrap().contributions(), honest().contributions());
}

#[test]
fn every_element_of_a_counts() {
    change_each(|queries| &mut queries.a, Query::A);
}

#[test]
fn every_element_of_b_counts_in_both_groups() {
    change_each(|queries| &mut queries.b1, Query::B1);
    change_each(|queries| &mut queries.b2, Query::B2);
}

#[test]
fn every_element_of_l_and_h_counts() {
    change_each(|queries| &mut queries.l, Query::L);
    change_each(|queries| &mut queries.h, Query::H);
}

/// Before anybody vouched for them: every contribution to a key is for its inputs alone.
#[test]
fn every_element_of_the_public_inputs_counts() {
    let start = Draft::start_for(&powers(5), &toy().relation(), &(), QUIET).unwrap();
    for index in 0..start.queries.inputs.len() {
        let mut changed = start.clone();
        changed.queries.inputs[index] = doubled(changed.queries.inputs[index]);
        assert_eq!(reread(&changed).err(), query(Query::Inputs), "element {index}");
    }
    let mut exchanged = start;
    exchanged.queries.inputs.swap(3, 4);
    assert_eq!(reread(&exchanged).err(), query(Query::Inputs));
}

#[test]
fn b_in_both_groups_is_the_same() {
    let variable = honest().queries.b1.iter().position(|point| !point.is_zero()).unwrap();
    let both = refused(|queries| {
        queries.b1[variable] = doubled(queries.b1[variable]);
        queries.b2[variable] = doubled(queries.b2[variable]);
    });
    assert_eq!(both, query(Query::B1));
}

/// A contributor who divides one list and not the other, or multiplies.
#[test]
fn a_contribution_divides_both_lists() {
    let before = Draft::start_for(&powers(5), &toy().relation(), &(), QUIET).unwrap();
    let after = before.clone().contribute(&[6; 64], QUIET).unwrap();
    let mixed = |take: fn(&mut Queries, &Queries)| {
        let mut draft = after.clone();
        take(&mut draft.queries, &before.queries);
        reread(&draft).err()
    };
    assert_eq!(mixed(|queries, before| queries.l.clone_from(&before.l)), query(Query::L));
    assert_eq!(mixed(|queries, before| queries.h.clone_from(&before.h)), query(Query::H));
    assert_eq!(
        mixed(|queries, before| {
            queries.l.clone_from(&before.l);
            queries.h.clone_from(&before.h);
        }),
        query(Query::L)
    );
}

/// `delta` in G2 is not the one that the contributions end with in G1.
#[test]
fn delta_is_the_same_in_both_groups() {
    let other = Some(SetupError::Head { element: Head::Delta });
    assert_eq!(refused(|queries| queries.delta = doubled(queries.delta)), other);
    // With lists that fit the other delta.
    let x = Fr::from(9u64);
    assert_eq!(refused(|queries| queries.multiply(&x, QUIET)), other);
}

#[test]
fn alpha_and_beta_are_those_of_the_powers() {
    let mut draft = honest();
    draft.lists.alpha_g1[0] = doubled(draft.lists.alpha_g1[0]);
    assert_eq!(reread(&draft).err(), Some(SetupError::Head { element: Head::Alpha }));
    let mut draft = honest();
    draft.lists.beta_g1[0] = doubled(draft.lists.beta_g1[0]);
    assert_eq!(reread(&draft).err(), Some(SetupError::Head { element: Head::Beta }));
    let mut file = Vec::new();
    honest().write(&mut file, QUIET).unwrap();
    let mut unchecked = UncheckedReference::read(&mut file.as_slice(), QUIET).unwrap();
    unchecked.verifying_key.beta = doubled(unchecked.verifying_key.beta);
    let refused = unchecked.verify_for(&toy().relation(), QUIET);
    assert_eq!(refused.err(), Some(SetupError::Head { element: Head::Beta }));
}

#[test]
fn chains_that_do_not_hold_are_refused() {
    let mut forged = honest();
    let expected = append_forged(&mut forged.powers);
    assert_eq!(reread(&forged).err(), Some(expected));

    let mut nobody = honest();
    nobody.powers = Chain::new(Scope::Powers { log: 5 });
    assert_eq!(reread(&nobody).err(), Some(SetupError::NoContribution { phase: Phase::Powers }));

    let mut small = honest();
    small.powers_log = 3;
    assert_eq!(reread(&small).err(), Some(SetupError::PowersTooSmall { powers: 3, circuit: 4 }));

    let mut forged = honest();
    forged.key.append_with(OriginRecord::Anonymous, |context, heads| {
        vec![Knowledge::new(Place { step: Step::Tau, context }, &Fr::from(7u64), &heads[0])]
    });
    let (phase, contribution, step) = (Phase::Key, 3, Step::Delta);
    let problem = StepProblem::NotProved;
    assert_eq!(reread(&forged).err(), Some(SetupError::Step { phase, contribution, step, problem }));
}

/// The powers in the file are checked like powers in a file of their own.
#[test]
fn inconsistent_powers_are_refused() {
    let mut draft = honest();
    draft.lists.tau_g1[20] = doubled(draft.lists.tau_g1[20]);
    assert!(matches!(reread(&draft).err(), Some(SetupError::Powers { .. })));
}

#[test]
fn a_key_for_another_circuit_is_refused() {
    let mut file = Vec::new();
    honest().write(&mut file, QUIET).unwrap();
    let verify_for = |other: &Toy| {
        let unchecked = UncheckedReference::read(&mut file.as_slice(), QUIET).unwrap();
        unchecked.verify_for(&other.relation(), QUIET).err()
    };
    // More rows: another domain. One row less: another number of variables.
    assert_eq!(
        verify_for(&Toy::new(20)),
        Some(SetupError::Circuit { problem: "its domain is of another size" })
    );
    assert_eq!(
        verify_for(&Toy::new(6)),
        Some(SetupError::Circuit { problem: "it has another number of variables" })
    );
    let mut unchecked = UncheckedReference::read(&mut file.as_slice(), QUIET).unwrap();
    unchecked.record.validators = 2;
    assert_eq!(
        unchecked.verify_for(&toy().relation(), QUIET).err(),
        Some(SetupError::Circuit { problem: "it is for another shape" })
    );
    // The same sizes and other entries.
    let (phase, contribution, step) = (Phase::Key, 1, Step::Delta);
    let problem = StepProblem::NotProved;
    let mut other = Toy::new(7);
    std::mem::swap(&mut other.matrices.a, &mut other.matrices.b);
    assert_eq!(verify_for(&other), Some(SetupError::Step { phase, contribution, step, problem }));
}

/// Contributions made for one circuit around the elements of another.
#[test]
fn elements_of_another_circuit_are_refused() {
    let mut other = Toy::new(7);
    std::mem::swap(&mut other.matrices.a, &mut other.matrices.b);
    let mut elements = Draft::start_for(&powers(5), &other.relation(), &(), QUIET).unwrap();
    elements.key = Chain::new(Scope::key(&toy().relation(), &elements.powers, &elements.queries.inputs));
    for delta in elements.key.contribute(&Source::anonymous(&[5; 64])).unwrap() {
        elements.queries.multiply(&delta, QUIET);
    }
    assert_eq!(reread(&elements).err(), query(Query::A));
}

/// The first phase is made once.
#[test]
fn the_same_powers_serve_circuits_of_different_sizes() {
    let powers = powers(6);
    for (rows, log) in [(3, 4), (20, 5), (50, 6)] {
        let toy = Toy::new(rows);
        let made = draft(&powers, &toy);
        assert_eq!(made.lists.log(), log);
        let mut file = Vec::new();
        made.write(&mut file, QUIET).unwrap();
        let unchecked = UncheckedReference::read(&mut file.as_slice(), QUIET).unwrap();
        assert!(unchecked.verify_for(&toy.relation(), QUIET).is_ok(), "{rows} rows");
    }
    let too_large = Draft::start_for(&powers, &Toy::new(60).relation(), &(), QUIET);
    assert_eq!(too_large.err(), Some(SetupError::PowersTooSmall { powers: 6, circuit: 7 }));
}

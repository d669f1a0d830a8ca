//! Setups from known secrets are those that the contributors would make.

use super::{
    super::{
        Shape,
        chosen::{self, Contributor, Signer, draft_for},
    },
    toy::{Toy, draft, identity, powers},
};

#[test]
fn a_chosen_setup_is_the_one_that_its_contributors_would_make() {
    let toy = Toy::new(20);
    let honest = draft(&powers(5), &toy);
    let contributors = [
        Contributor { seed: [1; 64], signer: Some(Signer { identity: identity(1), sign: &|_| [1; 64] }) },
        Contributor { seed: [2; 64], signer: Some(Signer { identity: identity(2), sign: &|_| [2; 64] }) },
    ];
    let chosen = draft_for(&toy.relation(), &contributors, &contributors).unwrap();
    assert_eq!(chosen.record(), honest.record());
    assert!(chosen.lists == honest.lists && chosen.queries == honest.queries);
}

#[test]
fn a_chosen_setup_of_a_real_shape_is_verified() {
    let shape = Shape::new(1, 1).unwrap();
    let reference = chosen::reference(shape, &[Contributor { seed: [3; 64], signer: None }]).unwrap();
    assert_eq!(reference.setup().shape(), shape);
    assert_eq!(reference.setup().contributions().len(), 2);
    let record = reference.setup().record();
    assert_eq!(
        record.verify(reference.setup().circuit_digest()).unwrap().digest(),
        reference.setup().digest()
    );
}

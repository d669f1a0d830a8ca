//! Values that the page on the protocol prints.

use ark_bls12_381::Fr;

use super::super::{
    OriginRecord,
    chain::{Chain, Scope},
    knowledge::{Knowledge, Place},
    phase::Step,
};

const PAGE: &str = include_str!("../../../../docs/protocol.md");

/// A contribution of 2, 3 and 5 to powers of size 8, by nobody.
#[test]
fn a_contribution_is_the_one_on_the_page() {
    let mut chain = Chain::new(Scope::Powers { log: 3 });
    let start = chain.last_id();
    chain.append_with(OriginRecord::Anonymous, |context, heads| {
        let secrets = [2u64, 3, 5].map(Fr::from);
        let places = [Step::Tau, Step::Alpha, Step::Beta].map(|step| Place { step, context });
        let steps = places.into_iter().zip(&secrets).zip(heads);
        steps.map(|((place, x), before)| Knowledge::new(place, x, before)).collect()
    });
    assert_eq!(chain.verify(), Ok(()));
    let link = &chain.links()[0];
    let proof = link.steps[0].record().proof;
    for value in [&start[..], &link.context, &proof, &link.id] {
        let printed = format!("0x{}", hex::encode(value));
        assert!(PAGE.contains(&printed), "the page does not have {printed}");
    }
}

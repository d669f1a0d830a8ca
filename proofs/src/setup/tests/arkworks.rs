//! The key is that of arkworks for the same numbers.

use ark_bls12_381::Fr;
use ark_ff::{BigInteger, Field, PrimeField};
use ark_std::rand::{Error, RngCore};

use super::{
    super::{Draft, contribute::from_seed, knowledge::Place, phase::Step},
    toy::{Toy, draft, powers},
};
use crate::groth16::tests::arkworks::System;

/// "Randomness" out of which arkworks draws the one field element that it is made for.
struct Chosen(Vec<u8>);

impl Chosen {
    /// arkworks reads the limbs in Montgomery form, the lowest first.
    fn new(value: Fr) -> Self {
        let limbs = value.0.0;
        Self(limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect())
    }
}

impl RngCore for Chosen {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&self.0);
        self.0 = rest;
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

/// The product of all contributions to a step: the seeds of the toy are known.
fn trapdoor(draft: &Draft, step: Step) -> Fr {
    let chain = if step == Step::Delta { &draft.key } else { &draft.powers };
    let secrets = (1..)
        .zip(chain.links())
        .map(|(number, link)| from_seed(&[number; 64], Place { step, context: &link.context }));
    secrets.product()
}

#[test]
fn the_randomness_gives_what_was_chosen() {
    use ark_ff::UniformRand;
    let value = Fr::from(5u64).pow([u64::MAX]);
    assert_eq!(Fr::rand(&mut Chosen::new(value)), value);
    assert!(value.into_bigint().num_bits() > 200);
}

/// Powers, conversion to the Lagrange basis, key and contributions together, against an implementation that knows the
/// trapdoors.
#[test]
fn every_element_of_the_key_is_that_of_arkworks() {
    for rows in [3, 7, 20, 50] {
        let toy = Toy::new(rows);
        let draft = draft(&powers(6), &toy);
        let [tau, alpha, beta, delta] =
            [Step::Tau, Step::Alpha, Step::Beta, Step::Delta].map(|step| trapdoor(&draft, step));
        let system = System {
            matrices: &toy.matrices,
            public: vec![Fr::from(0u64); toy.matrices.public],
            private: vec![Fr::from(0u64); toy.matrices.private],
        };
        let expected = system.key([alpha, beta, delta], &mut Chosen::new(tau));
        let (beta, delta) = (draft.powers.heads()[2], draft.key.heads()[0]);
        let found = draft.queries.clone().assemble(&draft.verifying_key(), beta, delta);
        assert_eq!(found.vk, expected.vk, "{rows} rows");
        assert_eq!(found.a_query, expected.a_query, "{rows} rows");
        assert_eq!(found.b_g1_query, expected.b_g1_query, "{rows} rows");
        assert_eq!(found.b_g2_query, expected.b_g2_query, "{rows} rows");
        assert_eq!(found.l_query, expected.l_query, "{rows} rows");
        assert_eq!(found.h_query, expected.h_query, "{rows} rows");
        assert_eq!(found, expected, "{rows} rows");
    }
}

//! The link holds, and one clause of the relation does not: the dealer satisfies the link with pads, a blinder or a sum that do not
//! come from its ephemeral key.

use ark_bls12_381::Fr;
use ark_ff::One;

use super::*;

/// Judged to break `clause` first, to satisfy the link, and to fail in the proof.
fn assert_not_proved(dealer: DishonestDealer, clause: Clause) {
    assert_eq!(judge(dealer), (Some(clause), true, Some(ProofError::InvalidProof)));
}

/// All pads are right, since they are the same for `K` and `-K`: only the statement `R = s·B` is false.
#[test]
fn the_negative_of_the_ephemeral_key_breaks_e2() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1);
        dealer.ephemeral = -dealer.ephemeral;
        assert_not_proved(dealer.dealt().summed(), Clause::Ephemeral);
    });
}

/// Nobody could decrypt.
#[test]
fn the_ephemeral_key_of_another_scalar_breaks_e2() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1);
        dealer.ephemeral = DishonestDealer::new(2).ephemeral;
        assert_not_proved(dealer.dealt().summed(), Clause::Ephemeral);
    });
}

/// One recipient could not decrypt.
#[test]
fn a_shared_secret_of_another_scalar_breaks_e3() {
    in_each_system(|| {
        for recipient in [0, usize::from(N) - 1] {
            let mut dealer = DishonestDealer::new(1);
            dealer.shared_secrets[recipient] = DishonestDealer::new(2).shared_secrets[recipient];
            assert_not_proved(dealer.dealt().summed(), Clause::SharedSecrets);
        }
    });
}

/// One recipient gets what another one can decrypt.
#[test]
fn swapped_shared_secrets_break_e3() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1);
        dealer.shared_secrets.swap(0, 3);
        assert_not_proved(dealer.dealt().summed(), Clause::SharedSecrets);
    });
}

#[test]
fn a_blinder_of_the_dealers_choice_breaks_e4() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1).dealt();
        dealer.blind(Fr::from(12u64));
        dealer.add_up();
        assert_not_proved(dealer, Clause::Blinder);
    });
}

/// A dealer that proves its dealing once more, with a blinder of other ciphertexts, would publish the difference of two sums of
/// the same pads.
#[test]
fn the_blinder_of_another_statement_breaks_e4() {
    in_each_system(|| {
        let mut other = DishonestDealer::new(1).dealt();
        other.ciphertexts[0] += Fr::one();
        let elsewhere = other.true_blinder();
        let mut dealer = DishonestDealer::new(1).dealt();
        assert_ne!(dealer.true_blinder(), elsewhere);
        dealer.blind(elsewhere);
        dealer.add_up();
        assert_not_proved(dealer, Clause::Blinder);
    });
}

#[test]
fn a_pad_of_the_dealers_choice_breaks_e5() {
    in_each_system(|| {
        for recipient in [0, usize::from(N) - 1] {
            let mut dealer = DishonestDealer::new(1);
            dealer.commit();
            dealer.make_pads();
            dealer.pads[recipient][1] += Fr::one();
            dealer.encrypt();
            assert_not_proved(dealer.summed(), Clause::Pads);
        }
    });
}

/// Pads made in another place: for another ceremony, roster, dealer, number of validators, threshold or chunk.
#[test]
fn pads_of_another_place_break_e5() {
    in_each_system(|| {
        type Change = fn(&mut Place<'static>);
        let elsewhere: [Change; 7] = [
            |place| place.setting = leak(Setting { ceremony: [9; 32], ..setting() }),
            |place| place.setting = leak(Setting { roster: [9; 32], ..setting() }),
            |place| place.setting = leak(Setting { threshold: 2, ..setting() }),
            |place| place.setting = leak(Setting { validators: 3, ..setting() }),
            |place| place.dealer = 2,
            |place| place.chunk = 1,
            |place| place.relation = [9; 32],
        ];
        for change in elsewhere {
            let mut dealer = DishonestDealer::new(1);
            dealer.commit();
            change(&mut dealer.place);
            dealer.make_pads();
            dealer.place = place(1);
            dealer.encrypt();
            assert_not_proved(dealer.summed(), Clause::Pads);
        }
    });
}

fn leak(setting: Setting) -> &'static Setting {
    Box::leak(Box::new(setting))
}

/// A wrong share, and the `y` with which the link holds all the same.
#[test]
fn a_sum_of_the_dealers_choice_breaks_e6() {
    in_each_system(|| {
        for place in [0, 3, 7] {
            let mut dealer = DishonestDealer::new(1).dealt();
            dealer.ciphertexts[place] += Fr::one();
            let mut dealer = dealer.summed();
            dealer.y = dealer.linking_sum();
            assert_not_proved(dealer, Clause::MaskedSum);
        }
    });
}

/// The same for commitments of lower degree than the shares.
#[test]
fn a_sum_that_hides_a_higher_degree_breaks_e6() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1);
        dealer.polynomials[0].push(Fr::from(3u64));
        let mut dealer = dealer.dealt().summed();
        dealer.y = dealer.linking_sum();
        assert_not_proved(dealer, Clause::MaskedSum);
    });
}

/// Everything is right but the place that was hashed: a dealing for another chunk is no dealing for this one.
#[test]
fn a_dealing_for_another_place_is_not_proved_here() {
    in_each_system(|| {
        let changes: [fn(&mut Place<'static>); 5] = [
            |place| place.chunk = 1,
            |place| place.validators = 0..1,
            |place| place.dealer = 2,
            |place| place.relation = [9; 32],
            |place| place.setting = leak(Setting { ceremony: [9; 32], ..setting() }),
        ];
        for change in changes {
            let mut dealer = DishonestDealer::new(1);
            change(&mut dealer.place);
            let dealer = dealer.dealt().summed();
            assert_eq!((dealer.broken_clause(), dealer.link_holds()), (None, true));
            assert_eq!(scheme().verify(1, dealer.finish()).err(), Some(ProofError::InvalidProof));
        }
    });
}

//! Dealings that are right one by one, and whose sum is not fit to be used.

use ark_bls12_381::Fr;
use ark_ff::One;

use super::*;
use crate::{aggregate::Aggregate, extraction::Extraction, scheme::VerifiedDealing};

/// Two dealings that verify: dealer 1 is honest, `change` gives the polynomials of dealer 2 from those of dealer 1.
fn dealings(change: impl Fn(&mut [Vec<Fr>])) -> Vec<VerifiedDealing> {
    let one = DishonestDealer::new(1);
    let mut two = DishonestDealer::new(2);
    change_from(&one, &mut two, change);
    scheme().verify_all(vec![(1, one.deal()), (2, two.deal())]).unwrap()
}

fn change_from(one: &DishonestDealer, two: &mut DishonestDealer, change: impl Fn(&mut [Vec<Fr>])) {
    let mut polynomials = one.polynomials.clone();
    change(&mut polynomials);
    two.polynomials = polynomials;
}

fn negated(polynomial: &[Fr]) -> Vec<Fr> {
    polynomial.iter().map(|coefficient| -*coefficient).collect()
}

#[test]
fn top_coefficients_that_cancel_are_refused() {
    for validator in 0..M as usize {
        let dealings = dealings(|polynomials| polynomials[validator][2] = -polynomials[validator][2]);
        assert_eq!(Aggregate::new(&dealings).err(), Some(ProofError::TopCoefficient { validator }));
        // Each of the two is fine by itself.
        assert!(dealings.iter().all(|dealing| Aggregate::new(std::slice::from_ref(dealing)).is_ok()));
    }
}

#[test]
fn a_key_that_is_the_identity_is_refused() {
    let dealings = dealings(|polynomials| polynomials[1][0] = -polynomials[1][0]);
    let expected = ProofError::IdentityKey { validator: 1, recipient: None };
    assert_eq!(Aggregate::new(&dealings).err(), Some(expected));
}

#[test]
fn a_public_share_that_is_the_identity_is_refused() {
    for recipient in 1..=N {
        let dealings = dealings(|polynomials| {
            // The sum gets the root `recipient`: (X - recipient)(X + 1), less what dealer 1 deals.
            let i = Fr::from(u64::from(recipient));
            let wanted = [-i, Fr::one() - i, Fr::one()];
            polynomials[0] = negated(&polynomials[0]);
            polynomials[0].iter_mut().zip(wanted).for_each(|(coefficient, wanted)| *coefficient += wanted);
        });
        let expected = ProofError::IdentityKey { validator: 0, recipient: Some(recipient) };
        assert_eq!(Aggregate::new(&dealings).err(), Some(expected));
    }
}

#[test]
fn equal_keys_are_refused() {
    let dealings = dealings(|polynomials| {
        let difference = polynomials[0][0] - polynomials[1][0];
        polynomials[1][0] += difference + difference;
    });
    // a_0 + a_0 and a_1 + (a_1 + 2 (a_0 - a_1)) are the same.
    let expected = ProofError::EqualKeys { first: 0, second: 1 };
    assert_eq!(Aggregate::new(&dealings).err(), Some(expected));
}

#[test]
fn a_dealing_of_zeros_adds_nothing_and_is_refused_by_itself() {
    let mut two = DishonestDealer::new(2);
    two.polynomials = vec![vec![Fr::zero(); usize::from(T)]; M as usize];
    let verified = scheme().verify(2, two.deal()).unwrap();
    assert_eq!(Aggregate::new(&[verified]).err(), Some(ProofError::TopCoefficient { validator: 0 }));
}

/// The identity is a commitment like any other, unless it is one that the keys depend on.
#[test]
fn a_zero_coefficient_below_the_top_is_legal() {
    let mut dealer = DishonestDealer::new(2);
    dealer.polynomials[0][1] = Fr::zero();
    let verified = scheme().verify(2, dealer.deal()).unwrap();
    assert!(verified.dealing().commitments_of(0)[1].is_zero());
    assert!(Aggregate::new(&[verified]).is_ok());
}

#[test]
fn dealings_of_one_dealer_do_not_add_up() {
    let verified = scheme().verify_all(honest()).unwrap();
    assert_eq!(Aggregate::new(&[]).err(), Some(ProofError::Dealers));
    let twice = [verified[0].clone(), verified[0].clone()];
    assert_eq!(Aggregate::new(&twice).err(), Some(ProofError::Dealers));
}

/// Shares, keys and public shares of an aggregate are those of the summed polynomials.
#[test]
fn the_aggregate_is_that_of_the_summed_polynomials() {
    let verified = scheme().verify_all(honest()).unwrap();
    let aggregate = Aggregate::new(&verified).unwrap();
    let point = |scalar: Fr| group::encode(&(group::generator() * scalar).into_affine());
    for j in 0..M as usize {
        let sum = |index: u16| -> Fr {
            let share =
                |dealer| Polynomial::new(DishonestDealer::new(dealer).polynomials[j].clone()).evaluate(index);
            (1..=N).map(share).sum()
        };
        assert_eq!(aggregate.validator_key(j), Some(point(sum(0))));
        for (index, key) in (1..).zip(keys()) {
            assert_eq!(aggregate.public_share(index, j), Some(point(sum(index))));
            let shares = scheme().open(&verified, &aggregate, index, &key).unwrap();
            assert_eq!(*shares[j].to_bytes(), crate::fiat_shamir::scalar_bytes(&sum(index)));
        }
    }
    assert_eq!(aggregate.public_share(0, 0), None);
    assert_eq!(aggregate.public_share(N + 1, 0), None);
    assert_eq!(aggregate.validator_key(M as usize), None);
}

/// As for sums: what a dealer contributes to the `k`-th key of a batch is weighed by the `k`-th power of its index. Of the last batch
/// there is one key.
#[test]
fn batched_keys_and_shares_are_those_of_the_weighted_polynomials() {
    in_each_system(|| {
        let verified = scheme().verify_all(honest()).unwrap();
        let aggregate = Aggregate::extract(&verified, Extraction::batched(3, N, T).unwrap()).unwrap();
        let point = |scalar: Fr| group::encode(&(group::generator() * scalar).into_affine());
        let value = |(b, k): (usize, u64), index: u16| -> Fr {
            let of_dealer = |dealer: u16| {
                let polynomial = Polynomial::new(DishonestDealer::new(dealer).polynomials[b].clone());
                Fr::from(dealer).pow([k]) * polynomial.evaluate(index)
            };
            (1..=N).map(of_dealer).sum()
        };
        let places = [(0, 0), (0, 1), (1, 0)];
        for (index, key) in (1..).zip(keys()) {
            let shares = scheme().open(&verified, &aggregate, index, &key).unwrap();
            assert_eq!(shares.len(), places.len());
            for ((j, place), share) in places.into_iter().enumerate().zip(&shares) {
                assert_eq!(aggregate.validator_key(j), Some(point(value(place, 0))));
                assert_eq!(aggregate.public_share(index, j), Some(point(value(place, index))));
                assert_eq!(*share.to_bytes(), crate::fiat_shamir::scalar_bytes(&value(place, index)));
            }
        }
    });
}

#[test]
fn another_operators_key_opens_nothing() {
    let verified = scheme().verify_all(honest()).unwrap();
    let aggregate = Aggregate::new(&verified).unwrap();
    let opened = scheme().open(&verified, &aggregate, 1, &keys()[1]);
    assert_eq!(opened.map(|_| ()), Err(ProofError::WrongDecryptionKey(1)));
    for index in [0, N + 1] {
        let opened = scheme().open(&verified, &aggregate, index, &keys()[0]);
        assert_eq!(opened.map(|_| ()), Err(ProofError::Index(index)));
    }
}

/// The sum of other dealings than those that are opened: the share is not the public one, and the error says no more.
#[test]
fn a_share_that_is_not_the_public_one_is_not_given_away() {
    let verified = scheme().verify_all(honest()).unwrap();
    let shares = scheme().open(&verified, &Aggregate::new(&verified).unwrap(), 2, &keys()[1]).unwrap();
    let of_fewer = Aggregate::new(&verified[..3]).unwrap();
    let error = scheme().open(&verified, &of_fewer, 2, &keys()[1]).map(|_| ()).unwrap_err();
    assert_eq!(error, ProofError::Share { recipient: 2, validator: 0 });
    for text in [error.to_string(), format!("{error:?}"), format!("{:?}", shares[0])] {
        assert!(!text.contains(&hex::encode(*shares[0].to_bytes())[..8]), "{text}");
        assert!(!text.contains(&hex::encode(*keys()[1].to_bytes())[..8]), "{text}");
    }
    assert_eq!(format!("{:?}", shares[0]), "Share(<redacted>)");
}

//! What is measured does what it is measured for.

use ark_ff::{Field, One};

use super::*;
use crate::system::Backend;

const N: u16 = 4;
const T: u16 = 3;
const M: u32 = 2;

fn schemes() -> Vec<Box<dyn SecretSharing>> {
    vec![
        Box::new(Measured::coram(N, T, M, &Backend::Transparent).unwrap()),
        Box::new(FeldmanOnly::new(N, T, M).unwrap()),
        Box::new(Groth21::new(N, T, M).unwrap()),
    ]
}

fn dealings(scheme: &dyn SecretSharing) -> Vec<(u16, Vec<u8>)> {
    (1..=N).map(|dealer| (dealer, scheme.deal(dealer, &[dealer as u8; 32]).unwrap())).collect()
}

/// The value at zero of the polynomial through the shares of some recipients.
fn at_zero(shares: &[(u16, Fr)]) -> Fr {
    let weight = |own: u16| -> Fr {
        let others = shares.iter().map(|(index, _)| *index).filter(|index| *index != own);
        others.map(|other| Fr::from(other) * (Fr::from(other) - Fr::from(own)).inverse().unwrap()).product()
    };
    shares.iter().map(|(index, share)| weight(*index) * share).sum()
}

#[test]
fn any_threshold_of_recipients_recovers_the_committed_keys() {
    for scheme in schemes() {
        let dealings = dealings(scheme.as_ref());
        scheme.verify_all(&dealings).unwrap();
        let (dealer, dealing) = &dealings[1];
        scheme.verify(*dealer, dealing).unwrap();
        let shares: Vec<Vec<Fr>> =
            (1..=N).map(|index| scheme.decrypt(index, *dealer, dealing).unwrap()).collect();
        for key in 0..M as usize {
            let of = |index: u16| (index, shares[usize::from(index) - 1][key]);
            let secret = at_zero(&[of(1), of(2), of(4)]);
            assert_eq!(secret, at_zero(&[of(4), of(3), of(2)]), "{}", scheme.name());
            assert_ne!(secret, at_zero(&[of(4), of(3)]), "{}", scheme.name());
            // Every dealing begins with the commitments, key by key.
            let committed = &dealing[key * usize::from(T) * 48..][..48];
            let public = group::multiply(&group::generator(), &secret);
            assert_eq!(group::encode(&public.into()), committed, "{}", scheme.name());
        }
    }
}

/// Row `k` of a batch weighs dealer `v` with `v^k`; a plain sum is row 0.
#[test]
fn keys_are_made_of_all_dealings() {
    let sums = Measured::coram(N, T, 3, &Backend::Transparent).unwrap();
    let batches = Measured::batched(N, T, 3, &Backend::Transparent).unwrap();
    for (scheme, places) in [(sums, [(0, 0), (1, 0), (2, 0)]), (batches, [(0, 0), (0, 1), (1, 0)])] {
        let dealings = dealings(&scheme);
        scheme.verify_all(&dealings).unwrap();
        let keys = scheme.combination(&dealings).unwrap().unwrap()().unwrap();
        assert_eq!(keys.validators(), places.len());
        for (validator, (polynomial, row)) in places.into_iter().enumerate() {
            let share = |index: u16| -> Fr {
                let of = |(dealer, dealing): &(u16, Vec<u8>)| {
                    let shares = scheme.decrypt(index, *dealer, dealing).unwrap();
                    Fr::from(*dealer).pow([row]) * shares[polynomial]
                };
                dealings.iter().map(of).sum()
            };
            let secret = at_zero(&[(1, share(1)), (2, share(2)), (4, share(4))]);
            let public = group::multiply(&group::generator(), &secret);
            assert_eq!(keys.validator_key(validator), Some(group::encode(&public.into())), "{validator}");
        }
    }
    assert!(Measured::batched(N, N, 3, &Backend::Transparent).is_err());
    assert!(Measured::batched(N, T, 1, &Backend::Transparent).is_err());
}

#[test]
fn a_dealing_is_a_function_of_dealer_and_seed() {
    for scheme in schemes() {
        let dealing = scheme.deal(1, &[1; 32]).unwrap();
        assert_eq!(scheme.deal(1, &[1; 32]).unwrap(), dealing, "{}", scheme.name());
        assert_ne!(scheme.deal(1, &[2; 32]).unwrap(), dealing, "{}", scheme.name());
        assert_ne!(scheme.deal(2, &[1; 32]).unwrap(), dealing, "{}", scheme.name());
    }
}

/// In every part of a dealing, at the start and the end of it.
#[test]
fn a_changed_byte_is_refused() {
    for scheme in schemes() {
        let (name, mut dealings) = (scheme.name().to_owned(), dealings(scheme.as_ref()));
        let len = dealings[1].1.len();
        for position in (0..len).step_by(len / 19).chain([len - 1]) {
            dealings[1].1[position] ^= 1;
            assert!(scheme.verify(2, &dealings[1].1).is_err(), "{name}, byte {position}");
            dealings[1].1[position] ^= 1;
        }
        dealings[1].1[len - 1] ^= 1;
        assert!(scheme.verify_all(&dealings).is_err(), "{name}");
    }
}

#[test]
fn lengths_indices_and_numbers_that_do_not_fit_are_refused() {
    for scheme in schemes() {
        let (name, dealings) = (scheme.name().to_owned(), dealings(scheme.as_ref()));
        let dealing = &dealings[0].1;
        for len in [0, dealing.len() - 1] {
            assert!(scheme.verify(1, &dealing[..len]).is_err(), "{name}");
        }
        assert!(scheme.verify(1, &[dealing, &[0][..]].concat()).is_err(), "{name}");
        for index in [0, N + 1] {
            assert_eq!(scheme.deal(index, &[1; 32]), Err(ProofError::Index(index)), "{name}");
            assert_eq!(scheme.verify(index, dealing), Err(ProofError::Index(index)), "{name}");
            assert_eq!(scheme.decrypt(index, 1, dealing), Err(ProofError::Index(index)), "{name}");
        }
        let twice = [dealings[0].clone(), dealings[0].clone()];
        assert_eq!(scheme.verify_all(&twice), Err(ProofError::Dealers), "{name}");
    }
    assert!(FeldmanOnly::new(3, 4, 1).is_err());
    assert!(Measured::coram(3, 0, 1, &Backend::Transparent).is_err());
}

#[test]
fn a_wrong_share_is_named() {
    let commitments = [Fr::from(3), Fr::from(5)].map(|a| group::multiply(&group::generator(), &a).into());
    let keys = [commitments[0], commitments[1], commitments[1], commitments[0]];
    let shares = [Fr::from(3 + 2 * 5), Fr::from(5 + 2 * 3)];
    assert_eq!(check_shares(2, &shares, &keys, 2), Ok(()));
    let wrong = [shares[0], shares[1] + Fr::one()];
    assert_eq!(check_shares(2, &wrong, &keys, 2), Err(ProofError::Share { recipient: 2, validator: 1 }));
}

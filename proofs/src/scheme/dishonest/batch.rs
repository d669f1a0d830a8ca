//! Dealings verified together: who is blamed, and that errors of two dealings do not cancel.

use ark_bls12_381::Fr;
use ark_ff::One;

use super::*;
use crate::{batch::Weights, fiat_shamir::scalar_bytes, system::Equations, transparent::scalar_from_bytes};

fn unlinked(dealer: u16) -> Dealing {
    let mut dealer = DishonestDealer::new(dealer).dealt();
    dealer.ciphertexts[0] += Fr::one();
    dealer.summed().finish()
}

fn unproved(dealer: u16) -> Dealing {
    let mut dealer = DishonestDealer::new(dealer).dealt().summed();
    dealer.y += Fr::one();
    dealer.finish()
}

/// Adds to the last response of the proof.
fn shift_last_response(dealing: &mut Dealing, amount: Fr) {
    let proof = &mut dealing.chunks[0].proof;
    let last = proof.last_chunk_mut::<32>().unwrap();
    let shifted = scalar_from_bytes(last).unwrap() + amount;
    last.copy_from_slice(&scalar_bytes(&shifted));
}

fn culprits(dealings: Vec<(u16, Dealing)>) -> Vec<(u16, ProofError)> {
    scheme().verify_all(dealings).map(|_| ()).unwrap_err()
}

#[test]
fn honest_dealings_are_verified_together() {
    in_each_system(|| {
        let verified = scheme().verify_all(honest()).unwrap();
        assert_eq!(verified.iter().map(|dealing| dealing.dealer()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    });
}

#[test]
fn a_single_culprit_is_found_and_nobody_else() {
    in_each_system(|| {
        for culprit in 1..=N {
            let mut dealings = honest();
            dealings[usize::from(culprit) - 1].1 = unlinked(culprit);
            assert_eq!(culprits(dealings), [(culprit, ProofError::Link)]);
        }
    });
}

#[test]
fn all_culprits_are_found_each_with_its_reason() {
    in_each_system(|| {
        let mut dealings = honest();
        dealings[1].1 = unproved(2);
        dealings[3].1 = unlinked(4);
        assert_eq!(culprits(dealings.clone()), [(2, ProofError::InvalidProof), (4, ProofError::Link)]);
        // The others are as good as before.
        let good = vec![dealings.swap_remove(0), dealings.swap_remove(2)];
        assert!(scheme().verify_all(good).is_ok());
    });
}

#[test]
fn a_proof_that_does_not_decode_blames_its_dealer_alone() {
    let mut dealings = honest();
    dealings[2].1.chunks[0].proof[0] &= 0x7f;
    assert_eq!(culprits(dealings), [(3, ProofError::Point)]);
    let mut dealings = honest();
    dealings[2].1.chunks[0].proof.pop();
    assert_eq!(culprits(dealings), [(3, ProofError::Length)]);
}

/// Equations are formed from what there is: a part that is missing must not be an equation less.
#[test]
fn a_dealing_with_a_part_missing_is_refused() {
    in_each_system(|| {
        let truncations: [fn(&mut Dealing); 5] = [
            |dealing| dealing.chunks.clear(),
            |dealing| dealing.ciphertexts.clear(),
            |dealing| dealing.ciphertexts.truncate(usize::from(N)),
            |dealing| dealing.commitments.clear(),
            |dealing| dealing.commitments.truncate(usize::from(T)),
        ];
        for truncate in truncations {
            let mut dealings = honest();
            truncate(&mut dealings[1].1);
            assert_eq!(scheme().verify(2, dealings[1].1.clone()).err(), Some(ProofError::Length));
            assert_eq!(culprits(dealings), [(2, ProofError::Length)]);
        }
    });
}

/// The last response of a proof is hashed into no challenge. One dealer adds to it, another one takes away: with one stream of weights
/// for both, the sum of their equations would be zero.
#[test]
fn errors_of_two_dealings_do_not_cancel() {
    let mut dealings = honest();
    shift_last_response(&mut dealings[0].1, Fr::from(5u64));
    shift_last_response(&mut dealings[2].1, -Fr::from(5u64));

    let sum_with = |seeds: [u8; 2]| {
        let sums = [0, 2].into_iter().zip(seeds).map(|(index, seed)| {
            let (dealer, dealing) = &dealings[index];
            let (mut sums, mut weights) = (scheme().no_equations(), Weights::new([seed; 32]));
            scheme().add_proofs(*dealer, dealing, &mut weights, &mut sums).unwrap();
            sums.remove(0)
        });
        scheme().hold(vec![sums.reduce(Equations::merge).unwrap()])
    };
    assert!(sum_with([7, 7]), "with equal weights the attack works");
    assert!(!sum_with([7, 8]));
    assert_eq!(culprits(dealings.clone()), [(1, ProofError::InvalidProof), (3, ProofError::InvalidProof)]);
}

/// The weights come from a hash of everything, so they are fixed after the dealings and differ from batch to batch.
#[test]
fn the_weights_depend_on_every_dealing_and_on_its_dealer() {
    let seed = |dealings: &[(u16, Dealing)]| scheme().batch_seed(dealings);
    let expected = seed(&honest());
    for index in 0..usize::from(N) {
        let mut dealings = honest();
        shift_last_response(&mut dealings[index].1, Fr::one());
        assert_ne!(seed(&dealings), expected);
        let mut dealings = honest();
        dealings[index].0 += 10;
        assert_ne!(seed(&dealings), expected);
    }
    assert_ne!(seed(&honest()[..3]), expected);
}

#[test]
fn weights_are_of_128_bits_and_never_repeat() {
    in_each_system(|| {
        use ark_ff::{BigInteger, PrimeField};
        let mut weights = Weights::new([1; 32]);
        let drawn: std::collections::BTreeSet<Fr> = (0..100).map(|_| weights.draw()).collect();
        assert_eq!(drawn.len(), 100);
        assert!(drawn.iter().all(|weight| (100..=128).contains(&weight.into_bigint().num_bits())));
    });
}

/// One dealing under two dealers' names is right for one of them.
#[test]
fn a_copied_dealing_blames_the_copier() {
    in_each_system(|| {
        let mut dealings = honest();
        dealings[1].1 = dealings[0].1.clone();
        assert_eq!(culprits(dealings), [(2, ProofError::InvalidProof)]);
    });
}

#[test]
fn a_dealer_that_does_not_exist_is_refused() {
    in_each_system(|| {
        for dealer in [0, N + 1, u16::MAX] {
            let dealing = honest().swap_remove(0).1;
            assert_eq!(culprits(vec![(dealer, dealing)]), [(dealer, ProofError::Index(dealer))]);
            assert_eq!(scheme().deal(dealer, &[1; 32]).err(), Some(ProofError::Index(dealer)));
        }
    });
}

#[test]
fn no_dealings_are_verified_as_nothing() {
    in_each_system(|| {
        assert_eq!(scheme().verify_all(Vec::new()).map(|verified| verified.len()), Ok(0));
    });
}

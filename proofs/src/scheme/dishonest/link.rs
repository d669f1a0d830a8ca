//! The relation holds, and the encrypted shares are not those of the committed polynomials.

use ark_bls12_381::Fr;
use ark_ff::{Field, One};

use super::*;

/// Judged to break no clause of the relation and to fail in the link alone.
fn assert_not_linked(dealer: DishonestDealer) {
    assert_eq!(judge(dealer.summed()), (None, false, Some(ProofError::Link)));
}

#[test]
fn a_wrong_share_for_any_recipient_of_any_validator_is_found_by_the_link() {
    in_each_system(|| {
        for place in 0..usize::from(N) * M as usize {
            let mut dealer = DishonestDealer::new(1).dealt();
            dealer.ciphertexts[place] += Fr::one();
            assert_not_linked(dealer);
        }
    });
}

#[test]
fn shares_swapped_between_recipients_are_found_by_the_link() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1).dealt();
        let difference =
            dealer.ciphertexts[0] - dealer.pads[0][0] - dealer.ciphertexts[1] + dealer.pads[1][0];
        dealer.ciphertexts[0] -= difference;
        dealer.ciphertexts[1] += difference;
        assert_not_linked(dealer);
    });
}

#[test]
fn shares_swapped_between_validators_are_found_by_the_link() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1);
        dealer.commit();
        dealer.make_pads();
        dealer.polynomials.swap(0, 1);
        dealer.encrypt();
        assert_not_linked(dealer);
    });
}

/// Shares on a polynomial of degree `t`: any `t` of them give another key.
#[test]
fn a_polynomial_of_higher_degree_than_committed_is_found_by_the_link() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1);
        dealer.polynomials[1].push(Fr::from(3u64));
        assert_not_linked(dealer.dealt());
    });
}

#[test]
fn every_commitment_changed_is_found_by_the_link() {
    in_each_system(|| {
        for index in 0..usize::from(T) * M as usize {
            let mut dealer = DishonestDealer::new(1);
            dealer.commit();
            dealer.commitments[index] = (dealer.commitments[index] + group::generator()).into_affine();
            dealer.make_pads();
            dealer.encrypt();
            assert_not_linked(dealer);
        }
    });
}

/// `D0` is nowhere proved to be `p0·G1`: the link is where it has to be.
#[test]
fn a_blinder_commitment_that_is_not_of_the_blinder_is_found_by_the_link() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1).dealt();
        dealer.blind(dealer.true_blinder());
        dealer.d0 = (dealer.d0 + group::generator()).into_affine();
        dealer.add_up();
        assert_eq!(judge(dealer), (None, false, Some(ProofError::Link)));
    });
}

/// A constant is moved from `D0` to the first encrypted share. Were the first pad weighed by `e^0`, as the blinder is, nobody
/// would notice.
#[test]
fn a_constant_moved_from_the_blinder_to_the_first_share_is_found_because_pads_count_from_one() {
    in_each_system(|| {
        let moved = Fr::from(5u64);
        let mut dealer = DishonestDealer::new(1).dealt();
        dealer.ciphertexts[0] += moved;
        dealer.blind(dealer.true_blinder());
        dealer.d0 = (dealer.d0 - group::generator() * moved).into_affine();
        dealer.add_up();

        let from_zero = dealer.p0 + (dealer.y - dealer.p0) * dealer.challenge().inverse().unwrap();
        assert!(dealer.link_holds_from(0, from_zero), "counted from zero, the wrong share would pass");
        assert_eq!(judge(dealer), (None, false, Some(ProofError::Link)));
    });
}

/// Two errors in one dealing that would cancel if all pads had the same power of `e`.
#[test]
fn opposite_errors_in_two_shares_do_not_cancel() {
    in_each_system(|| {
        let mut dealer = DishonestDealer::new(1).dealt();
        dealer.ciphertexts[2] += Fr::one();
        dealer.ciphertexts[5] -= Fr::one();
        assert_not_linked(dealer);
    });
}

/// The vector of a share that is wrong: nobody but a lying dealer can make one, so it is made here.
/// `UPDATE_VECTORS=1` writes it anew.
#[test]
fn the_vector_of_a_wrong_share_is_refused_by_the_link() {
    use serde_json::{Value, json};
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/dealing/reject-wrong-share.json");
    let mut dealer = DishonestDealer::new(1).dealt();
    dealer.ciphertexts[2] += Fr::one();
    let dealing = dealer.summed().finish();
    let setting = setting();
    let vector = json!({
        "comment": "The proof holds; the share of operator 3 for validator 0 is not the committed one",
        "expect": "reject",
        "error": "Link",
        "setting": {
            "ceremony": hex::encode(setting.ceremony),
            "roster": hex::encode(setting.roster),
            "role": 0,
            "proof_system": "transparent",
            "threshold": setting.threshold,
            "validators": setting.validators,
            "keys": keys().iter().map(|key| hex::encode(key.encryption_key().to_bytes())).collect::<Vec<_>>(),
        },
        "dealer": 1,
        "dealing": hex::encode(dealing.to_bytes()),
    });
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, serde_json::to_string_pretty(&vector).unwrap() + "\n").unwrap();
    }
    let written: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(written, vector);
    assert_eq!(scheme().verify(1, dealing).err(), Some(ProofError::Link));
}

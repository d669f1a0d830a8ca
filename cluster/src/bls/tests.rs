use super::*;
use crate::ClusterError;
use proptest::prelude::*;

fn secret(number: u64) -> SecretKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&0x1234_5678_9abc_def0u64.to_be_bytes());
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_bytes(&bytes).unwrap()
}

fn signed(count: u64, messages: u64) -> Vec<SignedRoot> {
    (0..count)
        .map(|number| {
            let key = secret(number + 1);
            let message = [(number % messages) as u8; 32];
            (key.public_key(), message, key.sign(&message))
        })
        .collect()
}

fn shares(coefficients: &[u64], operators: u16) -> (SecretKey, Vec<SecretKey>) {
    let coefficients: Vec<_> = coefficients.iter().map(|&number| secret(number)).collect();
    (coefficients[0].clone(), split(&coefficients, operators))
}

fn numbered<T: Clone>(items: &[T], indices: &[u16]) -> Vec<(u16, T)> {
    indices.iter().map(|&index| (index, items[usize::from(index) - 1].clone())).collect()
}

// The official consensus-layer vector `sign_case_11b8c7cad5238946`.
#[test]
fn signature_is_ethereums() {
    let bytes: [u8; 32] = hex::decode("47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138")
        .unwrap()
        .try_into()
        .unwrap();
    let signature = SecretKey::from_bytes(&bytes).unwrap().sign(&[0; 32]);
    assert_eq!(
        hex::encode(signature.to_bytes()),
        "b23c46be3a001c63ca711f87a005c200cc550b9429d5f4eb38d74322144f1b63926da3388979e5321012fb1a0526bcd100b5ef5fe72628ce4cd5e904aeaa3279527843fae5ca9ca675f4f51ed8f83bbf7155da9ecc9663100a885d5dc6df96d9"
    );
}

#[test]
fn both_back_ends_agree() {
    for number in 1..6u64 {
        let bytes = secret(number * 0x0f0f_0f0f).to_bytes();
        let (fast, slow) =
            (native::Secret::decode(&bytes).unwrap(), portable::Secret::decode(&bytes).unwrap());
        let message = [number as u8; 32];
        let key = fast.public_key().encode();
        let signature = fast.sign(&message).encode();
        assert_eq!(key, slow.public_key().encode());
        assert_eq!(signature, slow.sign(&message).encode());
        assert_eq!(*fast.encode(), *slow.encode());

        let key = portable::G1::decode(&key).unwrap();
        let signature = portable::G2::decode(&signature).unwrap();
        assert!(portable::pairing_check(&[(message, vec![(key, 1)])], &signature));
        assert!(!portable::pairing_check(&[([0; 32], vec![(key, 1)])], &signature));

        let (a, b) = (u64::MAX - number, 3 * number);
        let fast = native::Scalar::from_u64(a).mul(&native::Scalar::from_u128(b.into()).inverse());
        let slow = portable::Scalar::from_u64(a).mul(&portable::Scalar::from_u128(b.into()).inverse());
        assert_eq!(*fast.to_bytes(), *slow.to_bytes());
    }
}

#[test]
fn both_back_ends_sum_alike() {
    let items = signed(4, 4);
    let fast: Vec<_> =
        (3..7).map(|n| native::Scalar::from_u64(1).sub(&native::Scalar::from_u64(n))).collect();
    let slow: Vec<_> =
        (3..7).map(|n| portable::Scalar::from_u64(1).sub(&portable::Scalar::from_u64(n))).collect();

    let keys: Vec<_> = items.iter().map(|item| item.0.point).collect();
    let same: Vec<_> = items.iter().map(|item| portable::G1::decode(&item.0.bytes).unwrap()).collect();
    assert_eq!(native::G1::sum(&keys).unwrap().encode(), portable::G1::sum(&same).unwrap().encode());
    assert_eq!(
        native::G1::linear_combination(&keys, &fast).unwrap().encode(),
        portable::G1::linear_combination(&same, &slow).unwrap().encode()
    );

    let signatures: Vec<_> = items.iter().map(|item| item.2.point).collect();
    let same: Vec<_> = items.iter().map(|item| portable::G2::decode(&item.2.bytes).unwrap()).collect();
    assert_eq!(native::G2::sum(&signatures).unwrap().encode(), portable::G2::sum(&same).unwrap().encode());
    let long_fast: Vec<_> = fast.iter().map(native::Scalar::inverse).collect();
    let long_slow: Vec<_> = slow.iter().map(portable::Scalar::inverse).collect();
    for (fast, slow) in [(&fast, &slow), (&long_fast, &long_slow)] {
        for count in 1..=4 {
            let (fast, slow) = (native::Factors::new(&fast[..count]), portable::Factors::new(&slow[..count]));
            assert_eq!(
                native::G2::linear_combination(&signatures[..count], &fast).unwrap().encode(),
                portable::G2::linear_combination(&same[..count], &slow).unwrap().encode()
            );
        }
    }

    let bytes = secret(9).to_bytes();
    let (fast, slow) = (native::Secret::decode(&bytes).unwrap(), portable::Secret::decode(&bytes).unwrap());
    let (fast, slow) = (fast.scalar(), slow.scalar());
    assert_eq!(*fast.add(&fast).to_bytes(), *slow.add(&slow).to_bytes());
}

#[test]
fn both_back_ends_check_weighted_groups_alike() {
    let items = signed(3, 2);
    let native = |weights: [u128; 3]| {
        let sum: Vec<_> = items.iter().zip(weights).map(|(item, weight)| (item.2.point, weight)).collect();
        let key = |place: usize| (items[place].0.point, weights[place]);
        let groups = [([0; 32], vec![key(0), key(2)]), ([1; 32], vec![key(1)])];
        native::pairing_check(&groups, &native::G2::weighted_sum(&sum).unwrap())
    };
    let portable = |weights: [u128; 3]| {
        let key = |place: usize| (portable::G1::decode(&items[place].0.bytes).unwrap(), weights[place]);
        let groups = [([0; 32], vec![key(0), key(2)]), ([1; 32], vec![key(1)])];
        let sum: Vec<_> = items
            .iter()
            .zip(weights)
            .map(|(item, weight)| (portable::G2::decode(&item.2.bytes).unwrap(), weight))
            .collect();
        portable::pairing_check(&groups, &portable::G2::weighted_sum(&sum).unwrap())
    };
    assert!(native([1, 2, u128::MAX]) && portable([1, 2, u128::MAX]));
}

#[test]
fn secret_keys_are_numbers_below_the_order_other_than_zero() {
    let order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    let order: [u8; 32] = hex::decode(order).unwrap().try_into().unwrap();
    let mut last = order;
    last[31] = 0;
    for bytes in [[0; 32], order, [0xff; 32]] {
        assert_eq!(SecretKey::from_bytes(&bytes), Err(ClusterError::BlsSecretKey));
        assert!(portable::Secret::decode(&bytes).is_none());
    }
    assert!(SecretKey::from_bytes(&last).is_ok());
    assert!(portable::Secret::decode(&last).is_some());
    assert_eq!(format!("{:?}", secret(1)), "SecretKey(..)");
}

#[test]
fn points_outside_the_subgroup_and_the_identity_are_refused() {
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    let mut outside = [0; 48];
    outside[0] = 0x80;
    outside[47] = 4;
    assert!(
        blst::min_pk::PublicKey::uncompress(&outside).is_ok(),
        "on the curve, so it is the subgroup that fails"
    );
    // An x that is not below the field's modulus.
    let overlong = [0x9f; 48];
    let mut uncompressed = secret(1).public_key().to_bytes();
    uncompressed[0] &= 0x7f;
    for bytes in [[0; 48], [0xff; 48], identity, outside, overlong, uncompressed] {
        assert!(matches!(PublicKey::from_bytes(&bytes), Err(ClusterError::BlsPublicKey { .. })));
        assert!(portable::G1::decode(&bytes).is_none());
    }
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    let on_curve = |x: u8| {
        let mut bytes = [0; 96];
        (bytes[0], bytes[95]) = (0x80, x);
        blst::min_pk::Signature::uncompress(&bytes).is_ok().then_some(bytes)
    };
    let outside = (0..64).find_map(on_curve).unwrap();
    for bytes in [identity, outside] {
        assert!(matches!(Signature::from_bytes(&bytes), Err(ClusterError::BlsSignature { .. })));
        assert!(portable::G2::decode(&bytes).is_none());
    }
}

#[test]
fn a_batch_finds_the_wrong_signatures() {
    for (count, messages) in [(1, 1), (7, 1), (7, 7), (40, 9)] {
        let items = signed(count, messages);
        assert_eq!(verify_batch(&items), Ok(()));
        assert!(find_invalid(&items).is_empty());
        assert_eq!(first_invalid(&items), None);

        let mut wrong = items.clone();
        let last = wrong.len() - 1;
        wrong[last].1 = [0xee; 32];
        assert_eq!(verify_batch(&wrong), Err(ClusterError::BlsVerification));
        assert_eq!(find_invalid(&wrong), [last]);
        for first in 0..=last {
            wrong[first].2 = signed(1, 1)[0].2;
            wrong[first].1 = [0xdd; 32];
            assert_eq!(first_invalid(&wrong[first..]), Some(0));
            wrong[first] = items[first];
            assert_eq!(first_invalid(&wrong), (first < last).then_some(last));
        }
    }
    assert_eq!(verify_batch(&[]), Ok(()));
}

/// Two errors that cancel out in an unweighted sum.
#[test]
fn errors_that_cancel_out_do_not_pass_as_a_batch() {
    let mut items = signed(2, 1);
    (items[0].2, items[1].2) = (items[1].2, items[0].2);
    assert_eq!(
        fast_aggregate_verify(
            &[items[0].0, items[1].0],
            &items[0].1,
            &aggregate(&[items[0].2, items[1].2]).unwrap()
        ),
        Ok(())
    );
    assert_eq!(verify_batch(&items), Err(ClusterError::BlsVerification));
    assert_eq!(find_invalid(&items), [0, 1]);
}

#[test]
fn sums_of_nothing_or_to_nothing_are_errors() {
    assert_eq!(aggregate(&[]), Err(ClusterError::NoSum));
    assert_eq!(aggregate_keys(&[]), Err(ClusterError::NoSum));
    let mut opposite = secret(5).public_key().to_bytes();
    opposite[0] ^= 0x20;
    let opposite = PublicKey::from_bytes(&opposite).unwrap();
    assert_eq!(aggregate_keys(&[secret(5).public_key(), opposite]), Err(ClusterError::NoSum));
}

#[test]
fn any_t_shares_give_the_key_and_its_signature() {
    let (key, shares) = shares(&[7, 8, 9], 5);
    let message = [3; 32];
    let signatures: Vec<_> = shares.iter().map(|share| share.sign(&message)).collect();
    let keys: Vec<_> = shares.iter().map(SecretKey::public_key).collect();
    for indices in [&[1, 2, 3][..], &[5, 2, 4], &[1, 2, 3, 4, 5]] {
        assert_eq!(combine_secrets(&numbered(&shares, indices)), Ok(key.clone()));
        assert_eq!(combine_keys(&numbered(&keys, indices)), Ok(key.public_key()));
        assert_eq!(combine(&numbered(&signatures, indices)), Ok(key.sign(&message)));
    }
    assert_ne!(combine(&numbered(&signatures, &[1, 2])), Ok(key.sign(&message)));
    assert_eq!(combine(&numbered(&signatures, &[1, 2, 1])), Err(ClusterError::ShareIndex { index: 1 }));
    assert_eq!(combine(&[(0, signatures[0])]), Err(ClusterError::ShareIndex { index: 0 }));
    assert_eq!(combine(&[]), Err(ClusterError::NoSum));
}

#[test]
fn one_wrong_public_share_is_found_and_named() {
    for (threshold, operators) in [(1u16, 1), (1, 3), (2, 2), (3, 4), (5, 9)] {
        let coefficients: Vec<u64> = (1..=u64::from(threshold)).map(|number| number * 11).collect();
        let validators: Vec<_> = (0..3)
            .map(|validator| {
                let coefficients: Vec<_> =
                    coefficients.iter().map(|number| number + 1000 * validator).collect();
                let (key, shares) = shares(&coefficients, operators);
                KeyShares {
                    key: key.public_key(),
                    shares: shares.iter().map(SecretKey::public_key).collect(),
                }
            })
            .collect();
        assert!(shares_fit(&validators, threshold));
        assert_eq!(stray_shares(&validators, threshold), []);
        // A polynomial of higher degree than stated, and a stated degree above the number of shares.
        assert!(threshold == 1 || !shares_fit(&validators, threshold - 1));
        assert!(!shares_fit(&validators, operators + 1));

        for place in 0..usize::from(operators) {
            let mut wrong = validators.clone();
            wrong[1].shares[place] = secret(77).public_key();
            assert!(!shares_fit(&wrong, threshold));
            // A wrong share among the first t spoils the first set already.
            let named = (place as u16 + 1).max(threshold);
            assert_eq!(stray_shares(&wrong, threshold), [(1, named)]);
        }
    }
    assert!(!shares_fit(&[KeyShares { key: secret(1).public_key(), shares: Vec::new() }], 0));
}

proptest! {
    #[test]
    fn decoding_never_panics_and_is_canonical(bytes in proptest::collection::vec(any::<u8>(), 96), flags in 0u8..8) {
        let mut long: [u8; 96] = bytes.try_into().unwrap();
        long[0] = (long[0] & 0x1f) | (flags << 5);
        let short: [u8; 48] = long[..48].try_into().unwrap();
        if let Ok(key) = PublicKey::from_bytes(&short) {
            prop_assert_eq!(key.point.encode(), short);
        }
        prop_assert_eq!(PublicKey::from_bytes(&short).is_ok(), portable::G1::decode(&short).is_some());
        prop_assert_eq!(Signature::from_bytes(&long).is_ok(), portable::G2::decode(&long).is_some());
    }
}

#[test]
fn many_messages_are_combined_as_each_would_be() {
    let (key, shares) = shares(&[5, 6, 7], 7);
    let messages: Vec<[u8; 32]> = (0..3).map(|number| [number; 32]).collect();
    let lists: Vec<Vec<Signature>> = shares
        .iter()
        .map(|share| sign_all(&messages.iter().map(|message| (share, *message)).collect::<Vec<_>>()))
        .collect();
    let of = |indices: &[u16]| -> Vec<(u16, &[Signature])> {
        indices.iter().map(|index| (*index, lists[usize::from(*index) - 1].as_slice())).collect()
    };
    for indices in [&[1, 2, 3][..], &[7, 2, 4], &[6, 5, 4, 3, 2, 1]] {
        let combined = combine_all(&of(indices)).unwrap();
        let alone: Vec<_> = messages.iter().map(|message| key.sign(message)).collect();
        assert_eq!(combined, alone, "{indices:?}");
    }
    let mut uneven = of(&[1, 2, 3]);
    uneven[2].1 = &uneven[2].1[..2];
    assert!(matches!(combine_all(&uneven), Err(ClusterError::ListLength { length: 2, expected: 3, .. })));
    assert_eq!(combine_all(&[]), Err(ClusterError::NoSum));
    assert_eq!(combine_all(&of(&[1, 1])), Err(ClusterError::ShareIndex { index: 1 }));
}

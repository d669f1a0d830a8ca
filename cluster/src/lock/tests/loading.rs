//! What Charon checks on loading: each check fails alone when what it looks at was spoilt.

use super::*;

#[test]
fn stated_hashes_are_never_trusted() {
    let mut lock = USUAL.1.clone();
    lock.stated_hash[0] ^= 1;
    assert!(matches!(only(&lock, "lock hash"), ClusterError::HashMismatch { what: "lock hash", .. }));
    // What is written has the right one.
    assert_eq!(failures(&Lock::parse(&lock.to_json(None).unwrap()).unwrap()), []);

    let mut lock = USUAL.1.clone();
    lock.definition.definition_hash[0] ^= 1;
    let error = only(&lock, "definition hashes");
    assert!(matches!(error, ClusterError::HashMismatch { what: "definition hash", .. }));
    // The lock hash covers the stated config hash, so it has to be signed again to be found alone.
    let (cluster, mut lock) = USUAL.clone();
    lock.definition.config_hash[0] ^= 1;
    let error = only(&cluster.seal(lock), "definition hashes");
    assert!(matches!(error, ClusterError::HashMismatch { what: "config hash", .. }));
}

#[test]
fn missing_validators_and_shares_are_counted() {
    let (cluster, mut lock) = USUAL.clone();
    lock.validators.pop();
    let short = ClusterError::ListLength { what: "distributed validators", length: 1, expected: 2 };
    assert_eq!(only(&cluster.seal(lock), "validator count"), short);

    let mut lock = USUAL.1.clone();
    lock.validators[1].public_shares.pop();
    let short = ClusterError::ListLength { what: "public shares", length: 3, expected: 4 };
    assert_eq!(only(&cluster.seal(lock), "share counts"), in_validator(1, short));
}

#[test]
fn points_that_are_none_are_found_and_leave_the_rest_undecided() {
    for spoil in [
        |lock: &mut Lock| lock.validators[1].public_shares[2] = [0; 48],
        |lock: &mut Lock| lock.validators[1].public_key[47] ^= 1,
    ] {
        let (cluster, mut lock) = USUAL.clone();
        spoil(&mut lock);
        let failures = failures(&cluster.seal(lock));
        for Outcome { name, result } in failures {
            let error = result.unwrap_err();
            match name {
                "public keys" => {
                    let ClusterError::Validator { index: 1, error } = error else { panic!("{error}") };
                    let error = match *error {
                        ClusterError::Share { index: 3, error } => *error,
                        of_key => of_key,
                    };
                    assert!(matches!(error, ClusterError::BlsPublicKey { .. }), "{error}");
                }
                // These compare with the spoilt key.
                "deposit public keys" | "registration public keys" => {
                    assert!(matches!(error, ClusterError::Validator { index: 1, .. }));
                }
                _ => assert_eq!(error, ClusterError::Undecided { needs: "public keys" }, "{name}"),
            }
        }
    }
}

#[test]
fn equal_keys_and_equal_shares_are_refused() {
    let same = vec![secret(11), secret(12), secret(13)];
    let lock = Cluster::new(Version::V1_10, &[same.clone(), same]).lock();
    let repeated = ClusterError::RepeatedValidator { first: 0, second: 1 };
    assert_eq!(only(&lock, "distinct keys"), repeated);

    // f(x) = f(0) - 3x + x^2 has f(1) = f(2).
    let other = vec![secret(21), secret(22), secret(23)];
    let lock = Cluster::new(Version::V1_10, &[other, vec![secret(11), minus_three(), one()]]).lock();
    let repeated = ClusterError::RepeatedShare { first: 1, second: 2 };
    assert_eq!(only(&lock, "distinct keys"), in_validator(1, repeated));
}

#[test]
fn shares_off_the_polynomial_are_named() {
    for (place, share) in [(0, 3), (3, 4)] {
        let (mut cluster, mut lock) = USUAL.clone();
        cluster.secrets[1].1[place] = secret(66);
        lock.validators[1].public_shares[place] = secret(66).public_key().to_bytes();
        let error = only(&cluster.seal(lock), "share reconstruction");
        assert_eq!(error, in_validator(1, ClusterError::StrayShare { share, threshold: 3 }));
    }
}

#[test]
fn a_threshold_that_the_keys_do_not_have_is_refused() {
    for (threshold, impossible) in [(2, false), (0, true), (5, true), (u64::MAX, true)] {
        let mut cluster = USUAL.0.clone();
        cluster.definition.threshold = threshold;
        cluster.definition.set_hashes().unwrap();
        let error = only(&cluster.lock(), "share reconstruction");
        let expected = ClusterError::LockThreshold { threshold, operators: 4 };
        assert_eq!(error == expected, impossible, "{error}");
    }
    // Four points fit degree 3, but three of them are enough for these keys.
    let mut cluster = USUAL.0.clone();
    cluster.definition.threshold = 4;
    cluster.definition.set_hashes().unwrap();
    let error = only(&cluster.lock(), "share reconstruction");
    assert_eq!(error, in_validator(0, ClusterError::LowerThreshold { threshold: 4 }));
}

#[test]
fn the_aggregate_is_by_all_shares_of_all_validators() {
    let (cluster, lock) = &*USUAL;
    let shares = cluster.secrets.iter().flat_map(|(_, shares)| shares);
    let signatures: Vec<_> = shares.map(|share| share.sign(&lock.stated_hash)).collect();
    let with = |bytes: &[u8]| {
        let mut lock = lock.clone();
        lock.signature_aggregate = bytes.to_vec();
        only(&lock, "signature aggregate")
    };
    let all = bls::aggregate(&signatures).unwrap().to_bytes();
    assert_eq!(lock.signature_aggregate, all);
    let but_one = bls::aggregate(&signatures[1..]).unwrap().to_bytes();
    assert_eq!(with(&but_one), ClusterError::AggregateSignature);
    assert!(matches!(with(&[]), ClusterError::WrongLength { length: 0, expected: 96, .. }));
    assert!(matches!(with(&[0; 96]), ClusterError::BlsSignature { .. }));
}

#[test]
fn node_signatures_are_by_every_operator_on_this_lock() {
    let (cluster, lock) = &*USUAL;
    let with = |spoil: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut lock = lock.clone();
        spoil(&mut lock.node_signatures);
        only(&lock, "node signatures")
    };
    let operator = |index, error| ClusterError::Operator { index, error: Box::new(error) };
    let foreign = cluster.identities[0].sign_recoverable(&[0; 32]).to_vec();
    assert_eq!(with(&|all| all[0] = foreign.clone()), operator(1, ClusterError::Signature));
    assert_eq!(with(&|all| all[2][64] ^= 1), operator(3, ClusterError::Signature));
    assert_eq!(with(&|all| all.swap(1, 2)), operator(2, ClusterError::Signature));
    let missing = ClusterError::ListLength { what: "node signatures", length: 3, expected: 4 };
    assert_eq!(with(&|all| drop(all.pop())), missing);
    let ClusterError::Operator { index: 4, error } = with(&|all| all[3].truncate(64)) else { panic!() };
    assert!(matches!(*error, ClusterError::WrongLength { length: 64, expected: 65, .. }));

    // Some wallets count V from 27.
    let mut other = lock.clone();
    other.node_signatures.iter_mut().for_each(|signature| signature[64] += 27);
    assert_eq!(failures(&other), []);
}

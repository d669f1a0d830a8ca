//! What the terms of a ceremony hash to, and how they are encoded.

use ssz::{Decode as _, Encode as _};

use super::wire::{WireParameters, WireTerms};
use super::*;

fn terms() -> Terms {
    Terms {
        protocol: PROTOCOL_VERSION,
        kind: CeremonyKind::KeyGeneration,
        attempt: 0,
        definition: [7; 32],
        parameters: Parameters::new(4, 1_606_824_023),
        previous_lock: None,
    }
}

type Change = fn(&mut Terms);

/// One change to every part of the terms.
fn changes() -> Vec<(&'static str, Change)> {
    vec![
        ("protocol version", |terms| terms.protocol = 2),
        ("definition hash", |terms| terms.definition[31] ^= 1),
        ("attempt", |terms| terms.attempt = 1),
        ("previous lock", |terms| terms.previous_lock = Some([0; 32])),
        ("setup", |terms| terms.parameters.setup = Some([0; 32])),
        ("commits", |terms| terms.parameters.commits = false),
        ("encryption keys", |terms| terms.parameters.encryption_keys = EncryptionKeys::FromIdentity),
        ("dealers", |terms| terms.parameters.dealers = vec![1, 2, 3]),
        ("genesis time", |terms| terms.parameters.genesis_time += 1),
        ("extraction", |terms| terms.parameters.extraction = ExtractionRule::Batched),
    ]
}

#[test]
fn every_term_changes_the_id_and_is_named_when_it_differs() {
    for (field, change) in changes() {
        let mut other = terms();
        change(&mut other);
        assert_ne!(other.id(), terms().id(), "{field}");
        assert_eq!(terms().first_difference(&other).map(|difference| difference.field), Some(field));
    }
    assert_eq!(terms().first_difference(&terms()), None);
}

#[test]
fn terms_survive_their_encoding() {
    for (_, change) in changes() {
        let mut terms = terms();
        change(&mut terms);
        assert_eq!(Terms::from_ssz_bytes(&terms.as_ssz_bytes()), Ok(terms));
    }
}

/// Old ids are hashes of these bytes.
#[test]
fn sums_are_encoded_as_before_there_was_another_rule() {
    let encoded = WireParameters::from(&terms().parameters).as_ssz_bytes();
    let expected = "01 13000000 01 01 13000000 5730c65f00000000 0100 0200 0300 0400";
    assert_eq!(hex::encode(&encoded), expected.replace(' ', ""));
    let batched = Parameters { extraction: ExtractionRule::Batched, ..terms().parameters };
    let encoded = WireParameters::from(&batched).as_ssz_bytes();
    let expected = "01 14000000 01 01 14000000 5730c65f00000000 02 0100 0200 0300 0400";
    assert_eq!(hex::encode(&encoded), expected.replace(' ', ""));
}

#[test]
fn a_rule_has_one_encoding_and_an_unknown_one_is_named() {
    let batched = Parameters { extraction: ExtractionRule::Batched, ..terms().parameters };
    let encoded = Terms { parameters: batched, ..terms() }.as_ssz_bytes();
    // The byte before the dealers.
    let place = encoded.len() - 9;
    let with = |number: u8| {
        let mut bytes = encoded.clone();
        bytes[place] = number;
        bytes
    };
    assert!(Terms::from_ssz_bytes(&with(2)).is_ok());
    assert!(Terms::from_ssz_bytes(&with(1)).is_err() && WireTerms::from_ssz_bytes(&with(1)).is_err());
    assert!(Terms::from_ssz_bytes(&with(3)).is_err());
    let unknown = WireTerms::from_ssz_bytes(&with(3)).unwrap();
    let difference = terms().difference_from(&unknown).unwrap();
    assert_eq!((difference.field, difference.ours.as_str()), ("extraction", "sum"));
    assert_eq!(difference.theirs, "number 3, unknown to this version");
}

#[test]
fn two_setups_are_no_terms() {
    let mut wire = WireTerms::from(&terms());
    wire.parameters.setup = vec![[0; 32]; 2];
    assert!(Terms::from_ssz_bytes(&wire.as_ssz_bytes()).is_err());
}

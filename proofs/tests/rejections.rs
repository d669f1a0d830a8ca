//! Dealings that are refused, through the public door.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fixture;

use ark_bls12_381::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use coram_proofs::*;
use fixture::*;

#[test]
fn the_honest_dealing_is_accepted() {
    assert_eq!(verdict(&honest()), None);
}

/// In every field: the flags and the lowest and some middle bit of a point, the highest, lowest and some middle bit of a
/// scalar. A field that still decodes makes another statement, for which nothing is proved.
#[test]
fn every_field_with_a_flipped_bit_is_refused_for_that_field_or_by_the_proof() {
    let honest = honest();
    for (kind, range) in fields() {
        let flip = |byte: usize, mask: u8| {
            let mut bytes = honest.clone();
            bytes[range.start + byte] ^= mask;
            verdict(&bytes)
        };
        let does_not_decode = Some(kind.error());
        let no_proof = Some(ProofError::InvalidProof);
        if kind.is_point() {
            for (byte, mask) in [(0, 0x80), (0, 0x40), (47, 0x01), (20, 0x10)] {
                assert_eq!(flip(byte, mask), does_not_decode, "{kind:?}, byte {byte}");
            }
            assert_eq!(flip(0, 0x20), no_proof, "{kind:?} negated");
        } else if kind == Kind::EphemeralKey {
            assert_eq!(flip(31, 0x80), no_proof, "the ephemeral key negated");
            for byte in 0..31 {
                let found = flip(byte, 0x04);
                assert!(found == does_not_decode || found == no_proof, "{kind:?}, byte {byte}: {found:?}");
            }
        } else {
            assert_eq!(flip(0, 0x80), does_not_decode, "{kind:?}");
            assert_eq!(flip(31, 0x01), no_proof, "{kind:?}");
            assert_eq!(flip(16, 0x08), no_proof, "{kind:?}");
        }
    }
}

#[test]
fn flipped_bits_all_over_a_dealing_are_refused() {
    let honest = honest();
    for byte in (0..honest.len()).step_by(37) {
        let mut bytes = honest.clone();
        bytes[byte] ^= 1 << (byte % 8);
        assert_ne!(verdict(&bytes), None, "byte {byte}");
    }
}

#[test]
fn every_scalar_plus_the_order_is_refused() {
    for (kind, range) in fields() {
        if kind.is_point() || kind == Kind::EphemeralKey {
            continue;
        }
        let mut bytes = honest();
        let mut shifted = Fr::from_be_bytes_mod_order(&bytes[range.clone()]).into_bigint();
        assert!(!shifted.add_with_carry(&Fr::MODULUS));
        bytes[range].copy_from_slice(&shifted.to_bytes_be());
        assert_eq!(verdict(&bytes), Some(kind.error()));
    }
}

/// `(0, 2)` has order three: one random weight in three would not see it.
#[test]
fn every_point_with_a_component_of_order_three_is_refused() {
    let order_three = G1Affine::new_unchecked(Fq::ZERO, Fq::from(2u64));
    assert!(order_three.is_on_curve());
    for (kind, range) in fields().into_iter().filter(|(kind, _)| kind.is_point()) {
        let mut bytes = honest();
        let point = G1Affine::deserialize_compressed(&bytes[range.clone()]).unwrap();
        (point + order_three).into_affine().serialize_compressed(&mut bytes[range]).unwrap();
        assert_eq!(verdict(&bytes), Some(kind.error()));
    }
}

/// The points of four dealings are checked together, and by each dealing alone if that fails: what is said is the same. Components of
/// two dealings that are opposite, which sums would not see, are no exception.
#[test]
fn a_component_of_small_order_in_one_dealing_of_several_is_refused_as_in_one_alone() {
    let honest: Vec<Vec<u8>> = all_honest().iter().map(|(_, dealing)| dealing.to_bytes()).collect();
    let kinds = [
        Kind::Commitment { validator: 1, coefficient: 2 },
        Kind::Blinder,
        Kind::ProofPoint(0),
        Kind::ProofPoint(30),
        Kind::ProofPoint((scheme().proof_len() - 7 * 32) / 48 - 1),
    ];
    for small in small_points() {
        for kind in kinds {
            let mut dealings = honest.clone();
            shift(&mut dealings[2], kind, small);
            assert_eq!(judged(&dealings), [(3, kind.error())], "{kind:?}");
            shift(&mut dealings[0], kind, -small);
            assert_eq!(judged(&dealings), [(1, kind.error()), (3, kind.error())], "{kind:?}, opposite");
        }
    }
    assert_eq!(judged(&honest), []);
}

/// Points of order 3 and 11, and one whose order is that of the whole cofactor or a large part of it.
fn small_points() -> [G1Affine; 3] {
    const COFACTOR: u128 = 0x396c_8c00_5555_e156_8c00_aaab_0000_aaab;
    let times = |point: G1Affine, limbs: &[u64]| {
        let bits = limbs.iter().rev().flat_map(|limb| (0..64).rev().map(move |bit| limb >> bit & 1 == 1));
        let sum = bits.fold(G1Projective::ZERO, |sum, bit| if bit { sum + sum + point } else { sum + sum });
        sum.into_affine()
    };
    [COFACTOR / 3, COFACTOR / 121, 1].map(|factor| {
        let points = (1_u64..).filter_map(|x| G1Affine::get_point_from_x_unchecked(Fq::from(x), false));
        let outside =
            points.map(|point| times(times(point, &Fr::MODULUS.0), &[factor as u64, (factor >> 64) as u64]));
        outside.into_iter().find(|point| !point.is_zero()).unwrap()
    })
}

/// Adds to a point of a dealing.
fn shift(dealing: &mut [u8], kind: Kind, by: G1Affine) {
    let field = &mut dealing[range_of(kind)];
    let point = G1Affine::deserialize_compressed_unchecked(&*field).unwrap();
    (point + by).into_affine().serialize_compressed(field).unwrap();
}

/// What is wrong with dealings that are read and verified together.
fn judged(dealings: &[Vec<u8>]) -> Vec<(u16, ProofError)> {
    let encoded: Vec<&[u8]> = dealings.iter().map(Vec::as_slice).collect();
    let (mut decoded, mut wrong) = (Vec::new(), Vec::new());
    for (dealer, dealing) in (1..).zip(scheme().decode_all(&encoded)) {
        match dealing {
            Ok(dealing) => decoded.push((dealer, dealing)),
            Err(error) => wrong.push((dealer, error)),
        }
    }
    wrong.extend(scheme().verify_all(decoded).err().unwrap_or_default());
    wrong
}

/// The identity is a commitment to zero, so it decodes; a blinder that is zero is none.
#[test]
fn every_point_replaced_by_the_identity_is_refused() {
    for (kind, range) in fields().into_iter().filter(|(kind, _)| kind.is_point()) {
        let mut bytes = honest();
        bytes[range.clone()].fill(0);
        bytes[range.start] = 0xc0;
        let expected = if kind == Kind::Blinder { kind.error() } else { ProofError::InvalidProof };
        assert_eq!(verdict(&bytes), Some(expected), "{kind:?}");
    }
}

#[test]
fn an_ephemeral_key_of_small_order_or_outside_the_subgroup_is_refused() {
    use jubjub::{AffinePoint, ExtendedPoint, Fq};
    let range = range_of(Kind::EphemeralKey);
    let bytes = honest();
    let point = AffinePoint::from_bytes(bytes[range.clone()].try_into().unwrap()).unwrap();
    let order_two = AffinePoint::from_raw_unchecked(Fq::zero(), -Fq::one());
    let mixed = AffinePoint::from(ExtendedPoint::from(point) + ExtendedPoint::from(order_two));
    for bad in [AffinePoint::identity(), order_two, mixed] {
        let mut bytes = bytes.clone();
        bytes[range.clone()].copy_from_slice(&bad.to_bytes());
        assert_eq!(verdict(&bytes), Some(ProofError::EphemeralKey));
    }
}

#[test]
fn a_dealing_for_another_ceremony_or_roster_or_by_another_seed_lends_no_field() {
    let honest = honest();
    let other = |change: fn(&mut Setting)| {
        let mut setting = setting();
        change(&mut setting);
        scheme_of(setting).deal(1, &[50; 32]).unwrap().to_bytes()
    };
    let sources = [
        ("ceremony", other(|setting| setting.ceremony = [9; 32])),
        ("roster", other(|setting| setting.roster = [9; 32])),
        ("dealer", scheme().deal(2, &[50; 32]).unwrap().to_bytes()),
        ("seed", scheme().deal(1, &[51; 32]).unwrap().to_bytes()),
    ];
    for (name, source) in sources {
        for (kind, range) in statement_fields() {
            let mut bytes = honest.clone();
            assert_ne!(bytes[range.clone()], source[range.clone()], "{name}, {kind:?}");
            bytes[range.clone()].copy_from_slice(&source[range]);
            assert_eq!(verdict(&bytes), Some(ProofError::InvalidProof), "{name}, {kind:?}");
        }
        let proof = honest.len() - scheme().proof_len();
        let lent = [&honest[..proof], &source[proof..]].concat();
        assert_eq!(verdict(&lent), Some(ProofError::InvalidProof), "{name}, proof");
        // The whole dealing is one of ours only if nothing but the seed differs.
        let expected = if name == "seed" { None } else { Some(ProofError::InvalidProof) };
        assert_eq!(verdict(&source), expected, "{name}");
    }
}

#[test]
fn a_dealing_of_another_shape_is_refused_by_its_length() {
    let shapes: [fn(&mut Setting); 3] =
        [|setting| setting.threshold = 2, |setting| setting.validators = 1, |setting| setting.validators = 3];
    for change in shapes {
        let mut setting = setting();
        change(&mut setting);
        let other = scheme_of(setting);
        let dealing = other.deal(1, &[50; 32]).unwrap();
        let error =
            ProofError::DealingLength { expected: scheme().dealing_len(), found: other.dealing_len() };
        assert_eq!(verdict(&dealing.to_bytes()), Some(error));
        // Decoded there and verified here, it is refused as well.
        assert_eq!(scheme().verify(1, dealing.clone()).err(), Some(ProofError::Length));
        let blamed = scheme().verify_all(vec![(1, dealing)]).map(|_| ());
        assert_eq!(blamed, Err(vec![(1, ProofError::Length)]));
    }
}

#[test]
fn a_wrong_number_of_commitments_is_refused() {
    let honest = honest();
    let expected = scheme().dealing_len();
    let fewer = honest[48..].to_vec();
    let more = [&honest[..48], &honest].concat();
    for bytes in [fewer, more] {
        let found = bytes.len();
        assert_eq!(verdict(&bytes), Some(ProofError::DealingLength { expected, found }));
    }
    // A commitment in the place of something else of that length makes no sense of what follows.
    let mut shifted = [&honest[..48], &honest[..]].concat();
    shifted.truncate(expected);
    assert_ne!(verdict(&shifted), None);
}

#[test]
fn every_other_length_is_refused() {
    let honest = honest();
    let expected = honest.len();
    for found in (0..expected).step_by(97).chain([1, expected - 1, expected + 1, expected + 48, 2 * expected])
    {
        let bytes: Vec<u8> = honest.iter().copied().cycle().take(found).collect();
        assert_eq!(verdict(&bytes), Some(ProofError::DealingLength { expected, found }));
    }
}

#[test]
fn a_dealing_shown_as_another_dealers_is_refused() {
    for dealer in 2..=N {
        assert_eq!(verdict_of(dealer, &honest()), Some(ProofError::InvalidProof), "dealer {dealer}");
    }
    for dealer in [0, N + 1, u16::MAX] {
        assert_eq!(verdict_of(dealer, &honest()), Some(ProofError::Index(dealer)));
    }
}

#[test]
fn a_share_for_another_recipient_is_refused() {
    for validator in 0..M as usize {
        for recipient in 1..N {
            let place = |recipient| range_of(Kind::Ciphertext { validator, recipient });
            let bytes = swapped(place(recipient), place(recipient + 1));
            assert_eq!(verdict(&bytes), Some(ProofError::InvalidProof));
        }
    }
}

#[test]
fn swapped_validators_are_refused() {
    let (t, n) = (usize::from(T) * 48, usize::from(N) * 32);
    let first_ciphertext = range_of(Kind::Ciphertext { validator: 0, recipient: 1 }).start;
    let commitments = swapped(0..t, t..2 * t);
    let ciphertexts =
        (first_ciphertext..first_ciphertext + n, first_ciphertext + n..first_ciphertext + 2 * n);
    let shares = swapped(ciphertexts.0.clone(), ciphertexts.1.clone());
    let mut both = commitments.clone();
    both[ciphertexts.0.start..ciphertexts.1.end]
        .copy_from_slice(&shares[ciphertexts.0.start..ciphertexts.1.end]);
    for bytes in [commitments, shares, both] {
        assert_eq!(verdict(&bytes), Some(ProofError::InvalidProof));
    }
}

#[test]
fn swapped_coefficients_are_refused() {
    for coefficient in 1..usize::from(T) {
        let place = |coefficient| range_of(Kind::Commitment { validator: 0, coefficient });
        let bytes = swapped(place(coefficient - 1), place(coefficient));
        assert_eq!(verdict(&bytes), Some(ProofError::InvalidProof));
    }
}

/// The honest dealing with two ranges of one length exchanged.
fn swapped(a: std::ops::Range<usize>, b: std::ops::Range<usize>) -> Vec<u8> {
    let honest = honest();
    let mut bytes = honest.clone();
    bytes[a.clone()].copy_from_slice(&honest[b.clone()]);
    bytes[b].copy_from_slice(&honest[a]);
    assert_ne!(bytes, honest);
    bytes
}

/// A constant moved from `D0` to the first share, with the old proof.
#[test]
fn a_constant_moved_from_the_blinder_to_the_first_share_is_refused() {
    let mut bytes = honest();
    let share = range_of(Kind::Ciphertext { validator: 0, recipient: 1 });
    let moved = Fr::from(5u64);
    let shifted = Fr::from_be_bytes_mod_order(&bytes[share.clone()]) + moved;
    bytes[share].copy_from_slice(&shifted.into_bigint().to_bytes_be());
    let blinder = range_of(Kind::Blinder);
    let point = G1Affine::deserialize_compressed(&bytes[blinder.clone()]).unwrap();
    let lowered = (point - G1Affine::generator() * moved).into_affine();
    lowered.serialize_compressed(&mut bytes[blinder]).unwrap();
    assert_eq!(verdict(&bytes), Some(ProofError::InvalidProof));
}

#[test]
fn bytes_that_are_no_dealing_are_refused() {
    let len = scheme().dealing_len();
    for filler in [0, 1, 0x7f, 0x80, 0xc0, 0xff] {
        assert_eq!(
            verdict(&vec![filler; len]),
            Some(ProofError::Commitment { validator: 0, coefficient: 0 }),
            "{filler}"
        );
    }
    // All points the identity, all scalars zero, the ephemeral key an honest one.
    let mut nothing = honest();
    for (kind, range) in fields().into_iter().filter(|(kind, _)| *kind != Kind::EphemeralKey) {
        nothing[range.clone()].fill(0);
        if kind.is_point() {
            nothing[range.start] = 0xc0;
        }
    }
    assert_eq!(verdict(&nothing), Some(ProofError::Blinder { chunk: 0 }));
    nothing[range_of(Kind::Blinder)].copy_from_slice(&honest()[range_of(Kind::Blinder)]);
    assert_eq!(verdict(&nothing), Some(ProofError::InvalidProof));
}

#[test]
fn one_bad_dealing_among_four_blames_its_dealer_and_nobody_else() {
    for culprit in 1..=N {
        let mut dealings = all_honest();
        spoil(&mut dealings, culprit);
        assert_eq!(blamed(&dealings), [(culprit, ProofError::InvalidProof)]);
    }
}

#[test]
fn two_bad_dealings_among_four_blame_both_and_leave_the_others_good() {
    let mut dealings = all_honest();
    spoil(&mut dealings, 2);
    spoil(&mut dealings, 4);
    assert_eq!(blamed(&dealings), [(2, ProofError::InvalidProof), (4, ProofError::InvalidProof)]);
    let good = vec![dealings[0].clone(), dealings[2].clone()];
    let verified = scheme().verify_all(good).unwrap();
    assert_eq!(verified.iter().map(VerifiedDealing::dealer).collect::<Vec<_>>(), [1, 3]);
}

/// Changes the last byte of the proof.
fn spoil(dealings: &mut [(u16, Dealing)], dealer: u16) {
    let dealing = &mut dealings[usize::from(dealer) - 1].1;
    let mut bytes = dealing.to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    *dealing = scheme().decode(&bytes).unwrap();
}

fn blamed(dealings: &[(u16, Dealing)]) -> Vec<(u16, ProofError)> {
    scheme().verify_all(dealings.to_vec()).map(|_| ()).unwrap_err()
}

/// Both orders of verification give the same keys.
#[test]
fn the_order_of_dealings_does_not_matter_to_the_keys() {
    let forward = scheme().verify_all(all_honest()).unwrap();
    let backward = scheme().verify_all(all_honest().into_iter().rev().collect()).unwrap();
    assert_eq!(Aggregate::new(&forward), Aggregate::new(&backward));
}

#[test]
fn a_recipient_opens_with_its_own_key_only() {
    let verified = scheme().verify_all(all_honest()).unwrap();
    let aggregate = Aggregate::new(&verified).unwrap();
    let keys = keys(N);
    let stranger = DecryptionKey::derive(&[77; 32], b"test");
    for (index, own) in (1..).zip(&keys) {
        assert!(scheme().open(&verified, &aggregate, index, own).is_ok());
        for wrong in keys.iter().filter(|key| key.to_bytes() != own.to_bytes()).chain([&stranger]) {
            let error = scheme().open(&verified, &aggregate, index, wrong).map(|_| ()).unwrap_err();
            assert_eq!(error, ProofError::WrongDecryptionKey(index));
        }
    }
}

#[test]
fn numbers_that_are_no_ceremony_are_refused() {
    let with = |change: fn(&mut Setting)| {
        let mut setting = setting();
        change(&mut setting);
        Scheme::new(setting, &Backend::Transparent).map(|_| ()).unwrap_err()
    };
    let changes: [fn(&mut Setting); 5] = [
        |setting| setting.threshold = 0,
        |setting| setting.threshold = N + 1,
        |setting| setting.validators = 0,
        |setting| setting.validators = MAX_VALIDATORS + 1,
        |setting| setting.recipients = Recipients::new(Vec::new()).unwrap(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert!(matches!(with(change), ProofError::Parameters { .. }), "change {index}");
    }
    // More pads than a circuit may have, refused before any is built.
    assert!(matches!(with(|setting| setting.validators = MAX_VALIDATORS), ProofError::Circuit(_)));
}

#[test]
fn unknown_proof_systems_are_refused() {
    for number in (0..=u8::MAX).filter(|number| !matches!(number, 1 | 2)) {
        assert_eq!(ProofSystemId::try_from(number), Err(ProofError::UnknownSystem(number)));
    }
    assert_eq!(ProofSystemId::try_from(1), Ok(ProofSystemId::Transparent));
    assert_eq!(ProofSystemId::try_from(2), Ok(ProofSystemId::Groth16));
}

/// Same keys, same shape, another ceremony: what was verified there is not added up or opened here.
#[test]
fn dealings_of_two_ceremonies_are_not_added_up() {
    let other = scheme_of(Setting { ceremony: [9; 32], ..setting() });
    let there = other.verify(2, other.deal(2, &[50; 32]).unwrap()).unwrap();
    let here = scheme().verify_all(all_honest()).unwrap();
    let mixed = [here[0].clone(), there.clone()];
    assert_eq!(Aggregate::new(&mixed).err(), Some(ProofError::Dealers));

    let aggregate = Aggregate::new(&here).unwrap();
    let elsewhere = Aggregate::new(std::slice::from_ref(&there)).unwrap();
    let key = &keys(N)[0];
    for (dealings, aggregate) in [(&mixed[..], &aggregate), (&here[..], &elsewhere)] {
        let opened = scheme().open(dealings, aggregate, 1, key).map(|_| ());
        assert_eq!(opened, Err(ProofError::Dealers));
    }
}

/// A setting whose recipients are the same keys in another order is another relation.
#[test]
fn another_order_of_recipients_is_another_relation() {
    let mut encryption_keys: Vec<_> = keys(N).iter().map(DecryptionKey::encryption_key).collect();
    encryption_keys.swap(0, 1);
    let other = scheme_of(Setting { recipients: Recipients::new(encryption_keys).unwrap(), ..setting() });
    assert_ne!(other.relation_digest(), scheme().relation_digest());
    let dealing = other.decode(&honest()).unwrap();
    assert_eq!(other.verify(1, dealing).err(), Some(ProofError::InvalidProof));
}

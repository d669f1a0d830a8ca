//! What a transcript carries, and every way to change it.

use coram_circuits::hash::TaggedHash;

use super::{
    super::{
        Element, Head, MAX_CONTRIBUTIONS, OriginRecord, Phase, SetupError, SetupRecord, Shape, Step,
        StepProblem, StepRecord, setups_digest,
    },
    toy::{doubled, honest, identity, toy, verify},
};
use crate::group::{self, g2};

/// All steps of a record, with their places.
fn steps(record: &mut SetupRecord) -> Vec<((Phase, usize, Step), &mut StepRecord)> {
    let mut steps = Vec::new();
    for (number, powers) in (1..).zip(&mut record.powers) {
        steps.push(((Phase::Powers, number, Step::Tau), &mut powers.tau));
        steps.push(((Phase::Powers, number, Step::Alpha), &mut powers.alpha));
        steps.push(((Phase::Powers, number, Step::Beta), &mut powers.beta));
    }
    for (number, key) in (1..).zip(&mut record.key) {
        steps.push(((Phase::Key, number, Step::Delta), &mut key.delta));
    }
    steps
}

fn wrong((phase, contribution, step): (Phase, usize, Step), problem: StepProblem) -> Option<SetupError> {
    Some(SetupError::Step { phase, contribution, step, problem })
}

/// Changes each step of the honest record in turn, and looks at what the verification says.
fn change_each(problem: StepProblem, change: impl Fn(&mut StepRecord)) {
    let count = steps(&mut honest().record()).len();
    assert_eq!(count, 8);
    for index in 0..count {
        let mut record = honest().record();
        let (place, step) = steps(&mut record).swap_remove(index);
        change(step);
        assert_eq!(verify(&record).err(), wrong(place, problem), "{place:?}");
    }
}

fn identity_of<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    bytes[0] = 0xc0;
    bytes
}

#[test]
fn an_honest_record_is_accepted_and_tells_who_contributed() {
    let setup = verify(&honest().record()).unwrap();
    assert_eq!(setup.record(), &honest().record());
    assert_eq!(setup.shape(), Shape::new(1, 1).unwrap());
    assert_eq!(setup.contributions(), honest().contributions());
    let told: Vec<_> = setup.contributions().iter().map(|c| (c.phase, c.number, c.origin.clone())).collect();
    let signed = |number| OriginRecord::Signed { identity: identity(number), signature: [number; 64] };
    assert_eq!(
        told,
        [
            (Phase::Powers, 1, signed(1)),
            (Phase::Powers, 2, signed(2)),
            (Phase::Key, 1, signed(1)),
            (Phase::Key, 2, signed(2)),
        ]
    );
}

#[test]
fn every_element_of_every_step_counts() {
    change_each(StepProblem::NotApplied, |step| {
        step.after = group::encode(&doubled(group::decode(&step.after).unwrap()));
    });
    change_each(StepProblem::NotProved, |step| {
        step.own = group::encode(&doubled(group::decode(&step.own).unwrap()));
    });
    change_each(StepProblem::NotProved, |step| {
        step.proof = g2::encode(&doubled(g2::decode(&step.proof).unwrap()));
    });
}

#[test]
fn identities_are_refused() {
    change_each(StepProblem::Identity(Element::After), |step| step.after = identity_of());
    change_each(StepProblem::Identity(Element::Own), |step| step.own = identity_of());
    change_each(StepProblem::Identity(Element::Proof), |step| step.proof = identity_of());
    // All at once: every equation would hold.
    change_each(StepProblem::Identity(Element::After), |step| {
        *step = StepRecord { after: identity_of(), own: identity_of(), proof: identity_of() };
    });
}

#[test]
fn what_is_no_point_is_refused() {
    change_each(StepProblem::NotAPoint(Element::After), |step| step.after = [0xff; 48]);
    change_each(StepProblem::NotAPoint(Element::Own), |step| step.own = [0xff; 48]);
    change_each(StepProblem::NotAPoint(Element::Proof), |step| step.proof = [0xff; 96]);
}

#[test]
fn points_outside_the_subgroups_are_refused() {
    let in_g1 = outside(|bytes: &[u8; 48]| group::decode(bytes).is_some());
    let in_g2 = outside(|bytes: &[u8; 96]| g2::decode(bytes).is_some());
    change_each(StepProblem::NotAPoint(Element::After), |step| step.after = in_g1);
    change_each(StepProblem::NotAPoint(Element::Own), |step| step.own = in_g1);
    change_each(StepProblem::NotAPoint(Element::Proof), |step| step.proof = in_g2);
}

/// The encoding of a point of the curve that is not in the subgroup.
fn outside<const N: usize>(decodes: impl Fn(&[u8; N]) -> bool) -> [u8; N] {
    use ark_serialize::CanonicalDeserialize;
    let on_curve = |bytes: &[u8; N]| match N {
        48 => ark_bls12_381::G1Affine::deserialize_compressed_unchecked(bytes.as_slice()).is_ok(),
        _ => ark_bls12_381::G2Affine::deserialize_compressed_unchecked(bytes.as_slice()).is_ok(),
    };
    let candidates = (1..=255).map(|last| {
        let mut bytes = [0; N];
        bytes[0] = 0x80;
        bytes[N - 1] = last;
        bytes
    });
    let mut outside = candidates.filter(|bytes| on_curve(bytes) && !decodes(bytes));
    outside.next().unwrap()
}

#[test]
fn a_secret_of_one_is_refused() {
    change_each(StepProblem::One, |step| step.own = group::encode(&group::generator()));
}

#[test]
fn a_contribution_that_repeats_another_is_refused() {
    let mut record = honest().record();
    record.powers[1].tau.own = record.powers[0].tau.own;
    record.powers[1].tau.proof = record.powers[0].tau.proof;
    assert_eq!(verify(&record).err(), wrong((Phase::Powers, 2, Step::Tau), StepProblem::Repeats(1)));

    let mut record = honest().record();
    record.key[1] = record.key[0].clone();
    assert_eq!(verify(&record).err(), wrong((Phase::Key, 2, Step::Delta), StepProblem::Repeats(1)));

    // Also within one contribution.
    let mut record = honest().record();
    record.powers[1].beta = record.powers[1].alpha.clone();
    assert_eq!(verify(&record).err(), wrong((Phase::Powers, 2, Step::Beta), StepProblem::Repeats(2)));
}

/// Nobody can put another name over a contribution, or take a name away.
#[test]
fn an_origin_cannot_be_exchanged() {
    let other = OriginRecord::Signed { identity: identity(9), signature: [1; 64] };
    for origin in [OriginRecord::Anonymous, other] {
        for contribution in [0, 1] {
            let mut record = honest().record();
            record.powers[contribution].origin = origin.clone();
            let place = (Phase::Powers, contribution + 1, Step::Tau);
            assert_eq!(verify(&record).err(), wrong(place, StepProblem::NotProved));

            let mut record = honest().record();
            record.key[contribution].origin = origin.clone();
            let place = (Phase::Key, contribution + 1, Step::Delta);
            assert_eq!(verify(&record).err(), wrong(place, StepProblem::NotProved));
        }
    }
}

/// The signature is over the id, so it is not in it; who checks signatures sees another.
#[test]
fn a_signature_is_not_part_of_the_id() {
    let mut record = honest().record();
    record.key[1].origin = OriginRecord::Signed { identity: identity(2), signature: [77; 64] };
    let (changed, honest) = (verify(&record).unwrap(), verify(&honest().record()).unwrap());
    assert_eq!(changed.digest(), honest.digest());
    assert_eq!(changed.contributions()[3].id, honest.contributions()[3].id);
    assert_ne!(changed.contributions()[3].origin, honest.contributions()[3].origin);
}

#[test]
fn contributions_cannot_be_removed_or_reordered() {
    let first_of_key = wrong((Phase::Key, 1, Step::Delta), StepProblem::NotProved);
    type Change = (fn(&mut SetupRecord), Option<SetupError>);
    let changes: [Change; 7] = [
        (
            |record| drop(record.powers.remove(0)),
            wrong((Phase::Powers, 1, Step::Tau), StepProblem::NotProved),
        ),
        // The chain of the powers is in order, but the key was made after all of it.
        (|record| drop(record.powers.pop()), first_of_key.clone()),
        (|record| drop(record.key.remove(0)), first_of_key.clone()),
        (|record| drop(record.key.pop()), Some(SetupError::Head { element: Head::Delta })),
        (|record| record.powers.swap(0, 1), wrong((Phase::Powers, 1, Step::Tau), StepProblem::NotProved)),
        (|record| record.key.swap(0, 1), first_of_key),
        (|record| record.powers.clear(), Some(SetupError::NoContribution { phase: Phase::Powers })),
    ];
    for (index, (change, expected)) in changes.into_iter().enumerate() {
        let mut record = honest().record();
        change(&mut record);
        assert_eq!(verify(&record).err(), expected, "change {index}");
    }
}

#[test]
fn the_second_phase_cannot_be_skipped() {
    let mut record = honest().record();
    record.key.clear();
    assert_eq!(verify(&record).err(), Some(SetupError::NoContribution { phase: Phase::Key }));

    let mut record = honest().record();
    record.verifying_key[48 + 96..48 + 96 + 96].copy_from_slice(&g2::encode(&g2::generator()));
    assert_eq!(verify(&record).err(), Some(SetupError::DeltaIsGamma));
}

#[test]
fn a_chain_is_bound_to_size_shape_and_circuit() {
    let first_of_powers = wrong((Phase::Powers, 1, Step::Tau), StepProblem::NotProved);
    let first_of_key = wrong((Phase::Key, 1, Step::Delta), StepProblem::NotProved);
    let mut record = honest().record();
    record.powers_log += 1;
    assert_eq!(verify(&record).err(), first_of_powers);

    let record = honest().record();
    let verify_for =
        |shape: Shape, circuit| record.decode_for(shape, circuit).and_then(|setup| setup.verify());
    let (shape, circuit) = (Shape::new(1, 1).unwrap(), toy().matrices.digest());
    assert!(verify_for(shape, circuit).is_ok());
    assert_eq!(verify_for(shape, [7; 32]).err(), first_of_key);
    assert_eq!(verify_for(Shape::new(1, 2).unwrap(), circuit).err(), first_of_key);
}

#[test]
fn sizes_are_checked() {
    let circuit = toy().matrices.digest();
    let mut record = honest().record();
    record.recipients = 0;
    assert_eq!(record.verify(circuit).err(), Some(SetupError::Shape { recipients: 0, validators: 1 }));
    // The real circuit of this shape is larger than the toy.
    let record = honest().record();
    assert!(matches!(
        record.verify(circuit).err(),
        Some(SetupError::PowersTooSmall { powers: 5, circuit: 12.. })
    ));
    for log in [0, 2, 21, 255] {
        let mut record = honest().record();
        record.powers_log = log;
        assert_eq!(verify(&record).err(), Some(SetupError::Size { log }));
    }
}

#[test]
fn the_number_of_contributions_is_bounded() {
    let mut record = honest().record();
    record.powers = vec![record.powers[0].clone(); MAX_CONTRIBUTIONS + 1];
    assert_eq!(verify(&record).err(), Some(SetupError::TooMany { phase: Phase::Powers, found: 257 }));
    let mut record = honest().record();
    record.key = vec![record.key[0].clone(); MAX_CONTRIBUTIONS + 1];
    assert_eq!(verify(&record).err(), Some(SetupError::TooMany { phase: Phase::Key, found: 257 }));
}

#[test]
fn the_verifying_key_is_what_the_contributions_end_with() {
    let replaced = |change: fn(&mut [u8])| {
        let mut record = honest().record();
        change(&mut record.verifying_key);
        verify(&record).err()
    };
    let head = |element| Some(SetupError::Head { element });
    assert_eq!(
        replaced(|key| key[..48].copy_from_slice(&group::encode(&group::generator()))),
        head(Head::Alpha)
    );
    assert_eq!(replaced(|key| key[48..144].copy_from_slice(&g2::encode(&g2::generator()))), head(Head::Beta));
    assert_eq!(
        replaced(|key| {
            let delta = g2::encode(&doubled(g2::generator()));
            key[144..240].copy_from_slice(&delta);
        }),
        head(Head::Delta)
    );
}

#[test]
fn a_verifying_key_is_decoded_with_all_checks() {
    let problem = |change: fn(&mut Vec<u8>)| {
        let mut record = honest().record();
        change(&mut record.verifying_key);
        matches!(verify(&record).err(), Some(SetupError::VerifyingKey { .. }))
    };
    assert!(problem(|key| key.truncate(key.len() - 1)));
    assert!(problem(|key| key.push(0)));
    assert!(problem(Vec::clear));
    assert!(problem(|key| key[0] = 0xff));
    assert!(problem(|key| key[240..288].copy_from_slice(&identity_of::<48>())));
}

/// Whatever a ceremony agrees on by its parameter.
#[test]
fn the_digest_is_the_one_that_the_page_on_the_protocol_says() {
    let setup = verify(&honest().record()).unwrap();
    let hash = TaggedHash::new("setup").number(1).number(1).bytes(&toy().matrices.digest());
    let ids = setup.contributions();
    let hash = hash.bytes(&ids[1].id).bytes(&ids[3].id).bytes(&setup.verifying_key().to_bytes());
    assert_eq!(setup.digest(), hash.digest());
    let digests = [[1; 32], [2; 32]];
    let expected = TaggedHash::new("setups").number(2).bytes(&[1; 32]).bytes(&[2; 32]).digest();
    assert_eq!(setups_digest(&digests), expected);
}

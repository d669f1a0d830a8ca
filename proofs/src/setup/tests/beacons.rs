//! Contributions that follow from public randomness.

use sha2::{Digest, Sha256};

use super::{
    super::{
        Draft, MAX_BEACON_LEN, MAX_ITERATIONS_LOG, OriginRecord, Phase, Powers, SetupError, SetupRecord,
        Step, StepProblem, contribute::Source, knowledge::Place,
    },
    toy::{QUIET, draft, honest, powers, reread, reread_powers, toy, verify},
};

const VALUE: &[u8] = b"the hash of a block to come";

fn with_beacons() -> SetupRecord {
    let powers = powers(5).beacon(VALUE, 3, QUIET).unwrap();
    draft(&powers, toy()).beacon(VALUE, 4, QUIET).unwrap().record()
}

fn not_followed(phase: Phase, step: Step) -> Option<SetupError> {
    let problem = StepProblem::NotFromBeacon;
    Some(SetupError::Step { phase, contribution: 3, step, problem })
}

#[test]
fn a_beacon_is_accepted_in_both_phases() {
    let setup = verify(&with_beacons()).unwrap();
    let origin = OriginRecord::Beacon { value: VALUE.to_vec(), iterations_log: 3 };
    assert_eq!(setup.contributions()[2].origin, origin);
    let powers = powers(5).beacon(VALUE, 3, QUIET).unwrap();
    assert!(reread_powers(&powers).is_ok());
    assert!(reread(&draft(&powers, toy()).beacon(VALUE, 4, QUIET).unwrap()).is_ok());
}

/// By hand: SHA-256 eight times, then `Hr`.
#[test]
fn the_secret_is_the_one_that_the_page_on_the_protocol_says() {
    let powers = powers(5).beacon(VALUE, 3, QUIET).unwrap();
    let link = powers.chain().links()[2].clone();
    let digest = (0..8).fold(VALUE.to_vec(), |bytes, _| Sha256::digest(bytes).to_vec());
    let place = Place { step: Step::Alpha, context: &link.context };
    let expected = coram_circuits::hash::TaggedHash::new("setup beacon")
        .bytes(b"alpha")
        .bytes(&link.context)
        .bytes(&digest);
    let source = Source::beacon(Phase::Powers, VALUE, 3).unwrap();
    assert_eq!(source.secret(place), expected.clone().field());
    assert_eq!(crate::group::multiply(&crate::group::generator(), &expected.field()), link.steps[1].own);
}

#[test]
fn another_value_or_number_of_iterations_is_refused() {
    let others = [
        OriginRecord::Beacon { value: b"another".to_vec(), iterations_log: 3 },
        OriginRecord::Beacon { value: VALUE.to_vec(), iterations_log: 5 },
    ];
    for origin in others {
        let mut record = with_beacons();
        record.powers[2].origin = origin.clone();
        assert_eq!(verify(&record).err(), not_followed(Phase::Powers, Step::Tau));
        let mut record = with_beacons();
        record.key[2].origin = origin;
        assert_eq!(verify(&record).err(), not_followed(Phase::Key, Step::Delta));
    }
}

/// Secrets of somebody's choice, proved, under the name of a beacon.
#[test]
fn a_secret_that_does_not_follow_from_the_beacon_is_refused() {
    let origin = OriginRecord::Beacon { value: VALUE.to_vec(), iterations_log: 3 };
    let mut chain = honest().key;
    chain.contribute(&Source::Seed(&[5; 64], origin)).unwrap();
    assert_eq!(chain.verify().err(), not_followed(Phase::Key, Step::Delta));
}

#[test]
fn nothing_follows_a_beacon() {
    let after = |phase| Some(SetupError::AfterBeacon { phase, contribution: 4 });
    let powers = powers(5).beacon(VALUE, 3, QUIET).unwrap();
    assert_eq!(powers.clone().contribute(&[9; 64], QUIET).err(), after(Phase::Powers));
    let draft = draft(&powers, toy()).beacon(VALUE, 3, QUIET).unwrap();
    assert_eq!(draft.contribute(&[9; 64], QUIET).err(), after(Phase::Key));

    let mut record = with_beacons();
    record.powers.push(record.powers[0].clone());
    assert_eq!(verify(&record).err(), after(Phase::Powers));
    let mut record = with_beacons();
    record.key.push(record.key[0].clone());
    assert_eq!(verify(&record).err(), after(Phase::Key));
}

#[test]
fn a_beacon_alone_is_no_contribution() {
    let powers_of_nobody = Powers::start(5).unwrap().beacon(VALUE, 3, QUIET).unwrap();
    let nobody = |phase| Some(SetupError::NoContribution { phase });
    let refused = Draft::start_for(&powers_of_nobody, &toy().relation(), &(), QUIET);
    assert_eq!(refused.err(), nobody(Phase::Powers));
    let draft = Draft::start_for(&powers(5), &toy().relation(), &(), QUIET).unwrap();
    let record = draft.beacon(VALUE, 3, QUIET).unwrap().record();
    assert_eq!(verify(&record).err(), nobody(Phase::Key));
}

#[test]
fn beacons_are_bounded() {
    let long = vec![1; MAX_BEACON_LEN + 1];
    let refused = |length, iterations_log| {
        let phase = Phase::Powers;
        Some(SetupError::Beacon { phase, length, iterations_log })
    };
    assert_eq!(powers(5).beacon(&long, 0, QUIET).err(), refused(65, 0));
    assert_eq!(powers(5).beacon(VALUE, MAX_ITERATIONS_LOG + 1, QUIET).err(), refused(VALUE.len(), 21));
    let mut record = with_beacons();
    record.powers[2].origin = OriginRecord::Beacon { value: VALUE.to_vec(), iterations_log: 255 };
    assert_eq!(verify(&record).err(), refused(VALUE.len(), 255));
    record.powers[2].origin = OriginRecord::Beacon { value: long, iterations_log: 0 };
    assert_eq!(verify(&record).err(), refused(65, 0));
    assert_eq!(SetupRecord::from_bytes(&record.to_bytes()).err(), refused(65, 0));
}

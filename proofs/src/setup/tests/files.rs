//! Files and records as bytes.

use std::io::Read;

use super::{
    super::{
        Phase, Powers, Progress, Reference, SetupError, SetupRecord, Shape, Task, UncheckedPowers,
        UncheckedReference,
        chosen::{self, Contributor},
    },
    toy::{QUIET, honest, powers, toy, verify},
};

fn powers_file() -> Vec<u8> {
    let mut file = Vec::new();
    powers(4).write(&mut file, QUIET).unwrap();
    file
}

fn reference_file() -> Vec<u8> {
    let mut file = Vec::new();
    honest().write(&mut file, QUIET).unwrap();
    file
}

fn read_powers(mut file: &[u8]) -> Result<UncheckedPowers, SetupError> {
    UncheckedPowers::read(&mut file, QUIET)
}

fn read_reference(mut file: &[u8]) -> Result<UncheckedReference, SetupError> {
    UncheckedReference::read(&mut file, QUIET)
}

#[test]
fn what_is_read_is_what_was_written() {
    let file = powers_file();
    assert_eq!(file.len(), Powers::len_of(4, 2));
    let mut again = Vec::new();
    read_powers(&file).unwrap().verify(QUIET).unwrap().write(&mut again, QUIET).unwrap();
    assert!(again == file);

    let file = reference_file();
    let mut again = Vec::new();
    let draft = read_reference(&file).unwrap().verify_for(&toy().relation(), QUIET).unwrap();
    draft.write(&mut again, QUIET).unwrap();
    assert!(again == file);

    let record = honest().record();
    assert_eq!(SetupRecord::from_bytes(&record.to_bytes()), Ok(record.clone()));
    assert_eq!(read_reference(&file).unwrap().record(), &record);
    assert!(verify(&record).is_ok());
}

#[test]
fn files_that_end_early_are_refused() {
    let (powers, reference, record) = (powers_file(), reference_file(), honest().record().to_bytes());
    let truncated = |error: Option<SetupError>| matches!(error, Some(SetupError::Truncated { .. }));
    for length in (0..powers.len()).step_by(37).chain([powers.len() - 1]) {
        assert!(truncated(read_powers(&powers[..length]).err()), "{length} bytes");
    }
    for length in (0..reference.len()).step_by(101).chain([reference.len() - 1]) {
        assert!(truncated(read_reference(&reference[..length]).err()), "{length} bytes");
    }
    for length in 14..record.len() {
        assert!(truncated(SetupRecord::from_bytes(&record[..length]).err()), "{length} bytes");
    }
}

#[test]
fn files_that_go_on_are_refused() {
    let longer = |mut bytes: Vec<u8>| {
        bytes.push(0);
        bytes
    };
    assert_eq!(read_powers(&longer(powers_file())).err(), Some(SetupError::TooLong));
    assert_eq!(read_reference(&longer(reference_file())).err(), Some(SetupError::TooLong));
    let record = longer(honest().record().to_bytes());
    assert_eq!(SetupRecord::from_bytes(&record).err(), Some(SetupError::TooLong));
}

#[test]
fn files_of_another_kind_are_refused() {
    let magic = |error: Option<SetupError>| matches!(error, Some(SetupError::Magic { .. }));
    assert!(magic(read_powers(&reference_file()).err()));
    assert!(magic(read_reference(&powers_file()).err()));
    assert!(magic(SetupRecord::from_bytes(&powers_file()).err()));
    let mut newer = powers_file();
    newer[13] = b'2';
    assert!(magic(read_powers(&newer).err()));
}

/// A header may promise what it likes: nothing is allocated for it.
#[test]
fn giant_counts_are_refused_or_run_out_of_bytes() {
    let file = powers_file();
    let with_log = |log| {
        let mut file = file.clone();
        file[15] = log;
        file
    };
    assert_eq!(read_powers(&with_log(21)).err(), Some(SetupError::Size { log: 21 }));
    assert!(matches!(read_powers(&with_log(20)).err(), Some(SetupError::Truncated { .. })));
    let mut long = file.clone();
    long[16..20].fill(0xff);
    assert_eq!(read_powers(&long).err(), Some(SetupError::Encoding { part: "the contributions" }));
    let mut many = file.clone();
    many[20..22].fill(0xff);
    assert_eq!(read_powers(&many).err(), Some(SetupError::TooMany { phase: Phase::Powers, found: 65535 }));

    let file = reference_file();
    let mut long = file.clone();
    long[18..22].fill(0xff);
    assert_eq!(read_reference(&long).err(), Some(SetupError::Encoding { part: "the record of the setup" }));
    let numbers = 22 + honest().record().to_bytes().len();
    let part = "the number of variables";
    for (range, value) in [(numbers..numbers + 4, 0x7f), (numbers + 4..numbers + 5, 21)] {
        let mut giant = file.clone();
        giant[range].fill(value);
        assert_eq!(read_reference(&giant).err(), Some(SetupError::Encoding { part }));
    }
    let mut record = honest().record().to_bytes();
    let length = record.len() - honest().record().verifying_key.len();
    record[length - 4..length].fill(0xff);
    assert_eq!(
        SetupRecord::from_bytes(&record).err(),
        Some(SetupError::Encoding { part: "the verifying key" })
    );
}

/// The coordinates of a point of the curve outside the subgroup.
fn outside() -> [u8; 96] {
    use ark_bls12_381::{Fq, G1Affine};
    let candidates = (1u64..).filter_map(|x| G1Affine::get_point_from_x_unchecked(Fq::from(x), false));
    let mut outside = candidates.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve());
    crate::group::encode_uncompressed(&outside.next().unwrap())
}

#[test]
fn every_point_is_checked_when_it_is_read() {
    let file = powers_file();
    let first = file.len() - (63 * 96 + 17 * 192);
    let mut changed = file.clone();
    changed[first + 5 * 96..first + 6 * 96].copy_from_slice(&outside());
    let part = "the powers of tau in G1";
    assert_eq!(read_powers(&changed).err(), Some(SetupError::Point { part, index: 5 }));
    let mut changed = file.clone();
    // An abscissa below the modulus, on no point with that ordinate.
    changed[file.len() - 1] ^= 1;
    assert_eq!(read_powers(&changed).err(), Some(SetupError::Point { part: "beta in G2", index: 0 }));

    let file = reference_file();
    let numbers = 22 + honest().record().to_bytes().len();
    let first = numbers + 5;
    let mut changed = file;
    changed[first + 3 * 96..first + 4 * 96].copy_from_slice(&outside());
    assert_eq!(read_reference(&changed).err(), Some(SetupError::Point { part: "query A", index: 3 }));
}

/// A reader that fails is told from one that ends.
#[test]
fn failures_of_the_reader_are_passed_on() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
    }
    let denied = Some(SetupError::Io(std::io::ErrorKind::PermissionDenied));
    assert_eq!(UncheckedPowers::read(&mut Broken, QUIET).err(), denied);
    assert_eq!(UncheckedReference::read(&mut Broken, QUIET).err(), denied);
}

/// Whoever watches sees every task come to its end.
#[test]
fn progress_reaches_its_total() {
    let seen = std::sync::Mutex::new(Vec::new());
    let observer = |progress: Progress| seen.lock().unwrap().push(progress);
    let started = powers(5).contribute(&[8; 64], &observer).unwrap();
    let mut file = Vec::new();
    started.write(&mut file, &observer).unwrap();
    let read = UncheckedPowers::read(&mut file.as_slice(), &observer).unwrap().verify(&observer).unwrap();
    let draft = super::super::Draft::start_for(&read, &toy().relation(), &(), &observer).unwrap();
    let draft = draft.contribute(&[8; 64], &observer).unwrap();
    let mut file = Vec::new();
    draft.write(&mut file, &observer).unwrap();
    let unchecked = UncheckedReference::read(&mut file.as_slice(), &observer).unwrap();
    unchecked.verify_for(&toy().relation(), &observer).unwrap();
    let seen = seen.into_inner().unwrap();
    for task in [Task::Read, Task::Write, Task::Contribute, Task::Convert, Task::Assemble, Task::Verify] {
        assert!(seen.iter().any(|p| p.task == task && p.done == p.total), "{task:?}");
        assert!(seen.iter().all(|p| p.done <= p.total), "{task:?}");
    }
}

/// A real shape, from file to key.
#[test]
fn a_reference_string_is_read_with_and_without_its_powers() {
    use coram_circuits::share_encryption::ShapeCircuit;
    let shape = Shape::new(1, 1).unwrap();
    let circuit = || ShapeCircuit::new(1, 1).unwrap();
    let draft = chosen::draft(shape, &[Contributor { seed: [3; 64], signer: None }]).unwrap();
    let mut file = Vec::new();
    draft.write(&mut file, QUIET).unwrap();
    let unsigned = 2 * (33 + 64);
    assert_eq!(file.len(), Reference::len_of(shape, 1, 1) - unsigned);
    let verified =
        read_reference(&file).unwrap().verify(&circuit(), QUIET).unwrap().finish(circuit()).unwrap();
    let again = Reference::read_verified_before(&mut file.as_slice(), circuit(), QUIET).unwrap();
    assert_eq!(again.setup().digest(), verified.setup().digest());
    assert_eq!(again.proving_key(), verified.proving_key());

    let other = || ShapeCircuit::new(1, 2).unwrap();
    let another_circuit = Some(SetupError::Circuit { problem: "it is for another circuit" });
    assert_eq!(draft.finish(other()).err(), another_circuit);
    let refused = Reference::read_verified_before(&mut file.as_slice(), other(), QUIET);
    assert!(matches!(refused.err(), Some(SetupError::Circuit { .. })));
}

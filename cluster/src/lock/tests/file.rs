//! Reading, writing and building.

use super::*;
use proptest::prelude::*;

#[test]
fn a_lock_of_every_version_passes_every_check_and_reads_back() {
    for version in Version::ALL.into_iter().filter(|version| version.supports_ceremony()) {
        let lock = Cluster::usual(version).lock();
        assert_eq!(failures(&lock), []);
        let file = lock.to_json(None).unwrap();
        assert_eq!(Lock::parse(&file).unwrap(), lock);
        assert_eq!(Lock::parse(&file).unwrap().to_json(None).unwrap(), file);
        // A v1.6 lock has no signatures of the nodes.
        assert_eq!(lock.node_signatures().len(), if version == Version::V1_6 { 0 } else { 4 });
    }
    for version in [Version::V1_4, Version::V1_5] {
        let cluster = Cluster::usual(version);
        assert_eq!(Lock::build(cluster.definition, Vec::new()), Err(ClusterError::LockVersion(version)));
    }
}

#[test]
fn charons_locks_have_their_hashes_and_are_written_alike() {
    let golden = [
        ("6", "5931cc96a335b2dc6d781db06bc9a1e3e41550f2ff3b10dc5c757f225960de86"),
        ("7", "bb0ce2dc50aa923842795e07b4f2a0a23c41177f1135855798ec5570a088926d"),
        ("8", "efbdb47840715c7a3bb0fa795089afd713a863c8f523bfcb46e0ff8950b01b0d"),
        ("9", "6a2e65973460f2392c797ccee621cdce72dc4eb3536d3afa7a5d0947e2d2adc0"),
        ("10", "b1613824b71f57f877be2cdf230e0baa8ab2cc886f57171157be5180961764f0"),
        ("11", "ecb029e3f8fb17a280a8960718d21aef2506d861b8b1a0ca9a95d8ee15dae8e0"),
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/charon");
    if !std::path::Path::new(folder).exists() {
        let required = std::env::var_os("CORAM_REQUIRE_VECTORS").is_some_and(|value| value == "1");
        assert!(!required, "required, but {folder} is not there");
        println!("left out: {folder} is not here");
        return;
    }
    for (minor, hash) in golden {
        let file = std::fs::read(format!("{folder}/cluster_lock_v1_{minor}_0.json")).unwrap();
        let lock = Lock::parse(&file).unwrap();
        assert_eq!(hex::encode(lock.hash().unwrap()), hash);
        assert_eq!(check::definition_hashes(&lock), Ok(()));
        assert_eq!(check::lock_hash(&lock), Ok(()));
        assert_eq!(String::from_utf8(lock.to_json(None).unwrap()), String::from_utf8(file));
        // Their keys are random bytes, and no check may panic on them.
        assert!(check::public_keys(&lock).is_err());
        assert!(!failures(&lock).is_empty());
    }
    println!("read {} locks", golden.len());
}

#[test]
fn the_transcript_is_the_last_member_and_changes_nothing_else() {
    let (_, lock) = &*USUAL;
    let transcript = serde_json::json!({ "messages": ["0x00", "0x01"] });
    let plain = String::from_utf8(lock.to_json(None).unwrap()).unwrap();
    let file = String::from_utf8(lock.to_json(Some(&transcript)).unwrap()).unwrap();
    let member = "\n \"pvss_transcript\": {\n  \"messages\": [\n   \"0x00\",\n   \"0x01\"\n  ]\n }\n}";
    assert_eq!(file, format!("{},{member}", plain.strip_suffix("\n}").unwrap()));

    let read = Lock::parse(file.as_bytes()).unwrap();
    assert_eq!(read.transcript(), Some(&transcript));
    assert_eq!((read.hash(), failures(&read)), (lock.hash(), Vec::new()));
    assert_eq!(Lock::parse(plain.as_bytes()).unwrap().transcript(), None);
}

#[test]
fn one_file_cannot_be_two_locks() {
    let file = String::from_utf8(USUAL.1.to_json(None).unwrap()).unwrap();
    for (member, ambiguous) in [
        (" \"lock_hash\":", true),
        (" \"distributed_validators\":", true),
        ("  \"threshold\":", true),
        ("   \"builder_registration\":", true),
        ("    \"amount\":", true),
    ] {
        let name = member.trim();
        let double = file.replacen(member, &format!("{name} \"0x00\", {name}"), 1);
        assert!(
            matches!(Lock::parse(double.as_bytes()), Err(ClusterError::DuplicateMember { .. })),
            "{member}"
        );
        let upper = name.to_uppercase();
        let cased = file.replacen(member, &format!("{upper} \"0x00\", {name}"), 1);
        let refused = matches!(Lock::parse(cased.as_bytes()), Err(ClusterError::AmbiguousMember { .. }));
        assert_eq!(refused, ambiguous, "{member}");
    }
    let foreign = file.replacen(" \"lock_hash\":", "\"added_by_some_tool\": {}, \"lock_hash\":", 1);
    assert_eq!(Lock::parse(foreign.as_bytes()).as_ref(), Ok(&USUAL.1));
}

#[test]
fn a_lock_cannot_be_built_with_the_wrong_number_of_anything() {
    let (cluster, lock) = &*USUAL;
    let build = |validators: &[DistributedValidator]| {
        Lock::build(cluster.definition.clone(), validators.to_vec()).map(|_| ()).unwrap_err()
    };
    let short = build(&lock.validators[..1]);
    assert_eq!(short, ClusterError::ListLength { what: "distributed validators", length: 1, expected: 2 });
    let mut validators = lock.validators.clone();
    validators[1].public_shares.pop();
    let short = ClusterError::ListLength { what: "public shares", length: 3, expected: 4 };
    assert_eq!(build(&validators), in_validator(1, short));
    let mut validators = lock.validators.clone();
    validators[1].registration = None;
    assert_eq!(build(&validators), ClusterError::NoRegistration { index: 1 });

    let key = secret(11).public_key();
    let messages = ValidatorMessages::prescribed(&cluster.definition, &network(), 0, &key).unwrap();
    assert_eq!(messages.signing_roots([0; 4]).len(), 3);
    let two = [secret(1).sign(&[0; 32]); 2];
    assert!(DistributedValidator::new(&key, &[], messages, &two).is_err());
    assert_eq!(
        ValidatorMessages::prescribed(&cluster.definition, &network(), 2, &key),
        Err(ClusterError::NoSuchValidator { index: 2 })
    );
}

#[test]
fn early_locks_may_leave_the_deposit_out() {
    for version in [Version::V1_6, Version::V1_7] {
        let cluster = Cluster::usual(version);
        let mut lock = cluster.lock();
        lock.validators.iter_mut().for_each(|validator| validator.deposits.clear());
        let lock = cluster.seal(lock);
        let file = String::from_utf8(lock.to_json(None).unwrap()).unwrap();
        assert!(file.contains("\"withdrawal_credentials\": \"\",\n    \"amount\": \"0\","));
        assert_eq!(Lock::parse(file.as_bytes()).as_ref(), Ok(&lock));
        let error = only(&lock, "deposit amounts");
        let prescribed = vec![32 * ETH];
        assert_eq!(error, in_validator(0, ClusterError::DepositAmounts { stated: Vec::new(), prescribed }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_text_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Lock::parse(&bytes).is_err());
    }

    /// Whatever is changed in a lock file, it says the same, or it is refused.
    #[test]
    fn no_changed_byte_goes_unnoticed(place: prop::sample::Index, byte: u8) {
        let (_, lock) = &*USUAL;
        let mut file = lock.to_json(None).unwrap();
        let place = place.index(file.len());
        file[place] = byte;
        if let Ok(read) = Lock::parse(&file) {
            prop_assert!(read == *lock || !failures(&read).is_empty(), "byte {place} became {byte}");
        }
    }

    #[test]
    fn no_cut_or_doubled_piece_goes_unnoticed(from: prop::sample::Index, to: prop::sample::Index, double: bool) {
        let (_, lock) = &*USUAL;
        let file = lock.to_json(None).unwrap();
        let (from, to) = (from.index(file.len()), to.index(file.len()));
        let (from, to) = (from.min(to), from.max(to));
        let piece = if double { file[from..to].repeat(2) } else { Vec::new() };
        let changed = [&file[..from], &piece, &file[to..]].concat();
        if let Ok(read) = Lock::parse(&changed) {
            prop_assert!(read == *lock || !failures(&read).is_empty(), "{from}..{to}");
        }
    }
}

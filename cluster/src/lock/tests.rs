use super::check::Outcome;
use super::*;
use crate::address::Address;
use crate::bls::{self, SecretKey, Signature};
use crate::definition::{Creator, Operator, ValidatorAddresses};
use crate::deposit::ETH;
use crate::enr::Enr;
use crate::identity::IdentityKey;
use crate::network::Network;
use crate::version::Version;
use proptest::prelude::*;
use std::sync::LazyLock;

/// A cluster with all of its secrets.
#[derive(Clone)]
struct Cluster {
    definition: Definition,
    identities: Vec<IdentityKey>,
    /// For each validator its key and the operators' shares.
    secrets: Vec<(SecretKey, Vec<SecretKey>)>,
}

const OPERATORS: u16 = 4;

fn network() -> Network {
    Network::by_name("hoodi").unwrap()
}

fn secret(number: u8) -> SecretKey {
    let mut bytes = [number; 32];
    bytes[0] &= 0x3f;
    SecretKey::from_bytes(&bytes).unwrap()
}

/// -3, which makes `(x - 1) * (x - 2) = x^2 - 3x + 2` a polynomial.
fn minus_three() -> SecretKey {
    let order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfefffffffefffffffe";
    SecretKey::from_bytes(&hex::decode(order).unwrap().try_into().unwrap()).unwrap()
}

fn one() -> SecretKey {
    let mut bytes = [0; 32];
    bytes[31] = 1;
    SecretKey::from_bytes(&bytes).unwrap()
}

fn definition(version: Version, identities: &[IdentityKey], validators: u8) -> Definition {
    let operator = |key: &IdentityKey| Operator {
        address: None,
        enr: Enr::new(key).text().to_owned(),
        config_signature: Vec::new(),
        enr_signature: Vec::new(),
    };
    let addresses = |number: u8| ValidatorAddresses {
        fee_recipient: Address::from_bytes([0xf0 + number; 20]),
        withdrawal: Address::from_bytes([0xe0 + number; 20]),
    };
    let mut definition = Definition {
        name: "a <test> & more".into(),
        uuid: "0194FDC2-FA2F-4CC0-81D3-FF12045B73C8".into(),
        version,
        timestamp: "2026-11-22T08:00:00Z".into(),
        num_validators: validators.into(),
        threshold: 3,
        dkg_algorithm: "default".into(),
        fork_version: network().fork_version(),
        creator: Creator::default(),
        operators: identities.iter().map(operator).collect(),
        validators: (0..validators).map(addresses).collect(),
        shared_addresses: Default::default(),
        deposit_amounts: None,
        consensus_protocol: String::new(),
        target_gas_limit: if version.has_gas_limit_and_compounding() { 60_000_000 } else { 0 },
        compounding: false,
        config_hash: [0; 32],
        definition_hash: [0; 32],
    };
    definition.set_hashes().unwrap();
    definition
}

impl Cluster {
    fn new(version: Version, polynomials: &[Vec<SecretKey>]) -> Self {
        let identities: Vec<_> =
            (1..=OPERATORS).map(|index| IdentityKey::from_bytes(&[index as u8; 32]).unwrap()).collect();
        let definition = definition(version, &identities, polynomials.len() as u8);
        let secrets = polynomials
            .iter()
            .map(|coefficients| (coefficients[0].clone(), bls::split(coefficients, OPERATORS)))
            .collect();
        Self { definition, identities, secrets }
    }

    fn usual(version: Version) -> Self {
        Self::new(
            version,
            &[vec![secret(11), secret(12), secret(13)], vec![secret(21), secret(22), secret(23)]],
        )
    }

    /// The lock that an honest ceremony makes.
    fn lock(&self) -> Lock {
        let fork_version = self.definition.fork_version();
        let validators = self.secrets.iter().enumerate().map(|(index, (key, shares))| {
            let public_key = key.public_key();
            let messages =
                ValidatorMessages::prescribed(&self.definition, &network(), index, &public_key).unwrap();
            let signatures: Vec<Signature> = messages
                .signing_roots(fork_version)
                .iter()
                .map(|root| {
                    let partials =
                        [1, 3, 4].map(|index: u16| (index, shares[usize::from(index) - 1].sign(root)));
                    bls::combine(&partials).unwrap()
                })
                .collect();
            let public_shares: Vec<_> = shares.iter().map(SecretKey::public_key).collect();
            DistributedValidator::new(&public_key, &public_shares, messages, &signatures).unwrap()
        });
        self.seal(Lock::build(self.definition.clone(), validators.collect()).unwrap())
    }

    /// Signs the lock as it is now, whatever was done to it, by whoever holds the public shares that are in it.
    fn seal(&self, mut lock: Lock) -> Lock {
        lock.stated_hash = lock.hash().unwrap();
        let hash = lock.stated_hash;
        let all: Vec<&SecretKey> = self.secrets.iter().flat_map(|(_, shares)| shares).collect();
        let holder = |share: &[u8; 48]| all.iter().find(|secret| secret.public_key().to_bytes() == *share);
        let shares = lock.validators.iter().flat_map(|validator| &validator.public_shares);
        let signatures: Vec<_> = shares.filter_map(|share| Some(holder(share)?.sign(&hash))).collect();
        let nodes: Vec<_> = self.identities.iter().map(|identity| identity.sign_recoverable(&hash)).collect();
        lock.seal(&bls::aggregate(&signatures).unwrap(), &nodes)
    }
}

static USUAL: LazyLock<(Cluster, Lock)> = LazyLock::new(|| {
    let cluster = Cluster::usual(Version::V1_10);
    let lock = cluster.lock();
    (cluster, lock)
});

fn failures(lock: &Lock) -> Vec<Outcome> {
    check::all(lock, &network()).into_iter().filter(|outcome| outcome.result.is_err()).collect()
}

/// Asserts that one check fails and no other, and gives its error.
#[track_caller]
fn only(lock: &Lock, name: &str) -> ClusterError {
    let mut failures = failures(lock);
    let names: Vec<_> = failures.iter().map(|outcome| outcome.name).collect();
    assert_eq!(names, [name]);
    failures.remove(0).result.unwrap_err()
}

fn in_validator(index: usize, error: ClusterError) -> ClusterError {
    ClusterError::Validator { index, error: Box::new(error) }
}

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
                    assert!(matches!(*error, ClusterError::BlsPublicKey { .. }));
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
    // One share too many for the polynomial says nothing: four points fit degree 3.
    let mut cluster = USUAL.0.clone();
    cluster.definition.threshold = 4;
    cluster.definition.set_hashes().unwrap();
    assert_eq!(failures(&cluster.lock()), []);
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

/// Spoils something that the lock hash covers, and signs the lock again.
#[track_caller]
fn spoilt(name: &str, spoil: impl Fn(&Cluster, &mut Lock)) -> ClusterError {
    let (cluster, mut lock) = USUAL.clone();
    spoil(&cluster, &mut lock);
    only(&cluster.seal(lock), name)
}

fn field(what: &'static str, stated: impl ToString, prescribed: impl ToString) -> ClusterError {
    in_validator(
        1,
        ClusterError::Field { what, stated: stated.to_string(), prescribed: prescribed.to_string() },
    )
}

#[test]
fn deposits_that_say_something_else_are_refused() {
    let key = |number| hex::encode(secret(number).public_key().to_bytes());
    assert_eq!(
        spoilt("deposit public keys", |_, lock| {
            lock.validators[1].deposits[0].message.public_key = secret(11).public_key().to_bytes();
        }),
        field("deposit public key", key(11), key(21))
    );
    let credentials = |prefix: &str, byte: &str| format!("{prefix}{}{}", "00".repeat(11), byte.repeat(20));
    assert_eq!(
        spoilt("deposit credentials", |_, lock| {
            lock.validators[1].deposits[1].message.withdrawal_credentials[31] = 0xbb;
        }),
        field(
            "withdrawal credentials",
            format!("{}bb", &credentials("01", "e1")[..62]),
            credentials("01", "e1")
        )
    );
    assert_eq!(
        spoilt("deposit credentials", |_, lock| {
            lock.validators[1].deposits[0].message.withdrawal_credentials[0] = 2;
        }),
        field("withdrawal credentials", credentials("02", "e1"), credentials("01", "e1"))
    );
    let amounts = |stated: &[u64]| {
        let prescribed = vec![ETH, 32 * ETH];
        let stated = stated.iter().map(|amount| amount * ETH).collect();
        in_validator(1, ClusterError::DepositAmounts { stated, prescribed })
    };
    let name = "deposit amounts";
    assert_eq!(spoilt(name, |_, lock| drop(lock.validators[1].deposits.pop())), amounts(&[1]));
    assert_eq!(spoilt(name, |_, lock| lock.validators[1].deposits.clear()), amounts(&[]));
    assert_eq!(spoilt(name, |_, lock| lock.validators[1].deposits.reverse()), amounts(&[32, 1]));
    let double = |_: &Cluster, lock: &mut Lock| {
        let deposit = lock.validators[1].deposits[1].clone();
        lock.validators[1].deposits.push(deposit);
    };
    assert_eq!(spoilt(name, double), amounts(&[1, 32, 32]));
}

#[test]
fn deposits_that_are_not_signed_are_refused() {
    let wrong = in_validator(1, ClusterError::BlsVerification);
    let swap = |_: &Cluster, lock: &mut Lock| {
        let [first, second] = lock.validators[1].deposits.as_mut_slice() else { panic!() };
        core::mem::swap(&mut first.signature, &mut second.signature);
    };
    assert_eq!(spoilt("deposit signatures", swap), wrong);
    // Signed by the key, for another address.
    let elsewhere = |_: &Cluster, lock: &mut Lock| {
        let deposit = &mut lock.validators[1].deposits[0];
        let mut message = deposit.message.clone();
        message.withdrawal_credentials[31] ^= 1;
        deposit.signature = secret(21).sign(&message.signing_root(network().fork_version())).to_bytes();
    };
    assert_eq!(spoilt("deposit signatures", elsewhere), wrong);
    // Signed by the key, for another network.
    let other_network = |_: &Cluster, lock: &mut Lock| {
        let deposit = &mut lock.validators[1].deposits[0];
        deposit.signature = secret(21).sign(&deposit.message.signing_root([0; 4])).to_bytes();
    };
    assert_eq!(spoilt("deposit signatures", other_network), wrong);
    let error = spoilt("deposit signatures", |_, lock| lock.validators[1].deposits[0].signature = [0; 96]);
    let ClusterError::Validator { index: 1, error } = error else { panic!("{error}") };
    assert!(matches!(*error, ClusterError::BlsSignature { .. }));
}

/// Changes a registration and has the validator sign what it says now.
fn resigned(change: impl Fn(&mut Registration)) -> impl Fn(&Cluster, &mut Lock) {
    move |_, lock| {
        let registration = lock.validators[1].registration.as_mut().unwrap();
        change(registration);
        let root = registration.message.signing_root(network().fork_version());
        registration.signature = secret(21).sign(&root).to_bytes();
    }
}

#[test]
fn registrations_that_say_something_else_are_refused() {
    let genesis = network().genesis_time();
    assert_eq!(
        spoilt("registration gas limits", resigned(|r| r.message.gas_limit = 30_000_000)),
        field("gas limit", 30_000_000, 60_000_000)
    );
    assert_eq!(
        spoilt("registration timestamps", resigned(|r| r.message.timestamp += 1)),
        field("timestamp", genesis + 1, genesis)
    );
    // The signature is verified over the definition's fee recipient and the validator's key, whatever stands here.
    let set = |change: fn(&mut Registration)| {
        move |_: &Cluster, lock: &mut Lock| change(lock.validators[1].registration.as_mut().unwrap())
    };
    assert_eq!(
        spoilt("registration fee recipients", set(|r| r.message.fee_recipient = [7; 20])),
        field("fee recipient", "07".repeat(20), "f1".repeat(20))
    );
    let key = |number| hex::encode(secret(number).public_key().to_bytes());
    assert_eq!(
        spoilt("registration public keys", set(|r| r.message.public_key = secret(9).public_key().to_bytes())),
        field("registration public key", key(9), key(21))
    );
    let wrong = in_validator(1, ClusterError::BlsVerification);
    let foreign =
        set(|r| r.signature = secret(22).sign(&r.message.signing_root(network().fork_version())).to_bytes());
    assert_eq!(spoilt("registration signatures", foreign), wrong);
    let other_network = set(|r| r.signature = secret(21).sign(&r.message.signing_root([0; 4])).to_bytes());
    assert_eq!(spoilt("registration signatures", other_network), wrong);
}

#[test]
fn the_network_must_be_the_definitions() {
    let other = Network::by_name("mainnet").unwrap();
    assert!(matches!(
        check::content::registration_timestamps(&USUAL.1, &other),
        Err(ClusterError::Network(_))
    ));
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

//! Deposit-data files: beside a lock and alone; with nothing wrong, and with one thing.

use std::time::Duration;

use coram_ceremony::verify::report::Anchor;
use coram_ceremony::verify::{
    CheckId, Expectations, ExpectedOperator, FileKind, InputRole, NamedFile, Options, Outcome as Became,
    Report, Subject, Verdict, verify_deposit_data,
};
use coram_cluster::address::Address;
use coram_cluster::bls::{SecretKey, combine_secrets};
use coram_cluster::deposit::{self, Deposit, DepositMessage, ETH};
use coram_cluster::network::Network;
use serde_json::{Value, json};

use crate::support::{bytes, details, flip, made, paths, verify_with};

/// The deposits of the lock's two validators for one amount, in a file of their own.
fn file(amount: u64) -> Value {
    let deposits = made().outcomes[0].lock().validators().iter().flat_map(|validator| &validator.deposits);
    let files = deposit::files(&hoodi(), deposits).unwrap();
    let name = deposit::file_name(amount);
    let (_, bytes) = files.into_iter().find(|(found, _)| *found == name).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn hoodi() -> Network {
    Network::by_name("hoodi").unwrap()
}

/// An entry of a file, rightly signed, whatever it says.
fn entry(secret: &SecretKey, credentials: [u8; 32], amount: u64, network: &Network) -> Value {
    let public_key = secret.public_key().to_bytes();
    let message = DepositMessage { public_key, withdrawal_credentials: credentials, amount };
    let signature = secret.sign(&message.signing_root(network.fork_version())).to_bytes();
    let files = deposit::files(network, [&Deposit { message, signature }]).unwrap();
    serde_json::from_slice::<Value>(&files[0].1).unwrap()[0].take()
}

fn ours() -> [u8; 32] {
    let mut address = [0; 20];
    address[19] = 1;
    deposit::withdrawal_credentials(&address, false)
}

fn stranger() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).unwrap()
}

/// The secret key of the first validator in the file, which need not be the lock's first.
fn secret_of(file: &Value) -> SecretKey {
    let secrets = (0..2).map(|validator| {
        let shares = made().outcomes[..3].iter().map(|o| (o.operator(), o.shares()[validator].clone()));
        combine_secrets(&shares.collect::<Vec<_>>()).unwrap()
    });
    let key = file[0]["pubkey"].as_str().unwrap();
    let found = secrets.into_iter().find(|secret| hex::encode(secret.public_key().to_bytes()) == key);
    found.unwrap()
}

fn named(name: &str, value: &Value) -> NamedFile {
    NamedFile { name: Some(name.to_owned()), bytes: bytes(value) }
}

fn beside(files: Vec<NamedFile>) -> Report {
    verify_with(&made().json, &Options { deposit_files: files, ..Options::default() })
}

fn alone(value: &Value, options: &Options) -> Report {
    verify_deposit_data(&bytes(value), options, &|| Duration::ZERO)
}

/// Judges a file beside the lock and alone, and says which checks must fail there: those and no others.
#[track_caller]
fn rejected(file: &Value, beside_lock: &[&str], by_itself: &[&str]) -> Report {
    let report = beside(vec![named("deposit-data.json", file)]);
    assert_eq!(report.with(Became::Failed), beside_lock, "{}", details(&report));
    assert_eq!(report.verdict, Verdict::Invalid);
    let report = alone(file, &Options::default());
    assert_eq!(report.with(Became::Failed), by_itself, "{}", details(&report));
    let expected = if by_itself.is_empty() { Verdict::Valid } else { Verdict::Invalid };
    assert_eq!(report.verdict, expected, "{}", details(&report));
    report
}

#[test]
fn the_files_of_a_ceremony_pass_beside_its_lock() {
    let files =
        vec![named("deposit-data.json", &file(32 * ETH)), named("deposit-data-1eth.json", &file(ETH))];
    for files in [files.clone(), files[..1].to_vec()] {
        let count = files.len();
        let report = beside(files);
        assert_eq!(report.verdict, Verdict::Valid, "{}", details(&report));
        let passed = report.checks.iter().filter(|check| check.id.starts_with("deposit-data."));
        assert!(passed.clone().all(|check| check.outcome == Became::Passed) && passed.count() == 6);
        assert_eq!(report.inputs.len(), 1 + count);
        assert_eq!(report.inputs[1].role, InputRole::DepositData);
        assert_eq!(report.inputs[1].name.as_deref(), Some("deposit-data.json"));
        let proved = report.statements.proved.iter().filter(|claim| claim.id.starts_with("deposit-data"));
        assert!(proved.clone().all(|claim| claim.holds) && proved.count() == 2);
    }
}

#[test]
fn a_file_alone_is_judged_by_what_it_says() {
    let file = file(32 * ETH);
    assert_eq!(FileKind::of(&bytes(&file)), FileKind::DepositData);
    let report = alone(&file, &Options::default());
    assert_eq!(
        (report.verdict, report.subject),
        (Verdict::Valid, Subject::DepositData),
        "{}",
        details(&report)
    );
    assert_eq!(report.checks.len(), CheckId::ALL.len());
    let passed = [
        "json.strict",
        "deposit-data.form",
        "deposit-data.network",
        "deposit-data.roots",
        "deposit-data.content",
        "deposit-data.signatures",
    ];
    assert_eq!(report.with(Became::Passed), passed);
    assert_eq!(report.with(Became::NotApplicable).len(), CheckId::ALL.len() - passed.len());
    assert_eq!(report.validators.len(), 2);
    assert!(report.cluster.is_none() && report.operators.is_empty());
    assert_eq!(report.not_anchored, [Anchor::Withdrawal, Anchor::Network, Anchor::Amounts]);
    assert!(report.headline.contains("nothing of who holds the keys"), "{}", report.headline);
    assert!(report.statements.proved.iter().all(|claim| claim.holds));
}

#[test]
fn what_is_expected_of_a_file_alone_is_compared() {
    let expected = Expectations {
        withdrawal: Address::parse("", "0x0000000000000000000000000000000000000001").ok(),
        network: Some(hoodi()),
        amounts: vec![32 * ETH, ETH],
        ..Expectations::default()
    };
    let with = |expectations: Expectations| {
        let deposit_files = vec![named("deposit-data-1eth.json", &file(ETH))];
        alone(&file(32 * ETH), &Options { expectations, deposit_files, ..Options::default() })
    };
    let report = with(expected.clone());
    assert_eq!(report.verdict, Verdict::Valid, "{}", details(&report));
    assert!(report.not_anchored.is_empty());

    type Change = fn(&mut Expectations);
    let changes: [(&str, usize, Change); 3] = [
        ("expect.withdrawal", 4, |e| e.withdrawal = Some(Address::from_bytes([2; 20]))),
        ("expect.network", 4, |e| e.network = Network::by_name("mainnet")),
        ("expect.amounts", 2, |e| e.amounts = vec![32 * ETH]),
    ];
    for (check, items, change) in changes {
        let mut expected = expected.clone();
        change(&mut expected);
        let report = with(expected);
        assert_eq!(report.with(Became::Failed), [check]);
        assert_eq!(paths(&report, check).len(), items, "{}", details(&report));
        assert_eq!(report.not_anchored.len(), 1);
    }
}

#[test]
fn what_only_a_lock_could_say_stays_open() {
    let operator = ExpectedOperator::Address(Address::from_bytes([2; 20]));
    let expectations =
        Expectations { operators: vec![operator], threshold: Some(3), ..Expectations::default() };
    let transcript = Some(b"{}".to_vec().into());
    let options = Options { expectations, transcript, keystores: Some(Vec::new()), ..Options::default() };
    let report = alone(&file(32 * ETH), &options);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    let open = [
        "transcript.present",
        "keystores.form",
        "keystores.keys",
        "keystores.secrets",
        "expect.operators",
        "expect.threshold",
    ];
    assert_eq!(report.with(Became::Undecided), open);
}

#[test]
fn every_check_is_listed_once_in_order_whatever_the_file() {
    let all: Vec<&str> = CheckId::ALL.iter().map(|check| check.name()).collect();
    let text = bytes(&file(32 * ETH));
    for bytes in [&text[..], b"", b"{}", b"[]", b"[1]", b"null", &text[..500], &made().json] {
        let report = verify_deposit_data(bytes, &Options::default(), &|| Duration::ZERO);
        assert_eq!(report.checks.iter().map(|check| check.id).collect::<Vec<_>>(), all);
        assert_eq!(report.verdict == Verdict::Valid, bytes == text, "{}", report.headline);
    }
}

#[test]
fn deposit_data_form() {
    let mut file = file(32 * ETH);
    file[1]["amount"] = json!("32000000000");
    file[0]["signature"] = json!("00");
    let report = rejected(&file, &["deposit-data.form"], &["deposit-data.form"]);
    assert_eq!(paths(&report, "deposit-data.form"), ["$[0].signature", "$[1].amount"]);
    let report = beside(vec![named("deposit-data.json", &file), json!([]).to_string().into_bytes().into()]);
    assert_eq!(
        paths(&report, "deposit-data.form"),
        ["deposit-data.json:$[0].signature", "deposit-data.json:$[1].amount", "deposit_data[1]:$"]
    );
    // Two readings: of the subject, or of a file beside it.
    let twice = br#"[{"pubkey": "", "pubkey": ""}]"#.to_vec();
    let report = verify_deposit_data(&twice, &Options::default(), &|| Duration::ZERO);
    assert_eq!(report.with(Became::Failed), ["json.strict"]);
    assert_eq!(beside(vec![twice.into()]).with(Became::Failed), ["deposit-data.form"]);
}

#[test]
fn deposit_data_network() {
    let mut file = file(32 * ETH);
    file[1]["network_name"] = json!("mainnet");
    let report = rejected(&file, &["deposit-data.network"], &["deposit-data.network"]);
    assert_eq!(paths(&report, "deposit-data.network"), ["$[1].network_name"]);

    // Rightly signed for another network than the lock's.
    let secret = secret_of(&file);
    let sepolia = Network::by_name("sepolia").unwrap();
    let elsewhere = json!([entry(&secret, ours(), 32 * ETH, &sepolia)]);
    rejected(&elsewhere, &["deposit-data.network", "deposit-data.lock"], &[]);

    let devnet = Network::custom("devnet", [1, 2, 3, 4], 5, 6).unwrap();
    let unknown = json!([entry(&secret, ours(), 32 * ETH, &devnet)]);
    let report = alone(&unknown, &Options::default());
    assert_eq!(report.with(Became::Undecided), ["deposit-data.network"]);
    let described = Options { network: Some(devnet), ..Options::default() };
    assert_eq!(alone(&unknown, &described).verdict, Verdict::Valid);
}

#[test]
fn deposit_data_roots() {
    let mut file = file(32 * ETH);
    flip(&mut file[0]["deposit_message_root"]);
    flip(&mut file[1]["deposit_data_root"]);
    let report = rejected(&file, &["deposit-data.roots"], &["deposit-data.roots"]);
    assert_eq!(paths(&report, "deposit-data.roots"), ["$[0].deposit_message_root", "$[1].deposit_data_root"]);
}

#[test]
fn deposit_data_content() {
    let secret = stranger();
    let entry = |credentials, amount| entry(&secret, credentials, amount, &hoodi());
    let mut nobody = ours();
    nobody[0] = 3;
    let mut padded = ours();
    padded[5] = 1;
    let other = deposit::withdrawal_credentials(&[2; 20], false);
    let only = &["deposit-data.content"];
    for (file, places) in [
        (json!([entry(nobody, 32 * ETH)]), vec!["$[0].withdrawal_credentials"]),
        (json!([entry(padded, 32 * ETH)]), vec!["$[0].withdrawal_credentials"]),
        (json!([entry(ours(), ETH - 1), entry(ours(), 33 * ETH)]), vec!["$[0].amount", "$[1].amount"]),
        (json!([entry(ours(), 32 * ETH), entry(other, ETH)]), vec!["$[1].withdrawal_credentials"]),
        (json!([entry(ours(), 32 * ETH), entry(ours(), 32 * ETH)]), vec!["$[1]"]),
    ] {
        let report = rejected(&file, &["deposit-data.content", "deposit-data.lock"], only);
        assert_eq!(paths(&report, "deposit-data.content"), places);
    }
    // Beside a lock too, where all is the lock's: the same deposit in two files.
    let twice = vec![named("a.json", &file(ETH)), named("b.json", &file(ETH))];
    let report = beside(twice);
    assert_eq!(report.with(Became::Failed), only);
    assert_eq!(paths(&report, "deposit-data.content"), ["b.json:$[0]", "b.json:$[1]"]);
    // Credentials for a key are nobody's, as far as can be seen.
    let mut old = ours();
    old[0] = 0;
    assert_eq!(alone(&json!([entry(old, 32 * ETH)]), &Options::default()).with(Became::Undecided), only);
    let compounding = deposit::withdrawal_credentials(&[2; 20], true);
    let report = alone(&json!([entry(compounding, 2048 * ETH)]), &Options::default());
    assert_eq!(report.verdict, Verdict::Valid, "{}", details(&report));
}

#[test]
fn deposit_data_signatures() {
    let mut file = file(32 * ETH);
    // Another's signature, with the root that then is right.
    let mut other = entry(&stranger(), ours(), 32 * ETH, &hoodi());
    let signature = other["signature"].take();
    for place in 0..2 {
        file[place]["signature"] = signature.clone();
        file[place]["deposit_data_root"] = json!(hex::encode(data_root(&file[place])));
    }
    let report = rejected(&file, &["deposit-data.signatures"], &["deposit-data.signatures"]);
    assert_eq!(paths(&report, "deposit-data.signatures"), ["$[0].signature", "$[1].signature"]);
    file[0]["signature"] = json!("00".repeat(96));
    file[0]["deposit_data_root"] = json!(hex::encode(data_root(&file[0])));
    let report = rejected(&file, &["deposit-data.signatures"], &["deposit-data.signatures"]);
    assert_eq!(paths(&report, "deposit-data.signatures"), ["$[0].signature", "$[1].signature"]);
}

fn data_root(entry: &Value) -> [u8; 32] {
    let records = deposit::read_records(&json!([entry])).unwrap();
    records[0].as_ref().unwrap().deposit.data_root()
}

#[test]
fn deposit_data_lock() {
    let ours = |file: &Value, credentials, amount| entry(&secret_of(file), credentials, amount, &hoodi());
    let place = "deposit-data.json:$";
    // A stranger's key, and a validator that is missing.
    let mut file = file(32 * ETH);
    file.as_array_mut().unwrap().truncate(1);
    let report = of_lock(&file);
    assert!(report[0].starts_with("$.distributed_validators["), "{report:?}");
    let with = |more: Value| {
        let mut file = self::file(32 * ETH);
        file.as_array_mut().unwrap().push(more);
        of_lock(&file)
    };
    let credentials = self::ours();
    assert_eq!(with(entry(&stranger(), credentials, 32 * ETH, &hoodi())), [format!("{place}[2].pubkey")]);
    assert_eq!(with(ours(&file, credentials, 2 * ETH)), [format!("{place}[2].amount")]);
    // Signed by the validator's key, but for another address.
    let mut file = self::file(32 * ETH);
    file[0] = ours(&file, deposit::withdrawal_credentials(&[2; 20], false), 32 * ETH);
    assert_eq!(of_lock(&file), [format!("{place}[0].withdrawal_credentials")]);
}

/// The places at which a file is not the lock's, although all is right with it by itself.
#[track_caller]
fn of_lock(file: &Value) -> Vec<String> {
    rejected(file, &["deposit-data.lock"], &[]);
    paths(&beside(vec![named("deposit-data.json", file)]), "deposit-data.lock")
}

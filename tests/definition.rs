//! `coram definition`: made, signed, merged and judged on the command line.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{charons_files, coram, fails, mode, run, text};
use coram_cluster::definition::{Definition, Shape, SignatureVerdict};
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::network::Network;
use serde_json::Value;

const WITHDRAWAL: &str = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
const FEE_RECIPIENT: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

/// Four operators with identities and accounts, and a creator, number 0.
struct People(tempfile::TempDir);

impl People {
    fn new() -> Self {
        let people = Self(tempfile::tempdir().unwrap());
        for person in 0..=4 {
            run(coram().args(["enr", "new", "--data-dir"]).arg(people.data_dir(person)));
            let path = people.account_file(person);
            fs::write(&path, format!("0x{}\n", hex::encode(Self::secret(person)))).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        }
        people
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn data_dir(&self, person: u8) -> PathBuf {
        self.path(&format!("node{person}"))
    }

    fn account_file(&self, person: u8) -> PathBuf {
        self.path(&format!("account{person}"))
    }

    fn secret(person: u8) -> [u8; 32] {
        [person + 100; 32]
    }

    fn account(person: u8) -> String {
        EthereumKey::from_bytes(&Self::secret(person)).unwrap().address().checksummed()
    }

    fn accounts() -> String {
        (1..=4).map(Self::account).collect::<Vec<_>>().join(",")
    }

    fn record(&self, person: u8) -> String {
        run(coram().args(["enr", "show", "--data-dir"]).arg(self.data_dir(person))).trim().to_owned()
    }

    fn records(&self) -> String {
        (1..=4).map(|person| self.record(person)).collect::<Vec<_>>().join(",")
    }

    /// `definition new` with the addresses that it cannot do without.
    fn new_definition(&self, folder: &str) -> Command {
        let mut command = coram();
        command.args(["definition", "new", "--output-dir"]).arg(self.path(folder));
        command.args(["--fee-recipient-addresses", FEE_RECIPIENT, "--withdrawal-addresses", WITHDRAWAL]);
        command
    }

    /// A definition that names people by their accounts alone, unsigned.
    fn group(&self, folder: &str) -> PathBuf {
        let mut command = self.new_definition(folder);
        command.args(["--network", "hoodi", "--operator-addresses", &Self::accounts()]);
        run(command.args(["--creator-address", &Self::account(0)]));
        self.path(folder).join("cluster-definition.json")
    }

    fn sign(&self, person: u8, definition: &Path) -> Command {
        let mut command = coram();
        command.args(["definition", "sign", "--definition-file"]).arg(definition);
        command.arg("--ethereum-key-file").arg(self.account_file(person));
        command.arg("--data-dir").arg(self.data_dir(person));
        command
    }
}

fn read(path: &Path) -> Definition {
    Definition::parse(&fs::read(path).unwrap()).unwrap()
}

fn hoodi() -> Network {
    Network::by_name("hoodi").unwrap()
}

/// Judges a definition; the report is printed whatever it says.
fn check(path: &Path) -> Output {
    coram().args(["definition", "check"]).arg(path).output().unwrap()
}

fn check_json(path: &Path) -> (Option<i32>, Value) {
    let output = coram().args(["definition", "check", "--json"]).arg(path).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr))))
}

fn codes(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// A definition with its file changed.
fn edit(path: &Path, from: &str, to: &str) {
    let content = fs::read_to_string(path).unwrap();
    assert!(content.contains(from), "{content}");
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    fs::write(path, content.replace(from, to)).unwrap();
}

/// Writes a definition whose signatures or records were changed, with the definition hash that it has then. The program itself says
/// which one that is, complaining about the old one.
fn write_with_its_hash(path: &Path, mut definition: Value) {
    fs::write(path, serde_json::to_vec(&definition).unwrap()).unwrap();
    let (_, report) = check_json(path);
    let findings = report["findings"].as_array().unwrap();
    let complaint =
        findings.iter().find(|finding| finding["code"] == "hash-mismatch").unwrap()["text"].as_str().unwrap();
    definition["definition_hash"] = complaint.rsplit(' ').next().unwrap().into();
    fs::write(path, serde_json::to_vec(&definition).unwrap()).unwrap();
}

#[test]
fn a_new_definition_has_charons_defaults() {
    let people = People::new();
    let output = people.new_definition("made").args(["--operator-enrs", &people.records()]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let path = people.path("made").join("cluster-definition.json");
    let definition = read(&path);
    assert_eq!((mode(&path), mode(&people.path("made"))), (0o444, 0o700));
    assert_eq!(definition.network(), Network::by_name("mainnet"));
    assert_eq!((definition.num_validators(), definition.threshold()), (1, 3));
    assert_eq!((definition.version().as_str(), definition.dkg_algorithm()), ("v1.10.0", "default"));
    assert_eq!((definition.target_gas_limit(), definition.compounding()), (60_000_000, false));
    assert!(definition.deposit_amounts().is_empty());
    assert_eq!(definition.shape(), Ok(Shape::Unsigned));

    let stdout = text(&output.stdout);
    for line in [
        format!("file             {}", path.display()),
        format!("config hash      0x{}", hex::encode(definition.config_hash())),
        format!("definition hash  0x{}", hex::encode(definition.definition_hash())),
    ] {
        assert!(stdout.lines().any(|found| found == line), "{line}\n{stdout}");
    }
    assert_eq!(stdout.lines().count(), 3, "standard output is for results: {stdout}");
    assert!(text(&output.stderr).contains("warning[unsigned]"));
}

#[test]
fn options_reach_the_definition() {
    let people = People::new();
    let mut command = people.new_definition("made");
    command.args([
        "--operator-enrs",
        &people.records(),
        "--name",
        "a cluster",
        "-t",
        "4",
        "--num-validators",
        "3",
    ]);
    command.args([
        "--deposit-amounts",
        "8,24",
        "--network",
        "hoodi",
        "--compounding",
        "--def-version",
        "v1.11.0",
    ]);
    command.args(["--consensus-protocol", "qbft", "--dkg-algorithm", "frost"]);
    run(command.env("CORAM_TARGET_GAS_LIMIT", "36000000"));
    let definition = read(&people.path("made").join("cluster-definition.json"));
    assert_eq!((definition.name(), definition.threshold(), definition.num_validators()), ("a cluster", 4, 3));
    assert_eq!(definition.deposit_amounts(), [8_000_000_000, 24_000_000_000]);
    assert_eq!((definition.network(), definition.compounding()), (Some(hoodi()), true));
    assert_eq!((definition.version().as_str(), definition.target_gas_limit()), ("v1.11.0", 36_000_000));
    assert_eq!((definition.consensus_protocol(), definition.dkg_algorithm()), ("qbft", "frost"));
    // RFC 3339 with seconds and an offset, as Charon writes it.
    let timestamp = definition.timestamp();
    assert!(
        timestamp.len() == 25 && timestamp.as_bytes()[10] == b'T' && !timestamp.contains('Z'),
        "{timestamp}"
    );
}

#[test]
fn a_custom_network_is_described() {
    let people = People::new();
    let network = [
        "--testnet-name",
        "devnet-7",
        "--testnet-fork-version",
        "0x10000999",
        "--testnet-chain-id",
        "7",
        "--testnet-genesis-timestamp",
        "1700000000",
    ];
    let records = people.records();
    let mut command = people.new_definition("made");
    run(command.args(["--operator-enrs", &records]).args(network));
    let path = people.path("made").join("cluster-definition.json");
    assert_eq!(read(&path).fork_version(), [0x10, 0, 0x09, 0x99]);

    let (code, report) = check_json(&path);
    assert_eq!(code, Some(3));
    assert!(codes(&report).contains(&"network-unknown"), "{report}");
    let output = coram().args(["definition", "check"]).arg(&path).args(network).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("devnet-7, chain 7"));
    let mut half = people.new_definition("other");
    let output = half.args(["--operator-enrs", &records]).args(&network[..2]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn nothing_is_overwritten() {
    let people = People::new();
    let path = people.group("made");
    let before = fs::read(&path).unwrap();
    let mut again = people.new_definition("made");
    fails(again.args(["--operator-enrs", &people.records()]), 7, "definition.exists");
    fails(people.sign(1, &path).arg("--output").arg(&path), 7, "definition.exists");
    let mut merge = coram();
    merge.args(["definition", "merge"]).args([&path, &path]).arg("--output").arg(&path);
    fails(&mut merge, 7, "definition.exists");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(people.path("made")).unwrap().count(), 1, "something was left behind");
}

#[test]
fn requests_that_make_no_sense_name_the_flag() {
    let people = People::new();
    let records = people.records();
    let three = (1..=3).map(|person| people.record(person)).collect::<Vec<_>>().join(",");
    let twice = format!("{three},{}", people.record(1));
    let lower = WITHDRAWAL.to_lowercase();
    let lines: [(&[&str], &str); 11] = [
        (&["--operator-enrs", &records, "-t", "5"], "--threshold"),
        (&["--operator-enrs", &records, "-t", "1"], "--threshold"),
        (&["--operator-enrs", &people.record(1)], "--operator-enrs"),
        (&["--operator-enrs", "enr:-HW4Q,x,y"], "record 1"),
        (&["--operator-enrs", &twice], "operators 1 and 4"),
        (&["--operator-enrs", &records, "--num-validators", "0"], "--num-validators"),
        (&["--operator-enrs", &records, "--deposit-amounts", "8,8"], "32 ETH"),
        (&["--operator-enrs", &records, "--target-gas-limit", "0"], "--target-gas-limit"),
        (&["--operator-enrs", &records, "--consensus-protocol", "raft"], "--consensus-protocol"),
        (&["--operator-enrs", &records, "--network", "hodi"], "hodi"),
        (&["--operator-enrs", &records, "--withdrawal-addresses", &lower], "EIP-55"),
    ];
    for (line, reason) in lines {
        let mut command = coram();
        command.args(["definition", "new", "--output-dir"]).arg(people.path("made"));
        command.args(["--fee-recipient-addresses", FEE_RECIPIENT]).args(line);
        if !line.contains(&"--withdrawal-addresses") {
            command.args(["--withdrawal-addresses", WITHDRAWAL]);
        }
        let output =
            fails(&mut command, 2, if reason == "hodi" { "network.unknown" } else { "definition.request" });
        assert!(text(&output.stderr).contains(reason), "{reason}: {}", text(&output.stderr));
        assert!(!people.path("made").exists(), "{reason}: a folder was made for nothing");
    }
}

#[test]
fn a_group_signs_in_turn() {
    let people = People::new();
    let path = people.group("made");
    let config_hash = read(&path).config_hash();
    let (code, report) = check_json(&path);
    assert_eq!((code, report["verdict"].as_str()), (Some(3), Some("invalid")));
    assert!(codes(&report).contains(&"partly-signed") && codes(&report).contains(&"enr-missing"));

    let mut hashes = vec![read(&path).definition_hash()];
    run(people.sign(0, &path).args(["--creator", "--in-place"]));
    for person in [3, 1, 4, 2] {
        hashes.push(read(&path).definition_hash());
        let output = people.sign(person, &path).arg("--in-place").output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let notice = text(&output.stderr);
        assert!(notice.contains(&format!("as operator {person}, {}", People::account(person))), "{notice}");
        let hash = hex::encode(read(&path).definition_hash());
        assert!(text(&output.stdout).contains(&format!("definition hash  0x{hash}")));
        assert_eq!(mode(&path), 0o444);
        assert_eq!(read(&path).operators()[usize::from(person) - 1].enr(), people.record(person));
    }
    hashes.push(read(&path).definition_hash());
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 6, "the definition hash covers every signature");
    assert_eq!(read(&path).config_hash(), config_hash);

    let report = read(&path).verify_signatures(&hoodi()).unwrap();
    assert_eq!((report.shape, report.verdict()), (Shape::Group, SignatureVerdict::Verified));
    let output = check(&path);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let words = text(&output.stdout);
    assert!(words.contains("the creator and every operator signed"), "{words}");
    assert_eq!(words.matches("[config: verified; record: verified]").count(), 4, "{words}");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(people.path("made")).unwrap().count(), 1, "something was left behind");

    // Once more changes nothing.
    let before = fs::read(&path).unwrap();
    run(people.sign(2, &path).arg("--in-place"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_group_signs_at_the_same_time() {
    let people = People::new();
    let made = people.group("made");
    let copy = |person: u8| people.path(&format!("copy{person}.json"));
    run(people.sign(0, &made).arg("--creator").arg("--output").arg(copy(0)));
    for person in 1..=4 {
        run(people.sign(person, &made).arg("--output").arg(copy(person)));
        assert_eq!(mode(&copy(person)), 0o444);
    }
    let merged = |order: &[u8], name: &str| {
        let path = people.path(name);
        let mut command = coram();
        command.args(["definition", "merge"]).args(order.iter().map(|person| copy(*person)));
        let output = command.arg("--output").arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        (path, text(&output.stderr))
    };
    let (some, notice) = merged(&[1, 3], "some.json");
    assert!(notice.contains("operator 2 (config hash), operator 2 (node record)"), "{notice}");
    assert_eq!(check(&some).status.code(), Some(3));
    let (all, _) = merged(&[4, 0, 2, 1, 3], "all.json");
    let (other, _) = merged(&[0, 1, 2, 3, 4], "other.json");
    assert_eq!(fs::read(&all).unwrap(), fs::read(&other).unwrap());
    assert_eq!(check(&all).status.code(), Some(0));

    // In turn, the same comes out.
    run(people.sign(0, &made).args(["--creator", "--in-place"]));
    (1..=4).for_each(|person| drop(run(people.sign(person, &made).arg("--in-place"))));
    assert_eq!(fs::read(&all).unwrap(), fs::read(&made).unwrap());
}

#[test]
fn copies_of_different_definitions_are_not_merged() {
    let people = People::new();
    let (first, second) = (people.group("first"), people.group("second"));
    let merge = |copies: [&Path; 2]| {
        let mut command = coram();
        command.args(["definition", "merge"]).args(copies).arg("--output").arg(people.path("merged.json"));
        command
    };
    fails(&mut merge([&first, &second]), 8, "definition.copies-differ");
    // One operator with two records: whose node is it?
    let copies = [people.path("a.json"), people.path("b.json")];
    run(people.sign(1, &first).arg("--output").arg(&copies[0]));
    run(people.sign(1, &first).args(["--enr", &people.record(2)]).arg("--output").arg(&copies[1]));
    let output = fails(&mut merge([&copies[0], &copies[1]]), 8, "definition.copies-differ");
    assert!(text(&output.stderr).contains("operator 1 (node record)"), "{}", text(&output.stderr));
    assert!(!people.path("merged.json").exists());
}

#[test]
fn whoever_is_not_named_does_not_sign() {
    let people = People::new();
    let path = people.group("made");
    let before = fs::read(&path).unwrap();
    let stranger = people.account_file(9);
    fs::write(&stranger, hex::encode([9; 32])).unwrap();
    fs::set_permissions(&stranger, Permissions::from_mode(0o600)).unwrap();
    fs::create_dir(people.data_dir(9)).unwrap();
    fails(people.sign(9, &path).arg("--in-place"), 3, "definition.not-the-signer");
    let output = fails(people.sign(0, &path).arg("--in-place"), 3, "definition.not-the-signer");
    assert!(text(&output.stderr).contains("--creator"));
    fails(people.sign(1, &path).args(["--in-place", "--creator"]), 3, "definition.not-the-signer");
    fails(people.sign(1, &path).args(["--in-place", "--operator", "2"]), 3, "definition.not-the-signer");
    fails(people.sign(1, &path).args(["--in-place", "--operator", "5"]), 2, "definition.no-operator");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_node_that_is_not_ones_own_is_not_signed_for() {
    let people = People::new();
    let mut command = people.new_definition("made");
    command.args(["--network", "hoodi", "--operator-enrs", &people.records()]);
    run(command.args([
        "--operator-addresses",
        &People::accounts(),
        "--creator-address",
        &People::account(0),
    ]));
    let path = people.path("made").join("cluster-definition.json");
    let mut other = people.sign(1, &path);
    fails(other.arg("--in-place").args(["--enr", &people.record(2)]), 3, "definition.other-record");
    let mut none = coram();
    none.args(["definition", "sign", "--in-place", "--definition-file"]).arg(&path);
    none.arg("--ethereum-key-file").arg(people.account_file(1)).arg("--data-dir").arg(people.path("nowhere"));
    fails(&mut none, 2, "identity.missing");
    run(none.args(["--enr", &people.record(1)]));
    assert!(!read(&path).operators()[0].enr_signature().is_empty());
}

#[test]
fn one_account_for_two_operators_has_to_say_which() {
    let people = People::new();
    let accounts = [1, 1, 3, 4].map(People::account).join(",");
    let mut command = people.new_definition("made");
    command.args(["--network", "hoodi", "--operator-addresses", &accounts]);
    run(command.args(["--creator-address", &People::account(0)]));
    let path = people.path("made").join("cluster-definition.json");
    fails(people.sign(1, &path).arg("--in-place"), 2, "definition.ambiguous");
    run(people.sign(1, &path).args(["--in-place", "--operator", "2"]));
    let operators = read(&path).operators().to_vec();
    assert!(operators[0].config_signature().is_empty() && !operators[1].config_signature().is_empty());
}

#[test]
fn an_exposed_or_malformed_key_is_refused_and_not_shown() {
    let people = People::new();
    let path = people.group("made");
    fs::set_permissions(people.account_file(1), Permissions::from_mode(0o644)).unwrap();
    fails(people.sign(1, &path).arg("--in-place"), 7, "key.permissions");
    fs::write(people.account_file(2), "my secret words").unwrap();
    let output = fails(people.sign(2, &path).arg("--in-place"), 3, "key.form");
    assert!(!text(&output.stderr).contains("secret words"));
    fs::remove_file(people.account_file(3)).unwrap();
    fails(people.sign(3, &path).arg("--in-place"), 2, "file.read");
}

#[test]
fn another_signature_is_not_thrown_away() {
    let people = People::new();
    let path = people.group("made");
    run(people.sign(1, &path).arg("--in-place"));
    let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    value["operators"][0]["config_signature"] = format!("0x{}1b", "11".repeat(64)).into();
    let altered = people.path("altered.json");
    write_with_its_hash(&altered, value);
    let before = fs::read(&altered).unwrap();
    fails(people.sign(1, &altered).arg("--in-place"), 7, "definition.signed");
    assert_eq!(fs::read(&altered).unwrap(), before);
}

#[test]
fn a_changed_definition_is_explained_and_invalid() {
    let people = People::new();
    let path = people.group("made");
    edit(&path, WITHDRAWAL, FEE_RECIPIENT);
    let output = check(&path);
    assert_eq!(output.status.code(), Some(3));
    let words = text(&output.stdout);
    assert!(words.contains("error[hash-mismatch]: config hash") && words.contains(FEE_RECIPIENT), "{words}");
    assert!(text(&output.stderr).contains("error[definition.invalid]"));
}

#[test]
fn a_signature_that_may_be_a_contracts_is_neither_good_nor_bad() {
    let people = People::new();
    let path = people.group("made");
    run(people.sign(0, &path).args(["--creator", "--in-place"]));
    (1..=3).for_each(|person| drop(run(people.sign(person, &path).arg("--in-place"))));
    // Operator 4 is a contract wallet, for which one of its owners signed.
    let mut definition = serde_json::from_slice::<Value>(&fs::read(&path).unwrap()).unwrap();
    definition["operators"][3]["enr"] = people.record(4).into();
    for field in ["config_signature", "enr_signature"] {
        definition["operators"][3][field] = definition["operators"][0][field].clone();
    }
    let altered = people.path("contract.json");
    write_with_its_hash(&altered, definition);

    let (code, report) = check_json(&altered);
    assert_eq!((code, report["verdict"].as_str()), (Some(4), Some("indeterminate")), "{report}");
    let statuses: Vec<&str> = report["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses.iter().filter(|status| **status == "verified").count(), 7);
    assert_eq!(statuses.iter().filter(|status| **status == "needs-execution-client").count(), 2);
    assert!(text(&check(&altered).stdout).contains("needs an execution client"));
}

#[test]
fn a_text_cannot_steer_the_terminal() {
    let people = People::new();
    let mut command = people.new_definition("made");
    run(command.args(["--operator-enrs", &people.records(), "--name", "good\u{1b}[2Jbad\u{202e}"]));
    let output = check(&people.path("made").join("cluster-definition.json"));
    assert!(!output.stdout.contains(&0x1b) && !text(&output.stdout).contains('\u{202e}'));
    assert!(text(&output.stdout).contains(r"good\u{1b}[2Jbad\u{202e}"));

    let path = people.path("twice.json");
    fs::write(&path, r#"{"\u001b[2Jname": 1, "\u001b[2Jname": 2}"#).unwrap();
    let output = fails(coram().args(["definition", "check"]).arg(&path), 3, "definition.invalid");
    assert!(
        !output.stderr.contains(&0x1b) && text(&output.stderr).contains(r"\u{1b}[2Jname"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn what_is_no_definition_is_refused() {
    let people = People::new();
    let path = people.path("file.json");
    let definition = fs::read_to_string(people.group("made")).unwrap();
    let twice = definition.replacen('{', "{\"name\": \"other\", \"name\": \"another\",", 1);
    let folded = definition.replacen('{', "{\"Threshold\": 1,", 1);
    for content in ["", "{}", "[]", "\u{0}", &definition[..200], &twice, &folded, &"[".repeat(100_000)] {
        fs::write(&path, content).unwrap();
        fails(coram().args(["definition", "check"]).arg(&path), 3, "definition.invalid");
        fails(people.sign(1, &path).arg("--in-place"), 3, "definition.invalid");
    }
    fails(coram().args(["definition", "check"]).arg(people.path("nowhere")), 2, "file.read");
}

#[test]
fn charons_definitions_are_judged() {
    let Some(files) = charons_files() else { return };
    // Exit code and a finding, by file. In the files with a version in their name, signatures are random bytes.
    let expected = [
        ("cluster_definition_v1_6_0.json", 3, "threshold-range"),
        ("cluster_definition_v1_10_0.json", 3, "threshold-range"),
        ("cluster_definition_v1_11_0.json", 3, "threshold-range"),
        ("example-definition-001.json", 3, "version-without-ceremony"),
        ("example-definition-002.json", 3, "version-without-ceremony"),
        ("example-definition-004.json", 0, "unsigned"),
        ("example-definition-006.json", 0, "unsigned"),
    ];
    for (name, code, finding) in expected {
        let (found, report) = check_json(&files.join(name));
        assert_eq!(found, Some(code), "{name}: {report}");
        assert!(codes(&report).contains(&finding), "{name}: {report}");
        assert!(!codes(&report).contains(&"hash-mismatch"), "{name}: {report}");
    }
    // Real accounts: a creator and two operators.
    let (_, report) = check_json(&files.join("example-definition-001.json"));
    let signatures = report["signatures"].as_array().unwrap();
    assert!(signatures.len() >= 5 && signatures.iter().all(|line| line["status"] == "verified"), "{report}");
}

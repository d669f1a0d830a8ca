//! `coram definition new`.

use std::fs;

use coram_cluster::definition::Shape;
use coram_cluster::network::Network;

use crate::common::{coram, fails, mode, run, text};
use crate::people::{FEE_RECIPIENT, People, WITHDRAWAL, check_json, codes, hoodi, read};

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

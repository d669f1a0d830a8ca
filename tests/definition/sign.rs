//! `coram definition sign` and `merge`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use coram_cluster::definition::{Shape, SignatureVerdict};
use serde_json::Value;

use crate::common::{coram, fails, mode, run, text};
use crate::people::{People, check, check_json, codes, hoodi, read, write_with_its_hash};

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

//! Started, stopped, started again.

use std::fs;
use std::path::Path;

use coram_cluster::identity::IdentityKey;
use rustix::process::Signal;

use super::kit::{Relay, command};
use crate::common::{coram, fails, mode, run};

fn key(data_dir: &Path) -> IdentityKey {
    let text = fs::read_to_string(data_dir.join("charon-enr-private-key")).unwrap();
    IdentityKey::from_file_text(&text).unwrap()
}

#[test]
fn it_prints_where_it_is_and_stops_when_it_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let data_dir = folder.path().join(format!("{signal:?}"));
        let relay = Relay::start(&data_dir, &[]);
        let key_file = data_dir.join("charon-enr-private-key");
        assert_eq!((mode(&data_dir), mode(&key_file)), (0o700, 0o600));
        assert_eq!(relay.peer_id(), key(&data_dir).peer_id());
        assert!(relay.address.starts_with("/ip4/127.0.0.1/tcp/") && relay.socket().port() > 0);
        assert_eq!(relay.stop(signal), (Some(0), String::new()), "standard output is for addresses");
    }
}

#[test]
fn it_is_the_same_relay_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("relay");
    let first = Relay::start(&data_dir, &[]);
    let peer = first.peer_id().to_owned();
    fails(&mut command(&data_dir), 7, "store.locked");
    first.stop(Signal::TERM);
    assert_eq!(Relay::start(&data_dir, &[]).peer_id(), peer);
}

#[test]
fn the_folder_of_an_operator_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("charon");
    run(coram().args(["enr", "new", "--data-dir"]).arg(&data_dir));
    fs::write(data_dir.join("cluster-definition.json"), "{}").unwrap();
    fails(&mut command(&data_dir), 7, "relay.operators-folder");
}

#[test]
fn a_place_that_is_taken_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = Relay::start(&folder.path().join("first"), &[]);
    let other = folder.path().join("other");
    let mut same = coram();
    same.args(["relay", "--http-address", "127.0.0.1:0"]).arg("--data-dir").arg(&other);
    fails(same.args(["--p2p-tcp-address", &first.socket().to_string()]), 2, "relay.listen");
    let mut same = coram();
    same.args(["relay", "--p2p-tcp-address", "127.0.0.1:0"]).arg("--data-dir").arg(&other);
    fails(same.args(["--http-address", &first.http.to_string()]), 2, "relay.http-address");
    fails(command(&other).args(["--p2p-external-hostname", "https://relay"]), 2, "relay.hostname");
    fails(command(&other).args(["--p2p-external-ip", "2001:db8::1"]), 2, "relay.external-ip");
}

/// The table of bounds in the document is that of the program.
#[test]
fn the_document_has_the_bounds_that_the_program_has() {
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/relay.md")).unwrap();
    let help = run(coram().args(["relay", "--help"]));
    let rows: Vec<(&str, &str)> = document
        .lines()
        .filter(|line| line.starts_with("| `--"))
        .map(|line| {
            let mut cells = line.split('|').skip(1).map(str::trim);
            (cells.next().unwrap(), cells.next().unwrap())
        })
        .collect();
    assert_eq!(rows.len(), 11);
    for (options, defaults) in rows {
        for (option, default) in options.split(", ").zip(defaults.split(", ")) {
            let described = help.split(&format!("{} <", option.trim_matches('`'))).nth(1);
            let described = described.unwrap_or_else(|| panic!("{option} is not in {help}"));
            let described = described.split("\n      --").next().unwrap();
            assert!(described.contains(&format!("[default: {default}]")), "{option}: {described}");
        }
    }
}

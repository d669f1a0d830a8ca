//! Imports into a validator client that opens what it is sent.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{Cluster, fails, independent::can_run, run, text, wait_until};
use crate::node::ValidatorClient;
use crate::{assert_kept, assert_no_keystores, dkg, keystores, shares, start_others};

#[test]
fn keys_go_to_the_validator_client_and_not_to_disk() {
    if !can_run() {
        return;
    }
    let cluster = Cluster::new(3, 2, 17);
    let client = ValidatorClient::start(cluster.folder.path(), &[]);
    let others = start_others(&cluster);
    let output = dkg(&cluster, &client.address()).output().unwrap();
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    others.into_iter().for_each(|process| process.finish());

    let keys = shares(&cluster);
    assert_eq!(client.keys("imported"), keys, "every share, in the order of the lock");
    assert_eq!(client.said("post "), ["post 16", "post 1"]);
    for key in &keys {
        assert!(said.contains(&format!("keymanager: {key}: imported")), "{said}");
    }
    assert_no_keystores(&cluster);
    cluster.common_lock();

    // What is done stays done, with or without the validator client, and is not done twice.
    let address = client.address();
    drop(client);
    let lock = cluster.lock(0).display().to_string();
    assert_eq!(run(&mut dkg(&cluster, &address)).trim(), lock);
    assert_eq!(run(&mut cluster.dkg(0)).trim(), lock);
    assert_no_keystores(&cluster);
    fails(&mut dkg(&cluster, "http://localhost:1"), 7, "keymanager.other");
}

#[test]
fn a_key_that_is_refused_is_named_and_kept_until_it_is_taken() {
    if !can_run() {
        return;
    }
    let cluster = Cluster::new(3, 2, 3);
    let client = ValidatorClient::start(cluster.folder.path(), &["--refuse"]);
    let others = start_others(&cluster);
    let output = fails(dkg(&cluster, &client.address()).arg("--zipped"), 7, "keymanager.import");
    others.into_iter().for_each(|process| process.finish());
    let (said, keys) = (text(&output.stderr), shares(&cluster));
    assert!(said.contains(&format!("did not take 1 of 3 keys: {}", keys[0])), "{said}");
    assert!(said.contains(&format!("keymanager: {}: not imported: the disk is full", keys[0])), "{said}");
    assert!(
        said.contains("run the same command again") || said.contains("Run the same command again"),
        "{said}"
    );
    assert_kept(&cluster, 3);
    assert!(!cluster.node(0).join("dkg.tar.gz").exists(), "not packed before all is done");

    // Another validator client must not get keys that this one has.
    fails(&mut dkg(&cluster, "http://localhost:1"), 7, "keymanager.other");
    // Without one, the keystores are there, and whoever has them is warned.
    let output = cluster.dkg(0).output().unwrap();
    assert!(output.status.success() && text(&output.stderr).contains("may have some of the keys"));
    assert_kept(&cluster, 3);

    let printed = run(dkg(&cluster, &client.address()).arg("--zipped"));
    assert_eq!(client.keys("imported"), [keys[1].as_str(), &keys[2], &keys[0]]);
    assert_eq!(client.keys("duplicate"), keys[1..]);
    assert_no_keystores(&cluster);
    let archive = cluster.node(0).join("dkg.tar.gz");
    assert_eq!(printed.trim(), archive.to_str().unwrap());
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(&archive).unwrap()));
    for entry in archive.entries().unwrap() {
        let path = entry.unwrap().path().unwrap().into_owned();
        assert!(!path.starts_with("validator_keys"), "{}", path.display());
    }
}

#[test]
fn an_operator_killed_between_import_and_lock_goes_on() {
    if !can_run() {
        return;
    }
    let cluster = Cluster::new(3, 2, 2);
    let client = ValidatorClient::start(cluster.folder.path(), &["--hold"]);
    let others = start_others(&cluster);
    let mut victim =
        dkg(&cluster, &client.address()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the import is made", || !client.said("held").is_empty());
    victim.kill().unwrap();
    victim.wait().unwrap();
    others.into_iter().for_each(|process| process.finish());
    assert!(!cluster.lock(0).exists() && !keystores(&cluster).exists());

    run(&mut dkg(&cluster, &client.address()));
    assert_eq!(client.keys("imported"), shares(&cluster));
    assert_eq!(client.keys("duplicate"), shares(&cluster));
    assert_no_keystores(&cluster);
    cluster.common_lock();
}

#[test]
fn keystores_of_an_earlier_run_are_removed_when_the_keys_are_imported() {
    if !can_run() {
        return;
    }
    let cluster = Cluster::new(3, 2, 1);
    cluster.complete();
    let client = ValidatorClient::start(cluster.folder.path(), &[]);
    run(&mut dkg(&cluster, &client.address()));
    assert_eq!(client.keys("imported"), shares(&cluster));
    assert_no_keystores(&cluster);
}

#[test]
fn a_certificate_is_checked() {
    if !can_run() || !make_certificates_possible() {
        return;
    }
    let cluster = Cluster::new(3, 2, 1);
    let folder = cluster.folder.path();
    make_certificates(folder);
    let [key, certificate] = ["leaf.key", "leaf.pem"].map(|name| folder.join(name).display().to_string());
    let client = ValidatorClient::start(folder, &["--key", &key, "--cert", &certificate]);
    fails(&mut dkg(&cluster, &client.address()), 7, "keymanager.unreachable");
    assert!(cluster.published("join", 1).is_empty());

    let others = start_others(&cluster);
    run(dkg(&cluster, &client.address()).arg("--keymanager-ca-file").arg(folder.join("authority.pem")));
    others.into_iter().for_each(|process| process.finish());
    assert_eq!(client.keys("imported"), shares(&cluster));
}

fn make_certificates_possible() -> bool {
    let there = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok();
    if !there {
        println!("left out: openssl is not there");
    }
    there
}

/// An authority, and a certificate of it for localhost.
fn make_certificates(folder: &Path) {
    let openssl = |line: &str| {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{line}: {}", text(&output.stderr));
    };
    let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {new} -keyout authority.key -out authority.pem -days 2 -subj /CN=authority"));
    openssl(&format!("req {new} -keyout leaf.key -out leaf.csr -subj /CN=localhost"));
    fs::write(folder.join("extensions"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
        .unwrap();
    openssl(
        "x509 -req -in leaf.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile extensions -out leaf.pem",
    );
}

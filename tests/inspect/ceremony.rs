//! Everything that a ceremony leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::common::{Cluster, coram, run, text};
use crate::{Files, content, inspect, shown};

#[test]
fn all_that_a_ceremony_leaves_is_shown() {
    let cluster = Cluster::new(3, 2, 2);
    cluster.complete();
    let files = Files::new();
    let node = cluster.node(0);
    lock(&cluster, &files);
    transcript(&cluster, &files);
    let evidence = messages(&cluster);
    fault(&cluster, &files, &evidence);
    reports(&cluster, &files);
    smaller_files(&cluster, &node);
    folder(&node);
    no_secret_is_shown(&cluster, &node);
    standard_input(&cluster);
    events(&cluster);
    packed(&cluster);
}

fn value(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn lock(cluster: &Cluster, files: &Files) {
    let path = cluster.lock(0);
    let file = value(&path);
    let content = content(&path, "cluster_lock");
    assert_eq!(content["lock_hash"], file["lock_hash"]);
    assert_eq!(content["definition"]["definition_hash"], file["cluster_definition"]["definition_hash"]);
    let operators = content["definition"]["operators"].as_array().unwrap();
    assert_eq!(operators.len(), 3);
    for (operator, record) in
        operators.iter().zip(file["cluster_definition"]["operators"].as_array().unwrap())
    {
        assert_eq!(operator["enr"], record["enr"]);
        let verbose = run(coram().args(["enr", "show", record["enr"].as_str().unwrap()]));
        assert!(verbose.contains(operator["peer_id"].as_str().unwrap()), "{operator}");
    }
    let validators = content["validators"].as_array().unwrap();
    assert_eq!((validators.len(), &content["validators_count"]), (2, &json!(2)));
    for (validator, stated) in validators.iter().zip(file["distributed_validators"].as_array().unwrap()) {
        assert_eq!(validator["public_key"], stated["distributed_public_key"]);
        let shares: Vec<&Value> = validator["public_shares"]
            .as_array()
            .unwrap()
            .iter()
            .map(|share| &share["public_share"])
            .collect();
        assert_eq!(shares, stated["public_shares"].as_array().unwrap().iter().collect::<Vec<_>>());
        assert_eq!(validator["deposits"].as_array().unwrap().len(), 2);
        assert_eq!(validator["registration"]["gas_limit"], json!(60_000_000));
    }
    every_message(cluster, &content["transcript"]);

    let text = shown(&path);
    for part in ["cluster lock", "coram 0.1.0", "hoodi", "32 ETH", "public share", "16Uiu2HA"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // The lists are cut for people, and say so.
    let (_, output) = inspect(&[&path], &["--limit", "1"]);
    assert!(crate::common::text(&output.stdout).contains("and 1 more; --limit shows more"));
    let (_, output) = inspect(&[&path], &["--limit", "1", "--first-validator", "1", "--json"]);
    let second: Value = serde_json::from_slice(&output.stdout).unwrap();
    let second = &second["files"][0]["content"];
    assert_eq!(second["validators"], json!([validators[1].clone()]).map_limited());
    assert_eq!(second["definition"]["operators_not_shown"], 2);

    let mut bare = file;
    bare.as_object_mut().unwrap().remove("pvss_transcript");
    let bare = files.put("bare.json", serde_json::to_vec(&bare).unwrap());
    assert!(crate::content(&bare, "cluster_lock")["transcript"].as_str().unwrap().starts_with("none"));
}

/// A list as it is with one entry of each list in it.
trait Limited {
    fn map_limited(self) -> Value;
}

impl Limited for Value {
    fn map_limited(self) -> Value {
        match self {
            Value::Array(items) => {
                Value::Array(items.into_iter().take(1).map(Limited::map_limited).collect())
            }
            Value::Object(members) => {
                let mut limited = serde_json::Map::new();
                for (name, value) in members {
                    if let Some(more) = value.as_array().map(Vec::len).filter(|len| *len > 1) {
                        limited.insert(format!("{name}_not_shown"), json!(more - 1));
                    }
                    limited.insert(name, value.map_limited());
                }
                Value::Object(limited)
            }
            other => other,
        }
    }
}

/// The messages with the hashes by which they are named on the board.
fn every_message(cluster: &Cluster, transcript: &Value) {
    let messages = transcript["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 15);
    for message in messages {
        let (kind, hash) = (message["kind"].as_str().unwrap(), message["hash"].as_str().unwrap());
        let name = format!("{kind}-{}-{}.ssz", message["author"], hash.trim_start_matches("0x"));
        let kept = cluster.attempt(0).join("board").join(name);
        assert_eq!(
            fs::metadata(&kept).unwrap().len(),
            message["bytes"].as_u64().unwrap(),
            "{}",
            kept.display()
        );
    }
    assert_eq!(transcript["deals"][0]["dealing"]["commitments"], json!({"count": 2, "bytes": 192}));
    assert!(transcript["deals"][0]["dealing"]["proof"].as_u64().unwrap() > 1000);
    assert_eq!(transcript["joins"][2]["software"], "coram 0.1.0");
}

fn transcript(cluster: &Cluster, files: &Files) {
    let lock = value(&cluster.lock(0));
    let path = files.put("transcript.json", serde_json::to_vec(&lock["pvss_transcript"]).unwrap());
    let alone = content(&path, "transcript");
    assert!(alone["messages"].as_str().unwrap().starts_with("not hashed"), "{}", alone["messages"]);
    assert_eq!(alone["seals"][1]["lock_hash"], lock["lock_hash"]);
    // The definition before it is what the hashes follow from.
    for before in [cluster.lock(0), cluster.definition()] {
        let (code, output) = inspect(&[&before, &path], &["--json"]);
        assert_eq!(code, Some(0), "{}", text(&output.stderr));
        let both: Value = serde_json::from_slice(&output.stdout).unwrap();
        every_message(cluster, &both["files"][1]["content"]);
    }
}

/// Shows the messages of the board, and returns two of one author.
fn messages(cluster: &Cluster) -> [PathBuf; 2] {
    let entries = fs::read_dir(cluster.attempt(0).join("board")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert_eq!(paths.len(), 15);
    for path in &paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let message = content(path, "message");
        let hash = message["hash"].as_str().unwrap().trim_start_matches("0x").to_owned();
        let named = format!("{}-{}-{hash}", message["kind"].as_str().unwrap(), message["author"]);
        assert_eq!(named, name);
        assert!(message["says"].is_object(), "{message}");
    }
    let find = |kind: &str| paths.iter().find(|path| path.to_str().unwrap().contains(kind)).unwrap().clone();
    let join = content(&find("join-1"), "message");
    assert_eq!(join["says"]["terms"]["proof_system"], "transparent");
    assert_eq!(join["says"]["software"], "coram 0.1.0");
    [find("join-1"), find("commit-1")]
}

fn fault(cluster: &Cluster, files: &Files, evidence: &[PathBuf]) {
    let lock = value(&cluster.lock(0));
    let messages: Vec<String> =
        evidence.iter().map(|path| format!("0x{}", hex::encode(fs::read(path).unwrap()))).collect();
    let mut file = json!({
        "fault_version": 1,
        "protocol": "coram/v1",
        "fault": "own_join",
        "culprits": [1],
        "summary": "operator 1 \u{1b}[2J did it",
        "cluster_definition": lock["cluster_definition"],
        "ceremony": lock["pvss_transcript"]["ceremony"],
        "messages": messages,
    });
    let path = files.put("fault.json", serde_json::to_vec(&file).unwrap());
    let content = content(&path, "fault");
    assert_eq!((&content["says_happened"], &content["accuses_operators"]), (&json!("own_join"), &json!([1])));
    assert_eq!(content["messages"][1]["kind"], "commit");
    assert_eq!(content["definition"]["definition_hash"], lock["cluster_definition"]["definition_hash"]);
    assert!(!shown(&path).contains('\u{1b}'));

    file["messages"][1] = json!("0x00");
    let path = files.put("broken-fault.json", serde_json::to_vec(&file).unwrap());
    let (code, told) = crate::told(&path);
    assert_eq!((code, &told["stopped"][0]["path"]), (Some(3), &json!("$.messages[1]")), "{told}");
    assert_eq!(told["content"]["messages"][0]["kind"], "join");
}

fn reports(cluster: &Cluster, files: &Files) {
    let report = run(coram().args(["verify", "--json"]).arg(cluster.lock(0)));
    let report = content(&files.put("report.json", report), "report");
    assert_eq!(report["verdict"], "valid");
    assert!(report["checks"].as_array().unwrap().len() > 30);
    assert!(report.get("members_not_known_here").is_none(), "{}", report["members_not_known_here"]);

    let expected = json!({"threshold": 2, "network": "hoodi", "operators": ["0x12"]});
    let path = files.put("expected.json", expected.to_string());
    assert_eq!(content(&path, "expectations"), expected);
}

fn smaller_files(cluster: &Cluster, node: &Path) {
    assert_eq!(content(&cluster.definition(), "cluster_definition")["threshold"], 2);
    let deposits = content(&node.join("deposit-data.json"), "deposit_data");
    assert_eq!(
        (&deposits["count"], &deposits["deposits"][0]["amount_gwei"]),
        (&json!(2), &json!(32_000_000_000_u64))
    );
    let keystore = content(&node.join("validator_keys/keystore-0.json"), "keystore");
    let file = value(&node.join("validator_keys/keystore-0.json"));
    assert_eq!((&keystore["public_key"], &keystore["kdf"]), (&file["pubkey"], &json!("pbkdf2")));

    let enr = run(coram().args(["enr", "show", "--data-dir"]).arg(node));
    let key = content(&node.join("charon-enr-private-key"), "secret");
    assert_eq!(key["if_an_identity_key"]["enr"], enr.trim());
}

fn folder(node: &Path) {
    let text = shown(node);
    for part in ["folder", "cluster lock", "message of a ceremony", "secret", "keystore-1.json", "0400"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let content = content(node, "folder");
    let count = |kind: &str| {
        let kinds = content["kinds"].as_array().unwrap();
        kinds.iter().find(|entry| entry["kind"] == kind).map(|entry| entry["files"].as_u64().unwrap())
    };
    assert_eq!(count("message of a ceremony"), Some(15));
    // The identity key, the decryption key and two passwords.
    assert_eq!(count("secret"), Some(4));
}

/// Every file of the folder is shown, each for itself too, and none of what is secret in any of them.
fn no_secret_is_shown(cluster: &Cluster, node: &Path) {
    let mut secrets: Vec<String> = Vec::new();
    for path in [node.join("charon-enr-private-key"), cluster.attempt(0).join("decryption-key")] {
        secrets.push(fs::read_to_string(path).unwrap());
    }
    for index in 0..2 {
        secrets.push(fs::read_to_string(node.join(format!("validator_keys/keystore-{index}.txt"))).unwrap());
        let keystore = value(&node.join(format!("validator_keys/keystore-{index}.json")));
        secrets.push(keystore["crypto"]["cipher"]["message"].as_str().unwrap().to_owned());
    }
    let mut folders = vec![node.to_owned()];
    let mut output = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            for options in [&[][..], &["--json"]] {
                let (_, output_of_one) = inspect(&[&path], options);
                output += &text(&output_of_one.stdout);
                output += &text(&output_of_one.stderr);
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    assert!(output.len() > 100_000);
    let output = output.to_lowercase();
    for secret in secrets {
        let secret = secret.trim().to_lowercase();
        assert!(secret.len() >= 32 && !output.contains(&secret), "a secret was shown");
    }
}

fn standard_input(cluster: &Cluster) {
    let lock = fs::File::open(cluster.lock(0)).unwrap();
    let output = coram().args(["inspect", "-"]).stdin(Stdio::from(lock)).output().unwrap();
    assert!(output.status.success());
    assert!(text(&output.stdout).starts_with("standard input: cluster lock"));
}

fn events(cluster: &Cluster) {
    let again = run(cluster.dkg(0).arg("--json-events"));
    let path = cluster.path("events.jsonl");
    fs::write(&path, &again).unwrap();
    let content = content(&path, "events");
    assert_eq!(content["counts"]["complete"], 1, "{content}");
    let last = again.lines().last().unwrap();
    fs::write(&path, format!("{again}{}", &last[..last.len() / 2])).unwrap();
    let (code, told) = crate::told(&path);
    assert_eq!((code, &told["kind"]), (Some(3), &json!("events")));
    assert!(told["stopped"][0]["path"].as_str().unwrap().starts_with("line "), "{told}");
}

/// Last: the files are packed and removed.
fn packed(cluster: &Cluster) {
    run(cluster.dkg(0).arg("--zipped"));
    let path = cluster.node(0).join("dkg.tar.gz");
    let archive = content(&path, "archive");
    let of = |name: &str| {
        let files = archive["files"].as_array().unwrap();
        files.iter().find(|file| file["name"] == name).map(|file| (file["is"].clone(), file["mode"].clone()))
    };
    assert_eq!(of("cluster-lock.json"), Some((json!("cluster lock"), json!("0444"))));
    assert_eq!(of("validator_keys/keystore-0.txt"), Some((json!("secret"), json!("0400"))));
    assert_eq!(of("charon-enr-private-key").unwrap().0, "secret");
    let bytes = fs::read(&path).unwrap();
    let cut = cluster.path("cut.tar.gz");
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let (code, told) = crate::told(&cut);
    assert_eq!((code, &told["kind"]), (Some(3), &json!("archive")), "{told}");
}

//! `coram setup`: reference strings by processes that hand on a file, and ceremonies under them.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/net.rs"]
mod net;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Duration;

use common::{Cluster, coram, fails, mode, run, text, wait_until};
use net::{Net, PATIENCE, Transport};
use serde_json::Value;

/// Binary logarithm of the number of powers that three operators with one validator need.
const LOG: u32 = 13;
const G1: usize = 96;
const G2: usize = 192;

/// What three operators made, each in processes of its own. Made once for all tests of this file.
struct Made {
    net: Net,
    folder: PathBuf,
    digest: String,
}

impl Made {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn reference(&self) -> PathBuf {
        self.path("reference")
    }
}

fn setup<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Command {
    let mut command = coram();
    command.arg("setup").args(arguments);
    command
}

fn contribute(file: &Path, data_dir: &Path) -> Command {
    let mut command = setup(&["contribute".as_ref(), file.as_os_str()]);
    command.arg("--data-dir").arg(data_dir);
    command
}

fn finish(key: &Path, reference: &Path) -> Command {
    setup(&["finish".as_ref(), key.as_os_str(), "--output".as_ref(), reference.as_os_str()])
}

fn verify(file: &Path) -> Command {
    setup(&["verify".as_ref(), file.as_os_str()])
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("setup");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let net = Net::new(3, 2, 1, Transport::Tcp);
        let [powers, key, reference] = ["powers", "key", "reference"].map(|name| folder.join(name));
        run(setup(&["new".as_ref(), powers.as_os_str()]).args(["--operators", "3"]));
        let all_contribute = |file: &Path| {
            for node in net.nodes() {
                let id = run(&mut contribute(file, &net.cluster.node(node)));
                assert!(id.starts_with("0x") && id.trim_end().len() == 66, "{id}");
            }
        };
        all_contribute(&powers);
        run(setup(&["new".as_ref(), key.as_os_str()]).args(["--operators", "3", "--powers"]).arg(&powers));
        all_contribute(&key);
        let digest = run(&mut finish(&key, &reference)).trim_end().to_owned();
        Made { net, folder, digest }
    })
}

fn json(command: &mut Command) -> Value {
    serde_json::from_str(&run(command.arg("--json"))).unwrap()
}

/// A copy that can be spoiled.
fn copy(made: &Made, name: &str, folder: &Path) -> PathBuf {
    let path = folder.join(name);
    fs::copy(made.path(name), &path).unwrap();
    path
}

#[test]
fn three_contribute_and_a_fourth_verifies_who_they_were() {
    let made = made();
    let definition = made.net.cluster.definition();
    let report = json(verify(&made.reference()).arg("--operators-of").arg(&definition));
    assert_eq!(report["digest"], made.digest.as_str());
    assert_eq!((&report["checked"], &report["anchored"]["anchored"]), (&true.into(), &true.into()));
    let contributions = report["contributions"].as_array().unwrap();
    let operators: Vec<_> = contributions.iter().map(|one| (&one["phase"], &one["index"])).collect();
    for (index, (phase, operator)) in operators.into_iter().enumerate() {
        assert_eq!(*phase, index / 3 + 1);
        assert_eq!(*operator, index % 3 + 1);
    }
    let text = run(verify(&made.reference()).arg("--operators-of").arg(&definition));
    assert!(text.contains("ANCHORED by every operator of the definition"), "{text}");

    let listed = json(&mut setup(&["list".as_ref(), made.reference().as_os_str()]));
    assert_eq!((&listed["digest"], &listed["checked"]), (&report["digest"], &false.into()));
    for (name, is) in
        [("reference", "a reference string"), ("key", "a key in the making"), ("powers", "powers")]
    {
        let inspected = json(coram().arg("inspect").arg(made.path(name)));
        let content = &inspected["files"][0]["content"];
        assert_eq!(content["is"], is);
        assert_eq!(content["contributions"].as_array().unwrap().len(), if name == "powers" { 3 } else { 6 });
    }
    assert_eq!(mode(&made.path("powers")), 0o644);
    assert_eq!(mode(&made.reference()), 0o644);
    assert!(!made.path("key.parts").exists());
    assert_eq!(fs::read_dir(&made.folder).unwrap().count(), 3, "nothing is left of the work");
}

#[test]
fn a_setup_by_strangers_is_anchored_by_what_the_reader_knows() {
    let made = made();
    let strangers = Cluster::new(3, 2, 1);
    let mut command = verify(&made.reference());
    let output = command.arg("--operators-of").arg(strangers.definition()).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("error[setup.not-anchored]"), "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.contains("no contribution to the powers by operator 1 ("), "{report}");
    assert!(report.contains("no contribution to the key by operator 1 ("), "{report}");

    let enr = |folder: &Path| run(coram().args(["enr", "show", "--data-dir"]).arg(folder)).trim().to_owned();
    run(verify(&made.reference()).args(["--expect-setup", &made.digest]));
    run(verify(&made.reference()).args(["--expect-setup", &enr(&made.net.cluster.node(1))]));
    let output =
        verify(&made.reference()).args(["--expect-setup", &enr(&strangers.node(1))]).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
}

/// Waits until a process has locked a file, which is before it contributes to it.
fn wait_until_held(file: &Path) {
    let inode = format!(":{} ", fs::metadata(file).unwrap().ino());
    wait_until("a lock", || {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        locks.lines().any(|line| line.contains("FLOCK") && line.contains(&inode))
    });
}

#[test]
fn an_interruption_leaves_the_file_as_it_was() {
    let made = made();
    let folder = tempfile::tempdir().unwrap();
    let powers = copy(made, "powers", folder.path());
    let before = fs::read(&powers).unwrap();
    for (signal, code, left) in [("-INT", Some(130), 1), ("-TERM", Some(130), 1), ("-KILL", None, 1)] {
        let mut command = contribute(&powers, &made.net.cluster.node(0));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_until_held(&powers);
        sleep(Duration::from_millis(300));
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(child.wait().unwrap().code(), code, "{signal}");
        assert!(fs::read(&powers).unwrap() == before, "{signal}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), left, "{signal}");
    }
    // Two at once: the second would lose the contribution of the first, or the first that of the second.
    let mut command = contribute(&powers, &made.net.cluster.node(0));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until_held(&powers);
    fails(&mut contribute(&powers, &made.net.cluster.node(1)), 7, "setup.locked");
    assert!(child.wait().unwrap().success());
    let listed = json(&mut setup(&["list".as_ref(), powers.as_os_str()]));
    assert_eq!(listed["contributions"].as_array().unwrap().len(), 4);
}

#[test]
fn whatever_is_changed_is_refused_by_name() {
    let made = made();
    let folder = tempfile::tempdir().unwrap();
    let size = 1_usize << LOG;
    let lists = G1 * (4 * size - 1) + G2 * (size + 1);
    let multiples = lists + G1 * (size - 1);
    let spoil = |name: &str, code: &str, says: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let path = copy(made, name, folder.path());
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        let output = fails(&mut verify(&path), 3, code);
        assert!(text(&output.stderr).contains(says), "{says}: {}", text(&output.stderr));
        path
    };
    // An element that is a point, but not the right one: the one before it.
    let repeat = |from_end: usize, len: usize| {
        move |bytes: &mut Vec<u8>| {
            let at = bytes.len() - from_end + 6 * len;
            bytes.copy_within(at - len..at, at);
        }
    };
    let powers = spoil("powers", "setup.powers", "tau^i G1", &repeat(lists, G1));
    // Nobody contributes to what is wrong.
    let before = fs::read(&powers).unwrap();
    fails(&mut contribute(&powers, &made.net.cluster.node(0)), 3, "setup.powers");
    assert!(fs::read(&powers).unwrap() == before);
    spoil("reference", "setup.key", "", &repeat(multiples, G1));
    // One that is no point; contributions whose bytes are others; files that are too short or too long.
    spoil("powers", "setup.form", "element 6 of the powers of tau in G1", &|bytes| {
        let at = bytes.len() - lists + 6 * G1;
        bytes[at + 95] ^= 1;
    });
    spoil("powers", "setup.step", "contribution 1 to the powers, step tau", &|bytes| bytes[30] ^= 1);
    // The signature of the last contribution ends where the lists begin.
    spoil("powers", "setup.signature", "contribution 3 to the powers", &|bytes| {
        let at = bytes.len() - lists - 1;
        bytes[at] ^= 1;
    });
    spoil("key", "setup.form", "ends within", &|bytes| bytes.truncate(lists));
    spoil("reference", "setup.form", "longer", &|bytes| bytes.push(0));
    spoil("reference", "setup.form", "no file of a setup", &|bytes| bytes[7] ^= 1);
}

#[test]
fn what_is_finished_takes_no_contribution_and_what_is_not_is_no_reference_string() {
    let made = made();
    let folder = tempfile::tempdir().unwrap();
    let node = made.net.cluster.node(0);
    let new = folder.path().join("new");
    fails(&mut contribute(&made.reference(), &node), 7, "setup.finished");
    fails(&mut finish(&made.reference(), &new), 7, "setup.finished");
    fails(&mut finish(&made.path("powers"), &new), 7, "setup.unfinished");
    fails(&mut finish(&made.path("key"), &made.reference()), 7, "setup.exists");
    // 2^13 powers do not reach for seven operators.
    let mut seven = setup(&["new".as_ref(), new.as_os_str()]);
    seven.args(["--operators", "7", "--powers"]).arg(made.path("powers"));
    fails(&mut seven, 3, "setup.powers-too-small");
    let mut small = setup(&["new".as_ref(), new.as_os_str()]);
    fails(small.args(["--operators", "3", "--size", "12"]), 2, "setup.shape");
    assert!(!new.exists());

    let dkg = |cluster: &Cluster, arguments: &[&str]| {
        let mut command = cluster.dkg(0);
        command.args(arguments);
        command
    };
    let cluster = &made.net.cluster;
    for name in ["powers", "key"] {
        let path = made.path(name);
        let arguments = ["--proof", "groth16", "--reference", path.to_str().unwrap()];
        fails(&mut dkg(cluster, &arguments), 7, "setup.unfinished");
    }
    let reference = made.reference();
    let reference = reference.to_str().unwrap();
    fails(&mut dkg(cluster, &["--proof", "groth16"]), 2, "terms.proof");
    fails(&mut dkg(cluster, &["--reference", reference]), 2, "terms.proof");
    let twice = format!("{reference},{reference}");
    fails(&mut dkg(cluster, &["--proof", "groth16", "--reference", &twice]), 2, "terms.reference");
    let four = Cluster::new(4, 3, 1);
    fails(&mut dkg(&four, &["--proof", "groth16", "--reference", reference]), 2, "terms.reference");
}

/// `coram dkg` of a node that does what it can now, through a folder.
fn once(cluster: &Cluster, node: u16, reference: &Path) -> Command {
    let mut command = cluster.dkg(node);
    command
        .args(["--once", "--accept", "setup.anchored", "--proof", "groth16", "--reference"])
        .arg(reference);
    command
}

#[test]
fn a_reference_string_is_verified_once_and_again_when_it_has_changed() {
    let made = made();
    let cluster = Cluster::new(3, 2, 1);
    let reference = copy(made, "reference", cluster.folder.path());
    let output = fails(&mut once(&cluster, 0, &reference), 5, "ceremony.awaiting");
    assert!(text(&output.stderr).contains("is verified now"), "{}", text(&output.stderr));
    let output = fails(&mut once(&cluster, 0, &reference), 5, "ceremony.awaiting");
    assert!(text(&output.stderr).contains("was verified before"), "{}", text(&output.stderr));

    // In the powers, which a dealer does not need.
    let before = fs::read(&reference).unwrap();
    let mut bytes = before.clone();
    let at = bytes.len() - G2 - 6 * G1;
    bytes.copy_within(at - G1..at, at);
    fs::write(&reference, &bytes).unwrap();
    fails(&mut once(&cluster, 0, &reference), 3, "setup.powers");

    // No more is read than there can be in it.
    fs::write(&reference, [&before[..], &[0]].concat()).unwrap();
    fails(&mut once(&cluster, 0, &reference), 3, "file.size");

    // A note that says nothing, or of another file.
    fs::write(&reference, &before).unwrap();
    let notes = cluster.node(0).join("coram/setups");
    let note = fs::read_dir(&notes).unwrap().next().unwrap().unwrap().path();
    // Or that somebody else may have written.
    let open = |mode| fs::set_permissions(&note, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    open(0o622);
    let output = fails(&mut once(&cluster, 0, &reference), 5, "ceremony.awaiting");
    assert!(text(&output.stderr).contains("is verified now"), "{}", text(&output.stderr));
    fs::write(&note, "verified").unwrap();
    let output = fails(&mut once(&cluster, 0, &reference), 5, "ceremony.awaiting");
    assert!(text(&output.stderr).contains("is verified now"), "{}", text(&output.stderr));
}

#[test]
fn a_ceremony_over_tcp_with_its_own_setup_is_valid() {
    let made = made();
    let (net, reference) = (&made.net, made.reference());
    let groth16 = |command: &mut Command| {
        command.args(["--proof", "groth16", "--reference"]).arg(&reference);
    };
    let start = |node| {
        let mut command = net.dkg(node, &net.others(node));
        groth16(&mut command);
        net.spawn(&format!("node{node}"), &mut command)
    };
    net.finish(net.nodes().map(start).collect(), PATIENCE);
    net.check_locks();
    let lock = net.cluster.lock(0);
    let report = json(coram().arg("verify").arg(&lock).arg("--reference").arg(&reference));
    assert_eq!(report["verdict"], "valid");
    let outcome = |id: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|check| check["id"] == id).unwrap()["outcome"].clone()
    };
    assert_eq!((outcome("setup.anchored"), outcome("setup.string")), ("passed".into(), "passed".into()));
    fails(coram().arg("verify").arg(&lock).arg("--reference").arg(made.path("key")), 7, "setup.unfinished");

    let inspected = json(coram().arg("inspect").arg(&lock));
    let setup = &inspected["files"][0]["content"]["transcript"]["setups"][0];
    assert_eq!(
        (&setup["operators"], setup["contributions_to_key"].as_array().unwrap().len()),
        (&3.into(), 3)
    );

    // Whatever else reads the ceremony.
    let again = net.cluster.path("again");
    let mut recover = coram();
    recover.arg("recover").arg(&lock).arg("--data-dir").arg(net.cluster.node(1));
    run(recover.arg("--output-dir").arg(&again));
    let keystore = |folder: &Path| {
        let text = fs::read(folder.join("validator_keys/keystore-0.json")).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()["pubkey"].clone()
    };
    assert_eq!(keystore(&again), keystore(&net.cluster.node(1)));
    for name in ["status", "doctor"] {
        let mut command = coram();
        command.arg(name).arg("--data-dir").arg(net.cluster.node(1)).arg("--json");
        command.arg("--definition-file").arg(net.cluster.definition());
        groth16(&mut command);
        let output = command.output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        if name == "status" {
            assert!(report["awaited_kind"].is_null(), "{report}");
        } else {
            let checks = report["checks"].as_array().unwrap();
            let check = checks.iter().find(|check| check["id"] == "setup.anchored").unwrap();
            assert_eq!(check["result"], "pass", "{check}");
        }
    }
}

#[test]
fn a_ceremony_with_a_setup_by_strangers_is_indeterminate_until_somebody_expects_it() {
    let made = made();
    let cluster = Cluster::new(3, 2, 1);
    let start = |node| {
        let mut command = cluster.dkg(node);
        command
            .args(["--accept", "setup.anchored", "--proof", "groth16", "--reference"])
            .arg(made.reference());
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut command = cluster.dkg(0);
    command.args(["--proof", "groth16", "--reference"]).arg(made.reference());
    let output = fails(&mut command, 4, "setup.anchored");
    assert!(text(&output.stderr).contains("no contribution to the key of the setup by operator 1"));
    for child in (0..3).map(start).collect::<Vec<_>>() {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let said = text(&output.stderr);
        assert!(
            said.contains("accepted: no contribution to the powers of the setup by operator 1"),
            "{said}"
        );
        assert!(
            said.contains("INDETERMINATE for whoever knows nothing else of it: setup.anchored"),
            "{said}"
        );
    }
    cluster.common_lock();
    let verify = || {
        let mut command = coram();
        command.arg("verify").arg(cluster.lock(0));
        command
    };
    let output = verify().output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("setup.anchored"), "{}", text(&output.stdout));
    run(verify().args(["--expect-setup", &made.digest]));
    let enr = run(coram().args(["enr", "show", "--data-dir"]).arg(made.net.cluster.node(2)));
    run(verify().args(["--expect-setup", enr.trim()]));
    let other = format!("0x{}", "5".repeat(64));
    let output = verify().args(["--expect-setup", &other]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
}

#[test]
fn operators_with_different_reference_strings_are_told_so() {
    let made = made();
    let cluster = Cluster::new(3, 2, 1);
    // The same key, closed by a beacon: nobody else contributes after it.
    let key = copy(made, "key", cluster.folder.path());
    run(setup(&["beacon".as_ref(), key.as_os_str()]).args(["--value", "0x0123", "--iterations-log", "10"]));
    fails(&mut contribute(&key, &made.net.cluster.node(0)), 7, "setup.after-beacon");
    let other = cluster.path("other");
    let digest = run(&mut finish(&key, &other));
    assert_ne!(digest.trim_end(), made.digest);

    for node in [0, 1] {
        fails(&mut once(&cluster, node, &other), 5, "ceremony.awaiting");
    }
    let mut command = cluster.dkg(2);
    command.args(["--accept", "setup.anchored", "--proof", "groth16", "--reference"]).arg(made.reference());
    let output = fails(&mut command, 8, "ceremony.disagreement");
    let said = text(&output.stderr);
    assert!(said.contains("setup is 0x") && said.contains("coram setup list"), "{said}");
    // Whoever takes the other proof system is told the same.
    let said = text(&fails(&mut cluster.dkg(2), 8, "ceremony.disagreement").stderr);
    assert!(said.contains("proof system is groth16 there, transparent here"), "{said}");
}

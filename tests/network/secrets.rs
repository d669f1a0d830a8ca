//! Secrets that a process has done with are not in its memory any more; and what it says has none in it.
//!
//! The process is caught after its lock is complete, before it ends: nobody reads its standard output, so that it waits while it
//! prints the path of the lock.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use coram_cluster::keystore;

use crate::common::{coram, run, wait_until};
use crate::net::{Net, Node, PATIENCE, Transport};

/// How many bytes a pipe holds that nobody reads.
const PIPE: usize = 1 << 16;
/// The order of the scalar field of BLS12-381, least significant word first.
const ORDER: [u64; 4] =
    [0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48];

/// A process that will wait at its end.
struct Caught {
    child: Child,
    /// Kept, or the process would be told that nobody reads.
    _pipe: std::io::PipeReader,
}

impl Caught {
    fn start(command: &mut Command, log: &Path) -> Self {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(&vec![b'.'; PIPE]).unwrap();
        command.stdout(writer).stderr(File::create(log).unwrap());
        Self { child: command.spawn().unwrap(), _pipe: reader }
    }

    fn proc(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.child.id()))
    }

    /// Whether this user may look into it: root alone, since it is not dumpable.
    fn is_open(&self) -> bool {
        File::open(self.proc("mem")).is_ok()
    }

    /// Waits until it prints its result.
    fn wait(&self) {
        wait_until("it prints its result", || {
            // The number of write, which depends on the processor, and that of standard output.
            let is_print = |call: String| call.starts_with("1 0x1 ") || call.starts_with("64 0x1 ");
            fs::read_to_string(self.proc("syscall")).is_ok_and(is_print)
        });
    }

    /// Which patterns are in memory that it can write to, and where.
    fn find(&self, patterns: &[Pattern]) -> Vec<(String, String)> {
        let memory = File::open(self.proc("mem")).unwrap();
        let maps = fs::read_to_string(self.proc("maps")).unwrap();
        let mut found = Vec::new();
        for line in
            maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw")))
        {
            let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
            let mut bytes = vec![0; (end - start) as usize];
            // Some of it may be gone by now.
            let Ok(len) = memory.read_at(&mut bytes, start) else { continue };
            let names = search(&bytes[..len], patterns);
            found.extend(names.into_iter().map(|name| (name, line.to_owned())));
        }
        found
    }
}

impl Drop for Caught {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A part of a secret, as it may stand in memory or in a text.
struct Pattern {
    name: String,
    bytes: Vec<u8>,
}

fn search(bytes: &[u8], patterns: &[Pattern]) -> BTreeSet<String> {
    let mut by_start: BTreeMap<&[u8], Vec<&Pattern>> = BTreeMap::new();
    for pattern in patterns {
        by_start.entry(&pattern.bytes[..2]).or_default().push(pattern);
    }
    let is_start: Vec<bool> =
        (0..=u16::MAX).map(|pair| by_start.contains_key(&pair.to_le_bytes()[..])).collect();
    let mut found = BTreeSet::new();
    for (at, pair) in bytes
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| is_start[usize::from(u16::from_le_bytes([pair[0], pair[1]]))])
    {
        let here = by_start[pair].iter().filter(|pattern| bytes[at..].starts_with(&pattern.bytes));
        found.extend(here.map(|pattern| pattern.name.clone()));
    }
    found
}

/// 32 bytes in all forms in which a program may have them. Halves: freed memory keeps what the allocator does not write over.
fn forms(name: &str, secret: &[u8; 32]) -> Vec<Pattern> {
    let reversed: Vec<u8> = secret.iter().rev().copied().collect();
    let forms = [
        ("as stored", secret.to_vec()),
        ("reversed", reversed),
        ("in Montgomery form", montgomery(secret).to_vec()),
        ("as text", hex::encode(secret).into_bytes()),
    ];
    let halves = forms.into_iter().flat_map(|(form, bytes)| {
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        [head, tail].map(|half| Pattern { name: format!("{name}, {form}"), bytes: half.to_vec() })
    });
    halves.collect()
}

/// `x 2^256 mod r`, least significant byte first, for `x` with its most significant byte first.
fn montgomery(secret: &[u8; 32]) -> [u8; 32] {
    let mut x = [0_u64; 4];
    for (word, bytes) in x.iter_mut().rev().zip(secret.chunks(8)) {
        *word = u64::from_be_bytes(bytes.try_into().unwrap());
    }
    let reduce = |x: [u64; 4]| {
        let mut borrow = false;
        let less = std::array::from_fn(|i| {
            let (word, first) = x[i].overflowing_sub(ORDER[i]);
            let (word, second) = word.overflowing_sub(u64::from(borrow));
            borrow = first || second;
            word
        });
        if borrow { x } else { less }
    };
    // Any 32 bytes: less than three times the order.
    x = reduce(reduce(x));
    for _ in 0..256 {
        x = reduce(std::array::from_fn(|i| x[i] << 1 | if i == 0 { 0 } else { x[i - 1] >> 63 }));
    }
    let bytes: Vec<u8> = x.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.try_into().unwrap()
}

fn secret(path: &Path) -> [u8; 32] {
    hex::decode(fs::read_to_string(path).unwrap().trim()).unwrap().try_into().unwrap()
}

/// The shares and the passwords that a data folder's keystores have.
fn keystores(folder: &Path) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for entry in fs::read_dir(folder.join("validator_keys")).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.extension().is_some_and(|extension| extension == "json") {
            let password = fs::read_to_string(entry.with_extension("txt")).unwrap();
            let share = keystore::decrypt(&fs::read(&entry).unwrap(), password.trim()).unwrap();
            patterns.extend(forms("share", &share.to_bytes()));
            patterns.push(Pattern { name: "password".to_owned(), bytes: password.trim().into() });
        }
    }
    assert!(!patterns.is_empty());
    patterns
}

fn names(found: &[(String, String)]) -> BTreeSet<&str> {
    found.iter().filter_map(|(name, _)| name.split(',').next()).collect()
}

/// Runs a ceremony of three and looks into operator 1 when it waits for the others, and when it has the lock.
fn catch(net: &Net, command: &mut Command, others: impl Fn() -> Vec<Node>, allowed: &[&str]) {
    let node = net.cluster.node(0);
    let caught = Caught::start(command, &net.cluster.path("caught.log"));
    wait_until("a join", || net.has(0, "join", 1));
    let attempt = net.cluster.attempt(0);
    let mut patterns = forms("seed", &secret(&attempt.join("dealing-seed")));
    patterns.extend(forms("decryption key", &secret(&attempt.join("decryption-key"))));
    patterns.extend(forms("identity", &secret(&node.join("charon-enr-private-key"))));
    if !caught.is_open() {
        println!("left out: only root can look into a process that is not dumpable");
        return;
    }
    let while_needed = caught.find(&patterns);
    assert_eq!(
        names(&while_needed),
        ["decryption key", "identity", "seed"].into(),
        "what is needed is there"
    );

    net.finish(others(), PATIENCE);
    caught.wait();
    assert!(node.join("cluster-lock.json").exists() && !attempt.join("dealing-seed").exists());
    patterns.extend(keystores(&node));
    let left = caught.find(&patterns);
    let left: Vec<_> =
        left.iter().filter(|(name, _)| !allowed.iter().any(|allowed| name.starts_with(allowed))).collect();
    assert!(left.is_empty(), "{left:#?}");

    // Neither in what it was started with, nor in what it said, nor in what anybody may read.
    let mut texts = vec![caught.proc("cmdline"), caught.proc("environ"), net.cluster.path("caught.log")];
    texts.extend(
        (1..3).flat_map(|node| ["log", "out"].map(|kind| net.cluster.path(&format!("node{node}.{kind}")))),
    );
    texts.push(attempt.join("status.json"));
    texts.extend(fs::read_dir(attempt.join("board")).unwrap().map(|entry| entry.unwrap().path()));
    let open = fs::read_dir(&node).unwrap().map(|entry| entry.unwrap().path());
    texts.extend(open.filter(|path| path.extension().is_some_and(|extension| extension == "json")));
    for path in &texts {
        let found = search(&fs::read(path).unwrap(), &patterns);
        assert!(found.is_empty(), "{found:?} in {}", path.display());
    }
    assert!(texts.len() > 20, "{texts:?}");
    let mut status = coram();
    status.args(["status", "--json", "--data-dir"]).arg(&node);
    let status = run(status.arg("--definition-file").arg(net.cluster.definition()));
    assert!(search(status.as_bytes(), &patterns).is_empty(), "{status}");
}

#[test]
fn a_process_that_has_its_lock_has_no_secrets() {
    let net = Net::new(3, 2, 2, Transport::Tcp);
    let others = || {
        (1..3)
            .map(|node| net.spawn(&format!("node{node}"), net.cluster.dkg(node).arg("--json-events")))
            .collect()
    };
    catch(&net, &mut net.cluster.dkg(0), others, &[]);
}

/// Connections need the identity as long as others are served, and nothing else does.
#[test]
fn a_process_that_serves_others_has_no_shares() {
    let net = Net::new(3, 2, 1, Transport::Tcp);
    let mut command = coram();
    command
        .arg("dkg")
        .arg("--data-dir")
        .arg(net.cluster.node(0))
        .arg("--definition-file")
        .arg(net.cluster.definition());
    command.args(["--p2p-tcp-address", &net.listens_at(0).to_string()]);
    let others = || {
        (1..3)
            .map(|node| net.spawn(&format!("node{node}"), &mut net.dkg_of_few(node, &net.others(node))))
            .collect()
    };
    catch(&net, &mut command, others, &["identity"]);
}

/// A secret in the wrong place, or damaged, is not repeated in the message about it.
#[test]
fn an_error_about_a_secret_does_not_repeat_it() {
    let net = Net::new(3, 2, 1, Transport::Tcp);
    let key = net.cluster.node(0).join("charon-enr-private-key");
    let secret = hex::encode([0xa5; 32]);
    for damaged in
        [format!("{secret}00"), format!("{secret}x"), secret[..60].to_owned(), format!("0y{secret}")]
    {
        fs::write(&key, damaged).unwrap();
        let output = net.cluster.dkg(0).stdout(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        for said in [output.stdout, output.stderr] {
            let said = String::from_utf8(said).unwrap();
            assert!(!said.contains(&secret[..8]), "{said}");
        }
    }
}

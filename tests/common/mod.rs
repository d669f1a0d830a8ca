//! Operators, as people would set them up on the command line.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part

pub mod independent;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use coram_cluster::ethereum::EthereumKey;

/// No ceremony of a test takes longer.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// The program.
pub fn coram() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coram"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CORAM_") {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Runs a command to its end, which must be good; returns what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A cluster whose operators made identities and signed a definition.
pub struct Cluster {
    pub folder: tempfile::TempDir,
    pub operators: u16,
}

impl Cluster {
    /// Makes identities, a definition, and all signatures, each by a command of its own.
    pub fn new(operators: u16, threshold: u16, validators: u16) -> Self {
        let cluster = Self { folder: tempfile::tempdir().unwrap(), operators };
        fs::create_dir(cluster.board()).unwrap();
        let folders: Vec<PathBuf> = (0..operators).map(|node| cluster.node(node)).collect();
        folders.iter().for_each(|folder| make_identity(folder));
        cluster.define("cluster-definition.json", &folders, threshold, validators);
        cluster
    }

    /// Makes a definition for the operators whose data folders these are, and all signatures on it.
    pub fn define(&self, name: &str, folders: &[PathBuf], threshold: u16, validators: u16) -> PathBuf {
        let enrs: Vec<String> = folders.iter().map(|folder| enr(folder)).collect();
        let accounts: Vec<String> = (0..self.operators).map(|node| self.make_account(node)).collect();
        let numbers = [threshold.to_string(), validators.to_string()];
        let made = self.path(&format!("{name}.made"));
        run(coram()
            .args(["definition", "new", "--network", "hoodi", "--name", "test", "-t", &numbers[0]])
            .args(["--num-validators", &numbers[1], "--output-dir"])
            .arg(&made)
            .args(["--fee-recipient-addresses", &accounts[0], "--withdrawal-addresses", &accounts[0]])
            .args(["--operator-enrs", &enrs.join(","), "--operator-addresses", &accounts.join(",")])
            .args(["--creator-address", &accounts[0]]));
        let definition = self.path(name);
        fs::copy(made.join("cluster-definition.json"), &definition).unwrap();
        for (node, folder) in (0..).zip(folders) {
            run(&mut self.sign(node, &definition, folder));
        }
        run(self.sign(0, &definition, &folders[0]).arg("--creator"));
        run(coram().args(["definition", "check"]).arg(&definition));
        definition
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn definition(&self) -> PathBuf {
        self.path("cluster-definition.json")
    }

    pub fn board(&self) -> PathBuf {
        self.path("board")
    }

    /// The data folder of a node, from 0.
    pub fn node(&self, node: u16) -> PathBuf {
        self.path(&format!("node{node}"))
    }

    pub fn lock(&self, node: u16) -> PathBuf {
        self.node(node).join("cluster-lock.json")
    }

    fn make_account(&self, node: u16) -> String {
        let mut secret = [7; 32];
        secret[31] = node as u8;
        let path = self.path(&format!("account{node}"));
        fs::write(&path, hex::encode(secret)).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        EthereumKey::from_bytes(&secret).unwrap().address().to_string()
    }

    fn sign(&self, node: u16, definition: &Path, folder: &Path) -> Command {
        let mut command = coram();
        command.args(["definition", "sign", "--in-place", "--definition-file"]).arg(definition);
        command.arg("--ethereum-key-file").arg(self.path(&format!("account{node}")));
        command.arg("--data-dir").arg(folder);
        command
    }

    /// `coram dkg` of a node.
    pub fn dkg(&self, node: u16) -> Command {
        let mut command = coram();
        command.env("CORAM_TIMEOUT", PATIENCE.as_secs().to_string());
        command.arg("dkg").arg("--data-dir").arg(self.node(node));
        command.arg("--definition-file").arg(self.definition()).arg("--board").arg(self.board());
        command
    }

    /// Starts `coram dkg` of a node.
    pub fn start(&self, node: u16) -> Process {
        let log =
            fs::File::options().create(true).append(true).open(self.path(&format!("log{node}"))).unwrap();
        let child = self.dkg(node).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Process { child, log: self.path(&format!("log{node}")) }
    }

    /// Runs all nodes to the end.
    pub fn complete(&self) {
        let processes: Vec<Process> = (0..self.operators).map(|node| self.start(node)).collect();
        processes.into_iter().for_each(Process::finish);
    }

    /// The bytes of the lock, which is the same for all.
    pub fn common_lock(&self) -> Vec<u8> {
        let first = fs::read(self.lock(0)).unwrap();
        for node in 1..self.operators {
            assert_eq!(fs::read(self.lock(node)).unwrap(), first, "node{node} has another lock");
        }
        first
    }

    /// The file names of the messages of a kind on the shared board.
    pub fn published(&self, kind: &str, author: u16) -> Vec<PathBuf> {
        let prefix = format!("{kind}-{author}-");
        let mut found = Vec::new();
        for folder in fs::read_dir(self.board()).into_iter().flatten().flatten() {
            for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                if file.file_name().to_string_lossy().starts_with(&prefix) {
                    found.push(file.path());
                }
            }
        }
        found
    }

    /// The folder of the only attempt of a node.
    pub fn attempt(&self, node: u16) -> PathBuf {
        let mut attempts = fs::read_dir(self.node(node).join("coram")).unwrap();
        attempts.next().unwrap().unwrap().path()
    }
}

/// Makes an identity in a data folder of its own.
pub fn make_identity(folder: &Path) {
    run(coram().args(["enr", "new", "--data-dir"]).arg(folder));
}

/// The node record of a data folder.
fn enr(folder: &Path) -> String {
    run(coram().args(["enr", "show", "--data-dir"]).arg(folder)).trim().to_owned()
}

/// A running operator. Ended when dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for a good end.
    pub fn finish(self) {
        let log = self.log.clone();
        let code = self.exit_code();
        assert_eq!(code, Some(0), "{}", fs::read_to_string(log).unwrap());
    }

    /// Waits for any end.
    pub fn exit_code(mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            sleep(Duration::from_millis(20));
        }
        panic!("not finished in time: {}", fs::read_to_string(&self.log).unwrap_or_default());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        sleep(Duration::from_millis(5));
    }
}

/// A command that must end with an exit code and name its reason.
pub fn fails(command: &mut Command, code: i32, reason: &str) -> Output {
    let output = command.output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{command:?}: {message}");
    assert!(message.contains(&format!("error[{reason}]")), "{message}");
    assert!(output.stdout.is_empty(), "standard output is for results: {}", text(&output.stdout));
    output
}

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The folder with files that Charon's developers made, which are not part of this project.
///
/// # Panics
///
/// Where it is not there, but `CORAM_REQUIRE_VECTORS=1` is set.
pub fn charons_files() -> Option<&'static Path> {
    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors/charon");
    let folder = Some(Path::new(FOLDER)).filter(|folder| folder.is_dir());
    if folder.is_none() {
        let required = std::env::var_os("CORAM_REQUIRE_VECTORS").is_some_and(|value| value == "1");
        assert!(!required, "required, but {FOLDER} is not there");
        println!("left out: {FOLDER} is not there");
    }
    folder
}

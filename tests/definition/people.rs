//! Operators with identities and accounts, their definitions, and what can be done to the files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use coram_cluster::definition::Definition;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::network::Network;
use serde_json::Value;

use crate::common::{coram, run, text};

pub const WITHDRAWAL: &str = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
pub const FEE_RECIPIENT: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

/// Four operators with identities and accounts, and a creator, number 0.
pub struct People(pub tempfile::TempDir);

impl People {
    pub fn new() -> Self {
        let people = Self(tempfile::tempdir().unwrap());
        for person in 0..=4 {
            run(coram().args(["enr", "new", "--data-dir"]).arg(people.data_dir(person)));
            let path = people.account_file(person);
            fs::write(&path, format!("0x{}\n", hex::encode(Self::secret(person)))).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        }
        people
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn data_dir(&self, person: u8) -> PathBuf {
        self.path(&format!("node{person}"))
    }

    pub fn account_file(&self, person: u8) -> PathBuf {
        self.path(&format!("account{person}"))
    }

    pub fn secret(person: u8) -> [u8; 32] {
        [person + 100; 32]
    }

    pub fn account(person: u8) -> String {
        EthereumKey::from_bytes(&Self::secret(person)).unwrap().address().checksummed()
    }

    pub fn accounts() -> String {
        (1..=4).map(Self::account).collect::<Vec<_>>().join(",")
    }

    pub fn record(&self, person: u8) -> String {
        run(coram().args(["enr", "show", "--data-dir"]).arg(self.data_dir(person))).trim().to_owned()
    }

    pub fn records(&self) -> String {
        (1..=4).map(|person| self.record(person)).collect::<Vec<_>>().join(",")
    }

    /// `definition new` with the addresses that it cannot do without.
    pub fn new_definition(&self, folder: &str) -> Command {
        let mut command = coram();
        command.args(["definition", "new", "--output-dir"]).arg(self.path(folder));
        command.args(["--fee-recipient-addresses", FEE_RECIPIENT, "--withdrawal-addresses", WITHDRAWAL]);
        command
    }

    /// A definition that names people by their accounts alone, unsigned.
    pub fn group(&self, folder: &str) -> PathBuf {
        let mut command = self.new_definition(folder);
        command.args(["--network", "hoodi", "--operator-addresses", &Self::accounts()]);
        run(command.args(["--creator-address", &Self::account(0)]));
        self.path(folder).join("cluster-definition.json")
    }

    pub fn sign(&self, person: u8, definition: &Path) -> Command {
        let mut command = coram();
        command.args(["definition", "sign", "--definition-file"]).arg(definition);
        command.arg("--ethereum-key-file").arg(self.account_file(person));
        command.arg("--data-dir").arg(self.data_dir(person));
        command
    }
}

pub fn read(path: &Path) -> Definition {
    Definition::parse(&fs::read(path).unwrap()).unwrap()
}

pub fn hoodi() -> Network {
    Network::by_name("hoodi").unwrap()
}

/// Judges a definition; the report is printed whatever it says.
pub fn check(path: &Path) -> Output {
    coram().args(["definition", "check"]).arg(path).output().unwrap()
}

pub fn check_json(path: &Path) -> (Option<i32>, Value) {
    let output = coram().args(["definition", "check", "--json"]).arg(path).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr))))
}

pub fn codes(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// A definition with its file changed.
pub fn edit(path: &Path, from: &str, to: &str) {
    let content = fs::read_to_string(path).unwrap();
    assert!(content.contains(from), "{content}");
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    fs::write(path, content.replace(from, to)).unwrap();
}

/// Writes a definition whose signatures or records were changed, with the definition hash that it has then. The program itself says
/// which one that is, complaining about the old one.
pub fn write_with_its_hash(path: &Path, mut definition: Value) {
    fs::write(path, serde_json::to_vec(&definition).unwrap()).unwrap();
    let (_, report) = check_json(path);
    let findings = report["findings"].as_array().unwrap();
    let complaint =
        findings.iter().find(|finding| finding["code"] == "hash-mismatch").unwrap()["text"].as_str().unwrap();
    definition["definition_hash"] = complaint.rsplit(' ').next().unwrap().into();
    fs::write(path, serde_json::to_vec(&definition).unwrap()).unwrap();
}

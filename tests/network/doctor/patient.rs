//! An operator's folder, and what is said of it.

use std::process::Command;

use serde_json::Value;

use crate::common::{Cluster, coram, text};

/// A report and the exit code that came with it.
pub struct Report {
    pub code: i32,
    pub json: Value,
    pub stderr: String,
}

impl Report {
    pub fn result(&self, id: &str) -> &str {
        self.check(id)["result"].as_str().unwrap()
    }

    pub fn check(&self, id: &str) -> &Value {
        let checks = self.json["checks"].as_array().unwrap();
        checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("{id} is not listed"))
    }

    /// The checks with a result.
    pub fn with(&self, result: &str) -> Vec<&str> {
        let checks = self.json["checks"].as_array().unwrap().iter();
        checks.filter(|check| check["result"] == result).map(|check| check["id"].as_str().unwrap()).collect()
    }

    /// One check alone failed, and the program ends as that check says.
    pub fn only(&self, id: &str, code: i32, error: &str) {
        assert_eq!(self.with("fail"), [id], "{}", self.json);
        let finding = self.check(id)["findings"].as_array().unwrap();
        let finding = finding.iter().find(|finding| finding["result"] == "fail").unwrap();
        assert_eq!(
            (finding["exit_code"].as_i64(), finding["error"].as_str()),
            (Some(code.into()), Some(error))
        );
        let known = self.check(id)["comes_to"].as_str().unwrap();
        assert!(known.contains(&code.to_string()), "the catalogue does not know of {code}: {known}");
        assert!(finding["help"].is_string(), "nobody is told what to do: {finding}");
        assert_eq!(
            (self.code, self.json["exit_code"].as_i64()),
            (code, Some(code.into())),
            "{}",
            self.stderr
        );
        assert!(self.stderr.contains(&format!("error[{error}]")), "{}", self.stderr);
    }

    /// Nothing failed, and one check alone warns.
    pub fn only_warns(&self, id: &str) {
        assert_eq!((self.with("warn"), self.with("fail")), (vec![id], vec![]), "{}", self.json);
        assert_eq!(self.code, 0, "{}", self.stderr);
    }
}

/// `coram doctor` of a node, with the arguments of [`Cluster::dkg`].
pub fn doctor(cluster: &Cluster, node: u16) -> Command {
    let mut command = coram();
    command.arg("doctor").arg("--data-dir").arg(cluster.node(node));
    command.arg("--definition-file").arg(cluster.definition()).arg("--board").arg(cluster.board());
    command
}

/// Runs an examination.
pub fn examine(command: &mut Command) -> Report {
    let output = command.arg("--json").output().unwrap();
    let json = serde_json::from_slice(&output.stdout);
    let json = json.unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    Report { code: output.status.code().unwrap(), json, stderr: text(&output.stderr) }
}

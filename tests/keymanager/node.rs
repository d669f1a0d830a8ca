//! The validator client of `tests/independent/keymanager.js`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::TOKEN;
use crate::common::{independent::PROGRAMS, wait_until};

/// A running validator client. Ended when dropped.
pub struct ValidatorClient {
    child: Child,
    log: PathBuf,
    scheme: &'static str,
}

impl ValidatorClient {
    /// Starts one, and waits until it listens.
    pub fn start(folder: &Path, options: &[&str]) -> Self {
        let log = folder.join("keymanager.log");
        let child = Command::new("node")
            .arg("keymanager.js")
            .args(options)
            .current_dir(PROGRAMS)
            .env("KEYMANAGER_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let scheme = if options.contains(&"--key") { "https" } else { "http" };
        let client = Self { child, log, scheme };
        wait_until("the validator client listens", || client.said("listening ").len() == 1);
        client
    }

    pub fn address(&self) -> String {
        let port = self.said("listening ").remove(0);
        format!("{}://localhost:{}", self.scheme, port.trim_start_matches("listening "))
    }

    /// The lines in which a text stands.
    pub fn said(&self, text: &str) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap();
        // The last line may be half-written.
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        whole.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }

    /// The keys with a status, in their order.
    pub fn keys(&self, status: &str) -> Vec<String> {
        let suffix = format!(" {status}");
        self.said(&suffix).iter().map(|line| line.trim_end_matches(&suffix).to_owned()).collect()
    }
}

impl Drop for ValidatorClient {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

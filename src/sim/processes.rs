//! A process for each operator.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{EVENTS, node};
use crate::cli::files::read;
use crate::failure::{Exit, Failure};
use crate::printer::notice;
use crate::store::disk;

/// How often the operators' processes are looked at.
const POLL: Duration = Duration::from_millis(20);

/// Variables that mean `coram sim` and not the operators: one that is set for another ceremony would change this one.
fn ours_alone() -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(|name| name.to_string_lossy().starts_with("CORAM_")).collect()
}

/// The processes of all operators. Those that still run are ended when this goes away.
pub struct Processes {
    children: Vec<(PathBuf, Child, bool)>,
}

impl Processes {
    /// Starts `coram dkg` for each.
    pub fn start(output: &Path, ways: &[Vec<OsString>], timeout: u64) -> Result<Self, Failure> {
        let internal = |error: std::io::Error| Failure::new(Exit::Internal, "sim.start", error.to_string());
        let program = std::env::current_exe().map_err(internal)?;
        let mut processes = Self { children: Vec::new() };
        let ours = ours_alone();
        for (index, way) in ways.iter().enumerate() {
            let folder = node(output, index);
            let log = folder.join("coram.log");
            let make = |path: &Path| File::create(path).map_err(|error| disk(path, "make", &error));
            let (file, events) = (make(&log)?, make(&folder.join(EVENTS))?);
            let mut command = Command::new(&program);
            for variable in &ours {
                command.env_remove(variable);
            }
            let child = command
                .arg("dkg")
                .arg("--data-dir")
                .arg(&folder)
                .args(way)
                .arg("--timeout")
                .arg(timeout.to_string())
                .arg("--json-events")
                .stdin(Stdio::null())
                .stdout(events)
                .stderr(file)
                .spawn()
                .map_err(internal)?;
            processes.children.push((log, child, false));
        }
        Ok(processes)
    }

    /// Waits until every operator has finished. The first failure ends all.
    pub fn wait(mut self) -> Result<(), Failure> {
        let total = self.children.len();
        let mut finished = 0;
        while finished < total {
            for (log, child, done) in self.children.iter_mut().filter(|(_, _, done)| !done) {
                let status = child
                    .try_wait()
                    .map_err(|error| Failure::new(Exit::Internal, "sim.wait", error.to_string()))?;
                match status {
                    Some(status) if status.success() => {
                        *done = true;
                        finished += 1;
                        notice(&format!("{finished} of {total} operators have the lock"));
                    }
                    Some(status) => return Err(failed(log, status)),
                    None => {}
                }
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for (_, child, done) in &mut self.children {
            if !*done {
                // It may have ended by itself.
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

fn failed(log: &Path, status: std::process::ExitStatus) -> Failure {
    let text = read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let last = text.lines().rev().find(|line| line.starts_with("error[")).unwrap_or_default();
    let what = format!("an operator failed ({status}): {last}");
    Failure::new(Exit::Internal, "sim.operator", what).help(format!("its log is {}", log.display()))
}

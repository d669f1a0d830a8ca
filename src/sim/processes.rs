//! A process for each operator.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use super::watch::Watch;
use super::{EVENTS, node};
use crate::cli::files::read;
use crate::failure::{Exit, Failure};
use crate::printer::notice;
use crate::store::disk;

/// How often the operators' processes are looked at.
pub const POLL: Duration = Duration::from_millis(20);

/// Variables that mean `coram sim` and not the operators: one that is set for another ceremony would change this one.
pub fn ours_alone() -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(|name| name.to_string_lossy().starts_with("CORAM_")).collect()
}

/// This program.
pub fn program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| not_started(&error))
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Internal, "sim.start", error.to_string())
}

/// A process. Ended when this goes away.
pub struct Running {
    child: Child,
    ended: bool,
}

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Result<Self, Failure> {
        let child = command.spawn().map_err(|error| not_started(&error))?;
        Ok(Self { child, ended: false })
    }

    /// How it ended, if it has.
    pub fn poll(&mut self) -> Result<Option<ExitStatus>, Failure> {
        let status = self.child.try_wait();
        let status = status.map_err(|error| Failure::new(Exit::Internal, "sim.wait", error.to_string()))?;
        self.ended |= status.is_some();
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            // It may have ended by itself.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The processes of all operators.
pub struct Processes {
    children: Vec<(PathBuf, Running)>,
}

impl Processes {
    /// Starts `coram dkg` for each.
    pub fn start(output: &Path, ways: &[Vec<OsString>], timeout: u64) -> Result<Self, Failure> {
        let program = program()?;
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
            command
                .arg("dkg")
                .arg("--data-dir")
                .arg(&folder)
                .args(way)
                .arg("--timeout")
                .arg(timeout.to_string())
                .arg("--json-events")
                .stdin(Stdio::null())
                .stdout(events)
                .stderr(file);
            processes.children.push((log, Running::start(&mut command)?));
        }
        Ok(processes)
    }

    /// Waits until every operator has finished. The first failure ends all.
    pub fn wait(mut self) -> Result<(), Failure> {
        let total = self.children.len();
        let mut finished = 0;
        let first = self.children.first().and_then(|(log, _)| log.parent());
        let mut watch = Watch::new(first.map(Path::to_path_buf).unwrap_or_default());
        while finished < total {
            for (log, running) in self.children.iter_mut().filter(|(_, running)| !running.ended) {
                match running.poll()? {
                    Some(status) if status.success() => {
                        finished += 1;
                        notice(&format!("{finished} of {total} operators have the lock"));
                    }
                    Some(status) => return Err(failed(log, "an operator", status)),
                    None => {}
                }
            }
            watch.look();
            thread::sleep(POLL);
        }
        Ok(())
    }
}

/// What a process failed with, as it said at the end of its log.
pub fn failed(log: &Path, who: &str, status: ExitStatus) -> Failure {
    let text = read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let last = text.lines().rev().find(|line| line.starts_with("error[")).unwrap_or_default();
    let what = format!("{who} failed ({status}): {last}");
    Failure::new(Exit::Internal, "sim.operator", what).help(format!("its log is {}", log.display()))
}

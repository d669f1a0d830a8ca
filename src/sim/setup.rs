//! The setup before a ceremony under Groth16: by the operators themselves, each in a process of its own.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use super::processes::{Running, failed, ours_alone, program};
use super::{Plan, node};
use crate::failure::{Exit, Failure};
use crate::printer::notice;
use crate::store::disk;

/// Makes the reference strings for all polynomials of a plan's dealings: both phases, with a contribution of every operator to each, and a
/// verification by somebody else. Returns where they are.
pub fn make(plan: &Plan, polynomials: u64, deadline: Instant) -> Result<Vec<PathBuf>, Failure> {
    let folder = plan.output.join("setup");
    std::fs::create_dir(&folder).map_err(|error| disk(&folder, "make", &error))?;
    let setup = Setup { plan, folder, program: program()?, ours: ours_alone(), deadline };
    let sizes = sizes(polynomials, plan.validators_per_proof);
    let powers = setup.folder.join("powers");
    let largest = sizes.first().copied().unwrap_or(1);
    setup.begin(&powers, largest, None)?;
    setup.contribute(&powers, "the powers")?;
    sizes.into_iter().map(|validators| setup.reference(&powers, validators)).collect()
}

/// How many validators proofs are for, in descending order: as many as is wanted, and one proof for those that are left.
fn sizes(validators: u64, wanted: u64) -> Vec<u64> {
    let most = wanted.clamp(1, validators.max(1));
    [most, validators % most].into_iter().filter(|size| *size > 0).collect()
}

struct Setup<'a> {
    plan: &'a Plan,
    folder: PathBuf,
    program: PathBuf,
    /// Variables that the processes do not get.
    ours: Vec<OsString>,
    deadline: Instant,
}

impl Setup<'_> {
    /// Makes the reference string for proofs for so many validators.
    fn reference(&self, powers: &Path, validators: u64) -> Result<PathBuf, Failure> {
        let key = self.folder.join(format!("key-{validators}"));
        self.begin(&key, validators, Some(powers))?;
        self.contribute(&key, "the key")?;
        let reference = self.folder.join(format!("reference-{validators}"));
        self.run(&["finish".as_ref(), key.as_ref(), "--output".as_ref(), reference.as_ref()])?;
        let definition = node(&self.plan.output, 0).join("cluster-definition.json");
        self.run(&["verify".as_ref(), reference.as_ref(), "--operators-of".as_ref(), definition.as_ref()])?;
        notice(&format!(
            "a reference string for {validators} validators a proof, verified: {}",
            reference.display()
        ));
        Ok(reference)
    }

    fn begin(&self, file: &Path, validators: u64, powers: Option<&Path>) -> Result<(), Failure> {
        let (operators, validators) = (self.plan.operators.to_string(), validators.to_string());
        let mut arguments: Vec<&OsStr> = vec!["new".as_ref(), file.as_ref()];
        arguments.extend(["--operators", &operators, "--validators", &validators].map(OsStr::new));
        if let Some(powers) = powers {
            arguments.extend(["--powers".as_ref(), powers.as_os_str()]);
        }
        self.run(&arguments)
    }

    fn contribute(&self, file: &Path, what: &str) -> Result<(), Failure> {
        for operator in 0..usize::from(self.plan.operators) {
            let started = Instant::now();
            let folder = node(&self.plan.output, operator);
            self.run(&["contribute".as_ref(), file.as_ref(), "--data-dir".as_ref(), folder.as_ref()])?;
            let took = started.elapsed().as_secs_f64();
            notice(&format!("operator {} has contributed to {what}, in {took:.1} s", operator + 1));
        }
        Ok(())
    }

    /// Runs `coram setup` to its end.
    fn run(&self, arguments: &[&OsStr]) -> Result<(), Failure> {
        let log = self.folder.join("coram.log");
        let file = File::options().create(true).append(true).open(&log);
        let file = file.map_err(|error| disk(&log, "write", &error))?;
        let output = file.try_clone().map_err(|error| disk(&log, "write", &error))?;
        let mut command = Command::new(&self.program);
        for variable in &self.ours {
            command.env_remove(variable);
        }
        command.arg("setup").args(arguments).stdin(Stdio::null()).stdout(output).stderr(file);
        let mut running = Running::start(&mut command)?;
        loop {
            match running.poll()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(failed(&log, "the setup", status)),
                None if Instant::now() >= self.deadline => {
                    let what = "time ran out during the setup";
                    return Err(
                        Failure::new(Exit::TimedOut, "sim.timeout", what).help("give a larger --timeout")
                    );
                }
                None => thread::sleep(super::processes::POLL),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sizes;

    #[test]
    fn proofs_are_for_as_many_validators_as_wanted_and_one_for_those_that_are_left() {
        assert_eq!(sizes(1, 1), [1]);
        assert_eq!(sizes(5, 1), [1]);
        assert_eq!(sizes(5, 2), [2, 1]);
        assert_eq!(sizes(6, 3), [3]);
        assert_eq!(sizes(2, 7), [2]);
        assert_eq!(sizes(2, 0), [1]);
    }
}

//! The most memory that a scheme needs, in a process of its own.

use std::{
    env, fs,
    process::{Command, ExitCode, Stdio},
};

use rayon::ThreadPoolBuilder;

use crate::{
    cell,
    options::Options,
    scheme::{Failure, Kind, Shape},
};

/// MiB that a process had resident at most, which set the scheme up, dealt once, and verified that.
///
/// # Errors
///
/// If the process cannot be started or fails.
pub fn of(kind: Kind, shape: Shape, options: &Options) -> Result<u64, Failure> {
    let name = clap::ValueEnum::to_possible_value(&kind).ok_or("a scheme without a name")?;
    let output = Command::new(env::current_exe()?)
        .args(["--peak", name.get_name()])
        .args(["--operators", &shape.n.to_string(), "--threshold", &shape.t.to_string()])
        .args(["--validators", &shape.m.to_string(), "--threads", &options.threads().to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{}, {shape}: the process that measures memory has failed", kind.name()).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// What [`of`] starts.
///
/// # Errors
///
/// If the scheme fails.
pub fn print(kind: Kind, options: &Options) -> Result<ExitCode, Failure> {
    let shape = *options.shapes()?.first().ok_or("no size")?;
    let threads = ThreadPoolBuilder::new().num_threads(options.threads()).build()?;
    cell::look(kind, shape, options, &threads)?;
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    println!("{}", line.trim_end_matches("kB").trim().parse::<u64>()? >> 10);
    Ok(ExitCode::SUCCESS)
}

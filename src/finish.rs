//! The end of a ceremony: what it leaves on disk, checked as an outsider would.

use std::time::Instant;

use coram_ceremony::{
    Outcome,
    verify::{self, Verdict},
};
use coram_cluster::network::Network;

use crate::cli::files::MAX_FILE;
use crate::failure::{Exit, Failure};
use crate::printer::{notice, result};
use crate::store::attempt::Attempt;
use crate::store::data_dir::{DataDir, LOCK};
use crate::store::{disk, files, outputs};

/// Writes the outputs, verifies the lock from disk, and destroys the dealing seed.
pub fn write_outputs(
    data_dir: &DataDir,
    attempt: &Attempt,
    network: &Network,
    outcome: &Outcome,
) -> Result<(), Failure> {
    attempt.start_finishing()?;
    let staging = attempt.staging();
    outputs::write(
        data_dir.path(),
        &staging,
        outcome.lock(),
        &outcome.lock_json()?,
        network,
        outcome.shares(),
    )?;
    check_lock(data_dir, network)?;
    attempt.destroy_seed()?;
    notice("the lock is complete: keystores, deposit data and lock are written and were read back");
    notice(&format!(
        "kept: {}, which recovers the shares from the public lock. Destroy it if a later theft must reveal nothing",
        attempt.folder().join("decryption-key").display()
    ));
    Ok(())
}

/// Prints where the lock is.
pub fn print_lock(data_dir: &DataDir) -> Result<(), Failure> {
    result(&format!("{}\n", data_dir.path().join(LOCK).display()))
}

/// Verifies the lock as an outsider would, from the bytes on disk.
pub fn check_lock(data_dir: &DataDir, network: &Network) -> Result<(), Failure> {
    let path = data_dir.path().join(LOCK);
    let bytes = files::read_bounded(&path, MAX_FILE).map_err(|error| disk(&path, "read", &error))?;
    let options = verify::Options { network: Some(network.clone()), ..verify::Options::default() };
    let started = Instant::now();
    let report = verify::verify_lock(&bytes, &options, &|| started.elapsed());
    if report.verdict != Verdict::Invalid {
        return Ok(());
    }
    let failed = report.with(verify::Outcome::Failed).join(", ");
    let what = format!("{} was written, but does not verify: {failed}", path.display());
    Err(Failure::new(Exit::Internal, "ceremony.output", what)
        .help("use none of these keys; keep the folder and report it"))
}

//! The end of a ceremony: what it leaves on disk, checked as an outsider would.

use std::time::Instant;

use coram_ceremony::{
    Outcome,
    verify::{self, Verdict},
};
use coram_cluster::{lock::Lock, network::Network};

use crate::cli::files::MAX_FILE;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::report::Reporter;
use crate::store::attempt::Attempt;
use crate::store::data_dir::{DataDir, LOCK};
use crate::store::{disk, files, outputs};

/// Writes the outputs, verifies the lock from disk, and destroys the dealing seed.
pub fn write_outputs(
    data_dir: &DataDir,
    attempt: &Attempt,
    network: &Network,
    outcome: &Outcome,
    reporter: &Reporter,
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
    let text = "keystores, deposit data and lock are written and were read back".to_owned();
    reporter.tell(Event::Notice { text });
    let text = format!(
        "kept: {}, which recovers the shares from the public lock. Destroy it if a later theft must reveal nothing",
        attempt.folder().join("decryption-key").display()
    );
    reporter.tell(Event::Notice { text });
    Ok(())
}

/// Says where the lock is.
pub fn complete(data_dir: &DataDir, reporter: &Reporter) -> Result<(), Failure> {
    let path = data_dir.path().join(LOCK);
    let bytes = files::read_bounded(&path, MAX_FILE).map_err(|error| disk(&path, "read", &error))?;
    reporter.complete(&path, &Lock::parse(&bytes)?.hash()?)
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

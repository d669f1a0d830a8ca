//! The end of a ceremony: what it leaves, checked as an outsider would.

mod delivery;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Instant;

use coram_ceremony::{
    Outcome,
    verify::{self, CheckId, Subject, Verdict},
};
use coram_cluster::{lock::Lock, network::Network};

use crate::cli::files::MAX_FILE;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::report::Reporter;
use crate::store::attempt::Attempt;
use crate::store::data_dir::{DataDir, LOCK};
use crate::store::{archive, disk, files, outputs};
use crate::work::{Meter, Work};
pub use delivery::Delivery;

/// Delivers the outputs, verifies the lock from disk, and destroys the dealing seed. Can be interrupted and repeated.
///
/// # Errors
///
/// Where an import failed, everything else was done, except that nothing is packed.
pub fn write_outputs(
    data_dir: &DataDir,
    attempt: &Attempt,
    network: &Network,
    outcome: &Outcome,
    delivery: &Delivery,
    reporter: &Reporter,
) -> Result<(), Failure> {
    attempt.start_finishing()?;
    let lock_json = outcome.lock_json()?;
    if archive::exists(data_dir) {
        archive::check_lock(data_dir, &lock_json)?;
        return end_again(data_dir, attempt, network, delivery, reporter);
    }
    let failed_import = delivery.deliver_keystores(data_dir, attempt, outcome.shares(), reporter)?;
    let public = Meter::begin(reporter, Work::Public, 1);
    outputs::write_public(data_dir.path(), outcome.lock(), &lock_json, network)?;
    public.end();
    check_lock(data_dir, network, reporter)?;
    attempt.destroy_seed()?;
    notice(reporter, "all outputs are written and were read back");
    let text = format!(
        "kept: {}, which recovers the shares from the public lock. Destroy it if a later theft must reveal nothing",
        attempt.folder().join("decryption-key").display()
    );
    notice(reporter, &text);
    match failed_import {
        Some(failure) => Err(failure),
        None => pack(data_dir, attempt, delivery, reporter),
    }
}

/// Ends a ceremony whose outputs are there, from what is on disk alone.
pub fn end_again(
    data_dir: &DataDir,
    attempt: &Attempt,
    network: &Network,
    delivery: &Delivery,
    reporter: &Reporter,
) -> Result<(), Failure> {
    check_lock(data_dir, network, reporter)?;
    notice(reporter, "the ceremony has ended, and its lock verifies");
    pack(data_dir, attempt, delivery, reporter)
}

fn pack(
    data_dir: &DataDir,
    attempt: &Attempt,
    delivery: &Delivery,
    reporter: &Reporter,
) -> Result<(), Failure> {
    if delivery.zipped {
        archive::pack(data_dir, attempt)?;
        notice(reporter, "the outputs are packed, with copies of the identity key and the definition");
    }
    Ok(())
}

/// Says where the lock is: in a file of its own, or packed.
pub fn complete(data_dir: &DataDir, reporter: &Reporter) -> Result<(), Failure> {
    let (path, bytes) = read_lock(data_dir)?;
    reporter.complete(&path, &Lock::parse(&bytes)?.hash()?)
}

/// Verifies the lock as an outsider would, from the bytes on disk. Says what outsiders cannot decide who know nothing else.
fn check_lock(data_dir: &DataDir, network: &Network, reporter: &Reporter) -> Result<(), Failure> {
    let (path, bytes) = read_lock(data_dir)?;
    let options = verify::Options { network: Some(network.clone()), ..verify::Options::default() };
    let started = Instant::now();
    let made = Meter::begin(reporter, Work::VerifyLock, CheckId::ALL.len());
    let clock = || started.elapsed();
    let report = verify::verify_observed(Subject::Lock, &bytes, &options, &clock, &mut |_| made.advance());
    made.end();
    match report.verdict {
        Verdict::Valid => return Ok(()),
        Verdict::Indeterminate => {
            let undecided = report.with(verify::Outcome::Undecided).join(", ");
            let text = format!(
                "the lock is INDETERMINATE for whoever knows nothing else of it: {undecided} cannot be decided from the lock \
                 alone; `coram verify` says why"
            );
            reporter.tell(Event::Warning { text });
            return Ok(());
        }
        Verdict::Invalid => {}
    }
    let failed = report.with(verify::Outcome::Failed).join(", ");
    let what = format!("{} was written, but does not verify: {failed}", path.display());
    Err(Failure::new(Exit::Internal, "ceremony.output", what)
        .help("use none of these keys; keep the folder and report it"))
}

/// The lock, and the file that it is in.
fn read_lock(data_dir: &DataDir) -> Result<(PathBuf, Vec<u8>), Failure> {
    let path = data_dir.path().join(LOCK);
    match files::read_bounded(&path, MAX_FILE) {
        Err(error) if error.kind() == ErrorKind::NotFound && archive::exists(data_dir) => {
            Ok((archive::path(data_dir), archive::read_lock(data_dir)?))
        }
        bytes => Ok((path.clone(), bytes.map_err(|error| disk(&path, "read", &error))?)),
    }
}

fn notice(reporter: &Reporter, text: &str) {
    reporter.tell(Event::Notice { text: text.to_owned() });
}

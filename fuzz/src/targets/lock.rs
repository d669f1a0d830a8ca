//! Locks, with their transcripts in them. One that is VALID is the one that the operators made.

use std::time::Duration;

use coram_ceremony::verify::{Options, Report, Verdict, verify_lock};
use coram_cluster::lock::Lock;

use crate::{edits, objects};

pub fn run(data: &[u8]) {
    let held = objects::held();
    let data = edits::read(data, std::slice::from_ref(&held.lock));
    judge(&data, &Options::default());
}

/// Judges a file as a lock, and the report as what is shown.
pub fn judge(data: &[u8], options: &Options) {
    let report: Report = verify_lock(data, options, &|| Duration::ZERO);
    assert!(serde_json::to_vec(&report).is_ok());
    let _ = coram_views::page(&report);
    let lock = Lock::parse(data);
    if let Ok(lock) = &lock
        && let Ok(written) = lock.to_json(lock.transcript())
    {
        // Hashes are written as they should be, whatever the file said.
        let Ok(again) = Lock::parse(&written) else { panic!("what is written is not read") };
        assert_eq!((again.hash(), Ok(again.stated_hash())), (lock.hash(), lock.hash()));
        assert_eq!((again.validators(), again.transcript()), (lock.validators(), lock.transcript()));
    }
    if report.verdict == Verdict::Valid {
        let real = objects::held().outcome.lock();
        let Ok(lock) = lock else { panic!("a file that is no lock is VALID") };
        assert_eq!((lock.hash(), lock.validators()), (real.hash(), real.validators()));
        assert_eq!(lock.node_signatures(), real.node_signatures());
    }
}

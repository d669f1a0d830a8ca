//! Transcripts. One that replays is that of the ceremony; beside a lock, another makes it no better.

use coram_ceremony::UnverifiedTranscript;
use coram_ceremony::verify::Options;
use coram_cluster::json;

use super::lock;
use crate::{edits, objects};

pub fn run(data: &[u8]) {
    let held = objects::held();
    let data = edits::read(data, std::slice::from_ref(&held.transcript));
    let real = held.outcome.lock();
    if let Ok(value) = json::check(&data, &[])
        && let Ok(read) = UnverifiedTranscript::read(&value, real.definition())
    {
        let signatures = read.check_signatures();
        if let Ok(sealed) = read.replay() {
            assert!(signatures.is_ok());
            assert_eq!(sealed.lock().hash(), real.hash());
            assert_eq!(sealed.transcript().root(), held.outcome.transcript().root());
        }
        let beside = Options { transcript: Some(data.into_owned().into()), ..Options::default() };
        lock::judge(&held.bare_lock, &beside);
    }
}

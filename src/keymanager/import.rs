//! The import of all of an operator's keys.

use std::thread;
use std::time::Duration;

use coram_cluster::bls::SecretKey;
use rayon::prelude::*;

use super::{Keymanager, Status};
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::report::Reporter;
use crate::store::outputs;
use crate::work::{Meter, Work};

/// Keystores in one request.
const BATCH: usize = 16;
/// How often the list is asked for until it has every key, and the pause between: some clients load keys after they answered.
const CONFIRMATIONS: usize = 5;
const PAUSE: Duration = Duration::from_secs(1);
/// Keys that a failure names; all of them were shown before.
const MAX_NAMED: usize = 8;

/// Imports shares under fresh passwords that are kept nowhere, and waits until the keymanager lists every key.
///
/// May be repeated: a key that is there already counts as imported.
///
/// # Errors
///
/// `keymanager.import` if it did not take a key or does not list it, and what a request can fail with. The keymanager may
/// have some of the keys.
pub fn import(keymanager: &Keymanager, shares: &[SecretKey], reporter: &Reporter) -> Result<(), Failure> {
    let mut refused = Vec::new();
    let imported = Meter::begin(reporter, Work::Import, shares.len());
    for batch in shares.chunks(BATCH) {
        let keystores = batch.par_iter().map(outputs::make_keystore).collect::<Result<Vec<_>, _>>()?;
        for (share, reply) in batch.iter().zip(keymanager.post(&keystores)?) {
            let key = public_key(share);
            let text = format!("keymanager: 0x{key}: {}", reply.text());
            if reply.status == Status::Error {
                reporter.tell(Event::Warning { text });
                refused.push(key);
            } else {
                reporter.tell(Event::Notice { text });
            }
            imported.advance();
        }
    }
    if !refused.is_empty() {
        return Err(failure(keymanager, "did not take", &refused, shares.len()));
    }
    confirm(keymanager, shares)
}

/// Waits until every key is listed. Nothing else has the keystores: what it says of each is not enough.
fn confirm(keymanager: &Keymanager, shares: &[SecretKey]) -> Result<(), Failure> {
    let mut missing = Vec::new();
    for attempt in 0..CONFIRMATIONS {
        if attempt > 0 {
            thread::sleep(PAUSE);
        }
        let listed = keymanager.list()?;
        missing = shares.iter().map(public_key).filter(|key| !listed.contains(key)).collect();
        if missing.is_empty() {
            return Ok(());
        }
    }
    Err(failure(keymanager, "does not list", &missing, shares.len()))
}

fn failure(keymanager: &Keymanager, what: &str, keys: &[String], of: usize) -> Failure {
    let mut names: Vec<String> = keys.iter().take(MAX_NAMED).map(|key| format!("0x{key}")).collect();
    if keys.len() > MAX_NAMED {
        names.push(format!("and {} more", keys.len() - MAX_NAMED));
    }
    let what = format!(
        "the keymanager at {} {what} {} of {of} keys: {}",
        keymanager.address(),
        keys.len(),
        names.join(", ")
    );
    Failure::new(Exit::Refused, "keymanager.import", what)
}

fn public_key(share: &SecretKey) -> String {
    hex::encode(share.public_key().to_bytes())
}

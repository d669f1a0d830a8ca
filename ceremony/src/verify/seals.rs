//! The Seals: that all operators accepted this lock and this transcript.

use coram_cluster::bls::{self, Signature};
use coram_cluster::lock::Lock;

use super::attests::wrong_partials;
use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::recorder::Recorder;
use super::transcript::Read;
use crate::hex;
use crate::message::{Kind, Seal, Signed};
use crate::phase::{Attested, Roster, judge_node_signature};

/// Makes the checks of the Seals, and of what the lock has from them.
pub(super) fn check(
    recorder: &mut Recorder<'_>,
    read: &Read,
    lock: &Lock,
    formed: Option<(&Roster, &Attested)>,
) -> Option<()> {
    let seals = read.signed(recorder, CheckId::SealSignatures, &read.transcript.seals)?;
    if let Some((_, attested)) = formed.filter(|_| recorder.can_make(CheckId::SealTranscriptRoot)) {
        let root = attested.root();
        recorder.make(CheckId::SealTranscriptRoot, || {
            same(read, &seals, "transcript_root", root.as_bytes(), |seal| &seal.transcript_root)
        });
    }
    if recorder.can_make(CheckId::SealLockHash)
        && let Ok(hash) = lock.hash()
    {
        recorder
            .make(CheckId::SealLockHash, || same(read, &seals, "lock_hash", &hash, |seal| &seal.lock_hash));
    }
    recorder.make(CheckId::SealNodeSignatures, || node_signatures(read, lock, &seals));

    let (roster, attested) = formed.filter(|_| recorder.can_make(CheckId::SealPartials))?;
    let partials = recorder.make_with(CheckId::SealPartials, || partials(read, roster, attested, &seals))?;
    recorder.make(CheckId::SealAggregate, || aggregate(lock, &partials));
    Some(())
}

/// Compares one hash of each Seal with what it should be.
fn same(
    read: &Read,
    seals: &[Signed<Seal>],
    member: &str,
    expected: &[u8; 32],
    of: fn(&Seal) -> &[u8; 32],
) -> Finding {
    let expected_text = hex::encode(expected);
    let wrong = seals.iter().enumerate().filter(|(_, seal)| of(seal.body()) != expected);
    let failures = wrong.map(|(place, seal)| {
        let what = format!("it says {}, computed is {expected_text}", hex::encode(of(seal.body())));
        Failure::new(read.path.in_message(Kind::Seal, place, member), what)
    });
    Finding::judge(expected_text.clone(), failures.collect())
}

fn node_signatures(read: &Read, lock: &Lock, seals: &[Signed<Seal>]) -> Finding {
    let ceremony = &read.transcript.ceremony;
    let in_lock = lock.definition().version().has_registrations();
    let mut failures = Vec::new();
    for (place, seal) in seals.iter().enumerate() {
        if let Err(breach) = judge_node_signature(ceremony, seal) {
            failures.push(Failure::new(read.path.in_message(Kind::Seal, place, "node_signature"), breach));
        }
        let stated = lock.node_signatures().get(place).map(Vec::as_slice);
        if in_lock && stated != Some(seal.body().node_signature.as_slice()) {
            let what = "the lock has another node signature than the Seal of this operator";
            failures.push(Failure::new(format!("$.node_signatures[{place}]"), what));
        }
    }
    if in_lock {
        for place in seals.len()..lock.node_signatures().len() {
            let what = "there is no Seal for this node signature";
            failures.push(Failure::new(format!("$.node_signatures[{place}]"), what));
        }
    }
    Finding::judge(format!("{} signatures", seals.len()), failures)
}

/// All partial signatures together; when that fails each, and all wrong ones are named.
fn partials(
    read: &Read,
    roster: &Roster,
    attested: &Attested,
    seals: &[Signed<Seal>],
) -> (Finding, Vec<Vec<Signature>>) {
    let ceremony = &read.transcript.ceremony;
    let obstacle = match attested.verify_seals(ceremony, roster, seals) {
        Ok(partials) => {
            let count: usize = partials.iter().map(Vec::len).sum();
            return (Finding::passed(format!("{count} signatures")), partials);
        }
        Err(obstacle) => obstacle,
    };
    let each = seals.iter().enumerate();
    let wrong = each.map(|(place, seal)| (place, attested.wrong_partials(seal)));
    (wrong_partials(read, Kind::Seal, wrong, &obstacle), Vec::new())
}

fn aggregate(lock: &Lock, partials: &[Vec<Signature>]) -> Finding {
    let partials: Vec<Signature> = partials.concat();
    match bls::aggregate(&partials) {
        Ok(sum) => {
            let (stated, computed) = (hex::encode(lock.signature_aggregate()), hex::encode(&sum.to_bytes()));
            Finding::compare("$.signature_aggregate", &stated, &computed)
        }
        Err(error) => Finding::undecided(error.to_string()),
    }
}

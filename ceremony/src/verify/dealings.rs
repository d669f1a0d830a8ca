//! Commits and Deals: the dealings, their proofs, and the keys that are their sum.

use std::time::Duration;

use coram_cluster::lock::Lock;
use coram_proofs::{Aggregate, Dealing, Extraction, ProofError, VerifiedDealing};

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::path;
use super::recorder::Recorder;
use super::transcript::Read;
use crate::hex;
use crate::message::{Commit, Deal, Kind, Signed};
use crate::phase::{Dealt, Roster};

/// Makes the checks of Commits, Deals and keys. The phase is formed if all of them pass.
pub(super) fn check(
    recorder: &mut Recorder<'_>,
    read: &Read,
    lock: &Lock,
    roster: Option<&Roster>,
) -> Option<Dealt> {
    let ceremony = &read.transcript.ceremony;
    let commits = if ceremony.parameters().commits {
        read.signed(recorder, CheckId::CommitSignatures, &read.transcript.commits)?
    } else {
        recorder.note(CheckId::CommitSignatures, Finding::not_applicable("the ceremony ran without Commits"));
        Vec::new()
    };
    let deals = read.signed(recorder, CheckId::DealSignatures, &read.transcript.deals)?;
    let roster = roster?;
    recorder.make(CheckId::DealOpenings, || openings(read, roster, &commits, &deals));

    let decoded = recorder.make_with(CheckId::DealEncoding, || decode(read, roster, &deals))?;
    let dealings = verify(recorder, read, roster, decoded)?;
    let sum = add(recorder, ceremony.extraction(), &dealings)?;
    compare(recorder, lock, &sum);
    if !recorder.holds(CheckId::DealOpenings) {
        return None;
    }
    Dealt::from_sum(ceremony, roster, commits, deals, dealings, sum).ok()
}

/// Whether every dealer opened what it committed to, under one roster and one set of Commits.
fn openings(read: &Read, roster: &Roster, commits: &[Signed<Commit>], deals: &[Signed<Deal>]) -> Finding {
    let ceremony = &read.transcript.ceremony;
    let mut failures = Vec::new();
    for (place, commit) in commits.iter().enumerate() {
        if let Err(obstacle) = roster.check_commit(ceremony, commit) {
            failures.push(Failure::new(read.path.message(Kind::Commit, place), obstacle));
        }
    }
    for (place, deal) in deals.iter().enumerate() {
        if let Err(obstacle) = roster.check_deal(ceremony, commits, deal) {
            failures.push(Failure::new(read.path.in_message(Kind::Deal, place, "dealing"), obstacle));
        }
    }
    if commits.is_empty() && failures.is_empty() {
        return Finding::not_applicable("the ceremony ran without Commits");
    }
    Finding::judge(format!("{} openings", deals.len()), failures)
}

fn decode(read: &Read, roster: &Roster, deals: &[Signed<Deal>]) -> (Finding, Vec<(u16, Dealing)>) {
    let (mut dealings, mut failures) = (Vec::new(), Vec::new());
    let encoded: Vec<&[u8]> = deals.iter().map(|deal| deal.body().dealing.as_slice()).collect();
    let decoded = roster.scheme().decode_all(&encoded);
    for (place, (deal, dealing)) in deals.iter().zip(decoded).enumerate() {
        match dealing {
            Ok(dealing) => dealings.push((deal.author(), dealing)),
            Err(error) => failures.push(in_dealing(read, place, &error)),
        }
    }
    let detail = format!("{} dealings of {} bytes", deals.len(), roster.scheme().dealing_len());
    (Finding::judge(detail, failures), dealings)
}

fn in_dealing(read: &Read, place: usize, error: &ProofError) -> Failure {
    let system = read.transcript.ceremony.parameters().proof_system;
    let member = format!("dealing{}", path::dealing_member(system, error));
    Failure::new(read.path.in_message(Kind::Deal, place, &member), error)
}

/// Verifies all dealings. The proof and the link of a dealing are two checks of one computation.
fn verify(
    recorder: &mut Recorder<'_>,
    read: &Read,
    roster: &Roster,
    dealings: Vec<(u16, Dealing)>,
) -> Option<Vec<VerifiedDealing>> {
    let dealers: Vec<u16> = dealings.iter().map(|(dealer, _)| *dealer).collect();
    let detail = format!("{} dealings", dealers.len());
    let (result, took) = recorder.time(|| roster.scheme().verify_all(dealings));
    let culprits = result.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    let failures = |links: bool| -> Vec<Failure> {
        let wanted = culprits.iter().filter(|(_, error)| matches!(error, ProofError::Link) == links);
        let place = |dealer: &u16| dealers.iter().position(|known| known == dealer).unwrap_or_default();
        wanted.map(|(dealer, error)| in_dealing(read, place(dealer), error)).collect()
    };
    let (proofs, links) = (failures(false), failures(true));
    let proved = proofs.is_empty();
    recorder.note_timed(CheckId::DealProofs, Finding::judge(detail.clone(), proofs), took);
    if proved || !links.is_empty() {
        recorder.note(CheckId::DealLinks, Finding::judge(detail, links));
    }
    result.ok()
}

/// Makes the keys of the dealings. What can be wrong with them is found in the order of their checks.
fn add(
    recorder: &mut Recorder<'_>,
    extraction: Extraction,
    dealings: &[VerifiedDealing],
) -> Option<Aggregate> {
    const CHECKS: [CheckId; 3] = [CheckId::KeyThreshold, CheckId::KeyIdentity, CheckId::KeyDistinct];
    let (sum, took) = recorder.time(|| Aggregate::extract(dealings, extraction));
    let wrong = sum.as_ref().err().map(|error| match error {
        ProofError::IdentityKey { .. } => (CheckId::KeyIdentity, error),
        ProofError::EqualKeys { .. } => (CheckId::KeyDistinct, error),
        other => (CheckId::KeyThreshold, other),
    });
    for (check, took) in CHECKS.into_iter().zip([took, Duration::ZERO, Duration::ZERO]) {
        match wrong {
            Some((at, error)) if at == check => {
                recorder.note_timed(check, Finding::failed(summed_path(error), error), took);
                return None;
            }
            _ => recorder.note_timed(check, Finding::passed(format!("{} dealings", dealings.len())), took),
        }
    }
    sum.ok()
}

fn summed_path(error: &ProofError) -> String {
    match error {
        ProofError::TopCoefficient { validator }
        | ProofError::IdentityKey { validator, .. }
        | ProofError::EqualKeys { second: validator, .. } => path::validator(*validator),
        _ => "$.distributed_validators".to_owned(),
    }
}

/// Compares the keys and public shares of the lock with the computed ones.
fn compare(recorder: &mut Recorder<'_>, lock: &Lock, sum: &Aggregate) {
    let validators = lock.validators();
    if recorder.can_make(CheckId::KeyLock) {
        recorder.make(CheckId::KeyLock, || {
            let mut failures = Vec::new();
            for (index, validator) in validators.iter().enumerate() {
                let place = path::validator(index) + ".distributed_public_key";
                failures.extend(differs(place, validator.public_key, sum.validator_key(index)));
            }
            Finding::judge(format!("{} keys", validators.len()), failures)
        });
    }
    if recorder.can_make(CheckId::KeyPublicShares) {
        recorder.make(CheckId::KeyPublicShares, || {
            let mut failures = Vec::new();
            let mut count = 0;
            for (index, validator) in validators.iter().enumerate() {
                for (operator, share) in (1_u16..).zip(&validator.public_shares) {
                    let place = format!("{}.public_shares[{}]", path::validator(index), operator - 1);
                    failures.extend(differs(place, *share, sum.public_share(operator, index)));
                    count += 1;
                }
            }
            Finding::judge(format!("{count} public shares"), failures)
        });
    }
}

fn differs(place: String, stated: [u8; 48], computed: Option<[u8; 48]>) -> Option<Failure> {
    if computed == Some(stated) {
        return None;
    }
    let computed = computed.map_or_else(|| "none".to_owned(), |key| hex::encode(&key));
    Some(Failure::new(place, format!("the lock says {}, the dealings give {computed}", hex::encode(&stated))))
}

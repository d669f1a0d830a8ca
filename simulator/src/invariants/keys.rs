//! Locks and shares.

use std::time::Duration;

use coram_ceremony::Outcome;
use coram_ceremony::verify::{Options, Verdict, verify_lock};
use coram_cluster::bls::{SecretKey, combine_secrets};

use super::{Findings, Inspector};
use crate::adversary::{Entry, Expected};
use crate::operator::Ending;
use crate::run::Ended;

pub(super) fn check(inspector: &Inspector, entry: &Entry, ended: &Ended, findings: &mut Findings) {
    let locked: Vec<&Outcome> = ended.honest.iter().filter_map(|(_, ending)| outcome(ending)).collect();
    let Some(first) = locked.first() else { return };
    let json = match first.lock_json() {
        Ok(json) => json,
        Err(error) => return findings.violations.push(format!("a lock that cannot be written: {error}")),
    };
    let may_differ = entry.expected.contains(&Expected::OtherSignatures);
    for other in locked.iter().filter(|other| other.lock_json().ok().as_ref() != Some(&json)) {
        let is_same = other.lock().hash().ok() == first.lock().hash().ok();
        if !may_differ || !is_same {
            findings.violations.push("two honest operators have different locks".into());
        }
        let verified = other.lock_json().map_err(|error| error.to_string());
        let verified = verified.and_then(|json| inspector.recall("lock", &json, || verify(&json)));
        findings.violations.extend(verified.err());
    }
    if locked.len() != ended.honest.len() {
        findings.violations.push("some honest operators have a lock and others have none".into());
    }
    if let Err(wrong) = inspector.recall("lock", &json, || verify(&json)) {
        findings.violations.push(wrong);
    }
    let puppets = ended.puppets.values().filter_map(outcome);
    let holders: Vec<&Outcome> = locked.iter().copied().chain(puppets).collect();
    // The shares follow from the transcript and the keys.
    let operators: Vec<u8> = holders.iter().flat_map(|holder| holder.operator().to_be_bytes()).collect();
    let name = [json.as_slice(), &operators].concat();
    if let Err(wrong) = inspector.recall("shares", &name, || judge_shares(ended, &holders)) {
        findings.violations.push(wrong);
    }
}

fn outcome(ending: &Ending) -> Option<&Outcome> {
    if let Ending::Locked(outcome) = ending { Some(outcome) } else { None }
}

fn verify(json: &[u8]) -> Result<String, String> {
    let report = verify_lock(json, &Options::default(), &|| Duration::ZERO);
    if report.verdict == Verdict::Valid {
        Ok(report.headline)
    } else {
        Err(format!("the lock is {}: {}", report.verdict.name(), report.headline))
    }
}

/// Each share is on the public polynomial, any `t` make the key, and those of the adversary do not.
fn judge_shares(ended: &Ended, holders: &[&Outcome]) -> Result<String, String> {
    let threshold = usize::from(ended.cast.shape.threshold);
    for holder in holders {
        for (share, validator) in holder.shares().iter().zip(holder.lock().validators()) {
            let public = validator.public_shares.get(usize::from(holder.operator()) - 1);
            if public != Some(&share.public_key().to_bytes()) {
                return Err(format!(
                    "a share of operator {} is not on the public polynomial",
                    holder.operator()
                ));
            }
        }
        if holder.shares().len() as u64 != ended.cast.shape.validators {
            return Err(format!("operator {} has no share of some validator", holder.operator()));
        }
    }
    let validators = holders.first().map(|holder| holder.lock().validators()).unwrap_or_default();
    for (place, validator) in validators.iter().enumerate() {
        let share = |holder: &&Outcome| Some((holder.operator(), holder.shares().get(place)?.clone()));
        let all: Vec<(u16, SecretKey)> = holders.iter().filter_map(share).collect();
        let makes_key = |shares: &[(u16, SecretKey)]| {
            combine_secrets(shares).is_ok_and(|secret| secret.public_key().to_bytes() == validator.public_key)
        };
        if all.windows(threshold).any(|shares| !makes_key(shares)) {
            return Err(format!("{threshold} shares of validator {place} do not make its key"));
        }
        let of_adversary: Vec<_> =
            all.iter().filter(|(index, _)| ended.corrupted.contains(index)).cloned().collect();
        if !of_adversary.is_empty() && makes_key(&of_adversary) {
            return Err(format!("the adversary's shares make the key of validator {place}"));
        }
    }
    Ok(String::new())
}

//! The lock by itself: what Charon checks when it loads one, and what it takes on trust.

use coram_cluster::bls::KeyShares;
use coram_cluster::lock::Lock;
use coram_cluster::lock::check::{self, Checked, content};
use coram_cluster::network::Network;

use super::catalogue::CheckId;
use super::check::Finding;
use super::path;
use super::recorder::Recorder;
use crate::hex;

/// Makes the checks of the lock, its registrations and its deposits.
pub(super) fn check(recorder: &mut Recorder<'_>, lock: &Lock, network: Option<&Network>) {
    let (operators, validators) = (lock.definition().operators().len(), lock.validators().len());
    let counted = |result, what: String, place| of(result, what, place);
    recorder.make(CheckId::LockValidatorCount, || {
        counted(check::validator_count(lock), format!("{validators} validators"), "$.distributed_validators")
    });
    recorder.make(CheckId::LockShareCounts, || {
        let what = format!("{operators} shares of each of {validators} keys");
        counted(check::share_counts(lock), what, "$.distributed_validators[].public_shares")
    });
    recorder.make(CheckId::LockHash, || hash(lock));
    let keys = recorder.make_with(CheckId::LockPublicKeys, || match check::public_keys(lock) {
        Ok(keys) => (Finding::passed(format!("{} points", validators * (operators + 1))), Some(keys)),
        Err(errors) => {
            let place = "$.distributed_validators[].distributed_public_key";
            (Finding::judge("", path::failures(&errors, place)), None)
        }
    });
    if recorder.can_make(CheckId::LockNodeSignatures) {
        recorder.make(CheckId::LockNodeSignatures, || node_signatures(lock));
    }
    let keys = keys.flatten();
    if let Some(keys) = &keys {
        keyed(recorder, lock, keys);
    }
    registrations(recorder, lock, keys.as_deref(), network);
    deposits(recorder, lock, keys.as_deref());
}

/// The checks that need all keys as points.
fn keyed(recorder: &mut Recorder<'_>, lock: &Lock, keys: &[KeyShares]) {
    let validators = "$.distributed_validators[]";
    recorder.make(CheckId::LockDistinctKeys, || {
        let what = format!("{} different keys", keys.len());
        of(check::distinct_keys(keys), what, validators)
    });
    if recorder.can_make(CheckId::LockReconstruction) {
        recorder.make(CheckId::LockReconstruction, || {
            let (t, n) = (lock.definition().threshold(), lock.definition().operators().len());
            of(
                check::reconstruction(lock, keys),
                format!("any {t} of {n}"),
                "$.distributed_validators[].public_shares",
            )
        });
    }
    if recorder.can_make(CheckId::LockAggregateSignature) {
        recorder.make(CheckId::LockAggregateSignature, || {
            let what = "over all public shares of all validators".to_owned();
            of(check::aggregate(lock, keys), what, "$.signature_aggregate")
        });
    }
}

fn hash(lock: &Lock) -> Finding {
    match lock.hash() {
        Ok(computed) => {
            Finding::compare("$.lock_hash", &hex::encode(&lock.stated_hash()), &hex::encode(&computed))
        }
        Err(error) => Finding::judge("", vec![path::failure(&error, "$")]),
    }
}

fn node_signatures(lock: &Lock) -> Finding {
    if !lock.definition().version().has_registrations() {
        return Finding::not_applicable("locks before v1.7 have none");
    }
    let what = format!("{} signatures", lock.node_signatures().len());
    of(check::node_signatures(lock), what, "$.node_signatures")
}

fn registrations(
    recorder: &mut Recorder<'_>,
    lock: &Lock,
    keys: Option<&[KeyShares]>,
    network: Option<&Network>,
) {
    use CheckId::{RegistrationContent, RegistrationSignatures, RegistrationTimestamps};
    if !lock.definition().version().has_registrations() {
        for check in [RegistrationSignatures, RegistrationContent, RegistrationTimestamps] {
            recorder.note(check, Finding::not_applicable("locks before v1.7 have none"));
        }
        return;
    }
    let place = "$.distributed_validators[].builder_registration";
    let count = format!("{} registrations", lock.validators().len());
    if let Some(keys) = keys.filter(|_| recorder.can_make(RegistrationSignatures)) {
        recorder.make(RegistrationSignatures, || {
            let place = format!("{place}.signature");
            of(check::registration_signatures(lock, keys), count.clone(), &place)
        });
    }
    if recorder.can_make(RegistrationContent) {
        recorder.make(RegistrationContent, || {
            let results = [
                (content::registration_keys(lock), "pubkey"),
                (content::registration_fee_recipients(lock), "fee_recipient"),
                (content::registration_gas_limits(lock), "gas_limit"),
            ];
            let failures = results.into_iter().flat_map(|(result, member)| {
                let errors = result.err().unwrap_or_default();
                path::failures(&errors, &format!("{place}.message.{member}"))
            });
            Finding::judge(count.clone(), failures.collect())
        });
    }
    if recorder.can_make(RegistrationTimestamps) {
        recorder.make(RegistrationTimestamps, || match network {
            None => Finding::undecided("the genesis time of this network is not known: describe the network"),
            Some(network) => {
                let what = format!("{}, genesis of {}", network.genesis_time(), network.name());
                let place = format!("{place}.message.timestamp");
                of(content::registration_timestamps(lock, network), what, &place)
            }
        });
    }
}

fn deposits(recorder: &mut Recorder<'_>, lock: &Lock, keys: Option<&[KeyShares]>) {
    use CheckId::{DepositAmounts, DepositCredentials, DepositPublicKeys, DepositSignatures};
    let listed = lock.definition().version().has_deposit_amounts();
    let count: usize = lock.validators().iter().map(|validator| validator.deposits.len()).sum();
    if count == 0 && !listed {
        for check in [DepositPublicKeys, DepositCredentials, DepositAmounts, DepositSignatures] {
            recorder.note(
                check,
                Finding::not_applicable("this lock holds no deposits, which its version allows"),
            );
        }
        return;
    }
    let list = if listed { "partial_deposit_data" } else { "deposit_data" };
    let deposit = if listed { "partial_deposit_data[]" } else { "deposit_data" };
    let place = |member: &str| format!("$.distributed_validators[].{deposit}.{member}");
    let what = format!("{count} deposits");
    recorder.make(DepositPublicKeys, || of(content::deposit_keys(lock), what.clone(), &place("pubkey")));
    if recorder.can_make(DepositCredentials) {
        let place = place("withdrawal_credentials");
        recorder.make(DepositCredentials, || of(content::deposit_credentials(lock), what.clone(), &place));
    }
    if recorder.can_make(DepositAmounts) {
        recorder.make(DepositAmounts, || {
            let amounts = coram_cluster::deposit::amounts_to_sign(lock.definition());
            let place = format!("$.distributed_validators[].{list}");
            of(content::deposit_amounts(lock), format!("{amounts:?} Gwei for each validator"), &place)
        });
    }
    if let Some(keys) = keys.filter(|_| recorder.can_make(DepositSignatures)) {
        let place = place("signature");
        recorder
            .make(DepositSignatures, || of(content::deposit_signatures(lock, keys), what.clone(), &place));
    }
}

/// A result of the lock's own checks; `place` is as in [`path::failure`].
fn of(result: Checked, what: String, place: &str) -> Finding {
    match result {
        Ok(()) => Finding::passed(what),
        Err(errors) => Finding::judge("", path::failures(&errors, place)),
    }
}

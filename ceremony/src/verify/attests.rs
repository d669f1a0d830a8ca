//! The Attests: that all operators saw these dealings and hold shares of these keys.

use coram_cluster::bls::Signature;
use coram_cluster::lock::Lock;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::path;
use super::recorder::Recorder;
use super::transcript::Read;
use crate::breach::{Breach, Obstacle};
use crate::hex;
use crate::message::{Attest, Kind, Signed};
use crate::phase::{Attested, Dealt, Roster};

/// Makes the checks of the Attests, and of what the lock has from them.
pub(super) fn check(
    recorder: &mut Recorder<'_>,
    read: &Read,
    lock: &Lock,
    formed: Option<(&Roster, &Dealt)>,
) -> Option<Attested> {
    let attests = read.signed(recorder, CheckId::AttestSignatures, &read.transcript.attests)?;
    let (roster, dealt) = formed.filter(|_| recorder.can_make(CheckId::AttestRoot))?;
    if !recorder.make(CheckId::AttestRoot, || roots(read, roster, dealt, &attests)) {
        return None;
    }
    let partials = recorder.make_with(CheckId::AttestPartials, || partials(read, roster, dealt, &attests))?;
    let ceremony = &read.transcript.ceremony;
    let (attested, took) = recorder.time(|| Attested::combine(ceremony, roster, dealt, attests, &partials));
    match attested {
        Ok(attested) => {
            let stated = hex::encode(&read.transcript.attestation);
            let computed = hex::encode(&attested.attestation().to_bytes());
            let finding = Finding::compare(&read.path.member("attestation"), &stated, &computed);
            recorder.note_timed(CheckId::AttestAttestation, finding, took);
            compare(recorder, lock, attested.lock());
            Some(attested)
        }
        Err(error) => {
            recorder.note_timed(CheckId::AttestAttestation, Finding::undecided(error.to_string()), took);
            None
        }
    }
}

fn roots(read: &Read, roster: &Roster, dealt: &Dealt, attests: &[Signed<Attest>]) -> Finding {
    let places = attests.iter().enumerate();
    let failures = places.filter_map(|(place, attest)| {
        let obstacle = dealt.check_root(roster, attest).err()?;
        let stated = hex::encode(&attest.body().root);
        let what = format!("{obstacle}: {stated}, these are {}", dealt.root());
        Some(Failure::new(read.path.in_message(Kind::Attest, place, "root"), what))
    });
    Finding::judge(dealt.root().to_string(), failures.collect())
}

/// All partial signatures together; when that fails each, and all wrong ones are named.
fn partials(
    read: &Read,
    roster: &Roster,
    dealt: &Dealt,
    attests: &[Signed<Attest>],
) -> (Finding, Vec<Vec<Signature>>) {
    let obstacle = match dealt.verify_attests(roster, attests) {
        Ok(partials) => {
            let count: usize = partials.iter().map(Vec::len).sum();
            return (Finding::passed(format!("{count} signatures")), partials);
        }
        Err(obstacle) => obstacle,
    };
    let each = attests.iter().enumerate();
    let wrong = each.map(|(place, attest)| (place, dealt.wrong_partials(attest)));
    (wrong_partials(read, Kind::Attest, wrong, &obstacle), Vec::new())
}

/// Names all partial signatures that are wrong, by the places of their messages; `obstacle` is why they were looked for.
pub(super) fn wrong_partials(
    read: &Read,
    kind: Kind,
    wrong: impl Iterator<Item = (usize, Vec<Breach>)>,
    obstacle: &Obstacle,
) -> Finding {
    let deposits = read.transcript.ceremony.limits().deposits;
    let failure = |place: usize, breach: &Breach| match breach {
        Breach::Partial { object, validator, .. } => {
            let member = path::partial(*object, *validator, deposits);
            Failure::new(read.path.in_message(kind, place, &member), breach)
        }
        other => Failure::new(read.path.message(kind, place), other),
    };
    let failures = wrong.flat_map(|(place, breaches)| {
        breaches.iter().map(|breach| failure(place, breach)).collect::<Vec<_>>()
    });
    let failures: Vec<Failure> = failures.collect();
    if failures.is_empty() {
        return Finding::failed(read.path.root(), obstacle);
    }
    Finding::judge("", failures)
}

/// Compares deposits and registrations of the lock with those that the ceremony signed.
fn compare(recorder: &mut Recorder<'_>, lock: &Lock, computed: &Lock) {
    let pairs = || lock.validators().iter().zip(computed.validators()).enumerate();
    let listed = lock.definition().version().has_deposit_amounts();
    if recorder.can_make(CheckId::AttestDeposits) {
        recorder.make(CheckId::AttestDeposits, || {
            let mut failures = Vec::new();
            for (index, (stated, computed)) in pairs() {
                for place in 0..stated.deposits.len().max(computed.deposits.len()) {
                    if stated.deposits.get(place) != computed.deposits.get(place) {
                        let member = if listed {
                            format!("partial_deposit_data[{place}]")
                        } else {
                            "deposit_data".into()
                        };
                        let place = format!("{}.{member}", path::validator(index));
                        failures.push(Failure::new(place, "it is not the deposit that the ceremony signed"));
                    }
                }
            }
            Finding::judge("as combined from the partial signatures", failures)
        });
    }
    if recorder.can_make(CheckId::AttestRegistrations) {
        recorder.make(CheckId::AttestRegistrations, || {
            if !lock.definition().version().has_registrations() {
                return Finding::not_applicable("locks before v1.7 have none");
            }
            let wrong =
                pairs().filter(|(_, (stated, computed))| stated.registration != computed.registration);
            let failures = wrong.map(|(index, _)| {
                let place = path::validator(index) + ".builder_registration";
                Failure::new(place, "it is not the registration that the ceremony signed")
            });
            Finding::judge("as combined from the partial signatures", failures.collect())
        });
    }
}

//! The Joins: who takes part, with which encryption key.

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::recorder::Recorder;
use super::transcript::Read;
use crate::breach::{Breach, Obstacle};
use crate::message::{Join, Kind, Signed};
use crate::phase::{Roster, judge_join, judge_related_keys};

/// The Joins with their signatures checked, and the roster, if one can be formed from them.
pub(super) struct Joined {
    pub(super) roster: Option<Roster>,
}

/// Makes the checks of the Joins.
pub(super) fn check(recorder: &mut Recorder<'_>, read: &Read) -> Option<Joined> {
    let joins = read.signed(recorder, CheckId::JoinSignatures, &read.transcript.joins)?;
    keys(recorder, read, &joins);
    let can_form = recorder.can_make(CheckId::JoinUnrelatedKeys);
    let roster =
        if can_form { recorder.make_with(CheckId::JoinUnrelatedKeys, || form(read, joins)) } else { None };
    Some(Joined { roster: roster.flatten() })
}

fn keys(recorder: &mut Recorder<'_>, read: &Read, joins: &[Signed<Join>]) {
    let ceremony = &read.transcript.ceremony;
    let judge = || joins.iter().map(|join| judge_join(ceremony, join).err()).collect::<Vec<_>>();
    let (breaches, took) = recorder.time(judge);
    let of = |is: fn(&Breach) -> bool, member: &str| -> Vec<Failure> {
        let places = breaches.iter().enumerate();
        let failing =
            places.filter_map(|(place, breach)| Some((place, breach.as_ref().filter(|breach| is(breach))?)));
        failing
            .map(|(place, breach)| Failure::new(read.path.in_message(Kind::Join, place, member), breach))
            .collect()
    };
    let keys = of(|breach| matches!(breach, Breach::EncryptionKey { .. }), "encryption_key");
    let unproved = of(|breach| !matches!(breach, Breach::EncryptionKey { .. }), "possession");
    let detail = format!("{} keys", joins.len());
    let all_keys = keys.is_empty();
    recorder.note_timed(CheckId::JoinEncryptionKeys, Finding::judge(detail, keys), took);
    // A key that is none has no owner: whether the others are proved does not make the check pass.
    if all_keys || !unproved.is_empty() {
        recorder.note(CheckId::JoinPossession, Finding::judge(format!("{} proofs", joins.len()), unproved));
    }
}

fn form(read: &Read, joins: Vec<Signed<Join>>) -> (Finding, Option<Roster>) {
    let (ceremony, count) = (&read.transcript.ceremony, joins.len());
    // Without the keys of the setups nobody can be dealt to; the Joins are judged all the same.
    let formed = match ceremony.backend() {
        Ok(_) => Roster::form(ceremony, joins).map(Some),
        Err(_) => judge_related_keys(ceremony, &joins).map(|_| None),
    };
    match formed {
        Ok(Some(roster)) => {
            (Finding::passed(format!("{count} keys, roster {}", roster.hash())), Some(roster))
        }
        Ok(None) => (Finding::passed(format!("{count} keys")), None),
        Err(Obstacle::Breach(breach)) => {
            let places = breach.culprits().into_iter().map(|author| usize::from(author).saturating_sub(1));
            let failures = places.map(|place| {
                Failure::new(read.path.in_message(Kind::Join, place, "encryption_key"), &breach)
            });
            (Finding::judge("", failures.collect()), None)
        }
        Err(obstacle) => (Finding::undecided(obstacle.to_string()), None),
    }
}

//! Finding the transcript and reading it: version, form, terms, ceremony, messages.

use coram_cluster::lock::Lock;
use serde_json::Value;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::path::TranscriptPath;
use super::recorder::Recorder;
use crate::error::CeremonyError;
use crate::message::{Body, Kind, Rejection, Signed, Unverified};
use crate::transcript::{TranscriptError, UnverifiedTranscript};

/// The checks of reading, in the order in which a transcript can fail them.
const READING: [CheckId; 5] = [
    CheckId::TranscriptVersion,
    CheckId::TranscriptForm,
    CheckId::TranscriptTerms,
    CheckId::TranscriptCeremonyId,
    CheckId::TranscriptMessages,
];

/// A transcript whose messages nobody is known to have signed, and where it stands.
pub(super) struct Read {
    pub(super) transcript: UnverifiedTranscript,
    pub(super) path: TranscriptPath,
}

/// Finds the transcript in the lock or beside it, and reads it.
pub(super) fn read(recorder: &mut Recorder<'_>, lock: &Lock, detached: Option<&Value>) -> Option<Read> {
    let (value, path) = match (lock.transcript(), detached) {
        (Some(embedded), None) => (embedded, TranscriptPath::EMBEDDED),
        (None, Some(detached)) => (detached, TranscriptPath::DETACHED),
        (Some(embedded), Some(detached)) if embedded == detached => (embedded, TranscriptPath::EMBEDDED),
        (Some(_), Some(_)) => {
            let what = "the lock holds another transcript than the file beside it";
            recorder.note(CheckId::TranscriptPresent, Finding::failed(TranscriptPath::DETACHED.root(), what));
            return None;
        }
        (None, None) => {
            absent(recorder);
            return None;
        }
    };
    recorder.note(CheckId::TranscriptPresent, Finding::passed(path.root()));

    let (result, took) = recorder.time(|| UnverifiedTranscript::read(value, lock.definition()));
    let stop = result.as_ref().err().map(|error| explain(error, value, path));
    for check in READING {
        match &stop {
            Some((at, finding)) if *at == check => {
                // Terms that do not fit a broken definition are not the transcript's fault.
                if recorder.can_make(check) {
                    recorder.note_timed(check, finding.clone(), took);
                }
                return None;
            }
            _ => recorder.note(check, passed(check, result.as_ref().ok())),
        }
    }
    result.ok().map(|transcript| Read { transcript, path })
}

/// Without a transcript nothing shows how the keys were made, so the verdict stays open; the checks of what is not
/// there do not apply.
fn absent(recorder: &mut Recorder<'_>) {
    recorder.note(
        CheckId::TranscriptPresent,
        Finding::undecided("there is none: nothing shows how the keys were made"),
    );
    for check in CheckId::ALL.iter().filter(|check| needs_transcript(**check)) {
        if *check == CheckId::ExpectTranscript {
            continue;
        }
        recorder.note(*check, Finding::not_applicable("there is no transcript"));
    }
}

fn needs_transcript(check: CheckId) -> bool {
    let needs = check.entry().needs;
    needs.contains(&CheckId::TranscriptPresent) || needs.iter().any(|need| needs_transcript(*need))
}

fn passed(check: CheckId, transcript: Option<&UnverifiedTranscript>) -> Finding {
    let Some(transcript) = transcript else { return Finding::passed("") };
    let (ceremony, terms) = (&transcript.ceremony, transcript.ceremony.terms());
    Finding::passed(match check {
        CheckId::TranscriptVersion => {
            format!("version {} of {}", crate::transcript::VERSION, crate::transcript::PROTOCOL)
        }
        CheckId::TranscriptTerms => {
            let system = terms.parameters.proof_system.name();
            format!("{} proofs, dealers {:?}, attempt {}", system, terms.parameters.dealers, terms.attempt)
        }
        CheckId::TranscriptCeremonyId => ceremony.id().to_string(),
        CheckId::TranscriptMessages => {
            let UnverifiedTranscript { joins, commits, deals, attests, seals, .. } = transcript;
            let [joins, commits, deals, attests, seals] =
                [joins.len(), commits.len(), deals.len(), attests.len(), seals.len()];
            format!("{joins} Joins, {commits} Commits, {deals} Deals, {attests} Attests, {seals} Seals")
        }
        _ => "all members are there".to_owned(),
    })
}

/// At which check reading stopped, and why.
fn explain(error: &TranscriptError, value: &Value, path: TranscriptPath) -> (CheckId, Finding) {
    match error {
        TranscriptError::Unknown { what: "transcript version" | "protocol", .. } => {
            (CheckId::TranscriptVersion, Finding::undecided(error.to_string()))
        }
        TranscriptError::Unknown { .. } => (CheckId::TranscriptTerms, Finding::undecided(error.to_string())),
        TranscriptError::UnknownForm { .. } => {
            (CheckId::TranscriptForm, Finding::undecided(error.to_string()))
        }
        TranscriptError::Form { path: place, problem } => {
            let versioned = value.get("version").is_some() && value.get("protocol").is_some();
            let check = if versioned { CheckId::TranscriptForm } else { CheckId::TranscriptVersion };
            (check, Finding::failed(path.within(place), problem))
        }
        TranscriptError::File(_) => (CheckId::TranscriptForm, Finding::failed(path.root(), error)),
        TranscriptError::Terms(terms) => {
            (CheckId::TranscriptTerms, Finding::failed(terms_path(terms, path), error))
        }
        TranscriptError::Ceremony { stated, computed } => {
            (CheckId::TranscriptCeremonyId, Finding::compare(&path.member("ceremony.id"), stated, computed))
        }
        TranscriptError::Shape { path: place, problem } => {
            (CheckId::TranscriptMessages, Finding::failed(path.within(place), problem))
        }
    }
}

fn terms_path(error: &CeremonyError, path: TranscriptPath) -> String {
    match error {
        CeremonyError::Dealers { .. } => path.member("ceremony.parameters.dealers"),
        CeremonyError::Setup { .. } => path.member("ceremony.parameters.setup"),
        CeremonyError::Extraction { .. } => path.member("ceremony.parameters.extraction"),
        CeremonyError::GenesisTime { .. } => path.member("ceremony.parameters.genesis_time"),
        _ => "$.cluster_definition".to_owned(),
    }
}

impl Read {
    /// Checks the signatures of all messages of one kind.
    pub(super) fn signed<B: Body + Clone>(
        &self,
        recorder: &mut Recorder<'_>,
        check: CheckId,
        messages: &[Unverified<B>],
    ) -> Option<Vec<Signed<B>>> {
        recorder.make_with(check, || {
            let (mut signed, mut failures) = (Vec::new(), Vec::new());
            for (place, message) in messages.iter().enumerate() {
                match message.clone().verify(&self.transcript.ceremony) {
                    Ok(message) => signed.push(message),
                    Err(rejection) => failures.push(self.rejected(B::KIND, place, &rejection)),
                }
            }
            (Finding::judge(format!("{} signatures", messages.len()), failures), signed)
        })
    }

    fn rejected(&self, kind: Kind, place: usize, rejection: &Rejection) -> Failure {
        let path = match rejection {
            Rejection::Signature { .. } => self.path.in_message(kind, place, "signature"),
            _ => self.path.message(kind, place),
        };
        Failure::new(path, rejection)
    }
}

//! What must hold after every run, whoever cheated how.
//!
//! | invariant        | what is checked                                                                              |
//! |------------------|----------------------------------------------------------------------------------------------|
//! | one lock         | all honest operators that have a lock have the same bytes (the same lock hash, where somebody signed one content twice); none has one while another has a fault |
//! | a true lock      | the verifier for outsiders finds the lock VALID                                              |
//! | true shares      | `s * G1` is the public share in the lock, for every honest operator and validator; shares of any `t` operators make the key |
//! | no one framed    | no fault file of an honest operator names an honest one                                      |
//! | true evidence    | a stranger who checks a fault file, as `coram verify` does, finds the same breach by the same operators |
//! | no false witness | files that accuse an honest operator are rejected: the adversary's own, and one that is made of what was signed in the run |
//! | no point to spare | the adversary's shares do not make the key; for every honest dealing another polynomial fits all that the adversary can decrypt, with another secret and another share for every honest operator; no pad masks two values; nothing that was sent contains an honest secret; no two dealings share an ephemeral key or a blinder |
//!
//! The last can show no secrecy, which is an argument and not an observation (`docs/proofs.md`). It shows that the inputs of that
//! argument are as it wants them: the adversary has fewer than `t` decryption keys, so fewer than `t` points of every polynomial of degree
//! `t - 1`; pads are used once; and no secret left an honest operator in the clear.

mod evidence;
mod keys;
mod secrets;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::adversary::{Entry, Expected};
use crate::operator::Ending;
use crate::run::Ended;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// How the honest operators ended, in words: one line, if they agree.
    pub outcome: String,
    /// Fault files that a stranger accepted.
    pub proved: usize,
    /// Accusations of honest operators that a stranger rejected.
    pub cleared: usize,
    /// Whatever should not be.
    pub violations: Vec<String>,
}

/// Inspects runs. What was found about a file is kept for files with the same bytes.
#[derive(Default)]
pub struct Inspector {
    known: Mutex<BTreeMap<[u8; 32], Result<String, String>>>,
    /// The breaches whose proof was told of honest operators, if each is to be told once.
    retold: Option<Mutex<BTreeSet<&'static str>>>,
}

impl Inspector {
    /// An inspector that tells the proof of a breach of an honest operator once for each kind of breach, and not after every run.
    #[must_use]
    pub fn sparing() -> Self {
        Self { retold: Some(Mutex::default()), ..Self::default() }
    }

    /// Whether the proof of this breach is to be told of an honest operator.
    fn retells(&self, breach: &'static str) -> bool {
        let told = self.retold.as_ref().map(|told| told.lock().unwrap_or_else(PoisonError::into_inner));
        told.is_none_or(|mut told| told.insert(breach))
    }

    /// What is to be said of a run.
    #[must_use]
    pub fn inspect(&self, entry: &Entry, ended: &Ended) -> Findings {
        let mut findings = Findings { outcome: outcome(ended), ..Findings::default() };
        if !entry.expected.iter().any(|expected| is(expected, ended)) {
            findings.violations.push(format!("not as expected, which is {:?}", entry.expected));
        }
        keys::check(self, entry, ended, &mut findings);
        evidence::check(self, ended, &mut findings);
        secrets::check(self, ended, &mut findings);
        view::check(self, ended, &mut findings);
        findings
    }

    /// What was found about these bytes before, or is found now.
    fn recall(
        &self,
        purpose: &str,
        bytes: &[u8],
        find: impl FnOnce() -> Result<String, String>,
    ) -> Result<String, String> {
        let key: [u8; 32] =
            Sha256::new().chain_update(purpose).chain_update([0]).chain_update(bytes).finalize().into();
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let found = find();
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        found
    }
}

/// Whether all honest operators ended as was expected.
fn is(expected: &Expected, ended: &Ended) -> bool {
    let of_cheaters =
        |indices: &[u16]| !indices.is_empty() && indices.iter().all(|index| ended.cheaters.contains(index));
    ended.honest.iter().all(|(operator, ending)| match (expected, ending) {
        (Expected::Lock | Expected::OtherSignatures, Ending::Locked(_)) => true,
        (Expected::Fault(codes), Ending::Faulted(fault)) => {
            codes.contains(&fault.breach().code()) && of_cheaters(&fault.culprits())
        }
        (Expected::Wait(kind), Ending::Waiting(wait)) => {
            wait.kind == *kind && wait.divergent.is_none() && of_cheaters(&wait.missing)
        }
        (Expected::Diverge(kind), Ending::Waiting(wait)) => {
            wait.divergent.as_ref().is_some_and(|divergent| divergent.kind == *kind)
        }
        (Expected::Disagree, Ending::Waiting(wait)) => {
            let told = |index: &u16| operator.disagreements().iter().any(|other| other.author == *index);
            of_cheaters(&wait.missing) && wait.missing.iter().all(told)
        }
        (Expected::Refuse, Ending::Refused(_)) => true,
        _ => false,
    })
}

fn outcome(ended: &Ended) -> String {
    let mut endings: Vec<String> = ended.honest.iter().map(|(_, ending)| describe(ending)).collect();
    endings.sort();
    endings.dedup();
    endings.join(" / ")
}

fn describe(ending: &Ending) -> String {
    match ending {
        Ending::Locked(_) => "lock".into(),
        Ending::Faulted(fault) => format!("fault: {}", fault.breach().code()),
        Ending::Refused(refusal) => {
            let text = refusal.to_string();
            format!("refused: {}", text.split([':', ',']).next().unwrap_or_default())
        }
        Ending::Waiting(wait) => match &wait.divergent {
            Some(divergent) => format!("waits: other {}", divergent.refers_to),
            None => format!("waits: {}", wait.kind),
        },
    }
}

//! Reading a transcript: from JSON that somebody handed over to messages whose signatures can be checked.

use coram_cluster::ClusterError;
use coram_cluster::definition::Definition;
use coram_proofs::ProofSystemId;
use coram_proofs::setup::SetupRecord;
use serde_json::Value;

use super::file::{AttestFile, CeremonyFile, CommitFile, DealFile, JoinFile, SealFile, TranscriptFile};
use super::{PROTOCOL, VERSION};
use crate::breach::Obstacle;
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::hex::Array;
use crate::id::{CommitsHash, MessageId, RosterHash};
use crate::message::{Attest, Body, Commit, Deal, Join, Kind, Rejection, Seal, Signed, Unverified};
use crate::parameters::{CeremonyKind, EncryptionKeys, ExtractionRule, PROTOCOL_VERSION, Parameters};
use crate::phase::{Attested, Dealt, Roster, Sealed, commits_hash, roster_hash};

/// Why JSON is no transcript of a ceremony for this definition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TranscriptError {
    /// A later layout, protocol, proof system, rule of extraction or kind of ceremony. A newer version of this software may know it.
    #[error("{what} {found:?} is not known to this version")]
    Unknown {
        /// What is unknown.
        what: &'static str,
        /// Its name or number in the transcript.
        found: String,
    },
    /// A kind of ceremony, a proof system or a rule of extraction that this version does not know, in a form that it does not know either.
    #[error("{what} {found:?} is not known to this version, nor are its members: {path}: {problem}")]
    UnknownForm {
        /// What is unknown.
        what: &'static str,
        /// Its name or number in the transcript.
        found: String,
        /// The first place in which the form differs from the known one.
        path: String,
        /// How it differs there.
        problem: String,
    },
    /// Not the members that a transcript has, or not of the right form.
    #[error("the transcript is malformed at {path}: {problem}")]
    Form {
        /// Where, such as `deals[3].dealing.proof`; a dot for the whole.
        path: String,
        /// What is wrong there.
        problem: String,
    },
    /// The members do not make up messages of the right shape.
    #[error("the transcript has not the messages of its ceremony: {problem}")]
    Shape {
        /// Where, such as `commits`.
        path: String,
        /// What is wrong there.
        problem: String,
    },
    /// The transcript names another ceremony than its terms and the definition hash to.
    #[error(
        "the transcript names ceremony {stated}, but its terms and the definition are those of {computed}"
    )]
    Ceremony {
        /// The id in the transcript.
        stated: String,
        /// The id that follows from the terms and the definition.
        computed: String,
    },
    /// No ceremony can be held under its terms for this definition.
    #[error(transparent)]
    Terms(#[from] CeremonyError),
    /// The file that holds it is no acceptable JSON.
    #[error(transparent)]
    File(#[from] ClusterError),
}

/// The messages of a transcript that nobody is known to have signed.
#[derive(Clone, Debug)]
pub struct UnverifiedTranscript {
    /// The ceremony that they are said to be of.
    pub ceremony: Ceremony,
    /// What is said to stand behind its verifying keys, in descending order of their chunks; none where the proof system
    /// needs none.
    pub setups: Vec<SetupRecord>,
    /// The Joins.
    pub joins: Vec<Unverified<Join>>,
    /// The Commits; none in a ceremony without.
    pub commits: Vec<Unverified<Commit>>,
    /// The Deals.
    pub deals: Vec<Unverified<Deal>>,
    /// The Attests.
    pub attests: Vec<Unverified<Attest>>,
    /// The Seals.
    pub seals: Vec<Unverified<Seal>>,
    /// What is said to be the sum of all validators' signatures on the attestation.
    pub attestation: [u8; 96],
}

impl UnverifiedTranscript {
    /// Reads the member of a lock, or a file that holds only it. `value` must come from a strict and bounded parser
    /// such as [`coram_cluster::json::check`]: a lenient one may have dropped members on the way.
    ///
    /// # Errors
    ///
    /// [`TranscriptError`]. [`TranscriptError::Unknown`] means that it cannot be judged here; all others that it is no
    /// transcript for this definition.
    pub fn read(value: &Value, definition: &Definition) -> Result<Self, TranscriptError> {
        check_version(value)?;
        let file: TranscriptFile = serde_path_to_error::deserialize(value).map_err(|error| {
            let (path, problem) = (error.path().to_string(), error.inner().to_string());
            match unknown_terms(value) {
                Some((what, found)) => TranscriptError::UnknownForm { what, found, path, problem },
                None => TranscriptError::Form { path, problem },
            }
        })?;
        let ceremony = file.ceremony.read(definition)?;
        check_authors(&ceremony, &file)?;
        let setups = super::setup::read(file.setups)?;
        check_setups(&ceremony, &setups)?;

        let joins: Vec<Unverified<Join>> = file.joins.into_iter().map(|join| join.read(&ceremony)).collect();
        let ids: Vec<MessageId> = joins.iter().map(|join| join.id(ceremony.id())).collect();
        let roster = roster_hash(ceremony.id(), &ids);
        let commits: Vec<Unverified<Commit>> =
            file.commits.into_iter().map(|commit| commit.read(roster, &ids)).collect();
        let ids: Vec<MessageId> = commits.iter().map(|commit| commit.id(ceremony.id())).collect();
        let commits_hash = commits_hash(ceremony.id(), roster, &ids);
        let deals = file
            .deals
            .into_iter()
            .enumerate()
            .map(|(place, deal)| deal.read(place, &ceremony, roster, commits_hash));
        let deals = deals.collect::<Result<_, _>>()?;
        Ok(Self {
            joins,
            commits,
            deals,
            attests: file.attests.into_iter().map(|attest| attest.read(roster)).collect(),
            seals: file.seals.into_iter().map(|seal| seal.read(roster)).collect(),
            attestation: file.attestation.0,
            setups,
            ceremony,
        })
    }
}

/// The messages of a transcript with their signatures checked, by the author of each in index order.
#[derive(Clone, Debug)]
pub struct SignedTranscript {
    /// All Joins.
    pub joins: Vec<Signed<Join>>,
    /// All Commits; none in a ceremony without.
    pub commits: Vec<Signed<Commit>>,
    /// All Deals.
    pub deals: Vec<Signed<Deal>>,
    /// All Attests.
    pub attests: Vec<Signed<Attest>>,
    /// All Seals.
    pub seals: Vec<Signed<Seal>>,
}

impl UnverifiedTranscript {
    /// Checks the form of all messages and the signatures of their authors.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] of the first that fails.
    pub fn check_signatures(&self) -> Result<SignedTranscript, Rejection> {
        Ok(SignedTranscript {
            joins: self.signed(&self.joins)?,
            commits: self.signed(&self.commits)?,
            deals: self.signed(&self.deals)?,
            attests: self.signed(&self.attests)?,
            seals: self.signed(&self.seals)?,
        })
    }

    fn signed<B: Body + Clone>(&self, messages: &[Unverified<B>]) -> Result<Vec<Signed<B>>, Rejection> {
        messages.iter().map(|message| message.clone().verify(&self.ceremony)).collect()
    }

    /// The ceremony with the keys of the transcript's setups, which are verified; see [`Ceremony::with_setups`].
    ///
    /// # Errors
    ///
    /// [`CeremonyError`], what is wrong with the setups.
    pub fn ceremony_with_keys(&self) -> Result<Ceremony, CeremonyError> {
        self.ceremony.clone().with_setups(&self.setups)
    }

    /// Judges the whole ceremony again, up to the lock that follows from it.
    ///
    /// # Errors
    ///
    /// [`ReplayError`].
    pub fn replay(&self) -> Result<Sealed, ReplayError> {
        Ok(self.replay_phases()?.sealed)
    }

    /// Like [`Self::replay`], with all phases on the way. To report each check on its own, form them one by one instead.
    ///
    /// # Errors
    ///
    /// [`ReplayError`].
    pub fn replay_phases(&self) -> Result<Replay, ReplayError> {
        let SignedTranscript { joins, commits, deals, attests, seals } = self.check_signatures()?;
        let ceremony = &self.ceremony_with_keys()?;
        let roster = Roster::form(ceremony, joins)?;
        let dealt = Dealt::new(ceremony, &roster, commits, deals)?;
        let attested = Attested::new(ceremony, &roster, &dealt, attests)?;
        if attested.attestation().to_bytes() != self.attestation {
            return Err(ReplayError::Attestation);
        }
        let sealed = Sealed::new(ceremony, &roster, &dealt, &attested, seals)?;
        Ok(Replay { roster, dealt, attested, sealed })
    }
}

/// All phases of a ceremony that was judged again.
pub struct Replay {
    /// The operators and the scheme under which they were dealt to.
    pub roster: Roster,
    /// The keys. An operator opens its shares here.
    pub dealt: Dealt,
    /// The lock without its seals.
    pub attested: Attested,
    /// The lock.
    pub sealed: Sealed,
}

/// Why a transcript is not that of a ceremony that ended well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// A message is not signed by its author, or has not the form that the definition calls for.
    #[error(transparent)]
    Message(#[from] Rejection),
    /// A message breaks the protocol or refers to others.
    #[error(transparent)]
    Judgement(#[from] Obstacle),
    /// The setups are not those of the ceremony.
    #[error(transparent)]
    Setups(#[from] CeremonyError),
    /// The aggregate signature is not the sum of the validators' signatures on the attestation.
    #[error("the attestation is not the sum of the validators' signatures")]
    Attestation,
}

/// Looks at the version alone: nothing else is known about the members of another.
fn check_version(value: &Value) -> Result<(), TranscriptError> {
    let unknown = |what, found: &Value| Err(TranscriptError::Unknown { what, found: found.to_string() });
    let missing =
        |what: &str| TranscriptError::Form { path: what.to_owned(), problem: "it is missing".to_owned() };
    let version = value.get("version").ok_or_else(|| missing("version"))?;
    if version.as_u64() != Some(VERSION.into()) {
        return unknown("transcript version", version);
    }
    let protocol = value.get("protocol").ok_or_else(|| missing("protocol"))?;
    if protocol.as_str() != Some(PROTOCOL) {
        return unknown("protocol", protocol);
    }
    Ok(())
}

/// The first of the terms on which the form of a transcript depends that is not known here.
fn unknown_terms(value: &Value) -> Option<(&'static str, String)> {
    let ceremony = value.get("ceremony")?;
    let version = ceremony.get("protocol_version").and_then(Value::as_u64);
    if let Some(version) = version.filter(|version| *version != u64::from(PROTOCOL_VERSION)) {
        return Some(("protocol version", version.to_string()));
    }
    let kind = ceremony.get("kind").and_then(Value::as_str);
    if let Some(kind) = kind.filter(|kind| *kind != CeremonyKind::KeyGeneration.name()) {
        return Some(("kind of ceremony", kind.to_owned()));
    }
    let parameters = ceremony.get("parameters")?;
    let system = parameters.get("proof_system").and_then(Value::as_str);
    if let Some(system) = system.filter(|system| ProofSystemId::from_name(system).is_none()) {
        return Some(("proof system", system.to_owned()));
    }
    let rule = parameters.get("extraction").and_then(Value::as_str);
    let rule = rule.filter(|rule| ExtractionRule::from_name(rule).is_none())?;
    Some(("extraction", rule.to_owned()))
}

/// Every list has one message of each author from whom one is due, in index order.
fn check_authors(ceremony: &Ceremony, file: &TranscriptFile) -> Result<(), TranscriptError> {
    let lists: [(Kind, Vec<u16>); 5] = [
        (Kind::Join, file.joins.iter().map(|join| join.author).collect()),
        (Kind::Commit, file.commits.iter().map(|commit| commit.author).collect()),
        (Kind::Deal, file.deals.iter().map(|deal| deal.author).collect()),
        (Kind::Attest, file.attests.iter().map(|attest| attest.author).collect()),
        (Kind::Seal, file.seals.iter().map(|seal| seal.author).collect()),
    ];
    for (kind, authors) in lists {
        let due = ceremony.authors(kind);
        if authors != due {
            let problem = format!("the {kind} messages are by {authors:?}, not by {due:?}");
            return Err(TranscriptError::Shape { path: format!("{kind}s"), problem });
        }
    }
    Ok(())
}

/// There are setups where the proof system needs some, and only there.
fn check_setups(ceremony: &Ceremony, setups: &[SetupRecord]) -> Result<(), TranscriptError> {
    let problem = match (ceremony.parameters().proof_system, setups) {
        (ProofSystemId::Transparent, []) | (ProofSystemId::Groth16, [_, ..]) => return Ok(()),
        (ProofSystemId::Transparent, _) => "transparent proofs have no setup",
        (ProofSystemId::Groth16, []) => "they are missing",
    };
    Err(TranscriptError::Form { path: "setups".to_owned(), problem: problem.to_owned() })
}

impl CeremonyFile {
    /// The ceremony of these terms for a definition.
    pub(crate) fn read(&self, definition: &Definition) -> Result<Ceremony, TranscriptError> {
        let unknown = |what, found: String| TranscriptError::Unknown { what, found };
        if self.protocol_version != PROTOCOL_VERSION {
            return Err(unknown("protocol version", self.protocol_version.to_string()));
        }
        if self.kind != CeremonyKind::KeyGeneration.name() {
            return Err(unknown("kind of ceremony", self.kind.clone()));
        }
        let file = &self.parameters;
        let parameters = Parameters {
            proof_system: ProofSystemId::from_name(&file.proof_system)
                .ok_or_else(|| unknown("proof system", file.proof_system.clone()))?,
            setup: file.setup.map(|digest| digest.0),
            commits: file.commits,
            encryption_keys: EncryptionKeys::from_name(&file.encryption_keys)
                .ok_or_else(|| unknown("encryption key policy", file.encryption_keys.clone()))?,
            dealers: file.dealers.clone(),
            genesis_time: file.genesis_time,
            extraction: extraction(file.extraction.as_deref())?,
        };
        let ceremony = Ceremony::new(definition.clone(), parameters, self.attempt)?;
        if ceremony.id().as_bytes() != &self.id.0 {
            let (stated, computed) = (crate::hex::encode(&self.id.0), ceremony.id().to_string());
            return Err(TranscriptError::Ceremony { stated, computed });
        }
        Ok(ceremony)
    }
}

/// The rule of extraction, which is named only if keys are not plain sums.
fn extraction(name: Option<&str>) -> Result<ExtractionRule, TranscriptError> {
    let Some(name) = name else { return Ok(ExtractionRule::Sum) };
    match ExtractionRule::from_name(name) {
        Some(ExtractionRule::Sum) => Err(TranscriptError::Form {
            path: "ceremony.parameters.extraction".to_owned(),
            problem: "plain sums are left out".to_owned(),
        }),
        Some(rule) => Ok(rule),
        None => Err(TranscriptError::Unknown { what: "extraction", found: name.to_owned() }),
    }
}

fn unverified<B: Body>(author: u16, roster: RosterHash, body: B, signature: Array<64>) -> Unverified<B> {
    Unverified { author, roster, body, signature: signature.0 }
}

impl JoinFile {
    fn read(self, ceremony: &Ceremony) -> Unverified<Join> {
        let body = Join {
            terms: ceremony.terms().clone(),
            encryption_key: self.encryption_key.0,
            possession: self.possession.0,
            software: self.software.into_bytes(),
        };
        unverified(self.author, RosterHash::NONE, body, self.signature)
    }
}

impl CommitFile {
    fn read(self, roster: RosterHash, joins: &[MessageId]) -> Unverified<Commit> {
        let joins = joins.iter().map(|id| *id.as_bytes()).collect();
        unverified(self.author, roster, Commit { hash: self.hash.0, joins }, self.signature)
    }
}

impl DealFile {
    fn read(
        self,
        place: usize,
        ceremony: &Ceremony,
        roster: RosterHash,
        commits: CommitsHash,
    ) -> Result<Unverified<Deal>, TranscriptError> {
        if !self.dealing.is_canonical(ceremony.limits()) {
            let problem = format!("the dealing of operator {} has parts of wrong lengths", self.author);
            return Err(TranscriptError::Shape { path: format!("deals[{place}].dealing"), problem });
        }
        let body = Deal { commits: *commits.as_bytes(), dealing: self.dealing.join() };
        Ok(unverified(self.author, roster, body, self.signature))
    }
}

impl AttestFile {
    fn read(self, roster: RosterHash) -> Unverified<Attest> {
        let body = Attest {
            root: self.root.0,
            attestations: plain(self.attestations),
            deposits: plain(self.deposits),
            registrations: plain(self.registrations),
        };
        unverified(self.author, roster, body, self.signature)
    }
}

impl SealFile {
    fn read(self, roster: RosterHash) -> Unverified<Seal> {
        let body = Seal {
            lock_hash: self.lock_hash.0,
            transcript_root: self.transcript_root.0,
            node_signature: self.node_signature.0,
            partials: plain(self.partials),
        };
        unverified(self.author, roster, body, self.signature)
    }
}

fn plain<const N: usize>(list: Vec<Array<N>>) -> Vec<[u8; N]> {
    list.into_iter().map(|array| array.0).collect()
}

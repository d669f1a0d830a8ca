//! Where things stand in the files.

use coram_cluster::ClusterError;
use coram_proofs::setup::{Element, Phase, SetupError, StepProblem};
use coram_proofs::{ProofError, ProofSystemId};

use super::check::Failure;
use crate::breach::SignedObject;
use crate::message::Kind;

/// Where the transcript stands: a member of the lock, or a file of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct TranscriptPath(&'static str);

impl TranscriptPath {
    pub(super) const EMBEDDED: Self = Self("$.pvss_transcript");
    pub(super) const DETACHED: Self = Self("transcript:$");

    /// The whole.
    pub(super) fn root(self) -> String {
        self.0.to_owned()
    }

    /// A member of it.
    pub(super) fn member(self, member: &str) -> String {
        format!("{}.{member}", self.0)
    }

    /// A place in it as the reader gives it, where a dot is the whole.
    pub(super) fn within(self, place: &str) -> String {
        if place == "." { self.root() } else { self.member(place) }
    }

    /// A message, by its place in the list of its kind, from 0.
    pub(super) fn message(self, kind: Kind, place: usize) -> String {
        format!("{}.{kind}s[{place}]", self.0)
    }

    /// A member of a message.
    pub(super) fn in_message(self, kind: Kind, place: usize, member: &str) -> String {
        format!("{}.{member}", self.message(kind, place))
    }
}

/// A validator of the lock, from 0.
pub(super) fn validator(index: usize) -> String {
    format!("$.distributed_validators[{index}]")
}

/// An operator of the definition, index from 1.
pub(super) fn operator(index: u16) -> String {
    format!("$.cluster_definition.operators[{}]", index.saturating_sub(1))
}

/// All errors of a check of the lock with their places; see [`failure`].
pub(super) fn failures(errors: &[ClusterError], otherwise: &str) -> Vec<Failure> {
    errors.iter().map(|error| failure(error, otherwise)).collect()
}

/// The error with its place in the lock, which is `otherwise` where the error does not say. There, `[]` stands for the validator,
/// and a second one for the deposit, that the error names.
pub(super) fn failure(error: &ClusterError, otherwise: &str) -> Failure {
    use ClusterError::{
        Address, AmbiguousMember, DuplicateMember, MissingMember, TooDeep, TooLong, UnknownMember,
        WrongLength, WrongType,
    };
    let path = match error {
        TooDeep { path, .. }
        | DuplicateMember { path }
        | AmbiguousMember { path, .. }
        | MissingMember { path }
        | UnknownMember { path }
        | WrongType { path, .. } => path.clone(),
        WrongLength { what, .. } | TooLong { what, .. } | Address { what, .. } if what.starts_with('$') => {
            what.clone()
        }
        ClusterError::Validator { index, error } => in_validator(*index, error, otherwise),
        ClusterError::RepeatedValidator { second, .. } => validator(*second) + ".distributed_public_key",
        ClusterError::NoRegistration { index } => validator(*index) + ".builder_registration",
        ClusterError::Operator { index, .. } if otherwise == "$.node_signatures" => {
            format!("$.node_signatures[{}]", index.saturating_sub(1))
        }
        ClusterError::Operator { index, .. } => operator(*index),
        _ => otherwise.replace("[]", ""),
    };
    Failure::new(path, error)
}

/// Where an error of one validator stands.
fn in_validator(index: usize, error: &ClusterError, otherwise: &str) -> String {
    let share = |share: usize| format!("{}.public_shares[{}]", validator(index), share.saturating_sub(1));
    let filled = otherwise.replacen("[]", &format!("[{index}]"), 1);
    match error {
        ClusterError::Share { index, .. } => share((*index).into()),
        ClusterError::StrayShare { share: stray, .. } => share((*stray).into()),
        ClusterError::RepeatedShare { second, .. } => share(*second),
        ClusterError::Deposit { index, .. } => filled.replacen("[]", &format!("[{index}]"), 1),
        _ => filled.replace("[]", ""),
    }
}

/// As [`failure`], in another file, whose root is `root`.
pub(super) fn failure_in(root: &str, error: &ClusterError) -> Failure {
    let Failure { path, what } = failure(error, "$");
    Failure::new(format!("{root}{}", path.strip_prefix('$').unwrap_or_default()), what)
}

/// Which member of a dealing an error is about, with a dot before it.
pub(super) fn dealing_member(system: ProofSystemId, error: &ProofError) -> String {
    // Groth16 does not say which of the chunks.
    let of_proof = |member: &str| match system {
        ProofSystemId::Transparent => format!(".{member}"),
        ProofSystemId::Groth16 => ".chunks".to_owned(),
    };
    let of_chunk = |chunk: usize, member: &str| match system {
        ProofSystemId::Transparent => format!(".{member}"),
        ProofSystemId::Groth16 => format!(".chunks[{chunk}].{member}"),
    };
    match error {
        ProofError::Commitment { validator, .. } => format!(".commitments[{validator}]"),
        ProofError::EphemeralKey => ".ephemeral".to_owned(),
        ProofError::Ciphertext { validator, .. } => format!(".ciphertexts[{validator}]"),
        ProofError::Blinder { chunk } => of_chunk(*chunk, "blinder"),
        ProofError::MaskedSum { chunk } => of_chunk(*chunk, "masked_sum"),
        ProofError::Length
        | ProofError::Point
        | ProofError::PointOfG2
        | ProofError::Scalar
        | ProofError::ZeroChallenge
        | ProofError::InvalidProof => of_proof("proof"),
        ProofError::Link => ".ciphertexts".to_owned(),
        _ => String::new(),
    }
}

/// The number of a phase.
pub(super) const fn phase(phase: Phase) -> u8 {
    match phase {
        Phase::Powers => 1,
        Phase::Key => 2,
    }
}

/// The list of a phase's contributions, with a dot before it.
const fn contributions(phase: Phase) -> &'static str {
    match phase {
        Phase::Powers => ".powers",
        Phase::Key => ".key",
    }
}

/// A contribution, by its number from 1, with a dot before it.
pub(super) fn contribution(phase: Phase, number: usize) -> String {
    format!("{}[{}]", contributions(phase), number.saturating_sub(1))
}

/// Which member of a setup an error is about, with a dot before it.
pub(super) fn setup_member(error: &SetupError) -> String {
    match error {
        SetupError::Size { .. } | SetupError::PowersTooSmall { .. } => ".powers_log".to_owned(),
        SetupError::TooMany { phase, .. }
        | SetupError::NoContribution { phase }
        | SetupError::Beacon { phase, .. } => contributions(*phase).to_owned(),
        SetupError::AfterBeacon { phase, contribution: number } => contribution(*phase, *number),
        SetupError::Step { phase, contribution: number, step, problem } => {
            let element = match problem {
                StepProblem::NotAPoint(element) | StepProblem::Identity(element) => element_member(*element),
                StepProblem::One | StepProblem::Repeats(_) | StepProblem::NotFromBeacon => ".own",
                StepProblem::NotProved => ".proof",
                StepProblem::NotApplied => ".after",
                _ => "",
            };
            format!("{}.{}{element}", contribution(*phase, *number), step.name())
        }
        SetupError::VerifyingKey { .. } | SetupError::DeltaIsGamma | SetupError::Head { .. } => {
            ".verifying_key".to_owned()
        }
        _ => String::new(),
    }
}

const fn element_member(element: Element) -> &'static str {
    match element {
        Element::After => ".after",
        Element::Own => ".own",
        Element::Proof => ".proof",
    }
}

/// The member of an Attest or Seal that holds a partial signature; `deposits` is their number for each validator.
pub(super) fn partial(object: SignedObject, validator: usize, deposits: usize) -> String {
    match object {
        SignedObject::Attestation => format!("attestations[{validator}]"),
        SignedObject::Deposit(amount) => format!("deposits[{}]", validator * deposits + amount),
        SignedObject::Registration => format!("registrations[{validator}]"),
        SignedObject::Lock => format!("partials[{validator}]"),
    }
}

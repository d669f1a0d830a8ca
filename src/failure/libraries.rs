//! What the libraries report, for people: an exit code, a stable code and what to do, for each of their errors.

use coram_ceremony::CeremonyError;
use coram_cluster::ClusterError;
use coram_proofs::setup::SetupError;

use super::{Exit, Failure};

const DEFINITION: &str = "`coram definition check` says what is wrong with a definition, and who can mend it";
const FILE: &str = "the file is damaged, was edited by hand, or is not of the kind that the command reads";
const FROM_PREDECESSOR: &str = "do not use it, and do not contribute to it: get the file again from whoever contributed last, and compare its hash";
const REPORT: &str = "this is a mistake of the program: keep the folder and report it";

impl From<CeremonyError> for Failure {
    fn from(error: CeremonyError) -> Self {
        let what = error.to_string();
        match error {
            CeremonyError::Cluster(error) => error.into(),
            CeremonyError::Version { .. }
            | CeremonyError::Operators { .. }
            | CeremonyError::Threshold { .. }
            | CeremonyError::Validators { .. }
            | CeremonyError::SharedIdentity { .. } => {
                Self::new(Exit::Invalid, "definition.not-ready", what).help(DEFINITION)
            }
            CeremonyError::Dealers { .. } => Self::new(Exit::Usage, "terms.dealers", what)
                .help("name at least as many operators as the threshold with --dealers, or leave it out"),
            CeremonyError::Extraction { .. } => {
                Self::new(Exit::Usage, "terms.extraction", what).help("leave out --extraction batched, all operators the same")
            }
            CeremonyError::Setup { .. }
            | CeremonyError::SetupOperators { .. }
            | CeremonyError::Chunks { .. }
            | CeremonyError::NoReference { .. }
            | CeremonyError::NoProvingKey { .. } => Self::new(Exit::Usage, "terms.reference", what).help(
                "`coram setup list` shows what a reference string is for; name those that are needed with --reference, all \
                 operators the same",
            ),
            CeremonyError::InvalidSetup { error, .. } => Self { what, ..error.into() },
            CeremonyError::OtherSetup { .. } => Self::new(Exit::Refused, "setup.replaced", what)
                .help("the file was replaced while it was read: run again"),
            CeremonyError::GenesisTime { .. } | CeremonyError::UnknownNetwork { .. } => {
                Self::new(Exit::Usage, "network.unknown", what)
                    .help("describe the network with --testnet-name and the options beside it")
            }
            CeremonyError::NotAnOperator => Self::new(Exit::Disagreement, "identity.not-an-operator", what)
                .help("compare `coram enr show` with `coram definition check`"),
            CeremonyError::DegenerateSum { .. } => Self::new(Exit::Invalid, "ceremony.degenerate-sum", what)
                .help("all operators run again with --attempt and the next number"),
            CeremonyError::ShareMismatch { .. } => {
                Self::new(Exit::Internal, "ceremony.share-mismatch", what).help(REPORT)
            }
            CeremonyError::Proof(_) => Self::new(Exit::Invalid, "ceremony.proof", what),
            _ => Self::new(Exit::Internal, "ceremony", what).help(REPORT),
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        use SetupError as E;
        let what = error.to_string();
        match error {
            E::Shape { .. } | E::Size { .. } => Self::new(Exit::Invalid, "setup.shape", what)
                .help("`coram setup list` shows the shapes for a number of operators"),
            E::PowersTooSmall { .. } => Self::new(Exit::Invalid, "setup.powers-too-small", what).help(
                "use larger powers, or prove fewer validators at once; `coram setup list` shows what fits",
            ),
            E::Circuit { .. } => Self::new(Exit::Invalid, "setup.other-circuit", what)
                .help("the file is for another shape, or was made by another version of coram"),
            E::TooMany { .. } => Self::new(Exit::Invalid, "setup.too-many", what)
                .help("one contribution of every operator is enough"),
            E::NoContribution { .. } => Self::new(Exit::Invalid, "setup.no-contribution", what)
                .help("every operator contributes with `coram setup contribute`"),
            E::AfterBeacon { .. } => Self::new(Exit::Invalid, "setup.after-beacon", what)
                .help("contribute to the file as it was before the beacon; the beacon then follows"),
            E::Beacon { .. } => Self::new(Exit::Invalid, "setup.beacon", what)
                .help("hash a longer value first, and say so where the value is published"),
            E::Magic { .. } | E::Encoding { .. } | E::Truncated { .. } | E::TooLong | E::Point { .. } => {
                Self::new(Exit::Invalid, "setup.form", what).help(FROM_PREDECESSOR)
            }
            E::Step { .. } => Self::new(Exit::Invalid, "setup.step", what).help(FROM_PREDECESSOR),
            E::Powers { .. } => Self::new(Exit::Invalid, "setup.powers", what).help(FROM_PREDECESSOR),
            E::Query { .. } => Self::new(Exit::Invalid, "setup.key", what).help(FROM_PREDECESSOR),
            E::VerifyingKey { .. } | E::Head { .. } | E::DeltaIsGamma => {
                Self::new(Exit::Invalid, "setup.verifying-key", what).help(FROM_PREDECESSOR)
            }
            E::Io(_) => Self::new(Exit::Internal, "store.io", what).help(
                "check that the disk has room and that this user may read and write there; then run again",
            ),
            _ => Self::new(Exit::Invalid, "setup.invalid", what).help(FROM_PREDECESSOR),
        }
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Self {
        use ClusterError as E;
        let what = error.to_string();
        match error {
            E::Request { .. } => Self::new(Exit::Usage, "definition.request", format!("--{what}")),
            E::NoOperator(_) => Self::new(Exit::Usage, "definition.no-operator", what)
                .help("operators are counted from 1; `coram definition check` lists them"),
            E::Network(_) => Self::new(Exit::Usage, "network.unknown", what)
                .help("describe the network with --testnet-name and the options beside it"),
            E::IdentityKey(_) | E::EthereumKey(_) => Self::new(Exit::Invalid, "key.form", what)
                .help("a key file holds 64 hex digits and nothing else; restore it from a backup"),
            E::Enr(_) => Self::new(Exit::Invalid, "enr.form", what).help(
                "a node record starts with enr: and is what `coram enr show` prints; copy it as a whole",
            ),
            E::OperatorEnr { .. }
            | E::DuplicateEnr { .. }
            | E::SignatureShape { .. }
            | E::CeremonyThreshold { .. }
            | E::VersionWithoutCeremony(_)
            | E::ValidatorCount { .. }
            | E::DepositAmount { .. }
            | E::DepositTotal { .. } => {
                Self::new(Exit::Invalid, "definition.not-ready", what).help(DEFINITION)
            }
            E::NotTheSigner { .. } | E::EnrMismatch(_) | E::SignatureConflict(_) | E::Signature => {
                Self::new(Exit::Invalid, "definition.signature", what).help(DEFINITION)
            }
            E::FileTooLarge { .. }
            | E::Json(_)
            | E::TooDeep { .. }
            | E::DuplicateMember { .. }
            | E::AmbiguousMember { .. }
            | E::MissingMember { .. }
            | E::WrongType { .. }
            | E::TooLong { .. }
            | E::WrongLength { .. }
            | E::Address { .. }
            | E::HashMismatch { .. } => Self::new(Exit::Invalid, "file.form", what).help(FILE),
            E::UnknownVersion(_) | E::LockVersion(_) => Self::new(Exit::Indeterminate, "file.version", what)
                .help("use a version of coram that knows it"),
            // What is left are the parts of a lock.
            _ => Self::new(Exit::Invalid, "lock.form", what)
                .help("run `coram verify` on the lock for all that is wrong"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_told_of_a_mistake_is_told_what_to_do() {
        let dealers = CeremonyError::Dealers { dealers: vec![1], threshold: 2, operators: 3 };
        let shape = CeremonyError::Cluster(ClusterError::SignatureShape { missing: Vec::new() });
        for (failure, exit, code) in [
            (Failure::from(dealers), Exit::Usage, "terms.dealers"),
            (shape.into(), Exit::Invalid, "definition.not-ready"),
            (ClusterError::Enr("bad").into(), Exit::Invalid, "enr.form"),
            (ClusterError::UnknownVersion("v2".to_owned()).into(), Exit::Indeterminate, "file.version"),
        ] {
            assert_eq!((failure.exit, failure.code), (exit, code));
            assert!(failure.help.is_some(), "{code}");
        }
    }
}

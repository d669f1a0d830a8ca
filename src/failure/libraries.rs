//! What the libraries report, for people: an exit code, a stable code and what to do, for each of their errors.

use coram_ceremony::CeremonyError;
use coram_cluster::ClusterError;

use super::{Exit, Failure};

const DEFINITION: &str = "`coram definition check` says what is wrong with a definition, and who can mend it";
const FILE: &str = "the file is damaged, was edited by hand, or is not of the kind that the command reads";
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

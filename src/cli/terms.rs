//! The definition and the terms of a ceremony, as options.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use coram_ceremony::{
    Ceremony, Parameters,
    parameters::{EncryptionKeys, ExtractionRule},
};
use coram_cluster::ClusterError;
use coram_cluster::definition::{Definition, SignatureVerdict, Signer};
use coram_cluster::network::Network;
use coram_proofs::ProofSystemId;
use serde::{Deserialize, Serialize};

use super::files::{definition_path, read_definition};
use super::network::CustomNetwork;
use crate::failure::{Exit, Failure};
use crate::keymanager::PLAIN_HTTP;
use crate::printer::notice;
use crate::setup::contributors::{Operators, short};
use crate::setup::references::References;

/// What an operator can accept before a ceremony: checks, named as in the catalogue of `coram verify`, and a keymanager without TLS.
pub const ACCEPTABLE: [&str; 4] = [OPERATOR_SIGNATURES, CREATOR_SIGNATURE, SETUP_ANCHORED, PLAIN_HTTP];

const OPERATOR_SIGNATURES: &str = "definition.operator-signatures";
const CREATOR_SIGNATURE: &str = "definition.creator-signature";
const SETUP_ANCHORED: &str = "setup.anchored";

/// Where an operator's encryption key comes from.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EncryptionKey {
    /// Fresh for the attempt; destroyed afterwards, a later theft reveals nothing
    Fresh,
    /// Derived from the identity key: its backup recovers the shares, and so does its theft
    FromIdentity,
}

/// How dealings are proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProofSystem {
    /// Needs no setup
    Transparent,
    /// The smallest proofs; needs a reference string, which the operators make before: see `coram setup`
    Groth16,
}

/// How validator keys are made of what the dealers deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Extraction {
    /// Every key is the sum of one polynomial of each dealer
    Sum,
    /// Several keys of each dealt polynomial: less to deal and to prove, but those keys depend on each other unless fewer dealers than the
    /// threshold are dishonest
    Batched,
}

impl From<Extraction> for ExtractionRule {
    fn from(extraction: Extraction) -> Self {
        match extraction {
            Extraction::Sum => Self::Sum,
            Extraction::Batched => Self::Batched,
        }
    }
}

/// Which ceremony: all operators must give the same.
#[derive(Clone, Debug, Args)]
pub struct TermsOptions {
    /// The cluster definition [default: cluster-definition.json in the data folder]
    #[arg(long, value_name = "FILE", env = "CORAM_DEFINITION_FILE")]
    definition_file: Option<PathBuf>,
    /// Number of the attempt; the next one after an attempt that was abandoned
    #[arg(long, value_name = "NUMBER", default_value_t = 0, env = "CORAM_ATTEMPT")]
    attempt: u32,
    /// The operators that deal, by index from 1, at least as many as the threshold [default: all]
    #[arg(long, value_name = "INDEX", value_delimiter = ',', env = "CORAM_DEALERS")]
    dealers: Option<Vec<u16>>,
    /// Leave out the Commits: one message less, but the last dealer can choose after it saw all others
    #[arg(long, env = "CORAM_NO_COMMITS", value_parser = clap::builder::FalseyValueParser::new())]
    no_commits: bool,
    /// Where encryption keys come from
    #[arg(long, value_name = "SOURCE", value_enum, default_value = "fresh", env = "CORAM_ENCRYPTION_KEY")]
    encryption_key: EncryptionKey,
    /// How validator keys are made of what the dealers deal
    #[arg(long, value_name = "RULE", value_enum, default_value = "sum", env = "CORAM_EXTRACTION")]
    extraction: Extraction,
    /// How dealings are proved
    #[arg(long, value_name = "SYSTEM", value_enum, default_value = "transparent", env = "CORAM_PROOF")]
    proof: ProofSystem,
    /// The reference string for Groth16; one for each size of chunk
    #[arg(long, value_name = "FILE", value_delimiter = ',', env = "CORAM_REFERENCE")]
    reference: Vec<PathBuf>,
    #[command(flatten)]
    network: CustomNetwork,
}

impl TermsOptions {
    /// Reads the definition of a data folder and sets up the ceremony.
    pub fn ceremony(&self, data_dir: &Path) -> Result<(Arc<Ceremony>, Network), Failure> {
        self.ceremony_of(self.definition(data_dir)?, data_dir)
    }

    /// Reads the definition of a data folder.
    pub fn definition(&self, data_dir: &Path) -> Result<Definition, Failure> {
        read_definition(&self.definition_path(data_dir))
    }

    /// Where the definition of a data folder is.
    pub fn definition_path(&self, data_dir: &Path) -> PathBuf {
        definition_path(self.definition_file.as_ref(), data_dir)
    }

    /// Sets up the ceremony of a definition that was read. Where dealings are proved with reference strings, it can verify them, but
    /// not deal.
    pub fn ceremony_of(
        &self,
        definition: Definition,
        data_dir: &Path,
    ) -> Result<(Arc<Ceremony>, Network), Failure> {
        let path = self.definition_path(data_dir);
        let network = self.network.of(&definition)?;
        definition.check_for_ceremony(&network).map_err(|error| not_ready(&path, &error))?;
        let operators = u16::try_from(definition.operators().len()).unwrap_or(u16::MAX);
        let mut parameters = Parameters::new(operators, network.genesis_time());
        parameters.commits = !self.no_commits;
        parameters.encryption_keys = match self.encryption_key {
            EncryptionKey::Fresh => EncryptionKeys::Fresh,
            EncryptionKey::FromIdentity => EncryptionKeys::FromIdentity,
        };
        parameters.extraction = self.extraction.into();
        if let Some(dealers) = &self.dealers {
            parameters.dealers = dealers.clone();
            parameters.dealers.sort_unstable();
        }
        let references = self.references()?;
        if let Some(references) = &references {
            parameters.proof_system = ProofSystemId::Groth16;
            parameters.setup = Some(references.digest());
        }
        let mut ceremony = Ceremony::new(definition, parameters, self.attempt)?;
        if let Some(references) = &references {
            ceremony = ceremony.with_keys(references.verifying_keys()?)?;
        }
        Ok((Arc::new(ceremony), network))
    }

    /// The reference strings by their beginnings, if dealings are proved with some.
    pub fn references(&self) -> Result<Option<References>, Failure> {
        match (self.proof, self.reference.as_slice()) {
            (ProofSystem::Transparent, []) => Ok(None),
            (ProofSystem::Transparent, _) => Err(reference_without_proof()),
            (ProofSystem::Groth16, []) => Err(Failure::new(
                Exit::Usage,
                "terms.proof",
                "--proof groth16 needs a reference string, and --reference is not given",
            )
            .help("`coram setup` makes one, by all operators together; docs/setup.md says how")),
            (ProofSystem::Groth16, paths) => References::read(paths).map(Some),
        }
    }
}

/// A reference string that would not be used.
pub fn reference_without_proof() -> Failure {
    let what = "--reference is given, but --proof groth16 is not";
    Failure::new(Exit::Usage, "terms.proof", what)
        .help("give both, or neither; all operators must give the same")
}

/// A definition for which no ceremony can be run, yet or at all.
fn not_ready(path: &Path, error: &ClusterError) -> Failure {
    let failure = Failure::new(Exit::Invalid, "definition.not-ready", format!("{}: {error}", path.display()));
    failure.help(format!("`coram definition check {}` says what is missing, and from whom", path.display()))
}

/// Refuses a definition with a wrong signature; one that only an execution client can judge must be accepted by name.
pub fn check_signatures(ceremony: &Ceremony, network: &Network, accepted: &[String]) -> Result<(), Failure> {
    judge_signatures(ceremony, network, accepted)?.iter().for_each(|acceptance| notice(acceptance));
    Ok(())
}

/// As [`check_signatures`]; returns what was accepted by name.
pub fn judge_signatures(
    ceremony: &Ceremony,
    network: &Network,
    accepted: &[String],
) -> Result<Vec<String>, Failure> {
    let report = ceremony.definition().verify_signatures(network)?;
    match report.verdict() {
        SignatureVerdict::Verified => Ok(Vec::new()),
        SignatureVerdict::Invalid => {
            let malformed = report.malformed();
            let reasons: Vec<String> =
                malformed.iter().map(|(signer, reason)| format!("{signer}: {reason}")).collect();
            let code = malformed.first().map_or(OPERATOR_SIGNATURES, |(signer, _)| check_of(signer));
            let what = format!("the definition's signatures are invalid: {}", reasons.join("; "));
            Err(Failure::new(Exit::Invalid, code, what)
                .help("ask whoever made the definition for the original"))
        }
        SignatureVerdict::NeedsExecutionClient => {
            report.needs_execution_client().iter().map(|signer| accept(signer, accepted)).collect()
        }
    }
}

/// Refuses setups to which some operator has not contributed: who made them alone can prove false dealings. Where they are
/// accepted by name, returns who is missing.
pub fn judge_setups(
    ceremony: &Ceremony,
    references: &References,
    accepted: &[String],
) -> Result<Vec<String>, Failure> {
    let operators = Operators::of(ceremony.definition())?;
    let missing = references.missing(&operators).into_iter().map(|(phase, missing)| {
        format!("no contribution to the {} of the setup by {}", short(phase), operators.names(&missing))
    });
    let missing: Vec<String> = missing.collect();
    if missing.is_empty() || accepted.iter().any(|name| name == SETUP_ANCHORED) {
        return Ok(missing);
    }
    Err(Failure::new(Exit::Indeterminate, SETUP_ANCHORED, missing.join("; ")).help(
        "make a setup to which all operators contribute. If you trust those who contributed to this one, give --accept \
         setup.anchored; whoever verifies the lock then has to be told to expect it (--expect-setup)",
    ))
}

/// The check that a signature belongs to.
fn check_of(signer: &Signer) -> &'static str {
    match signer {
        Signer::Creator => CREATOR_SIGNATURE,
        Signer::OperatorConfig(_) | Signer::OperatorEnr(_) => OPERATOR_SIGNATURES,
    }
}

fn accept(signer: &Signer, accepted: &[String]) -> Result<String, Failure> {
    let check = check_of(signer);
    let what = format!("{signer}: not the signature of an account with a key");
    if accepted.iter().any(|name| name == check) {
        return Ok(format!("accepted by --accept {check}: {what}"));
    }
    Err(Failure::new(Exit::Indeterminate, check, what).help(format!(
        "if the account is a contract wallet, check the signature with an execution client, then give --accept {check}"
    )))
}

#[cfg(test)]
mod tests {
    use coram_ceremony::verify::CheckId;

    use super::{ACCEPTABLE, PLAIN_HTTP};

    #[test]
    fn what_can_be_accepted_here_are_checks_that_can_be_accepted_later() {
        for name in ACCEPTABLE.into_iter().filter(|name| *name != PLAIN_HTTP) {
            assert!(CheckId::by_name(name).is_some_and(CheckId::can_be_accepted), "{name}");
        }
    }
}

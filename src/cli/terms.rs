//! The definition and the terms of a ceremony, as options.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use coram_ceremony::{Ceremony, Parameters, parameters::EncryptionKeys};
use coram_cluster::definition::SignatureVerdict;
use coram_cluster::network::Network;

use super::files::{definition_path, read_definition};
use super::network::CustomNetwork;
use crate::failure::{Exit, Failure};
use crate::printer::notice;

/// The one check that an operator can accept before a ceremony.
const SIGNATURES: &str = "definition.signatures";

/// Where an operator's encryption key comes from.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EncryptionKey {
    /// Fresh for the attempt; destroyed afterwards, a later theft reveals nothing
    Fresh,
    /// Derived from the identity key: its backup recovers the shares, and so does its theft
    FromIdentity,
}

/// Which ceremony: all operators must give the same.
#[derive(Clone, Debug, Args)]
pub struct TermsOptions {
    /// The cluster definition [default: cluster-definition.json in the data folder]
    #[arg(long, value_name = "FILE", env = "CORAM_DEFINITION_FILE")]
    definition_file: Option<PathBuf>,
    /// Number of the attempt; the next one after an attempt that was abandoned
    #[arg(long, default_value_t = 0, env = "CORAM_ATTEMPT")]
    attempt: u32,
    /// The operators that deal, by index from 1, at least as many as the threshold [default: all]
    #[arg(long, value_name = "INDEX", value_delimiter = ',', env = "CORAM_DEALERS")]
    dealers: Option<Vec<u16>>,
    /// Leave out the Commits: one message less, but the last dealer can choose after it saw all others
    #[arg(long, env = "CORAM_NO_COMMITS", value_parser = clap::builder::FalseyValueParser::new())]
    no_commits: bool,
    /// Where encryption keys come from
    #[arg(long, value_enum, default_value = "fresh", env = "CORAM_ENCRYPTION_KEY")]
    encryption_key: EncryptionKey,
    #[command(flatten)]
    network: CustomNetwork,
}

impl TermsOptions {
    /// Reads the definition of a data folder and sets up the ceremony.
    pub fn ceremony(&self, data_dir: &Path) -> Result<(Arc<Ceremony>, Network), Failure> {
        let definition = read_definition(&definition_path(self.definition_file.as_ref(), data_dir))?;
        let network = self.network.of(&definition)?;
        definition.check_for_ceremony(&network)?;
        let operators = u16::try_from(definition.operators().len()).unwrap_or(u16::MAX);
        let mut parameters = Parameters::new(operators, network.genesis_time());
        parameters.commits = !self.no_commits;
        parameters.encryption_keys = match self.encryption_key {
            EncryptionKey::Fresh => EncryptionKeys::Fresh,
            EncryptionKey::FromIdentity => EncryptionKeys::FromIdentity,
        };
        if let Some(dealers) = &self.dealers {
            parameters.dealers = dealers.clone();
            parameters.dealers.sort_unstable();
        }
        let ceremony = Ceremony::new(definition, parameters, self.attempt)?;
        Ok((Arc::new(ceremony), network))
    }
}

/// Refuses a definition with a wrong signature; one that only an execution client can judge must be accepted by name.
pub fn check_signatures(ceremony: &Ceremony, network: &Network, accepted: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = accepted.iter().find(|name| *name != SIGNATURES) {
        let what = format!("there is no check {unknown} to accept here");
        return Err(Failure::new(Exit::Usage, "accept.unknown", what)
            .help(format!("only {SIGNATURES} can be accepted")));
    }
    let report = ceremony.definition().verify_signatures(network)?;
    match report.verdict() {
        SignatureVerdict::Verified => Ok(()),
        SignatureVerdict::Invalid => {
            let reasons: Vec<String> =
                report.malformed().iter().map(|(signer, reason)| format!("{signer}: {reason}")).collect();
            let what = format!("the definition's signatures are invalid: {}", reasons.join("; "));
            Err(Failure::new(Exit::Invalid, SIGNATURES, what)
                .help("ask whoever made the definition for the original"))
        }
        SignatureVerdict::NeedsExecutionClient => {
            let signers: Vec<String> =
                report.needs_execution_client().iter().map(ToString::to_string).collect();
            let what = format!("not the signatures of accounts with keys: {}", signers.join(", "));
            if accepted.iter().any(|name| name == SIGNATURES) {
                notice(&format!("accepted by --accept {SIGNATURES}: {what}"));
                return Ok(());
            }
            Err(Failure::new(Exit::Indeterminate, SIGNATURES, what).help(format!(
                "if these are contract wallets, check their signatures with an execution client, then give --accept {SIGNATURES}"
            )))
        }
    }
}

//! `coram definition check`.

use std::path::PathBuf;

use clap::Args;
use coram_cluster::definition::{Definition, Finding, MEMBERS, Severity, SignatureCheck, SignatureStatus};
use coram_cluster::json::{self, Node};

use super::report::{Report, SignatureLine, Verdict};
use crate::cli::files::read;
use crate::cli::network::CustomNetwork;
use crate::failure::{Exit, Failure};
use crate::printer;

/// Explain a definition: who, how many of how many, what money, who signed, what is odd
///
/// Exit codes: 0 a ceremony can be run (there may be warnings), 3 it should not be, 4 a signature can only be judged with an
/// execution client: it is that of a contract wallet, or wrong.
#[derive(Debug, Args)]
pub struct Check {
    /// The definition; `-` for standard input
    #[arg(
        value_name = "FILE",
        env = "CORAM_DEFINITION_FILE",
        default_value = ".charon/cluster-definition.json"
    )]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    custom_network: CustomNetwork,
}

/// Runs the command.
pub fn run(arguments: &Check) -> Result<(), Failure> {
    let definition = arguments.definition()?;
    let report = arguments.judge(&definition)?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&report);
        let text = text.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
        printer::result(&format!("{text}\n"))?;
    } else {
        printer::result(&report.text())?;
    }
    let failed = |exit, code, what: &str| {
        Err(Failure::new(exit, code, format!("{}: {what}", arguments.file.display())))
    };
    match report.verdict {
        Verdict::Ok => Ok(()),
        Verdict::Invalid => failed(Exit::Invalid, "definition.invalid", "no ceremony should be run for it"),
        Verdict::Indeterminate => failed(
            Exit::Indeterminate,
            "definition.indeterminate",
            "a signature can only be judged with an execution client",
        ),
    }
}

impl Check {
    /// The definition, whose hashes may be wrong: then that is what has to be explained.
    fn definition(&self) -> Result<Definition, Failure> {
        let bytes = read(&self.file)?;
        let definition = json::check(&bytes, MEMBERS).and_then(|value| Definition::read(&Node::root(&value)));
        definition.map_err(|error| {
            Failure::new(Exit::Invalid, "definition.invalid", format!("{}: {error}", self.file.display()))
        })
    }

    fn judge(&self, definition: &Definition) -> Result<Report, Failure> {
        let custom = self.custom_network.get()?;
        if custom.is_some() {
            self.custom_network.of(definition)?;
        }
        let network = custom.or_else(|| definition.network());
        let signatures = match &network {
            Some(network) => definition.check_each_signature(network)?,
            None => Vec::new(),
        };
        let findings = definition.lint(network.as_ref());
        Ok(Report {
            verdict: verdict(&findings, &signatures),
            summary: definition.summary(network.as_ref()),
            signatures: signatures.iter().map(SignatureLine::from).collect(),
            findings,
        })
    }
}

/// Nothing is better than its worst part.
fn verdict(findings: &[Finding], signatures: &[SignatureCheck]) -> Verdict {
    let malformed = |check: &SignatureCheck| matches!(check.status, SignatureStatus::Malformed(_));
    if findings.iter().any(|finding| finding.severity == Severity::Error) || signatures.iter().any(malformed)
    {
        Verdict::Invalid
    } else if signatures.iter().any(|check| check.status == SignatureStatus::NeedsExecutionClient) {
        Verdict::Indeterminate
    } else {
        Verdict::Ok
    }
}

//! A definition in words, and in JSON.

use std::fmt::Write as _;

use coram_cluster::definition::{
    Finding, OperatorSummary, Severity, SignatureCheck, SignatureStatus, Signer, Summary, ValidatorGroup,
};
use serde::Serialize;

use crate::cli::amount::eth;
use crate::plain::Plain;

/// What `coram definition check` found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The verdict in a word.
    pub verdict: Verdict,
    /// What the definition says.
    pub summary: Summary,
    /// What can be said of each signature; empty where the network, whose chain id they cover, is not known.
    pub signatures: Vec<SignatureLine>,
    /// What a person should know, the worst first.
    pub findings: Vec<Finding>,
}

/// Whether a ceremony can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Yes; there may be warnings.
    Ok,
    /// A signature is a contract's, or wrong: an execution client has to be asked.
    Indeterminate,
    /// No.
    Invalid,
}

/// One signature.
#[derive(Debug, Serialize)]
pub struct SignatureLine {
    #[serde(skip)]
    who: Signer,
    /// Whose it is, such as `operator 2 (config hash)`.
    pub signer: String,
    /// The declared account.
    pub address: Option<String>,
    /// `verified`, `absent`, `needs-execution-client` or `malformed`.
    pub status: &'static str,
    /// Why it is malformed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

impl From<&SignatureCheck> for SignatureLine {
    fn from(check: &SignatureCheck) -> Self {
        let (status, reason) = match check.status {
            SignatureStatus::Verified => ("verified", None),
            SignatureStatus::Absent => ("absent", None),
            SignatureStatus::NeedsExecutionClient => ("needs-execution-client", None),
            SignatureStatus::Malformed(reason) => ("malformed", Some(reason)),
        };
        Self {
            who: check.signer,
            signer: check.signer.to_string(),
            address: check.address.as_ref().map(ToString::to_string),
            status,
            reason,
        }
    }
}

impl SignatureLine {
    fn words(&self) -> String {
        match (self.status, self.reason) {
            (_, Some(reason)) => format!("malformed: {reason}"),
            ("needs-execution-client", _) => "needs an execution client".to_owned(),
            (status, _) => status.to_owned(),
        }
    }
}

/// The name of a severity.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

impl Report {
    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text).map_or_else(|_| String::new(), |()| text)
    }

    fn write_to(&self, out: &mut String) -> std::fmt::Result {
        self.write_head(out)?;
        self.write_operators(out)?;
        self.write_validators(out)?;
        self.write_findings(out)?;
        let verdict = match (self.verdict, self.findings.first().map(|finding| finding.severity)) {
            (Verdict::Ok, Some(Severity::Warning)) => "a ceremony can be run, but read the warnings",
            (Verdict::Ok, _) => "a ceremony can be run",
            (Verdict::Indeterminate, _) => {
                "a ceremony can be run, but whether all signatures are good only an execution client can tell"
            }
            (Verdict::Invalid, _) => "no ceremony should be run, see the errors",
        };
        writeln!(out, "Verdict: {verdict}.")
    }

    fn write_head(&self, out: &mut String) -> std::fmt::Result {
        let summary = &self.summary;
        let name = if summary.name.is_empty() { "(without a name)" } else { &summary.name };
        writeln!(out, "Cluster definition: {}\n", Plain(name))?;
        let network = match (&summary.network, summary.chain_id) {
            (Some(name), Some(chain)) => {
                format!("{name}, chain {chain}, fork version {}", summary.fork_version)
            }
            _ => format!("not known, fork version {}", summary.fork_version),
        };
        for (name, value) in [
            ("network", network.as_str()),
            ("version", summary.version),
            ("uuid", summary.uuid.as_str()),
            ("created", summary.timestamp.as_str()),
            ("config hash", summary.config_hash.as_str()),
            ("definition hash", summary.definition_hash.as_str()),
            ("key generation", summary.dkg_algorithm.as_str()),
            (
                "consensus",
                if summary.consensus_protocol.is_empty() { "default" } else { &summary.consensus_protocol },
            ),
        ] {
            writeln!(out, "  {name:<16} {}", Plain(value))?;
        }
        writeln!(out)
    }

    fn write_operators(&self, out: &mut String) -> std::fmt::Result {
        let Summary { threshold, operators, tolerates_offline, .. } = &self.summary;
        writeln!(
            out,
            "Operators: any {threshold} of {} sign together; {tolerates_offline} can be offline; {} together could take the keys",
            operators.len(),
            threshold,
        )?;
        for operator in operators {
            self.write_operator(operator, out)?;
        }
        let creator = self.summary.creator.as_deref().unwrap_or("no account");
        writeln!(out, "  creator: {creator}{}", self.signed(&[Signer::Creator]))?;
        let shape = match self.summary.shape {
            Some("group") => "the creator and every operator signed",
            Some("solo") => "the creator alone signed; the operators are named by their records",
            Some(_) => "nobody signed; the operators are named by their records",
            None => "not complete: some of those who have to sign did not",
        };
        writeln!(out, "Signatures: {shape}\n")
    }

    fn write_operator(&self, operator: &OperatorSummary, out: &mut String) -> std::fmt::Result {
        let OperatorSummary { index, address, enr, peer_id, .. } = operator;
        let peer = match peer_id {
            Some(peer_id) => format!("peer {peer_id}"),
            None if enr.is_empty() => "no node record yet".to_owned(),
            None => "a malformed node record".to_owned(),
        };
        let account = address.as_deref().unwrap_or("no account");
        let signers = [Signer::OperatorConfig(*index), Signer::OperatorEnr(*index)];
        writeln!(out, "  {index:>3}  {account}  {peer}{}", self.signed(&signers))?;
        if enr.is_empty() { Ok(()) } else { writeln!(out, "       {}", Plain(enr)) }
    }

    /// What can be said of the signatures of one party, if it has or should have any.
    fn signed(&self, signers: &[Signer]) -> String {
        let lines = || self.signatures.iter().filter(|line| signers.contains(&line.who));
        let should = lines().any(|line| line.address.is_some() || line.status != "absent");
        if !should {
            return String::new();
        }
        let what = |line: &SignatureLine| match line.who {
            Signer::OperatorEnr(_) => format!("record: {}", line.words()),
            _ => format!("config: {}", line.words()),
        };
        format!("  [{}]", lines().map(what).collect::<Vec<_>>().join("; "))
    }

    fn write_validators(&self, out: &mut String) -> std::fmt::Result {
        let summary = &self.summary;
        writeln!(out, "Validators: {}", summary.num_validators)?;
        for ValidatorGroup { first, count, fee_recipient, withdrawal } in &summary.validators {
            let numbers =
                if *count == 1 { first.to_string() } else { format!("{first} to {}", first + count - 1) };
            writeln!(out, "  {numbers}: stake to {withdrawal}, fees to {fee_recipient}")?;
        }
        let amounts: Vec<String> = summary.deposits_signed.iter().map(|gwei| eth(*gwei)).collect();
        let compounding =
            if summary.compounding { "0x02, rewards compound" } else { "0x01, rewards are paid out" };
        writeln!(out, "  deposits signed for each: {}", amounts.join(", "))?;
        writeln!(out, "  withdrawal credentials: {compounding}")?;
        writeln!(out, "  gas limit: {}\n", summary.gas_limit)
    }

    fn write_findings(&self, out: &mut String) -> std::fmt::Result {
        for Finding { code, severity: level, text, advice } in &self.findings {
            writeln!(out, "{}[{code}]: {}\n  help: {advice}", severity(*level), Plain(text))?;
        }
        if self.findings.is_empty() { Ok(()) } else { writeln!(out) }
    }
}

/// What somebody is about to sign, in one sentence.
pub fn sentence(summary: &Summary) -> String {
    let network = summary.network.as_deref().unwrap_or("an unknown network");
    let mut withdrawals: Vec<&str> =
        summary.validators.iter().map(|group| group.withdrawal.as_str()).collect();
    withdrawals.sort_unstable();
    withdrawals.dedup();
    let (shown, more) = withdrawals.split_at(withdrawals.len().min(3));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    format!(
        "{} of {} operators, {} validator(s) on {network}, stake paid out to {}{more}",
        summary.threshold,
        summary.operators.len(),
        summary.num_validators,
        shown.join(", "),
    )
}

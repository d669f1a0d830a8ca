//! What a person should know about a definition before taking part.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::address::Address;
use crate::definition::create::CONSENSUS_PROTOCOLS;
use crate::definition::{
    DEFAULT_TARGET_GAS_LIMIT, Definition, SignatureStatus, ValidatorAddresses, recommended_threshold,
};
use crate::deposit::{self, ACTIVATION_AMOUNT, ETH};
use crate::enr::Enr;
use crate::error::ClusterError;
use crate::json;
use crate::network::Network;
use crate::registration::DEFAULT_GAS_LIMIT;
use crate::version::Version;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant, or costly.
    Warning,
    /// No ceremony can be run like that, or its result would be refused or worthless.
    Error,
}

/// Something about a definition that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable, for programs.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is the case.
    pub text: String,
    /// What to do.
    pub advice: &'static str,
}

/// Networks that have been shut down.
const RETIRED: [&str; 2] = ["goerli", "holesky"];

impl Definition {
    /// Everything that a person should know, the worst first; `network` where it is not one of the table. It does not
    /// replace [`Self::verify_signatures`], but includes what that finds.
    #[must_use]
    pub fn lint(&self, network: Option<&Network>) -> Vec<Finding> {
        let network = network.cloned().or_else(|| self.network());
        let mut findings = Findings(Vec::new());
        self.lint_format(&mut findings);
        self.lint_network(network.as_ref(), &mut findings);
        self.lint_threshold(&mut findings);
        self.lint_enrs(&mut findings);
        self.lint_signatures(network.as_ref(), &mut findings);
        self.lint_accounts(&mut findings);
        self.lint_validators(network.as_ref(), &mut findings);
        self.lint_deposits(&mut findings);
        self.lint_options(&mut findings);
        let Findings(mut findings) = findings;
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    fn lint_format(&self, findings: &mut Findings) {
        if !self.version.supports_ceremony() {
            let text = format!("version {} can be read and verified only", self.version);
            findings.error("version-without-ceremony", text, "create a new definition");
        } else if self.version == Version::V1_11 {
            let text = "version v1.11.0 is read by Charon from v1.11 on, and by no older tool".to_owned();
            findings.note("version-new", text, "use v1.10.0 unless a wallet with several owners signs");
        }
        if let Err(error) = self.verify_hashes() {
            findings.error("hash-mismatch", error.to_string(), "ask whoever sent the file for the original");
        }
    }

    fn lint_network(&self, network: Option<&Network>, findings: &mut Findings) {
        let Some(network) = network else {
            let text =
                format!("fork version 0x{} belongs to no known network", hex::encode(self.fork_version));
            return findings.error(
                "network-unknown",
                text,
                "describe the network: name, chain id, genesis time",
            );
        };
        if let Err(error) = self.expect_network(network) {
            findings.error("network-other", error.to_string(), "name the definition's own network");
        } else if RETIRED.contains(&network.name()) {
            let text = format!("{} has been shut down", network.name());
            findings.warning("network-retired", text, "create a definition for a network that is in use");
        }
    }

    fn lint_threshold(&self, findings: &mut Findings) {
        if let Err(error) = self.check_threshold() {
            return findings.error("threshold-range", error.to_string(), "create a new definition");
        }
        let (threshold, operators) = (self.threshold, self.operators.len() as u64);
        let recommended = recommended_threshold(operators);
        let offline = operators - threshold;
        if threshold < recommended {
            let text = format!(
                "{threshold} of {operators} is below ceil(2n/3) = {recommended}: {threshold} operators together have \
                 the keys, and two groups can sign conflicting messages with only {} in both",
                (2 * threshold).saturating_sub(operators)
            );
            findings.warning("threshold-low", text, "choose ceil(2n/3) unless you know why not");
        }
        if threshold > recommended {
            let text = format!(
                "{threshold} of {operators} is above ceil(2n/3) = {recommended}: only {offline} operators can be offline"
            );
            findings.warning("threshold-high", text, "choose ceil(2n/3) unless you know why not");
        }
        if offline == 0 {
            let text = "one operator offline stops every validator; one lost share loses them".to_owned();
            findings.warning("threshold-all", text, "choose a threshold below the number of operators");
        }
        if operators < 4 {
            let text = format!("{operators} operators tolerate none that deviates; the least that do are 4");
            findings.warning("operators-few", text, "take part with 4 operators or more");
        }
    }

    fn lint_enrs(&self, findings: &mut Findings) {
        let mut keys: BTreeMap<[u8; 33], u16> = BTreeMap::new();
        for (index, operator) in (1_u16..).zip(&self.operators) {
            if operator.enr.is_empty() {
                let text = format!("operator {index} has no node record yet");
                findings.error("enr-missing", text, "the operator has to add it, signing the definition");
                continue;
            }
            match Enr::parse(&operator.enr) {
                Err(error) => {
                    findings.error(
                        "enr-malformed",
                        format!("operator {index}: {error}"),
                        "ask for a new record",
                    );
                }
                Ok(enr) => {
                    if let Some(first) = keys.insert(enr.public_key(), index) {
                        let peer_id = enr.peer_id();
                        let error = ClusterError::DuplicateEnr { first, second: index, peer_id };
                        let advice = "every operator needs a node record of its own";
                        findings.error("enr-duplicate", error.to_string(), advice);
                    }
                    if enr.ip().is_some() || enr.tcp().is_some() || enr.udp().is_some() {
                        let text = format!("operator {index}'s node record announces a network address");
                        findings.note("enr-with-address", text, "nothing: the address is not used");
                    }
                }
            }
        }
    }

    fn lint_signatures(&self, network: Option<&Network>, findings: &mut Findings) {
        let shape = match self.shape() {
            Ok(shape) => shape,
            Err(error) => {
                return findings.error("partly-signed", error.to_string(), "those named have to sign");
            }
        };
        if shape == super::Shape::Unsigned {
            let text = "nobody signed: nothing but the file says who the operators are".to_owned();
            findings.warning(
                "unsigned",
                text,
                "compare the definition hash with every operator by another channel",
            );
        }
        let Some(Ok(report)) = network.map(|network| self.verify_signatures(network)) else { return };
        for check in report.checks {
            let signer = check.signer;
            match check.status {
                SignatureStatus::Verified | SignatureStatus::Absent => {}
                SignatureStatus::NeedsExecutionClient => {
                    let text = format!("{signer}: not signed by a key of the declared address");
                    let advice = "if the address is a contract wallet, ask it through an execution client; \
                                  if it is not, the signature is wrong";
                    findings.warning("signature-needs-execution-client", text, advice);
                }
                SignatureStatus::Malformed(reason) => {
                    findings.error(
                        "signature-malformed",
                        format!("{signer}: {reason}"),
                        "it has to be made again",
                    );
                }
            }
        }
    }

    fn lint_accounts(&self, findings: &mut Findings) {
        let mut accounts: BTreeMap<[u8; 20], u16> = BTreeMap::new();
        for (index, operator) in (1_u16..).zip(&self.operators) {
            let Some(address) = &operator.address else { continue };
            if let Some(first) = accounts.insert(address.bytes(), index) {
                let text = format!("operators {first} and {index} are both {address}");
                findings.warning("operator-repeated", text, "make sure that they are different people");
            }
            if self.validators.iter().any(|validator| validator.withdrawal == *address) {
                let text = format!("the stake is paid out to {address}, the account of operator {index}");
                findings.note("withdrawal-to-operator", text, "make sure that all agree with it");
            }
        }
    }

    fn lint_validators(&self, network: Option<&Network>, findings: &mut Findings) {
        let any = |test: &dyn Fn(&ValidatorAddresses) -> bool| self.validators.iter().position(test);
        if let Some(place) = any(&|validator| validator.withdrawal.is_zero()) {
            let text = format!("validator {place}: the stake is paid out to the zero address, and lost");
            let advice = "create a new definition with an address that somebody has";
            let production = network.is_none_or(|network| network.is_production() || network.is_custom());
            findings.push(
                "withdrawal-zero",
                if production { Severity::Error } else { Severity::Warning },
                text,
                advice,
            );
        }
        if let Some(place) = any(&|validator| validator.fee_recipient.is_zero()) {
            let text = format!("validator {place}: fees go to the zero address, and are lost");
            findings.warning(
                "fee-recipient-zero",
                text,
                "create a new definition with an address that somebody has",
            );
        }
        if let Err(error) = self.check_prefixes() {
            findings.error(
                "address-without-prefix",
                error.to_string(),
                "create a new definition: addresses start with 0x",
            );
        }
        let mut unchecked = |code, what, address: fn(&ValidatorAddresses) -> &Address| {
            if let Some(place) = any(&|validator| !address(validator).is_checksummed()) {
                let text = format!(
                    "validator {place}: the {what} is not in its EIP-55 form, so typing errors show nowhere"
                );
                findings.note(code, text, "compare the address with where it comes from");
            }
        };
        unchecked("withdrawal-not-checksummed", "withdrawal address", ValidatorAddresses::withdrawal);
        unchecked("fee-recipient-not-checksummed", "fee recipient", ValidatorAddresses::fee_recipient);
        let mut differing = |code, what, address: fn(&ValidatorAddresses) -> &Address| {
            let first = self.validators.first().map(address);
            let others = self.validators.iter().filter(|validator| Some(address(validator)) != first).count();
            if others > 0 {
                let text = format!("{others} validators have another {what} than the first");
                findings.note(code, text, "make sure that it is meant so");
            }
        };
        differing("withdrawals-differ", "withdrawal address", ValidatorAddresses::withdrawal);
        differing("fee-recipients-differ", "fee recipient", ValidatorAddresses::fee_recipient);
        let split = |validator: &ValidatorAddresses| validator.fee_recipient != validator.withdrawal;
        let count = self.validators.iter().filter(|validator| split(validator)).count();
        if count > 0 && count < self.validators.len() {
            let text = format!(
                "{count} of {} validators pay fees and stake to different accounts",
                self.validators.len()
            );
            findings.note("fee-recipient-mixed", text, "make sure that it is meant so");
        }
        if self.version.supports_ceremony() && self.validators.is_empty() {
            findings.error(
                "validators-none",
                "there are no validators".to_owned(),
                "create a new definition",
            );
        }
    }

    fn lint_deposits(&self, findings: &mut Findings) {
        let amounts = self.deposit_amounts();
        if let Err(error) = deposit::check_amounts(amounts, self.compounding) {
            return findings.error("deposit-amounts", error.to_string(), "create a new definition");
        }
        let eth = |gwei: u64| gwei as f64 / ETH as f64;
        let total = amounts.iter().fold(0_u64, |total, amount| total.saturating_add(*amount));
        if amounts.len() > deposit::amounts_to_sign(self).len() {
            let text = "an amount stands there more than once".to_owned();
            findings.note(
                "deposit-amounts-repeated",
                text,
                "nothing: one deposit is signed for each amount, and can be made more than once",
            );
        }
        if !self.compounding && total > ACTIVATION_AMOUNT {
            let text =
                format!("the deposits come to {} ETH for each validator, of which 32 earn", eth(total));
            findings.note("deposit-amounts-large", text, "deposit no more than 32 ETH to each validator");
        }
        if amounts.iter().any(|amount| amount % ETH != 0) {
            let text = "an amount is not a whole number of ETH".to_owned();
            findings.note("deposit-amounts-fraction", text, "make sure that it is meant so");
        }
        if self.compounding {
            let text =
                "rewards compound (credentials 0x02): they stay in the validator until they are withdrawn"
                    .to_owned();
            findings.note(
                "compounding",
                text,
                "make sure that the withdrawal account can ask for withdrawals",
            );
        }
    }

    fn lint_options(&self, findings: &mut Findings) {
        if self.version.has_gas_limit_and_compounding() {
            let limit = self.target_gas_limit;
            if let Err(error) = json::check_number("gas limit", limit) {
                findings.error(
                    "gas-limit-large",
                    error.to_string(),
                    "create a definition with another gas limit",
                );
            } else if limit == 0 {
                let text = format!("no gas limit is given; registrations will say {DEFAULT_GAS_LIMIT}");
                findings.warning("gas-limit-zero", text, "create a definition with a gas limit");
            } else if !(DEFAULT_GAS_LIMIT..=4 * DEFAULT_TARGET_GAS_LIMIT).contains(&limit) {
                let text = format!("the gas limit of {limit} is far from what the network uses");
                findings.warning("gas-limit-unusual", text, "make sure that it is meant so");
            }
        }
        if self.dkg_algorithm != "default" {
            let text = format!("the definition asks for the key generation {:?}", self.dkg_algorithm);
            findings.warning("dkg-algorithm", text, "make sure that all operators agree to another one");
        }
        let protocol = self.consensus_protocol.as_str();
        if !protocol.is_empty() && !CONSENSUS_PROTOCOLS.contains(&protocol) {
            let text = format!("the consensus protocol {protocol:?} is not known");
            findings.warning("consensus-protocol", text, "make sure that every operator's client has it");
        }
    }
}

struct Findings(Vec<Finding>);

impl Findings {
    fn push(&mut self, code: &'static str, severity: Severity, text: String, advice: &'static str) {
        self.0.push(Finding { code, severity, text, advice });
    }

    fn note(&mut self, code: &'static str, text: String, advice: &'static str) {
        self.push(code, Severity::Note, text, advice);
    }

    fn warning(&mut self, code: &'static str, text: String, advice: &'static str) {
        self.push(code, Severity::Warning, text, advice);
    }

    fn error(&mut self, code: &'static str, text: String, advice: &'static str) {
        self.push(code, Severity::Error, text, advice);
    }
}

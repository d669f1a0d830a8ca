//! Whether a ceremony can be run for a definition, and by which nodes.

use crate::address::Address;
use crate::definition::create::{self, MIN_THRESHOLD};
use crate::definition::{Definition, MAX_VALIDATORS, ValidatorAddresses};
use crate::deposit;
use crate::enr::Enr;
use crate::error::ClusterError;
use crate::json;
use crate::network::Network;

impl Definition {
    /// The operators' node records, verified, in order; no two have one identity key.
    ///
    /// # Errors
    ///
    /// [`ClusterError::OperatorEnr`] naming the operator whose record is malformed,
    /// [`ClusterError::DuplicateEnr`] naming two that share a key.
    pub fn enrs(&self) -> Result<Vec<Enr>, ClusterError> {
        let parse = |(index, operator): (u16, &super::Operator)| match Enr::parse(&operator.enr) {
            Ok(enr) => Ok(enr),
            Err(ClusterError::Enr(reason)) => Err(ClusterError::OperatorEnr { index, reason }),
            Err(error) => Err(error),
        };
        let enrs: Vec<Enr> = (1_u16..).zip(&self.operators).map(parse).collect::<Result<_, _>>()?;
        create::distinct_keys(&enrs)?;
        Ok(enrs)
    }

    /// What must hold before anything is dealt: version, threshold, number of validators, deposit amounts and node
    /// records. Hashes and signatures are checked by [`Self::verify_hashes`] and [`Self::verify_signatures`].
    /// Returns the node records.
    ///
    /// # Errors
    ///
    /// [`ClusterError::VersionWithoutCeremony`], [`ClusterError::CeremonyThreshold`], [`ClusterError::ValidatorCount`],
    /// [`ClusterError::Network`], [`ClusterError::LargeNumber`], whatever [`deposit::check_amounts`] reports, and those of
    /// [`Self::enrs`].
    pub fn check_for_ceremony(&self, network: &Network) -> Result<Vec<Enr>, ClusterError> {
        if !self.version.supports_ceremony() {
            return Err(ClusterError::VersionWithoutCeremony(self.version));
        }
        self.expect_network(network)?;
        self.check_threshold()?;
        if self.validators.is_empty() || self.validators.len() > MAX_VALIDATORS {
            let listed = self.validators.len();
            return Err(ClusterError::ValidatorCount { stated: self.num_validators, listed });
        }
        deposit::check_amounts(self.deposit_amounts(), self.compounding)?;
        json::check_number("gas limit", self.target_gas_limit)?;
        self.check_prefixes()?;
        self.enrs()
    }

    /// Charon demands `0x` when it checks registrations and makes deposits: without it, it would load none of the locks
    /// that come of this.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Address`] naming the first address without.
    pub(super) fn check_prefixes(&self) -> Result<(), ClusterError> {
        self.validators.iter().enumerate().try_for_each(|(index, addresses)| {
            addresses.check_fee_recipient_prefix(index)?;
            check_prefix("withdrawal address", index, addresses.withdrawal())
        })
    }

    /// # Errors
    ///
    /// [`ClusterError::CeremonyThreshold`] unless it is at least 2 and at most the number of operators.
    pub(super) fn check_threshold(&self) -> Result<(), ClusterError> {
        let operators = self.operators.len();
        if self.threshold < MIN_THRESHOLD || self.threshold > operators as u64 {
            return Err(ClusterError::CeremonyThreshold { threshold: self.threshold, operators });
        }
        Ok(())
    }
}

impl ValidatorAddresses {
    /// # Errors
    ///
    /// [`ClusterError::Address`] if the fee recipient of validator `index`, from 0, does not start with `0x`.
    pub(crate) fn check_fee_recipient_prefix(&self, index: usize) -> Result<(), ClusterError> {
        check_prefix("fee recipient address", index, self.fee_recipient())
    }
}

fn check_prefix(what: &str, index: usize, address: &Address) -> Result<(), ClusterError> {
    if address.has_prefix() {
        return Ok(());
    }
    let what = format!("{what} of validator {index}");
    Err(ClusterError::Address { what, text: address.text().to_owned() })
}

//! Deposits: 32 ETH, or parts of it, that a validator key asks to be credited with.
//!
//! A deposit message `{public key, withdrawal credentials, amount}` is signed with the validator key; message and
//! signature are the deposit data that the deposit contract takes. Amounts are in Gwei, 10^9 to the ETH.

mod file;

pub use file::{DepositRecord, FILE_MEMBERS, file_name, files, parse_file, read_records};

use crate::ClusterError;
use crate::bls::{self, PublicKey, Signature, SignedRoot};
use crate::definition::Definition;
use crate::signing;
use crate::ssz::{self, Root};
use crate::version::Version;
use std::collections::BTreeSet;

/// One ETH in Gwei.
pub const ETH: u64 = 1_000_000_000;
/// The least that the deposit contract takes.
pub const MIN_AMOUNT: u64 = ETH;
/// What a validator needs to be activated, and the most that one without compounding can use.
pub const ACTIVATION_AMOUNT: u64 = 32 * ETH;
/// The most that a compounding validator can use.
pub const MAX_COMPOUNDING_AMOUNT: u64 = 2048 * ETH;

/// What a deposit's signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositMessage {
    /// The validator's public key.
    pub public_key: [u8; 48],
    /// Whom the stake belongs to; see [`withdrawal_credentials`].
    pub withdrawal_credentials: [u8; 32],
    /// Gwei.
    pub amount: u64,
}

impl DepositMessage {
    /// Its hash tree root.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        ssz::container(&self.fields())
    }

    /// The 32 bytes that the validator key signs on the network with this genesis fork version.
    #[must_use]
    pub fn signing_root(&self, fork_version: [u8; 4]) -> [u8; 32] {
        signing::deposit_root(self.root(), fork_version)
    }

    fn fields(&self) -> [Root; 3] {
        let credentials = ssz::array(&self.withdrawal_credentials);
        [ssz::array(&self.public_key), credentials, ssz::number(self.amount)]
    }
}

/// A deposit message with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// What is signed.
    pub message: DepositMessage,
    /// The validator key's signature, not necessarily a valid one.
    pub signature: [u8; 96],
}

impl Deposit {
    /// The hash tree root of the deposit data, which the deposit contract recomputes.
    #[must_use]
    pub fn data_root(&self) -> [u8; 32] {
        ssz::container(&self.data_fields())
    }

    pub(crate) fn data_fields(&self) -> [Root; 4] {
        let [key, credentials, amount] = self.message.fields();
        [key, credentials, amount, ssz::array(&self.signature)]
    }

    /// Checks the signature. The deposit contract does not: a wrong one loses the deposit.
    ///
    /// # Errors
    ///
    /// [`ClusterError::BlsPublicKey`] or [`ClusterError::BlsSignature`] if either is no point of prime order,
    /// [`ClusterError::BlsVerification`] if the signature is not the key's.
    pub fn verify(&self, fork_version: [u8; 4]) -> Result<(), ClusterError> {
        bls::verify_batch(&Self::signed_roots(&[self], fork_version)?)
    }

    /// What a batch needs to check them.
    pub(crate) fn signed_roots(
        deposits: &[&Self],
        fork_version: [u8; 4],
    ) -> Result<Vec<SignedRoot>, ClusterError> {
        let keys: Vec<[u8; 48]> = deposits.iter().map(|deposit| deposit.message.public_key).collect();
        let signatures: Vec<[u8; 96]> = deposits.iter().map(|deposit| deposit.signature).collect();
        let points = PublicKey::from_bytes_all(&keys).into_iter().zip(Signature::from_bytes_all(&signatures));
        let signed = points.zip(deposits).map(|((key, signature), deposit)| {
            Ok((key?, deposit.message.signing_root(fork_version), signature?))
        });
        signed.collect()
    }
}

/// Credentials that pay to an Ethereum address: `0x01`, or `0x02` for a validator that compounds, eleven zeros and
/// the address.
#[must_use]
pub fn withdrawal_credentials(address: &[u8; 20], compounding: bool) -> [u8; 32] {
    let mut credentials = [0; 32];
    credentials[0] = if compounding { 2 } else { 1 };
    credentials[12..].copy_from_slice(address);
    credentials
}

/// The address that credentials pay to, and whether the validator compounds; `None` for all that [`withdrawal_credentials`]
/// does not make.
#[must_use]
pub fn withdrawal_address(credentials: &[u8; 32]) -> Option<([u8; 20], bool)> {
    let address = credentials.last_chunk()?;
    let compounding = credentials[0] == 2;
    (withdrawal_credentials(address, compounding) == *credentials).then_some((*address, compounding))
}

/// The most Gwei that a validator of its kind can use.
#[must_use]
pub const fn max_amount(compounding: bool) -> u64 {
    if compounding { MAX_COMPOUNDING_AMOUNT } else { ACTIVATION_AMOUNT }
}

/// The amounts that every validator of a cluster signs deposits for, each once, ascending.
///
/// They are the definition's; where it gives none, 32 ETH up to v1.7, then 1 and 32 ETH, or 1, 8, 32 and 256 ETH
/// with compounding.
#[must_use]
pub fn amounts_to_sign(definition: &Definition) -> Vec<u64> {
    amounts(definition.deposit_amounts(), definition.version(), definition.compounding())
}

fn amounts(given: &[u64], version: Version, compounding: bool) -> Vec<u64> {
    let defaults: &[u64] = match (version.has_deposit_amounts(), compounding) {
        (false, _) => &[32],
        (true, false) => &[1, 32],
        (true, true) => &[1, 8, 32, 256],
    };
    if given.is_empty() {
        return defaults.iter().map(|eth| eth * ETH).collect();
    }
    given.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

/// Checks the amounts that a definition gives: each between 1 ETH and what a validator of its kind can use, and
/// together enough to activate one. No amounts are fine: there are defaults.
///
/// # Errors
///
/// [`ClusterError::DepositAmount`] for one out of range, [`ClusterError::DepositTotal`] for too little together.
pub fn check_amounts(given: &[u64], compounding: bool) -> Result<(), ClusterError> {
    let limit = max_amount(compounding);
    if let Some(&amount) = given.iter().find(|amount| !(MIN_AMOUNT..=limit).contains(*amount)) {
        return Err(ClusterError::DepositAmount { amount, limit });
    }
    let total = given.iter().fold(0u64, |total, &amount| total.saturating_add(amount));
    if !given.is_empty() && total < ACTIVATION_AMOUNT {
        return Err(ClusterError::DepositTotal { total });
    }
    Ok(())
}

/// The deposit messages of one validator, in ascending order of their amounts. `index` counts validators from 0.
///
/// # Errors
///
/// [`ClusterError::NoSuchValidator`] if the definition has no addresses for it.
pub fn messages(
    definition: &Definition,
    index: usize,
    public_key: [u8; 48],
) -> Result<Vec<DepositMessage>, ClusterError> {
    let addresses = definition.validators().get(index).ok_or(ClusterError::NoSuchValidator { index })?;
    let withdrawal_credentials =
        withdrawal_credentials(&addresses.withdrawal().bytes(), definition.compounding());
    let message = |amount| DepositMessage { public_key, withdrawal_credentials, amount };
    Ok(amounts_to_sign(definition).into_iter().map(message).collect())
}

#[cfg(test)]
mod tests;

//! Deposit-data files, as launchpads and the deposit command-line tool take them: one file for each amount. Charon
//! leaves them beside the lock with mode 0444.

use super::{ACTIVATION_AMOUNT, Deposit, DepositMessage, ETH};
use crate::ClusterError;
use crate::bls;
use crate::json::{Node, check, to_go_json};
use crate::network::Network;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The version of the deposit tool whose format this is.
const CLI_VERSION: &str = "2.7.0";

/// The members of an entry, for [`crate::json::check`].
pub const FILE_MEMBERS: &[&str] = &[
    "pubkey",
    "withdrawal_credentials",
    "amount",
    "signature",
    "deposit_message_root",
    "deposit_data_root",
    "fork_version",
    "network_name",
    "deposit_cli_version",
];

/// An entry of a deposit-data file, with the roots that the file states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositRecord {
    /// The deposit.
    pub deposit: Deposit,
    /// The root of the message, as stated.
    pub message_root: [u8; 32],
    /// The root of the data, as stated.
    pub data_root: [u8; 32],
    /// The genesis fork version that the signature is for.
    pub fork_version: [u8; 4],
    /// The network's name.
    pub network_name: String,
}

impl DepositRecord {
    /// Recomputes both roots and checks the signature.
    ///
    /// # Errors
    ///
    /// [`ClusterError::HashMismatch`] for a root that is not its content's, [`ClusterError::Network`] if the network's
    /// name and fork version belong to two networks, and what [`Deposit::verify`] reports.
    pub fn verify(&self) -> Result<(), ClusterError> {
        let roots = [
            ("deposit message root", self.message_root, self.deposit.message.root()),
            ("deposit data root", self.data_root, self.deposit.data_root()),
        ];
        if let Some((what, stated, computed)) =
            roots.into_iter().find(|(_, stated, computed)| stated != computed)
        {
            return Err(ClusterError::HashMismatch { what, stated, computed });
        }
        let named = Network::by_name(&self.network_name);
        let versioned = Network::by_fork_version(self.fork_version);
        if named != versioned {
            let version = hex::encode(self.fork_version);
            return Err(ClusterError::Network(format!(
                "the fork version {version} is not that of {:?}",
                self.network_name
            )));
        }
        self.deposit.verify(self.fork_version)
    }
}

/// Reads a deposit-data file. Nothing in it is verified yet; see [`DepositRecord::verify`].
///
/// # Errors
///
/// What [`crate::json`] reports.
pub fn parse_file(bytes: &[u8]) -> Result<Vec<DepositRecord>, ClusterError> {
    read_records(&check(bytes, FILE_MEMBERS)?)?.into_iter().collect()
}

/// Takes the entries of a deposit-data file out of strictly read JSON, each by itself.
///
/// # Errors
///
/// [`ClusterError::WrongType`] if it is no list; for an entry, what [`crate::json`] reports.
pub fn read_records(value: &Value) -> Result<Vec<Result<DepositRecord, ClusterError>>, ClusterError> {
    Ok(Node::root(value).items()?.iter().map(record).collect())
}

fn record(node: &Node<'_>) -> Result<DepositRecord, ClusterError> {
    Ok(DepositRecord {
        deposit: Deposit {
            message: DepositMessage {
                public_key: node.member("pubkey")?.array()?,
                withdrawal_credentials: node.member("withdrawal_credentials")?.array()?,
                amount: node.member("amount")?.number()?,
            },
            signature: node.member("signature")?.array()?,
        },
        message_root: node.member("deposit_message_root")?.array()?,
        data_root: node.member("deposit_data_root")?.array()?,
        fork_version: node.member("fork_version")?.array()?,
        network_name: node.member("network_name")?.text()?.to_owned(),
    })
}

/// The name of the file for an amount in Gwei: `deposit-data.json` for 32 ETH, otherwise with the amount in ETH, such
/// as `deposit-data-1.5eth.json`.
#[must_use]
pub fn file_name(amount: u64) -> String {
    if amount == ACTIVATION_AMOUNT {
        return "deposit-data.json".to_owned();
    }
    let (whole, part) = (amount / ETH, amount % ETH);
    let eth = if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{part:09}").trim_end_matches('0').to_owned()
    };
    format!("deposit-data-{eth}eth.json")
}

#[derive(Serialize)]
struct Entry<'a> {
    pubkey: String,
    withdrawal_credentials: String,
    amount: u64,
    signature: String,
    deposit_message_root: String,
    deposit_data_root: String,
    fork_version: String,
    network_name: &'a str,
    deposit_cli_version: &'static str,
}

/// The deposit-data files of a cluster, `(name, bytes)`, in ascending order of their amounts. In each file the
/// deposits are sorted by public key.
///
/// # Errors
///
/// [`ClusterError::BlsVerification`] (or a point's error) if any signature is wrong: nobody should hold a deposit file
/// that loses the deposit.
pub fn files<'a>(
    network: &Network,
    deposits: impl IntoIterator<Item = &'a Deposit>,
) -> Result<Vec<(String, Vec<u8>)>, ClusterError> {
    let fork_version = network.fork_version();
    let deposits: Vec<&Deposit> = deposits.into_iter().collect();
    bls::verify_batch(&Deposit::signed_roots(&deposits, fork_version)?)?;
    let mut by_amount: BTreeMap<u64, BTreeMap<[u8; 48], &Deposit>> = BTreeMap::new();
    for deposit in deposits {
        by_amount.entry(deposit.message.amount).or_default().insert(deposit.message.public_key, deposit);
    }
    let file = |(amount, deposits): (u64, BTreeMap<[u8; 48], &Deposit>)| {
        let entries: Vec<_> = deposits.into_values().map(|deposit| entry(network, deposit)).collect();
        Ok((file_name(amount), to_go_json(&entries)?))
    };
    by_amount.into_iter().map(file).collect()
}

fn entry<'a>(network: &'a Network, deposit: &Deposit) -> Entry<'a> {
    Entry {
        pubkey: hex::encode(deposit.message.public_key),
        withdrawal_credentials: hex::encode(deposit.message.withdrawal_credentials),
        amount: deposit.message.amount,
        signature: hex::encode(deposit.signature),
        deposit_message_root: hex::encode(deposit.message.root()),
        deposit_data_root: hex::encode(deposit.data_root()),
        fork_version: hex::encode(network.fork_version()),
        network_name: network.name(),
        deposit_cli_version: CLI_VERSION,
    }
}

//! Deposit data, as the launchpad takes it.

use coram_cluster::deposit::{self, DepositRecord, FILE_MEMBERS};
use serde_json::Value;

use super::sheet::{Sheet, hex0x, list};
use super::{Stop, lock, unknown};

/// Whether something is an entry of deposit data.
pub fn is_one(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value.get("pubkey").is_some() && value.get("withdrawal_credentials").is_some())
}

/// Deposit data, as far as they can be read.
pub fn look(value: &Value) -> (Sheet, Vec<Stop>) {
    let entries = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let read = serde_json::to_vec(value).map_err(|error| Stop::new("$", error));
    let read = read.and_then(|bytes| deposit::parse_file(&bytes).map_err(|error| Stop::of(&error, "$")));
    let counted = Sheet::new().with("count", entries.len());
    match read {
        Ok(records) => (counted.with_list("deposits", records.iter().map(record)), Vec::new()),
        Err(stop) => {
            let shown = list(entries.iter().map(|entry| unknown::members(entry, FILE_MEMBERS)));
            (counted.with("deposits", shown), vec![stop])
        }
    }
}

fn record(record: &DepositRecord) -> Sheet {
    let DepositRecord { deposit, message_root, data_root, fork_version, network_name } = record;
    lock::deposit(deposit)
        .with("deposit_message_root", hex0x(message_root))
        .with("deposit_data_root", hex0x(data_root))
        .with("fork_version", hex0x(fork_version))
        .with("network_name", network_name.as_str())
}

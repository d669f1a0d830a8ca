//! Deposit data. A deposit whose roots and signature hold, of a key of ours, is the one that was signed.

use std::time::Duration;

use coram_ceremony::verify::{Options, verify_deposit_data};
use coram_cluster::deposit::{DepositRecord, parse_file};

use crate::{edits, objects};

pub fn run(data: &[u8]) {
    let real = &objects::held().deposits;
    let data = edits::read(data, std::slice::from_ref(real));
    let signed: Vec<DepositRecord> = parse_file(real).unwrap_or_default();
    for record in parse_file(&data).unwrap_or_default() {
        let ours =
            signed.iter().find(|ours| ours.deposit.message.public_key == record.deposit.message.public_key);
        if record.verify().is_ok()
            && let Some(ours) = ours
        {
            assert_eq!(&record, ours);
        }
    }
    let report = verify_deposit_data(&data, &Options::default(), &|| Duration::ZERO);
    assert!(serde_json::to_vec(&report).is_ok());
}

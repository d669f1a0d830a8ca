//! Setups for Groth16: records, and what stands before the points in files. (The points are a megabyte at least.)

use std::sync::OnceLock;

use coram_circuits::share_encryption::ShapeCircuit;
use coram_proofs::setup::{SetupRecord, UncheckedPowers, UncheckedReference};

use crate::{edits, objects};

/// The digest of the circuit of the only shape whose setups are judged.
fn circuit() -> [u8; 32] {
    static DIGEST: OnceLock<[u8; 32]> = OnceLock::new();
    *DIGEST.get_or_init(|| ShapeCircuit::new(2, 1).map(|circuit| circuit.digest()).unwrap_or_default())
}

/// The bases of scripts: the record alone, and in a reference string that ends before its points.
pub fn bases() -> &'static [Vec<u8>] {
    static BASES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    BASES.get_or_init(|| {
        let record = objects::setup().map(|(record, _)| record.to_bytes()).unwrap_or_default();
        let mut file = b"coram reference 1\n".to_vec();
        file.extend((record.len() as u32).to_be_bytes());
        file.extend(&record);
        file.extend([0, 0, 0x10, 0, 13]);
        vec![record, file]
    })
}

pub fn run(data: &[u8]) {
    let data = edits::read(data, bases());
    if let Ok(record) = SetupRecord::from_bytes(&data) {
        assert_eq!(record.to_bytes(), *data);
        let _ = record.contributions(circuit());
        if (record.recipients, record.validators) == (2, 1)
            && let Ok(unchecked) = record.decode(circuit())
        {
            let _ = unchecked.verify();
        }
    }
    let header = UncheckedReference::read_header(&mut &data[..]);
    let whole = UncheckedReference::read(&mut &data[..], &|_| {});
    assert!(header.is_ok() || whole.is_err());
    let header = UncheckedPowers::read_header(&mut &data[..]);
    let whole = UncheckedPowers::read(&mut &data[..], &|_| {});
    assert!(header.is_ok() || whole.is_err());
}

//! Fault files. Whatever is done to true ones, nobody but the cheater is accused.

use coram_ceremony::FaultFile;
use coram_ceremony::verify::{FaultVerdict, verify_fault};

use crate::edits;
use crate::objects::{CHEATER, faults};

pub fn run(data: &[u8]) {
    let data = edits::read(data, faults());
    let checked = FaultFile::check(&data);
    if let Ok(accusation) = &checked {
        let culprits: Vec<u16> = accusation.culprits.iter().map(|(index, _)| *index).collect();
        assert_eq!(culprits, [CHEATER], "an honest operator is accused: {}", accusation.breach);
    }
    let report = verify_fault(&data);
    assert_eq!(checked.is_ok(), report.verdict == FaultVerdict::Proved);
    let _ = coram_views::fault_page(&report);
}

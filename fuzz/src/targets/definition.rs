//! Cluster definitions. One that is accepted is written and read again as the same, with the same hashes.

use coram_cluster::definition::Definition;
use coram_cluster::network::Network;

use crate::{edits, objects};

pub fn run(data: &[u8]) {
    let data = edits::read(data, objects::definitions());
    let Ok(definition) = Definition::parse(&data) else { return };
    let hash = definition.computed_hash();
    if let Ok(written) = definition.to_json() {
        match Definition::parse(&written) {
            Ok(again) => assert_eq!((&again, again.computed_hash()), (&definition, hash)),
            Err(error) => panic!("what is written is not read: {error}"),
        }
    }
    let _ = (definition.verify_hashes(), definition.enrs(), definition.shape());
    let network = definition.network().or_else(|| Network::by_name("mainnet"));
    let _ = (definition.lint(network.as_ref()), definition.summary(network.as_ref()));
    if let Some(network) = &network {
        let _ = (definition.check_for_ceremony(network), definition.verify_signatures(network));
        let _ = definition.check_each_signature(network);
    }
    let mut merged = definition.clone();
    if merged.merge_signatures(&definition).is_ok() {
        assert_eq!((merged.operators(), merged.creator()), (definition.operators(), definition.creator()));
    }
}

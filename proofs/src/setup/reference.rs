//! Whole reference strings: what a dealer proves with.

use std::io::Read;

use ark_bls12_381::Bls12_381;
use ark_groth16::ProvingKey;
use coram_circuits::share_encryption::ShapeCircuit;

use super::{
    Setup, SetupError, Shape,
    file::{self, Header},
    progress::{Meter, Observer, Task},
    queries::Queries,
    record::SetupRecord,
    relation::Relation,
};
use crate::groth16::Key;

/// A reference string with its circuit: the setup, and the proving key.
pub struct Reference {
    setup: Setup,
    circuit: ShapeCircuit,
    key: ProvingKey<Bls12_381>,
}

impl Reference {
    pub(super) fn new(
        record: SetupRecord,
        queries: Queries,
        circuit: ShapeCircuit,
    ) -> Result<Self, SetupError> {
        Relation::new(&circuit)?.check(&record)?;
        let unchecked = record.decode(circuit.digest())?;
        let (beta, delta) = unchecked.heads();
        let key = queries.assemble(unchecked.verifying_key(), beta, delta);
        Ok(Self { setup: unchecked.verify()?, circuit, key })
    }

    /// Bytes of a file for a shape, with so many signed contributions to each phase; others take less.
    #[must_use]
    pub fn len_of(shape: Shape, powers: usize, key: usize) -> usize {
        file::len_of(shape, powers, key)
    }

    /// Reads a file that **the caller has verified before**, in full, and knows again by its hash: contributions are checked
    /// once more and points are decoded with a check of their subgroup, but that the key follows from powers and circuit
    /// is not checked, and powers are not read.
    ///
    /// With a file of somebody else's making, a dealer would make proofs that reveal its shares.
    ///
    /// # Errors
    ///
    /// What is wrong with the form or the contributions.
    pub fn read_verified_before(
        reader: &mut impl Read,
        circuit: ShapeCircuit,
        observer: Observer<'_>,
    ) -> Result<Self, SetupError> {
        let header = Header::read(reader)?;
        let counts = header.counts();
        Relation::new(&circuit)?.check_counts(counts)?;
        let meter = Meter::new(observer, Task::Read, counts.points());
        let queries = Queries::read(reader, counts, &header.verifying_key()?, &meter)?;
        Self::new(header.record, queries, circuit)
    }

    /// What a transcript carries, verified.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The key to prove with, in the order of the circuit's columns.
    #[must_use]
    pub fn proving_key(&self) -> &ProvingKey<Bls12_381> {
        &self.key
    }

    /// The key to deal with.
    #[must_use]
    pub fn into_key(self) -> Key {
        Key::proving(self.setup, self.circuit, self.key)
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reference").field("setup", &self.setup.digest()).finish_non_exhaustive()
    }
}

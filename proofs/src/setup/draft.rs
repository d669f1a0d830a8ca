//! A reference string in the making: verified powers, and a key to which somebody may yet contribute.

use std::io::Write;

use coram_circuits::share_encryption::ShapeCircuit;

use super::{
    Reference, SetupError, Shape,
    chain::{Chain, Scope},
    contribute::{Contributed, Pending, Source},
    file,
    lists::Lists,
    parts::{Conversion, Parts},
    phase::Phase,
    powers::Powers,
    progress::Observer,
    queries::Queries,
    record::SetupRecord,
    relation::Relation,
    verified::{Contribution, contributions},
};
use crate::groth16::VerifyingKey;

/// Powers of the size that a circuit needs and the key of the circuit, whose contributions and elements were verified or
/// made here. Once somebody has contributed to the key, it is a whole reference string: [`Draft::finish`].
#[derive(Clone)]
pub struct Draft {
    pub(super) shape: Shape,
    pub(super) circuit: [u8; 32],
    pub(super) powers: Chain,
    /// Binary logarithm of the size that the contributions to the powers were about.
    pub(super) powers_log: u8,
    pub(super) key: Chain,
    pub(super) lists: Lists,
    pub(super) queries: Queries,
}

impl Draft {
    /// Makes the key that follows from powers and circuit, to which nobody has contributed.
    ///
    /// # Errors
    ///
    /// [`SetupError::PowersTooSmall`]; [`SetupError::NoContribution`] if nobody contributed to the powers.
    pub fn start(
        powers: &Powers,
        circuit: &ShapeCircuit,
        observer: Observer<'_>,
    ) -> Result<Self, SetupError> {
        Self::start_with(powers, circuit, &(), observer)
    }

    /// [`Draft::start`], with the parts that were finished before.
    ///
    /// # Errors
    ///
    /// As [`Draft::start`].
    pub fn start_with(
        powers: &Powers,
        circuit: &ShapeCircuit,
        parts: &dyn Parts,
        observer: Observer<'_>,
    ) -> Result<Self, SetupError> {
        Self::start_for(powers, &Relation::new(circuit)?, parts, observer)
    }

    pub(super) fn start_for(
        powers: &Powers,
        relation: &Relation<'_>,
        parts: &dyn Parts,
        observer: Observer<'_>,
    ) -> Result<Self, SetupError> {
        let (shape, circuit, log) = (relation.shape, relation.digest, relation.domain_log());
        if powers.log() < log {
            return Err(SetupError::PowersTooSmall { powers: powers.log(), circuit: log });
        }
        powers.chain().check_contributed()?;
        let lists = powers.lists().truncated(log);
        let conversion = Conversion { powers: powers.chain().last_id(), parts };
        let queries = Queries::start(&lists, relation, &conversion, observer);
        let scope = Scope::key(relation, powers.chain(), &queries.inputs);
        Ok(Self {
            shape,
            circuit,
            powers: powers.chain().clone(),
            powers_log: powers.log(),
            key: Chain::new(scope),
            lists,
            queries,
        })
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The contributions to the powers, then those to the key. Whoever is named in an origin has to be believed only after its
    /// signature was checked.
    #[must_use]
    pub fn contributions(&self) -> Vec<Contribution> {
        [&self.powers, &self.key].into_iter().flat_map(contributions).collect()
    }

    /// Contributes to the key without a name; `delta` follows from `seed`, as in [`Powers::contribute`].
    ///
    /// # Errors
    ///
    /// [`SetupError::TooMany`], [`SetupError::AfterBeacon`].
    pub fn contribute(self, seed: &[u8; 64], observer: Observer<'_>) -> Result<Self, SetupError> {
        self.multiply(&Source::anonymous(seed), observer)
    }

    /// Contributes to the key as the holder of an identity key, who signs [`Pending::id`].
    ///
    /// # Errors
    ///
    /// As [`Draft::contribute`].
    pub fn contribute_as(
        self,
        identity: [u8; 33],
        seed: &[u8; 64],
        observer: Observer<'_>,
    ) -> Result<Pending<Self>, SetupError> {
        self.multiply(&Source::identity(seed, identity), observer).map(Pending::new)
    }

    /// Contributes a `delta` that follows from public randomness; nobody contributes after that.
    ///
    /// # Errors
    ///
    /// As [`Draft::contribute`]; and [`SetupError::Beacon`] if the value is too long or hashed too often.
    pub fn beacon(
        self,
        value: &[u8],
        iterations_log: u8,
        observer: Observer<'_>,
    ) -> Result<Self, SetupError> {
        self.multiply(&Source::beacon(Phase::Key, value, iterations_log)?, observer)
    }

    fn multiply(mut self, source: &Source<'_>, observer: Observer<'_>) -> Result<Self, SetupError> {
        for delta in self.key.contribute(source)? {
            self.queries.multiply(&delta, observer);
        }
        Ok(self)
    }

    /// What a transcript carries.
    #[must_use]
    pub fn record(&self) -> SetupRecord {
        SetupRecord {
            recipients: self.shape.recipients(),
            validators: self.shape.validators(),
            powers_log: self.powers_log,
            powers: self.powers.records(),
            key: self.key.records(),
            verifying_key: self.verifying_key().to_bytes(),
        }
    }

    pub(super) fn verifying_key(&self) -> VerifyingKey {
        let alpha = self.lists.alpha_g1.first().copied().unwrap_or_default();
        let inputs = self.queries.inputs.clone();
        VerifyingKey { alpha, beta: self.lists.beta_g2, delta: self.queries.delta, inputs }
    }

    /// Writes the file with everything, in pieces.
    ///
    /// # Errors
    ///
    /// [`SetupError::Io`].
    pub fn write(&self, writer: &mut impl Write, observer: Observer<'_>) -> Result<(), SetupError> {
        file::write(self, writer, observer)
    }

    /// The reference string, to prove with.
    ///
    /// # Errors
    ///
    /// [`SetupError::NoContribution`] if nobody contributed to the key, and [`SetupError::Circuit`] if `circuit` is another.
    pub fn finish(self, circuit: ShapeCircuit) -> Result<Reference, SetupError> {
        if circuit.digest() != self.circuit {
            return Err(SetupError::Circuit { problem: "it is for another circuit" });
        }
        Reference::new(self.record(), self.queries, circuit)
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft")
            .field("shape", &self.shape)
            .field("contributions", &(self.powers.links().len(), self.key.links().len()))
            .finish_non_exhaustive()
    }
}

impl Contributed for Draft {
    fn chain_mut(&mut self) -> &mut Chain {
        &mut self.key
    }
}

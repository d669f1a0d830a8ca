//! Who takes part: clusters whose operators' keys all follow from small numbers.
//!
//! There are few casts of each shape. Equal keys make equal Joins, and under equal Joins an honest operator makes equal
//! dealings, so that whole ceremonies differ in their order of events and in what the adversary does, and nearly everything that is
//! expensive is computed once ([`coram_ceremony::Memory`]).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use coram_ceremony::keys::decryption_key;
use coram_ceremony::{Ceremony, Keys, Memory};
use coram_cluster::ClusterError;
use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::enr::Enr;
use coram_cluster::identity::IdentityKey;
use coram_cluster::network::Network;
use coram_proofs::DecryptionKey;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::Failure;

/// The form of a ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// Operators, `n`.
    pub operators: u16,
    /// Shares that sign together, `t`.
    pub threshold: u16,
    /// Validators, `m`.
    pub validators: u64,
    /// Whether dealers commit before they open.
    pub commits: bool,
    /// The number of the attempt, from 0.
    pub attempt: u32,
}

impl Shape {
    /// One validator, Charon's threshold for so many operators, everything else by default.
    #[must_use]
    pub const fn of(operators: u16) -> Self {
        let threshold = (2 * operators).div_ceil(3);
        Self { operators, threshold, validators: 1, commits: true, attempt: 0 }
    }
}

/// The first number of casts that take part in nothing.
const STRANGERS: usize = 1 << 20;

/// A cluster, with the secrets of all its operators.
pub struct Cast {
    /// The form of its ceremony.
    pub shape: Shape,
    /// The ceremony.
    pub ceremony: Arc<Ceremony>,
    number: usize,
    identities: Vec<IdentityKey>,
}

impl Cast {
    fn new(shape: Shape, number: usize, memory: Option<Arc<Memory>>) -> Result<Self, Failure> {
        let identities: Result<Vec<_>, _> = (1..=shape.operators)
            .map(|index| IdentityKey::from_bytes(&seed("identity", number, index)))
            .collect();
        let identities = identities?;
        let definition = definition(&shape, &identities)?;
        let mut parameters = Ceremony::default_parameters(&definition)?;
        parameters.commits = shape.commits;
        let mut ceremony = Ceremony::new(definition, parameters, shape.attempt)?;
        if let Some(memory) = memory {
            ceremony = ceremony.remembering(memory);
        }
        Ok(Self { shape, ceremony: Arc::new(ceremony), number, identities })
    }

    /// The operators of a cluster that exists, with their identities in order. Of all other secrets there is one set.
    #[must_use]
    pub fn of(ceremony: Arc<Ceremony>, identities: Vec<IdentityKey>) -> Self {
        let shape = Shape {
            operators: ceremony.operators(),
            threshold: ceremony.threshold(),
            validators: ceremony.definition().num_validators(),
            commits: ceremony.parameters().commits,
            attempt: ceremony.terms().attempt,
        };
        Self { shape, ceremony, number: 0, identities }
    }

    /// The identity key of an operator, from 1.
    ///
    /// # Errors
    ///
    /// If there is no such operator.
    pub fn identity(&self, operator: u16) -> Result<&IdentityKey, Failure> {
        let place = usize::from(operator).checked_sub(1);
        Ok(place.and_then(|place| self.identities.get(place)).ok_or("no such operator")?)
    }

    /// The decryption key of an operator.
    ///
    /// # Errors
    ///
    /// If there is no such operator.
    pub fn decryption(&self, operator: u16) -> Result<DecryptionKey, Failure> {
        let seed = seed("encryption", self.number, operator);
        Ok(decryption_key(&self.ceremony, self.identity(operator)?, &seed))
    }

    /// The dealing seed of an operator.
    #[must_use]
    pub fn dealing_seed(&self, operator: u16) -> [u8; 32] {
        seed("dealing", self.number, operator)
    }

    /// Everything that an operator keeps secret.
    ///
    /// # Errors
    ///
    /// If there is no such operator.
    pub fn keys(&self, operator: u16) -> Result<Keys, Failure> {
        let identity = self.identity(operator)?.clone();
        let dealing = Zeroizing::new(self.dealing_seed(operator));
        Ok(Keys::new(identity, self.decryption(operator)?, Some(dealing)))
    }

    /// A ceremony of the same form among operators who were invented, and of whom nobody has heard.
    ///
    /// # Errors
    ///
    /// If there is no ceremony of this form.
    pub fn of_strangers(&self) -> Result<Self, Failure> {
        Self::new(self.shape, self.number + STRANGERS, None)
    }

    /// A ceremony of the same operators in another form.
    ///
    /// # Errors
    ///
    /// If there is no ceremony of this form.
    pub fn in_shape(&self, shape: Shape) -> Result<Self, Failure> {
        Self::new(shape, self.number, None)
    }
}

fn definition(shape: &Shape, identities: &[IdentityKey]) -> Result<Definition, Failure> {
    let network = Network::by_name("hoodi").ok_or("no network of this name")?;
    let mut request = DefinitionRequest::new(
        network,
        "0194FDC2-FA2F-4CC0-81D3-FF12045B73C8".into(),
        "2025-01-09T12:51:06Z".into(),
    );
    request.name = "simulated".into();
    request.num_validators = shape.validators;
    request.threshold = Some(shape.threshold.into());
    request.fee_recipient_addresses = vec!["0x52fdfc072182654f163f5f0f9a621d729566c74d".into()];
    request.withdrawal_addresses = vec!["0x0000000000000000000000000000000000000001".into()];
    request.operator_enrs = identities.iter().map(|identity| Enr::new(identity).text().to_owned()).collect();
    let definition: Result<Definition, ClusterError> = request.create();
    Ok(definition?)
}

fn seed(purpose: &str, cast: usize, operator: u16) -> [u8; 32] {
    let hash = Sha256::new().chain_update(b"simulated ").chain_update(purpose);
    hash.chain_update((cast as u64).to_be_bytes()).chain_update(operator.to_be_bytes()).finalize().into()
}

/// All casts, made when they are needed.
pub struct Casts {
    count: usize,
    memory: Option<Arc<Memory>>,
    made: Mutex<BTreeMap<(Shape, usize), Arc<Cast>>>,
}

impl Casts {
    /// So many casts of each shape, whose engines remember what others of them computed, or compute everything themselves.
    #[must_use]
    pub fn new(count: usize, remember: bool) -> Self {
        let memory = remember.then(|| Arc::new(Memory::default()));
        Self { count, memory, made: Mutex::new(BTreeMap::new()) }
    }

    /// How many there are of each shape.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The cast of this shape and number.
    ///
    /// # Errors
    ///
    /// If there is no ceremony of this form.
    pub fn get(&self, shape: Shape, number: usize) -> Result<Arc<Cast>, Failure> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cast) = made.get(&(shape, number)) {
            return Ok(Arc::clone(cast));
        }
        let cast = Arc::new(Cast::new(shape, number, self.memory.clone())?);
        made.insert((shape, number), Arc::clone(&cast));
        Ok(cast)
    }
}

//! One attempt at one ceremony, as all its operators know it before the first message.

use coram_cluster::definition::Definition;
use coram_cluster::deposit;
use coram_cluster::enr::Enr;
use coram_cluster::identity::verify_signature;
use coram_cluster::network::Network;
use coram_cluster::{json, lock};
use coram_proofs::{MAX_SHARES, ProofSystemId};

use crate::error::CeremonyError;
use crate::id::{CeremonyId, MessageId};
use crate::limits::{Limits, MAX_OPERATORS};
use crate::message::Kind;
use crate::parameters::{CeremonyKind, PROTOCOL_VERSION, Parameters, Terms};

/// The most validators that one ceremony makes keys for; fewer with more than two operators.
pub const MAX_VALIDATORS: usize = coram_proofs::MAX_VALIDATORS as usize;

/// The definition, the terms, and what follows from them: who the operators are and how large anything may be.
#[derive(Clone, Debug)]
pub struct Ceremony {
    definition: Definition,
    terms: Terms,
    id: CeremonyId,
    identities: Vec<[u8; 33]>,
    limits: Limits,
}

impl Ceremony {
    /// An attempt, counted from 0, to make new keys for the cluster of `definition`.
    ///
    /// # Errors
    ///
    /// A definition or parameters with which no ceremony can be held; see [`CeremonyError`].
    pub fn new(definition: Definition, parameters: Parameters, attempt: u32) -> Result<Self, CeremonyError> {
        let terms = Terms {
            protocol: PROTOCOL_VERSION,
            kind: CeremonyKind::KeyGeneration,
            attempt,
            definition: definition.computed_hash()?,
            parameters,
            previous_lock: None,
        };
        let identities = identities(&definition)?;
        let limits = limits(&definition)?;
        check_parameters(&terms.parameters, &limits)?;
        check_genesis_time(&definition, &terms.parameters)?;
        Ok(Self { id: terms.id(), definition, terms, identities, limits })
    }

    /// The parameters that this library proposes for a definition; see [`Parameters::new`].
    ///
    /// # Errors
    ///
    /// [`CeremonyError::UnknownNetwork`] if the network is not in the table.
    pub fn default_parameters(definition: &Definition) -> Result<Parameters, CeremonyError> {
        let network = definition.network().ok_or_else(|| CeremonyError::UnknownNetwork {
            fork_version: hex::encode(definition.fork_version()),
        })?;
        let operators = u16::try_from(definition.operators().len()).unwrap_or(u16::MAX);
        Ok(Parameters::new(operators, network.genesis_time()))
    }

    /// The cluster definition.
    #[must_use]
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Everything that the ceremony id is the hash of.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What the operators chose beside the definition.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.terms.parameters
    }

    /// The name of this attempt.
    #[must_use]
    pub const fn id(&self) -> CeremonyId {
        self.id
    }

    /// The shape, and how large anything may be.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many operators there are, `n`.
    #[must_use]
    pub fn operators(&self) -> u16 {
        self.identities.len() as u16
    }

    /// How many shares sign together, `t`.
    #[must_use]
    pub fn threshold(&self) -> u16 {
        self.limits.threshold as u16
    }

    /// How many validators get keys, `m`.
    #[must_use]
    pub fn validators(&self) -> u32 {
        self.limits.validators as u32
    }

    /// The identity keys of the operators, compressed secp256k1, in index order.
    #[must_use]
    pub fn identities(&self) -> &[[u8; 33]] {
        &self.identities
    }

    /// The identity key of an operator by its index from 1.
    #[must_use]
    pub fn identity(&self, operator: u16) -> Option<&[u8; 33]> {
        self.identities.get(usize::from(operator).checked_sub(1)?)
    }

    /// The index, from 1, of the operator with this identity key.
    #[must_use]
    pub fn index_of(&self, identity: &[u8; 33]) -> Option<u16> {
        let position = self.identities.iter().position(|known| known == identity)?;
        u16::try_from(position + 1).ok()
    }

    /// Whether this operator deals.
    #[must_use]
    pub fn is_dealer(&self, operator: u16) -> bool {
        self.parameters().dealers.binary_search(&operator).is_ok()
    }

    /// The operators, ascending, from whom a message of this kind is due.
    #[must_use]
    pub fn authors(&self, kind: Kind) -> Vec<u16> {
        match kind {
            Kind::Join | Kind::Attest | Kind::Seal => (1..=self.operators()).collect(),
            Kind::Commit if !self.parameters().commits => Vec::new(),
            Kind::Commit | Kind::Deal => self.parameters().dealers.clone(),
        }
    }

    /// Whether a message of this kind is due from this operator.
    #[must_use]
    pub fn expects(&self, kind: Kind, author: u16) -> bool {
        self.authors(kind).binary_search(&author).is_ok()
    }

    /// Whether `signature`, R||S with a low S, is the author's over the message.
    ///
    /// A high S is refused: whoever negates the S of another's signature would hold a second valid one.
    pub(crate) fn is_signed(&self, author: u16, message: &MessageId, signature: &[u8; 64]) -> bool {
        let Some(identity) = self.identity(author) else { return false };
        verify_signature(identity, message.as_bytes(), signature).is_ok()
    }
}

/// The operators' identity keys; no two are equal, since each is one share.
fn identities(definition: &Definition) -> Result<Vec<[u8; 33]>, CeremonyError> {
    let operators = definition.operators();
    if operators.len() < 2 || operators.len() > MAX_OPERATORS {
        return Err(CeremonyError::Operators { operators: operators.len(), max: MAX_OPERATORS });
    }
    let mut identities: Vec<[u8; 33]> = Vec::with_capacity(operators.len());
    for operator in operators {
        let identity = Enr::parse(operator.enr())?.public_key();
        if let Some(first) = identities.iter().position(|known| *known == identity) {
            let (first, second) = (first as u16 + 1, identities.len() as u16 + 1);
            return Err(CeremonyError::SharedIdentity { first, second });
        }
        identities.push(identity);
    }
    Ok(identities)
}

fn limits(definition: &Definition) -> Result<Limits, CeremonyError> {
    let version = definition.version();
    if !version.supports_ceremony() {
        return Err(CeremonyError::Version { version: version.to_string() });
    }
    let operators = definition.operators().len();
    let threshold = definition.threshold();
    if threshold < 2 || threshold > operators as u64 {
        return Err(CeremonyError::Threshold { threshold, operators });
    }
    let validators = definition.num_validators();
    let listed = definition.validators().len();
    if validators == 0 || validators > MAX_VALIDATORS as u64 || listed as u64 != validators {
        return Err(CeremonyError::Validators { validators, max: MAX_VALIDATORS });
    }
    if operators * listed > MAX_SHARES {
        return Err(CeremonyError::Shares { operators, validators: listed, max: MAX_SHARES / operators });
    }
    deposit::check_amounts(definition.deposit_amounts(), definition.compounding())?;
    json::check_number("gas limit", definition.target_gas_limit())?;
    let limits = Limits {
        operators,
        threshold: threshold as usize,
        validators: listed,
        deposits: deposit::amounts_to_sign(definition).len(),
        registrations: usize::from(version.has_registrations()),
    };
    // Found out at the end, it would have cost the operators a ceremony.
    let (bytes, max) = (limits.lock_bytes(), lock::MAX_BYTES as u64);
    if bytes > max {
        return Err(CeremonyError::LockSize { operators, validators: listed, bytes, max });
    }
    Ok(limits)
}

fn check_parameters(parameters: &Parameters, limits: &Limits) -> Result<(), CeremonyError> {
    let system = parameters.proof_system;
    match (system, parameters.setup) {
        (ProofSystemId::Transparent, None) => {}
        (ProofSystemId::Groth16, _) => {
            return Err(CeremonyError::Setup { system: system.name(), problem: "cannot be used yet" });
        }
        (ProofSystemId::Transparent, Some(_)) => {
            return Err(CeremonyError::Setup { system: system.name(), problem: "needs no setup" });
        }
    }

    let dealers = &parameters.dealers;
    let ascending = dealers.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    let known = dealers.iter().all(|&dealer| dealer >= 1 && usize::from(dealer) <= limits.operators);
    if !ascending || !known || dealers.len() < limits.threshold {
        return Err(CeremonyError::Dealers {
            dealers: dealers.clone(),
            threshold: limits.threshold as u16,
            operators: limits.operators as u16,
        });
    }
    Ok(())
}

/// A known network has one genesis time; that of a custom network is whatever all operators say.
fn check_genesis_time(definition: &Definition, parameters: &Parameters) -> Result<(), CeremonyError> {
    json::check_number("genesis time", parameters.genesis_time)?;
    let Some(network) = Network::by_fork_version(definition.fork_version()) else { return Ok(()) };
    let (expected, found) = (network.genesis_time(), parameters.genesis_time);
    if found != expected {
        return Err(CeremonyError::GenesisTime { network: network.name().to_owned(), expected, found });
    }
    Ok(())
}

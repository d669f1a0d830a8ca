//! One attempt at one ceremony, as all its operators know it before the first message.

use std::sync::Arc;

use coram_cluster::definition::Definition;
use coram_cluster::deposit;
use coram_cluster::enr::Enr;
use coram_cluster::identity::verify_signature;
use coram_cluster::network::Network;
use coram_cluster::{json, lock};
use coram_proofs::groth16;
use coram_proofs::setup::SetupRecord;
use coram_proofs::{Backend, Extraction, MAX_SHARES, ProofSystemId};

use crate::error::CeremonyError;
use crate::id::{CeremonyId, MessageId};
use crate::limits::{Limits, MAX_OPERATORS};
use crate::memory::Memory;
use crate::message::Kind;
use crate::parameters::{CeremonyKind, ExtractionRule, PROTOCOL_VERSION, Parameters, Terms};
use crate::progress::{Observer, Progress};
use crate::setups::check_shapes;

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
    extraction: Extraction,
    /// None as long as the keys of the proof system are not there.
    backend: Option<Backend>,
    observer: Observer,
    memory: Option<Arc<Memory>>,
}

impl Ceremony {
    /// An attempt, counted from 0, to make new keys for the cluster of `definition`. One whose proof system has a setup
    /// can be named, and its messages carried; to judge or to make dealings it needs [`Self::with_keys`].
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
        let (limits, extraction) = limits(&definition, &terms.parameters)?;
        check_genesis_time(&definition, &terms.parameters)?;
        let backend = match terms.parameters.proof_system {
            ProofSystemId::Transparent => Some(Backend::Transparent),
            ProofSystemId::Groth16 => None,
        };
        Ok(Self {
            id: terms.id(),
            definition,
            terms,
            identities,
            limits,
            extraction,
            backend,
            observer: Observer::default(),
            memory: None,
        })
    }

    /// The ceremony with the keys of its setups, verifying or proving ones.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::OtherSetup`], [`CeremonyError::SetupOperators`] or [`CeremonyError::Chunks`] if they are not the
    /// keys of this ceremony; [`CeremonyError::Setup`] if its proof system has none.
    pub fn with_keys(mut self, keys: groth16::Keys) -> Result<Self, CeremonyError> {
        check_keys(&self.terms.parameters, &self.limits, &keys)?;
        self.backend = Some(Backend::Groth16(keys));
        Ok(self)
    }

    /// The ceremony, with somebody who is told how far long computations are. It is called from all threads that compute.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observer);
        self
    }

    /// The ceremony, with a memory of what engines before it judged and made, secrets included: for simulations. See
    /// [`Memory`].
    #[cfg(feature = "memoized")]
    #[must_use]
    pub fn remembering(mut self, memory: Arc<Memory>) -> Self {
        self.memory = Some(memory);
        self
    }

    pub(crate) fn memory(&self) -> Option<&Memory> {
        self.memory.as_deref()
    }

    pub(crate) const fn observer(&self) -> &Observer {
        &self.observer
    }

    /// How dealings are proved, with the keys for it.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::NoReference`] if it was not told its keys.
    pub fn backend(&self) -> Result<&Backend, CeremonyError> {
        self.backend.as_ref().ok_or_else(|| self.no_reference())
    }

    pub(crate) fn no_reference(&self) -> CeremonyError {
        let setup = self.terms.parameters.setup.map(|digest| crate::hex::encode(&digest));
        CeremonyError::NoReference { setup: setup.unwrap_or_default() }
    }

    /// The keys of its setups; none where the proof system has none, or they are not there.
    #[must_use]
    pub(crate) fn keys(&self) -> Option<&groth16::Keys> {
        match &self.backend {
            Some(Backend::Groth16(keys)) => Some(keys),
            _ => None,
        }
    }

    /// The setups of its keys as they stand in files, in descending order of their chunks; empty where there are no keys.
    pub(crate) fn setup_records(&self) -> Vec<SetupRecord> {
        let keys = self.keys().map(groth16::Keys::keys).unwrap_or_default();
        keys.iter().map(|key| key.setup().record().clone()).collect()
    }

    /// Checks that an operator can do its part. Found out after its Join, it would have cost the others the attempt.
    pub(crate) fn check_prover(&self, operator: u16) -> Result<(), CeremonyError> {
        let Backend::Groth16(keys) = self.backend()? else { return Ok(()) };
        let verifies_only = |key: &&Arc<groth16::Key>| !key.can_prove();
        match keys.keys().iter().find(verifies_only).filter(|_| self.is_dealer(operator)) {
            Some(key) => {
                let validators = key.setup().shape().validators();
                Err(CeremonyError::NoProvingKey { operator, validators })
            }
            None => Ok(()),
        }
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

    /// Which keys are made of which dealt polynomials.
    #[must_use]
    pub const fn extraction(&self) -> Extraction {
        self.extraction
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

fn limits(definition: &Definition, parameters: &Parameters) -> Result<(Limits, Extraction), CeremonyError> {
    let version = definition.version();
    if !version.supports_ceremony() {
        return Err(CeremonyError::Version { version: version.to_string() });
    }
    let operators = definition.operators().len();
    let threshold = definition.threshold();
    if threshold < 2 || threshold > operators as u64 {
        return Err(CeremonyError::Threshold { threshold, operators });
    }
    let t = threshold as usize;
    check_parameters(parameters, operators, t)?;
    let validators = definition.num_validators();
    let listed = definition.validators().len();
    if validators == 0 || validators > MAX_VALIDATORS as u64 || listed as u64 != validators {
        return Err(CeremonyError::Validators { validators, max: MAX_VALIDATORS });
    }
    let extraction = extraction(parameters, listed, t)?;
    if operators * extraction.polynomials() > MAX_SHARES {
        let max = MAX_SHARES / operators * extraction.rows();
        return Err(CeremonyError::Shares { operators, validators: listed, max });
    }
    deposit::check_amounts(definition.deposit_amounts(), definition.compounding())?;
    json::check_number("gas limit", definition.target_gas_limit())?;
    let limits = Limits {
        system: parameters.proof_system,
        operators,
        threshold: t,
        validators: listed,
        polynomials: extraction.polynomials(),
        deposits: deposit::amounts_to_sign(definition).len(),
        registrations: usize::from(version.has_registrations()),
    };
    // Found out at the end, it would have cost the operators a ceremony.
    let (bytes, max) = (limits.lock_bytes(), lock::MAX_BYTES as u64);
    if bytes > max {
        return Err(CeremonyError::LockSize { operators, validators: listed, bytes, max });
    }
    Ok((limits, extraction))
}

/// How many keys each polynomial makes. Parameters that say `batched` and make sums all the same are refused: one ceremony has one id.
fn extraction(
    parameters: &Parameters,
    validators: usize,
    threshold: usize,
) -> Result<Extraction, CeremonyError> {
    let dealers = parameters.dealers.len();
    match parameters.extraction {
        ExtractionRule::Sum => Ok(Extraction::sum(validators as u32)),
        ExtractionRule::Batched => Extraction::batched(validators as u32, dealers as u16, threshold as u16)
            .ok_or(CeremonyError::Extraction { validators, dealers, threshold }),
    }
}

fn check_parameters(
    parameters: &Parameters,
    operators: usize,
    threshold: usize,
) -> Result<(), CeremonyError> {
    let system = parameters.proof_system;
    let problem = match (system, parameters.setup) {
        (ProofSystemId::Transparent, None) | (ProofSystemId::Groth16, Some(_)) => None,
        (ProofSystemId::Transparent, Some(_)) => Some("needs no setup"),
        (ProofSystemId::Groth16, None) => Some("needs the digest of a setup"),
    };
    if let Some(problem) = problem {
        return Err(CeremonyError::Setup { system: system.name(), problem });
    }

    let dealers = &parameters.dealers;
    let ascending = dealers.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    let known = dealers.iter().all(|&dealer| dealer >= 1 && usize::from(dealer) <= operators);
    if !ascending || !known || dealers.len() < threshold {
        return Err(CeremonyError::Dealers {
            dealers: dealers.clone(),
            threshold: threshold as u16,
            operators: operators as u16,
        });
    }
    Ok(())
}

/// The keys must be those of the parameters, and hold all polynomials.
fn check_keys(parameters: &Parameters, limits: &Limits, keys: &groth16::Keys) -> Result<(), CeremonyError> {
    let Some(expected) = parameters.setup else {
        let system = parameters.proof_system.name();
        return Err(CeremonyError::Setup { system, problem: "needs no setup" });
    };
    if keys.digest() != expected {
        let (expected, found) = (crate::hex::encode(&expected), crate::hex::encode(&keys.digest()));
        return Err(CeremonyError::OtherSetup { expected, found });
    }
    let shapes = keys.keys().iter().map(|key| key.setup().shape());
    check_shapes(limits, shapes.map(|shape| (shape.recipients(), shape.validators())))
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

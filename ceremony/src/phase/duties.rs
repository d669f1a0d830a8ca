//! What every share signs once the keys are known, in the order in which an Attest lists it.

use coram_cluster::bls::PublicKey;
use coram_cluster::deposit;
use coram_cluster::registration::{self, RegistrationMessage};
use coram_cluster::signing;
use coram_proofs::Aggregate;
use coram_proofs::hash::TaggedHash;

use crate::breach::SignedObject;
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::id::DealingsRoot;

/// The keys of one validator, computed from the dealings.
#[derive(Clone, Debug)]
pub struct ValidatorKeys {
    /// `P = A[0]`, of the summed commitments.
    pub public_key: PublicKey,
    /// `S[i] = sum_k i^k A[k]` for operators `i = 1..n`, in index order.
    pub public_shares: Vec<PublicKey>,
}

/// One thing to sign with the shares of one validator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Duty {
    pub(super) object: SignedObject,
    /// From 0.
    pub(super) validator: usize,
    /// The 32 bytes to sign.
    pub(super) root: [u8; 32],
}

/// The keys of all validators.
pub(super) fn validator_keys(
    ceremony: &Ceremony,
    sum: &Aggregate,
) -> Result<Vec<ValidatorKeys>, CeremonyError> {
    let (operators, validators) = (ceremony.operators(), ceremony.limits().validators);
    let of_validator = |validator| {
        let shares = (1..=operators).map(move |index| sum.public_share(index, validator));
        std::iter::once(sum.validator_key(validator)).chain(shares)
    };
    let bytes: Option<Vec<[u8; 48]>> = (0..validators).flat_map(of_validator).collect();
    let bytes = bytes.ok_or(CeremonyError::Incomplete { what: "keys" })?;
    let points = PublicKey::from_bytes_all(&bytes).into_iter().collect::<Result<Vec<_>, _>>()?;
    let keys = points.chunks(usize::from(operators) + 1).filter_map(<[PublicKey]>::split_first);
    let keys = keys.map(|(key, shares)| ValidatorKeys { public_key: *key, public_shares: shares.to_vec() });
    Ok(keys.collect())
}

/// ```text
/// object root = H("attestation"; definition hash, ceremony id, dealings root)
/// ```
///
/// What every validator key signs, under an application domain of our own: the way back from the key to the cluster.
#[must_use]
pub(crate) fn attestation_object(ceremony: &Ceremony, dealings: DealingsRoot) -> [u8; 32] {
    let hash = TaggedHash::new("attestation").bytes(&ceremony.terms().definition);
    hash.bytes(ceremony.id().as_ref()).bytes(dealings.as_ref()).digest()
}

/// The 32 bytes under every attestation signature.
pub(crate) fn attestation_root(ceremony: &Ceremony, dealings: DealingsRoot) -> [u8; 32] {
    let object = attestation_object(ceremony, dealings);
    signing::attestation_root(object, ceremony.definition().fork_version())
}

/// All duties: attestations, then deposits validator by validator with amounts ascending, then registrations.
pub(super) fn duties(
    ceremony: &Ceremony,
    keys: &[ValidatorKeys],
    dealings: DealingsRoot,
) -> Result<Vec<Duty>, CeremonyError> {
    let definition = ceremony.definition();
    let fork_version = definition.fork_version();
    let attestation = attestation_root(ceremony, dealings);

    let mut duties = Vec::with_capacity(ceremony.limits().attest_signatures());
    for validator in 0..keys.len() {
        duties.push(Duty { object: SignedObject::Attestation, validator, root: attestation });
    }
    for (validator, keys) in keys.iter().enumerate() {
        let messages = deposit::messages(definition, validator, keys.public_key.to_bytes())?;
        for (amount, message) in messages.iter().enumerate() {
            let root = message.signing_root(fork_version);
            duties.push(Duty { object: SignedObject::Deposit(amount), validator, root });
        }
    }
    if ceremony.limits().registrations == 0 {
        return Ok(duties);
    }
    for (validator, keys) in keys.iter().enumerate() {
        let root = registration_message(ceremony, validator, &keys.public_key)?.signing_root(fork_version);
        duties.push(Duty { object: SignedObject::Registration, validator, root });
    }
    Ok(duties)
}

/// The builder registration of a validator. Its timestamp is a parameter, so that a custom network needs no table.
pub(super) fn registration_message(
    ceremony: &Ceremony,
    validator: usize,
    key: &PublicKey,
) -> Result<RegistrationMessage, CeremonyError> {
    let definition = ceremony.definition();
    let addresses = definition.validators().get(validator);
    let addresses = addresses.ok_or(CeremonyError::Incomplete { what: "addresses" })?;
    Ok(RegistrationMessage {
        fee_recipient: addresses.fee_recipient().bytes(),
        gas_limit: registration::gas_limit(definition),
        timestamp: ceremony.parameters().genesis_time,
        public_key: key.to_bytes(),
    })
}

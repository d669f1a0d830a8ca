//! The lock, from the keys and the combined signatures.

use coram_cluster::bls::Signature;
use coram_cluster::deposit::{self, Deposit};
use coram_cluster::lock::{DistributedValidator, Lock};
use coram_cluster::registration::Registration;

use super::duties::{Duty, ValidatorKeys, registration_message};
use crate::breach::SignedObject;
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;

/// What one validator key signed, sorted by what it is on.
#[derive(Default)]
pub(super) struct ValidatorSignatures {
    pub(super) attestation: Option<Signature>,
    /// Amounts ascending.
    deposits: Vec<Signature>,
    registration: Option<Signature>,
}

impl ValidatorSignatures {
    /// Sorts the combined signatures, one for each duty, by validator.
    pub(super) fn sort(duties: &[Duty], combined: Vec<Signature>, validators: usize) -> Vec<Self> {
        let mut sorted: Vec<Self> = Vec::new();
        sorted.resize_with(validators, Self::default);
        for (duty, signature) in duties.iter().zip(combined) {
            let Some(validator) = sorted.get_mut(duty.validator) else { continue };
            match duty.object {
                SignedObject::Attestation => validator.attestation = Some(signature),
                SignedObject::Deposit(_) => validator.deposits.push(signature),
                SignedObject::Registration => validator.registration = Some(signature),
                SignedObject::Lock => {}
            }
        }
        sorted
    }
}

/// The lock without what the Seals add.
pub(super) fn unsealed(
    ceremony: &Ceremony,
    keys: &[ValidatorKeys],
    signatures: &[ValidatorSignatures],
) -> Result<Lock, CeremonyError> {
    let numbered = keys.iter().zip(signatures).enumerate();
    let validators = numbered.map(|(index, (keys, signatures))| validator(ceremony, index, keys, signatures));
    let validators = validators.collect::<Result<Vec<_>, _>>()?;
    Ok(Lock::build(ceremony.definition().clone(), validators)?)
}

fn validator(
    ceremony: &Ceremony,
    index: usize,
    keys: &ValidatorKeys,
    signatures: &ValidatorSignatures,
) -> Result<DistributedValidator, CeremonyError> {
    let public_key = keys.public_key.to_bytes();
    let messages = deposit::messages(ceremony.definition(), index, public_key)?;
    let signed = messages.into_iter().zip(&signatures.deposits);
    let deposits = signed.map(|(message, signature)| Deposit { message, signature: signature.to_bytes() });
    let registration = match &signatures.registration {
        None => None,
        Some(signature) => Some(Registration {
            message: registration_message(ceremony, index, &keys.public_key)?,
            signature: signature.to_bytes(),
        }),
    };
    Ok(DistributedValidator {
        public_key,
        public_shares: keys.public_shares.iter().map(|share| share.to_bytes()).collect(),
        deposits: deposits.collect(),
        registration,
    })
}

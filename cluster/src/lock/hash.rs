//! The lock hash.

use super::DistributedValidator;
use crate::ClusterError;
use crate::definition::{Definition, MAX_DEPOSIT_AMOUNTS, MAX_OPERATORS, MAX_VALIDATORS};
use crate::deposit::Deposit;
use crate::ssz::{self, Root};
use crate::version::Version;

/// The root of `{definition, validators}`.
pub(super) fn lock_hash(
    definition: &Definition,
    validators: &[DistributedValidator],
) -> Result<Root, ClusterError> {
    let version = definition.version();
    let roots: Result<Vec<Root>, ClusterError> =
        validators.iter().enumerate().map(|(index, one)| validator(one, index, version)).collect();
    Ok(ssz::container(&[
        definition.computed_hash()?,
        ssz::list("distributed_validators", &roots?, MAX_VALIDATORS)?,
    ]))
}

fn validator(validator: &DistributedValidator, index: usize, version: Version) -> Result<Root, ClusterError> {
    let shares: Vec<Root> = validator.public_shares.iter().map(ssz::array).collect();
    let mut fields =
        vec![ssz::array(&validator.public_key), ssz::list("public_shares", &shares, MAX_OPERATORS)?];
    if version.has_deposit_amounts() {
        let deposits: Vec<Root> = validator.deposits.iter().map(Deposit::data_root).collect();
        fields.push(ssz::list("partial_deposit_data", &deposits, MAX_DEPOSIT_AMOUNTS)?);
    } else {
        let deposit = validator.deposits.first().map_or_else(no_deposit, Deposit::data_fields);
        if version.has_registrations() {
            fields.push(ssz::container(&deposit));
        } else {
            // v1.6 has no container round the deposit: its fields are the validator's.
            fields.extend(deposit);
        }
    }
    if version.has_registrations() {
        let registration = validator.registration.as_ref().ok_or(ClusterError::NoRegistration { index })?;
        fields.push(ssz::container(&[registration.message.root(), ssz::array(&registration.signature)]));
    }
    Ok(ssz::container(&fields))
}

/// A deposit that is missing is hashed as one of zeros.
fn no_deposit() -> [Root; 4] {
    [ssz::array(&[0; 48]), [0; 32], ssz::number(0), ssz::array(&[0; 96])]
}

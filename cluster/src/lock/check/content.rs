//! The checks that Charon leaves out when it loads a lock: that deposits and registrations say what the definition
//! prescribes. A deposit with other credentials would give the stake away; one with a wrong signature would lose it.

use super::{Checked, Lock, Signed, Unread, batch, counted, each, in_validator, none};
use crate::ClusterError;
use crate::bls::{KeyShares, PublicKey};
use crate::deposit::{self, Deposit, DepositMessage, amounts_to_sign};
use crate::lock::DistributedValidator;
use crate::network::Network;
use crate::registration::{RegistrationMessage, gas_limit};

/// Every deposit is for its validator's key.
///
/// # Errors
///
/// [`ClusterError::Field`] in the deposits' places.
pub fn deposit_keys(lock: &Lock) -> Checked {
    each(lock, |_, validator| {
        deposits(validator, |deposit| {
            same_bytes("deposit public key", &deposit.message.public_key, &validator.public_key)
        })
    })
}

/// Every deposit can be withdrawn to the definition's address, with the prefix that the definition asks for.
///
/// # Errors
///
/// [`ClusterError::Field`] in the deposits' places.
pub fn deposit_credentials(lock: &Lock) -> Checked {
    each(lock, |index, validator| match prescribed_credentials(lock, index) {
        Ok(prescribed) => deposits(validator, |deposit| {
            same_bytes("withdrawal credentials", &deposit.message.withdrawal_credentials, &prescribed)
        }),
        Err(error) => vec![error],
    })
}

/// What is wrong with each deposit of a validator.
fn deposits(
    validator: &DistributedValidator,
    check: impl Fn(&Deposit) -> Result<(), ClusterError>,
) -> Vec<ClusterError> {
    let wrong = |(index, deposit)| check(deposit).err().map(in_deposit(index));
    validator.deposits.iter().enumerate().filter_map(wrong).collect()
}

fn in_deposit(index: usize) -> impl Fn(ClusterError) -> ClusterError {
    move |error| ClusterError::Deposit { index, error: Box::new(error) }
}

/// Every validator has a deposit for each amount that the definition asks for, ascending, and no other.
///
/// # Errors
///
/// [`ClusterError::DepositAmounts`] in the validators' places.
pub fn deposit_amounts(lock: &Lock) -> Checked {
    let prescribed = amounts_to_sign(&lock.definition);
    each(lock, |_, validator| {
        let stated: Vec<u64> = validator.deposits.iter().map(|deposit| deposit.message.amount).collect();
        if stated == prescribed {
            return Vec::new();
        }
        vec![ClusterError::DepositAmounts { stated, prescribed: prescribed.clone() }]
    })
}

/// Every deposit is signed with its validator's key: the message that is verified has that key, the credentials
/// that the definition prescribes, and the amount that stands in the lock.
///
/// # Errors
///
/// [`ClusterError::BlsSignature`] or [`ClusterError::BlsVerification`] in the deposits' places.
pub fn deposit_signatures(lock: &Lock, keys: &[KeyShares]) -> Checked {
    counted(lock, keys)?;
    let fork_version = lock.definition.fork_version();
    let unread = |index: usize, key: &PublicKey, deposit: &Deposit| -> Result<Unread, ClusterError> {
        let withdrawal_credentials = prescribed_credentials(lock, index)?;
        let public_key = key.to_bytes();
        let message = DepositMessage { public_key, withdrawal_credentials, amount: deposit.message.amount };
        Ok((*key, message.signing_root(fork_version), deposit.signature))
    };
    let mut signed = Vec::new();
    for (index, (validator, keys)) in lock.validators.iter().zip(keys).enumerate() {
        for (place, deposit) in validator.deposits.iter().enumerate() {
            let (in_validator, in_deposit) = (in_validator(index), in_deposit(place));
            signed.push(Signed {
                place: Box::new(move |error| in_validator(in_deposit(error))),
                signed: unread(index, &keys.key, deposit),
            });
        }
    }
    batch(signed)
}

fn prescribed_credentials(lock: &Lock, index: usize) -> Result<[u8; 32], ClusterError> {
    let addresses = lock.definition.validators().get(index).ok_or(ClusterError::NoSuchValidator { index })?;
    Ok(deposit::withdrawal_credentials(&addresses.withdrawal().bytes(), lock.definition.compounding()))
}

/// Every registration is for its validator's key.
///
/// # Errors
///
/// [`ClusterError::Field`] in the validators' places.
pub fn registration_keys(lock: &Lock) -> Checked {
    registrations(lock, |index, message| {
        let validator = lock.validators.get(index).ok_or(ClusterError::NoSuchValidator { index })?;
        same_bytes("registration public key", &message.public_key, &validator.public_key)
    })
}

/// Every registration pays to the definition's fee recipient.
///
/// # Errors
///
/// [`ClusterError::Field`] in the validators' places.
pub fn registration_fee_recipients(lock: &Lock) -> Checked {
    registrations(lock, |index, message| {
        let addresses =
            lock.definition.validators().get(index).ok_or(ClusterError::NoSuchValidator { index })?;
        same_bytes("fee recipient", &message.fee_recipient, &addresses.fee_recipient().bytes())
    })
}

/// Every registration has the gas limit that the definition prescribes.
///
/// # Errors
///
/// [`ClusterError::Field`] in the validators' places.
pub fn registration_gas_limits(lock: &Lock) -> Checked {
    let prescribed = gas_limit(&lock.definition);
    registrations(lock, |_, message| same_number("gas limit", message.gas_limit, prescribed))
}

/// Every registration is dated to the network's genesis, so that each later one replaces it.
///
/// # Errors
///
/// [`ClusterError::Network`] if `network` has another fork version than the definition, [`ClusterError::Field`] in the
/// validators' places.
pub fn registration_timestamps(lock: &Lock, network: &Network) -> Checked {
    if network.fork_version() != lock.definition.fork_version() {
        let version = hex::encode(lock.definition.fork_version());
        return Err(vec![ClusterError::Network(format!(
            "the fork version {version} is not that of {}",
            network.name()
        ))]);
    }
    registrations(lock, |_, message| same_number("timestamp", message.timestamp, network.genesis_time()))
}

/// Checks the messages of all registrations; a v1.6 lock has none.
fn registrations(
    lock: &Lock,
    check: impl Fn(usize, &RegistrationMessage) -> Result<(), ClusterError>,
) -> Checked {
    if !lock.definition.version().has_registrations() {
        return Ok(());
    }
    let mut errors = Vec::new();
    for (index, validator) in lock.validators.iter().enumerate() {
        match &validator.registration {
            Some(registration) => {
                errors.extend(check(index, &registration.message).err().map(in_validator(index)));
            }
            None => errors.push(ClusterError::NoRegistration { index }),
        }
    }
    none(errors)
}

fn same_bytes(what: &'static str, stated: &[u8], prescribed: &[u8]) -> Result<(), ClusterError> {
    same(what, stated == prescribed, || (hex::encode(stated), hex::encode(prescribed)))
}

fn same_number(what: &'static str, stated: u64, prescribed: u64) -> Result<(), ClusterError> {
    same(what, stated == prescribed, || (stated.to_string(), prescribed.to_string()))
}

fn same(
    what: &'static str,
    equal: bool,
    texts: impl FnOnce() -> (String, String),
) -> Result<(), ClusterError> {
    if equal {
        return Ok(());
    }
    let (stated, prescribed) = texts();
    Err(ClusterError::Field { what, stated, prescribed })
}

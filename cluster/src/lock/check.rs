//! What can be verified about a lock, one function for each check.
//!
//! The first group is what Charon verifies when it loads a lock; the second, [`content`], is what it takes on trust.
//! Signatures are always verified over messages that are computed here, never over what the file says was signed.
//! The definition's own signatures are the definition's business.

pub mod content;

use super::Lock;
use crate::ClusterError;
use crate::bls::{self, KeyShares, PublicKey, Signature, SignedRoot};
use crate::enr::Enr;
use crate::identity;
use crate::network::Network;
use crate::registration::RegistrationMessage;
use std::collections::BTreeMap;

/// The outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The check's name, stable between versions.
    pub name: &'static str,
    /// Why it failed; [`ClusterError::Undecided`] if it could not be made.
    pub result: Result<(), ClusterError>,
}

/// Makes every check, in a fixed order. `network` says the genesis time, which is in no file.
#[must_use]
pub fn all(lock: &Lock, network: &Network) -> Vec<Outcome> {
    let keys = public_keys(lock);
    let with_keys = |check: fn(&Lock, &[KeyShares]) -> Result<(), ClusterError>| match &keys {
        Ok(keys) => check(lock, keys),
        Err(_) => Err(ClusterError::Undecided { needs: "public keys" }),
    };
    let outcomes = [
        ("definition hashes", definition_hashes(lock)),
        ("validator count", validator_count(lock)),
        ("share counts", share_counts(lock)),
        ("lock hash", lock_hash(lock)),
        ("public keys", keys.as_ref().map(|_| ()).map_err(ClusterError::clone)),
        ("distinct keys", with_keys(|_, keys| distinct_keys(keys))),
        ("share reconstruction", with_keys(reconstruction)),
        ("signature aggregate", with_keys(aggregate)),
        ("registration signatures", with_keys(registration_signatures)),
        ("node signatures", node_signatures(lock)),
        ("deposit public keys", content::deposit_keys(lock)),
        ("deposit credentials", content::deposit_credentials(lock)),
        ("deposit amounts", content::deposit_amounts(lock)),
        ("deposit signatures", with_keys(content::deposit_signatures)),
        ("registration public keys", content::registration_keys(lock)),
        ("registration fee recipients", content::registration_fee_recipients(lock)),
        ("registration gas limits", content::registration_gas_limits(lock)),
        ("registration timestamps", content::registration_timestamps(lock, network)),
    ];
    outcomes.into_iter().map(|(name, result)| Outcome { name, result }).collect()
}

/// Config hash and definition hash belong to the definition's content.
///
/// # Errors
///
/// [`ClusterError::HashMismatch`].
pub fn definition_hashes(lock: &Lock) -> Result<(), ClusterError> {
    lock.definition.verify_hashes()
}

/// There are as many validators as the definition says.
///
/// # Errors
///
/// [`ClusterError::ListLength`].
pub fn validator_count(lock: &Lock) -> Result<(), ClusterError> {
    let expected = usize::try_from(lock.definition.num_validators()).unwrap_or(usize::MAX);
    length("distributed validators", lock.validators.len(), expected)
}

/// Every validator has one public share for each operator.
///
/// # Errors
///
/// [`ClusterError::ListLength`] in the validator's place.
pub fn share_counts(lock: &Lock) -> Result<(), ClusterError> {
    let operators = lock.definition.operators().len();
    each(lock, |_, validator| length("public shares", validator.public_shares.len(), operators))
}

/// The lock hash belongs to the content.
///
/// # Errors
///
/// [`ClusterError::HashMismatch`], and what [`Lock::hash`] reports.
pub fn lock_hash(lock: &Lock) -> Result<(), ClusterError> {
    let computed = lock.hash()?;
    if lock.stated_hash == computed {
        return Ok(());
    }
    Err(ClusterError::HashMismatch { what: "lock hash", stated: lock.stated_hash, computed })
}

/// Every key and every public share is a point of prime order; gives them back, in the lock's order.
///
/// A point outside the subgroup would pass sums and pairings that its multiples fail.
///
/// # Errors
///
/// [`ClusterError::BlsPublicKey`] in the validator's place.
pub fn public_keys(lock: &Lock) -> Result<Vec<KeyShares>, ClusterError> {
    let bytes: Vec<[u8; 48]> = lock
        .validators
        .iter()
        .flat_map(|validator| core::iter::once(&validator.public_key).chain(&validator.public_shares))
        .copied()
        .collect();
    let mut points = PublicKey::from_bytes_all(&bytes).into_iter();
    let mut next = || points.next().unwrap_or(Err(ClusterError::NoSum));
    let keys = lock.validators.iter().enumerate().map(|(index, validator)| {
        let mut decode = || {
            let key = next()?;
            let shares: Result<Vec<_>, _> = validator.public_shares.iter().map(|_| next()).collect();
            Ok(KeyShares { key, shares: shares? })
        };
        decode().map_err(in_validator(index))
    });
    keys.collect()
}

/// No two validators have one key, and no two operators one share of a validator: else fewer than `t` operators
/// could sign, or one key stand for two deposits.
///
/// # Errors
///
/// [`ClusterError::RepeatedValidator`] or [`ClusterError::RepeatedShare`].
pub fn distinct_keys(keys: &[KeyShares]) -> Result<(), ClusterError> {
    if let Some((first, second)) = repeated(keys.iter().map(|validator| validator.key)) {
        return Err(ClusterError::RepeatedValidator { first, second });
    }
    for (index, validator) in keys.iter().enumerate() {
        if let Some((first, second)) = repeated(validator.shares.iter().copied()) {
            let error = ClusterError::RepeatedShare { first: first + 1, second: second + 1 };
            return Err(in_validator(index)(error));
        }
    }
    Ok(())
}

fn repeated(keys: impl Iterator<Item = PublicKey>) -> Option<(usize, usize)> {
    let mut seen = BTreeMap::new();
    keys.enumerate().find_map(|(place, key)| seen.insert(key, place).map(|first| (first, place)))
}

/// The public shares are those of the key, with the definition's threshold: shares 1 to `t` give the key, and so do
/// shares 1 to `t - 1` with any later one. A wrong share would leave its operator unable to sign.
///
/// # Errors
///
/// [`ClusterError::LockThreshold`] unless `1 <= t <= n`; [`ClusterError::StrayShare`] in the validator's place.
pub fn reconstruction(lock: &Lock, keys: &[KeyShares]) -> Result<(), ClusterError> {
    let (threshold, operators) = (lock.definition.threshold(), lock.definition.operators().len());
    let t = u16::try_from(threshold).ok().filter(|t| (1..=operators).contains(&usize::from(*t)));
    let t = t.ok_or(ClusterError::LockThreshold { threshold, operators })?;
    if bls::shares_fit(keys, t) {
        return Ok(());
    }
    let index = bls::first_misfit(keys, t);
    let Some(validator) = keys.get(index) else { return Ok(()) };
    if validator.shares.len() < usize::from(t) {
        return length("public shares", validator.shares.len(), operators).map_err(in_validator(index));
    }
    match bls::first_stray_share(validator, t) {
        Some(share) => Err(in_validator(index)(ClusterError::StrayShare { share, threshold: t })),
        None => Ok(()),
    }
}

/// The aggregate is the sum of the signatures of all shares of all validators on the lock hash.
///
/// Any `t` operators can compute it, so it does not show that every operator took part.
///
/// # Errors
///
/// [`ClusterError::WrongLength`] or [`ClusterError::BlsSignature`] if it is no signature,
/// [`ClusterError::AggregateSignature`] if it is not that sum.
pub fn aggregate(lock: &Lock, keys: &[KeyShares]) -> Result<(), ClusterError> {
    let bytes = fixed("signature_aggregate", &lock.signature_aggregate)?;
    let signature = Signature::from_bytes(&bytes)?;
    let shares: Vec<PublicKey> = keys.iter().flat_map(|validator| validator.shares.iter().copied()).collect();
    bls::fast_aggregate_verify(&shares, &lock.hash()?, &signature)
        .map_err(|_| ClusterError::AggregateSignature)
}

/// Every validator's registration is signed with its key. As in Charon, the message that is verified has the
/// validator's key and the definition's fee recipient, and the gas limit and timestamp that stand in the lock.
/// A v1.6 lock has no registrations, and passes.
///
/// # Errors
///
/// [`ClusterError::NoRegistration`], [`ClusterError::BlsSignature`] or [`ClusterError::BlsVerification`] in the
/// validator's place; [`ClusterError::Address`] for a fee recipient without `0x`, with which Charon loads no lock.
pub fn registration_signatures(lock: &Lock, keys: &[KeyShares]) -> Result<(), ClusterError> {
    if !lock.definition.version().has_registrations() {
        return Ok(());
    }
    let fork_version = lock.definition.fork_version();
    let signed = keyed(lock, keys, |index, key| {
        let no_registration = ClusterError::NoRegistration { index };
        let registration = lock.validators.get(index).and_then(|validator| validator.registration.as_ref());
        let registration = registration.ok_or(no_registration)?;
        let addresses =
            lock.definition.validators().get(index).ok_or(ClusterError::NoSuchValidator { index })?;
        addresses.check_fee_recipient_prefix(index)?;
        let message = RegistrationMessage {
            fee_recipient: addresses.fee_recipient().bytes(),
            public_key: key.to_bytes(),
            ..registration.message.clone()
        };
        Ok(vec![(*key, message.signing_root(fork_version), Signature::from_bytes(&registration.signature)?)])
    })?;
    batch(&signed)
}

/// Every operator signed the lock hash with its identity key. This, unlike the aggregate, takes every one of them.
/// A v1.6 lock has no node signatures, and passes.
///
/// # Errors
///
/// [`ClusterError::ListLength`] if they are not as many as the operators; [`ClusterError::Enr`],
/// [`ClusterError::WrongLength`] or [`ClusterError::Signature`] in the operator's place.
pub fn node_signatures(lock: &Lock) -> Result<(), ClusterError> {
    if !lock.definition.version().has_registrations() {
        return Ok(());
    }
    let operators = lock.definition.operators();
    length("node signatures", lock.node_signatures.len(), operators.len())?;
    let hash = lock.hash()?;
    for ((index, operator), signature) in (1..).zip(operators).zip(&lock.node_signatures) {
        let verify = || {
            let signature = fixed("node signature", signature)?;
            identity::verify_recoverable(&Enr::parse(operator.enr())?.public_key(), &hash, &signature)
        };
        verify().map_err(|error| ClusterError::Operator { index, error: Box::new(error) })?;
    }
    Ok(())
}

/// What is to be verified for each validator: its index, and the signatures by its key.
type Signed = Vec<(usize, SignedRoot)>;

fn keyed(
    lock: &Lock,
    keys: &[KeyShares],
    roots: impl Fn(usize, &PublicKey) -> Result<Vec<SignedRoot>, ClusterError>,
) -> Result<Signed, ClusterError> {
    length("distributed validators", keys.len(), lock.validators.len())?;
    let mut signed = Vec::new();
    for (index, validator) in keys.iter().enumerate() {
        let roots = roots(index, &validator.key).map_err(in_validator(index))?;
        signed.extend(roots.into_iter().map(|root| (index, root)));
    }
    Ok(signed)
}

/// Verifies all as one; if that fails, finds the first wrong one.
fn batch(signed: &Signed) -> Result<(), ClusterError> {
    let roots: Vec<SignedRoot> = signed.iter().map(|(_, root)| *root).collect();
    if bls::verify_batch(&roots).is_ok() {
        return Ok(());
    }
    let wrong = signed.iter().find(|(_, (key, root, signature))| bls::verify(key, root, signature).is_err());
    let error = ClusterError::BlsVerification;
    Err(match wrong {
        Some((index, _)) => in_validator(*index)(error),
        None => error,
    })
}

fn each(
    lock: &Lock,
    check: impl Fn(usize, &super::DistributedValidator) -> Result<(), ClusterError>,
) -> Result<(), ClusterError> {
    let mut validators = lock.validators.iter().enumerate();
    validators.try_for_each(|(index, validator)| check(index, validator).map_err(in_validator(index)))
}

fn in_validator(index: usize) -> impl Fn(ClusterError) -> ClusterError {
    move |error| ClusterError::Validator { index, error: Box::new(error) }
}

fn length(what: &'static str, length: usize, expected: usize) -> Result<(), ClusterError> {
    if length == expected { Ok(()) } else { Err(ClusterError::ListLength { what, length, expected }) }
}

fn fixed<const N: usize>(what: &str, bytes: &[u8]) -> Result<[u8; N], ClusterError> {
    let error = ClusterError::WrongLength { what: what.to_owned(), length: bytes.len(), expected: N };
    bytes.try_into().map_err(|_| error)
}

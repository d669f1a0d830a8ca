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

/// What a check finds: every item that does not hold, at least one.
pub type Checked<T = ()> = Result<T, Vec<ClusterError>>;

/// Makes every check, in a fixed order; of each, the first thing that does not hold. `network` says the genesis time, which is
/// in no file.
#[must_use]
pub fn all(lock: &Lock, network: &Network) -> Vec<Outcome> {
    let keys = public_keys(lock);
    let with_keys = |check: fn(&Lock, &[KeyShares]) -> Checked| match &keys {
        Ok(keys) => check(lock, keys),
        Err(_) => Err(vec![ClusterError::Undecided { needs: "public keys" }]),
    };
    let outcomes = [
        ("definition hashes", definition_hashes(lock)),
        ("validator count", validator_count(lock)),
        ("share counts", share_counts(lock)),
        ("lock hash", lock_hash(lock)),
        ("public keys", keys.as_ref().map(|_| ()).map_err(Clone::clone)),
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
    outcomes.into_iter().map(|(name, result)| Outcome { name, result: first(result) }).collect()
}

/// Config hash and definition hash belong to the definition's content.
///
/// # Errors
///
/// [`ClusterError::HashMismatch`].
pub fn definition_hashes(lock: &Lock) -> Checked {
    lock.definition.verify_hashes().map_err(|error| vec![error])
}

/// There are as many validators as the definition says.
///
/// # Errors
///
/// [`ClusterError::ListLength`].
pub fn validator_count(lock: &Lock) -> Checked {
    let expected = usize::try_from(lock.definition.num_validators()).unwrap_or(usize::MAX);
    length("distributed validators", lock.validators.len(), expected).map_err(|error| vec![error])
}

/// Every validator has one public share for each operator.
///
/// # Errors
///
/// [`ClusterError::ListLength`] in the validators' places.
pub fn share_counts(lock: &Lock) -> Checked {
    let operators = lock.definition.operators().len();
    each(lock, |_, validator| {
        length("public shares", validator.public_shares.len(), operators).err().into_iter().collect()
    })
}

/// The lock hash belongs to the content.
///
/// # Errors
///
/// [`ClusterError::HashMismatch`], and what [`Lock::hash`] reports.
pub fn lock_hash(lock: &Lock) -> Checked {
    let computed = lock.hash().map_err(|error| vec![error])?;
    if lock.stated_hash == computed {
        return Ok(());
    }
    Err(vec![ClusterError::HashMismatch { what: "lock hash", stated: lock.stated_hash, computed }])
}

/// Every key and every public share is a point of prime order; gives them back, in the lock's order.
///
/// A point outside the subgroup would pass sums and pairings that its multiples fail.
///
/// # Errors
///
/// [`ClusterError::BlsPublicKey`] in the validators' places, and there in those of the shares.
pub fn public_keys(lock: &Lock) -> Checked<Vec<KeyShares>> {
    let bytes: Vec<[u8; 48]> = lock
        .validators
        .iter()
        .flat_map(|validator| core::iter::once(&validator.public_key).chain(&validator.public_shares))
        .copied()
        .collect();
    let mut points = PublicKey::from_bytes_all(&bytes).into_iter();
    let mut next = || points.next().unwrap_or(Err(ClusterError::NoSum));
    let (mut keys, mut errors) = (Vec::new(), Vec::new());
    for (index, validator) in lock.validators.iter().enumerate() {
        let mut note = |error| errors.push(in_validator(index)(error));
        let key = next().map_err(&mut note).ok();
        let mut shares = Vec::with_capacity(validator.public_shares.len());
        for (_, share) in validator.public_shares.iter().zip(1..) {
            match next() {
                Ok(point) => shares.push(point),
                Err(error) => note(ClusterError::Share { index: share, error: Box::new(error) }),
            }
        }
        keys.extend(key.map(|key| KeyShares { key, shares }));
    }
    if errors.is_empty() { Ok(keys) } else { Err(errors) }
}

/// No two validators have one key, and no two operators one share of a validator: else fewer than `t` operators
/// could sign, or one key stand for two deposits.
///
/// # Errors
///
/// [`ClusterError::RepeatedValidator`], and [`ClusterError::RepeatedShare`] in the validators' places.
pub fn distinct_keys(keys: &[KeyShares]) -> Checked {
    let repeated_keys = repeated(keys.iter().map(|validator| validator.key));
    let mut errors: Vec<ClusterError> = repeated_keys
        .into_iter()
        .map(|(first, second)| ClusterError::RepeatedValidator { first, second })
        .collect();
    for (index, validator) in keys.iter().enumerate() {
        let repeated = repeated(validator.shares.iter().copied()).into_iter();
        errors.extend(repeated.map(|(first, second)| {
            in_validator(index)(ClusterError::RepeatedShare { first: first + 1, second: second + 1 })
        }));
    }
    none(errors)
}

/// The places, from 0, of all keys that stood there before, after that of the first one.
fn repeated(keys: impl Iterator<Item = PublicKey>) -> Vec<(usize, usize)> {
    let mut seen = BTreeMap::new();
    let place = |(place, key)| {
        let first = *seen.entry(key).or_insert(place);
        (first != place).then_some((first, place))
    };
    keys.enumerate().filter_map(place).collect()
}

/// The public shares are those of the key, with the definition's threshold: shares 1 to `t` give the key, and so do
/// shares 1 to `t - 1` with any later one, but not without. A wrong share would leave its operator unable to sign; keys of
/// a lower threshold would let fewer operators sign than agreed.
///
/// # Errors
///
/// [`ClusterError::LockThreshold`] unless `1 <= t <= n`; [`ClusterError::StrayShare`], of the first of each validator, or
/// [`ClusterError::LowerThreshold`], in the validators' places.
pub fn reconstruction(lock: &Lock, keys: &[KeyShares]) -> Checked {
    let (threshold, operators) = (lock.definition.threshold(), lock.definition.operators().len());
    let t = u16::try_from(threshold).ok().filter(|t| (1..=operators).contains(&usize::from(*t)));
    let t = t.ok_or_else(|| vec![ClusterError::LockThreshold { threshold, operators }])?;
    if bls::shares_fit(keys, t) {
        return fewer_give_no_key(keys, t);
    }
    let too_few = keys.iter().enumerate().filter(|(_, validator)| validator.shares.len() < usize::from(t));
    let too_few = too_few.filter_map(|(index, validator)| {
        length("public shares", validator.shares.len(), operators).err().map(in_validator(index))
    });
    let strays = bls::stray_shares(keys, t).into_iter();
    let strays =
        strays.map(|(index, share)| in_validator(index)(ClusterError::StrayShare { share, threshold: t }));
    none(too_few.chain(strays).collect())
}

/// Where all shares fit, `t - 1` of them give the key only if any `t - 1` do.
fn fewer_give_no_key(keys: &[KeyShares], t: u16) -> Checked {
    let lower = keys.iter().enumerate().filter(|(_, validator)| {
        let fewer: Vec<_> = (1..t).zip(validator.shares.iter().copied()).collect();
        bls::combine_keys(&fewer).is_ok_and(|key| key == validator.key)
    });
    none(lower.map(|(index, _)| in_validator(index)(ClusterError::LowerThreshold { threshold: t })).collect())
}

/// The aggregate is the sum of the signatures of all shares of all validators on the lock hash.
///
/// Any `t` operators can compute it, so it does not show that every operator took part.
///
/// # Errors
///
/// [`ClusterError::WrongLength`] or [`ClusterError::BlsSignature`] if it is no signature,
/// [`ClusterError::AggregateSignature`] if it is not that sum.
pub fn aggregate(lock: &Lock, keys: &[KeyShares]) -> Checked {
    let verify = || {
        let bytes = fixed("signature_aggregate", &lock.signature_aggregate)?;
        let signature = Signature::from_bytes(&bytes)?;
        let shares: Vec<PublicKey> =
            keys.iter().flat_map(|validator| validator.shares.iter().copied()).collect();
        bls::fast_aggregate_verify(&shares, &lock.hash()?, &signature)
            .map_err(|_| ClusterError::AggregateSignature)
    };
    verify().map_err(|error| vec![error])
}

/// Every validator's registration is signed with its key. As in Charon, the message that is verified has the
/// validator's key and the definition's fee recipient, and the gas limit and timestamp that stand in the lock.
/// A v1.6 lock has no registrations, and passes.
///
/// # Errors
///
/// [`ClusterError::NoRegistration`], [`ClusterError::BlsSignature`] or [`ClusterError::BlsVerification`] in the
/// validators' places; [`ClusterError::Address`] for a fee recipient without `0x`, with which Charon loads no lock.
pub fn registration_signatures(lock: &Lock, keys: &[KeyShares]) -> Checked {
    if !lock.definition.version().has_registrations() {
        return Ok(());
    }
    let fork_version = lock.definition.fork_version();
    let signed = |index: usize, key: &PublicKey| -> Result<Unread, ClusterError> {
        let registration = lock.validators.get(index).and_then(|validator| validator.registration.as_ref());
        let registration = registration.ok_or(ClusterError::NoRegistration { index })?;
        let addresses = lock.definition.validators().get(index);
        let addresses = addresses.ok_or(ClusterError::NoSuchValidator { index })?;
        addresses.check_fee_recipient_prefix(index)?;
        let message = RegistrationMessage {
            fee_recipient: addresses.fee_recipient().bytes(),
            public_key: key.to_bytes(),
            ..registration.message.clone()
        };
        Ok((*key, message.signing_root(fork_version), registration.signature))
    };
    let signed = keys.iter().enumerate().map(|(index, validator)| Signed {
        place: Box::new(in_validator(index)),
        signed: signed(index, &validator.key),
    });
    counted(lock, keys).and_then(|()| batch(signed.collect()))
}

/// Every operator signed the lock hash with its identity key. This, unlike the aggregate, takes every one of them.
/// A v1.6 lock has no node signatures, and passes.
///
/// # Errors
///
/// [`ClusterError::ListLength`] if they are not as many as the operators; [`ClusterError::Enr`],
/// [`ClusterError::WrongLength`] or [`ClusterError::Signature`] in the operators' places.
pub fn node_signatures(lock: &Lock) -> Checked {
    if !lock.definition.version().has_registrations() {
        return Ok(());
    }
    let operators = lock.definition.operators();
    let counted = length("node signatures", lock.node_signatures.len(), operators.len());
    let hash = counted.and_then(|()| lock.hash()).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    for ((index, operator), signature) in (1..).zip(operators).zip(&lock.node_signatures) {
        let verify = || {
            let signature = fixed("node signature", signature)?;
            identity::verify_recoverable(&Enr::parse(operator.enr())?.public_key(), &hash, &signature)
        };
        errors.extend(verify().err().map(|error| ClusterError::Operator { index, error: Box::new(error) }));
    }
    none(errors)
}

/// Who signed which 32 bytes, and the signature as it stands in the lock.
type Unread = (PublicKey, [u8; 32], [u8; 96]);

/// One signature that is to be verified, or why there is none; and in whose place an error is.
struct Signed<'a> {
    place: Box<dyn Fn(ClusterError) -> ClusterError + 'a>,
    signed: Result<Unread, ClusterError>,
}

/// Verifies all as one; if that fails, each.
fn batch(signed: Vec<Signed<'_>>) -> Checked {
    let bytes: Vec<[u8; 96]> =
        signed.iter().filter_map(|signed| Some(signed.signed.as_ref().ok()?.2)).collect();
    let mut signatures = Signature::from_bytes_all(&bytes).into_iter();
    let (mut roots, mut places, mut errors) = (Vec::<SignedRoot>::new(), Vec::new(), Vec::new());
    for Signed { place, signed } in signed {
        let read = signed.and_then(|(key, root, _)| {
            let signature = signatures.next().unwrap_or(Err(ClusterError::BlsVerification))?;
            Ok((key, root, signature))
        });
        match read {
            Ok(root) => {
                roots.push(root);
                places.push(place);
            }
            Err(error) => errors.push(place(error)),
        }
    }
    if bls::verify_batch(&roots).is_err() {
        let wrong = bls::find_invalid(&roots).into_iter().filter_map(|index| places.get(index));
        errors.extend(wrong.map(|place| place(ClusterError::BlsVerification)));
    }
    none(errors)
}

/// The keys are those of the lock.
fn counted(lock: &Lock, keys: &[KeyShares]) -> Checked {
    length("distributed validators", keys.len(), lock.validators.len()).map_err(|error| vec![error])
}

/// Gathers what is wrong with each validator.
fn each(lock: &Lock, check: impl Fn(usize, &super::DistributedValidator) -> Vec<ClusterError>) -> Checked {
    let validators = lock.validators.iter().enumerate();
    let errors = validators.flat_map(|(index, validator)| {
        check(index, validator).into_iter().map(in_validator(index)).collect::<Vec<_>>()
    });
    none(errors.collect())
}

/// The first thing that does not hold.
pub(super) fn first(result: Checked) -> Result<(), ClusterError> {
    result.map_err(|errors| errors.into_iter().next().unwrap_or(ClusterError::NoSum))
}

/// Nothing is wrong if there are no errors.
fn none(errors: Vec<ClusterError>) -> Checked {
    if errors.is_empty() { Ok(()) } else { Err(errors) }
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

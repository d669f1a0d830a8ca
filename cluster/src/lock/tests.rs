//! A complete cluster whose secrets are all known, for spoiling its lock.

mod content;
mod file;
mod loading;

use super::check::Outcome;
use super::*;
use crate::address::Address;
use crate::bls::{self, SecretKey, Signature};
use crate::definition::{Creator, Operator, ValidatorAddresses};
use crate::deposit::ETH;
use crate::enr::Enr;
use crate::identity::IdentityKey;
use crate::network::Network;
use crate::version::Version;
use std::sync::LazyLock;

/// A cluster with all of its secrets.
#[derive(Clone)]
struct Cluster {
    definition: Definition,
    identities: Vec<IdentityKey>,
    /// For each validator its key and the operators' shares.
    secrets: Vec<(SecretKey, Vec<SecretKey>)>,
}

const OPERATORS: u16 = 4;

fn network() -> Network {
    Network::by_name("hoodi").unwrap()
}

fn secret(number: u8) -> SecretKey {
    let mut bytes = [number; 32];
    bytes[0] &= 0x3f;
    SecretKey::from_bytes(&bytes).unwrap()
}

/// -3, which makes `(x - 1) * (x - 2) = x^2 - 3x + 2` a polynomial.
fn minus_three() -> SecretKey {
    let order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfefffffffefffffffe";
    SecretKey::from_bytes(&hex::decode(order).unwrap().try_into().unwrap()).unwrap()
}

fn one() -> SecretKey {
    let mut bytes = [0; 32];
    bytes[31] = 1;
    SecretKey::from_bytes(&bytes).unwrap()
}

fn definition(version: Version, identities: &[IdentityKey], validators: u8) -> Definition {
    let operator = |key: &IdentityKey| Operator {
        address: None,
        enr: Enr::new(key).text().to_owned(),
        config_signature: Vec::new(),
        enr_signature: Vec::new(),
    };
    let addresses = |number: u8| ValidatorAddresses {
        fee_recipient: Address::from_bytes([0xf0 + number; 20]),
        withdrawal: Address::from_bytes([0xe0 + number; 20]),
    };
    let mut definition = Definition {
        name: "a <test> & more".into(),
        uuid: "0194FDC2-FA2F-4CC0-81D3-FF12045B73C8".into(),
        version,
        timestamp: "2026-11-22T08:00:00Z".into(),
        num_validators: validators.into(),
        threshold: 3,
        dkg_algorithm: "default".into(),
        fork_version: network().fork_version(),
        creator: Creator::default(),
        operators: identities.iter().map(operator).collect(),
        validators: (0..validators).map(addresses).collect(),
        shared_addresses: Default::default(),
        deposit_amounts: None,
        consensus_protocol: String::new(),
        target_gas_limit: if version.has_gas_limit_and_compounding() { 60_000_000 } else { 0 },
        compounding: false,
        config_hash: [0; 32],
        definition_hash: [0; 32],
    };
    definition.set_hashes().unwrap();
    definition
}

impl Cluster {
    fn new(version: Version, polynomials: &[Vec<SecretKey>]) -> Self {
        let identities: Vec<_> =
            (1..=OPERATORS).map(|index| IdentityKey::from_bytes(&[index as u8; 32]).unwrap()).collect();
        let definition = definition(version, &identities, polynomials.len() as u8);
        let secrets = polynomials
            .iter()
            .map(|coefficients| (coefficients[0].clone(), bls::split(coefficients, OPERATORS)))
            .collect();
        Self { definition, identities, secrets }
    }

    fn usual(version: Version) -> Self {
        Self::new(
            version,
            &[vec![secret(11), secret(12), secret(13)], vec![secret(21), secret(22), secret(23)]],
        )
    }

    /// The lock that an honest ceremony makes.
    fn lock(&self) -> Lock {
        let fork_version = self.definition.fork_version();
        let validators = self.secrets.iter().enumerate().map(|(index, (key, shares))| {
            let public_key = key.public_key();
            let messages =
                ValidatorMessages::prescribed(&self.definition, &network(), index, &public_key).unwrap();
            let signatures: Vec<Signature> = messages
                .signing_roots(fork_version)
                .iter()
                .map(|root| {
                    let partials =
                        [1, 3, 4].map(|index: u16| (index, shares[usize::from(index) - 1].sign(root)));
                    bls::combine(&partials).unwrap()
                })
                .collect();
            let public_shares: Vec<_> = shares.iter().map(SecretKey::public_key).collect();
            DistributedValidator::new(&public_key, &public_shares, messages, &signatures).unwrap()
        });
        self.seal(Lock::build(self.definition.clone(), validators.collect()).unwrap())
    }

    /// Signs the lock as it is now, whatever was done to it, by whoever holds the public shares that are in it.
    fn seal(&self, mut lock: Lock) -> Lock {
        lock.stated_hash = lock.hash().unwrap();
        let hash = lock.stated_hash;
        let all: Vec<&SecretKey> = self.secrets.iter().flat_map(|(_, shares)| shares).collect();
        let holder = |share: &[u8; 48]| all.iter().find(|secret| secret.public_key().to_bytes() == *share);
        let shares = lock.validators.iter().flat_map(|validator| &validator.public_shares);
        let signatures: Vec<_> = shares.filter_map(|share| Some(holder(share)?.sign(&hash))).collect();
        let nodes: Vec<_> = self.identities.iter().map(|identity| identity.sign_recoverable(&hash)).collect();
        lock.seal(&bls::aggregate(&signatures).unwrap(), &nodes)
    }
}

static USUAL: LazyLock<(Cluster, Lock)> = LazyLock::new(|| {
    let cluster = Cluster::usual(Version::V1_10);
    let lock = cluster.lock();
    (cluster, lock)
});

fn failures(lock: &Lock) -> Vec<Outcome> {
    check::all(lock, &network()).into_iter().filter(|outcome| outcome.result.is_err()).collect()
}

/// Asserts that one check fails and no other, and gives its error.
#[track_caller]
fn only(lock: &Lock, name: &str) -> ClusterError {
    let mut failures = failures(lock);
    let names: Vec<_> = failures.iter().map(|outcome| outcome.name).collect();
    assert_eq!(names, [name]);
    failures.remove(0).result.unwrap_err()
}

fn in_validator(index: usize, error: ClusterError) -> ClusterError {
    ClusterError::Validator { index, error: Box::new(error) }
}

//! Contributions to a setup, made here as the protocol says (section 23.2), honestly and otherwise. A proof of knowledge is
//! a BLS signature: blst makes it.

use ark_ff::{BigInteger, One, PrimeField};
use blst::{min_pk, min_sig};
use coram_circuits::Fr;
use coram_proofs::{
    hash::TaggedHash,
    setup::{KeyRecord, OriginRecord, PowersRecord, SetupRecord, StepRecord},
};
use k256::{
    ecdsa::{Signature, SigningKey, VerifyingKey, signature::hazmat::PrehashVerifier},
    sha2::{Digest, Sha256},
};

/// The domain of hashes to G2.
const DOMAIN: &[u8] = b"CORAM-V01-CS01-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";

/// Where `delta·G2` and the `IC_j` stand in a verifying key.
const DELTA: std::ops::Range<usize> = 144..240;

/// A contribution, by name.
pub struct Named {
    pub context: [u8; 32],
    pub id: [u8; 32],
}

/// The start of a phase, and its contributions.
pub struct Chain {
    pub start: [u8; 32],
    pub contributions: Vec<Named>,
}

impl Chain {
    fn last_id(&self) -> [u8; 32] {
        self.contributions.last().map_or(self.start, |last| last.id)
    }
}

/// What a context is about: the phase with the numbers of its scope.
#[derive(Clone)]
struct Scope(Vec<u64>);

impl Scope {
    fn powers(record: &SetupRecord) -> Self {
        Self(vec![1, record.powers_log.into()])
    }

    fn key(record: &SetupRecord) -> Self {
        Self(vec![2, record.recipients.into(), record.validators.into()])
    }

    fn context(&self, predecessor: &[u8; 32], origin: &OriginRecord) -> [u8; 32] {
        let hash = self.0.iter().fold(TaggedHash::new("setup contribution"), |hash, part| hash.number(*part));
        let hash = hash.bytes(predecessor);
        match origin {
            OriginRecord::Anonymous => hash.number(0),
            OriginRecord::Signed { identity, .. } => hash.number(1).bytes(identity),
            OriginRecord::Beacon { value, iterations_log } => {
                hash.number(2).bytes(value).number(u64::from(*iterations_log))
            }
        }
        .digest()
    }

    fn name(&self, predecessor: &[u8; 32], origin: &OriginRecord, steps: &[&StepRecord]) -> Named {
        let context = self.context(predecessor, origin);
        let absorb = |hash: TaggedHash, step: &&StepRecord| {
            hash.bytes(&step.after).bytes(&step.own).bytes(&step.proof)
        };
        let id = steps.iter().fold(TaggedHash::new("setup id").bytes(&context), absorb).digest();
        Named { context, id }
    }
}

/// The names of the contributions to the powers.
pub fn powers(record: &SetupRecord) -> Chain {
    let start = TaggedHash::new("setup powers").number(record.powers_log.into()).digest();
    let mut chain = Chain { start, contributions: Vec::new() };
    for PowersRecord { tau, alpha, beta, origin } in &record.powers {
        let named = Scope::powers(record).name(&chain.last_id(), origin, &[tau, alpha, beta]);
        chain.contributions.push(named);
    }
    chain
}

/// The names of the contributions to the key.
pub fn key(record: &SetupRecord, circuit: &[u8; 32]) -> Chain {
    let mut chain = Chain { start: start_of_key(record, circuit), contributions: Vec::new() };
    for KeyRecord { delta, origin } in &record.key {
        chain.contributions.push(Scope::key(record).name(&chain.last_id(), origin, &[delta]));
    }
    chain
}

fn start_of_key(record: &SetupRecord, circuit: &[u8; 32]) -> [u8; 32] {
    let hash = TaggedHash::new("setup key").number(record.recipients.into()).number(record.validators.into());
    hash.bytes(circuit).bytes(&powers(record).last_id()).bytes(&record.verifying_key[DELTA.end..]).digest()
}

/// Who contributes, and the secrets.
#[derive(Clone, Copy)]
pub enum Author {
    Nobody {
        seed: u8,
    },
    Signer {
        seed: u8,
        key: u8,
    },
    /// `said` is the number of doublings in the origin, `done` the one that the secrets come from.
    Beacon {
        value: &'static [u8],
        said: u8,
        done: u8,
    },
}

impl Author {
    fn origin(self) -> OriginRecord {
        match self {
            Self::Nobody { .. } => OriginRecord::Anonymous,
            Self::Signer { key, .. } => OriginRecord::Signed { identity: identity(key), signature: [0; 64] },
            Self::Beacon { value, said, .. } => {
                OriginRecord::Beacon { value: value.to_vec(), iterations_log: said }
            }
        }
    }

    /// `x` of a step.
    fn secret(self, step: &str, context: &[u8; 32]) -> Fr {
        match self {
            Self::Nobody { seed } | Self::Signer { seed, .. } => {
                let hash = TaggedHash::new("setup secret").bytes(step.as_bytes());
                hash.bytes(context).bytes(&[seed; 64]).field()
            }
            Self::Beacon { value, done, .. } => {
                let hash =
                    (0..1 << done).fold(value.to_vec(), |hash, _| Sha256::digest(hash).as_slice().to_vec());
                TaggedHash::new("setup beacon").bytes(step.as_bytes()).bytes(context).bytes(&hash).field()
            }
        }
    }
}

/// What a step is made of: honestly one secret and the name of the step.
#[derive(Clone, Copy)]
pub struct Secrets {
    pub after: Fr,
    pub own: Fr,
    pub proof: Fr,
    pub step: &'static str,
}

impl Secrets {
    pub fn honest(x: Fr, step: &'static str) -> Self {
        Self { after: x, own: x, proof: x, step }
    }

    fn record(self, context: &[u8; 32], before: &mut Fr) -> StepRecord {
        let own = in_g1(self.own);
        let base = TaggedHash::new("setup step").bytes(self.step.as_bytes()).bytes(context).bytes(&own);
        let proof = secret_key(self.proof).sign(&base.digest(), DOMAIN, &[]).compress();
        *before *= self.after;
        StepRecord { after: in_g1(*before), own, proof }
    }
}

/// What an author puts in the place of its secret, knowing those of the contributions before.
pub type Choice = fn(Fr, &[Fr]) -> Secrets;

/// What honest authors do.
pub fn honestly(x: Fr, _: &[Fr]) -> Secrets {
    Secrets::honest(x, "delta")
}

/// The contributions of these authors to the powers.
pub fn contribute_to_powers(record: &SetupRecord, authors: &[Author]) -> Vec<PowersRecord> {
    let mut made = SetupRecord { powers: Vec::new(), ..record.clone() };
    let mut heads = [Fr::one(); 3];
    for author in authors {
        let mut origin = author.origin();
        let (scope, predecessor) = (Scope::powers(record), powers(&made).last_id());
        let context = scope.context(&predecessor, &origin);
        let mut step = |index: usize, step: &'static str| {
            Secrets::honest(author.secret(step, &context), step).record(&context, &mut heads[index])
        };
        let [tau, alpha, beta] = [step(0, "tau"), step(1, "alpha"), step(2, "beta")];
        let named = scope.name(&predecessor, &origin, &[&tau, &alpha, &beta]);
        sign(*author, &mut origin, &named.id);
        made.powers.push(PowersRecord { tau, alpha, beta, origin });
    }
    made.powers
}

/// The setup with other contributions to the key, and the `delta` in which they end.
pub fn contribute_to_key(
    record: &SetupRecord,
    circuit: &[u8; 32],
    authors: &[(Author, Choice)],
) -> SetupRecord {
    let mut made = SetupRecord { key: Vec::new(), ..record.clone() };
    let (mut head, mut secrets) = (Fr::one(), Vec::new());
    for (author, choice) in authors {
        let mut origin = author.origin();
        let (scope, predecessor) = (Scope::key(record), key(&made, circuit).last_id());
        let context = scope.context(&predecessor, &origin);
        let chosen = choice(author.secret("delta", &context), &secrets);
        secrets.push(chosen.own);
        let delta = chosen.record(&context, &mut head);
        let named = scope.name(&predecessor, &origin, &[&delta]);
        sign(*author, &mut origin, &named.id);
        made.key.push(KeyRecord { delta, origin });
    }
    made.verifying_key[DELTA].copy_from_slice(&in_g2(head));
    made
}

/// The `key`-th identity's secret key.
fn identity_key(key: u8) -> SigningKey {
    SigningKey::from_slice(&[key; 32]).unwrap()
}

pub fn identity(key: u8) -> [u8; 33] {
    identity_key(key).verifying_key().to_sec1_point(true).as_bytes().try_into().unwrap()
}

fn sign(author: Author, origin: &mut OriginRecord, id: &[u8; 32]) {
    if let (Author::Signer { key, .. }, OriginRecord::Signed { signature, .. }) = (author, origin) {
        *signature = signature_of(key, id);
    }
}

/// The signature of the `key`-th identity.
pub fn signature_of(key: u8, id: &[u8; 32]) -> [u8; 64] {
    identity_key(key).sign_prehash_recoverable(id).0.to_bytes().into()
}

/// Whether a signature is one of this identity, and the smaller of the two.
pub fn is_signed(identity: &[u8; 33], id: &[u8; 32], signature: &[u8; 64]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(identity);
    let signature = Signature::from_slice(signature);
    let (Ok(key), Ok(signature)) = (key, signature) else { return false };
    signature.normalize_s() == signature && key.verify_prehash(id, &signature).is_ok()
}

/// The other signature that the same equation holds for.
pub fn with_high_s(signature: &[u8; 64]) -> [u8; 64] {
    let (r, s) = Signature::from_slice(signature).unwrap().split_scalars();
    Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap().to_bytes().into()
}

fn big_endian(scalar: Fr) -> Vec<u8> {
    scalar.into_bigint().to_bytes_be()
}

fn secret_key(scalar: Fr) -> min_pk::SecretKey {
    min_pk::SecretKey::from_bytes(&big_endian(scalar)).unwrap()
}

pub fn in_g1(scalar: Fr) -> [u8; 48] {
    secret_key(scalar).sk_to_pk().compress()
}

fn in_g2(scalar: Fr) -> [u8; 96] {
    min_sig::SecretKey::from_bytes(&big_endian(scalar)).unwrap().sk_to_pk().compress()
}

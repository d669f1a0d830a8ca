//! Chunked ElGamal with an approximate range proof: J. Groth, *Non-interactive distributed key generation and key resharing*,
//! <https://eprint.iacr.org/2021/339>, for one comparison. **For measurement only.**
//!
//! A share is cut into 16 chunks of 16 bits, so that a recipient can find them again as discrete logarithms. Notation of the
//! paper, in additive writing; `g` is the generator of G1, `y_i = x_i·g` the key of recipient `i`, `B = 2^16`:
//!
//! ```text
//! f(X) = a_0 + … + a_(t-1) X^(t-1),   A_k = a_k·g,   s_i = f(i) = sum_j B^(j-1) s[i][j],   0 <= s[i][j] < B
//! R_j = r_j·g,   C[i][j] = r_j·y_i + s[i][j]·g                 section 5: `ciphertext`
//! the chunks add up to the committed shares                    section 6.4: `sharing`, equations (S1) to (S3)
//! the chunks are small, nearly                                 section 6.5: `chunking`, equations (C1) to (C4)
//! s[i][j]·g = C[i][j] - x_i·R_j                                section 5: `logarithm`
//! ```
//!
//! Forward secrecy (the paper's keys are those of a binary tree, in G2) is left out, and with it what makes ciphertexts
//! non-malleable. The paper's commitments are in G2; here they are in G1, where validators' keys are. Proofs of possession of keys are
//! not part of a dealing.
//!
//! It is measured at its best. Points that are multiplied many times (`g`, every `y_i`) have tables, built before anything is
//! measured; a dealer computes with them in variable time, and wipes nothing. All checks of all dealings are one sum with random
//! weights. The `m` keys are `m` dealings with proofs of their own, side by side on all cores. (One proof for all keys would spare
//! at most 4.5 kB for each, and its share of the time; ciphertexts for five recipients are as large.)

mod chunking;
mod ciphertext;
mod dealing;
mod fixed_base;
mod logarithm;
mod sharing;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::{One, PrimeField};
use coram_circuits::hash::TaggedHash;
use merlin::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::{Numbers, SecretSharing, batch_seed, check_distinct, check_shares, weights};
use crate::{
    error::ProofError, fiat_shamir::FiatShamir, group, group::GroupSum, parallel, polynomial::Polynomial,
};
use chunking::Bounds;
use ciphertext::{Ciphertext, chunks_of};
use dealing::{Dealing, Part, Received};
use fixed_base::FixedBase;
use logarithm::Logarithms;

/// Chunks of a share.
const CHUNKS: usize = 16;
/// Bits of a chunk.
const CHUNK_BITS: usize = 16;
/// `B`.
const BASE: i64 = 1 << CHUNK_BITS;
/// Bits of a window of the tables: for `g`, and for the key of each recipient.
const WINDOWS: [usize; 2] = [8, 6];

/// Chunked ElGamal among `n` recipients whose decryption keys it knows.
#[derive(Debug)]
pub struct Groth21 {
    numbers: Numbers,
    keys: Keys,
    /// `x_i`.
    secrets: Vec<Fr>,
    logarithms: Logarithms,
    /// The larger table, for chunks that no honest dealer makes.
    more_logarithms: OnceLock<Logarithms>,
}

/// What dealers and verifiers know of the recipients.
#[derive(Debug)]
struct Keys {
    generator: FixedBase,
    /// `y_i`.
    points: Vec<G1Affine>,
    tables: Vec<FixedBase>,
    digest: [u8; 32],
}

/// What a dealer knows of one key.
struct Witness {
    /// `r_j`.
    randomness: Vec<Fr>,
    /// `s[i][j]`.
    chunks: Vec<[i64; CHUNKS]>,
}

impl Groth21 {
    /// For `n` recipients, threshold `t` and `m` keys. The recipients' keys are always the same.
    ///
    /// # Errors
    ///
    /// [`ProofError::Parameters`] if the numbers do not fit.
    pub fn new(n: u16, t: u16, m: u32) -> Result<Self, ProofError> {
        let secret = |index: u16| TaggedHash::new("measured ElGamal key").number(u64::from(index)).field();
        let secrets: Vec<Fr> = (1..=n).map(secret).collect();
        let keys = Keys::new(&secrets);
        let (logarithms, more_logarithms) = (Logarithms::few(), OnceLock::new());
        Ok(Self { numbers: Numbers::new(n, t, m)?, keys, secrets, logarithms, more_logarithms })
    }

    /// Encrypts and proves the shares of one key.
    fn deal_key(
        &self,
        place: Place,
        commitments: &[G1Affine],
        witness: &Witness,
        rng: &mut ChaCha20Rng,
        limit: i64,
    ) -> Result<Part, ProofError> {
        let ciphertext = Ciphertext::new(&self.keys, witness);
        let mut fs = self.open(place, commitments, &ciphertext);
        let sharing = sharing::prove(&self.keys, &mut fs, witness, rng)?;
        let chunking = chunking::prove(&self.keys, &mut fs, witness, rng, limit)?;
        Ok(Part { ciphertext, sharing, chunking })
    }

    /// The Fiat–Shamir state that has absorbed the statement about one key.
    fn open(&self, place: Place, commitments: &[G1Affine], ciphertext: &Ciphertext) -> Transcript {
        let mut fs = Transcript::new(b"measured groth21");
        fs.append_message(b"recipients", &self.keys.digest);
        fs.append_number(b"dealer", usize::from(place.dealer));
        fs.append_number(b"key", place.key);
        fs.append_points(b"A", commitments);
        fs.append_points(b"R", &ciphertext.randomizers);
        fs.append_points(b"C", &ciphertext.chunks);
        fs
    }

    /// The equations of a dealing that stands at `position` in a batch: of sharing, and of chunking.
    fn equations(
        &self,
        dealer: u16,
        dealing: &Dealing,
        seed: &[u8; 32],
        position: usize,
    ) -> Result<[GroupSum; 2], ProofError> {
        let Numbers { n, t, m } = self.numbers;
        let sums = parallel::map(m, |key| {
            let part = dealing.parts.get(key).ok_or(ProofError::Length)?;
            let commitments = dealing.commitments.get(key * t..(key + 1) * t).ok_or(ProofError::Length)?;
            let mut weights = weights(seed, position * m + key);
            let mut fs = self.open(Place { dealer, key }, commitments, &part.ciphertext);
            let [mut sharing, mut chunking] = [GroupSum::new(n), GroupSum::new(n)];
            sharing::add(&part.sharing, &mut fs, commitments, &part.ciphertext, &mut weights, &mut sharing)?;
            chunking::add(&part.chunking, &mut fs, &part.ciphertext, &mut weights, &mut chunking)?;
            Ok::<_, ProofError>([sharing, chunking])
        });
        let start = [GroupSum::new(n), GroupSum::new(n)];
        sums.into_iter().try_fold(start, |[sharing, chunking], sums| {
            let [more_sharing, more_chunking] = sums?;
            Ok([sharing.merge(more_sharing), chunking.merge(more_chunking)])
        })
    }

    /// Decodes dealings and adds up all their equations.
    fn check_together(&self, dealings: &[(u16, &[u8])]) -> Result<bool, ProofError> {
        let seed = batch_seed(dealings);
        let sums = parallel::map(dealings.len(), |position| {
            let (dealer, bytes) = dealings[position];
            self.numbers.check_index(dealer)?;
            let dealing = Dealing::from_bytes(self.numbers, bytes)?;
            let [sharing, chunking] = self.equations(dealer, &dealing, &seed, position)?;
            Ok::<_, ProofError>(sharing.merge(chunking))
        });
        let start = GroupSum::new(self.numbers.n);
        let sum = sums.into_iter().try_fold(start, |sum, more| Ok::<_, ProofError>(sum.merge(more?)))?;
        Ok(sum.vanishes(&self.keys.points))
    }

    /// What is wrong with a dealing whose equations do not add up.
    fn reason(&self, dealer: u16, bytes: &[u8]) -> Result<(), ProofError> {
        let dealing = Dealing::from_bytes(self.numbers, bytes)?;
        let seed = batch_seed(&[(dealer, bytes)]);
        let [sharing, _] = self.equations(dealer, &dealing, &seed, 0)?;
        if sharing.vanishes(&self.keys.points) {
            Err(ProofError::InvalidProof)
        } else {
            Err(ProofError::Link)
        }
    }

    /// The share of recipient `index` of one key: `R_1 … R_16` and `C[i][1] … C[i][16]` are given.
    fn decrypt_key(&self, index: u16, points: &[G1Affine]) -> Option<Fr> {
        let secret = self.secrets.get(usize::from(index).checked_sub(1)?)?;
        let (randomizers, chunks) = points.split_at_checked(CHUNKS)?;
        let decrypt = |(randomizer, chunk): (&G1Affine, &G1Affine)| {
            let point = -group::multiply(randomizer, secret) + chunk;
            self.logarithms.chunk(&self.keys.generator, &point).or_else(|| {
                let table = self.more_logarithms.get_or_init(Logarithms::many);
                table.inflated_chunk(&self.keys.generator, &point, Bounds::new(self.numbers.n))
            })
        };
        let chunks = randomizers.iter().zip(chunks).map(decrypt);
        chunks.zip(radix()).map(|(chunk, power)| Some(chunk? * power)).sum()
    }
}

/// Whose dealing, and of which key, from 0.
#[derive(Clone, Copy)]
struct Place {
    dealer: u16,
    key: usize,
}

impl Keys {
    fn new(secrets: &[Fr]) -> Self {
        let generator = FixedBase::new(&group::generator(), WINDOWS[0]);
        let points: Vec<_> = secrets.iter().map(|secret| generator.multiply(secret)).collect();
        let points = group::normalize(&points);
        let tables = parallel::map(points.len(), |i| FixedBase::new(&points[i], WINDOWS[1]));
        let encoded: Vec<_> = points.iter().map(group::encode).collect();
        Self { generator, points, tables, digest: TaggedHash::new("measured keys").list(&encoded).digest() }
    }
}

impl Witness {
    /// Honest shares of a polynomial.
    fn new(polynomial: &Polynomial, recipients: usize, rng: &mut ChaCha20Rng) -> Self {
        let share = |index: u16| chunks_of(&polynomial.evaluate(index));
        Self {
            randomness: (0..CHUNKS).map(|_| random(rng)).collect(),
            chunks: (1..=recipients as u16).map(share).collect(),
        }
    }
}

/// `1, B, …, B^15`.
fn radix() -> [Fr; CHUNKS] {
    let mut power = Fr::one();
    std::array::from_fn(|_| {
        let next = power * Fr::from(BASE);
        std::mem::replace(&mut power, next)
    })
}

/// `x, x^2, …`.
fn powers(x: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(x), |power| Some(*power * x)).take(count).collect()
}

/// A random scalar.
fn random(rng: &mut ChaCha20Rng) -> Fr {
    let mut wide = [0; 64];
    rng.fill_bytes(&mut wide);
    Fr::from_be_bytes_mod_order(&wide)
}

impl SecretSharing for Groth21 {
    fn name(&self) -> &str {
        "groth21"
    }

    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, ProofError> {
        let Numbers { n, m, .. } = self.numbers;
        self.numbers.check_index(dealer)?;
        let polynomials = self.numbers.polynomials(dealer, seed);
        let hash = TaggedHash::new("measured nonces").bytes(seed).number(u64::from(dealer));
        let dealt = parallel::map(m, |key| {
            let mut rng = ChaCha20Rng::from_seed(hash.clone().number(key as u64).digest());
            let commitments = polynomials[key].commit();
            let witness = Witness::new(&polynomials[key], n, &mut rng);
            let limit = Bounds::new(n).z;
            let part = self.deal_key(Place { dealer, key }, &commitments, &witness, &mut rng, limit)?;
            Ok((commitments, part))
        });
        let dealt = dealt.into_iter().collect::<Result<Vec<_>, ProofError>>()?;
        let (commitments, parts): (Vec<_>, Vec<_>) = dealt.into_iter().unzip();
        Ok(Dealing { commitments: commitments.concat(), parts }.to_bytes())
    }

    fn verify(&self, dealer: u16, dealing: &[u8]) -> Result<(), ProofError> {
        if self.check_together(&[(dealer, dealing)])? { Ok(()) } else { self.reason(dealer, dealing) }
    }

    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), ProofError> {
        check_distinct(dealings)?;
        let parts: Vec<(u16, &[u8])> = dealings.iter().map(|(dealer, bytes)| (*dealer, &bytes[..])).collect();
        if self.check_together(&parts)? {
            return Ok(());
        }
        parts.iter().try_for_each(|(dealer, bytes)| self.verify(*dealer, bytes))
    }

    fn decrypt(&self, index: u16, dealer: u16, dealing: &[u8]) -> Result<Vec<Fr>, ProofError> {
        self.numbers.check_index(dealer)?;
        self.numbers.check_index(index)?;
        let Received { commitments, chunks } = Received::from_bytes(self.numbers, index, dealing)?;
        let shares = parallel::map(chunks.len(), |key| {
            self.decrypt_key(index, &chunks[key])
                .ok_or(ProofError::Share { recipient: index, validator: key })
        });
        let shares = shares.into_iter().collect::<Result<Vec<_>, _>>()?;
        check_shares(index, &shares, &commitments, self.numbers.t)?;
        Ok(shares)
    }
}

//! The proof of correct chunking (section 6.5 of the paper): every chunk is small, nearly.
//!
//! With `l = 32` repetitions, challenges `0 <= e[i][j][k] < E = 256`, `S = 16 n (B-1)(E-1)` and `Z = 2 l S`:
//!
//! ```text
//! prover     y_0 = u·g        B_k = beta_k·g      C'_k = beta_k·y_0 + sigma_k·g,    -S <= sigma_k < Z
//!            z_k = sum_ij e[i][j][k] s[i][j] + sigma_k;   again with other sigma if some z_k is not in 0..Z
//!            D_0 = delta_0·g  D_i = delta_i·g     Y = delta_0·y_0 + sum_i delta_i·y_i
//!            z_r[i] = sum_jk x^k e[i][j][k] r_j + delta_i      z_b = sum_k x^k beta_k + delta_0
//!
//! (C1)  sum_jk x^k e[i][j][k] R_j + D_i                          = z_r[i]·g           for each i
//! (C2)  sum_k x^k B_k + D_0                                      = z_b·g
//! (C3)  sum_ijk x^k e[i][j][k] C[i][j] + sum_k x^k C'_k + Y      = sum_i z_r[i]·y_i + z_b·y_0 + (sum_k x^k z_k)·g
//! (C4)  0 <= z_k < Z
//! ```
//!
//! What it proves of a chunk `s` is that `D s` lies between `-Z` and `Z` for some `1 <= D < E`: so much a recipient must be ready
//! to search. An attempt succeeds with probability `(2l / (2l + 1))^l`, six in ten.
//!
//! The paper draws `y_0` from the group; here the dealer knows its logarithm, as it does of any point that it draws as a
//! multiple of `g`, and computes `C'_k` with the tables of `g`. Nothing rests on its ignorance: `y_0` is the dealer's to choose.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ff::Zero;
use merlin::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use super::{BASE, CHUNKS, Keys, Witness, ciphertext::Ciphertext, powers, random};
use crate::{batch::Weights, error::ProofError, fiat_shamir::FiatShamir, group, group::GroupSum, parallel};

/// `l`: challenges that a dealer would have to guess.
pub(super) const REPETITIONS: usize = 32;
/// `E`: challenges are bytes.
const CHALLENGES: i64 = 256;

/// What a dealer says about the size of its chunks.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    /// `y_0`.
    pub(super) base: G1Affine,
    /// `B_k`, then `C'_k`.
    pub(super) masks: Vec<G1Affine>,
    /// `D_0, …, D_n`, then `Y`.
    pub(super) blinders: Vec<G1Affine>,
    /// `z_r[1], …, z_r[n]`, then `z_b`.
    pub(super) randomness: Vec<Fr>,
    /// `z_k`.
    pub(super) sizes: Vec<u64>,
}

/// `S` and `Z` for `n` recipients.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    s: i64,
    pub(super) z: i64,
}

impl Bounds {
    pub(super) fn new(recipients: usize) -> Self {
        let s = (recipients * CHUNKS) as i64 * (BASE - 1) * (CHALLENGES - 1);
        Self { s, z: 2 * REPETITIONS as i64 * s }
    }

    /// `sigma`.
    fn mask(self, rng: &mut ChaCha20Rng) -> i64 {
        let wide = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
        (wide % (self.z + self.s) as u128) as i64 - self.s
    }
}

/// Proves that the chunks are below [`BASE`]; `fs` has absorbed the statement. Responses lie in `0..limit`, which is `Z` for whoever wants to be believed.
pub(super) fn prove(
    keys: &Keys,
    fs: &mut Transcript,
    witness: &Witness,
    rng: &mut ChaCha20Rng,
    limit: i64,
) -> Result<Proof, ProofError> {
    let n = keys.points.len();
    let log_base = random(rng);
    let betas: Vec<Fr> = (0..REPETITIONS).map(|_| random(rng)).collect();
    let times_generator = |scalars: &[Fr]| {
        let products = parallel::map(scalars.len(), |index| keys.generator.multiply(&scalars[index]));
        group::normalize(&products)
    };
    let fixed = times_generator(&[&[log_base][..], &betas].concat());
    let (base, mut masks) = (fixed[0], fixed[1..].to_vec());
    let (challenges, sizes) = loop {
        let sigmas: Vec<i64> = (0..REPETITIONS).map(|_| Bounds::new(n).mask(rng)).collect();
        let logs: Vec<Fr> =
            betas.iter().zip(&sigmas).map(|(beta, sigma)| log_base * beta + Fr::from(*sigma)).collect();
        masks.truncate(REPETITIONS);
        masks.extend(times_generator(&logs));
        let mut attempt = fs.clone();
        let challenges = Challenges::new(&mut attempt, n, &base, &masks);
        let sizes = challenges.sizes(&witness.chunks, &sigmas);
        if sizes.iter().all(|size| (0..limit).contains(size)) {
            *fs = attempt;
            break (challenges, sizes.into_iter().map(i64::unsigned_abs).collect::<Vec<_>>());
        }
    };
    let deltas: Vec<Fr> = (0..=n).map(|_| random(rng)).collect();
    let terms = parallel::map(n, |i| keys.tables[i].multiply(&deltas[i + 1]));
    let blinder = keys.generator.multiply(&(log_base * deltas[0])) + terms.into_iter().sum::<G1Projective>();
    let mut blinders = times_generator(&deltas);
    blinders.push(blinder.into());
    let powers = absorb(fs, &sizes, &blinders)?;
    let combined = challenges.combine(&powers);
    let response = |(chunks, delta): (&[Fr], &Fr)| {
        chunks.iter().zip(&witness.randomness).map(|(e, r)| *e * r).sum::<Fr>() + delta
    };
    let mut randomness: Vec<Fr> = combined.chunks(CHUNKS).zip(&deltas[1..]).map(response).collect();
    randomness.push(betas.iter().zip(&powers).map(|(beta, power)| *beta * power).sum::<Fr>() + deltas[0]);
    Ok(Proof { base, masks, blinders, randomness, sizes })
}

/// `x, x^2, …, x^l`.
fn absorb(fs: &mut Transcript, sizes: &[u64], blinders: &[G1Affine]) -> Result<Vec<Fr>, ProofError> {
    sizes.iter().for_each(|size| fs.append_number(b"z_k", *size as usize));
    fs.append_points(b"D, Y", blinders);
    Ok(powers(fs.challenge(b"x")?, REPETITIONS))
}

/// `e[i][j][k]`, `k` fastest.
struct Challenges(Vec<u8>);

impl Challenges {
    fn new(fs: &mut Transcript, recipients: usize, base: &G1Affine, masks: &[G1Affine]) -> Self {
        fs.append_point(b"y_0", base);
        fs.append_points(b"B, C'", masks);
        let mut bytes = vec![0; recipients * CHUNKS * REPETITIONS];
        fs.challenge_bytes(b"e", &mut bytes);
        Self(bytes)
    }

    /// `z_k`, for small chunks; what does not fit saturates, and is out of range.
    fn sizes(&self, chunks: &[[i64; CHUNKS]], sigmas: &[i64]) -> Vec<i64> {
        let mut sizes = sigmas.to_vec();
        for (challenges, chunk) in self.0.chunks(REPETITIONS).zip(chunks.iter().flatten()) {
            for (size, challenge) in sizes.iter_mut().zip(challenges) {
                *size = size.saturating_add(chunk.saturating_mul(i64::from(*challenge)));
            }
        }
        sizes
    }

    /// `sum_k x^k e[i][j][k]` for each chunk, `j` fastest.
    fn combine(&self, powers: &[Fr]) -> Vec<Fr> {
        let multiples = |power: &Fr| {
            let multiples = std::iter::successors(Some(Fr::zero()), |sum| Some(*sum + power));
            multiples.take(CHALLENGES as usize).collect::<Vec<_>>()
        };
        let multiples: Vec<Vec<Fr>> = powers.iter().map(multiples).collect();
        let combine = |challenges: &[u8]| -> Fr {
            challenges.iter().zip(&multiples).map(|(challenge, m)| m[usize::from(*challenge)]).sum()
        };
        self.0.chunks(REPETITIONS).map(combine).collect()
    }
}

/// Checks (C4), and adds (C1), (C2) and (C3), each with a weight of its own.
pub(super) fn add(
    proof: &Proof,
    fs: &mut Transcript,
    ciphertext: &Ciphertext,
    weights: &mut Weights,
    sum: &mut GroupSum,
) -> Result<(), ProofError> {
    let bounds = Bounds::new(ciphertext.recipients());
    if proof.sizes.iter().any(|size| *size >= bounds.z.unsigned_abs()) {
        return Err(ProofError::InvalidProof);
    }
    add_equations(proof, fs, ciphertext, weights, sum)
}

/// (C1), (C2) and (C3).
pub(super) fn add_equations(
    proof: &Proof,
    fs: &mut Transcript,
    ciphertext: &Ciphertext,
    weights: &mut Weights,
    sum: &mut GroupSum,
) -> Result<(), ProofError> {
    let n = ciphertext.recipients();
    let challenges = Challenges::new(fs, n, &proof.base, &proof.masks);
    let powers = absorb(fs, &proof.sizes, &proof.blinders)?;
    let combined = challenges.combine(&powers);
    let (c2, c3) = (weights.draw(), weights.draw());
    let c1: Vec<Fr> = (0..n).map(|_| weights.draw()).collect();

    let mut randomizers = [Fr::zero(); CHUNKS];
    for (row, weight) in combined.chunks(CHUNKS).zip(&c1) {
        randomizers.iter_mut().zip(row).for_each(|(scalar, e)| *scalar += *weight * e);
    }
    randomizers.iter().zip(&ciphertext.randomizers).for_each(|(scalar, point)| sum.add(*scalar, *point));
    combined.iter().zip(&ciphertext.chunks).for_each(|(e, point)| sum.add(c3 * e, *point));
    let mask_weights = powers.iter().map(|power| c2 * power).chain(powers.iter().map(|power| c3 * power));
    proof.masks.iter().zip(mask_weights).for_each(|(point, weight)| sum.add(weight, *point));
    let blinder_weights = [c2].into_iter().chain(c1.iter().copied()).chain([c3]);
    proof.blinders.iter().zip(blinder_weights).for_each(|(point, weight)| sum.add(weight, *point));

    let (keys, beta) = proof.randomness.split_at(n);
    let beta: Fr = beta.iter().sum();
    sum.add(-c3 * beta, proof.base);
    sum.fixed.iter_mut().zip(keys).for_each(|(key, response)| *key -= c3 * response);
    let sizes: Fr = proof.sizes.iter().zip(&powers).map(|(size, power)| Fr::from(*size) * power).sum();
    let responses: Fr = keys.iter().zip(&c1).map(|(response, weight)| *response * weight).sum();
    sum.generator -= responses + c2 * beta + c3 * sizes;
    Ok(())
}

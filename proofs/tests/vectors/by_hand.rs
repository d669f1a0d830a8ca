//! What a chunk of a dealing says, computed here from its bytes: `ctx`, `b`, `e`, shares, and the equation of Groth16.

use std::ops::Range;

use ark_bls12_381::{Bls12_381, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, pairing::Pairing};
use ark_ff::{BigInteger, PrimeField};
use ark_serialize::CanonicalDeserialize;
use coram_circuits::{Fr, share_encryption::pads};
use coram_proofs::{ProofSystemId, Setting, hash::TaggedHash};
use jubjub::{AffinePoint, ExtendedPoint, Scalar};

pub const POINT: usize = 48;
pub const WORD: usize = 32;

/// One chunk of a dealing.
pub struct Chunk<'a> {
    pub setting: &'a Setting,
    pub system: ProofSystemId,
    pub relation: [u8; 32],
    pub dealer: u16,
    pub dealing: &'a [u8],
    pub number: usize,
    pub validators: Range<usize>,
    /// `D0 | y | proof`.
    pub bytes: Range<usize>,
}

/// Where `R` stands.
pub fn ephemeral_key(setting: &Setting) -> usize {
    setting.validators as usize * usize::from(setting.threshold) * POINT
}

/// Where the first chunk's `D0` stands.
pub fn chunks(setting: &Setting) -> usize {
    ephemeral_key(setting) + WORD + setting.validators as usize * setting.recipients.len() * WORD
}

impl Chunk<'_> {
    pub fn blinder(&self) -> &[u8] {
        &self.dealing[self.bytes.clone()][..POINT]
    }

    pub fn masked_sum(&self) -> &[u8] {
        &self.dealing[self.bytes.clone()][POINT..POINT + WORD]
    }

    pub fn proof(&self) -> &[u8] {
        &self.dealing[self.bytes.clone()][POINT + WORD..]
    }

    pub fn ephemeral_key(&self) -> [u8; 32] {
        self.dealing[ephemeral_key(self.setting)..][..WORD].try_into().unwrap()
    }

    /// Where the encrypted shares of a validator stand.
    fn ciphertexts(&self, validator: usize) -> usize {
        ephemeral_key(self.setting) + WORD + validator * self.setting.recipients.len() * WORD
    }
}

/// What a chunk is bound to.
pub struct Challenges {
    pub ctx: Fr,
    pub b: Fr,
    pub e: Fr,
}

impl Challenges {
    pub fn of(chunk: &Chunk<'_>) -> Self {
        let Chunk { setting, dealing, validators, .. } = chunk;
        let ctx = TaggedHash::new("pad")
            .bytes(&setting.ceremony)
            .bytes(&setting.roster)
            .number(0) // role
            .number(u64::from(chunk.dealer))
            .number(setting.recipients.len() as u64)
            .number(u64::from(setting.threshold))
            .number(u64::from(setting.validators))
            .bytes(&chunk.relation)
            .number(u64::from(chunk.system.number()))
            .number(chunk.number as u64)
            .number(validators.start as u64)
            .number(validators.end as u64)
            .bytes(&chunk.ephemeral_key())
            .list(&dealing[..ephemeral_key(setting)].chunks(POINT).collect::<Vec<_>>())
            .field();
        let ciphertexts = &dealing[chunk.ciphertexts(validators.start)..chunk.ciphertexts(validators.end)];
        let ciphertexts: Vec<&[u8]> = ciphertexts.chunks(WORD).collect();
        let b = TaggedHash::new("blind").bytes(&scalar_bytes(&ctx)).list(&ciphertexts).field();
        let e = TaggedHash::new("link").bytes(&scalar_bytes(&b)).bytes(chunk.blinder()).field();
        Self { ctx, b, e }
    }
}

/// `c - p` for every validator of a chunk, with a multiplication by hand.
pub fn decrypt(chunk: &Chunk<'_>, ctx: Fr, index: u16, key: &[u8; 32]) -> Vec<Fr> {
    let point = ExtendedPoint::from(AffinePoint::from_bytes(chunk.ephemeral_key()).unwrap());
    let shared = AffinePoint::from(point * Scalar::from_bytes(key).unwrap());
    let pads = pads(ctx, index, montgomery(&shared).0, chunk.validators.len());
    let ciphertext = |validator: usize| {
        let place = chunk.ciphertexts(validator) + (usize::from(index) - 1) * WORD;
        Fr::from_be_bytes_mod_order(&chunk.dealing[place..place + WORD])
    };
    chunk.validators.clone().zip(pads.iter()).map(|(j, pad)| ciphertext(j) - pad).collect()
}

/// `u = (1 + y)/(1 - y)` and `v = u/x`, where the crate calls `x` u and `y` v.
fn montgomery(point: &AffinePoint) -> (Fr, Fr) {
    let x = Fr::from_le_bytes_mod_order(&point.get_u().to_bytes());
    let y = Fr::from_le_bytes_mod_order(&point.get_v().to_bytes());
    let one = Fr::from(1u64);
    let u = (one + y) / (one - y);
    (u, u / x)
}

/// `u(R), v(R), ctx, b, e, y`, then `u(ek), v(ek)` of every recipient.
pub fn public_inputs(chunk: &Chunk<'_>, challenges: &Challenges) -> Vec<Fr> {
    let (u, v) = montgomery(&AffinePoint::from_bytes(chunk.ephemeral_key()).unwrap());
    let y = Fr::from_be_bytes_mod_order(chunk.masked_sum());
    let mut inputs = vec![u, v, challenges.ctx, challenges.b, challenges.e, y];
    for index in 1..=chunk.setting.recipients.len() as u16 {
        let key = chunk.setting.recipients.get(index).unwrap().to_bytes();
        let (u, v) = montgomery(&AffinePoint::from_bytes(key).unwrap());
        inputs.extend([u, v]);
    }
    inputs
}

/// `e(A, B) = e(alpha, beta) e(sum_j x_j IC_j, G2) e(C, delta)`, with the pairing of arkworks.
pub fn holds(verifying_key: &[u8], inputs: &[Fr], proof: &[u8]) -> bool {
    let g1 = |bytes: &[u8]| G1Affine::deserialize_compressed(bytes).unwrap();
    let g2 = |bytes: &[u8]| G2Affine::deserialize_compressed(bytes).unwrap();
    let elements: Vec<G1Affine> = verifying_key[240..].chunks(POINT).map(g1).collect();
    assert_eq!(elements.len(), inputs.len() + 1);
    let terms = elements[1..].iter().zip(inputs).map(|(element, input)| *element * input);
    let sum = terms.fold(G1Projective::from(elements[0]), |sum, term| sum + term);
    let left = Bls12_381::pairing(g1(&proof[..48]), g2(&proof[48..144]));
    let right = Bls12_381::multi_pairing(
        [G1Projective::from(g1(&verifying_key[..48])), sum, g1(&proof[144..]).into()],
        [g2(&verifying_key[48..144]), G2Affine::generator(), g2(&verifying_key[144..240])],
    );
    left == right
}

pub fn scalar_bytes(scalar: &Fr) -> [u8; 32] {
    scalar.into_bigint().to_bytes_be().try_into().unwrap()
}

//! Dealing: from a seed to a dealing that is proved.

use ark_bls12_381::Fr;
use coram_circuits::{
    hash::TaggedHash,
    share_encryption::{EphemeralScalar, blinder, masked_sum, pads},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Scheme;
use crate::{
    dealing::{Chunk, Dealing, EncodedProof},
    error::ProofError,
    group, parallel,
    polynomial::Polynomial,
    statement::{blinder_key, chunk_ciphertexts, link_challenge, open_fiat_shamir, statement},
};

impl Scheme {
    /// Makes the dealing of `dealer` (from 1). Every secret and nonce is derived from `seed`, so the same arguments give the
    /// same bytes.
    ///
    /// # Errors
    ///
    /// [`ProofError::Index`] if there is no such dealer; otherwise an error means that the machine computed wrongly, since
    /// the dealing is verified before it is returned.
    pub fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Dealing, ProofError> {
        let secrets = Secrets { scheme: self, dealer, seed };
        let scalar = secrets.ephemeral_scalar();
        let polynomials = secrets.polynomials();
        let commitments = parallel::map(self.setting.m(), |j| polynomials[j].commit()).concat();
        let dealing = Dealing::new(self.layout, commitments, scalar.ephemeral_key(), Vec::new(), Vec::new());
        let (dealing, masks) = self.encrypt(dealer, dealing, &polynomials, &scalar);
        let dealing = self.prove(dealer, dealing, &scalar, &masks, &secrets)?;
        self.verify(dealer, dealing).map(|verified| verified.dealing)
    }

    /// `c_l = f_j(i) + p_l`, for every chunk.
    pub(super) fn encrypt(
        &self,
        dealer: u16,
        mut dealing: Dealing,
        polynomials: &[Polynomial],
        scalar: &EphemeralScalar,
    ) -> (Dealing, Masks) {
        let mut masks = Masks::default();
        for (place, _, system) in self.places(dealer) {
            if masks.shared_secrets.is_empty() {
                masks.shared_secrets = system.shared_secrets(scalar);
            }
            let ctx = place.context(&dealing.ephemeral, &dealing.commitments);
            let pads = self.pads(ctx, place.validators.len(), &masks.shared_secrets);
            for (polynomial, offset) in polynomials[place.validators].iter().zip(0..) {
                let shares = (1..).zip(pads.iter()).map(|(i, pads)| polynomial.evaluate(i) + pads[offset]);
                dealing.ciphertexts.extend(shares);
            }
            masks.pads.push(pads);
        }
        (dealing, masks)
    }

    /// `p[i][j]`: recipient by recipient, from `u(K[i])`.
    fn pads(&self, ctx: Fr, outputs: usize, shared_secrets: &[Fr]) -> Vec<Vec<Fr>> {
        parallel::map(self.setting.n(), |index| pads(ctx, index as u16 + 1, shared_secrets[index], outputs))
    }

    /// Adds `D0`, `y` and the proof of every chunk.
    pub(super) fn prove(
        &self,
        dealer: u16,
        mut dealing: Dealing,
        scalar: &EphemeralScalar,
        masks: &Masks,
        secrets: &Secrets<'_>,
    ) -> Result<Dealing, ProofError> {
        for ((place, _, system), pads) in self.places(dealer).zip(&masks.pads) {
            let ctx = place.context(&dealing.ephemeral, &dealing.commitments);
            let blind = blinder_key(&ctx, chunk_ciphertexts(&dealing, &place.validators, self.setting.n()));
            let p0 = Zeroizing::new(blinder(blind, masks.shared_secrets[self.setting.n()]));
            let d0 = group::multiply(&group::generator(), &p0).into();
            let challenge = link_challenge(&blind, &d0);
            let mut chunk = Chunk {
                blinder: d0,
                masked_sum: masked_sum(challenge, *p0, pads),
                proof: EncodedProof::default(),
            };
            let statement = statement(&place, &dealing, &chunk);
            let fs = open_fiat_shamir(&place, &dealing, &chunk, &statement);
            chunk.proof = system.prove(fs, &statement, scalar, &secrets.proof_seed(place.chunk))?.into();
            dealing.chunks.push(chunk);
        }
        Ok(dealing)
    }
}

/// What hides the shares of a dealing.
#[derive(Default, Zeroize, ZeroizeOnDrop)]
pub(super) struct Masks {
    /// `u(K[i])` of every recipient in order, then `u(s*H)`.
    shared_secrets: Zeroizing<Vec<Fr>>,
    /// `p[i][j]` of every chunk, recipient by recipient.
    pads: Vec<Vec<Vec<Fr>>>,
}

/// Everything random in a dealing, derived from one seed.
pub(super) struct Secrets<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) dealer: u16,
    pub(super) seed: &'a [u8; 32],
}

impl Secrets<'_> {
    /// A hash over the seed, the place of the dealing and a purpose.
    pub(super) fn derive(&self, purpose: &str, index: usize) -> TaggedHash {
        let hash = self.scheme.setting.bind("dealer's secret", self.dealer).bytes(self.seed);
        hash.bytes(&self.scheme.relation_digest()).bytes(purpose.as_bytes()).number(index as u64)
    }

    pub(super) fn ephemeral_scalar(&self) -> EphemeralScalar {
        EphemeralScalar::from_uniform_bytes(&Zeroizing::new(self.derive("ephemeral scalar", 0).digest()))
    }

    fn polynomials(&self) -> Vec<Polynomial> {
        let t = self.scheme.setting.t();
        let coefficients =
            |j: usize| (j * t..(j + 1) * t).map(|index| self.derive("coefficient", index).field());
        (0..self.scheme.setting.m()).map(|j| Polynomial::new(coefficients(j).collect())).collect()
    }

    pub(super) fn proof_seed(&self, chunk: usize) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.derive("proof", chunk).digest())
    }
}

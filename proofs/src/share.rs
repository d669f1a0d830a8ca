//! Opening a recipient's shares. Everything here that touches the decryption key or a share is constant time.

use coram_circuits::{jubjub::montgomery_u, poseidon::Field as _, share_encryption::pads};
use jubjub::Fq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    aggregate::Aggregate,
    encryption_key::{DecryptionKey, constant_time},
    error::ProofError,
    extraction::Extraction,
    group,
    scheme::{Scheme, VerifiedDealing},
};

/// A share of a validator's key: a BLS secret key, 32 bytes, big-endian.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Share([u8; 32]);

impl Share {
    /// The 32 big-endian bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0)
    }

    /// The public share, compressed.
    #[must_use]
    pub fn public_share(&self) -> [u8; 48] {
        group::encode(&group::public_key(&self.0))
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Share(<redacted>)")
    }
}

impl Scheme {
    /// The shares of recipient `index` (from 1), validator by validator: `s[i][j] = sum over dealers d of d^k (c - p)`, where `j` is the
    /// `k`-th key of its batch, so that `d^k` is 1 in a plain sum. `aggregate` is that of the same dealings.
    ///
    /// # Errors
    ///
    /// [`ProofError::Dealers`] if the dealings were verified in another setting; [`ProofError::WrongDecryptionKey`] if `key` is not the recipient's; [`ProofError::Share`] if a share is not the one
    /// that the dealings commit to. No secret is part of the error: a shared secret that was given away would decrypt
    /// the dealings of honest dealers too.
    pub fn open(
        &self,
        dealings: &[VerifiedDealing],
        aggregate: &Aggregate,
        index: u16,
        key: &DecryptionKey,
    ) -> Result<Vec<Share>, ProofError> {
        if dealings
            .iter()
            .map(|dealing| dealing.scheme)
            .chain([aggregate.scheme])
            .any(|scheme| scheme != self.digest())
        {
            return Err(ProofError::Dealers);
        }
        let announced = self.setting().recipients.get(index).ok_or(ProofError::Index(index))?;
        if key.encryption_key() != *announced {
            return Err(ProofError::WrongDecryptionKey(index));
        }
        let mut sums = Zeroizing::new(vec![Fq::zero(); aggregate.validators()]);
        for dealing in dealings {
            self.add_shares(dealing, aggregate.extraction, index, key, &mut sums);
        }
        sums.iter().enumerate().map(|(validator, sum)| checked(*sum, aggregate, index, validator)).collect()
    }

    /// Adds what one dealing contributes to every validator's sum.
    pub(crate) fn add_shares(
        &self,
        verified: &VerifiedDealing,
        extraction: Extraction,
        index: u16,
        key: &DecryptionKey,
        sums: &mut [Fq],
    ) {
        let dealer = Fq::from(u64::from(verified.dealer));
        let secret = constant_time(&verified.dealing.ephemeral) * key.scalar();
        let u = montgomery_u(&secret);
        for (polynomials, ctx) in self.chunks().zip(&verified.contexts) {
            let pads = Zeroizing::new(pads(Fq::from_fr(*ctx), index, u, polynomials.len()));
            for (polynomial, pad) in polynomials.clone().zip(pads.iter()) {
                let ciphertexts = verified.dealing.ciphertexts_of(polynomial);
                let Some(c) = ciphertexts.get(usize::from(index) - 1) else { continue };
                let mut weighted = Zeroizing::new(Fq::from_fr(*c) - pad);
                for sum in sums.get_mut(extraction.batch(polynomial)).into_iter().flatten() {
                    *sum += &*weighted;
                    *weighted *= dealer;
                }
            }
        }
    }
}

/// Checks `s·G1 = S`.
fn checked(sum: Fq, aggregate: &Aggregate, recipient: u16, validator: usize) -> Result<Share, ProofError> {
    let mut bytes = sum.to_bytes();
    bytes.reverse();
    let share = Share(bytes);
    bytes.zeroize();
    if aggregate.public_share(recipient, validator) == Some(share.public_share()) {
        Ok(share)
    } else {
        Err(ProofError::Share { recipient, validator })
    }
}

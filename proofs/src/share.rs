//! Opening a recipient's shares. Everything here that touches the decryption key or a share is constant time.

use coram_circuits::{jubjub::montgomery_u, poseidon::Field as _, share_encryption::pads};
use jubjub::Fq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    aggregate::Aggregate,
    encryption_key::{DecryptionKey, constant_time},
    error::ProofError,
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
    /// The shares of recipient `index` (from 1), validator by validator: `s[i][j] = sum over dealers of (c - p)`. `aggregate` is the
    /// sum of the same dealings.
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
        let mut sums = Zeroizing::new(vec![Fq::zero(); self.setting().m()]);
        for dealing in dealings {
            self.add_shares(dealing, index, key, &mut sums);
        }
        sums.iter().enumerate().map(|(validator, sum)| checked(*sum, aggregate, index, validator)).collect()
    }

    /// Adds `c - p` of one dealing to every validator's sum.
    pub(crate) fn add_shares(
        &self,
        verified: &VerifiedDealing,
        index: u16,
        key: &DecryptionKey,
        sums: &mut [Fq],
    ) {
        let secret = constant_time(&verified.dealing.ephemeral) * key.scalar();
        let u = montgomery_u(&secret);
        for (validators, ctx) in self.chunks().zip(&verified.contexts) {
            let pads = Zeroizing::new(pads(Fq::from_fr(*ctx), index, u, validators.len()));
            for (validator, pad) in validators.clone().zip(pads.iter()) {
                let ciphertexts = verified.dealing.ciphertexts_of(validator);
                if let (Some(sum), Some(c)) =
                    (sums.get_mut(validator), ciphertexts.get(usize::from(index) - 1))
                {
                    *sum += Fq::from_fr(*c) - pad;
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

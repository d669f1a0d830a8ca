//! What a dealing is bound to.

use coram_circuits::{hash::TaggedHash, jubjub::Point};

use crate::{encryption_key::EncryptionKey, error::ProofError};

/// The most recipients of a dealing.
pub const MAX_RECIPIENTS: usize = 255;
/// The most keys that one ceremony makes; fewer with more than two recipients, see [`MAX_SHARES`].
pub const MAX_VALIDATORS: u32 = 65_536;

/// The most shares in a dealing, recipients times validators: the relation has a pad for each.
pub const MAX_SHARES: usize = coram_circuits::share_encryption::MAX_PADS;

/// The encryption keys of all recipients, in the order of their indices; no two are related.
///
/// That each recipient knows the secret of its key is for the caller to check, with
/// [`Possession`](crate::Possession): without it, nobody knows that the recipient can decrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipients(Vec<EncryptionKey>);

impl Recipients {
    /// Collects the keys of recipients 1, 2, ….
    ///
    /// # Errors
    ///
    /// [`ProofError::RelatedKeys`] if two keys are equal or each other's negative. The pads depend on the abscissa of the
    /// shared secret, which is the same for both: an operator that announced a peer's key would
    /// know that its own shares are masked by secrets that the peer knows.
    pub fn new(keys: Vec<EncryptionKey>) -> Result<Self, ProofError> {
        let mut abscissas: Vec<_> =
            (1..).zip(&keys).map(|(index, key)| (key.0.montgomery().0, index)).collect();
        abscissas.sort_unstable();
        for pair in abscissas.windows(2) {
            if let &[(a, first), (b, second)] = pair
                && a == b
            {
                return Err(ProofError::RelatedKeys { first, second });
            }
        }
        Ok(Self(keys))
    }

    /// How many recipients there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key of recipient `index`, from 1.
    #[must_use]
    pub fn get(&self, index: u16) -> Option<&EncryptionKey> {
        self.0.get(usize::from(index).checked_sub(1)?)
    }

    pub(crate) fn points(&self) -> Vec<Point> {
        self.0.iter().map(|key| key.0).collect()
    }
}

/// In which capacity a dealer deals. The number is hashed into every pad, so that a dealing made in one capacity
/// cannot be shown as one made in another, where the same index may be another operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Role {
    /// A member of the committee that receives the shares.
    #[default]
    Member = 0,
}

/// Everything that a dealing is bound to, but its dealer and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The ceremony's id.
    pub ceremony: [u8; 32],
    /// The hash of the roster: of all operators' Joins.
    pub roster: [u8; 32],
    /// In which capacity the dealers deal.
    pub role: Role,
    /// `t`: coefficients of each polynomial, shares that recover a key.
    pub threshold: u16,
    /// Polynomials that every dealer deals: `m`, one for each key, and fewer where several keys are made of each; see
    /// [`Extraction`](crate::Extraction).
    pub validators: u32,
    /// The `n` recipients.
    pub recipients: Recipients,
}

impl Setting {
    /// Checks that the numbers fit together.
    pub(crate) fn check(&self) -> Result<(), ProofError> {
        let recipients = self.recipients.len();
        let fits = (1..=MAX_RECIPIENTS).contains(&recipients)
            && (1..=recipients).contains(&usize::from(self.threshold))
            && (1..=MAX_VALIDATORS).contains(&self.validators);
        if fits {
            Ok(())
        } else {
            let (threshold, validators) = (self.threshold, self.validators);
            Err(ProofError::Parameters { recipients, threshold, validators })
        }
    }

    pub(crate) fn n(&self) -> usize {
        self.recipients.len()
    }

    pub(crate) fn t(&self) -> usize {
        usize::from(self.threshold)
    }

    pub(crate) fn m(&self) -> usize {
        self.validators as usize
    }

    /// Starts a hash that is bound to this setting and to a dealer.
    pub(crate) fn bind(&self, label: &str, dealer: u16) -> TaggedHash {
        TaggedHash::new(label)
            .bytes(&self.ceremony)
            .bytes(&self.roster)
            .number(self.role as u64)
            .number(u64::from(dealer))
            .number(self.n() as u64)
            .number(u64::from(self.threshold))
            .number(u64::from(self.validators))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption_key::DecryptionKey;

    fn key(seed: u8) -> EncryptionKey {
        DecryptionKey::derive(&[seed; 32], b"test").encryption_key()
    }

    #[test]
    fn equal_keys_are_refused_with_their_names() {
        let keys = vec![key(1), key(2), key(3), key(2)];
        assert_eq!(Recipients::new(keys), Err(ProofError::RelatedKeys { first: 2, second: 4 }));
    }

    #[test]
    fn negated_keys_are_refused() {
        let mut bytes = key(1).to_bytes();
        // The sign of the Edwards abscissa is the top bit.
        bytes[31] ^= 0x80;
        let negated = EncryptionKey::from_bytes(&bytes).unwrap();
        assert_ne!(negated, key(1));
        assert_eq!(
            Recipients::new(vec![key(1), negated]),
            Err(ProofError::RelatedKeys { first: 1, second: 2 })
        );
    }
}

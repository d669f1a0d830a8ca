//! The domain-separated hash that every part of Coram uses.
//!
//! ```text
//! H(label; x_1, …, x_k)  = SHA-256( "coram/v1" || len(label) || label || len(x_1) || x_1 || … || len(x_k) || x_k )
//! Hr(label; x_1, …, x_k) = ( SHA-256(h || 0) || SHA-256(h || 1) )  mod r,   h = H(label; x_1, …, x_k)
//! ```
//!
//! Lengths are 8 bytes, big-endian, so two different lists of parts never give the same input. The 64 bytes of
//! `Hr` are read as a big-endian integer; its distance from uniform is below 2^-250. Both are functions
//! of the parts alone: a contract can compute them.

use ark_bls12_381::Fr;
use sha2::{Digest, Sha256};

use crate::wide;

/// Separates this protocol and its version from every other use of SHA-256.
const PROTOCOL: &[u8] = b"coram/v1";

/// A hash under construction: a label, then parts, each prefixed with its length.
#[derive(Clone)]
pub struct TaggedHash(Sha256);

impl TaggedHash {
    /// Starts a hash for the purpose `label`.
    #[must_use]
    pub fn new(label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(PROTOCOL);
        Self(hash).bytes(label.as_bytes())
    }

    /// Appends one part of any length.
    #[must_use]
    pub fn bytes(mut self, part: &[u8]) -> Self {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    /// Appends an integer as a part of eight bytes, big-endian.
    #[must_use]
    pub fn number(self, part: u64) -> Self {
        self.bytes(&part.to_be_bytes())
    }

    /// Appends a list: its number of entries, then each entry as a part.
    #[must_use]
    pub fn list<T: AsRef<[u8]>>(self, parts: &[T]) -> Self {
        let start = self.number(parts.len() as u64);
        parts.iter().fold(start, |hash, part| hash.bytes(part.as_ref()))
    }

    /// `H`: the 32-byte digest.
    #[must_use]
    pub fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    /// 64 bytes that depend on all parts. [`Self::field`] reads them big-endian; scalars of Jubjub are read from them
    /// little-endian, as the `jubjub` crate does.
    #[must_use]
    pub fn wide(self) -> [u8; 64] {
        let short = self.digest();
        let mut wide = [0; 64];
        for (counter, half) in wide.chunks_exact_mut(32).enumerate() {
            let mut hash = Sha256::new();
            hash.update(short);
            hash.update([counter as u8]);
            half.copy_from_slice(&hash.finalize());
        }
        wide
    }

    /// `Hr`: an element of the scalar field of BLS12-381.
    #[must_use]
    pub fn field(self) -> Fr {
        wide::from_be_bytes(&self.wide())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_slide_into_each_other() {
        let joined = TaggedHash::new("test").bytes(b"ab").bytes(b"c").digest();
        let shifted = TaggedHash::new("test").bytes(b"a").bytes(b"bc").digest();
        assert_ne!(joined, shifted);
    }

    #[test]
    fn a_label_is_not_a_part() {
        assert_ne!(TaggedHash::new("testa").digest(), TaggedHash::new("test").bytes(b"a").digest());
    }

    #[test]
    fn the_two_halves_differ() {
        let wide = TaggedHash::new("test").wide();
        assert_ne!(wide[..32], wide[32..]);
    }
}

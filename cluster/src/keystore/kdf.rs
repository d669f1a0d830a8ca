//! From the password to a key, at a cost that is bounded.

use crate::ClusterError;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The most memory that scrypt may take, in bytes: twice what the usual `n = 2^18, r = 8` takes.
const MAX_MEMORY: u64 = 512 << 20;
/// The most bytes that scrypt may mix, over all its `p` lanes.
const MAX_WORK: u64 = 4 << 30;
/// The most rounds of PBKDF2: 64 times the usual number.
const MAX_ROUNDS: u32 = 1 << 24;
/// The longest salt, in bytes.
const MAX_SALT: usize = 256;

/// A key derivation function with its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kdf {
    /// PBKDF2 with HMAC-SHA-256.
    Pbkdf2 {
        /// The number of iterations.
        rounds: u32,
    },
    /// scrypt.
    Scrypt {
        /// The base-2 logarithm of the cost `n`.
        log_n: u8,
        /// The block size.
        r: u32,
        /// The number of lanes.
        p: u32,
    },
}

impl Kdf {
    /// What Charon writes: PBKDF2 with 2^18 iterations.
    pub const CHARON: Self = Self::Pbkdf2 { rounds: 262_144 };

    /// The scrypt parameters of EIP-2335's vectors; 256 MiB of memory for each keystore.
    pub const SCRYPT: Self = Self::Scrypt { log_n: 18, r: 8, p: 1 };

    /// Whether the cost is within what is read.
    pub(super) fn check(self) -> Result<(), ClusterError> {
        let modest = match self {
            Self::Pbkdf2 { rounds } => (1..=MAX_ROUNDS).contains(&rounds),
            Self::Scrypt { log_n, r, p } => {
                let memory =
                    1u64.checked_shl(log_n.into()).and_then(|n| n.checked_mul(128)?.checked_mul(r.into()));
                let work = memory.and_then(|memory| memory.checked_mul(p.into()));
                (1..32).contains(&log_n)
                    && memory.is_some_and(|memory| (1..=MAX_MEMORY).contains(&memory))
                    && work.is_some_and(|work| (1..=MAX_WORK).contains(&work))
            }
        };
        if modest { Ok(()) } else { Err(ClusterError::KeystoreCost { kdf: self }) }
    }

    /// The 32-byte key for a password.
    pub(super) fn derive(self, password: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, ClusterError> {
        self.check()?;
        if salt.len() > MAX_SALT {
            return Err(ClusterError::TooLong {
                what: "salt".to_owned(),
                length: salt.len(),
                limit: MAX_SALT,
            });
        }
        let password = normalize(password);
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Self::Pbkdf2 { rounds } => {
                pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, rounds, &mut *key);
            }
            Self::Scrypt { log_n, r, p } => {
                let refused = || ClusterError::KeystoreCost { kdf: self };
                let params = scrypt::Params::new(log_n, r, p).map_err(|_| refused())?;
                scrypt::scrypt(password.as_bytes(), salt, &params, &mut *key).map_err(|_| refused())?;
            }
        }
        Ok(key)
    }
}

/// The password as EIP-2335 hashes it: NFKD, without the C0 and C1 control codes and Delete.
fn normalize(password: &str) -> Zeroizing<String> {
    // A character becomes at most 18 by NFKD; with room for them the text is never moved, leaving a copy behind.
    let mut normal = Zeroizing::new(String::with_capacity(password.len() * 18));
    normal.extend(password.nfkd().filter(|c| !c.is_control()));
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_normalized() {
        assert_eq!(*normalize("𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑"), "testpassword🔑");
        assert_eq!(*normalize("a\u{7}b\u{7f}c\u{85}\n"), "abc");
        assert_eq!(*normalize("0123456789abcdef"), "0123456789abcdef");
    }

    #[test]
    fn outrageous_costs_are_refused_before_anything_is_allocated() {
        for kdf in [
            Kdf::Pbkdf2 { rounds: 0 },
            Kdf::Pbkdf2 { rounds: u32::MAX },
            Kdf::Scrypt { log_n: 63, r: 8, p: 1 },
            Kdf::Scrypt { log_n: 255, r: 8, p: 1 },
            Kdf::Scrypt { log_n: 18, r: u32::MAX, p: u32::MAX },
            Kdf::Scrypt { log_n: 20, r: 8, p: 1 },
            Kdf::Scrypt { log_n: 4, r: 8, p: 1 << 30 },
            Kdf::Scrypt { log_n: 0, r: 8, p: 1 },
            Kdf::Scrypt { log_n: 4, r: 0, p: 1 },
            Kdf::Scrypt { log_n: 4, r: 1, p: 0 },
        ] {
            assert_eq!(kdf.derive("", &[]), Err(ClusterError::KeystoreCost { kdf }));
        }
        assert!(Kdf::CHARON.check().is_ok() && Kdf::SCRYPT.check().is_ok());
        assert!(Kdf::Pbkdf2 { rounds: 1 }.derive("", &[0; 257]).is_err());
    }
}

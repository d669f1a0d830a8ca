//! Names of things by their hash: one type for each kind of thing, so that none is taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a 32-byte hash with a type of its own.
macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps a digest.
            #[must_use]
            pub const fn new(digest: [u8; 32]) -> Self {
                Self(digest)
            }

            /// The digest.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "0x{}", hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::hex::Array::deserialize(deserializer).map(|array| Self(array.0))
            }
        }
    };
}

hash_type! {
    /// Names one attempt at one ceremony; stands in every message and every proof.
    CeremonyId
}
hash_type! {
    /// Names the Joins of all operators; stands in every later message.
    RosterHash
}
hash_type! {
    /// Names a message by its signed content, without the signature.
    MessageId
}
hash_type! {
    /// Names the Commits of all dealers; stands in every Deal.
    CommitsHash
}
hash_type! {
    /// Names all Joins, Commits and Deals; stands in every Attest.
    DealingsRoot
}
hash_type! {
    /// Names all Joins, Commits, Deals and Attests; stands in every Seal.
    TranscriptRoot
}

impl RosterHash {
    /// What a Join carries in place of a roster hash.
    pub const NONE: Self = Self([0; 32]);
}

impl CommitsHash {
    /// What a Deal carries when the ceremony has no Commits.
    pub const NONE: Self = Self([0; 32]);
}

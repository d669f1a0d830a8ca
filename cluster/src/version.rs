//! The versions of the file formats. One version governs a definition and its lock.

use std::fmt;
use std::str::FromStr;

use crate::error::ClusterError;

/// A version of the definition and lock formats, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// v1.4.0: the creator signs. Read and verified only.
    V1_4,
    /// v1.5.0: a pair of addresses for each validator. Read and verified only.
    V1_5,
    /// v1.6.0: one deposit for each validator in the lock.
    V1_6,
    /// v1.7.0: builder registrations and node signatures in the lock.
    V1_7,
    /// v1.8.0: deposit amounts; several deposits for each validator in the lock.
    V1_8,
    /// v1.9.0: the consensus protocol.
    V1_9,
    /// v1.10.0: target gas limit and compounding credentials.
    V1_10,
    /// v1.11.0: the JSON of v1.10, with signature fields hashed as lists, for wallets with several owners.
    V1_11,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 8] =
        [Self::V1_4, Self::V1_5, Self::V1_6, Self::V1_7, Self::V1_8, Self::V1_9, Self::V1_10, Self::V1_11];

    /// The text that stands in files, such as `v1.10.0`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_4 => "v1.4.0",
            Self::V1_5 => "v1.5.0",
            Self::V1_6 => "v1.6.0",
            Self::V1_7 => "v1.7.0",
            Self::V1_8 => "v1.8.0",
            Self::V1_9 => "v1.9.0",
            Self::V1_10 => "v1.10.0",
            Self::V1_11 => "v1.11.0",
        }
    }

    /// Whether a ceremony can be run for a definition of this version.
    #[must_use]
    pub fn supports_ceremony(self) -> bool {
        self >= Self::V1_6
    }

    /// Whether every validator has a pair of addresses of its own.
    #[must_use]
    pub fn has_validator_addresses(self) -> bool {
        self >= Self::V1_5
    }

    /// Whether the lock has builder registrations and node signatures.
    #[must_use]
    pub fn has_registrations(self) -> bool {
        self >= Self::V1_7
    }

    /// Whether the definition lists deposit amounts, and the lock a deposit for each of them.
    #[must_use]
    pub fn has_deposit_amounts(self) -> bool {
        self >= Self::V1_8
    }

    /// Whether the definition names a consensus protocol.
    #[must_use]
    pub fn has_consensus_protocol(self) -> bool {
        self >= Self::V1_9
    }

    /// Whether the definition has a target gas limit and says whether credentials compound.
    #[must_use]
    pub fn has_gas_limit_and_compounding(self) -> bool {
        self >= Self::V1_10
    }

    /// Whether a signature field is a list of 65-byte signatures.
    #[must_use]
    pub fn has_signature_lists(self) -> bool {
        self >= Self::V1_11
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Version {
    type Err = ClusterError;

    fn from_str(text: &str) -> Result<Self, ClusterError> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
            .ok_or_else(|| ClusterError::UnknownVersion(text.chars().take(32).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_reads_back() {
        for version in Version::ALL {
            assert_eq!(version.as_str().parse(), Ok(version));
        }
        for text in ["", "v1.3.0", "v1.12.0", "1.10.0", "v1.10", "v1.10.0 ", "V1.10.0"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn ceremonies_start_with_v1_6() {
        assert!(!Version::V1_5.supports_ceremony());
        assert!(Version::V1_6.supports_ceremony());
        assert!(Version::V1_9 < Version::V1_10);
    }
}

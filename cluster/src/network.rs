//! The networks that a definition can name by its fork version, and networks that the caller describes.

use std::borrow::Cow;

use crate::error::ClusterError;

/// An Ethereum-like network, as far as its deposits, registrations and typed signatures depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    name: Cow<'static, str>,
    chain_id: u64,
    fork_version: [u8; 4],
    genesis_time: u64,
    custom: bool,
}

const MAX_NAME_LEN: usize = 64;

const fn known(name: &'static str, chain_id: u64, fork_version: u32, genesis_time: u64) -> Network {
    Network {
        name: Cow::Borrowed(name),
        chain_id,
        fork_version: fork_version.to_be_bytes(),
        genesis_time,
        custom: false,
    }
}

// Holesky's time is that of its Capella fork: it is what Charon signed registrations with.
static KNOWN: [Network; 7] = [
    known("mainnet", 1, 0x0000_0000, 1_606_824_023),
    known("goerli", 5, 0x0000_1020, 1_616_508_000),
    known("gnosis", 100, 0x0000_0064, 1_638_993_340),
    known("chiado", 10200, 0x0000_006f, 1_665_396_300),
    known("holesky", 17000, 0x0101_7000, 1_696_000_704),
    known("sepolia", 11_155_111, 0x9000_0069, 1_655_733_600),
    known("hoodi", 560_048, 0x1000_0910, 1_742_213_400),
];

impl Network {
    /// Every network of the table.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &KNOWN
    }

    /// The network of the table with this genesis fork version.
    #[must_use]
    pub fn by_fork_version(fork_version: [u8; 4]) -> Option<Self> {
        KNOWN.iter().find(|network| network.fork_version == fork_version).cloned()
    }

    /// The network of the table with this name; `prater` is goerli.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let name = if name == "prater" { "goerli" } else { name };
        KNOWN.iter().find(|network| network.name == name).cloned()
    }

    /// A network that is not in the table. Nothing in a definition says its chain id or its genesis time
    /// (Unix seconds), so the caller has to.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Network`] if the name is empty, overlong, or not lowercase letters, digits and `-`, if it or
    /// the fork version belongs to the table, or if chain id or genesis time is zero.
    pub fn custom(
        name: &str,
        fork_version: [u8; 4],
        chain_id: u64,
        genesis_time: u64,
    ) -> Result<Self, ClusterError> {
        let refuse = |why: &str| Err(ClusterError::Network(why.to_owned()));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > MAX_NAME_LEN || !name.chars().all(plain) {
            return refuse("a custom network's name is 1 to 64 lowercase letters, digits and hyphens");
        }
        if Self::by_name(name).is_some() {
            return refuse("a custom network cannot take the name of a known one");
        }
        // A known fork version with another chain id would make signatures of one network pass for another's.
        if Self::by_fork_version(fork_version).is_some() {
            return refuse("a custom network cannot take the fork version of a known one");
        }
        if chain_id == 0 || genesis_time == 0 {
            return refuse("a custom network needs a chain id and a genesis time");
        }
        Ok(Self { name: Cow::Owned(name.to_owned()), chain_id, fork_version, genesis_time, custom: true })
    }

    /// Its name, as in deposit files.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The chain id of its execution layer, which typed signatures cover.
    #[must_use]
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The genesis fork version, which deposits and registrations are signed under.
    #[must_use]
    pub const fn fork_version(&self) -> [u8; 4] {
        self.fork_version
    }

    /// Genesis time in Unix seconds: the timestamp of every builder registration.
    #[must_use]
    pub const fn genesis_time(&self) -> u64 {
        self.genesis_time
    }

    /// Whether the caller described it, as opposed to the table.
    #[must_use]
    pub const fn is_custom(&self) -> bool {
        self.custom
    }

    /// Whether real money is at stake.
    #[must_use]
    pub fn is_production(&self) -> bool {
        !self.custom && (self.name == "mainnet" || self.name == "gnosis")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ssz;

    #[test]
    fn fork_versions_give_the_published_domain_suffixes() {
        let suffixes = [
            ("mainnet", "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a9"),
            ("goerli", "e4be9393b074ca1f3e4aabd585ca4bea101170ccfaf71b89ce5c5c38"),
            ("gnosis", "f925ddc5e2ae63752ccc93b8e3ecbc14259c1b3447464e8d4940230c"),
            ("chiado", "0dcd4496472eed03785d00b1d8b52a3bc8a2818ba3929b39ba033c61"),
            ("sepolia", "d3010778cd08ee514b08fe67b6c503b510987a4ce43f42306d97c67c"),
            ("hoodi", "719103511efa4f1362ff2a50996cccf329cc84cb410c5e5c7d351d03"),
        ];
        for (name, suffix) in suffixes {
            let network = Network::by_name(name).unwrap();
            let version = ssz::fixed_bytes("fork version", &network.fork_version(), 4).unwrap();
            let root = ssz::container(&[version, [0; 32]]);
            assert_eq!(hex::encode(&root[..28]), suffix, "{name}");
        }
    }

    #[test]
    fn names_and_fork_versions_are_distinct() {
        for network in Network::all() {
            assert_eq!(Network::by_fork_version(network.fork_version()).as_ref(), Some(network));
            assert_eq!(Network::by_name(network.name()).as_ref(), Some(network));
        }
        assert_eq!(Network::by_name("prater"), Network::by_name("goerli"));
        assert_eq!(Network::by_name("holesky").unwrap().chain_id(), 17000);
    }

    #[test]
    fn custom_networks_do_not_shadow_known_ones() {
        let network = Network::custom("devnet-1", [1, 2, 3, 4], 42, 7).unwrap();
        assert_eq!((network.chain_id(), network.genesis_time(), network.is_custom()), (42, 7, true));
        for (name, version, chain, time) in [
            ("", [1, 2, 3, 4], 42, 7),
            ("a b", [1, 2, 3, 4], 42, 7),
            ("hoodi", [1, 2, 3, 4], 42, 7),
            ("x", [0, 0, 0, 0], 42, 7),
            ("x", [1, 2, 3, 4], 0, 7),
            ("x", [1, 2, 3, 4], 42, 0),
        ] {
            assert!(Network::custom(name, version, chain, time).is_err(), "{name} {version:?}");
        }
    }
}

//! Networks that are not in the table.

use clap::Args;
use coram_cluster::{definition::Definition, network::Network};

use crate::failure::{Exit, Failure};

/// A custom network. All four options are needed, or none.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Custom network")]
pub struct CustomNetwork {
    /// Name of a network that is not in the table
    #[arg(long, value_name = "NAME", env = "CORAM_TESTNET_NAME", requires_all = ["testnet_fork_version", "testnet_chain_id", "testnet_genesis_timestamp"])]
    testnet_name: Option<String>,
    /// Its genesis fork version, such as 0x10000910
    #[arg(long, value_name = "VERSION", env = "CORAM_TESTNET_FORK_VERSION", requires = "testnet_name")]
    testnet_fork_version: Option<String>,
    /// Its chain id
    #[arg(long, value_name = "NUMBER", env = "CORAM_TESTNET_CHAIN_ID", requires = "testnet_name")]
    testnet_chain_id: Option<u64>,
    /// Its genesis time, Unix seconds
    #[arg(long, value_name = "SECONDS", env = "CORAM_TESTNET_GENESIS_TIMESTAMP", requires = "testnet_name")]
    testnet_genesis_timestamp: Option<u64>,
}

/// A network of the table.
pub fn network_by_name(name: &str) -> Result<Network, Failure> {
    Network::by_name(name).ok_or_else(|| {
        Failure::new(Exit::Usage, "network.unknown", format!("{name:?} is no known network"))
            .help(format!("known are {}", names_of_networks()))
    })
}

/// The names of the table.
pub fn names_of_networks() -> String {
    Network::all().iter().map(Network::name).collect::<Vec<_>>().join(", ")
}

impl CustomNetwork {
    /// The custom network, if one is given.
    pub fn get(&self) -> Result<Option<Network>, Failure> {
        let (Some(name), Some(fork), Some(chain), Some(genesis)) = (
            &self.testnet_name,
            &self.testnet_fork_version,
            self.testnet_chain_id,
            self.testnet_genesis_timestamp,
        ) else {
            return Ok(None);
        };
        let mut fork_version = [0; 4];
        hex::decode_to_slice(fork.trim_start_matches("0x"), &mut fork_version).map_err(|_| {
            Failure::new(Exit::Usage, "network.fork-version", format!("{fork} is not a fork version"))
                .help("give four bytes in hex, such as 0x10000910")
        })?;
        Ok(Some(Network::custom(name, fork_version, chain, genesis)?))
    }

    /// The network of a definition: the custom one, or the table's.
    pub fn of(&self, definition: &Definition) -> Result<Network, Failure> {
        let fork_version = definition.fork_version();
        if let Some(custom) = self.get()? {
            if custom.fork_version() == fork_version {
                return Ok(custom);
            }
            let what = format!(
                "the definition is for fork version 0x{}, not that of {}",
                hex::encode(fork_version),
                custom.name()
            );
            return Err(Failure::new(Exit::Usage, "network.other", what));
        }
        definition.network().ok_or_else(|| {
            let what = format!("fork version 0x{} belongs to no known network", hex::encode(fork_version));
            Failure::new(Exit::Usage, "network.unknown", what)
                .help("describe the network with --testnet-name and the options beside it")
        })
    }
}

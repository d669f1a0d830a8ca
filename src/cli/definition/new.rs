//! `coram definition new`: the flags and defaults of Charon's `create dkg`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;
use coram_cluster::ClusterError;
use coram_cluster::definition::{DEFAULT_TARGET_GAS_LIMIT, DefinitionRequest, uuid_text};
use coram_cluster::enr::Enr;
use coram_cluster::network::Network;
use coram_cluster::version::Version;

use super::{exists, print_findings, print_written, write_new};
use crate::cli::network::{CustomNetwork, names_of_networks, network_by_name};
use crate::cli::secret;
use crate::failure::{Exit, Failure};
use crate::printer;
use crate::store::{disk, files};

/// The name of the file, as Charon's.
const FILE: &str = "cluster-definition.json";

/// Make a definition for operators who are named by node records, accounts, or both
///
/// With --operator-enrs alone nobody signs: whoever takes part has to compare the definition hash with all others by another
/// channel. With --operator-addresses and --creator-address the holders of those Ethereum accounts sign it, and operators add
/// their node records as they sign. With --creator-address and --operator-enrs the creator alone signs.
#[derive(Debug, Args)]
pub struct New {
    /// A name for people
    #[arg(long, env = "CORAM_NAME", default_value = "", hide_default_value = true)]
    name: String,
    /// Folder for `cluster-definition.json`; made if it is not there
    #[arg(long, env = "CORAM_OUTPUT_DIR", value_name = "FOLDER", default_value = ".charon")]
    output_dir: PathBuf,
    /// How many validators to make keys for
    #[arg(long, env = "CORAM_NUM_VALIDATORS", value_name = "NUMBER", default_value_t = 1)]
    num_validators: u64,
    /// How many operators sign together; 0 for two thirds of them, rounded up
    #[arg(long, short = 't', env = "CORAM_THRESHOLD", value_name = "NUMBER", default_value_t = 0)]
    threshold: u64,
    /// Where priority fees go: one address for all validators, or one for each
    #[arg(
        long,
        env = "CORAM_FEE_RECIPIENT_ADDRESSES",
        value_name = "ADDRESSES",
        value_delimiter = ',',
        required = true
    )]
    fee_recipient_addresses: Vec<String>,
    /// Where the stake goes: one address for all validators, or one for each, spelled with their EIP-55 checksums
    #[arg(
        long,
        env = "CORAM_WITHDRAWAL_ADDRESSES",
        value_name = "ADDRESSES",
        value_delimiter = ',',
        required = true
    )]
    withdrawal_addresses: Vec<String>,
    /// The key generation; `default` leaves it to the program
    #[arg(long, env = "CORAM_DKG_ALGORITHM", value_name = "NAME", default_value = "default")]
    dkg_algorithm: String,
    /// Amounts of partial deposits in whole ETH; they are signed once each
    #[arg(long, env = "CORAM_DEPOSIT_AMOUNTS", value_name = "AMOUNTS", value_delimiter = ',')]
    deposit_amounts: Vec<u64>,
    /// The operators' node records, in their order
    #[arg(
        long,
        env = "CORAM_OPERATOR_ENRS",
        value_name = "ENRS",
        value_delimiter = ',',
        required_unless_present = "operator_addresses"
    )]
    operator_enrs: Vec<String>,
    /// The operators' Ethereum accounts, in the order of the records if these are given
    #[arg(
        long,
        env = "CORAM_OPERATOR_ADDRESSES",
        value_name = "ADDRESSES",
        value_delimiter = ',',
        requires = "creator_address"
    )]
    operator_addresses: Vec<String>,
    /// The Ethereum account of whoever writes the definition; it has to sign, as every operator that has an account
    #[arg(long, env = "CORAM_CREATOR_ADDRESS", value_name = "ADDRESS")]
    creator_address: Option<String>,
    /// The preferred consensus protocol; only `qbft` is known
    #[arg(
        long,
        env = "CORAM_CONSENSUS_PROTOCOL",
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    consensus_protocol: String,
    /// The gas limit in the builder registrations
    #[arg(long, env = "CORAM_TARGET_GAS_LIMIT", value_name = "GAS", default_value_t = DEFAULT_TARGET_GAS_LIMIT)]
    target_gas_limit: u64,
    /// Validators whose rewards compound: withdrawal credentials of type 0x02
    #[arg(long, env = "CORAM_COMPOUNDING", value_parser = FalseyValueParser::new())]
    compounding: bool,
    /// The network: mainnet, hoodi, sepolia, gnosis, chiado; goerli and holesky, which are closed
    #[arg(
        long,
        env = "CORAM_NETWORK",
        value_name = "NAME",
        default_value = "mainnet",
        conflicts_with = "testnet_name"
    )]
    network: String,
    /// Version of the file format. v1.11.0 is only for wallets with several owners: older tools do not read it
    #[arg(long, env = "CORAM_DEF_VERSION", value_name = "VERSION", default_value = "v1.10.0", value_parser = ["v1.10.0", "v1.11.0"])]
    def_version: String,
    #[command(flatten)]
    custom_network: CustomNetwork,
}

/// Runs the command.
pub fn run(arguments: &New) -> Result<(), Failure> {
    let path = arguments.output_dir.join(FILE);
    if path.exists() {
        return Err(exists(&path));
    }
    let network = arguments.network()?;
    let definition = arguments.request(network.clone())?.create().map_err(usage)?;
    files::make_secret_folder(&arguments.output_dir)
        .map_err(|error| disk(&arguments.output_dir, "make", &error))?;
    write_new(&path, &definition.to_json()?)?;
    // Whoever has to sign, has to after this.
    print_findings(&definition, Some(&network), |finding| {
        !matches!(finding.code, "partly-signed" | "enr-missing")
    });
    printer::notice(match arguments.creator_address {
        Some(_) => {
            "Next: send the file to whoever has to sign it; they run `coram definition sign`. Every signature changes the \
             definition hash, none changes the config hash."
        }
        None => {
            "Next: send the file to every operator. Nobody signs it, so compare the definition hash with them by another channel."
        }
    });
    print_written(&path, &definition)
}

impl New {
    fn network(&self) -> Result<Network, Failure> {
        if let Some(custom) = self.custom_network.get()? {
            return Ok(custom);
        }
        network_by_name(&self.network).map_err(|failure| {
            failure.help(format!(
                "known are {}; describe another one with --testnet-name and the options beside it",
                names_of_networks()
            ))
        })
    }

    fn request(&self, network: Network) -> Result<DefinitionRequest, Failure> {
        self.check_records()?;
        let uuid = uuid_text(&*secret::random()?);
        let timestamp = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        Ok(DefinitionRequest {
            version: self.def_version.parse::<Version>()?,
            name: self.name.clone(),
            num_validators: self.num_validators,
            threshold: Some(self.threshold).filter(|threshold| *threshold != 0),
            fee_recipient_addresses: trimmed(&self.fee_recipient_addresses),
            withdrawal_addresses: trimmed(&self.withdrawal_addresses),
            dkg_algorithm: self.dkg_algorithm.clone(),
            deposit_amounts: self.deposit_amounts.clone(),
            operator_enrs: trimmed(&self.operator_enrs),
            operator_addresses: trimmed(&self.operator_addresses),
            creator_address: self.creator_address.clone(),
            consensus_protocol: self.consensus_protocol.clone(),
            target_gas_limit: self.target_gas_limit,
            compounding: self.compounding,
            ..DefinitionRequest::new(network, uuid, timestamp)
        })
    }

    /// Names the place of a record that is malformed.
    fn check_records(&self) -> Result<(), Failure> {
        for (index, record) in (1..).zip(trimmed(&self.operator_enrs)) {
            Enr::parse(&record).map_err(|error| {
                let what = format!("--operator-enrs: record {index}: {error}");
                Failure::new(Exit::Usage, "definition.request", what)
                    .help("ask that operator for the output of `coram enr show`")
            })?;
        }
        Ok(())
    }
}

/// Lists are often written with a space after the comma.
fn trimmed(list: &[String]) -> Vec<String> {
    list.iter().map(|text| text.trim().to_owned()).collect()
}

/// What is wrong with a request is wrong with the command line.
fn usage(error: ClusterError) -> Failure {
    let what = match error {
        ClusterError::Request { .. } => format!("--{error}"),
        other => other.to_string(),
    };
    Failure::new(Exit::Usage, "definition.request", what)
}

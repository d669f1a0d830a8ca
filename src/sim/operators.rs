//! Operators who do not exist, and their cluster.

use std::path::{Path, PathBuf};

use coram_cluster::{
    ClusterError,
    definition::{Definition, DefinitionRequest, uuid_text},
    enr::Enr,
    ethereum::EthereumKey,
    identity::IdentityKey,
};

use super::{Plan, node};
use crate::cli::network::network_by_name;
use crate::cli::secret::random;
use crate::failure::{Exit, Failure};
use crate::store::{data_dir::IDENTITY_KEY, disk, files};

/// One operator: who it is on the network, and who it is on the chain.
pub struct Operator {
    /// Its key on the network.
    pub identity: IdentityKey,
    account: EthereumKey,
}

/// New operators.
pub fn make_operators(plan: &Plan) -> Result<Vec<Operator>, Failure> {
    (0..plan.operators)
        .map(|_| {
            Ok(Operator {
                identity: random_key(IdentityKey::from_bytes)?,
                account: random_key(EthereumKey::from_bytes)?,
            })
        })
        .collect()
}

/// A secp256k1 key from the system's randomness; almost all of 32 bytes are one.
fn random_key<K, E>(parse: impl Fn(&[u8; 32]) -> Result<K, E>) -> Result<K, Failure> {
    loop {
        if let Ok(key) = parse(&*random()?) {
            return Ok(key);
        }
    }
}

/// A definition that the creator, who is operator 1, and all operators signed.
pub fn make_definition(plan: &Plan, operators: &[Operator]) -> Result<Definition, Failure> {
    let network = network_by_name(&plan.network)?;
    let timestamp = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let addresses: Vec<String> =
        operators.iter().map(|operator| operator.account.address().to_string()).collect();
    let mut request = DefinitionRequest::new(network.clone(), uuid_text(&*random()?), timestamp);
    request.name = "coram sim".to_owned();
    request.num_validators = plan.validators;
    request.threshold = plan.threshold;
    request.fee_recipient_addresses = addresses.iter().take(1).cloned().collect();
    request.withdrawal_addresses = request.fee_recipient_addresses.clone();
    request.operator_enrs =
        operators.iter().map(|operator| Enr::new(&operator.identity).text().to_owned()).collect();
    request.creator_address = addresses.first().cloned();
    request.operator_addresses = addresses;
    let mut definition = request.create().map_err(named_as_here)?;
    for (index, operator) in (1..).zip(operators) {
        let enr = Enr::new(&operator.identity);
        definition.sign_as_operator(index, Some(&enr), &operator.account, &network)?;
    }
    if let Some(creator) = operators.first() {
        definition.sign_as_creator(&creator.account, &network)?;
    }
    Ok(definition)
}

/// What is wrong with a request is wrong with our own options, whose names are shorter.
fn named_as_here(error: ClusterError) -> Failure {
    let ClusterError::Request { field, reason } = error else { return error.into() };
    let option = match field {
        "operator-enrs" | "operator-addresses" => "operators",
        "num-validators" => "validators",
        other => other,
    };
    Failure::new(Exit::Usage, "sim.request", format!("--{option}: {reason}"))
}

/// Lays out the data folders.
pub fn write_folders(output: &Path, operators: &[Operator], definition: &Definition) -> Result<(), Failure> {
    let definition = definition.to_json()?;
    let write = |path: PathBuf, bytes: &[u8], mode| {
        files::write_new(&path, bytes, mode).map_err(|error| disk(&path, "write", &error))
    };
    for (index, operator) in operators.iter().enumerate() {
        let folder = node(output, index);
        files::make_secret_folder(&folder).map_err(|error| disk(&folder, "make", &error))?;
        write(folder.join(IDENTITY_KEY), operator.identity.to_file_text().as_bytes(), files::KEY)?;
        write(folder.join("cluster-definition.json"), &definition, files::PUBLIC)?;
    }
    Ok(())
}

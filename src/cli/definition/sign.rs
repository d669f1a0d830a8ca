//! `coram definition sign`.

use std::path::PathBuf;

use clap::Args;
use coram_cluster::ClusterError;
use coram_cluster::definition::{Definition, Operator, Severity};
use coram_cluster::enr::Enr;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::network::Network;

use super::collect::print_missing;
use super::{Destination, print_findings, report};
use crate::cli::files::{definition_path, read_definition};
use crate::cli::network::CustomNetwork;
use crate::cli::secret;
use crate::failure::{Exit, Failure};
use crate::printer;
use crate::store::data_dir::{DataDir, IDENTITY_KEY};

/// Sign a definition with an Ethereum key, as an operator or as the creator
///
/// An operator signs two things: the config hash, which covers everything but node records and signatures, and its node record,
/// which is filled in here if the definition names the operator by its account alone. The creator signs the config hash.
///
/// Several people sign one definition. Either each signs the file in turn and hands it on (--in-place), or all sign the file as
/// it was made (--output) and somebody brings the copies together with `coram definition merge`; the result is the same. The
/// definition hash covers signatures and records, so it changes with each of them: what operators compare before they take part
/// is the definition hash of the complete file. The config hash stays as it is.
#[derive(Debug, Args)]
pub struct Sign {
    /// The definition; that of the data folder if none is given
    #[arg(long, env = "CORAM_DEFINITION_FILE", value_name = "FILE")]
    definition_file: Option<PathBuf>,
    /// File with the Ethereum account's private key, 64 hex digits, which nobody else may be able to read
    #[arg(long, env = "CORAM_ETHEREUM_KEY_FILE", value_name = "FILE")]
    ethereum_key_file: PathBuf,
    /// Folder with this operator's identity key, whose node record is signed
    #[arg(long, env = "CORAM_DATA_DIR", value_name = "FOLDER", default_value = ".charon")]
    data_dir: PathBuf,
    /// The node record to sign, where the identity key is on another machine
    #[arg(long, env = "CORAM_ENR", value_name = "ENR", conflicts_with = "creator")]
    enr: Option<String>,
    /// Sign as the creator. Whoever is creator and operator signs twice
    #[arg(long)]
    creator: bool,
    /// Which operator, from 1; only where several have one account
    #[arg(long, env = "CORAM_OPERATOR", value_name = "INDEX", conflicts_with = "creator")]
    operator: Option<u16>,
    #[command(flatten)]
    destination: Destination,
    #[command(flatten)]
    custom_network: CustomNetwork,
}

/// Runs the command.
pub fn run(arguments: &Sign) -> Result<(), Failure> {
    let path = definition_path(arguments.definition_file.as_ref(), &arguments.data_dir);
    let mut definition = read_definition(&path)?;
    let network = arguments.custom_network.of(&definition)?;
    explain(&definition, &network);
    let text = secret::read_key_file(&arguments.ethereum_key_file)?;
    let key = EthereumKey::from_text(&text).map_err(|error| {
        let what = format!("{}: {error}", arguments.ethereum_key_file.display());
        Failure::new(Exit::Invalid, "key.form", what)
    })?;
    let signed = if arguments.creator {
        sign_as_creator(&mut definition, &key, &network)
    } else {
        arguments.sign_as_operator(&mut definition, &key, &network)
    };
    printer::notice(&signed?);
    print_missing(&definition);
    arguments.destination.write(&path, &definition)
}

/// Says what is signed, and what is odd about it. That others have not signed yet is not odd here.
fn explain(definition: &Definition, network: &Network) {
    printer::notice(&format!("To be signed: {}.", report::sentence(&definition.summary(Some(network)))));
    print_findings(definition, Some(network), |finding| {
        finding.severity > Severity::Note && !matches!(finding.code, "partly-signed" | "enr-missing")
    });
}

fn sign_as_creator(
    definition: &mut Definition,
    key: &EthereumKey,
    network: &Network,
) -> Result<String, Failure> {
    let before = definition.creator().config_signature().to_vec();
    definition.sign_as_creator(key, network).map_err(not_the_signer)?;
    unreplaced(&[&before], &[definition.creator().config_signature()], "the creator")?;
    Ok(format!("Signed the config hash as the creator, {}.", key.address()))
}

impl Sign {
    fn sign_as_operator(
        &self,
        definition: &mut Definition,
        key: &EthereumKey,
        network: &Network,
    ) -> Result<String, Failure> {
        let index = self.index(definition, key)?;
        let signer = format!("operator {index}");
        let place = usize::from(index).checked_sub(1);
        let operator = place.and_then(|place| definition.operators().get(place));
        let operator = operator.ok_or(ClusterError::NoOperator(index))?.clone();
        let own = self.own_record()?;
        let record = match Enr::parse(operator.enr()) {
            _ if operator.enr().is_empty() => own,
            // The same key can have several records; what is signed is the one in the definition.
            Ok(theirs) if theirs.public_key() == own.public_key() => theirs,
            _ => return Err(foreign_record(index, &operator, &own)),
        };
        definition.sign_as_operator(index, Some(&record), key, network).map_err(not_the_signer)?;
        if let Some(signed) = place.and_then(|place| definition.operators().get(place)) {
            let before = [operator.config_signature(), operator.enr_signature()];
            unreplaced(&before, &[signed.config_signature(), signed.enr_signature()], &signer)?;
        }
        Ok(format!(
            "Signed the config hash and the node record of peer {} as {signer}, {}.",
            record.peer_id(),
            key.address()
        ))
    }

    /// The operator whose account the key is.
    fn index(&self, definition: &Definition, key: &EthereumKey) -> Result<u16, Failure> {
        if let Some(index) = self.operator {
            return Ok(index);
        }
        let account = key.address();
        let named = (1_u16..)
            .zip(definition.operators())
            .filter(|(_, operator)| operator.address() == Some(&account));
        let indices: Vec<u16> = named.map(|(index, _)| index).collect();
        match indices[..] {
            [index] => Ok(index),
            [] => {
                let failure = Failure::new(
                    Exit::Invalid,
                    "definition.not-the-signer",
                    format!("the definition names no operator with the account {account}"),
                );
                Err(failure.help(if definition.creator().address() == Some(&account) {
                    "it is the creator's account: sign with --creator"
                } else {
                    "check the key file and the definition: `coram definition check` prints all accounts"
                }))
            }
            _ => {
                let what = format!("operators {indices:?} all have the account {account}");
                Err(Failure::new(Exit::Usage, "definition.ambiguous", what)
                    .help("say which one signs with --operator"))
            }
        }
    }

    /// The record of the identity key that this operator has. A record without it would be somebody else's node.
    fn own_record(&self) -> Result<Enr, Failure> {
        if let Some(text) = &self.enr {
            return Enr::parse(text.trim())
                .map_err(|error| Failure::new(Exit::Usage, "enr.form", error.to_string()));
        }
        if !self.data_dir.join(IDENTITY_KEY).exists() {
            let what = format!(
                "which node record is yours? There is no identity key in {}",
                self.data_dir.display()
            );
            return Err(Failure::new(Exit::Usage, "identity.missing", what).help(
                "name its folder with --data-dir, or the record with --enr; make one with `coram enr new`",
            ));
        }
        Ok(Enr::new(&DataDir::open(&self.data_dir)?.identity()?))
    }
}

fn foreign_record(index: u16, operator: &Operator, own: &Enr) -> Failure {
    let what = format!(
        "operator {index} has the node record {} in the definition, and yours is {}",
        operator.enr(),
        own.text()
    );
    Failure::new(Exit::Invalid, "definition.other-record", what).help(
        "name the folder of the right identity key with --data-dir, or ask the creator for a new definition",
    )
}

fn not_the_signer(error: ClusterError) -> Failure {
    match error {
        ClusterError::NotTheSigner { .. } => {
            Failure::new(Exit::Invalid, "definition.not-the-signer", error.to_string())
                .help("check the key file and the definition: `coram definition check` prints all accounts")
        }
        other => other.into(),
    }
}

/// Signing twice gives the same bytes; another signature in the same place is somebody's, and is not thrown away.
fn unreplaced(before: &[&[u8]], after: &[&[u8]], signer: &str) -> Result<(), Failure> {
    if before.iter().zip(after).all(|(before, after)| before.is_empty() || before == after) {
        return Ok(());
    }
    let what = format!("the definition already holds another signature of {signer}");
    Err(Failure::new(Exit::Refused, "definition.signed", what).help(
        "`coram definition check` says whether it is good; if not, sign a copy from before it was made",
    ))
}

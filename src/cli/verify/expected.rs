//! What somebody who did not make a lock expects of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use coram_ceremony::verify::{Expectations, ExpectedOperator, ExpectedSetup};
use coram_cluster::address::Address;
use coram_cluster::network::Network;

use crate::cli::amount::parse_eth;
use crate::cli::files::read;
use crate::cli::setup::expected_setup;
use crate::failure::{Exit, Failure};

/// What is expected of the lock.
#[derive(Debug, Args)]
#[command(next_help_heading = "What you expect of the lock")]
pub struct Expected {
    /// A file with all that follows, in JSON, as the page in a browser writes it; what else is given is added
    #[arg(long, env = "CORAM_EXPECT", value_name = "FILE")]
    expect: Option<PathBuf>,
    /// Operators, by Ethereum account (0x…) or node record (enr:…). For them to be anchored, all have to be named
    #[arg(long, env = "CORAM_EXPECT_OPERATOR", value_name = "OPERATOR", value_delimiter = ',', value_parser = operator)]
    expect_operator: Vec<ExpectedOperator>,
    /// Where the stake of every validator is paid out to
    #[arg(long, env = "CORAM_EXPECT_WITHDRAWAL", value_name = "ADDRESS", value_parser = address)]
    expect_withdrawal: Option<Address>,
    /// The network; `custom` for the one of --testnet-name
    #[arg(long, env = "CORAM_EXPECT_NETWORK", value_name = "NAME")]
    expect_network: Option<String>,
    /// The deposits of each validator, in ETH, in any order
    #[arg(long, env = "CORAM_EXPECT_AMOUNT", value_name = "AMOUNT", value_delimiter = ',', value_parser = parse_eth)]
    expect_amount: Vec<u64>,
    /// How many operators must sign together
    #[arg(long, env = "CORAM_EXPECT_THRESHOLD", value_name = "NUMBER")]
    expect_threshold: Option<u64>,
    /// The transcript root, as an operator read it out
    #[arg(long, env = "CORAM_EXPECT_TRANSCRIPT", value_name = "ROOT", value_parser = root)]
    expect_transcript: Option<[u8; 32]>,
    /// The setup of Groth16, by its digest (0x…), or by the node record (enr:…) of somebody who contributed to it and whom you
    /// trust. Without one, every operator must have contributed
    #[arg(long, env = "CORAM_EXPECT_SETUP", value_name = "SETUP", value_delimiter = ',', value_parser = expected_setup)]
    expect_setup: Vec<ExpectedSetup>,
}

impl Expected {
    /// Whether anything is expected.
    pub fn is_any(&self) -> bool {
        let Self {
            expect,
            expect_operator,
            expect_withdrawal,
            expect_network,
            expect_amount,
            expect_threshold,
            expect_transcript,
            expect_setup,
        } = self;
        expect.is_some()
            || !expect_operator.is_empty()
            || expect_withdrawal.is_some()
            || expect_network.is_some()
            || !expect_amount.is_empty()
            || expect_threshold.is_some()
            || expect_transcript.is_some()
            || !expect_setup.is_empty()
    }

    /// The file of expectations, if there is one.
    pub fn file(&self) -> Option<&Path> {
        self.expect.as_deref()
    }

    /// The expectations; `custom` is the network that is described beside them.
    pub fn expectations(&self, custom: Option<&Network>) -> Result<Expectations, Failure> {
        let given = Expectations {
            operators: self.expect_operator.clone(),
            withdrawal: self.expect_withdrawal.clone(),
            network: self.expect_network.as_deref().map(|name| network(name, custom)).transpose()?,
            amounts: self.expect_amount.clone(),
            threshold: self.expect_threshold,
            transcript: self.expect_transcript,
            setup: self.expect_setup.clone(),
        };
        match &self.expect {
            None => Ok(given),
            Some(path) => both(given, parse(path)?),
        }
    }
}

fn parse(path: &Path) -> Result<Expectations, Failure> {
    Expectations::parse(&read(path)?).map_err(|error| {
        let what = format!("{} holds no expectations: {error}", path.display());
        Failure::new(Exit::Usage, "expect.file", what)
    })
}

/// What is expected by options and by a file. Lists of whom one knows add up; of anything else there is one.
fn both(given: Expectations, read: Expectations) -> Result<Expectations, Failure> {
    let Expectations { mut operators, withdrawal, network, mut amounts, threshold, transcript, mut setup } =
        given;
    add(&mut operators, read.operators);
    add(&mut setup, read.setup);
    let sorted = |amounts: &[u64]| amounts.iter().copied().collect::<BTreeSet<u64>>();
    if amounts.is_empty() {
        amounts = read.amounts;
    } else if !read.amounts.is_empty() && sorted(&amounts) != sorted(&read.amounts) {
        return Err(contradiction("amounts"));
    }
    Ok(Expectations {
        operators,
        withdrawal: one("withdrawal addresses", withdrawal, read.withdrawal)?,
        network: one("networks", network, read.network)?,
        amounts,
        threshold: one("thresholds", threshold, read.threshold)?,
        transcript: one("transcripts", transcript, read.transcript)?,
        setup,
    })
}

fn add<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

fn one<T: PartialEq>(what: &str, given: Option<T>, read: Option<T>) -> Result<Option<T>, Failure> {
    match (given, read) {
        (Some(given), Some(read)) if given != read => Err(contradiction(what)),
        (given, read) => Ok(given.or(read)),
    }
}

fn contradiction(what: &str) -> Failure {
    let what = format!("the options and the file of expectations expect different {what}");
    Failure::new(Exit::Usage, "expect.contradiction", what)
}

fn network(name: &str, custom: Option<&Network>) -> Result<Network, Failure> {
    let described = custom.filter(|custom| name == "custom" || name == custom.name());
    described.cloned().or_else(|| Network::by_name(name)).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "network.unknown",
            format!("--expect-network: {name:?} is no known network"),
        )
        .help("describe it with --testnet-name and the options beside it")
    })
}

fn operator(text: &str) -> Result<ExpectedOperator, String> {
    ExpectedOperator::parse(text.trim()).map_err(|error| error.to_string())
}

fn address(text: &str) -> Result<Address, String> {
    Address::parse("address", text.trim()).map_err(|error| error.to_string())
}

fn root(text: &str) -> Result<[u8; 32], String> {
    let mut root = [0; 32];
    let digits = text.trim();
    hex::decode_to_slice(digits.strip_prefix("0x").unwrap_or(digits), &mut root)
        .map_err(|_| "a root is 0x and 64 hex digits".to_owned())?;
    Ok(root)
}

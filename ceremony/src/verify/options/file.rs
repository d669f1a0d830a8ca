//! Expectations as a file, for those who verify more than once, or on a page.

use coram_cluster::ClusterError;
use coram_cluster::address::Address;
use coram_cluster::json::{self, Node};
use coram_cluster::network::Network;

use super::{Expectations, ExpectedOperator, ExpectedSetup};
use crate::limits::MAX_OPERATORS;

/// The largest file of expectations that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// The most amounts that are read.
const MAX_AMOUNTS: usize = 256;

const NETWORK_MEMBERS: &[&str] = &["name", "fork_version", "chain_id", "genesis_timestamp"];

impl Expectations {
    /// The members of a file of expectations.
    pub const MEMBERS: &[&str] =
        &["operators", "withdrawal", "network", "amounts_gwei", "threshold", "transcript", "setup"];

    /// Reads a file of expectations, JSON with these members, all of which may be left out:
    ///
    /// `operators`: list of accounts (`0x…`) or node records (`enr:…`); `withdrawal`: an address; `network`: a name, or an
    /// object with `name`, `fork_version`, `chain_id` and `genesis_timestamp`; `amounts_gwei`: list of numbers;
    /// `threshold`: a number; `transcript`: a root (`0x…`); `setup`: list of digests (`0x…`) or node records.
    ///
    /// # Errors
    ///
    /// What [`coram_cluster::json`] reports, [`ClusterError::UnknownMember`] for any other member, and what the readers of
    /// addresses, node records and networks report.
    pub fn parse(bytes: &[u8]) -> Result<Self, ClusterError> {
        let value = json::check_bounded(bytes, Self::MEMBERS, MAX_BYTES)?;
        let root = Node::root(&value);
        root.only(Self::MEMBERS)?;
        Ok(Self {
            operators: list(&root, "operators", MAX_OPERATORS, |node| ExpectedOperator::parse(node.text()?))?,
            withdrawal: member(&root, "withdrawal", |node| Address::parse("withdrawal", node.text()?))?,
            network: member(&root, "network", network)?,
            amounts: list(&root, "amounts_gwei", MAX_AMOUNTS, |node| node.number())?,
            threshold: member(&root, "threshold", |node| node.number())?,
            transcript: member(&root, "transcript", |node| node.array())?,
            setup: list(&root, "setup", MAX_OPERATORS, |node| ExpectedSetup::parse(node.text()?))?,
        })
    }
}

fn member<T>(
    root: &Node<'_>,
    name: &str,
    read: impl Fn(&Node<'_>) -> Result<T, ClusterError>,
) -> Result<Option<T>, ClusterError> {
    root.optional(name)?.map(|node| read(&node)).transpose()
}

fn list<T>(
    root: &Node<'_>,
    name: &str,
    limit: usize,
    read: impl Fn(&Node<'_>) -> Result<T, ClusterError>,
) -> Result<Vec<T>, ClusterError> {
    Ok(member(root, name, |node| node.elements(limit, &read))?.unwrap_or_default())
}

fn network(node: &Node<'_>) -> Result<Network, ClusterError> {
    if let Ok(name) = node.text() {
        return Network::by_name(name)
            .ok_or_else(|| ClusterError::Network("it is not in the table".to_owned()));
    }
    node.only(NETWORK_MEMBERS)?;
    let number = |name| node.member(name)?.number();
    let fork_version = node.member("fork_version")?.array()?;
    Network::custom(
        node.member("name")?.text()?,
        fork_version,
        number("chain_id")?,
        number("genesis_timestamp")?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(value: &serde_json::Value) -> Result<Expectations, ClusterError> {
        Expectations::parse(value.to_string().as_bytes())
    }

    #[test]
    fn all_members_may_be_there_or_not() {
        assert_eq!(parse(&json!({})), Ok(Expectations::default()));
        assert_eq!(parse(&json!({ "threshold": null, "setup": [] })), Ok(Expectations::default()));
        let account = "0x52fdfc072182654f163f5f0f9a621d729566c74d";
        let root = format!("0x{}", "07".repeat(32));
        let all = json!({
            "operators": [account],
            "withdrawal": account,
            "network": { "name": "devnet", "fork_version": "0x01020304", "chain_id": 5, "genesis_timestamp": 6 },
            "amounts_gwei": [32_000_000_000_u64],
            "threshold": 3,
            "transcript": root,
            "setup": [root],
        });
        let address = Address::parse("", account).unwrap();
        let expected = Expectations {
            operators: vec![ExpectedOperator::Address(address.clone())],
            withdrawal: Some(address),
            network: Network::custom("devnet", [1, 2, 3, 4], 5, 6).ok(),
            amounts: vec![32_000_000_000],
            threshold: Some(3),
            transcript: Some([7; 32]),
            setup: vec![ExpectedSetup::Digest([7; 32])],
        };
        assert_eq!(parse(&all), Ok(expected));
        assert_eq!(parse(&json!({ "network": "hoodi" })).unwrap().network, Network::by_name("hoodi"));
    }

    #[test]
    fn what_is_no_expectation_is_refused() {
        for wrong in [
            json!([]),
            json!(null),
            json!({ "operator": [] }),
            json!({ "Threshold": 3 }),
            json!({ "threshold": "3" }),
            json!({ "operators": ["somebody"] }),
            json!({ "operators": "0x52fdfc072182654f163f5f0f9a621d729566c74d" }),
            json!({ "network": "hodi" }),
            json!({ "network": { "name": "devnet" } }),
            json!({ "network": { "name": "devnet", "fork_version": "0x01020304", "chain_id": 5, "genesis_timestamp": 6, "more": 1 } }),
            json!({ "transcript": "0x12" }),
            json!({ "amounts_gwei": [-1] }),
            json!({ "amounts_gwei": vec![1; 257] }),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
        assert!(Expectations::parse(br#"{"threshold": 3, "threshold": 4}"#).is_err());
        assert!(Expectations::parse(&vec![b' '; MAX_BYTES + 1]).is_err());
    }
}

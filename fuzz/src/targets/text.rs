//! Short texts: addresses, key files, versions, what verifiers expect.

use std::str::FromStr as _;

use coram_ceremony::verify::{ExpectedOperator, ExpectedSetup};
use coram_cluster::address::Address;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::identity::IdentityKey;
use coram_cluster::network::Network;
use coram_cluster::version::Version;

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(address) = Address::parse("an address", text) {
        assert_eq!(address.text(), text);
        let checksummed = address.checksummed();
        match Address::parse("an address", &checksummed) {
            Ok(again) => assert!(again.is_checksummed() && again.bytes() == address.bytes()),
            Err(error) => panic!("{checksummed}: {error}"),
        }
        assert_eq!(address.is_zero(), address.bytes() == [0; 20]);
    }
    if let Ok(key) = IdentityKey::from_file_text(text) {
        let again = IdentityKey::from_file_text(&key.to_file_text());
        assert!(again.is_ok_and(|again| again.public_key() == key.public_key()));
    }
    if let Ok(key) = EthereumKey::from_text(text) {
        assert!(key.address().is_checksummed());
    }
    if let Ok(version) = Version::from_str(text) {
        assert_eq!(version.as_str(), text);
    }
    if let Some(network) = Network::by_name(text) {
        assert_eq!(Network::by_fork_version(network.fork_version()), Some(network));
    }
    let _ = (ExpectedOperator::parse(text), ExpectedSetup::parse(text));
}

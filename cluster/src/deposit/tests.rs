use super::*;
use crate::bls::SecretKey;
use crate::network::Network;
use proptest::prelude::*;

fn golden() -> Option<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/charon/deposit-data.json");
    let file = std::fs::read(path).ok();
    if file.is_none() {
        let required = std::env::var_os("CORAM_REQUIRE_VECTORS").is_some_and(|value| value == "1");
        assert!(!required, "required, but {path} is not there");
        println!("left out: {path} is not here");
    }
    file
}

fn deposit(network: &Network, key: u8, amount: u64) -> Deposit {
    let secret = SecretKey::from_bytes(&[key; 32]).unwrap();
    let message = DepositMessage {
        public_key: secret.public_key().to_bytes(),
        withdrawal_credentials: withdrawal_credentials(&[7; 20], false),
        amount,
    };
    let signature = secret.sign(&message.signing_root(network.fork_version())).to_bytes();
    Deposit { message, signature }
}

#[test]
fn charons_deposits_verify_and_are_written_alike() {
    let Some(file) = golden() else { return };
    let records = parse_file(&file).unwrap();
    assert_eq!(records.len(), 4);
    for record in &records {
        assert_eq!(record.verify(), Ok(()));
        assert_eq!(record.deposit.message.withdrawal_credentials[..12], [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    let network = Network::by_name("goerli").unwrap();
    // In another order: the file is sorted whatever the order of the validators.
    let written = files(&network, records.iter().rev().map(|record| &record.deposit)).unwrap();
    assert_eq!(written, [("deposit-data.json".to_owned(), file)]);
}

#[test]
fn every_changed_field_of_a_record_is_found() {
    let network = Network::by_name("hoodi").unwrap();
    let files = files(&network, &[deposit(&network, 1, 32 * ETH)]).unwrap();
    let record = parse_file(&files[0].1).unwrap().remove(0);
    assert_eq!(record.verify(), Ok(()));
    let changed = |change: fn(&mut DepositRecord)| {
        let mut record = record.clone();
        change(&mut record);
        record.verify().unwrap_err()
    };
    let is_root = |error, name| matches!(error, ClusterError::HashMismatch { what, .. } if what == name);
    assert!(is_root(changed(|r| r.message_root[0] ^= 1), "deposit message root"));
    assert!(is_root(changed(|r| r.data_root[0] ^= 1), "deposit data root"));
    assert!(is_root(changed(|r| r.deposit.message.amount += 1), "deposit message root"));
    assert!(is_root(changed(|r| r.deposit.signature[95] ^= 1), "deposit data root"));
    assert!(matches!(changed(|r| r.network_name = "mainnet".into()), ClusterError::Network(_)));
    assert!(matches!(changed(|r| r.fork_version = [0; 4]), ClusterError::Network(_)));
    // Roots that agree with a changed message, whose signature does not.
    let forged = changed(|r| {
        r.deposit.message.withdrawal_credentials = withdrawal_credentials(&[8; 20], false);
        (r.message_root, r.data_root) = (r.deposit.message.root(), r.deposit.data_root());
    });
    assert_eq!(forged, ClusterError::BlsVerification);
}

#[test]
fn each_amount_has_its_file() {
    let network = Network::by_name("hoodi").unwrap();
    let deposits: Vec<_> = [(1, 32 * ETH), (2, ETH), (1, ETH), (2, 32 * ETH)]
        .map(|(key, amount)| deposit(&network, key, amount))
        .to_vec();
    let files = files(&network, &deposits).unwrap();
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["deposit-data-1eth.json", "deposit-data.json"]);
    for (_, file) in &files {
        let records = parse_file(file).unwrap();
        assert_eq!(records.len(), 2);
        assert!(records[0].deposit.message.public_key < records[1].deposit.message.public_key);
    }
    for (amount, name) in [
        (8 * ETH, "deposit-data-8eth.json"),
        (1_500_000_000, "deposit-data-1.5eth.json"),
        (1_000_000_001, "deposit-data-1.000000001eth.json"),
        (2048 * ETH, "deposit-data-2048eth.json"),
    ] {
        assert_eq!(file_name(amount), name);
    }
}

#[test]
fn no_file_is_written_for_a_wrong_signature() {
    let network = Network::by_name("hoodi").unwrap();
    let mut wrong = deposit(&network, 1, ETH);
    wrong.message.amount = 32 * ETH;
    assert_eq!(files(&network, &[wrong]), Err(ClusterError::BlsVerification));
}

#[test]
fn amounts_are_signed_once_ascending_with_defaults() {
    let eth = |amounts: &[u64]| amounts.iter().map(|amount| amount * ETH).collect::<Vec<_>>();
    assert_eq!(amounts(&[], Version::V1_7, false), eth(&[32]));
    assert_eq!(amounts(&[], Version::V1_8, false), eth(&[1, 32]));
    assert_eq!(amounts(&[], Version::V1_10, true), eth(&[1, 8, 32, 256]));
    assert_eq!(amounts(&eth(&[16, 8, 8]), Version::V1_10, true), eth(&[8, 16]));
}

#[test]
fn amounts_out_of_range_are_refused() {
    assert_eq!(check_amounts(&[], false), Ok(()));
    assert_eq!(check_amounts(&[16 * ETH, 16 * ETH], false), Ok(()));
    assert_eq!(check_amounts(&[2048 * ETH], true), Ok(()));
    let limit = 32 * ETH;
    assert_eq!(check_amounts(&[0, limit], false), Err(ClusterError::DepositAmount { amount: 0, limit }));
    assert_eq!(
        check_amounts(&[33 * ETH], false),
        Err(ClusterError::DepositAmount { amount: 33 * ETH, limit })
    );
    assert_eq!(check_amounts(&[31 * ETH], false), Err(ClusterError::DepositTotal { total: 31 * ETH }));
    assert!(check_amounts(&[2049 * ETH], true).is_err());
}

proptest! {
    #[test]
    fn no_changed_byte_makes_it_panic(place: usize, byte: u8) {
        if let Some(mut file) = golden() {
            let place = place % file.len();
            file[place] = byte;
            let _ = parse_file(&file);
        }
    }
}

//! Dealings from end to end, through the public door.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use coram_proofs::*;

const CEREMONY: [u8; 32] = [1; 32];
const ROSTER: [u8; 32] = [2; 32];

fn keys(n: u8) -> Vec<DecryptionKey> {
    (1..=n).map(|i| DecryptionKey::derive(&[i; 32], b"test")).collect()
}

fn scheme(n: u8, threshold: u16, validators: u32) -> Scheme {
    let recipients = Recipients::new(keys(n).iter().map(DecryptionKey::encryption_key).collect()).unwrap();
    let setting =
        Setting { ceremony: CEREMONY, roster: ROSTER, role: Role::Member, threshold, validators, recipients };
    Scheme::new(setting, &Backend::Transparent).unwrap()
}

#[test]
fn every_recipient_opens_shares_of_the_same_keys() {
    let (n, t, m) = (4, 3, 2);
    let scheme = scheme(n, t, m);
    let dealings: Vec<_> = (1..=u16::from(n))
        .map(|dealer| (dealer, scheme.deal(dealer, &[dealer as u8; 32]).unwrap()))
        .collect();
    for (_, dealing) in &dealings {
        let bytes = dealing.to_bytes();
        assert_eq!(bytes.len(), scheme.dealing_len());
        assert_eq!(scheme.decode(&bytes).unwrap().to_bytes(), bytes);
    }
    let verified = scheme.verify_all(dealings).unwrap();
    let aggregate = Aggregate::new(&verified).unwrap();
    for (index, key) in (1..).zip(keys(n)) {
        let shares = scheme.open(&verified, &aggregate, index, &key).unwrap();
        assert_eq!(shares.len(), m as usize);
    }
}

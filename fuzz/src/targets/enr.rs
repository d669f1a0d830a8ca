//! Node records: as text from anybody, or as content that a key of ours signs, so that what comes after the signature is reached.
//!
//! ```text
//! input = 1, content of the record as RLP items | text
//! ```

use alloy_primitives::keccak256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coram_cluster::enr::{Content, Enr};
use coram_cluster::identity::{IdentityKey, verify_signature};

pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((1, content)) => parse(&signed(content)),
        _ => {
            if let Ok(text) = std::str::from_utf8(data) {
                parse(text);
            }
        }
    }
}

fn parse(text: &str) {
    let content = Content::read(text);
    let Ok(enr) = Enr::parse(text) else { return };
    assert_eq!(enr.text(), text);
    let Ok(content) = content else { panic!("what is verified cannot be shown") };
    assert!(!content.is_cut);
    assert_eq!(content.sequence, Some(enr.sequence()));
    let shown = |name: &[u8]| content.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    assert_eq!(shown(b"secp256k1").map(Vec::as_slice), Some(enr.public_key().as_slice()));
    // The key is one: as somebody's identity it can be asked whether it signed.
    assert!(verify_signature(&enr.public_key(), &[0; 32], &[0; 64]).is_err());
    assert!(enr.peer_id().starts_with("16Uiu2HA"), "{}", enr.peer_id());
}

/// A record of the operator with the key 1.
fn signed(content: &[u8]) -> String {
    let Ok(key) = IdentityKey::from_bytes(&[1; 32]) else { panic!("no key") };
    let signature = key.sign(&keccak256(list(content)));
    let record = list(&[&[0xb8, 64], signature.as_slice(), content].concat());
    format!("enr:{}", URL_SAFE_NO_PAD.encode(record))
}

/// A list in RLP.
fn list(items: &[u8]) -> Vec<u8> {
    let length: Vec<u8> = items.len().to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let prefix = match items.len() {
        short @ 0..=55 => vec![0xc0 + short as u8],
        _ => [&[0xf7 + length.len() as u8], length.as_slice()].concat(),
    };
    [prefix.as_slice(), items].concat()
}

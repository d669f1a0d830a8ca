//! Settings of dealings.

use coram_proofs::*;
use serde_json::{Value, json};

use super::{array, list, number, text};

pub fn keys(n: u16) -> Vec<DecryptionKey> {
    (1..=n).map(|index| DecryptionKey::derive(&[index as u8; 32], b"vectors")).collect()
}

pub fn setting(n: u16, threshold: u16, validators: u32) -> Setting {
    let recipients = Recipients::new(keys(n).iter().map(DecryptionKey::encryption_key).collect()).unwrap();
    Setting { ceremony: [1; 32], roster: [2; 32], role: Role::Member, threshold, validators, recipients }
}

pub fn to_json(setting: &Setting, system: ProofSystemId) -> Value {
    let key = |index| hex::encode(setting.recipients.get(index).unwrap().to_bytes());
    json!({
        "ceremony": hex::encode(setting.ceremony),
        "roster": hex::encode(setting.roster),
        "role": setting.role as u8,
        "proof_system": system.name(),
        "threshold": setting.threshold,
        "validators": setting.validators,
        "keys": (1..=setting.recipients.len() as u16).map(key).collect::<Vec<_>>(),
    })
}

pub fn from_json(value: &Value, system: ProofSystemId) -> Setting {
    assert_eq!(text(value, "proof_system"), system.name());
    assert_eq!(number(value, "role"), Role::Member as u64);
    let key = |text: &Value| {
        let bytes: [u8; 32] = hex::decode(text.as_str().unwrap()).unwrap().try_into().unwrap();
        EncryptionKey::from_bytes(&bytes).unwrap()
    };
    Setting {
        ceremony: array(value, "ceremony"),
        roster: array(value, "roster"),
        role: Role::Member,
        threshold: number(value, "threshold") as u16,
        validators: number(value, "validators") as u32,
        recipients: Recipients::new(list(value, "keys").iter().map(key).collect()).unwrap(),
    }
}

/// The name of an error's variant.
pub fn variant(error: &impl std::fmt::Debug) -> String {
    format!("{error:?}").chars().take_while(|c| c.is_ascii_alphanumeric()).collect()
}

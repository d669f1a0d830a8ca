//! The typed messages (EIP-712) that operators and creator sign, each with one string in it.

use alloy_sol_types::{SolStruct, eip712_domain};

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// An operator agrees to the configuration with this config hash.
    OperatorConfigHash(&'a [u8; 32]),
    /// The creator agrees to the configuration with this config hash.
    CreatorConfigHash(&'a [u8; 32]),
    /// An operator owns the node with this record, given by its text.
    Enr(&'a str),
}

/// The digest of a message on a chain: what the account's key signs.
#[must_use]
pub fn digest(chain_id: u64, message: Message<'_>) -> [u8; 32] {
    let domain = eip712_domain! { name: "Obol", version: "1", chain_id: chain_id, };
    // A hash is signed as text, not as bytes.
    let text = |hash: &[u8; 32]| format!("0x{}", hex::encode(hash));
    let digest = match message {
        Message::OperatorConfigHash(hash) => {
            types::OperatorConfigHash { operator_config_hash: text(hash) }.eip712_signing_hash(&domain)
        }
        Message::CreatorConfigHash(hash) => {
            types::CreatorConfigHash { creator_config_hash: text(hash) }.eip712_signing_hash(&domain)
        }
        Message::Enr(enr) => types::ENR { enr: enr.to_owned() }.eip712_signing_hash(&domain),
    };
    digest.0
}

#[allow(missing_docs)]
mod types {
    alloy_sol_types::sol! {
        struct OperatorConfigHash {
            string operator_config_hash;
        }

        struct CreatorConfigHash {
            string creator_config_hash;
        }

        struct ENR {
            string enr;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_charons() {
        let mut hash = [0; 32];
        hex::decode_to_slice("e57f66637bdfa05cce6a78e8cf4120d67d305b485367a69baa5f738436533bcb", &mut hash)
            .unwrap();
        let digest = digest(11_155_111, Message::CreatorConfigHash(&hash));
        assert_eq!(hex::encode(digest), "7c8fe012e2f872ca7ec870164184f57b921166f80565ff74af7bee5796f973e4");
    }

    #[test]
    fn type_strings_are_the_published_ones() {
        use alloy_sol_types::SolStruct as _;
        assert_eq!(
            types::OperatorConfigHash::eip712_root_type(),
            "OperatorConfigHash(string operator_config_hash)"
        );
        assert_eq!(
            types::CreatorConfigHash::eip712_root_type(),
            "CreatorConfigHash(string creator_config_hash)"
        );
        assert_eq!(types::ENR::eip712_root_type(), "ENR(string enr)");
    }

    #[test]
    fn chain_role_and_value_are_signed() {
        let digests = [
            digest(1, Message::OperatorConfigHash(&[1; 32])),
            digest(2, Message::OperatorConfigHash(&[1; 32])),
            digest(1, Message::OperatorConfigHash(&[2; 32])),
            digest(1, Message::CreatorConfigHash(&[1; 32])),
            digest(1, Message::Enr("enr:")),
        ];
        for (i, digest) in digests.iter().enumerate() {
            assert!(!digests[..i].contains(digest));
        }
    }
}

//! Ethereum addresses, with the text that they were written in.

use std::fmt;

use alloy_primitives::Address as Bytes20;

use crate::error::ClusterError;

/// A 20-byte address, and its text exactly as it stands in the file. Two addresses are equal if their bytes are.
#[derive(Clone)]
pub struct Address {
    text: String,
    bytes: Bytes20,
}

impl Address {
    /// Reads 40 hex digits of either case, with or without `0x`; `what` names the field in errors.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Address`] for any other text.
    pub fn parse(what: &str, text: &str) -> Result<Self, ClusterError> {
        let mut bytes = [0; 20];
        hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes).map_err(|_| {
            ClusterError::Address { what: what.to_owned(), text: text.chars().take(64).collect() }
        })?;
        Ok(Self { text: text.to_owned(), bytes: Bytes20::new(bytes) })
    }

    /// An address in its EIP-55 form.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        let bytes = Bytes20::new(bytes);
        Self { text: bytes.to_checksum(None), bytes }
    }

    /// The text as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The 20 bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 20] {
        self.bytes.into_array()
    }

    /// The EIP-55 form: `0x` and 40 digits whose case is a checksum.
    #[must_use]
    pub fn checksummed(&self) -> String {
        self.bytes.to_checksum(None)
    }

    /// Whether the text is the EIP-55 form, so that a mistyped digit would have been noticed.
    #[must_use]
    pub fn is_checksummed(&self) -> bool {
        self.text == self.checksummed()
    }

    /// Whether all 20 bytes are zero: what is paid there is lost.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.bytes.is_zero()
    }

    /// Whether the text starts with `0x`; Charon hashes addresses without it, but verifies no signature for them.
    #[must_use]
    pub fn has_prefix(&self) -> bool {
        self.text.starts_with("0x")
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Address {}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.checksummed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // From EIP-55.
    const CHECKSUMMED: [&str; 4] = [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    #[test]
    fn checksums_are_those_of_eip_55() {
        for text in CHECKSUMMED {
            let address = Address::parse("x", text).unwrap();
            assert!(address.is_checksummed());
            let lower = Address::parse("x", &text.to_lowercase()).unwrap();
            assert!(!lower.is_checksummed());
            assert_eq!(lower, address);
            assert_eq!(lower.checksummed(), text);
            assert_eq!(lower.text(), text.to_lowercase());
        }
    }

    #[test]
    fn other_texts_are_no_addresses() {
        for text in ["", "0x", "0x00", &"0".repeat(41), &format!("0X{}", "0".repeat(40)), &"g".repeat(40)] {
            assert!(Address::parse("x", text).is_err(), "{text}");
        }
        assert!(!Address::parse("x", &"0".repeat(40)).unwrap().has_prefix());
    }
}

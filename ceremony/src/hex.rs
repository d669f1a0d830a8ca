//! Bytes as JSON text: `0x` and lowercase hex, one text for one value.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Exactly `N` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array<const N: usize>(pub [u8; N]);

/// Any number of bytes. Whoever reads them checks how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl<const N: usize> Serialize for Array<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Array<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let expected = format!("0x and {N} bytes in lowercase hex");
        let wrong = || D::Error::invalid_value(Unexpected::Other("other text"), &expected.as_str());
        decode_array(&text).map(Self).ok_or_else(wrong)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let wrong = || D::Error::invalid_value(Unexpected::Other("other text"), &"0x and lowercase hex");
        decode(&text).map(Self).ok_or_else(wrong)
    }
}

/// `0x` and lowercase hex.
pub fn encode(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// The bytes of `0x` and lowercase hex; `None` for any other text, upper case included.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    hex::decode(digits(text)?).ok()
}

/// Like [`decode`], for exactly `N` bytes.
pub fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(digits(text)?, &mut bytes).ok()?;
    Some(bytes)
}

fn digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("0x")?;
    (!digits.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_for_one_value() {
        assert_eq!(decode_array("0x00ff"), Some([0, 255]));
        assert_eq!(decode("0x"), Some(vec![]));
        for text in ["", "00ff", "0x00FF", "0X00ff", "0x00f", "0x00ffff", " 0x00ff"] {
            assert_eq!(decode_array::<2>(text), None, "{text}");
        }
        assert!(decode("0x0").is_none() && decode("0xAB").is_none() && decode("ab").is_none());
    }
}

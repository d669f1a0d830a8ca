//! What stands in a node record, whoever signed it: to be shown, never relied on.

use super::record_of;
use crate::error::ClusterError;
use crate::rlp::{self, Item};

/// The parts of a node record. Its signature was not checked, and the entries may be any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What should be the signature.
    pub signature: Vec<u8>,
    /// The sequence number, if it is one.
    pub sequence: Option<u64>,
    /// Names and values in the record's order; of a value that is a list, its encoded items.
    pub entries: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether anything is left that has not the form of an entry.
    pub is_cut: bool,
}

impl Content {
    /// Takes a record in its text form apart.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Enr`] if it is not the text of a list that begins with a string.
    pub fn read(text: &str) -> Result<Self, ClusterError> {
        const MALFORMED: ClusterError = ClusterError::Enr("not a canonical RLP list of strings");
        let record = record_of(text)?;
        let mut rest = record.as_slice();
        let Some(Item::List(mut items)) = Item::take(&mut rest) else { return Err(MALFORMED) };
        let signature = Item::take(&mut items).and_then(Item::string).ok_or(MALFORMED)?.to_vec();
        let sequence = Item::take(&mut items).and_then(Item::string).and_then(rlp::number);
        let mut entries = Vec::new();
        while let Some(entry) = entry(&mut items) {
            entries.push(entry);
        }
        Ok(Self { signature, sequence, entries, is_cut: !items.is_empty() || !rest.is_empty() })
    }
}

/// Takes a name and its value off the front.
fn entry(items: &mut &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut rest = *items;
    let name = Item::take(&mut rest)?.string()?.to_vec();
    let (Item::String(value) | Item::List(value)) = Item::take(&mut rest)?;
    let value = value.to_vec();
    *items = rest;
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enr::Enr;
    use crate::identity::IdentityKey;

    #[test]
    fn a_record_that_nobody_signed_is_taken_apart_too() {
        let enr = Enr::at(&IdentityKey::from_bytes(&[1; 32]).unwrap(), [192, 0, 2, 1].into(), 3610, None);
        let content = Content::read(enr.text()).unwrap();
        let names: Vec<&[u8]> = content.entries.iter().map(|(name, _)| name.as_slice()).collect();
        assert_eq!(names, [b"id".as_slice(), b"ip", b"secp256k1", b"tcp"]);
        assert_eq!((content.sequence, content.signature.len(), content.is_cut), (Some(0), 64, false));

        // One more bit in the port: the signature does not fit any more.
        let changed = &enr.text()[..enr.text().len() - 1];
        let changed = ["Q", "g", "w", "A"].map(|last| format!("{changed}{last}"));
        let changed = changed.iter().find(|text| Enr::parse(text).is_err() && Content::read(text).is_ok());
        assert_eq!(Content::read(changed.unwrap()).unwrap().entries.len(), 4);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["", "enr:", "enr:gA", "enr:*", "enr:wA"] {
            assert!(Content::read(text).is_err(), "{text}");
        }
    }
}

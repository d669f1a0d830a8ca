//! Messages with any content, correctly signed.
//!
//! ```text
//! envelope = ceremony (32) | kind (1) | author (2) | roster (32) | offset of the body (4) | signature (64) | body
//! ```

use coram_ceremony::id::{CeremonyId, RosterHash};
use coram_ceremony::message::UnplacedMessage;
use coram_cluster::identity::IdentityKey;

/// Where the signature stands.
const SIGNATURE: std::ops::Range<usize> = 71..135;

/// A message with an empty signature.
pub fn envelope(ceremony: CeremonyId, kind: u8, author: u16, roster: RosterHash, body: &[u8]) -> Vec<u8> {
    let mut bytes = ceremony.as_bytes().to_vec();
    bytes.push(kind);
    bytes.extend(author.to_le_bytes());
    bytes.extend(roster.as_bytes());
    bytes.extend((SIGNATURE.end as u32).to_le_bytes());
    bytes.extend([0; 64]);
    bytes.extend(body);
    bytes
}

/// The body of an encoded message.
pub fn body(message: &[u8]) -> &[u8] {
    message.get(SIGNATURE.end..).unwrap_or_default()
}

/// Signs whatever a message says, if it has the form of one.
pub fn sign(message: &mut [u8], key: &IdentityKey) {
    let Ok(unplaced) = UnplacedMessage::decode(message) else { return };
    let signature = key.sign(unplaced.id().as_bytes());
    if let Some(place) = message.get_mut(SIGNATURE) {
        place.copy_from_slice(&signature);
    }
}

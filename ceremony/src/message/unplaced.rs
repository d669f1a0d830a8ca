//! Messages of a ceremony that the reader does not know: to be shown, never judged.

use super::envelope::Envelope;
use super::{Body, EncodingError, Kind};
use crate::id::{CeremonyId, MessageId, RosterHash};

/// Bytes of the form of a message, of whatever ceremony. Nobody is known to have signed it, and nothing was compared with a
/// definition: lengths and counts in it may be any.
pub struct UnplacedMessage {
    envelope: Envelope,
    kind: Kind,
}

impl UnplacedMessage {
    /// Reads the envelope.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] for anything that is not canonical, or of a kind that this version does not know.
    pub fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        let envelope = Envelope::decode(bytes, bytes.len())?;
        let kind = envelope.kind()?;
        Ok(Self { envelope, kind })
    }

    /// The ceremony that it names.
    #[must_use]
    pub const fn ceremony(&self) -> CeremonyId {
        CeremonyId::new(self.envelope.ceremony)
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The operator that is said to have signed, index from 1.
    #[must_use]
    pub const fn author(&self) -> u16 {
        self.envelope.author
    }

    /// The roster that it names; [`RosterHash::NONE`] in a Join.
    #[must_use]
    pub const fn roster(&self) -> RosterHash {
        RosterHash::new(self.envelope.roster)
    }

    /// The hash of the content.
    #[must_use]
    pub fn id(&self) -> MessageId {
        self.envelope.id()
    }

    /// R||S, said to be the author's, over the id.
    #[must_use]
    pub const fn signature(&self) -> &[u8; 64] {
        &self.envelope.signature
    }

    /// What it says, if it is of the kind `B`.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] if the body is not the canonical encoding of one.
    pub fn body<B: Body>(&self) -> Result<B, EncodingError> {
        let body = B::from_ssz_bytes(&self.envelope.body)?;
        if body.as_ssz_bytes() != self.envelope.body {
            return Err(EncodingError::NotCanonical);
        }
        Ok(body)
    }
}

//! A body with its author and signature, before and after the signature was checked.

use std::sync::Arc;

use coram_cluster::identity::IdentityKey;
use coram_proofs::hash::TaggedHash;

use super::envelope::Envelope;
use super::{Body, EncodingError, Rejection};
use crate::ceremony::Ceremony;
use crate::id::{CeremonyId, MessageId, RosterHash};

/// ```text
/// id = H("message"; ceremony id, kind, author, roster hash, SSZ(body))
/// ```
///
/// The id names the content and is what the author signs. The signature is not part of it: one content can have
/// several valid signatures, and would otherwise have several names.
pub(super) fn message_id(
    ceremony: CeremonyId,
    kind: u8,
    author: u16,
    roster: RosterHash,
    body: &[u8],
) -> MessageId {
    let hash = TaggedHash::new("message")
        .bytes(ceremony.as_ref())
        .number(kind.into())
        .number(author.into())
        .bytes(roster.as_ref())
        .bytes(body);
    MessageId::new(hash.digest())
}

/// A body that somebody says an operator signed.
#[derive(Clone, Debug)]
pub struct Unverified<B> {
    /// The operator that is said to have signed, index from 1.
    pub author: u16,
    /// The roster under which it is said to have signed.
    pub roster: RosterHash,
    /// What it is said to have signed.
    pub body: B,
    /// The signature, R||S.
    pub signature: [u8; 64],
}

impl<B: Body> Unverified<B> {
    /// The hash of the content.
    #[must_use]
    pub fn id(&self, ceremony: CeremonyId) -> MessageId {
        message_id(ceremony, B::KIND.number(), self.author, self.roster, &self.body.as_ssz_bytes())
    }

    /// The message as it travels, whatever it says and whoever signed it.
    #[must_use]
    pub fn to_bytes(&self, ceremony: CeremonyId) -> Vec<u8> {
        Envelope::seal(ceremony, B::KIND, self).to_bytes()
    }

    /// Checks the form of the body and the author's signature.
    ///
    /// # Errors
    ///
    /// [`Rejection::Author`] if the author has no part in this kind, [`Rejection::Encoding`] for a body of another
    /// form, [`Rejection::Signature`] if it is not the author's or has a high S.
    pub fn verify(self, ceremony: &Ceremony) -> Result<Signed<B>, Rejection> {
        if !ceremony.expects(B::KIND, self.author) {
            return Err(Rejection::Author { kind: B::KIND, author: self.author });
        }
        self.body.check_form(ceremony)?;
        let id = self.id(ceremony.id());
        if !ceremony.is_signed(self.author, &id, &self.signature) {
            return Err(Rejection::Signature { kind: B::KIND, author: self.author });
        }
        Ok(Signed::new(ceremony, id, self))
    }
}

/// A body of the right form that its author signed. Cheap to clone.
pub struct Signed<B> {
    ceremony: CeremonyId,
    id: MessageId,
    content: Arc<Unverified<B>>,
}

impl<B> Clone for Signed<B> {
    fn clone(&self) -> Self {
        Self { ceremony: self.ceremony, id: self.id, content: Arc::clone(&self.content) }
    }
}

impl<B: Body> std::fmt::Debug for Signed<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of operator {}: {}", B::KIND, self.author(), self.id)
    }
}

impl<B: Body> Signed<B> {
    fn new(ceremony: &Ceremony, id: MessageId, content: Unverified<B>) -> Self {
        Self { ceremony: ceremony.id(), id, content: Arc::new(content) }
    }

    /// Signs a body that the caller computed itself. The same key and body give the same signature.
    pub(crate) fn sign(
        ceremony: &Ceremony,
        author: u16,
        identity: &IdentityKey,
        roster: RosterHash,
        body: B,
    ) -> Self {
        let id = message_id(ceremony.id(), B::KIND.number(), author, roster, &body.as_ssz_bytes());
        let signature = identity.sign(id.as_bytes());
        Self::new(ceremony, id, Unverified { author, roster, body, signature })
    }

    /// Reads the body of an envelope whose signature was checked.
    pub(super) fn open(
        ceremony: &Ceremony,
        id: MessageId,
        envelope: &Envelope,
    ) -> Result<Self, EncodingError> {
        let body = B::from_ssz_bytes(&envelope.body)?;
        body.check_form(ceremony)?;
        if body.as_ssz_bytes() != envelope.body {
            return Err(EncodingError::NotCanonical);
        }
        let roster = RosterHash::new(envelope.roster);
        let (author, signature) = (envelope.author, envelope.signature);
        Ok(Self::new(ceremony, id, Unverified { author, roster, body, signature }))
    }

    /// The hash of the content.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// The operator who signed, index from 1.
    #[must_use]
    pub fn author(&self) -> u16 {
        self.content.author
    }

    /// The roster that the author had before it; [`RosterHash::NONE`] in a Join.
    #[must_use]
    pub fn roster(&self) -> RosterHash {
        self.content.roster
    }

    /// What the author said.
    #[must_use]
    pub fn body(&self) -> &B {
        &self.content.body
    }

    /// R||S over the id.
    #[must_use]
    pub fn signature(&self) -> &[u8; 64] {
        &self.content.signature
    }

    /// The message as it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.content.to_bytes(self.ceremony)
    }
}

//! Messages as bytes: one container for all kinds, bounded before it is decoded.

use std::sync::Arc;

use ssz::{Decode as _, Encode as _};
use ssz_derive::{Decode, Encode};

use super::signed::message_id;
use super::{Attest, Body, Commit, Deal, EncodingError, Join, Kind, Seal, Signed, Unverified};
use crate::ceremony::Ceremony;
use crate::id::{CeremonyId, MessageId, RosterHash};
use crate::limits::{MAX_OPERATORS, MAX_SOFTWARE};
use crate::parameters::{PROTOCOL_VERSION, WireTerms};

/// The SSZ container of a message: 135 bytes, of which 4 are the offset of the body, then the body.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct Envelope {
    pub(super) ceremony: [u8; 32],
    pub(super) kind: u8,
    pub(super) author: u16,
    pub(super) roster: [u8; 32],
    pub(super) body: Vec<u8>,
    pub(super) signature: [u8; 64],
}

impl Envelope {
    pub(super) fn seal<B: Body>(ceremony: CeremonyId, kind: Kind, content: &Unverified<B>) -> Self {
        Self {
            ceremony: *ceremony.as_bytes(),
            kind: kind.number(),
            author: content.author,
            roster: *content.roster.as_bytes(),
            body: content.body.as_ssz_bytes(),
            signature: content.signature,
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.as_ssz_bytes()
    }

    pub(super) fn decode(bytes: &[u8], most: usize) -> Result<Self, EncodingError> {
        if bytes.len() > most {
            return Err(EncodingError::TooLong { found: bytes.len(), most });
        }
        let envelope = Self::from_ssz_bytes(bytes)?;
        if envelope.to_bytes() != bytes {
            return Err(EncodingError::NotCanonical);
        }
        Ok(envelope)
    }

    pub(super) fn kind(&self) -> Result<Kind, EncodingError> {
        let number = self.kind;
        Kind::from_number(number).ok_or(EncodingError::Unknown { what: "kind of message", number })
    }

    pub(super) fn id(&self) -> MessageId {
        let (ceremony, roster) = (CeremonyId::new(self.ceremony), RosterHash::new(self.roster));
        message_id(ceremony, self.kind, self.author, roster, &self.body)
    }
}

/// Why bytes are no message of this ceremony. It accuses nobody: anybody could have sent them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Not of the form of a message.
    #[error("no message: {0}")]
    Encoding(#[from] EncodingError),
    /// A message of another ceremony, or of another attempt at this one.
    #[error("a message of ceremony {found}, not of {expected}: of another cluster, or of another attempt")]
    OtherCeremony {
        /// The ceremony that the message names.
        found: CeremonyId,
        /// The ceremony of this board.
        expected: CeremonyId,
    },
    /// An operator's Join for an attempt that was abandoned: a replay, or its author has not heard yet.
    #[error(
        "the join of operator {author} for attempt {theirs}, which was abandoned: this is attempt {ours}"
    )]
    EarlierAttempt {
        /// The operator who signed it.
        author: u16,
        /// The attempt that it is for.
        theirs: u32,
        /// The attempt of this board.
        ours: u32,
    },
    /// No such operator, or one from whom no message of this kind is due.
    #[error("no {kind} is due from operator {author}")]
    Author {
        /// The kind of message.
        kind: Kind,
        /// The index that the message names.
        author: u16,
    },
    /// Not the author's signature, or one with a high S.
    #[error("the {kind} of operator {author} is not signed by it")]
    Signature {
        /// The kind of message.
        kind: Kind,
        /// The index that the message names.
        author: u16,
    },
    /// Two different messages of this kind are known already, which is proof enough.
    #[error("operator {author} sent two different {kind} messages already")]
    Surplus {
        /// The kind of message.
        kind: Kind,
        /// The author.
        author: u16,
    },
}

/// Bytes of the form of a message, within bounds.
pub struct UnverifiedMessage {
    envelope: Envelope,
    kind: Kind,
    id: MessageId,
}

impl UnverifiedMessage {
    /// Reads the envelope. The body stays unread until the signature is checked.
    ///
    /// # Errors
    ///
    /// [`Rejection::Encoding`] for anything that is too long or not canonical, [`Rejection::OtherCeremony`].
    pub fn decode(bytes: &[u8], ceremony: &Ceremony) -> Result<Self, Rejection> {
        let envelope = Envelope::decode(bytes, ceremony.limits().message())?;
        let kind = envelope.kind()?;
        if envelope.ceremony != *ceremony.id().as_bytes() {
            let found = CeremonyId::new(envelope.ceremony);
            return Err(Rejection::OtherCeremony { found, expected: ceremony.id() });
        }
        let id = envelope.id();
        Ok(Self { envelope, kind, id })
    }

    /// The hash of the content.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
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

    /// Checks the author's signature, then the form of the body.
    ///
    /// # Errors
    ///
    /// [`Rejection::Author`] and [`Rejection::Signature`]. A signed body of a wrong form is not an error: it is
    /// [`Message::Malformed`], evidence against its author.
    pub fn verify(self, ceremony: &Ceremony) -> Result<Message, Rejection> {
        let Self { envelope, kind, id } = self;
        let author = envelope.author;
        if !ceremony.expects(kind, author) {
            return Err(Rejection::Author { kind, author });
        }
        if !ceremony.is_signed(author, &id, &envelope.signature) {
            return Err(Rejection::Signature { kind, author });
        }
        let message = match kind {
            Kind::Join if envelope.roster != *RosterHash::NONE.as_bytes() => Err(EncodingError::EarlyRoster),
            Kind::Join => Signed::<Join>::open(ceremony, id, &envelope).map(Message::Join),
            Kind::Commit => Signed::<Commit>::open(ceremony, id, &envelope).map(Message::Commit),
            Kind::Deal => Signed::<Deal>::open(ceremony, id, &envelope).map(Message::Deal),
            Kind::Attest => Signed::<Attest>::open(ceremony, id, &envelope).map(Message::Attest),
            Kind::Seal => Signed::<Seal>::open(ceremony, id, &envelope).map(Message::Seal),
        };
        Ok(message.unwrap_or_else(|error| {
            let envelope = Arc::new(envelope);
            Message::Malformed(Malformed { id, kind, error, envelope })
        }))
    }
}

/// A message that its author signed although its body has not the form that the definition calls for.
#[derive(Clone)]
pub struct Malformed {
    id: MessageId,
    kind: Kind,
    error: EncodingError,
    envelope: Arc<Envelope>,
}

impl std::fmt::Debug for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, kind, error, .. } = self;
        f.debug_struct("Malformed").field("id", id).field("kind", kind).field("error", error).finish()
    }
}

impl Malformed {
    /// What is wrong with the body.
    #[must_use]
    pub const fn error(&self) -> &EncodingError {
        &self.error
    }
}

/// A message that its author signed.
#[derive(Clone, Debug)]
pub enum Message {
    /// See [`Join`].
    Join(Signed<Join>),
    /// See [`Commit`].
    Commit(Signed<Commit>),
    /// See [`Deal`].
    Deal(Signed<Deal>),
    /// See [`Attest`].
    Attest(Signed<Attest>),
    /// See [`Seal`].
    Seal(Signed<Seal>),
    /// Signed, but of no use except as evidence.
    Malformed(Malformed),
}

/// Evaluates an expression for the message's content, whatever its kind.
macro_rules! for_any {
    ($message:expr, $signed:ident => $expression:expr, $malformed:ident => $otherwise:expr) => {
        match $message {
            Message::Join($signed) => $expression,
            Message::Commit($signed) => $expression,
            Message::Deal($signed) => $expression,
            Message::Attest($signed) => $expression,
            Message::Seal($signed) => $expression,
            Message::Malformed($malformed) => $otherwise,
        }
    };
}

impl Message {
    /// Reads and checks a message of this ceremony.
    ///
    /// # Errors
    ///
    /// See [`UnverifiedMessage::decode`] and [`UnverifiedMessage::verify`].
    pub fn read(bytes: &[u8], ceremony: &Ceremony) -> Result<Self, Rejection> {
        UnverifiedMessage::decode(bytes, ceremony)?.verify(ceremony)
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Join(_) => Kind::Join,
            Self::Commit(_) => Kind::Commit,
            Self::Deal(_) => Kind::Deal,
            Self::Attest(_) => Kind::Attest,
            Self::Seal(_) => Kind::Seal,
            Self::Malformed(malformed) => malformed.kind,
        }
    }

    /// The hash of the content.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        for_any!(self, signed => signed.id(), malformed => malformed.id)
    }

    /// The operator who signed, index from 1.
    #[must_use]
    pub fn author(&self) -> u16 {
        for_any!(self, signed => signed.author(), malformed => malformed.envelope.author)
    }

    /// The roster that the author had before it; [`RosterHash::NONE`] in a Join.
    #[must_use]
    pub fn roster(&self) -> RosterHash {
        for_any!(self, signed => signed.roster(), malformed => RosterHash::new(malformed.envelope.roster))
    }

    /// The message as it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        for_any!(self, signed => signed.to_bytes(), malformed => malformed.envelope.to_bytes())
    }
}

/// The body of a [`Join`] by whatever version.
#[derive(Decode)]
struct AnyJoin {
    terms: WireTerms,
    _encryption_key: [u8; 32],
    _possession: [u8; 64],
    _software: Vec<u8>,
}

/// The terms in a Join of another ceremony.
pub(crate) enum ForeignTerms {
    /// All of them; numbers in them may be unknown here.
    Read(WireTerms),
    /// The number of a protocol whose terms have another form.
    OtherProtocol(u16),
}

/// A Join of another ceremony by an operator of this one, found in bytes that were rejected as such: its author, and
/// the terms it names.
pub(crate) fn foreign_join(bytes: &[u8], ceremony: &Ceremony) -> Option<(u16, ForeignTerms)> {
    let most = 1024 + 2 * MAX_OPERATORS + MAX_SOFTWARE;
    let envelope = Envelope::decode(bytes, most).ok()?;
    if envelope.kind != Kind::Join.number() || envelope.roster != *RosterHash::NONE.as_bytes() {
        return None;
    }
    let terms = foreign_terms(&envelope)?;
    // The author must have signed these very terms; otherwise anybody could make operators suspect each other.
    let signed = ceremony.is_signed(envelope.author, &envelope.id(), &envelope.signature);
    signed.then_some((envelope.author, terms))
}

fn foreign_terms(envelope: &Envelope) -> Option<ForeignTerms> {
    if let Ok(AnyJoin { terms, .. }) = AnyJoin::from_ssz_bytes(&envelope.body)
        && terms.id().as_bytes() == &envelope.ceremony
    {
        return Some(ForeignTerms::Read(terms));
    }
    // Terms come first in a body and begin with the number of the protocol, whatever follows.
    let (offset, _) = envelope.body.split_first_chunk::<4>()?;
    let terms = envelope.body.get(usize::try_from(u32::from_le_bytes(*offset)).ok()?..)?;
    let protocol = u16::from_le_bytes(*terms.first_chunk()?);
    (protocol != PROTOCOL_VERSION).then_some(ForeignTerms::OtherProtocol(protocol))
}

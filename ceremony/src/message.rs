//! Messages: what operators sign and put on the board.
//!
//! | type                  | what is known                                                                    |
//! |-----------------------|----------------------------------------------------------------------------------|
//! | [`UnplacedMessage`]   | the bytes have the form of a message of some ceremony                            |
//! | [`UnverifiedMessage`] | the bytes are bounded and have the form of a message of this ceremony            |
//! | [`Message`]           | an operator signed it; its body is of the right form, or is [`Malformed`]        |
//! | [`Unverified`]        | a body of the right form, as a file presents it; nobody is known to have signed  |
//! | [`Signed`]            | an operator signed a body of the right form                                      |
//!
//! The form is checked here, by lengths and counts that follow from the definition. Whether the content is
//! true is judged in [`crate::phase`].

mod body;
mod envelope;
mod signed;
mod unplaced;

pub use body::{Attest, Body, Commit, Deal, Join, Seal};
pub(crate) use envelope::{ForeignTerms, foreign_join};
pub use envelope::{Malformed, Message, Rejection, UnverifiedMessage};
pub use signed::{Signed, Unverified};
pub use unplaced::UnplacedMessage;

use std::fmt;

/// The five kinds of message, in the order in which an operator publishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// I take part, under these terms, and this is my encryption key.
    Join,
    /// This is the hash of my dealing.
    Commit,
    /// This is my dealing.
    Deal,
    /// The dealings verify, my shares are right, and they sign what the cluster needs.
    Attest,
    /// This is the lock, and this is its transcript.
    Seal,
}

impl Kind {
    /// All kinds in order.
    pub const ALL: [Self; 5] = [Self::Join, Self::Commit, Self::Deal, Self::Attest, Self::Seal];

    /// Its number in encodings and hashes.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Join => 1,
            Self::Commit => 2,
            Self::Deal => 3,
            Self::Attest => 4,
            Self::Seal => 5,
        }
    }

    /// Its name in JSON, in file names and on screens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Commit => "commit",
            Self::Deal => "deal",
            Self::Attest => "attest",
            Self::Seal => "seal",
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why bytes are not of the form that the definition and the parameters call for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodingError {
    /// Longer than anything of this kind can be.
    #[error("{found} bytes where at most {most} are possible")]
    TooLong {
        /// Length in bytes.
        found: usize,
        /// Longest possible length in bytes.
        most: usize,
    },
    /// Not an SSZ encoding of the expected type.
    #[error("not the expected SSZ container: {0}")]
    Ssz(String),
    /// Decodes, but to a value whose encoding is another.
    #[error("not the canonical encoding")]
    NotCanonical,
    /// A list has another length than the definition and the parameters say.
    #[error("{found} entries in {what}")]
    Count {
        /// The list.
        what: &'static str,
        /// Its length.
        found: usize,
    },
    /// A number that stands for nothing.
    #[error("unknown {what} {number}")]
    Unknown {
        /// What the number should stand for.
        what: &'static str,
        /// The number.
        number: u8,
    },
    /// Text that is not short, printable ASCII.
    #[error("the software version is not short printable text")]
    Software,
    /// The terms in a Join are not those of the ceremony that it names.
    #[error("the terms do not hash to the ceremony id")]
    Terms,
    /// A Join names a roster, which cannot exist yet.
    #[error("a Join names a roster")]
    EarlyRoster,
}

impl From<ssz::DecodeError> for EncodingError {
    fn from(error: ssz::DecodeError) -> Self {
        Self::Ssz(format!("{error:?}"))
    }
}

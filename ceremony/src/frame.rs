//! What two peers say to each other, as bytes.
//!
//! ```text
//! frame   = tag byte, SSZ container
//! request = 0 Sync {ceremony, have}                this is all I have; what do you have?
//!         | 1 Offer {ceremony, ids}                these I can send you
//!         | 2 Push {ceremony, messages}            here is what you lack
//!         | 3 Open {ceremony, definition, terms}   keep a board for this ceremony (to relays)
//! answer  = 0 Have {ids}                           to Sync: all I have
//!         | 1 Want {lacks, now}                    to Offer: what of it I lack, and what of that to send at once; the rest is on its
//!         |                                        way from others
//!         | 2 Took                                 to Push and Open: it is on disk
//!         | 3 Other {ceremony, join}               I take part in another ceremony; my Join says which
//!         | 4 Unknown                              I keep no board for this ceremony
//!         | 5 Refused, text                        no, for this reason
//! ```
//!
//! Whatever is in a frame is unverified; only its form and its size are known.

use crate::id::{CeremonyId, MessageId};
use crate::limits::MAX_OPERATORS;
use ssz::{Decode, DecodeError, Encode};
use ssz_derive::{Decode, Encode};

/// Most ids in a list: two messages of each kind from each operator.
pub const MAX_IDS: usize = 2 * 5 * MAX_OPERATORS;
/// Most messages in a frame.
pub const MAX_MESSAGES: usize = MAX_IDS;
/// Longest text in a refusal, in bytes.
pub const MAX_REASON: usize = 200;

/// What a peer asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// This is all I have; what do you have?
    Sync {
        /// The ceremony whose board is meant.
        ceremony: CeremonyId,
        /// All messages of the asker.
        have: Vec<MessageId>,
    },
    /// These I can send you.
    Offer {
        /// The ceremony whose board is meant.
        ceremony: CeremonyId,
        /// Messages of the asker.
        ids: Vec<MessageId>,
    },
    /// Here is what you lack.
    Push {
        /// The ceremony whose board is meant.
        ceremony: CeremonyId,
        /// Encoded messages.
        messages: Vec<Vec<u8>>,
    },
    /// Keep a board for a ceremony.
    Open {
        /// The ceremony.
        ceremony: CeremonyId,
        /// The cluster definition, JSON.
        definition: Vec<u8>,
        /// The terms, SSZ.
        terms: Vec<u8>,
    },
}

/// What a peer answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To a Sync: all messages of the answerer.
    Have {
        /// Their names.
        ids: Vec<MessageId>,
    },
    /// To an Offer.
    Want {
        /// What of it the answerer lacks.
        lacks: Vec<MessageId>,
        /// What of that should be pushed now.
        now: Vec<MessageId>,
    },
    /// To a Push or an Open: done, and on disk.
    Took,
    /// The answerer takes part in another ceremony.
    Other {
        /// Which.
        ceremony: CeremonyId,
        /// Its own Join for it, encoded; empty if there is none yet.
        join: Vec<u8>,
    },
    /// The answerer keeps no board for this ceremony.
    Unknown,
    /// The answerer will not do it.
    Refused {
        /// Why.
        reason: String,
    },
}

/// Why bytes are no frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoFrame(pub &'static str);

impl std::fmt::Display for NoFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no frame of the board protocol: {}", self.0)
    }
}

impl std::error::Error for NoFrame {}

#[derive(Encode, Decode)]
struct WireIds {
    ceremony: [u8; 32],
    ids: Vec<[u8; 32]>,
}

#[derive(Encode, Decode)]
struct WirePush {
    ceremony: [u8; 32],
    messages: Vec<Vec<u8>>,
}

#[derive(Encode, Decode)]
struct WireOpen {
    ceremony: [u8; 32],
    definition: Vec<u8>,
    terms: Vec<u8>,
}

#[derive(Encode, Decode)]
struct WireHave {
    ids: Vec<[u8; 32]>,
}

#[derive(Encode, Decode)]
struct WireWant {
    lacks: Vec<[u8; 32]>,
    now: Vec<[u8; 32]>,
}

#[derive(Encode, Decode)]
struct WireOther {
    ceremony: [u8; 32],
    join: Vec<u8>,
}

impl Request {
    /// Encodes the request.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Sync { ceremony, have } => {
                frame(0, &WireIds { ceremony: *ceremony.as_bytes(), ids: raw(have) })
            }
            Self::Offer { ceremony, ids } => {
                frame(1, &WireIds { ceremony: *ceremony.as_bytes(), ids: raw(ids) })
            }
            Self::Push { ceremony, messages } => {
                frame(2, &WirePush { ceremony: *ceremony.as_bytes(), messages: messages.clone() })
            }
            Self::Open { ceremony, definition, terms } => {
                let (definition, terms) = (definition.clone(), terms.clone());
                frame(3, &WireOpen { ceremony: *ceremony.as_bytes(), definition, terms })
            }
        }
    }

    /// Reads a request.
    ///
    /// # Errors
    ///
    /// Anything that is not the one encoding of a request, or holds more than a board can.
    pub fn read(bytes: &[u8]) -> Result<Self, NoFrame> {
        Ok(match bytes {
            [0, rest @ ..] => {
                let WireIds { ceremony, ids: have } = parse(rest)?;
                Self::Sync { ceremony: CeremonyId::new(ceremony), have: ids(&have)? }
            }
            [1, rest @ ..] => {
                let WireIds { ceremony, ids: offered } = parse(rest)?;
                Self::Offer { ceremony: CeremonyId::new(ceremony), ids: ids(&offered)? }
            }
            [2, rest @ ..] => {
                let WirePush { ceremony, messages } = parse(rest)?;
                if messages.len() > MAX_MESSAGES {
                    return Err(NoFrame("more messages than a board has"));
                }
                Self::Push { ceremony: CeremonyId::new(ceremony), messages }
            }
            [3, rest @ ..] => {
                let WireOpen { ceremony, definition, terms } = parse(rest)?;
                Self::Open { ceremony: CeremonyId::new(ceremony), definition, terms }
            }
            _ => return Err(NoFrame("unknown request")),
        })
    }
}

impl Answer {
    /// Encodes the answer.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Have { ids } => frame(0, &WireHave { ids: raw(ids) }),
            Self::Want { lacks, now } => frame(1, &WireWant { lacks: raw(lacks), now: raw(now) }),
            Self::Took => vec![2],
            Self::Other { ceremony, join } => {
                frame(3, &WireOther { ceremony: *ceremony.as_bytes(), join: join.clone() })
            }
            Self::Unknown => vec![4],
            Self::Refused { reason } => [&[5], reason.as_bytes()].concat(),
        }
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// Anything that is not the one encoding of an answer, or holds more than a board can.
    pub fn read(bytes: &[u8]) -> Result<Self, NoFrame> {
        Ok(match bytes {
            [0, rest @ ..] => {
                let WireHave { ids: have } = parse(rest)?;
                Self::Have { ids: ids(&have)? }
            }
            [1, rest @ ..] => {
                let WireWant { lacks, now } = parse(rest)?;
                Self::Want { lacks: ids(&lacks)?, now: ids(&now)? }
            }
            [2] => Self::Took,
            [3, rest @ ..] => {
                let WireOther { ceremony, join } = parse(rest)?;
                Self::Other { ceremony: CeremonyId::new(ceremony), join }
            }
            [4] => Self::Unknown,
            [5, reason @ ..] if reason.len() <= MAX_REASON => Self::Refused {
                reason: std::str::from_utf8(reason).map_err(|_| NoFrame("a reason is not text"))?.to_owned(),
            },
            _ => return Err(NoFrame("unknown answer")),
        })
    }
}

fn frame(tag: u8, content: &impl Encode) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + content.ssz_bytes_len());
    bytes.push(tag);
    content.ssz_append(&mut bytes);
    bytes
}

/// Decodes a container; two encodings of one content would be two names for one thing.
fn parse<T: Encode + Decode>(bytes: &[u8]) -> Result<T, NoFrame> {
    let content = T::from_ssz_bytes(bytes).map_err(|_: DecodeError| NoFrame("malformed"))?;
    if content.as_ssz_bytes() == bytes { Ok(content) } else { Err(NoFrame("not canonical")) }
}

fn raw(ids: &[MessageId]) -> Vec<[u8; 32]> {
    ids.iter().map(|id| *id.as_bytes()).collect()
}

fn ids(raw: &[[u8; 32]]) -> Result<Vec<MessageId>, NoFrame> {
    if raw.len() > MAX_IDS {
        return Err(NoFrame("more ids than a board has"));
    }
    Ok(raw.iter().map(|id| MessageId::new(*id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Vec<Request> {
        let ceremony = CeremonyId::new([7; 32]);
        let two = vec![MessageId::new([1; 32]), MessageId::new([2; 32])];
        vec![
            Request::Sync { ceremony, have: Vec::new() },
            Request::Sync { ceremony, have: two.clone() },
            Request::Offer { ceremony, ids: two },
            Request::Push { ceremony, messages: vec![Vec::new(), vec![1, 2, 3]] },
            Request::Open { ceremony, definition: b"{}".to_vec(), terms: vec![9; 40] },
        ]
    }

    fn answers() -> Vec<Answer> {
        let one = vec![MessageId::new([1; 32])];
        vec![
            Answer::Have { ids: one.clone() },
            Answer::Want { lacks: one, now: Vec::new() },
            Answer::Took,
            Answer::Other { ceremony: CeremonyId::new([3; 32]), join: vec![5] },
            Answer::Unknown,
            Answer::Refused { reason: "full".to_owned() },
        ]
    }

    #[test]
    fn frames_survive_their_encoding() {
        for request in requests() {
            assert_eq!(Request::read(&request.to_bytes()), Ok(request));
        }
        for answer in answers() {
            assert_eq!(Answer::read(&answer.to_bytes()), Ok(answer));
        }
    }

    #[test]
    fn what_is_cut_short_or_too_long_is_no_frame_or_another() {
        for bytes in requests().iter().map(Request::to_bytes) {
            for len in 0..bytes.len() {
                assert_ne!(Request::read(&bytes[..len]).map(|read| read.to_bytes()), Ok(bytes.clone()));
            }
            assert!(Request::read(&[&bytes[..1], &bytes[2..]].concat()).is_err());
        }
        assert!(Answer::read(&[2, 0]).is_err());
        assert!(Answer::read(&[&[5][..], &[b'x'; MAX_REASON + 1]].concat()).is_err());
        assert!(Request::read(&[]).is_err());
        assert!(Request::read(&[9]).is_err());
    }

    #[test]
    fn lists_are_bounded() {
        let have = vec![MessageId::new([0; 32]); MAX_IDS + 1];
        let request = Request::Sync { ceremony: CeremonyId::new([0; 32]), have };
        assert_eq!(Request::read(&request.to_bytes()), Err(NoFrame("more ids than a board has")));
        let messages = vec![Vec::new(); MAX_MESSAGES + 1];
        let request = Request::Push { ceremony: CeremonyId::new([0; 32]), messages };
        assert_eq!(Request::read(&request.to_bytes()), Err(NoFrame("more messages than a board has")));
    }
}

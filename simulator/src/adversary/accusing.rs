//! False accusations: fault files against honest operators, made of everything that the adversary can lay its hands on.
//!
//! Each adversary follows the protocol but for what is said of it, and hands its files to strangers when the ceremony has ended. Where the
//! messages in them do not convict itself, it shows them and the files to all honest operators too, again and again.
//!
//! | module        | what the files are made of                                            |
//! |---------------|-----------------------------------------------------------------------|
//! | [`honest`]    | what honest operators signed in this ceremony, whole or in part       |
//! | [`elsewhere`] | messages of other ceremonies and attempts, other terms, other clusters |
//! | [`own`]       | what the adversary signed, beside what honest operators did           |

pub mod elsewhere;
pub mod honest;
pub mod own;

use coram_ceremony::message::{Body, Unverified};
use coram_ceremony::{Kind, Message};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::accusation::{Accusation, Cleared, fault_file};
use crate::cast::Shape;
use crate::hand::Hand;

/// Accuses an operator with what there is: this one, index from 1.
type Make = fn(&mut Hand, u16) -> Result<Vec<Accusation>, Failure>;

/// What most entries have in common: nobody but strangers hears of it, and they do not believe it.
const HARMLESS: Entry = Entry {
    name: "",
    what: "",
    stopped_by: "",
    expected: &[Expected::Lock],
    cheaters: Cheaters::One,
    shape: Shape::of,
    make: || Box::new(Framer { make: |_, _| Ok(Vec::new()), tells: false }),
};

/// Accuses the first honest operator.
struct Framer {
    make: Make,
    /// Whether honest operators are told too.
    tells: bool,
}

impl Adversary for Framer {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if self.tells && kind != Kind::Join && hand.cheats(author) {
            for accusation in self.accuse(hand)? {
                hand.tell_all(author, &hand.honest(), &accusation.file);
                for message in accusation.messages()? {
                    hand.tell_all(author, &hand.honest(), &message);
                }
            }
        }
        hand.publish_honestly(author, kind);
        Ok(())
    }

    fn accuse(&mut self, hand: &mut Hand) -> Result<Vec<Accusation>, Failure> {
        let victim = hand.honest().first().copied().ok_or("nobody is honest")?;
        let accusations = (self.make)(hand, victim)?;
        if accusations.is_empty() { Err("nothing to accuse with".into()) } else { Ok(accusations) }
    }
}

impl Accusation {
    /// Accuses one operator in this ceremony.
    fn of(
        hand: &Hand,
        fault: &str,
        victim: u16,
        messages: &[Vec<u8>],
        cleared: &'static [Cleared],
    ) -> Result<Self, Failure> {
        let file = fault_file(hand.ceremony(), fault, &[victim], messages)?;
        Ok(Self { file: serde_json::to_vec(&file)?, cleared })
    }

    /// The messages in the file, if it has any.
    fn messages(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let Ok(file) = serde_json::from_slice::<serde_json::Value>(&self.file) else { return Ok(Vec::new()) };
        let texts = file["messages"].as_array().cloned().unwrap_or_default();
        let bytes = texts.iter().filter_map(|text| text.as_str()?.strip_prefix("0x"));
        Ok(bytes.map(hex::decode).collect::<Result<_, _>>()?)
    }
}

/// All that the adversary has and this picks, in the order of the board.
fn pick(hand: &Hand, picks: impl Fn(Kind, u16) -> bool) -> Result<Vec<Vec<u8>>, Failure> {
    let messages = hand.board()?.messages().filter(|message| picks(message.kind(), message.author()));
    Ok(messages.map(Message::to_bytes).collect())
}

/// The only message of a kind by an author, if it is there.
fn one(hand: &Hand, kind: Kind, author: u16) -> Result<Option<Vec<u8>>, Failure> {
    Ok(pick(hand, |of, by| (of, by) == (kind, author))?.pop())
}

/// The operator of the adversary that cheats.
fn cheater(hand: &Hand) -> Result<u16, Failure> {
    Ok(hand.cheaters().first().copied().ok_or("nobody cheats")?)
}

/// A message in the name of one operator, signed by another.
fn signed_by<B: Body>(hand: &Hand, signer: u16, mut message: Unverified<B>) -> Result<Vec<u8>, Failure> {
    let id = hand.ceremony().id();
    message.signature = hand.cast().identity(signer)?.sign(message.id(id).as_bytes());
    Ok(message.to_bytes(id))
}

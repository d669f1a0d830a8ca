//! Messages of every kind: as bytes from anybody, and with bodies from a fuzzer that their author signs.
//!
//! ```text
//! input = 1, kind, author, number of a real message with the same roster, body | envelope
//! ```

use coram_ceremony::message::{Attest, Body, Commit, Deal, Join, Rejection, Seal, UnplacedMessage};
use coram_ceremony::{Board, Inserted, Kind, Message};

use crate::objects::{cast, held};
use crate::signing::{envelope, sign};

pub fn run(data: &[u8]) {
    let cast = cast();
    let ceremony = &cast.ceremony;
    let Some(([1, kind, author, roster], body)) = data.split_first_chunk() else {
        return judge(data);
    };
    let author = u16::from(*author % 4);
    let messages = &held().messages;
    let like = messages.get(usize::from(*roster) % messages.len().max(1));
    let Some(Ok(like)) = like.map(|message| UnplacedMessage::decode(message)) else { return };
    let mut bytes = envelope(ceremony.id(), *kind, author, like.roster(), body);
    if let Ok(key) = cast.identity(author) {
        sign(&mut bytes, key);
    }
    judge(&bytes);
    // A body that the author signed is the author's: it is a message, or evidence.
    if bytes.len() <= ceremony.limits().message()
        && let Some(kind) = Kind::ALL.into_iter().find(|known| known.number() == *kind)
        && ceremony.expects(kind, author)
    {
        let mut board = Board::new(ceremony.clone());
        assert!(matches!(board.insert(&bytes), Inserted::New(_)));
        assert!(matches!(board.insert(&bytes), Inserted::Known(_)));
    }
}

fn judge(bytes: &[u8]) {
    let unplaced = UnplacedMessage::decode(bytes);
    if let Ok(unplaced) = &unplaced {
        assert_eq!(unplaced.signature().as_slice(), &bytes[71..135]);
        show::<Join>(unplaced);
        show::<Commit>(unplaced);
        show::<Deal>(unplaced);
        show::<Attest>(unplaced);
        show::<Seal>(unplaced);
    }
    let cast = cast();
    match Message::read(bytes, &cast.ceremony) {
        Ok(message) => {
            let Ok(unplaced) = unplaced else { panic!("a message that is none") };
            assert_eq!(message.to_bytes(), bytes);
            assert_eq!(message.id(), unplaced.id());
            assert_eq!((message.kind(), message.author()), (unplaced.kind(), unplaced.author()));
        }
        Err(Rejection::OtherCeremony { .. }) => {
            let mut board = Board::new(cast.ceremony.clone());
            assert!(matches!(board.insert(bytes), Inserted::Rejected(_) | Inserted::Disagreement(_)));
        }
        Err(_) => {}
    }
}

/// Reads a body as one of a kind, whatever the envelope says. That it has one encoding is checked when it is read.
fn show<B: Body>(message: &UnplacedMessage) {
    let _ = message.body::<B>();
}

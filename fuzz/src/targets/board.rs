//! A board that gets message after message with any content, all correctly signed, and bytes from anybody.
//!
//! ```text
//! input = entry …
//! entry = kind, author, roster, length (2, big-endian), body         author 0 of 4: the bytes as they are
//! ```

use coram_ceremony::id::RosterHash;
use coram_ceremony::{Board, Inserted, Kind};

use crate::objects::cast;
use crate::signing::{envelope, sign};

/// Most entries that are read.
const MOST: usize = 128;

pub fn run(mut data: &[u8]) {
    let cast = cast();
    let ceremony = &cast.ceremony;
    let mut board = Board::new(ceremony.clone());
    for _ in 0..MOST {
        let Some(([kind, author, roster, high, low], rest)) = data.split_first_chunk() else { break };
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (body, rest) = rest.split_at(length);
        data = rest;
        let author = u16::from(*author % 4);
        let bytes = match cast.identity(author) {
            Ok(key) => {
                let roster = RosterHash::new([*roster; 32]);
                let mut bytes = envelope(ceremony.id(), *kind, author, roster, body);
                sign(&mut bytes, key);
                bytes
            }
            Err(_) => body.to_vec(),
        };
        insert(&mut board, &bytes);
    }
    check(&board);
}

fn insert(board: &mut Board, bytes: &[u8]) {
    let before = board.have();
    let foreseen = board.examine(bytes);
    match (board.insert(bytes), foreseen) {
        (Inserted::New(id), Ok(message)) => {
            assert!(message.id() == id && !before.contains(&id));
            assert_eq!(board.message(&id).map(coram_ceremony::Message::to_bytes).as_deref(), Some(bytes));
        }
        (Inserted::Conflict(_), Ok(message)) => assert!(!before.contains(&message.id())),
        (Inserted::Known(id), Err(_)) => assert!(before.contains(&id)),
        (Inserted::Rejected(_) | Inserted::Disagreement(_), Err(_)) => assert_eq!(board.have(), before),
        (inserted, foreseen) => panic!("{foreseen:?} was foreseen, and it was {inserted:?}"),
    }
}

/// What must hold of any board of these operators.
pub fn check(board: &Board) {
    let operators = usize::from(board.ceremony().operators());
    let bytes: Vec<Vec<u8>> = board.messages().map(coram_ceremony::Message::to_bytes).collect();
    assert!(bytes.len() <= 2 * Kind::ALL.len() * operators, "{} messages", bytes.len());
    assert!(bytes.iter().all(|message| message.len() <= board.ceremony().limits().message()));
    let mut have = board.have();
    assert_eq!(have.len(), bytes.len());
    have.sort_unstable();
    have.dedup();
    assert_eq!(have.len(), bytes.len(), "two messages with one name");
    assert!(board.missing_from(&have).is_empty());
    assert!(board.wanted().len() <= 2 * operators * operators);
    // A board is what is on it, in whatever order it came.
    let mut again = Board::new(board.ceremony().clone());
    for message in bytes.iter().rev() {
        assert!(matches!(again.insert(message), Inserted::New(_) | Inserted::Conflict(_)));
    }
    let mut same = again.have();
    same.sort_unstable();
    assert_eq!(same, have);
}

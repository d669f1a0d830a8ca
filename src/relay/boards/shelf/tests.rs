//! Shelves; and a small ceremony for all tests of boards.

use std::time::Duration;

use coram_ceremony::engine::Step;
use coram_ceremony::{Engine, Keys, keys};
use coram_cluster::definition::DefinitionRequest;
use coram_cluster::enr::Enr;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::identity::IdentityKey;
use coram_cluster::network::Network;
use ssz::Encode as _;
use zeroize::Zeroizing;

use super::*;
use crate::network::relays;

/// Bounds that no test meets by accident.
pub fn bounds() -> BoardBounds {
    BoardBounds {
        ceremonies: 10,
        per_operator: 5,
        openings_per_hour: 1000,
        board_bytes: 10 << 20,
        all_bytes: 100 << 20,
        age: Duration::from_secs(3600),
    }
}

fn identity(index: u16) -> IdentityKey {
    IdentityKey::from_bytes(&[index as u8; 32]).unwrap()
}

/// An attempt of four operators.
pub fn ceremony(attempt: u32) -> Ceremony {
    let time = "2026-07-01T10:00:00+00:00".to_owned();
    let uuid = "8d0e0a3c-7d63-4b3c-9a43-5f0b5e1d2c3b".to_owned();
    let mut request = DefinitionRequest::new(Network::by_name("hoodi").unwrap(), uuid, time);
    request.num_validators = 1;
    request.operator_enrs = (1..=4).map(|index| Enr::new(&identity(index)).text().to_owned()).collect();
    let account = EthereumKey::from_bytes(&[1; 32]).unwrap().address().to_string();
    request.fee_recipient_addresses = vec![account.clone()];
    request.withdrawal_addresses = vec![account];
    let definition = request.create().unwrap();
    let parameters = Ceremony::default_parameters(&definition).unwrap();
    Ceremony::new(definition, parameters, attempt).unwrap()
}

/// The peer ID of an operator.
pub fn operator(ceremony: &Ceremony, index: u16) -> PeerId {
    relays::peer_id(ceremony.identity(index).unwrap()).unwrap()
}

/// The Join of an operator for attempt 0.
pub fn join(index: u16) -> Vec<u8> {
    let ceremony = Arc::new(ceremony(0));
    let seed = Zeroizing::new([index as u8; 32]);
    let decryption = keys::decryption_key(&ceremony, &identity(index), &seed);
    let keys = Keys::new(identity(index), decryption, Some(seed));
    let mut engine = Engine::new(keys, Board::new(Arc::clone(&ceremony)), "test").unwrap();
    match engine.next() {
        Step::Publish(message) => message.to_bytes(),
        _ => panic!("a ceremony begins with a Join"),
    }
}

fn add(shelves: &Shelves) -> Result<Arc<Shelf>, Failure> {
    let ceremony = ceremony(0);
    let (definition, terms) = (ceremony.definition().to_json().unwrap(), ceremony.terms().as_ssz_bytes());
    let opener = operator(&ceremony, 1);
    shelves.add(ceremony, &definition, &terms, opener)
}

fn keep(shelf: &Arc<Shelf>, index: u16) -> Result<(), Failure> {
    let message = Message::read(&join(index), shelf.ceremony()).unwrap();
    OnShelf(Arc::clone(shelf)).keep(&message)
}

fn files_of(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn a_shelf_is_found_again_with_what_is_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let (shelves, found) = Shelves::open(folder.path(), &bounds()).unwrap();
    assert!(found.is_empty());
    let shelf = add(&shelves).unwrap();
    keep(&shelf, 1).unwrap();
    assert_eq!(shelves.bytes(), files_of(&shelf.folder));
    let (again, found) = Shelves::open(folder.path(), &bounds()).unwrap();
    assert_eq!((found.len(), again.bytes()), (1, shelves.bytes()));
    assert_eq!(found[0].opener(), shelf.opener());
    assert_eq!(found[0].load().unwrap().messages().count(), 1);
    again.remove(&found[0]).unwrap();
    assert_eq!((again.bytes(), shelf.folder.exists()), (0, false));
}

#[test]
fn what_is_damaged_is_left_out_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (shelves, _) = Shelves::open(folder.path(), &bounds()).unwrap();
    let shelf = add(&shelves).unwrap();
    keep(&shelf, 1).unwrap();
    for name in ["not-an-id".to_owned(), "00".repeat(32), format!("{}half", files::TEMPORARY)] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("stray"), "file").unwrap();
    fs::write(shelf.folder.join(TERMS), "damaged").unwrap();
    let (again, found) = Shelves::open(folder.path(), &bounds()).unwrap();
    assert!(found.is_empty());
    assert!(!folder.path().join(format!("{}half", files::TEMPORARY)).exists());
    let shelf = add(&again).unwrap();
    assert_eq!(shelf.load().unwrap().messages().count(), 0);
    assert_eq!(again.bytes(), files_of(&shelf.folder));
}

#[test]
fn a_damaged_message_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (shelves, _) = Shelves::open(folder.path(), &bounds()).unwrap();
    let shelf = add(&shelves).unwrap();
    keep(&shelf, 1).unwrap();
    keep(&shelf, 2).unwrap();
    let message = Message::read(&join(1), shelf.ceremony()).unwrap();
    fs::write(shelf.folder.join(file_name(&message)), "damaged").unwrap();
    let (again, found) = Shelves::open(folder.path(), &bounds()).unwrap();
    assert_eq!(found[0].load().unwrap().messages().count(), 1);
    assert_eq!(again.bytes(), files_of(&shelf.folder));
    keep(&found[0], 1).unwrap();
    assert_eq!(found[0].load().unwrap().messages().count(), 2);
}

#[test]
fn there_is_so_much_room_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (shelves, _) = Shelves::open(folder.path(), &bounds()).unwrap();
    add(&shelves).unwrap();
    let board_bytes = shelves.bytes() + 2 * join(1).len() as u64 + 10;
    let room = BoardBounds { board_bytes, ..bounds() };
    let (shelves, found) = Shelves::open(folder.path(), &room).unwrap();
    let kept = (1..=4).filter(|index| keep(&found[0], *index).is_ok()).count();
    assert_eq!(kept, 2);
    assert!(keep(&found[0], 4).is_err_and(|failure| failure.code == FULL));
    assert!(shelves.bytes() <= board_bytes && shelves.bytes() == files_of(&found[0].folder));
}

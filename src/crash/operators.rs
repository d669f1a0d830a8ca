//! The operator whose disk it is, and the others.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use coram_ceremony::{Board, Ceremony, Engine, Keys, Memory, Message, Step, keys};
use coram_cluster::{identity::IdentityKey, network::Network};
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::cli::dkg;
use crate::failure::Failure;
use crate::network::fixture;
use crate::store::attempt::file_name;
use crate::store::data_dir::IDENTITY_KEY;
use crate::store::folder;
use crate::store::steps::faulty::{Contents, Disk, Item, read_contents, write_contents};

/// The operator whose disk it is, index from 1.
pub const ME: u16 = 2;
/// The others.
pub const OTHERS: [u16; 3] = [1, 3, 4];
/// More runs than a ceremony takes.
const MAX_RUNS: u64 = 12;

/// How a ceremony ends for the operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// With the lock.
    Lock,
    /// With a refusal: its code, and what is said.
    Refused(&'static str, String),
}

/// A ceremony.
pub struct World {
    pub ceremony: Arc<Ceremony>,
    network: Network,
}

/// One operator's disk and the board between operators, in folders of their own.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// In memory, where there is such a folder: no step there waits for a disk.
    pub fn new(board: &Contents) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let place = Self { folder: folder.unwrap() };
        fs::create_dir(place.disk()).unwrap();
        fs::create_dir(place.board()).unwrap();
        write_contents(&place.board(), board);
        place
    }

    pub fn disk(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    pub fn board(&self) -> PathBuf {
        self.folder.path().join("board")
    }
}

impl World {
    pub fn new() -> Self {
        let ceremony = Ceremony::clone(&fixture::ceremony()).remembering(Arc::new(Memory::default()));
        Self { ceremony: Arc::new(ceremony), network: Network::by_name("hoodi").unwrap() }
    }

    /// The disk before the ceremony: there is an identity on it.
    pub fn first_disk(&self) -> Contents {
        let bytes = Some(fixture::identity(ME).to_file_text().as_bytes().to_vec());
        Contents::from([(IDENTITY_KEY.into(), Item { bytes, mode: 0o600 })])
    }

    /// Runs `coram dkg --once` to its end.
    pub fn run(&self, place: &Place, options: &[&str]) -> Result<(), Failure> {
        let mut words: Vec<OsString> = ["--once", "--log-level", "error", "--log-format", "logfmt"]
            .into_iter()
            .chain(options.iter().copied())
            .map(OsString::from)
            .collect();
        words.extend(["--data-dir".into(), place.disk().into(), "--board".into(), place.board().into()]);
        dkg::run_in(&self.ceremony, &self.network, &words)
    }

    /// The board between operators.
    pub fn board(&self, place: &Place) -> Board {
        let mut board = Board::new(Arc::clone(&self.ceremony));
        folder::read(&place.board(), &mut board, |_| {}).unwrap();
        board
    }

    /// What the operator has sent, all of it: nobody removes anything from the board.
    pub fn sent(&self, place: &Place) -> Vec<Message> {
        let board = self.board(place);
        assert!(board.equivocation().is_none(), "two messages of a kind: {:?}", board.equivocation());
        board.messages().filter(|message| message.author() == ME).cloned().collect()
    }

    /// Lets each of the others publish one message, if it can.
    pub fn others_publish(&self, place: &Place) {
        let board = self.board(place);
        let id = hex::encode(self.ceremony.id().as_bytes());
        let folder = place.board().join(&id[..16]);
        fs::create_dir_all(&folder).unwrap();
        for operator in OTHERS {
            match self.engine(operator, board.clone()).next() {
                Step::Publish(message) => {
                    fs::write(folder.join(file_name(&message)), message.to_bytes()).unwrap();
                }
                Step::Wait(_) | Step::Finished(_) => {}
                other => panic!("operator {operator}: {other:?}"),
            }
        }
    }

    /// The locks of the others.
    pub fn locks(&self, place: &Place) -> Vec<Vec<u8>> {
        let board = self.board(place);
        let lock = |operator| match self.engine(operator, board.clone()).next() {
            Step::Finished(outcome) => outcome.lock_json().unwrap(),
            other => panic!("operator {operator}: {other:?}"),
        };
        OTHERS.into_iter().map(lock).collect()
    }

    fn engine(&self, operator: u16, board: Board) -> Engine {
        let identity: IdentityKey = fixture::identity(operator);
        let seed = [operator as u8; 32];
        let decryption = keys::decryption_key(&self.ceremony, &identity, &seed);
        Engine::new(Keys::new(identity, decryption, Some(Zeroizing::new(seed))), board, "test").unwrap()
    }

    /// Goes on with a ceremony from what is on a disk, run after run, until it ends. Nothing goes wrong any more.
    pub fn go_on(&self, place: &Place, options: &[&str]) -> End {
        for _ in 0..MAX_RUNS {
            match self.run(place, options) {
                Ok(()) => return End::Lock,
                Err(failure) if failure.code == "ceremony.awaiting" => self.others_publish(place),
                Err(failure) => {
                    assert!(failure.help.is_some(), "nothing is said that can be done: {failure}");
                    return End::Refused(failure.code, failure.what);
                }
            }
        }
        panic!("the ceremony does not end");
    }

    /// As [`World::go_on`], from contents of a disk that `processes` used before, and from contents of the board.
    pub fn go_on_from(
        &self,
        disk: &Contents,
        board: &Contents,
        processes: u64,
        options: &[&str],
    ) -> (Place, End) {
        let place = Place::new(board);
        write_contents(&place.disk(), disk);
        let used = Disk::new(&place.disk()).used_by(processes);
        let end = self.go_on(&place, options);
        drop(used);
        (place, end)
    }

    /// Everything on the board.
    pub fn board_contents(&self, place: &Place) -> Contents {
        read_contents(&place.board())
    }
}

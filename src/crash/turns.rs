//! The ceremony in which nothing goes wrong, turn by turn: in each, the operator runs as far as it can, and then the others
//! publish one message each.

use std::sync::LazyLock;

use super::operators::{Place, World};
use crate::store::steps::faulty::{Contents, Disk, Taken, read_contents, write_contents};

/// What a turn is called: by the message that the operator signs in it, or by what it does with the result.
pub const PHASES: [&str; 6] = ["join", "commit", "deal", "attest", "seal", "outputs"];

/// A turn: what it began with, and what happened.
pub struct Turn {
    pub phase: &'static str,
    pub options: &'static [&'static str],
    pub disk: Contents,
    pub board: Contents,
    pub taken: Vec<Taken>,
    /// What was on the disk before each step.
    pub recorded: Vec<Contents>,
}

/// The ceremony.
pub static TURNS: LazyLock<Turns> = LazyLock::new(Turns::new);

/// All turns, and what was on the disk and on the board at the end.
pub struct Turns {
    pub world: World,
    pub turns: Vec<Turn>,
    /// The last turn, with the outputs in one file.
    pub packing: Turn,
    pub disk: Contents,
    pub board: Contents,
}

impl Turns {
    fn new() -> Self {
        let world = World::new();
        let (mut disk, mut board) = (world.first_disk(), Contents::new());
        let mut turns = Vec::new();
        for phase in PHASES {
            let place = Place::new(&board);
            let (turn, ended) = world.turn(&place, phase, &[], disk, board);
            assert_eq!(ended, phase == "outputs", "{phase}");
            world.others_publish(&place);
            disk = read_contents(&place.disk());
            board = world.board_contents(&place);
            turns.push(turn);
        }
        let packing = pack(&world, &turns[PHASES.len() - 1]);
        Self { world, turns, packing, disk, board }
    }
}

fn pack(world: &World, last: &Turn) -> Turn {
    let place = Place::new(&last.board);
    let (disk, board) = (last.disk.clone(), last.board.clone());
    let (turn, ended) = world.turn(&place, "packing", &["--zipped"], disk, board);
    assert!(ended);
    turn
}

impl World {
    fn turn(
        &self,
        place: &Place,
        phase: &'static str,
        options: &'static [&'static str],
        disk: Contents,
        board: Contents,
    ) -> (Turn, bool) {
        write_contents(&place.disk(), &disk);
        let used = Disk::new(&place.disk());
        used.record();
        let ended = match self.run(place, options) {
            Ok(()) => true,
            Err(failure) if failure.code == "ceremony.awaiting" => false,
            Err(failure) => panic!("{phase}: {failure}"),
        };
        let turn = Turn { phase, options, disk, board, taken: used.taken(), recorded: used.recorded() };
        (turn, ended)
    }
}

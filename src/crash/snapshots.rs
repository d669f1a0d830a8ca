//! A disk that is put back to an older state, while peers are where they were, or further.

use std::collections::{BTreeMap, BTreeSet};

use super::document;
use super::of_each;
use super::operators::{End, World};
use super::turns::{PHASES, TURNS, Turn, Turns};
use crate::store::steps::faulty::Contents;
use coram_ceremony::{Board, Inserted, Message};

/// A state of the disk, with the turn that it is from.
struct Snapshot<'a> {
    turn: usize,
    disk: &'a Contents,
}

/// Every state of the disk, each once.
fn snapshots(turns: &Turns) -> Vec<Snapshot<'_>> {
    let mut seen: BTreeSet<Vec<_>> = BTreeSet::new();
    let states = turns
        .turns
        .iter()
        .enumerate()
        .flat_map(|(turn, state)| state.recorded.iter().map(move |disk| Snapshot { turn, disk }));
    let end = Snapshot { turn: PHASES.len() - 1, disk: &turns.disk };
    // What is half-written has a name that nobody reads.
    let is_read = |path: &std::path::Path| {
        !path.to_string_lossy().contains(".coram-") && !path.ends_with("status.json")
    };
    let key = |disk: &Contents| {
        disk.iter()
            .filter(|(path, _)| is_read(path))
            .map(|(path, item)| (path.clone(), item.clone()))
            .collect()
    };
    states.chain([end]).filter(|snapshot| seen.insert(key(snapshot.disk))).collect()
}

/// The board as it was when a turn was over, ours and others' messages of it included.
fn board_after(turns: &Turns, turn: usize) -> &Contents {
    turns.turns.get(turn + 1).map_or(&turns.board, |next: &Turn| &next.board)
}

fn said(end: &End) -> String {
    match end {
        End::Lock => "lock".to_owned(),
        End::Refused(..) => "stop".to_owned(),
    }
}

/// Peers have what the operator sent: it adopts that, or says why it cannot.
#[test]
fn a_disk_that_is_put_back_goes_on_or_says_why_not() {
    let turns = &*TURNS;
    let all = snapshots(turns);
    let cases: Vec<(&Snapshot<'_>, usize)> = all
        .iter()
        .flat_map(|snapshot| (snapshot.turn..PHASES.len()).map(move |peers| (snapshot, peers)))
        .collect();
    let ends: Vec<Result<String, String>> = of_each(&cases, |(snapshot, peers)| {
        let board = board_after(turns, *peers);
        let (place, end) = turns.world.go_on_from(snapshot.disk, board, 1, &[]);
        turns.world.check_end(&place, &end)?;
        let secrets = turns.world.secrets(snapshot.disk);
        match &end {
            End::Refused("ceremony.refused", what)
                if what.contains("lost or restored disk") && secrets != [true, true] => {}
            End::Lock if secrets[0] => {}
            other => return Err(format!("{other:?}")),
        }
        Ok(said(&end))
    });
    let mut table: BTreeMap<(usize, usize), BTreeMap<&str, usize>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((snapshot, peers), end) in cases.iter().zip(&ends) {
        match end {
            Ok(end) => *table.entry((snapshot.turn, *peers)).or_default().entry(end).or_default() += 1,
            Err(what) => wrong.push(format!("{} -> {}: {what}", PHASES[snapshot.turn], PHASES[*peers])),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(table.values().any(|ends| !ends.contains_key("lock") || ends.len() > 1), "no disk was too old");
    document::hold("snapshots", &in_words(&table, all.len()));
}

/// Rows are disks, columns are peers.
fn in_words(table: &BTreeMap<(usize, usize), BTreeMap<&str, usize>>, states: usize) -> String {
    let cell = |disk, peers| {
        let ends = table.get(&(disk, peers)).into_iter().flatten();
        let ends: Vec<String> = ends.map(|(end, count)| format!("{count} {end}")).collect();
        if ends.is_empty() { "-".to_owned() } else { ends.join(", ") }
    };
    let row = |disk: usize| {
        let cells = (0..PHASES.len()).map(|peers| cell(disk, peers));
        std::iter::once(PHASES[disk].to_owned()).chain(cells).collect()
    };
    let rows: Vec<Vec<String>> = (0..PHASES.len()).map(row).collect();
    let head: Vec<&str> = std::iter::once("disk of").chain(PHASES).collect();
    let restarts: usize = table.values().flat_map(BTreeMap::values).sum();
    let text = document::table(&head, &rows);
    format!("{text}\n{states} states of the disk, {restarts} restarts.\n")
}

/// No peer has what the operator sent after the snapshot: it signs the same again, to the byte. Where the snapshot is
/// older than the secrets, nobody can tell it what it signed, and it signs another Join: that is why `docs/crash.md` says what to do
/// with a disk that was put back.
#[test]
fn without_peers_the_same_is_signed_again_if_the_secrets_are_there() {
    let turns = &*TURNS;
    let before: Vec<Message> = sent(&turns.world, &turns.board);
    // All states around the making of the secrets, and some of the others, which differ less.
    let some = snapshots(turns).into_iter().enumerate();
    let some: Vec<Snapshot<'_>> = some
        .filter(|(number, snapshot)| snapshot.turn == 0 || number % 4 == 0)
        .map(|(_, snapshot)| snapshot)
        .collect();
    let wrong: Vec<Option<String>> = of_each(&some, |snapshot| {
        let board = &turns.turns[snapshot.turn].board;
        let (place, end) = turns.world.go_on_from(snapshot.disk, board, 1, &[]);
        let mut all = Board::new(std::sync::Arc::clone(&turns.world.ceremony));
        let again = turns.world.sent(&place);
        let conflict = before
            .iter()
            .chain(&again)
            .any(|message| matches!(all.insert(&message.to_bytes()), Inserted::Conflict(_)));
        let has_secrets =
            turns.world.secrets(snapshot.disk) == [true, true] || snapshot.turn + 1 == PHASES.len();
        let as_said = end == End::Lock && conflict != has_secrets;
        (!as_said).then(|| format!("{}: {end:?}, another message: {conflict}", PHASES[snapshot.turn]))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the operator sent, on a board.
fn sent(world: &World, board: &Contents) -> Vec<Message> {
    world.sent(&super::operators::Place::new(board))
}

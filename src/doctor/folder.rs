//! The data folder.

use std::sync::Arc;

use coram_ceremony::Board;

use super::report::Finding;
use super::{Facts, Found, Subject, found};
use crate::failure::Failure;
use crate::store;
use crate::store::attempt::{self, State};
use crate::store::data_dir::DataDir;

/// `folder.exists`.
pub fn exists(subject: &Subject<'_>, facts: &mut Facts) -> Found {
    found(DataDir::open(subject.data_dir).map(|data_dir| {
        facts.data_dir = Some(data_dir);
        let path = subject.data_dir.display().to_string();
        Finding::pass(path.clone()).value("path", path)
    }))
}

/// `folder.private`.
pub fn private(facts: &Facts) -> Found {
    found(facts.data_dir.as_ref()?.check_private().map(|()| Finding::pass("only this user can write to it")))
}

/// `folder.writable`.
pub fn writable(facts: &mut Facts) -> Found {
    let written = facts.data_dir.as_ref()?.check_writable(1);
    facts.writable = written.is_ok();
    found(written.map(|()| Finding::pass("a file was written there and removed")))
}

/// `folder.room`.
pub fn room(facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    let data_dir = facts.data_dir.as_ref().filter(|_| facts.writable)?;
    let needed = store::room(ceremony);
    let judge = || -> Result<Finding, Failure> {
        let free = data_dir.free_bytes()?;
        // As `coram dkg` does. A quota shows only here.
        data_dir.check_writable(needed)?;
        let found = format!("{} are free, at most {} are needed", mebibytes(free), mebibytes(needed));
        let help = "make room, or name another folder with --data-dir";
        let scarce = free / 2 < needed;
        let finding = if scarce { Finding::warn(found, help) } else { Finding::pass(found) };
        Ok(finding.value("free_bytes", free).value("needed_bytes", needed))
    };
    found(judge())
}

/// `folder.attempt`.
pub fn attempt(facts: &mut Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    let folder = attempt::folder(facts.data_dir.as_ref()?, ceremony);
    let state = attempt::state(&folder);
    facts.attempt = Some(state);
    let mut board = Board::new(Arc::clone(ceremony));
    let mut judge = || -> Result<Finding, Failure> {
        Ok(match state {
            State::Absent => Finding::pass("this attempt has not begun"),
            State::Held => return Err(attempt::held(&folder)),
            State::Begun => {
                attempt::read_board(&folder, &mut board)?;
                let messages = board.messages().count();
                let found =
                    format!("this attempt has begun, and {messages} messages are there; it will go on");
                Finding::pass(found).value("messages", messages)
            }
            State::Finishing => {
                let help =
                    "verify the lock with `coram verify`, or run `coram dkg` again if it was interrupted";
                Finding::warn(
                    "this attempt has ended: its result is in the data folder, or being written",
                    help,
                )
            }
        })
    };
    let word = match state {
        State::Absent => "absent",
        State::Held => "held",
        State::Begun => "begun",
        State::Finishing => "finishing",
    };
    let judged = judge().map(|finding| finding.value("state", word));
    facts.board = Some(board);
    found(judged)
}

/// `folder.clean`.
pub fn clean(facts: &Facts) -> Found {
    let data_dir = facts.data_dir.as_ref()?;
    if facts.attempt == Some(State::Finishing) {
        return found(Ok(Finding::pass("what is there is the result of this attempt")));
    }
    found(data_dir.check_clean().map(|()| Finding::pass("no lock, keystores or deposit data are there")))
}

/// Bytes for people.
pub fn mebibytes(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{} KiB", bytes >> 10),
        mebibytes => format!("{mebibytes} MiB"),
    }
}

//! The shared folder.

use super::report::Finding;
use super::{Found, Subject, found};
use crate::store::folder;

/// `board.usable`.
pub fn usable(subject: &Subject<'_>) -> Found {
    let Some(board) = subject.board else {
        return found(Ok(Finding::skipped("no --board is given: the operators use the network")));
    };
    let path = board.display().to_string();
    found(folder::check_usable(board).map(|()| Finding::pass(format!("{path}: can be read and written"))))
}

//! Which messages prove a breach.

use crate::board::Board;
use crate::breach::{Breach, SignedObject};
use crate::message::{Kind, Message};

/// The messages on the board that prove the breach, by kind and author: all that its judgement needs, and no more.
pub(super) fn evidence(board: &Board, breach: &Breach) -> Vec<Message> {
    let needed = |message: &&Message| is_needed(breach, message.kind(), message.author());
    board.messages().filter(needed).cloned().collect()
}

/// Whether the breach is judged by proofs, or by keys that are known only from dealings that were verified.
pub(super) const fn needs_setups(breach: &Breach) -> bool {
    matches!(breach, Breach::Dealing { .. } | Breach::Partial { .. } | Breach::LockHash { .. })
}

fn is_needed(breach: &Breach, kind: Kind, by: u16) -> bool {
    match *breach {
        Breach::Equivocation { author, kind: twice } => kind == twice && by == author,
        Breach::Malformed { author, kind: malformed, .. } => kind == malformed && by == author,
        Breach::EncryptionKey { author } | Breach::Possession { author } => {
            kind == Kind::Join && by == author
        }
        Breach::RelatedKeys { first, second } => kind == Kind::Join && (by == first || by == second),
        Breach::JoinList { author } => kind == Kind::Commit && by == author,
        Breach::OwnJoin { author } => matches!(kind, Kind::Join | Kind::Commit) && by == author,
        Breach::CommitMismatch { author } => matches!(kind, Kind::Commit | Kind::Deal) && by == author,
        Breach::NodeSignature { author } => kind == Kind::Seal && by == author,
        // A dealing is false only under a roster: without the Joins, it could be held against another one.
        Breach::Dealing { author, .. } => {
            kind == Kind::Join || (matches!(kind, Kind::Commit | Kind::Deal) && by == author)
        }
        // Public shares are computed, so the signatures by them are wrong only beside all dealings.
        Breach::Partial { author, object: SignedObject::Lock, .. } | Breach::LockHash { author } => {
            kind < Kind::Seal || by == author
        }
        Breach::Partial { author, .. } => kind < Kind::Attest || (kind == Kind::Attest && by == author),
    }
}

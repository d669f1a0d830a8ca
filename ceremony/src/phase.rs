//! Judging messages, one type per phase. No keys are needed: operators and outsiders judge here alike.
//!
//! | phase        | formed from                  | what is then known                                            |
//! |--------------|------------------------------|---------------------------------------------------------------|
//! | [`Roster`]   | all Joins                    | every encryption key is possessed, no two are related         |
//! | [`Dealt`]    | all Commits and Deals        | every dealing verifies: the keys and public shares are fixed  |
//! | [`Attested`] | all Attests                  | every share signs: the lock and its hash are fixed            |
//! | [`Sealed`]   | all Seals                    | every operator signed the lock and the transcript             |
//!
//! A phase can only be formed from the one before it, and only from messages that pass its checks.

mod attested;
mod dealt;
mod duties;
mod lock;
mod partials;
mod roster;
mod sealed;

pub use attested::{Attested, judge_node_signature};
pub use dealt::{Dealt, Shares};
pub use duties::ValidatorKeys;
pub use roster::{
    Roster, commit_hash, commits_hash, judge_join, judge_join_list, judge_opening, judge_own_join,
    judge_related_keys, roster_hash,
};
pub use sealed::Sealed;

pub(crate) use dealt::{dealings_root, ids};
pub(crate) use roster::possession_context;

//! A deterministic simulator of ceremonies: the engine of [`coram_ceremony`] with virtual time, on a network that delays,
//! reorders, duplicates, drops and is cut, against operators who cheat.
//!
//! One number, the seed, decides everything that is left to chance in a run: the same seed replays it.
//!
//! | module         | what it is about                                                       |
//! |----------------|------------------------------------------------------------------------|
//! | [`adversary`]  | the catalogue: who cheats how, and how that must end                   |
//! | [`hand`]       | what an adversary can do                                               |
//! | [`run`]        | one ceremony, from the first Join until nothing changes any more       |
//! | [`invariants`] | what must hold after every run                                         |
//! | [`live`]       | an adversary against real programs                                     |
//! | [`table`]      | many runs, and what came of them                                       |
//! | [`network`]    | virtual time and links                                                 |
//! | [`operator`]   | an honest operator and its disk                                        |
//! | [`cast`]       | clusters with all their secrets                                        |
//! | [`accusation`] | fault files as anybody can write them                                 |
//! | [`forgeries`], [`points`] | what adversaries made before; points that honest programs never make  |
//! | [`random`], [`trace`] | chance; what happened                                           |

pub mod accusation;
pub mod adversary;
pub mod cast;
pub mod forgeries;
pub mod hand;
pub mod invariants;
pub mod live;
pub mod network;
pub mod operator;
pub mod points;
pub mod random;
pub mod run;
pub mod table;
pub mod trace;

/// Why a run could not be held. A mistake of the simulator or of an adversary, never a finding.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

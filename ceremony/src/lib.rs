//! A ceremony as a pure function of signed messages: no I/O, no clock, no threads and no randomness of its own.
//!
//! | module          | what it is about                                                                 |
//! |-----------------|----------------------------------------------------------------------------------|
//! | [`parameters`]  | what operators agree on beside the definition                                    |
//! | [`ceremony`]    | one attempt: definition, terms, operators, limits                                |
//! | [`message`]     | what operators sign                                                              |
//! | [`board`]       | all messages of a ceremony                                                       |
//! | [`phase`]       | judging messages, without keys                                                   |
//! | [`engine`]      | an operator's part: what to publish, whom to wait for, how it ended              |
//! | [`breach`]      | what is forbidden                                                                |
//! | [`fault`]       | breaches with their evidence, for strangers                                      |
//! | [`transcript`]  | the messages of a finished ceremony as a member of the lock                      |
//! | [`frame`]       | what peers say to each other about boards, as bytes                              |
//! | [`outcome`]     | what an operator has in the end                                                  |
//! | [`progress`]    | how far a long computation is                                                    |
//! | [`verify`]      | verification for outsiders: named checks, a verdict, a report                    |
//! | [`id`], [`keys`], [`limits`], [`error`] | names by hash; secrets; sizes; what can go wrong         |
//!
//! Inside: `judge` carries a board as far as its messages go, `settle` picks among conflicting ones what everybody sealed,
//! `memory` lets simulations judge the same messages once, `setups` leads from setups in files to keys, `hex` is bytes as JSON text.

pub mod board;
pub mod breach;
pub mod ceremony;
pub mod engine;
pub mod error;
pub mod fault;
pub mod frame;
pub mod id;
pub mod keys;
pub mod limits;
pub mod message;
pub mod outcome;
pub mod parameters;
pub mod phase;
pub mod progress;
pub mod transcript;
pub mod verify;

mod hex;
mod judge;
mod memory;
mod settle;
mod setups;

pub use board::{Board, Inserted};
pub use breach::Breach;
pub use ceremony::Ceremony;
pub use engine::{Engine, Step};
pub use error::CeremonyError;
pub use fault::FaultFile;
pub use keys::Keys;
#[cfg(feature = "memoized")]
pub use memory::Memory;
pub use message::{Kind, Message};
pub use outcome::Outcome;
pub use parameters::Parameters;
pub use progress::Progress;
pub use transcript::{Transcript, UnverifiedTranscript};
